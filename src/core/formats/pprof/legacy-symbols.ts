// Names in the text profiles of Go (`debug=1`), which are there for people: after each sample
//
//   # labels: {"key":"value"}
//   #	0x4e7cd8	main.wait+0x18			example.com/shop/main.go:187
//
// (runtime/pprof printStackRecord, printCountProfile.) The address is that of the call, as the readers
// make it from the return address. What was inlined follows as further lines, with the same address or
// with one that is not in the stack.
//
// The writer leaves out leading frames of the runtime, and runtime.goexit. Their names are lost, so
// these frames are taken out, as they are when Go writes a heap profile in binary.

import { decodeUtf8 } from '../../base/utf8.ts'
import { MAPPING_HAS } from '../../model/profile.ts'
import type { LegacyDraft } from './legacy-draft.ts'
import { byteString, startsWithAt } from './legacy-text.ts'

/** Collects what comment lines say about the sample before them. */
export class GoSymbols {
  private readonly bytes: Uint8Array
  private draft: LegacyDraft | undefined
  /** Number of samples when the last comment was read. */
  private sample = 0
  /** Index in the draft's frames from which the next line's frame is searched. */
  private cursor = 0
  /** Location that the next line may be an outer frame of; 0 if none. */
  private location = 0
  /** True once the sample has had a line. */
  private cut = false
  /** False if the location got its lines from an earlier stack. */
  private collecting = false

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  begin(draft: LegacyDraft): void {
    this.draft = draft
    this.sample = 0
  }

  /** Takes in a blank or comment line bytes[from, to). */
  comment(from: number, to: number): void {
    const { bytes, draft } = this
    if (draft === undefined || draft.sampleCount === 0 || bytes[from] !== 35 || from === to) return
    if (this.sample !== draft.sampleCount) {
      this.sample = draft.sampleCount
      this.cursor = draft.stackStart.a[this.sample - 1]
      this.location = 0
      this.cut = false
    }
    let at = from + 1
    while (at < to && isBlank(bytes[at])) at++
    if (at + 2 < to && bytes[at] === 48 && bytes[at + 1] === 120) this.frame(draft, at + 2, to)
    else if (startsWithAt(bytes, at, to, 'labels: {')) this.labels(draft, at + 9, to)
  }

  /** An address (from behind its 0x), and then usually function+offset and file:line, between tabs. */
  private frame(draft: LegacyDraft, from: number, to: number): void {
    const { bytes } = this
    let at = from
    let hi = 0
    let lo = 0
    for (; at < to; at++) {
      const c = bytes[at]
      const digit = c >= 48 && c <= 57 ? c - 48 : c >= 97 && c <= 102 ? c - 87 : -1
      if (digit < 0) break
      hi = (hi << 4) | (lo >>> 28)
      lo = (lo << 4) | digit
    }
    while (at < to && isBlank(bytes[at])) at++
    if (at === to) {
      this.location = 0
      return
    }
    // A PC at the very start of a function was not moved back by one when the names were written.
    const next =
      this.nextUse(draft, hi, lo) || this.nextUse(draft, lo === 0 ? (hi - 1) | 0 : hi, (lo - 1) | 0)
    if (next !== 0) {
      // Nothing is left out between lines, so what is outside them goes.
      if (!this.cut) draft.stackStart.a[this.sample - 1] = this.cursor - 1
      this.cut = true
      draft.stackEnd.a[this.sample - 1] = this.cursor
      this.location = next
      this.collecting = !draft.hasLines(next)
    }
    if (this.location === 0 || !this.collecting) return
    let nameEnd = bytes.indexOf(9, at)
    if (nameEnd < 0 || nameEnd > to) nameEnd = to
    let place = nameEnd
    while (place < to && isBlank(bytes[place])) place++
    const fn = draft.functionRow(this.name(draft, at, nameEnd), this.file(draft, place, to))
    const line = this.line(place, to)
    if (next !== 0) draft.setLine(next, fn, line)
    else draft.addOuterLine(this.location, fn, line)
  }

  /** The location at an address if the sample has it at or behind the cursor, which moves behind it; else 0. */
  private nextUse(draft: LegacyDraft, hi: number, lo: number): number {
    if (draft.lastUseOf(hi, lo) < this.cursor) return 0
    const row = draft.locationAt(hi, lo)
    const frame = draft.frame.a
    while (frame[this.cursor] !== row) this.cursor++
    this.cursor++
    return row
  }

  /** String id of a function's name without "+0x1f". */
  private name(draft: LegacyDraft, from: number, to: number): number {
    let end = to
    for (let i = to - 3; i > from; i--) {
      if (startsWithAt(this.bytes, i, to, '+0x')) {
        end = i
        break
      }
    }
    return draft.strings.internBytes(this.bytes, from, end)
  }

  /** Where ":123" starts; `to` if the place has none. */
  private colon(from: number, to: number): number {
    let i = to
    while (i > from && this.bytes[i - 1] >= 48 && this.bytes[i - 1] <= 57) i--
    return i < to && i > from && this.bytes[i - 1] === 58 ? i - 1 : to
  }

  private file(draft: LegacyDraft, from: number, to: number): number {
    return draft.strings.internBytes(this.bytes, from, this.colon(from, to))
  }

  private line(from: number, to: number): number {
    const digits = byteString(this.bytes, this.colon(from, to) + 1, to)
    return digits.length <= 15 ? Number(digits) : 0
  }

  private labels(draft: LegacyDraft, from: number, to: number): void {
    const pairs = parseLabels(byteString(this.bytes, from, to))
    if (pairs === undefined) return
    for (const [key, value] of pairs) draft.labels.addText(this.intern(draft, key), this.intern(draft, value))
    draft.labelSet.a[draft.sampleCount - 1] = draft.labels.endSet()
  }

  private intern(draft: LegacyDraft, text: string): number {
    return draft.strings.intern(text)
  }
}

/** Sets the has-bits of mappings whose locations all have lines. For finished drafts. */
export function markSymbolized(draft: LegacyDraft): void {
  const { functions, filenames, lineNumbers, inlineFrames } = MAPPING_HAS
  const has = draft.mappingHas
  for (let row = 1; row <= draft.locationCount; row++)
    if (draft.hasLines(row))
      has[draft.locationMapping[row]] = functions | filenames | lineNumbers | inlineFrames
  for (let row = 1; row <= draft.locationCount; row++)
    if (!draft.hasLines(row)) has[draft.locationMapping[row]] = 0
  has[0] = 0
}

const isBlank = (c: number): boolean => c === 9 || c === 32

const PAIR = /"((?:[^"\\]|\\.)*)":"((?:[^"\\]|\\.)*)"(?:, |\}$)/y

/** Pairs of quoted strings behind the opening brace, as bytes strings are; undefined if it is anything else. */
function parseLabels(text: string): [key: string, value: string][] | undefined {
  const pairs: [string, string][] = []
  PAIR.lastIndex = 0
  while (PAIR.lastIndex < text.length) {
    const m = PAIR.exec(text)
    if (m === null) return undefined
    pairs.push([unquote(m[1]), unquote(m[2])])
  }
  return pairs
}

const ESCAPES: Record<string, number> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 }

/** Undoes the escapes of Go's %q in a byte string. */
function unquote(quoted: string): string {
  const bytes: number[] = []
  const encoder = new TextEncoder()
  for (let i = 0; i < quoted.length; i++) {
    if (quoted[i] !== '\\') {
      bytes.push(quoted.charCodeAt(i))
      continue
    }
    const kind = quoted[++i]
    const digits = { x: 2, u: 4, U: 8 }[kind] ?? 0
    if (digits === 0) bytes.push(ESCAPES[kind] ?? kind.charCodeAt(0))
    else {
      const code = Number.parseInt(quoted.slice(i + 1, i + 1 + digits), 16) || 0
      if (kind === 'x') bytes.push(code & 0xff)
      else bytes.push(...encoder.encode(code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'))
      i += digits
    }
  }
  return decodeUtf8(Uint8Array.from(bytes))
}
