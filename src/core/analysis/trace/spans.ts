// What goes on on tracks (goroutines, procs, threads): spans of states, one after the other without gaps.

import { GrowIds, type IdColumn } from '../../base/grow.ts'
import { STATE } from '../../model/trace.ts'
import { capacityFor, widerF64, widerI32, widerU8 } from './columns.ts'

/** States are numbers below this, so that two fit into a byte. */
export const STATES = 12

/**
 * Goroutines wait in one of several states, by what they wait for, beside those of STATE: a picture merges
 * spans, and what was waited for must still be seen. STATE.Waiting itself is for waits of no known kind and
 * those of the runtime's own goroutines for their work.
 */
export const WAIT = { sync: 7, chan: 8, network: 9, sleep: 10, gc: 11 } as const

/** State of a track before its first span: time that belongs to no span. */
export const BEFORE = 0

/** State before the first span of a track that did not exist when the trace began. */
const NO_STATE = 15

/** Spans of a track that share one entry of the index. */
export const BLOCK_SPANS = 64

/** Columns of spans; rows in the order in which they became known. */
export interface SpanColumns {
  readonly count: number
  readonly tracks: number
  readonly endTime: number
  /** When the span became known, ns since the trace's start, ascending. It began then, or (see `beginOf`) at 0. */
  readonly known: Float64Array
  readonly track: IdColumn
  /** The state (of STATE or WAIT), and times 16 the state before. */
  readonly states: Uint8Array
  /** What is on the track: a row that the kind of track defines, + 1; 0 = nothing. Empty where no track has items. */
  readonly item: IdColumn
}

/**
 * Spans of all tracks of one kind. A span ends where the next one of its track begins, the last one at
 * `endTime`. 14 to 21 bytes per span, and 108 for each 64 spans of a track.
 */
export interface TrackSpans extends SpanColumns {
  /** Track -> its rows are `order[first[track], first[track + 1])`. */
  readonly first: Uint32Array
  readonly order: Uint32Array
  readonly index: BlockIndex
}

/** For each whole block of BLOCK_SPANS spans of a track. */
export interface BlockIndex {
  /** Track -> its blocks are [first[track], first[track + 1]). */
  readonly first: Uint32Array
  /** Block * STATES + state -> time in that state from the track's first span to the end of the block, ns. */
  readonly sums: Float64Array
  /** Block -> row of its longest span, and how long that was, ns. */
  readonly longest: Uint32Array
  readonly longestTime: Float64Array
}

/** When a span began, ns: those that were going on when the trace began are known only later. */
export function beginOf(spans: SpanColumns, row: number): number {
  return spans.states[row] >> 4 === BEFORE ? 0 : spans.known[row]
}

/** The state in terms of STATE: all kinds of waits are Waiting. */
export function stateOf(spans: SpanColumns, row: number): number {
  const state = spans.states[row] & 15
  return state >= WAIT.sync ? STATE.Waiting : state
}

/** The state with the kind of wait. */
export function kindOf(spans: SpanColumns, row: number): number {
  return spans.states[row] & 15
}

/** What a goroutine waits for, by the reason that the trace gives: one of WAIT, or STATE.Waiting. */
export function waitKind(reason: string): number {
  if (reason === 'network') return WAIT.network
  if (reason === 'sleep') return WAIT.sleep
  if (/^sync|[mM]utex|semacquire|[cC]ond/.test(reason)) return WAIT.sync
  if (/chan|select/.test(reason)) return WAIT.chan
  if (/\bGC (mark|weak|assist)|until GC|^preempted$/.test(reason)) return WAIT.gc
  return STATE.Waiting
}

/**
 * A value of the column `states`. `sinceStart`: a track's first span has been going on since the trace
 * began.
 */
export function statesByte(before: number, state: number, sinceStart: boolean): number {
  return state | ((before !== BEFORE ? before : sinceStart ? BEFORE : NO_STATE) << 4)
}

/** Orders spans by track and makes their index. */
export function indexSpans(columns: SpanColumns): TrackSpans {
  return drain(indexSpansSteps(columns))
}

/** Runs a computation in steps to its end. */
export function drain<T>(steps: Generator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/** Spans between two steps: some ten milliseconds. */
const STEP_SPANS = 1 << 19

/** The same in steps, between which others may have their turn. */
export function* indexSpansSteps(columns: SpanColumns): Generator<void, TrackSpans> {
  const { count, tracks, track } = columns
  const first = new Uint32Array(tracks + 1)
  for (let row = 0; row < count; ) {
    for (const stop = Math.min(count, row + STEP_SPANS * 4); row < stop; row++) first[track[row] + 1]++
    yield
  }
  for (let t = 0; t < tracks; t++) first[t + 1] += first[t]
  const next = first.slice()
  const order = new Uint32Array(count)
  for (let row = 0; row < count; ) {
    for (const stop = Math.min(count, row + STEP_SPANS); row < stop; row++) order[next[track[row]]++] = row
    yield
  }
  return { ...columns, first, order, index: yield* blockIndex(columns, first, order) }
}

function* blockIndex(
  columns: SpanColumns,
  starts: Uint32Array,
  order: Uint32Array,
): Generator<void, BlockIndex> {
  const { tracks, known, states } = columns
  const first = new Uint32Array(tracks + 1)
  for (let t = 0; t < tracks; t++)
    // The last span of a track is not yet over when its successor would close the block.
    first[t + 1] = first[t] + Math.floor(Math.max(0, starts[t + 1] - starts[t] - 1) / BLOCK_SPANS)
  const blocks = first[tracks]
  const sums = new Float64Array(blocks * STATES)
  const longest = new Uint32Array(blocks)
  const longestTime = new Float64Array(blocks)
  const sum = new Float64Array(STATES)
  let rest = STEP_SPANS
  for (let t = 0; t < tracks; t++) {
    if (first[t] === first[t + 1]) continue
    sum.fill(0)
    let k = starts[t]
    let begin = beginOf(columns, order[k])
    for (let block = first[t]; block < first[t + 1]; block++) {
      rest -= BLOCK_SPANS
      if (rest < 0) {
        rest = STEP_SPANS
        yield
      }
      for (const end = k + BLOCK_SPANS; k < end; k++) {
        const row = order[k]
        const next = known[order[k + 1]]
        const time = next - begin
        sum[states[row] & 15] += time
        if (time > longestTime[block] || k === end - BLOCK_SPANS) {
          longestTime[block] = time
          longest[block] = row
        }
        begin = next
      }
      sums.set(sum, block * STATES)
    }
  }
  return { first, sums, longest, longestTime }
}

/** Makes TrackSpans, span by span. Times must not decrease from one push to the next. */
export class SpanBuilder {
  private count = 0
  private known: Float64Array
  private states: Uint8Array
  private readonly track: GrowIds
  private readonly item: GrowIds
  private tracks = 0
  /** Track -> its current state, and what is on it. */
  private lastState = new Uint8Array(0)
  private lastItem = new Int32Array(0)

  /** `capacity`: how many spans to expect. Room that is not used costs no memory. */
  constructor(capacity = 1024) {
    this.known = new Float64Array(capacity)
    this.states = new Uint8Array(capacity)
    this.track = new GrowIds(capacity)
    this.item = new GrowIds(capacity)
  }

  /** What is on a track, 0 = nothing. */
  itemOn(track: number): number {
    return track < this.tracks ? this.lastItem[track] : 0
  }

  /**
   * A track goes over to a state and item, unless it is there already. `sinceStart`: if this is all that
   * is known of the track, it has been so since the trace began.
   */
  change(track: number, time: number, state: number, item: number, sinceStart = false): void {
    if (track >= this.tracks) this.addTracks(track)
    const before = this.lastState[track]
    if (before !== state || this.lastItem[track] !== item) this.push(track, time, state, item, sinceStart)
  }

  /** A span begins on a track, which ends the one before. Returns its row. */
  push(track: number, time: number, state: number, item: number, sinceStart = false): number {
    if (track >= this.tracks) this.addTracks(track)
    const row = this.count++
    if (row === this.known.length) {
      this.known = widerF64(this.known, capacityFor(row + 1))
      this.states = widerU8(this.states, capacityFor(row + 1))
    }
    this.known[row] = time
    this.states[row] = statesByte(this.lastState[track], state, sinceStart)
    this.track.push(track)
    this.item.push(item)
    this.lastState[track] = state
    this.lastItem[track] = item
    return row
  }

  /** The finished spans; the builder must not be used afterwards. */
  done(endTime: number): TrackSpans {
    return drain(this.doneSteps(endTime))
  }

  /** The same in steps. */
  doneSteps(endTime: number): Generator<void, TrackSpans> {
    const { count, tracks } = this
    return indexSpansSteps({
      count,
      tracks,
      endTime,
      known: this.known.subarray(0, count),
      track: this.track.done(),
      states: this.states.subarray(0, count),
      item: this.item.done(),
    })
  }

  private addTracks(track: number): void {
    this.tracks = track + 1
    if (track < this.lastState.length) return
    this.lastState = widerU8(this.lastState, capacityFor(track + 1))
    this.lastItem = widerI32(this.lastItem, capacityFor(track + 1))
  }
}
