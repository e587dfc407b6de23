// User regions by name and place: how long they took, and the slowest.

import { type DurationStats, durationStats } from '../../../analysis/trace/duration-stats.ts'
import { regionInterval } from '../../../analysis/trace/groups.ts'
import { asUint, type Int } from '../../../base/int64.ts'
import type { Asking } from '../question.ts'
import { traceReading } from '../trace-reading.ts'
import type { Workbench } from '../workbench.ts'

/** Outliers that are listed of each type. */
const SLOWEST = 3

export interface RegionType extends DurationStats {
  readonly type: string
  /** Outermost frame of where they begin; '' and 0 if that is not in the trace. */
  readonly fn: string
  readonly file: string
  readonly line: Int
  /** Hexadecimal, as the filter takes it. */
  readonly pc: string
  readonly slowest: readonly {
    readonly goroutine: Int
    readonly task: Int | undefined
    readonly start: number
    readonly end: number
  }[]
}

export interface RegionTypes {
  /** By name, then place. */
  readonly types: readonly RegionType[]
  readonly durationNs: number
}

export function answer(w: Workbench, { file }: { file: number }, x: Asking): RegionTypes {
  const r = traceReading(w, file, x)
  return w.memo.of('region types', file, () => {
    const { summaries, summaryTables: tables, endTime } = r
    const { regions } = summaries
    const duration = (row: number): number => {
      const [from, to] = regionInterval(summaries, row, endTime)
      return to - from
    }
    const types = r.regionGroups.map((g) => {
      const { stacks, strings } = tables
      const slowest = [...g.regions].sort((a, b) => duration(b) - duration(a)).slice(0, SLOWEST)
      return {
        type: g.name,
        fn: strings.get(stacks.fn.a[g.frame]),
        file: strings.get(stacks.file.a[g.frame]),
        line: asUint(stacks.line[g.frame]),
        pc: asUint(stacks.pc[g.frame]).toString(16),
        ...durationStats(g.regions.map(duration)),
        slowest: slowest.map((row) => {
          const [start, end] = regionInterval(summaries, row, endTime)
          return {
            goroutine: tables.goroutines.id(regions.goroutine[row]),
            task: regions.task[row] < 0 ? undefined : tables.tasks.id(regions.task[row]),
            start,
            end,
          }
        }),
      }
    })
    return { types, durationNs: endTime }
  })
}
