// Minimum mutator utilization: over all windows of one length, what share of time did the program get?
//
// The mean over a window, as a function of the window's start, is linear between the starts at which
// one of its edges meets a step of the series. So the least mean is at one of these starts, and one
// sweep along them is exact. The mean changes by at most 1/window per ns, which lets the sweep leap.

import type { UtilizationFlags, UtilizationSeries } from './utilization.ts'

/** A window with little time for the program. */
export interface WorstWindow {
  /** Its start, ns since the trace's start. */
  readonly time: number
  /** Mean utilization. */
  readonly util: number
}

/** All 32 ways to count, in the order and with the names of the document of facts. */
export function allUtilizationFlags(): { name: string; flags: UtilizationFlags }[] {
  const out: { name: string; flags: UtilizationFlags }[] = []
  for (const perProc of [false, true])
    for (let bits = 0; bits < 16; bits++) {
      const [stw, background, assist, sweep] = [1, 2, 4, 8].map((bit) => (bits & bit) !== 0)
      const flags = { perProc, stw, background, assist, sweep }
      const parts = [perProc ? 'perProc' : 'system']
      for (const part of ['stw', 'background', 'assist', 'sweep'] as const) if (flags[part]) parts.push(part)
      out.push({ name: parts.join('|'), flags })
    }
  return out
}

/** The utilization of windows of any length over a set of series. Lengths and times are whole ns. */
export class MmuCurve {
  private readonly sweeps: readonly Sweep[]
  private columns: SegmentColumns | undefined

  constructor(series: readonly UtilizationSeries[]) {
    this.sweeps = series.map((s) => new Sweep(s))
  }

  /** Some series has no length, so that no window fits in. */
  get undefined(): boolean {
    return this.sweeps.some((s) => s.duration === 0)
  }

  /** From the first to the last time of any series. */
  get duration(): number {
    if (this.sweeps.length === 0) return 0
    let start = Number.POSITIVE_INFINITY
    let end = Number.NEGATIVE_INFINITY
    for (const s of this.sweeps) {
      start = Math.min(start, s.start)
      end = Math.max(end, s.end)
    }
    return end - start
  }

  /** Least mean utilization over all windows; a window longer than a series is cut to it. 0 to 1. */
  mmu(window: number): number {
    if (window <= 0) return 0
    let least = 1
    for (const s of this.sweeps) {
      least = s.least(Math.min(window, s.duration), least)
      if (least === 0) break
    }
    return least
  }

  /**
   * For each share q: the least utilization that windows stay at or below for a share q of all starts.
   * Where windows have no room to move, this is the MMU.
   */
  quantiles(window: number, shares: readonly number[]): number[] {
    if (window <= 0) return shares.map(() => 0)
    const room = this.sweeps.filter((s) => s.duration > window)
    let mass = 0
    for (const s of room) mass += s.duration - window
    const mmu = this.mmu(window)
    if (mass === 0) return shares.map(() => mmu)
    const histogram = new Histogram()
    // Looked at twice, and finding them is most of the work.
    const { dt, from, to } = this.segmentColumns()
    let count = 0
    for (const s of room)
      s.segments(window, (length, a, b) => {
        dt[count] = length
        from[count] = a
        to[count++] = b
      })
    for (let i = 0; i < count; i++) histogram.add(dt[i], from[i], to[i])
    const buckets = histogram.find(shares.map((q) => q * mass))
    // Small shares are often in one bucket, and the share 0 needs none.
    const wanted = new Set(buckets.filter((_, i) => shares[i] > 0))
    const parts = [...wanted].map((bucket) => new BucketPart(bucket))
    for (const part of parts) for (let i = 0; i < count; i++) part.add(dt[i], from[i], to[i])
    const partOf = (bucket: number): BucketPart => parts[[...wanted].indexOf(bucket)]
    return shares.map((q, i) => (q <= 0 ? mmu : Math.max(mmu, partOf(buckets[i]).solve(q * mass))))
  }

  /** Room for all stretches of `segments`, used again. */
  private segmentColumns(): SegmentColumns {
    if (this.columns === undefined) {
      const most = this.sweeps.reduce((sum, s) => sum + s.mostSegments, 0)
      const column = (): Float64Array => new Float64Array(most)
      this.columns = { dt: column(), from: column(), to: column() }
    }
    return this.columns
  }

  /** Up to `count` disjoint windows with the least utilization, worst first; none that are all the program's. */
  worst(window: number, count: number): WorstWindow[] {
    const out: WorstWindow[] = []
    if (window <= 0) return out
    while (out.length < count) {
      let best: WorstWindow | undefined
      for (const s of this.sweeps) {
        const found = s.leastApart(Math.min(window, s.duration), window, out)
        if (found !== undefined && (best === undefined || found.util < best.util)) best = found
      }
      if (best === undefined) break
      out.push(best)
    }
    return out
  }
}

/** Stretches of starts: their lengths, and the mean at both ends. */
interface SegmentColumns {
  readonly dt: Float64Array
  readonly from: Float64Array
  readonly to: Float64Array
}

/** Windows sliding along one series. */
class Sweep {
  readonly start: number
  readonly end: number
  private readonly time: Float64Array
  private readonly util: Float64Array
  /** Integral of the utilization from the start to each step, ns. */
  private readonly sums: Float64Array

  constructor({ time, util }: UtilizationSeries) {
    this.time = time
    this.util = util
    this.sums = new Float64Array(time.length)
    for (let i = 1; i < time.length; i++)
      this.sums[i] = this.sums[i - 1] + util[i - 1] * (time[i] - time[i - 1])
    this.start = time[0]
    this.end = time[time.length - 1]
  }

  get duration(): number {
    return this.end - this.start
  }

  /** `segments` visits no more than this: each ends where an edge meets a step. */
  get mostSegments(): number {
    return 2 * this.time.length + 1
  }

  /** The least mean, or `bound` if none is below. */
  least(window: number, bound: number): number {
    let least = bound
    let t = this.start
    const last = this.end - window
    let l = 0
    let r = 0
    for (;;) {
      l = this.step(t, l)
      r = this.step(t + window, r)
      const mean = this.mean(t, window, l, r)
      if (mean < least) least = mean
      if (t >= last || least <= 0) return Math.max(0, least)
      const leap = t + Math.floor((mean - least) * window)
      t = Math.min(last, Math.max(this.next(t, window, l, r), leap))
    }
  }

  /** Calls `visit` for each stretch of starts in which the mean goes linearly from `a` to `b`. */
  segments(window: number, visit: (dt: number, a: number, b: number) => void): void {
    let t = this.start
    const last = this.end - window
    let l = this.step(t, 0)
    let r = this.step(t + window, 0)
    let a = this.mean(t, window, l, r)
    while (t < last) {
      const to = Math.min(last, this.next(t, window, l, r))
      l = this.step(to, l)
      r = this.step(to + window, r)
      const b = this.mean(to, window, l, r)
      visit(to - t, a, b)
      a = b
      t = to
    }
  }

  /** The worst window that overlaps none of `taken`, whose windows are `apart` long. */
  leastApart(window: number, apart: number, taken: readonly WorstWindow[]): WorstWindow | undefined {
    let best: WorstWindow | undefined
    const last = this.end - window
    const visit = (t: number, util: number): void => {
      if (util < (best?.util ?? 1) && !taken.some((w) => Math.abs(w.time - t) < apart))
        best = { time: t, util }
    }
    let t = this.start
    let l = 0
    let r = 0
    for (;;) {
      l = this.step(t, l)
      r = this.step(t + window, r)
      visit(t, this.mean(t, window, l, r))
      if (t >= last) break
      t = Math.min(last, this.next(t, window, l, r))
    }
    // Next to a window that is taken, the least mean can lie between two steps.
    for (const w of taken)
      for (const t of [w.time - apart, w.time + apart])
        if (t >= this.start && t <= last)
          visit(t, this.mean(t, window, this.step(t, 0), this.step(t + window, 0)))
    return best
  }

  private mean(t: number, window: number, l: number, r: number): number {
    return (this.integral(t + window, r) - this.integral(t, l)) / window
  }

  private integral(t: number, step: number): number {
    return this.sums[step] + this.util[step] * (t - this.time[step])
  }

  /** The next start at which an edge meets a step. */
  private next(t: number, window: number, l: number, r: number): number {
    const n = this.time.length
    const left = l + 1 < n ? this.time[l + 1] : this.end
    const right = r + 1 < n ? this.time[r + 1] - window : this.end
    return Math.max(t, Math.min(left, right))
  }

  /** The last step at or before a time, looked for from step `from` on: near first, then by halves. */
  private step(t: number, from: number): number {
    const { time } = this
    const n = time.length
    let lo = from
    let reach = 1
    while (lo + reach < n && time[lo + reach] <= t) {
      lo += reach
      reach *= 2
    }
    let hi = Math.min(n, lo + reach)
    while (hi - lo > 1) {
      const mid = (lo + hi) >> 1
      if (time[mid] <= t) lo = mid
      else hi = mid
    }
    return lo
  }
}

const BUCKETS = 1024

function bucketOf(util: number): number {
  return Math.min(BUCKETS - 1, Math.max(0, Math.floor(util * BUCKETS)))
}

/** How much time windows spend at which utilization. */
class Histogram {
  private readonly mass = new Float64Array(BUCKETS)
  /** Changes of the mass of a whole bucket, from one bucket to the next. */
  private readonly rate = new Float64Array(BUCKETS + 1)

  add(dt: number, a: number, b: number): void {
    const [lo, hi] = a < b ? [a, b] : [b, a]
    const first = bucketOf(lo)
    const last = bucketOf(hi)
    if (first === last) {
      this.mass[first] += dt
      return
    }
    const density = dt / (hi - lo)
    this.mass[first] += density * ((first + 1) / BUCKETS - lo)
    this.mass[last] += density * (hi - last / BUCKETS)
    this.rate[first + 1] += density / BUCKETS
    this.rate[last] -= density / BUCKETS
  }

  /** For each amount: the first bucket up to whose end that much was spent. */
  find(amounts: readonly number[]): number[] {
    const out = amounts.map(() => BUCKETS - 1)
    let sum = 0
    let rate = 0
    for (let i = BUCKETS - 1, bucket = 0; bucket <= i; bucket++) {
      rate += this.rate[bucket]
      sum += this.mass[bucket] + rate
      for (const [k, amount] of amounts.entries())
        if (out[k] === BUCKETS - 1 && sum >= amount) out[k] = bucket
    }
    return out
  }
}

/** The distribution inside of one bucket, exactly. */
class BucketPart {
  private readonly lo: number
  private readonly hi: number
  private below = 0
  /** Utilization, change of density there, time spent right there. */
  private readonly edges: [util: number, density: number, mass: number][] = []

  constructor(bucket: number) {
    this.lo = bucket / BUCKETS
    this.hi = (bucket + 1) / BUCKETS
  }

  add(dt: number, a: number, b: number): void {
    const [lo, hi] = a < b ? [a, b] : [b, a]
    if (lo > this.hi) return
    if (hi < this.lo) {
      this.below += dt
    } else if (lo === hi) this.edges.push([lo, 0, dt])
    else {
      const density = dt / (hi - lo)
      const from = Math.max(lo, this.lo)
      this.below += density * (from - lo)
      this.edges.push([from, density, 0], [Math.min(hi, this.hi), -density, 0])
    }
  }

  /** The utilization up to which `amount` was spent. */
  solve(amount: number): number {
    this.edges.sort((x, y) => x[0] - y[0])
    let sum = this.below
    let density = 0
    let util = this.lo
    for (const [at, change, mass] of this.edges) {
      const next = sum + (at - util) * density
      if (next >= amount && density > 0) return Math.min(at, util + Math.max(0, amount - sum) / density)
      sum = next + mass
      util = at
      if (sum >= amount) return at
      density += change
    }
    return util
  }
}
