// Dominators: the one node that all ways from the top to a node pass. If it went away, so would the node.
//
// Semi-NCA (Georgiadis, "Linear-time algorithms for dominators and related problems", 2005), nearly linear in
// practice. All arrays are by number of the depth-first walk, beginning at 0 for the top:
// 1. walk: numbers, and for each its parent in the walk;
// 2. edges reversed, between numbers;
// 3. semidominators, last number first, with path compression;
// 4. the dominator is the first ancestor in the tree so far that is not below the semidominator.

import { GrowU32 } from '../../base/grow.ts'
import { type Edges, type HeapGraph, NONE } from './graph.ts'

export interface DominatorTree {
  /** Nodes that can be reached, each behind its dominator; the top first. */
  readonly order: Uint32Array
  /** Node -> the node that dominates it; NONE for the top and for what cannot be reached. */
  readonly dominator: Uint32Array
}

interface Walk {
  /** Number -> node. */
  readonly order: Uint32Array
  /** Number -> number of its parent in the walk. */
  readonly parent: Uint32Array
  /** Node -> number, NONE if it cannot be reached. */
  readonly number: Uint32Array
}

export function buildDominators(g: HeapGraph): DominatorTree {
  const walk = walkDepthFirst(g)
  const { order } = walk
  const n = order.length
  const dominator = immediateDominators(walk, reversedEdges(g, walk))
  // From here on by node.
  const ofNode = walk.number.fill(NONE)
  for (let v = 1; v < n; v++) ofNode[order[v]] = order[dominator[v]]
  return { order, dominator: ofNode }
}

function edgesOf(g: HeapGraph, node: number): Edges {
  return node < g.objects ? g.inner : g.outer
}

function rowOf(g: HeapGraph, node: number): number {
  return node < g.objects ? node : node - g.objects
}

function walkDepthFirst(g: HeapGraph): Walk {
  const number = new Uint32Array(g.count).fill(NONE)
  const order = new Uint32Array(g.count)
  const parent = new Uint32Array(g.count)
  // Next edge to look at, for each node of the way that is being walked.
  const next = new GrowU32(1 << 16)
  let count = 1
  order[0] = g.top
  number[g.top] = 0
  next.push(g.outer.start[rowOf(g, g.top)])
  let current = 0
  for (;;) {
    const node = order[current]
    const { start, to } = edgesOf(g, node)
    const end = start[rowOf(g, node) + 1]
    const depth = next.length - 1
    let k = next.a[depth]
    let child = NONE
    while (k < end) {
      const t = to[k++]
      if (t !== NONE && number[t] === NONE) {
        child = t
        break
      }
    }
    next.a[depth] = k
    if (child !== NONE) {
      number[child] = count
      order[count] = child
      parent[count] = current
      current = count++
      next.push(edgesOf(g, child).start[rowOf(g, child)])
    } else {
      next.length--
      if (next.length === 0) break
      current = parent[current]
    }
  }
  return { order: order.subarray(0, count), parent: parent.subarray(0, count), number }
}

/** Edges between numbers, by the one that they lead to. */
function reversedEdges(g: HeapGraph, { order, number }: Walk): Edges {
  const n = order.length
  const start = new Uint32Array(n + 2)
  for (let v = 0; v < n; v++) {
    const { start: from, to } = edgesOf(g, order[v])
    const row = rowOf(g, order[v])
    for (let k = from[row]; k < from[row + 1]; k++) if (to[k] !== NONE) start[number[to[k]] + 2]++
  }
  for (let v = 0; v < n; v++) start[v + 2] += start[v + 1]
  const reversed = new Uint32Array(start[n + 1])
  for (let v = 0; v < n; v++) {
    const { start: from, to } = edgesOf(g, order[v])
    const row = rowOf(g, order[v])
    for (let k = from[row]; k < from[row + 1]; k++)
      if (to[k] !== NONE) reversed[start[number[to[k]] + 1]++] = v
  }
  return { start, to: reversed }
}

function immediateDominators(walk: Walk, reversed: Edges): Uint32Array {
  const n = walk.order.length
  const dominator = walk.parent.slice()
  // Shortened as paths are compressed.
  const ancestor = walk.parent
  const semi = new Uint32Array(n)
  const label = new Uint32Array(n)
  for (let v = 0; v < n; v++) {
    semi[v] = v
    label[v] = v
  }
  const path = new GrowU32(1024)
  /** Of the vertices from v up to the last one that is not linked yet, the one with the least semidominator. */
  const evaluate = (v: number, linked: number): number => {
    if (ancestor[v] < linked) return label[v]
    path.length = 0
    let u = v
    do {
      path.push(u)
      u = ancestor[u]
    } while (ancestor[u] >= linked)
    let best = label[u]
    const root = ancestor[u]
    for (let k = path.length - 1; k >= 0; k--) {
      const w = path.a[k]
      ancestor[w] = root
      if (semi[best] < semi[label[w]]) label[w] = best
      else best = label[w]
    }
    return label[v]
  }
  for (let w = n - 1; w > 0; w--) {
    let least = dominator[w]
    for (let k = reversed.start[w]; k < reversed.start[w + 1]; k++) {
      const s = semi[evaluate(reversed.to[k], w + 1)]
      if (s < least) least = s
    }
    semi[w] = least
  }
  for (let w = 1; w < n; w++) {
    let d = dominator[w]
    while (d > semi[w]) d = dominator[d]
    dominator[w] = d
  }
  return dominator
}
