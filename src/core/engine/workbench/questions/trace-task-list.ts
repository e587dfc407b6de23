// The user tasks that pass a filter, and what happened in one of them.

import { type DurationStats, durationStats } from '../../../analysis/trace/duration-stats.ts'
import { asUint, type Int } from '../../../base/int64.ts'
import { STATE_NAMES } from '../../../model/trace.ts'
import type { Asking } from '../question.ts'
import {
  filterTasks,
  type TaskFilter,
  type TaskParts,
  taskFilterText,
  taskInterval,
  taskParts,
} from '../trace-filters.ts'
import { type TraceReading, traceReading } from '../trace-reading.ts'
import type { Workbench } from '../workbench.ts'

/** One row a task, shortest first. Times in ns since the trace's start. */
export interface TaskRows {
  /** The filter in words, '' if there is none. */
  readonly filter: string
  readonly ids: readonly Int[]
  readonly types: readonly string[]
  readonly parents: readonly (Int | undefined)[]
  readonly start: Float64Array
  readonly end: Float64Array
  /** 1: it has a begin and an end in the trace. */
  readonly complete: Uint8Array
  readonly goroutines: Int32Array
  readonly regions: Int32Array
  readonly logs: Int32Array
  /** Of the complete ones. */
  readonly durations: DurationStats
  readonly durationNs: number
}

/** What happened in a task, in order of time. */
export interface TaskEvents {
  readonly time: Float64Array
  /** Goroutine ids; undefined where there was none. */
  readonly goroutines: readonly (Int | undefined)[]
  readonly kinds: readonly TaskEventKind[]
  /** Name of a region, message of a log, type of a task; for `created` the states. */
  readonly texts: readonly string[]
  /** Categories of logs, '' for all else. */
  readonly categories: readonly string[]
}

export type TaskEventKind =
  | 'task begin'
  | 'task end'
  | 'region begin'
  | 'region end'
  | 'log'
  | 'created'
  | 'ended'

export function answer(
  w: Workbench,
  { file, filter = {} }: { file: number; filter?: TaskFilter },
  x: Asking,
): TaskRows {
  const r = traceReading(w, file, x)
  return w.memo.of('task list', [file, filter], () => {
    const { tasks } = r.summaries
    const { summaryTables: tables } = r
    const rows = filterTasks(r, filter, partsOf(w, file, r))
    const spans = rows.map((t) => taskInterval(r.summaries, t, r.endTime))
    const complete = rows.filter((t) => !Number.isNaN(tasks.end[t] - tasks.start[t]))
    return {
      filter: taskFilterText(filter),
      ids: rows.map((t) => asUint(tables.tasks.id(t))),
      types: rows.map((t) => tables.strings.get(tasks.name[t])),
      parents: rows.map((t) => (tasks.parent[t] < 0 ? undefined : asUint(tables.tasks.id(tasks.parent[t])))),
      start: Float64Array.from(spans, ([from]) => from),
      end: Float64Array.from(spans, ([, to]) => to),
      complete: Uint8Array.from(rows, (t) => (Number.isNaN(tasks.end[t] - tasks.start[t]) ? 0 : 1)),
      goroutines: Int32Array.from(rows, (t) => tasks.goroutineCount(t)),
      regions: Int32Array.from(rows, (t) => tasks.regionCount[t]),
      logs: Int32Array.from(rows, (t) => tasks.logCount[t]),
      durations: durationStats(complete.map((t) => tasks.end[t] - tasks.start[t])),
      durationNs: r.endTime,
    }
  })
}

/** Logs and regions of all tasks of a trace. */
export function partsOf(w: Workbench, file: number, r: TraceReading): TaskParts {
  return w.memo.of('task parts', file, () => taskParts(r.summaries))
}

/** The events of a task, by row of the trace's table of tasks. */
export function taskEvents(r: TraceReading, task: number, parts: TaskParts): TaskEvents {
  const { tasks, regions } = r.summaries
  const { strings, goroutines } = r.summaryTables
  const events: { time: number; g: number; kind: TaskEventKind; text: string; category: string }[] = []
  const add = (time: number, g: number, kind: TaskEventKind, text: string, category = ''): void => {
    if (!Number.isNaN(time)) events.push({ time, g, kind, text, category })
  }
  const type = strings.get(tasks.name[task])
  add(tasks.start[task], tasks.startGoroutine[task], 'task begin', type)
  add(tasks.end[task], tasks.endGoroutine[task], 'task end', type)
  const { log } = tasks
  for (const k of parts.logs.get(task) ?? [])
    add(log.time[k], log.goroutine[k], 'log', strings.get(log.message[k]), strings.get(log.category[k]))
  for (const k of parts.regions.get(task) ?? []) {
    const name = strings.get(regions.name[k])
    // Without a name it is the goroutine's part in a task that its creator was in.
    const inherited = name === '' && regions.startGoroutine[k] !== regions.goroutine[k]
    const own = regions.goroutine[k]
    add(regions.start[k], own, inherited ? 'created' : 'region begin', inherited ? CREATED : name)
    add(regions.end[k], own, inherited ? 'ended' : 'region end', inherited ? '' : name)
  }
  // Array.sort is stable, as the reference's is.
  events.sort((a, b) => a.time - b.time)
  return {
    time: Float64Array.from(events, (e) => e.time),
    goroutines: events.map((e) => (e.g < 0 ? undefined : goroutines.id(e.g))),
    kinds: events.map((e) => e.kind),
    texts: events.map((e) => e.text),
    categories: events.map((e) => e.category),
  }
}

const CREATED = `${STATE_NAMES[1]} -> ${STATE_NAMES[2]}`
