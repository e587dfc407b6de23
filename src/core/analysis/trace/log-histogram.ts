/** Buckets per power of two: values of a bucket differ by at most an eighth. */
const PER_OCTAVE = 8
const BUCKETS = 64 * PER_OCTAVE
/** Bits of a double's upper half below the exponent and the first three of the fraction. */
const SHIFT = 17
/** What the exponent of 1 gives. */
const BIAS = 1023 * PER_OCTAVE

/** Counts of durations in buckets that grow with the value, so that percentiles of millions cost nothing. */
export class LogHistogram {
  readonly buckets = new Float64Array(BUCKETS)
  count = 0
  sum = 0
  max = 0
  /** A double and its halves: the bucket is read from its bits, as a logarithm takes longer than all the rest. */
  private readonly double = new Float64Array(1)
  private readonly halves = new Uint32Array(this.double.buffer)

  /** Adds a value; less than 1 counts as 1. */
  add(value: number): void {
    this.double[0] = value
    const bucket = (this.halves[1] >>> SHIFT) - BIAS
    this.buckets[value < 1 ? 0 : bucket < BUCKETS ? bucket : BUCKETS - 1]++
    this.count++
    this.sum += value
    if (value > this.max) this.max = value
  }

  /** The value below which a share `p` of all lies, to the middle of its bucket (6 %); NaN of none. */
  percentile(p: number): number {
    if (this.count === 0) return Number.NaN
    let left = Math.max(1, Math.ceil(p * this.count))
    for (let k = 0; k < BUCKETS; k++) {
      left -= this.buckets[k]
      if (left > 0) continue
      const octave = 2 ** Math.floor(k / PER_OCTAVE)
      return Math.min(this.max, octave * (1 + ((k % PER_OCTAVE) + 0.5) / PER_OCTAVE))
    }
    return this.max
  }

  /**
   * The bucket of the value with the rank of a share `p`: values from `from` to below `to`, and how many lie below
   * it. Whoever has the values finds the percentile itself among few of them.
   */
  around(p: number): { readonly from: number; readonly to: number; readonly below: number } {
    const rank = Math.max(1, Math.ceil(p * this.count))
    let below = 0
    let k = 0
    while (k < BUCKETS - 1 && below + this.buckets[k] < rank) below += this.buckets[k++]
    const start = (bucket: number): number =>
      2 ** Math.floor(bucket / PER_OCTAVE) * (1 + (bucket % PER_OCTAVE) / PER_OCTAVE)
    // What is less than 1 counts as 1.
    const from = k === 0 ? Number.NEGATIVE_INFINITY : start(k)
    return { from, to: k === BUCKETS - 1 ? Number.POSITIVE_INFINITY : start(k + 1), below }
  }
}
