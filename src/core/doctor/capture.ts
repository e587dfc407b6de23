// What the doctor is given: everything that was captured of one program, decoded, in order of time. Derived
// numbers that several rules want are computed once, on first use.

import { StackFacts } from '../analysis/stack-facts.ts'
import type { MemorySnapshot } from '../model/memory.ts'
import type { Profile } from '../model/profile.ts'
import type { CapturedProfile, CapturedTrace, CaptureParts, ProfileKind, Source } from './capture-parts.ts'
import { type GcFacts, gcFacts, newestMetric } from './gc-facts.ts'

/** Facts of one sample type of a captured profile. */
export interface Facts {
  readonly source: Source
  readonly profile: Profile
  readonly facts: StackFacts
}

/** Seconds between the first and the last file of a capture, below which they are of one moment. */
const LEAST_WALL = 0.5

export class Capture {
  readonly parts: CaptureParts
  private readonly known = new Map<string, Facts | undefined>()
  private readonly byProfile = new Map<Profile, StackFacts[]>()

  constructor(parts: CaptureParts) {
    this.parts = parts
  }

  /** Whether there is a source of one of the kinds, joined by "|". */
  has(kinds: string): boolean {
    return kinds
      .split('|')
      .some((kind) => this.parts.sources.some((s) => s.kind === kind || s.kind.startsWith(`${kind}/`)))
  }

  /** All profiles of a kind, oldest first. */
  series(kind: ProfileKind): readonly CapturedProfile[] {
    const all = this.parts.profiles.filter((p) => p.kind === kind)
    // Profiles in text form have no time. Beside others they are the same moment once more.
    const timed = all.filter((p) => p.profile.timeNanos !== 0)
    // An empty profile of contention may be of either kind, and says nothing beside one that is not.
    const filled = timed.filter((p) => p.profile.samples.count > 0)
    if ((kind === 'block' || kind === 'mutex') && filled.length > 0) return filled
    return timed.length > 0 ? timed : all
  }

  /** The newest profile of a kind, by a sample type (its last one if not given); undefined if there is none. */
  facts(kind: ProfileKind, type?: string): Facts | undefined {
    const key = `${kind} ${type ?? ''}`
    if (!this.known.has(key)) {
      const newest = this.series(kind).at(-1)
      this.known.set(key, newest && factsOf(newest, type))
    }
    return this.known.get(key)
  }

  /** Facts of a profile by a sample type (a row; its last one if not given), computed once. */
  factsOf(profile: Profile, type = profile.sampleTypes.length - 1): StackFacts {
    let types = this.byProfile.get(profile)
    if (types === undefined) {
      types = []
      this.byProfile.set(profile, types)
    }
    types[type] ??= new StackFacts(profile, type)
    return types[type]
  }

  /** The newest memory statistics. */
  get memory(): MemorySnapshot | undefined {
    return this.parts.memory.at(-1)?.snapshot
  }

  get memorySource(): Source | undefined {
    return this.parts.memory.at(-1)?.source
  }

  /** The newest value of a name of runtime/metrics. */
  metric(name: string): number | undefined {
    return newestMetric(this.parts, name)
  }

  /** GOMAXPROCS, if anything tells it. */
  get gomaxprocs(): number | undefined {
    return this.metric('/sched/gomaxprocs:threads') ?? (this.trace?.activity.gomaxprocs || undefined)
  }

  /** Threads of the process: ever created, or now. */
  get threads(): { readonly source: Source; readonly count: number } | undefined {
    const created = this.facts('threadcreate')
    if (created !== undefined) return { source: created.source, count: created.facts.total }
    const withMetrics = this.parts.memory.findLast((m) => m.snapshot.metrics !== undefined)
    const count = this.metric('/sched/threads/total:threads')
    return withMetrics === undefined || count === undefined
      ? undefined
      : { source: withMetrics.source, count }
  }

  /**
   * Seconds that cumulative profiles (block, mutex, allocs) cover at least: from the first thing that was
   * captured to the newest of them. undefined if nothing has a time.
   */
  get wallSeconds(): number | undefined {
    let first = Number.POSITIVE_INFINITY
    let last = 0
    for (const { profile } of this.parts.profiles) {
      const at = Number(profile.timeNanos)
      if (at === 0) continue
      first = Math.min(first, at)
      last = Math.max(last, at)
    }
    for (const { snapshot } of this.parts.memory)
      for (const end of snapshot.memstats?.pauseEnds ?? []) if (end > 0) first = Math.min(first, end)
    // All processors' time since the program began: a program that has run for days began long before its capture.
    const cpu = this.metric('/cpu/classes/total:cpu-seconds') ?? 0
    const procs = this.metric('/sched/gomaxprocs:threads') ?? 0
    const seconds = Math.max((last - first) / 1e9, procs > 0 ? cpu / procs : 0)
    // Profiles written one after the other at the end tell nothing of when they began.
    return seconds >= LEAST_WALL ? seconds : undefined
  }

  /** The collector, by its log where there is one, else by statistics. */
  get gc(): GcFacts | undefined {
    return gcFacts(this.parts, this.busyCores)
  }

  get trace(): CapturedTrace | undefined {
    return this.parts.traces.at(-1)
  }

  /** CPU time, by function. */
  get cpu(): Facts | undefined {
    return this.facts('cpu', 'cpu')
  }

  /**
   * Cores that the program would have used: more than it got on a machine that was busy with others. From the
   * goroutines that a trace shows running (the system may not run their threads), and from the runtime's own account
   * of idle processors (as of the newest collection), where that is more; 0 if unknown.
   */
  get wantedCores(): number {
    if (this.busyCores === 0) return 0
    const total = this.metric('/cpu/classes/total:cpu-seconds') ?? 0
    const idle = this.metric('/cpu/classes/idle:cpu-seconds') ?? total
    const accounted = total > 0 ? ((total - idle) / total) * (this.gomaxprocs ?? 0) : 0
    return Math.max(this.busyCores, this.trace?.activity.running ?? 0, accounted)
  }

  /** Cores that the program kept busy while its CPU profile ran; 0 if unknown. */
  get busyCores(): number {
    const nanos = Number(this.cpu?.profile.durationNanos ?? 0)
    return this.cpu === undefined || nanos <= 0 ? 0 : this.cpu.facts.total / nanos
  }

  /** Everything allocated since the start, in bytes or objects: heap and allocs profiles hold the same. */
  allocated(type: 'alloc_space' | 'alloc_objects'): Facts | undefined {
    return this.facts('allocs', type) ?? this.facts('heap', type)
  }

  /** What is live, of the newest heap profile. */
  live(type: 'inuse_space' | 'inuse_objects'): Facts | undefined {
    return this.facts('heap', type) ?? this.facts('allocs', type)
  }
}

/** Facts of a profile by a sample type, its last one if not given; undefined if it has no such type. */
export function factsOf(captured: CapturedProfile, type?: string): Facts | undefined {
  const { profile, source } = captured
  const at =
    type === undefined
      ? profile.sampleTypes.length - 1
      : profile.sampleTypes.findIndex((t) => t.type === type)
  return at < 0 ? undefined : { source, profile, facts: new StackFacts(profile, at) }
}
