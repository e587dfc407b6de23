// A line of a call chain:
//
//   \t    ffffffff81b6ccb2 _copy_to_iter+0x82 ([kernel.kallsyms])
//
// address, symbol with offset, binary; symbol and binary are optional, and "[unknown]" if perf does
// not know them. An inlined function has "(inlined)" in place of its binary, and the address of the
// function it was inlined into, whose line follows. With `-F +srcline` a second line has the
// position, two blanks before it; the mark of an inlined function then follows the position.

import { type Int, uintFromHalves } from '../../base/int64.ts'

export interface Frame {
  address: Int
  /** '' if unknown. */
  symbol: string
  /** Path of the binary, or a name in brackets such as [kernel.kallsyms]; '' if unknown. */
  binary: string
  inlined: boolean
  file: string
  line: number
}

const INLINED = ' (inlined)'

/** Parses a frame line without its leading blanks; null if it does not start with an address. */
export function parseFrame(text: string): Frame | null {
  let digits = 0
  while (digits < text.length && hexDigit(text.charCodeAt(digits)) >= 0) digits++
  if (digits === 0 || digits > 16) return null
  if (digits < text.length && text[digits] !== ' ') return null
  const frame: Frame = {
    address: parseHex(text.slice(0, digits)),
    symbol: '',
    binary: '',
    inlined: false,
    file: '',
    line: 0,
  }
  let rest = text.slice(digits + 1).trim()
  if (rest.endsWith(INLINED)) {
    frame.inlined = true
    rest = rest.slice(0, -INLINED.length)
  } else {
    const open = binaryStart(rest)
    if (open >= 0) {
      const binary = rest.slice(open + 1, -1).replace(/\+0x[0-9a-f]+$/, '')
      if (binary !== '[unknown]') frame.binary = binary
      rest = rest.slice(0, open).trimEnd()
    }
  }
  const symbol = rest.replace(/\+0x[0-9a-f]+$/, '')
  if (symbol !== '[unknown]') frame.symbol = symbol
  return frame
}

/** Where the parenthesis around the binary opens: the last one, with those inside it ("(/memfd:x (deleted))"). -1 if there is none. */
function binaryStart(rest: string): number {
  if (!rest.endsWith(')')) return -1
  let depth = 0
  let open = -1
  for (let i = rest.length - 1; i >= 0; i--) {
    const c = rest[i]
    if (c === ')') depth++
    else if (c === '(' && --depth === 0) {
      open = i
      break
    }
  }
  // A parenthesis in a path need not be closed.
  if (open < 0) open = rest.lastIndexOf(' (') + 1
  // Arguments follow their function without a blank; an unknown symbol is printed, so the binary never comes first.
  return open > 0 && rest[open - 1] === ' ' ? open : -1
}

/** Adds the position of a `srcline` line to its frame. */
export function addPosition(frame: Frame, text: string): void {
  let position = text.trim()
  if (position.endsWith(INLINED)) {
    frame.inlined = true
    position = position.slice(0, -INLINED.length)
  }
  const colon = position.lastIndexOf(':')
  const line = position.slice(colon + 1).replace(/ .*$/, '')
  if (colon <= 0 || !/^\d{1,9}$/.test(line)) return
  frame.file = position.slice(0, colon) === '??' ? '' : position.slice(0, colon)
  frame.line = frame.file === '' ? 0 : Number(line)
}

/** Exact value of up to 16 hex digits. */
function parseHex(digits: string): Int {
  return uintFromHalves(
    Number.parseInt(digits.slice(0, -8) || '0', 16),
    Number.parseInt(digits.slice(-8), 16),
  )
}

export function hexDigit(c: number): number {
  if (c >= 48 && c <= 57) return c - 48
  if (c >= 97 && c <= 102) return c - 87
  return -1
}
