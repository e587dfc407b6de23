import { DecodeError } from '../../base/errors.ts'

/** Bytes of the header; what follows depends on the version. */
export const HEADER_SIZE = 16

const HEADER = /^go 1\.(\d+) trace\0\0\0/
const KNOWN: readonly number[] = [11, 19, 21, 22, 23, 25, 26]

/**
 * The NN of a header `go 1.NN trace`, which is the version of the format, not of the program that wrote it.
 * Throws DecodeError if this is no trace, or one of a version that nobody knew when this was written.
 */
export function traceMinor(bytes: Uint8Array): number {
  if (bytes.length === 0) throw new DecodeError('trace', 0, 'the file is empty')
  const match = HEADER.exec(String.fromCharCode(...bytes.subarray(0, HEADER_SIZE)))
  if (match === null) throw new DecodeError('trace', 0, 'not a Go execution trace')
  const minor = Number(match[1])
  if (KNOWN.includes(minor)) return minor
  const newest = KNOWN[KNOWN.length - 1]
  throw new DecodeError(
    'trace',
    0,
    minor > newest
      ? `trace format of Go 1.${minor} is newer than this program, which knows those up to Go 1.${newest}`
      : `there is no trace format of Go 1.${minor} that this program knows`,
  )
}
