// One span of a track: what it is, why it began, who ended it, and what lies beside it.

import { beginOf, stateOf } from '../../../analysis/trace/spans.ts'
import { STATE, STATE_NAMES } from '../../../model/trace.ts'
import type { Asking } from '../question.ts'
import { type FrameName, LANE_WORDS, type TimelineNames, timelineNames } from '../timeline-names.ts'
import { type TraceView, traceIndex } from '../trace-index.ts'
import type { Workbench } from '../workbench.ts'
import type { TrackRef } from './timeline-window.ts'

/** A goroutine, and where in its track something happened. */
export interface GoroutineRef {
  readonly row: number
  readonly id: string
  readonly name: string
}

export interface SpanDetails {
  readonly track: TrackRef
  /** Number of the span on its track, from 1, and how many there are. */
  readonly number: number
  readonly of: number
  readonly start: number
  readonly end: number
  /** State (STATE or WAIT; LANE_STATE for procs and threads), and in words. */
  readonly state: number
  readonly words: string
  readonly reason: string
  /** The track's goroutine, or the one that a proc or thread has. */
  readonly goroutine: GoroutineRef | undefined
  readonly proc: string | undefined
  readonly thread: string | undefined
  /** Where the span began, and where it ended if the goroutine itself ended it. */
  readonly stack: readonly FrameName[]
  readonly endStack: readonly FrameName[]
  /** Who created it or let it run, when, and where that one was then. */
  readonly wokenBy:
    | (GoroutineRef & { readonly time: number; readonly stack: readonly FrameName[] })
    | undefined
  /** When the spans beside it begin, undefined = there is none. */
  readonly previous: number | undefined
  readonly next: number | undefined
}

/** The span at a time; undefined where the track has none. */
export async function answer(
  w: Workbench,
  { file, track, time }: { file: number; track: TrackRef; time: number },
  x: Asking,
): Promise<SpanDetails | undefined> {
  const index = traceIndex(w, file)
  const view = await index.newest(x)
  const names = timelineNames(index, view)
  const lod = track.kind === 'g' ? view.lod : track.kind === 'p' ? view.procs : await index.threads(view, x)
  const { spans } = lod
  if (track.row < 0 || track.row >= spans.tracks) return undefined
  const first = spans.first[track.row]
  const last = spans.first[track.row + 1]
  const k = lod.indexAt(track.row, time)
  if (k < first) return undefined
  const row = spans.order[k]
  const state = spans.states[row] & 15
  const lane = track.kind !== 'g'
  const goroutine = lane ? spans.item[row] - 1 : track.row
  const start = beginOf(spans, row)
  const common = {
    track,
    number: k - first + 1,
    of: last - first,
    start,
    end: lod.endOf(track.row, k),
    state,
    goroutine: goroutine < 0 ? undefined : goroutineRef(names, goroutine),
    previous: k > first ? beginOf(spans, spans.order[k - 1]) : undefined,
    next: k + 1 < last ? spans.known[spans.order[k + 1]] : undefined,
  }
  const own = goroutine < 0 ? undefined : ownSpan(view, names, goroutine, lane ? start : time)
  return {
    ...common,
    words: lane ? (LANE_WORDS[state] ?? '') : STATE_NAMES[stateOf(spans, row)],
    reason: lane ? '' : (own?.reason ?? ''),
    proc: own?.proc === undefined ? undefined : String(index.tables?.procs.id(own.proc)),
    thread: own?.thread === undefined ? undefined : String(index.tables?.threads.id(own.thread)),
    stack: own?.stack ?? [],
    endStack: own?.endStack ?? [],
    wokenBy: own?.wokenBy,
  }
}

export function goroutineRef(names: TimelineNames, row: number): GoroutineRef {
  return { row, id: names.goroutineId(row), name: names.startFunction(row) }
}

function ownSpan(view: TraceView, names: TimelineNames, g: number, time: number) {
  const { goroutines } = view.timeline
  const { first, order, by, stack, known, reason, proc, thread } = goroutines
  const k = view.lod.indexAt(g, time)
  if (k < first[g]) return undefined
  const row = order[k]
  const next = k + 1 < first[g + 1] ? order[k + 1] : -1
  const state = stateOf(goroutines, row)
  // A waiting span ends when somebody wakes it; others were made possible by whoever woke the goroutine before.
  let woken = -1
  if (state === STATE.Waiting) woken = next
  else if (state === STATE.Runnable) woken = row
  else if (k > first[g] && stateOf(goroutines, order[k - 1]) === STATE.Runnable) woken = order[k - 1]
  const ended = next >= 0 && by[next] === 0 && state === STATE.Running
  return {
    reason: state === STATE.Waiting ? names.text(reason[row]) : '',
    proc: proc[row] > 0 ? proc[row] - 1 : undefined,
    thread: thread[row] > 0 ? thread[row] - 1 : undefined,
    stack: state === STATE.Runnable && by[row] > 0 ? [] : names.frames(stack[row]),
    endStack: ended ? names.frames(stack[next]) : [],
    wokenBy:
      woken >= 0 && by[woken] > 0
        ? {
            ...goroutineRef(names, by[woken] - 1),
            time: known[woken],
            stack: names.frames(stack[woken]),
          }
        : undefined,
  }
}
