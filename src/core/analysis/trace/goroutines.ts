// What each goroutine did with its time (facts.md, "Goroutine accounting").

import { type EventBlock, NAME, SCOPE, STATE, type TraceTables } from '../../model/trace.ts'
import { capacityFor, widerF64, widerI32, widerU8 } from './columns.ts'
import { ExecStats } from './exec-stats.ts'
import { PairTable } from './pair-table.ts'

/**
 * Accounts of goroutines; rows are those of the trace's table of goroutines. Fed with events by
 * TraceSummaries. Times are nanoseconds since the trace's start.
 *
 * A time that is not known holds `unset`: the trace clock's zero, which the reference takes for "none".
 * It lies before the start, except in v1 traces, where it is the time of the first event. A goroutine
 * that was running at such a time has indeed no known start.
 */
export class GoroutineAccounts {
  readonly unset: number
  /** 1 = the goroutine is part of the summary; others were only named, or contradict themselves. */
  known = new Uint8Array(0)
  /** String id of the function it starts with, 0 = not known. */
  name = new Int32Array(0)
  created = new Float64Array(0)
  /** First run, `unset` if it never ran. */
  started = new Float64Array(0)
  /** `unset` if it was alive at the end of the trace. */
  ended = new Float64Array(0)
  readonly stats = new ExecStats()

  // Since when it is in a state, `unset` if it is not.
  private running = new Float64Array(0)
  private runnable = new Float64Array(0)
  private waiting = new Float64Array(0)
  private waitReason = new Int32Array(0)
  private inSyscall = new Float64Array(0)
  /** Since when it is in a syscall without the proc it had. */
  private lostProc = new Float64Array(0)
  /** Row of its proc in a syscall + 1; 0 = none. */
  private syscallProc = new Int32Array(0)
  /** Row of a proc + 1 -> the goroutine in a syscall on it, -1 = none. Those without a proc share entry 0. */
  private onProc = new Int32Array(0)
  /** Goroutine and name of a range -> since when it is in it. */
  private readonly rangeStart = new PairTable()
  /** Proc and name of a range of it -> goroutine. */
  private readonly rangeOfProc = new PairTable()
  private syncTime = 0

  /** v1 traces may call a goroutine undetermined that they created. In others that comes after a gap. */
  private readonly gaps: boolean

  /** `minor` is NN of the header `go 1.NN trace`; `start` the absolute time of the first event. */
  constructor(minor: number, start: bigint) {
    this.gaps = minor >= 22
    this.unset = -Number(start)
  }

  /** Number of rows there is room for; rows beyond were never mentioned. */
  get capacity(): number {
    return this.known.length
  }

  /** Makes room for all rows of the tables. */
  ensure(tables: TraceTables): void {
    const { count } = tables.goroutines
    if (count > this.capacity) this.grow(capacityFor(count))
    const procs = tables.procs.count + 1
    if (procs > this.onProc.length) this.onProc = widerI32(this.onProc, capacityFor(procs), -1)
    this.rangeOfProc.ensure(procs)
  }

  sync(time: number): void {
    this.syncTime = time
  }

  isKnown(g: number): boolean {
    return g >= 0 && this.known[g] === 1
  }

  /** Whether event i finds a goroutine again after a gap in the trace: its accounts go on. */
  findsAgain(b: EventBlock, i: number): boolean {
    const g = b.res[i]
    if (!this.gaps || b.from[i] !== STATE.Undetermined) return false
    return this.known[g] === 1 && this.ended[g] === this.unset
  }

  /** Event i leaves the goroutine's old state. A goroutine that appears is entered into the summary. */
  leave(b: EventBlock, i: number): void {
    const g = b.res[i]
    const t = b.time[i]
    const { stats, unset } = this
    switch (b.from[i]) {
      case STATE.Undetermined:
        if (this.findsAgain(b, i)) this.closeStates(g)
        else this.enter(g, this.syncTime)
        this.beforeFirstEvent(b, i, t - this.syncTime)
        break
      case STATE.NotExist:
        this.enter(g, t)
        break
      case STATE.Running:
        stats.exec[g] += t - this.running[g]
        this.running[g] = unset
        break
      case STATE.Runnable:
        if (this.runnable[g] !== unset) stats.schedWait[g] += t - this.runnable[g]
        this.runnable[g] = unset
        break
      case STATE.Waiting:
        if (this.waiting[g] !== unset) stats.addBlocked(g, this.waitReason[g], t - this.waiting[g])
        this.waiting[g] = unset
        break
      case STATE.Syscall:
        this.leaveSyscall(g, t)
        break
    }
  }

  /** Event i enters a new state. True if that ends the goroutine. */
  arrive(b: EventBlock, i: number): boolean {
    const g = b.res[i]
    const t = b.time[i]
    switch (b.to[i]) {
      case STATE.Running:
        this.running[g] = t
        if (this.started[g] === this.unset) this.started[g] = t
        return false
      case STATE.Runnable:
        this.runnable[g] = t
        return false
      case STATE.Waiting:
        if (b.name[i] === NAME.forever) return true
        this.waiting[g] = t
        this.waitReason[g] = b.name[i]
        return false
      case STATE.Syscall:
        this.onProc[b.p[i] + 1] = g
        this.syscallProc[g] = b.p[i] + 2
        this.inSyscall[g] = t
        return false
      default:
        return b.to[i] === STATE.NotExist
    }
  }

  /** A goroutine in a syscall loses its proc if that becomes idle. */
  procIdle(proc: number, time: number): void {
    const g = this.onProc[proc + 1]
    if (g < 0) return
    this.lostProc[g] = time
    this.onProc[proc + 1] = -1
  }

  /** Event i begins a range, or says that it is active. */
  rangeOpen(b: EventBlock, i: number, active: boolean): void {
    const name = b.name[i]
    const onProc = b.from[i] === SCOPE.Proc
    if (!onProc && b.from[i] !== SCOPE.Goroutine) return
    const g = onProc ? b.g[i] : b.res[i]
    if (!this.isKnown(g)) return
    // Ranges of procs belong to no goroutine, but if one is there all the time it is taken to be its own.
    if (onProc) this.rangeOfProc.set(b.res[i] + 1, name, g)
    const known = this.rangeStart.find(g, name)
    if (active && known >= 0) this.stats.ranges.add(g, name, this.syncTime - this.rangeStart.value[known])
    const start = active ? this.syncTime : b.time[i]
    if (start === this.unset) this.rangeStart.delete(g, name)
    else this.rangeStart.set(g, name, start)
  }

  rangeEnd(b: EventBlock, i: number): void {
    const name = b.name[i]
    let g = -1
    if (b.from[i] === SCOPE.Goroutine) g = b.res[i]
    else if (b.from[i] === SCOPE.Proc) {
      const entry = this.rangeOfProc.find(b.res[i] + 1, name)
      if (entry >= 0 && this.rangeOfProc.value[entry] === b.g[i]) g = b.g[i]
      this.rangeOfProc.delete(b.res[i] + 1, name)
    }
    if (!this.isKnown(g)) return
    const entry = this.rangeStart.find(g, name)
    if (entry < 0) return
    this.stats.ranges.add(g, name, b.time[i] - this.rangeStart.value[entry])
    this.rangeStart.delete(g, name)
  }

  /** Writes the goroutine's accounts at a time, open states included, into a clear row of `out`. */
  snapshot(g: number, time: number, out: ExecStats, row: number): void {
    out.copy(row, this.stats, g)
    this.addOpen(g, time, out, row)
  }

  /**
   * Closes the accounts at a time. `ended` is that time if the goroutine ends there, `unset` at the end of
   * the trace. Closing a second time changes nothing.
   */
  close(g: number, time: number, ended: number): void {
    if (ended !== this.unset) this.ended[g] = ended
    this.addOpen(g, time, this.stats, g)
    this.closeStates(g)
  }

  private addOpen(g: number, time: number, out: ExecStats, row: number): void {
    const { unset } = this
    if (out.total[row] === 0) out.total[row] = time - this.created[g]
    if (this.running[g] !== unset) out.exec[row] += time - this.running[g]
    if (this.runnable[g] !== unset) out.schedWait[row] += time - this.runnable[g]
    if (this.waiting[g] !== unset) out.addBlocked(row, this.waitReason[g], time - this.waiting[g])
    if (this.inSyscall[g] !== unset) out.syscall[row] += time - this.inSyscall[g]
    if (this.lostProc[g] !== unset) out.schedWait[row] += time - this.lostProc[g]
    const { rangeStart } = this
    for (let e = rangeStart.first(g); e >= 0; e = rangeStart.after(e))
      out.ranges.add(row, rangeStart.key(e), time - rangeStart.value[e])
  }

  private closeStates(g: number): void {
    const { unset } = this
    this.running[g] = this.runnable[g] = this.waiting[g] = this.inSyscall[g] = this.lostProc[g] = unset
    this.rangeStart.clear(g)
  }

  private enter(g: number, time: number): void {
    const { unset } = this
    this.known[g] = 1
    this.name[g] = NAME.empty
    this.created[g] = time
    this.started[g] = this.ended[g] = unset
    this.closeStates(g)
    this.stats.clear(g)
  }

  /** What is found at the start of a trace, or after a gap, had been so since the last Sync. */
  private beforeFirstEvent(b: EventBlock, i: number, time: number): void {
    const g = b.res[i]
    const { stats } = this
    switch (b.to[i]) {
      case STATE.Running:
        stats.exec[g] += time
        break
      case STATE.Waiting:
        stats.addBlocked(g, b.name[i], time)
        break
      case STATE.Runnable:
        stats.schedWait[g] += time
        break
      case STATE.Syscall:
        if (b.p[i] < 0) stats.syscallBlock[g] += time
        else stats.syscall[g] += time
        break
    }
  }

  private leaveSyscall(g: number, t: number): void {
    const { stats, unset } = this
    const since = this.inSyscall[g]
    if (since === unset) return
    const lost = this.lostProc[g]
    if (lost === unset) stats.syscall[g] += t - since
    else {
      stats.syscallBlock[g] += t - lost
      stats.syscall[g] += lost - since
    }
    this.inSyscall[g] = this.lostProc[g] = unset
    // Without an entry the reference forgets proc 0; there is always one while `inSyscall` is set.
    if (this.syscallProc[g] !== 0) this.onProc[this.syscallProc[g] - 1] = -1
    this.syscallProc[g] = 0
  }

  /** New rows need no `unset`: `enter` writes it, and rows that were not entered are not read. */
  private grow(capacity: number): void {
    this.known = widerU8(this.known, capacity)
    this.name = widerI32(this.name, capacity)
    this.created = widerF64(this.created, capacity)
    this.started = widerF64(this.started, capacity)
    this.ended = widerF64(this.ended, capacity)
    this.stats.ensure(capacity)
    this.running = widerF64(this.running, capacity)
    this.runnable = widerF64(this.runnable, capacity)
    this.waiting = widerF64(this.waiting, capacity)
    this.waitReason = widerI32(this.waitReason, capacity)
    this.inSyscall = widerF64(this.inSyscall, capacity)
    this.lostProc = widerF64(this.lostProc, capacity)
    this.syscallProc = widerI32(this.syscallProc, capacity)
    this.rangeStart.ensure(capacity)
  }
}

/**
 * Whether goroutines of that start function are the runtime's own. Those without a name count as such,
 * as threads of C do that were never seen in Go code.
 */
export function isSystemGoroutine(name: string): boolean {
  return name === '' || (name !== 'runtime.main' && name.startsWith('runtime.'))
}
