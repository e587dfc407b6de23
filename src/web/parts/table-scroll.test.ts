import { describe, expect, test } from 'vitest'
import { TableScroll } from './table-scroll.ts'

function table(count: number): { s: TableScroll; el: { scrollTop: number } } {
  const s = new TableScroll()
  s.count = count
  s.view = 480
  return { s, el: { scrollTop: 0 } }
}

describe('few rows', () => {
  test('only what is seen is drawn, and a little more', () => {
    const { s, el } = table(1000)
    expect(s.space).toBe(24000)
    expect(s.range()).toEqual([0, 31])
    el.scrollTop = 2400
    expect(s.scrolled(el)).toBe(true)
    expect(s.range()).toEqual([90, 131])
    expect(s.top(90)).toBe(2160)
    el.scrollTop = 2401
    expect(s.scrolled(el)).toBe(false)
  })

  test('a row is revealed by the shortest way, or in the middle', () => {
    const { s, el } = table(1000)
    expect(s.reveal(el, 5)).toBe(false)
    s.reveal(el, 100, true)
    expect(s.offset).toBe(101 * 24 - 480)
    s.reveal(el, 500)
    expect(s.offset).toBe(500 * 24 - 240)
    s.reveal(el, 999, true)
    expect(s.offset).toBe(24000 - 480)
  })

  test('fewer rows than before', () => {
    const { s, el } = table(1000)
    s.to(el, 20000)
    s.count = 10
    s.clamp(el)
    expect([s.offset, el.scrollTop]).toEqual([0, 0])
  })
})

describe('more rows than a page can be high', () => {
  test('steps move as far as they say, jumps as the bar says, and the end can be reached', () => {
    const { s, el } = table(5_000_000)
    expect(s.space).toBe(8e6)
    el.scrollTop = 100
    s.scrolled(el)
    expect(s.offset).toBe(100)
    // The first row stands where it would without the trick.
    expect(s.top(4) - el.scrollTop).toBe(4 * 24 - 100)
    el.scrollTop = (8e6 - 480) / 2
    s.scrolled(el)
    expect(s.offset).toBeCloseTo((5_000_000 * 24 - 480) / 2)
    el.scrollTop = 8e6 - 480
    s.scrolled(el)
    expect(s.range()[1]).toBe(5_000_000)
    s.reveal(el, 4_999_999, true)
    s.reveal(el, 2_500_000)
    s.scrolled(el)
    expect(s.range()[0]).toBe(2_500_000 - 20)
  })
})
