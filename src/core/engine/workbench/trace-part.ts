// The part of a trace that a profile of waits is of.

import { regionIntervals } from '../../analysis/trace/groups.ts'
import { GoroutineSpans } from '../../analysis/trace/wait-log.ts'
import { UserError } from '../../base/errors.ts'
import { toInt } from '../../base/int64.ts'
import { filterRegions, type RegionFilter, regionFilterText } from './trace-filters.ts'
import type { TraceReading } from './trace-reading.ts'

/** One of them; none is the whole trace. */
export interface TracePart {
  /** Start function of a group of goroutines. */
  readonly group?: string
  readonly region?: RegionFilter
  /** A goroutine's id, in decimal. */
  readonly goroutine?: string
}

/** Words for a part: `` for the whole trace. */
export function partText(part: TracePart): string {
  if (part.goroutine !== undefined) return `G${part.goroutine}`
  if (part.group !== undefined) return part.group
  if (part.region !== undefined) return `regions ${regionFilterText(part.region)}`.trim()
  return ''
}

/** When goroutines count; rows are those of `summaryTables`. Throws UserError if there is no such part. */
export function partSpans(r: TraceReading, part: TracePart): GoroutineSpans {
  const { summaries, summaryTables, endTime } = r
  const { started, ended, unset } = summaries.goroutines
  const spans = new GoroutineSpans(summaryTables.goroutines.count)
  if (part.region !== undefined) {
    const intervals = regionIntervals(filterRegions(r, part.region), summaries, endTime)
    for (const [g, flat] of intervals.entries()) spans.setAll(g, flat)
    return spans
  }
  const add = (goroutines: readonly number[]): void => {
    for (const g of goroutines) spans.set(g, started[g], ended[g] === unset ? endTime : ended[g])
  }
  if (part.goroutine !== undefined) {
    const row = /^\d{1,20}$/.test(part.goroutine)
      ? summaryTables.goroutines.find(toInt(BigInt(part.goroutine)))
      : -1
    if (!summaries.goroutines.isKnown(row))
      throw new UserError(`the trace has no goroutine ${part.goroutine}`)
    add([row])
  } else if (part.group !== undefined) add(r.group(part.group).goroutines)
  else for (const group of r.groups) add(group.goroutines)
  return spans
}
