import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { eventBlock, traceTables } from '../../model/trace.ts'
import { LogHistogram } from './log-histogram.ts'
import { GoroutineSpans, WaitLog } from './wait-log.ts'

/** A log that knows goroutines 0 to 9, and holds waits of the kind sync. */
function logOf(waits: readonly (readonly [goroutine: number, start: number, end: number])[]) {
  const log = new WaitLog()
  const tables = traceTables(26, 0n)
  for (let g = 0; g < 10; g++) tables.goroutines.intern(g)
  log.block(eventBlock(1), tables)
  for (const [g, start, end] of waits) log.wait(2, g, 0, start, end)
  return { log, tables }
}

function everywhere(rows: number): GoroutineSpans {
  const spans = new GoroutineSpans(rows)
  for (let g = 0; g < rows; g++) spans.set(g, 0, 1e15)
  return spans
}

describe('waits of one kind', () => {
  test('are exact, however long and however far apart', () => {
    const waits = [
      [1, 0, 5],
      [2, 10, 4.3e9],
      [1, 6e9, 30e9],
      [3, 30e9, 30e9 + 2 ** 32 - 1],
      [3, 40e9, 100e9],
    ] as const
    const { log, tables } = logOf(waits)
    const d = log.distribution('sync', everywhere(10), tables.goroutines, 9)
    expect(d.count).toBe(5)
    expect(d.total).toBe(waits.reduce((sum, [, a, b]) => sum + b - a, 0))
    expect(d.longest.map((w) => w.duration)).toEqual([60e9, 24e9, 4.3e9 - 10, 2 ** 32 - 1, 5])
    expect(d.longest[0]).toMatchObject({ goroutine: 3, start: 40e9 })
  })

  test('count as far as they lie in an interval of their goroutine', () => {
    const { log, tables } = logOf([
      [1, 0, 100],
      [2, 0, 100],
      [1, 200, 300],
      [3, 0, 100],
    ])
    const spans = new GoroutineSpans(10)
    spans.set(1, 50, 1000)
    spans.setAll(3, [0, 10, 20, 30, 90, 500])
    const d = log.distribution('sync', spans, tables.goroutines, 9)
    expect([d.count, d.total]).toEqual([3, 50 + 100 + 30])
    expect(log.distribution('net', spans, tables.goroutines, 9).count).toBe(0)
    const skipped = log.distribution('sync', spans, tables.goroutines, 9, (g) => g === 1)
    expect(skipped.longest.map((w) => w.goroutine)).toEqual([3])
  })

  test('percentiles are those of all durations in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 2 ** 40 }), { minLength: 1, maxLength: 300 }), (all) => {
        const { log, tables } = logOf(
          all.map((d) => [1, 0, d] as const).map(([g, a, b], i) => [g, i + a, i + b]),
        )
        const d = log.distribution('sync', everywhere(10), tables.goroutines, 3)
        const sorted = [...all].sort((a, b) => a - b)
        const rank = (p: number) => sorted[Math.max(1, Math.ceil(p * sorted.length)) - 1]
        expect([d.p50, d.p90, d.p99, d.max]).toEqual([rank(0.5), rank(0.9), rank(0.99), sorted.at(-1)])
        expect(d.longest.map((w) => w.duration)).toEqual(sorted.slice(-3).reverse())
      }),
      { numRuns: 60 },
    )
  })
})

test('around: the bucket holds the percentile', () => {
  const h = new LogHistogram()
  for (const v of [0.2, 1, 5, 5, 900]) h.add(v)
  expect(h.around(0.8)).toMatchObject({ below: 2 })
  expect(h.around(0.8).from).toBeLessThanOrEqual(5)
  expect(h.around(0.8).to).toBeGreaterThan(5)
  expect(h.around(0.1).from).toBe(Number.NEGATIVE_INFINITY)
})
