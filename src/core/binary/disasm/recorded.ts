// For tests: recorded instructions, compared with what a disassembler prints.

import { type Int, toInt } from '../../base/int64.ts'
import type { Symbolize } from './instruction.ts'
import type { Listing } from './listing.ts'

/** A symbol in every third block of 256 bytes below 2^44, named by its number: what the recordings used. */
export const fakeSymbols: Symbolize = (address) => {
  const a = BigInt(address)
  if (a >> 44n !== 0n || (a >> 8n) % 3n !== 0n) return undefined
  return { name: `s${(a >> 8n).toString(16)}`, base: toInt(a & ~255n) }
}

export const fromHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (b) => Number.parseInt(b, 16))

/**
 * Checks rows `hex address text`, several per line between ` | `: the first instruction of each must have
 * that text and take all bytes, or one if it is unknown on amd64.
 */
export function checkRecorded(
  recorded: string,
  disassemble: (code: Uint8Array, address: Int, symbolize: Symbolize) => Listing,
  toBytes: (hex: string) => string,
): { rows: number; differences: string[] } {
  const differences: string[] = []
  let rows = 0
  for (const row of recorded.split(/\n| \| /)) {
    if (row === '') continue
    rows++
    const [hex, address] = row.split(' ', 2)
    const want = row.slice(hex.length + address.length + 2)
    const code = fromHex(toBytes(hex))
    const got = disassemble(code, toInt(BigInt(`0x${address}`)), fakeSymbols)
    const whole = want === '?' || got.sizeOf(0) === code.length
    if (got.texts[0] !== want || !whole) differences.push(`${row}: ${got.sizeOf(0)} ${got.texts[0]}`)
  }
  return { rows, differences }
}
