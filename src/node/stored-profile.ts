// A profile as it is stored, packed or not, read in pieces: a large one need not lie in memory besides its tables.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/** A few ms of work for whoever unpacks it. */
const PIECE = 1 << 20
/** One piece being filled while two others wait for the thread that unpacks. */
const BUFFERS = 3

/** Bytes that arrive in pieces. A piece is valid until the one after the next but one is asked for. */
export interface Stored {
  readonly first: Uint8Array
  readonly rest: Iterable<Uint8Array>
  /** Bytes in all; -1 if that is not known before they are read. */
  readonly size: number
  /** The last 4 bytes; none if they cannot be read yet. */
  readonly tail: Uint8Array
}

/** What is in memory already. */
export function storedBytes(bytes: Uint8Array): Stored {
  return { first: bytes, rest: [], size: bytes.length, tail: bytes.subarray(Math.max(0, bytes.length - 4)) }
}

/** Runs `work` on a file's content, or on that of standard input for '-'. Throws the system's error. */
export async function withStored<T>(path: string, work: (stored: Stored) => Promise<T>): Promise<T> {
  if (path === '-') return work(openStored(0, -1))
  const fd = openSync(path, 'r')
  try {
    const stat = fstatSync(fd)
    // The system's own files (/proc) have no size and content all the same.
    return await work(openStored(fd, stat.isFile() && stat.size > 0 ? stat.size : -1))
  } finally {
    closeSync(fd)
  }
}

function openStored(fd: number, size: number): Stored {
  const length = size < 0 ? PIECE : Math.min(size, PIECE)
  const first = fill(fd, new Uint8Array(length))
  const tail = new Uint8Array(4)
  const hasTail = size >= 4 && readSync(fd, tail, 0, 4, size - 4) === 4
  return { first, rest: pieces(fd), size, tail: hasTail ? tail : new Uint8Array(0) }
}

function* pieces(fd: number): Generator<Uint8Array, void> {
  const buffers: Uint8Array[] = []
  for (let n = 0; ; n++) {
    buffers[n % BUFFERS] ??= new Uint8Array(PIECE)
    const piece = fill(fd, buffers[n % BUFFERS]!)
    if (piece.length === 0) return
    yield piece
  }
}

/** Reads until the buffer is full or the input ends; waits where a pipe is empty. */
function fill(fd: number, buffer: Uint8Array): Uint8Array {
  let length = 0
  while (length < buffer.length) {
    try {
      const n = readSync(fd, buffer.subarray(length))
      if (n === 0) break
      length += n
    } catch (e) {
      const code = (e as NodeJS.ErrnoException).code
      if (code === 'EOF') break
      if (code !== 'EAGAIN') throw e
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
  return buffer.subarray(0, length)
}
