import { DurationHistogram } from './histogram.ts'

/** How long things of one kind took. Times in ns; 0 of none. */
export interface DurationStats {
  readonly count: number
  readonly total: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
  /** Five buckets to a power of ten: from (ns), and how many. Empty buckets are left out. */
  readonly histogram: readonly (readonly [from: number, count: number])[]
}

/** Sums up durations; percentiles are exact, by the nearest rank. */
export function durationStats(durations: readonly number[]): DurationStats {
  const sorted = Float64Array.from(durations).sort()
  const buckets = new DurationHistogram()
  let total = 0
  for (const d of sorted) {
    buckets.add(d)
    total += d
  }
  const at = (p: number): number =>
    sorted.length === 0
      ? 0
      : sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))]
  return {
    count: sorted.length,
    total,
    p50: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    max: at(1),
    histogram: buckets.rows().map(([, from, count]) => [from, count] as const),
  }
}
