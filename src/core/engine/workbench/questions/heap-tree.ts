// A part of the dominator tree of a heap dump, as deep as a treemap can show it.

import { placeOf } from '../../../analysis/heap/describe.ts'
import { openHeap } from '../heap-analysis.ts'
import type { Asking } from '../question.ts'
import type { Workbench } from '../workbench.ts'

/** Rows, parents before children, siblings greatest first. Row 0 is the node that was asked for. */
export interface HeapTree {
  /** Number of the node; -1 for a row that stands for many small ones. */
  readonly node: Float64Array
  /** Row of the parent; -1 of row 0. */
  readonly parent: Int32Array
  readonly depth: Uint8Array
  /** Bytes. */
  readonly retained: Float64Array
  readonly shallow: Float64Array
  /** Nodes that it dominates directly; of a row that stands for many how many. */
  readonly children: Float64Array
  readonly names: readonly string[]
  /** 'object', 'variable', 'goroutine', 'frame', …; 'rest' for a row that stands for many. */
  readonly kinds: readonly string[]
  /** From the top to the node that was asked for: to go back up. */
  readonly above: readonly { readonly node: number; readonly name: string }[]
}

const LEVELS = 4
const ROWS = 1500
/** Smaller shares of the whole are not told apart: nobody could hit them. */
const LEAST = 0.0015
const CHILDREN = 60

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
    names: [placeOf(a, root).name],
    kinds: [placeOf(a, root).kind as string],
  }
  const least = retained[root] * LEAST
  // Level by level, so that what is left out is what lies deepest.
  for (let at = 0; at < out.node.length && out.node.length < ROWS; at++) {
    if (out.depth[at] >= LEVELS || out.node[at] < 0) continue
    const from = out.node[at]
    const first = children.start[from]
    const end = children.start[from + 1]
    let k = first
    let shown = 0
    const add = (n: number, bytes: number, own: number, count: number, name: string, kind: string): void => {
      out.node.push(n)
      out.parent.push(at)
      out.depth.push(out.depth[at] + 1)
      out.retained.push(bytes)
      out.shallow.push(own)
      out.children.push(count)
      out.names.push(name)
      out.kinds.push(kind)
    }
    for (; k < end && k - first < CHILDREN && retained[children.child[k]] >= least; k++) {
      const child = children.child[k]
      const place = placeOf(a, child)
      shown += retained[child]
      const below = children.start[child + 1] - children.start[child]
      const own = child < graph.objects ? a.dump.objects.size(child) : 0
      add(child, retained[child], own, below, place.name, place.kind)
    }
    const rest = retained[from] - out.shallow[at] - shown
    if (k < end && k > first && rest >= least) add(-1, rest, 0, end - k, `${end - k} smaller`, 'rest')
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
    names: out.names,
    kinds: out.kinds,
    above,
  }
}
