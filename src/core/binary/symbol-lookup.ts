// Names for operands of instructions, as Go's tools find them (cmd/internal/disasm): the last symbol at
// or below the address, if it contains it.
//
// "Last" means last after Go's sort by address, which is not stable. Where several symbols start at one
// address and the answer depends on which is last, Go's sort is done over (see go-sort.ts); most
// listings never ask for that.

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

/** Names addresses by a symbol table. */
export function symbolizer(table: SymbolTable): Symbolize {
  const lookup = new SymbolLookup(table)
  return (address) => lookup.find(address)
}

class SymbolLookup {
  private readonly table: SymbolTable
  /** Last row of a group of equal addresses -> its rows that count. */
  private readonly groups = new Map<number, readonly number[]>()
  private sorted: Uint32Array | undefined

  constructor(table: SymbolTable) {
    this.table = table
  }

  find(address: Int): { readonly name: string; readonly base: Int } | undefined {
    const { table } = this
    const at = tableAddress(address)
    // What lies below the group that was found, where that has only symbols that do not count.
    for (let end = this.upperBound(at); end > 0; ) {
      const group = this.group(end - 1)
      if (group.length === 0) {
        const start = table.address[end - 1]
        while (end > 0 && table.address[end - 1] === start) end--
        continue
      }
      const start = table.address[group[0]]
      if (start === 0) return undefined
      const holds = (row: number): boolean => after(start + table.size[row], at)
      let row = group[0]
      if (group.some(holds) && !group.every((r) => holds(r) && table.name(r) === table.name(row)))
        row = this.last(group)
      return holds(row) ? { name: table.name(row), base: asUint(start) } : undefined
    }
    return undefined
  }

  /** Number of symbols at or below an address. */
  private upperBound(at: number): number {
    let low = 0
    let high = this.table.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (after(this.table.address[middle], at)) high = middle
      else low = middle + 1
    }
    return low
  }

  /** The rows at the address of row `last` (which is the last one there) that count. */
  private group(last: number): readonly number[] {
    let group = this.groups.get(last)
    if (group === undefined) {
      const { table } = this
      const rows: number[] = []
      for (let row = last; row >= 0 && table.address[row] === table.address[last]; row--)
        if (!PLACES.has(table.name(row))) rows.push(row)
      group = rows
      this.groups.set(last, group)
    }
    return group
  }

  /** The one of several rows with equal addresses that Go's sort puts last. */
  private last(rows: readonly number[]): number {
    this.sorted ??= goOrder(this.table)
    let best = rows[0]
    for (const row of rows) if (this.sorted[row] > this.sorted[best]) best = row
    return best
  }
}

/** Row -> its position after Go's sort of the symbols in the order of the file. */
function goOrder(table: SymbolTable): Uint32Array {
  const address = new Float64Array(table.count)
  const rowAt = new Uint32Array(table.count)
  for (let row = 0; row < table.count; row++) {
    address[table.fileRow[row]] = table.address[row]
    rowAt[table.fileRow[row]] = row
  }
  goSort(table.count, {
    less: (i, j) => after(address[j], address[i]),
    swap: (i, j) => {
      const a = address[i]
      address[i] = address[j]
      address[j] = a
      const r = rowAt[i]
      rowAt[i] = rowAt[j]
      rowAt[j] = r
    },
  })
  const position = new Uint32Array(table.count)
  for (let i = 0; i < table.count; i++) position[rowAt[i]] = i
  return position
}
