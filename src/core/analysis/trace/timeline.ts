import { GrowBytes, GrowIds, GrowU32, type IdColumn } from '../../base/grow.ts'
import { Int64Builder } from '../../base/int64.ts'
import { EVENT, type EventBlock, type EventSink, NAME, STATE, type TraceTables } from '../../model/trace.ts'
import { capacityFor, widerF64, widerU8 } from './columns.ts'
import { type BinnedSeries, StepSeries } from './counters.ts'
import {
  type GoroutineCounts,
  type GoroutineSpans,
  goroutineCounts,
  type LaneChanges,
  procCount,
  procSpans,
  threadSpans,
} from './lanes.ts'
import { indexSpans, statesByte, type TrackSpans } from './spans.ts'

/**
 * A trace as tracks. Those of goroutines are there at once, the others are made from them when they are
 * first asked for. 27 bytes per span of a goroutine (a transition is one), and 14 to 18 per span of a
 * proc or thread.
 */
export class Timeline {
  readonly goroutines: GoroutineSpans
  /** Bytes of heap objects, and the goal at which the next collection begins (0 = none). */
  readonly heap: StepSeries
  readonly heapGoal: StepSeries
  private readonly changes: LaneChanges
  private madeProcs: TrackSpans | undefined
  private madeThreads: TrackSpans | undefined
  private madeCounts: GoroutineCounts | undefined

  constructor(goroutines: GoroutineSpans, changes: LaneChanges, heap: StepSeries, heapGoal: StepSeries) {
    this.goroutines = goroutines
    this.changes = changes
    this.heap = heap
    this.heapGoal = heapGoal
  }

  /** Spans of procs, in the states of LANE_STATE; items are goroutine rows + 1. */
  get procs(): TrackSpans {
    this.madeProcs ??= procSpans(this.goroutines, this.changes)
    return this.madeProcs
  }

  /** Spans of threads, as those of procs. */
  get threads(): TrackSpans {
    this.madeThreads ??= threadSpans(this.goroutines, this.changes)
    return this.madeThreads
  }

  /** Goroutines by state. */
  get counts(): GoroutineCounts {
    this.madeCounts ??= goroutineCounts(this.goroutines)
    return this.madeCounts
  }

  /** Procs that threads have. */
  procCount(): BinnedSeries {
    return procCount(this.changes, this.goroutines.endTime)
  }
}

/** Collects the timeline of a trace. */
export class TimelineEvents implements EventSink {
  private count = 0
  private known: Float64Array
  private states: Uint8Array
  private readonly track: GrowIds
  private readonly stack: GrowIds
  private readonly reason: GrowIds
  private readonly by: GrowIds
  private readonly proc: GrowIds
  private readonly thread: GrowIds
  private readonly lane = {
    time: new Int64Builder(),
    proc: new GrowU32(),
    to: new GrowBytes(),
    since: new GrowBytes(),
    thread: new GrowU32(),
    workerTime: new Int64Builder(),
    worker: new GrowU32(),
  }
  private readonly heap = new StepSeries()
  private readonly heapGoal = new StepSeries()
  private lastTime = 0
  private tracks = 0

  /** `expected`: about how many events there will be. Room that is not used costs no memory. */
  constructor(expected = 0) {
    const rows = Math.max(1024, Math.min(expected, MAX_EXPECTED))
    this.known = new Float64Array(rows)
    this.states = new Uint8Array(rows)
    this.track = new GrowIds(rows)
    this.stack = new GrowIds(rows)
    this.reason = new GrowIds(rows)
    this.by = new GrowIds(rows)
    this.proc = new GrowIds(rows)
    this.thread = new GrowIds(rows)
  }

  block(b: EventBlock, tables: TraceTables): void {
    this.reserve(b.length)
    for (let i = 0; i < b.length; i++) {
      switch (b.kind[i]) {
        case EVENT.GoTransition:
          if (b.from[i] !== b.to[i] && b.res[i] >= 0) this.transition(b, i)
          break
        case EVENT.ProcTransition:
          if (b.from[i] !== b.to[i] && b.res[i] >= 0) this.procTransition(b, i)
          break
        case EVENT.Label:
          if (b.res[i] >= 0 && tables.strings.get(b.name[i]).startsWith('GC ')) {
            this.lane.workerTime.push(b.time[i])
            this.lane.worker.push(b.res[i])
          }
          break
        case EVENT.Metric:
          if (b.name[i] === NAME.heapObjects) this.heap.push(b.time[i], b.x[i])
          else if (b.name[i] === NAME.heapGoal)
            this.heapGoal.push(b.time[i], b.x[i] > LARGEST_GOAL ? 0 : b.x[i])
          break
      }
    }
    if (b.length > 0) this.lastTime = b.time[b.length - 1]
  }

  /** After the last event. The collector must not be used afterwards. */
  finish(): Timeline {
    const { count, lane } = this
    const column = (ids: GrowIds): IdColumn => ids.a.subarray(0, count)
    const spans = indexSpans({
      count,
      tracks: this.tracks,
      endTime: this.lastTime,
      known: this.known.subarray(0, count),
      track: column(this.track),
      states: this.states.subarray(0, count),
      item: new Uint8Array(0),
    })
    const goroutines: GoroutineSpans = {
      ...spans,
      stack: column(this.stack),
      reason: column(this.reason),
      by: column(this.by),
      proc: column(this.proc),
      thread: column(this.thread),
    }
    return new Timeline(goroutines, { ...lane, to: lane.to.a, since: lane.since.a }, this.heap, this.heapGoal)
  }

  /** A row. Columns are written directly: `reserve` made room for the block. */
  private transition(b: EventBlock, i: number): void {
    const row = this.count++
    const g = b.res[i]
    const from = b.from[i]
    const to = b.to[i]
    this.known[row] = b.time[i]
    // Undetermined and BEFORE are the same number: what is known of a goroutine at its first mention.
    this.states[row] = statesByte(from, to, true)
    set(this.track, row, g)
    if (g >= this.tracks) this.tracks = g + 1
    set(this.stack, row, b.stack[i])
    set(this.reason, row, b.name[i])
    set(this.by, row, b.g[i] === g ? 0 : b.g[i] + 1)
    const executes = to === STATE.Running || to === STATE.Syscall
    set(this.proc, row, executes ? b.p[i] + 1 : 0)
    set(this.thread, row, executes ? b.m[i] + 1 : 0)
  }

  private procTransition(b: EventBlock, i: number): void {
    const { lane } = this
    lane.time.push(b.time[i])
    lane.proc.push(b.res[i])
    lane.to.push(b.to[i])
    lane.since.push(b.from[i] === STATE.Undetermined ? 1 : 0)
    lane.thread.push(b.m[i] + 1)
  }

  private reserve(rows: number): void {
    const need = this.count + rows
    if (need <= this.known.length) return
    const capacity = capacityFor(need)
    this.known = widerF64(this.known, capacity)
    this.states = widerU8(this.states, capacity)
    for (const column of [this.track, this.stack, this.reason, this.by, this.proc, this.thread]) {
      column.length = this.count
      column.reserve(capacity - this.count)
    }
  }
}

/** A heap goal above this says that the collector is off. */
const LARGEST_GOAL = 2 ** 50

/** Columns are not made larger than for so many rows before they are needed. */
const MAX_EXPECTED = 1 << 26

function set(column: GrowIds, row: number, value: number): void {
  if (value > column.max) {
    column.length = row
    column.widen(value)
  }
  column.a[row] = value
}
