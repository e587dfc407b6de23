import type { Int } from '../../base/int64.ts'
import { EVENT, type EventBlock, type EventSink, STATE_NAMES, type TraceTables } from '../../model/trace.ts'
import { capacityFor, widerF64, widerU8 } from './columns.ts'

/** How often a metric was reported, and what. Values are unsigned and exact. */
export interface MetricCount {
  /** String id. */
  readonly name: number
  count: number
  first: Int
  last: Int
  max: Int
}

const STATES = STATE_NAMES.length

/** Counts of everything that events say, by string id or by state. */
export class TraceCounts implements EventSink {
  events = 0
  /** EVENT -> number of events. */
  readonly kinds = new Float64Array(Object.keys(EVENT).length)
  withStack = 0
  /** From * 7 + to -> number of transitions, those that change nothing included. */
  readonly goTransitions = new Float64Array(STATES * STATES)
  readonly procTransitions = new Float64Array(STATES * STATES)
  /** String id -> number; beyond the end: 0. Reasons of goroutine transitions ('' is not counted), … */
  reasons = new Float64Array(0)
  labels = new Float64Array(0)
  logCategories = new Float64Array(0)
  experimental = new Float64Array(0)
  /** String id of a range * 3 + (0 begin, 1 active, 2 end) -> number. */
  ranges = new Float64Array(0)
  readonly metrics = new Map<number, MetricCount>()
  private seenThread = new Uint8Array(0)
  private seenProc = new Uint8Array(0)

  block(b: EventBlock, tables: TraceTables): void {
    this.ensure(tables)
    this.events += b.length
    const { kinds, seenThread, seenProc } = this
    for (let i = 0; i < b.length; i++) {
      const kind = b.kind[i]
      kinds[kind]++
      if (b.stack[i] !== 0) this.withStack++
      if (b.m[i] >= 0) seenThread[b.m[i]] = 1
      if (b.p[i] >= 0) seenProc[b.p[i]] = 1
      switch (kind) {
        case EVENT.GoTransition:
          this.goTransitions[b.from[i] * STATES + b.to[i]]++
          if (b.name[i] !== 0) this.reasons[b.name[i]]++
          break
        case EVENT.ProcTransition:
          this.procTransitions[b.from[i] * STATES + b.to[i]]++
          break
        case EVENT.Metric:
          this.metric(b.name[i], b.wide.get(i * 4 + 1) ?? b.x[i])
          break
        case EVENT.Label:
          this.labels[b.name[i]]++
          break
        case EVENT.Log:
          this.logCategories[b.name[i]]++
          break
        case EVENT.Experimental:
          this.experimental[b.name[i]]++
          break
        case EVENT.RangeBegin:
        case EVENT.RangeActive:
          this.ranges[b.name[i] * 3 + kind - EVENT.RangeBegin]++
          break
        case EVENT.RangeEnd:
          this.ranges[b.name[i] * 3 + 2]++
          break
      }
    }
  }

  /** Number of distinct threads, and procs, that events came from. */
  get threads(): number {
    return this.seenThread.reduce((n, seen) => n + seen, 0)
  }

  get procs(): number {
    return this.seenProc.reduce((n, seen) => n + seen, 0)
  }

  private metric(name: number, value: Int): void {
    const known = this.metrics.get(name)
    if (known === undefined) {
      this.metrics.set(name, { name, count: 1, first: value, last: value, max: value })
      return
    }
    known.count++
    known.last = value
    if (value > known.max) known.max = value
  }

  private ensure(tables: TraceTables): void {
    const strings = tables.strings.count
    if (strings > this.reasons.length) {
      const capacity = capacityFor(strings)
      this.reasons = widerF64(this.reasons, capacity)
      this.labels = widerF64(this.labels, capacity)
      this.logCategories = widerF64(this.logCategories, capacity)
      this.experimental = widerF64(this.experimental, capacity)
      this.ranges = widerF64(this.ranges, 3 * capacity)
    }
    if (tables.threads.count > this.seenThread.length)
      this.seenThread = widerU8(this.seenThread, capacityFor(tables.threads.count))
    if (tables.procs.count > this.seenProc.length)
      this.seenProc = widerU8(this.seenProc, capacityFor(tables.procs.count))
  }
}
