// A range of time: what goroutines and procs did in it, and where goroutines waited.

import { LANE_STATE } from '../../../analysis/trace/lanes.ts'
import { STATES } from '../../../analysis/trace/spans.ts'
import { type RangeSum, sumRange } from '../../../analysis/trace/timeline-sum.ts'
import type { Asking } from '../question.ts'
import { type FrameName, type TimelineNames, timelineNames } from '../timeline-names.ts'
import { inSlices, traceIndex } from '../trace-index.ts'
import type { Workbench } from '../workbench.ts'
import { type GoroutineRef, goroutineRef } from './timeline-span.ts'

export interface RangeParams {
  readonly file: number
  readonly from: number
  readonly to: number
  /** Goroutine rows; without them all. */
  readonly goroutines?: readonly number[]
}

export interface RangeWait {
  readonly reason: string
  /** The user's function that waited, and what it called; '' if not known. */
  readonly where: string
  readonly leaf: string
  readonly stack: readonly FrameName[]
  /** Who ended the waits: first function and where it was then; '' = nobody in the program. */
  readonly waker: string
  readonly wakerWhere: string
  readonly count: number
  readonly time: number
  /** The longest of them. */
  readonly goroutine: GoroutineRef
  readonly start: number
  readonly longest: number
}

export interface RangeGroup {
  readonly group: number
  readonly name: string
  readonly count: number
  /** State -> ns. */
  readonly times: Float64Array
}

export interface TimelineRange {
  readonly from: number
  readonly to: number
  /** State (STATE, WAIT) -> time of all goroutines but the runtime's waits, ns. */
  readonly times: Float64Array
  readonly groups: readonly RangeGroup[]
  /** Goroutines that were there, those that ran most first; at most MOST_LISTED. */
  readonly goroutines: readonly (GoroutineRef & { readonly times: Float64Array })[]
  readonly goroutineCount: number
  /** Share of the range that each proc ran something. */
  readonly procs: readonly { readonly id: string; readonly busy: number; readonly collecting: number }[]
  readonly waits: readonly RangeWait[]
  readonly waitCount: number
  /** Collections that overlap it, and time the world was stopped, ns. */
  readonly marks: number
  readonly stopped: number
}

const MOST_LISTED = 200
const MOST_WAITS = 12

/** The sums of a range, shared with timeline-profile. */
export function rangeSum(w: Workbench, p: RangeParams, x: Asking): Promise<RangeSum> {
  const index = traceIndex(w, p.file)
  return index.newest(x).then((view) =>
    w.memo.of('timeline range', [p.file, view.version, p.from, p.to, p.goroutines], () => {
      if (index.tables === undefined) throw new Error('a view without tables')
      const { lod, timeline } = view
      const sources = {
        tables: index.tables,
        lod,
        goroutines: timeline.goroutines,
        startFunction: timeline.startFunction,
        notes: index.notes,
      }
      return inSlices(sumRange(sources, p.from, p.to, p.goroutines), x)
    }),
  )
}

/** Statistics of a range. */
export async function answer(w: Workbench, p: RangeParams, x: Asking): Promise<TimelineRange> {
  const index = traceIndex(w, p.file)
  const view = await index.newest(x)
  const names = timelineNames(index, view)
  const sum = await rangeSum(w, p, x)
  const groups = new Map<number, { count: number; times: Float64Array }>()
  const times = new Float64Array(STATES)
  for (const g of sum.goroutines) {
    const i = view.groupOf[g.goroutine]
    let group = groups.get(i)
    if (group === undefined) {
      group = { count: 0, times: new Float64Array(STATES) }
      groups.set(i, group)
    }
    group.count++
    for (let s = 0; s < STATES; s++) {
      group.times[s] += g.times[s]
      // What the runtime's own goroutines wait for says nothing.
      if (view.groups[i].kind !== 'runtime' || s === 2 || s === 3) times[s] += g.times[s]
    }
  }
  const ran = [...sum.goroutines].sort((a, b) => b.times[3] - a.times[3] || a.goroutine - b.goroutine)
  const length = Math.max(1, p.to - p.from)
  const scratch = new Float64Array(STATES)
  const procs = Array.from({ length: view.procs.spans.tracks }, (_, row) => {
    scratch.fill(0)
    view.procs.addTimes(row, p.from, p.to, scratch)
    const collecting = scratch[LANE_STATE.collecting]
    return {
      id: String(index.tables?.procs.id(row)),
      busy: (scratch[LANE_STATE.running] + collecting + scratch[LANE_STATE.syscall]) / length,
      collecting: collecting / length,
    }
  }).sort((a, b) => Number(a.id) - Number(b.id))
  const overlap = (s: { start: number; duration: number }): number =>
    Math.max(0, Math.min(p.to, s.start + s.duration) - Math.max(p.from, s.start))
  return {
    from: p.from,
    to: p.to,
    times,
    groups: [...groups]
      .map(([group, g]) => ({ group, name: view.groups[group].name, ...g }))
      .sort((a, b) => a.group - b.group),
    goroutines: ran
      .slice(0, MOST_LISTED)
      .map((g) => ({ ...goroutineRef(names, g.goroutine), times: g.times })),
    goroutineCount: ran.length,
    procs,
    waits: sum.waits.slice(0, MOST_WAITS).map((wait) => describeWait(names, wait)),
    waitCount: sum.waits.length,
    marks: view.gc.marks.filter((m) => overlap(m) > 0).length,
    stopped: view.gc.stops.reduce((total, s) => total + overlap(s), 0),
  }
}

function describeWait(names: TimelineNames, w: RangeSum['waits'][number]): RangeWait {
  return {
    reason: names.text(w.reason),
    where: names.where(w.stack),
    leaf: names.places.leafName(w.stack),
    stack: names.frames(w.stack),
    waker: names.text(w.waker),
    wakerWhere: names.where(w.wakerStack),
    count: w.count,
    time: w.time,
    goroutine: goroutineRef(names, w.goroutine),
    start: w.start,
    longest: w.longest,
  }
}
