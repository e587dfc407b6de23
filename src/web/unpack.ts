// Unpacks what files come in: gzip, zlib, zstd, and archives of captures.

export interface UnpackedFile {
  readonly name: string
  readonly bytes: Uint8Array
  readonly storedBytes: number
}

/** The files in stored bytes: one, or those of an archive. */
export async function unpack(name: string, stored: Uint8Array): Promise<UnpackedFile[]> {
  const bytes = await unwrap(stored)
  const kind = archiveOf(bytes)
  if (kind === undefined) return [{ name, bytes, storedBytes: stored.length }]
  const files = kind === 'zip' ? await unzip(bytes) : await untar(bytes)
  const out: UnpackedFile[] = []
  for (const f of files) out.push({ name: f.name, bytes: await unwrap(f.bytes), storedBytes: f.bytes.length })
  return out.sort((a, b) => (a.name < b.name ? -1 : 1))
}

async function unwrap(stored: Uint8Array): Promise<Uint8Array> {
  const [a = 0, b = 0, c = 0, d = 0] = stored
  if (a === 0x1f && b === 0x8b) return inflate(stored, 'gzip')
  if (a === 0x78 && (a * 256 + b) % 31 === 0) return inflate(stored, 'deflate')
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) {
    const { ZSTDDecoder } = await import('zstddec')
    const decoder = new ZSTDDecoder()
    await decoder.init()
    return decoder.decode(stored)
  }
  return stored
}

async function inflate(stored: Uint8Array, format: CompressionFormat): Promise<Uint8Array> {
  const stream = new Blob([stored as BlobPart]).stream().pipeThrough(new DecompressionStream(format))
  const pieces: Uint8Array[] = []
  let size = 0
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      pieces.push(value)
      size += value.length
    }
  } catch (e) {
    // Cut short: what came out so far is worth a look, and its decoder says what is missing.
    if (size === 0)
      throw new Error(`the ${format} data is damaged: ${e instanceof Error ? e.message : String(e)}`)
  }
  return joined(pieces, size)
}

/** Pieces in a row; `size` is the sum of their lengths. */
export function joined(pieces: readonly Uint8Array[], size: number): Uint8Array {
  if (pieces.length === 1) return pieces[0]!
  const bytes = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

function archiveOf(bytes: Uint8Array): 'zip' | 'tar' | undefined {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5)) return 'zip'
  return new TextDecoder('latin1').decode(bytes.subarray(257, 262)) === 'ustar' ? 'tar' : undefined
}

async function unzip(bytes: Uint8Array): Promise<{ name: string; bytes: Uint8Array }[]> {
  const { unzipSync } = await import('fflate')
  const entries = unzipSync(bytes, { filter: (f) => !f.name.endsWith('/') })
  return Object.entries(entries).map(([path, content]) => ({ name: baseOf(path), bytes: content }))
}

async function untar(bytes: Uint8Array): Promise<{ name: string; bytes: Uint8Array }[]> {
  const { parseTar } = await import('nanotar')
  return parseTar(bytes).flatMap((e) =>
    e.data === undefined || e.data.length === 0 ? [] : [{ name: baseOf(e.name), bytes: e.data }],
  )
}

const baseOf = (path: string): string => path.split(/[\\/]/).at(-1) ?? path
