// ELF (Linux, BSDs; System V ABI, "Object Files"). Accepts and refuses what debug/elf does, but for
// names: a section whose name cannot be read has none.

import { DecodeError } from '../base/errors.ts'
import { decodeUtf8 } from '../base/utf8.ts'
import { type ByteReader, Fields, readExactly } from './byte-reader.ts'
import type { Image, Section, Segment } from './image.ts'
import { LazyBytes } from './lazy-bytes.ts'
import { SymbolTable } from './symbols.ts'

const FORMAT = 'elf'
const TWO32 = 4294967296

const SHT = { symtab: 2, strtab: 3, rela: 4, note: 7, nobits: 8, rel: 9, dynsym: 11 } as const
const SHF = { write: 1, alloc: 2, exec: 4, compressed: 0x800 } as const
const PT = { load: 1, note: 4 } as const
const SHN = { undef: 0, loreserve: 0xff00, common: 0xfff2, xindex: 0xffff } as const

/** Raw header fields of a section, beside the neutral ones. */
export interface ElfSection extends Section {
  readonly type: number
  readonly flags: number
  readonly link: number
  readonly align: number
  readonly entrySize: number
}

/** A program header of any type. */
export interface ElfSegment extends Segment {
  readonly type: number
}

export interface ElfImage extends Image {
  readonly format: 'elf'
  readonly sections: readonly ElfSection[]
  /** All program headers; `segments` holds the loaded ones. */
  readonly programHeaders: readonly ElfSegment[]
}

// e_machine -> GOARCH, the ones that cmd/internal/objfile names (plus mips).
const MACHINES: ReadonlyMap<number, (wide: boolean, little: boolean) => string> = new Map<
  number,
  (wide: boolean, little: boolean) => string
>([
  [3, () => '386'],
  [62, () => 'amd64'],
  [40, () => 'arm'],
  [183, () => 'arm64'],
  [258, () => 'loong64'],
  [21, (_, little) => (little ? 'ppc64le' : 'ppc64')],
  [243, (wide) => (wide ? 'riscv64' : '')],
  [22, () => 's390x'],
  [8, (wide, little) => `mips${wide ? '64' : ''}${little ? 'le' : ''}`],
])

const KINDS: readonly Image['kind'][] = ['other', 'object', 'executable', 'shared']

/** True if the file starts as ELF files do. */
export function isElf(head: Uint8Array): boolean {
  return head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46
}

/** Reads headers, section and segment tables. Throws DecodeError. */
export function decodeElf(reader: ByteReader): ElfImage {
  const ident = readExactly(reader, FORMAT, 0, 16, 'the ELF header')
  if (!isElf(ident)) throw new DecodeError(FORMAT, 0, 'not an ELF file')
  if (ident[4] !== 1 && ident[4] !== 2) throw new DecodeError(FORMAT, 4, `unknown ELF class ${ident[4]}`)
  if (ident[5] !== 1 && ident[5] !== 2) throw new DecodeError(FORMAT, 5, `unknown ELF byte order ${ident[5]}`)
  if (ident[6] !== 1) throw new DecodeError(FORMAT, 6, `unknown ELF version ${ident[6]}`)
  const wide = ident[4] === 2
  const little = ident[5] === 1
  const w = wide ? 8 : 4
  const h = new Fields(readExactly(reader, FORMAT, 0, wide ? 64 : 52, 'the ELF header'), little, FORMAT)
  const afterWords = 24 + 3 * w
  const programOffset = h.word(24 + w, w)
  const sectionOffset = h.word(24 + 2 * w, w)
  const programEntry = h.u16(afterWords + 6)
  const programCount = h.u16(afterWords + 8)
  const sectionEntry = h.u16(afterWords + 10)
  let sectionCount = h.u16(afterWords + 12)
  let nameSection = h.u16(afterWords + 14)
  if (sectionOffset === 0 && sectionCount !== 0)
    throw new DecodeError(FORMAT, 0, 'sections without a section table')
  if (sectionCount > 0 && nameSection >= sectionCount) {
    throw new DecodeError(FORMAT, afterWords + 14, 'the section of section names does not exist')
  }
  const programHeaders = readPrograms(reader, little, wide, programOffset, programEntry, programCount)

  // 0xff00 sections and more: the true number stands in the first section's header.
  if (sectionOffset > 0 && sectionCount === 0) {
    const first = new Fields(
      readExactly(reader, FORMAT, sectionOffset, wide ? 64 : 40, 'the section table'),
      little,
      FORMAT,
      sectionOffset,
    )
    sectionCount = first.word(8 + 3 * w, w)
    if (first.u32(4) !== 0 || sectionCount < SHN.loreserve) {
      throw new DecodeError(FORMAT, sectionOffset, 'the section table has no valid count')
    }
    if (nameSection === SHN.xindex) nameSection = first.u32(8 + 4 * w)
  }
  const sections = readSections(reader, little, wide, sectionOffset, sectionEntry, sectionCount, nameSection)

  const segments = programHeaders.filter((p) => p.type === PT.load)
  const text = segments.find((s) => s.executable)
  return {
    format: FORMAT,
    reader,
    arch: MACHINES.get(h.u16(18))?.(wide, little) ?? '',
    little,
    pointerSize: w,
    kind: KINDS[h.u16(16)] ?? 'other',
    entry: h.address(24, w),
    sections,
    programHeaders,
    segments,
    // Mappings start at pages, so pprof reckons with the segment's aligned start (objfile/elf.go: loadAddress).
    loadAddress: text === undefined ? undefined : text.address - positiveRest(text.address, text.align),
  }
}

/** a mod n, never negative; 0 for n = 0. */
function positiveRest(a: number, n: number): number {
  if (n <= 0) return 0
  const rest = a % n
  return rest < 0 ? rest + n : rest
}

function readPrograms(
  reader: ByteReader,
  little: boolean,
  wide: boolean,
  offset: number,
  entry: number,
  count: number,
): ElfSegment[] {
  if (count === 0) return []
  if (entry < (wide ? 56 : 32)) throw new DecodeError(FORMAT, 0, 'program headers are too small')
  const bytes = readExactly(reader, FORMAT, offset, count * entry, 'the program header table')
  const t = new Fields(bytes, little, FORMAT, offset)
  const out: ElfSegment[] = []
  for (let i = 0; i < count; i++) {
    const at = i * entry
    const flags = t.u32(at + (wide ? 4 : 24))
    const field = (k: number): number => at + (wide ? 8 + 8 * k : 4 + 4 * k)
    const w = wide ? 8 : 4
    // Fields: offset, vaddr, paddr, filesz, memsz, [flags of 32 bit], align.
    out.push({
      name: '',
      type: t.u32(at),
      offset: t.word(field(0), w),
      address: t.address(field(1), w),
      fileSize: t.word(field(3), w),
      size: t.word(field(4), w),
      align: t.word(wide ? field(5) : at + 28, w),
      executable: (flags & 1) !== 0,
      writable: (flags & 2) !== 0,
    })
  }
  return out
}

function readSections(
  reader: ByteReader,
  little: boolean,
  wide: boolean,
  offset: number,
  entry: number,
  count: number,
  nameSection: number,
): ElfSection[] {
  if (count === 0) return []
  if (entry < (wide ? 64 : 40)) throw new DecodeError(FORMAT, 0, 'section headers are too small')
  const t = new Fields(
    readExactly(reader, FORMAT, offset, count * entry, 'the section table'),
    little,
    FORMAT,
    offset,
  )
  const w = wide ? 8 : 4
  let names = new Uint8Array(0)
  if (nameSection > 0) {
    if (nameSection >= count)
      throw new DecodeError(FORMAT, offset, 'the section of section names does not exist')
    const at = nameSection * entry
    if (t.u32(at + 4) !== SHT.strtab) {
      throw new DecodeError(FORMAT, offset + at, 'the section of section names is not a string table')
    }
    names = new Uint8Array(
      readExactly(
        reader,
        FORMAT,
        t.word(at + 8 + 2 * w, w),
        t.word(at + 8 + 3 * w, w),
        'the table of section names',
      ),
    )
  }
  const out: ElfSection[] = []
  for (let i = 0; i < count; i++) {
    const at = i * entry
    const type = t.u32(at + 4)
    const flags = t.word(at + 8, w) % TWO32
    const size = t.word(at + 8 + 3 * w, w)
    out.push({
      name: nameAt(names, t.u32(at)),
      segment: '',
      type,
      flags,
      address: t.address(at + 8 + w, w),
      offset: t.word(at + 8 + 2 * w, w),
      size,
      fileSize: type === SHT.nobits ? 0 : size,
      link: t.u32(at + 8 + 4 * w),
      align: t.word(at + 16 + 4 * w, w),
      entrySize: t.word(at + 16 + 5 * w, w),
      compressed: (flags & SHF.compressed) !== 0,
    })
  }
  return out
}

/** Section names are short; a table with one huge string must not be decoded once per section. */
const MAX_SECTION_NAME = 1024

function nameAt(names: Uint8Array, from: number): string {
  const part = names.subarray(from, from + MAX_SECTION_NAME)
  const end = part.indexOf(0)
  return decodeUtf8(end < 0 ? part : part.subarray(0, end))
}

/**
 * The symbol table (.symtab), or the dynamic one (.dynsym); undefined if the file has none. Throws
 * DecodeError if it is damaged.
 */
export function elfSymbols(image: ElfImage, dynamic = false): SymbolTable | undefined {
  const section = image.sections.find((s) => s.type === (dynamic ? SHT.dynsym : SHT.symtab))
  if (section === undefined || section.fileSize === 0) return undefined
  const wide = image.pointerSize === 8
  const entry = wide ? 24 : 16
  if (section.fileSize % entry !== 0) {
    throw new DecodeError(FORMAT, section.offset, 'the symbol table is not a whole number of symbols')
  }
  const strings = image.sections[section.link]
  if (strings === undefined || strings.type !== SHT.strtab) {
    throw new DecodeError(FORMAT, section.offset, 'the symbol table names no string table')
  }
  const bytes = readExactly(image.reader, FORMAT, section.offset, section.fileSize, 'the symbol table')
  // Only a check: names are read when they are asked for.
  if (strings.fileSize > 0)
    readExactly(image.reader, FORMAT, strings.offset + strings.fileSize - 1, 1, 'the string table')
  const names = new LazyBytes(image.reader, strings.offset, strings.fileSize)
  // Row 0 of every ELF symbol table is empty.
  const count = section.fileSize / entry - 1
  const address = new Float64Array(count)
  const size = new Float64Array(count)
  const code = new Uint8Array(count)
  const nameStart = new Uint32Array(count)
  const codes = image.sections.map(sectionCode)
  const { little } = image
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  // A hundred thousand symbols are common, so this reads without the checks of Fields: the size is checked above.
  const word = (at: number): number => {
    const a = view.getUint32(at, little)
    const b = view.getUint32(at + 4, little)
    return little ? (b | 0) * TWO32 + a : (a | 0) * TWO32 + b
  }
  for (let i = 0; i < count; i++) {
    const at = (i + 1) * entry
    nameStart[i] = view.getUint32(at, little)
    address[i] = wide ? word(at + 8) : view.getUint32(at + 4, little)
    size[i] = wide ? word(at + 16) : view.getUint32(at + 8, little)
    const info = bytes[at + (wide ? 4 : 12)]
    const index = view.getUint16(at + (wide ? 6 : 14), little)
    let letter = 0x3f
    if (index === SHN.undef) letter = 0x55
    else if (index === SHN.common) letter = 0x42
    else if (index < codes.length) letter = codes[index]
    // Go adds the distance of the cases to '?' as well: a local symbol of no section is '_'.
    if (info >> 4 === 0) letter += 32
    code[i] = letter
  }
  return new SymbolTable({
    count,
    address,
    size,
    code,
    nameStart,
    names: {
      bytes: names.bytes,
      need: (from, length) => names.need(from, length),
      inlineBefore: 0,
      underscore: false,
    },
  })
}

/** The nm letter of symbols in a section. B for bss is Go 1.27's reading; Go 1.26 says D there. */
function sectionCode(section: ElfSection): number {
  switch (section.flags & (SHF.write | SHF.alloc | SHF.exec)) {
    case SHF.alloc | SHF.exec:
      return 0x54
    case SHF.alloc:
      return 0x52
    case SHF.alloc | SHF.write:
      return section.type === SHT.nobits ? 0x42 : 0x44
    default:
      return 0x3f
  }
}

/** Name and content of each note, from the note segments and then the note sections. Damage ends a list early. */
export function* elfNotes(image: ElfImage): Generator<{ name: string; type: number; content: Uint8Array }> {
  const places = [
    ...image.programHeaders.filter((p) => p.type === PT.note),
    ...image.sections.filter((s) => s.type === SHT.note),
  ]
  for (const place of places) {
    // Notes hold ids and versions; a longer table is not one.
    const bytes = image.reader.read(place.offset, Math.min(place.fileSize, 1 << 20))
    const t = new Fields(bytes, image.little, FORMAT, place.offset)
    const align = place.align === 8 ? 8 : 4
    const up = (n: number): number => Math.ceil(n / align) * align
    let at = 0
    while (at + 12 <= bytes.length) {
      const nameSize = t.u32(at)
      const contentSize = t.u32(at + 4)
      const nameEnd = at + 12 + nameSize
      const content = up(nameEnd)
      if (content + contentSize > bytes.length) break
      const name = bytes.subarray(at + 12, nameEnd)
      const zero = name.indexOf(0)
      yield {
        name: decodeUtf8(zero < 0 ? name : name.subarray(0, zero)),
        type: t.u32(at + 8),
        content: bytes.subarray(content, content + contentSize),
      }
      at = up(content + contentSize)
    }
  }
}

/**
 * Relocations without a symbol, by the address they apply to: what the loader stores there, where the
 * file itself may hold zeros (position-independent executables). Only those in [from, to), or, if
 * `value` is given, only those that store it. Empty where the machine keeps the values in place.
 */
export function elfRelativeRelocations(
  image: ElfImage,
  from: number,
  to: number,
  value?: number,
): Map<number, number> {
  const out = new Map<number, number>()
  const w = image.pointerSize
  const entry = 3 * w
  for (const section of image.sections) {
    // Sections that are not loaded hold relocations for the linker.
    if (section.type !== SHT.rela || (section.flags & SHF.alloc) === 0) continue
    const bytes = image.reader.read(section.offset, section.fileSize)
    const t = new Fields(bytes, image.little, FORMAT, section.offset)
    for (let at = 0; at + entry <= bytes.length; at += entry) {
      const symbol = w === 8 ? t.u32(at + (image.little ? 12 : 8)) : t.u32(at + 4) >>> 8
      if (symbol !== 0) continue
      const place = t.address(at, w)
      const addend = w === 8 ? t.i64(at + 16) : t.u32(at + 8)
      if (value === undefined ? place >= from && place < to : addend === value) out.set(place, addend)
    }
  }
  return out
}
