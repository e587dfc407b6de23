// Units of measurement as pprof knows them (google/pprof internal/measurement): three families,
// names without case and with one plural "s" allowed, binary bytes, no minutes.

import { fixed2, general2 } from './go-fmt.ts'
import { absInt, type Int } from './int64.ts'
import { byteLength } from './utf8.ts'

interface Unit {
  readonly name: string
  readonly aliases: readonly string[]
  /** Size in the family's base unit. */
  readonly factor: number
}

interface Family {
  readonly units: readonly Unit[]
  /** What values go to when the wanted unit is of no or another family, or none is large enough. */
  readonly fallback: { readonly name: string; readonly factor: number }
}

const unit = (name: string, factor: number, ...aliases: string[]): Unit => ({ name, factor, aliases })

const FAMILIES: readonly Family[] = [
  {
    units: [
      unit('B', 1, 'b', 'byte'),
      unit('kB', 2 ** 10, 'kb', 'kbyte', 'kilobyte'),
      unit('MB', 2 ** 20, 'mb', 'mbyte', 'megabyte'),
      unit('GB', 2 ** 30, 'gb', 'gbyte', 'gigabyte'),
      unit('TB', 2 ** 40, 'tb', 'tbyte', 'terabyte'),
      unit('PB', 2 ** 50, 'pb', 'pbyte', 'petabyte'),
    ],
    fallback: { name: 'B', factor: 1 },
  },
  {
    units: [
      unit('ns', 1, 'ns', 'nanosecond'),
      unit('us', 1e3, 'μs', 'us', 'microsecond'),
      unit('ms', 1e6, 'ms', 'millisecond'),
      unit('s', 1e9, 's', 'sec', 'second'),
      unit('hrs', 3600e9, 'hour', 'hr'),
    ],
    fallback: { name: 's', factor: 1e9 },
  },
  {
    units: [
      unit('n*GCU', 1e-9, 'nanogcu'),
      unit('u*GCU', 1e-6, 'microgcu'),
      unit('m*GCU', 1e-3, 'milligcu'),
      unit('GCU', 1, 'gcu'),
      unit('k*GCU', 1e3, 'kilogcu'),
      unit('M*GCU', 1e6, 'megagcu'),
      unit('G*GCU', 1e9, 'gigagcu'),
      unit('T*GCU', 1e12, 'teragcu'),
      unit('P*GCU', 1e15, 'petagcu'),
    ],
    fallback: { name: 'GCU', factor: 1 },
  },
]

/** Units that mean "so many of something" and are never printed. */
const SILENT = new Set(['count', 'sample', 'unit', 'minimum', 'auto'])

function find(family: Family, name: string): Unit | undefined {
  let n = name.toLowerCase()
  if (byteLength(n) > 2 && n.endsWith('s')) n = n.slice(0, -1)
  return family.units.find((u) => u.aliases.includes(n))
}

export interface Scaled {
  readonly value: number
  /** '' where the unit is not worth printing. */
  readonly unit: string
}

/** Converts a value; to 'auto' or 'minimum' it goes to the largest unit in which it is at least 1. */
export function scale(value: Int, from: string, to: string): Scaled {
  if (value < 0) {
    const positive = absInt(value)
    if (positive > 0) {
      const s = scale(positive, from, to)
      return { value: -s.value, unit: s.unit }
    }
  }
  for (const family of FAMILIES) {
    const f = find(family, from)
    if (f === undefined) continue
    const v = Number(value) * f.factor
    if (to === 'minimum' || to === 'auto') {
      let best: { name: string; factor: number } | undefined
      for (const u of family.units) if (u.factor >= (best?.factor ?? 0) && v / u.factor >= 1) best = u
      best ??= family.fallback
      return { value: v / best.factor, unit: best.name }
    }
    const t = find(family, to) ?? family.fallback
    return { value: v / t.factor, unit: t.name }
  }
  return { value: Number(value), unit: SILENT.has(to) ? '' : to }
}

/** True if two units convert into each other. */
export function sameFamily(a: string, b: string): boolean {
  return FAMILIES.some((f) => find(f, a) !== undefined && find(f, b) !== undefined)
}

/** The value with its unit, e.g. `1.50s`; two decimals unless both are 0, and `0` without a unit. */
export function scaledLabel(value: Int, from: string, to: string): string {
  const s = scale(value, from, to)
  const text = fixed2(s.value).replace(/\.00$/, '')
  return text === '0' || text === '-0' ? '0' : text + s.unit
}

/** The value in the unit that suits it best. */
export function autoLabel(value: Int, unit: string): string {
  return scaledLabel(value, unit, 'auto')
}

/** Share of a total in 5 columns and a `%`, always positive; a total of 0 gives 0. */
export function percentage(value: Int, total: Int): string {
  const ratio = total === 0 ? 0 : Math.abs(Number(value) / Number(total)) * 100
  if (ratio >= 99.95 && ratio <= 100.05) return '  100%'
  return `${(ratio >= 1 ? fixed2(ratio) : general2(ratio)).padStart(5)}%`
}
