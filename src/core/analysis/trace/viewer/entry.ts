// What a timeline viewer is given: entries of the Trace Event format, one at a time. Nothing is kept:
// an entry is one record that is filled again and again, so a view of any size passes through it.

import type { Int } from '../../../base/int64.ts'
import type { ViewerFrames } from './frames.ts'

/** Sections of the viewer (`pid`). */
export const SECTION = { timelines: 0, stats: 1, tasks: 2 } as const

/** Lanes (`tid`) that are no proc, thread or goroutine. */
export const LANE = { timers: 1000001, network: 1000002, syscalls: 1000003, gc: 1000004 } as const

/** Names of an entry's arguments. */
export interface ArgNames {
  readonly names: readonly string[]
  /** Arguments from this one on are left out where they are 0. */
  readonly optional: number
}

const ALWAYS = 9

export const ARGS = {
  none: { names: [], optional: 0 },
  name: { names: ['name'], optional: ALWAYS },
  sortIndex: { names: ['sort_index'], optional: ALWAYS },
  schedule: { names: ['thread', 'proc'], optional: 0 },
  blocked: { names: ['blocked'], optional: ALWAYS },
  goroutines: { names: ['Running', 'Runnable', 'GCWaiting'], optional: ALWAYS },
  heap: { names: ['Allocated', 'NextGC'], optional: ALWAYS },
  threads: { names: ['Running', 'InSyscall'], optional: ALWAYS },
  task: { names: ['id', 'start_g', 'end_g'], optional: 1 },
  region: { names: ['taskid'], optional: ALWAYS },
} as const satisfies Record<string, ArgNames>

/** One entry of `traceEvents`. Fields that do not apply are '', 0 and `ARGS.none`. */
export interface ViewerEntry {
  /** X slice, I instant, s and t ends of an arrow, C counter, b and e ends of a region, M metadata. */
  phase: string
  name: string
  /** The name, with "G#" for the goroutine's number where it is one's name: few, while goroutines may be many. */
  group: string
  category: string
  scope: string
  /** Nanoseconds since the trace's start. */
  time: number
  /** Nanoseconds. */
  duration: number
  pid: number
  /** Number of the proc, thread, goroutine or task, or a LANE. Unsigned: none is 2^64-1. */
  tid: Int
  /** Joins the ends of an arrow or of a region. */
  id: number
  /** Nodes of the view's frames, 0 = none: the stack at the entry, and at the end of a slice. */
  stack: number
  endStack: number
  color: string
  argNames: ArgNames
  /** As many as `argNames` has. */
  readonly args: (Int | string)[]
}

export function viewerEntry(): ViewerEntry {
  return {
    phase: '',
    name: '',
    group: '',
    category: '',
    scope: '',
    time: 0,
    duration: 0,
    pid: 0,
    tid: 0,
    id: 0,
    stack: 0,
    endStack: 0,
    color: '',
    argNames: ARGS.none,
    args: [0, 0, 0],
  }
}

/** Receives the entries of a view. */
export interface ViewerSink {
  /** Before the first entry. `frames` grows while the view is made. */
  begin(frames: ViewerFrames): void
  /** The entry is the view's: it is overwritten after the call. Metadata (phase M) come last. */
  entry(entry: ViewerEntry): void
}

/** Gives every entry to several sinks. */
export class ViewerTee implements ViewerSink {
  private readonly sinks: readonly ViewerSink[]

  constructor(sinks: readonly ViewerSink[]) {
    this.sinks = sinks
  }

  begin(frames: ViewerFrames): void {
    for (const sink of this.sinks) sink.begin(frames)
  }

  entry(entry: ViewerEntry): void {
    for (const sink of this.sinks) sink.entry(entry)
  }
}
