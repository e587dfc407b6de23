import { asSigned, asUint, cmpInt, type Int } from '../../../base/int64.ts'
import type { TraceTables } from '../../../model/trace.ts'
import type { TraceSummaries } from '../summaries.ts'
import type { ViewSubjects } from './facts-views.ts'
import type { Unblocks } from './related.ts'
import type { ViewerPoint, ViewerRegion, ViewerTask, ViewerTrace } from './selection.ts'

/** A trace's summaries as views ask for them. The summaries must be finished. */
export class SummarizedTrace implements ViewerTrace {
  readonly endTime: number
  private readonly summaries: TraceSummaries
  private readonly tables: TraceTables
  private readonly unblocks: Unblocks
  private lists: TaskLists | undefined

  /** `endTime`: time of the last usable event. */
  constructor(summaries: TraceSummaries, tables: TraceTables, unblocks: Unblocks, endTime: number) {
    this.summaries = summaries
    this.tables = tables
    this.unblocks = unblocks
    this.endTime = endTime
  }

  goroutine(id: Int): { started: number | undefined; ended: number | undefined } | undefined {
    const { goroutines } = this.summaries
    const row = this.tables.goroutines.find(id)
    if (!goroutines.isKnown(row)) return undefined
    const known = (time: number): number | undefined => (time === goroutines.unset ? undefined : time)
    return { started: known(goroutines.started[row]), ended: known(goroutines.ended[row]) }
  }

  related(goroutine: Int): Iterable<Int> {
    return this.unblocks.related(goroutine)
  }

  task(id: Int): ViewerTask | undefined {
    const { tables } = this
    const { tasks } = this.summaries
    const row = tables.tasks.find(id)
    if (!tasks.isKnown(row)) return undefined
    this.lists ??= taskLists(this.summaries)
    const { members, children, logs, regions } = this.lists
    return {
      id,
      name: tables.strings.get(tasks.name[row]),
      parent: tasks.parent[row] < 0 ? undefined : tables.tasks.id(tasks.parent[row]),
      start: this.point(tasks.start[row], tasks.startGoroutine[row], tasks.startStack[row]),
      end: this.point(tasks.end[row], tasks.endGoroutine[row], tasks.endStack[row]),
      logs: (logs.get(row) ?? []).map((k) => ({
        time: tasks.log.time[k],
        goroutine: this.goroutineId(tasks.log.goroutine[k]),
        stack: tasks.log.stack[k],
      })),
      regions: (regions.get(row) ?? []).map((r) => this.region(r, id)),
      goroutines: (members.get(row) ?? []).map((g) => this.goroutineId(g)),
      children: (children.get(row) ?? []).map((t) => tables.tasks.id(t)),
    }
  }

  private region(r: number, task: Int): ViewerRegion {
    const { regions } = this.summaries
    return {
      name: this.tables.strings.get(regions.name[r]),
      task,
      start: this.point(regions.start[r], regions.startGoroutine[r], regions.startStack[r]),
      end: this.point(regions.end[r], regions.endGoroutine[r], regions.endStack[r]),
    }
  }

  /** Undefined if the event is not in the trace. */
  private point(time: number, goroutine: number, stack: number): ViewerPoint | undefined {
    return Number.isNaN(time) ? undefined : { time, goroutine: this.goroutineId(goroutine), stack }
  }

  private goroutineId(row: number): Int {
    return row < 0 ? -1 : this.tables.goroutines.id(row)
  }
}

/** By row of task: rows of its goroutines, of its children, of its logs and of its regions. */
interface TaskLists {
  readonly members: Map<number, number[]>
  readonly children: Map<number, number[]>
  readonly logs: Map<number, number[]>
  readonly regions: Map<number, number[]>
}

function taskLists({ tasks, regions }: TraceSummaries): TaskLists {
  return {
    members: tasks.memberLists(),
    children: tasks.childLists(),
    logs: byTask(tasks.log.task, tasks.log.count),
    regions: byTask(regions.task, regions.count),
  }
}

function byTask(task: Int32Array, count: number): Map<number, number[]> {
  const out = new Map<number, number[]>()
  for (let k = 0; k < count; k++) {
    const list = out.get(task[k])
    if (list === undefined) out.set(task[k], [k])
    else list.push(k)
  }
  return out
}

/** The goroutines and tasks whose views the document of facts tells of (facts.md, "Views"). */
export function viewSubjects(summaries: TraceSummaries, tables: TraceTables): ViewSubjects {
  const { goroutines, tasks } = summaries
  const ids: Int[] = []
  let main: Int | undefined
  for (let row = 0; row < tables.goroutines.count; row++) {
    if (!goroutines.isKnown(row)) continue
    const id = asSigned(tables.goroutines.id(row))
    ids.push(id)
    const name = tables.strings.get(goroutines.name[row])
    if ((name === 'main.main' || name === 'runtime.main') && (main === undefined || id < main)) main = id
  }
  const taskIds = tasks.rows().map((row) => asUint(tables.tasks.id(row)))
  taskIds.sort(cmpInt)
  const largest = ids.reduce<Int | undefined>((a, b) => (a === undefined || b > a ? b : a), undefined)
  return {
    goroutines: [main, largest].filter((id) => id !== undefined),
    tasks: taskIds.length === 0 ? [] : [taskIds[0], taskIds[taskIds.length >> 1]],
  }
}
