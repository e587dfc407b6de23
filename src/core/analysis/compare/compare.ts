// Differences of everything: whatever a source holds is turned into named numbers ("measures"), and numbers
// of the same name are compared, one a source, several sources a side.

import { leastP, mannWhitney, median } from './statistics.ts'

/** One number of one source. */
export interface Measure {
  /** What it belongs to, e.g. 'cpu', 'goroutines', 'gc'; measures are compared and shown by group. */
  readonly group: string
  /** What it is of: a function, a stack, a quantity. Equal names of a group are the same thing in every source. */
  readonly name: string
  /** 'nanoseconds', 'bytes', 'count', 'share', or a unit of go test -bench. */
  readonly unit: string
  readonly value: number
  /** Whether more of it is worse (1), better (-1), or neither (0). */
  readonly worse: 1 | 0 | -1
}

/** One name on both sides. */
export interface Change {
  readonly group: string
  readonly name: string
  readonly unit: string
  readonly worse: 1 | 0 | -1
  /** One value a source; sources that lack the name count as 0 where `absentIsZero`, else are left out. */
  readonly before: readonly number[]
  readonly after: readonly number[]
  /** Medians of the two sides; NaN where a side has none. */
  readonly from: number
  readonly to: number
  /** to - from. */
  readonly change: number
  /** change / |from|; NaN where from is 0 or unknown. */
  readonly ratio: number
  /** Of the Mann-Whitney test; 1 with one source a side, where nothing can be said. */
  readonly p: number
  readonly effect: number
}

/** Groups in which a name that a source lacks has the value 0 there: functions that took no time, stacks that no goroutine had. */
export type AbsentIsZero = (group: string) => boolean

/**
 * Compares the measures of the sources before with those after, by group and name. Order: groups in order of
 * appearance, in them the largest absolute change first.
 */
export function compareMeasures(
  before: readonly (readonly Measure[])[],
  after: readonly (readonly Measure[])[],
  absentIsZero: AbsentIsZero,
): Change[] {
  const known = new Map<string, { first: Measure; before: number[]; after: number[] }>()
  const groups: string[] = []
  const put = (sources: readonly (readonly Measure[])[], side: 'before' | 'after'): void => {
    sources.forEach((measures, source) => {
      for (const m of measures) {
        const key = `${m.group}\0${m.name}\0${m.unit}`
        let k = known.get(key)
        if (k === undefined) {
          k = { first: m, before: [], after: [] }
          known.set(key, k)
          if (!groups.includes(m.group)) groups.push(m.group)
        }
        const values = k[side]
        if (absentIsZero(m.group)) while (values.length <= source) values.push(0)
        if (absentIsZero(m.group)) values[source] += m.value
        else values.push(m.value)
      }
    })
  }
  put(before, 'before')
  put(after, 'after')
  const changes = [...known.values()].map((k) => changeOf(k, before.length, after.length, absentIsZero))
  return changes.sort(
    (a, b) =>
      groups.indexOf(a.group) - groups.indexOf(b.group) ||
      Math.abs(b.change || 0) - Math.abs(a.change || 0) ||
      (a.name < b.name ? -1 : 1),
  )
}

function changeOf(
  k: { first: Measure; before: number[]; after: number[] },
  sourcesBefore: number,
  sourcesAfter: number,
  absentIsZero: AbsentIsZero,
): Change {
  const { group, name, unit, worse } = k.first
  if (absentIsZero(group)) {
    while (k.before.length < sourcesBefore) k.before.push(0)
    while (k.after.length < sourcesAfter) k.after.push(0)
  }
  const from = median(k.before)
  const to = median(k.after)
  const change = to - from
  const { p, effect } = mannWhitney(k.before, k.after)
  return {
    group,
    name,
    unit,
    worse,
    before: k.before,
    after: k.after,
    from,
    to,
    change,
    ratio: from === 0 ? Number.NaN : change / Math.abs(from),
    p,
    effect,
  }
}

/** Whether so many sources a side can show a difference at this level at all. */
export function canBeSignificant(before: number, after: number, alpha: number): boolean {
  return leastP(before, after) <= alpha
}
