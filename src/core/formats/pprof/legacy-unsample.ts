// The estimate behind sampled heap profiles, to the last bit of the reference.
//
// A block of s bytes is in the profile with probability 1 - exp(-s/rate); counts and sizes are divided
// by that and truncated, so one ulp in exp() can show as one object. Go's exp on amd64 (an own series
// with fused multiply-add, math/exp_amd64.s) is not V8's, hence the same series here, with the fused
// operation built from error-free sums and products.

import { type Int, intFromFloat } from '../../base/int64.ts'

/** Scales (count, size) of heap samples for one sampling rate. Rates of 1 and below leave them alone. */
export class HeapUnsampler {
  private readonly rate: number
  /** Mean block size -> factor. Size classes make these few. */
  private readonly known = new Map<number, number>()

  constructor(rate: Int) {
    this.rate = Number(rate)
  }

  /** The factor for `size` bytes in `count` blocks, neither 0; 1 if nothing is to be scaled. */
  factor(count: Int, size: Int): number {
    if (this.rate <= 1) return 1
    const mean = Number(size) / Number(count)
    let f = this.known.get(mean)
    if (f === undefined) {
      f = 1 / (1 - goExp(-mean / this.rate))
      if (this.known.size < 65536) this.known.set(mean, f)
    }
    return f
  }

  /** `value`, a count or a size, times the factor of its sample. A sample with a 0 in it is 0 altogether. */
  scale(value: Int, count: Int, size: Int): Int {
    if (count === 0 || size === 0) return 0
    return this.rate <= 1 ? value : intFromFloat(Number(value) * this.factor(count, size))
  }
}

// ln 2 in two parts: the upper is short, so that its product with a small integer is exact.
const LN2_UPPER = 0.693147180559663
const LN2_LOWER = 0.28235290563031577e-12
// 1/8!, 1/7!, ... 1/2!, 1
const SERIES = [1 / 40320, 1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 1 / 2, 1]

/** e^x with the rounding errors of Go's math.Exp on an amd64 processor with FMA. */
export function goExp(x: number): number {
  if (x > 709.782712893384) return Infinity
  // Below this the result is denormal or 0, and 1 minus it is 1 either way.
  if (x < -700) return 0
  // Adding and taking away 1.5 * 2^52 rounds to the nearest integer, ties to even.
  const exponent = x * Math.LOG2E + 6755399441055744 - 6755399441055744
  if (exponent >= 1024) return Infinity
  let r = fma(-LN2_UPPER, exponent, x)
  r = fma(-LN2_LOWER, exponent, r) * 0.0625
  let sum = SERIES[0]
  for (let k = 1; k < SERIES.length; k++) sum = fma(r, sum, SERIES[k])
  // r is now exp - 1 of a sixteenth; (1 + r)^2 - 1 = r * (2 + r), four times.
  r *= sum
  r *= 2 + r
  r *= 2 + r
  r *= 2 + r
  return fma(2 + r, r, 1) * 2 ** exponent
}

const double = new Float64Array(1)
const halves = new Uint32Array(double.buffer)
halves[0] = 1
/** Index of the low half of a double: 0 on little-endian machines. */
const LOW = double[0] < 1e-300 ? 0 : 1

/**
 * a * b + c rounded once. After Boldo and Melquiond, "Emulation of FMA and correctly rounded sums:
 * proved algorithms using rounding to odd" (2008). Operands must be far from overflow and underflow.
 */
export function fma(a: number, b: number, c: number): number {
  const product = a * b
  const ta = 134217729 * a
  const tb = 134217729 * b
  const ah = ta - (ta - a)
  const bh = tb - (tb - b)
  const al = a - ah
  const bl = b - bh
  const lost = ah * bh - product + ah * bl + al * bh + al * bl
  // (th, tl) = c + lost and (vh, vl) = product + th, both exact.
  const th = c + lost
  let t = th - c
  const tl = c - (th - t) + (lost - t)
  const vh = product + th
  t = vh - product
  const vl = product - (vh - t) + (th - t)
  // The small parts, rounded to odd: an inexact sum gets an odd last bit.
  let z = tl + vl
  t = z - tl
  const rest = tl - (z - t) + (vl - t)
  if (rest !== 0) {
    double[0] = z
    const low = halves[LOW]
    if ((low & 1) === 0) {
      if (rest > 0 === z > 0) halves[LOW] = low + 1
      else {
        if (low === 0) halves[1 - LOW]--
        halves[LOW] = low - 1
      }
      z = double[0]
    }
  }
  return vh + z
}
