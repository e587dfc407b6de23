// Files that are written while another one is read: asynchronously, and whole or not at all.

import { closeSync, openSync, renameSync, statSync, unlinkSync } from 'node:fs'
import { UserError } from '../../../core/base/errors.ts'
import { ClosedPipe, writeAll } from '../../output.ts'
import { systemError } from '../../system-error.ts'

/**
 * Writes what `make` gives to `path`, '' or '-' for standard output; gives the number of bytes. Throws
 * UserError if the system refuses, and what `make` throws; no file is left behind then.
 */
export async function writeFileLater(
  path: string,
  make: (write: (piece: Uint8Array) => void) => Promise<void>,
): Promise<number> {
  let bytes = 0
  const to = (fd: number) => (piece: Uint8Array) => {
    bytes += piece.length
    refused(path, () => writeAll(fd, piece))
  }
  if (path === '' || path === '-') {
    await make(to(1))
    return bytes
  }
  // A device or pipe is written to as it is.
  const special = statSync(path, { throwIfNoEntry: false })?.isFile() === false
  const beside = special ? path : `${path}.${process.pid}.partial`
  const fd = refused(path, () => openSync(beside, special ? 'w' : 'wx'))
  let closed = false
  try {
    await make(to(fd))
    closed = true
    closeSync(fd)
    if (!special) refused(path, () => renameSync(beside, path))
  } catch (e) {
    if (!closed) closeSync(fd)
    if (!special) unlinkSync(beside)
    throw e
  }
  return bytes
}

function refused<T>(path: string, fn: () => T): T {
  try {
    return fn()
  } catch (e) {
    if (e instanceof ClosedPipe) throw e
    throw new UserError(`cannot write ${systemError('to', path, e).replace(/^to /, '')}`)
  }
}
