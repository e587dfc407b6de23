// The goroutines of one group, one by one.

import type { Int } from '../../../base/int64.ts'
import type { Asking } from '../question.ts'
import { traceReading } from '../trace-reading.ts'
import { type StatColumn, StatColumns } from '../trace-stats.ts'
import type { Workbench } from '../workbench.ts'

/** One row a goroutine. Times in ns; moments since the trace's start. */
export interface GoroutineRows {
  readonly name: string
  readonly ids: readonly Int[]
  readonly created: Float64Array
  /** NaN if it never ran; if it was alive at the end. */
  readonly started: Float64Array
  readonly ended: Float64Array
  readonly total: Float64Array
  readonly stats: readonly StatColumn[]
  readonly ranges: readonly StatColumn[]
  /** Time that the group ran, and that all goroutines ran. */
  readonly exec: number
  readonly allExec: number
  readonly durationNs: number
}

export const fresh = true

/** Throws UserError if there is no such group. */
export function answer(
  w: Workbench,
  { file, name }: { file: number; name: string },
  x: Asking,
): GoroutineRows {
  const r = traceReading(w, file, x)
  const group = r.group(name)
  const { goroutines } = r.summaries
  const rows = group.goroutines
  const columns = new StatColumns(goroutines.stats, r.summaryTables, rows)
  const known = (time: number): number => (time === goroutines.unset ? Number.NaN : time)
  return {
    name,
    ids: rows.map((g) => r.summaryTables.goroutines.id(g)),
    created: Float64Array.from(rows, (g) => Math.max(0, goroutines.created[g])),
    started: Float64Array.from(rows, (g) => known(goroutines.started[g])),
    ended: Float64Array.from(rows, (g) => known(goroutines.ended[g])),
    total: columns.total(),
    stats: columns.breakdown(),
    ranges: columns.ranges(),
    exec: group.exec,
    allExec: r.groups.reduce((sum, g) => sum + g.exec, 0),
    durationNs: r.endTime,
  }
}
