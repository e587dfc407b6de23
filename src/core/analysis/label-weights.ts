import { UserError } from '../base/errors.ts'
import { GrowU32 } from '../base/grow.ts'
import type { Int64Column } from '../base/int64.ts'
import { countsSample, type GraphInput, lanesOf, sumLanes } from './graph.ts'

/** Weights of nodes split by the label sets of samples; one row per (node, set) that occurs. */
export interface LabelWeights {
  readonly count: number
  readonly node: Uint32Array
  readonly set: Uint32Array
  readonly flat: Int64Column
  readonly cum: Int64Column
  readonly flatDivisor?: Int64Column
  readonly cumDivisor?: Int64Column
}

/** Up to this many (node, set) pairs an array finds the row of a pair; beyond it a map does. */
const DENSE = 2 ** 24

/** Each pair becomes a tag, or several: beyond this many there is no memory for them (nor a picture of use). */
const MAX_PAIRS = 2 ** 22

/** Throws UserError if there are more pairs of node and label set than can be told apart in a picture. */
export function checkPairs(count: number): void {
  if (count > MAX_PAIRS)
    throw new UserError('too many different labels for a picture; leave out some with taghide or tagshow')
}

/** Sums by (node, label set) for the kept nodes (all if absent). */
export function sumByLabelSet(input: GraphInput, kept: Uint8Array | undefined): LabelWeights {
  const pass = new LabelPass(input, kept)
  const { value } = input.profile.samples
  const run = (lane: Float64Array): Float64Array[] => pass.run(lane)
  const [flat, cum] = sumLanes(lanesOf(value[input.value]), run)
  const rows = { count: pass.node.length, node: pass.node.done(), set: pass.set.done(), flat, cum }
  if (input.divisor === undefined) return rows
  const [flatDivisor, cumDivisor] = sumLanes(lanesOf(value[input.divisor]), run)
  return { ...rows, flatDivisor, cumDivisor }
}

class LabelPass {
  readonly node = new GrowU32(256)
  readonly set = new GrowU32(256)
  private readonly input: GraphInput
  private readonly nodeOf: Int32Array
  private readonly sets: number
  private readonly dense: Int32Array | undefined
  private readonly sparse = new Map<number, number>()

  constructor(input: GraphInput, kept: Uint8Array | undefined) {
    this.input = input
    this.nodeOf =
      kept === undefined ? input.nodes.node : input.nodes.node.map((n) => (kept[n] === 1 ? n : -1))
    this.sets = input.profile.labelSets.count
    const pairs = input.nodes.table.count * this.sets
    this.dense = pairs <= DENSE ? new Int32Array(pairs) : undefined
  }

  private row(node: number, set: number): number {
    const pair = node * this.sets + set
    const known = this.dense === undefined ? this.sparse.get(pair) : this.dense[pair]
    return known ? known - 1 : this.add(node, set, pair)
  }

  private add(node: number, set: number, pair: number): number {
    this.node.push(node)
    this.set.push(set)
    checkPairs(this.node.length)
    if (this.dense === undefined) this.sparse.set(pair, this.node.length)
    else this.dense[pair] = this.node.length
    return this.node.length - 1
  }

  run(w: Float64Array): Float64Array[] {
    const { nodes, profile } = this.input
    const { stackStart, stackEnd, frame, labelSet, count } = profile.samples
    const counts = countsSample(this.input)
    let flat = new Float64Array(1024)
    let cum = new Float64Array(1024)
    const stamp = new Uint32Array(nodes.table.count)
    const { start } = nodes
    const { nodeOf, dense, sets } = this
    for (let row = 0; row < count; row++) {
      if (!counts(row)) continue
      const set = labelSet[row]
      const from = stackStart[row]
      const end = stackEnd[row]
      const mark = row + 1
      for (let i = from; i < end; i++) {
        const loc = frame[i]
        for (let k = start[loc]; k < start[loc + 1]; k++) {
          const n = nodeOf[k]
          if (n < 0 || stamp[n] === mark) continue
          stamp[n] = mark
          // Here is where the time goes: nearly every pair is known.
          const known = dense === undefined ? 0 : dense[n * sets + set]
          const at = known > 0 ? known - 1 : this.row(n, set)
          if (at >= cum.length) {
            flat = doubled(flat, at)
            cum = doubled(cum, at)
          }
          cum[at] += w[row]
        }
      }
      const leaf = from < end ? nodeOf[start[frame[from]]] : -1
      if (leaf >= 0) flat[this.row(leaf, set)] += w[row]
    }
    return [flat.subarray(0, this.node.length), cum.subarray(0, this.node.length)]
  }
}

function doubled(a: Float64Array, at: number): Float64Array<ArrayBuffer> {
  const b = new Float64Array(Math.max(a.length * 2, at + 1))
  b.set(a)
  return b
}
