import { GrowBytes, GrowIds, GrowU32, type IdColumn } from '../../base/grow.ts'
import { Int64Builder } from '../../base/int64.ts'
import { EVENT, type EventBlock, type EventSink, NAME, STATE, type TraceTables } from '../../model/trace.ts'
import { capacityFor, widerF64, widerI32, widerU8 } from './columns.ts'
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
import { BEFORE, drain, indexSpansSteps, statesByte, type TrackSpans, waitKind } from './spans.ts'

/**
 * A trace as tracks. Those of goroutines are there at once, the others are made from them when they are
 * first asked for. 27 bytes per span of a goroutine (a transition is one), and 14 to 18 per span of a
 * proc or thread.
 */
export class Timeline {
  readonly goroutines: GoroutineSpans
  /** Goroutine row -> string id of the function it starts with, and of its last label; 0 = not known. */
  readonly startFunction: Int32Array
  readonly label: Int32Array
  /** Bytes of heap objects, and the goal at which the next collection begins (0 = none). */
  readonly heap: StepSeries
  readonly heapGoal: StepSeries
  private readonly changes: LaneChanges
  private madeProcs: TrackSpans | undefined
  private madeThreads: TrackSpans | undefined
  private madeCounts: GoroutineCounts | undefined

  constructor(goroutines: GoroutineSpans, changes: LaneChanges, more: TimelineColumns) {
    this.goroutines = goroutines
    this.changes = changes
    this.startFunction = more.startFunction
    this.label = more.label
    this.heap = more.heap
    this.heapGoal = more.heapGoal
  }

  /** Spans of procs, in the states of LANE_STATE; items are goroutine rows + 1. */
  get procs(): TrackSpans {
    return this.madeProcs ?? drain(this.procSteps())
  }

  /** Makes `procs` in steps. */
  *procSteps(): Generator<void, TrackSpans> {
    this.madeProcs ??= yield* procSpans(this.goroutines, this.changes)
    return this.madeProcs
  }

  /** Spans of threads, as those of procs. */
  get threads(): TrackSpans {
    return this.madeThreads ?? drain(this.threadSteps())
  }

  /** Makes `threads` in steps. */
  *threadSteps(): Generator<void, TrackSpans> {
    this.madeThreads ??= yield* threadSpans(this.goroutines, this.changes)
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

/** What a timeline has beside spans. */
export type TimelineColumns = Pick<Timeline, 'startFunction' | 'label' | 'heap' | 'heapGoal'>

/** Collects the timeline of a trace. */
export class TimelineEvents implements EventSink {
  /** Spans so far. */
  count = 0
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
  // Per goroutine: the state it is in (0 = was never seen), string ids of its first function and its label.
  private now = new Uint8Array(64)
  private name = new Int32Array(64)
  private label = new Int32Array(64)
  /** String id -> kind of wait + 1, 0 = not looked at so far. */
  private readonly kinds: number[] = []

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
    this.reserveTracks(tables.goroutines.count)
    for (let i = 0; i < b.length; i++) {
      switch (b.kind[i]) {
        case EVENT.GoTransition:
          if (b.from[i] !== b.to[i] && b.res[i] >= 0) this.transition(b, i, tables)
          break
        case EVENT.ProcTransition:
          if (b.from[i] !== b.to[i] && b.res[i] >= 0) this.procTransition(b, i)
          break
        case EVENT.Label:
          if (b.res[i] < 0) break
          this.label[b.res[i]] = b.name[i]
          if (tables.strings.get(b.name[i]).startsWith('GC ')) {
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

  /** What goroutines did ends at a gap; those found again behind it begin anew there. */
  gap(from: number): void {
    this.reserve(this.tracks)
    const time = Math.max(from, this.lastTime)
    for (let g = 0; g < this.tracks; g++) {
      if (this.now[g] === BEFORE || this.now[g] === STATE.NotExist) continue
      this.add(g, time, STATE.NotExist)
    }
  }

  /** The timeline of what was seen so far. More events may follow; it does not change then. */
  snapshot(): Timeline {
    return drain(this.snapshotSteps())
  }

  /** The same in steps. No event may come before the last of them. */
  *snapshotSteps(): Generator<void, Timeline> {
    const { count, lane } = this
    const column = (ids: GrowIds): IdColumn => ids.a.subarray(0, count)
    const spans = yield* indexSpansSteps({
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
    const changes: LaneChanges = {
      time: lane.time.f.subarray(0, lane.time.length),
      proc: lane.proc.done(),
      to: lane.to.a,
      since: lane.since.a,
      thread: lane.thread.done(),
      workerTime: lane.workerTime.f.subarray(0, lane.workerTime.length),
      worker: lane.worker.done(),
    }
    return new Timeline(goroutines, changes, {
      startFunction: this.name.slice(0, this.tracks),
      label: this.label.slice(0, this.tracks),
      heap: this.heap,
      heapGoal: this.heapGoal,
    })
  }

  private transition(b: EventBlock, i: number, tables: TraceTables): void {
    const g = b.res[i]
    const from = b.from[i]
    const to = b.to[i]
    if (b.extra[i] > 0 && (this.name[g] === 0 || from === STATE.NotExist))
      this.name[g] = tables.stacks.fn.a[tables.stacks.root(b.extra[i])]
    // Undetermined and BEFORE are the same number: what is known of a goroutine at its first mention.
    if (this.now[g] === BEFORE) this.now[g] = from
    const row = this.add(g, b.time[i], to === STATE.Waiting ? this.waitOf(b.name[i], tables) : to)
    // Where one that is found waiting was: in the event's second stack.
    const found = from === STATE.Undetermined && to === STATE.Waiting && b.extra[i] > 0
    set(this.stack, row, found ? b.extra[i] : b.stack[i])
    set(this.reason, row, b.name[i])
    set(this.by, row, b.g[i] === g ? 0 : b.g[i] + 1)
    if (to !== STATE.Running && to !== STATE.Syscall) return
    set(this.proc, row, b.p[i] + 1)
    set(this.thread, row, b.m[i] + 1)
  }

  /** A row. Columns are written directly: `reserve` made room. */
  private add(g: number, time: number, state: number): number {
    const row = this.count++
    this.known[row] = time
    this.states[row] = statesByte(this.now[g], state, true)
    this.now[g] = state
    set(this.track, row, g)
    if (g >= this.tracks) this.tracks = g + 1
    return row
  }

  private waitOf(reason: number, tables: TraceTables): number {
    const known = this.kinds[reason]
    if (known !== undefined && known > 0) return known - 1
    while (this.kinds.length <= reason) this.kinds.push(0)
    const kind = waitKind(tables.strings.get(reason))
    this.kinds[reason] = kind + 1
    return kind
  }

  private procTransition(b: EventBlock, i: number): void {
    const { lane } = this
    lane.time.push(b.time[i])
    lane.proc.push(b.res[i])
    lane.to.push(b.to[i])
    lane.since.push(b.from[i] === STATE.Undetermined ? 1 : 0)
    lane.thread.push(b.m[i] + 1)
  }

  private reserveTracks(count: number): void {
    if (count <= this.now.length) return
    const capacity = capacityFor(count)
    this.now = widerU8(this.now, capacity)
    this.name = widerI32(this.name, capacity)
    this.label = widerI32(this.label, capacity)
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
