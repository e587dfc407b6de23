// From an address in a running process to the address in the file it was mapped from.
//
// Two ways to reckon. `go tool pprof` (cmd/pprof) takes the mapping's start as the place where the
// file's first executable segment went, whatever the mapping's offset: `goToolBase`. The standalone
// pprof (internal/elfexec) uses the offset and knows kernels: `mappingBase`. Both give a base: address in the
// file = address in the process - base, modulo 2^64.

import { asSigned, asUint, type Int, subInt, toInt } from '../base/int64.ts'
import type { ElfImage, ElfSegment } from './elf.ts'
import { type Image, sectionNamed } from './image.ts'
import type { SymbolTable } from './symbols.ts'

/** A mapping of the profile: [start, limit) in memory is the file from `offset` on. All uint64. */
export interface ObjectMapping {
  readonly start: Int
  readonly limit: Int
  readonly offset: Int
}

/** A base, or why there is none (in the words of pprof's messages). */
export type Base = { readonly base: Int } | { readonly problem: string }

/** An address as the tables of this folder hold it: signed, as a double (see Fields). */
export function tableAddress(address: Int): number {
  return Number(asSigned(address))
}

/** The address in the file, a uint64. */
export function objectAddress(address: Int, base: Int): Int {
  return asUint(subInt(address, base))
}

/** The base as `go tool pprof` has it: 0 for a mapping that starts at 0 and for files without code. */
export function goToolBase(image: Image, start: Int): Int {
  if (start === 0 || image.loadAddress === undefined) return 0
  return asUint(subInt(start, image.loadAddress))
}

const U64 = (v: Int): bigint => BigInt.asUintN(64, BigInt(v))
const wrap = (v: bigint): bigint => BigInt.asUintN(64, v)
const int = (v: bigint): Int => toInt(wrap(v))
const HALF = 1n << 63n
const MAX = (1n << 64n) - 1n
const PAGE = 4096n
/** Where 64-bit PowerPC kernels start (arch/powerpc/Kconfig). */
const PPC64_KERNEL = 0xc000000000000000n

/**
 * The base as pprof's binutils has it, for an address within the mapping. `kernelSymbol` is the address of
 * _stext or _text in a kernel image (see kernelSymbolFor), undefined otherwise.
 */
export function mappingBase(image: Image, mapping: ObjectMapping, address: Int, kernelSymbol?: Int): Base {
  const start = U64(mapping.start)
  const limit = U64(mapping.limit)
  const offset = U64(mapping.offset)
  if (image.format === 'pe') return { base: start > 0n ? int(start - U64(image.loadAddress ?? 0)) : 0 }
  if (image.format === 'macho') {
    if (image.loadAddress === undefined) return { problem: 'no __TEXT segment' }
    const text = U64(image.loadAddress)
    if (text > start) {
      const at = `__TEXT segment address (0x${text.toString(16)})`
      return { problem: `${at} > mapping start address (0x${start.toString(16)})` }
    }
    return { base: int(start - text) }
  }
  const at = U64(address)
  if (at < start || at >= limit) {
    return {
      problem: `address ${at.toString(16)} is outside the mapping [${start.toString(16)}, ${limit.toString(16)}]`,
    }
  }
  const elf = image as ElfImage
  const kernel = kernelSymbol === undefined ? undefined : U64(kernelSymbol)
  const segment =
    kernel !== undefined || start >= limit || limit >= HALF
      ? textSegment(elf)
      : segmentForAddress(elf, offset, limit - start, wrap(at - start + offset))
  if (typeof segment === 'string') return { problem: segment }
  return elfBase(elf, segment, kernel, start, limit, offset)
}

/** elfexec.GetBase: what kind of file it is and how the mapping looks decide. */
function elfBase(
  elf: ElfImage,
  segment: ElfSegment | undefined,
  kernel: bigint | undefined,
  start: bigint,
  limit: bigint,
  offset: bigint,
): Base {
  // A made-up mapping over everything: addresses are those of the file already.
  if (start === 0n && offset === 0n && (limit === MAX || limit === 0n)) return { base: 0 }
  // x lies at x - start + offset in the file, and file offset f at f - segment.offset + segment.address.
  const inSegment = (s: ElfSegment): Base => ({
    base: int(start - offset + BigInt(s.offset) - U64(s.address)),
  })
  switch (elf.kind) {
    case 'executable': {
      if (segment === undefined) return { base: 0 }
      if (kernel === undefined && start > 0n && start < HALF) return inSegment(segment)
      const base = kernelBase(segment, kernel, start, limit, offset)
      if (base !== undefined) return { base }
      if (start === 0n && limit !== 0n && kernel === undefined) return { base: int(-U64(segment.address)) }
      return { problem: `no way to handle a segment at ${start.toString(16)} of an executable` }
    }
    case 'object':
      return offset === 0n ? { base: int(start) } : { problem: "don't know how to handle mapping.Offset" }
    case 'shared': {
      if (segment === undefined) return { base: int(start - offset) }
      const base = kernelBase(segment, kernel, start, limit, offset)
      return base === undefined ? inSegment(segment) : { base }
    }
    default:
      return { problem: 'neither an executable nor a library' }
  }
}

/**
 * Kernels: perf gives _text or _stext as start, some have random places, and ChromeOS moves its own to
 * page 0 (elfexec.kernelBase names the cases).
 */
function kernelBase(
  segment: ElfSegment,
  kernel: bigint | undefined,
  start: bigint,
  limit: bigint,
  offset: bigint,
): Int | undefined {
  const address = U64(segment.address)
  const samePage = kernel !== undefined && start % PAGE === kernel % PAGE
  if (address === wrap(start - offset)) return int(offset)
  if (start === 0n && limit !== 0n && kernel !== undefined) return int(start - kernel)
  if (start >= HALF && limit > start && (offset === 0n || offset === PPC64_KERNEL || offset === start)) {
    return int(start - (samePage ? kernel! : address))
  }
  if (start % PAGE !== 0n && samePage) return int(start - kernel!)
  return undefined
}

/** The loaded segment with the .text section. */
function textSegment(elf: ElfImage): ElfSegment | undefined {
  const text = sectionNamed(elf, '.text')
  if (text === undefined) return undefined
  return (elf.segments as readonly ElfSegment[]).find(
    (s) => s.executable && text.address >= s.address && text.address < s.address + s.size,
  )
}

/** The segment that a user-space mapping shows; undefined if the file has none; a text if it cannot be told. */
function segmentForAddress(
  elf: ElfImage,
  mapOffset: bigint,
  mapSize: bigint,
  fileOffset: bigint,
): ElfSegment | undefined | string {
  const all = elf.segments as readonly ElfSegment[]
  if (all.length === 0) return undefined
  const mapLimit = mapOffset + mapSize
  const fitting = all.filter((s) => {
    const from = BigInt(s.offset)
    const to = from + BigInt(s.size)
    if (s.fileSize === 0 || !(mapOffset < to && from < mapLimit)) return false
    // Mapped from an earlier page than the segment's own: another segment's mapping.
    const inPage = U64(s.address) % PAGE
    if (mapOffset < (from > inPage ? from - inPage : 0n)) return false
    // Less than a page of the segment, and more than a page behind it: likewise.
    return !(mapOffset > from && to < mapOffset + PAGE && mapLimit >= to + PAGE)
  })
  if (fitting.length === 0) return 'no program header matches mapping info'
  if (fitting.length === 1) return fitting[0]
  const holding = fitting.filter(
    (s) => fileOffset >= BigInt(s.offset) && fileOffset < BigInt(s.offset) + BigInt(s.size),
  )
  if (holding.length === 1) return holding[0]
  const n = holding.length === 0 ? 'no' : 'more than one'
  return `${n} program header matches file offset ${fileOffset.toString(16)}`
}

/**
 * Address of the symbol that kernel mappings start at; undefined for ordinary files, told by name and
 * by page-aligned mappings. `relocationSymbol`: the name after "]" in perf's mapping names, default _stext.
 */
export function kernelSymbolFor(
  fileName: string,
  mapping: ObjectMapping,
  symbols: () => SymbolTable | undefined,
  relocationSymbol = '_stext',
): Int | undefined {
  const aligned = (v: Int): boolean => U64(v) % PAGE === 0n
  if (
    !fileName.includes('vmlinux') &&
    aligned(mapping.start) &&
    aligned(mapping.limit) &&
    aligned(mapping.offset)
  ) {
    return undefined
  }
  const table = symbols()
  const [row] = table?.find(relocationSymbol) ?? [-1]
  return row < 0 ? undefined : asUint(table!.address[row])
}
