import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ByteReader, bytesReader, pagedReader, windowReader } from './byte-reader.ts'
import { DwarfCursor } from './dwarf-cursor.ts'
import { Writer } from './handmade-elf.ts'

const SIZE = 100_000
const file = Uint8Array.from({ length: SIZE }, (_, i) => (i * 7 + (i >> 8)) & 0xff)
const place = fc.tuple(fc.integer({ min: -10, max: SIZE + 10 }), fc.integer({ min: -1, max: 40_000 }))

/** Bytes of the file in [offset, offset + length) that exist; nothing for a negative place. */
const expected = (from: number, size: number, offset: number, length: number): Uint8Array =>
  offset < 0
    ? new Uint8Array(0)
    : file.subarray(from + Math.min(offset, size), from + Math.min(offset + Math.max(length, 0), size))

const same = (reader: ByteReader, from: number, size: number): void => {
  fc.assert(
    fc.property(fc.array(place, { maxLength: 20 }), (reads) => {
      for (const [offset, length] of reads) {
        if (offset < 0) continue
        const got = reader.read(offset, length)
        const want = expected(from, size, offset, length)
        expect(got.length).toBe(want.length)
        // toEqual on thousands of bytes takes seconds.
        expect(got.every((b, i) => b === want[i])).toBe(true)
      }
    }),
  )
}

test('a paged reader reads as the reader under it', () => same(pagedReader(bytesReader(file)), 0, SIZE))

test('a window shows its part only', () => {
  same(windowReader(bytesReader(file), 5000, 30_000), 5000, 30_000)
  const cut = windowReader(bytesReader(file), SIZE - 10, 30_000)
  expect(cut.size).toBe(10)
  expect(cut.read(8, 100)).toEqual(file.subarray(SIZE - 2))
  expect(windowReader(bytesReader(file), SIZE + 5, 3).read(0, 3)).toHaveLength(0)
})

test('LEB128 numbers come back', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31 - 1), fc.integer(), fc.maxSafeNat(), (a, b, c) => {
      const r = new DwarfCursor(new Writer().uleb(a).sleb(b).uleb(c).done(), true)
      expect([r.uleb(), r.sleb(), r.uleb()]).toEqual([a, b, c])
    }),
  )
})
