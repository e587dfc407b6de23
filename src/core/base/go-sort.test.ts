import fc from 'fast-check'
import { expect, test } from 'vitest'
import { goSort, goSortArray } from './go-sort.ts'

/** Keys from a 32-bit generator, with a shape that sends the sort down one of its roads. */
function keys(n: number, shape: string, range: number): number[] {
  let seed = n * 7 + shape.length * 131 + range
  return Array.from({ length: n }, (_, i) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    const random = seed >>> 8
    if (shape === 'random') return random % range
    if (shape === 'steps') return Math.floor(i / range)
    if (shape === 'falling') return -Math.floor(i / range)
    if (shape === 'squares') return (i * i) % range
    // Up and down again.
    return i < n / 2 ? i : n - i
  })
}

/** The order that equal elements end up in, as one number. */
function orderOf(list: readonly number[]): number {
  const items = list.map((key, id) => ({ key, id }))
  goSortArray(items, (a, b) => a.key - b.key)
  return items.reduce((h, x) => (Math.imul(h, 31) + x.id) >>> 0, 0)
}

/** Recorded with Go. */
const RECORDED: readonly (readonly [number, string, number, number])[] = [
  [0, 'random', 3, 0],
  [12, 'random', 3, 3058735764],
  [13, 'random', 3, 1766641572],
  [50, 'falling', 2, 1486266421],
  [60, 'squares', 7, 632299686],
  [100, 'random', 4, 3926180164],
  [333, 'hill', 1, 4036507038],
  [500, 'falling', 3, 1184562874],
  [500, 'steps', 7, 723408122],
  [1000, 'random', 10, 209606296],
  [1000, 'squares', 50, 2485695500],
  [4096, 'hill', 1, 2804406640],
  [5000, 'squares', 1000, 2868378564],
  [5000, 'random', 2, 2706628592],
]

test.each(
  RECORDED,
)('%s elements, %s, range %s: as slices.SortFunc of Go 1.26 orders them', (n, shape, range, order) => {
  expect(orderOf(keys(n, shape, range))).toBe(order)
})

test('the result is sorted and nothing is lost', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 400 }), (list) => {
      const items = list.map((key, id) => ({ key, id }))
      goSortArray(items, (a, b) => a.key - b.key)
      expect(items.map((x) => x.key)).toEqual(list.toSorted((a, b) => a - b))
      expect(new Set(items.map((x) => x.id)).size).toBe(list.length)
    }),
  )
})

test('any comparison ends, also one that contradicts itself', () => {
  let seed = 1
  let asked = 0
  const n = 2000
  goSort(n, {
    less: () => {
      asked++
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
      return seed > 0x7fffffff
    },
    swap: () => undefined,
  })
  expect(asked).toBeLessThan(n * n)
})
