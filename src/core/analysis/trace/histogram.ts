/** Natural logarithm of the ratio between neighbouring buckets: five to a power of ten. */
const STEP = Math.log(10 ** (1 / 5))

/** The bucket of a duration in ns; 0 for durations that are not positive. */
export function bucketOf(duration: number): number {
  return duration > 0 ? Math.trunc(Math.log(duration) / STEP) : 0
}

/** The least duration (ns, truncated) of a bucket. */
export function bucketStart(bucket: number): number {
  return Math.trunc(Math.exp(bucket * STEP))
}

/** How often durations of which size occur. */
export class DurationHistogram {
  /** Number of durations. */
  count = 0
  /** Bucket -> number of durations; no entries after the last one that is not 0. */
  readonly buckets: number[] = []

  add(duration: number): void {
    const bucket = bucketOf(duration)
    while (this.buckets.length <= bucket) this.buckets.push(0)
    this.buckets[bucket]++
    this.count++
  }

  /** [bucket, its start in ns, number of durations] for each bucket that is not empty. */
  rows(): [bucket: number, start: number, count: number][] {
    const out: [number, number, number][] = []
    for (const [bucket, n] of this.buckets.entries()) if (n > 0) out.push([bucket, bucketStart(bucket), n])
    return out
  }
}
