// The spans of a window as rows, for those who read rather than look.

import { beginOf } from '../../../analysis/trace/spans.ts'
import type { Asking } from '../question.ts'
import { timelineNames } from '../timeline-names.ts'
import { traceIndex } from '../trace-index.ts'
import type { Workbench } from '../workbench.ts'
import type { TrackRef } from './timeline-window.ts'

export interface SpanRow {
  /** Index of the track that was asked for. */
  readonly track: number
  readonly start: number
  readonly end: number
  readonly state: number
  readonly reason: string
  readonly where: string
  /** The goroutine that a proc or thread has, or who let a goroutine run; '' = none. */
  readonly other: string
}

export interface SpanRows {
  readonly rows: readonly SpanRow[]
  /** Spans in the window, listed or not. */
  readonly total: number
}

/** The longest `most` spans of tracks in a window, in order of time. */
export async function answer(
  w: Workbench,
  p: { file: number; from: number; to: number; tracks: readonly TrackRef[]; most: number },
  x: Asking,
): Promise<SpanRows> {
  const index = traceIndex(w, p.file)
  const view = await index.newest(x)
  const names = timelineNames(index, view)
  const threads = p.tracks.some((t) => t.kind === 't') ? await index.threads(view, x) : undefined
  const found: { track: number; row: number; start: number; end: number }[] = []
  let total = 0
  // Spans too short to be among the longest of a track cannot be among the longest of all.
  const pixels = Math.min(4000, Math.max(100, p.most * 2))
  for (const [track, t] of p.tracks.entries()) {
    const lod = t.kind === 'g' ? view.lod : t.kind === 'p' ? view.procs : threads
    if (lod === undefined || t.row < 0 || t.row >= lod.spans.tracks) continue
    const begin = Math.max(lod.spans.first[t.row], lod.indexAt(t.row, p.from))
    const end = lod.indexAt(t.row, p.to)
    total += Math.max(0, end - begin + 1)
    if (end - begin <= p.most)
      for (let k = begin; k <= end; k++) {
        const row = lod.spans.order[k]
        found.push({ track, row, start: beginOf(lod.spans, row), end: lod.endOf(t.row, k) })
      }
    else {
      const win = lod.window(t.row, p.from, p.to, pixels)
      for (let i = 0; i < win.count; i++)
        if (win.merged[i] === 1) found.push({ track, row: win.row[i], start: win.start[i], end: win.end[i] })
    }
  }
  found.sort((a, b) => b.end - b.start - (a.end - a.start))
  const rows = found.slice(0, p.most).sort((a, b) => a.start - b.start || a.track - b.track)
  const { goroutines } = view.timeline
  return {
    total,
    rows: rows.map(({ track, row, start, end }) => {
      const { kind } = p.tracks[track]
      if (kind !== 'g') {
        const { spans } = kind === 'p' ? view.procs : (threads ?? view.procs)
        const g = spans.item[row] - 1
        const other = g < 0 ? '' : `G${names.goroutineId(g)} ${names.startFunction(g)}`
        return { track, start, end, state: spans.states[row] & 15, reason: '', where: '', other }
      }
      const by = goroutines.by[row] - 1
      return {
        track,
        start,
        end,
        state: goroutines.states[row] & 15,
        reason: names.text(goroutines.reason[row]),
        where: by >= 0 ? '' : names.where(goroutines.stack[row]),
        other: by < 0 ? '' : `G${names.goroutineId(by)} ${names.startFunction(by)}`,
      }
    }),
  }
}
