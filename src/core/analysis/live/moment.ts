// What was read from a running program and its machine at one moment. Counters are as they are read; rates are made of
// two moments (reading.ts).

import type { MemorySnapshot, ProcessStatus } from '../../model/memory.ts'
import type { StateKind } from '../goroutines/states.ts'

/** What the program says of itself. What its pages do not tell is absent. */
export interface ProgramMoment {
  /** When, ms since 1970. */
  readonly at: number
  /** How long the answer took, ms. */
  readonly answerMs?: number
  readonly memory?: MemorySnapshot
  readonly goroutines?: number
  /** Goroutines by what they do, from a goroutine profile. */
  readonly states?: ReadonlyMap<StateKind, number>
  readonly threads?: number
  readonly maxProcs?: number
  readonly cpuSeconds?: number
  readonly residentBytes?: number
  readonly openFiles?: number
  readonly maxFiles?: number
  /** When the program started, ms since 1970. */
  readonly startedAt?: number
}

/** What the system says of the process. */
export interface ProcessMoment {
  readonly at: number
  /** When it started, in ticks of the system: with its number, what makes it this process and no later one. */
  readonly startTicks: number
  readonly startedAt: number
  /** R, S, D, T, Z of its main thread. */
  readonly state: string
  readonly userSeconds: number
  readonly systemSeconds: number
  /** Time of all threads on processors and ready without one, s; NaN if not counted. */
  readonly runSeconds: number
  readonly readySeconds: number
  /** Time in which it waited for disks, s; NaN if not counted. */
  readonly diskWaitSeconds: number
  readonly threads: number
  readonly status: ProcessStatus | undefined
  readonly majorFaults: number
  readonly minorFaults: number
  readonly voluntarySwitches: number
  readonly forcedSwitches: number
  readonly readBytes: number
  readonly writtenBytes: number
  readonly ioCalls: number
  readonly openFiles: number
  readonly maxFiles: number
  readonly allowedCpus: number
  readonly group: GroupMoment
  readonly network: NetworkMoment
}

/** Limits and counters of its control group; NaN where there is none. */
export interface GroupMoment {
  readonly cpuQuota: number
  readonly memoryLimit: number
  readonly tasksLimit: number
  readonly memoryBytes: number
  readonly memoryHits: number
  readonly oomKills: number
  readonly periods: number
  readonly throttledPeriods: number
  readonly throttledSeconds: number
  readonly cpuPressure: number
  readonly memoryPressure: number
  readonly ioPressure: number
}

/** Of the network namespace of the process. */
export interface NetworkMoment {
  readonly receivedBytes: number
  readonly sentBytes: number
  readonly errors: number
  readonly drops: number
  readonly retransmits: number
  readonly sentSegments: number
  readonly listenOverflows: number
  readonly established: number
  readonly timeWait: number
}

/** Of the whole machine. */
export interface MachineMoment {
  readonly at: number
  readonly processors: number
  readonly busyTicks: number
  readonly totalTicks: number
  readonly load: number
  readonly runnable: number
  readonly memoryTotal: number
  readonly memoryAvailable: number
  readonly swapUsed: number
  readonly disks: readonly {
    readonly name: string
    readonly busyMs: number
    readonly weightedMs: number
    readonly readBytes: number
    readonly writtenBytes: number
  }[]
  readonly cpuPressure: number
  readonly memoryPressure: number
  readonly ioPressure: number
}

/** All parts; a part that did not answer is absent. */
export interface Moment {
  readonly at: number
  readonly program?: ProgramMoment
  readonly process?: ProcessMoment
  readonly machine?: MachineMoment
}
