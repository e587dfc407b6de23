// What a trace has to show: its tracks, how long it is, how far it was read.

import type { TrackSpans } from '../../../analysis/trace/spans.ts'
import type { TraceTables } from '../../../model/trace.ts'
import type { TraceDamage } from '../../trace-summary.ts'
import type { Asking } from '../question.ts'
import { type NamedSpan, namedSpans } from '../timeline-names.ts'
import { type TrackGroup, traceIndex } from '../trace-index.ts'
import type { Workbench } from '../workbench.ts'

export interface TimelineGroup extends Omit<TrackGroup, 'goroutines'> {
  readonly count: number
}

export interface TimelineOverview {
  /** Ask again with `after` set to it for a newer one, while `complete` is false. */
  readonly version: number
  readonly complete: boolean
  /** Share of the file that is in it. */
  readonly share: number
  /** As in the header, e.g. 'go 1.26'. */
  readonly format: string
  /** ns; times begin at 0. */
  readonly end: number
  readonly spans: number
  readonly goroutines: number
  readonly gomaxprocs: number
  /** Rows and ids, by id. */
  readonly procs: readonly TrackName[]
  readonly threads: readonly TrackName[]
  readonly groups: readonly TimelineGroup[]
  /** Types of user tasks with their counts. */
  readonly taskTypes: readonly { readonly name: string; readonly count: number }[]
  readonly regions: number
  readonly logs: number
  readonly samples: number
  readonly marks: readonly NamedSpan[]
  readonly stops: readonly NamedSpan[]
  /** Largest heap and goal, bytes. */
  readonly heap: number
  /** When it began, ns since 1970, if the trace says (Go 1.25 and later). */
  readonly wall: number | undefined
  readonly damage: TraceDamage | undefined
}

export interface TrackName {
  readonly row: number
  readonly id: string
}

/** The newest version after `after`; waits while there is none. */
export async function answer(
  w: Workbench,
  { file, after = 0 }: { file: number; after?: number },
  x: Asking,
): Promise<TimelineOverview> {
  const index = traceIndex(w, file)
  const view = await index.newest(x, after)
  const { tables, notes } = index
  const { timeline, gc } = view
  const names = (table: { count: number; id(row: number): number | bigint } | undefined): TrackName[] =>
    Array.from({ length: table?.count ?? 0 }, (_, row) => ({ row, id: table?.id(row) ?? 0 }))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map(({ row, id }) => ({ row, id: String(id) }))
  const types = new Map<string, number>()
  for (const t of notes.tasks.values()) {
    const name = tables?.strings.get(t.name) ?? ''
    types.set(name, (types.get(name) ?? 0) + 1)
  }
  const { heap, heapGoal } = timeline
  return {
    version: view.version,
    complete: view.complete,
    share: view.share,
    format: tables === undefined ? '' : `go 1.${tables.minor}`,
    end: view.end,
    spans: timeline.goroutines.count,
    goroutines: view.groups.reduce((sum, g) => sum + g.goroutines.length, 0),
    gomaxprocs: notes.gomaxprocs,
    procs: names(tables?.procs).filter(({ row }) => hasSpans(view.procs.spans, row)),
    threads: names(tables?.threads),
    groups: view.groups.map(({ goroutines, ...g }) => ({ ...g, count: goroutines.length })),
    taskTypes: [...types].map(([name, count]) => ({ name, count })),
    regions: notes.regions.start.length,
    logs: notes.logs.time.length,
    samples: notes.samples.time.length,
    marks: namedSpans(gc.marks, tables, gc.openMark, view.end),
    stops: namedSpans(gc.stops, tables),
    heap: Math.max(heap.max, heapGoal.max),
    wall: wallOf(tables),
    damage: view.damage,
  }
}

/** v1 traces give the collector and timers procs of their own, on which nothing runs. */
function hasSpans({ first, tracks }: TrackSpans, row: number): boolean {
  return row < tracks && first[row] < first[row + 1]
}

function wallOf(tables: TraceTables | undefined): number | undefined {
  const snapshot = tables?.clocks[0]
  if (tables === undefined || snapshot === undefined) return undefined
  return Number(snapshot.wallSec) * 1e9 + snapshot.wallNsec - Number(snapshot.trace - tables.start)
}
