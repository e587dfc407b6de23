import type { TraceSummary } from '../../src/core/analysis/trace/summary.ts'
import { Capture } from '../../src/core/doctor/capture.ts'
import {
  type CapturedProfile,
  type CapturedTrace,
  type CaptureParts,
  PROFILE_KINDS,
  type ProfileKind,
  type Source,
} from '../../src/core/doctor/capture-parts.ts'
import { diagnose } from '../../src/core/doctor/diagnose.ts'
import type { Finding } from '../../src/core/doctor/finding.ts'
import { RULES } from '../../src/core/doctor/index.ts'
import type { MemorySnapshot } from '../../src/core/model/memory.ts'
import { profileFrom } from './profile-from.ts'

const TYPES: Readonly<Record<ProfileKind, readonly string[]>> = {
  cpu: ['samples/count', 'cpu/nanoseconds'],
  heap: ['alloc_objects/count', 'alloc_space/bytes', 'inuse_objects/count', 'inuse_space/bytes'],
  allocs: ['alloc_objects/count', 'alloc_space/bytes', 'inuse_objects/count', 'inuse_space/bytes'],
  block: ['contentions/count', 'delay/nanoseconds'],
  mutex: ['contentions/count', 'delay/nanoseconds'],
  goroutine: ['goroutine/count'],
  threadcreate: ['threadcreate/count'],
  goroutineleak: ['goroutineleak/count'],
  profile: ['samples/count'],
}

/** A picture of stacks side by side, each given from the root with its values (`= …`) and labels (`# …`) at the end. */
export function stacks(...columns: readonly (readonly string[])[]): string {
  const rows = Math.max(...columns.map((c) => c.length))
  const width = Math.max(...columns.flat().map((cell) => cell.length)) + 2
  return Array.from({ length: rows }, (_, k) =>
    columns
      .map((c) => (c[k] ?? '').padEnd(width))
      .join('')
      .trimEnd(),
  ).join('\n')
}

/** What a capture in a test is made of: pictures of profiles (see profileFrom), several of a kind one second apart. */
export type CapturePictures = { readonly [K in ProfileKind]?: string | readonly string[] } & {
  readonly memory?: readonly MemorySnapshot[]
  /** Seconds that the CPU profile covers; 1 unless given. */
  readonly cpuSeconds?: number
  readonly parts?: Partial<CaptureParts>
}

/** A capture of drawn profiles. The first profile of each kind is at second 1, the last of all at second 10. */
export function captureFrom(pictures: CapturePictures): Capture {
  const sources: Source[] = []
  const profiles: CapturedProfile[] = []
  for (const kind of PROFILE_KINDS) {
    const given = pictures[kind]
    const list = given === undefined ? [] : typeof given === 'string' ? [given] : given
    list.forEach((picture, k) => {
      const source: Source = { name: `${kind}-t${k + 1}.pb.gz`, kind: `profile/${kind}`, problems: [] }
      sources.push(source)
      const second = kind === 'cpu' ? 0 : list.length === 1 ? 10 : 1 + (9 * k) / (list.length - 1)
      profiles.push({
        source,
        kind,
        profile: {
          ...profileFrom(picture, TYPES[kind]),
          timeNanos: 1_700_000_000_000_000_000n + BigInt(Math.round(second * 1e9)),
          durationNanos: kind === 'cpu' ? (pictures.cpuSeconds ?? 1) * 1e9 : 0,
        },
      })
    })
  }
  const memory = (pictures.memory ?? []).map((snapshot, k) => {
    const source: Source = { name: `memstats-t${k + 1}.json`, kind: 'memory', problems: [] }
    sources.push(source)
    return { source, snapshot }
  })
  return new Capture({ sources, profiles, memory, traces: [], logs: [], benches: [], ...pictures.parts })
}

/** What all rules find in it, at warning or above. */
export function loud(pictures: CapturePictures): readonly Finding[] {
  return diagnose(captureFrom(pictures), RULES).findings.filter((f) => f.severity !== 'info')
}

/** `cause: first culprit` of all findings at warning or above, in their order. */
export function said(pictures: CapturePictures): string[] {
  return loud(pictures).map((f) => `${f.cause}: ${f.culprits[0] ?? '-'}`)
}

/** The summary of a trace of a second in which nothing happened, with what the test is about. */
export function traceWith(summary: Partial<TraceSummary>): CapturedTrace {
  const none = { count: 0, time: 0, longest: 0 }
  return {
    source: { name: 'trace.out', kind: 'trace', problems: [] },
    activity: {
      version: 'go 1.26',
      durationNs: 1e9,
      events: 1000,
      gomaxprocs: 4,
      running: 0,
      concurrency: [1e9],
      procs: [],
      goroutines: 0,
      groups: [],
      syscalls: { count: 0, totalNs: 0 },
      sched: { count: 0, mean: 0, p50: 0, p95: 0, p99: 0, max: 0, meanReady: 0, mostReady: 0, worst: [] },
      longRuns: [],
      blocked: [],
      gc: { cycles: 0, marking: 0, share: 0, stops: [], assist: none, sweep: none },
      threads: [],
      ...summary,
    },
  }
}
