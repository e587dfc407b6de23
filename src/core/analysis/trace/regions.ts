// User regions with what their goroutines did meanwhile (facts.md).

import type { EventBlock, TraceTables } from '../../model/trace.ts'
import { capacityFor, widerF64, widerI32 } from './columns.ts'
import { ExecStats } from './exec-stats.ts'
import type { GoroutineAccounts } from './goroutines.ts'

/**
 * User regions, one row each in order of their begin. A goroutine that is created inside a region has an
 * unnamed region of the same task from its creation on: so it becomes part of the task. Fed by
 * TraceSummaries.
 */
export class UserRegions {
  count = 0
  /** Rows of the trace's tables: the region's goroutine and task (-1 = none); its name is a string id. */
  goroutine = new Int32Array(0)
  task = new Int32Array(0)
  name = new Int32Array(0)
  /** Nanoseconds since the trace's start; NaN = began before the trace, or did not end. */
  start = new Float64Array(0)
  end = new Float64Array(0)
  /** Contexts and stacks of the events that began and ended it: goroutine rows (-1 = none), rows of stacks. */
  startGoroutine = new Int32Array(0)
  startStack = new Int32Array(0)
  endGoroutine = new Int32Array(0)
  endStack = new Int32Array(0)
  /** What the goroutine did from begin to end. */
  readonly stats = new ExecStats()

  /** Goroutine row -> its innermost open region + 1, 0 = none. */
  private innermost = new Int32Array(0)
  /** Region -> the open one around it + 1. Once it is done: the goroutine's region that was done before + 1. */
  private link = new Int32Array(0)
  /** Goroutine row -> its region that was done last + 1. */
  private lastDone = new Int32Array(0)
  /** Goroutine row -> number of its regions that are done. */
  private doneCount = new Int32Array(0)
  private readonly now = new ExecStats()

  ensure(tables: TraceTables): void {
    const { count } = tables.goroutines
    if (count <= this.innermost.length) return
    const capacity = capacityFor(count)
    this.innermost = widerI32(this.innermost, capacity)
    this.lastDone = widerI32(this.lastDone, capacity)
    this.doneCount = widerI32(this.doneCount, capacity)
  }

  /** Number of the goroutine's regions that are done: ended, or open when it ended. */
  countOf(g: number): number {
    return g < this.doneCount.length ? this.doneCount[g] : 0
  }

  /** Rows of the goroutine's regions that are done, in order of start; those from before the trace first. */
  regionsOf(g: number): number[] {
    const rows: number[] = []
    if (g >= this.lastDone.length) return rows
    for (let r = this.lastDone[g] - 1; r >= 0; r = this.link[r] - 1) rows.push(r)
    const { start } = this
    const key = (r: number): number => (Number.isNaN(start[r]) ? -1 : start[r])
    return rows.reverse().sort((a, b) => key(a) - key(b))
  }

  /** A RegionBegin. */
  begin(b: EventBlock, i: number, accounts: GoroutineAccounts): void {
    const g = b.g[i]
    const r = this.open(g, b.res[i], b.name[i], b, i)
    accounts.snapshot(g, b.time[i], this.stats, r)
  }

  /** A goroutine is created by one that may be in a region. */
  inherit(b: EventBlock, i: number, creator: number): void {
    if (creator < 0 || this.innermost[creator] === 0) return
    this.open(b.res[i], this.task[this.innermost[creator] - 1], 0, b, i)
  }

  /** A RegionEnd ends the innermost region, whatever its name. True if there was none, so one was made. */
  finish(b: EventBlock, i: number, accounts: GoroutineAccounts): boolean {
    const g = b.g[i]
    const made = this.innermost[g] === 0
    let r = this.innermost[g] - 1
    if (made) {
      r = this.add(g, b.res[i], b.name[i])
      this.start[r] = Number.NaN
    } else this.innermost[g] = this.link[r]
    this.now.ensure(1)
    this.now.clear(0)
    accounts.snapshot(g, b.time[i], this.now, 0)
    this.done(r, this.now, 0)
    this.endAt(r, b, i)
    return made
  }

  hasOpen(g: number): boolean {
    return this.innermost[g] !== 0
  }

  /**
   * A goroutine ends with its accounts closed: with event i, or (`b` undefined) with the trace. The
   * runtime's own (`system`) take no part in tasks, though they may be created inside a region.
   */
  finishAll(
    g: number,
    accounts: GoroutineAccounts,
    system: boolean,
    b: EventBlock | undefined,
    i: number,
  ): void {
    const open: number[] = []
    for (let r = this.innermost[g] - 1; r >= 0; r = this.link[r] - 1) open.push(r)
    this.innermost[g] = 0
    if (system) return
    for (const r of open.reverse()) {
      this.done(r, accounts.stats, g)
      if (b !== undefined) this.endAt(r, b, i)
    }
  }

  /** A goroutine is found again after a gap: the ends of its open regions may lie there. */
  dropOpen(g: number): void {
    this.innermost[g] = 0
  }

  /** A goroutine of this row appears: whatever was known of one before is forgotten. */
  forget(g: number): void {
    this.innermost[g] = this.lastDone[g] = this.doneCount[g] = 0
  }

  private open(g: number, task: number, name: number, b: EventBlock, i: number): number {
    const r = this.add(g, task, name)
    this.start[r] = b.time[i]
    this.startGoroutine[r] = b.g[i]
    this.startStack[r] = b.stack[i]
    this.link[r] = this.innermost[g]
    this.innermost[g] = r + 1
    return r
  }

  private add(g: number, task: number, name: number): number {
    const r = this.count++
    if (r >= this.goroutine.length) this.grow(capacityFor(r + 1))
    this.goroutine[r] = g
    this.task[r] = task
    this.name[r] = name
    this.end[r] = Number.NaN
    this.startGoroutine[r] = this.endGoroutine[r] = -1
    return r
  }

  private done(r: number, now: ExecStats, nowRow: number): void {
    const g = this.goroutine[r]
    this.stats.since(r, now, nowRow)
    this.link[r] = this.lastDone[g]
    this.lastDone[g] = r + 1
    this.doneCount[g]++
  }

  private endAt(r: number, b: EventBlock, i: number): void {
    this.end[r] = b.time[i]
    this.endGoroutine[r] = b.g[i]
    this.endStack[r] = b.stack[i]
  }

  private grow(capacity: number): void {
    this.goroutine = widerI32(this.goroutine, capacity)
    this.task = widerI32(this.task, capacity)
    this.name = widerI32(this.name, capacity)
    this.start = widerF64(this.start, capacity)
    this.end = widerF64(this.end, capacity)
    this.startGoroutine = widerI32(this.startGoroutine, capacity)
    this.startStack = widerI32(this.startStack, capacity)
    this.endGoroutine = widerI32(this.endGoroutine, capacity)
    this.endStack = widerI32(this.endStack, capacity)
    this.link = widerI32(this.link, capacity)
    this.stats.ensure(capacity)
  }
}
