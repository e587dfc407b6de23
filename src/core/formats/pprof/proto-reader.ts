import { DecodeError } from '../../base/errors.ts'
import { type Int, toInt } from '../../base/int64.ts'

/**
 * A cursor over one complete protobuf message (encoding: protobuf.dev, "Encoding").
 * Varints are given as doubles where a double is exact, which is nearly always; else `wide` is set.
 */
export class ProtoReader {
  readonly format: string
  buf: Uint8Array = new Uint8Array(0)
  pos = 0
  end = 0
  /** Offset in the input of buf[0], for messages. */
  base = 0
  /** Of the last `field`: number and wire type (0 varint, 1 fixed64, 2 bytes, 5 fixed32). */
  number = 0
  wire = 0
  /** Of the last bytes field: its content is buf[from, to). */
  from = 0
  to = 0
  /** Of the last varint: its value as a uint64 if it is not a safe integer, else undefined. */
  wide: bigint | undefined = undefined

  constructor(format: string) {
    this.format = format
  }

  /** Points the cursor at buf[pos, end). */
  reset(buf: Uint8Array, pos: number, end: number, base: number): void {
    this.buf = buf
    this.pos = pos
    this.end = end
    this.base = base
  }

  fail(message: string, at = this.pos): never {
    throw new DecodeError(this.format, this.base + at, message)
  }

  /**
   * Reads a varint as a uint64. Returns it if it is a safe integer; otherwise the nearest double,
   * with the exact value in `wide`.
   */
  varint(): number {
    const buf = this.buf
    const end = this.end
    let pos = this.pos
    this.wide = undefined
    if (pos >= end) this.fail('input ends in the middle of a number')
    let b = buf[pos++]
    if (b < 0x80) {
      this.pos = pos
      return b
    }
    // 28 bits at a time: the most that int32 arithmetic shifts without loss.
    let low = b & 0x7f
    let shift = 7
    while (shift < 28) {
      if (pos >= end) this.fail('input ends in the middle of a number')
      b = buf[pos++]
      low |= (b & 0x7f) << shift
      if (b < 0x80) {
        this.pos = pos
        return low
      }
      shift += 7
    }
    let mid = 0
    shift = 0
    while (shift < 28) {
      if (pos >= end) this.fail('input ends in the middle of a number')
      b = buf[pos++]
      mid |= (b & 0x7f) << shift
      if (b < 0x80) return this.join(low, mid, 0, pos)
      shift += 7
    }
    if (pos >= end) this.fail('input ends in the middle of a number')
    b = buf[pos++]
    let top = b & 0x7f
    if (b >= 0x80) {
      if (pos >= end) this.fail('input ends in the middle of a number')
      b = buf[pos++]
      if (b >= 0x80) this.fail('a number is longer than 10 bytes')
      top |= (b & 0x7f) << 7
    }
    return this.join(low, mid, top, pos)
  }

  private join(low: number, mid: number, top: number, pos: number): number {
    this.pos = pos
    const v = low + mid * 268435456
    if (top === 0 && v <= 9007199254740991) return v
    // Bits over 64 are dropped, as the reference does.
    const wide = BigInt.asUintN(64, BigInt(low) | (BigInt(mid) << 28n) | (BigInt(top) << 56n))
    if (wide <= 9007199254740991n) return Number(wide)
    this.wide = wide
    return Number(wide)
  }

  /** Reads a varint as an exact uint64. */
  uint(): Int {
    const v = this.varint()
    return this.wide ?? v
  }

  /** Reads a varint as an exact int64. */
  int(): Int {
    const v = this.varint()
    return this.wide === undefined ? v : toInt(BigInt.asIntN(64, this.wide))
  }

  /** Reads the next field's tag and, for lengths and fixed sizes, steps over its content. Varints are left to read. */
  field(): void {
    const at = this.pos
    const tag = this.varint()
    this.number = Math.floor(tag / 8)
    this.wire = tag % 8
    if (this.wide !== undefined) {
      this.number = Number(this.wide >> 3n)
      this.wire = Number(this.wide & 7n)
    }
    switch (this.wire) {
      case 0:
        return
      case 1:
        this.skip(8)
        return
      case 2: {
        const length = this.varint()
        if (length > this.end - this.pos) this.fail('a field is longer than the input', at)
        this.from = this.pos
        this.to = this.pos + length
        this.pos = this.to
        return
      }
      case 5:
        this.skip(4)
        return
      default:
        this.fail(`unknown wire type ${this.wire}`, at)
    }
  }

  private skip(n: number): void {
    if (this.end - this.pos < n) this.fail('input ends in the middle of a field')
    this.pos += n
  }

  /** Checks the wire type of the field just read. */
  expect(wire: number, what: string): void {
    if (this.wire !== wire) this.fail(`${what} has wire type ${this.wire}, not ${wire}`)
  }

  /** Ignores the field just read. */
  ignore(): void {
    if (this.wire === 0) this.varint()
  }
}
