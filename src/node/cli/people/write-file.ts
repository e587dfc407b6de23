// `-o FILE` of the commands that write files: which form is wanted, and the file whole or not at all.

import { UserError } from '../../../core/base/errors.ts'
import { bytesText } from '../../../core/base/people-fmt.ts'
import { encodeUtf8 } from '../../../core/base/utf8.ts'
import { isTerminal, writeAll, writeFileWhole } from '../../output.ts'
import { systemError } from '../../system-error.ts'
import { safeName } from './style.ts'

/** Takes the pieces of a file. */
export type Write = (piece: Uint8Array | string) => void

/**
 * Writes what `make` gives to the file `path`, '' or '-' for standard output; returns the number of bytes. Throws
 * UserError if the system refuses, and what `make` throws; then no file is left behind.
 */
export function writeOutput(path: string, make: (write: Write) => void): number {
  let bytes = 0
  const to =
    (fd: number): Write =>
    (piece) => {
      const b = typeof piece === 'string' ? encodeUtf8(piece) : piece
      bytes += b.length
      writeAll(fd, b)
    }
  if (path === '' || path === '-') make(to(1))
  else {
    let ours: unknown
    try {
      writeFileWhole(path, (fd) => {
        try {
          make(to(fd))
        } catch (e) {
          ours = e
          throw e
        }
      })
    } catch (e) {
      // What the making threw is not the system's fault, unless it came from writing.
      if (e === ours && (e as NodeJS.ErrnoException).syscall === undefined) throw e
      throw new UserError(`cannot write ${systemError('to', path, e).replace(/^to /, '')}`)
    }
  }
  return bytes
}

/** Says on standard error, if somebody is there to read it, what was written. */
export function reportWritten(path: string, bytes: number, what: string): void {
  if (path === '' || path === '-' || !isTerminal(2)) return
  process.stderr.write(`wrote ${safeName(path)}: ${what}, ${bytesText(bytes).replaceAll('\u202f', ' ')}\n`)
}

/** A remark for the user on standard error. */
export function remark(command: string, text: string): void {
  process.stderr.write(`goscope ${command}: ${safeName(text).replaceAll('\u202f', ' ')}\n`)
}
