// Where latency came from: how long goroutines that could run had to wait for a processor and who was
// on it, which places blocked longest, who ran for long without a break, which threads sat in system calls.

import { EVENT, type EventBlock, type EventSink, STATE, type TraceTables } from '../../model/trace.ts'
import { capacityFor, widerF64, widerI32, widerU8 } from './columns.ts'
import { LogHistogram } from './log-histogram.ts'
import { TopList } from './top-list.ts'

/** A goroutine that waited for a processor. Times in ns since the start; rows of the trace's tables. */
export interface SchedDelay {
  readonly goroutine: number
  /** From when it could run, and for how long it did not. */
  readonly start: number
  readonly duration: number
  readonly proc: number
  /** Who ran on that processor before it, and for how long; -1 if nobody was seen there. */
  readonly before: number
  readonly beforeRan: number
}

/** A goroutine that ran for long while others could have. */
export interface LongRun {
  readonly goroutine: number
  readonly start: number
  readonly duration: number
  readonly proc: number
  /** Goroutines that were ready to run meanwhile, on average. */
  readonly waiting: number
  /** Stack at which it stopped, 0 = none. */
  readonly stack: number
}

/** Waiting for one reason at one stack. */
export interface BlockedPlace {
  /** String id. */
  readonly reason: number
  readonly stack: number
  readonly count: number
  readonly total: number
  readonly longest: number
}

export interface TraceLatency {
  /** Delays between ready and running, ns. */
  readonly delays: LogHistogram
  /** The longest, longest first. */
  readonly worst: readonly SchedDelay[]
  /** Longest runs with others waiting, longest first. */
  readonly runs: readonly LongRun[]
  /** Places by total time, most first. */
  readonly blocked: readonly BlockedPlace[]
  /** Proc row -> ns on which a goroutine ran. */
  readonly procBusy: Float64Array
  /** Thread row -> ns in system calls and how many; -1 rows are left out. */
  readonly threadSyscall: Float64Array
  readonly threadSyscalls: Float64Array
  /** Integral of the number of goroutines ready to run, divided by the time: the mean length of the run queues. */
  readonly meanReady: number
  readonly mostReady: number
}

/** Runs at least as long as this are candidates for `runs`, ns: the scheduler preempts after 10 ms. */
const LONG_RUN = 5e6

/** Sums latency. Feed it with all events, then ask `done`. */
export class LatencySink implements EventSink {
  private state = new Uint8Array(0)
  private since = new Float64Array(0)
  /** While waiting: entry of `place*`; in a system call: row of its thread. */
  private detail = new Int32Array(0)
  private readyAtStart = new Float64Array(0)

  private procGoroutine = new Int32Array(0)
  private procSince = new Float64Array(0)
  private procBefore = new Int32Array(0)
  private procBeforeRan = new Float64Array(0)
  private procBusy = new Float64Array(0)
  private threadSyscall = new Float64Array(0)
  private threadSyscalls = new Float64Array(0)

  private readonly places = new Map<number, number>()
  private readonly placeReason: number[] = []
  private readonly placeStack: number[] = []
  private placeCount = new Float64Array(64)
  private placeTotal = new Float64Array(64)
  private placeLongest = new Float64Array(64)

  private readonly delays = new LogHistogram()
  private readonly worst: TopList<SchedDelay>
  private readonly runs: TopList<LongRun>
  private ready = 0
  private mostReady = 0
  /** Integral of `ready` over time up to `readyTime`. */
  private readySum = 0
  private readyTime = 0

  /** `rows` is how many of the worst are kept of each kind. */
  constructor(rows = 10) {
    this.worst = new TopList(rows)
    this.runs = new TopList(rows)
  }

  block(b: EventBlock, tables: TraceTables): void {
    this.ensure(tables)
    const { kind, res, from, to } = b
    for (let i = 0; i < b.length; i++) {
      if (kind[i] !== EVENT.GoTransition) continue
      const g = res[i]
      if (from[i] === to[i]) continue
      this.leave(b, i, g)
      this.enter(b, i, g)
    }
  }

  /** Everything that goes on is cut off at `from`: how it ended is not known. */
  gap(from: number): void {
    this.tick(from)
    for (let p = 0; p < this.procGoroutine.length; p++) {
      const g = this.procGoroutine[p]
      if (g >= 0 && this.state[g] === STATE.Running) this.procBusy[p] += from - this.procSince[p]
    }
    this.state.fill(0)
    this.procGoroutine.fill(-1)
    this.procBefore.fill(-1)
    this.ready = 0
  }

  /** The sums; `end` is the time of the last event. Waits that were not over are not counted. */
  done(end: number): TraceLatency {
    for (let p = 0; p < this.procGoroutine.length; p++)
      if (this.procGoroutine[p] >= 0 && this.state[this.procGoroutine[p]] === STATE.Running)
        this.procBusy[p] += end - this.procSince[p]
    this.tick(end)
    const blocked = this.placeReason
      .map((reason, k) => ({
        reason,
        stack: this.placeStack[k],
        count: this.placeCount[k],
        total: this.placeTotal[k],
        longest: this.placeLongest[k],
      }))
      .filter((p) => p.count > 0)
      .sort((a, b) => b.total - a.total)
    return {
      delays: this.delays,
      worst: this.worst.done(),
      runs: this.runs.done(),
      blocked,
      procBusy: this.procBusy,
      threadSyscall: this.threadSyscall,
      threadSyscalls: this.threadSyscalls,
      meanReady: end > 0 ? this.readySum / end : 0,
      mostReady: this.mostReady,
    }
  }

  private ensure(tables: TraceTables): void {
    const { count } = tables.goroutines
    if (count > this.state.length) {
      const n = capacityFor(count)
      this.state = widerU8(this.state, n)
      this.since = widerF64(this.since, n)
      this.detail = widerI32(this.detail, n)
      this.readyAtStart = widerF64(this.readyAtStart, n)
    }
    if (tables.procs.count > this.procGoroutine.length) {
      const n = capacityFor(tables.procs.count)
      this.procGoroutine = widerI32(this.procGoroutine, n, -1)
      this.procBefore = widerI32(this.procBefore, n, -1)
      this.procSince = widerF64(this.procSince, n)
      this.procBeforeRan = widerF64(this.procBeforeRan, n)
      this.procBusy = widerF64(this.procBusy, n)
    }
    if (tables.threads.count > this.threadSyscall.length) {
      const n = capacityFor(tables.threads.count)
      this.threadSyscall = widerF64(this.threadSyscall, n)
      this.threadSyscalls = widerF64(this.threadSyscalls, n)
    }
  }

  private leave(b: EventBlock, i: number, g: number): void {
    const time = b.time[i]
    const spent = time - this.since[g]
    switch (this.state[g]) {
      case STATE.Runnable:
        this.tick(time)
        if (this.ready > 0) this.ready--
        if (b.to[i] === STATE.Running) this.delayed(b, i, g, spent)
        break
      case STATE.Running:
        this.stopped(b, i, g, spent)
        break
      case STATE.Waiting: {
        const place = this.detail[g]
        this.placeCount[place]++
        this.placeTotal[place] += spent
        if (spent > this.placeLongest[place]) this.placeLongest[place] = spent
        break
      }
      case STATE.Syscall:
        if (this.detail[g] >= 0) {
          this.threadSyscall[this.detail[g]] += spent
          this.threadSyscalls[this.detail[g]]++
        }
        break
    }
  }

  private enter(b: EventBlock, i: number, g: number): void {
    const time = b.time[i]
    const state = b.to[i]
    this.state[g] = state
    this.since[g] = time
    switch (state) {
      case STATE.Runnable:
        this.tick(time)
        if (++this.ready > this.mostReady) this.mostReady = this.ready
        break
      case STATE.Running: {
        this.tick(time)
        this.readyAtStart[g] = this.readySum
        const p = b.p[i]
        if (p >= 0) {
          this.procGoroutine[p] = g
          this.procSince[p] = time
        }
        break
      }
      case STATE.Waiting:
        this.detail[g] = this.placeOf(b.name[i], b.stack[i])
        break
      case STATE.Syscall:
        this.detail[g] = b.m[i]
        break
    }
  }

  private delayed(b: EventBlock, i: number, g: number, duration: number): void {
    this.delays.add(duration)
    if (!this.worst.wants(duration)) return
    const p = b.p[i]
    this.worst.add(duration, {
      goroutine: g,
      start: this.since[g],
      duration,
      proc: p,
      before: p >= 0 ? this.procBefore[p] : -1,
      beforeRan: p >= 0 ? this.procBeforeRan[p] : 0,
    })
  }

  private stopped(b: EventBlock, i: number, g: number, duration: number): void {
    const p = b.p[i]
    const time = b.time[i]
    if (p >= 0) {
      this.procBusy[p] += duration
      this.procBefore[p] = g
      this.procBeforeRan[p] = duration
      this.procGoroutine[p] = -1
    }
    if (duration < LONG_RUN || !this.runs.wants(duration)) return
    this.tick(time)
    const waiting = (this.readySum - this.readyAtStart[g]) / duration
    if (waiting >= 0.5)
      this.runs.add(duration, {
        goroutine: g,
        start: this.since[g],
        duration,
        proc: p,
        waiting,
        stack: b.stack[i],
      })
  }

  private placeOf(reason: number, stack: number): number {
    // Both are row numbers far below 2^26, so the key is exact.
    const key = reason * 0x4000000 + stack
    const known = this.places.get(key)
    if (known !== undefined) return known
    const place = this.placeReason.push(reason) - 1
    this.placeStack.push(stack)
    this.places.set(key, place)
    if (place >= this.placeCount.length) {
      const n = capacityFor(place + 1)
      this.placeCount = widerF64(this.placeCount, n)
      this.placeTotal = widerF64(this.placeTotal, n)
      this.placeLongest = widerF64(this.placeLongest, n)
    }
    return place
  }

  private tick(time: number): void {
    this.readySum += this.ready * (time - this.readyTime)
    this.readyTime = time
  }
}
