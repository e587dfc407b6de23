import { expect, test } from 'vitest'
import { MmuCurve } from './mmu.ts'
import { mmuPlot } from './mmu-plot.ts'

test('the chart begins where hardly anything is left to the program, and ends with the trace', () => {
  const time = Float64Array.of(0, 5e6, 6e6, 2e7)
  const plot = mmuPlot(new MmuCurve([{ time, util: Float64Array.of(1, 0, 1, 0) }]), false)
  expect([plot.xMin, plot.xMax, plot.quantiles]).toEqual([1e6, 2e7, null])
  expect(plot.curve).toHaveLength(100)
  // A window of whole ns, and the logarithm is not exact.
  expect(plot.curve[0][0]).toBeGreaterThanOrEqual(1e6 - 1)
  expect(plot.curve[0][1]).toBe(0)
  expect(plot.curve[99][1]).toBeCloseTo(19 / 20, 6)
})

test('with percentiles: the worst windows left out, utilization rises', () => {
  const time = Float64Array.of(0, 5e6, 6e6, 2e7)
  const plot = mmuPlot(new MmuCurve([{ time, util: Float64Array.of(1, 0, 1, 0) }]), true)
  expect(plot.quantiles).toHaveLength(4)
  for (const [, ...at] of plot.curve) expect(at).toEqual([...at].sort((a, b) => a - b))
})

test('a trace that tells no number of procs has a chart of nothing lost', () => {
  const plot = mmuPlot(new MmuCurve([]), false)
  expect(plot.curve.every(([window, mmu]) => Number.isFinite(window) && mmu === (window > 0 ? 1 : 0))).toBe(
    true,
  )
})
