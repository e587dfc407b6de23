// Two traces side by side: what each is, and how the numbers of their summaries and groups changed.

import { type Change, compareMeasures } from '../../../analysis/compare/compare.ts'
import { traceMeasures } from '../../../analysis/compare/trace-measures.ts'
import type { Asking } from '../question.ts'
import { type TraceReading, traceReading } from '../trace-reading.ts'
import type { Workbench } from '../workbench.ts'

interface Side {
  readonly name: string
  readonly durationNs: number
  readonly events: number
  readonly goroutines: number
  readonly procs: number
}

export interface TraceDiff {
  readonly before: Side
  readonly after: Side
  readonly changes: readonly Change[]
  /** One row a group of goroutines; times are ns per second of each trace. */
  readonly groups: {
    readonly names: readonly string[]
    readonly countBefore: Float64Array
    readonly countAfter: Float64Array
    readonly execBefore: Float64Array
    readonly execAfter: Float64Array
    readonly waitBefore: Float64Array
    readonly waitAfter: Float64Array
    readonly schedBefore: Float64Array
    readonly schedAfter: Float64Array
  }
}

export const fresh = true

/** Compares trace `base` with trace `file`. Numbers are per second, so that traces of different length compare. */
export function answer(w: Workbench, { file, base }: { file: number; base: number }, x: Asking): TraceDiff {
  const a = traceReading(w, base, x)
  const b = traceReading(w, file, x)
  const changes = compareMeasures([traceMeasures(a.summary)], [traceMeasures(b.summary)], (group) =>
    group.startsWith('trace: '),
  )
  const before = sums(a)
  const after = sums(b)
  const names = [...new Set([...after.keys(), ...before.keys()])]
  const column = (of: ReadonlyMap<string, Sums>, pick: (s: Sums) => number): Float64Array =>
    Float64Array.from(names, (n) => pick(of.get(n) ?? NOTHING))
  return {
    before: side(w.file(base).name, a),
    after: side(w.file(file).name, b),
    changes,
    groups: {
      names,
      countBefore: column(before, (s) => s.count),
      countAfter: column(after, (s) => s.count),
      execBefore: column(before, (s) => s.exec),
      execAfter: column(after, (s) => s.exec),
      waitBefore: column(before, (s) => s.wait),
      waitAfter: column(after, (s) => s.wait),
      schedBefore: column(before, (s) => s.sched),
      schedAfter: column(after, (s) => s.sched),
    },
  }
}

interface Sums {
  count: number
  exec: number
  wait: number
  sched: number
}
const NOTHING: Sums = { count: 0, exec: 0, wait: 0, sched: 0 }

function sums(r: TraceReading): Map<string, Sums> {
  const { stats } = r.summaries.goroutines
  const seconds = Math.max(1, r.endTime) / 1e9
  return new Map(
    r.groups.map((g) => {
      const s = { ...NOTHING, count: g.goroutines.length }
      for (const row of g.goroutines) {
        s.exec += stats.exec[row] / seconds
        s.wait += stats.blocked[row] / seconds
        s.sched += stats.schedWait[row] / seconds
      }
      return [g.name, s]
    }),
  )
}

function side(name: string, r: TraceReading): Side {
  return {
    name,
    durationNs: r.endTime,
    events: r.summary.events,
    goroutines: r.groups.reduce((sum, g) => sum + g.goroutines.length, 0),
    procs: r.counts.procs,
  }
}
