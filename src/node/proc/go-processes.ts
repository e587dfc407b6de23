// The Go programs on this machine, with how to reach each.

import { platform } from 'node:os'
import { memoryLimitAdvice, quotaAdvice } from '../../core/analysis/live/process-advice.ts'
import { TICKS_PER_SECOND } from '../../core/formats/proc/stat.ts'
import { askListeners, exposedWarnings } from './ask-listeners.ts'
import { Cgroups } from './cgroup-files.ts'
import { cpuNanos, type FoundProcess, findGoProcesses, processDetails, systemUptime } from './find-linux.ts'
import { findListed } from './find-listed.ts'
import { circumstancesOf, type GoProcess, type PsOptions, type PsResult } from './go-process.ts'
import { gopsPort } from './gops-port.ts'
import { ListenerTables } from './listeners.ts'
import { orNone, procLink } from './read-proc.ts'

/** CPU use is measured over at least this time, ms: less would be noise. */
const CPU_MS = 200

/** Finds them. Throws UserError where the system's list of processes cannot be had. */
export async function findGoPrograms(o: PsOptions): Promise<PsResult> {
  if (platform() !== 'linux') return findListed(o)
  const found = findGoProcesses(o.pids)
  const before = new Map(found.processes.map((p) => [p.pid, cpuNanos(p.pid)]))
  const start = performance.now()
  const tables = new ListenerTables()
  const cgroups = new Cgroups()
  const uptime = systemUptime()
  const own = process.getuid?.()
  const work = found.processes.map((p) => describe(p, { o, tables, cgroups, uptime, own }))
  const described = await Promise.all(work)
  const left = CPU_MS - (performance.now() - start)
  if (described.length > 0 && left > 0) await new Promise((resolve) => setTimeout(resolve, left))
  const processes = described.map((p) => {
    const from = before.get(p.pid)
    const to = cpuNanos(p.pid)
    const spent = (performance.now() - start) * 1e6
    // Threads that have ended take their time with them.
    const cpusNow = from === undefined || to === undefined ? undefined : Math.max(0, to - from) / spent
    return { ...p, cpusNow }
  })
  return { processes, looked: found.looked, forbidden: found.forbidden, notes: [] }
}

interface Tools {
  readonly o: PsOptions
  readonly tables: ListenerTables
  readonly cgroups: Cgroups
  readonly uptime: number
  readonly own: number | undefined
}

async function describe(p: FoundProcess, t: Tools): Promise<GoProcess> {
  const { pid, stat } = p
  const d = processDetails(pid)
  const sockets = t.tables.of(pid)
  const limits = t.cgroups.limits(pid)
  const notes: string[] = sockets.note === '' ? [] : [sockets.note]
  if (d.folders === undefined) notes.push('its environment may not be read')
  const agent = gopsPort(pid, Object.fromEntries(d.folders ?? []))
  // A port in a file that the process does not listen on is left over from another with the same number.
  const agentListener = sockets.listeners.find((l) => l.kind === 'tcp' && l.port === agent)
  const mine = t.own === undefined || p.uid === t.own
  const asked = sockets.reachable && mine && t.o.probe
  const answers = asked
    ? await askListeners(sockets.listeners, agentListener, { ...t.o, root: rootOf(pid) })
    : []
  if (!sockets.reachable && sockets.listeners.length > 0)
    notes.push('it is in a network namespace of its own: its ports cannot be reached from here')
  else if (!mine && sockets.listeners.length > 0) notes.push('it is another user’s: its ports were not asked')
  const circumstances = circumstancesOf({
    binary: p.go,
    environment: d.environment,
    allowedCpus: d.allowedCpus,
    limits,
  })
  return {
    pid,
    parent: stat.parent,
    uid: p.uid,
    state: stat.state,
    executable: p.executable,
    deleted: p.deleted,
    commandLine: d.commandLine,
    binary: p.go,
    cpuSeconds: (stat.userTicks + stat.systemTicks) / TICKS_PER_SECOND,
    uptimeSeconds: Math.max(0, t.uptime - stat.startTicks / TICKS_PER_SECOND),
    cpusNow: undefined,
    residentBytes: d.residentBytes,
    peakBytes: d.peakBytes,
    threads: d.threads ?? stat.threads,
    openFiles: sockets.files === 0 ? undefined : sockets.files,
    openFilesLimit: d.openFilesLimit,
    allowedCpus: d.allowedCpus,
    environment: d.environment,
    limits,
    listeners: sockets.listeners,
    answers,
    gopsPort: agentListener?.port,
    reachable: sockets.reachable,
    notes: [...notes, ...present(memoryLimitAdvice(circumstances))],
    warnings: [...exposedWarnings(answers), ...present(quotaAdvice(circumstances))],
  }
}

const present = (text: string | undefined): string[] => (text === undefined ? [] : [text])

/** Where the paths of its sockets are meant: '' if its root folder is ours. */
function rootOf(pid: number): string {
  return orNone(() => procLink(`/proc/${pid}/root`)) === '/' ? '' : `/proc/${pid}/root`
}
