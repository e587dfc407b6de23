// User tasks (facts.md).

import { GrowU32 } from '../../base/grow.ts'
import type { EventBlock, TraceTables } from '../../model/trace.ts'
import { capacityFor, widerF64, widerI32, widerU8 } from './columns.ts'
import { PairTable } from './pair-table.ts'

/** User tasks; rows are those of the trace's table of tasks. Fed by TraceSummaries. */
export class UserTasks {
  /** 1 = something of the task was seen: begin, end, a log, a region or a child. */
  known = new Uint8Array(0)
  /** String id: the type in its last begin or end. */
  name = new Int32Array(0)
  /** Row of its parent, -1 = none known. */
  parent = new Int32Array(0)
  /** Nanoseconds since the trace's start, NaN = not in the trace. Contexts: goroutine rows (-1 = none), rows of stacks. */
  start = new Float64Array(0)
  startGoroutine = new Int32Array(0)
  startStack = new Int32Array(0)
  end = new Float64Array(0)
  endGoroutine = new Int32Array(0)
  endStack = new Int32Array(0)
  logCount = new Int32Array(0)
  /** Regions that name it, whether they ended or not; those that goroutines inherit do not count. */
  regionCount = new Int32Array(0)

  /** Logs in order of time: task and goroutine rows, rows of stacks, string ids. */
  readonly log = {
    count: 0,
    task: new Int32Array(0),
    time: new Float64Array(0),
    goroutine: new Int32Array(0),
    stack: new Int32Array(0),
    category: new Int32Array(0),
    message: new Int32Array(0),
  }

  /** Rows of tasks with a parent, in the order in which that became known. */
  private readonly children = new GrowU32()
  /** Task row and goroutine row + 1 -> 1. */
  private readonly member = new PairTable()

  ensure(tables: TraceTables): void {
    const { count } = tables.tasks
    if (count > this.known.length) this.grow(capacityFor(count))
  }

  beginOrEnd(b: EventBlock, i: number, begins: boolean): void {
    const task = b.res[i]
    if (task < 0) return
    this.mention(task)
    this.name[task] = b.name[i]
    this.take(task, b.g[i])
    if (begins) {
      this.start[task] = b.time[i]
      this.startGoroutine[task] = b.g[i]
      this.startStack[task] = b.stack[i]
    } else {
      this.end[task] = b.time[i]
      this.endGoroutine[task] = b.g[i]
      this.endStack[task] = b.stack[i]
    }
    const parent = b.extra[i]
    if (parent < 0 || this.parent[task] >= 0) return
    this.mention(parent)
    this.parent[task] = parent
    this.children.push(task)
  }

  addLog(b: EventBlock, i: number): void {
    const task = b.res[i]
    if (task < 0) return
    this.mention(task)
    this.take(task, b.g[i])
    this.logCount[task]++
    const { log } = this
    const at = log.count++
    if (at >= log.task.length) this.growLog(capacityFor(at + 1))
    log.task[at] = task
    log.time[at] = b.time[i]
    log.goroutine[at] = b.g[i]
    log.stack[at] = b.stack[i]
    log.category[at] = b.name[i]
    log.message[at] = b.extra[i]
  }

  addRegion(task: number, goroutine: number): void {
    if (task < 0) return
    this.mention(task)
    this.take(task, goroutine)
    this.regionCount[task]++
  }

  isKnown(task: number): boolean {
    return task >= 0 && task < this.known.length && this.known[task] === 1
  }

  /** Rows of known tasks, ascending. */
  rows(): number[] {
    const out: number[] = []
    for (let t = 0; t < this.known.length; t++) if (this.known[t] === 1) out.push(t)
    return out
  }

  /** Task row -> rows of its children, in the order in which they became known; empty lists are left out. */
  childLists(): Map<number, number[]> {
    const out = new Map<number, number[]>()
    for (const child of this.children.done()) {
      const list = out.get(this.parent[child])
      if (list === undefined) out.set(this.parent[child], [child])
      else list.push(child)
    }
    return out
  }

  /** Task row -> rows of its goroutines; -1 stands for events of no goroutine. */
  memberLists(): Map<number, number[]> {
    const out = new Map<number, number[]>()
    for (const task of this.rows()) {
      const list: number[] = []
      for (let e = this.member.first(task); e >= 0; e = this.member.after(e))
        list.push(this.member.key(e) - 1)
      out.set(task, list.reverse())
    }
    return out
  }

  /** Number of the task's goroutines, events of no goroutine counting as one. */
  goroutineCount(task: number): number {
    return this.member.size(task)
  }

  /** Task row -> how many tasks it and those below it are. Tasks that are their own ancestors (in broken traces) count 1. */
  familySizes(): Int32Array {
    const size = new Int32Array(this.known.length).fill(1)
    const open = new Int32Array(this.known.length)
    for (const child of this.children.done()) open[this.parent[child]]++
    // From the leaves upwards: a task is ready when all its children were added.
    const ready = this.rows().filter((t) => open[t] === 0)
    for (let t = ready.pop(); t !== undefined; t = ready.pop()) {
      const parent = this.parent[t]
      if (parent < 0) continue
      size[parent] += size[t]
      if (--open[parent] === 0) ready.push(parent)
    }
    return size
  }

  private mention(task: number): void {
    if (this.known[task] === 1) return
    this.known[task] = 1
    this.parent[task] = this.startGoroutine[task] = this.endGoroutine[task] = -1
    this.start[task] = this.end[task] = Number.NaN
  }

  /** Enters a goroutine (-1 = none) among those of a task. */
  private take(task: number, goroutine: number): void {
    this.member.set(task, goroutine + 1, 1)
  }

  private grow(capacity: number): void {
    this.known = widerU8(this.known, capacity)
    this.name = widerI32(this.name, capacity)
    this.parent = widerI32(this.parent, capacity)
    this.start = widerF64(this.start, capacity)
    this.startGoroutine = widerI32(this.startGoroutine, capacity)
    this.startStack = widerI32(this.startStack, capacity)
    this.end = widerF64(this.end, capacity)
    this.endGoroutine = widerI32(this.endGoroutine, capacity)
    this.endStack = widerI32(this.endStack, capacity)
    this.logCount = widerI32(this.logCount, capacity)
    this.regionCount = widerI32(this.regionCount, capacity)
    this.member.ensure(capacity)
  }

  private growLog(capacity: number): void {
    const { log } = this
    log.task = widerI32(log.task, capacity)
    log.time = widerF64(log.time, capacity)
    log.goroutine = widerI32(log.goroutine, capacity)
    log.stack = widerI32(log.stack, capacity)
    log.category = widerI32(log.category, capacity)
    log.message = widerI32(log.message, capacity)
  }
}
