// Goroutines, user tasks and user regions of a trace, with what they did with their time: what the reports for
// people show.

import { type DurationStats, durationStats } from '../analysis/trace/duration-stats.ts'
import type { ExecStats } from '../analysis/trace/exec-stats.ts'
import { goroutineGroups, regionInterval } from '../analysis/trace/groups.ts'
import { LatencySink } from '../analysis/trace/latency.ts'
import { type NamedPlace, Places } from '../analysis/trace/places.ts'
import { SelectSink } from '../analysis/trace/select.ts'
import { TraceSummaries } from '../analysis/trace/summaries.ts'
import type { Int } from '../base/int64.ts'
import { compareText } from '../base/utf8.ts'
import { NAME, type TraceTables } from '../model/trace.ts'
import { damageOf } from './trace-damage.ts'
import { runTrace } from './trace-run.ts'
import { type SelectionQuestion, selectionOf } from './trace-selection.ts'
import type { TraceDamage } from './trace-summary.ts'

/** What was done with a stretch of time, ns. `gc` overlaps with the others. */
export interface TimeAccount {
  readonly total: number
  readonly exec: number
  /** Ready to run, without a processor. */
  readonly sched: number
  /** In system calls, with a processor and without. */
  readonly syscall: number
  readonly blocked: number
  /** Helping the collector: mark assist and sweeping. */
  readonly gc: number
  /** What it was blocked on, most first. */
  readonly reasons: readonly (readonly [reason: string, time: number])[]
}

export interface GoroutineRow extends TimeAccount {
  readonly id: Int
  readonly created: number
  /** Whether it was alive at the end. */
  readonly alive: boolean
}

/** Goroutines with one start function. */
export interface GoroutineGroupRow extends TimeAccount {
  readonly name: string
  readonly count: number
  /** One by one, if this group was asked for. */
  readonly goroutines: readonly GoroutineRow[] | undefined
}

/** A run that kept others waiting. */
export interface GreedyRun {
  readonly goroutine: Int
  readonly name: string
  readonly start: number
  readonly duration: number
  /** Goroutines that were ready meanwhile, on average. */
  readonly waiting: number
  readonly place: NamedPlace | undefined
}

interface Head {
  readonly version: string
  readonly durationNs: number
  readonly damage: TraceDamage | undefined
}

export interface TraceGoroutines extends Head {
  readonly groups: readonly GoroutineGroupRow[]
  /** Longest runs with others ready, longest first. */
  readonly greedy: readonly GreedyRun[]
}

export interface TaskRow {
  readonly id: Int
  readonly type: string
  readonly parent: Int | undefined
  /** undefined: before the trace; after it. */
  readonly start: number | undefined
  readonly end: number | undefined
  readonly duration: number
  readonly goroutines: number
  readonly regions: number
  readonly logs: number
}

export interface TaskTypeRow extends DurationStats {
  readonly type: string
  /** Without a begin or an end in the trace; they are not in the durations. */
  readonly open: number
  /** The slowest, slowest first. */
  readonly slowest: readonly TaskRow[]
}

export interface TraceTasks extends Head {
  readonly types: readonly TaskTypeRow[]
}

export interface RegionRow extends TimeAccount {
  readonly goroutine: Int
  readonly task: Int | undefined
  readonly start: number
  readonly end: number
}

export interface RegionTypeRow extends DurationStats {
  readonly type: string
  readonly place: NamedPlace | undefined
  readonly open: number
  /** Of all of them together. */
  readonly account: TimeAccount
  readonly slowest: readonly RegionRow[]
}

export interface TraceRegions extends Head {
  readonly types: readonly RegionTypeRow[]
}

type Progress = (share: number) => void

/** What goroutines did. Throws what runTrace throws, and UserError if the trace has not what is asked for. */
export function traceGoroutines(
  bytes: Uint8Array,
  q: SelectionQuestion & { readonly greedy: number; readonly group?: string },
  progress: Progress = () => {},
): TraceGoroutines {
  const { tables, summaries, latency, head } = read(bytes, q, progress, q.greedy)
  const { goroutines } = summaries
  const groups = goroutineGroups(summaries, tables).map((group) => ({
    name: group.name,
    count: group.goroutines.length,
    ...account(goroutines.stats, group.goroutines, tables),
    goroutines:
      group.name !== q.group
        ? undefined
        : group.goroutines.map((g) => ({
            id: tables.goroutines.id(g),
            created: Math.max(0, goroutines.created[g]),
            alive: goroutines.ended[g] === goroutines.unset,
            ...account(goroutines.stats, [g], tables),
          })),
  }))
  const places = new Places(tables)
  const greedy = (latency?.done(head.durationNs).runs ?? []).map((r) => ({
    goroutine: tables.goroutines.id(r.goroutine),
    name: tables.strings.get(goroutines.name[r.goroutine]),
    start: r.start,
    duration: r.duration,
    waiting: r.waiting,
    place: places.place(places.frame(r.stack)),
  }))
  return { ...head, groups, greedy }
}

/** How long user tasks took; `slowest` of each type are listed. */
export function traceTasks(
  bytes: Uint8Array,
  q: SelectionQuestion & { readonly slowest: number },
  progress: Progress = () => {},
): TraceTasks {
  const { tables, summaries, head } = read(bytes, q, progress, 0)
  const { tasks } = summaries
  const byType = new Map<number, { open: number; rows: number[] }>()
  for (const t of tasks.rows()) {
    const known = byType.get(tasks.name[t]) ?? { open: 0, rows: [] }
    byType.set(tasks.name[t], known)
    if (Number.isNaN(tasks.end[t] - tasks.start[t])) known.open++
    else known.rows.push(t)
  }
  const duration = (t: number): number => tasks.end[t] - tasks.start[t]
  const types = [...byType].map(([name, { open, rows }]) => ({
    type: tables.strings.get(name),
    open,
    ...durationStats(rows.map(duration)),
    slowest: rows
      .sort((a, b) => duration(b) - duration(a))
      .slice(0, q.slowest)
      .map((t) => ({
        id: tables.tasks.id(t),
        type: tables.strings.get(name),
        parent: tasks.parent[t] < 0 ? undefined : tables.tasks.id(tasks.parent[t]),
        start: tasks.start[t],
        end: tasks.end[t],
        duration: duration(t),
        goroutines: tasks.goroutineCount(t),
        regions: tasks.regionCount[t],
        logs: tasks.logCount[t],
      })),
  }))
  return { ...head, types: types.sort((a, b) => b.total - a.total || compareText(a.type, b.type)) }
}

/** How long user regions took, and what their goroutines did meanwhile; `slowest` of each type are listed. */
export function traceRegions(
  bytes: Uint8Array,
  q: SelectionQuestion & { readonly slowest: number },
  progress: Progress = () => {},
): TraceRegions {
  const { tables, summaries, head } = read(bytes, q, progress, 0)
  const { regions } = summaries
  const end = head.durationNs
  const byType = new Map<number, { open: number; rows: number[]; stack: number }>()
  for (let r = 0; r < regions.count; r++) {
    // Unnamed ones are those that goroutines inherit from their creators.
    if (regions.name[r] === NAME.empty) continue
    let known = byType.get(regions.name[r])
    if (known === undefined) {
      known = { open: 0, rows: [], stack: regions.startStack[r] }
      byType.set(regions.name[r], known)
    }
    if (Number.isNaN(regions.end[r] - regions.start[r])) known.open++
    else known.rows.push(r)
  }
  const places = new Places(tables)
  const duration = (r: number): number => {
    const [from, to] = regionInterval(summaries, r, end)
    return to - from
  }
  const types = [...byType].map(([name, { open, rows, stack }]) => ({
    type: tables.strings.get(name),
    place: places.place(places.frame(stack)),
    open,
    ...durationStats(rows.map(duration)),
    account: account(regions.stats, rows, tables),
    slowest: rows
      .sort((a, b) => duration(b) - duration(a))
      .slice(0, q.slowest)
      .map((r) => ({
        goroutine: tables.goroutines.id(regions.goroutine[r]),
        task: regions.task[r] < 0 ? undefined : tables.tasks.id(regions.task[r]),
        start: regions.start[r],
        end: regions.end[r],
        ...account(regions.stats, [r], tables),
      })),
  }))
  return { ...head, types: types.sort((a, b) => b.total - a.total || compareText(a.type, b.type)) }
}

function read(
  bytes: Uint8Array,
  q: SelectionQuestion,
  progress: Progress,
  greedy: number,
): { tables: TraceTables; summaries: TraceSummaries; latency: LatencySink | undefined; head: Head } {
  const selection = selectionOf(bytes, q)
  const run = runTrace(
    bytes,
    () => {
      const summaries = new TraceSummaries()
      const latency = greedy > 0 ? new LatencySink(greedy) : undefined
      const sinks = latency === undefined ? [summaries] : [summaries, latency]
      const select = selection && new SelectSink(selection, sinks)
      return { usable: select === undefined ? sinks : [select], delivered: [], summaries, latency, select }
    },
    { progress: (at) => progress(at / Math.max(1, bytes.length)) },
  )
  const { summaries, latency, select } = run.usable
  select?.finish()
  summaries.finish()
  const { tables, lastTime } = run.usableEnd
  const durationNs = select?.duration(lastTime) ?? lastTime
  return {
    tables,
    summaries,
    latency,
    head: { version: `go 1.${tables.minor}`, durationNs, damage: damageOf(run.end) },
  }
}

/** The accounts of rows together. */
function account(s: ExecStats, rows: readonly number[], tables: TraceTables): TimeAccount {
  let total = 0
  let exec = 0
  let sched = 0
  let syscall = 0
  let blocked = 0
  let gc = 0
  const reasons = new Map<number, number>()
  for (const row of rows) {
    total += s.total[row]
    exec += s.exec[row]
    sched += s.schedWait[row]
    syscall += s.syscall[row] + s.syscallBlock[row]
    blocked += s.blocked[row]
    gc += s.ranges.get(row, NAME.gcMarkAssist) + s.ranges.get(row, NAME.gcSweep)
    for (let e = s.reasons.first(row); e >= 0; e = s.reasons.after(e)) {
      const reason = s.reasons.key(e)
      reasons.set(reason, (reasons.get(reason) ?? 0) + s.reasons.value[e])
    }
  }
  return {
    total,
    exec,
    sched,
    syscall,
    blocked,
    gc,
    reasons: [...reasons]
      .sort((a, b) => b[1] - a[1])
      .map(([reason, time]) => [tables.strings.get(reason), time] as const),
  }
}
