// Names in the text profiles of Go (`debug=1`), which are there for people: after each sample
//
//   # labels: {"key":"value"}
//   #	0x4e7cd8	main.wait+0x18			example.com/shop/main.go:187
//
// (runtime/pprof printStackRecord, printCountProfile.) The address is that of the call, as the readers
// make it from the return address.
//
// 1. A line's frame is the next one of the stack that has its address. Lines in between are never left
//    out, but the writer skips leading frames of the runtime, and runtime.goexit. Their names are lost,
//    so these frames are taken out, as they are when Go writes a heap profile in binary.
// 2. A line without such a frame is a caller that the frame before it was inlined into.
// 3. Mostly, though, an inlined function and its caller are frames of their own, with made-up addresses.
//    Both are offsets from the entry of the one function of machine code, which is how they are found
//    and made one location with several lines, as Go's binary profiles have it.

import { GrowBytes } from '../../base/grow.ts'
import type { Int } from '../../base/int64.ts'
import { decodeUtf8 } from '../../base/utf8.ts'
import { MAPPING_HAS } from '../../model/profile.ts'
import type { LegacyDraft } from './legacy-draft.ts'
import { byteString, MAX_SEARCHED_LINE, startsWithAt } from './legacy-text.ts'

/** Collects what comment lines say about the sample before them. */
export class GoSymbols {
  private readonly bytes: Uint8Array
  private draft: LegacyDraft | undefined
  /** Number of samples when the last comment was read; 0 if the sample's stack is dealt with. */
  private sample = 0
  /** Index in the draft's frames from which the next line's frame is searched. */
  private cursor = 0
  /** Location that the next line may be an outer frame of; 0 if none. */
  private location = 0
  /** False if the location got its lines from an earlier stack. */
  private collecting = false
  /** True once the sample has had a line. */
  private cut = false
  /** Location row -> number of lines of its own, without those of frames merged into it. */
  private ownLines = new Uint32Array(256)
  /** Location row -> address of its function's entry, 0 if not known. */
  private entry = new Float64Array(256)

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  begin(draft: LegacyDraft): void {
    this.draft = draft
    this.sample = 0
  }

  /** Takes in a blank or comment line bytes[from, to). */
  comment(from: number, to: number): void {
    const { bytes } = this
    const draft = this.draft
    if (draft === undefined || draft.sampleCount === 0 || bytes[from] !== 35 || from === to) return
    if (this.sample !== draft.sampleCount) {
      this.end()
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
      const digit = hexDigit(bytes[at])
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
      if (!this.cut) draft.stackStart.a[this.sample - 1] = this.cursor - 1
      this.cut = true
      draft.stackEnd.a[this.sample - 1] = this.cursor
      this.location = next
      this.collecting = !draft.hasLines(next)
    }
    if (this.location === 0 || !this.collecting) return
    let nameEnd = bytes.indexOf(9, at)
    if (nameEnd < 0 || nameEnd > to) nameEnd = to
    const plus = this.plus(at, nameEnd)
    let place = nameEnd
    while (place < to && isBlank(bytes[place])) place++
    const colon = this.colon(place, to)
    const name = draft.strings.internBytes(bytes, at, plus)
    const fn = draft.functionRow(name, draft.strings.internBytes(bytes, place, colon))
    const line = to - colon <= 16 ? Number(byteString(bytes, colon + 1, to)) : 0
    if (next !== 0) {
      draft.setLine(next, fn, line)
      if (next >= this.entry.length) this.widen(next)
      this.ownLines[next] = 1
      const offset = Number.parseInt(byteString(bytes, plus + 1, Math.min(nameEnd, plus + 20)), 16)
      const entry = (hi >>> 0) * 4294967296 + (lo >>> 0) - offset
      // C functions come with entry 0.
      this.entry[next] = entry > 0 && Number.isSafeInteger(entry) ? entry : 0
    } else {
      draft.addOuterLine(this.location, fn, line)
      this.ownLines[this.location]++
    }
  }

  private widen(row: number): void {
    const { ownLines, entry } = this
    this.ownLines = new Uint32Array(2 * row)
    this.entry = new Float64Array(2 * row)
    this.ownLines.set(ownLines)
    this.entry.set(entry)
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

  /** Where "+0x1f" starts at the end of a name; `to` if there is no offset. */
  private plus(from: number, to: number): number {
    let i = to
    while (i > from && hexDigit(this.bytes[i - 1]) >= 0) i--
    return i < to && startsWithAt(this.bytes, i - 3, i, '+0x') && i - 3 > from ? i - 3 : to
  }

  /** Where ":123" starts at the end of a place; `to` if it has no line. */
  private colon(from: number, to: number): number {
    let i = to
    while (i > from && this.bytes[i - 1] >= 48 && this.bytes[i - 1] <= 57) i--
    return i < to && i > from && this.bytes[i - 1] === 58 ? i - 1 : to
  }

  private labels(draft: LegacyDraft, from: number, to: number): void {
    // Only count profiles have labels. Those of heap profiles are sizes, which must stay.
    if (to - from > MAX_SEARCHED_LINE || draft.labelSet.a[draft.sampleCount - 1] !== 0) return
    const pairs = parseLabels(byteString(this.bytes, from, to))
    if (pairs === undefined) return
    for (const [key, value] of pairs)
      draft.labels.addText(draft.strings.intern(key), draft.strings.intern(value))
    draft.labelSet.a[draft.sampleCount - 1] = draft.labels.endSet()
  }

  /** Ends the last sample's comments: merges frames that were inlined into their callers. */
  end(): void {
    const draft = this.draft
    if (draft === undefined || this.sample === 0 || !this.cut) return
    const sample = this.sample - 1
    const frame = draft.frame.a
    const start = draft.stackStart.a[sample]
    let write = draft.stackEnd.a[sample]
    for (let outer = write - 1; outer >= start; ) {
      const entry = this.entry[frame[outer]]
      // The outermost frame with an entry is the function that has it: others are inlined into it.
      const owner = this.outerFunction(draft, frame[outer])
      let inner = outer
      while (inner > start && entry > 0 && this.entry[frame[inner - 1]] === entry) {
        if (this.outerFunction(draft, frame[inner - 1]) === owner) break
        inner--
      }
      const row = frame[inner]
      if (inner < outer) this.merge(draft, inner, outer)
      frame[--write] = row
      outer = inner - 1
    }
    draft.stackStart.a[sample] = write
    this.sample = 0
  }

  private outerFunction(draft: LegacyDraft, row: number): number {
    const own = this.ownLines[row]
    return own > 0 ? draft.lineFunction(row, own - 1) : 0
  }

  /** Gives the location of frame `inner` the lines of its callers up to frame `outer` as well. */
  private merge(draft: LegacyDraft, inner: number, outer: number): void {
    const frame = draft.frame.a
    let total = 0
    for (let f = inner; f <= outer; f++) total += this.ownLines[frame[f]]
    // A stack that was cut off shows fewer of the callers than others do.
    if (draft.lineCount(frame[inner]) >= total) return
    const lines: { fn: number; line: Int }[] = []
    for (let f = inner; f <= outer; f++)
      for (let k = 0; k < this.ownLines[frame[f]]; k++)
        lines.push({ fn: draft.lineFunction(frame[f], k), line: draft.lineNumber(frame[f], k) })
    draft.setLine(frame[inner], lines[0].fn, lines[0].line)
    for (const l of lines.slice(1)) draft.addOuterLine(frame[inner], l.fn, l.line)
  }
}

const isBlank = (c: number): boolean => c === 9 || c === 32

const hexDigit = (c: number): number => (c >= 48 && c <= 57 ? c - 48 : c >= 97 && c <= 102 ? c - 87 : -1)

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

/** Pairs of quoted strings behind the opening brace, up to the closing one; undefined if it is anything else. */
function parseLabels(text: string): [key: string, value: string][] | undefined {
  const pairs: [string, string][] = []
  let at = 0
  const quoted = (): string | undefined => {
    if (text[at] !== '"') return undefined
    const from = ++at
    while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
    return at < text.length ? unquote(text.slice(from, at++)) : undefined
  }
  for (;;) {
    const key = quoted()
    if (key === undefined || text[at++] !== ':') return undefined
    const value = quoted()
    if (value === undefined) return undefined
    pairs.push([key, value])
    if (text[at] === '}') return pairs
    if (!text.startsWith(', ', at)) return undefined
    at += 2
  }
}

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 }
const CODE_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

/** Undoes the escapes of Go's %q in a byte string. */
function unquote(quoted: string): string {
  const bytes = new GrowBytes(quoted.length)
  const encoder = new TextEncoder()
  for (let i = 0; i < quoted.length; i++) {
    if (quoted[i] !== '\\') {
      bytes.push(quoted.charCodeAt(i))
      continue
    }
    const kind = quoted[++i]
    const digits = CODE_DIGITS[kind]
    if (digits === undefined) bytes.push(ESCAPES[kind] ?? kind.charCodeAt(0))
    else {
      const code = Number.parseInt(quoted.slice(i + 1, i + 1 + digits), 16) || 0
      if (kind === 'x') bytes.push(code)
      else bytes.append(encoder.encode(code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'))
      i += digits
    }
  }
  return decodeUtf8(bytes.a.subarray(0, bytes.length))
}
