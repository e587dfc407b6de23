import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BinnedSeries, type CounterWindow, StepSeries } from './counters.ts'

const points = fc
  .array(fc.record({ gap: fc.integer({ min: 1, max: 5000 }), value: fc.integer({ min: 0, max: 9 }) }), {
    minLength: 1,
    maxLength: 400,
    size: 'max',
  })
  .map((list) => {
    let time = 0
    return list.map(({ gap, value }) => {
      time += gap
      return { time, value }
    })
  })

type Point = { readonly time: number; readonly value: number }

/** Values and their times within [a, b), of the step function that begins at the first point or at `before`. */
function pieces(
  list: readonly Point[],
  end: number,
  a: number,
  b: number,
): { value: number; time: number }[] {
  const out: { value: number; time: number }[] = []
  list.forEach((p, i) => {
    const to = i + 1 < list.length ? list[i + 1].time : end
    const time = Math.min(b, to) - Math.max(a, p.time)
    if (time > 0) out.push({ value: p.value, time })
  })
  return out
}

function check(w: CounterWindow, x: number, parts: { value: number; time: number }[]): void {
  const total = parts.reduce((sum, p) => sum + p.time, 0)
  expect(w.min[x]).toBe(Math.min(...parts.map((p) => p.value)))
  expect(w.max[x]).toBe(Math.max(...parts.map((p) => p.value)))
  expect(w.mean[x]).toBeCloseTo(parts.reduce((sum, p) => sum + p.value * p.time, 0) / total, 6)
}

describe('laws of counters', () => {
  test('columns of a step series show what lies in them', () => {
    fc.assert(
      fc.property(points, fc.integer({ min: 1, max: 30 }), (list, pixels) => {
        const series = new StepSeries()
        for (const p of list) series.push(p.time, p.value)
        const end = list[list.length - 1].time + 10
        // Whole columns, so that their edges are exact.
        const to = Math.ceil(end / pixels) * pixels
        const w = series.window(0, to, pixels)
        for (let x = 0; x < pixels; x++) {
          const parts = pieces(list, to, (to / pixels) * x, (to / pixels) * (x + 1))
          if (parts.length === 0) expect(w.mean[x]).toBeNaN()
          else check(w, x, parts)
        }
      }),
      { numRuns: 150 },
    )
  })

  test('bins hold mean and extremes, however often they were merged', () => {
    fc.assert(
      fc.property(
        points,
        fc.constantFrom(1, 700, 40000),
        fc.constantFrom(1, 2, 8, 16),
        (list, scale, pixels) => {
          const series = new BinnedSeries()
          for (const p of list) series.set(p.time * scale, p.value)
          const end = list[list.length - 1].time * scale + 10
          series.finish(end)
          const all = [{ time: 0, value: 0 }, ...list.map((p) => ({ time: p.time * scale, value: p.value }))]
          const to = series.width * pixels * Math.ceil(end / series.width / pixels)
          const w = series.window(0, to, pixels)
          for (let x = 0; x < pixels; x++) {
            const parts = pieces(all, end, (to / pixels) * x, Math.min(end, (to / pixels) * (x + 1)))
            if (parts.length === 0) expect(w.mean[x]).toBeNaN()
            else check(w, x, parts)
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})
