import { DecodeError } from '../../../base/errors.ts'
import { type Int, toInt } from '../../../base/int64.ts'

/** Reads numbers of a v1 trace, in [pos, end) of its bytes. */
export class V1Cursor {
  readonly bytes: Uint8Array
  pos = 0
  end: number
  /** Of the last `number`: its exact value as a uint64 if no double holds it, else undefined. */
  wide: bigint | undefined = undefined

  constructor(bytes: Uint8Array, pos = 0) {
    this.bytes = bytes
    this.pos = pos
    this.end = bytes.length
  }

  fail(message: string, at = this.pos): never {
    throw new DecodeError('trace', at, message)
  }

  /** A uint64: exact if it is a safe integer, else the nearest double, with the exact value in `wide`. */
  number(): number {
    const bytes = this.bytes
    const end = this.end
    let pos = this.pos
    this.wide = undefined
    if (pos >= end) this.ended()
    let b = bytes[pos++]
    if (b < 0x80) {
      this.pos = pos
      return b
    }
    // 28 bits at a time: the most that int32 arithmetic shifts without loss.
    let low = b & 0x7f
    for (let shift = 7; shift < 28; shift += 7) {
      if (pos >= end) this.ended()
      b = bytes[pos++]
      low |= (b & 0x7f) << shift
      if (b < 0x80) {
        this.pos = pos
        return low
      }
    }
    let mid = 0
    for (let shift = 0; shift < 28; shift += 7) {
      if (pos >= end) this.ended()
      b = bytes[pos++]
      mid |= (b & 0x7f) << shift
      if (b < 0x80) return this.join(low, mid, 0, pos)
    }
    if (pos >= end) this.ended()
    b = bytes[pos++]
    let top = b & 0x7f
    if (b >= 0x80) {
      if (pos >= end) this.ended()
      b = bytes[pos++]
      if (b > 1) this.fail('a number does not fit into 64 bits', this.pos)
      top |= b << 7
    }
    return this.join(low, mid, top, pos)
  }

  private ended(): never {
    return this.fail('the trace ends in the middle of a number')
  }

  private join(low: number, mid: number, top: number, pos: number): number {
    this.pos = pos
    const v = low + mid * 268435456
    if (top === 0 && v <= Number.MAX_SAFE_INTEGER) return v
    const wide = BigInt(low) | (BigInt(mid) << 28n) | (BigInt(top) << 56n)
    if (wide <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(wide)
    this.wide = wide
    return Number(wide)
  }

  /** An exact uint64. */
  uint(): Int {
    const v = this.number()
    return this.wide ?? v
  }

  /** An exact int64. */
  int(): Int {
    const v = this.number()
    return this.wide === undefined ? v : toInt(BigInt.asIntN(64, this.wide))
  }

  /** The low 32 bits of a uint64. */
  low32(): number {
    const v = this.number()
    return this.wide === undefined ? v % 4294967296 : Number(BigInt.asUintN(32, this.wide))
  }

  /** Steps over n numbers. */
  skip(n: number): void {
    for (; n > 0; n--) this.number()
  }
}
