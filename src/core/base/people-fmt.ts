// Numbers and widths as goscope shows them to people: three significant digits, a unit behind a narrow
// no-break space in every cell, binary units that say so. Text of the drop-in commands has its own rules
// (units.ts).

import { absInt, type Int } from './int64.ts'
import { sameFamily, scale } from './units.ts'
import { visibleStart, visibleText } from './visible-text.ts'

/** Narrow no-break space: between a number and its unit, and between groups of digits. */
export const NARROW = '\u202f'
/** Stands for a value that is not there. */
export const ABSENT = '–'
const MINUS = '−'

/** An integer in groups of three digits: `67 908`. */
export function groupDigits(v: Int): string {
  const digits = absInt(v).toString().replace('-', '')
  return `${v < 0 ? MINUS : ''}${digits.replace(/\B(?=(?:\d{3})+$)/g, NARROW)}`
}

/** A number >= 0 with three significant digits; digits before the point are never rounded away, and whole numbers stay whole. */
function threeDigits(x: number): string {
  if (!Number.isFinite(x)) return x > 0 ? '∞' : ABSENT
  if (Number.isInteger(x) || Math.round(x) >= 100) return groupDigits(BigInt(Math.round(x)))
  const rounded = Number(x.toPrecision(3))
  if (rounded >= 1) return x.toFixed(rounded >= 10 ? 1 : 2)
  return x.toFixed(Math.min(12, 2 - Math.floor(Math.log10(rounded || 1e-10))))
}

interface Step {
  readonly unit: string
  readonly size: number
  /** Values from here on (in this unit) go to the next one. */
  readonly below: number
}

const TIME: readonly Step[] = [
  { unit: 'ns', size: 1, below: 1000 },
  { unit: 'µs', size: 1e3, below: 1000 },
  { unit: 'ms', size: 1e6, below: 1000 },
  { unit: 's', size: 1e9, below: 120 },
  { unit: 'min', size: 60e9, below: 120 },
  { unit: 'h', size: 3600e9, below: 48 },
  { unit: 'd', size: 86400e9, below: Number.POSITIVE_INFINITY },
]

const BYTES: readonly Step[] = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'].map((unit, k) => ({
  unit,
  size: 1024 ** k,
  below: k === 6 ? Number.POSITIVE_INFINITY : 1024,
}))

const COUNTS: readonly Step[] = [
  { unit: '', size: 1, below: 1e6 },
  ...['M', 'G', 'T', 'P', 'E'].map((unit, k) => ({
    unit,
    size: 1000 ** (k + 2),
    below: k === 4 ? Number.POSITIVE_INFINITY : 1000,
  })),
]

function onScale(v: number, steps: readonly Step[]): string {
  if (v === 0) return '0'
  const x = Math.abs(v)
  // What rounds up to the limit belongs to the next unit: 999.9 ms is 1.00 s.
  const rounded = (s: Step): number => {
    const y = x / s.size
    return y >= 100 ? Math.round(y) : Number(y.toPrecision(3))
  }
  const step = steps.find((s) => rounded(s) < s.below) ?? steps[steps.length - 1]
  // A value that reached the next unit by rounding is a little less than 1 of it.
  const shown = x / step.size < 1 && rounded(step) >= 1 ? '1.00' : threeDigits(x / step.size)
  return `${v < 0 ? MINUS : ''}${shown}${step.unit && NARROW + step.unit}`
}

/** A duration in nanoseconds: `1.48 s`, `830 ms`, `146 µs`, `3.05 min`. */
export function timeText(nanos: Int): string {
  return onScale(Number(nanos), TIME)
}

/** A size: `1.23 GiB`, `512 B`. */
export function bytesText(bytes: Int): string {
  return onScale(Number(bytes), BYTES)
}

/** A count: `67 908`; from a million `37.2 M`. */
export function countText(count: Int): string {
  return typeof count === 'number' && !Number.isInteger(count)
    ? `${count < 0 ? MINUS : ''}${threeDigits(Math.abs(count))}`
    : onScale(Number(count), COUNTS)
}

/** Units that need not be said: the sample type names what is counted. */
const SILENT = /^(counts?|samples?|units?|)$/

/** pprof's names of units, where ours differ. */
const UNIT_NAMES: ReadonlyMap<string, string> = new Map([
  ['kB', 'KiB'],
  ['MB', 'MiB'],
  ['GB', 'GiB'],
  ['TB', 'TiB'],
  ['PB', 'PiB'],
  ['us', 'µs'],
  ['hrs', 'h'],
])

/** Units come from profiles and addresses, and may be anything. Longer ones are none that we know. */
const LONGEST_UNIT = 32

/** A value of a profile in the unit that suits it, or in the unit `to`. */
export function valueText(v: Int, unit: string, to = 'auto'): string {
  if (v === 0) return '0'
  if (unit.length > LONGEST_UNIT || to.length > LONGEST_UNIT)
    return `${countText(v)}${NARROW}${visibleStart(unit, LONGEST_UNIT)}`
  if (to !== 'auto' && to !== 'minimum') {
    const scaled = scale(v, unit, to)
    const name = UNIT_NAMES.get(scaled.unit) ?? visibleText(scaled.unit)
    return `${scaled.value < 0 ? MINUS : ''}${threeDigits(Math.abs(scaled.value))}${name && NARROW + name}`
  }
  if (sameFamily(unit, 'ns')) return timeText(scaled(v, unit, 'ns'))
  if (sameFamily(unit, 'bytes')) return bytesText(scaled(v, unit, 'bytes'))
  if (SILENT.test(unit)) return countText(v)
  const auto = scale(v, unit, 'auto')
  return auto.unit === '' || auto.unit === 'auto'
    ? `${countText(v)}${NARROW}${visibleText(unit)}`
    : `${auto.value < 0 ? MINUS : ''}${threeDigits(Math.abs(auto.value))}${NARROW}${auto.unit}`
}

function scaled(v: Int, unit: string, to: string): number {
  return scale(v, unit, to).value
}

/** The same with a `+` in front of what is more than 0, for differences. */
export function signedValueText(v: Int, unit: string, to = 'auto'): string {
  return v > 0 ? `+${valueText(v, unit, to)}` : valueText(v, unit, to)
}

/** Share of a total: `68.8%`, `<0.1%` for less than that but not nothing, `0%`, and `–` where there is no total. */
export function shareText(part: Int, total: Int): string {
  if (total === 0) return ABSENT
  const share = (Number(part) / Math.abs(Number(total))) * 100
  const size = Math.abs(share)
  const sign = share < 0 ? MINUS : ''
  if (part === 0) return '0%'
  if (size < 0.05) return `${sign}<0.1%`
  return size >= 99.95 ? `${sign}${Math.round(size)}%` : `${sign}${size.toFixed(1)}%`
}

/** Our own text (not names) for a terminal without UTF-8: `1.48s`, `146us`, `67908`. */
export function asciiText(s: string): string {
  return s
    .replaceAll(NARROW, '')
    .replaceAll('µ', 'u')
    .replace(/[−–]/g, '-')
    .replaceAll('…', '..')
    .replaceAll('×', 'x')
    .replaceAll('∞', 'inf')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what is one cell wide for certain
const NARROW_ONLY = /^[\x00-\u02ff\u2010-\u2027\u202f\u2030-\u205e\u2190-\u22ff\u2500-\u25ff]*$/
const NO_CELL = /\p{M}|(?!\u00ad)\p{Cf}/u
/** East Asian Wide and Fullwidth (Unicode UAX 11), and emoji, in whole blocks. */
const WIDE: readonly (readonly [first: number, last: number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1faff],
  [0x20000, 0x3fffd],
]

/** Cells that one character takes on a terminal: 0, 1 or 2. */
function charWidth(c: string): number {
  const code = c.codePointAt(0)!
  if (NO_CELL.test(c)) return 0
  return WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1
}

/** Cells that a text takes on a terminal. */
export function cellWidth(s: string): number {
  if (NARROW_ONLY.test(s)) return s.length
  let n = 0
  for (const c of s) n += charWidth(c)
  return n
}

/** The end of a text in at most `width` cells, with `mark` where something was cut off. */
export function cutLeft(s: string, width: number, mark = '…'): string {
  if (cellWidth(s) <= width) return s
  const room = width - cellWidth(mark)
  if (room < 0) return ''
  let n = 0
  let out = ''
  for (const c of [...s].reverse()) {
    n += charWidth(c)
    if (n > room) break
    out = c + out
  }
  return mark + out
}

/** The start of a text in at most `width` cells, with `mark` where something was cut off. */
export function cutRight(s: string, width: number, mark = '…'): string {
  if (cellWidth(s) <= width) return s
  const room = width - cellWidth(mark)
  if (room < 0) return ''
  let n = 0
  let out = ''
  for (const c of s) {
    n += charWidth(c)
    if (n > room) break
    out += c
  }
  return out + mark
}

/** Right-aligned in `width` cells. */
export function padStart(s: string, width: number): string {
  return ' '.repeat(Math.max(0, width - cellWidth(s))) + s
}

/** Left-aligned in `width` cells. */
export function padEnd(s: string, width: number): string {
  return s + ' '.repeat(Math.max(0, width - cellWidth(s)))
}
