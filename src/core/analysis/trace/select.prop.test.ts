import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { choices, randomTrace } from '../../../../test/kit/random-trace.ts'
import { CpuTimeSink } from './cpu-time.ts'
import { type Selection, SelectSink } from './select.ts'

/** Time by class, of a part of a trace. */
function timeBy(list: Parameters<typeof randomTrace>[0], selection: Selection): Record<string, number> {
  const { trace, end } = randomTrace(list)
  const cpu = new CpuTimeSink(false)
  const select = new SelectSink(selection, [cpu])
  trace.feed([select], 6)
  select.finish()
  const out: Record<string, number> = {}
  for (const { at, time } of cpu.done(select.duration(end), true)?.times ?? []) {
    const key = `${at.state} ${at.reason}`
    out[key] = (out[key] ?? 0) + time
  }
  return out
}

function sum(...parts: Record<string, number>[]): Record<string, number> {
  const out: Record<string, number> = {}
  for (const part of parts) for (const [key, time] of Object.entries(part)) out[key] = (out[key] ?? 0) + time
  return out
}

describe('whatever happened', () => {
  test('windows side by side have the time of the whole', () => {
    fc.assert(
      fc.property(choices, fc.integer({ min: 4, max: 3000 }), (list, cut) => {
        // At the time of an event both windows would have it. Before 4 not all goroutines are known.
        const at = cut + 0.5
        const parts = sum(timeBy(list, { to: at }), timeBy(list, { from: at }))
        for (const [key, time] of Object.entries(timeBy(list, {})))
          expect(parts[key] ?? 0).toBeCloseTo(time, 6)
      }),
      { numRuns: 200 },
    )
  })

  test('goroutines one by one have the time of all', () => {
    fc.assert(
      fc.property(choices, (list) => {
        const each = [1, 2, 3, 4, 5, 6].map((g) => timeBy(list, { goroutines: new Map([[g, undefined]]) }))
        expect(sum(...each)).toEqual(timeBy(list, {}))
      }),
      { numRuns: 100 },
    )
  })

  test('processors one by one have the time that goroutines ran', () => {
    fc.assert(
      fc.property(choices, (list) => {
        const each = [0, 1, 2].map((proc) => timeBy(list, { proc }))
        const running = (times: Record<string, number>): number => times['running '] ?? 0
        expect(each.reduce((total, times) => total + running(times), 0)).toBe(running(timeBy(list, {})))
      }),
      { numRuns: 100 },
    )
  })
})
