import { type Int, toInt } from '../../../base/int64.ts'

const ALL_ONES = (1n << 64n) - 1n
const SAFE = BigInt(Number.MAX_SAFE_INTEGER)

/** Code of 2^64-1: "none" as an id. */
export const NONE = -1

/**
 * Codes: every uint64 as a double, so that loops over events handle plain numbers and are exact all the
 * same. Up to 2^53-1 the code is the value, NONE (-1) is 2^64-1, and what lies between has a number of its
 * own, -2 and down, given out here. Codes are equal exactly if the values are.
 */
export class WideValues {
  private readonly values: bigint[] = []
  private readonly codes = new Map<bigint, number>()

  /** The code of a uint64. */
  code(v: bigint): number {
    if (v <= SAFE) return Number(v)
    if (v === ALL_ONES) return NONE
    let code = this.codes.get(v)
    if (code === undefined) {
      code = -1 - this.values.push(v)
      this.codes.set(v, code)
    }
    return code
  }

  exact(code: number): bigint {
    if (code >= 0) return BigInt(code)
    return code === NONE ? ALL_ONES : this.values[-2 - code]
  }

  /** As a uint64. */
  unsigned(code: number): Int {
    return code >= 0 ? code : this.exact(code)
  }

  /** As an int64, which ids of goroutines, procs and threads are. */
  signed(code: number): Int {
    return code >= NONE ? code : toInt(BigInt.asIntN(64, this.exact(code)))
  }

  /** The nearest double. */
  nearest(code: number): number {
    return code >= 0 ? code : Number(this.exact(code))
  }

  /** The code of the value plus one, modulo 2^64. */
  next(code: number): number {
    if (code >= 0 && code < Number.MAX_SAFE_INTEGER) return code + 1
    return this.code(BigInt.asUintN(64, this.exact(code) + 1n))
  }

  less(a: number, b: number): boolean {
    return a >= 0 && b >= 0 ? a < b : this.exact(a) < this.exact(b)
  }
}
