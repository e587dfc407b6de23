import { describe, expect, test } from 'vitest'
import { RowTable } from './row-table.ts'

describe('RowTable', () => {
  test('keeps all rows until it is full, then an even sample', () => {
    for (const n of [0, 1, 15, 16, 17, 63, 64, 65, 1000]) {
      const t = new RowTable(['a', 'b'], 64)
      for (let i = 0; i < n; i++) t.add(Float64Array.of(i, i === 3 ? 9999 : Number.NaN))
      const kept = [...t.column('a')]
      expect(t.seen).toBe(n)
      expect(kept).toEqual(Array.from({ length: Math.ceil(n / t.stride) }, (_, i) => i * t.stride))
      expect(t.count).toBeLessThanOrEqual(64)
      if (n <= 64) expect(t.stride).toBe(1)
    }
  })

  test('knows the largest value of rows that went', () => {
    const t = new RowTable(['a', 'b', 'c'], 64, ['a', 'b'])
    for (let i = 0; i < 500; i++) t.add(Float64Array.of(-i - 1, i === 333 ? 9999 : 1, Number.NaN))
    expect(t.column('b').includes(9999)).toBe(false)
    expect([t.max('a'), t.max('b')]).toEqual([-1, 9999])
    expect(t.max('c')).toBeNaN()
  })
})
