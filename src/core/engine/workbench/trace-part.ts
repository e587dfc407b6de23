// The part of a trace that a profile of waits is of.

import { groupIntervals, regionIntervals } from '../../analysis/trace/groups.ts'
import { WaitIntervals } from '../../analysis/trace/waiting-profiles.ts'
import { UserError } from '../../base/errors.ts'
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
export function partIntervals(r: TraceReading, part: TracePart): WaitIntervals {
  const { summaries, endTime } = r
  if (part.region !== undefined) return regionIntervals(filterRegions(r, part.region), summaries, endTime)
  if (part.goroutine !== undefined) {
    const id = /^\d{1,20}$/.test(part.goroutine) ? BigInt(part.goroutine) : -1n
    const row = r.summaryTables.goroutines.find(id <= 2n ** 53n ? Number(id) : id)
    if (!summaries.goroutines.isKnown(row))
      throw new UserError(`the trace has no goroutine ${part.goroutine}`)
    return groupIntervals({ name: '', goroutines: [row], exec: 0 }, summaries, endTime)
  }
  if (part.group !== undefined) return groupIntervals(r.group(part.group), summaries, endTime)
  const out = new WaitIntervals()
  for (const group of r.groups)
    for (const [g, flat] of groupIntervals(group, summaries, endTime).entries()) out.add(g, flat[0], flat[1])
  return out
}
