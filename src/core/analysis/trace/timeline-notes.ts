// What users wrote into a trace (tasks, regions, logs) and CPU samples, as marks of a timeline.

import { GrowU32 } from '../../base/grow.ts'
import { Int64Builder } from '../../base/int64.ts'
import { EVENT, type EventBlock, type EventSink, NAME, type TraceTables } from '../../model/trace.ts'
import { capacityFor, widerI32 } from './columns.ts'

/** A task; times in ns since the trace's start, NaN = not in the trace. */
export interface TaskNote {
  /** Row of the table of tasks. */
  readonly task: number
  /** String id. */
  name: number
  /** Task row, -1 = none. */
  parent: number
  start: number
  end: number
  /** Goroutine rows, -1 = none. */
  startGoroutine: number
  endGoroutine: number
}

/** Collects notes. Columns grow as events come; look at `length` of their times. */
export class TimelineNotes implements EventSink {
  /** In order of time: goroutine and task rows + 1, string ids, rows of stacks. */
  readonly logs = {
    time: new Int64Builder(),
    goroutine: new GrowU32(),
    task: new GrowU32(),
    category: new GrowU32(),
    message: new GrowU32(),
    stack: new GrowU32(),
  }
  /** CPU samples in order of time: rows + 1, rows of stacks. */
  readonly samples = {
    time: new Int64Builder(),
    goroutine: new GrowU32(),
    proc: new GrowU32(),
    thread: new GrowU32(),
    stack: new GrowU32(),
  }
  /** User regions in order of their begin: goroutine row, task row + 1, string id; no end = Infinity. */
  readonly regions = {
    start: new Int64Builder(),
    end: new Int64Builder(),
    goroutine: new GrowU32(),
    task: new GrowU32(),
    name: new GrowU32(),
    stack: new GrowU32(),
    /** The goroutine's region before it + 1. */
    before: new GrowU32(),
  }
  /** By task row, in the order in which they were met. */
  readonly tasks = new Map<number, TaskNote>()
  /** GOMAXPROCS, 0 = the trace does not say. */
  gomaxprocs = 0
  /** Goroutine row -> its open regions. */
  private readonly open = new Map<number, number[]>()
  /** Goroutine row -> its last region + 1. */
  private last = new Int32Array(0)

  /** Rows of `regions` of a goroutine, in order of their begin. */
  regionsOf(goroutine: number): number[] {
    const out: number[] = []
    if (goroutine >= this.last.length) return out
    for (let r = this.last[goroutine]; r > 0; r = this.regions.before.a[r - 1]) out.push(r - 1)
    return out.reverse()
  }

  block(b: EventBlock, _tables: TraceTables): void {
    for (let i = 0; i < b.length; i++)
      switch (b.kind[i]) {
        case EVENT.Log: {
          const { logs } = this
          logs.time.push(b.time[i])
          logs.goroutine.push(b.g[i] + 1)
          logs.task.push(b.res[i] + 1)
          logs.category.push(b.name[i])
          logs.message.push(b.extra[i])
          logs.stack.push(b.stack[i])
          break
        }
        case EVENT.StackSample: {
          const { samples } = this
          samples.time.push(b.time[i])
          samples.goroutine.push(b.g[i] + 1)
          samples.proc.push(b.p[i] + 1)
          samples.thread.push(b.m[i] + 1)
          samples.stack.push(b.stack[i])
          break
        }
        case EVENT.RegionBegin:
          this.begin(b, i)
          break
        case EVENT.RegionEnd:
          this.end(b, i)
          break
        case EVENT.TaskBegin:
        case EVENT.TaskEnd:
          this.task(b, i)
          break
        case EVENT.Metric:
          if (b.name[i] === NAME.gomaxprocs) this.gomaxprocs = b.x[i]
          break
      }
  }

  /** Ends of what is open may lie in the gap. */
  gap(): void {
    this.open.clear()
  }

  private begin(b: EventBlock, i: number): void {
    const row = this.region(b, i, b.time[i], Number.POSITIVE_INFINITY)
    const list = this.open.get(b.g[i])
    if (list === undefined) this.open.set(b.g[i], [row])
    else list.push(row)
  }

  private end(b: EventBlock, i: number): void {
    const list = this.open.get(b.g[i])
    const row = list?.pop()
    if (list?.length === 0) this.open.delete(b.g[i])
    // One that began before the trace.
    if (row === undefined) this.region(b, i, 0, b.time[i])
    else this.regions.end.set(row, b.time[i])
  }

  private region(b: EventBlock, i: number, start: number, end: number): number {
    const { regions } = this
    const g = Math.max(0, b.g[i])
    const row = regions.start.length
    regions.start.push(start)
    regions.end.push(end)
    regions.goroutine.push(g)
    regions.task.push(b.res[i] + 1)
    regions.name.push(b.name[i])
    regions.stack.push(b.stack[i])
    if (g >= this.last.length) this.last = widerI32(this.last, capacityFor(g + 1))
    regions.before.push(this.last[g])
    this.last[g] = row + 1
    return row
  }

  private task(b: EventBlock, i: number): void {
    const row = b.res[i]
    if (row < 0) return
    let task = this.tasks.get(row)
    if (task === undefined) {
      task = {
        task: row,
        name: b.name[i],
        parent: -1,
        start: Number.NaN,
        end: Number.NaN,
        startGoroutine: -1,
        endGoroutine: -1,
      }
      this.tasks.set(row, task)
    }
    task.name = b.name[i]
    if (b.extra[i] >= 0) task.parent = b.extra[i]
    if (b.kind[i] === EVENT.TaskBegin) {
      task.start = b.time[i]
      task.startGoroutine = b.g[i]
    } else {
      task.end = b.time[i]
      task.endGoroutine = b.g[i]
    }
  }
}
