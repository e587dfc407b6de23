// Level of detail: windows of a track in time that depends on pixels, not on spans.
//
// Sums by state are kept at every 64th span of a track (spans.ts), so the time in each state from the
// track's beginning to any moment takes a search and at most 64 additions, and a window is the
// difference of two of them: exact at every zoom. For the longest span of a stretch there are levels above:
// the longest of 64 spans, of 64 times 64, and so on.

import { BEFORE, BLOCK_SPANS, beginOf, kindOf, STATES, type TrackSpans } from './spans.ts'

/**
 * Spans of a window, each at least about a pixel wide; narrower ones are merged. In order of time, without gaps. The
 * columns may be longer than `count`, and are used again for the next window.
 */
export interface WindowSpans {
  readonly count: number
  /** ns since the trace's start; cut to the window. */
  readonly start: Float64Array
  readonly end: Float64Array
  /** The span's row; of merged spans the row of the longest. */
  readonly row: Int32Array
  /** How many spans lie in it, those that reach in included. 1 = a span by itself. */
  readonly merged: Uint32Array
  /** Entry * STATES + state -> time in that state, ns. Sums to `end - start`. */
  readonly mix: Float64Array
}

/** Answers questions about tracks at any zoom. Making it costs one step for each 64 spans. */
export class LevelsOfDetail {
  readonly spans: TrackSpans
  /** Level -> the longest of each 64^(level + 1) spans. */
  private readonly levels: Level[] = []
  private readonly scratch = new Float64Array(STATES)
  private columns: Omit<WindowSpans, 'count'> | undefined
  /** Sums up to the end of the last merged entry of a window, and up to the one before. */
  private before = new Float64Array(STATES)
  private after = new Float64Array(STATES)

  constructor(spans: TrackSpans) {
    this.spans = spans
    this.levels.push(spans.index)
    for (;;) {
      const below = this.levels[this.levels.length - 1]
      if (below.longest.length < 2 * BLOCK_SPANS) break
      this.levels.push(levelAbove(below, spans.tracks))
    }
  }

  /** When a span ended, or the trace did. `k` is its index in `order`, ns. */
  endOf(track: number, k: number): number {
    const { spans } = this
    return k + 1 < spans.first[track + 1] ? spans.known[spans.order[k + 1]] : spans.endTime
  }

  /** Time in each state in [from, to], by state, ns. Adds to `out` at `at`. */
  addTimes(track: number, from: number, to: number, out: Float64Array, at = 0): void {
    if (to <= from) return
    this.upTo(track, to, this.find(track, to), out, at, 1)
    this.upTo(track, from, this.find(track, from), out, at, -1)
  }

  /** Index in `order` of the track's span at a time; one less than its first if it has none there. */
  indexAt(track: number, time: number): number {
    return this.find(track, time)
  }

  /** The row of the span at a time, -1 if the track has none there. */
  rowAt(track: number, time: number): number {
    const { spans } = this
    const k = this.find(track, time)
    if (k < spans.first[track]) return -1
    return spans.order[k]
  }

  /**
   * A window of a track for a picture of `pixels` columns: at most 2 * pixels + 2 entries. Empty before
   * the track's first span.
   */
  window(track: number, from: number, to: number, pixels: number): WindowSpans {
    const { spans } = this
    const most = 2 * pixels + 2
    // First use of memory is dear, and windows are asked for all the time.
    if (this.columns === undefined || this.columns.start.length < most) this.columns = windowColumns(most)
    const { start, end, row, merged, mix } = this.columns
    const last = spans.first[track + 1]
    const pixel = (to - from) / pixels
    let count = 0
    let k = Math.max(spans.first[track], this.find(track, from))
    let t = k < last ? Math.max(from, this.begins(k)) : to
    // The sums up to there are in `after`.
    let summed = -1
    while (t < to && k < last && count < most) {
      let stop = Math.min(to, this.endOf(track, k))
      let next = k + 1
      start[count] = t
      mix.fill(0, count * STATES, (count + 1) * STATES)
      if (stop - t >= pixel || stop === to) {
        row[count] = spans.order[k]
        mix[count * STATES + kindOf(spans, spans.order[k])] = stop - t
      } else {
        // Up to the next line of the pixel grid, and beyond it to the end of the span on the line.
        const line = Math.min(to, from + pixel * (Math.floor((t - from) / pixel) + 1))
        next = Math.max(next, this.find(track, line, k))
        if (next < last && this.begins(next) < line && this.duration(track, next) < pixel) next++
        stop = Math.min(to, this.endOf(track, next - 1))
        row[count] = this.longest(track, k, next)
        if (summed !== t) {
          this.after.fill(0)
          this.upTo(track, t, k, this.after, 0, 1)
        }
        const { before, after } = this
        this.before = after
        this.after = before
        before.fill(0)
        this.upTo(track, stop, next - 1, before, 0, 1)
        for (let s = 1; s < STATES; s++) mix[count * STATES + s] = before[s] - after[s]
        summed = stop
      }
      merged[count] = next - k
      end[count++] = stop
      t = stop
      k = next
    }
    return { count, start, end, row, merged, mix }
  }

  /** The row of the longest of the spans [from, to) of `order`, by their whole lengths. */
  longest(track: number, from: number, to: number): number {
    const { spans } = this
    let best = spans.order[from]
    let bestTime = -1
    const consider = (k: number): void => {
      const time = this.duration(track, k)
      if (time > bestTime) {
        bestTime = time
        best = spans.order[k]
      }
    }
    const base = spans.first[track]
    let k = from
    while (k < to) {
      const level = this.levelFrom(track, k - base, to - k)
      if (level < 0) consider(k++)
      else {
        const { first, longest, longestTime } = this.levels[level]
        const size = BLOCK_SPANS ** (level + 1)
        const entry = first[track] + (k - base) / size
        if (longestTime[entry] > bestTime) {
          bestTime = longestTime[entry]
          best = longest[entry]
        }
        k += size
      }
    }
    return best
  }

  /** When the span at an index in `order` began. */
  private begins(k: number): number {
    return beginOf(this.spans, this.spans.order[k])
  }

  private duration(track: number, k: number): number {
    return this.endOf(track, k) - this.begins(k)
  }

  /** The highest level with an entry for exactly the spans from the k-th on, no more than `length`; -1 = none. */
  private levelFrom(track: number, k: number, length: number): number {
    let level = -1
    let size = BLOCK_SPANS
    while (level + 1 < this.levels.length && k % size === 0 && size <= length) {
      const { first } = this.levels[level + 1]
      if (first[track] + k / size >= first[track + 1]) break
      level++
      size *= BLOCK_SPANS
    }
    return level
  }

  /** Index in `order` of the track's last span that began at or before a time; one less than its first if none. */
  private find(track: number, time: number, from = this.spans.first[track]): number {
    const { spans } = this
    let lo = from - 1
    let hi = spans.first[track + 1]
    if (from === spans.first[track] && from < hi && beginOf(spans, spans.order[from]) <= time) lo = from
    while (hi - lo > 1) {
      const mid = (lo + hi) >> 1
      if (spans.known[spans.order[mid]] <= time) lo = mid
      else hi = mid
    }
    return lo
  }

  /** Adds `sign` times the time in each state from the track's beginning to a time in its k-th span. */
  private upTo(track: number, time: number, k: number, out: Float64Array, at: number, sign: number): void {
    const { spans } = this
    const base = spans.first[track]
    if (k < base) return
    const { scratch } = this
    const block = Math.floor((k - base) / BLOCK_SPANS) - 1
    if (block < 0) scratch.fill(0)
    else {
      const from = (spans.index.first[track] + block) * STATES
      for (let s = 0; s < STATES; s++) scratch[s] = spans.index.sums[from + s]
    }
    for (let j = base + (block + 1) * BLOCK_SPANS; j <= k; j++) {
      const row = spans.order[j]
      const end = j === k ? Math.min(time, this.endOf(track, j)) : this.endOf(track, j)
      scratch[kindOf(spans, row)] += end - beginOf(spans, row)
    }
    for (let s = 0; s < STATES; s++) if (s !== BEFORE) out[at + s] += sign * scratch[s]
  }
}

function windowColumns(most: number): Omit<WindowSpans, 'count'> {
  return {
    start: new Float64Array(most),
    end: new Float64Array(most),
    row: new Int32Array(most),
    merged: new Uint32Array(most),
    mix: new Float64Array(most * STATES),
  }
}

/** Track -> its entries are [first[track], first[track + 1]); entry -> row of the longest span, and its length. */
interface Level {
  readonly first: Uint32Array
  readonly longest: Uint32Array
  readonly longestTime: Float64Array
}

function levelAbove(below: Level, tracks: number): Level {
  const first = new Uint32Array(tracks + 1)
  for (let t = 0; t < tracks; t++)
    first[t + 1] = first[t] + Math.floor((below.first[t + 1] - below.first[t]) / BLOCK_SPANS)
  const longest = new Uint32Array(first[tracks])
  const longestTime = new Float64Array(first[tracks])
  for (let t = 0; t < tracks; t++)
    for (let e = first[t]; e < first[t + 1]; e++) {
      const from = below.first[t] + (e - first[t]) * BLOCK_SPANS
      let best = from
      for (let i = from + 1; i < from + BLOCK_SPANS; i++)
        if (below.longestTime[i] > below.longestTime[best]) best = i
      longest[e] = below.longest[best]
      longestTime[e] = below.longestTime[best]
    }
  return { first, longest, longestTime }
}
