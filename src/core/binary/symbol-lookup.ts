// Names for operands of instructions, as Go's tools find them (cmd/internal/disasm): the last symbol at
// or below the address, if it contains it.
//
// 1. "Last" means last after Go's sort by address, which is not stable. Where several symbols start at
//    one address and the answer depends on which is last, Go's sort is done over (see go-sort.ts); most
//    listings never ask for that.
// 2. A listing of one function asks for a few addresses only. A look at every symbol for each of them is
//    then cheaper than sorting; sorting begins when there are many.

import { goSort } from '../base/go-sort.ts'
import { asUint, type Int } from '../base/int64.ts'
import type { Symbolize } from './disasm/instruction.ts'
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

/** Searches without sorting: about as many as a sort is worth. */
const UNSORTED = 24

/** Names addresses by a symbol table. */
export function symbolizer(table: SymbolTable): Symbolize {
  const lookup = new SymbolLookup(table)
  return (address) => lookup.find(address)
}

type Found = { readonly name: string; readonly base: Int } | undefined

class SymbolLookup {
  private readonly table: SymbolTable
  /** Start address -> the symbols there that count, as rows in file order. */
  private readonly groups = new Map<number, readonly number[]>()
  private readonly answers = new Map<number, Found>()
  private searches = 0
  private goPosition: Uint32Array | undefined

  constructor(table: SymbolTable) {
    this.table = table
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
    for (let start = this.startBelow(at, true); start !== undefined; start = this.startBelow(start, false)) {
      const group = this.group(start)
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

  /** The greatest address of a symbol that is at most (or, if not `including`, less than) `at`. */
  private startBelow(at: number, including: boolean): number | undefined {
    if (this.searches++ < UNSORTED) {
      const { address } = this.table.rows
      let best: number | undefined
      for (let row = 0; row < this.table.count; row++) {
        const a = address[row]
        if (after(a, at) || (a === at && !including)) continue
        if (best === undefined || after(a, best)) best = a
      }
      return best
    }
    const { address } = this.table
    let low = 0
    let high = address.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (after(address[middle], at) || (!including && address[middle] === at)) high = middle
      else low = middle + 1
    }
    return low === 0 ? undefined : address[low - 1]
  }

  /** Rows of the symbols at an address that count. */
  private group(start: number): readonly number[] {
    let group = this.groups.get(start)
    if (group === undefined) {
      const rows: number[] = []
      const add = (row: number): void => {
        if (!PLACES.has(this.table.fileName(row))) rows.push(row)
      }
      if (this.searches <= UNSORTED) {
        const { address } = this.table.rows
        for (let row = 0; row < this.table.count; row++) if (address[row] === start) add(row)
      } else {
        const { address, fileRow } = this.table
        let i = lowerBound(address, start)
        for (; i < address.length && address[i] === start; i++) add(fileRow[i])
      }
      group = rows
      this.groups.set(start, group)
    }
    return group
  }

  /** The one of several rows with equal addresses that Go's sort puts last. */
  private last(rows: readonly number[]): number {
    this.goPosition ??= goOrder(this.table)
    let best = rows[0]
    for (const row of rows) if (this.goPosition[row] > this.goPosition[best]) best = row
    return best
  }
}

/** First place in ascending addresses that is not below `at`. */
function lowerBound(address: Float64Array, at: number): number {
  let low = 0
  let high = address.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (after(at, address[middle])) low = middle + 1
    else high = middle
  }
  return low
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
