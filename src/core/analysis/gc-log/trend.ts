// A trend that single odd values do not sway.

/** Points that slopes are taken between: all pairs of them. */
const MAX_POINTS = 400
/** Two-sided 95 % of the normal distribution. */
const Z = 1.959964

export interface Trend {
  /** Points that were used. */
  readonly points: number
  /** Change per unit of x: the median of the slopes between all pairs of points (Theil and Sen). */
  readonly slope: number
  /**
   * Bounds of it, 95 %, by the variance of Kendall's tau (Sen 1968). That takes points for independent; where
   * each value follows from the one before, as heaps do, the true bounds are wider.
   */
  readonly low: number
  readonly high: number
  /** Values of the line at the first and the last x. */
  readonly first: number
  readonly last: number
}

/** The trend of y over x; undefined if there are fewer than 4 points that differ in x. NaN in either leaves a point out. */
export function robustTrend(x: Float64Array, y: Float64Array): Trend | undefined {
  const rows: number[] = []
  for (let i = 0; i < x.length; i++) if (!Number.isNaN(x[i]) && !Number.isNaN(y[i])) rows.push(i)
  const n = Math.min(rows.length, MAX_POINTS)
  if (n < 4) return undefined
  const at = (k: number): number => rows[n === 1 ? 0 : Math.round((k * (rows.length - 1)) / (n - 1))]
  const slopes = new Float64Array((n * (n - 1)) / 2)
  let count = 0
  for (let j = 1; j < n; j++)
    for (let i = 0; i < j; i++) {
      const dx = x[at(j)] - x[at(i)]
      if (dx > 0) slopes[count++] = (y[at(j)] - y[at(i)]) / dx
    }
  if (count < 3) return undefined
  const sorted = slopes.subarray(0, count).sort()
  const middle = (v: Float64Array): number =>
    v.length % 2 === 1 ? v[v.length >> 1] : (v[v.length / 2 - 1] + v[v.length / 2]) / 2
  const slope = middle(sorted)
  const c = Z * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18)
  const rank = (r: number): number => sorted[Math.max(0, Math.min(count - 1, Math.round(r)))]
  const offsets = Float64Array.from({ length: n }, (_, k) => y[at(k)] - slope * x[at(k)]).sort()
  const intercept = middle(offsets)
  return {
    points: n,
    slope,
    low: rank((count - c) / 2 - 1),
    high: rank((count + c) / 2),
    first: intercept + slope * x[at(0)],
    last: intercept + slope * x[at(n - 1)],
  }
}
