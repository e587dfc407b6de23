import { expect, test } from 'vitest'
import { bytesReader } from './byte-reader.ts'
import { Dwarf } from './dwarf-info.ts'
import { DwarfSections } from './dwarf-sections.ts'
import { Writer } from './handmade-elf.ts'
import type { Image } from './image.ts'

/** Debug sections as a file of their own. */
function sectionsOf(parts: Readonly<Record<string, Uint8Array>>): DwarfSections {
  const all = new Writer()
  const sections = Object.entries(parts).map(([name, bytes]) => {
    const offset = all.length
    all.bytes(bytes)
    return {
      name: `.debug_${name}`,
      segment: '',
      address: 0,
      size: bytes.length,
      offset,
      fileSize: bytes.length,
      compressed: false,
    }
  })
  const image: Image = {
    format: 'elf',
    reader: bytesReader(all.done()),
    arch: 'amd64',
    little: true,
    pointerSize: 8,
    kind: 'executable',
    entry: 0,
    sections,
    segments: [],
    loadAddress: 0,
  }
  return new DwarfSections(image, undefined)
}

/**
 * DWARF 5 with everything by index: names (strx1), addresses (addrx), ranges (rnglistx), paths
 * (line_strp). Two pieces of one function: [0x1000, 0x1010) and the cold part [0x2000, 0x2008), out of order in the line
 * table.
 */
function sample(): Readonly<Record<string, Uint8Array>> {
  const abbrev = new Writer()
  const kind = (code: number, tag: number, children: number, ...attrs: number[]): void => {
    abbrev.uleb(code).uleb(tag).u8(children)
    for (const a of attrs) abbrev.uleb(a)
    abbrev.u8(0, 0)
  }
  // comp_dir line_strp, stmt_list, str_offsets_base, addr_base, rnglists_base, ranges rnglistx, low_pc addrx
  kind(1, 0x11, 1, 0x1b, 0x1f, 0x10, 0x17, 0x72, 0x17, 0x73, 0x17, 0x74, 0x17, 0x55, 0x23, 0x11, 0x1b)
  // name strx1, ranges rnglistx
  kind(2, 0x2e, 0, 0x03, 0x25, 0x55, 0x23)
  abbrev.u8(0)
  const info = new Writer().u16(5).u8(1, 8).u32(0)
  info.u8(1).u32(0).u32(0).u32(8).u32(8).u32(12).uleb(0).uleb(0)
  info.u8(2, 1).uleb(0).u8(0)
  const addr = new Writer().u32(20).u16(5).u8(8, 0).u64(0x1000).u64(0x2000)
  const str = new Writer()
  const other = str.text('other')
  const fn = str.text('split_fn')
  const offsets = new Writer().u32(12).u16(5).u16(0).u32(other).u32(fn)
  // One list behind a table of one offset, which counts from the table.
  const rnglists = new Writer().u32(0).u16(5).u8(8, 0).u32(1).u32(4)
  rnglists.u8(3).uleb(0).uleb(0x10)
  rnglists.u8(1).uleb(1).u8(4).uleb(0).uleb(8).u8(0)
  const lineStr = new Writer()
  const dir = lineStr.text('/build')
  const file = lineStr.text('split.c')
  const head = new Writer().u8(1, 1, 1, -3, 12, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1)
  head.u8(1, 1, 0x1f, 1).u32(dir)
  head.u8(2, 1, 0x1f, 2, 0x0b, 2).u32(file).u8(0).u32(file).u8(0)
  const ops = new Writer()
  ops.u8(0, 9, 2).u64(0x2000).u8(3).sleb(40).u8(1).u8(2).uleb(8).u8(0, 1, 1)
  // A special opcode: address +2, line +1, i.e. 13 + (1 + 3) + 12 * 2.
  ops
    .u8(0, 9, 2)
    .u64(0x1000)
    .u8(3)
    .sleb(10)
    .u8(1)
    .u8(13 + 4 + 24)
    .u8(2)
    .uleb(14)
    .u8(0, 1, 1)
  const line = new Writer()
    .u32(2 + 2 + 4 + head.length + ops.length)
    .u16(5)
    .u8(8, 0)
  line.u32(head.length).bytes(head.done()).bytes(ops.done())
  return {
    abbrev: abbrev.done(),
    info: new Writer().u32(info.length).bytes(info.done()).done(),
    addr: addr.done(),
    str: str.done(),
    str_offsets: offsets.done(),
    rnglists: rnglists.done(),
    line_str: lineStr.done(),
    line: line.done(),
  }
}

const show = (d: Dwarf, pc: number): string[] => d.frames(pc).map((f) => `${f.fn} ${f.file}:${f.line}`)

test('indexed names, addresses and ranges', () => {
  const d = new Dwarf(sectionsOf(sample()))
  expect(d.units).toHaveLength(1)
  expect(show(d, 0x1000)).toEqual(['split_fn /build/split.c:11'])
  expect(show(d, 0x1002)).toEqual(['split_fn /build/split.c:12'])
  expect(show(d, 0x2007)).toEqual(['split_fn /build/split.c:41'])
  for (const pc of [0xfff, 0x1010, 0x1fff, 0x2008]) expect(show(d, pc)).toEqual([])
})

test("Go's search in the line table misses what stands out of order", () => {
  const d = new Dwarf(sectionsOf(sample()))
  const lines = d.lines(d.units[0])!
  expect(lines.line[lines.row(0x1003)]).toBe(12)
  expect(lines.rowInOrder(0x1003)).toBe(-1)
  expect(lines.line[lines.rowInOrder(0x2003)]).toBe(41)
})

test('a unit of an unknown version ends the list', () => {
  const parts = sample()
  const info = new Writer().bytes(parts.info).bytes(parts.info).done()
  info[parts.info.length + 4] = 9
  expect(new Dwarf(sectionsOf({ ...parts, info })).units).toHaveLength(1)
})

test('any single damaged byte gives answers or none, no other exception', () => {
  const parts = sample()
  for (const [name, bytes] of Object.entries(parts)) {
    for (let i = 0; i < bytes.length; i++) {
      for (const v of [0, 0xff, bytes[i] ^ 1]) {
        const bad = bytes.slice()
        bad[i] = v
        const d = new Dwarf(sectionsOf({ ...parts, [name]: bad }))
        for (const pc of [0x1000, 0x2007, 0x3000]) d.frames(pc)
      }
    }
  }
})
