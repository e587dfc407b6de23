// What the control groups of a process allow and have counted (Linux).

import {
  type CgroupMount,
  type CgroupPaths,
  type Container,
  cgroupFolders,
  containerOf,
  type Pressure,
  parseCfsQuota,
  parseCgroupLimit,
  parseCgroupMounts,
  parseCgroups,
  parseCpuMax,
  parseKeyed,
  parsePressure,
  systemdUnit,
} from '../../core/formats/proc/cgroup.ts'
import { procTextOrNone } from './read-proc.ts'

export interface CgroupLimits {
  readonly container: Container | undefined
  readonly unit: string | undefined
  /** The least of the group's and those above it; undefined if none is set or the tree is not to be seen. */
  readonly memoryBytes: number | undefined
  /** Processors by quota. */
  readonly cpus: number | undefined
  readonly tasks: number | undefined
}

/** What has been counted for the innermost group. */
export interface CgroupUse {
  readonly memoryBytes: number | undefined
  /** Times that the group was at its limit, and kills for want of memory. */
  readonly memoryMaxHits: number | undefined
  readonly oomKills: number | undefined
  readonly periods: number | undefined
  readonly throttledPeriods: number | undefined
  readonly throttledSeconds: number | undefined
  readonly cpuPressure: Pressure | undefined
  readonly memoryPressure: Pressure | undefined
  readonly ioPressure: Pressure | undefined
}

/** The trees of control groups of this machine. */
export class Cgroups {
  private readonly mounts: readonly CgroupMount[]

  constructor() {
    this.mounts = parseCgroupMounts(procTextOrNone('/proc/self/mountinfo') ?? '')
  }

  limits(pid: number): CgroupLimits {
    const paths = pathsOf(pid)
    return {
      container: containerOf(paths),
      unit: systemdUnit(paths),
      memoryBytes: least([
        ...this.each(paths, '', (f) => parseCgroupLimit(file(f, 'memory.max'))),
        ...this.each(paths, 'memory', (f) => parseCgroupLimit(file(f, 'memory.limit_in_bytes'))),
      ]),
      cpus: least([
        ...this.each(paths, '', (f) => parseCpuMax(file(f, 'cpu.max'))),
        ...this.each(paths, 'cpu', (f) =>
          parseCfsQuota(file(f, 'cpu.cfs_quota_us'), file(f, 'cpu.cfs_period_us')),
        ),
      ]),
      tasks: least([
        ...this.each(paths, '', (f) => parseCgroupLimit(file(f, 'pids.max'))),
        ...this.each(paths, 'pids', (f) => parseCgroupLimit(file(f, 'pids.max'))),
      ]),
    }
  }

  use(pid: number): CgroupUse {
    const paths = pathsOf(pid)
    const unified = cgroupFolders(paths, this.mounts, '')
    const [v2 = ''] = unified
    // What stands in the root is of the whole machine.
    const own = unified.length > 1 ? v2 : ''
    const [memory = ''] = cgroupFolders(paths, this.mounts, 'memory')
    const [cpu = ''] = cgroupFolders(paths, this.mounts, 'cpu')
    // Where both versions are mounted, only one of them limits.
    const stat = new Map([...parseKeyed(file(v2, 'cpu.stat')), ...parseKeyed(file(cpu, 'cpu.stat'))])
    const events = parseKeyed(file(v2, 'memory.events'))
    const us = stat.get('throttled_usec')
    const ns = stat.get('throttled_time')
    return {
      memoryBytes: parseCgroupLimit(file(memory, 'memory.usage_in_bytes') || file(v2, 'memory.current')),
      memoryMaxHits: events.get('max') ?? parseCgroupLimit(file(memory, 'memory.failcnt')),
      oomKills: events.get('oom_kill') ?? parseKeyed(file(memory, 'memory.oom_control')).get('oom_kill'),
      periods: stat.get('nr_periods'),
      throttledPeriods: stat.get('nr_throttled'),
      throttledSeconds: us !== undefined ? us / 1e6 : ns !== undefined ? ns / 1e9 : undefined,
      cpuPressure: parsePressure(file(own, 'cpu.pressure')),
      memoryPressure: parsePressure(file(own, 'memory.pressure')),
      ioPressure: parsePressure(file(own, 'io.pressure')),
    }
  }

  private each(
    paths: CgroupPaths,
    controller: string,
    read: (folder: string) => number | undefined,
  ): (number | undefined)[] {
    return cgroupFolders(paths, this.mounts, controller).map(read)
  }
}

function pathsOf(pid: number): CgroupPaths {
  return parseCgroups(procTextOrNone(`/proc/${pid}/cgroup`) ?? '')
}

function file(folder: string, name: string): string {
  return folder === '' ? '' : (procTextOrNone(`${folder}/${name}`) ?? '')
}

/** The least limit that is one. */
function least(limits: readonly (number | undefined)[]): number | undefined {
  const set = limits.filter((l) => l !== undefined && Number.isFinite(l)) as number[]
  return set.length === 0 ? undefined : Math.min(...set)
}
