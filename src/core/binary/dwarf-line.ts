// Line number programs of DWARF 2 to 5 (DWARF 5, section 6.2): code address -> file and line.
//
// A program is decoded once into rows. Two lookups: `row` finds the sequence that contains the address;
// `rowInOrder` behaves as Go's LineReader.SeekPC, which walks the rows once and stops at the first that
// lies beyond the address, so that it misses sequences that stand out of order.

import { DecodeError } from '../base/errors.ts'
import { GrowBytes, GrowU32 } from '../base/grow.ts'
import { Int64Builder } from '../base/int64.ts'
import { DwarfCursor, textAt } from './dwarf-cursor.ts'
import type { DwarfSections } from './dwarf-sections.ts'
import { isAbsolutePath, joinPath } from './source-path.ts'

const FORMAT = 'dwarf'

const LNCT = { path: 1, directory: 2 } as const
const END_SEQUENCE = 1
/** File numbers in rows are cut to this: nothing names it. */
const NO_FILE = 0xffffffff

/** A text in one of the sections that hold texts. */
interface TextRef {
  readonly section: Uint8Array
  readonly at: number
}

interface FileEntry {
  readonly name: TextRef
  readonly directory: number
}

// Argument counts of the standard opcodes, by number; opcode 9 takes two fixed bytes whatever the header says.
const KNOWN_LENGTHS: readonly number[] = [-1, 0, 1, 1, 1, -1, 0, 0, 0, -1, 0, 0, 1]

export class LineTable {
  /** Rows in program order. */
  readonly count: number
  /** Signed, see Fields. */
  readonly address: Float64Array
  readonly line: Float64Array
  /** Number in the file table. */
  readonly file: Uint32Array
  /** 1 where a sequence ends: the address is the first one behind it, file and line mean nothing. */
  readonly flags: Uint8Array
  private readonly version: number
  private readonly compDir: string
  private readonly directories: readonly TextRef[]
  private readonly files: readonly FileEntry[]
  private readonly paths: (string | undefined)[] = []
  /** Greatest address of rows 0 to i. */
  private readonly highest: Float64Array
  /** Sequences by start: first row, row of the end, start address. */
  private readonly first: Uint32Array
  private readonly last: Uint32Array
  private readonly start: Float64Array

  constructor(p: LineProgram) {
    this.count = p.address.length
    this.address = p.address.f.subarray(0, this.count)
    this.line = p.line.f.subarray(0, this.count)
    this.file = p.file.done()
    this.flags = p.flags.a.subarray(0, this.count)
    this.version = p.version
    this.compDir = p.compDir
    this.directories = p.directories
    this.files = p.files
    this.highest = new Float64Array(this.count)
    let high = Number.NEGATIVE_INFINITY
    const sequences: { first: number; last: number }[] = []
    let first = 0
    for (let i = 0; i < this.count; i++) {
      high = Math.max(high, this.address[i])
      this.highest[i] = high
      if (this.flags[i] !== END_SEQUENCE) continue
      if (this.address[i] > this.address[first]) sequences.push({ first, last: i })
      first = i + 1
    }
    sequences.sort((a, b) => this.address[a.first] - this.address[b.first])
    this.first = Uint32Array.from(sequences, (s) => s.first)
    this.last = Uint32Array.from(sequences, (s) => s.last)
    this.start = Float64Array.from(sequences, (s) => this.address[s.first])
  }

  /** The row for the address, -1 if none. */
  row(pc: number): number {
    let low = 0
    let high = this.start.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.start[middle] > pc) high = middle
      else low = middle + 1
    }
    // Sequences overlap only where the linker dropped code and left the tables: look at some before.
    for (let s = low - 1; s >= 0 && s >= low - 16; s--) {
      const last = this.last[s]
      if (pc >= this.address[last]) continue
      // The last row at or before pc. Addresses ascend within a sequence.
      let from = this.first[s]
      let to = last
      while (to - from > 1) {
        const middle = (from + to) >>> 1
        if (this.address[middle] <= pc) from = middle
        else to = middle
      }
      return from
    }
    return -1
  }

  /** The row that Go's LineReader.SeekPC gives, -1 if it gives none. */
  rowInOrder(pc: number): number {
    if (this.count === 0 || this.address[0] > pc) return -1
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.highest[middle] > pc) high = middle
      else low = middle + 1
    }
    if (low === this.count) return -1
    return this.flags[low - 1] === END_SEQUENCE ? -1 : low - 1
  }

  /** Path of file number `n` of the table; '' if there is no such file. */
  path(n: number): string {
    const known = this.paths[n]
    if (known !== undefined) return known
    const entry = this.files[n]
    if (entry === undefined || entry === NO_ENTRY) return ''
    const path = this.join(entry)
    this.paths[n] = path
    return path
  }

  private join(entry: FileEntry): string {
    const name = textAt(entry.name.section, entry.name.at)
    if (this.version >= 5) {
      const dir = this.directories[entry.directory]
      const directory = dir === undefined ? '' : textAt(dir.section, dir.at)
      // Relative directories are relative to the first, the one of the compilation; Go's reader leaves them so.
      return directory !== '' && name !== '' ? joinPath(directory, name) : name
    }
    if (isAbsolutePath(name)) return name
    if (entry.directory === 0) return joinPath(this.compDir, name)
    const dir = this.directories[entry.directory - 1]
    if (dir === undefined) return name
    const directory = textAt(dir.section, dir.at)
    return joinPath(isAbsolutePath(directory) ? directory : joinPath(this.compDir, directory), name)
  }
}

const NO_ENTRY: FileEntry = { name: { section: new Uint8Array(0), at: 0 }, directory: 0 }

/** A line program while it runs. */
interface LineProgram {
  version: number
  compDir: string
  directories: TextRef[]
  files: FileEntry[]
  address: Int64Builder
  line: Int64Builder
  file: GrowU32
  flags: GrowBytes
}

/**
 * Decodes the line program at `offset` of the line section. `addressSize` and `compDir` come from the
 * compile unit. Throws DecodeError.
 */
export function decodeLineTable(
  sections: DwarfSections,
  offset: number,
  unitAddressSize: number,
  compDir: string,
): LineTable {
  const c = new DwarfCursor(sections.get('line'), sections.little, offset)
  const { end, wide } = c.unitEnd()
  c.end = end
  const version = c.u16()
  if (version < 2 || version > 5)
    throw new DecodeError(FORMAT, offset, `unknown line table version ${version}`)
  let addressSize = unitAddressSize
  if (version >= 5) {
    addressSize = c.u8()
    c.u8()
  }
  const headerLength = c.offset(wide)
  const program = c.pos + headerLength
  if (!(program <= end)) throw new DecodeError(FORMAT, offset, 'a line table header is longer than its table')
  const minLength = c.u8()
  const maxOps = version >= 4 ? c.u8() : 1
  c.u8()
  const lineBase = (c.u8() << 24) >> 24
  const lineRange = c.u8()
  if (maxOps === 0 || lineRange === 0)
    throw new DecodeError(FORMAT, offset, 'a line table header holds a zero')
  const opcodeBase = c.u8()
  const lengths = new Uint8Array(Math.max(opcodeBase, 1))
  for (let i = 1; i < opcodeBase; i++) {
    lengths[i] = c.u8()
    const known = KNOWN_LENGTHS[i] ?? -1
    if (known >= 0 && lengths[i] !== known)
      throw new DecodeError(FORMAT, offset, `line opcode ${i} has a strange length`)
  }
  const p: LineProgram = {
    version,
    compDir,
    directories: [],
    files: [],
    address: new Int64Builder(256),
    line: new Int64Builder(256),
    file: new GrowU32(256),
    flags: new GrowBytes(256),
  }
  if (version < 5) readOldFiles(c, p)
  else readFiles(c, p, sections, wide)
  c.pos = program
  run(c, p, { minLength, maxOps, lineBase, lineRange, opcodeBase, lengths, addressSize })
  return new LineTable(p)
}

function readOldFiles(c: DwarfCursor, p: LineProgram): void {
  for (;;) {
    const at = c.skipText()
    if (c.bytes[at] === 0) break
    p.directories.push({ section: c.bytes, at })
  }
  // Files are counted from 1.
  p.files.push(NO_ENTRY)
  while (readOldFile(c, p)) {
    /* reads one */
  }
}

function readOldFile(c: DwarfCursor, p: LineProgram): boolean {
  const at = c.skipText()
  if (c.bytes[at] === 0) return false
  const directory = c.uleb()
  c.uleb()
  c.uleb()
  p.files.push({ name: { section: c.bytes, at }, directory })
  return true
}

function readFiles(c: DwarfCursor, p: LineProgram, sections: DwarfSections, wide: boolean): void {
  for (const table of ['directories', 'files'] as const) {
    const formats: number[] = []
    for (let n = c.u8(); n > 0; n--) formats.push(c.uleb(), c.uleb())
    const count = c.uleb()
    // Each entry takes a byte at least, unless it has no fields at all.
    if (count > c.end - c.pos || (formats.length === 0 && count > 0)) {
      throw new DecodeError(FORMAT, c.pos, 'a line table claims too many files')
    }
    for (let i = 0; i < count; i++) {
      const entry = readEntry(c, formats, sections, wide)
      if (table === 'directories') p.directories.push(entry.name)
      else {
        if (entry.directory >= p.directories.length && entry.directory > 0) {
          throw new DecodeError(FORMAT, c.pos, 'a file names a directory that does not exist')
        }
        p.files.push(entry)
      }
    }
  }
}

function readEntry(
  c: DwarfCursor,
  formats: readonly number[],
  sections: DwarfSections,
  wide: boolean,
): FileEntry {
  let name: TextRef = NO_ENTRY.name
  let directory = 0
  for (let k = 0; k < formats.length; k += 2) {
    const form = formats[k + 1]
    let number = 0
    let text: TextRef | undefined
    switch (form) {
      case 0x08:
        text = { section: c.bytes, at: c.skipText() }
        break
      case 0x0e:
        text = { section: sections.get('str'), at: c.offset(wide) }
        break
      case 0x1f:
        text = { section: sections.get('line_str'), at: c.offset(wide) }
        break
      case 0x1d:
        c.offset(wide)
        break
      case 0x1a:
        c.uleb()
        break
      case 0x25:
      case 0x0b:
        number = c.u8()
        break
      case 0x26:
      case 0x05:
        number = c.u16()
        break
      case 0x27:
        c.u24()
        break
      case 0x28:
      case 0x06:
        number = c.u32()
        break
      case 0x07:
        number = c.u64()
        break
      case 0x1e:
        c.skip(16)
        break
      case 0x09:
        c.skip(c.uleb())
        break
      case 0x0f:
        number = c.uleb()
        break
      default:
        throw new DecodeError(FORMAT, c.pos, `a line table uses form ${form}`)
    }
    if (formats[k] === LNCT.path && text !== undefined) name = text
    else if (formats[k] === LNCT.directory) directory = number
  }
  return { name, directory }
}

interface Machine {
  readonly minLength: number
  readonly maxOps: number
  readonly lineBase: number
  readonly lineRange: number
  readonly opcodeBase: number
  readonly lengths: Uint8Array
  readonly addressSize: number
}

/** Runs the program. What went wrong after some rows leaves those rows: the rest of the table is then missing. */
function run(c: DwarfCursor, p: LineProgram, m: Machine): void {
  try {
    runAll(c, p, m)
  } catch (e) {
    if (!(e instanceof DecodeError)) throw e
  }
}

function runAll(c: DwarfCursor, p: LineProgram, m: Machine): void {
  let address = 0
  let opIndex = 0
  let file = 1
  let line = 1
  const advance = (by: number): void => {
    if (m.maxOps === 1) {
      address += m.minLength * by
      return
    }
    const index = opIndex + by
    address += m.minLength * Math.floor(index / m.maxOps)
    opIndex = index % m.maxOps
  }
  const emit = (flag: number): void => {
    p.address.push(address)
    p.line.push(line)
    p.file.push(Math.min(file, NO_FILE))
    p.flags.push(flag)
  }
  while (c.pos < c.end) {
    const opcode = c.u8()
    if (opcode >= m.opcodeBase) {
      const adjusted = opcode - m.opcodeBase
      advance(Math.floor(adjusted / m.lineRange))
      line += m.lineBase + (adjusted % m.lineRange)
      emit(0)
      continue
    }
    switch (opcode) {
      case 0: {
        const length = c.uleb()
        const start = c.pos
        const extended = c.u8()
        if (extended === 1) {
          emit(END_SEQUENCE)
          address = 0
          opIndex = 0
          file = 1
          line = 1
        } else if (extended === 2) address = c.address(m.addressSize)
        else if (extended === 3) {
          if (!readOldFile(c, p)) throw new DecodeError(FORMAT, start, 'a file without a name')
        }
        if (start + length < c.pos)
          throw new DecodeError(FORMAT, start, 'a line opcode is longer than it says')
        c.skip(start + length - c.pos)
        break
      }
      case 1:
        emit(0)
        break
      case 2:
        advance(c.uleb())
        break
      case 3:
        line += c.sleb()
        break
      case 4:
        file = c.uleb()
        break
      case 5:
        c.uleb()
        break
      case 6:
      case 7:
        break
      case 8:
        advance(Math.floor((255 - m.opcodeBase) / m.lineRange))
        break
      case 9:
        address += c.u16()
        break
      default:
        for (let n = m.lengths[opcode]; n > 0; n--) c.uleb()
    }
  }
}
