import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PairTable } from './pair-table.ts'

const ROWS = 6
const step = fc.record({
  what: fc.constantFrom('add', 'set', 'delete', 'clear', 'dropZeros'),
  row: fc.nat(ROWS - 1),
  // Few keys, so that they meet again; some far apart.
  key: fc.oneof(fc.nat(5), fc.constantFrom(64, 1 << 20, 0x7fffffff)),
  amount: fc.integer({ min: -2, max: 2 }),
})

test('a table of pairs is a map per row', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const table = new PairTable()
      table.ensure(ROWS)
      const model = Array.from({ length: ROWS }, () => new Map<number, number>())
      for (const { what, row, key, amount } of steps) {
        const map = model[row]!
        if (what === 'add') {
          table.add(row, key, amount)
          map.set(key, (map.get(key) ?? 0) + amount)
        } else if (what === 'set') {
          table.set(row, key, amount)
          map.set(key, amount)
        } else if (what === 'delete') {
          table.delete(row, key)
          map.delete(key)
        } else if (what === 'clear') {
          table.clear(row)
          map.clear()
        } else {
          table.dropZeros(row)
          for (const [k, v] of map) if (v === 0) map.delete(k)
        }
        expect(table.size(row)).toBe(map.size)
        expect(table.get(row, key)).toBe(map.get(key) ?? 0)
      }
      for (const [row, map] of model.entries()) {
        const found = new Map<number, number>()
        for (let e = table.first(row); e >= 0; e = table.after(e)) found.set(table.key(e), table.value[e]!)
        expect(found).toEqual(map)
      }
    }),
  )
})

test('many keys in one row, and many rows with one key, are found', () => {
  const table = new PairTable()
  table.ensure(5000)
  for (let k = 0; k < 5000; k++) {
    table.add(0, k, k)
    table.add(k, 7, 1)
  }
  expect(table.size(0)).toBe(5000)
  expect(table.get(0, 4999)).toBe(4999)
  expect(table.get(0, 7)).toBe(8)
  expect(table.get(4999, 7)).toBe(1)
  expect(table.get(4999, 8)).toBe(0)
})
