// Times that loggers put in front of lines, read from bytes.

import { bytesOf } from './cursor.ts'

export type Clock = 'none' | 'zoned' | 'local' | 'yearless' | 'time of day'

const DAY = 86_400_000
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'].map(
  bytesOf,
)

const isDigit = (c: number): boolean => c >= 48 && c <= 57

/** Finds and reads times. What was read last stands in the fields. */
export class TimeStamp {
  /** ms since 1970 as if in UTC where no zone is given; NaN for times that are no wall clock. */
  wall = Number.NaN
  clock: Clock = 'none'
  /** Where it stands. */
  from = 0
  to = 0
  private readonly year: number
  private day = 0
  private dayKey = -1

  /** `year` is for times without one. */
  constructor(year: number) {
    this.year = year
  }

  /** Looks for a time that begins in b[from, to). False if there is none. */
  find(b: Uint8Array, from: number, to: number): boolean {
    for (let at = from; at < to; at++) {
      const c = b[at]
      if (isDigit(c)) {
        if (this.readAt(b, at, to)) return true
        while (at + 1 < to && isDigit(b[at + 1])) at++
      } else if (c >= 65 && c <= 83 && (at === from || !isLetter(b[at - 1])) && this.readAt(b, at, to))
        return true
    }
    return false
  }

  /** Reads a time that begins at `at`. */
  readAt(b: Uint8Array, at: number, to: number): boolean {
    this.from = at
    const c = b[at]
    if (!isDigit(c)) return this.syslog(b, at, to)
    const digits = digitsAt(b, at, to)
    if (digits === 4 && (b[at + 4] === 45 || b[at + 4] === 47) && b[at + 7] === b[at + 4])
      return this.date(b, at, to)
    if (digits === 2 && b[at + 2] === 58) {
      if (!this.timeOfDay(b, at, to)) return false
      this.clock = 'time of day'
      return true
    }
    return this.epoch(b, at, to, digits)
  }

  /** 2006-01-02T15:04:05.999Z, 2006/01/02 15:04:05 */
  private date(b: Uint8Array, at: number, to: number): boolean {
    if (at + 19 > to || (b[at + 10] !== 84 && b[at + 10] !== 32)) return false
    const y = two(b, at) * 100 + two(b, at + 2)
    const m = two(b, at + 5)
    const d = two(b, at + 8)
    if (!(m >= 1 && m <= 12 && d >= 1 && d <= 31)) return false
    const key = (y * 16 + m) * 32 + d
    if (key !== this.dayKey) {
      this.dayKey = key
      this.day = Date.UTC(y, m - 1, d)
    }
    if (!this.timeOfDay(b, at + 11, to)) return false
    this.from = at
    this.wall += this.day
    this.clock = 'local'
    const z = b[this.to]
    if (z === 90) {
      this.to++
      this.clock = 'zoned'
    } else if ((z === 43 || z === 45) && this.to + 5 <= to) {
      const colon = b[this.to + 3] === 58 ? 1 : 0
      const minutes = two(b, this.to + 1) * 60 + two(b, this.to + 3 + colon)
      if (minutes >= 0) {
        this.wall -= (z === 43 ? minutes : -minutes) * 60_000
        this.to += 5 + colon
        this.clock = 'zoned'
      }
    }
    return true
  }

  /** 15:04:05.999 */
  private timeOfDay(b: Uint8Array, at: number, to: number): boolean {
    if (at + 8 > to || b[at + 2] !== 58 || b[at + 5] !== 58) return false
    let ms = (two(b, at) * 60 + two(b, at + 3)) * 60_000 + two(b, at + 6) * 1000
    if (!(ms >= 0 && ms <= DAY + 1000)) return false
    let end = at + 8
    if ((b[end] === 46 || b[end] === 44) && end + 1 < to && isDigit(b[end + 1])) {
      let scale = 100
      for (end++; end < to && isDigit(b[end]); end++, scale /= 10) ms += (b[end] - 48) * scale
    }
    this.from = at
    this.to = end
    this.wall = ms
    return true
  }

  /** Jan _2 15:04:05 */
  private syslog(b: Uint8Array, at: number, to: number): boolean {
    if (at + 15 > to || b[at + 3] !== 32) return false
    const m = MONTHS.findIndex((name) => name[0] === b[at] && name[1] === b[at + 1] && name[2] === b[at + 2])
    if (m < 0) return false
    const d = b[at + 4] === 32 ? b[at + 5] - 48 : two(b, at + 4)
    if (!(d >= 1 && d <= 31) || !this.timeOfDay(b, at + 7, to)) return false
    this.from = at
    this.wall += Date.UTC(this.year, m, d)
    this.clock = 'yearless'
    return true
  }

  /** Seconds, milliseconds, microseconds or nanoseconds since 1970, of our days. */
  private epoch(b: Uint8Array, at: number, to: number, digits: number): boolean {
    if (b[at] !== 49 || (digits !== 10 && digits !== 13 && digits !== 16 && digits !== 19)) return false
    let v = 0
    let end = at
    for (; end < at + Math.min(digits, 16); end++) v = v * 10 + b[end] - 48
    end = at + digits
    let ms = digits === 10 ? v * 1000 : digits === 13 ? v : v / 1000
    if (digits === 10 && b[end] === 46 && end + 1 < to && isDigit(b[end + 1])) {
      let scale = 100
      for (end++; end < to && isDigit(b[end]); end++, scale /= 10) ms += (b[end] - 48) * scale
    }
    this.wall = ms
    this.to = end
    this.clock = 'zoned'
    return true
  }
}

function isLetter(c: number): boolean {
  return (c | 32) >= 97 && (c | 32) <= 122
}

function two(b: Uint8Array, at: number): number {
  const x = b[at] - 48
  const y = b[at + 1] - 48
  return x >= 0 && x <= 9 && y >= 0 && y <= 9 ? x * 10 + y : Number.NaN
}

function digitsAt(b: Uint8Array, at: number, to: number): number {
  let n = 0
  while (at + n < to && isDigit(b[at + n])) n++
  return n
}
