// The objects of one type of a heap dump that hold most.

import { NONE } from '../../../analysis/heap/graph.ts'
import { addressText } from '../../../model/heap-dump.ts'
import { openHeap } from '../heap-analysis.ts'
import type { Asking } from '../question.ts'
import type { Workbench } from '../workbench.ts'

export interface HeapObjectRows {
  /** Greatest retained size first. */
  readonly node: Uint32Array
  readonly retained: Float64Array
  readonly shallow: Float64Array
  readonly addresses: readonly string[]
  /** Live objects of the type. */
  readonly count: number
}

const ROWS = 200

export const fresh = true

export async function answer(
  w: Workbench,
  { file, type }: { readonly file: number; readonly type: number },
  x: Asking,
): Promise<HeapObjectRows> {
  const { analysis: a } = await openHeap(w.file(file), x)
  const { graph, tree, types, retained, dump } = a
  let found: number[] = []
  let count = 0
  const order = (p: number, q: number): number => retained[q] - retained[p] || p - q
  for (let object = 0; object < graph.objects; object++) {
    if (tree.dominator[object] === NONE || types.of(object) !== type) continue
    count++
    found.push(object)
    if (found.length >= 50 * ROWS) found = found.sort(order).slice(0, ROWS)
  }
  found = found.sort(order).slice(0, ROWS)
  return {
    node: Uint32Array.from(found),
    retained: Float64Array.from(found, (n) => retained[n]),
    shallow: Float64Array.from(found, (n) => dump.objects.size(n)),
    addresses: found.map((n) => addressText(dump.params, dump.objects.address(n))),
    count,
  }
}
