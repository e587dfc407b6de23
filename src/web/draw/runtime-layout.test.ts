import { describe, expect, test } from 'vitest'
import type { WaitRow } from '../../core/engine/workbench/questions/dump-groups.ts'
import { envelope, lowerBound, nearestIndex } from './chart-paint.ts'
import { layoutTree, squarify } from './treemap-layout.ts'
import { layoutWaits } from './waits-layout.ts'
import { type FallRow, layoutFall } from './waterfall-layout.ts'

describe('points of charts', () => {
  const x = [0, 1, 2, 2, 5]
  test('are found by their x', () => {
    expect(lowerBound(x, 2)).toBe(2)
    expect(lowerBound(x, 6)).toBe(5)
    expect(nearestIndex(x, 3.6)).toBe(4)
    expect(nearestIndex(x, -9)).toBe(0)
    expect(nearestIndex([], 1)).toBe(-1)
  })
  test('an envelope loses no outlier, and leaves gaps', () => {
    const many = Float64Array.from({ length: 1000 }, (_, i) => i)
    const y = many.map(() => 1)
    y[777] = 50
    y[0] = Number.NaN
    const e = envelope(many, y, 0, 1000, 10)
    expect(e.high[7]).toBe(50)
    expect(e.low[7]).toBe(1)
    expect(e.mean[7]).toBeCloseTo(1.49, 9)
    expect(e.high[6]).toBe(1)
    expect(envelope(many, y, 2000, 3000, 2).low[0]).toBeNaN()
  })
})

describe('treemaps', () => {
  const box = { x: 10, y: 20, w: 300, h: 100 }
  test('areas are the values, and boxes do not overlap', () => {
    const values = [50, 30, 10, 5, 3, 1, 1]
    const boxes = squarify(values, box)
    const whole = values.reduce((a, v) => a + v, 0)
    boxes.forEach((b, k) => {
      expect((b.w * b.h) / (box.w * box.h)).toBeCloseTo(values[k]! / whole, 9)
      expect(b.x).toBeGreaterThanOrEqual(box.x - 1e-9)
      expect(b.x + b.w).toBeLessThanOrEqual(box.x + box.w + 1e-9)
      expect(b.y + b.h).toBeLessThanOrEqual(box.y + box.h + 1e-9)
    })
    for (const [i, a] of boxes.entries())
      for (const b of boxes.slice(i + 1)) {
        const across = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x)
        const down = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y)
        expect(across > 1e-9 && down > 1e-9).toBe(false)
      }
  })
  test('nothing, zeros and negative values have no area', () => {
    expect(squarify([], box)).toEqual([])
    expect(squarify([0, 0], box).every((b) => b.w === 0)).toBe(true)
    const some = squarify([5, 0, -3], box)
    expect(some[0]!.w * some[0]!.h).toBeCloseTo(box.w * box.h)
    expect(some[2]!.w * some[2]!.h).toBe(0)
  })
  test('children lie in their parents, and what the parent takes itself stays free', () => {
    const boxes = layoutTree(
      {
        parent: Int32Array.of(-1, 0, 0, 1),
        depth: Uint8Array.of(0, 1, 1, 2),
        retained: Float64Array.of(100, 60, 20, 60),
      },
      400,
      300,
    )
    const [top, a, b, deep] = boxes as [
      (typeof boxes)[0],
      (typeof boxes)[0],
      (typeof boxes)[0],
      (typeof boxes)[0],
    ]
    expect(top.w).toBe(400)
    expect((a.w * a.h) / (b.w * b.h)).toBeCloseTo(3, 6)
    expect(deep.x).toBeGreaterThan(a.x)
    expect(deep.y + deep.h).toBeLessThan(a.y + a.h)
  })
})

describe('waterfalls', () => {
  const row = (id: string, value: number, level: 0 | 1): FallRow => ({
    id,
    title: id,
    value,
    level,
    token: 'line-c1',
    known: 'measured',
    hint: '',
  })
  test('parts follow one another from the whole down; parts of a part lie in it', () => {
    const bars = layoutFall(
      [row('heap', 60, 0), row('live', 40, 1), row('dead', 20, 1), row('stacks', 40, 0)],
      100,
    )
    expect(bars.map((b) => [b.id, b.from, b.to])).toEqual([
      ['heap', 40, 100],
      ['live', 60, 100],
      ['dead', 40, 60],
      ['stacks', 0, 40],
    ])
  })
  test('a negative gap goes back up', () => {
    const bars = layoutFall([row('heap', 120, 0), row('gap', -20, 0)], 100)
    expect([bars[1]!.from, bars[1]!.to]).toEqual([-20, 0])
  })
})

test('what a holder waits for comes right after it, and circles end', () => {
  const frame = { name: 'main.f', place: '', origin: 0 }
  const wait = (waitsFor?: number): WaitRow => ({
    kind: 'Mutex',
    address: '0x1',
    count: 1,
    waiters: [{ frame, count: 1, row: 0 }],
    ...(waitsFor !== undefined && {
      holder: { row: 1, goid: 1, frame, state: 'running', certainty: 'likely' as const, why: '', waitsFor },
    }),
  })
  const tops = layoutWaits([wait(2), wait(), wait(0)]).map((p) => p.top)
  expect(tops[0]!).toBeLessThan(tops[2]!)
  expect(tops[2]!).toBeLessThan(tops[1]!)
})
