// What the time of a goroutine, task or region went into, as one line through the tracks.

import { PATH_KINDS, PathWalker } from '../../../analysis/trace/critical-path.ts'
import { type PathRow, PathTable } from '../../../analysis/trace/path-table.ts'
import { beginOf } from '../../../analysis/trace/spans.ts'
import { UserError } from '../../../base/errors.ts'
import { STATE } from '../../../model/trace.ts'
import type { Asking } from '../question.ts'
import { timelineNames } from '../timeline-names.ts'
import { type TraceIndex, type TraceView, traceIndex } from '../trace-index.ts'
import type { Workbench } from '../workbench.ts'
import { type GoroutineRef, goroutineRef } from './timeline-span.ts'

export interface PathParams {
  readonly file: number
  /** A goroutine's row; or a task's row, which is followed backwards from the goroutine that ended it. */
  readonly goroutine?: number
  readonly task?: number
  /** ns; without them all its life. */
  readonly from?: number
  readonly to?: number
}

export interface TimelinePath {
  readonly from: number
  readonly to: number
  readonly goroutine: GoroutineRef
  /** Pieces in order of time. Kinds are indexes of `kindNames`. */
  readonly start: Float64Array
  readonly end: Float64Array
  readonly kind: Uint8Array
  readonly piece: Int32Array
  readonly depth: Uint8Array
  readonly kindNames: readonly string[]
  /** Goroutines of the pieces by row. */
  readonly goroutines: readonly GoroutineRef[]
  /** What the time went into, most first. */
  readonly rows: readonly PathRow[]
  readonly total: number
  /** Pieces that are not listed: the path is that of the end of the time only. */
  readonly more: number
}

const MOST_PIECES = 50_000
const MOST_ROWS = 10

export const fresh = true

/** The path. Rejects with UserError if nothing is known of it. */
export async function answer(w: Workbench, p: PathParams, x: Asking): Promise<TimelinePath> {
  const index = traceIndex(w, p.file)
  const view = await index.newest(x)
  const names = timelineNames(index, view)
  const { tables } = index
  if (tables === undefined) throw new UserError('nothing was read of this trace')
  const whole = p.task !== undefined ? lifeOfTask(index, view, p.task) : lifeOf(view, p.goroutine ?? -1)
  const from = Math.max(whole.from, p.from ?? 0)
  const to = Math.min(whole.to, p.to ?? Number.POSITIVE_INFINITY)
  const walker = walkerOf(index, view)
  const table = new PathTable(tables, view.timeline.startFunction, 0, names.places)
  const pieces: { start: number; end: number; kind: number; goroutine: number; depth: number }[] = []
  let count = 0
  walker.walk({ goroutine: whole.goroutine, from, to }, (piece) => {
    table.add(piece)
    count++
    if (pieces.length >= MOST_PIECES) return
    const { start, end, kind, goroutine, depth } = piece
    pieces.push({ start, end, kind, goroutine, depth })
  })
  pieces.reverse()
  const rows = new Set(pieces.map((s) => s.goroutine))
  return {
    from,
    to,
    goroutine: goroutineRef(names, whole.goroutine),
    start: Float64Array.from(pieces, (s) => s.start),
    end: Float64Array.from(pieces, (s) => s.end),
    kind: Uint8Array.from(pieces, (s) => s.kind),
    piece: Int32Array.from(pieces, (s) => s.goroutine),
    depth: Uint8Array.from(pieces, (s) => Math.min(255, s.depth)),
    kindNames: PATH_KINDS,
    goroutines: [...rows].slice(0, 500).map((g) => goroutineRef(names, g)),
    rows: table.rows().slice(0, MOST_ROWS),
    total: table.total,
    more: count - pieces.length,
  }
}

const walkers = new WeakMap<TraceView, PathWalker>()

function walkerOf(index: TraceIndex, view: TraceView): PathWalker {
  let made = walkers.get(view)
  if (made === undefined) {
    if (index.tables === undefined) throw new Error('a view without tables')
    const { timeline, assists, gc } = view
    const stops: number[] = []
    for (const { start, duration } of [...gc.stops].sort((a, b) => a.start - b.start)) {
      const last = stops.length - 1
      if (last > 0 && start <= stops[last]) stops[last] = Math.max(stops[last], start + duration)
      else stops.push(start, start + duration)
    }
    const { goroutines, procs, startFunction } = timeline
    made = new PathWalker({ tables: index.tables, goroutines, procs, assists, stops, startFunction })
    walkers.set(view, made)
  }
  return made
}

function lifeOf(view: TraceView, goroutine: number): { goroutine: number; from: number; to: number } {
  const { goroutines } = view.timeline
  const { first, order, known, states, tracks } = goroutines
  if (goroutine < 0 || goroutine >= tracks || first[goroutine] === first[goroutine + 1])
    throw new UserError('the trace has no such goroutine')
  const last = order[first[goroutine + 1] - 1]
  return {
    goroutine,
    from: beginOf(goroutines, order[first[goroutine]]),
    to: (states[last] & 15) === STATE.NotExist ? known[last] : view.end,
  }
}

function lifeOfTask(
  index: TraceIndex,
  view: TraceView,
  task: number,
): { goroutine: number; from: number; to: number } {
  const note = index.notes.tasks.get(task)
  const goroutine = note === undefined ? -1 : note.endGoroutine >= 0 ? note.endGoroutine : note.startGoroutine
  if (note === undefined || goroutine < 0)
    throw new UserError('nothing is known of the goroutines of this task')
  return {
    goroutine,
    from: Number.isNaN(note.start) ? 0 : note.start,
    to: Number.isNaN(note.end) ? view.end : note.end,
  }
}
