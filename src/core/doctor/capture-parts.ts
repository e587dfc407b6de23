// What was read of one program, before anything is derived from it.

import type { TraceSummary } from '../analysis/trace/summary.ts'
import type { Problem } from '../base/errors.ts'
import type { BenchRun } from '../model/bench.ts'
import type { Goroutines } from '../model/goroutines.ts'
import type { MemorySnapshot } from '../model/memory.ts'
import type { Profile } from '../model/profile.ts'
import type { RuntimeLog } from '../model/runtime-log.ts'

/** Kinds of profiles, after net/http/pprof; 'profile' is one of no known kind. */
export const PROFILE_KINDS = [
  'cpu',
  'heap',
  'allocs',
  'block',
  'mutex',
  'goroutine',
  'threadcreate',
  'goroutineleak',
  'profile',
] as const

export type ProfileKind = (typeof PROFILE_KINDS)[number]

/** One file or answer. */
export interface Source {
  readonly name: string
  /** 'profile/cpu', 'trace', 'log/gctrace', 'goroutines', 'memory', … */
  readonly kind: string
  readonly problems: readonly Problem[]
}

/** Goroutines from texts: dumps, crash reports, reports of the race detector. */
export interface CapturedDumps {
  readonly goroutines: Goroutines
  /** By the index that `source` of dumps and races holds. */
  readonly sources: readonly Source[]
}

/** What the runtime printed into a log. */
export interface CapturedLog {
  readonly source: Source
  readonly log: RuntimeLog
}

export interface CapturedTrace {
  readonly source: Source
  readonly activity: TraceSummary
  /** Where goroutines waited, by reason ('sleep', 'network', 'select', …): contentions and their delay. */
  readonly waits?: ReadonlyMap<string, Profile>
}

export interface CapturedProfile {
  readonly source: Source
  readonly kind: ProfileKind
  readonly profile: Profile
}

/** What was read, each list in order of time. */
export interface CaptureParts {
  readonly sources: readonly Source[]
  readonly profiles: readonly CapturedProfile[]
  readonly memory: readonly { readonly source: Source; readonly snapshot: MemorySnapshot }[]
  readonly traces: readonly CapturedTrace[]
  readonly logs: readonly CapturedLog[]
  /** Lines of `go test -bench`, in their order. */
  readonly benches: readonly BenchRun[]
  /** Absent if no source holds any. */
  readonly dumps?: CapturedDumps
}
