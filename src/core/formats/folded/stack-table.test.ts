import { expect, test } from 'vitest'
import { StackTable } from './stack-table.ts'

test('stacks whose hashes are equal stay apart', () => {
  const table = new StackTable()
  // Found by solving the hash of two frames for the second one; all 32 bits are the same.
  const one = Uint32Array.of(0, 0)
  const other = Uint32Array.of(1, 3871953888)
  expect([one, other, one, other].map((ids) => table.add(ids, 2))).toEqual([0, 1, 0, 1])
})

test('rows stay what they are while the table grows', () => {
  const table = new StackTable()
  const ids = new Uint32Array(2)
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 50_000; i++) {
      ids[0] = i % 997
      ids[1] = i
      if (table.add(ids, 2) !== i) expect.unreachable(`stack ${i} is not row ${i}`)
    }
  }
  expect(table.count).toBe(50_000)
})

test('a stack is not the beginning of a longer one', () => {
  const table = new StackTable()
  const ids = Uint32Array.of(0, 0, 0)
  expect([0, 1, 2, 3, 2, 0].map((length) => table.add(ids, length))).toEqual([0, 1, 2, 3, 2, 0])
  expect([...table.start.a.subarray(0, 5)]).toEqual([0, 0, 1, 3, 6])
})
