import { closeSync, fstatSync, openSync, renameSync, statSync, unlinkSync, writeSync } from 'node:fs'
import { decodeUtf8, encodeUtf8 } from '../core/base/utf8.ts'
import type { Sink } from '../core/reports/report.ts'

/** Thrown when the reader of our output has gone away: not an error, just the end. */
export class ClosedPipe extends Error {}

/** Writes all of it, waiting where a pipe is full. Throws ClosedPipe or the system's error. */
export function writeAll(fd: number, bytes: Uint8Array): void {
  let at = 0
  while (at < bytes.length) {
    try {
      at += writeSync(fd, bytes, at)
    } catch (e) {
      const code = (e as NodeJS.ErrnoException).code
      if (code === 'EPIPE') throw new ClosedPipe()
      if (code !== 'EAGAIN') throw e
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2)
    }
  }
}

/** Output to a file descriptor, collected into pieces of some 64 KiB. `close` writes the rest. */
export class FdSink implements Sink {
  private readonly fd: number
  private readonly clean: ((s: string) => string) | undefined
  private pending = ''

  /** `clean` is applied to all text before it is written, for terminals. */
  constructor(fd: number, clean?: (s: string) => string) {
    this.fd = fd
    this.clean = clean
  }

  text(s: string): void {
    this.pending += s
    if (this.pending.length > 1 << 16) this.flush()
  }

  bytes(b: Uint8Array): void {
    if (this.clean !== undefined) {
      this.text(decodeUtf8(b))
      return
    }
    this.flush()
    writeAll(this.fd, b)
  }

  flush(): void {
    if (this.pending === '') return
    const text = this.pending
    this.pending = ''
    writeAll(this.fd, encodeUtf8(this.clean === undefined ? text : this.clean(text)))
  }
}

/**
 * Writes a file so that it is there whole or not at all: beside its place first, then renamed. What is
 * no ordinary file (a device, a pipe) is written to as it is.
 */
export function writeFileWhole(path: string, write: (fd: number) => void): void {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) {
    const fd = openSync(path, 'w')
    try {
      write(fd)
    } finally {
      closeSync(fd)
    }
    return
  }
  const beside = `${path}.${process.pid}.partial`
  const fd = openSync(beside, 'wx')
  try {
    write(fd)
    closeSync(fd)
    renameSync(beside, path)
  } catch (e) {
    try {
      closeSync(fd)
    } catch {
      // It was closed already.
    }
    unlinkSync(beside)
    throw e
  }
}

/** Whether a descriptor is open for writing to a terminal. */
export function isTerminal(fd: number): boolean {
  try {
    return (
      fstatSync(fd).isCharacterDevice() && (fd === 1 ? process.stdout.isTTY : process.stderr.isTTY) === true
    )
  } catch {
    return false
  }
}
