import { describe, expect, test } from 'vitest'
import { DurationHistogram } from '../../core/analysis/trace/histogram.ts'
import { histogramBars, histogramTicks } from './histogram.ts'

const rowsOf = (durations: readonly number[]): [number, number][] => {
  const h = new DurationHistogram()
  for (const d of durations) h.add(d)
  return h.rows().map(([, from, count]) => [from, count])
}

describe('histogram', () => {
  test('bars are contiguous, and hold what was counted', () => {
    const bars = histogramBars(rowsOf([1200, 1300, 90_000, 2e6, 2.1e6, 2.2e6, 2.3e6]))
    expect(bars.reduce((sum, b) => sum + b.count, 0)).toBe(7)
    expect(bars[0]!.from).toBeLessThanOrEqual(1200)
    expect(bars.at(-1)!.to).toBeGreaterThan(2.3e6)
    for (let i = 1; i < bars.length; i++) expect(bars[i]!.from).toBe(bars[i - 1]!.to)
    expect(Math.max(...bars.map((b) => b.height))).toBe(1)
  })

  test('every bucket finds its own start again', () => {
    for (let d = 1; d < 1e12; d *= 1.37) {
      const [bar, ...more] = histogramBars(rowsOf([d]))
      expect(more).toEqual([])
      expect(bar!.count).toBe(1)
      expect(d).toBeGreaterThanOrEqual(bar!.from)
      expect(d).toBeLessThan(bar!.to + 1)
    }
  })

  test('durations of nothing, and no durations', () => {
    expect(histogramBars([])).toEqual([])
    expect(histogramBars(rowsOf([0, 0]))).toMatchObject([{ from: 0, count: 2, height: 1 }])
  })

  test('a bar of few is still seen', () => {
    const many = histogramBars(rowsOf([...Array(5000).fill(1000), 1e6]))
    expect(many.at(-1)!.height).toBeGreaterThan(0.02)
  })

  test('ticks are at powers of ten, and few', () => {
    const bars = histogramBars(rowsOf([10, 1e9]))
    const ticks = histogramTicks(bars, 4)
    expect(ticks.length).toBeLessThanOrEqual(5)
    for (const t of ticks) expect(Math.log10(bars[t]!.from * 1.01) % 1).toBeLessThan(0.3)
  })
})
