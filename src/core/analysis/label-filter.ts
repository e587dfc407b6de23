import { UserError } from '../base/errors.ts'
import type { Int } from '../base/int64.ts'
import type { Regexp } from '../base/regexp.ts'
import { scale } from '../base/units.ts'
import type { LabelSetTest } from './filter.ts'
import type { LabelUnits } from './labels.ts'

/** A parsed `tagfocus`/`tagignore`: with `key=` in front, or for any label. */
export type LabelFilter =
  | {
      readonly kind: 'range'
      readonly key: string | undefined
      readonly test: RangeTest
      readonly text: string
    }
  | { readonly kind: 'text'; readonly key: string | undefined; readonly patterns: readonly string[] }

type RangeTest = (value: Int, unit: string) => boolean

/**
 * Parses `[key=]range` or `[key=]regexp,regexp…`. Without a key every expression must match some
 * `key:value`; with one, any of them must match a value.
 */
export function parseLabelFilter(filter: string): LabelFilter {
  const at = filter.indexOf('=')
  const key = at >= 0 ? filter.slice(0, at) : undefined
  const value = at >= 0 ? filter.slice(at + 1) : filter
  const range = parseRange(value)
  if (range !== undefined) return { kind: 'range', key, test: range, text: value }
  return { kind: 'text', key, patterns: value.split(',') }
}

/** `32kb` equal, `:64kb` up to, `4mb:` from, `12kb:64mb` between, both ends included; undefined if it is none of these. */
function parseRange(text: string): RangeTest | undefined {
  const found = [...text.matchAll(/([+-]?[0-9]+)([A-Za-z]+)?/g)].slice(0, 2)
  if (found.length === 0) return undefined
  const [all, digits, unitText = ''] = found[0]
  const low = scale(parseInt64(digits), unitText, unitText)
  const inUnit = (v: Int, u: string, ok: (value: number) => boolean): boolean => {
    const s = scale(v, u, low.unit)
    return s.unit === low.unit && ok(s.value)
  }
  if (found.length === 1) {
    if (text === all) return (v, u) => inUnit(v, u, (x) => x === low.value)
    if (text === `${all}:`) return (v, u) => inUnit(v, u, (x) => x >= low.value)
    if (text === `:${all}`) return (v, u) => inUnit(v, u, (x) => x <= low.value)
    return undefined
  }
  const [all2, digits2, unitText2 = ''] = found[1]
  if (text !== `${all}:${all2}`) return undefined
  const high = scale(parseInt64(digits2), unitText2, low.unit)
  if (high.unit !== low.unit) return undefined
  return (v, u) => inUnit(v, u, (x) => x >= low.value && x <= high.value)
}

/** Throws UserError beyond int64, where the reference panics. */
function parseInt64(digits: string): Int {
  const v = BigInt(digits.replace('+', ''))
  if (BigInt.asIntN(64, v) !== v) throw new UserError(`failed to parse int ${digits}: value out of range`)
  return Number.isSafeInteger(Number(v)) ? Number(v) : v
}

/** The test to give to filterByLabels; `compiled` are the filter's patterns, in order. */
export function labelFilterTest(
  filter: LabelFilter,
  compiled: readonly Regexp[],
  units: LabelUnits,
): LabelSetTest {
  if (filter.kind === 'range')
    return (p, set) => {
      const t = p.labelSets
      for (let row = t.start[set]; row < t.start[set + 1]; row++) {
        if (t.str[row] !== 0) continue
        const key = p.strings.get(t.key[row])
        if (filter.key !== undefined && key !== filter.key) continue
        if (filter.test(t.num.get(row), units.unit.get(key) ?? '')) return true
      }
      return false
    }
  return (p, set) => {
    const t = p.labelSets
    const rows: number[] = []
    for (let row = t.start[set]; row < t.start[set + 1]; row++) if (t.str[row] !== 0) rows.push(row)
    const value = (row: number): string => p.strings.get(t.str[row])
    const key = (row: number): string => p.strings.get(t.key[row])
    if (filter.key === undefined)
      return compiled.every((re) => rows.some((row) => re.test(`${key(row)}:${value(row)}`)))
    return rows.some((row) => key(row) === filter.key && compiled.some((re) => re.test(value(row))))
  }
}
