import { encodeUtf8 } from '../../base/utf8.ts'

const ZERO = 48
const CAPACITY = 1 << 18
/** Room that is always there for short texts and numbers, between calls of `line`. */
const ROOM = 1 << 10
/** From this length on one call that copies all is faster than a loop. */
const LONG = 64

/** A text that is written often. */
export class Piece {
  /** The text and, behind it, some bytes that do not matter: see `ByteText.range`. */
  readonly view: DataView
  readonly bytes: Uint8Array
  readonly length: number

  constructor(bytes: Uint8Array) {
    const padded = new Uint8Array(bytes.length + 3)
    padded.set(bytes)
    this.view = new DataView(padded.buffer)
    this.bytes = padded.subarray(0, bytes.length)
    this.length = bytes.length
  }
}

export const piece = (text: string): Piece => new Piece(encodeUtf8(text))

/**
 * Text written as bytes into a buffer, for reports of millions of lines. After `line` some short texts
 * and numbers (less than 1 KiB in all) may be written without a thought; others go through `long`.
 */
export class ByteText {
  private readonly buffer = new Uint8Array(CAPACITY)
  private readonly view = new DataView(this.buffer.buffer)
  private at = 0
  private readonly write: (bytes: Uint8Array) => void

  /** `write` gets pieces of the text; they are overwritten after the call. */
  constructor(write: (bytes: Uint8Array) => void) {
    this.write = write
  }

  /** Makes room for the short texts of a line. */
  line(): void {
    if (this.at > CAPACITY - ROOM) this.flush()
  }

  /** A short text. */
  put(text: Piece): void {
    this.range(text.view, 0, text.length)
  }

  /**
   * A short text: bytes [from, to) of a view that has three more bytes behind them. Four bytes are copied at
   * a time, which takes a quarter of the time; what is copied too much is overwritten by what follows.
   */
  range(text: DataView, from: number, to: number): void {
    const { view } = this
    let at = this.at
    this.at = at + to - from
    for (let i = from; i < to; i += 4) {
      view.setInt32(at, text.getInt32(i))
      at += 4
    }
  }

  byte(b: number): void {
    this.buffer[this.at++] = b
  }

  /** A text of any length that is written often. */
  any(text: Piece): void {
    if (text.length < LONG && this.at <= CAPACITY - ROOM) this.range(text.view, 0, text.length)
    else this.long(text.bytes)
  }

  /** A text of any length. */
  long(text: Uint8Array): void {
    if (this.at + text.length > CAPACITY - ROOM) {
      this.flush()
      if (text.length > CAPACITY - ROOM) {
        this.write(text)
        return
      }
    }
    this.buffer.set(text, this.at)
    this.at += text.length
  }

  /** Decimal digits of an integer in [0, 2^53). */
  uint(v: number): void {
    if (v < 1e9) this.small(v)
    else {
      const high = Math.floor(v / 1e9)
      this.small(high)
      this.nine(v - high * 1e9)
    }
  }

  /** Nine decimal digits of an integer below 10^9. */
  nine(v: number): void {
    const { buffer } = this
    let rest = v | 0
    for (let i = this.at + 8; i >= this.at; i--) {
      const next = (rest / 10) | 0
      buffer[i] = ZERO + rest - next * 10
      rest = next
    }
    this.at += 9
  }

  private small(v: number): void {
    const { buffer } = this
    let rest = v | 0
    let n = 1
    for (let limit = 10; limit <= rest; limit *= 10) n++
    for (let i = this.at + n - 1; i >= this.at; i--) {
      const next = (rest / 10) | 0
      buffer[i] = ZERO + rest - next * 10
      rest = next
    }
    this.at += n
  }

  /** Hands over what was written so far. */
  flush(): void {
    if (this.at === 0) return
    const text = this.buffer.subarray(0, this.at)
    this.at = 0
    this.write(text)
  }
}
