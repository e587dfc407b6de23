import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GrowBytes, GrowIds, GrowU32 } from './grow.ts'

test('a column of ids widens without losing any, and no sooner than it must', () => {
  const id = fc.oneof(fc.nat({ max: 255 }), fc.nat({ max: 65536 }), fc.nat({ max: 0xffffffff }))
  fc.assert(
    fc.property(fc.array(id), (ids) => {
      const g = new GrowIds(1)
      for (const v of ids) g.push(v)
      const column = g.done()
      expect([...column]).toEqual(ids)
      const top = Math.max(0, ...ids)
      expect(column.BYTES_PER_ELEMENT).toBe(top <= 0xff ? 1 : top <= 0xffff ? 2 : 4)
    }),
    { seed: 1 },
  )
})

test('what is finished holds what was pushed', () => {
  const u32 = new GrowU32(1)
  const bytes = new GrowBytes(1)
  for (let i = 0; i < 100; i++) {
    u32.push(i * 43000000)
    bytes.push(i)
  }
  bytes.append(Uint8Array.of(7, 8, 9, 10), 1, 3)
  bytes.append(
    Uint8Array.from({ length: 100 }, (_, i) => i),
    1,
    99,
  )
  expect([...u32.done()]).toEqual(Array.from({ length: 100 }, (_, i) => i * 43000000))
  expect([...bytes.a.subarray(0, bytes.length)].slice(98)).toEqual([
    98,
    99,
    8,
    9,
    ...Array.from({ length: 98 }, (_, i) => i + 1),
  ])
})
