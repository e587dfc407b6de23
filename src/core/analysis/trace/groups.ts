import { asUint, cmpInt, type Int } from '../../base/int64.ts'
import { compareText } from '../../base/utf8.ts'
import type { TraceTables } from '../../model/trace.ts'
import { DurationHistogram } from './histogram.ts'
import type { TraceSummaries } from './summaries.ts'
import { WaitIntervals } from './waiting-profiles.ts'

/** Goroutines with the same start function. */
export interface GoroutineGroup {
  /** '' = not known. */
  readonly name: string
  /** Rows of the trace's table of goroutines. */
  readonly goroutines: readonly number[]
  /** Time they ran, ns. */
  readonly exec: number
}

/** Goroutines by start function, those that ran longest first. */
export function goroutineGroups(s: TraceSummaries, tables: TraceTables): GoroutineGroup[] {
  const { goroutines } = s
  const byName = new Map<number, { name: string; goroutines: number[]; exec: number }>()
  for (let g = 0; g < tables.goroutines.count; g++) {
    if (!goroutines.isKnown(g)) continue
    const name = goroutines.name[g]
    let group = byName.get(name)
    if (group === undefined) {
      group = { name: tables.strings.get(name), goroutines: [], exec: 0 }
      byName.set(name, group)
    }
    group.goroutines.push(g)
    group.exec += goroutines.stats.exec[g]
  }
  return [...byName.values()].sort((a, b) => b.exec - a.exec || compareText(a.name, b.name))
}

/** When the goroutines of a group were there: from the first run to the end, or to `end`, the end of the trace. */
export function groupIntervals(group: GoroutineGroup, s: TraceSummaries, end: number): WaitIntervals {
  const { started, ended, unset } = s.goroutines
  const out = new WaitIntervals()
  for (const g of group.goroutines) out.add(g, started[g], ended[g] === unset ? end : ended[g])
  return out
}

/** User regions of one name that begin at one place. */
export interface RegionGroup {
  readonly name: string
  /** Row of frames: the root of the stacks they begin with; 0 = none. */
  readonly frame: number
  /** Rows of `TraceSummaries.regions`, by goroutine and start. */
  readonly regions: readonly number[]
  readonly durations: DurationHistogram
}

/** More frames than memory holds; names times this are exact in doubles. */
const MAX_FRAMES = 2 ** 26

/** User regions that are done, by name and place of their begin. `end` is the time of the last usable event. */
export function regionGroups(s: TraceSummaries, tables: TraceTables, end: number): RegionGroup[] {
  const { regions } = s
  const { stacks, strings } = tables
  const byKey = new Map<
    number,
    { name: string; frame: number; regions: number[]; durations: DurationHistogram }
  >()
  for (let g = 0; g < tables.goroutines.count; g++)
    for (const r of regions.regionsOf(g)) {
      const frame = stacks.root(regions.startStack[r])
      const key = regions.name[r] * MAX_FRAMES + frame
      let group = byKey.get(key)
      if (group === undefined) {
        group = { name: strings.get(regions.name[r]), frame, regions: [], durations: new DurationHistogram() }
        byKey.set(key, group)
      }
      group.regions.push(r)
      const [from, to] = regionInterval(s, r, end)
      group.durations.add(to - from)
    }
  const pc = (frame: number): Int => asUint(stacks.pc[frame])
  const fn = (frame: number): string => strings.get(stacks.fn.a[frame])
  return [...byKey.values()].sort(
    (a, b) =>
      compareText(a.name, b.name) ||
      cmpInt(pc(a.frame), pc(b.frame)) ||
      compareText(fn(a.frame), fn(b.frame)),
  )
}

/** A region's begin and end; those of the trace where it has none. */
export function regionInterval(s: TraceSummaries, r: number, end: number): [from: number, to: number] {
  const { regions } = s
  return [
    Number.isNaN(regions.start[r]) ? 0 : regions.start[r],
    Number.isNaN(regions.end[r]) ? end : regions.end[r],
  ]
}

/** When goroutines were in any of some regions. Regions within others add nothing. */
export function regionIntervals(regions: Iterable<number>, s: TraceSummaries, end: number): WaitIntervals {
  const out = new WaitIntervals()
  for (const r of regions) out.add(s.regions.goroutine[r], ...regionInterval(s, r, end))
  out.outermost(s.goroutines.unset)
  return out
}

/** User tasks of one name. */
export interface TaskGroup {
  readonly name: string
  /** Rows of the trace's table of tasks. */
  readonly tasks: readonly number[]
  /** Of those that have a begin and an end. */
  readonly durations: DurationHistogram
}

/** User tasks by name, in the order of their bytes. */
export function taskGroups(s: TraceSummaries, tables: TraceTables): TaskGroup[] {
  const { tasks } = s
  const byName = new Map<number, { name: string; tasks: number[]; durations: DurationHistogram }>()
  for (const t of tasks.rows()) {
    const name = tasks.name[t]
    let group = byName.get(name)
    if (group === undefined) {
      group = { name: tables.strings.get(name), tasks: [], durations: new DurationHistogram() }
      byName.set(name, group)
    }
    group.tasks.push(t)
    const duration = tasks.end[t] - tasks.start[t]
    if (!Number.isNaN(duration)) group.durations.add(duration)
  }
  return [...byName.values()].sort((a, b) => compareText(a.name, b.name))
}
