import { GrowU32 } from '../../base/grow.ts'
import { addInt, type Int } from '../../base/int64.ts'
import { EVENT, type EventBlock, type EventSink, NAME, SCOPE, type TraceTables } from '../../model/trace.ts'

/** A stretch of time, ns since the trace's start. */
export interface GcSpan {
  /** String id of the range. */
  readonly name: number
  readonly start: number
  readonly duration: number
}

/** All the time that goroutines or procs spent in ranges of one kind. */
export interface RangeTotal {
  readonly count: number
  /** Sum, ns; those that were open at the end of the trace included. */
  readonly time: number
  readonly longest: number
}

/** What the garbage collector did. */
export interface GcFacts {
  /** Mark phases that ended, in the order of their ends. */
  readonly marks: readonly GcSpan[]
  /** Start of a mark phase that was still going on at the end; undefined if there was none. */
  readonly openMark: number | undefined
  /** Times at which the world was stopped, for whatever reason, in the order of their ends. */
  readonly stops: readonly GcSpan[]
  readonly assist: RangeTotal
  readonly sweep: RangeTotal
  /** Bytes that sweeps looked at, and that they gave back. */
  readonly sweptBytes: Int
  readonly reclaimedBytes: Int
}

/** Collects the work of the garbage collector. Ask `facts` after the last event. */
export class GcEvents implements EventSink {
  private readonly marks: GcSpan[] = []
  private markStart: number | undefined
  private readonly stops: GcSpan[] = []
  /** Scope and resource -> start. */
  private readonly openStops = new Map<number, number>()
  private readonly assist = new OpenRanges()
  private readonly sweep = new OpenRanges()
  private syncs = 0
  private sweptBytes: Int = 0
  private reclaimedBytes: Int = 0
  private lastTime = 0
  /** String id + 1 of names of stops, found once each: name -> 1 no, 2 yes. */
  private readonly stopNames = new GrowU32()

  block(b: EventBlock, tables: TraceTables): void {
    for (let i = 0; i < b.length; i++) {
      const kind = b.kind[i]
      if (kind === EVENT.Sync) this.syncs++
      else if (kind >= EVENT.RangeBegin && kind <= EVENT.RangeEnd) this.range(b, i, tables)
    }
    if (b.length > 0) this.lastTime = b.time[b.length - 1]
  }

  facts(): GcFacts {
    return {
      marks: this.marks,
      openMark: this.markStart,
      stops: this.stops,
      assist: this.assist.total(this.lastTime),
      sweep: this.sweep.total(this.lastTime),
      sweptBytes: this.sweptBytes,
      reclaimedBytes: this.reclaimedBytes,
    }
  }

  private range(b: EventBlock, i: number, tables: TraceTables): void {
    const name = b.name[i]
    if (name === NAME.gcMark) this.mark(b, i)
    else if (name === NAME.gcMarkAssist) this.assist.event(b, i, this.syncs < 2)
    else if (name === NAME.gcSweep) this.sweep.event(b, i, this.syncs < 2)
    else if (this.isStop(name, tables)) this.stop(b, i)
    if (b.kind[i] === EVENT.RangeEnd && name === NAME.gcSweep) {
      this.sweptBytes = addInt(this.sweptBytes, b.wide.get(i * 4 + 1) ?? b.x[i])
      this.reclaimedBytes = addInt(this.reclaimedBytes, b.wide.get(i * 4 + 2) ?? b.y[i])
    }
  }

  private mark(b: EventBlock, i: number): void {
    if (b.kind[i] === EVENT.RangeBegin) this.markStart = b.time[i]
    else if (b.kind[i] === EVENT.RangeActive) {
      if (this.syncs < 2) this.markStart = 0
    } else {
      if (this.markStart !== undefined) this.marks.push(span(b, i, this.markStart))
      this.markStart = undefined
    }
  }

  private stop(b: EventBlock, i: number): void {
    const key = b.res[i] * 4 + b.from[i]
    if (b.kind[i] !== EVENT.RangeEnd) {
      this.openStops.set(key, b.time[i])
      return
    }
    const start = this.openStops.get(key)
    if (start !== undefined) this.stops.push(span(b, i, start))
    this.openStops.delete(key)
  }

  private isStop(name: number, tables: TraceTables): boolean {
    while (this.stopNames.length <= name) this.stopNames.push(0)
    if (this.stopNames.a[name] === 0)
      this.stopNames.a[name] = tables.strings.get(name).startsWith('stop-the-world') ? 2 : 1
    return this.stopNames.a[name] === 2
  }
}

function span(b: EventBlock, i: number, start: number): GcSpan {
  return { name: b.name[i], start, duration: b.time[i] - start }
}

/** Ranges of one kind, at most one open for each goroutine or proc. */
class OpenRanges {
  private readonly open = new Map<number, number>()
  private count = 0
  private time = 0
  private longest = 0

  event(b: EventBlock, i: number, first: boolean): void {
    const key = b.from[i] === SCOPE.None ? -1 : b.res[i]
    if (b.kind[i] === EVENT.RangeBegin) this.open.set(key, b.time[i])
    else if (b.kind[i] === EVENT.RangeActive) {
      // Later generations repeat what is known; in the first one the range began before the trace.
      if (first || !this.open.has(key)) this.open.set(key, first ? 0 : b.time[i])
    } else {
      const start = this.open.get(key)
      if (start !== undefined) this.add(b.time[i] - start)
      this.open.delete(key)
    }
  }

  total(end: number): RangeTotal {
    for (const start of this.open.values()) this.add(end - start)
    this.open.clear()
    return { count: this.count, time: this.time, longest: this.longest }
  }

  private add(duration: number): void {
    this.count++
    this.time += duration
    this.longest = Math.max(this.longest, duration)
  }
}
