// The debug sections of an executable, read and decompressed when first asked for.

import { DecodeError } from '../base/errors.ts'
import { Fields } from './byte-reader.ts'
import { type Image, type Section, sectionBytes } from './image.ts'

/** Gives the `size` bytes that `bytes` were compressed from. Throws on damage (anything it likes). */
export type Inflate = (bytes: Uint8Array, size: number, codec: 'zlib' | 'zstd') => Uint8Array

/** Short names: 'info' stands for .debug_info, __debug_info or their compressed forms. */
export type DwarfSectionName =
  | 'info'
  | 'abbrev'
  | 'str'
  | 'line'
  | 'ranges'
  | 'addr'
  | 'line_str'
  | 'str_offsets'
  | 'rnglists'
  | 'loc'
  | 'loclists'

const FORMAT = 'dwarf'

/** Deflate cannot make data shrink more than about 1032 times, zstd in practice not more than this either. */
const MAX_RATIO = 1100
const MAX_SIZE = 2 ** 31 - 1

export class DwarfSections {
  readonly little: boolean
  private readonly image: Image
  private readonly inflate: Inflate | undefined
  private readonly loaded = new Map<DwarfSectionName, Uint8Array>()

  constructor(image: Image, inflate: Inflate | undefined) {
    this.image = image
    this.little = image.little
    this.inflate = inflate
  }

  has(name: DwarfSectionName): boolean {
    return this.find(name) !== undefined
  }

  /**
   * The section's content, empty if the file has none. Throws DecodeError if it cannot be decompressed, also for want
   * of an inflate function.
   */
  get(name: DwarfSectionName): Uint8Array {
    let bytes = this.loaded.get(name)
    if (bytes === undefined) {
      const section = this.find(name)
      bytes = section === undefined ? new Uint8Array(0) : this.load(section)
      this.loaded.set(name, bytes)
    }
    return bytes
  }

  private find(name: DwarfSectionName): Section | undefined {
    const names =
      this.image.format === 'macho'
        ? // Mach-O cuts names at 16 bytes.
          [`__debug_${name}`.slice(0, 16), `__zdebug_${name}`.slice(0, 16)]
        : [`.debug_${name}`, `.zdebug_${name}`]
    return this.image.sections.find((s) => s.fileSize > 0 && names.includes(s.name))
  }

  private load(section: Section): Uint8Array {
    const raw = sectionBytes(this.image, section)
    if (section.compressed) {
      // Elf_Chdr: type, [reserved], size, alignment.
      const wide = this.image.pointerSize === 8
      const h = new Fields(raw, this.image.little, FORMAT, section.offset)
      const type = h.u32(0)
      if (type !== 1 && type !== 2) {
        throw new DecodeError(FORMAT, section.offset, `${section.name} is compressed in an unknown way`)
      }
      const size = wide ? h.u64(8) : h.u32(4)
      return this.expand(section, raw.subarray(wide ? 24 : 12), size, type === 1 ? 'zlib' : 'zstd')
    }
    // "ZLIB" and the size as 8 bytes, high first: the older way, by name (.zdebug_*).
    const zlib = raw.length >= 12 && raw[0] === 0x5a && raw[1] === 0x4c && raw[2] === 0x49 && raw[3] === 0x42
    if (!zlib || !section.name.includes('zdebug_')) {
      // PE pads sections in the file; the true length is that in memory.
      return this.image.format === 'pe' && section.size < raw.length ? raw.subarray(0, section.size) : raw
    }
    const size = new Fields(raw, false, FORMAT, section.offset).u64(4)
    return this.expand(section, raw.subarray(12), size, 'zlib')
  }

  private expand(section: Section, packed: Uint8Array, size: number, codec: 'zlib' | 'zstd'): Uint8Array {
    if (this.inflate === undefined) {
      throw new DecodeError(FORMAT, section.offset, `${section.name} is compressed`)
    }
    if (size > packed.length * MAX_RATIO + 1024 || size > MAX_SIZE) {
      throw new DecodeError(FORMAT, section.offset, `${section.name} claims an impossible size`)
    }
    let out: Uint8Array
    try {
      out = this.inflate(packed, size, codec)
    } catch {
      throw new DecodeError(FORMAT, section.offset, `${section.name} cannot be decompressed`)
    }
    if (out.length < size) throw new DecodeError(FORMAT, section.offset, `${section.name} is cut off`)
    return out
  }
}
