import { GrowU32 } from '../base/grow.ts'

/** A longer line ends the file, as in the reference (bufio.Scanner's buffer). */
const MAX_LINE = 64 * 1024

const NEWLINE = 0x0a
const RETURN = 0x0d

/** The lines of a source file, found as far down as somebody looks: files are large, functions are not. */
export class LineIndex {
  private readonly bytes: Uint8Array
  /** Where line n (from 1) starts, at n - 1, for all lines found so far, and where the next one would. */
  private readonly start = new GrowU32(256)
  private ended = false

  constructor(bytes: Uint8Array) {
    // Node's Buffer is a subclass, whose views are slower to make.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    this.start.push(0)
  }

  /** Line `n`, counted from 1, without its line end; undefined if there is none. */
  line(n: number): Uint8Array | undefined {
    if (!(n >= 1)) return undefined
    this.find(n)
    const { bytes, start } = this
    if (start.length <= n) return undefined
    const from = start.a[n - 1]
    const to = start.a[n] - 1
    // A carriage return in front of the line end does not count.
    return bytes.subarray(from, to > from && bytes[to - 1] === RETURN ? to - 1 : to)
  }

  private find(n: number): void {
    const { bytes, start } = this
    let at = start.a[start.length - 1]
    while (start.length <= n && at < bytes.length && !this.ended) {
      let stop = at
      while (stop < bytes.length && bytes[stop] !== NEWLINE) stop++
      if (stop - at >= MAX_LINE) this.ended = true
      else start.push(stop + 1)
      at = stop + 1
    }
  }
}
