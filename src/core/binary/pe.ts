// PE (Windows; Microsoft "PE Format").

import { DecodeError } from '../base/errors.ts'
import { decodeUtf8 } from '../base/utf8.ts'
import { type ByteReader, Fields, readExactly } from './byte-reader.ts'
import type { Image, Section, Segment } from './image.ts'
import { SymbolTable } from './symbols.ts'

const FORMAT = 'pe'

/** Section characteristics. */
const SCN = { code: 0x20, data: 0x40, bss: 0x80, execute: 0x20000000, write: 0x80000000 } as const

export interface PeSection extends Section {
  readonly characteristics: number
  /** Bytes in the file, as the header says. */
  readonly rawSize: number
}

export interface PeImage extends Image {
  readonly format: 'pe'
  readonly sections: readonly PeSection[]
  readonly imageBase: number
  /** The COFF symbol table; count 0 if there is none. The string table follows it. */
  readonly symtab: { offset: number; count: number }
}

const MACHINES: ReadonlyMap<number, string> = new Map([
  [0x14c, '386'],
  [0x8664, 'amd64'],
  [0xaa64, 'arm64'],
  [0x1c4, 'arm'],
])

const SYMBOL = 18

/** True if the file starts as DOS and Windows programs do. */
export function isPe(head: Uint8Array): boolean {
  return head[0] === 0x4d && head[1] === 0x5a
}

/** Reads headers and section table. Throws DecodeError. */
export function decodePe(reader: ByteReader): PeImage {
  const dos = new Fields(readExactly(reader, FORMAT, 0, 64, 'the DOS header'), true, FORMAT)
  if (!isPe(dos.bytes)) throw new DecodeError(FORMAT, 0, 'not a Windows program')
  const start = dos.u32(0x3c)
  const h = new Fields(readExactly(reader, FORMAT, start, 24, 'the PE header'), true, FORMAT, start)
  if (h.u32(0) !== 0x4550) throw new DecodeError(FORMAT, start, 'a DOS program, not a Windows one')
  const machine = h.u16(4)
  const sectionCount = h.u16(6)
  const symtab = { offset: h.u32(12), count: h.u32(16) }
  if (symtab.offset === 0) symtab.count = 0
  const optionalSize = h.u16(20)
  const optionalAt = start + 24
  const o = new Fields(
    readExactly(reader, FORMAT, optionalAt, optionalSize, 'the optional header'),
    true,
    FORMAT,
    optionalAt,
  )
  let imageBase = 0
  let wide = true
  let entry = 0
  if (optionalSize > 0) {
    const magic = o.u16(0)
    if (magic !== 0x10b && magic !== 0x20b)
      throw new DecodeError(FORMAT, optionalAt, 'unknown optional header')
    wide = magic === 0x20b
    entry = o.u32(16)
    imageBase = wide ? o.i64(24) : o.u32(28)
  }
  const sections = readSections(reader, optionalAt + optionalSize, sectionCount, imageBase, symtab)
  const segments: Segment[] = sections.map((s) => ({
    name: '',
    address: s.address,
    size: s.size,
    offset: s.offset,
    fileSize: s.fileSize,
    align: 0,
    executable: (s.characteristics & SCN.execute) !== 0,
    writable: (s.characteristics & SCN.write) !== 0,
  }))
  return {
    format: FORMAT,
    reader,
    arch: MACHINES.get(machine) ?? '',
    little: true,
    pointerSize: wide ? 8 : 4,
    kind: optionalSize === 0 ? 'object' : (h.u16(22) & 0x2000) !== 0 ? 'shared' : 'executable',
    entry: imageBase + entry,
    sections,
    segments,
    loadAddress: optionalSize === 0 ? undefined : imageBase,
    imageBase,
    symtab,
  }
}

function readSections(
  reader: ByteReader,
  offset: number,
  count: number,
  imageBase: number,
  symtab: PeImage['symtab'],
): PeSection[] {
  const t = new Fields(
    readExactly(reader, FORMAT, offset, count * 40, 'the section table'),
    true,
    FORMAT,
    offset,
  )
  const out: PeSection[] = []
  for (let i = 0; i < count; i++) {
    const at = i * 40
    const rawSize = t.u32(at + 16)
    const virtualSize = t.u32(at + 8)
    const fileOffset = t.u32(at + 20)
    out.push({
      name: sectionName(reader, t.bytes.subarray(at, at + 8), symtab),
      segment: '',
      address: imageBase + t.u32(at + 12),
      // Files that are no images leave the virtual size 0.
      size: virtualSize === 0 ? rawSize : virtualSize,
      offset: fileOffset,
      fileSize: fileOffset === 0 ? 0 : rawSize,
      compressed: false,
      characteristics: t.u32(at + 36),
      rawSize,
    })
  }
  return out
}

/** Names of more than 8 bytes are "/" and a decimal offset in the string table. */
function sectionName(reader: ByteReader, field: Uint8Array, symtab: PeImage['symtab']): string {
  const end = field.indexOf(0)
  const short = decodeUtf8(end < 0 ? field : field.subarray(0, end))
  const long = /^\/(\d+)$/.exec(short)
  if (long === null || symtab.offset === 0) return short
  const at = symtab.offset + symtab.count * SYMBOL + Number(long[1])
  const bytes = reader.read(at, 256)
  const zero = bytes.indexOf(0)
  return zero < 0 ? short : decodeUtf8(bytes.subarray(0, zero))
}

/** The COFF symbol table; empty if the file is stripped. Throws DecodeError. */
export function peSymbols(image: PeImage): SymbolTable {
  const { offset, count: total } = image.symtab
  const tableSize = total * SYMBOL
  const table = readExactly(image.reader, FORMAT, offset, tableSize, 'the symbol table')
  let bytes = table
  if (total > 0) {
    // Names shorter than 9 bytes lie in the symbols, the others in the string table right after: read
    // together, all names are offsets into one array. The string table starts with its own length.
    const length = new Fields(
      readExactly(image.reader, FORMAT, offset + tableSize, 4, 'the string table'),
      true,
      FORMAT,
    )
    bytes = readExactly(
      image.reader,
      FORMAT,
      offset,
      tableSize + Math.max(length.u32(0), 4),
      'the symbol names',
    )
  }
  const t = new Fields(table, true, FORMAT, offset)
  const address = new Float64Array(total)
  const code = new Uint8Array(total)
  const nameStart = new Uint32Array(total)
  const codes: number[] = []
  let bss = { section: 0, value: 0 }
  let count = 0
  for (let i = 0; i < total; i++) {
    const at = i * SYMBOL
    const long = t.u32(at) === 0
    // All zero: a symbol without a name. Offset 0 of the string table is its length, so bytes.length stands for none.
    const nameOffset = t.u32(at + 4)
    nameStart[count] = !long ? at : nameOffset === 0 ? bytes.length : tableSize + nameOffset
    const value = t.u32(at + 8)
    const section = t.i16(at + 12)
    if (section > 0) {
      const s = image.sections[section - 1]
      if (s === undefined)
        throw new DecodeError(FORMAT, offset + at, 'a symbol names a section that does not exist')
      address[count] = value + s.address
      code[count] = codes[section] ??= sectionCode(s)
      if (code[count] === 0x44) {
        if (bss.section === 0 && nameIs(bytes, nameStart[count], 'runtime.bss')) bss = { section, value }
        if (value >= s.rawSize) code[count] = 0x42
      }
    } else {
      address[count] = value
      code[count] = section === 0 ? 0x55 : section === -1 ? 0x43 : 0x3f
    }
    count++
    i += t.u8(at + 17)
  }
  // Go's linker puts bss at the end of .data: all from runtime.bss on is B (objfile of Go 1.27).
  if (bss.section > 0 && bss.value > 0) {
    const from = image.sections[bss.section - 1].address + bss.value
    const to = image.sections[bss.section - 1].address + image.sections[bss.section - 1].size
    for (let i = 0; i < count; i++) {
      if (code[i] === 0x44 && address[i] >= from && address[i] <= to) code[i] = 0x42
    }
  }
  return new SymbolTable({
    count,
    address,
    size: null,
    code,
    nameStart,
    names: { bytes, inlineBefore: tableSize, underscore: false },
  })
}

function nameIs(bytes: Uint8Array, from: number, name: string): boolean {
  for (let k = 0; k < name.length; k++) if (bytes[from + k] !== name.charCodeAt(k)) return false
  return bytes[from + name.length] === 0
}

/** The nm letter of symbols in a section. */
function sectionCode(section: PeSection): number {
  const c = section.characteristics
  if ((c & SCN.code) !== 0) return 0x54
  if ((c & SCN.data) !== 0) return (c & SCN.write) === 0 ? 0x52 : 0x44
  return (c & SCN.bss) !== 0 ? 0x42 : 0x3f
}
