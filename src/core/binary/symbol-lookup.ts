// Names for operands of instructions, as Go's tools find them (cmd/internal/disasm): the last symbol at
// or below the address, if it contains it.
//
// 1. "Last" means last after Go's sort by address, which is not stable. Where several symbols start at
//    one address and the answer depends on which is last, Go's sort is done over (see go-sort.ts); most
//    listings never ask for that.
// 2. Sorting a hundred thousand symbols takes longer than disassembling a large function, so they are only
//    spread over buckets by address, which is linear.

import { goSort } from '../base/go-sort.ts'
import { asUint, type Int } from '../base/int64.ts'
import type { Symbolize } from './disasm/instruction.ts'
import type { Executable } from './executable.ts'
import { tableAddress } from './object-address.ts'
import { after, type SymbolTable } from './symbols.ts'

/** Symbols that stand for a place in a section: Go's disassembler leaves them out. */
const PLACES: ReadonlySet<string> = new Set([
  'runtime.text',
  'text',
  '_text',
  'runtime.etext',
  'etext',
  '_etext',
])

/** Names addresses by a symbol table. */
export function symbolizer(table: SymbolTable): Symbolize {
  const lookup = new SymbolLookup(table)
  return (address) => lookup.find(address)
}

/**
 * Names addresses in an executable: by its symbols or, if it was stripped of them, by the functions of Go's line
 * table, where Go's tools give up.
 */
export function executableSymbolizer(exe: Executable): Symbolize {
  const { symbols } = exe
  if (symbols !== undefined) return symbolizer(symbols)
  const pcln = exe.go?.pcln
  if (pcln === undefined) return () => undefined
  return (address) => {
    const fn = pcln.find(tableAddress(address))
    return fn < 0 ? undefined : { name: pcln.name(fn), base: asUint(pcln.entry[fn]) }
  }
}

type Found = { readonly name: string; readonly base: Int } | undefined

class SymbolLookup {
  private readonly table: SymbolTable
  private readonly index: AddressBuckets
  private readonly answers = new Map<number, Found>()
  private goPosition: Uint32Array | undefined

  constructor(table: SymbolTable) {
    this.table = table
    this.index = new AddressBuckets(table.rows.address, table.count)
  }

  find(address: Int): Found {
    const at = tableAddress(address)
    if (this.answers.has(at)) return this.answers.get(at)
    const answer = this.search(at)
    this.answers.set(at, answer)
    return answer
  }

  private search(at: number): Found {
    const { table } = this
    const { address } = table.rows
    const size = table.fileSize
    // An address with only symbols that do not count sends us to the one below it.
    for (
      let start = this.index.greatest(at, true);
      start !== undefined;
      start = this.index.greatest(start, false)
    ) {
      const group = this.index.rowsAt(start).filter((row) => !PLACES.has(table.fileName(row)))
      if (group.length === 0) continue
      if (start === 0) return undefined
      const holds = (row: number): boolean => after(address[row] + size[row], at)
      const name = table.fileName(group[0])
      let row = group[0]
      if (group.some(holds) && !group.every((r) => holds(r) && table.fileName(r) === name))
        row = this.last(group)
      return holds(row) ? { name: table.fileName(row), base: asUint(start) } : undefined
    }
    return undefined
  }

  /** The one of several rows with equal addresses that Go's sort puts last. */
  private last(rows: readonly number[]): number {
    this.goPosition ??= goOrder(this.table)
    let best = rows[0]
    for (const row of rows) if (this.goPosition[row] > this.goPosition[best]) best = row
    return best
  }
}

/** Fewer symbols than this on average share a bucket, if they are spread evenly. */
const PER_BUCKET = 4

/** Rows by address, in buckets of equal width. Addresses in the upper half (kernels) are in the last one. */
class AddressBuckets {
  private readonly address: Float64Array
  /** Rows of bucket b: rows[start[b], start[b + 1]), in file order. */
  private readonly rows: Uint32Array
  private readonly start: Uint32Array
  private readonly least: number
  private readonly scale: number
  private readonly last: number

  constructor(address: Float64Array, count: number) {
    this.address = address
    let least = Infinity
    let most = 0
    for (let row = 0; row < count; row++) {
      const a = address[row]
      // Without address 0, where the names of source files are, and far from anything else.
      if (a > 0 && a < least) least = a
      if (a > most) most = a
    }
    this.least = least === Infinity ? 0 : least
    this.last = Math.max(1, Math.ceil(count / PER_BUCKET))
    this.scale = most > this.least ? (this.last - 1) / (most - this.least) : 0
    const start = new Uint32Array(this.last + 2)
    const bucket = new Uint32Array(count)
    for (let row = 0; row < count; row++) {
      const b = this.bucketOf(address[row])
      bucket[row] = b
      start[b + 1]++
    }
    for (let b = 0; b <= this.last; b++) start[b + 1] += start[b]
    const rows = new Uint32Array(count)
    const next = start.slice()
    for (let row = 0; row < count; row++) rows[next[bucket[row]]++] = row
    this.rows = rows
    this.start = start
  }

  private bucketOf(a: number): number {
    if (a < 0) return this.last
    if (a <= this.least) return 0
    const b = Math.trunc((a - this.least) * this.scale)
    return b < this.last ? b : this.last - 1
  }

  /** The greatest address of a row that is at most (or, if not `including`, less than) `at`. */
  greatest(at: number, including: boolean): number | undefined {
    const { address, rows, start } = this
    for (let b = this.bucketOf(at); b >= 0; b--) {
      let best: number | undefined
      for (let i = start[b]; i < start[b + 1]; i++) {
        const a = address[rows[i]]
        if (after(a, at) || (a === at && !including)) continue
        if (best === undefined || after(a, best)) best = a
      }
      if (best !== undefined) return best
    }
    return undefined
  }

  /** The rows that have this very address, in file order. */
  rowsAt(at: number): number[] {
    const { address, rows, start } = this
    const out: number[] = []
    const b = this.bucketOf(at)
    for (let i = start[b]; i < start[b + 1]; i++) if (address[rows[i]] === at) out.push(rows[i])
    return out
  }
}

/** Row in file order -> its position after Go's sort. */
function goOrder(table: SymbolTable): Uint32Array {
  const address = table.rows.address.slice(0, table.count)
  const row = Uint32Array.from(address, (_, i) => i)
  goSort(table.count, {
    less: (i, j) => after(address[j], address[i]),
    swap: (i, j) => {
      const a = address[i]
      address[i] = address[j]
      address[j] = a
      const r = row[i]
      row[i] = row[j]
      row[j] = r
    },
  })
  const position = new Uint32Array(table.count)
  for (let i = 0; i < table.count; i++) position[row[i]] = i
  return position
}
