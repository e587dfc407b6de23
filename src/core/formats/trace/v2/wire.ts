import { DecodeError } from '../../../base/errors.ts'
import type { WideValues } from './wide.ts'

/** 28 bits at a time: the most that int32 arithmetic shifts without loss. */
const PIECE = 268435456

/** Reads varints of bytes [pos, end). */
export class WireReader {
  readonly bytes: Uint8Array
  readonly wides: WideValues
  pos = 0
  end: number

  constructor(bytes: Uint8Array, wides: WideValues) {
    this.bytes = bytes
    this.wides = wides
    this.end = bytes.length
  }

  get done(): boolean {
    return this.pos >= this.end
  }

  fail(message: string, at = this.pos): never {
    throw new DecodeError('trace', at, message)
  }

  byte(): number {
    if (this.pos >= this.end) this.fail('the trace ends in the middle of something')
    return this.bytes[this.pos++]
  }

  /** The code (see WideValues) of a varint. Throws DecodeError if it is cut off or has more than 64 bits. */
  uint(): number {
    const { bytes, end } = this
    let pos = this.pos
    let low = 0
    for (let shift = 0; shift < 28; shift += 7) {
      if (pos >= end) this.cut()
      const b = bytes[pos++]
      low |= (b & 0x7f) << shift
      if (b < 0x80) {
        this.pos = pos
        return low
      }
    }
    let mid = 0
    for (let shift = 0; shift < 28; shift += 7) {
      if (pos >= end) this.cut()
      const b = bytes[pos++]
      mid |= (b & 0x7f) << shift
      if (b < 0x80) return this.join(low, mid, 0, pos)
    }
    let top = 0
    for (let shift = 0; shift < 14; shift += 7) {
      if (pos >= end) this.cut()
      const b = bytes[pos++]
      if (shift === 7 && b > 1) this.fail('a number does not fit into 64 bits')
      top |= (b & 0x7f) << shift
      if (b < 0x80) break
    }
    return this.join(low, mid, top, pos)
  }

  private cut(): never {
    this.fail('the data ends in the middle of a number')
  }

  private join(low: number, mid: number, top: number, pos: number): number {
    this.pos = pos
    const v = low + mid * PIECE
    if (top === 0 && v <= Number.MAX_SAFE_INTEGER) return v
    return this.wides.code(BigInt(low) | (BigInt(mid) << 28n) | (BigInt(top) << 56n))
  }
}
