// A Go program that runs on this machine: what is known of it from outside.

import type { Circumstances } from '../../core/analysis/live/process-advice.ts'
import { hostPort } from '../../core/formats/proc/sockets.ts'
import type { CgroupLimits } from './cgroup-files.ts'
import type { GoBinary } from './go-binary.ts'
import type { Listener } from './listeners.ts'
import type { Probed } from './probe.ts'

export interface GoProcess {
  readonly pid: number
  readonly parent: number | undefined
  readonly uid: number | undefined
  readonly state: string
  /** Path as the system shows it, without the mark of a deleted file. */
  readonly executable: string
  readonly deleted: boolean
  readonly commandLine: readonly string[]
  readonly binary: GoBinary
  /** Over its whole life. */
  readonly cpuSeconds: number | undefined
  readonly uptimeSeconds: number | undefined
  /** Processors in use now; undefined where that was not measured. */
  readonly cpusNow: number | undefined
  readonly residentBytes: number | undefined
  readonly peakBytes: number | undefined
  readonly threads: number | undefined
  readonly openFiles: number | undefined
  readonly openFilesLimit: number | undefined
  /** Processors that it may run on, by affinity. */
  readonly allowedCpus: number | undefined
  /** GOMAXPROCS, GOGC, GOMEMLIMIT, GODEBUG and GOTRACEBACK of its environment. */
  readonly environment: ReadonlyMap<string, string>
  readonly limits: CgroupLimits | undefined
  readonly listeners: readonly Listener[]
  readonly answers: readonly Probed[]
  readonly gopsPort: number | undefined
  /** Whether its ports can be reached from here. */
  readonly reachable: boolean
  /** What could not be found out, and why, and what is worth knowing. */
  readonly notes: readonly string[]
  readonly warnings: readonly string[]
}

export interface PsOptions {
  /** Only these; all if undefined. */
  readonly pids?: readonly number[]
  /** Whether listeners are asked what they are. */
  readonly probe: boolean
  /** For the answer of a listener, ms. */
  readonly timeoutMs: number
}

export interface PsResult {
  readonly processes: readonly GoProcess[]
  readonly looked: number
  readonly forbidden: number
  readonly notes: readonly string[]
}

/** How to reach a program for a profile, as a source for the other commands; undefined if there is no way. */
export function profileSource(p: Pick<GoProcess, 'answers'>): string | undefined {
  const found = p.answers.find((a) => a.answer === 'pprof')
  if (found === undefined) return undefined
  if (found.listener.kind === 'unix') return `unix:${found.listener.address}`
  const { address, port } = found.listener
  // An address that means all is no address to connect to.
  const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? 'localhost' : address
  return `${found.tls ? 'https+insecure' : 'http'}://${hostPort(host, port)}`
}

/** What bears on its limits. */
export function circumstancesOf(
  p: Pick<GoProcess, 'binary' | 'environment' | 'allowedCpus' | 'limits'>,
): Circumstances {
  const { info } = p.binary
  return {
    goVersion: info?.goVersion ?? '',
    defaultGodebug: info?.settings.get('DefaultGODEBUG') ?? '',
    modules: info?.deps.map((m) => m.path) ?? [],
    environment: p.environment,
    cpus: p.allowedCpus,
    quota: p.limits?.cpus,
    memoryLimit: p.limits?.memoryBytes,
  }
}
