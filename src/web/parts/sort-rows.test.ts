import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sortByNumber, sortByText } from './sort-rows.ts'

const all = (n: number): Uint32Array => new Uint32Array(n).map((_, i) => i)

describe('rows by number', () => {
  test('what has no number comes last, whichever way', () => {
    const values = [3, Number.NaN, -1, 0, Number.NaN, 7]
    expect([...sortByNumber(all(6), (r) => values[r]!, true)]).toEqual([5, 0, 3, 2, 1, 4])
    expect([...sortByNumber(all(6), (r) => values[r]!, false)]).toEqual([2, 3, 0, 5, 1, 4])
  })

  test('many rows are ordered as few are', () => {
    const number = fc.oneof(
      fc.double({ noNaN: false }),
      fc.integer({ min: -3, max: 3 }),
      fc.constantFrom(0, -0, 2 ** 53, -(2 ** 60), 0.1),
    )
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 40 }), fc.boolean(), (some, descending) => {
        // Long enough for the road of many rows, with equal values at different places.
        const values = Array.from({ length: 2500 }, (_, i) => some[(i * 7) % some.length]!)
        const sorted = sortByNumber(all(values.length), (r) => values[r]!, descending)
        const sign = descending ? -1 : 1
        const expected = [...values.keys()].sort((a, b) => {
          const [x, y] = [values[a]!, values[b]!]
          if (Number.isNaN(x) || Number.isNaN(y))
            return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a - b
          return x < y ? -sign : x > y ? sign : a - b
        })
        expect([...sorted]).toEqual(expected)
      }),
      { numRuns: 30 },
    )
  })

  test('the rows given are left alone', () => {
    const rows = Uint32Array.of(2, 0, 1)
    expect([...sortByNumber(rows, (r) => -r, false)]).toEqual([2, 1, 0])
    expect([...rows]).toEqual([2, 0, 1])
  })
})

test('rows by text: stable, empty ones last', () => {
  const texts = ['b', '', 'a', 'b', 'A']
  expect([...sortByText(all(5), (r) => texts[r]!, false)]).toEqual([4, 2, 0, 3, 1])
  expect([...sortByText(all(5), (r) => texts[r]!, true)]).toEqual([0, 3, 2, 4, 1])
})
