// What the system knows of a process of this machine (Linux): files of /proc as they are, and its threads,
// open files and sockets, counted.

import { readFileSync } from 'node:fs'
import { cgroupFolders, parseCgroupMounts, parseCgroups } from '../../core/formats/proc/cgroup.ts'
import { hostPort, parseTcpTable, parseUnixTable } from '../../core/formats/proc/sockets.ts'
import { ProcError, procLink, procNames, procTextOrNone } from '../proc/read-proc.ts'
import { redactArguments } from './redact.ts'

export interface ProcFile {
  readonly name: string
  readonly content: string
}

export interface ProcessLook {
  readonly files: readonly ProcFile[]
  /** What could not be read, and why. */
  readonly missing: readonly { readonly file: string; readonly why: string }[]
}

/** What process.json holds (`goscope.process/1`). */
export interface ProcessInfo {
  readonly schema: 'goscope.process/1'
  readonly time: string
  readonly pid: number
  readonly executable: string
  readonly arguments: readonly string[]
  readonly threads: {
    readonly count: number
    readonly states: Readonly<Record<string, number>>
    /** Where in the kernel they wait, if that may be seen. */
    readonly waits: Readonly<Record<string, number>>
  }
  readonly openFiles: {
    readonly count: number
    /** By kind: socket, pipe, file, folder of the kernel (anon_inode:[eventpoll]), deleted file. */
    readonly kinds: Readonly<Record<string, number>>
    /** Paths of which several are open, most first. */
    readonly paths: readonly { readonly path: string; readonly count: number }[]
  }
  /** By state and peer, most first; of listeners the place where they listen. */
  readonly sockets: readonly {
    readonly kind: 'tcp' | 'unix'
    readonly state: string
    readonly place: string
    readonly count: number
    /** Bytes that wait to be read, and to be sent and acknowledged. */
    readonly received: number
    readonly sending: number
  }[]
  /** Of the system for this process: soft (what counts) and hard, as /proc/PID/limits has them. */
  readonly limits: Readonly<Record<string, { readonly soft: string; readonly hard: string }>>
  /** Files of its control group on processor time, as they are. */
  readonly cpuGroup: Readonly<Record<string, string>>
  /** Words on what is not complete. */
  readonly notes: readonly string[]
}

/** More of them say no more, and each costs a call. */
const MOST_FILES = 20_000
const MOST_THREADS = 10_000
const MOST_ROWS = 200
const MOST_SMAPS = 256 << 20

/** Whether this machine has /proc, and the process, which may have ended without its parent knowing yet. */
export function isProcess(pid: number): boolean {
  const stat = procTextOrNone(`/proc/${pid}/stat`)
  return stat !== undefined && !/^.*\) [ZX]/s.test(stat)
}

/** Reads what there is. Never throws: what is missing says why. */
export function readProcFiles(pid: number): ProcessLook {
  const files: ProcFile[] = []
  const missing: { file: string; why: string }[] = []
  const take = (name: string, path: string): boolean => {
    try {
      const content = readFileSync(path, 'latin1')
      if (content.length > MOST_SMAPS) throw new Error(`larger than ${MOST_SMAPS} bytes`)
      files.push({ name, content })
      return true
    } catch (e) {
      missing.push({ file: name, why: reason(e) })
      return false
    }
  }
  take('status.txt', `/proc/${pid}/status`)
  // An old kernel or a guarded process may have only one of the two.
  if (!take('smaps.txt', `/proc/${pid}/smaps`)) take('smaps.txt', `/proc/${pid}/smaps_rollup`)
  for (const [name, path] of containerFiles(pid)) {
    const content = procTextOrNone(path)
    if (content !== undefined) files.push({ name, content })
  }
  try {
    files.push({ name: 'process.json', content: `${JSON.stringify(processInfo(pid), null, 2)}\n` })
  } catch (e) {
    missing.push({ file: 'process.json', why: reason(e) })
  }
  return { files, missing }
}

function reason(e: unknown): string {
  if (e instanceof ProcError) return WORDS[e.why]
  const { code } = e as NodeJS.ErrnoException
  if (code === 'EACCES' || code === 'EPERM') return WORDS.forbidden
  if (code === 'ENOENT' || code === 'ESRCH') return WORDS.gone
  return (e as Error).message
}

const WORDS = {
  gone: 'the process has ended',
  forbidden: 'not permitted: the process is another user’s',
  missing: 'this system has none',
} as const

/** Limits and use of memory of the process's own control group, by the names that readers know. */
function containerFiles(pid: number): (readonly [name: string, path: string])[] {
  const paths = parseCgroups(procTextOrNone(`/proc/${pid}/cgroup`) ?? '')
  const mounts = parseCgroupMounts(procTextOrNone('/proc/self/mountinfo') ?? '')
  const [v2] = cgroupFolders(paths, mounts, '')
  const [v1] = cgroupFolders(paths, mounts, 'memory')
  const out: (readonly [string, string])[] = []
  for (const name of ['memory.max', 'memory.current']) if (v2 !== undefined) out.push([name, `${v2}/${name}`])
  for (const name of ['memory.limit_in_bytes', 'memory.usage_in_bytes'])
    if (v1 !== undefined) out.push([name, `${v1}/${name}`])
  return out
}

/** Files of the control group that say how much processor time it may have, and how often it had to wait for more. */
function cpuGroup(pid: number): Record<string, string> {
  const paths = parseCgroups(procTextOrNone(`/proc/${pid}/cgroup`) ?? '')
  const mounts = parseCgroupMounts(procTextOrNone('/proc/self/mountinfo') ?? '')
  const [folder] = [...cgroupFolders(paths, mounts, ''), ...cgroupFolders(paths, mounts, 'cpu')]
  const out: Record<string, string> = {}
  for (const name of ['cpu.max', 'cpu.stat', 'cpu.cfs_quota_us', 'cpu.cfs_period_us']) {
    const text = folder === undefined ? undefined : procTextOrNone(`${folder}/${name}`)
    if (text !== undefined) out[name] = text.trim()
  }
  return out
}

/** Lines of /proc/PID/limits (proc_pid_limits(5)): names, and values as they stand there. */
function limitsOf(pid: number): Record<string, { readonly soft: string; readonly hard: string }> {
  const out: Record<string, { soft: string; hard: string }> = {}
  for (const line of (procTextOrNone(`/proc/${pid}/limits`) ?? '').split('\n')) {
    const m = /^(Max .*?) {2,}(\d+|unlimited) +(\d+|unlimited)/.exec(line)
    if (m !== null) out[m[1]!] = { soft: m[2]!, hard: m[3]! }
  }
  return out
}

/** Counts threads, open files and sockets. Throws ProcError if the process has ended or may not be looked at. */
export function processInfo(pid: number): ProcessInfo {
  const notes: string[] = []
  const { files, sockets } = openFiles(pid, notes)
  return {
    schema: 'goscope.process/1',
    time: new Date().toISOString(),
    pid,
    executable: linkOrNone(`/proc/${pid}/exe`),
    arguments: redactArguments((procTextOrNone(`/proc/${pid}/cmdline`) ?? '').replace(/\0$/, '').split('\0')),
    threads: threadsOf(pid, notes),
    openFiles: files,
    sockets: socketsOf(pid, sockets),
    limits: limitsOf(pid),
    cpuGroup: cpuGroup(pid),
    notes,
  }
}

function threadsOf(pid: number, notes: string[]): ProcessInfo['threads'] {
  const names = procNames(`/proc/${pid}/task`)
  const states = new Map<string, number>()
  const waits = new Map<string, number>()
  if (names.length > MOST_THREADS)
    notes.push(`states of the first ${MOST_THREADS} of ${names.length} threads`)
  for (const tid of names.slice(0, MOST_THREADS)) {
    const stat = procTextOrNone(`/proc/${pid}/task/${tid}/stat`)
    const state = stat === undefined ? undefined : /^.*\) (\w)/s.exec(stat)?.[1]
    if (state === undefined) continue
    count(states, STATES[state] ?? state)
    const wait = procTextOrNone(`/proc/${pid}/task/${tid}/wchan`)
    if (wait !== undefined && wait !== '0' && wait !== '') count(waits, wait)
  }
  return { count: names.length, states: sorted(states), waits: sorted(waits) }
}

const STATES: Readonly<Record<string, string>> = {
  R: 'running',
  S: 'sleeping',
  D: 'waiting for a device',
  T: 'stopped',
  t: 'traced',
  Z: 'ended',
  X: 'ended',
  I: 'idle',
}

function openFiles(
  pid: number,
  notes: string[],
): { files: ProcessInfo['openFiles']; sockets: ReadonlySet<number> } {
  const kinds = new Map<string, number>()
  const paths = new Map<string, number>()
  const sockets = new Set<number>()
  const names = procNames(`/proc/${pid}/fd`)
  if (names.length > MOST_FILES) notes.push(`kinds of the first ${MOST_FILES} of ${names.length} open files`)
  for (const fd of names.slice(0, MOST_FILES)) {
    const link = linkOrNone(`/proc/${pid}/fd/${fd}`)
    const inode = /^socket:\[(\d+)\]$/.exec(link)?.[1]
    if (inode !== undefined) sockets.add(Number(inode))
    count(kinds, kindOf(link))
    if (link.startsWith('/')) count(paths, link)
  }
  const several = [...paths].filter(([, n]) => n > 1).sort((a, b) => b[1] - a[1])
  return {
    files: {
      count: names.length,
      kinds: sorted(kinds),
      paths: several.slice(0, MOST_ROWS).map(([path, n]) => ({ path, count: n })),
    },
    sockets,
  }
}

function kindOf(link: string): string {
  if (link.startsWith('anon_inode:')) return link
  if (link.startsWith('/')) return link.endsWith(' (deleted)') ? 'deleted file' : 'file'
  return /^(\w+):/.exec(link)?.[1] ?? 'closed'
}

function socketsOf(pid: number, own: ReadonlySet<number>): ProcessInfo['sockets'] {
  interface Row {
    kind: 'tcp' | 'unix'
    state: string
    place: string
    count: number
    received: number
    sending: number
  }
  const rows = new Map<string, Row>()
  const add = (row: Omit<Row, 'count'>): void => {
    const key = `${row.kind} ${row.state} ${row.place}`
    const before = rows.get(key)
    if (before === undefined) rows.set(key, { ...row, count: 1 })
    else {
      before.count++
      before.received += row.received
      before.sending += row.sending
    }
  }
  for (const table of ['tcp', 'tcp6'])
    for (const s of parseTcpTable(procTextOrNone(`/proc/${pid}/net/${table}`) ?? '')) {
      if (!own.has(s.inode)) continue
      // Clients come from ports of their own each: what counts is who they are.
      const place =
        s.state === 'listen'
          ? hostPort(s.address, s.port)
          : s.remotePort >= EPHEMERAL
            ? s.remoteAddress
            : hostPort(s.remoteAddress, s.remotePort)
      add({ kind: 'tcp', state: s.state, place, received: s.received, sending: s.sending })
    }
  for (const s of parseUnixTable(procTextOrNone(`/proc/${pid}/net/unix`) ?? ''))
    if (own.has(s.inode))
      add({ kind: 'unix', state: s.listening ? 'listen' : 'open', place: s.path, received: 0, sending: 0 })
  return [...rows.values()].sort((a, b) => b.count - a.count).slice(0, MOST_ROWS)
}

/** Where Linux begins to give out ports by itself (ip_local_port_range). */
const EPHEMERAL = 32768

function count(to: Map<string, number>, key: string): void {
  to.set(key, (to.get(key) ?? 0) + 1)
}

function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort((a, b) => b[1] - a[1]))
}

function linkOrNone(path: string): string {
  try {
    return procLink(path)
  } catch (e) {
    if (e instanceof ProcError) return ''
    throw e
  }
}
