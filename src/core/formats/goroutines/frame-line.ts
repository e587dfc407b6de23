// One line inside a stack, taken apart. Each distinct line comes here once (see line-cache.ts).

import type { Strings } from '../../base/strings.ts'
import { decodeUtf8 } from '../../base/utf8.ts'
import { LINE, type LineKind } from './line-cache.ts'

export interface ParsedLine {
  readonly kind: LineKind
  /** See LINE. */
  readonly values: readonly [number, number, number]
}

/**
 * The place in the source: "\t" or blanks (what terminals and mail make of it), then
 * "file:line", "+0x1d" unless inlined, and "fp=0x1 sp=0x2 pc=0x3" in crash reports (Go 1.3: fp alone).
 */
const PLACE =
  /^\s*(\S.*?):(\d{1,9})(?: \+0x([0-9a-f]{1,8}))?(?: fp=0x[0-9a-f]+(?: sp=0x[0-9a-f]+)?(?: pc=0x[0-9a-f]+)?)?$/s
const NATIVE_PLACE = /^\t(?:(\S.*?):(\d{1,9}) )?pc=0x[0-9a-f]+$/s
const ELIDED = /^\.\.\.(\d{1,9}) frames elided\.\.\.$/
const ELIDED_SOME = /^\.\.\.(?:additional frames elided\.\.\.)?$|^\.\.\.\(.* frames elided\)$/
const CREATED = /^created by (\S.*?)( in goroutine )?$/s
const NATIVE = /^non-Go function at pc=0x[0-9a-f]+$/
/** A symbol of the linker: blanks only within brackets (type arguments of Go 1.18 to 1.20). */
const SYMBOL = /^[^\s([]+(?:\[[^\n]*\])?[^\s]*$/

/** Whether a name may be that of a function, as the linker has it. */
export function isSymbol(name: string): boolean {
  return name.length > 0 && SYMBOL.test(withoutReceiver(name))
}

const OTHER: ParsedLine = { kind: LINE.other, values: [0, 0, 0] }
const NATIVE_NAME: ParsedLine = { kind: LINE.nativeName, values: [0, 0, 0] }

/** What a line of a stack is. "created by f in goroutine 7" comes without its number (and then has kind createdIn). */
export function parseFrameLine(strings: Strings, b: Uint8Array, from: number, to: number): ParsedLine {
  const text = decodeUtf8(b.subarray(from, to))
  const id = (s: string): number => strings.intern(s)
  if (text.startsWith('created by ')) {
    const m = CREATED.exec(text)
    if (m === null) return OTHER
    return { kind: m[2] === undefined ? LINE.created : LINE.createdIn, values: [id(m[1]), 0, 0] }
  }
  if (/^\s/.test(text)) {
    if (text.trim() === 'goroutine running on other thread; stack unavailable')
      return { kind: LINE.unavailable, values: [0, 0, 0] }
    const native = NATIVE_PLACE.exec(text)
    if (native !== null)
      return { kind: LINE.nativePlace, values: [id(native[1] ?? ''), Number(native[2] ?? 0), 0] }
    return placeOf(text, id)
  }
  if (text.startsWith('...')) {
    const elided = ELIDED.exec(text)
    if (elided !== null) return { kind: LINE.elided, values: [Number(elided[1]), 0, 0] }
    if (ELIDED_SOME.test(text)) return { kind: LINE.elided, values: [0xffffffff, 0, 0] }
  }
  if (NATIVE.test(text)) return { kind: LINE.native, values: [id('non-Go function'), 0, 0] }
  const open = text.endsWith(')') ? text.lastIndexOf('(') : -1
  if (isSymbol(text.slice(0, Math.max(0, open))))
    return { kind: LINE.call, values: [id(text.slice(0, open)), id(text.slice(open + 1, -1)), 0] }
  // A logger that trims its lines took the tab away.
  const place = /\.(?:go|s|c|cc|cpp|h|goc):\d+(?: \+0x[0-9a-f]+)?$/.test(text) ? placeOf(text, id) : OTHER
  if (place.kind !== LINE.other) return place
  return text.length < 1024 && !text.includes(': ') ? NATIVE_NAME : OTHER
}

function placeOf(text: string, id: (s: string) => number): ParsedLine {
  const m = PLACE.exec(text)
  if (m === null) return OTHER
  return {
    kind: LINE.place,
    values: [id(m[1]), Math.min(Number(m[2]), 0xffffffff), Number.parseInt(m[3] ?? '0', 16)],
  }
}

/** `pkg.(*T).M` without what has parentheses. */
function withoutReceiver(name: string): string {
  return name.replace(/\(\*?[^()]*\)/g, '')
}
