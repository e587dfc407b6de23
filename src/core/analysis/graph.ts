// Weights of nodes and of the calls between them, summed over the samples in one pass.
//
// 1. Every frame of a stack is one or more nodes. `cum` of a node counts a sample once however often the
//    node is in it, and so does each edge: a stamp per node and per edge holds the last sample that
//    counted.
// 2. A graph may keep only some nodes. A frame that is not kept makes the next edge "residual" (it goes
//    over something that is not shown), and a leaf that is not kept gives its flat weight to nobody.
// 3. Sums are doubles. That is exact while the sum of all |values| stays below 2^53; otherwise the pass
//    runs once per 22-bit limb of the values, each exact, and the limbs are put together at the end. Nothing but the
//    weights depends on the values, so the runs find the same edges in the same order.

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

/** Calls between nodes, rows from 0 in order of first occurrence. */
export interface EdgeTable {
  readonly count: number
  readonly from: Uint32Array
  readonly to: Uint32Array
  readonly weight: Int64Column
  readonly divisor?: Int64Column
  /** 1 if some sample reaches `to` over nodes that are not shown. */
  readonly residual: Uint8Array
  /** 1 if the call was inlined every time. */
  readonly inline: Uint8Array
}

export interface PassOptions {
  /** Node row -> 1 to keep; all if absent. */
  readonly kept?: Uint8Array
  /** Which edges to sum: of all nodes, those that touch a marked node, those into a marked node, or none. */
  readonly edges?: 'all' | { readonly touching: Uint8Array } | { readonly into: Uint8Array }
}

export interface Pass {
  readonly weights: Weights
  readonly edges: EdgeTable
}

/** Sums weights over all samples. Samples whose value (and divisor) is 0 do not exist for it. */
export function sumGraph(input: GraphInput, o: PassOptions = {}): Pass {
  const run = new GraphRun(input, o)
  const { samples } = input.profile
  const value = samples.value[input.value]
  const main = sumLanes(lanesOf(value), (lane) => run.run(lane))
  if (input.divisor === undefined) {
    const [flat, cum, weight] = main
    return { weights: { flat, cum }, edges: run.edges(weight) }
  }
  const [flat, cum, weight] = main
  const [flatDivisor, cumDivisor, divisor] = sumLanes(lanesOf(samples.value[input.divisor]), (lane) =>
    run.run(lane),
  )
  return { weights: { flat, cum, flatDivisor, cumDivisor }, edges: run.edges(weight, divisor) }
}

const LIMB = 2 ** 22

/** The columns to sum one by one so that doubles stay exact: the values, or their limbs from the lowest. */
export function lanesOf(column: Int64Column): Float64Array[] {
  let sum = 0
  for (const v of column.f) sum += v < 0 ? -v : v
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

/** Edges found so far; they are the same for every lane. */
class GraphRun {
  private readonly input: GraphInput
  private readonly o: PassOptions
  private readonly counts: (row: number) => boolean
  private edgeFrom = new Uint32Array(256)
  private edgeTo = new Uint32Array(256)
  private residual = new Uint8Array(256)
  private inline = new Uint8Array(256)
  private edgeCount = 0
  /** Open addressing on (from, to): slot -> edge row + 1. */
  private slots = new Uint32Array(1024)

  constructor(input: GraphInput, o: PassOptions) {
    this.input = input
    this.o = o
    this.counts = countsSample(input)
  }

  /** One pass: [flat, cum] by node row and weight by edge row. */
  run(w: Float64Array): Float64Array[] {
    return this.o.edges === undefined ? this.withoutEdges(w) : this.withEdges(w, this.o.edges)
  }

  /** Location -> its nodes with those that are not kept as -1. */
  private keptNodes(): Int32Array {
    const { nodes } = this.input
    const kept = this.o.kept
    return kept === undefined ? nodes.node : nodes.node.map((n) => (kept[n] === 1 ? n : -1))
  }

  private withoutEdges(w: Float64Array): Float64Array[] {
    const { nodes, profile } = this.input
    const { stackStart, stackEnd, frame, count } = profile.samples
    const flat = new Float64Array(nodes.table.count)
    const cum = new Float64Array(nodes.table.count)
    const node = this.keptNodes()
    const { start } = nodes
    // Sample row + 1 that counted last, in the narrowest array: it is read for every frame.
    const stamp = new Uint32Array(nodes.table.count)
    const one = singleNodes(nodes, node)
    for (let row = 0; row < count; row++) {
      if (!this.counts(row)) continue
      const v = w[row]
      const from = stackStart[row]
      const end = stackEnd[row]
      const mark = row + 1
      if (one !== undefined) {
        for (let i = from; i < end; i++) {
          const n = one[frame[i]]
          if (n >= 0 && stamp[n] !== mark) {
            stamp[n] = mark
            cum[n] += v
          }
        }
      } else {
        for (let i = from; i < end; i++) {
          const loc = frame[i]
          for (let k = start[loc]; k < start[loc + 1]; k++) {
            const n = node[k]
            if (n >= 0 && stamp[n] !== mark) {
              stamp[n] = mark
              cum[n] += v
            }
          }
        }
      }
      if (from < end) {
        const leaf = node[start[frame[from]]]
        if (leaf >= 0) flat[leaf] += v
      }
    }
    return [flat, cum, new Float64Array(0)]
  }

  private withEdges(w: Float64Array, edges: NonNullable<PassOptions['edges']>): Float64Array[] {
    const { nodes, profile } = this.input
    const { stackStart, stackEnd, frame, count } = profile.samples
    const n = nodes.table.count
    const flat = new Float64Array(n)
    const cum = new Float64Array(n)
    const node = this.keptNodes()
    const { start } = nodes
    const stamp = new Uint32Array(n)
    const all = edges === 'all'
    const touching = edges !== 'all' && 'touching' in edges ? edges.touching : undefined
    const into = edges !== 'all' && 'into' in edges ? edges.into : undefined
    // Most nodes are called from the same place again: the last edge into each is tried first.
    const lastParent = new Int32Array(n).fill(-1)
    const lastEdge = new Uint32Array(n)
    let weight = new Float64Array(Math.max(256, this.edgeFrom.length))
    let edgeStamp = new Uint32Array(weight.length)
    for (let row = 0; row < count; row++) {
      if (!this.counts(row)) continue
      const v = w[row]
      const mark = row + 1
      let parent = -1
      let residual = 0
      for (let i = stackEnd[row] - 1; i >= stackStart[row]; i--) {
        const loc = frame[i]
        const first = start[loc]
        const last = start[loc + 1] - 1
        for (let k = last; k >= first; k--) {
          const to = node[k]
          if (to < 0) {
            residual = 1
            continue
          }
          if (stamp[to] !== mark) {
            stamp[to] = mark
            cum[to] += v
          }
          if (
            parent >= 0 &&
            parent !== to &&
            (all || (into !== undefined ? into[to] === 1 : touching![to] === 1 || touching![parent] === 1))
          ) {
            let e: number
            if (lastParent[to] === parent) e = lastEdge[to]
            else {
              e = this.edge(parent, to)
              lastParent[to] = parent
              lastEdge[to] = e
              if (e >= weight.length) {
                const w2 = new Float64Array(weight.length * 2)
                w2.set(weight)
                weight = w2
                const s2 = new Uint32Array(weight.length)
                s2.set(edgeStamp)
                edgeStamp = s2
              }
            }
            // Flags are set by the sample's first pass over the edge only, as the weight.
            if (edgeStamp[e] !== mark) {
              edgeStamp[e] = mark
              weight[e] += v
              if (residual === 1) this.residual[e] = 1
              if (k === last) this.inline[e] = 0
            }
          }
          parent = to
          residual = 0
        }
      }
      if (parent >= 0 && residual === 0) flat[parent] += v
    }
    return [flat, cum, weight.subarray(0, this.edgeCount)]
  }

  /** Finds or adds the edge. A new one is inlined until a call that is not shows up. */
  private edge(from: number, to: number): number {
    const mask = this.slots.length - 1
    let slot = edgeHash(from, to) & mask
    for (;;) {
      const e = this.slots[slot] - 1
      if (e < 0) break
      if (this.edgeFrom[e] === from && this.edgeTo[e] === to) return e
      slot = (slot + 1) & mask
    }
    const e = this.edgeCount++
    if (e === this.edgeFrom.length) {
      const grow = <T extends Uint32Array | Uint8Array>(a: T, b: T): T => {
        b.set(a)
        return b
      }
      this.edgeFrom = grow(this.edgeFrom, new Uint32Array(e * 2))
      this.edgeTo = grow(this.edgeTo, new Uint32Array(e * 2))
      this.residual = grow(this.residual, new Uint8Array(e * 2))
      this.inline = grow(this.inline, new Uint8Array(e * 2))
    }
    this.edgeFrom[e] = from
    this.edgeTo[e] = to
    this.inline[e] = 1
    this.slots[slot] = e + 1
    if (this.edgeCount * 2 > this.slots.length) {
      const slots = new Uint32Array(this.slots.length * 4)
      for (let i = 0; i < this.edgeCount; i++) {
        let s = edgeHash(this.edgeFrom[i], this.edgeTo[i]) & (slots.length - 1)
        while (slots[s] !== 0) s = (s + 1) & (slots.length - 1)
        slots[s] = i + 1
      }
      this.slots = slots
    }
    return e
  }

  edges(weight: Int64Column, divisor?: Int64Column): EdgeTable {
    const n = this.edgeCount
    return {
      count: n,
      from: this.edgeFrom.subarray(0, n),
      to: this.edgeTo.subarray(0, n),
      weight,
      ...(divisor && { divisor }),
      residual: this.residual.subarray(0, n),
      inline: this.inline.subarray(0, n),
    }
  }
}

function edgeHash(from: number, to: number): number {
  const h = Math.imul(Math.imul(from, 0x9e3779b1) ^ to, 0x85ebca6b)
  return (h ^ (h >>> 15)) >>> 0
}

/** Location -> its one node, if no location has several (no inlining): one look-up less per frame. */
function singleNodes(nodes: ProfileNodes, node: Int32Array): Int32Array | undefined {
  const locations = nodes.start.length - 2
  if (nodes.node.length !== locations) return undefined
  const one = new Int32Array(locations + 1)
  for (let loc = 1; loc <= locations; loc++) one[loc] = node[nodes.start[loc]]
  return one
}
