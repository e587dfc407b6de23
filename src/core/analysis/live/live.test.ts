import { describe, expect, test } from 'vitest'
import type { MemStats, RuntimeMetrics } from '../../model/memory.ts'
import { alerts, levelOf, wholeOf } from './levels.ts'
import type { MachineMoment, Moment, ProcessMoment, ProgramMoment } from './moment.ts'
import { type Circumstances, expectedMaxProcs, memoryLimitAdvice, quotaAdvice } from './process-advice.ts'
import { bucketsBetween, quantile, readingOf } from './reading.ts'
import { SeriesStore } from './series.ts'
import { type ThreadSample, ThreadShareBuilder } from './thread-shares.ts'
import { useRows } from './use.ts'

const T0 = 1_800_000_000_000

const program = (at: number, memstats: MemStats, more: Partial<ProgramMoment> = {}): Moment => ({
  at,
  program: { at, memory: { memstats }, ...more },
})

describe('rates of a program', () => {
  const before = program(T0, {
    TotalAlloc: 1000,
    Mallocs: 10,
    NumGC: 5,
    PauseTotalNs: 1e6,
    LastGC: 50,
    NumForcedGC: 0,
  })

  test('are of the time between two moments', () => {
    const now = program(T0 + 2000, {
      TotalAlloc: 5000,
      Mallocs: 30,
      NumGC: 9,
      PauseTotalNs: 5e6,
      NumForcedGC: 2,
      LastGC: 99,
      pauses: [9e9, 1e6, 3e6],
      pauseEnds: [50, 60, 99],
    })
    expect(readingOf(before, now)).toMatchObject({
      'alloc.rate': 2000,
      'alloc.objects': 10,
      'gc.rate': 2,
      'gc.forced': 1,
      'gc.pause.mean': 0.001,
      'gc.pause.share': 0.002,
      // The first pause was known before.
      'gc.pause.max': 0.003,
    })
  })

  test('there are none without a moment before, or after a restart', () => {
    const now = program(T0 + 2000, { TotalAlloc: 500, NumGC: 9, HeapAlloc: 7 })
    for (const values of [readingOf(undefined, now), readingOf(before, now)]) {
      expect(values['alloc.rate']).toBeUndefined()
      expect(values['gc.rate']).toBeUndefined()
      expect(values['heap.alloc']).toBe(7)
    }
  })

  test('no number is ever NaN or infinite', () => {
    const odd = program(T0, { HeapAlloc: Number.NaN, NextGC: Number.POSITIVE_INFINITY, TotalAlloc: 5 })
    for (const v of Object.values(readingOf(odd, odd))) expect(Number.isFinite(v)).toBe(true)
  })

  test('the collector’s share between two moments follows from those since the start', () => {
    // 10 % of the first 10 s, 20 % of 20 s: 30 % of the second half.
    const startedAt = T0 - 10_000
    const a = program(T0, { GCCPUFraction: 0.1, LastGC: T0 * 1e6 }, { startedAt })
    const b = program(T0 + 10_000, { GCCPUFraction: 0.2, LastGC: (T0 + 10_000) * 1e6 }, { startedAt })
    expect(readingOf(a, b)['gc.cpu']).toBeCloseTo(0.3, 6)
    // No collection between: nothing was spent.
    const c = program(T0 + 5000, { GCCPUFraction: 0.1, LastGC: T0 * 1e6 }, { startedAt })
    expect(readingOf(a, c)['gc.cpu']).toBe(0)
  })

  test('runtime/metrics count first, histograms give percentiles of the interval', () => {
    const metrics = (gc: number, total: number, counts: readonly number[]): RuntimeMetrics => ({
      values: new Map([
        ['/cpu/classes/gc/total:cpu-seconds', gc],
        ['/cpu/classes/total:cpu-seconds', total],
      ]),
      histograms: new Map([
        [
          '/sched/latencies:seconds',
          counts.map((count, k) => ({
            from: k === 0 ? Number.NEGATIVE_INFINITY : 10 ** (k - 4),
            to: k === counts.length - 1 ? Number.POSITIVE_INFINITY : 10 ** (k - 3),
            count,
          })),
        ],
      ]),
    })
    const at = (ms: number, m: RuntimeMetrics): Moment => ({
      at: ms,
      program: { at: ms, memory: { metrics: m } },
    })
    const values = readingOf(
      at(T0, metrics(1, 10, [100, 0, 5, 0])),
      at(T0 + 1000, metrics(1.5, 12, [198, 1, 6, 0])),
    )
    expect(values['gc.cpu']).toBeCloseTo(0.25, 9)
    expect([values['sched.p50'], values['sched.p99'], values['sched.max']]).toEqual([0.001, 0.01, 0.1])
  })
})

describe('histograms', () => {
  test('an overflow bucket is told by its lower bound; nothing gives nothing', () => {
    expect(quantile([{ from: 1, to: Number.POSITIVE_INFINITY, count: 1 }], 0.5)).toBe(1)
    expect(quantile([], 0.5)).toBeUndefined()
    expect(bucketsBetween(undefined, [{ from: 0, to: 1, count: 1 }])).toEqual([])
  })

  test('buckets that were empty before are new', () => {
    const b = bucketsBetween(
      [{ from: 0, to: 1, count: 4 }],
      [
        { from: 0, to: 1, count: 6 },
        { from: 1, to: 2, count: 3 },
      ],
    )
    expect(b.map((x) => x.count)).toEqual([2, 3])
  })
})

const NAN = Number.NaN

function processAt(at: number, more: Partial<ProcessMoment> = {}): ProcessMoment {
  return {
    at,
    startTicks: 7,
    startedAt: T0 - 60_000,
    state: 'S',
    userSeconds: 10,
    systemSeconds: 5,
    runSeconds: NAN,
    readySeconds: 1,
    diskWaitSeconds: NAN,
    threads: 6,
    status: { name: 'x', sizes: new Map([['VmRSS', 900]]), threads: 6 },
    majorFaults: 0,
    minorFaults: 0,
    voluntarySwitches: 0,
    forcedSwitches: 0,
    readBytes: NAN,
    writtenBytes: NAN,
    ioCalls: NAN,
    openFiles: 90,
    maxFiles: 100,
    allowedCpus: 4,
    group: {
      cpuQuota: 0.5,
      memoryLimit: 1000,
      tasksLimit: NAN,
      memoryBytes: NAN,
      memoryHits: 0,
      oomKills: 0,
      periods: 100,
      throttledPeriods: 10,
      throttledSeconds: 1,
      cpuPressure: NAN,
      memoryPressure: NAN,
      ioPressure: NAN,
    },
    network: {
      receivedBytes: 0,
      sentBytes: 0,
      errors: 0,
      drops: 0,
      retransmits: 10,
      sentSegments: 100,
      listenOverflows: 0,
      established: 3,
      timeWait: 1,
    },
    ...more,
  }
}

describe('rates of a process', () => {
  const first = processAt(T0)
  const second = processAt(T0 + 2000, {
    userSeconds: 10.6,
    systemSeconds: 5.2,
    readySeconds: 2,
    group: { ...first.group, periods: 120, throttledPeriods: 25 },
    network: { ...first.network, retransmits: 15, sentSegments: 200 },
  })
  const values = readingOf({ at: T0, process: first }, { at: T0 + 2000, process: second })

  test('CPU by ticks where the kernel counts no finer, and against the quota', () => {
    expect(values.cpu).toBeCloseTo(0.4, 9)
    expect(values['cpu.limit']).toBe(0.5)
    expect(values['cpu.ready']).toBe(0.5)
    expect(values['cpu.throttled']).toBe(0.75)
    expect(values['tcp.retransmits']).toBe(0.05)
    expect(values.uptime).toBe(62)
  })

  test('what the kernel does not tell is absent', () => {
    for (const name of ['disk.read', 'disk.wait', 'threads.limit', 'pressure.cpu'] as const)
      expect(name in values).toBe(false)
  })

  test('another process of the same number starts anew', () => {
    const other = processAt(T0 + 2000, { startTicks: 8, userSeconds: 20 })
    expect(readingOf({ at: T0, process: first }, { at: T0 + 2000, process: other }).cpu).toBeUndefined()
  })

  test('levels are of limits', () => {
    expect(levelOf('cpu', values)).toBe('warning')
    expect(levelOf('rss', values)).toBe('warning')
    expect(levelOf('cpu.throttled', values)).toBe('critical')
    expect(levelOf('threads', values)).toBe('ok')
    expect(alerts(values)[0]!.level).toBe('critical')
    expect(wholeOf('cpu')).toBe('cpu.limit')
  })

  test('the USE view has rows of what is known', () => {
    const rows = useRows(values)
    expect(rows.map((r) => r.resource)).toEqual(['CPU', 'memory', 'network', 'sockets', 'files', 'threads'])
    const cpu = rows[0]!
    expect(cpu.utilization).toBeCloseTo(0.8, 9)
    expect(cpu.level).toBe('critical')
    expect(cpu.saturation).toContain('cpu.throttled')
    expect(useRows({})).toEqual([])
  })
})

test('rates of the machine', () => {
  const machine = (at: number, busy: number, total: number, busyMs: number): Moment => {
    const m: MachineMoment = {
      at,
      processors: 2,
      busyTicks: busy,
      totalTicks: total,
      load: 1,
      runnable: 1,
      memoryTotal: 100,
      memoryAvailable: 30,
      swapUsed: 0,
      disks: [
        { name: 'a', busyMs, weightedMs: busyMs * 3, readBytes: busyMs, writtenBytes: 0 },
        { name: 'b', busyMs: 0, weightedMs: 0, readBytes: 0, writtenBytes: 0 },
      ],
      cpuPressure: 0.5,
      memoryPressure: NAN,
      ioPressure: NAN,
    }
    return { at, machine: m }
  }
  const values = readingOf(machine(T0, 100, 1000, 0), machine(T0 + 1000, 250, 1200, 500))
  expect(values).toMatchObject({
    'machine.cpu': 1.5,
    'machine.memory': 70,
    'machine.disk.busy': 0.5,
    'machine.disk.queue': 1.5,
    'machine.disk.read': 500,
  })
  expect('machine.pressure.memory' in values).toBe(false)
})

describe('series', () => {
  test('keep the newest, with gaps', () => {
    const s = new SeriesStore(3)
    for (const cpu of [1, 2, undefined, 4]) s.add(cpu === undefined ? { rss: 1 } : { cpu })
    expect(s.last('cpu', 10)).toEqual([2, NAN, 4])
    expect(s.last('cpu', 1)).toEqual([4])
    expect(s.last('rss', 10)).toEqual([NAN, 1, NAN])
    expect(s.last('heap.live', 10)).toEqual([])
  })
})

describe('threads', () => {
  const sample = (more: Partial<ThreadSample>): ThreadSample => ({
    tid: 1,
    state: 'S',
    ticks: 0,
    runNs: 0,
    waitNs: 0,
    syscall: 'futex',
    channel: '',
    processor: 0,
    ...more,
  })

  test('shares of time are the kernel’s, shares of states are sampled', () => {
    const b = new ThreadShareBuilder()
    b.add(0, sample({ state: 'R', syscall: '' }))
    b.add(1, sample({ runNs: 2e8, processor: 1 }))
    b.add(2, sample({ runNs: 1e9, waitNs: 5e8 }))
    b.add(0, sample({ tid: 2, syscall: 'read', channel: 'pipe_read' }))
    b.add(2, sample({ tid: 2, state: 'D', syscall: 'fsync', ticks: 10, runNs: NAN, waitNs: NAN }))
    const [one, two] = b.shares(100)
    expect(one).toMatchObject({ tid: 1, cpu: 0.5, ready: 0.25, running: 1 / 3, blocked: 0, moves: 2 })
    expect(two).toMatchObject({ tid: 2, cpu: 0.05, ready: NAN, disk: 0.5, blocked: 1 })
    expect(two!.waits).toEqual([
      { syscall: 'read', channel: 'pipe_read', share: 0.5 },
      { syscall: 'fsync', channel: '', share: 0.5 },
    ])
  })

  test('parked threads are not blocked', () => {
    const b = new ThreadShareBuilder()
    for (const syscall of ['futex', 'epoll_pwait', 'nanosleep', '']) b.add(0, sample({ syscall }))
    expect(b.shares(100)[0]!.blocked).toBe(0)
  })
})

describe('limits and the runtime', () => {
  const c = (more: Partial<Circumstances>): Circumstances => ({
    goVersion: 'go1.24.1',
    defaultGodebug: '',
    modules: [],
    environment: new Map(),
    cpus: 16,
    quota: 3.5,
    memoryLimit: undefined,
    ...more,
  })

  test('GOMAXPROCS by version, environment and library', () => {
    expect(expectedMaxProcs(c({}))).toEqual({ procs: 16, by: 'processors' })
    expect(expectedMaxProcs(c({ goVersion: 'go1.25.0' }))).toEqual({ procs: 4, by: 'quota' })
    expect(expectedMaxProcs(c({ goVersion: 'go1.26.1', quota: 0.3 }))?.procs).toBe(2)
    expect(
      expectedMaxProcs(c({ goVersion: 'go1.27.0', defaultGodebug: 'a=1,containermaxprocs=0' }))?.procs,
    ).toBe(16)
    expect(
      expectedMaxProcs(
        c({
          goVersion: 'go1.27.0',
          defaultGodebug: 'containermaxprocs=0',
          environment: new Map([['GODEBUG', 'containermaxprocs=1']]),
        }),
      )?.procs,
    ).toBe(4)
    expect(expectedMaxProcs(c({ modules: ['go.uber.org/automaxprocs'] }))).toEqual({
      procs: 3,
      by: 'library',
    })
    expect(expectedMaxProcs(c({ environment: new Map([['GOMAXPROCS', '8']]) }))).toEqual({
      procs: 8,
      by: 'environment',
    })
    expect(expectedMaxProcs(c({ cpus: undefined }))).toBeUndefined()
  })

  test('advice only where something is wrong', () => {
    expect(quotaAdvice(c({}))).toMatch(/GOMAXPROCS is 16 .* quota of 3.5/)
    expect(quotaAdvice(c({ goVersion: 'go1.25.0' }))).toBeUndefined()
    expect(quotaAdvice(c({ quota: undefined }))).toBeUndefined()
    expect(memoryLimitAdvice(c({ memoryLimit: 5 }))).toMatch(/GOMEMLIMIT/)
    expect(
      memoryLimitAdvice(c({ memoryLimit: 5, environment: new Map([['GOMEMLIMIT', '4']]) })),
    ).toBeUndefined()
    expect(memoryLimitAdvice(c({}))).toBeUndefined()
  })
})
