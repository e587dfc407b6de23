import { describe, expect, test } from 'vitest'
import { DecodeError } from '../base/errors.ts'
import { bytesReader } from './byte-reader.ts'
import { openExecutable } from './executable.ts'
import { Writer } from './handmade-elf.ts'

const fixed = (w: Writer, name: string): void => {
  const at = w.length
  w.text(name)
  w.bytes(new Uint8Array(16 - (w.length - at)))
}

/** A 64-bit arm64 program: one segment with code and data, symbols with and without "_". */
function macho(): Uint8Array {
  const strings = new Writer().u8(0)
  const symbols = new Writer()
  const symbol = (name: string, type: number, section: number, value: number): void => {
    symbols.u32(strings.text(name)).u8(type, section).u16(0).u64(value)
  }
  symbol('_main.two', 0x0f, 1, 0x100000120)
  symbol('main.go', 0x64, 0, 0)
  symbol('_main.one', 0x0f, 1, 0x100000100)
  symbol('_puts', 0x01, 0, 0)
  symbol('_value', 0x0e, 2, 0x100000200)
  const commands = new Writer()
  const sections = 2
  commands.u32(0x19).u32(72 + sections * 80)
  fixed(commands, '__TEXT')
  commands.u64(0x100000000).u64(0x1000).u64(0).u64(0x1000).u32(5).u32(5).u32(sections).u32(0)
  for (const [name, address, size] of [
    ['__text', 0x100000100, 0x40],
    ['__rodata', 0x100000200, 0x10],
  ] as const) {
    fixed(commands, name)
    fixed(commands, '__TEXT')
    commands
      .u64(address)
      .u64(size)
      .u32(address - 0x100000000)
      .u32(4)
      .u32(0)
      .u32(0)
      .u32(0)
      .u32(0)
      .u32(0)
      .u32(0)
  }
  const start = 32 + 72 + sections * 80 + 24 + 24
  commands
    .u32(0x2)
    .u32(24)
    .u32(start)
    .u32(5)
    .u32(start + 5 * 16)
    .u32(strings.length)
  commands
    .u32(0x1b)
    .u32(24)
    .bytes(Array.from({ length: 16 }, (_, i) => i))
  const w = new Writer()
    .u32(0xfeedfacf)
    .u32(0x0100000c)
    .u32(0)
    .u32(2)
    .u32(3)
    .u32(commands.length)
    .u32(0)
    .u32(0)
  return w.bytes(commands.done()).bytes(symbols.done()).bytes(strings.done()).done()
}

/** The file as the second architecture of a universal one. */
function fat(inner: Uint8Array): Uint8Array {
  const be = (w: Writer, v: number): Writer => w.u8(v >>> 24, v >>> 16, v >>> 8, v)
  const w = new Writer()
  for (const v of [0xcafebabe, 2, 0x01000007, 3, 0x1000, 4, 12, 0x0100000c, 0, 0x100, inner.length, 12])
    be(w, v)
  w.bytes(new Uint8Array(0x100 - w.length))
  return w.bytes(inner).done()
}

describe('a Mach-O program', () => {
  const exe = openExecutable(bytesReader(macho()))

  test('headers', () => {
    expect(exe.arch).toBe('arm64')
    expect(exe.image.kind).toBe('executable')
    expect(exe.loadAddress).toBe(0x100000000)
    expect(exe.text).toMatchObject({ name: '__text', segment: '__TEXT', address: 0x100000100, size: 0x40 })
    expect(exe.buildId).toBe('000102030405060708090a0b0c0d0e0f')
  })

  test('symbols: no debugger entries, sizes up to the next address, the linker underscore dropped', () => {
    const s = exe.symbols!
    expect(Array.from({ length: s.count }, (_, i) => [s.letter(i), s.name(i), s.size[i]])).toEqual([
      ['U', '_puts', 0x100000100],
      ['T', 'main.one', 0x20],
      ['T', 'main.two', 0xe0],
      ['R', '_value', 0],
    ])
    expect(s.find('main.two', '_value', 'value', '_main.one')).toEqual([2, 3, -1, -1])
  })
})

test('a universal binary gives the architecture that is asked for', () => {
  const bytes = fat(macho())
  expect(openExecutable(bytesReader(bytes), { arch: 'arm64' }).arch).toBe('arm64')
  // The first one does not lie in this file.
  expect(() => openExecutable(bytesReader(bytes))).toThrow(DecodeError)
})

test('a Java class is not a universal binary', () => {
  const bytes = Uint8Array.of(0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 52, 0, 0)
  expect(() => openExecutable(bytesReader(bytes))).toThrow('unrecognized object file')
})

test('truncations end in DecodeError or in missing symbols', () => {
  for (const bytes of [macho(), fat(macho())]) {
    for (let n = 0; n < bytes.length; n++) {
      try {
        const exe = openExecutable(bytesReader(bytes.subarray(0, n)), { arch: 'arm64' })
        expect(exe.symbols).toBeUndefined()
        expect(exe.problems).toHaveLength(1)
      } catch (e) {
        expect(e).toBeInstanceOf(DecodeError)
      }
    }
  }
})
