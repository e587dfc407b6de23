// What is said of a process's scheduler.

import type { ProcLoad, StuckGoroutine, WaitGroup } from '../../model/sched-log.ts'
import type { Spread } from '../gc-log/spread.ts'
import type { Trend } from '../gc-log/trend.ts'

export interface SchedReport {
  readonly process: number
  readonly version: string
  readonly snapshots: number
  readonly stride: number
  readonly detailed: boolean
  /** ms since the start of the process; NaN if not printed. */
  readonly from: number
  readonly to: number
  /** GOMAXPROCS in the last snapshot, and the least and most. */
  readonly gomaxprocs: number
  readonly gomaxprocsRange: readonly [number, number]
  /** Share of Ps that are not idle, by snapshot: 0 to 1. */
  readonly busy: Spread
  readonly idleProcs: Spread
  /** Snapshots without an idle P, and with none busy but the one that prints; shares of all. */
  readonly fullShare: number
  readonly idleShare: number
  readonly global: Spread
  /** Sum of the local run queues; of no values where the lines have none. */
  readonly local: Spread
  readonly localLongest: number
  /** Goroutines that wait for a P, by P. */
  readonly waitingPerProc: Spread
  /** Share of snapshots in which goroutines wait in queues while Ps idle. */
  readonly idleWhileWaiting: number
  /** Share of the longest local queue in all local queues, in snapshots with work for every P; 1 / GOMAXPROCS is even. */
  readonly longestShare: number
  readonly procs: readonly ProcLoad[]
  /** Rounds of scheduling, of the busiest P against the mean; NaN if not printed. */
  readonly tickImbalance: number
  readonly threads: Spread
  readonly firstThreads: number
  readonly lastThreads: number
  /** Threads over s. */
  readonly threadTrend: Trend | undefined
  readonly idleThreads: Spread
  readonly spinning: Spread
  /** Without scheddetail undefined. */
  readonly detail: SchedDetail | undefined
  readonly findings: readonly SchedFinding[]
}

export interface SchedDetail {
  readonly goroutines: Spread
  readonly firstGoroutines: number
  readonly lastGoroutines: number
  readonly runnable: Spread
  readonly inSyscall: Spread
  readonly blockedThreads: Spread
  readonly syscallThreads: Spread
  readonly lockedThreads: Spread
  readonly lockedGoroutines: Spread
  /** Snapshots taken while a collection stopped the world. */
  readonly stoppedForGc: number
  readonly groups: readonly WaitGroup[]
  readonly stuck: readonly StuckGoroutine[]
  readonly waitedThroughout: readonly {
    readonly reason: string
    readonly count: number
    readonly longest: number
  }[]
  readonly untracked: number
}

export interface SchedFinding {
  readonly id:
    | 'saturated'
    | 'short-of-work'
    | 'imbalanced'
    | 'idle-while-waiting'
    | 'thread-growth'
    | 'thread-explosion'
    | 'long-system-calls'
    | 'starved'
    | 'long-runs'
    | 'goroutine-growth'
    | 'healthy'
  readonly severity: 'warning' | 'info' | 'ok'
  readonly text: string
  readonly evidence: string
}
