// What a trace is: how long, how much of everything, what the collector and the scheduler did, what is missing.

import type { TraceSummary } from '../../../analysis/trace/summary.ts'
import type { TraceDamage } from '../../trace-summary.ts'
import type { Asking } from '../question.ts'
import { traceReading } from '../trace-reading.ts'
import type { Workbench } from '../workbench.ts'

export interface TraceOverview {
  readonly summary: TraceSummary
  /** ns of the trace's clock at its start, as text. */
  readonly start: string
  readonly threads: number
  readonly procs: number
  readonly goroutines: number
  readonly groups: number
  readonly taskTypes: readonly { readonly type: string; readonly count: number }[]
  readonly regionTypes: readonly { readonly type: string; readonly count: number }[]
  /** Lengths of what stopped the world, of each kind: ns, by the nearest rank. */
  readonly pauses: readonly {
    readonly name: string
    readonly count: number
    readonly total: number
    readonly p50: number
    readonly p99: number
    readonly max: number
    /** When the longest one began. */
    readonly worstAt: number
  }[]
  readonly damage: TraceDamage | undefined
}

export function answer(w: Workbench, { file }: { file: number }, x: Asking): TraceOverview {
  const r = traceReading(w, file, x)
  const stops = new Map<number, { start: number; duration: number }[]>()
  for (const { name, start, duration } of r.gc.facts().stops) {
    const list = stops.get(name)
    if (list === undefined) stops.set(name, [{ start, duration }])
    else list.push({ start, duration })
  }
  const pauses = [...stops].map(([name, list]) => {
    list.sort((a, b) => a.duration - b.duration)
    const at = (p: number): number => list[Math.max(0, Math.ceil(p * list.length) - 1)].duration
    return {
      name: r.tables.strings.get(name),
      count: list.length,
      total: list.reduce((sum, s) => sum + s.duration, 0),
      p50: at(0.5),
      p99: at(0.99),
      max: at(1),
      worstAt: list[list.length - 1].start,
    }
  })
  const regions = new Map<string, number>()
  for (const g of r.regionGroups) regions.set(g.name, (regions.get(g.name) ?? 0) + g.regions.length)
  return {
    summary: r.summary,
    start: String(r.tables.start),
    threads: r.counts.threads,
    procs: r.counts.procs,
    goroutines: r.groups.reduce((sum, g) => sum + g.goroutines.length, 0),
    groups: r.groups.length,
    taskTypes: r.taskGroups.map((g) => ({ type: g.name, count: g.tasks.length })),
    regionTypes: [...regions].map(([type, count]) => ({ type, count })),
    pauses: pauses.sort((a, b) => b.total - a.total),
    damage: r.damage,
  }
}
