import { describe, expect, test } from 'vitest'
import { keepsGrowing } from './growth.ts'

const EVEN = [0, 1, 2, 3]

describe('growth that goes on', () => {
  test.each([
    ['in equal steps', [10, 20, 30, 40]],
    ['faster and faster', [10, 15, 25, 45]],
    ['with a little back', [10, 20, 19, 30]],
  ])('%s', (_, weights) => {
    expect(keepsGrowing(weights, EVEN)).toBe(true)
  })

  test.each([
    ['not at all', [10, 10, 10, 10]],
    ['down', [40, 30, 20, 10]],
    ['up and down', [10, 30, 15, 40]],
    ['one jump', [10, 10, 40, 40]],
    ['levelling out', [10, 30, 38, 40]],
  ])('not: %s', (_, weights) => {
    expect(keepsGrowing(weights, EVEN)).toBe(false)
  })

  test('a short last step is judged by its rate', () => {
    // Three seconds of growth, and half a second more.
    expect(keepsGrowing([10, 20, 30, 32], [0, 1, 2, 2.5], { last: 0.15 })).toBe(true)
    expect(keepsGrowing([10, 20, 30, 30], [0, 1, 2, 2.5], { last: 0.15 })).toBe(false)
    expect(keepsGrowing([10, 20, 30, 30], [0, 1, 2, 2.5])).toBe(true)
  })
})
