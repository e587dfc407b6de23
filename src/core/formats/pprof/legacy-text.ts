import { DecodeError } from '../../base/errors.ts'
import { type Int, toInt } from '../../base/int64.ts'

/** Format id of every DecodeError thrown by the legacy readers. */
export const FORMAT = 'pprof-legacy'

/**
 * A reader's finding that the input is of another format: the next reader gets its turn. Anything that
 * is surely of a format, and wrong, is a DecodeError instead.
 */
export interface Mismatch {
  /** Byte offset of what did not fit; the mismatch found farthest into the file is the one reported. */
  readonly offset: number
  readonly reason: string
}

/** Longest line accepted. Go's reader stops at 64 KiB, but a deep stack is longer than that. */
export const MAX_LINE = 1 << 24

/** Lines that need a search (not only a parse) are given up beyond this, as the reference does for all. */
export const MAX_SEARCHED_LINE = 1 << 16

/**
 * Reads lines without making strings of them. Line ends are \n and \r\n; the last line may lack one.
 * The current line is bytes[from, to); after the last line it is empty.
 */
export class LineReader {
  readonly bytes: Uint8Array
  from: number
  to: number
  private next: number

  constructor(bytes: Uint8Array, start = 0) {
    this.bytes = bytes
    this.from = start
    this.to = start
    this.next = start
  }

  /** Moves to the next line; false if there is none. */
  scan(): boolean {
    const { bytes } = this
    const from = this.next
    this.from = from
    if (from >= bytes.length) {
      this.from = bytes.length
      this.to = bytes.length
      return false
    }
    const newline = bytes.indexOf(10, from)
    let to = newline < 0 ? bytes.length : newline
    this.next = newline < 0 ? to : to + 1
    if (to > from && bytes[to - 1] === 13) to--
    if (to - from > MAX_LINE)
      throw new DecodeError(FORMAT, from, `line of ${to - from} bytes: at most ${MAX_LINE} are accepted`)
    this.to = to
    return true
  }

  /** True if there is no line behind the current one. */
  get ended(): boolean {
    return this.next >= this.bytes.length
  }

  /** Takes white space off both ends of the current line. */
  trim(): void {
    this.to = trimEnd(this.bytes, this.from, this.to)
    this.from = trimStart(this.bytes, this.from, this.to)
  }

  /** True if the line is blank or its first character but for white space is '#'. */
  isBlankOrComment(): boolean {
    if (this.from === this.to) return true
    const first = this.bytes[this.from]
    if (first === 35) return true
    if (first > 32 && first < 128) return false
    const at = trimStart(this.bytes, this.from, this.to)
    return at === this.to || this.bytes[at] === 35
  }

  startsWith(ascii: string): boolean {
    return startsWithAt(this.bytes, this.from, this.to, ascii)
  }

  /** True if the line announces a memory map. */
  isMemoryMapHeader(): boolean {
    const { bytes, from, to } = this
    for (let i = from; i < to; i++) {
      if (bytes[i] !== 77) continue
      if (startsWithAt(bytes, i, to, 'MAPPED_LIBRARIES:')) return true
      if (i - from >= 4 && startsWithAt(bytes, i - 4, to, '--- Memory map: ---')) return true
    }
    return false
  }

  /** The current line as a byte string. */
  text(): string {
    return byteString(this.bytes, this.from, this.to)
  }
}

export function startsWithAt(bytes: Uint8Array, from: number, to: number, ascii: string): boolean {
  if (to - from < ascii.length) return false
  for (let k = 0; k < ascii.length; k++) if (bytes[from + k] !== ascii.charCodeAt(k)) return false
  return true
}

/**
 * Bytes as a string of one character each: what patterns run over, so that positions are byte positions
 * and bad UTF-8 is just bytes.
 */
export function byteString(bytes: Uint8Array, from: number, to: number): string {
  let s = ''
  for (let at = from; at < to; at += 8192)
    s += String.fromCharCode(...bytes.subarray(at, Math.min(at + 8192, to)))
  return s
}

/** The inverse of byteString. */
export function bytesOfString(s: string): Uint8Array {
  const out = new Uint8Array(s.length)
  for (let i = 0; i < s.length; i++) out[i] = s.charCodeAt(i)
  return out
}

// White space is Unicode's, as in Go's strings.TrimSpace, in UTF-8.
function spaceLength(bytes: Uint8Array, i: number, to: number): number {
  const b = bytes[i]
  if (b === 32 || (b >= 9 && b <= 13)) return 1
  if (b < 0xc2) return 0
  if (b === 0xc2) return i + 1 < to && (bytes[i + 1] === 0x85 || bytes[i + 1] === 0xa0) ? 2 : 0
  if (i + 2 >= to) return 0
  const c = bytes[i + 1]
  const d = bytes[i + 2]
  if (b === 0xe1) return c === 0x9a && d === 0x80 ? 3 : 0
  if (b === 0xe3) return c === 0x80 && d === 0x80 ? 3 : 0
  if (b !== 0xe2) return 0
  if (c === 0x81) return d === 0x9f ? 3 : 0
  return c === 0x80 && ((d >= 0x80 && d <= 0x8a) || d === 0xa8 || d === 0xa9 || d === 0xaf) ? 3 : 0
}

/** Where bytes[from, to) starts without leading white space. */
export function trimStart(bytes: Uint8Array, from: number, to: number): number {
  while (from < to) {
    const n = spaceLength(bytes, from, to)
    if (n === 0) break
    from += n
  }
  return from
}

/** Where bytes[from, to) ends without trailing white space. */
export function trimEnd(bytes: Uint8Array, from: number, to: number): number {
  while (to > from) {
    if (bytes[to - 1] < 0x80) {
      if (spaceLength(bytes, to - 1, to) === 0) break
      to--
    } else if (to - from >= 2 && spaceLength(bytes, to - 2, to) === 2) to -= 2
    else if (to - from >= 3 && spaceLength(bytes, to - 3, to) === 3) to -= 3
    else break
  }
  return to
}

const ANY_BASE =
  /^[+-]?(?:0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0(?:_?[0-7])*|[1-9](?:_?[0-9])*)$/

/**
 * An int64 as Go writes literals: 0x, 0b, 0o and plain leading zeros choose the base, underscores may
 * separate digits. Undefined for anything else and for values out of range.
 */
export function parseIntAnyBase(text: string): Int | undefined {
  if (text.length > 4096 || !ANY_BASE.test(text)) return undefined
  const negative = text[0] === '-'
  let digits = text.replace(/^[+-]/, '').replaceAll('_', '')
  if (/^0[0-7]/.test(digits)) digits = `0o${digits}`
  return inRange(negative ? -BigInt(digits) : BigInt(digits))
}

/** A decimal int64, or undefined if it is out of range. `text` is an optional '-' and digits. */
export function parseDecimal(text: string): Int | undefined {
  if (text.length <= 15) return Number(text) + 0
  const negative = text[0] === '-'
  const digits = text.replace(/^-?0*/, '')
  if (digits.length > 19) return undefined
  return inRange(negative ? -BigInt(digits) : BigInt(digits))
}

function inRange(v: bigint): Int | undefined {
  return BigInt.asIntN(64, v) === v ? toInt(v) : undefined
}

/** A uint64 from hex digits without prefix, or undefined if there are more than 64 bits. */
export function parseHex64(digits: string): bigint | undefined {
  const significant = digits.replace(/^0+/, '')
  return significant.length > 16 ? undefined : BigInt(`0x${significant || '0'}`)
}
