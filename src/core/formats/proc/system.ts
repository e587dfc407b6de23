// Counters of the whole machine or network namespace, and of a process: /proc/stat, meminfo, diskstats, loadavg,
// net/dev, net/snmp, net/netstat, net/sockstat, PID/io, PID/status (proc(5), iostats).

export interface CpuTicks {
  /** Of all processors together, in ticks. */
  readonly busy: number
  readonly total: number
  readonly steal: number
  readonly processors: number
}

export function parseSystemCpu(stat: string): CpuTicks | undefined {
  const line = /^cpu +(.*)$/m.exec(stat)?.[1]
  if (line === undefined) return undefined
  const f = line.trim().split(/\s+/).map(Number)
  // Guests are counted in user and nice already.
  const own = f.slice(0, 8)
  const total = own.reduce((a, b) => a + b, 0)
  const idle = (f[3] ?? 0) + (f[4] ?? 0)
  return {
    busy: total - idle,
    total,
    steal: f[7] ?? 0,
    processors: (stat.match(/^cpu\d+ /gm) ?? []).length,
  }
}

/** Sizes in bytes by name. */
export function parseMeminfo(text: string): ReadonlyMap<string, number> {
  const out = new Map<string, number>()
  for (const line of text.split('\n')) {
    const m = /^(\S+):\s+(\d+) kB/.exec(line)
    if (m !== null) out.set(m[1], Number(m[2]) * 1024)
  }
  return out
}

export interface Disk {
  readonly name: string
  readonly readBytes: number
  readonly writtenBytes: number
  /** Time in which something was being done, ms. */
  readonly busyMs: number
  /** The same times what was being done at once, ms. */
  readonly weightedMs: number
}

const SECTOR = 512

/** Whole disks; their parts, loop devices and RAM disks are left out, as they would count twice or nothing. */
export function parseDiskstats(text: string): Disk[] {
  const out: Disk[] = []
  for (const line of text.split('\n')) {
    const f = line.trim().split(/\s+/)
    const name = f[2] ?? ''
    if (f.length < 14 || /^(loop|ram|zram|sr|fd|dm-|md)\d*/.test(name)) continue
    if (/^([shv]d[a-z]+|xvd[a-z]+)\d+$|^(nvme\d+n\d+|mmcblk\d+)p\d+$/.test(name)) continue
    out.push({
      name,
      readBytes: Number(f[5]) * SECTOR,
      writtenBytes: Number(f[9]) * SECTOR,
      busyMs: Number(f[12]),
      weightedMs: Number(f[13]),
    })
  }
  return out
}

export interface NetTotals {
  readonly receivedBytes: number
  readonly sentBytes: number
  readonly errors: number
  readonly drops: number
}

/** Sums of all interfaces but loopback. */
export function parseNetDev(text: string): NetTotals {
  const sum = { receivedBytes: 0, sentBytes: 0, errors: 0, drops: 0 }
  for (const line of text.split('\n')) {
    const m = /^\s*([^\s:]+):\s*(.*)$/.exec(line)
    if (m === null || m[1] === 'lo') continue
    const f = m[2].trim().split(/\s+/).map(Number)
    if (f.length < 12) continue
    sum.receivedBytes += f[0]
    sum.sentBytes += f[8]
    sum.errors += f[2] + f[10]
    sum.drops += f[3] + f[11]
  }
  return sum
}

/** Tables of net/snmp and net/netstat: a line of names and a line of numbers; keys are `Tcp.RetransSegs`. */
export function parseNetCounters(text: string): ReadonlyMap<string, number> {
  const out = new Map<string, number>()
  const lines = text.split('\n')
  for (let k = 0; k + 1 < lines.length; k += 2) {
    const names = lines[k].split(' ')
    const numbers = lines[k + 1].split(' ')
    if (names[0] !== numbers[0]) continue
    for (let i = 1; i < names.length; i++) out.set(`${names[0].slice(0, -1)}.${names[i]}`, Number(numbers[i]))
  }
  return out
}

/** `TCP: inuse 5 orphan 0 tw 0 alloc 7 mem 0`: keys are `TCP.inuse`. */
export function parseSockstat(text: string): ReadonlyMap<string, number> {
  const out = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [group = '', ...f] = line.split(/[: ]+/)
    for (let k = 0; k + 1 < f.length; k += 2) out.set(`${group}.${f[k]}`, Number(f[k + 1]))
  }
  return out
}

/** Lines of a name, a colon and a number, as in PID/io and the counters of PID/status. */
export function parseNumbers(text: string): ReadonlyMap<string, number> {
  const out = new Map<string, number>()
  for (const line of text.split('\n')) {
    const m = /^(\w+):\s*(\d+)$/.exec(line)
    if (m !== null) out.set(m[1], Number(m[2]))
  }
  return out
}

/** Load of the last minute, runnable and all threads of the machine. */
export function parseLoad(
  text: string,
): { readonly load: number; readonly runnable: number; readonly threads: number } | undefined {
  const m = /^([\d.]+) \S+ \S+ (\d+)\/(\d+)/.exec(text)
  return m === null ? undefined : { load: Number(m[1]), runnable: Number(m[2]), threads: Number(m[3]) }
}
