import { expect, test } from 'vitest'
import { editDistance, nearest } from './nearest.ts'

test('edit distance', () => {
  expect(editDistance('top', 'top', 3)).toBe(0)
  expect(editDistance('tpo', 'top', 3)).toBe(1)
  expect(editDistance('kitten', 'sitting', 5)).toBe(3)
  expect(editDistance('', 'abc', 5)).toBe(3)
})

test('gives up beyond the limit', () => {
  expect(editDistance('kitten', 'sitting', 2)).toBe(3)
  expect(editDistance('a', 'abcdefgh', 2)).toBe(3)
  expect(editDistance('x'.repeat(10_000), 'y'.repeat(10_000), 2)).toBe(3)
})

test('nearest names first, and none that are far', () => {
  const commands = ['top', 'tree', 'tags', 'traces', 'peek']
  expect(nearest('topp', commands, 2)).toEqual(['top'])
  expect(nearest('trace', commands, 2)).toEqual(['traces'])
  expect(nearest('TREE', commands, 2)).toEqual(['tree'])
  expect(nearest('heapdump', commands, 2)).toEqual([])
})
