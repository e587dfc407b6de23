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
  /** Whether all global variables are there. If not, what nothing holds need not be garbage. */
  readonly rootsComplete: boolean
  /** Objects that something holds, and those that nothing does: garbage that was not collected yet. */
  readonly live: Total
  readonly dead: Total
  /** Of the live ones: what only a guess holds (HOLDER.guess), and what is kept for a finalizer only. */
  readonly guessed: Total
  readonly forFinalizers: Total
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
  const [dead, sure, guessed, forFinalizers] = totalsByRank(graph, (o) => objects.size(o))
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
    rootsComplete: dump.data !== undefined && dump.bss !== undefined,
    live: {
      objects: sure.objects + guessed.objects + forFinalizers.objects,
      bytes: sure.bytes + guessed.bytes + forFinalizers.bytes,
    },
    dead,
    guessed,
    forFinalizers,
  }
}

/** Objects by what holds them: index 0 nothing, then Holders.rank + 1. */
function totalsByRank(g: HeapGraph, sizeOf: (object: number) => number): Total[] {
  const totals = Array.from({ length: 4 }, () => ({ objects: 0, bytes: 0 }))
  for (let object = 0; object < g.objects; object++) {
    const total = totals[g.rank[object]]
    total.objects++
    total.bytes += sizeOf(object)
  }
  return totals
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
