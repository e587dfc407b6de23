// Who let whom run: arrows between the tracks of a window.

import type { LevelsOfDetail } from '../../../analysis/trace/lod.ts'
import { beginOf, stateOf } from '../../../analysis/trace/spans.ts'
import { STATE } from '../../../model/trace.ts'
import type { Asking } from '../question.ts'
import { type TraceView, traceIndex } from '../trace-index.ts'
import type { Workbench } from '../workbench.ts'
import type { TrackRef } from './timeline-window.ts'

export interface TimelineFlows {
  /** Index of the track it comes from and leads to, and when, ns. */
  readonly fromTrack: Int32Array
  readonly fromTime: Float64Array
  readonly toTrack: Int32Array
  readonly toTime: Float64Array
  /** How long the woken one had waited, ns; 0 for one that was created. */
  readonly waited: Float64Array
  /** Whether there are more: those of the longest waits are here. */
  readonly more: boolean
}

export interface FlowParams {
  readonly file: number
  readonly from: number
  readonly to: number
  /** Waits shorter than this lead to no arrow, ns. */
  readonly least: number
  readonly tracks: readonly TrackRef[]
}

const MOST_FLOWS = 1500
/** Spans looked at on one track. */
const MOST_SPANS = 4000

export const fresh = true

interface Flow {
  readonly fromTrack: number
  readonly fromTime: number
  readonly toTrack: number
  readonly toTime: number
  readonly waited: number
}

/** Arrows whose both ends are tracks that were asked for. */
export async function answer(w: Workbench, p: FlowParams, x: Asking): Promise<TimelineFlows> {
  const index = traceIndex(w, p.file)
  const view = await index.newest(x)
  const threads = p.tracks.some((t) => t.kind === 't') ? await index.threads(view, x) : undefined
  const { goroutines } = view.timeline
  const at = { g: new Map<number, number>(), p: new Map<number, number>(), t: new Map<number, number>() }
  for (const [i, t] of p.tracks.entries()) at[t.kind].set(t.row, i)
  const flows: Flow[] = []
  /** The track that a goroutine is on at a time: its own, or that of its processor or thread. */
  const trackOf = (g: number, time: number): number => {
    const own = at.g.get(g)
    if (own !== undefined) return own
    const row = view.lod.rowAt(g, time)
    if (row < 0) return -1
    return at.p.get(goroutines.proc[row] - 1) ?? at.t.get(goroutines.thread[row] - 1) ?? -1
  }
  const add = (toTrack: number, g: number, k: number): void => {
    // k: index in `order` of the span in which it was made runnable.
    const row = goroutines.order[k]
    const by = goroutines.by[row] - 1
    const time = goroutines.known[row]
    if (by < 0 || time < p.from || time > p.to) return
    const before = goroutines.states[row] >> 4
    const waited =
      k > goroutines.first[g] && before !== STATE.NotExist
        ? time - beginOf(goroutines, goroutines.order[k - 1])
        : 0
    if (before !== STATE.NotExist && waited < p.least) return
    const fromTrack = trackOf(by, time - 1)
    if (fromTrack < 0 || fromTrack === toTrack) return
    flows.push({ fromTrack, fromTime: time, toTrack, toTime: view.lod.endOf(g, k), waited })
  }
  for (const [i, track] of p.tracks.entries()) {
    if (track.kind === 'g') ofGoroutine(view, track.row, p, (k) => add(i, track.row, k))
    else {
      const lod = track.kind === 'p' ? view.procs : threads
      if (lod !== undefined) ofLane(view, lod, track.row, p, (g, k) => add(i, g, k))
    }
  }
  const more = flows.length > MOST_FLOWS
  if (more) flows.sort((a, b) => b.waited - a.waited).splice(MOST_FLOWS)
  return {
    fromTrack: Int32Array.from(flows, (f) => f.fromTrack),
    fromTime: Float64Array.from(flows, (f) => f.fromTime),
    toTrack: Int32Array.from(flows, (f) => f.toTrack),
    toTime: Float64Array.from(flows, (f) => f.toTime),
    waited: Float64Array.from(flows, (f) => f.waited),
    more,
  }
}

/** Tells the spans in which a goroutine could run, and before which it had waited long enough. */
function ofGoroutine(
  view: TraceView,
  g: number,
  { from, to, least }: FlowParams,
  tell: (k: number) => void,
): void {
  const { goroutines } = view.timeline
  if (g < 0 || g >= goroutines.tracks) return
  const begin = Math.max(goroutines.first[g], view.lod.indexAt(g, from))
  const end = view.lod.indexAt(g, to)
  const runnable = (k: number): void => {
    if (k < goroutines.first[g + 1] && stateOf(goroutines, goroutines.order[k]) === STATE.Runnable) tell(k)
  }
  if (end - begin <= MOST_SPANS) {
    for (let k = begin; k <= end; k++) runnable(k)
    return
  }
  // Only those long enough to be seen by themselves.
  const w = view.lod.window(g, from, to, Math.max(1, Math.min(4000, Math.floor((to - from) / least))))
  for (let i = 0; i < w.count; i++)
    if (w.merged[i] === 1 && stateOf(goroutines, w.row[i]) === STATE.Waiting)
      runnable(view.lod.indexAt(g, w.end[i]))
}

/** Tells goroutines that begin to run on a proc or thread, and the span before in which they could. */
function ofLane(
  view: TraceView,
  lod: LevelsOfDetail,
  lane: number,
  { from, to }: FlowParams,
  tell: (g: number, k: number) => void,
): void {
  const { spans } = lod
  if (lane < 0 || lane >= spans.tracks) return
  const { goroutines } = view.timeline
  const begin = Math.max(spans.first[lane], lod.indexAt(lane, from))
  const end = Math.min(lod.indexAt(lane, to), begin + MOST_SPANS)
  for (let k = begin; k <= end; k++) {
    const row = spans.order[k]
    const g = spans.item[row] - 1
    if (g < 0) continue
    const own = view.lod.indexAt(g, spans.known[row])
    const before = own - 1
    if (before >= goroutines.first[g] && stateOf(goroutines, goroutines.order[before]) === STATE.Runnable)
      tell(g, before)
  }
}
