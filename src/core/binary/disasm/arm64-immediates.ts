// Constants that arm64 instructions encode in ways of their own, as Go prints them.

import { bits } from './arm64-conditions.ts'

/** The repeated, rotated run of ones that logical instructions encode, as a signed decimal. */
export function logicalImmediate(x: number, size: number): string | undefined {
  const n = bits(x, 22, 1)
  const s = bits(x, 10, 6)
  const length = n !== 0 ? 6 : 31 - Math.clz32(~s & 63)
  if (length < 1 || 1 << length > size) return undefined
  const element = 1 << length
  const ones = (s & (element - 1)) + 1
  const by = BigInt(bits(x, 16, 6) & (element - 1))
  const run = (1n << BigInt(ones)) - 1n
  const mask = (1n << BigInt(element)) - 1n
  const rotated = ((run >> by) | (run << (BigInt(element) - by))) & mask
  let v = 0n
  for (let i = 0; i < size; i += element) v = (v << BigInt(element)) | rotated
  return `$${BigInt.asIntN(64, v)}`
}

/** The constant of MOVZ, and with `isInverse` of MOVN; undefined if it is shifted out of 32 bits. */
export function wideImmediate(x: number, is64: boolean, isInverse: boolean): string | undefined {
  const by = bits(x, 21, 2) * 16
  const imm16 = bits(x, 5, 16)
  if (!is64) {
    if (by > 16) return undefined
    const v = imm16 << by
    return `$${(isInverse ? ~v : v) >>> 0}`
  }
  if (by < 48) {
    const v = imm16 * 2 ** by
    return `$${isInverse ? -1 - v : v}`
  }
  const v = BigInt(imm16) << 48n
  return `$${BigInt.asIntN(64, isInverse ? ~v : v)}`
}

/** `$-1.5`: an eight-bit float, with six decimals rounded half to even and zeros cut as Go's %f does. */
export function eightBitFloat(negative: number, exponent: number, fraction: number): string {
  const value = exponent > 0 ? (16 + fraction) << exponent : 16 + fraction
  const divisor = exponent > 0 ? 16 : 16 << -exponent
  const scaled = value * 1e6
  let micros = Math.floor(scaled / divisor)
  const rest = scaled - micros * divisor
  if (rest * 2 > divisor || (rest * 2 === divisor && micros % 2 === 1)) micros++
  const decimals = String(micros % 1e6).padStart(6, '0')
  return `$${negative ? '-' : ''}${Math.floor(micros / 1e6)}.${decimals.replace(/0+$/, '')}`
}

/** Eight bits spread to eight bytes of zeros or ones, as a signed decimal. */
export function everyByte(x: number): string {
  const set = (bits(x, 16, 3) << 5) | bits(x, 5, 5)
  let v = 0n
  for (let i = 7; i >= 0; i--) v = (v << 8n) | ((set >> i) & 1 ? 255n : 0n)
  return `$${BigInt.asIntN(64, v)}`
}
