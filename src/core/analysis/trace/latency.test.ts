import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { traceFrom } from '../../../../test/kit/trace-from.ts'
import { ActivitySink } from './activity.ts'
import { LatencySink } from './latency.ts'
import { LogHistogram } from './log-histogram.ts'
import { TopList } from './top-list.ts'

describe('LogHistogram', () => {
  test('percentiles are within a bucket of the true ones', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1e9 }), { minLength: 1, maxLength: 300 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, p) => {
          const h = new LogHistogram()
          for (const v of values) h.add(v)
          const sorted = [...values].sort((a, b) => a - b)
          const exact = sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)]!
          expect(h.percentile(p) / exact).toBeGreaterThan(1 / 1.13)
          expect(h.percentile(p) / exact).toBeLessThan(1.13)
          expect(h.max).toBe(sorted.at(-1))
          expect(h.sum).toBe(values.reduce((a, b) => a + b, 0))
        },
      ),
    )
  })

  test('nothing, and what is below 1', () => {
    const h = new LogHistogram()
    expect(h.percentile(0.5)).toBeNaN()
    h.add(0)
    expect(h.percentile(0.5)).toBe(0)
    h.add(2 ** 70)
    expect(h.percentile(1)).toBeGreaterThan(2 ** 63)
  })
})

describe('TopList', () => {
  test('keeps the largest, in order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 50 })),
        fc.integer({ min: 1, max: 5 }),
        (values, limit) => {
          const top = new TopList<number>(limit)
          for (const v of values) if (top.wants(v)) top.add(v, v)
          expect(top.done()).toEqual([...values].sort((a, b) => b - a).slice(0, limit))
        },
      ),
    )
  })
})

// Two goroutines on one processor: 1 feeds 2 through a channel, 2 blocks, is woken, and waits for its turn.
const FEEDING = `
  Sync Time=0 N=1
  P=0 M=1 Metric Time=1 Name="/sched/gomaxprocs:threads" Value=Value{Uint64(1)}
  M=1 P=0 G=1 StateTransition Time=10 GoID=2 NotExist->Runnable Stack=[main.main:3] TransitionStack=[main.work:7]
  M=1 P=0 G=1 StateTransition Time=20 GoID=1 Running->Runnable Reason="preempted"
  M=1 P=0 StateTransition Time=20 GoID=2 Runnable->Running
  M=1 P=0 G=2 StateTransition Time=50 GoID=2 Running->Waiting Reason="chan receive" Stack=[runtime.chanrecv main.work:8]
  M=1 P=0 StateTransition Time=60 GoID=1 Runnable->Running
  M=1 P=0 G=1 StateTransition Time=160 GoID=2 Waiting->Runnable Stack=[main.main:5]
  M=1 P=0 G=1 StateTransition Time=200 GoID=1 Running->Waiting Reason="sync" Stack=[main.main:6]
  M=1 P=0 StateTransition Time=200 GoID=2 Runnable->Running
  M=1 P=0 G=2 StateTransition Time=300 GoID=2 Running->NotExist
  Sync Time=1000 N=2
`
const START = `
  Sync Time=0 N=1
  StateTransition Time=0 GoID=1 Undetermined->Running TransitionStack=[runtime.main]
`

describe('activity', () => {
  const done = () => {
    const sink = new ActivitySink()
    const { lastTime } = traceFrom(FEEDING, [sink])
    return sink.done(lastTime)
  }
  const work = () => done().groups.find((g) => g.name === 'main.work')!

  test('time on the processor, and how long at least one ran', () => {
    expect(work()).toMatchObject({ count: 1, exec: 130, active: 130, peak: 1, alive: 1 })
  })

  test('what it waited for, and who woke it', () => {
    expect([...work().waited]).toEqual([['chan receive', 110]])
    // Goroutine 1 was there before the trace: nothing tells its start function.
    expect([...work().wokenBy]).toEqual([['', 1]])
  })

  test('how many ran at once', () => {
    const { concurrency, gomaxprocs, durationNs } = done()
    expect(gomaxprocs).toBe(1)
    expect(concurrency.reduce((a, b) => a + b, 0)).toBe(durationNs)
    expect(concurrency[1]).toBeGreaterThanOrEqual(270)
  })

  test('a goroutine known from the start of the trace runs from its start', () => {
    const sink = new ActivitySink()
    traceFrom(`${START}\n Sync Time=500 N=2`, [sink])
    expect(sink.done(500).groups[0]).toMatchObject({ name: 'runtime.main', exec: 500 })
  })

  test('the busiest of a set', () => {
    const lines = [3, 4, 5].flatMap((g, k) => [
      `M=1 P=0 G=1 StateTransition Time=${k + 1} GoID=${g} NotExist->Runnable TransitionStack=[main.part]`,
    ])
    const runs = [3, 4, 5].flatMap((g, k) => [
      `M=1 P=0 StateTransition Time=${100 * (k + 1)} GoID=${g} Runnable->Running`,
      `M=1 P=0 G=${g} StateTransition Time=${100 * (k + 1) + (g === 3 ? 80 : 10)} GoID=${g} Running->NotExist`,
    ])
    const sink = new ActivitySink()
    traceFrom(['Sync Time=0 N=1', ...lines, ...runs].join('\n'), [sink])
    expect(sink.done().groups[0]).toMatchObject({ name: 'main.part', peak: 3, busiest: 0.8 })
  })
})

describe('latency', () => {
  const done = () => {
    const sink = new LatencySink(3)
    const { lastTime, tables } = traceFrom(FEEDING, [sink])
    return { ...sink.done(lastTime), tables }
  }

  test('delays between ready and running, the longest first, and who was on the processor', () => {
    const { worst, delays, tables } = done()
    expect(delays.count).toBe(3)
    expect(worst.map((d) => [tables.goroutines.id(d.goroutine), d.duration])).toEqual([
      [1, 40],
      [2, 40],
      [2, 10],
    ])
    expect(tables.goroutines.id(worst[0]!.before)).toBe(2)
    expect(worst[0]!.beforeRan).toBe(30)
  })

  test('places that blocked', () => {
    const { blocked, tables } = done()
    expect(blocked.map((b) => [tables.strings.get(b.reason), b.count, b.total])).toEqual([
      ['chan receive', 1, 110],
    ])
  })

  test('what the processor did', () => {
    const { procBusy, tables } = done()
    expect(procBusy[tables.procs.find(0)]).toBe(30 + 140 + 100)
  })
})
