import { intFromFloat } from '../../../base/int64.ts'
import type { WideValues } from './wide.ts'

/**
 * Up to this many ns from the start (52 days) times are doubles, and sums of two of them exact. Beyond
 * there are only broken files; their times are bigints beside the doubles.
 */
const LIMIT = 2 ** 52
/** A start beyond this could make times pass 2^63, where they wrap around. */
const SOUND_START = 1n << 62n

/**
 * Turns ticks into nanoseconds since the first event of the trace. Results that no sum of doubles should
 * be trusted with stand in `wide` as well.
 */
export class TraceClock {
  private readonly wides: WideValues
  /** Absolute time of the trace's first event. */
  start = 0n
  /** Nanoseconds per tick, of the current generation. */
  scale = 1
  /** Times in [-limit, limit] are exact as doubles. */
  limit = LIMIT
  /** Some time of the trace did not fit. */
  hasWide = false
  /** The exact result of the last call of a method, undefined if the double is exact. */
  wide: bigint | undefined = undefined

  constructor(wides: WideValues) {
    this.wides = wides
  }

  setStart(ns: bigint): void {
    this.start = ns
    if (ns > SOUND_START || ns < -SOUND_START) this.limit = -1
  }

  /** Absolute ns of a number of ticks, as Go converts them: an int64. */
  absolute(ticks: number): bigint {
    return BigInt(intFromFloat(this.wides.nearest(ticks) * this.scale))
  }

  /** The time of a number of ticks. */
  at(ticks: number): number {
    return this.settle(this.absolute(ticks) - this.start)
  }

  /** The time `ticks` after another: the slow but exact way. `base` = ticks of the batch. */
  after(last: number, lastWide: bigint | undefined, ticks: number, base: number): number {
    let from = this.start + (lastWide ?? BigInt(last))
    // The reference takes a clock that stands at 0 for one that was not set.
    if (from === 0n) from = this.absolute(base)
    return this.settle(BigInt.asIntN(64, from + this.absolute(ticks)) - this.start)
  }

  private settle(exact: bigint): number {
    const t = Number(exact)
    this.wide = undefined
    if (!(t <= this.limit && t >= -this.limit)) {
      this.wide = exact
      this.hasWide = true
    }
    return t
  }
}
