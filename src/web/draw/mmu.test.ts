import { describe, expect, test } from 'vitest'
import { mmuPath, nearestPoint, utilY, windowTicks, windowX } from './mmu.ts'

const frame = { width: 600, height: 200, xMin: 1e3, xMax: 1e9 }

describe('mmu chart', () => {
  test('the axis is logarithmic', () => {
    expect(windowX(frame, 1e3)).toBe(0)
    expect(windowX(frame, 1e6)).toBeCloseTo(300)
    expect(windowX(frame, 1e9)).toBeCloseTo(600)
    expect(utilY(frame, 1)).toBe(0)
    expect(utilY(frame, 0)).toBe(200)
    expect(utilY(frame, -1)).toBe(200)
  })

  test('paths and the nearest point', () => {
    const windows = Float64Array.of(1e3, 1e6, 1e9)
    expect(mmuPath(frame, windows, Float64Array.of(0, 0.5, 1))).toBe('M0.0,200.0L300.0,100.0L600.0,0.0')
    expect(nearestPoint(frame, windows, 310)).toBe(1)
    expect(nearestPoint(frame, new Float64Array(0), 310)).toBe(-1)
  })

  test('ticks are powers of ten, and a trace without length has a chart', () => {
    expect(windowTicks(frame)).toEqual([1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9])
    expect(windowTicks({ xMin: 1, xMax: 1 })).toEqual([1])
    expect(windowX({ ...frame, xMin: 1, xMax: 1 }, 1)).toBe(0)
  })
})
