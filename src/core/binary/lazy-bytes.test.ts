import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ByteReader, bytesReader } from './byte-reader.ts'
import { openExecutable } from './executable.ts'
import { handmadeElf, unreverse } from './handmade-elf.ts'
import { LazyBytes } from './lazy-bytes.ts'
import { PcLineTable } from './pclntab.ts'

const file = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7 + (i >> 8)) & 255)

/** A reader that notes what it was asked for. */
function noting(bytes: Uint8Array): { reader: ByteReader; reads: [number, number][] } {
  const reads: [number, number][] = []
  const inner = bytesReader(bytes)
  const read = (offset: number, length: number): Uint8Array => {
    reads.push([offset, length])
    return inner.read(offset, length)
  }
  return { reader: { size: bytes.length, read }, reads }
}

test('what was needed is there, whatever was needed before', () => {
  const part = fc.tuple(fc.integer({ min: -10, max: 160_000 }), fc.integer({ min: -5, max: 90_000 }))
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (needs) => {
      const lazy = new LazyBytes(bytesReader(file), 1000, 150_000)
      for (const [from, length] of needs) {
        lazy.need(from, length)
        const a = Math.max(0, from)
        const b = Math.max(a, from + length)
        expect(Buffer.compare(lazy.bytes.subarray(a, b), file.subarray(1000, 151_000).subarray(a, b))).toBe(0)
      }
    }),
  )
})

test('nothing is read twice, and long stretches in one go', () => {
  const { reader, reads } = noting(file)
  const lazy = new LazyBytes(reader, 0, file.length)
  expect(reads).toEqual([])
  lazy.need(40_000, 10)
  lazy.need(40_100, 10)
  lazy.need(0, file.length)
  lazy.need(5, 5)
  expect(reads).toEqual([
    [32_768, 32_768],
    [0, 32_768],
    [65_536, file.length - 65_536],
  ])
})

test('a part that reaches beyond the file ends with it', () => {
  expect(new LazyBytes(bytesReader(file), 199_990, 100).bytes).toHaveLength(10)
  const outside = new LazyBytes(bytesReader(file), 300_000, 100)
  outside.need(0, 50)
  expect(outside.bytes).toHaveLength(0)
})

test('lines asked for in any order are those asked for in order', () => {
  const { bytes, text } = handmadeElf()
  const exe = openExecutable(bytesReader(bytes), { inflate: unreverse })
  const section = exe.section('.gopclntab')!
  const table = exe.sectionBytes(section)
  const fresh = (pc: number): [number, string] => {
    const t = new PcLineTable(table, text)
    const fn = t.find(pc)
    return fn < 0 ? [0, ''] : [t.line(fn, pc), t.file(fn, pc)]
  }
  fc.assert(
    fc.property(fc.array(fc.nat(0x30), { minLength: 1, maxLength: 30 }), (offsets) => {
      const lazy = new LazyBytes(bytesReader(bytes), section.offset, section.fileSize)
      lazy.need(0, 128)
      const t = new PcLineTable(lazy.bytes, text, (at, n) => lazy.need(at, n))
      for (const offset of offsets) {
        const pc = text + offset
        const fn = t.find(pc)
        expect(fn < 0 ? [0, ''] : [t.line(fn, pc), t.file(fn, pc)]).toEqual(fresh(pc))
      }
    }),
  )
})

test('behind the last run of a function there is no line, however often it is asked for', () => {
  const { bytes, text } = handmadeElf()
  const t = openExecutable(bytesReader(bytes), { inflate: unreverse }).go!.pcln
  const fn = t.find(text)
  const beyond = text + 0x1000
  expect([t.line(fn, beyond), t.line(fn, beyond), t.line(fn, text), t.line(fn, beyond)]).toEqual([
    -1, -1, 10, -1,
  ])
})
