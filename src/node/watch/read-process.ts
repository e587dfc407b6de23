// One look at a process and its machine (Linux), for rates between two looks.

import { statSync } from 'node:fs'
import type {
  GroupMoment,
  MachineMoment,
  NetworkMoment,
  ProcessMoment,
} from '../../core/analysis/live/moment.ts'
import { DecodeError } from '../../core/base/errors.ts'
import { encodeUtf8 } from '../../core/base/utf8.ts'
import { decodeMemory } from '../../core/formats/memory/index.ts'
import { parsePressure } from '../../core/formats/proc/cgroup.ts'
import { countOfList, parseLimits } from '../../core/formats/proc/limits.ts'
import { parseProcStat, parseSchedstat, TICKS_PER_SECOND } from '../../core/formats/proc/stat.ts'
import {
  parseDiskstats,
  parseLoad,
  parseMeminfo,
  parseNetCounters,
  parseNetDev,
  parseNumbers,
  parseSockstat,
  parseSystemCpu,
} from '../../core/formats/proc/system.ts'
import type { ProcessStatus } from '../../core/model/memory.ts'
import type { Cgroups } from '../proc/cgroup-files.ts'
import { systemUptime } from '../proc/find-linux.ts'
import { orNone, ProcError, procNames, procText, procTextOrNone } from '../proc/read-proc.ts'

const orNaN = (v: number | undefined): number => v ?? Number.NaN

/** Looks at a process. Throws ProcError if it has ended. */
export function readProcess(pid: number, cgroups: Cgroups): ProcessMoment {
  const folder = `/proc/${pid}`
  const at = Date.now()
  const stat = statOf(pid)
  const status = procTextOrNone(`${folder}/status`) ?? ''
  const counts = parseNumbers(status)
  const io = parseNumbers(procTextOrNone(`${folder}/io`) ?? '')
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1]
  const sum = (...names: string[]): number => names.reduce((n, name) => n + orNaN(io.get(name)), 0)
  return {
    at,
    startTicks: stat.startTicks,
    startedAt: at - (systemUptime() - stat.startTicks / TICKS_PER_SECOND) * 1000,
    state: stat.state,
    userSeconds: stat.userTicks / TICKS_PER_SECOND,
    systemSeconds: stat.systemTicks / TICKS_PER_SECOND,
    ...taskTimes(pid),
    diskWaitSeconds: stat.diskWaitTicks / TICKS_PER_SECOND,
    threads: stat.threads,
    status: decodedStatus(status),
    majorFaults: stat.majorFaults,
    minorFaults: stat.minorFaults,
    voluntarySwitches: orNaN(counts.get('voluntary_ctxt_switches')),
    forcedSwitches: orNaN(counts.get('nonvoluntary_ctxt_switches')),
    readBytes: sum('read_bytes'),
    writtenBytes: sum('write_bytes'),
    ioCalls: sum('syscr', 'syscw'),
    openFiles: orNaN(openFiles(pid)),
    maxFiles: orNaN(parseLimits(procTextOrNone(`${folder}/limits`) ?? '').openFiles),
    allowedCpus: orNaN(list === undefined ? undefined : countOfList(list)),
    group: groupOf(pid, cgroups),
    network: networkOf(pid),
  }
}

function statOf(pid: number): ReturnType<typeof parseProcStat> {
  try {
    const stat = parseProcStat(procText(`/proc/${pid}/stat`))
    // What has ended and is not yet collected by its parent.
    if (stat.state !== 'Z' && stat.state !== 'X') return stat
  } catch (e) {
    if (!(e instanceof DecodeError || (e instanceof ProcError && e.why !== 'forbidden'))) throw e
  }
  throw new ProcError('gone', `/proc/${pid}`)
}

/** Sums over the threads that there are: those that have ended take their times with them. */
function taskTimes(pid: number): { readonly runSeconds: number; readonly readySeconds: number } {
  let run = 0
  let ready = 0
  for (const task of orNone(() => procNames(`/proc/${pid}/task`)) ?? []) {
    const s = parseSchedstat(procTextOrNone(`/proc/${pid}/task/${task}/schedstat`) ?? '')
    if (s === undefined) continue
    run += s.runNs
    ready += s.waitNs
  }
  // 0 is a kernel that does not count.
  return run === 0
    ? { runSeconds: Number.NaN, readySeconds: Number.NaN }
    : { runSeconds: run / 1e9, readySeconds: ready / 1e9 }
}

function decodedStatus(status: string): ProcessStatus | undefined {
  try {
    return decodeMemory(encodeUtf8(status)).status
  } catch (e) {
    if (e instanceof DecodeError) return undefined
    throw e
  }
}

/** Since Linux 6.2 the size of the folder is their number; before, they have to be listed. */
function openFiles(pid: number): number | undefined {
  try {
    const { size } = statSync(`/proc/${pid}/fd`)
    if (size > 0) return size
  } catch {
    return undefined
  }
  return orNone(() => procNames(`/proc/${pid}/fd`).length)
}

function groupOf(pid: number, cgroups: Cgroups): GroupMoment {
  const limits = cgroups.limits(pid)
  const use = cgroups.use(pid)
  return {
    cpuQuota: orNaN(limits.cpus),
    memoryLimit: orNaN(limits.memoryBytes),
    tasksLimit: orNaN(limits.tasks),
    // Use of a group without a limit is that of the whole machine, perhaps: it says nothing of the process.
    memoryBytes: limits.memoryBytes === undefined ? Number.NaN : orNaN(use.memoryBytes),
    memoryHits: orNaN(use.memoryMaxHits),
    oomKills: orNaN(use.oomKills),
    periods: orNaN(use.periods),
    throttledPeriods: orNaN(use.throttledPeriods),
    throttledSeconds: orNaN(use.throttledSeconds),
    cpuPressure: orNaN(use.cpuPressure?.some10),
    memoryPressure: orNaN(use.memoryPressure?.some10),
    ioPressure: orNaN(use.ioPressure?.some10),
  }
}

function networkOf(pid: number): NetworkMoment {
  const file = (name: string): string => procTextOrNone(`/proc/${pid}/net/${name}`) ?? ''
  const tcp = parseNetCounters(file('snmp'))
  const more = parseNetCounters(file('netstat'))
  return {
    ...parseNetDev(file('dev')),
    retransmits: orNaN(tcp.get('Tcp.RetransSegs')),
    sentSegments: orNaN(tcp.get('Tcp.OutSegs')),
    listenOverflows: orNaN(more.get('TcpExt.ListenOverflows')),
    established: orNaN(tcp.get('Tcp.CurrEstab')),
    timeWait: orNaN(parseSockstat(file('sockstat')).get('TCP.tw')),
  }
}

/** Looks at the machine; undefined where there is no /proc. */
export function readMachine(): MachineMoment | undefined {
  const file = (name: string): string => procTextOrNone(`/proc/${name}`) ?? ''
  const at = Date.now()
  const cpu = parseSystemCpu(file('stat'))
  if (cpu === undefined) return undefined
  const memory = parseMeminfo(file('meminfo'))
  const load = parseLoad(file('loadavg'))
  const pressure = (name: string): number => orNaN(parsePressure(file(`pressure/${name}`))?.some10)
  return {
    at,
    processors: cpu.processors,
    busyTicks: cpu.busy,
    totalTicks: cpu.total,
    load: orNaN(load?.load),
    runnable: orNaN(load?.runnable),
    memoryTotal: orNaN(memory.get('MemTotal')),
    memoryAvailable: orNaN(memory.get('MemAvailable')),
    swapUsed: orNaN(memory.get('SwapTotal')) - orNaN(memory.get('SwapFree')),
    disks: parseDiskstats(file('diskstats')),
    cpuPressure: pressure('cpu'),
    memoryPressure: pressure('memory'),
    ioPressure: pressure('io'),
  }
}
