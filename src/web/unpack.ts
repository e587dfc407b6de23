// Unpacks what files come in: gzip, zlib, zstd, and archives of captures. Whoever packed them may lie about sizes, so
// everything has a limit, and what is damaged gives what came out before the damage.

import { bytesText, groupDigits } from '../core/base/people-fmt.ts'

export interface UnpackedFile {
  readonly name: string
  readonly bytes: Uint8Array
  readonly storedBytes: number
  /** What is wrong with it, if it is not whole; '' if it is. */
  readonly damage: string
}

/** How much is unpacked of one source. */
export interface UnpackLimits {
  readonly bytes: number
  readonly files: number
}

/** Browsers have no larger arrays of bytes that can be relied on. More files than that are no capture. */
export const UNPACK_LIMITS: UnpackLimits = { bytes: 2 * 2 ** 30, files: 10_000 }

/** Deflate packs no better than this. */
const MOST_PACKED = 1032

interface Content {
  readonly bytes: Uint8Array
  readonly damage: string
}

/** The files in stored bytes: one, or those of an archive. Rejects with what to tell the reader. */
export async function unpack(
  name: string,
  stored: Uint8Array,
  limits: UnpackLimits = UNPACK_LIMITS,
): Promise<UnpackedFile[]> {
  const { bytes, damage } = await unwrap(stored, limits.bytes)
  const kind = archiveOf(bytes)
  if (kind === undefined) return [{ name, bytes, storedBytes: stored.length, damage }]
  const files = kind === 'zip' ? await unzip(bytes, limits) : await untar(bytes, limits)
  const out: UnpackedFile[] = []
  let left = limits.bytes
  for (const f of files) {
    const content = await unwrap(f.bytes, left)
    left -= content.bytes.length
    out.push({ name: f.name, ...content, storedBytes: f.bytes.length })
  }
  return out.sort((a, b) => (a.name < b.name ? -1 : 1))
}

class TooMuch extends Error {}

/** Why more than `most` bytes are not read. */
export function tooLarge(most: number): Error {
  return new TooMuch(
    `it is more than ${bytesText(most)}, which is more than a page can hold: the commands (goscope top, goscope trace …) read larger files`,
  )
}

async function unwrap(stored: Uint8Array, most: number): Promise<Content> {
  const [a = 0, b = 0, c = 0, d = 0] = stored
  if (a === 0x1f && b === 0x8b) return inflate(stored, 'gzip', most)
  if (a === 0x78 && (a * 256 + b) % 31 === 0) return inflate(stored, 'deflate', most)
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return unpackZstd(stored, most)
  if (stored.length > most) throw tooLarge(most)
  return { bytes: stored, damage: '' }
}

/** Pieces of unpacked data, as long as they are not too many. */
class Pieces {
  private readonly pieces: Uint8Array[] = []
  private readonly most: number
  size = 0

  constructor(most: number) {
    this.most = most
  }

  add(piece: Uint8Array): void {
    this.size += piece.length
    if (this.size > this.most) throw tooLarge(this.most)
    this.pieces.push(piece)
  }

  /** All of them. Throws if the packed data gave nothing, but for damage. */
  done(format: string, damage: string): Content {
    if (damage !== '' && this.size === 0) throw new Error(`the ${format} data is damaged: ${damage}`)
    const bytes = joined(this.pieces, this.size)
    const lost = `the ${format} data is damaged or ends early after ${groupDigits(this.size)} unpacked bytes`
    return { bytes, damage: damage === '' ? '' : lost }
  }
}

async function inflate(stored: Uint8Array, format: 'gzip' | 'deflate', most: number): Promise<Content> {
  const stream = new Blob([stored as BlobPart]).stream().pipeThrough(new DecompressionStream(format))
  const pieces = new Pieces(most)
  const reader = stream.getReader()
  for (;;) {
    let next: ReadableStreamReadResult<Uint8Array>
    try {
      next = await reader.read()
    } catch (e) {
      return pieces.done(format, e instanceof Error ? e.message : String(e))
    }
    if (next.done) return pieces.done(format, '')
    try {
      pieces.add(next.value)
    } catch (e) {
      void reader.cancel().catch(() => undefined)
      throw e
    }
  }
}

/** Empty frames in a row that are believed. The library has no word for damage, but gives nothing, again and again. */
const EMPTY_FRAMES = 1000

async function unpackZstd(stored: Uint8Array, most: number): Promise<Content> {
  const { ZSTDDecoder } = await import('zstddec/stream')
  const decoder = new ZSTDDecoder()
  await decoder.init()
  const pieces = new Pieces(most)
  const chunks = decoder.decodeStreaming([stored])
  for (let empty = 0; empty <= EMPTY_FRAMES; ) {
    let next: IteratorResult<Uint8Array>
    try {
      next = chunks.next()
    } catch (e) {
      return pieces.done('zstd', e instanceof Error ? e.message : String(e))
    }
    if (next.done) return pieces.done('zstd', '')
    empty = next.value.length === 0 ? empty + 1 : 0
    pieces.add(next.value)
  }
  return pieces.done('zstd', 'it has no end')
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

interface Entry {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Counts entries before their content is made. */
function counter(limits: UnpackLimits): (bytes: number) => void {
  let files = 0
  let bytes = 0
  return (size) => {
    files++
    bytes += size
    if (files > limits.files)
      throw new TooMuch(`it has more than ${groupDigits(limits.files)} files, and no capture has so many`)
    if (bytes > limits.bytes) throw tooLarge(limits.bytes)
  }
}

async function unzip(bytes: Uint8Array, limits: UnpackLimits): Promise<Entry[]> {
  const { unzipSync } = await import('fflate')
  const count = counter(limits)
  return told('zip', () => {
    const entries = unzipSync(bytes, {
      // Sizes are what the directory claims; fflate unpacks no more than that, but makes room for it.
      filter: (f) => {
        if (f.originalSize > f.size * MOST_PACKED + 64)
          throw new TooMuch(
            `${baseOf(f.name)} claims to be larger than it can be: the archive is damaged or made to do harm`,
          )
        count(Math.max(f.originalSize, f.size))
        return !f.name.endsWith('/')
      },
    })
    return Object.entries(entries).map(([path, content]) => ({ name: baseOf(path), bytes: content }))
  })
}

async function untar(bytes: Uint8Array, limits: UnpackLimits): Promise<Entry[]> {
  const { parseTar } = await import('nanotar')
  const count = counter(limits)
  // It reads the buffer behind the bytes, from its start.
  const own = bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice()
  return told('tar', () =>
    parseTar(own, {
      filter: (f) => {
        count(f.size ?? 0)
        return true
      },
    }).flatMap((e) =>
      e.data === undefined || e.data.length === 0 ? [] : [{ name: baseOf(e.name), bytes: e.data }],
    ),
  )
}

/** Says what kind of archive is damaged. */
function told(kind: string, work: () => Entry[]): Entry[] {
  try {
    return work()
  } catch (e) {
    if (e instanceof TooMuch) throw e
    throw new Error(`damaged ${kind} archive: ${e instanceof Error ? e.message : String(e)}`)
  }
}

const baseOf = (path: string): string => path.split(/[\\/]/).at(-1) ?? path
