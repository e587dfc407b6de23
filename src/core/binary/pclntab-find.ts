// Where the Go line table lies in a file, where the code that it counts from starts, and where the
// data of its inline trees are. Easy with section names and symbols; without them:
//
//   1. the table itself is found by its magic number and a header that makes sense;
//   2. the runtime's module record (moduledata) is found as the pointer to that table, followed by a
//      pointer to the table's names, and holds both other addresses.
//
// In position-independent files the pointers are not in the data but in the relocations.

import { DecodeError } from '../base/errors.ts'
import { type ByteReader, Fields } from './byte-reader.ts'
import { type ElfImage, elfRelativeRelocations } from './elf.ts'
import { bytesAt, type Image, type Section, sectionNamed, textSection } from './image.ts'
import { LazyBytes } from './lazy-bytes.ts'
import { PcLineTable, pclnHeader } from './pclntab.ts'
import type { SymbolTable } from './symbols.ts'

/** A line table with what is needed to use all of it. */
export interface GoTables {
  readonly pcln: PcLineTable
  /** Address of the table in the program; undefined if only its place in the file is known. */
  readonly address: number | undefined
  /** Address of go:func.*, found at first use; undefined if it cannot be found. */
  goFunc(): number | undefined
}

const CHUNK = 1 << 20
/** Fields of moduledata that are looked at, in pointers: gofunc has been number 38, 40 and 43. */
const MODULE_WORDS = 64
const MODULE_TEXT = 22

/** Finds and opens the line table; undefined if the program has none. Throws DecodeError if it is damaged. */
export function findGoTables(
  image: Image,
  symbols: SymbolTable | undefined,
  paged: ByteReader,
): GoTables | undefined {
  const place = locate(image, symbols)
  if (place === undefined) return undefined
  const { bytes, need, address } = place
  let module: Module | undefined | null = null
  const moduleRecord = (): Module | undefined => {
    if (module === null) module = address === undefined ? undefined : findModule(image, bytes, address)
    return module
  }
  const [runtimeText] = symbols?.addressesOf('runtime.text') ?? []
  const textStart = runtimeText ?? textStartOf(image, bytes, moduleRecord)
  const pcln = new PcLineTable(bytes, textStart, need)
  let found: number | undefined | null = null
  return {
    pcln,
    address,
    goFunc: () => {
      if (found === null) {
        const [now, before] = symbols?.addressesOf('go:func.*', 'go.func.*') ?? []
        found = now ?? before ?? inlineData(image, paged, pcln, moduleRecord())
      }
      return found
    },
  }
}

/** Enough of a table for pclnHeader and the offsets behind it. */
const HEAD = 128

interface Place {
  bytes: Uint8Array
  /** Loads parts of `bytes`; absent if all is there. The first HEAD bytes are. */
  need?: (from: number, length: number) => void
  address: number | undefined
}

function locate(image: Image, symbols: SymbolTable | undefined): Place | undefined {
  const names = image.format === 'macho' ? ['__gopclntab'] : ['.gopclntab', '.data.rel.ro.gopclntab']
  for (const name of names) {
    const section = sectionNamed(image, name)
    if (section === undefined) continue
    const lazy = new LazyBytes(image.reader, section.offset, section.fileSize)
    const { bytes } = lazy
    const need = (from: number, length: number): void => lazy.need(from, length)
    need(0, HEAD)
    if (pclnHeader(bytes) !== undefined) return { bytes, need, address: section.address }
    // gopclntab may stand behind other data in its section; the search below finds it there.
    const at = search(image, [section])
    if (at !== undefined) return at
  }
  const [start, end] = symbols?.addressesOf('runtime.pclntab', 'runtime.epclntab') ?? []
  if (start !== undefined && end !== undefined && end > start) {
    const bytes = bytesAt(image, start, end - start)
    if (pclnHeader(bytes) !== undefined) return { bytes, address: start }
  }
  // Code is large and holds no tables.
  const text = textSection(image)
  return search(
    image,
    image.sections.filter((s) => s !== text && s.fileSize > 64 && s.address !== 0 && !s.compressed),
  )
}

/** The first table in these sections, found by its header. It reaches to the end of its section. */
function search(image: Image, sections: readonly Section[]): Place | undefined {
  for (const section of sections) {
    const size = Math.min(section.fileSize, image.reader.size - section.offset)
    for (let at = 0; at < size; at += CHUNK) {
      // Some bytes of overlap: a header can lie across two chunks.
      const bytes = image.reader.read(section.offset + at, Math.min(CHUNK + 128, size - at))
      // Aligned to 8 at least in memory.
      for (let i = (8 - ((section.address + at) % 8)) % 8; i + 128 <= bytes.length && i < CHUNK; i += 8) {
        if (bytes[i + 4] !== 0 || bytes[i + 5] !== 0) continue
        if (bytes[i] < 0xf0 && bytes[i + 3] < 0xf0) continue
        const head = bytes.subarray(i, i + 128)
        if (!plausible(image, head, size - at - i)) continue
        return {
          bytes: image.reader.read(section.offset + at + i, size - at - i),
          address: section.address + at + i,
        }
      }
    }
  }
  return undefined
}

/** True if a table of at most `limit` bytes can start so. */
function plausible(image: Image, head: Uint8Array, limit: number): boolean {
  const header = pclnHeader(head)
  if (header === undefined || header.little !== image.little || header.ptr !== image.pointerSize) return false
  const f = new Fields(head, header.little, 'pclntab')
  const word = (n: number): number => f.word(8 + n * header.ptr, header.ptr)
  const functions = word(0)
  if (functions < 1 || functions * 8 > limit) return false
  if (header.version === 12) return functions * 2 * header.ptr < limit
  const first = header.version === 116 ? 2 : 3
  for (let n = first; n < first + 5; n++) if (!(word(n) > 0 && word(n) < limit)) return false
  return true
}

function isCode(image: Image, address: number): boolean {
  return image.segments.some((s) => s.executable && address >= s.address && address < s.address + s.size)
}

/** Address of runtime.text in a file without symbols. */
function textStartOf(image: Image, bytes: Uint8Array, module: () => Module | undefined): number {
  const header = pclnHeader(bytes)
  const text = textSection(image)?.address ?? 0
  // Earlier layouts hold addresses.
  if (header === undefined || header.version < 118) return text
  // Go 1.18 to 1.25 store it in the table (0 in the file if it is relocated).
  const inTable = new Fields(bytes, header.little, 'pclntab').address(8 + 2 * header.ptr, header.ptr)
  if (inTable !== 0 && isCode(image, inTable)) return inTable
  const inModule = module()?.word(MODULE_TEXT)
  return inModule !== undefined && isCode(image, inModule) ? inModule : text
}

/** The runtime's record of this program (runtime.firstmoduledata), as the loader makes it. */
interface Module {
  /** Pointer-sized word n. */
  word(n: number): number
}

function findModule(image: Image, table: Uint8Array, tableAddress: number): Module | undefined {
  const header = pclnHeader(table)
  if (header === undefined || header.version < 116) return undefined
  const w = header.ptr
  const names =
    tableAddress +
    new Fields(table, header.little, 'pclntab').word(8 + (header.version === 116 ? 2 : 3) * w, w)
  const candidates: number[] = []
  const elf = image.format === 'elf' ? (image as ElfImage) : undefined
  if (elf !== undefined)
    candidates.push(...[...elfRelativeRelocations(elf, 0, 0, tableAddress).keys()].slice(0, 16))
  // Its own section since Go 1.26; before, among the data.
  const order = [...image.sections].sort((a, b) => Number(isModuleSection(b)) - Number(isModuleSection(a)))
  for (const section of order) {
    if (candidates.length > 0 || !mayHoldModule(image, section)) continue
    findPointers(image, section, tableAddress, w, candidates)
  }
  for (const at of candidates) {
    const bytes = bytesAt(image, at, MODULE_WORDS * w)
    const f = new Fields(bytes, header.little, 'moduledata')
    const relocated =
      elf === undefined ? NO_RELOCATIONS : elfRelativeRelocations(elf, at, at + MODULE_WORDS * w)
    const word = (n: number): number =>
      relocated.get(at + n * w) ?? (n * w + w <= bytes.length ? f.address(n * w, w) : 0)
    if (word(1) === names) return { word }
  }
  return undefined
}

const NO_RELOCATIONS: ReadonlyMap<number, number> = new Map()

const isModuleSection = (s: Section): boolean => s.name === '.go.module' || s.name === '__go_module'

function mayHoldModule(image: Image, section: Section): boolean {
  if (section.fileSize === 0 || section.address === 0) return false
  return image.segments.some(
    (s) => s.writable && section.address >= s.address && section.address < s.address + s.size,
  )
}

/** Adds the addresses of all aligned words of the section that hold `value`. */
function findPointers(image: Image, section: Section, value: number, w: 4 | 8, out: number[]): void {
  const size = Math.min(section.fileSize, image.reader.size - section.offset)
  const skip = (w - (((section.address % w) + w) % w)) % w
  for (let at = skip; at < size && out.length < 16; at += CHUNK) {
    const bytes = image.reader.read(section.offset + at, Math.min(CHUNK, size - at))
    const f = new Fields(bytes, image.little, image.format)
    for (let i = 0; i + w <= bytes.length; i += w)
      if (f.address(i, w) === value) out.push(section.address + at + i)
  }
}

/**
 * The address of go:func.* from the module record. Its place there changes with Go's versions, so the
 * words are tried until one makes the inline trees readable.
 */
function inlineData(
  image: Image,
  paged: ByteReader,
  pcln: PcLineTable,
  module: Module | undefined,
): number | undefined {
  if (module === undefined || pcln.version < 118) return undefined
  const read = (address: number, length: number): Uint8Array => bytesAt(image, address, length, paged)
  for (const n of MODULE_GOFUNC_ORDER) {
    const address = module.word(n)
    try {
      if (address !== 0 && pcln.plausibleInlineTrees(read, address)) return address
    } catch (e) {
      if (!(e instanceof DecodeError)) throw e
    }
  }
  return undefined
}

/** The known places first, then all others from the end of the code ranges on. */
const MODULE_GOFUNC_ORDER: readonly number[] = [
  40,
  43,
  38,
  ...Array.from({ length: MODULE_WORDS - 24 }, (_, i) => i + 24).filter(
    (n) => n !== 40 && n !== 43 && n !== 38,
  ),
]
