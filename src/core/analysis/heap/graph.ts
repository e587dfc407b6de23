// The graph of who points to whom: objects, their holders, and the top above all holders; and the shortest
// way from the top to each object.

import type { HeapDump } from '../../model/heap-dump.ts'
import type { Holders } from './holders.ts'

/** No node. */
export const NONE = 0xffffffff

/** Edges of a part of the nodes: to[start[n] .. start[n + 1]), which may contain NONE. */
export interface Edges {
  readonly start: Uint32Array
  readonly to: Uint32Array
}

/** Nodes: objects [0, objects), holders [objects, top), and the top. */
export interface HeapGraph {
  readonly objects: number
  readonly top: number
  readonly count: number
  /** Of the objects. */
  readonly inner: Edges
  /** Of the holders and the top, whose node is their row + objects. */
  readonly outer: Edges
  /**
   * Node -> the one before it on a shortest way from the top; NONE for the top and for what cannot be
   * reached: garbage that was not collected yet.
   */
  readonly before: Uint32Array
  /** Object -> rank of the most certain holder that reaches it (see Holders.rank) + 1, 0 for garbage. */
  readonly rank: Uint8Array
}

const RANKS = 3

/**
 * Builds the graph. A holder that is not certain (rank 1 or 2) gets edges only to what no more certain one
 * reaches, so that guesses never share what is known to belong to one holder.
 */
export function buildHeapGraph(dump: HeapDump, holders: Holders): HeapGraph {
  const objects = dump.objects.count
  const top = objects + holders.count
  const inner: Edges = { start: dump.pointerStart, to: dump.target }
  const before = new Uint32Array(top + 1).fill(NONE)
  const queue = new Uint32Array(objects)
  let read = 0
  let write = 0
  const kept = new Uint8Array(holders.target.length)
  const rankOf = new Uint8Array(objects)
  for (let rank = 0; rank < RANKS; rank++) {
    for (let h = 0; h < holders.count; h++) {
      if (holders.rank[h] !== rank) continue
      for (let k = holders.start[h]; k < holders.start[h + 1]; k++) {
        const to = holders.target[k]
        if (rankOf[to] !== 0) continue
        kept[k] = 1
        if (before[to] !== NONE) continue
        before[to] = objects + h
        queue[write++] = to
      }
    }
    const from = read
    while (read < write) {
      const node = queue[read++]
      for (let k = inner.start[node]; k < inner.start[node + 1]; k++) {
        const to = inner.to[k]
        if (to === NONE || before[to] !== NONE) continue
        before[to] = node
        queue[write++] = to
      }
    }
    for (let k = from; k < write; k++) rankOf[queue[k]] = rank + 1
  }
  const outer = outerEdges(objects, holders, kept)
  for (let h = 0; h < holders.count; h++) {
    if (!used(outer, h)) continue
    const parent = holders.parent[h]
    before[objects + h] = parent < 0 ? top : objects + parent
  }
  return { objects, top, count: top + 1, inner, outer, before, rank: rankOf }
}

function used(outer: Edges, holder: number): boolean {
  return outer.start[holder + 1] > outer.start[holder]
}

/** Edges of holders to their frames and objects, and of the top to the holders that stand alone. */
function outerEdges(objects: number, holders: Holders, kept: Uint8Array): Edges {
  const { count, start, target, parent } = holders
  const size = new Uint32Array(count + 1)
  for (let h = 0; h < count; h++) for (let k = start[h]; k < start[h + 1]; k++) size[h] += kept[k]
  // Parents are goroutines, which are added before their frames.
  for (let h = count - 1; h >= 0; h--) if (size[h] > 0) size[parent[h] < 0 ? count : parent[h]]++
  const at = new Uint32Array(count + 2)
  for (let h = 0; h <= count; h++) at[h + 1] = at[h] + size[h]
  const to = new Uint32Array(at[count + 1])
  const next = at.slice(0, count + 1)
  for (let h = 0; h < count; h++) {
    if (size[h] > 0) to[next[parent[h] < 0 ? count : parent[h]]++] = objects + h
    for (let k = start[h]; k < start[h + 1]; k++) if (kept[k] !== 0) to[next[h]++] = target[k]
  }
  return { start: at, to }
}

/** The nodes from the top's child down to `node`; empty if it cannot be reached. */
export function wayTo(g: HeapGraph, node: number): number[] {
  const way: number[] = []
  for (let n = node; n !== g.top; n = g.before[n]) {
    if (n === NONE) return []
    way.push(n)
  }
  return way.reverse()
}
