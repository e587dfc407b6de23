// The user regions that pass a filter, one by one, with what their goroutines did meanwhile.

import { type DurationStats, durationStats } from '../../../analysis/trace/duration-stats.ts'
import { regionInterval } from '../../../analysis/trace/groups.ts'
import { asUint, type Int } from '../../../base/int64.ts'
import type { Asking } from '../question.ts'
import { filterRegions, type RegionFilter, regionFilterText } from '../trace-filters.ts'
import { traceReading } from '../trace-reading.ts'
import { type StatColumn, StatColumns } from '../trace-stats.ts'
import type { Workbench } from '../workbench.ts'

/** One row a region. Times in ns; moments since the trace's start. */
export interface RegionRows {
  readonly filter: string
  readonly names: readonly string[]
  readonly goroutines: readonly Int[]
  /** undefined: in no task, or in the background task. */
  readonly tasks: readonly (Int | undefined)[]
  readonly start: Float64Array
  readonly end: Float64Array
  readonly total: Float64Array
  readonly stats: readonly StatColumn[]
  readonly ranges: readonly StatColumn[]
  readonly durations: DurationStats
  readonly durationNs: number
}

export const fresh = true

export function answer(
  w: Workbench,
  { file, filter = {} }: { file: number; filter?: RegionFilter },
  x: Asking,
): RegionRows {
  const r = traceReading(w, file, x)
  const { summaries, summaryTables: tables, endTime } = r
  const { regions } = summaries
  const rows = filterRegions(r, filter)
  const columns = new StatColumns(regions.stats, tables, rows)
  const spans = rows.map((row) => regionInterval(summaries, row, endTime))
  const taskOf = (row: number): Int | undefined => {
    const id = regions.task[row] < 0 ? 0 : asUint(tables.tasks.id(regions.task[row]))
    return id === 0 ? undefined : id
  }
  return {
    filter: regionFilterText(filter),
    names: rows.map((row) => tables.strings.get(regions.name[row])),
    goroutines: rows.map((row) => tables.goroutines.id(regions.goroutine[row])),
    tasks: rows.map(taskOf),
    start: Float64Array.from(spans, ([from]) => from),
    end: Float64Array.from(spans, ([, to]) => to),
    total: columns.total(),
    stats: columns.breakdown(),
    ranges: columns.ranges(),
    durations: durationStats(spans.map(([from, to]) => to - from)),
    durationNs: endTime,
  }
}
