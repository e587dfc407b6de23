// How many goroutines of each group were in each state, over any window: goroutines come in hundreds of
// thousands, groups do not.

import { STATE } from '../../model/trace.ts'
import type { GoroutineSpans } from './lanes.ts'
import { BEFORE, STATES } from './spans.ts'

/** States that are counted: Runnable and those behind it, without Idle, in this order. */
export const COUNTED = [STATE.Runnable, STATE.Running, STATE.Waiting, STATE.Syscall, 7, 8, 9, 10, 11] as const
export const SLOTS = COUNTED.length

/** State -> its place in COUNTED, -1 = is not counted. */
const SLOT_OF = Int8Array.from({ length: 16 }, (_, state) => (COUNTED as readonly number[]).indexOf(state))

/** Rows are looked at one by one up to so many in a window: some five milliseconds. */
const MOST_ROWS = 400_000
/** Spans between two steps. */
const STEP_ROWS = (1 << 19) - 1
/** Bytes of the index for each span, about. */
const BYTES_PER_ROW = 2.5

/**
 * Counts by group and state. Every `stride` spans there is an entry with the counts then and their integrals
 * from the start; a window is the difference of integrals, with the spans between two entries one by one
 * where the window is narrow enough for them to matter.
 */
export class GroupCounts {
  readonly groups: number
  private readonly spans: GoroutineSpans
  /** Goroutine row -> group. */
  private readonly groupOf: ArrayLike<number>
  private readonly stride: number
  private readonly width: number
  /** Entry * width + group * SLOTS + slot. */
  private readonly counts: Int32Array
  private readonly integrals: Float64Array

  constructor(spans: GoroutineSpans, groupOf: ArrayLike<number>, groups: number) {
    this.spans = spans
    this.groupOf = groupOf
    this.groups = groups
    this.width = groups * SLOTS
    let stride = 512
    while (stride * BYTES_PER_ROW < this.width * 12) stride *= 2
    this.stride = stride
    const entries = Math.ceil(spans.count / stride) + 1
    this.counts = new Int32Array(entries * this.width)
    this.integrals = new Float64Array(entries * this.width)
  }

  /** Fills the index, in steps. Nothing may be asked before. */
  *build(): Generator<void, void> {
    const { spans, groupOf, stride, width, integrals, counts } = this
    const { count, known, track, states, first, order, tracks, endTime } = spans
    const now = new Int32Array(width)
    const sum = new Float64Array(width)
    const since = new Float64Array(width)
    for (let t = 0; t < tracks; t++) {
      if (first[t] === first[t + 1]) continue
      const state = states[order[first[t]]]
      // It has been so since the trace began.
      if (state >> 4 === BEFORE && SLOT_OF[state & 15] >= 0) now[groupOf[t] * SLOTS + SLOT_OF[state & 15]]++
    }
    const entry = (at: number, time: number): void => {
      for (let i = 0; i < width; i++) {
        sum[i] += now[i] * (time - since[i])
        since[i] = time
      }
      counts.set(now, at * width)
      integrals.set(sum, at * width)
    }
    for (let row = 0; row < count; row++) {
      if (row % stride === 0) entry(row / stride, row === 0 ? 0 : known[row])
      if ((row & STEP_ROWS) === STEP_ROWS) yield
      const before = states[row] >> 4
      if (before === BEFORE) continue
      const base = groupOf[track[row]] * SLOTS
      const time = known[row]
      const from = SLOT_OF[before]
      if (from >= 0) {
        const i = base + from
        sum[i] += now[i] * (time - since[i])
        since[i] = time
        now[i]--
      }
      const to = SLOT_OF[states[row] & 15]
      if (to >= 0) {
        const i = base + to
        sum[i] += now[i] * (time - since[i])
        since[i] = time
        now[i]++
      }
    }
    entry(this.entries - 1, endTime)
  }

  /**
   * Mean counts in a window of `pixels` columns: (index in `groups` * SLOTS + slot) * pixels + column. Group -1
   * stands for all that `whole` lets through.
   */
  window(
    from: number,
    to: number,
    pixels: number,
    groups: readonly number[],
    whole: (group: number, slot: number) => boolean = () => true,
  ): Float32Array<ArrayBuffer> {
    const out = new Float32Array(groups.length * SLOTS * pixels)
    // Group * SLOTS + slot -> where its columns begin, -1 = not wanted; and those of the whole.
    const at = new Int32Array(this.width).fill(-1)
    const wholeAt = new Int32Array(this.width).fill(-1)
    for (const [i, group] of groups.entries())
      for (let k = 0; k < this.width; k++) {
        const g = Math.floor(k / SLOTS)
        const to = (i * SLOTS + (k % SLOTS)) * pixels
        if (g === group) at[k] = to
        else if (group === -1 && whole(g, k % SLOTS)) wholeAt[k] = to
      }
    const first = this.entryAt(from)
    const last = this.entryAt(to)
    if ((last - first) * this.stride <= MOST_ROWS) this.exact(from, to, pixels, first, at, wholeAt, out)
    else this.coarse(from, to, pixels, at, wholeAt, out)
    return out
  }

  /** Time in each state in [from, to], by group * SLOTS + slot, ns. */
  times(from: number, to: number): Float64Array {
    const out = new Float64Array(this.width)
    this.upTo(to, out, 1)
    this.upTo(from, out, -1)
    return out
  }

  private get entries(): number {
    return this.counts.length / Math.max(1, this.width)
  }

  private timeOf(entry: number): number {
    const row = entry * this.stride
    return row === 0 ? 0 : row < this.spans.count ? this.spans.known[row] : this.spans.endTime
  }

  /** The last entry at or before a time. */
  private entryAt(time: number): number {
    let low = 0
    let high = this.entries
    while (high - low > 1) {
      const mid = (low + high) >>> 1
      if (this.timeOf(mid) <= time) low = mid
      else high = mid
    }
    return low
  }

  private exact(
    from: number,
    to: number,
    pixels: number,
    entry: number,
    at: Int32Array,
    wholeAt: Int32Array,
    out: Float32Array,
  ): void {
    const { spans, groupOf, width, stride } = this
    const { known, states, track, count } = spans
    const now = this.counts.slice(entry * width, (entry + 1) * width)
    let row = entry * stride
    const step = (i: number, delta: number): void => {
      now[i] += delta
    }
    let add = step
    const walk = (until: number): void => {
      for (; row < count && known[row] < until; row++) {
        const before = states[row] >> 4
        if (before === BEFORE) continue
        const base = groupOf[track[row]] * SLOTS
        const a = SLOT_OF[before]
        const b = SLOT_OF[states[row] & 15]
        if (a >= 0) add(base + a, -1)
        if (b >= 0) add(base + b, 1)
      }
    }
    walk(from)
    // Columns first hold changes: what a change adds to its own column, and in `steps` to all behind it.
    const column = (to - from) / pixels
    const steps = new Float32Array(out.length)
    add = (i, delta) => {
      const x = (known[row] - from) / column
      const c = Math.min(pixels - 1, Math.floor(x))
      for (const start of [at[i], wholeAt[i]]) {
        if (start < 0) continue
        out[start + c] += delta * (c + 1 - x)
        if (c + 1 < pixels) steps[start + c + 1] += delta
      }
    }
    walk(to)
    const base = new Float64Array(out.length / pixels)
    for (let i = 0; i < width; i++) {
      if (at[i] >= 0) base[at[i] / pixels] += now[i]
      if (wholeAt[i] >= 0) base[wholeAt[i] / pixels] += now[i]
    }
    for (const [series, start] of base.entries()) {
      let level = start
      for (let c = 0; c < pixels; c++) {
        level += steps[series * pixels + c]
        out[series * pixels + c] += level
      }
    }
  }

  private coarse(
    from: number,
    to: number,
    pixels: number,
    at: Int32Array,
    wholeAt: Int32Array,
    out: Float32Array,
  ): void {
    const { width } = this
    const column = (to - from) / pixels
    let before = new Float64Array(width)
    let after = new Float64Array(width)
    this.between(from, before)
    for (let c = 0; c < pixels; c++) {
      this.between(from + (c + 1) * column, after)
      for (let i = 0; i < width; i++) {
        const mean = (after[i] - before[i]) / column
        if (mean === 0) continue
        if (at[i] >= 0) out[at[i] + c] += mean
        if (wholeAt[i] >= 0) out[wholeAt[i] + c] += mean
      }
      const swap = before
      before = after
      after = swap
    }
  }

  /** Integrals up to a time, evenly between two entries. */
  private between(time: number, out: Float64Array): void {
    const { width, integrals } = this
    const entry = Math.min(this.entryAt(time), this.entries - 2)
    const begin = this.timeOf(entry)
    const share = Math.max(0, Math.min(1, (time - begin) / Math.max(1, this.timeOf(entry + 1) - begin)))
    const at = entry * width
    for (let i = 0; i < width; i++)
      out[i] = integrals[at + i] + share * (integrals[at + width + i] - integrals[at + i])
  }

  private upTo(time: number, out: Float64Array, sign: number): void {
    const { spans, groupOf, width, stride } = this
    const { known, states, track, count } = spans
    const entry = this.entryAt(time)
    const begin = this.timeOf(entry)
    for (let i = 0; i < width; i++)
      out[i] += sign * (this.integrals[entry * width + i] + this.counts[entry * width + i] * (time - begin))
    for (let row = entry * stride; row < count && known[row] < time; row++) {
      const before = states[row] >> 4
      if (before === BEFORE) continue
      const base = groupOf[track[row]] * SLOTS
      const a = SLOT_OF[before]
      const b = SLOT_OF[states[row] & 15]
      if (a >= 0) out[base + a] -= sign * (time - known[row])
      if (b >= 0) out[base + b] += sign * (time - known[row])
    }
  }
}

/** Kinds of states as numbers below this. */
export const STATE_KINDS = STATES
