// Goroutines of groups as tracks: all of small groups, those of a window of large ones.

import { beginOf } from '../../../analysis/trace/spans.ts'
import { STATE } from '../../../model/trace.ts'
import type { Asking } from '../question.ts'
import { timelineNames } from '../timeline-names.ts'
import { type TraceView, traceIndex } from '../trace-index.ts'
import type { Workbench } from '../workbench.ts'

export interface GroupMembers {
  /** Index of the group. */
  readonly group: number
  readonly rows: Int32Array
  readonly ids: readonly string[]
  /** What tells them apart beside the id: the start function where the group has several, or the label. */
  readonly names: readonly string[]
  /** Goroutines of the group that are not listed. */
  readonly more: number
}

/** Looked at one by one, at most, in a large group. */
const MOST_LOOKED_AT = 50_000

/** Members of groups. Of those with more than `most` only goroutines that were there in the window. */
export async function answer(
  w: Workbench,
  p: { file: number; groups: readonly number[]; from: number; to: number; most: number },
  x: Asking,
): Promise<GroupMembers[]> {
  const index = traceIndex(w, p.file)
  const view = await index.newest(x)
  const names = timelineNames(index, view)
  return p.groups
    .filter((i) => i >= 0 && i < view.groups.length)
    .map((i) => {
      const group = view.groups[i]
      const all = group.goroutines
      const rows = all.length <= p.most ? Int32Array.from(all) : present(view, all, p)
      const several = group.kind === 'runtime' || group.name === 'others'
      return {
        group: i,
        rows,
        ids: Array.from(rows, (g) => names.goroutineId(g)),
        names: Array.from(rows, (g) => (several ? names.startFunction(g) : names.label(g))),
        more: all.length - rows.length,
      }
    })
}

/** The goroutines that were there in the window: they are in order of their begin. */
function present(
  view: TraceView,
  rows: ArrayLike<number>,
  { from, to, most }: { from: number; to: number; most: number },
): Int32Array {
  const { goroutines } = view.timeline
  const { first, order, known, states } = goroutines
  let low = 0
  let high = rows.length
  while (low < high) {
    const mid = (low + high) >>> 1
    if (beginOf(goroutines, order[first[rows[mid]]]) < to) low = mid + 1
    else high = mid
  }
  const found: number[] = []
  for (let i = low - 1; i >= 0 && low - i < MOST_LOOKED_AT && found.length < most; i--) {
    const last = order[first[rows[i] + 1] - 1]
    if ((states[last] & 15) !== STATE.NotExist || known[last] > from) found.push(rows[i])
  }
  return Int32Array.from(found.reverse())
}
