// All that is derived from a heap dump at once: who holds what, and how much that is.

import { GrowU32 } from '../../base/grow.ts'
import type { HeapDump } from '../../model/heap-dump.ts'
import { buildDominators, type DominatorTree } from './dominators.ts'
import { buildHeapGraph, type HeapGraph, NONE } from './graph.ts'
import { type HeapTypes, kindTypes } from './heap-types.ts'
import { buildHolders, type Holders, type VariableNames } from './holders.ts'
import {
  type DominatorChildren,
  dominatorChildren,
  retainedSizes,
  sumByType,
  type TypeSums,
} from './retained.ts'

/** What a binary adds to a dump. */
export interface HeapNames extends VariableNames {
  /** Name of the function whose code is at an address, '' if unknown. */
  functionAt(code: number): string
  /** What stands at an offset of a variable's segment, without the variable: `.items`; '' if unknown. */
  fieldOfVariable(segment: 'data' | 'bss', offset: number): string
  /** The local variable of a frame at an offset of it, '' if unknown. */
  localAt(frame: number, offset: number): string
}

export interface HeapAnalysis {
  readonly dump: HeapDump
  readonly holders: Holders
  readonly names: HeapNames | undefined
  readonly types: HeapTypes
  readonly graph: HeapGraph
  readonly tree: DominatorTree
  /** By node. */
  readonly retained: Float64Array
  readonly children: DominatorChildren
  readonly sums: TypeSums
  /** Objects that are held, and those that are not: garbage that was not collected yet. */
  readonly live: Total
  readonly dead: Total
  /** Objects that only a guess holds, see HOLDER.guess. */
  readonly guessed: Total
}

export interface Total {
  readonly objects: number
  readonly bytes: number
}

/** Analyses a dump. `step` is told what comes next, for progress. Costs a few seconds per ten million objects. */
export function analyseHeap(
  dump: HeapDump,
  names: HeapNames | undefined,
  types: HeapTypes = kindTypes(dump),
  step: (what: string) => void = () => undefined,
): HeapAnalysis {
  const { objects } = dump
  step('following pointers')
  const holders = buildHolders(dump, names)
  const graph = buildHeapGraph(dump, holders)
  step('finding what holds what')
  const tree = buildDominators(graph)
  step('adding up')
  const retained = retainedSizes(graph, tree, objects)
  const children = dominatorChildren(graph, tree, retained)
  const sums = sumByType(graph, tree, children, retained, objects, (o) => types.of(o), types.count)
  const total = (count: Float64Array, bytes: Float64Array): Total => ({
    objects: sum(count),
    bytes: sum(bytes),
  })
  return {
    dump,
    holders,
    names,
    types,
    graph,
    tree,
    retained,
    children,
    sums,
    live: total(sums.objects, sums.bytes),
    dead: total(sums.deadObjects, sums.deadBytes),
    guessed: guessedTotal(graph, tree, holders, objects.size.bind(objects)),
  }
}

function sum(column: Float64Array): number {
  let n = 0
  for (const v of column) n += v
  return n
}

/** What hangs below uncertain holders in the dominator tree. */
function guessedTotal(
  g: HeapGraph,
  tree: DominatorTree,
  holders: Holders,
  sizeOf: (object: number) => number,
): Total {
  let count = 0
  let bytes = 0
  // A node comes behind its dominator, so one pass tells what hangs below which.
  const below = new Uint8Array(g.count)
  const { order, dominator } = tree
  for (let k = 1; k < order.length; k++) {
    const node = order[k]
    if (node >= g.objects) {
      below[node] = holders.rank[node - g.objects] > 0 ? 1 : 0
      continue
    }
    below[node] = below[dominator[node]]
    if (below[node] !== 0) {
      count++
      bytes += sizeOf(node)
    }
  }
  return { objects: count, bytes }
}

/** The nodes that retain most directly below the top or, with `from`, below that node; greatest first. */
export function topChildren(a: HeapAnalysis, limit: number, from = a.graph.top): number[] {
  const { start, child } = a.children
  return Array.from(child.subarray(start[from], Math.min(start[from] + limit, start[from + 1])))
}

/** Objects that nothing holds, largest first. */
export function largestDead(a: HeapAnalysis, limit: number): number[] {
  const found = new GrowU32(256)
  const { graph, tree, dump } = a
  for (let object = 0; object < graph.objects; object++)
    if (tree.dominator[object] === NONE) found.push(object)
  const rows = found.done()
  rows.sort((x, y) => dump.objects.size(y) - dump.objects.size(x) || x - y)
  return Array.from(rows.subarray(0, limit))
}
