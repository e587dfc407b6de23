import { GrowBytes } from '../../base/grow.ts'

/** Chunks are given out once they hold this much: large enough for a write call, small beside the profile. */
const CHUNK = 1 << 16

/** Gathers output and hands it out in chunks. */
export class ChunkWriter {
  private readonly out = new GrowBytes(CHUNK + 4096)

  /** True if there is enough for a chunk: time to yield `take()`. */
  get full(): boolean {
    return this.out.length >= CHUNK
  }

  get empty(): boolean {
    return this.out.length === 0
  }

  /** What was written since the last `take`, in an array of its own. */
  take(): Uint8Array {
    const chunk = this.out.a.slice(0, this.out.length)
    this.out.length = 0
    return chunk
  }

  /** Text of ASCII characters only. */
  ascii(s: string): void {
    this.out.reserve(s.length)
    const a = this.out.a
    let n = this.out.length
    for (let i = 0; i < s.length; i++) a[n++] = s.charCodeAt(i)
    this.out.length = n
  }

  /** src[from, to). */
  bytes(src: Uint8Array, from: number, to: number): void {
    const length = to - from
    this.out.reserve(length)
    const a = this.out.a
    const n = this.out.length
    // PERF: below some 100 bytes the loop beats subarray + set, and names are nearly always shorter.
    if (length > 100) a.set(src.subarray(from, to), n)
    else for (let i = 0; i < length; i++) a[n + i] = src[from + i]
    this.out.length = n + length
  }

  byte(c: number): void {
    this.out.push(c)
  }

  /** Decimal digits of an integer from 0 to 2^32 - 1. */
  uint(v: number): void {
    this.out.reserve(10)
    const a = this.out.a
    let digits = 1
    for (let limit = 10; v >= limit; limit *= 10) digits++
    let at = this.out.length + digits
    this.out.length = at
    let rest = v
    do {
      const q = Math.floor(rest / 10)
      a[--at] = 48 + rest - q * 10
      rest = q
    } while (rest > 0)
  }
}

/** Texts as bytes in one array: row -> arena[start[row], start[row + 1]). */
export class ByteRows {
  readonly arena = new GrowBytes(4096)
  private ends = new Float64Array(64)
  private count = 0

  push(bytes: Uint8Array): void {
    this.arena.append(bytes)
    if (this.count === this.ends.length) {
      const grown = new Float64Array(this.count * 2)
      grown.set(this.ends)
      this.ends = grown
    }
    this.ends[this.count++] = this.arena.length
  }

  from(row: number): number {
    return row === 0 ? 0 : this.ends[row - 1]
  }

  to(row: number): number {
    return this.ends[row]
  }
}
