// Where the bars of a distribution of durations stand: five buckets to a power of ten, as the reference has them.

import { bucketOf, bucketStart } from '../../core/analysis/trace/histogram.ts'

export interface HistogramBar {
  /** Durations from `from` to below `to`, ns. */
  readonly from: number
  readonly to: number
  readonly count: number
  /** 0 to 1 of the room; what is there is never nothing. */
  readonly height: number
}

/** Height of the least bar that is not empty. */
const LEAST = 0.03

/** Bars from the smallest to the largest bucket in use, empty ones included. `rows`: [from (ns), count], ascending. */
export function histogramBars(rows: readonly (readonly [from: number, count: number])[]): HistogramBar[] {
  if (rows.length === 0) return []
  const counts = new Map<number, number>()
  // A bucket's start is truncated, so that the start itself may lie in the bucket before.
  for (const [from, count] of rows) counts.set(bucketAt(from), count)
  const first = Math.min(...counts.keys())
  const last = Math.max(...counts.keys())
  const most = Math.max(...counts.values())
  const bars: HistogramBar[] = []
  for (let bucket = first; bucket <= last; bucket++) {
    const count = counts.get(bucket) ?? 0
    bars.push({
      from: bucket === 0 ? 0 : bucketStart(bucket),
      to: bucketStart(bucket + 1),
      count,
      height: count === 0 ? 0 : Math.max(LEAST, count / most),
    })
  }
  return bars
}

function bucketAt(from: number): number {
  const bucket = bucketOf(from)
  return bucketStart(bucket) === from ? bucket : bucket + 1
}

/** Bars under which a duration is written: the first of each power of ten, and not too many of them. */
export function histogramTicks(bars: readonly HistogramBar[], most: number): number[] {
  const all = bars.flatMap((b, i) =>
    i === 0 ||
    Math.floor(Math.log10(Math.max(1, b.from) * 1.01)) !==
      Math.floor(Math.log10(Math.max(1, bars[i - 1]!.from) * 1.01))
      ? [i]
      : [],
  )
  const tens = all.length > 1 && all[1]! - all[0]! < 3 ? all.slice(1) : all
  const step = Math.max(1, Math.ceil(tens.length / most))
  return tens.filter((_, k) => k % step === 0)
}
