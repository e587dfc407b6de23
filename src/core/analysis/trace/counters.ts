// Numbers over time: how many goroutines are in which state, how large the heap is.

import { capacityFor, widerF64 } from './columns.ts'

/** A number over a window, column by column of a picture. A column without a value holds NaN. */
export interface CounterWindow {
  readonly min: Float64Array
  readonly max: Float64Array
  /** Mean over time. */
  readonly mean: Float64Array
}

/** Points of a step series that share one entry of its index. */
const BLOCK_POINTS = 64

/**
 * A number that changes now and then and holds its value between. 16 bytes per point, and 24 for each 64
 * points. Times must not decrease.
 */
export class StepSeries {
  length = 0
  time = new Float64Array(16)
  value = new Float64Array(16)
  /** Block -> least, greatest, and the integral of the value up to the block's first point. */
  private least = new Float64Array(4)
  private greatest = new Float64Array(4)
  private integrals = new Float64Array(4)
  private sum = 0
  /** The greatest value; 0 without any. */
  max = 0

  /** The value from a time on. A value that does not change adds nothing. */
  push(time: number, value: number): void {
    const i = this.length
    if (i > 0 && this.value[i - 1] === value) return
    if (i === this.time.length) {
      this.time = widerF64(this.time, capacityFor(i + 1))
      this.value = widerF64(this.value, capacityFor(i + 1))
    }
    if (i > 0) this.sum += this.value[i - 1] * (time - this.time[i - 1])
    this.time[i] = time
    this.value[i] = value
    this.length++
    if (value > this.max) this.max = value
    this.index(i, value)
  }

  /** Integral of the value from the first point to a time, value * ns. */
  integral(time: number): number {
    const k = this.find(time)
    if (k < 0) return 0
    const block = Math.floor(k / BLOCK_POINTS)
    let sum = this.integrals[block]
    for (let i = block * BLOCK_POINTS; i < k; i++) sum += this.value[i] * (this.time[i + 1] - this.time[i])
    return sum + this.value[k] * (time - this.time[k])
  }

  /** The value at a time, NaN before the first point. */
  at(time: number): number {
    const k = this.find(time)
    return k < 0 ? Number.NaN : this.value[k]
  }

  /** A window in `pixels` columns. */
  window(from: number, to: number, pixels: number): CounterWindow {
    const out = emptyWindow(pixels)
    for (let x = 0; x < pixels; x++) {
      const a = from + ((to - from) * x) / pixels
      const b = from + ((to - from) * (x + 1)) / pixels
      const last = this.find(b, true)
      if (last < 0) continue
      const first = Math.max(0, this.find(a))
      const begin = Math.max(a, this.time[first])
      this.extremes(first, last, out, x)
      out.mean[x] = (this.integral(b) - this.integral(begin)) / (b - begin)
    }
    return out
  }

  private extremes(from: number, to: number, out: CounterWindow, x: number): void {
    let min = Number.POSITIVE_INFINITY
    let max = Number.NEGATIVE_INFINITY
    for (let i = from; i <= to; ) {
      if (i % BLOCK_POINTS === 0 && i + BLOCK_POINTS - 1 <= to) {
        min = Math.min(min, this.least[i / BLOCK_POINTS])
        max = Math.max(max, this.greatest[i / BLOCK_POINTS])
        i += BLOCK_POINTS
      } else {
        min = Math.min(min, this.value[i])
        max = Math.max(max, this.value[i])
        i++
      }
    }
    out.min[x] = min
    out.max[x] = max
  }

  private index(i: number, value: number): void {
    const block = Math.floor(i / BLOCK_POINTS)
    if (i % BLOCK_POINTS !== 0) {
      this.least[block] = Math.min(this.least[block], value)
      this.greatest[block] = Math.max(this.greatest[block], value)
      return
    }
    if (block === this.least.length) {
      this.least = widerF64(this.least, block * 2)
      this.greatest = widerF64(this.greatest, block * 2)
      this.integrals = widerF64(this.integrals, block * 2)
    }
    this.least[block] = this.greatest[block] = value
    this.integrals[block] = this.sum
  }

  /** The last point at or before a time (`earlier`: before it), -1 if there is none. */
  private find(time: number, earlier = false): number {
    let lo = -1
    let hi = this.length
    while (hi - lo > 1) {
      const mid = (lo + hi) >> 1
      if (this.time[mid] < time || (this.time[mid] === time && !earlier)) lo = mid
      else hi = mid
    }
    return lo
  }
}

/** Bins of a BinnedSeries: as fine as a picture that shows the whole trace can use. */
const BINS = 1 << 15

/**
 * A number that changes all the time, kept in bins: mean and extremes of equal stretches of time. However
 * long the trace, it takes 800 KB: when the bins are used up, two become one. Times must not decrease.
 */
export class BinnedSeries {
  /** Length of a bin, ns. */
  width = 1024
  private readonly integrals = new Float64Array(BINS)
  private readonly least = new Float64Array(BINS).fill(Number.POSITIVE_INFINITY)
  private readonly greatest = new Float64Array(BINS).fill(Number.NEGATIVE_INFINITY)
  private since = 0
  private current = 0
  /** Integral before each bin; made when it is first asked for. */
  private before: Float64Array | undefined

  get value(): number {
    return this.current
  }

  set(time: number, value: number): void {
    if (value === this.current) return
    this.advance(time)
    this.current = value
  }

  add(time: number, delta: number): void {
    this.advance(time)
    this.current += delta
  }

  /** Ends the last stretch. */
  finish(time: number): void {
    this.advance(time)
  }

  /**
   * A window in `pixels` columns. Columns narrower than a bin show the bin's values: ask the spans
   * themselves for these.
   */
  window(from: number, to: number, pixels: number): CounterWindow {
    const out = emptyWindow(pixels)
    for (let x = 0; x < pixels; x++) {
      const a = from + ((to - from) * x) / pixels
      const b = Math.min(this.since, from + ((to - from) * (x + 1)) / pixels)
      if (a >= this.since || b <= 0) continue
      const first = Math.max(0, Math.floor(a / this.width))
      const last = Math.max(first, Math.min(BINS, Math.ceil(b / this.width)) - 1)
      let min = Number.POSITIVE_INFINITY
      let max = Number.NEGATIVE_INFINITY
      for (let bin = first; bin <= last; bin++) {
        min = Math.min(min, this.least[bin])
        max = Math.max(max, this.greatest[bin])
      }
      out.min[x] = min
      out.max[x] = max
      out.mean[x] = (this.integral(b) - this.integral(Math.max(0, a))) / (b - Math.max(0, a))
    }
    return out
  }

  /** Integral from 0 to a time, value * ns; exact at the edges of bins. */
  integral(time: number): number {
    if (this.before === undefined) {
      this.before = new Float64Array(BINS + 1)
      for (let bin = 0; bin < BINS; bin++) this.before[bin + 1] = this.before[bin] + this.integrals[bin]
    }
    const bin = Math.min(BINS - 1, Math.floor(time / this.width))
    const start = bin * this.width
    const length = Math.min(this.width, this.since - start)
    if (length <= 0) return this.before[bin + 1]
    return this.before[bin] + this.integrals[bin] * Math.min(1, (time - start) / length)
  }

  private advance(time: number): void {
    if (time <= this.since) return
    while (time > this.width * BINS) this.halve()
    const { width, current } = this
    this.before = undefined
    let t = this.since
    let bin = Math.floor(t / width)
    while (t < time) {
      const end = Math.min(time, (bin + 1) * width)
      this.integrals[bin] += current * (end - t)
      if (current < this.least[bin]) this.least[bin] = current
      if (current > this.greatest[bin]) this.greatest[bin] = current
      t = end
      bin++
    }
    this.since = time
  }

  private halve(): void {
    const { integrals, least, greatest } = this
    for (let i = 0; i < BINS / 2; i++) {
      integrals[i] = integrals[2 * i] + integrals[2 * i + 1]
      least[i] = Math.min(least[2 * i], least[2 * i + 1])
      greatest[i] = Math.max(greatest[2 * i], greatest[2 * i + 1])
    }
    integrals.fill(0, BINS / 2)
    least.fill(Number.POSITIVE_INFINITY, BINS / 2)
    greatest.fill(Number.NEGATIVE_INFINITY, BINS / 2)
    this.width *= 2
  }
}

function emptyWindow(pixels: number): CounterWindow {
  const nan = (): Float64Array => new Float64Array(pixels).fill(Number.NaN)
  return { min: nan(), max: nan(), mean: nan() }
}
