import { describe, expect, test } from 'vitest'
import { DecodeError, UserError } from '../base/errors.ts'
import { HandmadeV1 } from '../formats/trace/v1/handmade-v1.ts'
import { traceCauses } from './trace-causes.ts'
import { EXPORT_FORMATS, exportTrace } from './trace-export.ts'
import { summarizePart } from './trace-part-summary.ts'
import { traceGoroutines, traceRegions, traceTasks } from './trace-people.ts'
import { traceTimes } from './trace-times.ts'

/** Goroutine 1 waits for 2, which runs; both are there from the start. */
const trace = (): HandmadeV1 =>
  new HandmadeV1()
    .batch(0, 100)
    .frequency(1e9)
    .at(0, 'GoCreate', 1)
    .at(0, 'GoCreate', 2)
    .at(0, 'ProcStart', 9)
    .at(0, 'GoStart', 1, 1)
    .at(10, 'Gomaxprocs', 1)
    .at(5, 'GoBlockRecv')
    .at(1, 'GoStart', 2, 1)
    .at(99, 'GoUnblock', 1, 2)
    .at(1, 'GoEnd')
    .at(1, 'GoStart', 1, 3)
    .at(50, 'GoEnd')

describe('causes of latency', () => {
  test('of a goroutine: itself, and who it waited for', () => {
    const { causes, version, damage } = traceCauses(trace().bytes, { goroutine: 1, steps: 2 })
    expect({ version, damage }).toEqual({ version: 'go 1.21', damage: undefined })
    expect(causes).toHaveLength(1)
    const [c] = causes
    expect(c.subject).toMatchObject({ kind: 'goroutine', id: 1, count: 1, of: 1 })
    const sum = (rows: readonly { total: number }[]): number => rows.reduce((s, r) => s + r.total, 0)
    expect(sum(c.own)).toBe(c.total)
    expect(sum(c.path)).toBe(c.total)
    expect(c.own[0]).toMatchObject({ kind: 'blocked', reason: 'chan receive', total: 100 })
    expect(c.path[0]).toMatchObject({ kind: 'running', total: expect.any(Number) as number })
    expect(c.others).toBe(true)
    expect(c.steps).toHaveLength(2)
    expect(c.steps.find((s) => s.goroutine.id === 2)).toMatchObject({
      kind: 'running',
      duration: 99,
      depth: 1,
      waiter: { goroutine: { id: 1 }, reason: 'chan receive' },
    })
  })

  test('what is not there is said', () => {
    const ask = (q: object) => () => traceCauses(trace().bytes, { steps: 0, ...q })
    expect(ask({ goroutine: 99 })).toThrow(new UserError('the trace has no goroutine 99'))
    expect(ask({ task: 'x' })).toThrow(new UserError('the trace has no task x: it has no tasks'))
    expect(ask({ region: 'x' })).toThrow(new UserError('the trace has no region x: it has no regions'))
    expect(ask({ task: '77' })).toThrow(UserError)
  })

  test('only between two times', () => {
    const [c] = traceCauses(trace().bytes, { goroutine: 1, from: 50, to: 80, steps: 9 }).causes
    expect(c.total).toBe(30)
    expect(c.steps.every((s) => s.start >= 50 && s.start + s.duration <= 80)).toBe(true)
  })
})

/** Whatever is wrong with a trace, a report of it is made or the damage is told: nothing else. */
test('damaged traces', () => {
  const whole = trace().bytes
  const reports: ((bytes: Uint8Array) => unknown)[] = [
    (b) => traceCauses(b, { steps: 3 }),
    (b) => traceTimes(b, { from: 20, byGoroutine: true }),
    (b) => summarizePart(b, { from: 20, to: 90 }),
    (b) => traceGoroutines(b, { greedy: 2 }),
    (b) => traceTasks(b, { slowest: 2 }),
    (b) => traceRegions(b, { slowest: 2 }),
    ...EXPORT_FORMATS.map((format) => (b: Uint8Array) => exportTrace(b, { format }, () => {})),
  ]
  let made = 0
  const attempt = (bytes: Uint8Array): void => {
    for (const report of reports)
      try {
        report(bytes)
        made++
      } catch (e) {
        if (!(e instanceof DecodeError) && !(e instanceof UserError)) throw e
      }
  }
  for (let length = 0; length <= whole.length; length++) attempt(whole.subarray(0, length))
  expect(made).toBeGreaterThanOrEqual(reports.length)
  let seed = 12345
  for (let k = 0; k < 200; k++) {
    const bytes = whole.slice()
    for (let n = 0; n < 2; n++) {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
      bytes[16 + (seed % (bytes.length - 16))] ^= 1 << (seed >>> 28)
    }
    attempt(bytes)
  }
})

describe('exports', () => {
  const pieces = (format: (typeof EXPORT_FORMATS)[number]): Uint8Array => {
    const out: number[] = []
    exportTrace(trace().bytes, { format }, (piece) => out.push(...piece))
    return Uint8Array.from(out)
  }
  test('Chrome JSON is JSON', () => {
    const doc = JSON.parse(new TextDecoder().decode(pieces('chrome'))) as { traceEvents: unknown[] }
    expect(doc.traceEvents.length).toBeGreaterThan(3)
  })
  test('the others have content', () => {
    expect(pieces('perfetto')[0]).toBe(10)
    expect(pieces('pprof').length).toBeGreaterThan(50)
  })
})

test('parts of a summary', () => {
  const part = summarizePart(trace().bytes, { from: 20, to: 60 })
  expect(part.durationNs).toBe(40)
  expect(summarizePart(trace().bytes, {}).durationNs).toBeGreaterThan(40)
  expect(() => summarizePart(trace().bytes, { from: 5, to: 5 })).toThrow(UserError)
  expect(traceGoroutines(trace().bytes, { greedy: 0, group: '' }).groups[0].goroutines).toHaveLength(2)
})
