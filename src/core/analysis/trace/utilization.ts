// Mutator utilization: which share of the procs ran the program rather than the garbage collector.
//
// There are 32 ways to count (facts.md, "Mutator utilization"), and few events matter to any of them.
// So one pass keeps those few as columns, and each way is computed from the columns alone.

import { GrowBytes, GrowU32 } from '../../base/grow.ts'
import {
  EVENT,
  type EventBlock,
  type EventSink,
  NAME,
  SCOPE,
  STATE,
  type TraceTables,
} from '../../model/trace.ts'
import { widerF64, widerI32, widerU8 } from './columns.ts'

/** What counts as time that the collector takes from the program. */
export interface UtilizationFlags {
  /** Each proc has a series of its own; else there is one, of the share of procs. */
  readonly perProc: boolean
  readonly stw: boolean
  readonly background: boolean
  readonly assist: boolean
  readonly sweep: boolean
}

/**
 * Utilization as a step function: `util[i]` from `time[i]` to `time[i + 1]`. Times in ns since the
 * trace's start, strictly increasing; the last value only marks the end.
 */
export interface UtilizationSeries {
  readonly time: Float64Array
  readonly util: Float64Array
}

/** Rows of the collected columns. */
const OP = { procs: 0, on: 1, off: 2, active: 3 } as const

/** Who takes the time; a goroutine can be several of them. */
const BY = { stw: 1, sweep: 2, assist: 4, worker: 8, dedicated: 16 } as const

/** More procs than any machine has: only broken traces say so. */
const MAX_PROCS = 1 << 16

/** Set in `proc` where the event had no proc that a list of procs can hold. */
const NO_PROC = -1

/** Collects what utilization depends on. Ask `series` after the last event. */
export class UtilizationEvents implements EventSink {
  private length = 0
  private time = new Float64Array(256)
  private op = new Uint8Array(256)
  private by = new Uint8Array(256)
  /** Proc number; of OP.procs: how many procs there are from now on, NO_PROC if it is absurd. */
  private proc = new Int32Array(256)
  private lastTime = 0
  private any = false
  private procs = 0
  private syncs = 0
  /** Goroutine row -> bits of BY that it is at the moment (assist) or once became (worker, dedicated). */
  private readonly roles = new GrowBytes()
  /** Goroutine row -> 1 while it executes. */
  private readonly executing = new GrowBytes()
  /** String id -> what a range or label of that name is, -1 = not looked at yet. */
  private readonly rangeKinds: number[] = []
  private readonly labelKinds: number[] = []

  block(b: EventBlock, tables: TraceTables): void {
    for (let i = 0; i < b.length; i++) {
      switch (b.kind[i]) {
        case EVENT.GoTransition:
          if (this.procs > 0) this.transition(b, i, tables)
          break
        case EVENT.RangeBegin:
        case EVENT.RangeActive:
        case EVENT.RangeEnd:
          if (this.procs > 0) this.range(b, i, tables)
          break
        case EVENT.Label:
          if (this.procs > 0) this.label(b, i, tables)
          break
        case EVENT.Sync:
          this.syncs = b.x[i]
          break
        case EVENT.Metric:
          if (b.name[i] === NAME.gomaxprocs) this.setProcs(b.time[i], b.x[i])
          break
      }
    }
    if (b.length > 0) {
      this.lastTime = b.time[b.length - 1]
      this.any = true
    }
  }

  /**
   * The series of one way to count: one, or one for each proc that there was. Empty if the trace tells
   * no number of procs. Undefined if its events contradict each other.
   */
  series(flags: UtilizationFlags): UtilizationSeries[] | undefined {
    if (!this.any) return []
    const counter = new Counter(flags.perProc)
    const mask =
      (flags.stw ? BY.stw : 0) |
      (flags.sweep ? BY.sweep : 0) |
      (flags.assist ? BY.assist : 0) |
      (flags.background ? BY.worker : 0) |
      // A dedicated worker takes a whole proc, on which then no goroutine is slowed down.
      (flags.background && !flags.perProc ? BY.dedicated : 0)
    for (let i = 0; i < this.length; i++) {
      const op = this.op[i]
      if (op === OP.procs) {
        if (!counter.setProcs(this.time[i], this.proc[i])) return undefined
        continue
      }
      const by = this.by[i] & mask
      if (by === 0) continue
      if (op === OP.active && (by & (BY.sweep | BY.assist)) !== 0 && (this.by[i] & BACKDATED) !== 0)
        counter.backdate()
      const delta = op === OP.off ? -1 : 1
      if (by === BY.stw) counter.addStw(this.time[i], delta)
      else if (!counter.addGc(this.time[i], this.proc[i], delta)) return undefined
    }
    return counter.finish(this.lastTime)
  }

  private setProcs(time: number, count: number): void {
    const sane = count <= MAX_PROCS
    this.procs = sane ? count : 1
    this.push(time, OP.procs, 0, sane ? count : NO_PROC)
  }

  private range(b: EventBlock, i: number, tables: TraceTables): void {
    const by = this.rangeKind(b.name[i], tables)
    if (by === 0) return
    const kind = b.kind[i]
    // From the second generation on, this is known already.
    if (kind === EVENT.RangeActive && this.syncs > 1) return
    const g = by === BY.assist && b.from[i] === SCOPE.Goroutine ? b.res[i] : -1
    if (kind === EVENT.RangeEnd) {
      if (g >= 0) setAt(this.roles, g, at(this.roles, g) & ~BY.assist)
      this.push(b.time[i], OP.off, by, procNumber(b, i, tables))
      return
    }
    if (g >= 0) setAt(this.roles, g, at(this.roles, g) | BY.assist)
    if (kind === EVENT.RangeBegin) this.push(b.time[i], OP.on, by, procNumber(b, i, tables))
    else {
      const backdated = by === BY.sweep || (b.g[i] >= 0 && at(this.executing, b.g[i]) === 1)
      this.push(b.time[i], OP.active, backdated ? by | BACKDATED : by, procNumber(b, i, tables))
    }
  }

  private label(b: EventBlock, i: number, tables: TraceTables): void {
    const by = this.labelKind(b.name[i], tables)
    if (by === 0) return
    const g = b.g[i]
    if (g >= 0) setAt(this.roles, g, at(this.roles, g) | by)
    this.push(b.time[i], OP.on, by, procNumber(b, i, tables))
  }

  private transition(b: EventBlock, i: number, tables: TraceTables): void {
    const g = b.res[i]
    const from = b.from[i] === STATE.Running || b.from[i] === STATE.Syscall
    const to = b.to[i] === STATE.Running || b.to[i] === STATE.Syscall
    // Syncs count from 1: after the second, nothing asks who executes.
    if (this.syncs <= 1) setAt(this.executing, g, to ? 1 : 0)
    const roles = at(this.roles, g)
    if (roles !== 0 && from !== to) this.push(b.time[i], to ? OP.on : OP.off, roles, procNumber(b, i, tables))
  }

  private rangeKind(name: number, tables: TraceTables): number {
    if (name === NAME.gcSweep) return BY.sweep
    if (name === NAME.gcMarkAssist) return BY.assist
    return remembered(this.rangeKinds, name, tables, isGcStop) ? BY.stw : 0
  }

  private labelKind(name: number, tables: TraceTables): number {
    if (!remembered(this.labelKinds, name, tables, isWorker)) return 0
    return tables.strings.get(name) === 'GC (dedicated)' ? BY.dedicated : BY.worker
  }

  private push(time: number, op: number, by: number, proc: number): void {
    if (this.length === this.time.length) this.grow()
    const i = this.length++
    this.time[i] = time
    this.op[i] = op
    this.by[i] = by
    this.proc[i] = proc
  }

  private grow(): void {
    const n = this.length * 2
    this.time = widerF64(this.time, n)
    this.op = widerU8(this.op, n)
    this.by = widerU8(this.by, n)
    this.proc = widerI32(this.proc, n)
  }
}

/** In `by` of OP.active: it counts back to the start of the trace. */
const BACKDATED = 128

/** Stops for other reasons (a trace that starts, a profile) are not the collector's. */
function isGcStop(name: string): boolean {
  return name.startsWith('stop-the-world') && name.includes('GC')
}

function isWorker(label: string): boolean {
  return label.startsWith('GC ') && label !== 'GC (idle)'
}

function remembered(kinds: number[], name: number, tables: TraceTables, is: (s: string) => boolean): boolean {
  while (kinds.length <= name) kinds.push(-1)
  if (kinds[name] === -1) kinds[name] = is(tables.strings.get(name)) ? 1 : 0
  return kinds[name] === 1
}

function procNumber(b: EventBlock, i: number, tables: TraceTables): number {
  if (b.p[i] < 0) return NO_PROC
  const id = tables.procs.id(b.p[i])
  return typeof id === 'number' && id >= 0 && id < MAX_PROCS ? id : NO_PROC
}

function at(column: GrowBytes, row: number): number {
  return row < column.length ? column.a[row] : 0
}

function setAt(column: GrowBytes, row: number, value: number): void {
  if (row >= column.length) {
    column.reserve(row + 1 - column.length)
    column.length = row + 1
  }
  column.a[row] = value
}

/** Grows one series. */
class SeriesBuilder {
  private length = 0
  private time = new Float64Array(16)
  private util = new Float64Array(16)
  /** Step -> how often `lower` was called before it was added. */
  private readonly before = new GrowU32()
  private lowered = 0

  constructor(time: number) {
    this.push(time, 1)
  }

  get lastTime(): number {
    return this.time[this.length - 1]
  }

  /** Equal values are one step; of two values at one time the lower stays. */
  add(time: number, util: number): void {
    const last = this.length - 1
    if (this.util[last] === util) return
    if (this.time[last] === time) this.util[last] = Math.min(this.util[last], util)
    else this.push(time, util)
  }

  /**
   * Takes a share from all steps so far, `share` from the last one. The others are looked at once, in
   * `done`: many things can be found to be active late.
   */
  lower(share: number): void {
    const last = this.length - 1
    this.util[last] = Math.max(0, this.util[last] - share)
    this.before.a[last] = ++this.lowered
  }

  /** `share(time)`: what `lower` takes from a step; asked for in order of time. */
  done(share: (time: number) => number): UtilizationSeries {
    const { length, time, util } = this
    if (this.lowered > 0)
      for (let i = 0; i < length; i++) {
        const times = this.lowered - this.before.a[i]
        if (times > 0) util[i] = Math.max(0, util[i] - times * share(time[i]))
      }
    return { time: time.subarray(0, length), util: util.subarray(0, length) }
  }

  private push(time: number, util: number): void {
    if (this.length === this.time.length) {
      this.time = widerF64(this.time, this.length * 2)
      this.util = widerF64(this.util, this.length * 2)
    }
    this.time[this.length] = time
    this.util[this.length++] = util
    this.before.push(this.lowered)
  }
}

/** Counts what is at work on each proc. */
class Counter {
  private readonly perProc: boolean
  private readonly out: SeriesBuilder[] = []
  /** Proc number -> collector's activities on it, its series. */
  private readonly gc: number[] = []
  private readonly own: number[] = []
  private busy = 0
  private stw = 0
  /** How the number of procs changed. */
  private readonly changes: { time: number; count: number }[] = []

  constructor(perProc: boolean) {
    this.perProc = perProc
  }

  setProcs(time: number, count: number): boolean {
    if (count < 0) return false
    while (this.gc.length > count) {
      const p = this.gc.length - 1
      if (this.perProc) this.out[this.own[p]].add(time, 0)
      if (this.gc[p] > 0) this.busy--
      this.gc.pop()
      this.own.pop()
    }
    while (this.gc.length < count) {
      if (this.perProc || this.out.length === 0) this.out.push(new SeriesBuilder(time))
      this.gc.push(0)
      this.own.push(this.out.length - 1)
    }
    if (this.changes.at(-1)?.count !== count) this.changes.push({ time, count })
    this.recordAll(time)
    return true
  }

  addStw(time: number, delta: number): void {
    this.stw += delta
    this.recordAll(time)
  }

  /** False if there is no such proc. */
  addGc(time: number, proc: number, delta: number): boolean {
    if (proc < 0 || proc >= this.gc.length) return false
    const before = this.gc[proc]
    this.gc[proc] += delta
    this.busy += Number(before + delta > 0) - Number(before > 0)
    if (this.perProc) this.recordProc(time, proc)
    else this.recordAll(time)
    return true
  }

  /** Something on one proc has been going on since the start: it was free in no step so far. */
  backdate(): void {
    if (this.perProc) return
    const { changes } = this
    const series = this.out[0]
    let c = changes.length - 1
    while (c > 0 && changes[c].time >= series.lastTime) c--
    series.lower(1 / changes[c].count)
  }

  finish(time: number): UtilizationSeries[] {
    for (const series of this.own) this.out[series].add(time, 0)
    const { changes } = this
    let c = 0
    const share = (at: number): number => {
      while (c < changes.length - 1 && changes[c + 1].time < at) c++
      return 1 / changes[c].count
    }
    return this.out.map((series) => series.done(share))
  }

  private recordAll(time: number): void {
    const procs = this.gc.length
    if (procs === 0) return
    if (this.perProc) for (let p = 0; p < procs; p++) this.recordProc(time, p)
    else this.out[0].add(time, 1 - (this.stw > 0 ? procs : this.busy) / procs)
  }

  private recordProc(time: number, proc: number): void {
    this.out[this.own[proc]].add(time, this.stw > 0 || this.gc[proc] > 0 ? 0 : 1)
  }
}
