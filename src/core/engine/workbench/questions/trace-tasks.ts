// User tasks by type: how long they took, and the slowest.

import { type DurationStats, durationStats } from '../../../analysis/trace/duration-stats.ts'
import type { Int } from '../../../base/int64.ts'
import type { Asking } from '../question.ts'
import { traceReading } from '../trace-reading.ts'
import type { Workbench } from '../workbench.ts'

/** Outliers that are listed of each type. */
const SLOWEST = 3

export interface TaskType extends DurationStats {
  readonly type: string
  /** All of them; `DurationStats.count` are those with begin and end. */
  readonly tasks: number
  readonly slowest: readonly { readonly id: Int; readonly start: number; readonly end: number }[]
}

export interface TaskTypes {
  /** By type. */
  readonly types: readonly TaskType[]
  readonly durationNs: number
}

export function answer(w: Workbench, { file }: { file: number }, x: Asking): TaskTypes {
  const r = traceReading(w, file, x)
  return w.memo.of('task types', file, () => {
    const { tasks } = r.summaries
    const duration = (t: number): number => tasks.end[t] - tasks.start[t]
    const types = r.taskGroups.map((g) => {
      const complete = g.tasks.filter((t) => !Number.isNaN(duration(t)))
      const slowest = [...complete].sort((a, b) => duration(b) - duration(a)).slice(0, SLOWEST)
      return {
        type: g.name,
        tasks: g.tasks.length,
        ...durationStats(complete.map(duration)),
        slowest: slowest.map((t) => ({
          id: r.summaryTables.tasks.id(t),
          start: tasks.start[t],
          end: tasks.end[t],
        })),
      }
    })
    return { types, durationNs: r.endTime }
  })
}
