// The Go runtime's own line table (runtime/symtab.go, cmd/link/internal/ld/pcln.go): in every Go
// program, stripped or not. Four layouts, named after the Go version that brought them:
//
//   1.2    one table; pointer-sized pcs; files by number
//   1.16   header with offsets of parts; files by compilation unit
//   1.18   pcs are 32-bit offsets from the start of the code; function data relative to go:func.*
//   1.20   functions know their first line; inline trees lose the redundant fields. To 1.27 at least.
//
// Values along a function (file, line, inline node) are runs of (value delta, pc delta), so a lookup
// decodes one function from its start. As in debug/gosym, a function whose data are damaged is still
// found: its file is then '' and its line -1.

import { DecodeError } from '../base/errors.ts'
import { decodeUtf8 } from '../base/utf8.ts'
import { Fields } from './byte-reader.ts'

const FORMAT = 'pclntab'

export type PclnVersion = 12 | 116 | 118 | 120

const MAGIC: ReadonlyMap<number, PclnVersion> = new Map([
  [0xfffffffb, 12],
  [0xfffffffa, 116],
  [0xfffffff0, 118],
  [0xfffffff1, 120],
])

/** A source position with the function it belongs to. */
export interface GoFrame {
  readonly fn: string
  /** '' if unknown. */
  readonly file: string
  /** -1 if unknown. */
  readonly line: number
  /** Line of the func keyword; 0 if unknown (before Go 1.20). */
  readonly startLine: number
}

/** Reads bytes of the program at an address; fewer or none if they are not there. */
export type ReadAddress = (address: number, length: number) => Uint8Array

/** Names and paths beyond this are damage. */
const MAX_TEXT = 1 << 16
/** Texts are looked for their end in pieces of this size. */
const TEXT_PIECE = 256
/** File names that are kept. */
const MAX_FILES = 1 << 12
/** Tables that are read in turn. */
const CURSORS = 4
/** A run is two numbers of at most 10 bytes each; longer ones are damage. */
const RUN_BYTES = 64
/** Inlining deeper than this is damage (the compiler's budget stops far earlier). */
const MAX_INLINE = 256

/** Runs of values in one function, at most. */
const MAX_RUNS = 1 << 20

const PCDATA_INL_TREE_INDEX = 2
const FUNCDATA_INL_TREE = 3
const NO_OFFSET = 0xffffffff

/** Layout version, byte order and the offsets in the header; undefined if this is no such table. */
export function pclnHeader(
  bytes: Uint8Array,
): { version: PclnVersion; little: boolean; ptr: 4 | 8 } | undefined {
  if (bytes.length < 16) return undefined
  const quantum = bytes[6]
  const ptr = bytes[7]
  if (bytes[4] !== 0 || bytes[5] !== 0 || (quantum !== 1 && quantum !== 2 && quantum !== 4)) return undefined
  if (ptr !== 4 && ptr !== 8) return undefined
  const at = (a: number, b: number, c: number, d: number): number =>
    ((bytes[a] << 24) | (bytes[b] << 16) | (bytes[c] << 8) | bytes[d]) >>> 0
  const le = MAGIC.get(at(3, 2, 1, 0))
  if (le !== undefined) return { version: le, little: true, ptr }
  const be = MAGIC.get(at(0, 1, 2, 3))
  return be === undefined ? undefined : { version: be, little: false, ptr }
}

/** The functions of a Go program, ascending by address, and the source lines of their code. */
export class PcLineTable {
  readonly version: PclnVersion
  readonly little: boolean
  readonly ptr: 4 | 8
  /** Number of functions. */
  readonly count: number
  /** Address of each function's first instruction; entry[count] is the end of the last one. */
  readonly entry: Float64Array
  private readonly funcOffset: Float64Array
  private readonly f: Fields
  private readonly need: (from: number, length: number) => void
  private readonly quantum: number
  private readonly cursors: RunCursor[] = []
  /** Offset -> text, for file names: the same for most instructions of a function. */
  private readonly texts = new Map<number, string>()
  // Offsets in the table of its parts.
  private readonly names: number
  private readonly units: number
  private readonly files: number
  private readonly values: number
  private readonly functions: number

  /**
   * `textStart`: address of the symbol runtime.text; the pcs of Go 1.18 and later count from it. Throws
   * DecodeError if this is not a line table or its function list is cut off. `need`, if given, loads a part of
   * `bytes`, of which then only the first 128 must be there.
   */
  constructor(
    bytes: Uint8Array,
    textStart: number,
    need: (from: number, length: number) => void = () => undefined,
  ) {
    this.need = need
    const header = pclnHeader(bytes)
    if (header === undefined) throw new DecodeError(FORMAT, 0, 'not a Go line table')
    const { version, little, ptr } = header
    this.version = version
    this.little = little
    this.ptr = ptr
    this.quantum = bytes[6]
    const f = new Fields(bytes, little, FORMAT)
    this.f = f
    const word = (n: number): number => f.word(8 + n * ptr, ptr)
    this.count = word(0)
    if (version === 12) {
      this.names = 0
      this.units = 0
      this.values = 0
      this.functions = 0
      const table = 8 + ptr
      const size = this.checkCount(table, ptr)
      need(table, size + 4)
      this.files = f.u32(table + size)
      this.entry = new Float64Array(this.count + 1)
      this.funcOffset = new Float64Array(this.count)
      this.readFunctions(table, ptr, 0)
      return
    }
    // 1.18 put the start of the code behind the two counts.
    const first = version === 116 ? 2 : 3
    this.names = word(first)
    this.units = word(first + 1)
    this.files = word(first + 2)
    this.values = word(first + 3)
    this.functions = word(first + 4)
    const size = version === 116 ? ptr : 4
    need(this.functions, this.checkCount(this.functions, size))
    this.entry = new Float64Array(this.count + 1)
    this.funcOffset = new Float64Array(this.count)
    this.readFunctions(this.functions, size, version === 116 ? 0 : textStart)
  }

  private checkCount(table: number, field: number): number {
    const size = (this.count * 2 + 1) * field
    if (!(table + size <= this.f.length)) throw new DecodeError(FORMAT, 8, 'the list of functions is cut off')
    return size
  }

  private readFunctions(table: number, field: number, base: number): void {
    const { f, entry, funcOffset, count } = this
    if (field === 4) {
      // The usual case, without the checks of Fields: the size of the list is checked already.
      const { bytes, little } = f
      const view = new DataView(bytes.buffer, bytes.byteOffset + table, (count * 2 + 1) * 4)
      for (let i = 0; i < count; i++) {
        entry[i] = base + view.getUint32(i * 8, little)
        funcOffset[i] = view.getUint32(i * 8 + 4, little)
      }
      entry[count] = base + view.getUint32(count * 8, little)
      return
    }
    for (let i = 0; i < count; i++) {
      const at = table + 2 * i * field
      entry[i] = base + f.address(at, field)
      funcOffset[i] = f.word(at + field, field)
    }
    entry[count] = base + f.address(table + 2 * count * field, field)
  }

  /** The function that contains the address, -1 if none does. */
  find(pc: number): number {
    const { entry } = this
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (pc < entry[middle]) high = middle
      else if (pc < entry[middle + 1]) return middle
      else low = middle + 1
    }
    return -1
  }

  /** The name of function `fn`, '' if it cannot be read. */
  name(fn: number): string {
    try {
      return this.text(this.names + this.u32(this.dataOf(fn) + this.headSize()))
    } catch (e) {
      return ifDamaged(e, '')
    }
  }

  /** Line of the function's declaration; 0 if unknown (before Go 1.20, and for code without source). */
  startLine(fn: number): number {
    if (this.version < 120) return 0
    try {
      return this.u32(this.dataOf(fn) + 36) | 0
    } catch (e) {
      return ifDamaged(e, 0)
    }
  }

  /** Source file of the instruction at `pc` in function `fn`, '' if unknown. */
  file(fn: number, pc: number): string {
    try {
      const data = this.dataOf(fn)
      const number = this.pcValue(this.field(data, 5), fn, pc)
      if (this.version === 12) return number <= 0 ? '' : this.fileName(this.u32(this.files + 4 * number))
      if (number < 0) return ''
      const offset = this.u32(this.units + 4 * ((this.field(data, 8) + number) >>> 0))
      return offset === NO_OFFSET ? '' : this.fileName(this.files + offset)
    } catch (e) {
      return ifDamaged(e, '')
    }
  }

  /** Source line of the instruction at `pc` in function `fn`, -1 if unknown. */
  line(fn: number, pc: number): number {
    try {
      return this.pcValue(this.field(this.dataOf(fn), 6), fn, pc)
    } catch (e) {
      return ifDamaged(e, -1)
    }
  }

  /**
   * The calls that were inlined at `pc`, innermost first, function `fn` itself last (as
   * runtime/symtabinl.go unwinds). `read` gets program memory, `goFunc` is the address of go:func.* (undefined: not
   * known). Where the tree is missing (Go 1.15 and earlier, damage, goFunc unknown) only `fn` itself is given.
   */
  inlined(fn: number, pc: number, read: ReadAddress, goFunc: number | undefined): GoFrame[] {
    const out: GoFrame[] = []
    const tree = this.inlineTree(fn, goFunc)
    let at = pc
    while (out.length < MAX_INLINE) {
      const node = tree === undefined ? -1 : this.pcData(fn, PCDATA_INL_TREE_INDEX, at)
      const call = node < 0 ? undefined : this.inlinedCall(read, tree!, node)
      const file = this.file(fn, at)
      const line = this.line(fn, at)
      if (call === undefined) {
        out.push({ fn: this.name(fn), file, line, startLine: this.startLine(fn) })
        break
      }
      out.push({ fn: call.fn, file, line, startLine: call.startLine })
      at = this.entry[fn] + call.parentPc
    }
    return out
  }

  /**
   * True if the inline trees of some functions make sense with go:func.* at this address: for telling
   * the right one among candidates. False also if no function has a tree.
   */
  plausibleInlineTrees(read: ReadAddress, goFunc: number): boolean {
    let good = 0
    // Not every function has one, and damage must not make this slow.
    for (let fn = 0; fn < this.count && fn < 20000 && good < 12; fn++) {
      const tree = this.inlineTree(fn, goFunc)
      if (tree === undefined) continue
      const call = this.inlinedCall(read, tree, 0)
      const size = this.entry[fn + 1] - this.entry[fn]
      if (call === undefined || call.fn === '' || call.parentPc < 0 || call.parentPc >= size) return false
      if (call.startLine < 0 || call.startLine > 1 << 24) return false
      good++
    }
    return good > 0
  }

  // ---- one function's record (_func) ----

  private dataOf(fn: number): number {
    return this.functions + this.funcOffset[fn]
  }

  /** Bytes before the 4-byte fields: the entry pc. */
  private headSize(): number {
    return this.version >= 118 ? 4 : this.ptr
  }

  /** Field n of the record, counting the entry pc as 0: 1 name, 4 pcsp, 5 pcfile, 6 pcln, 7 npcdata, 8 unit. */
  private field(data: number, n: number): number {
    return this.u32(data + this.headSize() + (n - 1) * 4)
  }

  /** Where the record's fixed part ends; its last byte is the number of funcdata. */
  private recordEnd(data: number): number {
    return data + this.headSize() + (this.version === 12 ? 32 : this.version === 120 ? 40 : 36)
  }

  private u32(at: number): number {
    this.need(at, 4)
    return this.f.u32(at)
  }

  private fileName(at: number): string {
    let name = this.texts.get(at)
    if (name === undefined) {
      name = this.text(at)
      if (this.texts.size === MAX_FILES) this.texts.clear()
      this.texts.set(at, name)
    }
    return name
  }

  private text(at: number): string {
    const { bytes } = this.f
    const limit = Math.min(at + MAX_TEXT, bytes.length)
    // What is not loaded is zero and would end the text.
    for (let from = at; from < limit; from += TEXT_PIECE) {
      const to = Math.min(from + TEXT_PIECE, limit)
      this.need(from, to - from)
      const end = bytes.subarray(from, to).indexOf(0)
      if (end >= 0) return decodeUtf8(bytes.subarray(at, from + end))
    }
    throw new DecodeError(FORMAT, at, 'a name does not end')
  }

  // ---- values along a function ----

  /**
   * The value of a pc-value table at `target`, -1 if the table does not reach it. Goes on from where it
   * stopped last, so asking for a function's instructions in order costs one pass.
   */
  private pcValue(offset: number, fn: number, target: number): number {
    const entry = this.entry[fn]
    let c = this.cursors.find((known) => known.offset === offset && known.fn === fn)
    if (c === undefined) {
      c = { offset, fn, at: this.values + offset, start: entry, pc: entry, value: -1, runs: 0 }
      // Few tables are read in turn: lines, files, inlined calls.
      if (this.cursors.length === CURSORS) this.cursors.shift()
      this.cursors.push(c)
    } else if (target < c.start) {
      c.at = this.values + offset
      c.start = c.pc = entry
      c.value = -1
      c.runs = 0
    } else if (target < c.pc) return c.value
    // Each run covers an instruction at least: more runs than that are damage.
    const most = Math.min(this.entry[fn + 1] - entry + 2, MAX_RUNS)
    while (c.runs < most) {
      this.need(c.at, RUN_BYTES)
      const { at } = c
      const delta = this.varint(c)
      if (delta === 0 && c.pc !== entry) {
        // Stays in front of the end mark: what follows is another table.
        c.at = at
        return -1
      }
      const value = (c.value + ((delta & 1) !== 0 ? ~(delta >>> 1) : delta >>> 1)) | 0
      const step = this.varint(c)
      c.start = c.pc
      c.value = value
      c.pc += Math.imul(step, this.quantum) >>> 0
      c.runs++
      if (target < c.pc) return value
    }
    return -1
  }

  private varint(c: RunCursor): number {
    const { bytes } = this.f
    let value = 0
    let shift = 0
    for (;;) {
      if (c.at >= bytes.length) {
        const at = c.at
        this.cursors.length = 0
        throw new DecodeError(FORMAT, at, 'a line table is cut off')
      }
      const b = bytes[c.at++]
      // Shifts beyond 31 wrap in JavaScript, where Go drops the bits.
      if (shift < 32) value |= (b & 0x7f) << shift
      shift += 7
      if (b < 0x80) return value
    }
  }

  private pcData(fn: number, table: number, pc: number): number {
    try {
      const data = this.dataOf(fn)
      if (table >= this.field(data, 7)) return -1
      const offset = this.u32(this.recordEnd(data) + 4 * table)
      return offset === 0 ? -1 : this.pcValue(offset, fn, pc)
    } catch (e) {
      return ifDamaged(e, -1)
    }
  }

  /** Address of the function's inline tree. */
  private inlineTree(fn: number, goFunc: number | undefined): number | undefined {
    // Go 1.15 and earlier number the tables otherwise.
    if (this.version === 12) return undefined
    try {
      const data = this.dataOf(fn)
      const end = this.recordEnd(data)
      this.need(end - 1, 1)
      if (this.f.u8(end - 1) <= FUNCDATA_INL_TREE) return undefined
      const tables = end + 4 * this.field(data, 7)
      if (this.version === 116) {
        // Pointers, aligned.
        const at = Math.ceil(tables / this.ptr) * this.ptr + FUNCDATA_INL_TREE * this.ptr
        this.need(at, this.ptr)
        const address = this.f.address(at, this.ptr)
        return address === 0 ? undefined : address
      }
      const offset = this.u32(tables + 4 * FUNCDATA_INL_TREE)
      return offset === NO_OFFSET || goFunc === undefined ? undefined : goFunc + offset
    } catch (e) {
      return ifDamaged(e, undefined)
    }
  }

  private inlinedCall(
    read: ReadAddress,
    tree: number,
    node: number,
  ): { fn: string; parentPc: number; startLine: number } | undefined {
    // 1.20: funcID u8, 3 bytes 0, name, parentPc, startLine. Before: parent i16, funcID u8, 0, file, line, name, parentPc.
    const size = this.version === 120 ? 16 : 20
    const bytes = read(tree + node * size, size)
    if (bytes.length < size) return undefined
    const r = new Fields(bytes, this.little, FORMAT)
    if (bytes[3] !== 0) return undefined
    try {
      const name = r.i32(this.version === 120 ? 4 : 12)
      this.need(this.names + name - 1, 1)
      if (name < 0 || (name > 0 && this.f.u8(this.names + name - 1) !== 0)) return undefined
      return {
        fn: this.text(this.names + name),
        parentPc: r.i32(this.version === 120 ? 8 : 16),
        startLine: this.version === 120 ? r.i32(12) : 0,
      }
    } catch (e) {
      return ifDamaged(e, undefined)
    }
  }
}

/** Where reading a pc-value table has stopped. */
interface RunCursor {
  readonly offset: number
  readonly fn: number
  /** Offset of the next run. */
  at: number
  /** The run read last: [start, pc) has `value`. */
  start: number
  pc: number
  value: number
  runs: number
}

/** What damaged tables give in place of an exception; anything else than damage goes on. */
function ifDamaged<T>(e: unknown, instead: T): T {
  if (e instanceof DecodeError) return instead
  throw e
}
