import { describe, expect, test } from 'vitest'
import { DecodeError } from '../base/errors.ts'
import { encodeUtf8 } from '../base/utf8.ts'
import { bytesReader } from './byte-reader.ts'
import { openExecutable } from './executable.ts'
import { Writer } from './handmade-elf.ts'

const IMAGE_BASE = 0x140000000

const field = (s: string): Uint8Array => {
  const out = new Uint8Array(8)
  out.set(encodeUtf8(s))
  return out
}

/** A 64-bit program: code, data with bss at its end, a section and a symbol with long names. */
function pe(): Uint8Array {
  const strings = new Writer().u32(0)
  const longSection = strings.text('.debug_abbrev')
  const longSymbol = strings.text('main.aLongFunctionName')
  const symbols = new Writer()
  const symbol = (name: Uint8Array | number, value: number, section: number, aux = 0): void => {
    if (typeof name === 'number') symbols.u32(0).u32(name)
    else symbols.bytes(name)
    symbols.u32(value).u16(section).u16(0x20).u8(2, aux)
    for (let i = 0; i < aux; i++) symbols.bytes(new Uint8Array(18).fill(0xee))
  }
  symbol(field('main.two'), 0x20, 1)
  symbol(longSymbol, 0, 1, 1)
  symbol(field('data'), 0, 2)
  symbol(field('zero'), 0x300, 2)
  symbol(field('extern'), 0, 0)
  const headers = 0x40 + 4 + 20 + 112 + 3 * 40
  const raw = 0x200
  const symtab = raw + 0x300
  const w = new Writer().u8(0x4d, 0x5a).align(0x3c)
  w.bytes(new Uint8Array(0x3c - w.length)).u32(0x40)
  w.u32(0x4550)
    .u16(0x8664)
    .u16(3)
    .u32(0)
    .u32(symtab)
    .u32(symbols.length / 18)
    .u16(112)
    .u16(0x22)
  const optional = w.length
  w.u16(0x20b).bytes(new Uint8Array(14)).u32(0x1000).u32(0x1000).u64(IMAGE_BASE)
  w.bytes(new Uint8Array(112 - (w.length - optional)))
  const section = (
    name: string,
    vsize: number,
    address: number,
    size: number,
    at: number,
    flags: number,
  ): void => {
    w.bytes(field(name)).u32(vsize).u32(address).u32(size).u32(at).u64(0).u32(0).u32(flags)
  }
  section('.text', 0x80, 0x1000, 0x100, raw, 0x60000020)
  section('.data', 0x400, 0x2000, 0x200, raw + 0x100, 0xc0000040)
  section(`/${longSection}`, 4, 0x3000, 0x10, raw, 0x42000040)
  expect(w.length).toBe(headers)
  w.bytes(new Uint8Array(symtab - w.length)).bytes(symbols.done())
  const table = strings.done()
  new DataView(table.buffer).setUint32(0, table.length, true)
  return w.bytes(table).done()
}

describe('a PE program', () => {
  const exe = openExecutable(bytesReader(pe()))

  test('headers', () => {
    expect(exe.arch).toBe('amd64')
    expect(exe.loadAddress).toBe(IMAGE_BASE)
    expect(exe.image.entry).toBe(IMAGE_BASE + 0x1000)
    expect(exe.text).toMatchObject({ address: IMAGE_BASE + 0x1000, size: 0x80, fileSize: 0x100 })
    expect(exe.image.sections.map((s) => s.name)).toEqual(['.text', '.data', '.debug_abbrev'])
  })

  test('symbols: short and long names, auxiliary entries skipped, bss by place', () => {
    const s = exe.symbols!
    expect(Array.from({ length: s.count }, (_, i) => [s.letter(i), s.name(i), s.size[i]])).toEqual([
      ['U', 'extern', IMAGE_BASE + 0x1000],
      ['T', 'main.aLongFunctionName', 0x20],
      ['T', 'main.two', 0xfe0],
      ['D', 'data', 0x300],
      ['B', 'zero', 0],
    ])
    expect(s.find('main.two', 'main.aLongFunctionName', 'main.tw')).toEqual([2, 1, -1])
  })
})

test('truncations end in DecodeError or in missing symbols', () => {
  const bytes = pe()
  for (let n = 0; n < bytes.length; n++) {
    try {
      const exe = openExecutable(bytesReader(bytes.subarray(0, n)))
      expect(exe.symbols).toBeUndefined()
    } catch (e) {
      expect(e).toBeInstanceOf(DecodeError)
    }
  }
})
