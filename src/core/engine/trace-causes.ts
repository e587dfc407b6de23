// Causes of latency: what the time of a goroutine, of a task or of a region went into.

import { AssistSpans } from '../analysis/trace/assist-spans.ts'
import { type PathInterval, PathWalker } from '../analysis/trace/critical-path.ts'
import { GcEvents, type GcSpan } from '../analysis/trace/gc.ts'
import { type PathRow, type PathStep, PathTable } from '../analysis/trace/path-table.ts'
import { Places } from '../analysis/trace/places.ts'
import { TraceSummaries } from '../analysis/trace/summaries.ts'
import { TimelineEvents } from '../analysis/trace/timeline.ts'
import { UserError } from '../base/errors.ts'
import type { Int } from '../base/int64.ts'
import type { TraceTables } from '../model/trace.ts'
import { type CauseSubject, subjectsOf, worstSubjects } from './trace-subjects.ts'
import { runTrace } from './trace-run.ts'
import { damageOf, type TraceDamage } from './trace-damage.ts'

/** What is asked for; with none of them the worst offenders of the trace. */
export interface CausesQuestion {
  readonly goroutine?: Int
  /** A task's id, or a type of tasks. */
  readonly task?: string
  /** A type of regions. */
  readonly region?: string
  /** Of a type only the longest. */
  readonly longest?: boolean
  /** Only what lies between these times, ns since the trace's start. */
  readonly from?: number
  readonly to?: number
  /** How many of the longest pieces are kept. */
  readonly steps: number
}

/** Causes of the latency of one thing, or of several of one type together. Times in ns. */
export interface Causes {
  readonly subject: CauseSubject
  /** ns of all intervals together. */
  readonly total: number
  /** What the goroutines of the intervals themselves did, by most time. */
  readonly own: readonly PathRow[]
  /** What that time went into along the chain of wake-ups, by most time. */
  readonly path: readonly PathRow[]
  /** The longest pieces of the path, in order of time. */
  readonly steps: readonly CauseStep[]
  /** How many pieces there are in all. */
  readonly pieces: number
}

/** A piece of a path with its names. */
export interface CauseStep extends Omit<PathStep, 'kind' | 'reason' | 'stack' | 'waitStack' | 'waitReason'> {
  readonly kind: PathRow['kind']
  readonly reason: string
  readonly place: PathRow['place']
  readonly waitReason: string
  readonly waitPlace: PathRow['place']
}

export interface TraceCauses {
  readonly version: string
  readonly durationNs: number
  readonly damage: TraceDamage | undefined
  readonly causes: readonly Causes[]
}
