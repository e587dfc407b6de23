// Prints arm64 instructions as `go tool objdump` does (golang.org/x/arch/arm64/arm64asm, GoSyntax).

import { addInt, asUint, type Int } from '../../base/int64.ts'
import type { Place } from './arm64-operands.ts'
import { candidates, type Row } from './arm64-rows.ts'
import type { Symbolize } from './instruction.ts'
import { Listing } from './listing.ts'

/** Reads the operands into `texts`; false if one of them has no meaning. */
function readOperands(row: Row, x: number, place: Place, texts: string[]): boolean {
  const { operands } = row
  for (let i = 0; i < operands.length; i++) {
    const text = operands[i].text(x, place)
    if (text === undefined) return false
    texts[i] = text
  }
  return true
}

function printWord(x: number, place: Place, texts: string[]): string {
  for (const row of candidates(x)) {
    if ((x & row.mask) !== row.value) continue
    if (row.condition !== undefined && !row.condition(x)) continue
    if (readOperands(row, x, place, texts)) return row.print(x, texts)
  }
  return '?'
}

/**
 * Disassembles arm64 code whose first byte lies at `address` (a uint64). Words that Go's tools do not know,
 * and a rest of less than four bytes, give a row `?`. Never throws; takes time and memory in proportion to
 * the code.
 */
export function disassembleArm64(code: Uint8Array, address: Int, symbolize: Symbolize): Listing {
  const count = Math.ceil(code.length / 4)
  const texts: string[] = new Array(count)
  const offsets = new Uint32Array(count + 1)
  const place: Place = { pc: address, symbolize }
  const operandTexts: string[] = []
  for (let row = 0, at = 0; row < count; row++, at += 4) {
    offsets[row] = at
    if (at + 4 > code.length) {
      texts[row] = '?'
      break
    }
    const x = code[at] | (code[at + 1] << 8) | (code[at + 2] << 16) | (code[at + 3] << 24)
    place.pc = asUint(addInt(address, at))
    texts[row] = printWord(x, place, operandTexts)
  }
  offsets[count] = code.length
  return new Listing(address, offsets, texts)
}
