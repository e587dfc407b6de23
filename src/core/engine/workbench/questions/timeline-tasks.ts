// User tasks of a window as tracks.

import type { Asking } from '../question.ts'
import { timelineNames } from '../timeline-names.ts'
import { traceIndex } from '../trace-index.ts'
import type { Workbench } from '../workbench.ts'

export interface TaskTracks {
  /** Rows of tasks, those of one type together, in order of their begin. */
  readonly rows: Int32Array
  readonly ids: readonly string[]
  readonly names: readonly string[]
  /** ns; -1 and Infinity = outside the trace. */
  readonly start: Float64Array
  readonly end: Float64Array
  /** Goroutine that began or ended it, -1 = not known. */
  readonly goroutine: Int32Array
  readonly parent: Int32Array
  /** Tasks in the window that are not listed. */
  readonly more: number
}

export const fresh = true

/** Tasks that overlap the window: the longest `most` of them. */
export async function answer(
  w: Workbench,
  p: { file: number; from: number; to: number; most: number },
  x: Asking,
): Promise<TaskTracks> {
  const index = traceIndex(w, p.file)
  const view = await index.newest(x)
  const names = timelineNames(index, view)
  const found = [...index.notes.tasks.values()]
    .map((t) => ({
      ...t,
      start: Number.isNaN(t.start) ? -1 : t.start,
      end: Number.isNaN(t.end) ? Number.POSITIVE_INFINITY : t.end,
    }))
    .filter((t) => t.start < p.to && t.end > p.from)
  const shown = [...found].sort((a, b) => b.end - b.start - (a.end - a.start)).slice(0, p.most)
  shown.sort((a, b) => a.name - b.name || a.start - b.start)
  return {
    rows: Int32Array.from(shown, (t) => t.task),
    ids: shown.map((t) => String(index.tables?.tasks.id(t.task) ?? '')),
    names: shown.map((t) => names.text(t.name)),
    start: Float64Array.from(shown, (t) => t.start),
    end: Float64Array.from(shown, (t) => t.end),
    goroutine: Int32Array.from(shown, (t) => (t.startGoroutine >= 0 ? t.startGoroutine : t.endGoroutine)),
    parent: Int32Array.from(shown, (t) => t.parent),
    more: found.length - shown.length,
  }
}
