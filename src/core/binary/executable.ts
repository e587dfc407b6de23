// One view of an executable file, whatever its format. Everything is read on first use and kept.

import { DecodeError } from '../base/errors.ts'
import { type GoBuildInfo, gnuBuildId, goBuildId, readBuildInfo } from './build-info.ts'
import { type ByteReader, pagedReader } from './byte-reader.ts'
import { Dwarf } from './dwarf-info.ts'
import { DwarfSections, type Inflate } from './dwarf-sections.ts'
import { decodeElf, type ElfImage, elfSymbols, isElf } from './elf.ts'
import { bytesAt, type Section, sectionBytes, sectionNamed, textSection } from './image.ts'
import { decodeFat, decodeMacho, isFatMacho, isMacho, type MachoImage, machoSymbols } from './macho.ts'
import { findGoTables, type GoTables } from './pclntab-find.ts'
import { decodePe, isPe, type PeImage, peSymbols } from './pe.ts'
import type { SymbolTable } from './symbols.ts'

export interface OpenOptions {
  /** Decompresses debug sections; without it, compressed ones count as damaged. */
  readonly inflate?: Inflate
  /** GOARCH to choose in a universal (fat) binary; default the first. */
  readonly arch?: string
}

/** A part of the file that could not be read, and why. */
export interface BinaryProblem {
  readonly part: 'symbols' | 'lines' | 'debug'
  readonly message: string
}

export class Executable {
  readonly image: ElfImage | MachoImage | PeImage
  /** Parts found damaged so far. The parts then count as missing. */
  readonly problems: BinaryProblem[] = []
  private readonly paged: ByteReader
  private readonly inflate: Inflate | undefined
  private symbolTable: SymbolTable | undefined | null = null
  private dynamicTable: SymbolTable | undefined | null = null
  private goTables: GoTables | undefined | null = null
  private dwarfData: Dwarf | undefined | null = null
  private info: GoBuildInfo | undefined | null = null

  constructor(image: ElfImage | MachoImage | PeImage, inflate: Inflate | undefined) {
    this.image = image
    this.inflate = inflate
    this.paged = pagedReader(image.reader)
  }

  /** GOARCH, '' if unknown. */
  get arch(): string {
    return this.image.arch
  }

  /** Where the linker placed the code (see goToolBase); undefined if the file has none. */
  get loadAddress(): number | undefined {
    return this.image.loadAddress
  }

  /** The code section, the only place where Go's tools look for instructions. */
  get text(): Section | undefined {
    return textSection(this.image)
  }

  section(name: string): Section | undefined {
    return sectionNamed(this.image, name)
  }

  /** A section's bytes as they lie in the file. */
  sectionBytes(section: Section): Uint8Array {
    return sectionBytes(this.image, section)
  }

  /** Up to `length` bytes at an address; fewer at the end of a segment, none where nothing is mapped. */
  bytesAt(address: number, length: number): Uint8Array {
    return bytesAt(this.image, address, length, this.paged)
  }

  /** Symbols by address; undefined if the file is stripped or the table is damaged. */
  get symbols(): SymbolTable | undefined {
    if (this.symbolTable === null) {
      this.symbolTable = this.guard('symbols', () => {
        const { image } = this
        if (image.format === 'elf') return elfSymbols(image)
        if (image.format === 'macho') return machoSymbols(image)
        const table = peSymbols(image)
        return table.count === 0 ? undefined : table
      })
    }
    return this.symbolTable
  }

  /** Dynamic symbols of ELF files: what libraries export, also when stripped. */
  get dynamicSymbols(): SymbolTable | undefined {
    if (this.dynamicTable === null) {
      const { image } = this
      this.dynamicTable =
        image.format === 'elf' ? this.guard('symbols', () => elfSymbols(image, true)) : undefined
    }
    return this.dynamicTable
  }

  /** Go's own line table; undefined if this is no Go program. */
  get go(): GoTables | undefined {
    if (this.goTables === null) {
      this.goTables = this.guard('lines', () => findGoTables(this.image, this.symbols, this.paged))
    }
    return this.goTables
  }

  /** Debug information; undefined if there is none or it cannot be read. */
  get dwarf(): Dwarf | undefined {
    if (this.dwarfData === null) {
      this.dwarfData = this.guard('debug', () => {
        const sections = new DwarfSections(this.image, this.inflate)
        return sections.has('info') && sections.has('abbrev') ? new Dwarf(sections) : undefined
      })
    }
    return this.dwarfData
  }

  /** Go version, modules and build settings; undefined if this is no Go program. */
  get buildInfo(): GoBuildInfo | undefined {
    if (this.info === null) this.info = readBuildInfo(this.image)
    return this.info
  }

  /** GNU build id (ELF) or UUID (Mach-O) in hex, '' if there is none. */
  get buildId(): string {
    const { image } = this
    return image.format === 'elf' ? gnuBuildId(image) : image.format === 'macho' ? image.uuid : ''
  }

  /** What `go tool buildid` prints, '' if there is none. */
  get goBuildId(): string {
    return goBuildId(this.image)
  }

  private guard<T>(part: BinaryProblem['part'], read: () => T | undefined): T | undefined {
    try {
      return read()
    } catch (e) {
      if (!(e instanceof DecodeError)) throw e
      this.problems.push({ part, message: e.message })
      return undefined
    }
  }
}

/** True if a file with these first bytes (8 at least) looks like one that openExecutable reads. */
export function isExecutable(head: Uint8Array): boolean {
  return isElf(head) || isMacho(head) || isFatMacho(head) || isPe(head)
}

/**
 * Opens an executable, a library or an object file: ELF, Mach-O (also universal) or PE. Reads headers
 * only. Throws DecodeError if it is none of these or its headers are damaged.
 */
export function openExecutable(reader: ByteReader, options: OpenOptions = {}): Executable {
  const head = reader.read(0, 8)
  if (isElf(head)) return new Executable(decodeElf(reader), options.inflate)
  if (isMacho(head)) return new Executable(decodeMacho(reader), options.inflate)
  if (isFatMacho(head)) {
    const arches = decodeFat(reader)
    const chosen = arches.find((a) => a.arch === options.arch) ?? arches[0]
    return new Executable(decodeMacho(chosen.reader), options.inflate)
  }
  if (isPe(head)) return new Executable(decodePe(reader), options.inflate)
  throw new DecodeError('binary', 0, 'unrecognized object file')
}
