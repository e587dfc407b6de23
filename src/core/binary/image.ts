// What ELF, Mach-O and PE files have in common: sections, segments, and bytes at addresses.

import type { ByteReader } from './byte-reader.ts'

/** A named part of the file. Addresses are signed doubles (see Fields). */
export interface Section {
  readonly name: string
  /** Mach-O segment name, else ''. */
  readonly segment: string
  /** 0 if not mapped. */
  readonly address: number
  /** Bytes in memory; of an unmapped section, bytes in the file. */
  readonly size: number
  readonly offset: number
  /** Bytes in the file: 0 for bss. */
  readonly fileSize: number
  /** The content is compressed behind a header (ELF SHF_COMPRESSED). */
  readonly compressed: boolean
}

/** A part of the file that is mapped into memory. For PE the sections. */
export interface Segment {
  /** Mach-O name, else ''. */
  readonly name: string
  readonly address: number
  readonly size: number
  readonly offset: number
  readonly fileSize: number
  readonly align: number
  readonly executable: boolean
  readonly writable: boolean
}

export interface Image {
  readonly format: 'elf' | 'macho' | 'pe'
  readonly reader: ByteReader
  /** GOARCH, '' if it is none that Go's tools know. */
  readonly arch: string
  readonly little: boolean
  readonly pointerSize: 4 | 8
  /** What the header says: 'shared' includes position-independent executables. */
  readonly kind: 'executable' | 'shared' | 'object' | 'other'
  readonly entry: number
  readonly sections: readonly Section[]
  /** Those that are loaded, in file order. */
  readonly segments: readonly Segment[]
  /** Where the linker placed the file, as `go tool pprof` reckons it; undefined if nothing is executable. */
  readonly loadAddress: number | undefined
}

/** The first section of this name. */
export function sectionNamed(image: Image, name: string): Section | undefined {
  return image.sections.find((s) => s.name === name)
}

/** The code section. Go's tools look only here for instructions. */
export function textSection(image: Image): Section | undefined {
  return sectionNamed(image, image.format === 'macho' ? '__text' : '.text')
}

/** A section's bytes as they lie in the file (compressed or not); cut where the file ends. */
export function sectionBytes(image: Image, section: Section): Uint8Array {
  return image.reader.read(section.offset, section.fileSize)
}

/** Where `address` lies in the file and how many bytes of its segment follow there. */
export function fileRange(image: Image, address: number): { offset: number; available: number } | undefined {
  for (const s of image.segments) {
    if (s.name === '__PAGEZERO') continue
    if (address >= s.address && address < s.address + s.fileSize) {
      return { offset: s.offset + (address - s.address), available: s.fileSize - (address - s.address) }
    }
  }
  return undefined
}

/** Up to `length` bytes at an address: fewer where the segment's part in the file ends, none if unmapped. */
export function bytesAt(image: Image, address: number, length: number, reader = image.reader): Uint8Array {
  const range = fileRange(image, address)
  if (range === undefined || !(length > 0)) return new Uint8Array(0)
  return reader.read(range.offset, Math.min(length, range.available))
}
