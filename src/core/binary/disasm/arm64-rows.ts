// The encodings as rows, and an index over them.
//
// Of several rows that fit a word the one with more fixed bits is tried first, then those with a
// condition, then in the order of the text. That gives the same choice as the order of Go's table.

import { CONDITIONS } from './arm64-conditions.ts'
import { ARM64_BASE } from './arm64-map-base.ts'
import { ARM64_SIMD } from './arm64-map-simd.ts'
import { type Operand, operandOf } from './arm64-operands.ts'
import { type Printer, printerOf } from './arm64-printers.ts'

/** One encoding of one instruction. */
export interface Row {
  readonly mask: number
  readonly value: number
  readonly condition: ((x: number) => boolean) | undefined
  readonly operands: readonly Operand[]
  readonly print: Printer
}

const PAIRS = new Set(['LDP', 'STP'])
const LOADS = new Set(['LDR', 'LDRSW'])
const TRANSFERS = new Set(['LDR', 'LDUR', 'STR', 'STUR'])

/** Whether Go writes the scalar registers of an instruction as F0 and not as V0. */
const isFloat = (op: string): boolean =>
  op[0] === 'F' || op.endsWith('CVTF') || PAIRS.has(op) || TRANSFERS.has(op)

function ones(v: number): number {
  let n = 0
  for (let x = v; x !== 0; x &= x - 1) n++
  return n
}

function parse(text: string, rows: Row[]): void {
  for (const line of text.split('\n')) {
    if (line === '') continue
    const colon = line.indexOf(': ')
    const tokens = line.slice(9, Math.max(9, colon)).split(' ').filter(Boolean)
    const last = tokens[tokens.length - 1]
    const condition = last?.[0] === '?' ? CONDITIONS[last.slice(1)] : undefined
    if (last?.[0] === '?') tokens.pop()
    const mask = Number.parseInt(line.slice(0, 8), 16) | 0
    const items = line.slice(colon + 2).split(' ')
    for (let i = 0; i < items.length; i += 2) {
      const op = items[i + 1]
      const operands = tokens.map((t) => operandOf(t, isFloat(op), LOADS.has(op)))
      const value = Number.parseInt(items[i], 16) | 0
      rows.push({ mask, value, condition, operands, print: printerOf(op, operands) })
    }
  }
}

function allRows(): readonly Row[] {
  const rows: Row[] = []
  parse(ARM64_BASE, rows)
  parse(ARM64_SIMD, rows)
  const rank = (r: Row): number => ones(r.mask) * 2 + (r.condition === undefined ? 0 : 1)
  return rows.sort((a, b) => rank(b) - rank(a))
}

const INDEX_BITS = 11
const INDEX_SHIFT = 32 - INDEX_BITS

/** Bits 21 to 31 of a word -> the rows that may fit, in the order to try them. */
function makeIndex(rows: readonly Row[]): readonly (readonly Row[])[] {
  const index: Row[][] = []
  for (let i = 0; i < 1 << INDEX_BITS; i++) index.push([])
  for (const row of rows) {
    const value = row.value >>> INDEX_SHIFT
    const free = ~(row.mask >>> INDEX_SHIFT) & ((1 << INDEX_BITS) - 1)
    // All subsets of the free bits.
    let bits = free
    for (;;) {
      index[value | bits].push(row)
      if (bits === 0) break
      bits = (bits - 1) & free
    }
  }
  return index
}

const index = makeIndex(allRows())

/** The rows that may fit a word. */
export const candidates = (x: number): readonly Row[] => index[x >>> INDEX_SHIFT]
