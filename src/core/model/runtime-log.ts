// What a process's log holds besides its own lines: everything that GODEBUG makes the runtime print.

import type { Problem } from '../base/errors.ts'
import type { AllocLog } from './alloc-log.ts'
import type { GcLog } from './gc-log.ts'
import type { SchedLog } from './sched-log.ts'

/** Kinds of lines that the runtime prints. */
export const LOG_KINDS = [
  'gctrace',
  'pacer',
  'scavenge',
  'inittrace',
  'schedtrace',
  'scheddetail',
  'allocfree',
] as const
export type LogKind = (typeof LOG_KINDS)[number]

/** Lines of one sort: how many, and the first ones as text (cut to some 200 characters). */
export interface LineSample {
  readonly count: number
  readonly first: readonly { readonly offset: number; readonly text: string }[]
}

/** A process as far as the log tells them apart. */
export interface LogProcess {
  /** What its lines have in front of them besides the time: host, pid, container; '' for nothing. */
  readonly source: string
  /** 1 for the first of this source, 2 after its first restart, … */
  readonly run: number
  /** Byte offset of its first line. */
  readonly offset: number
  /** Lines of the runtime. */
  readonly lines: number
  /** Wall clock of its first and last line, ms since 1970; NaN if lines have none. See LogLines.clock. */
  readonly wallFrom: number
  readonly wallTo: number
}

export interface LogLines {
  readonly bytes: number
  readonly lines: number
  /** By kind; kinds that do not occur have 0. */
  readonly kinds: Readonly<Record<LogKind, number>>
  /** Lines of others: the program's own log, goroutine dumps. */
  readonly others: number
  /** How many of them were taken by the consumer that was given (goroutine dumps). */
  readonly taken: number
  readonly blank: number
  /** Lines that look like the runtime's, and were not understood. */
  readonly strange: LineSample
  /** Whether the input ends in the middle of a line of the runtime, which is then not among the strange. */
  readonly cutAtEnd: boolean
  /** What the times before lines are: with date and zone, without zone (taken for UTC), without year, of day only. */
  readonly clock: 'none' | 'zoned' | 'local' | 'yearless' | 'time of day'
  /** What lines are wrapped in, e.g. 'Docker json-file'; '' if only in plain prefixes, or in nothing. */
  readonly wrapping: string
  readonly problems: readonly Problem[]
}

export interface RuntimeLog {
  readonly lines: LogLines
  /** At least one if there is any line of the runtime. Rows name them by their place here. */
  readonly processes: readonly LogProcess[]
  readonly gc: GcLog
  readonly sched: SchedLog
  readonly allocs: AllocLog
}
