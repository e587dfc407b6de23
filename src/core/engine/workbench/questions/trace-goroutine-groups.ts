// Goroutines by start function, with what they did with their time.

import type { Asking } from '../question.ts'
import { traceReading } from '../trace-reading.ts'
import { type StatColumn, StatColumns } from '../trace-stats.ts'
import type { Workbench } from '../workbench.ts'

/** One row a group, those that ran longest first. */
export interface GroupRows {
  /** Start functions; '' for those of which no stack is known. */
  readonly names: readonly string[]
  readonly count: Float64Array
  /** Time of all their goroutines together, ns. */
  readonly total: Float64Array
  readonly stats: readonly StatColumn[]
  readonly ranges: readonly StatColumn[]
  /** Length of the trace, ns. */
  readonly durationNs: number
}

export const fresh = true

export function answer(w: Workbench, { file }: { file: number }, x: Asking): GroupRows {
  const r = traceReading(w, file, x)
  const { groups } = r
  const rows: number[] = []
  const into: number[] = []
  for (const [k, g] of groups.entries())
    for (const row of g.goroutines) {
      rows.push(row)
      into.push(k)
    }
  const columns = new StatColumns(r.summaries.goroutines.stats, r.summaryTables, rows, {
    rows: into,
    count: groups.length,
  })
  return {
    names: groups.map((g) => g.name),
    count: Float64Array.from(groups, (g) => g.goroutines.length),
    total: columns.total(),
    stats: columns.breakdown(),
    ranges: columns.ranges(),
    durationNs: r.endTime,
  }
}
