// Mach-O (macOS, iOS; <mach-o/loader.h>, <mach-o/fat.h>).

import { DecodeError } from '../base/errors.ts'
import { decodeUtf8 } from '../base/utf8.ts'
import { type ByteReader, Fields, readExactly, windowReader } from './byte-reader.ts'
import type { Image, Section, Segment } from './image.ts'
import { SymbolTable } from './symbols.ts'

const FORMAT = 'macho'

const LC = {
  segment: 0x1,
  symtab: 0x2,
  segment64: 0x19,
  uuid: 0x1b,
  main: 0x80000028,
  chainedFixups: 0x80000034,
} as const

export interface MachoImage extends Image {
  readonly format: 'macho'
  /** Place of the symbol table; undefined if there is none. */
  readonly symtab: { offset: number; count: number; stringOffset: number; stringSize: number } | undefined
  /** LC_UUID in hex, '' if there is none. */
  readonly uuid: string
  /** Pointers in the file carry links of the fixup chain in their upper bits (LC_DYLD_CHAINED_FIXUPS). */
  readonly chainedFixups: boolean
}

const CPUS: ReadonlyMap<number, string> = new Map([
  [7, '386'],
  [0x01000007, 'amd64'],
  [12, 'arm'],
  [0x0100000c, 'arm64'],
  [0x01000012, 'ppc64'],
])

/** One architecture in a fat file. */
export interface FatArch {
  /** GOARCH, '' if unknown. */
  readonly arch: string
  readonly reader: ByteReader
}

const magicOf = (head: Uint8Array): number =>
  head.length < 4 ? 0 : ((head[0] << 24) | (head[1] << 16) | (head[2] << 8) | head[3]) >>> 0

/** True for a thin Mach-O file of any byte order. */
export function isMacho(head: Uint8Array): boolean {
  const m = magicOf(head)
  return m === 0xfeedface || m === 0xfeedfacf || m === 0xcefaedfe || m === 0xcffaedfe
}

/** True for a fat Mach-O file. Java classes share the number; their "count" of architectures is a version, 45 or more. */
export function isFatMacho(head: Uint8Array): boolean {
  const m = magicOf(head)
  return (m === 0xcafebabe || m === 0xcafebabf) && head.length >= 8 && magicOf(head.subarray(4)) < 40
}

/** The architectures of a fat file, in file order. Throws DecodeError. */
export function decodeFat(reader: ByteReader): FatArch[] {
  const head = new Fields(readExactly(reader, FORMAT, 0, 8, 'the header'), false, FORMAT)
  const wide = head.u32(0) === 0xcafebabf
  const count = head.u32(4)
  const entry = wide ? 32 : 20
  if (count < 1) throw new DecodeError(FORMAT, 4, 'a universal binary without architectures')
  const t = new Fields(
    readExactly(reader, FORMAT, 8, count * entry, 'the table of architectures'),
    false,
    FORMAT,
    8,
  )
  const out: FatArch[] = []
  for (let i = 0; i < count; i++) {
    const at = i * entry
    const offset = wide ? t.u64(at + 8) : t.u32(at + 8)
    const size = wide ? t.u64(at + 16) : t.u32(at + 12)
    out.push({ arch: CPUS.get(t.u32(at)) ?? '', reader: windowReader(reader, offset, size) })
  }
  return out
}

/** Reads the load commands. Throws DecodeError. */
export function decodeMacho(reader: ByteReader): MachoImage {
  const magic = readExactly(reader, FORMAT, 0, 4, 'the header')
  if (!isMacho(magic)) throw new DecodeError(FORMAT, 0, 'not a Mach-O file')
  const little = magic[0] !== 0xfe
  const wide = (little ? magic[0] : magic[3]) === 0xcf
  const headSize = wide ? 32 : 28
  const h = new Fields(readExactly(reader, FORMAT, 0, headSize, 'the header'), little, FORMAT)
  const fileType = h.u32(12)
  const count = h.u32(16)
  const size = h.u32(20)
  const t = new Fields(
    readExactly(reader, FORMAT, headSize, size, 'the load commands'),
    little,
    FORMAT,
    headSize,
  )
  const sections: Section[] = []
  const segments: Segment[] = []
  let symtab: MachoImage['symtab']
  let uuid = ''
  let entry = 0
  let chainedFixups = false
  let at = 0
  for (let i = 0; i < count; i++) {
    const command = t.u32(at)
    const length = t.u32(at + 4)
    // A command is at least its own header: the loop ends within the table.
    if (length < 8 || length > size - at) {
      throw new DecodeError(FORMAT, headSize + at, 'a load command has an impossible size')
    }
    const c = new Fields(t.bytes.subarray(at, at + length), little, FORMAT, headSize + at)
    switch (command) {
      case LC.segment:
      case LC.segment64:
        readSegment(c, command === LC.segment64, segments, sections)
        break
      case LC.symtab:
        symtab = { offset: c.u32(8), count: c.u32(12), stringOffset: c.u32(16), stringSize: c.u32(20) }
        break
      case LC.uuid:
        uuid = Array.from(c.bytes.subarray(8, 24), (b) => b.toString(16).padStart(2, '0')).join('')
        break
      case LC.main:
        entry = c.u64(8)
        break
      case LC.chainedFixups:
        chainedFixups = true
        break
    }
    at += length
  }
  return {
    format: FORMAT,
    reader,
    arch: CPUS.get(h.u32(4)) ?? '',
    little,
    pointerSize: wide ? 8 : 4,
    kind:
      fileType === 2
        ? 'executable'
        : fileType === 6 || fileType === 8
          ? 'shared'
          : fileType === 1
            ? 'object'
            : 'other',
    entry,
    sections,
    segments,
    loadAddress: segments.find((s) => s.name === '__TEXT')?.address,
    symtab,
    uuid,
    chainedFixups,
  }
}

const text = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0)
  return decodeUtf8(end < 0 ? bytes : bytes.subarray(0, end))
}

function readSegment(c: Fields, wide: boolean, segments: Segment[], sections: Section[]): void {
  const w = wide ? 8 : 4
  // name[16] at 8, then vmaddr, vmsize, fileoff, filesize as words, maxprot, initprot, nsects, flags.
  const after = 24 + 4 * w
  const protection = c.i32(after + 4)
  segments.push({
    name: text(c.bytes.subarray(8, 24)),
    address: c.address(24, w),
    size: c.word(24 + w, w),
    offset: c.word(24 + 2 * w, w),
    fileSize: c.word(24 + 3 * w, w),
    align: 0,
    executable: (protection & 4) !== 0,
    writable: (protection & 2) !== 0,
  })
  const count = c.u32(after + 8)
  const entry = wide ? 80 : 68
  const first = after + 16
  // Fields throws at the first section beyond the command, whatever the count says.
  for (let i = 0; i < count; i++) {
    const at = first + i * entry
    const size = c.word(at + 32 + w, w)
    const flags = c.u32(at + 48 + 2 * w)
    const zeroFill = ZERO_FILL.has(flags & 0xff)
    sections.push({
      name: text(c.bytes.subarray(at, at + 16)),
      segment: text(c.bytes.subarray(at + 16, at + 32)),
      address: c.address(at + 32, w),
      size,
      offset: c.u32(at + 32 + 2 * w),
      fileSize: zeroFill ? 0 : size,
      compressed: false,
    })
  }
}

/** Section types without bytes in the file: S_ZEROFILL, S_GB_ZEROFILL, S_THREAD_LOCAL_ZEROFILL. */
const ZERO_FILL: ReadonlySet<number> = new Set([1, 12, 18])

/** Debugger symbols (N_STAB) are no symbols of the program. */
const STAB = 0xe0

/** The symbol table; undefined if the file has none. Throws DecodeError. */
export function machoSymbols(image: MachoImage): SymbolTable | undefined {
  const { symtab } = image
  if (symtab === undefined) return undefined
  const entry = image.pointerSize === 8 ? 16 : 12
  const bytes = readExactly(image.reader, FORMAT, symtab.offset, symtab.count * entry, 'the symbol table')
  const names = readExactly(image.reader, FORMAT, symtab.stringOffset, symtab.stringSize, 'the string table')
  const t = new Fields(bytes, image.little, FORMAT, symtab.offset)
  const address = new Float64Array(symtab.count)
  const code = new Uint8Array(symtab.count)
  const nameStart = new Uint32Array(symtab.count)
  const codes = image.sections.map(sectionCode)
  let count = 0
  for (let i = 0; i < symtab.count; i++) {
    const at = i * entry
    if ((t.u8(at + 4) & STAB) !== 0) continue
    const start = t.u32(at)
    if (start >= names.length)
      throw new DecodeError(FORMAT, symtab.offset + at, 'a symbol has an impossible name')
    const section = t.u8(at + 5)
    nameStart[count] = start
    address[count] = t.address(at + 8, image.pointerSize)
    code[count] = section === 0 ? 0x55 : (codes[section - 1] ?? 0x3f)
    count++
  }
  return new SymbolTable({
    count,
    address,
    size: null,
    code,
    nameStart,
    names: { bytes: names, inlineBefore: 0, underscore: true },
  })
}

/** The nm letter of symbols in a section, after cmd/internal/objfile. */
function sectionCode(section: Section): number {
  const { segment, name } = section
  if (segment === '__TEXT') return name === '__text' ? 0x54 : 0x52
  if (segment === '__DATA_CONST') return 0x52
  if (segment === '__DATA') return name === '__bss' || name === '__noptrbss' ? 0x42 : 0x44
  return 0x3f
}
