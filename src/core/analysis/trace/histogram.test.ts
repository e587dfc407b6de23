import { expect, test } from 'vitest'
import { bucketOf, bucketStart, DurationHistogram } from './histogram.ts'

test('five buckets to a power of ten', () => {
  expect([1, 2, 10, 11, 100, 101, 1_000_000, 1_000_001].map(bucketOf)).toEqual([0, 1, 4, 5, 9, 10, 29, 30])
  expect([0, 5, 10, 25, 30].map(bucketStart)).toEqual([1, 10, 100, 100_000, 1_000_000])
})

test('what is not positive falls into the first', () => {
  expect([0, -5].map(bucketOf)).toEqual([0, 0])
})

test('rows leave out empty buckets', () => {
  const h = new DurationHistogram()
  for (const d of [0, 11, 12, 101]) h.add(d)
  expect(h.count).toBe(4)
  expect(h.rows()).toEqual([
    [0, 1, 1],
    [5, 10, 2],
    [10, 100, 1],
  ])
})
