import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const MACH_O = new Set([0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe, 0xcafebabe])

/**
 * Whether Go's tools take a file for a program (cmd/internal/objfile): ELF and Mach-O by how they begin,
 * PE and COFF object files by what debug/pe checks. False if it cannot be read.
 */
export function looksExecutable(path: string): boolean {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch {
    // What cannot be opened is no executable; as a profile it will be reported.
    return false
  }
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile()) return false
    const read = (at: number, length: number): DataView | undefined => {
      if (at + length > stat.size) return undefined
      const bytes = new Uint8Array(length)
      return readSync(fd, bytes, 0, length, at) === length ? new DataView(bytes.buffer) : undefined
    }
    const magic = read(0, 4)?.getUint32(0)
    if (magic === undefined) return false
    return magic === 0x7f454c46 || MACH_O.has(magic) || opensAsPe(read)
  } catch {
    return false
  } finally {
    closeSync(fd)
  }
}

/** Bytes of a file, undefined if they are not all there. */
type Read = (at: number, length: number) => DataView | undefined

/** IMAGE_FILE_MACHINE_* of amd64, arm64, armnt, i386, riscv 32, 64 and 128, and unknown. */
const MACHINES = new Set([0x8664, 0xaa64, 0x1c4, 0x14c, 0x5032, 0x5064, 0x5128, 0])

const FILE_HEADER = 20
const SECTION = 40
const SYMBOL = 18
const RELOCATION = 10

/**
 * Whether debug/pe opens it. An object file has no DOS header, and its machine may be 0, "unknown": a
 * CPU profile of the old binary kind, which begins with a 0, is such a file for Go, and so it is for us.
 */
function opensAsPe(read: Read): boolean {
  const dos = read(0, 96)
  if (dos === undefined) return false
  let at = 0
  if (dos.getUint16(0) === 0x4d5a) {
    const signature = dos.getUint32(0x3c, true)
    if (read(signature, 4)?.getUint32(0) !== 0x50450000) return false
    at = signature + 4
  }
  const header = read(at, FILE_HEADER)
  if (header === undefined || !MACHINES.has(header.getUint16(0, true))) return false
  const names = coffNames(read, header.getUint32(8, true), header.getUint32(12, true))
  if (names === undefined) return false
  const optionalSize = header.getUint16(16, true)
  if (!hasOptionalHeader(read, at + FILE_HEADER, optionalSize)) return false
  return hasSections(read, at + FILE_HEADER + optionalSize, header.getUint16(2, true), names)
}

/** Size of the string table without its length; undefined if the symbol or the string table is damaged. */
function coffNames(read: Read, symbols: number, count: number): number | undefined {
  if (symbols === 0) return 0
  // 32 bits, as Go computes it.
  const at = (symbols + SYMBOL * count) >>> 0
  const length = read(at, 4)?.getUint32(0, true)
  if (length === undefined || (length > 4 && read(at + length - 1, 1) === undefined)) return undefined
  const names = Math.max(length - 4, 0)
  const table = read(symbols, SYMBOL * count)
  if (table === undefined) return undefined
  let row = 0
  while (row < count) {
    const symbol = row * SYMBOL
    const offset = table.getUint32(symbol + 4, true)
    const inTable = table.getUint32(symbol, true) === 0 && offset !== 0
    if (inTable && (offset < 4 || offset - 4 > names)) return undefined
    row += 1 + table.getUint8(symbol + 17)
  }
  return row === count ? names : undefined
}

/** Sizes of the optional headers of 32 and 64 bits without their directories, of 8 bytes each. */
const OPTIONAL: ReadonlyMap<number, number> = new Map([
  [0x10b, 96],
  [0x20b, 112],
])

function hasOptionalHeader(read: Read, at: number, size: number): boolean {
  if (size === 0) return true
  const least = OPTIONAL.get(read(at, 2)?.getUint16(0, true) ?? 0)
  if (least === undefined || size < least) return false
  const directories = read(at, size)?.getUint32(least - 4, true)
  return directories !== undefined && size - least === directories * 8
}

function hasSections(read: Read, at: number, count: number, names: number): boolean {
  const table = read(at, count * SECTION)
  if (table === undefined) return false
  for (let section = 0; section < count * SECTION; section += SECTION) {
    if (table.getUint8(section) === 0x2f) {
      // "/" and an offset in the string table.
      const digits = String.fromCharCode(...new Uint8Array(table.buffer, section + 1, 7)).replace(
        /\0.*$/s,
        '',
      )
      const offset = /^[+-]?\d+$/.test(digits) ? Number(digits) : -1
      if (offset < 4 || offset - 4 > names) return false
    }
    const relocations = table.getUint16(section + 32, true)
    if (relocations > 0 && read(table.getUint32(section + 24, true), relocations * RELOCATION) === undefined)
      return false
  }
  return true
}
