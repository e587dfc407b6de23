// Weights of calls between nodes, summed over the samples.
//
// 1. An edge counts a sample once, with the flags of its first occurrence from the root: a stamp per edge
//    holds the last sample that counted.
// 2. A graph may keep only some nodes. A frame that is not kept makes the next edge "residual": it goes over
//    something that is not shown.
// 3. Reports that look at few nodes say so: then only the stacks' frames around those nodes are looked at.
// 4. Nothing but the weights depends on the values, so the runs over several lanes (see graph.ts) find
//    the same edges in the same order.

import type { Int64Column } from '../base/int64.ts'
import { countsSample, type GraphInput, lanesOf, singleNodes, sumLanes } from './graph.ts'

/** Calls between nodes, rows from 0 in order of first occurrence. */
export interface EdgeTable {
  readonly count: number
  readonly from: Uint32Array
  readonly to: Uint32Array
  readonly weight: Int64Column
  readonly divisor?: Int64Column
  /** 1 if some sample reaches `to` over nodes that are not kept. */
  readonly residual: Uint8Array
  /** 1 if the call was inlined every time. */
  readonly inline: Uint8Array
}

/** All edges; those that begin or end at a marked node; or those that end at one. */
export type EdgeChoice = 'all' | { readonly touching: Uint8Array } | { readonly into: Uint8Array }

/** Sums the edges between the kept nodes (node row -> 1; all if undefined). */
export function sumEdges(input: GraphInput, kept: Uint8Array | undefined, choice: EdgeChoice): EdgeTable {
  const run = new EdgeRun(input, kept)
  const sum = (type: number): Int64Column => {
    const lanes = lanesOf(input.profile.samples.value[type])
    const [weight] = sumLanes(lanes, (lane) => [run.run(lane, choice)])
    return weight
  }
  const weight = sum(input.value)
  return run.table(weight, input.divisor === undefined ? undefined : sum(input.divisor))
}

/** A table of no edges. */
export function noEdges(weight: Int64Column): EdgeTable {
  const none = new Uint32Array(0)
  const flags = new Uint8Array(0)
  return { count: 0, from: none, to: none, weight: weight.gather(none), residual: flags, inline: flags }
}

/** A node that is not kept, in the lists of locations' nodes. */
const NOT_KEPT = -1

class EdgeRun {
  private readonly input: GraphInput
  private readonly counts: (row: number) => boolean
  /** Location's node list with those that are not kept as -1. */
  private readonly node: Int32Array
  private from = new Uint32Array(256)
  private to = new Uint32Array(256)
  private residual = new Uint8Array(256)
  private inline = new Uint8Array(256)
  private count = 0
  /** Open addressing on (from, to): slot -> edge row + 1. */
  private slots = new Uint32Array(1024)
  /** Of the run under way: by edge row, the weight and the sample row + 1 that counted last. */
  private weight = new Float64Array(256)
  private stamp = new Uint32Array(256)
  /** Node row -> the edge into it that was found last, and where that comes from: usually the next one, too. */
  private readonly lastFrom: Int32Array
  private readonly lastEdge: Uint32Array

  constructor(input: GraphInput, kept: Uint8Array | undefined) {
    this.input = input
    this.counts = countsSample(input)
    const { node, table } = input.nodes
    this.node = kept === undefined ? node : node.map((n) => (kept[n] === 1 ? n : NOT_KEPT))
    this.lastFrom = new Int32Array(table.count).fill(-1)
    this.lastEdge = new Uint32Array(table.count)
  }

  /** One pass over the samples: weight by edge row. */
  run(w: Float64Array, choice: EdgeChoice): Float64Array {
    this.weight = new Float64Array(this.from.length)
    this.stamp = new Uint32Array(this.from.length)
    if (choice === 'all') this.all(w)
    else if ('into' in choice) this.near(w, choice.into, false)
    else this.near(w, choice.touching, true)
    return this.weight.subarray(0, this.count)
  }

  private all(w: Float64Array): void {
    const { nodes, profile } = this.input
    const { stackStart, stackEnd, frame, count } = profile.samples
    const { node } = this
    const { start } = nodes
    const single = singleNodes(start, node)
    for (let row = 0; row < count; row++) {
      if (!this.counts(row)) continue
      const v = w[row]
      const first = stackStart[row]
      let parent = -1
      let residual = 0
      for (let i = stackEnd[row] - 1; i >= first; i--) {
        const loc = frame[i]
        const only = single[loc]
        if (only >= 0) {
          if (parent >= 0 && parent !== only) this.add(parent, only, row, v, residual, true)
          parent = only
          residual = 0
          continue
        }
        if (only === NOT_KEPT) {
          residual = 1
          continue
        }
        const last = start[loc + 1] - 1
        for (let k = last; k >= start[loc]; k--) {
          const to = node[k]
          if (to < 0) {
            residual = 1
            continue
          }
          if (parent >= 0 && parent !== to) this.add(parent, to, row, v, residual, k === last)
          parent = to
          residual = 0
        }
      }
    }
  }

  /** Edges around marked nodes: into them, and with `callees` out of them. */
  private near(w: Float64Array, marked: Uint8Array, callees: boolean): void {
    const { nodes, profile } = this.input
    const { stackStart, stackEnd, frame, count } = profile.samples
    const { node } = this
    const { start } = nodes
    const holds = new Uint8Array(start.length)
    for (let loc = 1; loc < start.length - 1; loc++)
      for (let k = start[loc]; k < start[loc + 1]; k++)
        if (node[k] >= 0 && marked[node[k]] === 1) holds[loc] = 1
    for (let row = 0; row < count; row++) {
      if (!this.counts(row)) continue
      const v = w[row]
      const first = stackStart[row]
      const end = stackEnd[row]
      for (let i = end - 1; i >= first; i--) {
        const loc = frame[i]
        if (holds[loc] === 0) continue
        let parent = -1
        let residual = 0
        // The innermost kept node of the callers.
        for (let up = i + 1; up < end && parent < 0; up++)
          for (let k = start[frame[up]]; k < start[frame[up] + 1] && parent < 0; k++) {
            parent = node[k]
            if (parent < 0) residual = 1
          }
        const last = start[loc + 1] - 1
        for (let k = last; k >= start[loc]; k--) {
          const to = node[k]
          if (to < 0) {
            residual = 1
            continue
          }
          if (parent >= 0 && parent !== to && (marked[to] === 1 || (callees && marked[parent] === 1)))
            this.add(parent, to, row, v, residual, k === last)
          parent = to
          residual = 0
        }
        if (callees && parent >= 0 && marked[parent] === 1) this.callee(row, v, parent, residual, i, first)
      }
    }
  }

  /** The edge from `parent`, the innermost kept node of frame i, to the outermost kept one below it. */
  private callee(row: number, v: number, parent: number, over: number, i: number, first: number): void {
    const { nodes, profile } = this.input
    let residual = over
    for (let down = i - 1; down >= first; down--) {
      const loc = profile.samples.frame[down]
      const last = nodes.start[loc + 1] - 1
      for (let k = last; k >= nodes.start[loc]; k--) {
        const to = this.node[k]
        if (to >= 0) {
          if (to !== parent) this.add(parent, to, row, v, residual, k === last)
          return
        }
        residual = 1
      }
    }
  }

  private add(from: number, to: number, row: number, v: number, residual: number, called: boolean): void {
    let e: number
    if (this.lastFrom[to] === from) e = this.lastEdge[to]
    else {
      e = this.edge(from, to)
      this.lastFrom[to] = from
      this.lastEdge[to] = e
    }
    if (this.stamp[e] === row + 1) return
    this.stamp[e] = row + 1
    this.weight[e] += v
    if (residual === 1) this.residual[e] = 1
    if (called) this.inline[e] = 0
  }

  /** Finds or adds the edge. A new one is inlined until a call that is not shows up. */
  private edge(from: number, to: number): number {
    const mask = this.slots.length - 1
    let slot = edgeHash(from, to) & mask
    for (;;) {
      const e = this.slots[slot] - 1
      if (e < 0) break
      if (this.from[e] === from && this.to[e] === to) return e
      slot = (slot + 1) & mask
    }
    const e = this.count++
    if (e === this.from.length) {
      this.from = doubled(this.from)
      this.to = doubled(this.to)
      this.residual = doubled(this.residual)
      this.inline = doubled(this.inline)
      this.weight = doubled(this.weight)
      this.stamp = doubled(this.stamp)
    }
    this.from[e] = from
    this.to[e] = to
    this.inline[e] = 1
    this.slots[slot] = e + 1
    if (this.count * 2 > this.slots.length) this.rehash()
    return e
  }

  private rehash(): void {
    const slots = new Uint32Array(this.slots.length * 4)
    const mask = slots.length - 1
    for (let e = 0; e < this.count; e++) {
      let slot = edgeHash(this.from[e], this.to[e]) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = e + 1
    }
    this.slots = slots
  }

  table(weight: Int64Column, divisor: Int64Column | undefined): EdgeTable {
    return {
      count: this.count,
      from: this.from.subarray(0, this.count),
      to: this.to.subarray(0, this.count),
      weight,
      ...(divisor && { divisor }),
      residual: this.residual.subarray(0, this.count),
      inline: this.inline.subarray(0, this.count),
    }
  }
}

/** A copy with twice the room. */
function doubled<A extends Float64Array | Uint32Array | Uint8Array>(a: A): A {
  const b = new (a.constructor as new (length: number) => A)(a.length * 2)
  b.set(a)
  return b
}

function edgeHash(from: number, to: number): number {
  const h = Math.imul(Math.imul(from, 0x9e3779b1) ^ to, 0x85ebca6b)
  return (h ^ (h >>> 15)) >>> 0
}
