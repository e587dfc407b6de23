// Two moments of a program as named numbers: gauges of the later one, rates between the two.

import type { MetricBucket } from '../../model/memory.ts'
import { buildMemoryAccount } from '../memory/account.ts'
import type { MetricName, Values } from './metrics.ts'
import type { MachineMoment, Moment, ProcessMoment, ProgramMoment } from './moment.ts'

/** The numbers of `now`. Without a moment before, or after a restart of the program, there are no rates. */
export function readingOf(before: Moment | undefined, now: Moment): Values {
  const out = new Draft()
  if (now.machine !== undefined) machineValues(out, before?.machine, now.machine)
  if (now.process !== undefined) {
    const same = before?.process?.startTicks === now.process.startTicks ? before.process : undefined
    processValues(out, same, now.process, now.machine)
  }
  if (now.program !== undefined) {
    const earlier = restarted(before?.program, now.program) ? undefined : before?.program
    programValues(out, earlier, now.program, now.process)
  }
  return out.values
}

/** Collects numbers that are some; the first one of a name stays. */
class Draft {
  readonly values: { [name in MetricName]?: number } = {}

  set(name: MetricName, value: number | undefined): void {
    if (value !== undefined && Number.isFinite(value) && this.values[name] === undefined)
      this.values[name] = value
  }

  /** Growth of a counter per second. A counter that falls has started anew. */
  rate(name: MetricName, before: number | undefined, now: number | undefined, seconds: number, by = 1): void {
    if (before === undefined || now === undefined || !(seconds > 0)) return
    if (now >= before) this.set(name, ((now - before) * by) / seconds)
  }
}

/** Counters that only grow tell another process behind the same address. */
function restarted(before: ProgramMoment | undefined, now: ProgramMoment): boolean {
  const fell = (a: number | undefined, b: number | undefined): boolean =>
    a !== undefined && b !== undefined && b < a
  const [a, b] = [before?.memory?.memstats, now.memory?.memstats]
  return (
    fell(a?.TotalAlloc, b?.TotalAlloc) ||
    fell(a?.NumGC, b?.NumGC) ||
    fell(before?.cpuSeconds, now.cpuSeconds) ||
    fell(before?.startedAt, (now.startedAt ?? Number.NaN) + 1000)
  )
}

function programValues(
  out: Draft,
  before: ProgramMoment | undefined,
  now: ProgramMoment,
  process: ProcessMoment | undefined,
): void {
  const seconds = before === undefined ? 0 : (now.at - before.at) / 1000
  const m = now.memory?.memstats
  const b = before?.memory?.memstats
  const metric = (name: string): number | undefined => now.memory?.metrics?.values.get(name)
  const metricBefore = (name: string): number | undefined => before?.memory?.metrics?.values.get(name)
  if (now.memory !== undefined) {
    const account = buildMemoryAccount(now.memory)
    const row = (id: string): number | undefined => account.rows.find((r) => r.id === id)?.bytes
    out.set('heap.live', row('live'))
    out.set('heap.inuse', row('heap-in-use'))
    out.set('heap.idle', row('heap-idle'))
    out.set('stacks', row('stacks'))
    out.set('go.held', account.held)
    out.set('go.gogc', account.limits.gogc)
    out.set('go.memlimit', account.limits.memoryLimit)
  }
  out.set('heap.goal', metric('/gc/heap/goal:bytes') ?? m?.NextGC)
  out.set('heap.alloc', m?.HeapAlloc ?? metric('/memory/classes/heap/objects:bytes'))
  out.set('heap.objects', m?.HeapObjects ?? metric('/gc/heap/objects:objects'))
  out.rate('alloc.rate', b?.TotalAlloc, m?.TotalAlloc, seconds)
  out.rate('alloc.rate', metricBefore('/gc/heap/allocs:bytes'), metric('/gc/heap/allocs:bytes'), seconds)
  out.rate('alloc.objects', b?.Mallocs, m?.Mallocs, seconds)
  out.rate(
    'alloc.objects',
    metricBefore('/gc/heap/allocs:objects'),
    metric('/gc/heap/allocs:objects'),
    seconds,
  )
  gcValues(out, before, now, seconds, process)
  latencies(out, before, now)
  out.rate(
    'mutex.wait',
    metricBefore('/sync/mutex/wait/total:seconds'),
    metric('/sync/mutex/wait/total:seconds'),
    seconds,
  )
  out.set('go.maxprocs', now.maxProcs ?? metric('/sched/gomaxprocs:threads'))
  out.set('go.threads', now.threads ?? metric('/sched/threads/total:threads'))
  out.set('goroutines', now.goroutines ?? metric('/sched/goroutines:goroutines'))
  for (const [kind, n] of now.states ?? [])
    out.set(kind === 'for ever' ? 'goroutines.forever' : `goroutines.${kind}`, n)
  out.set('goroutines.running', metric('/sched/goroutines/running:goroutines'))
  out.set('goroutines.runnable', metric('/sched/goroutines/runnable:goroutines'))
  out.set('goroutines.syscall', metric('/sched/goroutines/not-in-go:goroutines'))
  if (now.states === undefined) out.set('goroutines.waiting', metric('/sched/goroutines/waiting:goroutines'))
  out.set('answer', now.answerMs === undefined ? undefined : now.answerMs / 1000)
  // Where the system itself was not asked, what the program knows of it.
  out.rate('cpu', before?.cpuSeconds, now.cpuSeconds, seconds)
  out.set('rss', now.residentBytes)
  out.set('files', now.openFiles)
  out.set('files.limit', now.maxFiles)
  if (now.startedAt !== undefined) out.set('uptime', Math.max(0, (now.at - now.startedAt) / 1000))
}

function gcValues(
  out: Draft,
  before: ProgramMoment | undefined,
  now: ProgramMoment,
  seconds: number,
  process: ProcessMoment | undefined,
): void {
  const m = now.memory?.memstats
  const b = before?.memory?.memstats
  const value = (p: ProgramMoment | undefined, name: string): number | undefined =>
    p?.memory?.metrics?.values.get(name)
  const cycles = (p: ProgramMoment | undefined): number | undefined =>
    p?.memory?.memstats?.NumGC ?? value(p, '/gc/cycles/total:gc-cycles')
  out.rate('gc.rate', cycles(before), cycles(now), seconds)
  out.rate('gc.forced', b?.NumForcedGC, m?.NumForcedGC, seconds)
  const total = grown(
    value(before, '/cpu/classes/total:cpu-seconds'),
    value(now, '/cpu/classes/total:cpu-seconds'),
  )
  const gc = grown(
    value(before, '/cpu/classes/gc/total:cpu-seconds'),
    value(now, '/cpu/classes/gc/total:cpu-seconds'),
  )
  if (total !== undefined && total > 0 && gc !== undefined) out.set('gc.cpu', gc / total)
  out.set('gc.cpu', collectorShare(before, now, process))
  const collected = grown(cycles(before), cycles(now))
  const paused = grown(b?.PauseTotalNs, m?.PauseTotalNs)
  if (collected === undefined || paused === undefined) return
  if (seconds > 0) out.set('gc.pause.share', Math.min(1, paused / 1e9 / seconds))
  if (collected > 0) out.set('gc.pause.mean', paused / 1e9 / collected)
  const since = b?.LastGC ?? Number.POSITIVE_INFINITY
  const fresh = (m?.pauses ?? []).filter((_, k) => (m?.pauseEnds?.[k] ?? 0) > since)
  if (fresh.length > 0) out.set('gc.pause.max', fresh.reduce((a, v) => Math.max(a, v), 0) / 1e9)
}

const grown = (before: number | undefined, now: number | undefined): number | undefined =>
  before === undefined || now === undefined || now < before ? undefined : now - before

/**
 * GCCPUFraction is of the time since the start; of two of them and the program's age follows the share between
 * the two. Where there was no collection between, or the age is not known, it is the one since the start.
 */
function collectorShare(
  before: ProgramMoment | undefined,
  now: ProgramMoment,
  process: ProcessMoment | undefined,
): number | undefined {
  const f = now.memory?.memstats?.GCCPUFraction
  const start = now.startedAt ?? process?.startedAt
  const fBefore = before?.memory?.memstats?.GCCPUFraction
  if (f === undefined || start === undefined || before === undefined || fBefore === undefined) return f
  // The fraction is brought up to date at the end of a collection.
  const end = (p: ProgramMoment): number => {
    const last = (p.memory?.memstats?.LastGC ?? 0) / 1e6
    return last > 0 ? last : p.at
  }
  const [t0, t1] = [end(before) - start, end(now) - start]
  if (!(t1 - t0 > 100) || t0 < 0) return t1 === t0 ? 0 : f
  return Math.min(1, Math.max(0, (f * t1 - fBefore * t0) / (t1 - t0)))
}

/** Percentiles of what was counted between the two moments. */
function latencies(out: Draft, before: ProgramMoment | undefined, now: ProgramMoment): void {
  const histogram = (p: ProgramMoment | undefined, ...names: string[]): readonly MetricBucket[] | undefined =>
    names.map((n) => p?.memory?.metrics?.histograms.get(n)).find((h) => h !== undefined)
  const sched = bucketsBetween(
    histogram(before, '/sched/latencies:seconds'),
    histogram(now, '/sched/latencies:seconds'),
  )
  out.set('sched.p50', quantile(sched, 0.5))
  out.set('sched.p99', quantile(sched, 0.99))
  out.set('sched.max', quantile(sched, 1))
  const names = ['/sched/pauses/total/gc:seconds', '/gc/pauses:seconds']
  const pauses = bucketsBetween(histogram(before, ...names), histogram(now, ...names))
  out.set('gc.pause.max', quantile(pauses, 1))
}

/** What was counted in each bucket since `before`; empty without one. Exported for tests. */
export function bucketsBetween(
  before: readonly MetricBucket[] | undefined,
  now: readonly MetricBucket[] | undefined,
): readonly MetricBucket[] {
  if (before === undefined || now === undefined) return []
  const earlier = new Map(before.map((b) => [`${b.from} ${b.to}`, b.count]))
  return now.map((b) => ({ ...b, count: Math.max(0, b.count - (earlier.get(`${b.from} ${b.to}`) ?? 0)) }))
}

/** The upper bound of the bucket that the q-th part of all lies in (its lower one if it has no upper); undefined for none. Exported for tests. */
export function quantile(buckets: readonly MetricBucket[], q: number): number | undefined {
  const total = buckets.reduce((n, b) => n + b.count, 0)
  if (total === 0) return undefined
  let sum = 0
  for (const b of buckets) {
    sum += b.count
    if (b.count > 0 && sum >= q * total) return Number.isFinite(b.to) ? b.to : b.from
  }
  return undefined
}

function processValues(
  out: Draft,
  before: ProcessMoment | undefined,
  now: ProcessMoment,
  machine: MachineMoment | undefined,
): void {
  const seconds = before === undefined ? 0 : (now.at - before.at) / 1000
  const rate = (name: MetricName, of: (p: ProcessMoment) => number, by = 1): void =>
    out.rate(name, before === undefined ? undefined : of(before), of(now), seconds, by)
  rate('cpu', (p) => p.runSeconds)
  rate('cpu', (p) => p.userSeconds + p.systemSeconds)
  rate('cpu.user', (p) => p.userSeconds)
  rate('cpu.system', (p) => p.systemSeconds)
  rate('cpu.ready', (p) => p.readySeconds)
  rate('disk.wait', (p) => p.diskWaitSeconds)
  const quota = now.group.cpuQuota
  out.set('cpu.limit', Number.isNaN(quota) ? now.allowedCpus : Math.min(quota, now.allowedCpus || quota))
  const sizes = now.status?.sizes
  out.set('rss', sizes?.get('VmRSS'))
  out.set('rss.peak', sizes?.get('VmHWM'))
  out.set('swap', sizes?.get('VmSwap'))
  out.set('memory.limit', Number.isNaN(now.group.memoryLimit) ? machine?.memoryTotal : now.group.memoryLimit)
  out.set('memory.group', now.group.memoryBytes)
  rate('memory.hits', (p) => p.group.memoryHits)
  out.set('memory.kills', now.group.oomKills)
  out.set('threads', now.threads)
  out.set('threads.limit', now.group.tasksLimit)
  out.set('files', now.openFiles)
  out.set('files.limit', now.maxFiles)
  rate('faults.major', (p) => p.majorFaults)
  rate('faults.minor', (p) => p.minorFaults)
  rate('switches', (p) => p.voluntarySwitches)
  rate('switches.forced', (p) => p.forcedSwitches)
  rate('disk.read', (p) => p.readBytes)
  rate('disk.write', (p) => p.writtenBytes)
  rate('io.calls', (p) => p.ioCalls)
  if (before !== undefined) {
    const periods = now.group.periods - before.group.periods
    if (periods > 0)
      out.set('cpu.throttled', (now.group.throttledPeriods - before.group.throttledPeriods) / periods)
    else if (periods === 0) out.set('cpu.throttled', 0)
    const segments = now.network.sentSegments - before.network.sentSegments
    if (segments > 0)
      out.set('tcp.retransmits', (now.network.retransmits - before.network.retransmits) / segments)
    else if (segments === 0) out.set('tcp.retransmits', 0)
  }
  rate('cpu.throttled.time', (p) => p.group.throttledSeconds)
  out.set('pressure.cpu', now.group.cpuPressure)
  out.set('pressure.memory', now.group.memoryPressure)
  out.set('pressure.io', now.group.ioPressure)
  rate('net.receive', (p) => p.network.receivedBytes)
  rate('net.send', (p) => p.network.sentBytes)
  rate('net.errors', (p) => p.network.errors)
  rate('net.drops', (p) => p.network.drops)
  rate('tcp.overflows', (p) => p.network.listenOverflows)
  out.set('tcp.established', now.network.established)
  out.set('tcp.timewait', now.network.timeWait)
  out.set('uptime', Math.max(0, (now.at - now.startedAt) / 1000))
}

function machineValues(out: Draft, before: MachineMoment | undefined, now: MachineMoment): void {
  const seconds = before === undefined ? 0 : (now.at - before.at) / 1000
  out.set('machine.cpus', now.processors)
  out.set('machine.load', now.load)
  out.set('machine.runnable', now.runnable)
  out.set('machine.memory', now.memoryTotal - now.memoryAvailable)
  out.set('machine.memory.total', now.memoryTotal)
  out.set('machine.swap', now.swapUsed)
  out.set('machine.pressure.cpu', now.cpuPressure)
  out.set('machine.pressure.memory', now.memoryPressure)
  out.set('machine.pressure.io', now.ioPressure)
  if (before === undefined || !(seconds > 0)) return
  const ticks = now.totalTicks - before.totalTicks
  if (ticks > 0) out.set('machine.cpu', ((now.busyTicks - before.busyTicks) / ticks) * now.processors)
  const pairs = now.disks.flatMap((d) => {
    const earlier = before.disks.find((x) => x.name === d.name)
    return earlier === undefined ? [] : [{ d, earlier }]
  })
  if (pairs.length === 0) return
  const ms = seconds * 1000
  const most = (of: (p: (typeof pairs)[number]) => number): number => Math.max(0, ...pairs.map(of))
  const sum = (of: (p: (typeof pairs)[number]) => number): number =>
    pairs.reduce((n, p) => n + Math.max(0, of(p)), 0)
  out.set(
    'machine.disk.busy',
    Math.min(
      1,
      most((p) => (p.d.busyMs - p.earlier.busyMs) / ms),
    ),
  )
  out.set(
    'machine.disk.queue',
    most((p) => (p.d.weightedMs - p.earlier.weightedMs) / ms),
  )
  out.set('machine.disk.read', sum((p) => p.d.readBytes - p.earlier.readBytes) / seconds)
  out.set('machine.disk.write', sum((p) => p.d.writtenBytes - p.earlier.writtenBytes) / seconds)
}
