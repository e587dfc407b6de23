// Control groups: which a process is in (/proc/PID/cgroup), where they are mounted (/proc/self/mountinfo), and
// what their files say. Both versions: v2 has one tree, v1 one for each controller (cgroups(7)).

/** Groups of a process: the path in the tree of each controller; '' is the tree of v2. */
export type CgroupPaths = ReadonlyMap<string, string>

/** Text of /proc/PID/cgroup. */
export function parseCgroups(text: string): CgroupPaths {
  const out = new Map<string, string>()
  for (const line of text.split('\n')) {
    const m = /^\d+:([^:]*):(\/.*)$/.exec(line)
    if (m === null) continue
    for (const controller of m[1].split(',')) out.set(controller, m[2])
  }
  return out
}

export interface CgroupMount {
  /** '' for v2, else the controller of v1. */
  readonly controller: string
  readonly folder: string
  /** Path in the tree that `folder` shows; not `/` in some containers. */
  readonly root: string
}

/** The mounted trees, from /proc/self/mountinfo. */
export function parseCgroupMounts(mountinfo: string): CgroupMount[] {
  const out: CgroupMount[] = []
  for (const line of mountinfo.split('\n')) {
    const [front, back] = line.split(' - ')
    if (back === undefined) continue
    const f = front.split(' ')
    const [type, , options = ''] = back.split(' ')
    const root = unescapeMount(f[3] ?? '/')
    const folder = unescapeMount(f[4] ?? '')
    if (type === 'cgroup2') out.push({ controller: '', folder, root })
    if (type !== 'cgroup') continue
    for (const option of options.split(','))
      if (/^(cpu|cpuacct|memory|pids|cpuset|blkio)$/.test(option))
        out.push({ controller: option, folder, root })
  }
  return out
}

/** Blanks, tabs, line ends and backslashes are written in octal. */
function unescapeMount(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}

/**
 * Folders of a group and of those above it, innermost first, down to what is mounted: a limit may stand in
 * any of them. Empty if the tree is not mounted here.
 */
export function cgroupFolders(
  paths: CgroupPaths,
  mounts: readonly CgroupMount[],
  controller: string,
): string[] {
  const path = paths.get(controller)
  const mount = mounts.find((m) => m.controller === controller)
  if (path === undefined || mount === undefined) return []
  // Out of sight of this mount (`/..` of another namespace): only its root can be looked at.
  const inside =
    mount.root === '/' ? path : path.startsWith(`${mount.root}/`) ? path.slice(mount.root.length) : '/'
  const parts = inside.includes('..') ? [] : inside.split('/').filter((p) => p !== '')
  const out: string[] = []
  for (let n = parts.length; n >= 0; n--) out.push([mount.folder, ...parts.slice(0, n)].join('/'))
  return out
}

export interface Container {
  /** docker, containerd, podman, crio, kubernetes, lxc, systemd-nspawn; 'container' if it is none that is known. */
  readonly runtime: string
  /** Its id in 12 digits, or its name. */
  readonly id: string
  /** Of a pod of Kubernetes. */
  readonly pod?: string
}

const RUNTIMES: readonly (readonly [RegExp, string])[] = [
  [/docker/, 'docker'],
  [/cri-containerd|containerd/, 'containerd'],
  [/libpod|podman/, 'podman'],
  [/crio/, 'crio'],
]

/** The container that a process runs in, as far as the names of its groups tell. */
export function containerOf(paths: CgroupPaths): Container | undefined {
  for (const path of paths.values()) {
    const pod = /pod([\da-f]{8}[-_][\da-f]{4}[-_][\da-f]{4}[-_][\da-f]{4}[-_][\da-f]{12})/i.exec(path)?.[1]
    const id = /([\da-f]{64})(?:\.scope)?(?:\/|$)/.exec(path)?.[1]
    if (id !== undefined) {
      const known = RUNTIMES.find(([pattern]) => pattern.test(path))?.[1]
      return {
        runtime: known ?? (pod === undefined ? 'container' : 'kubernetes'),
        id: id.slice(0, 12),
        ...(pod !== undefined && { pod: pod.replaceAll('_', '-') }),
      }
    }
    const lxc = /\/lxc(?:\.payload)?[./]([^/]+)/.exec(path)?.[1]
    if (lxc !== undefined) return { runtime: 'lxc', id: lxc }
    const nspawn = /machine-([^/]+)\.scope/.exec(path)?.[1]
    if (nspawn !== undefined) return { runtime: 'systemd-nspawn', id: nspawn }
  }
  return undefined
}

/** The unit of systemd that a process belongs to, e.g. `nginx.service`; undefined if none or a session. */
export function systemdUnit(paths: CgroupPaths): string | undefined {
  for (const controller of ['', 'name=systemd']) {
    const unit = /\/([^/]+\.service)(?:\/|$)/.exec(paths.get(controller) ?? '')?.[1]
    if (unit !== undefined && !/^user@\d+\.service$/.test(unit)) return unit
  }
  return undefined
}

/** A limit in bytes or a count; Infinity for `max`, undefined if there is none. v1 writes its largest number for none. */
export function parseCgroupLimit(text: string): number | undefined {
  const word = text.trim()
  if (word === 'max') return Number.POSITIVE_INFINITY
  if (!/^\d+$/.test(word)) return undefined
  const v = Number(word)
  return v >= 2 ** 62 ? Number.POSITIVE_INFINITY : v
}

/** Processors that cpu.max allows (`150000 100000` is 1.5); Infinity for `max`. */
export function parseCpuMax(text: string): number | undefined {
  const [quota = '', period = ''] = text.trim().split(/\s+/)
  if (quota === 'max') return Number.POSITIVE_INFINITY
  const share = Number(quota) / Number(period)
  return share > 0 && Number.isFinite(share) ? share : undefined
}

/** The same from v1's cpu.cfs_quota_us (-1 for none) and cpu.cfs_period_us. */
export function parseCfsQuota(quota: string, period: string): number | undefined {
  const q = Number(quota.trim() || Number.NaN)
  if (q < 0) return Number.POSITIVE_INFINITY
  const share = q / Number(period)
  return share > 0 && Number.isFinite(share) ? share : undefined
}

/** Lines of a name and a number: cpu.stat, memory.stat, memory.events, pids.events. */
export function parseKeyed(text: string): ReadonlyMap<string, number> {
  const out = new Map<string, number>()
  for (const line of text.split('\n')) {
    const m = /^(\S+) (\d+)$/.exec(line)
    if (m !== null) out.set(m[1], Number(m[2]))
  }
  return out
}

export interface Pressure {
  /** Share of the last 10 s in which some task waited, and in which all did; 0 to 1. */
  readonly some10: number
  readonly full10: number
  /** Time since the start in which some task waited, µs. */
  readonly someTotalUs: number
}

/** Pressure stall information: /proc/pressure/* and *.pressure of groups. */
export function parsePressure(text: string): Pressure | undefined {
  const some = /^some avg10=([\d.]+).* total=(\d+)/m.exec(text)
  if (some === null) return undefined
  const full = /^full avg10=([\d.]+)/m.exec(text)
  return {
    some10: Number(some[1]) / 100,
    full10: Number(full?.[1] ?? 0) / 100,
    someTotalUs: Number(some[2]),
  }
}
