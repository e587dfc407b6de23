import { DecodeError } from '../base/errors.ts'
import { decodeUtf8 } from '../base/utf8.ts'

const FORMAT = 'dwarf'
const TWO32 = 4294967296
/** Longer texts are cut: a hostile file could name one huge string many times. */
const MAX_TEXT = 1 << 16

/** Reads one debug section from `pos` to `end`. Every read beyond the end throws DecodeError. */
export class DwarfCursor {
  readonly bytes: Uint8Array
  readonly little: boolean
  pos: number
  end: number
  private readonly view: DataView

  constructor(bytes: Uint8Array, little: boolean, pos = 0, end = bytes.length) {
    this.bytes = bytes
    this.little = little
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.pos = pos
    this.end = Math.min(end, bytes.length)
    if (!(pos >= 0 && pos <= this.end))
      throw new DecodeError(FORMAT, -1, 'debug data point outside their section')
  }

  private take(n: number): number {
    const at = this.pos
    if (!(n >= 0 && at + n <= this.end)) throw new DecodeError(FORMAT, at, 'debug data end too early')
    this.pos = at + n
    return at
  }

  skip(n: number): void {
    this.take(n)
  }

  u8(): number {
    return this.bytes[this.take(1)]
  }

  u16(): number {
    return this.view.getUint16(this.take(2), this.little)
  }

  u24(): number {
    const at = this.take(3)
    const [a, b, c] = [this.bytes[at], this.bytes[at + 1], this.bytes[at + 2]]
    return this.little ? a | (b << 8) | (c << 16) : (a << 16) | (b << 8) | c
  }

  u32(): number {
    return this.view.getUint32(this.take(4), this.little)
  }

  /** Unsigned, rounded if over 2^53. */
  u64(): number {
    const at = this.take(8)
    const a = this.view.getUint32(at, this.little)
    const b = this.view.getUint32(at + 4, this.little)
    return this.little ? b * TWO32 + a : a * TWO32 + b
  }

  /** An address of 1, 2, 4 or 8 bytes; those of 8 as signed, see Fields. */
  address(size: number): number {
    switch (size) {
      case 8: {
        const at = this.take(8)
        const high = this.view.getInt32(this.little ? at + 4 : at, this.little)
        return high * TWO32 + this.view.getUint32(this.little ? at : at + 4, this.little)
      }
      case 4:
        return this.u32()
      case 2:
        return this.u16()
      case 1:
        return this.u8()
      default:
        throw new DecodeError(FORMAT, this.pos, `addresses of ${size} bytes`)
    }
  }

  /** An offset of 4 bytes, or 8 in the 64-bit format. */
  offset(wide: boolean): number {
    return wide ? this.u64() : this.u32()
  }

  /** An unsigned LEB128 number, rounded if over 2^53. */
  uleb(): number {
    let b = this.u8()
    if (b < 0x80) return b
    let v = b & 0x7f
    let scale = 128
    do {
      b = this.u8()
      v += (b & 0x7f) * scale
      scale *= 128
    } while (b >= 0x80 && scale < 2 ** 77)
    while (b >= 0x80) b = this.u8()
    return v
  }

  /** A signed LEB128 number, rounded if over 2^53. */
  sleb(): number {
    let v = 0
    let scale = 1
    let b: number
    do {
      b = this.u8()
      if (scale < 2 ** 70) v += (b & 0x7f) * scale
      scale *= 128
    } while (b >= 0x80)
    return (b & 0x40) !== 0 && scale < 2 ** 70 ? v - scale : v
  }

  /** Steps over a text that ends with a zero byte and gives its place. */
  skipText(): number {
    const at = this.pos
    const zero = this.bytes.subarray(at, this.end).indexOf(0)
    if (zero < 0) throw new DecodeError(FORMAT, at, 'a text in the debug data does not end')
    this.pos = at + zero + 1
    return at
  }

  /**
   * The length in front of a unit (4 bytes, or 0xffffffff and 8): sets `wide` and gives the offset of the unit's end.
   * Throws if that lies outside of the section.
   */
  unitEnd(): { end: number; wide: boolean } {
    const start = this.pos
    let length = this.u32()
    const wide = length === 0xffffffff
    if (wide) length = this.u64()
    const end = this.pos + length
    if (!(end <= this.end)) throw new DecodeError(FORMAT, start, 'a unit of the debug data is cut off')
    return { end, wide }
  }
}

/** The text at `at`, up to its zero byte; '' outside of the section. */
export function textAt(bytes: Uint8Array, at: number): string {
  if (!(at >= 0 && at < bytes.length)) return ''
  const part = bytes.subarray(at, at + MAX_TEXT)
  const end = part.indexOf(0)
  return decodeUtf8(end < 0 ? part : part.subarray(0, end))
}
