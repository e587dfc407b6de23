// Entries of reports: what the granularity leaves of the locations, merged where it is equal.

import { baseName, cleanPath } from '../base/go-path.ts'
import { GrowU32 } from '../base/grow.ts'
import { hexInt, type Int, Int64Builder, type Int64Column } from '../base/int64.ts'
import { compareText } from '../base/utf8.ts'
import type { Profile } from '../model/profile.ts'

/** Report entries, rows from 0. Strings are ids of the profile's table. */
export interface NodeTable {
  readonly count: number
  readonly name: Uint32Array
  /** Cleaned path, 0 if unknown or not wanted. */
  readonly file: Uint32Array
  readonly address: Int64Column
  readonly line: Int64Column
  readonly column: Int64Column
  /** Kept (so that it tells nodes apart) only where `objectFile` is. */
  readonly startLine: Int64Column
  /** Mapping's file; only for nodes without a name, unless asked for. */
  readonly objectFile: Uint32Array
}

/** Nodes of a profile and which of them each location's lines are. */
export interface ProfileNodes {
  readonly table: NodeTable
  /** Node rows of location `loc`: node[start[loc], start[loc + 1]), innermost inlined line first; never empty. */
  readonly start: Uint32Array
  readonly node: Int32Array
  /** 1 for nodes that occur as an inlined callee somewhere. */
  readonly inlined: Uint8Array
}

export interface NodeOptions {
  /** Tell functions of different binaries apart. */
  readonly objectFiles: boolean
  /** What becomes of file names before they are cleaned (trim_path, source_path). */
  readonly trimPath?: (path: string) => string
}

/** Builds the nodes of all locations. Linear in the number of lines. */
export function buildNodes(p: Profile, o: NodeOptions): ProfileNodes {
  const b = new NodeBuilder()
  const { locations, lines, functions } = p
  const start = new Uint32Array(locations.count + 2)
  const node = new Int32Array(lines.count + locations.count + 1)
  const inlined = new GrowU32()
  const file = cleanedFiles(p, o.trimPath)
  let n = 0
  for (let loc = 1; loc <= locations.count; loc++) {
    start[loc] = n
    const m = locations.mapping[loc]
    const object = m === 0 ? 0 : p.mappings.file[m]
    const address = locations.address.get(loc)
    const from = locations.lineStart[loc]
    const to = locations.lineEnd[loc]
    if (from === to) node[n++] = b.row(0, 0, address, 0, 0, 0, object)
    for (let l = from; l < to; l++) {
      const fn = lines.fn[l]
      const name = functions.name[fn]
      const withObject = o.objectFiles || name === 0
      const row = b.row(
        name,
        file(functions.filename[fn]),
        address,
        lines.line.get(l),
        lines.column.get(l),
        withObject ? functions.startLine.get(fn) : 0,
        withObject ? object : 0,
      )
      node[n++] = row
      if (l !== to - 1) inlined.push(row)
    }
  }
  start[locations.count + 1] = n
  const table = b.done()
  const isInlined = new Uint8Array(table.count)
  for (const row of inlined.done()) isInlined[row] = 1
  return { table, start, node: node.subarray(0, n), inlined: isInlined }
}

/** File id -> id of the trimmed and cleaned path; '' stays ''. */
function cleanedFiles(p: Profile, trim: ((path: string) => string) | undefined): (id: number) => number {
  const known = new Map<number, number>()
  return (id) => {
    let c = known.get(id)
    if (c === undefined) {
      const path = p.strings.get(id)
      const trimmed = trim === undefined ? path : trim(path)
      c =
        trimmed === ''
          ? 0
          : trimmed === path && cleanPath(path) === path
            ? id
            : p.strings.intern(cleanPath(trimmed))
      known.set(id, c)
    }
    return c
  }
}

/** Interns nodes by all their attributes. */
class NodeBuilder {
  private readonly name = new GrowU32(256)
  private readonly file = new GrowU32(256)
  private readonly address = new Int64Builder(256)
  private readonly line = new Int64Builder(256)
  private readonly column = new Int64Builder(256)
  private readonly startLine = new Int64Builder(256)
  private readonly objectFile = new GrowU32(256)
  private slots = new Uint32Array(1024)

  row(
    name: number,
    file: number,
    address: Int,
    line: Int,
    column: Int,
    startLine: Int,
    object: number,
  ): number {
    const h = hashOf(name, file, Number(address), Number(line), Number(column), Number(startLine), object)
    const mask = this.slots.length - 1
    let slot = h & mask
    for (;;) {
      const row = this.slots[slot] - 1
      if (row < 0) break
      if (
        this.name.a[row] === name &&
        this.file.a[row] === file &&
        this.address.get(row) === address &&
        this.line.get(row) === line &&
        this.column.get(row) === column &&
        this.startLine.get(row) === startLine &&
        this.objectFile.a[row] === object
      )
        return row
      slot = (slot + 1) & mask
    }
    const row = this.name.length
    this.slots[slot] = row + 1
    this.name.push(name)
    this.file.push(file)
    this.address.push(address)
    this.line.push(line)
    this.column.push(column)
    this.startLine.push(startLine)
    this.objectFile.push(object)
    if ((row + 1) * 2 > this.slots.length) this.rehash()
    return row
  }

  private rehash(): void {
    const slots = new Uint32Array(this.slots.length * 4)
    const mask = slots.length - 1
    for (let row = 0; row < this.name.length; row++) {
      const h = hashOf(
        this.name.a[row],
        this.file.a[row],
        this.address.f[row],
        this.line.f[row],
        this.column.f[row],
        this.startLine.f[row],
        this.objectFile.a[row],
      )
      let slot = h & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = row + 1
    }
    this.slots = slots
  }

  done(): NodeTable {
    return {
      count: this.name.length,
      name: this.name.done(),
      file: this.file.done(),
      address: this.address.done(),
      line: this.line.done(),
      column: this.column.done(),
      startLine: this.startLine.done(),
      objectFile: this.objectFile.done(),
    }
  }
}

function hashOf(...parts: number[]): number {
  let h = 0
  for (const v of parts) {
    // Both halves: addresses differ above and below 2^32.
    h = Math.imul(h ^ (v | 0), 0x9e3779b1)
    h = Math.imul(h ^ Math.trunc(v / 4294967296), 0x85ebca6b) ^ (h >>> 13)
  }
  return (h ^ (h >>> 16)) >>> 0
}

/** Printed names and the order of nodes, computed on demand. */
export class NodeNames {
  private readonly p: Profile
  private readonly t: NodeTable
  private readonly printable: (string | undefined)[]

  constructor(p: Profile, t: NodeTable) {
    this.p = p
    this.t = t
    this.printable = new Array<string | undefined>(t.count).fill(undefined)
  }

  name(row: number): string {
    return this.p.strings.get(this.t.name[row])
  }

  file(row: number): string {
    return this.p.strings.get(this.t.file[row])
  }

  objectFile(row: number): string {
    return this.p.strings.get(this.t.objectFile[row])
  }

  /** The parts of a node's printed name: address, function, place; or the binary, or `<unknown>`. */
  components(row: number, name = this.name(row), file = this.file(row)): string[] {
    const t = this.t
    const parts: string[] = []
    const address = t.address.get(row)
    if (address !== 0) parts.push(hexInt(address).padStart(16, '0'))
    if (name !== '') parts.push(name)
    const line = t.line.get(row)
    if (line !== 0) {
      const column = t.column.get(row)
      parts.push(`${file}:${line}${column === 0 ? '' : `:${column}`}`)
    } else if (file !== '') parts.push(file)
    else if (name !== '') {
      // The function's name is all that was asked for.
    } else if (t.objectFile[row] !== 0) parts.push(`[${baseName(this.objectFile(row))}]`)
    else parts.push('<unknown>')
    return parts
  }

  /** The name as reports print it. */
  printed(row: number): string {
    let s = this.printable[row]
    if (s === undefined) {
      s = this.components(row).join(' ')
      this.printable[row] = s
    }
    return s
  }

  get count(): number {
    return this.t.count
  }

  /** By printed name alone. */
  comparePrinted(a: number, b: number): number {
    return compareText(this.printed(a), this.printed(b))
  }

  /** By address if both have one, else by printed name in byte order. */
  compare(a: number, b: number): number {
    const x = this.t.address.get(a)
    const y = this.t.address.get(b)
    if (x !== 0 && y !== 0 && x !== y) return x < y ? -1 : 1
    return compareText(this.printed(a), this.printed(b))
  }

  /** The last resort: the text form of all attributes, as Go prints the reference's struct. */
  compareAll(a: number, b: number): number {
    // An equal name decides nothing, and may be long.
    const named = this.t.name[a] !== this.t.name[b]
    return compareText(this.structText(a, named), this.structText(b, named))
  }

  private structText(row: number, named: boolean): string {
    const t = this.t
    const numbers = `${t.startLine.get(row)} ${t.line.get(row)} ${t.column.get(row)}`
    return `{${named ? this.name(row) : ''}  ${t.address.get(row)} ${this.file(row)} ${numbers} ${this.objectFile(row)}}`
  }
}
