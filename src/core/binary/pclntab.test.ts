import { describe, expect, test } from 'vitest'
import { DecodeError } from '../base/errors.ts'
import { encodeUtf8 } from '../base/utf8.ts'
import { PcLineTable, type PclnVersion, pclnHeader } from './pclntab.ts'

const MAGIC: Readonly<Record<PclnVersion, number>> = {
  12: 0xfffffffb,
  116: 0xfffffffa,
  118: 0xfffffff0,
  120: 0xfffffff1,
}

/** Bytes at any place, in one byte order. */
class Image {
  private readonly view = new DataView(new ArrayBuffer(512))
  readonly little: boolean
  constructor(little: boolean) {
    this.little = little
  }
  u32(at: number, v: number): void {
    this.view.setUint32(at, v, this.little)
  }
  word(at: number, size: number, v: number): void {
    if (size === 4) this.u32(at, v)
    else this.view.setBigUint64(at, BigInt(v), this.little)
  }
  put(at: number, ...values: number[]): void {
    values.forEach((v, i) => {
      this.view.setUint8(at + i, v)
    })
  }
  text(at: number, s: string): void {
    this.put(at, ...encodeUtf8(s), 0)
  }
  done(): Uint8Array {
    return new Uint8Array(this.view.buffer)
  }
}

/** One function "f" of 8 instructions from 0x1000 on, lines 7 and (from the 4th instruction) 9 of a.go. */
function build(version: PclnVersion, little: boolean, ptr: 4 | 8, quantum: number): Uint8Array {
  const im = new Image(little)
  im.u32(0, MAGIC[version])
  im.put(6, quantum, ptr)
  const size = 8 * quantum
  const [names, units, files, values, functions] =
    version === 12 ? [0, 0, 0, 0, 0] : [0x60, 0x70, 0x80, 0xa0, 0xc0]
  if (version === 12) {
    const table = 8 + ptr
    im.word(8, ptr, 1)
    im.word(table, ptr, 0x1000)
    im.word(table + ptr, ptr, 0x100)
    im.word(table + 2 * ptr, ptr, 0x1000 + size)
    im.u32(table + 3 * ptr, 0x80)
    // Files by number; 0 is none.
    im.u32(0x80, 2)
    im.u32(0x84, 0x98)
    im.text(0x62, 'f')
    im.text(0x98, 'a.go')
  } else {
    const first = version === 116 ? 2 : 3
    const parts = [names, units, files, values, functions]
    im.word(8, ptr, 1)
    im.word(8 + ptr, ptr, 1)
    parts.forEach((p, i) => {
      im.word(8 + (first + i) * ptr, ptr, p)
    })
    const field = version === 116 ? ptr : 4
    im.word(functions, field, version === 116 ? 0x1000 : 0)
    im.word(functions + field, field, 0x40)
    im.word(functions + 2 * field, field, size + (version === 116 ? 0x1000 : 0))
    im.text(names + 2, 'f')
    im.u32(units, 0)
    im.text(files, 'a.go')
  }
  const at = version === 12 ? 0x100 : functions + 0x40
  const head = version >= 118 ? 4 : ptr
  const base = version === 12 ? 0 : values
  im.u32(at + head, version === 12 ? 0x62 : 2)
  im.u32(at + head + 16, 0xa8 - base)
  im.u32(at + head + 20, 0xb0 - base)
  if (version === 120) im.u32(at + head + 32, 6)
  // From -1 to file 1 or 0; from -1 to 7, then to 9.
  im.put(0xa8, version === 12 ? 4 : 2, 8, 0)
  im.put(0xb0, 16, 3, 4, 5, 0)
  return im.done()
}

describe.each([12, 116, 118, 120] as const)('version %i', (version) => {
  for (const little of [true, false]) {
    for (const ptr of [4, 8] as const) {
      const quantum = little ? 1 : 4
      test(`${little ? 'little' : 'big'} endian, pointers of ${ptr}`, () => {
        const bytes = build(version, little, ptr, quantum)
        expect(pclnHeader(bytes)).toEqual({ version, little, ptr })
        const t = new PcLineTable(bytes, 0x1000)
        expect(Array.from(t.entry)).toEqual([0x1000, 0x1000 + 8 * quantum])
        expect(t.find(0xfff)).toBe(-1)
        expect(t.find(0x1000)).toBe(0)
        expect(t.find(0x1000 + 8 * quantum)).toBe(-1)
        expect(t.name(0)).toBe('f')
        expect(t.startLine(0)).toBe(version === 120 ? 6 : 0)
        const lines = [0, 2, 3, 7].map((n) => t.line(0, 0x1000 + n * quantum))
        expect(lines).toEqual([7, 7, 9, 9])
        expect(t.file(0, 0x1000)).toBe('a.go')
        // Beyond the table's reach.
        expect(t.line(0, 0x1000 + 8 * quantum)).toBe(-1)
        expect(t.file(0, 0x1000 + 8 * quantum)).toBe('')
        const read = (): Uint8Array => new Uint8Array(0)
        expect(t.inlined(0, 0x1000, read, undefined)).toEqual([
          { fn: 'f', file: 'a.go', line: 7, startLine: version === 120 ? 6 : 0 },
        ])
      })
    }
  }

  test('truncations', () => {
    const bytes = build(version, true, 8, 1)
    for (let n = 0; n < bytes.length; n++) {
      let t: PcLineTable
      try {
        t = new PcLineTable(bytes.subarray(0, n), 0x1000)
      } catch (e) {
        expect(e).toBeInstanceOf(DecodeError)
        continue
      }
      expect(['f', '']).toContain(t.name(0))
      expect(['a.go', '']).toContain(t.file(0, 0x1000))
      expect([7, -1]).toContain(t.line(0, 0x1000))
    }
  })
})

test('a table without an end stops', () => {
  const bytes = build(120, true, 8, 1)
  // Runs that advance by nothing.
  bytes.fill(2, 0xb0, 0xc0)
  for (let i = 0xb1; i < 0xc0; i += 2) bytes[i] = 0
  const t = new PcLineTable(bytes, 0x1000)
  expect(t.line(0, 0x1004)).toBe(-1)
})
