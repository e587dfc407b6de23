// What GODEBUG=schedtrace=X tells, with and without scheddetail=1, as tables. NaN where a version prints no
// such value.

import { RowTable } from './row-table.ts'

/**
 * Columns of a snapshot, which is a `SCHED` line with the P, M and G lines that belong to it.
 *
 * - `process` row of RuntimeLog.processes; `time` ms since the start of the process; `wall` ms since 1970
 * - `gomaxprocs`, `idleprocs`, `threads`, `spinning` (Go 1.5 on), `needspinning` (Go 1.20 on), `idlethreads`,
 *   `runqueue` (the global one) as printed
 * - `local` goroutines in all local run queues, `localMax` in the longest, `localUsed` queues that are not empty
 * - from here on only with scheddetail: `gcwaiting` 1 while a collection stops the world, `stopwait`,
 *   `sysmonwait` 1 while the monitor sleeps, `idleLocked` idle threads that are locked to a goroutine
 * - `procsRunning`, `procsSyscall`, `procsStopped` (for a collection) Ps by status
 * - `blocked`, `spinningThreads`, `syscallThreads` (a goroutine, but no P), `lockedThreads` Ms
 * - `goroutines` without dead ones; `runnable`, `running`, `inSyscall`, `waiting`, `dead`, `lockedGoroutines`
 */
export const SCHED_COLUMNS = [
  'process',
  'time',
  'wall',
  'gomaxprocs',
  'idleprocs',
  'threads',
  'spinning',
  'needspinning',
  'idlethreads',
  'runqueue',
  'local',
  'localMax',
  'localUsed',
  'gcwaiting',
  'stopwait',
  'sysmonwait',
  'idleLocked',
  'procsRunning',
  'procsSyscall',
  'procsStopped',
  'blocked',
  'spinningThreads',
  'syscallThreads',
  'lockedThreads',
  'goroutines',
  'runnable',
  'running',
  'inSyscall',
  'waiting',
  'dead',
  'lockedGoroutines',
] as const
export type SchedColumn = (typeof SCHED_COLUMNS)[number]

/** Statuses of goroutines by the number printed, since Go 1.4 (0x1000 is added while a collection scans the stack). */
export const G_STATUS = [
  'idle',
  'runnable',
  'running',
  'syscall',
  'waiting',
  'moribund',
  'dead',
  'enqueue',
  'copying stack',
  'preempted',
  'leaked',
  'dead (extra thread)',
] as const
/** Statuses of Ps by the number printed. */
export const P_STATUS = ['idle', 'running', 'syscall', 'stopped for GC', 'dead'] as const

/** One P over all snapshots of a process. */
export interface ProcLoad {
  /** Snapshots that show its local run queue, the sum of lengths in them, the longest, and in how many it was not empty. */
  snapshots: number
  queueSum: number
  queueMax: number
  queueUsed: number
  /** First and last count of scheduling rounds; NaN if not printed (schedtrace alone before Go 1.25). */
  firstTick: number
  lastTick: number
  /** Snapshots by status (P_STATUS); all 0 without scheddetail. */
  readonly byStatus: number[]
  /** Longest time in ms that it was running with the same tick (one goroutine, not rescheduled), and its end. */
  longestRun: number
  longestRunEnd: number
}

/** Goroutines in one state, for one printed reason. */
export interface WaitGroup {
  /** Index into G_STATUS. */
  readonly status: number
  /** As printed; '' if none. What a running or runnable goroutine prints is what it last waited for. */
  readonly reason: string
  /** Sum over snapshots, most in one snapshot, number in the last one. */
  seen: number
  most: number
  last: number
}

/** A goroutine that stayed in one state on one thread, over snapshots. */
export interface StuckGoroutine {
  readonly goid: number
  readonly status: number
  readonly reason: string
  /** Thread it is on, -1 for none; thread it is locked to, -1 for none. */
  readonly m: number
  readonly lockedm: number
  /** First and last snapshot of the stay, ms since the start; snapshots in it. */
  readonly from: number
  readonly to: number
  readonly snapshots: number
}

/** What is known of a process beyond its snapshots. */
export interface SchedProcess {
  readonly process: number
  readonly procs: ProcLoad[]
  readonly groups: WaitGroup[]
  /** Longest stays in a system call, running or runnable, longest first (at most MAX_STUCK of each). */
  readonly stuck: StuckGoroutine[]
  /** Goroutines in the last snapshot that waited, for one reason, in every snapshot since they are known. */
  readonly waitedThroughout: { readonly reason: string; count: number; longest: number }[]
  /** Goroutines that were left out of the above because there were too many at once. */
  untracked: number
}

export interface SchedLog {
  readonly rows: RowTable<SchedColumn>
  /** By process; only those with snapshots. */
  readonly processes: SchedProcess[]
  /** Whether any snapshot has detail. */
  detailed: boolean
  /** Versions that print lines as these: 'Go 1.1–1.4', … */
  readonly versions: string
}

/** Rows that are kept: more are thinned out evenly. */
const MAX_ROWS = 1 << 18

/** Ps that are told apart; no machine has more. */
export const MAX_PROCS = 4096
export const MAX_STUCK = 50

export function newSchedRows(): RowTable<SchedColumn> {
  return new RowTable(SCHED_COLUMNS, MAX_ROWS)
}
