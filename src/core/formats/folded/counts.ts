// Counts of folded stacks: decimal numbers at the end of a line, whole or not, in columns of integers.
//
// A profile's values are integers, but tools that normalize or average write fractions. Rounding
// would lose small weights, so a file with fractions is held in thousandths, millionths or
// billionths of a count, and its unit says so: millicount, microcount, nanocount. Encoders write
// such values as the fractions they were.

import { GrowU32 } from '../../base/grow.ts'
import { addInt, type Int, Int64Builder, type Int64Column, mulInt, toInt } from '../../base/int64.ts'

const SPACE = 32
const TAB = 9
const ZERO = 48
const BILLION = 1_000_000_000

/** Unit -> number of decimals of a count that its values carry. */
const COUNT_DECIMALS: Readonly<Record<string, number>> = { millicount: 3, microcount: 6, nanocount: 9 }

/** Unit of counts held with 0, 3, 6 or 9 decimals. */
export function countUnit(decimals: number): string {
  return decimals === 0 ? 'count' : decimals <= 3 ? 'millicount' : decimals <= 6 ? 'microcount' : 'nanocount'
}

/** Decimals of a count that values of this unit carry; 0 for every other unit. */
export function countDecimals(unit: string): number {
  return Object.hasOwn(COUNT_DECIMALS, unit) ? COUNT_DECIMALS[unit] : 0
}

/** value / 10^decimals as a decimal number without trailing zeros. */
export function formatDecimal(value: Int, decimals: number): string {
  if (decimals === 0) return value.toString()
  const digits = (value < 0 ? -value : value).toString().padStart(decimals + 1, '0')
  const whole = digits.slice(0, -decimals)
  const rest = digits.slice(-decimals).replace(/0+$/, '')
  return `${value < 0 ? '-' : ''}${whole}${rest === '' ? '' : `.${rest}`}`
}

export const isBlank = (c: number): boolean => c === SPACE || c === TAB

// Longer tokens are no counts: int64 has 19 digits, and tools that print doubles add at most 17 decimals.
const MAX_TOKEN = 64
const NUMBER = /^([-+]?)(\d+)(?:\.(\d*))?$/

/** Reads the number at the end of a line. A class only so that its results need no object per line. */
export class CountReader {
  /** Index of the number's first character. */
  start = 0
  /** Whole part, towards zero. */
  whole: Int = 0
  /** Fraction in billionths, with the sign of the number. */
  billionths = 0
  /** Decimals that are not trailing zeros, 9 at most. */
  decimals = 0
  /** True if the last `read` met a number that int64 does not hold. */
  tooLarge = false

  /** True if b[from, end) ends in a number with a blank before it. */
  read(b: Uint8Array, from: number, end: number): boolean {
    let p = end - 1
    let v = 0
    let scale = 1
    // 15 digits: the sums stay exact.
    const stop = Math.max(from, end - 15)
    while (p >= stop) {
      const d = b[p] - ZERO
      if (d < 0 || d > 9) break
      v += d * scale
      scale *= 10
      p--
    }
    if (p < from || p === end - 1 || !isBlank(b[p])) return this.readSlow(b, from, end)
    this.start = p + 1
    this.whole = v
    this.billionths = 0
    this.decimals = 0
    this.tooLarge = false
    return true
  }

  private readSlow(b: Uint8Array, from: number, end: number): boolean {
    this.tooLarge = false
    const stop = Math.max(from, end - MAX_TOKEN)
    let p = end
    while (p > stop && !isBlank(b[p - 1])) p--
    if (p === stop && (p === from || !isBlank(b[p - 1]))) return false
    const m = NUMBER.exec(String.fromCharCode(...b.subarray(p, end)))
    if (m === null) return false
    const magnitude = BigInt(m[2])
    if (magnitude >= 2n ** 63n) {
      this.tooLarge = true
      return false
    }
    const sign = m[1] === '-' ? -1 : 1
    const fraction = (m[3] ?? '').replace(/0+$/, '')
    this.start = p
    this.whole = toInt(sign < 0 ? -magnitude : magnitude)
    // The tenth decimal rounds; it cannot carry, because 9 decimals of nines stay below 10^9.
    this.billionths = sign * Math.min(Math.round(Number(`0.${fraction || '0'}`) * BILLION), BILLION - 1)
    this.decimals = Math.min(fraction.length, 9)
    return true
  }
}

/** One column of counts while it is read. */
export class CountColumn {
  private readonly whole = new Int64Builder(1024)
  private readonly fractionRow = new GrowU32()
  private readonly fraction = new Int64Builder()
  /** Most decimals met. */
  decimals = 0
  /** Sum of the magnitudes, as a double: it decides how many decimals fit int64. */
  magnitude = 0

  push(count: CountReader): void {
    this.magnitude += Math.abs(Number(count.whole))
    if (count.billionths !== 0) {
      this.fractionRow.push(this.whole.length)
      this.fraction.push(count.billionths)
      if (count.decimals > this.decimals) this.decimals = count.decimals
    }
    this.whole.push(count.whole)
  }

  /** The values with 0, 3, 6 or 9 decimals, what is beyond them rounded. */
  done(decimals: number): Int64Column {
    const whole = this.whole.done()
    if (decimals === 0 && this.fractionRow.length === 0) return whole
    const scale = 10 ** decimals
    const out = new Int64Builder(whole.length)
    for (let i = 0; i < whole.length; i++) out.push(mulInt(whole.get(i), scale))
    for (let i = 0; i < this.fractionRow.length; i++) {
      const row = this.fractionRow.a[i]
      const part = Math.round((this.fraction.f[i] * scale) / BILLION)
      out.set(row, addInt(out.get(row), part))
    }
    return out.done()
  }
}

/** Decimals (0, 3, 6 or 9) to hold columns with, so that no sum of them leaves int64. */
export function sharedDecimals(columns: readonly CountColumn[]): number {
  let wanted = 0
  let magnitude = 0
  for (const c of columns) {
    wanted = Math.max(wanted, Math.ceil(c.decimals / 3) * 3)
    magnitude += c.magnitude
  }
  while (wanted > 0 && (magnitude + 1) * 10 ** wanted > 2 ** 62) wanted -= 3
  return wanted
}
