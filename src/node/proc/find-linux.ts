// Go programs on Linux, from /proc.

import { readFileSync } from 'node:fs'
import { DecodeError } from '../../core/base/errors.ts'
import { encodeUtf8 } from '../../core/base/utf8.ts'
import { decodeMemory } from '../../core/formats/memory/index.ts'
import { countOfList, parseLimits, pickEnvironment } from '../../core/formats/proc/limits.ts'
import {
  type ProcStat,
  parseProcStat,
  parseSchedstat,
  TICKS_PER_SECOND,
} from '../../core/formats/proc/stat.ts'
import { type BinaryLook, GoBinaries } from './go-binary.ts'
import { orNone, ProcError, procLink, procNames, procOwner, procText, procTextOrNone } from './read-proc.ts'

/** Variables of the runtime that explain how a program behaves; no others are looked at. */
const VARIABLES = ['GOMAXPROCS', 'GOGC', 'GOMEMLIMIT', 'GODEBUG', 'GOTRACEBACK']
const FOLDERS = ['HOME', 'XDG_CONFIG_HOME', 'GOPS_CONFIG_DIR']

export interface FoundProcess {
  readonly pid: number
  readonly stat: ProcStat
  readonly uid: number | undefined
  readonly executable: string
  readonly deleted: boolean
  readonly go: Extract<BinaryLook, { go: unknown }>['go'] & object
}

export interface Found {
  readonly processes: readonly FoundProcess[]
  /** All processes but threads of the kernel. */
  readonly looked: number
  /** Whose executable may not be read: some of them may be Go. */
  readonly forbidden: number
}

const DELETED = ' (deleted)'

/** Go programs among the processes of `pids`, or among all. Processes that end meanwhile are left out. */
export function findGoProcesses(pids?: readonly number[]): Found {
  const binaries = new GoBinaries()
  const processes: FoundProcess[] = []
  let looked = 0
  let forbidden = 0
  for (const pid of pids ?? allPids()) {
    try {
      const link = orNone(() => procLink(`/proc/${pid}/exe`))
      // Threads of the kernel have no executable, and neither have processes that have ended.
      if (link === undefined && !isForbidden(pid)) continue
      looked++
      const look = link === undefined ? { refused: 'forbidden' as const } : binaries.look(`/proc/${pid}/exe`)
      if ('refused' in look) {
        if (look.refused === 'forbidden') forbidden++
        continue
      }
      if (look.go === undefined) continue
      const stat = parseProcStat(procText(`/proc/${pid}/stat`))
      const deleted = link!.endsWith(DELETED)
      processes.push({
        pid,
        stat,
        uid: procOwner(pid),
        executable: deleted ? link!.slice(0, -DELETED.length) : link!,
        deleted,
        go: look.go,
      })
    } catch (e) {
      if (!(e instanceof ProcError || e instanceof DecodeError)) throw e
    }
  }
  return { processes, looked, forbidden }
}

export function allPids(): number[] {
  return procNames('/proc')
    .filter((n) => /^\d+$/.test(n))
    .map(Number)
}

/** Whether it is a program whose file may not be seen, rather than a thread of the kernel, which has none. */
function isForbidden(pid: number): boolean {
  try {
    procLink(`/proc/${pid}/exe`)
    return false
  } catch (e) {
    return (
      e instanceof ProcError && e.why === 'forbidden' && !parseProcStat(procText(`/proc/${pid}/stat`)).kernel
    )
  }
}

/** Nanoseconds on processors of all threads together; ticks where the kernel does not count finer. Undefined if it has ended. */
export function cpuNanos(pid: number): number | undefined {
  try {
    let sum = 0
    for (const task of procNames(`/proc/${pid}/task`)) {
      const s = parseSchedstat(procTextOrNone(`/proc/${pid}/task/${task}/schedstat`) ?? '')
      if (s === undefined) return ticksNanos(pid)
      sum += s.runNs
    }
    return sum
  } catch (e) {
    if (!(e instanceof ProcError || e instanceof DecodeError)) throw e
    return undefined
  }
}

function ticksNanos(pid: number): number {
  const s = parseProcStat(procText(`/proc/${pid}/stat`))
  return ((s.userTicks + s.systemTicks) * 1e9) / TICKS_PER_SECOND
}

/** Seconds since the system started. */
export function systemUptime(): number {
  return Number.parseFloat(procTextOrNone('/proc/uptime') ?? '0')
}

export interface ProcessDetails {
  readonly residentBytes: number | undefined
  readonly peakBytes: number | undefined
  readonly threads: number | undefined
  readonly allowedCpus: number | undefined
  readonly commandLine: readonly string[]
  readonly environment: ReadonlyMap<string, string>
  /** Where a gops agent of it would write; undefined if the environment may not be read. */
  readonly folders: ReadonlyMap<string, string> | undefined
  readonly openFilesLimit: number | undefined
}

/** What status, cmdline, environ and limits say; what cannot be read is undefined or empty. */
export function processDetails(pid: number): ProcessDetails {
  const status = procTextOrNone(`/proc/${pid}/status`) ?? ''
  const environ = orNone(() => procText(`/proc/${pid}/environ`))
  const command = orNone(() => bytesText(`/proc/${pid}/cmdline`)) ?? ''
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1]
  const sizes = statusSizes(status)
  return {
    residentBytes: sizes?.get('VmRSS'),
    peakBytes: sizes?.get('VmHWM'),
    threads: Number(/^Threads:\s*(\d+)/m.exec(status)?.[1] ?? Number.NaN) || undefined,
    allowedCpus: list === undefined ? undefined : countOfList(list),
    commandLine: command === '' ? [] : command.replace(/\0$/, '').split('\0'),
    environment: environ === undefined ? new Map() : pickEnvironment(environ, VARIABLES),
    folders: environ === undefined ? undefined : pickEnvironment(environ, FOLDERS),
    openFilesLimit: parseLimits(procTextOrNone(`/proc/${pid}/limits`) ?? '').openFiles,
  }
}

function statusSizes(status: string): ReadonlyMap<string, number> | undefined {
  try {
    return decodeMemory(encodeUtf8(status)).status?.sizes
  } catch (e) {
    if (e instanceof DecodeError) return undefined
    throw e
  }
}

function bytesText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new ProcError('missing', path)
  }
}
