// Whether two small sets of measurements differ, without assuming how they are distributed: what benchstat
// does (golang.org/x/perf), by the same test.

/** The middle value; the mean of the two middle ones of an even number. NaN of none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

/** Value below which a share `p` (0 to 1) of the sorted values lies, interpolated. NaN of none. */
export function quantile(values: readonly number[], p: number): number {
  if (values.length === 0) return Number.NaN
  const sorted = [...values].sort((a, b) => a - b)
  const at = p * (sorted.length - 1)
  const low = Math.floor(at)
  const high = Math.ceil(at)
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low)
}

/** Result of comparing two samples. */
export interface Comparison {
  /** Probability of a difference at least this large if both came from one distribution, two-sided. */
  readonly p: number
  /** Cliff's delta, -1 to 1: how much more often a value of the second is the larger than the smaller one. */
  readonly effect: number
}

/** Pairs beyond which the exact distribution gives way to the normal approximation. */
const EXACT_PAIRS = 400

/**
 * The Mann-Whitney U test: exact where there are no ties and few values, else the normal approximation with
 * corrections for ties and continuity. `p` is 1 where either side is empty.
 */
export function mannWhitney(before: readonly number[], after: readonly number[]): Comparison {
  const n = before.length
  const m = after.length
  if (n === 0 || m === 0) return { p: 1, effect: 0 }
  let wins = 0
  let ties = 0
  for (const b of before)
    for (const a of after)
      if (a > b) wins++
      else if (a === b) ties++
  const u = wins + ties / 2
  const effect = (2 * u) / (n * m) - 1
  const all = [...before, ...after].sort((x, y) => x - y)
  const distinct = new Set(all).size === all.length
  if (distinct && n * m <= EXACT_PAIRS) return { p: exactP(n, m, Math.min(u, n * m - u)), effect }
  let tieTerm = 0
  for (let i = 0; i < all.length; ) {
    let j = i
    while (j < all.length && all[j] === all[i]) j++
    const t = j - i
    tieTerm += t ** 3 - t
    i = j
  }
  const total = n + m
  const sigma = Math.sqrt(((n * m) / 12) * (total + 1 - tieTerm / (total * (total - 1))))
  if (!(sigma > 0)) return { p: 1, effect }
  const z = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5) / sigma
  return { p: Math.min(1, 2 * (1 - normal(z))), effect }
}

/** The least p that so many values a side can reach: with 3 and 3 no difference is significant at 0.05. */
export function leastP(n: number, m: number): number {
  return n === 0 || m === 0 ? 1 : exactP(n, m, 0)
}

/** Two-sided probability that the smaller U is at most `u`, all orders being equally likely. */
function exactP(n: number, m: number, u: number): number {
  // ways[j] = orders of i of the first and the m of the second kind with U = j, by the usual recurrence.
  let ways = Array.from({ length: n + 1 }, () => new Float64Array(n * m + 1))
  for (const row of ways) row[0] = 1
  for (let k = 1; k <= m; k++) {
    const next = Array.from({ length: n + 1 }, () => new Float64Array(n * m + 1))
    next[0][0] = 1
    for (let i = 1; i <= n; i++)
      for (let j = 0; j <= i * k; j++) next[i][j] = (j >= k ? next[i - 1][j - k] : 0) + ways[i][j]
    ways = next
  }
  const row = ways[n]
  let sum = 0
  let all = 0
  for (let j = 0; j <= n * m; j++) {
    all += row[j]
    if (j <= u) sum += row[j]
  }
  return Math.min(1, (2 * sum) / all)
}

/** Distribution function of the standard normal distribution (Abramowitz and Stegun 7.1.26, error below 1.5e-7). */
function normal(z: number): number {
  const x = z / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * x)
  const poly =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  return 1 - (poly * Math.exp(-x * x)) / 2
}
