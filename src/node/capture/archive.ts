// Captures packed into one file: .zip, .tar, .tar.gz.

import { kMaxLength } from 'node:buffer'
import { gunzipSync } from 'node:zlib'
import { UserError } from '../../core/base/errors.ts'
import type { CaptureFile } from '../../core/engine/capture/capture-readers.ts'
import { wrapperOf } from '../inflate.ts'
import { maxInputBytes } from '../limits.ts'

/** Files in an archive beyond which it is no capture. */
const MOST_FILES = 10_000

/** What kind of archive the bytes are; undefined if none. */
export function archiveKind(bytes: Uint8Array): 'zip' | 'tar' | undefined {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5)) return 'zip'
  const magic = Buffer.from(bytes.subarray(257, 262))
  return magic.toString('latin1') === 'ustar' ? 'tar' : undefined
}

/** The files of an archive, sorted by name. Throws UserError if it is damaged or unpacks to more than is read of any input. */
export async function unpackArchive(
  name: string,
  bytes: Uint8Array,
  kind: 'zip' | 'tar',
): Promise<CaptureFile[]> {
  const packed = kind === 'zip' ? await unzip(name, bytes) : await untar(name, bytes)
  const files = packed.map((f) => ({ name: f.name, bytes: unpackGzip(f.bytes) }))
  return files.sort((a, b) => (a.name < b.name ? -1 : 1))
}

async function unzip(name: string, bytes: Uint8Array): Promise<CaptureFile[]> {
  const { unzipSync } = await import('fflate')
  let total = 0
  let count = 0
  try {
    const entries = unzipSync(bytes, {
      // Sizes are what the directory claims; fflate unpacks no more than that.
      filter: (file) => {
        // What is stored as it is counts as it is, whatever size is claimed; the same bytes may be several files.
        total += Math.max(file.originalSize, file.size)
        if (++count > MOST_FILES || total > maxInputBytes()) throw new UserError(tooLarge(name))
        return !file.name.endsWith('/')
      },
    })
    return Object.entries(entries).map(([path, content]) => ({ name: baseOf(path), bytes: content }))
  } catch (e) {
    if (e instanceof UserError) throw e
    throw new UserError(`${name}: damaged zip archive: ${e instanceof Error ? e.message : String(e)}`)
  }
}

async function untar(name: string, bytes: Uint8Array): Promise<CaptureFile[]> {
  const { parseTar } = await import('nanotar')
  try {
    const entries = parseTar(bytes)
    if (entries.length > MOST_FILES) throw new UserError(tooLarge(name))
    return entries.flatMap((e) =>
      e.data === undefined || e.data.length === 0 ? [] : [{ name: baseOf(e.name), bytes: e.data }],
    )
  } catch (e) {
    if (e instanceof UserError) throw e
    throw new UserError(`${name}: damaged tar archive: ${e instanceof Error ? e.message : String(e)}`)
  }
}

/** What is inside of gzip; damaged data as it is: who decodes it says so. */
function unpackGzip(bytes: Uint8Array): Uint8Array {
  if (wrapperOf(bytes) !== 'gzip') return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: Math.min(maxInputBytes(), kMaxLength) })
  } catch {
    return bytes
  }
}

function tooLarge(name: string): string {
  return `${name}: unpacks to more than ${maxInputBytes()} bytes or ${MOST_FILES} files`
}

/** Only shown, never opened; folders in front say nothing of a capture's file. */
function baseOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path
}
