// Reading numbers and words from bytes in place.

/** Powers of ten that doubles hold exactly. */
const TENS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`))
/** Digits behind which a further one could be lost. */
const EXACT = 2 ** 53 / 10 - 1

/**
 * A place in b[at, end). Readers move it on when they find what they look for; numbers are NaN and words
 * false where they do not, and `at` then stands where reading stopped.
 */
export class Cursor {
  b: Uint8Array = new Uint8Array(0)
  at = 0
  end = 0

  set(b: Uint8Array, at: number, end: number): this {
    this.b = b
    this.at = at
    this.end = end
    return this
  }

  get done(): boolean {
    return this.at >= this.end
  }

  /** The next byte, -1 at the end. */
  get peek(): number {
    return this.at < this.end ? this.b[this.at] : -1
  }

  /** Takes one given byte. */
  byte(c: number): boolean {
    if (this.at >= this.end || this.b[this.at] !== c) return false
    this.at++
    return true
  }

  /** Takes the bytes of a word. */
  word(w: Uint8Array): boolean {
    const { b, at } = this
    if (at + w.length > this.end) return false
    for (let i = 0; i < w.length; i++) if (b[at + i] !== w[i]) return false
    this.at = at + w.length
    return true
  }

  /** A whole number without sign. */
  uint(): number {
    const { b, end } = this
    let at = this.at
    let v = 0
    for (; at < end; at++) {
      const d = b[at] - 48
      if (d < 0 || d > 9) break
      v = v * 10 + d
    }
    if (at === this.at) return Number.NaN
    this.at = at
    return v
  }

  /**
   * A number with an optional fraction and no more than 15 digits, as gctrace prints times, into `out[k]`. False
   * if there is none. A number that is given back would be put on the heap for each call.
   */
  decimal(out: Float64Array, k: number): boolean {
    const { b, end } = this
    let at = this.at
    const start = at
    let v = 0
    let d = 0
    for (; at < end; at++) {
      d = b[at] - 48
      if (d < 0 || d > 9) break
      v = v * 10 + d
    }
    if (at === start) return false
    if (d === -2 && at < end) {
      const point = at++
      for (; at < end; at++) {
        d = b[at] - 48
        if (d < 0 || d > 9) break
        v = v * 10 + d
      }
      v /= TENS[at - point - 1]
    }
    this.at = at
    out[k] = v
    return true
  }

  /** A number with optional sign, fraction and exponent, as runtimes old and new print them; also NaN and ±Inf. */
  number(): number {
    const { b, end } = this
    const start = this.at
    let at = start
    let negative = false
    if (at < end && (b[at] === 43 || b[at] === 45)) negative = b[at++] === 45
    let v = 0
    let scale = 0
    let digits = 0
    let point = false
    for (; at < end; at++) {
      const c = b[at]
      if (c === 46 && !point) {
        point = true
        continue
      }
      const d = c - 48
      if (d < 0 || d > 9) break
      digits++
      if (v < EXACT) {
        v = v * 10 + d
        if (point) scale++
      } else if (!point) scale--
    }
    if (digits === 0) return this.noNumber(start, negative)
    if (at + 1 < end && b[at] === 101) {
      let to = at + 1
      let minus = false
      if (b[to] === 43 || b[to] === 45) minus = b[to++] === 45
      const from = to
      let e = 0
      for (; to < end && b[to] >= 48 && b[to] <= 57; to++) e = Math.min(9999, e * 10 + b[to] - 48)
      if (to > from) {
        scale += minus ? e : -e
        at = to
      }
    }
    this.at = at
    if (scale > 0) v = scale <= 22 ? v / TENS[scale] : v * 10 ** -scale
    else if (scale < 0) v *= 10 ** -scale
    return negative ? -v : v
  }

  private noNumber(start: number, negative: boolean): number {
    const signed = this.b[start] === 43 || this.b[start] === 45
    this.at = start + (signed ? 1 : 0)
    if (this.word(INF)) return negative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
    if (!this.word(NAN)) this.at = start
    return Number.NaN
  }
}

const INF = bytesOf('Inf')
const NAN = bytesOf('NaN')

/** The bytes of an ASCII word. */
export function bytesOf(word: string): Uint8Array {
  return Uint8Array.from(word, (c) => c.charCodeAt(0))
}

/** Where `w` begins in b[from, to); -1 if it does not. */
export function indexOfWord(b: Uint8Array, w: Uint8Array, from: number, to: number): number {
  const last = to - w.length
  outer: for (let at = from; at <= last; at++) {
    for (let i = 0; i < w.length; i++) if (b[at + i] !== w[i]) continue outer
    return at
  }
  return -1
}
