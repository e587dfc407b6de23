// Weights of nodes, summed over the samples in one pass.
//
// 1. Every frame of a stack is one or more nodes. `cum` of a node counts a sample once however often the
//    node is in it: a stamp per node holds the last sample that counted.
// 2. Sums are doubles. That is exact while the sum of all |values| stays below 2^53; otherwise the pass
//    runs once per 22-bit limb of the values, each exact, and the limbs are put together at the end.

import { absInt, type Int, Int64Builder, Int64Column, quoInt } from '../base/int64.ts'
import type { Profile } from '../model/profile.ts'
import type { ProfileNodes } from './nodes.ts'

export interface GraphInput {
  readonly profile: Profile
  readonly nodes: ProfileNodes
  /** Sample type that weighs, and the one that means divide by, if any. */
  readonly value: number
  readonly divisor?: number
}

export interface Weights {
  readonly flat: Int64Column
  readonly cum: Int64Column
  /** Sums of the divisor; absent where there is none. */
  readonly flatDivisor?: Int64Column
  readonly cumDivisor?: Int64Column
}

/** flat or cum, divided by its divisor where the mean was asked for. */
export function meanOf(sum: Int, divisor: Int | undefined): Int {
  return divisor === undefined || divisor === 0 ? sum : quoInt(sum, divisor)
}

export function flatValue(w: Weights, node: number): Int {
  return meanOf(w.flat.get(node), w.flatDivisor?.get(node))
}

export function cumValue(w: Weights, node: number): Int {
  return meanOf(w.cum.get(node), w.cumDivisor?.get(node))
}

/** Sums the weights of all nodes. Samples whose value (and divisor) is 0 do not exist for it. */
export function sumWeights(input: GraphInput): Weights {
  const counts = countsSample(input)
  const sum = (type: number): Int64Column[] =>
    sumLanes(lanesOf(input.profile.samples.value[type]), (lane) => weightPass(input, counts, lane))
  const [flat, cum] = sum(input.value)
  if (input.divisor === undefined) return { flat, cum }
  const [flatDivisor, cumDivisor] = sum(input.divisor)
  return { flat, cum, flatDivisor, cumDivisor }
}

const LIMB = 2 ** 22

/** The columns to sum one by one so that doubles stay exact: the values, or their limbs from the lowest. */
export function lanesOf(column: Int64Column): Float64Array[] {
  let sum = 0
  const { f } = column
  for (let row = 0; row < f.length; row++) sum += Math.abs(f[row])
  if (sum < 2 ** 53) return [column.f]
  const lanes = [0, 1, 2].map(() => new Float64Array(column.length))
  for (let row = 0; row < column.length; row++) {
    const v = column.get(row)
    const sign = v < 0 ? -1 : 1
    // The least int64 has no positive counterpart; as a uint64 its magnitude is right.
    let m = BigInt.asUintN(64, BigInt(absInt(v)))
    for (const lane of lanes) {
      lane[row] = sign * Number(m % BigInt(LIMB))
      m /= BigInt(LIMB)
    }
  }
  return lanes
}

/** Runs a pass per lane and joins the sums, wrapping at 64 bits as Go does. */
export function sumLanes(
  lanes: readonly Float64Array[],
  run: (lane: Float64Array) => Float64Array[],
): Int64Column[] {
  const sums = lanes.map(run)
  if (sums.length === 1) return sums[0].map((f) => new Int64Column(f))
  return sums[0].map((_, k) => {
    const out = new Int64Builder(sums[0][k].length)
    for (let row = 0; row < sums[0][k].length; row++) {
      let v = 0n
      for (let i = sums.length - 1; i >= 0; i--) v = v * BigInt(LIMB) + BigInt(sums[i][k][row])
      v = BigInt.asIntN(64, v)
      out.push(v >= -9007199254740991n && v <= 9007199254740991n ? Number(v) : v)
    }
    return out.done()
  })
}

/** The samples that count: value or divisor not 0. */
export function countsSample(input: GraphInput): (row: number) => boolean {
  const v = input.profile.samples.value[input.value].f
  if (input.divisor === undefined) return (row) => v[row] !== 0
  const d = input.profile.samples.value[input.divisor].f
  return (row) => v[row] !== 0 || d[row] !== 0
}

/** One pass: [flat, cum] by node row. */
function weightPass(input: GraphInput, counts: (row: number) => boolean, w: Float64Array): Float64Array[] {
  const { nodes, profile } = input
  const { stackStart, stackEnd, frame, count } = profile.samples
  const flat = new Float64Array(nodes.table.count)
  const cum = new Float64Array(nodes.table.count)
  const { start, node } = nodes
  // Sample row + 1 that counted last.
  const stamp = new Uint32Array(nodes.table.count)
  const single = singleNodes(start, node)
  for (let row = 0; row < count; row++) {
    if (!counts(row)) continue
    const v = w[row]
    const from = stackStart[row]
    const end = stackEnd[row]
    const mark = row + 1
    for (let i = from; i < end; i++) {
      const loc = frame[i]
      const n = single[loc]
      if (n >= 0) {
        if (stamp[n] !== mark) {
          stamp[n] = mark
          cum[n] += v
        }
      } else {
        for (let k = start[loc]; k < start[loc + 1]; k++) {
          const m = node[k]
          if (stamp[m] !== mark) {
            stamp[m] = mark
            cum[m] += v
          }
        }
      }
    }
    if (from < end) flat[node[start[frame[from]]]] += v
  }
  return [flat, cum]
}

/** In `singleNodes`: the location is not one node but several. */
const SEVERAL = -2

/** Location -> what its node list holds; SEVERAL where inlining makes it more than one node. */
export function singleNodes(start: Uint32Array, node: Int32Array): Int32Array {
  const locations = start.length - 2
  const single = new Int32Array(locations + 1)
  for (let loc = 1; loc <= locations; loc++)
    single[loc] = start[loc + 1] - start[loc] === 1 ? node[start[loc]] : SEVERAL
  return single
}
