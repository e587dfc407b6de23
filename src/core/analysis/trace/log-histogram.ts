/** Buckets per power of two: values of a bucket differ by at most 9 %. */
const PER_OCTAVE = 8
const BUCKETS = 64 * PER_OCTAVE

/** Counts of durations in buckets that grow with the value, so that percentiles of millions cost nothing. */
export class LogHistogram {
  readonly buckets = new Float64Array(BUCKETS)
  count = 0
  sum = 0
  max = 0

  add(value: number): void {
    this.buckets[value <= 1 ? 0 : Math.min(BUCKETS - 1, Math.floor(Math.log2(value) * PER_OCTAVE))]++
    this.count++
    this.sum += value
    if (value > this.max) this.max = value
  }

  /** The value below which a share `p` of all lies, within 9 %; NaN of none. */
  percentile(p: number): number {
    if (this.count === 0) return Number.NaN
    let left = Math.max(1, Math.ceil(p * this.count))
    for (let k = 0; k < BUCKETS; k++) {
      left -= this.buckets[k]
      if (left <= 0) return Math.min(this.max, 2 ** ((k + 0.5) / PER_OCTAVE))
    }
    return this.max
  }
}
