// A part of the dominator tree of a heap dump, as deep as a treemap can show it.

import type { HeapAnalysis } from '../../../analysis/heap/analyse.ts'
import { placeOf } from '../../../analysis/heap/describe.ts'
import { openHeap } from '../heap-analysis.ts'
import type { Asking } from '../question.ts'
import type { Workbench } from '../workbench.ts'

/** Rows, parents before children, siblings greatest first. Row 0 is the node that was asked for. */
export interface HeapTree {
  /** Number of the node, of several alike the largest; -1 for what is left. */
  readonly node: Float64Array
  /** Row of the parent; -1 of row 0. */
  readonly parent: Int32Array
  readonly depth: Uint8Array
  /** Bytes. */
  readonly retained: Float64Array
  readonly shallow: Float64Array
  /** Nodes that it dominates directly. */
  readonly children: Float64Array
  /** How many nodes of one type, or goroutines of one function, the row stands for. */
  readonly count: Float64Array
  readonly names: readonly string[]
  /** 'object', 'variable', 'goroutine', 'frame', …; 'rest' for what is left. */
  readonly kinds: readonly string[]
  /** From the top to the node that was asked for: to go back up. */
  readonly above: readonly { readonly node: number; readonly name: string }[]
}

const LEVELS = 4
const ROWS = 1500
/** Smaller shares of the whole are not told apart: nobody could hit them. */
const LEAST = 0.0015
/** Children with a smaller share of the whole are shown together with those that are like them. */
const ALONE = 0.01

interface Alike {
  readonly node: number
  retained: number
  count: number
}

/** Children of a node, greatest first: large ones alone, small ones of one kind together. */
function groupsOf(a: HeapAnalysis, first: number, end: number, alone: number): Alike[] {
  const { graph, retained, children, types } = a
  const groups = new Map<number | string, Alike>()
  for (let k = first; k < end; k++) {
    const node = children.child[k]
    const key =
      retained[node] >= alone
        ? `alone ${node}`
        : node < graph.objects
          ? types.of(node)
          : `${placeOf(a, node).kind} ${placeOf(a, node).name}`
    const known = groups.get(key)
    if (known === undefined) groups.set(key, { node, retained: retained[node], count: 1 })
    else {
      known.retained += retained[node]
      known.count++
    }
  }
  return [...groups.values()].sort((p, q) => q.retained - p.retained || p.node - q.node)
}

export const fresh = true

export async function answer(
  w: Workbench,
  { file, node }: { readonly file: number; readonly node?: number },
  x: Asking,
): Promise<HeapTree> {
  const { analysis: a } = await openHeap(w.file(file), x)
  const { graph, tree, retained, children } = a
  const root = node !== undefined && node >= 0 && node < graph.count ? node : graph.top
  const out = {
    node: [root],
    parent: [-1],
    depth: [0],
    retained: [retained[root]],
    shallow: [root < graph.objects ? a.dump.objects.size(root) : 0],
    children: [children.start[root + 1] - children.start[root]],
    count: [1],
    names: [placeOf(a, root).name],
    kinds: [placeOf(a, root).kind as string],
  }
  const least = retained[root] * LEAST
  // Level by level, so that what is left out is what lies deepest.
  for (let at = 0; at < out.node.length && out.node.length < ROWS; at++) {
    if (out.depth[at] >= LEVELS || out.node[at] < 0 || out.count[at] > 1) continue
    const from = out.node[at]
    const first = children.start[from]
    const end = children.start[from + 1]
    const add = (
      n: number,
      bytes: number,
      own: number,
      below: number,
      many: number,
      name: string,
      kind: string,
    ): void => {
      out.node.push(n)
      out.parent.push(at)
      out.depth.push(out.depth[at] + 1)
      out.retained.push(bytes)
      out.shallow.push(own)
      out.children.push(below)
      out.count.push(many)
      out.names.push(many > 1 ? `${many} × ${name}` : name)
      out.kinds.push(kind)
    }
    let shown = 0
    for (const { node: child, retained: held, count } of groupsOf(a, first, end, retained[root] * ALONE)) {
      if (held < least || out.node.length >= ROWS) break
      const place = placeOf(a, child)
      shown += held
      const below = count > 1 ? 0 : children.start[child + 1] - children.start[child]
      const own = count > 1 || child >= graph.objects ? 0 : a.dump.objects.size(child)
      add(child, held, own, below, count, place.name, place.kind)
    }
    const rest = retained[from] - out.shallow[at] - shown
    if (rest >= least && shown > 0) add(-1, rest, 0, 0, 1, 'many small ones', 'rest')
  }
  const above: { node: number; name: string }[] = []
  for (let n = root; n !== graph.top && above.length < 200; ) {
    n = tree.dominator[n]
    above.unshift({ node: n, name: placeOf(a, n).name })
  }
  return {
    node: Float64Array.from(out.node),
    parent: Int32Array.from(out.parent),
    depth: Uint8Array.from(out.depth),
    retained: Float64Array.from(out.retained),
    shallow: Float64Array.from(out.shallow),
    children: Float64Array.from(out.children),
    count: Float64Array.from(out.count),
    names: out.names,
    kinds: out.kinds,
    above,
  }
}
