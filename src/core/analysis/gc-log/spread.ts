// How values spread.

/** All NaN and 0 if there are no values. Percentiles are values that occurred (nearest rank). */
export interface Spread {
  readonly count: number
  readonly sum: number
  readonly mean: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

/** Of the values that are there (not NaN). */
export function spreadOf(values: Float64Array): Spread {
  const sorted = values.filter((v) => !Number.isNaN(v)).sort()
  const count = sorted.length
  let sum = 0
  for (const v of sorted) sum += v
  const rank = (p: number): number =>
    count === 0 ? Number.NaN : sorted[Math.max(0, Math.ceil(p * count) - 1)]
  return { count, sum, mean: sum / count, p50: rank(0.5), p95: rank(0.95), p99: rank(0.99), max: rank(1) }
}

/** The mean of what is there; NaN if nothing is. */
export function meanOf(values: Float64Array): number {
  let sum = 0
  let n = 0
  for (const v of values)
    if (!Number.isNaN(v)) {
      sum += v
      n++
    }
  return sum / n
}

/** The middle value of what is there (the lower of two); NaN if nothing is. */
export function medianOf(values: Float64Array): number {
  return spreadOf(values).p50
}
