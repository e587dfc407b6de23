import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toInt } from '../base/int64.ts'
import { IdTable } from './id-table.ts'
import { TraceStacks } from './trace-stacks.ts'

/** Ids of all sizes, many of which share their low bits. */
const id = fc
  .oneof(
    fc.bigInt({ min: -5n, max: 40n }),
    fc.bigInt({ min: 4194300n, max: 4194320n }),
    fc.bigInt({ min: -(1n << 63n), max: (1n << 64n) - 1n }),
    fc.bigInt({ min: 0n, max: 200n }).map((v) => v << 24n),
  )
  .map(toInt)

test('an id has one row, rows are numbered in order of first mention', () => {
  fc.assert(
    fc.property(fc.array(id, { maxLength: 400 }), (ids) => {
      const table = new IdTable()
      const model = new Map<unknown, number>()
      for (const v of ids) {
        expect(table.find(v)).toBe(model.get(v) ?? -1)
        if (!model.has(v)) model.set(v, model.size)
        expect(table.intern(v)).toBe(model.get(v))
      }
      expect(table.count).toBe(model.size)
      for (const [v, row] of model) {
        expect(table.find(v as number)).toBe(row)
        expect(table.id(row)).toBe(v)
      }
    }),
  )
})

test('many ids, and many that want the same slot', () => {
  const table = new IdTable()
  const ids = Array.from({ length: 20000 }, (_, i) => (i % 3 === 0 ? 2 ** 40 * (i + 1) : 50_000_000 + i))
  for (const [row, v] of ids.entries()) expect(table.intern(v)).toBe(row)
  for (const [row, v] of ids.entries()) expect(table.find(v)).toBe(row)
  expect(table.find(49_999_999)).toBe(-1)
})

test('frames and stacks: equal ones share a row, different ones never', () => {
  const frame = fc.tuple(fc.nat(3), fc.nat(2), fc.nat(2), fc.nat(30))
  fc.assert(
    fc.property(fc.array(fc.array(frame, { maxLength: 4 }), { maxLength: 300 }), (stacks) => {
      const table = new TraceStacks()
      const rows = new Map<string, number>()
      for (const stack of stacks) {
        const frames = stack.map(([pc, fn, file, line]) => table.internFrame(pc, fn, file, line))
        for (const [i, row] of frames.entries())
          expect([table.pc[row], table.fn.a[row], table.file.a[row], table.line[row]]).toEqual(stack[i])
        const row = table.internStack(frames, 0, frames.length)
        expect(row).toBeGreaterThan(0)
        const key = JSON.stringify(stack)
        expect(rows.get(key) ?? row).toBe(row)
        rows.set(key, row)
      }
      expect(new Set(rows.values()).size).toBe(rows.size)
      expect(table.count).toBe(rows.size + 1)
    }),
  )
})
