// One object or holder of a heap dump: what it is, the shortest way to it, what dominates it, what it holds.

import { type HeapPlace, placeOf, wayInWords } from '../../../analysis/heap/describe.ts'
import { NONE } from '../../../analysis/heap/graph.ts'
import { openHeap } from '../heap-analysis.ts'
import type { Asking } from '../question.ts'
import type { Workbench } from '../workbench.ts'

export interface HeapNodeWords {
  readonly node: number
  readonly place: HeapPlace
  readonly retained: number
  readonly shallow: number
}

export interface HeapNode extends HeapNodeWords {
  /** The shortest way from a root; `by` is where in it the pointer to the next one stands. Empty if nothing holds it. */
  readonly way: readonly (HeapNodeWords & { readonly by: string })[]
  /** From the top down to the node: without any of them it would be free. */
  readonly dominators: readonly HeapNodeWords[]
  /** What it dominates directly, greatest first, and how many there are. */
  readonly children: readonly HeapNodeWords[]
  readonly childCount: number
  /** Pointers to objects in it. */
  readonly references: number
  /** Who allocated it, innermost first; only of the few objects that the memory profile sampled. */
  readonly allocatedBy: readonly { readonly name: string; readonly place: string }[]
}

const CHILDREN = 50

export async function answer(
  w: Workbench,
  { file, node }: { readonly file: number; readonly node: number },
  x: Asking,
): Promise<HeapNode | undefined> {
  const { analysis: a } = await openHeap(w.file(file), x)
  const { graph, tree, children, dump } = a
  if (!(node >= 0 && node < graph.count)) return undefined
  const words = (n: number): HeapNodeWords => ({
    node: n,
    place: placeOf(a, n),
    retained: a.retained[n],
    shallow: n < graph.objects ? dump.objects.size(n) : 0,
  })
  const dominators: HeapNodeWords[] = []
  for (let n = node; n !== graph.top && tree.dominator[n] !== NONE && dominators.length < 200; ) {
    n = tree.dominator[n]
    if (n !== graph.top) dominators.unshift(words(n))
  }
  const first = children.start[node]
  const end = children.start[node + 1]
  let references = 0
  if (node < graph.objects)
    for (let k = graph.inner.start[node]; k < graph.inner.start[node + 1]; k++)
      if (graph.inner.to[k] !== NONE) references++
  return {
    ...words(node),
    way: node === graph.top ? [] : wayInWords(a, node).map((s) => ({ ...words(s.node), by: s.by })),
    dominators,
    children: Array.from(children.child.subarray(first, Math.min(end, first + CHILDREN)), words),
    childCount: end - first,
    references,
    allocatedBy: allocatedBy(),
  }

  function allocatedBy(): { name: string; place: string }[] {
    const { allocations: s, strings } = dump
    const stack = node < graph.objects ? s.ofObject.get(node) : undefined
    if (stack === undefined) return []
    const out = []
    for (let f = s.first[stack]; f < s.first[stack + 1]; f++)
      out.push({ name: strings.get(s.fn[f]), place: `${strings.get(s.file[f])}:${s.line[f]}` })
    return out
  }
}
