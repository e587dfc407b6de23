import { describe, expect, test } from 'vitest'
import { encodeUtf8 } from '../../base/utf8.ts'
import { LogReader } from '../../formats/log/read-log.ts'
import type { RuntimeLog } from '../../model/runtime-log.ts'
import { costModel, goalOf, guessGogc } from './cost-model.ts'
import { gcProcesses } from './cycles.ts'
import { gcReport } from './report.ts'
import { initReport, pacerReport, scavengeReport } from './side-reports.ts'
import { spreadOf } from './spread.ts'
import { robustTrend } from './trend.ts'

const read = (lines: readonly string[]): RuntimeLog => {
  const reader = new LogReader()
  reader.push(encodeUtf8(`${lines.join('\n')}\n`))
  return reader.end()
}

/** A cycle each second, that takes 10 ms of one of two processors; live heap and goal by its number. */
const cycle = (n: number, live: number, after = live * 2): string =>
  `gc ${n} @${n}.000s 1%: 1+2+3 ms clock, 2+1/3/4+4 ms cpu, ${after}->${after}->${live} MB, ${live * 2} MB goal, 0 MB stacks, 0 MB globals, 2 P`

describe('spreadOf', () => {
  test('by nearest rank, of what is there', () => {
    const s = spreadOf(Float64Array.of(5, Number.NaN, 1, 3, 2, 4))
    expect(s).toEqual({ count: 5, sum: 15, mean: 3, p50: 3, p95: 5, p99: 5, max: 5 })
    expect(spreadOf(new Float64Array(0)).p50).toBeNaN()
  })
})

describe('robustTrend', () => {
  const x = Float64Array.from({ length: 60 }, (_, i) => i)

  test('finds a slope that odd values do not sway', () => {
    const y = x.map((v) => 3 + 0.5 * v)
    for (const i of [3, 17, 40]) y[i] = 10_000
    const t = robustTrend(x, y)!
    expect(t.slope).toBeCloseTo(0.5, 6)
    expect(t.low).toBeLessThanOrEqual(0.5)
    expect(t.high).toBeGreaterThanOrEqual(0.5)
    expect(t.first).toBeCloseTo(3, 6)
  })

  test('bounds hold nothing where there is no trend', () => {
    const y = x.map((_, i) => (i * 7919) % 13)
    const t = robustTrend(x, y)!
    expect(t.low).toBeLessThan(0)
    expect(t.high).toBeGreaterThan(0)
  })

  test('needs points', () => {
    expect(robustTrend(Float64Array.of(1, 2, 3), Float64Array.of(1, 2, 3))).toBeUndefined()
    expect(robustTrend(Float64Array.of(1, 1, 1, 1, 1), Float64Array.of(1, 2, 3, 4, 5))).toBeUndefined()
    const many = Float64Array.from({ length: 20_000 }, (_, i) => i)
    expect(robustTrend(many, many)!.slope).toBeCloseTo(1, 9)
  })
})

describe('gcReport', () => {
  test('sums and shares', () => {
    const log = read(Array.from({ length: 20 }, (_, i) => cycle(i + 1, 10)))
    const r = gcReport(log, 0)
    expect(r).toMatchObject({
      cycles: 20,
      from: 0,
      procs: 2,
      forced: 0,
      printedPercent: 1,
      version: 'Go 1.18 or newer',
    })
    expect(r.to).toBeCloseTo(20.006, 9)
    expect(r.cpu).toMatchObject({
      busy: 200,
      assist: 20,
      background: 60,
      idle: 80,
      stopped: 120,
      perCycle: 10,
    })
    expect(r.cpu!.busyShare).toBeCloseTo(0.2 / 40.012, 9)
    expect(r.pauses).toMatchObject({ count: 40, sum: 80, p50: 1, p95: 3, max: 3 })
    expect(r.phases.map((p) => [p.name, p.wall.sum, p.cpu])).toEqual([
      ['sweep termination', 20, 40],
      ['mark and scan', 40, 160],
      ['mark termination', 60, 80],
    ])
    expect(r.heap).toMatchObject({ allocatedPerCycle: 10, peak: 20, lastGoal: 20, lastLive: 10 })
    expect(r.trendVerdict).toBe('steady')
    // Half of the 30 MB that the model takes for the goal of GOGC=200 less what lives is what is allocated twice as fast.
    const [g100, g200] = [100, 200].map((g) => r.model!.gogc.find((m) => m.value === g)!)
    expect(g100!.cyclesPerSecond / g200!.cyclesPerSecond).toBeCloseTo(2, 6)
  })

  test('a leak, a program that only warms up, and one that shrinks', () => {
    const verdict = (live: (n: number) => number): string =>
      gcReport(read(Array.from({ length: 80 }, (_, i) => cycle(i + 1, Math.round(live(i))))), 0).trendVerdict
    expect(verdict((n) => 10 + n + (n % 3))).toBe('growing')
    expect(verdict((n) => Math.min(10 + n, 25) + (n % 3))).toBe('steady')
    expect(verdict((n) => 100 - n)).toBe('shrinking')
    expect(verdict((n) => 10 + 5 * Math.sin(n / 3))).toBe('steady')
  })

  test('Go 1.4 and older: one pause each, no CPU, the live heap one line late', () => {
    const log = read(
      [1, 2, 3].map(
        (n) =>
          `gc${n}(2): 10+20+30+40 us, ${n} -> 9 MB, 5 (9-4) objects, 1/1/1 sweeps, 0(0) handoff, 0(0) steal, 0/0/0 yields`,
      ),
    )
    const r = gcReport(log, 0)
    expect(r.cpu).toBeUndefined()
    expect(r.pauses).toMatchObject({ count: 3, max: 0.1 })
    expect([r.heap.firstLive, r.heap.lastLive, r.to]).toEqual([2, 3, Number.NaN])
  })

  test('processes, most cycles first', () => {
    const log = read([
      ...[1, 2, 3].map((n) => `a ${cycle(n, 5)}`),
      ...[1, 2, 3, 4].map((n) => `b ${cycle(n, 5)}`),
    ])
    expect(gcProcesses(log)).toEqual([
      { process: 1, cycles: 4 },
      { process: 0, cycles: 3 },
    ])
    expect(gcReport(log, 0).cycles).toBe(3)
  })
})

describe('the cost model', () => {
  test('goals are those of the runtime', () => {
    expect(goalOf(10, 2, 100)).toBe(22)
    expect(goalOf(1, 0, 100)).toBe(4)
    expect(goalOf(1, 0, 400)).toBe(16)
  })

  test('is held against what was measured, and knows the limit of the collector', () => {
    const input = {
      live: 100,
      roots: 0,
      goal: 200,
      allocationRate: 1000,
      allocationPerCycle: 100,
      cpuPerCycle: 0.02,
      procs: 2,
    }
    const m = costModel(input)!
    const g100 = m.gogc.find((r) => r.value === 100)!
    expect([g100.heap, g100.cyclesPerSecond, g100.cpuShare]).toEqual([200, 10, 0.1])
    expect(m.limits[0]).toMatchObject({ setting: 'GOMEMLIMIT', beyondLimit: true, cpuShare: 0.5 })
    expect(costModel({ ...input, goal: Number.NaN })).toBeUndefined()
  })

  test('GOGC from goals, where they are large enough', () => {
    const live = new Float64Array(10).fill(100)
    const none = new Float64Array(10)
    expect(guessGogc(live, none, new Float64Array(10).fill(300))).toBeCloseTo(200, -1)
    expect(guessGogc(new Float64Array(10).fill(1), none, new Float64Array(10).fill(4))).toBeNaN()
  })
})

test('pacer, scavenger and inits', () => {
  const log = read([
    'pacer: assist ratio=1.5 (scan 3 MB in 3->4 MB) workers=0+0.25',
    'pacer: 34% CPU (25 exp.) for 100+20+3 B work (246 B exp.) in 3800 B -> 4100 B (∆goal -34, cons/mark 0.5)',
    'scav 8 KiB work (bg), 4 KiB work (eager), 7128 KiB now, 98% util',
    'init a @0.1 ms, 0.2 ms clock, 16 bytes, 1 allocs',
    'init b @0.4 ms, 3 ms clock, 32 bytes, 2 allocs',
  ])
  expect(pacerReport(log, 0)).toMatchObject({
    starts: 1,
    ends: 1,
    sweeps: 0,
    goalDelta: -34,
    heapWork: 100,
    cpuGoalPercent: 25,
  })
  expect(pacerReport(log, 0)!.workRatio.p50).toBe(0.5)
  expect(scavengeReport(log, 0)).toMatchObject({
    lines: 1,
    work: 12,
    eager: 4,
    released: 7128,
    utilization: 98,
  })
  expect(initReport(log, 0)).toMatchObject({ packages: 2, clock: 3.2, end: 3.4, bytes: 48, allocs: 3 })
  expect(initReport(log, 0)!.slowest.map((s) => s.name)).toEqual(['b', 'a'])
  expect(initReport(log, 1)).toBeUndefined()
})
