// Sizes along the dominator tree.

import type { HeapObjects } from '../../model/heap-dump.ts'
import type { DominatorTree } from './dominators.ts'
import { type HeapGraph, NONE } from './graph.ts'

/** Node -> bytes that would be free if the node went away: its own and those of all that it dominates; 0 if it cannot be reached. */
export function retainedSizes(g: HeapGraph, tree: DominatorTree, objects: HeapObjects): Float64Array {
  const retained = new Float64Array(g.count)
  const { order, dominator } = tree
  for (let k = order.length - 1; k >= 0; k--) {
    const node = order[k]
    if (node < g.objects) retained[node] += objects.size(node)
    if (k > 0) retained[dominator[node]] += retained[node]
  }
  return retained
}

/** Nodes by their dominator: child[start[node] .. start[node + 1]), those that retain most first. */
export interface DominatorChildren {
  readonly start: Uint32Array
  readonly child: Uint32Array
}

/** Costs a sort of each node's children. */
export function dominatorChildren(
  g: HeapGraph,
  tree: DominatorTree,
  retained: Float64Array,
): DominatorChildren {
  const { order, dominator } = tree
  const start = new Uint32Array(g.count + 2)
  for (let k = 1; k < order.length; k++) start[dominator[order[k]] + 2]++
  for (let n = 0; n <= g.count; n++) start[n + 1] += start[n]
  const child = new Uint32Array(Math.max(0, order.length - 1))
  for (let k = 1; k < order.length; k++) child[start[dominator[order[k]] + 1]++] = order[k]
  for (let n = 0; n < g.count; n++) {
    if (start[n + 1] - start[n] > 1)
      child.subarray(start[n], start[n + 1]).sort((a, b) => retained[b] - retained[a] || a - b)
  }
  return { start, child }
}

/** What the objects of one type take together. Columns by type. */
export interface TypeSums {
  readonly objects: Float64Array
  readonly bytes: Float64Array
  /**
   * Bytes that would be free without any object of the type: retained sizes of those that no other one of the
   * type dominates.
   */
  readonly retained: Float64Array
  /** Objects that cannot be reached, which are in none of the other columns. */
  readonly deadObjects: Float64Array
  readonly deadBytes: Float64Array
}

/** Sums by type, in one walk of the dominator tree. `typeOf` gives an object's type, 0 to `types` - 1. */
export function sumByType(
  g: HeapGraph,
  tree: DominatorTree,
  children: DominatorChildren,
  retained: Float64Array,
  objects: HeapObjects,
  typeOf: (object: number) => number,
  types: number,
): TypeSums {
  const sums: TypeSums = {
    objects: new Float64Array(types),
    bytes: new Float64Array(types),
    retained: new Float64Array(types),
    deadObjects: new Float64Array(types),
    deadBytes: new Float64Array(types),
  }
  for (let object = 0; object < g.objects; object++) {
    const type = typeOf(object)
    const dead = tree.dominator[object] === NONE
    ;(dead ? sums.deadObjects : sums.objects)[type]++
    ;(dead ? sums.deadBytes : sums.bytes)[type] += objects.size(object)
  }
  // How many objects of each type the way down to here has passed.
  const open = new Uint32Array(types)
  const next = children.start.slice(0, g.count)
  let node = g.top
  while (node !== NONE) {
    if (next[node] < children.start[node + 1]) {
      node = children.child[next[node]++]
      if (node < g.objects) {
        const type = typeOf(node)
        if (open[type]++ === 0) sums.retained[type] += retained[node]
      }
    } else {
      if (node < g.objects) open[typeOf(node)]--
      node = tree.dominator[node]
    }
  }
  return sums
}

/** An object that gathers much: it retains far more than any single one of those that it dominates. */
export interface Container {
  readonly node: number
  readonly retained: number
  /** Pointers to objects. */
  readonly references: number
  /** Nodes that it dominates directly. */
  readonly children: number
  /** Bytes that the largest of them retains. */
  readonly largest: number
}

/** Where the greatest part of what a container retains is not in one child, in shares of its retained size. */
const SPREAD = 0.5

/** The objects that retain most through many others, greatest first. */
export function biggestContainers(
  g: HeapGraph,
  children: DominatorChildren,
  retained: Float64Array,
  limit: number,
): Container[] {
  const found: number[] = []
  let least = 0
  for (let node = 0; node < g.objects; node++) {
    const size = retained[node]
    if (size <= least) continue
    const from = children.start[node]
    if (children.start[node + 1] - from < 2 || retained[children.child[from]] > size * SPREAD) continue
    found.push(node)
    if (found.length >= 2 * limit + 64) {
      found.sort((a, b) => retained[b] - retained[a] || a - b)
      found.length = limit
      least = retained[found[limit - 1]]
    }
  }
  found.sort((a, b) => retained[b] - retained[a] || a - b)
  return found.slice(0, limit).map((node) => {
    const from = children.start[node]
    let references = 0
    for (let k = g.inner.start[node]; k < g.inner.start[node + 1]; k++)
      if (g.inner.to[k] !== NONE) references++
    return {
      node,
      retained: retained[node],
      references,
      children: children.start[node + 1] - from,
      largest: retained[children.child[from]],
    }
  })
}
