// A part of a trace as a trace of its own: a window of time, some goroutines, what ran on one proc. Whatever is
// computed of traces can be computed of the part.

import type { Int } from '../../base/int64.ts'
import {
  EVENT,
  type EventBlock,
  type EventSink,
  eventBlock,
  NAME,
  SCOPE,
  STATE,
  type TraceTables,
} from '../../model/trace.ts'
import { capacityFor, widerI32, widerU8 } from './columns.ts'

/** What of a trace is wanted; parts that are left out set no limit. Times in ns since the trace's start. */
export interface Selection {
  readonly from?: number
  readonly to?: number
  /** Goroutines by id, with the times in which they are wanted (from, to, from, … in order, apart), or undefined: always. */
  readonly goroutines?: ReadonlyMap<Int, readonly number[] | undefined>
  /** Id of the proc on which goroutines are wanted. */
  readonly proc?: Int
}

/**
 * Passes on the events of a selection. Times count from the selection's start. What is going on there is
 * established as a trace's first events do it; a goroutine that comes into or drops out of the selection later
 * appears and vanishes. Call `finish` after the last event.
 */
export class SelectSink implements EventSink {
  /** Events that were passed on. */
  events = 0
  private readonly sinks: readonly EventSink[]
  private readonly selection: Selection
  private readonly from: number
  private readonly to: number
  private readonly out = eventBlock()
  private tables: TraceTables | undefined
  private shifted: TraceTables | undefined
  private opened = false
  private lastTime = 0

  // Per goroutine.
  private state = new Uint8Array(0)
  private on = new Uint8Array(0)
  private reason = new Int32Array(0)
  private stack = new Int32Array(0)
  private created = new Int32Array(0)
  private proc = new Int32Array(0)
  private thread = new Int32Array(0)
  /** Index into its list of times of the first that is not past; -1 = not wanted at all. */
  private at = new Int32Array(0)
  private times: (readonly number[] | undefined)[] = []
  private known = 0
  /** Proc row -> STATE. */
  private procState = new Uint8Array(0)
  private procThread = new Int32Array(0)
  /** Open ranges by scope, resource and name; last value of each metric. */
  private readonly ranges = new Map<string, { name: number; scope: number; res: number; stack: number }>()
  private readonly metrics = new Map<number, number>()

  constructor(selection: Selection, sinks: readonly EventSink[]) {
    this.selection = selection
    this.sinks = sinks
    this.from = Math.max(0, selection.from ?? 0)
    this.to = selection.to ?? Number.POSITIVE_INFINITY
  }

  /** How long the selected time lasts, ns: time 0 of what is passed on is `from` of the trace. */
  duration(lastTime = this.lastTime): number {
    return Math.max(0, Math.min(lastTime, this.to) - this.from)
  }

  block(b: EventBlock, tables: TraceTables): void {
    if (this.tables !== tables) {
      this.tables = tables
      this.shifted = { ...tables, start: tables.start + BigInt(Math.round(this.from)) }
    }
    this.ensure(tables)
    for (let i = 0; i < b.length; i++) {
      const time = b.time[i]
      if (time > this.to) break
      if (!this.opened && time >= this.from) this.open()
      const inside = this.opened
      switch (b.kind[i]) {
        case EVENT.GoTransition:
          this.goroutine(b, i, inside)
          break
        case EVENT.ProcTransition:
          if (inside && this.wantsProc(b.res[i])) this.copy(b, i)
          this.procState[b.res[i]] = b.to[i]
          this.procThread[b.res[i]] = b.m[i]
          break
        case EVENT.RangeBegin:
        case EVENT.RangeActive:
        case EVENT.RangeEnd:
          this.range(b, i, inside)
          break
        case EVENT.Metric:
          if (inside) this.copy(b, i)
          else this.metrics.set(b.name[i], b.x[i])
          break
        case EVENT.Sync:
        case EVENT.Experimental:
          if (inside) this.copy(b, i)
          break
        default:
          if (inside) this.ofGoroutine(b, i)
      }
    }
    if (b.length > 0) this.lastTime = b.time[b.length - 1]
  }

  gap(from: number, reason: string): void {
    this.flush()
    this.state.fill(0)
    this.on.fill(0)
    this.procState.fill(0)
    this.ranges.clear()
    if (!this.opened || from > this.to) return
    for (const sink of this.sinks) sink.gap?.(Math.max(0, from - this.from), reason)
  }

  finish(): void {
    if (!this.opened && this.tables !== undefined && this.lastTime >= this.from) this.open()
    this.flush()
  }

  // ---- events

  private goroutine(b: EventBlock, i: number, inside: boolean): void {
    const g = b.res[i]
    if (g < 0) return
    const was = this.on[g]
    const to = b.to[i]
    if (inside && was === 0 && this.state[g] !== 0 && this.wanted(g, b.time[i])) this.enter(g, b.time[i])
    const here = this.on[g]
    if (b.extra[i] > 0 && (this.created[g] <= 0 || b.from[i] === STATE.NotExist)) this.created[g] = b.extra[i]
    this.state[g] = to === STATE.NotExist ? 0 : to
    this.reason[g] = b.name[i]
    this.stack[g] = b.stack[i]
    if (to === STATE.Running || to === STATE.Syscall) {
      this.proc[g] = b.p[i]
      this.thread[g] = b.m[i]
    }
    if (!inside) return
    const now = to === STATE.NotExist ? here === 1 : this.wanted(g, b.time[i])
    if (here === 0 && !now) return
    const row = this.copy(b, i)
    if (here === 0 && b.from[i] !== STATE.NotExist && b.from[i] !== STATE.Undetermined)
      this.out.from[row] = STATE.NotExist
    if (here === 0) this.out.extra[row] = this.created[g] > 0 ? this.created[g] : b.extra[i]
    if (!now) this.out.to[row] = STATE.NotExist
    this.on[g] = now && to !== STATE.NotExist ? 1 : 0
  }

  /** Regions, logs, labels, samples, tasks: they belong to the goroutine in whose context they are. */
  private ofGoroutine(b: EventBlock, i: number): void {
    const { goroutines, proc } = this.selection
    const g = b.kind[i] === EVENT.Label ? b.res[i] : b.g[i]
    if (goroutines === undefined && proc === undefined) this.copy(b, i)
    else if (g >= 0) {
      const time = b.time[i]
      if (this.on[g] === 0 && this.state[g] !== 0 && this.wanted(g, time)) this.enter(g, time)
      if (this.on[g] === 0) return
      this.copy(b, i)
      // The last of its times may end with this very event.
      if (this.wanted(g, time + 0.5)) return
      this.leave(g, time)
    }
  }

  private range(b: EventBlock, i: number, inside: boolean): void {
    const scope = b.from[i]
    const res = scope === SCOPE.None ? -1 : b.res[i]
    const key = `${scope} ${res} ${b.name[i]}`
    if (b.kind[i] === EVENT.RangeEnd) this.ranges.delete(key)
    else this.ranges.set(key, { name: b.name[i], scope, res, stack: b.stack[i] })
    if (!inside) return
    if (scope === SCOPE.Goroutine && this.on[res] === 0) return
    if (scope === SCOPE.Proc && !this.wantsProc(res)) return
    this.copy(b, i)
  }

  // ---- what is wanted

  private wantsProc(row: number): boolean {
    return this.selection.proc === undefined || this.tables?.procs.id(row) === this.selection.proc
  }

  private wanted(g: number, time: number): boolean {
    if (this.at[g] < 0) return false
    const times = this.times[g]
    if (times !== undefined) {
      let k = this.at[g]
      while (k < times.length && times[k + 1] < time) k += 2
      this.at[g] = k
      if (k >= times.length || times[k] > time) return false
    }
    if (this.selection.proc === undefined) return true
    const state = this.state[g]
    return (
      (state === STATE.Running || state === STATE.Syscall) &&
      this.proc[g] >= 0 &&
      this.wantsProc(this.proc[g])
    )
  }

  // ---- made-up events

  /** The selection's first moment: what is going on. */
  private open(): void {
    this.opened = true
    if (this.from === 0) return
    const time = this.from
    this.out.x[this.add(EVENT.Sync, time)] = 1
    this.out.extra[this.out.length - 1] = -1
    for (const [name, value] of this.metrics) {
      const row = this.add(EVENT.Metric, time)
      this.out.name[row] = name
      this.out.x[row] = value
    }
    for (let p = 0; p < this.procState.length; p++) {
      if (
        this.procState[p] === STATE.Undetermined ||
        this.procState[p] === STATE.NotExist ||
        !this.wantsProc(p)
      )
        continue
      const row = this.add(EVENT.ProcTransition, time)
      this.out.res[row] = p
      this.out.from[row] = STATE.Undetermined
      this.out.to[row] = this.procState[p]
      this.out.m[row] = this.procThread[p]
    }
    for (let g = 0; g < this.known; g++)
      if (this.state[g] !== 0 && this.wanted(g, time)) this.enter(g, time, STATE.Undetermined)
    for (const r of this.ranges.values()) {
      if (r.scope === SCOPE.Goroutine && this.on[r.res] === 0) continue
      if (r.scope === SCOPE.Proc && !this.wantsProc(r.res)) continue
      const row = this.add(EVENT.RangeActive, time)
      this.out.name[row] = r.name
      this.out.from[row] = r.scope
      this.out.res[row] = r.res
      this.out.stack[row] = r.stack
    }
  }

  private enter(g: number, time: number, from: number = STATE.NotExist): void {
    this.on[g] = 1
    const state = this.state[g]
    const row = this.add(EVENT.GoTransition, time)
    const { out } = this
    out.res[row] = g
    out.from[row] = from
    out.to[row] = state
    out.name[row] = state === STATE.Waiting ? this.reason[g] : NAME.empty
    out.stack[row] = this.stack[g]
    out.extra[row] = this.created[g] > 0 ? this.created[g] : -1
    if (state !== STATE.Running && state !== STATE.Syscall) return
    out.p[row] = this.proc[g]
    out.m[row] = this.thread[g]
    out.g[row] = g
  }

  private leave(g: number, time: number): void {
    this.on[g] = 0
    const row = this.add(EVENT.GoTransition, time)
    const { out } = this
    out.res[row] = g
    out.from[row] = this.state[g]
    out.to[row] = STATE.NotExist
    out.name[row] = NAME.empty
    out.stack[row] = 0
    out.extra[row] = -1
    out.g[row] = g
    out.p[row] = this.proc[g]
    out.m[row] = this.thread[g]
  }

  private add(kind: number, time: number): number {
    const { out } = this
    if (out.length === out.kind.length) this.flush()
    const row = out.length++
    out.kind[row] = kind
    out.time[row] = Math.max(0, time - this.from)
    out.m[row] = out.p[row] = out.g[row] = -1
    out.stack[row] = 0
    return row
  }

  private copy(b: EventBlock, i: number): number {
    const { out } = this
    if (out.length === out.kind.length) this.flush()
    const row = out.length++
    out.kind[row] = b.kind[i]
    out.time[row] = b.time[i] - this.from
    out.m[row] = b.m[i]
    out.p[row] = b.p[i]
    out.g[row] = b.g[i]
    out.stack[row] = b.stack[i]
    out.res[row] = b.res[i]
    out.name[row] = b.name[i]
    out.extra[row] = b.extra[i]
    out.from[row] = b.from[i]
    out.to[row] = b.to[i]
    out.x[row] = b.x[i]
    out.y[row] = b.y[i]
    out.z[row] = b.z[i]
    if (b.wide.size > 0)
      for (let k = 1; k < 4; k++) {
        const exact = b.wide.get(i * 4 + k)
        if (exact !== undefined) out.wide.set(row * 4 + k, exact)
      }
    return row
  }

  private flush(): void {
    const { out, shifted } = this
    if (out.length === 0 || shifted === undefined) return
    this.events += out.length
    for (const sink of this.sinks) sink.block(out, shifted)
    out.length = 0
    out.wide.clear()
  }

  private ensure(tables: TraceTables): void {
    const { count } = tables.goroutines
    if (count > this.state.length) {
      const n = capacityFor(count)
      this.state = widerU8(this.state, n)
      this.on = widerU8(this.on, n)
      this.reason = widerI32(this.reason, n)
      this.stack = widerI32(this.stack, n)
      this.created = widerI32(this.created, n)
      this.proc = widerI32(this.proc, n, -1)
      this.thread = widerI32(this.thread, n, -1)
      this.at = widerI32(this.at, n)
    }
    const { goroutines } = this.selection
    if (goroutines !== undefined)
      for (; this.known < count; this.known++) {
        const id = tables.goroutines.id(this.known)
        this.at[this.known] = goroutines.has(id) ? 0 : -1
        this.times[this.known] = goroutines.get(id)
      }
    this.known = count
    const procs = tables.procs.count
    if (procs > this.procState.length) {
      this.procState = widerU8(this.procState, capacityFor(procs))
      this.procThread = widerI32(this.procThread, capacityFor(procs), -1)
    }
  }
}
