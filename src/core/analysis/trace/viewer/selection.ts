// Which part of a trace a view shows: the parameters of /trace and /jsontrace.

import { asUint, type Int } from '../../../base/int64.ts'

export type ViewMode = 'proc' | 'thread' | 'goroutine'

/** An event that begins or ends something. */
export interface ViewerPoint {
  /** Nanoseconds since the trace's start. */
  readonly time: number
  /** Id of the goroutine in the event's context, -1 = none. */
  readonly goroutine: Int
  /** Row of the trace's stacks. */
  readonly stack: number
}

export interface ViewerRegion {
  readonly name: string
  readonly task: Int
  readonly start: ViewerPoint | undefined
  readonly end: ViewerPoint | undefined
}

/** What views need to know of a task. */
export interface ViewerTask {
  readonly id: Int
  readonly name: string
  readonly parent: Int | undefined
  readonly start: ViewerPoint | undefined
  readonly end: ViewerPoint | undefined
  readonly logs: readonly ViewerPoint[]
  readonly regions: readonly ViewerRegion[]
  /** Ids of the goroutines of its begin, end, logs and regions. */
  readonly goroutines: Iterable<Int>
  readonly children: readonly Int[]
}

/** What views need to know of a whole trace. */
export interface ViewerTrace {
  /** Time of the last usable event. */
  readonly endTime: number
  /** First run and end of a goroutine; undefined if there is no such goroutine. */
  goroutine(id: Int): { readonly started: number | undefined; readonly ended: number | undefined } | undefined
  task(id: Int): ViewerTask | undefined
  /** Ids of a goroutine and of those that unblocked it, in up to two steps. */
  related(goroutine: Int): Iterable<Int>
}

/** What a view shows. */
export interface ViewSelection {
  readonly mode: ViewMode
  /** Entries outside of [from, to] are left out, ns. */
  readonly from: number
  readonly to: number
  /** The goroutine on top. */
  readonly focus: Int | undefined
  /** Lanes that are shown, by unsigned number; undefined: all. */
  readonly lanes: ReadonlySet<Int> | undefined
  /** Tasks in the order of their lanes. */
  readonly tasks: readonly ViewerTask[]
}

/** Everything, by proc or by thread. */
export function wholeView(mode: 'proc' | 'thread'): ViewSelection {
  return { mode, from: 0, to: Number.POSITIVE_INFINITY, focus: undefined, lanes: undefined, tasks: [] }
}

/** A goroutine with those that unblocked it, from its first run to its end. Undefined if there is none. */
export function goroutineView(trace: ViewerTrace, id: Int): ViewSelection | undefined {
  const goroutine = trace.goroutine(id)
  if (goroutine === undefined || id < 0) return undefined
  return {
    mode: 'goroutine',
    from: goroutine.started ?? 0,
    to: goroutine.ended ?? trace.endTime,
    focus: id,
    lanes: unsignedIds(trace.related(id)),
    tasks: [],
  }
}

/** The procs during a task, and its descendants. Undefined if the task neither began nor ended. */
export function focusTaskView(trace: ViewerTrace, id: Int): ViewSelection | undefined {
  const task = trace.task(id)
  if (task === undefined || (task.start === undefined && task.end === undefined)) return undefined
  return { mode: 'proc', ...taskSpan(trace, task), focus: undefined, lanes: undefined }
}

/** The goroutines that took part in a task or its descendants. Undefined if no goroutine is known. */
export function taskView(trace: ViewerTrace, id: Int): ViewSelection | undefined {
  const task = trace.task(id)
  if (task === undefined) return undefined
  const first = firstPoint(task)
  if (first === undefined || first.goroutine === -1) return undefined
  const span = taskSpan(trace, task)
  const ids: Int[] = []
  for (const t of span.tasks) ids.push(...t.goroutines)
  return { mode: 'goroutine', ...span, focus: first.goroutine, lanes: unsignedIds(ids) }
}

/** Its begin, or else the earliest of its logs and its end. */
function firstPoint(task: ViewerTask): ViewerPoint | undefined {
  if (task.start !== undefined) return task.start
  let first: ViewerPoint | undefined
  for (const log of task.logs) if (first === undefined || log.time < first.time) first = log
  if (task.end !== undefined && (first === undefined || task.end.time < first.time)) first = task.end
  return first
}

function taskSpan(trace: ViewerTrace, task: ViewerTask): { from: number; to: number; tasks: ViewerTask[] } {
  const tasks = descendants(trace, task)
  tasks.sort((a, b) => {
    if (a.start === undefined && b.start === undefined)
      return (a.end?.time ?? trace.endTime) - (b.end?.time ?? trace.endTime)
    return (a.start?.time ?? 0) - (b.start?.time ?? 0)
  })
  return { from: task.start?.time ?? 0, to: task.end?.time ?? trace.endTime, tasks }
}

/** The task and all below it, parents first. Parents may be given in a circle by broken traces. */
function descendants(trace: ViewerTrace, task: ViewerTask): ViewerTask[] {
  const out: ViewerTask[] = []
  const seen = new Set<Int>()
  const open = [task]
  for (let t = open.pop(); t !== undefined; t = open.pop()) {
    if (seen.has(t.id)) continue
    seen.add(t.id)
    out.push(t)
    for (let i = t.children.length - 1; i >= 0; i--) {
      const child = trace.task(t.children[i])
      if (child !== undefined) open.push(child)
    }
  }
  return out
}

function unsignedIds(ids: Iterable<Int>): Set<Int> {
  const out = new Set<Int>()
  for (const id of ids) out.add(asUint(id))
  return out
}
