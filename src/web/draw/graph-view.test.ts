import { expect, test } from 'vitest'
import { centred, filled, fitView, isSeen, MOST_ZOOM, parseView, viewText, zoomed } from './graph-view.ts'

const screen = { width: 800, height: 600 }

test('what fits is shown whole and no larger than life', () => {
  expect(fitView({ width: 100, height: 100 }, screen)).toEqual({ k: 1, x: 350, y: 250 })
  const v = fitView({ width: 1000, height: 100 }, screen)
  expect(v.k).toBeCloseTo(0.768)
  expect(isSeen(v, { x: 0, y: 0, width: 1000, height: 100 }, screen)).toBe(true)
})
test('of what is too large to be read a part is shown', () => {
  const v = fitView({ width: 9000, height: 9000 }, screen, { x: 4000, y: 5000 })
  expect(v.k).toBeGreaterThan(0.6)
  expect(isSeen(v, { x: 3990, y: 4990, width: 20, height: 20 }, screen)).toBe(true)
})
test('zoom keeps the point under the pointer, and has ends', () => {
  const v = centred(1, { x: 10, y: 20 }, screen)
  const at = { x: 123, y: 45 }
  const z = zoomed(v, 1.7, at)
  expect((at.x - z.x) / z.k).toBeCloseTo((at.x - v.x) / v.k)
  expect((at.y - z.y) / z.k).toBeCloseTo((at.y - v.y) / v.k)
  expect(zoomed(v, 1e9, at).k).toBe(MOST_ZOOM)
})
test('goes through the address', () => {
  expect(parseView(viewText({ k: 0.5, x: -12.4, y: 7 }))).toEqual({ k: 0.5, x: -12, y: 7 })
  for (const text of ['', '1', '0,1,2', '99,1,2', 'NaN,1,2', '1,2,x', '-1,2,3'])
    expect(parseView(text)).toBeUndefined()
})

test('no room is left beside a picture that could fill it', () => {
  const picture = { width: 2000, height: 100 }
  expect(filled({ k: 1, x: 300, y: 50 }, picture, screen)).toEqual({ k: 1, x: 16, y: 50 })
  expect(filled({ k: 1, x: -5000, y: 50 }, picture, screen)).toEqual({ k: 1, x: -1216, y: 50 })
  expect(filled({ k: 1, x: -500, y: 50 }, picture, screen).x).toBe(-500)
})
