// Words for what a timeline shows.

import type { GcSpan } from '../../analysis/trace/gc.ts'
import { LANE_STATE } from '../../analysis/trace/lanes.ts'
import { Places } from '../../analysis/trace/places.ts'
import type { TraceTables } from '../../model/trace.ts'
import type { TraceIndex, TraceView } from './trace-index.ts'

/** A stretch of time with a name; ns since the trace's start. */
export interface NamedSpan {
  readonly name: string
  readonly start: number
  readonly end: number
}

/** Spans of the collector; `open` is the start of one that goes on at the end. */
export function namedSpans(
  spans: readonly GcSpan[],
  tables: TraceTables | undefined,
  open?: number,
  end = 0,
): NamedSpan[] {
  const out = spans.map((s) => ({
    name: tables?.strings.get(s.name) ?? '',
    start: s.start,
    end: s.start + s.duration,
  }))
  if (open !== undefined)
    out.push({ name: 'GC concurrent mark phase', start: open, end: Math.max(open, end) })
  return out
}

/** A function and where it is; frames leaf first. */
export interface FrameName {
  readonly fn: string
  readonly file: string
  readonly line: string
}

/** Goroutines and stacks by name, for one trace. */
export class TimelineNames {
  private readonly tables: TraceTables
  private readonly view: TraceView
  readonly places: Places

  constructor(tables: TraceTables, view: TraceView) {
    this.tables = tables
    this.view = view
    this.places = new Places(tables)
  }

  text(id: number): string {
    return this.tables.strings.get(id)
  }

  goroutineId(row: number): string {
    return String(this.tables.goroutines.id(row))
  }

  /** The function a goroutine starts with, '' if not known. */
  startFunction(row: number): string {
    return this.text(this.view.timeline.startFunction[row] ?? 0)
  }

  label(row: number): string {
    return this.text(this.view.timeline.label[row] ?? 0)
  }

  /** The function of the user's in a stack, or the nearest to it; '' without a stack. */
  where(stack: number): string {
    return this.places.place(this.places.frame(stack))?.fn ?? ''
  }

  /** All frames of a stack, leaf first. */
  frames(stack: number): FrameName[] {
    if (stack <= 0) return []
    const { stacks, strings } = this.tables
    const out: FrameName[] = []
    for (let i = stacks.start.a[stack]; i < stacks.start.a[stack + 1]; i++) {
      const f = stacks.frame.a[i]
      out.push({
        fn: strings.get(stacks.fn.a[f]),
        file: strings.get(stacks.file.a[f]),
        line: String(stacks.line[f]),
      })
    }
    return out
  }
}

const names = new WeakMap<TraceView, TimelineNames>()

/** The names of a view, made once. */
export function timelineNames(index: TraceIndex, view: TraceView): TimelineNames {
  let made = names.get(view)
  if (made === undefined) {
    if (index.tables === undefined) throw new Error('a view without tables')
    made = new TimelineNames(index.tables, view)
    names.set(view, made)
  }
  return made
}

/** States of procs and threads by their numbers. */
export const LANE_WORDS: Readonly<Record<number, string>> = {
  [LANE_STATE.idle]: 'idle',
  [LANE_STATE.free]: 'no goroutine',
  [LANE_STATE.running]: 'running',
  [LANE_STATE.collecting]: 'collecting garbage',
  [LANE_STATE.syscall]: 'system call',
}
