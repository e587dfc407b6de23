import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MmuCurve } from './mmu.ts'
import type { UtilizationSeries } from './utilization.ts'

const steps = fc
  .array(
    fc.record({ length: fc.integer({ min: 1, max: 60 }), util: fc.constantFrom(0, 0.25, 0.5, 0.75, 1) }),
    {
      minLength: 1,
      maxLength: 25,
    },
  )
  .map((parts): UtilizationSeries => {
    const time = new Float64Array(parts.length + 1)
    const util = new Float64Array(parts.length + 1)
    parts.forEach((part, i) => {
      time[i + 1] = time[i] + part.length
      util[i] = part.util
    })
    return { time: time.map((t) => t + 1000), util }
  })
const seriesSet = fc.array(steps, { minLength: 1, maxLength: 3 })
const window = fc.integer({ min: 1, max: 500 })

/** Mean over [t, t + w), the slow way. */
function meanOf({ time, util }: UtilizationSeries, t: number, w: number): number {
  let sum = 0
  for (let i = 0; i + 1 < time.length; i++)
    sum += util[i] * Math.max(0, Math.min(t + w, time[i + 1]) - Math.max(t, time[i]))
  return sum / w
}

/** Every start at which an edge of the window meets a step. */
function starts({ time }: UtilizationSeries, w: number): number[] {
  const end = time[time.length - 1] - w
  const all = [...time, ...time.map((t) => t - w), end].filter((t) => t >= time[0] && t <= end)
  return [...new Set(all)].sort((a, b) => a - b)
}

const lengthOf = ({ time }: UtilizationSeries): number => time[time.length - 1] - time[0]

function bruteMmu(series: readonly UtilizationSeries[], w: number): number {
  let least = 1
  for (const s of series) {
    const cut = Math.min(w, lengthOf(s))
    for (const t of starts(s, cut)) least = Math.min(least, meanOf(s, t, cut))
  }
  return least
}

/** For how many ns of starts the mean is at most x. */
function startsUpTo(series: readonly UtilizationSeries[], w: number, x: number): number {
  let sum = 0
  for (const s of series) {
    if (lengthOf(s) <= w) continue
    const at = starts(s, w)
    for (let i = 0; i + 1 < at.length; i++) {
      const [a, b] = [meanOf(s, at[i], w), meanOf(s, at[i + 1], w)]
      const [lo, hi] = a < b ? [a, b] : [b, a]
      const share = hi <= x ? 1 : lo > x ? 0 : (x - lo) / (hi - lo)
      sum += share * (at[i + 1] - at[i])
    }
  }
  return sum
}

describe('laws of minimum mutator utilization', () => {
  test('it is the least mean over all windows', () => {
    fc.assert(
      fc.property(seriesSet, window, (series, w) => {
        expect(new MmuCurve(series).mmu(w)).toBeCloseTo(bruteMmu(series, w), 10)
      }),
      { numRuns: 400 },
    )
  })

  test('a quantile splits the starts of windows', () => {
    fc.assert(
      fc.property(seriesSet, window, fc.double({ min: 0, max: 1, noNaN: true }), (series, w, q) => {
        const [x] = new MmuCurve(series).quantiles(w, [q])
        const all = startsUpTo(series, w, 1)
        if (all === 0) expect(x).toBeCloseTo(bruteMmu(series, w), 10)
        else {
          expect(startsUpTo(series, w, x + 1e-9)).toBeGreaterThanOrEqual(q * all - 1e-5)
          expect(startsUpTo(series, w, x - 1e-9)).toBeLessThanOrEqual(q * all + 1e-5)
        }
      }),
      { numRuns: 400 },
    )
  })

  test('the worst windows are disjoint, in order, and begin with the MMU', () => {
    fc.assert(
      fc.property(seriesSet, fc.integer({ min: 1, max: 100 }), (series, w) => {
        const worst = new MmuCurve(series).worst(w, 10)
        const mmu = bruteMmu(series, w)
        if (mmu < 1) expect(worst[0].util).toBeCloseTo(mmu, 10)
        else expect(worst).toEqual([])
        for (let i = 1; i < worst.length; i++) {
          expect(worst[i].util).toBeGreaterThanOrEqual(worst[i - 1].util)
          for (let k = 0; k < i; k++)
            expect(Math.abs(worst[i].time - worst[k].time)).toBeGreaterThanOrEqual(w)
        }
        for (const found of worst) {
          const cuts = series.map((s) => meanOf(s, found.time, Math.min(w, lengthOf(s))))
          expect(cuts.some((mean) => Math.abs(mean - found.util) < 1e-9)).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })
})
