// Traces are read whole: generations refer back and forth within the file.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { type DecodeError, UserError } from '../../../core/base/errors.ts'
import { wrapperOf } from '../../inflate.ts'
import { maxInputBytes } from '../../limits.ts'
import { readAll } from '../../read-bytes.ts'
import { systemError } from '../../system-error.ts'

/** A single read is not to be larger than what every system takes. */
const PIECE = 1 << 30

/**
 * The content of a trace: a file, '-' for standard input, or an address; unpacked. Throws UserError, with the
 * reference's words where the system refuses a file, and DecodeError where packed data is damaged.
 */
export async function readTraceFile(source: string): Promise<Uint8Array> {
  return readPlainFile(source) ?? (await readAll(source))
}

/** What is wrong with the content of a source, for the user: names the source and the place. */
export function damage(e: DecodeError, source: string): string {
  const name = source === '-' ? 'standard input' : source
  return `${name}: ${e.message}${e.offset >= 0 ? ` (at byte ${e.offset})` : ''}`
}

/** The bytes of an ordinary file that is not packed, read into memory of just its size; undefined for all else. */
function readPlainFile(path: string): Uint8Array | undefined {
  if (path === '-') return undefined
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch (e) {
    // An address, unless there is no colon in it.
    if (/:|^\/\//.test(path)) return undefined
    throw new UserError(`failed to read trace file: ${systemError('open', path, e)}`)
  }
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile()) return undefined
    const head = new Uint8Array(4)
    if (wrapperOf(head.subarray(0, readSync(fd, head, 0, 4, 0))) !== 'none') return undefined
    if (stat.size > maxInputBytes())
      throw new UserError(`${path}: larger than the ${maxInputBytes()} bytes that are read of such a file`)
    const bytes = new Uint8Array(stat.size)
    let length = 0
    while (length < bytes.length) {
      const n = readSync(fd, bytes, length, Math.min(PIECE, bytes.length - length), length)
      if (n === 0) break
      length += n
    }
    return bytes.subarray(0, length)
  } catch (e) {
    if (e instanceof UserError) throw e
    throw new UserError(`failed to read trace file: ${systemError('read', path, e)}`)
  } finally {
    closeSync(fd)
  }
}
