// Tracks of procs and threads, and counts of goroutines, made from the spans of goroutines.

import { GrowIds, type IdColumn } from '../../base/grow.ts'
import { STATE } from '../../model/trace.ts'
import { BinnedSeries } from './counters.ts'
import { BEFORE, SpanBuilder, STATES, stateOf, type TrackSpans, WAIT } from './spans.ts'

/** Spans of goroutines, in the states of STATE. Columns by span: rows + 1, 0 = none, unless noted. */
export interface GoroutineSpans extends TrackSpans {
  /** Row of the stack of the event that began the span, itself: where it blocked, or who made it runnable. */
  readonly stack: IdColumn
  /** String id of the reason, itself. */
  readonly reason: IdColumn
  /** Goroutine whose event it was: who created or unblocked it. 0 if it was the goroutine itself. */
  readonly by: IdColumn
  /** While it executes. */
  readonly proc: IdColumn
  readonly thread: IdColumn
}

/** When procs started and stopped, and goroutines became workers of the collector; in order of time. */
export interface LaneChanges {
  readonly time: Float64Array
  readonly proc: Uint32Array
  /** The state that the proc goes to. */
  readonly to: Uint8Array
  /** 1: it was in this state when the trace began. */
  readonly since: Uint8Array
  /** Row of the thread in the event's context + 1. */
  readonly thread: Uint32Array
  readonly workerTime: Float64Array
  readonly worker: Uint32Array
}

/** States of procs and threads on their tracks. Goroutines have those of STATE. */
export const LANE_STATE = {
  /** A proc that no thread has, or a thread without a proc and a goroutine. */
  idle: 1,
  /** In the scheduler: no goroutine runs. */
  free: 2,
  /** Runs a goroutine (the track's item, a goroutine row + 1). */
  running: 3,
  /** Runs a worker of the garbage collector. */
  collecting: 4,
  /** Its goroutine is in a syscall. */
  syscall: 5,
} as const

/** What each proc did; in steps, between which others may have their turn. */
export function procSpans(goroutines: GoroutineSpans, changes: LaneChanges): Generator<void, TrackSpans> {
  const lanes = new Lanes(goroutines, changes, goroutines.proc)
  lanes.onProcChange = (i) => {
    const running = changes.to[i] === STATE.Running
    lanes.change(
      changes.proc[i],
      changes.time[i],
      running ? LANE_STATE.free : LANE_STATE.idle,
      changes.since[i] === 1,
    )
  }
  return lanes.build()
}

/** What each thread did, in steps. A thread in a syscall keeps its goroutine when its proc is taken away. */
export function threadSpans(goroutines: GoroutineSpans, changes: LaneChanges): Generator<void, TrackSpans> {
  const lanes = new Lanes(goroutines, changes, goroutines.thread)
  /** Proc row -> row + 1 of the thread that has it; and the other way round. */
  const threadOf: number[] = []
  const procOf: number[] = []
  lanes.stateWhenFree = (thread) => (procOf[thread] ? LANE_STATE.free : LANE_STATE.idle)
  lanes.onProcChange = (i) => {
    const proc = changes.proc[i]
    const time = changes.time[i]
    const held = (threadOf[proc] ?? 0) - 1
    const thread = changes.thread[i] - 1
    if (changes.to[i] !== STATE.Running) {
      threadOf[proc] = 0
      if (held < 0) return
      procOf[held] = 0
      if (lanes.isFree(held)) lanes.change(held, time, LANE_STATE.idle, false)
    } else if (thread >= 0) {
      threadOf[proc] = thread + 1
      procOf[thread] = proc + 1
      if (lanes.isFree(thread)) lanes.change(thread, time, LANE_STATE.free, changes.since[i] === 1)
    }
  }
  return lanes.build()
}

/** A step for so many spans, which is one less than a power of two. */
const STEP_ROWS = (1 << 18) - 1

/** Walks over spans of goroutines and changes of procs in order of time. */
class Lanes {
  /** Called for each change of a proc. */
  onProcChange: (i: number) => void = () => {}
  /** The state of a lane whose goroutine leaves. */
  stateWhenFree: (lane: number) => number = () => LANE_STATE.free
  private readonly goroutines: GoroutineSpans
  private readonly changes: LaneChanges
  /** Span -> lane + 1. */
  private readonly lane: IdColumn
  private readonly builder: SpanBuilder
  /** Goroutine row -> lane + 1 that it executes on. */
  private readonly on: Int32Array
  private readonly collectors: Uint8Array

  constructor(goroutines: GoroutineSpans, changes: LaneChanges, lane: IdColumn) {
    this.goroutines = goroutines
    this.changes = changes
    this.lane = lane
    this.builder = new SpanBuilder(goroutines.count + changes.time.length + 1)
    this.on = new Int32Array(goroutines.tracks)
    this.collectors = new Uint8Array(goroutines.tracks)
  }

  isFree(lane: number): boolean {
    return this.builder.itemOn(lane) === 0
  }

  /** A lane without a goroutine changes. */
  change(lane: number, time: number, state: number, sinceStart: boolean): void {
    this.builder.change(lane, time, state, 0, sinceStart)
  }

  *build(): Generator<void, TrackSpans> {
    const { goroutines, changes } = this
    const { known } = goroutines
    let c = 0
    let w = 0
    for (let row = 0; row < goroutines.count; row++) {
      while (c < changes.time.length && changes.time[c] < known[row]) this.onProcChange(c++)
      while (w < changes.worker.length && changes.workerTime[w] < known[row]) this.becomesWorker(w++)
      this.span(row)
      if ((row & STEP_ROWS) === STEP_ROWS) yield
    }
    while (c < changes.time.length) this.onProcChange(c++)
    return yield* this.builder.doneSteps(goroutines.endTime)
  }

  private span(row: number): void {
    const { goroutines, builder, on } = this
    const g = goroutines.track[row]
    const lane = this.lane[row]
    const before = on[g]
    if (lane === 0 && before === 0) return
    const time = goroutines.known[row]
    if (before !== 0 && before !== lane && builder.itemOn(before - 1) === g + 1)
      builder.change(before - 1, time, this.stateWhenFree(before - 1), 0)
    on[g] = lane
    if (lane === 0) return
    const state =
      stateOf(goroutines, row) === STATE.Syscall
        ? LANE_STATE.syscall
        : this.collectors[g] === 1
          ? LANE_STATE.collecting
          : LANE_STATE.running
    builder.change(lane - 1, time, state, g + 1, goroutines.states[row] >> 4 === BEFORE)
  }

  /** A goroutine tells that it is a worker of the collector when it already runs. */
  private becomesWorker(w: number): void {
    const g = this.changes.worker[w]
    if (g >= this.collectors.length) return
    this.collectors[g] = 1
    const lane = this.on[g] - 1
    if (lane >= 0 && this.builder.itemOn(lane) === g + 1)
      this.builder.change(lane, this.changes.workerTime[w], LANE_STATE.collecting, g + 1)
  }
}

/** How many goroutines were in each state, over the whole trace. */
export interface GoroutineCounts {
  readonly runnable: BinnedSeries
  readonly running: BinnedSeries
  readonly waiting: BinnedSeries
  readonly inSyscall: BinnedSeries
}

/** Counts a goroutine from when its state became known, as the reference does. */
export function goroutineCounts(goroutines: GoroutineSpans): GoroutineCounts {
  const series = new Map<number, BinnedSeries>()
  const of = (state: number): BinnedSeries => {
    const made = new BinnedSeries()
    series.set(state, made)
    return made
  }
  const counts: GoroutineCounts = {
    runnable: of(STATE.Runnable),
    running: of(STATE.Running),
    waiting: of(STATE.Waiting),
    inSyscall: of(STATE.Syscall),
  }
  const byState = Array.from({ length: 16 }, (_, state) =>
    series.get(state >= WAIT.sync && state < STATES ? STATE.Waiting : state),
  )
  for (let row = 0; row < goroutines.count; row++) {
    const time = goroutines.known[row]
    byState[goroutines.states[row] >> 4]?.add(time, -1)
    byState[goroutines.states[row] & 15]?.add(time, 1)
  }
  for (const one of series.values()) one.finish(goroutines.endTime)
  return counts
}

/** How many procs threads had, over the whole trace. */
export function procCount(changes: LaneChanges, endTime: number): BinnedSeries {
  const out = new BinnedSeries()
  const running = new GrowIds()
  for (let i = 0; i < changes.time.length; i++) {
    const proc = changes.proc[i]
    while (running.length <= proc) running.push(0)
    const now = changes.to[i] === STATE.Running ? 1 : 0
    if (running.a[proc] === now) continue
    out.add(changes.time[i], now === 1 ? 1 : -1)
    running.a[proc] = now
  }
  out.finish(endTime)
  return out
}
