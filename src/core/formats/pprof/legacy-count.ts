import { DecodeError } from '../../base/errors.ts'
import type { Int } from '../../base/int64.ts'
import { decodeUtf8 } from '../../base/utf8.ts'
import { LegacyDraft } from './legacy-draft.ts'
import { countHeaderName } from './legacy-headers.ts'
import type { GoSymbols } from './legacy-symbols.ts'
import { byteString, FORMAT, type LineReader, type Mismatch, parseIntAnyBase } from './legacy-text.ts'
import { finishWithSections } from './memory-map.ts'

/** Reads a count profile of Go (goroutine, threadcreate, custom ones): one line per stack. */
export function readCount(lines: LineReader, symbols: GoSymbols | undefined): LegacyDraft | Mismatch {
  while (lines.scan() && lines.isBlankOrComment());
  const nameLength = countHeaderName(lines)
  if (nameLength === 0) return { offset: 0, reason: 'no count profile header' }
  const { bytes } = lines
  const type = { type: decodeUtf8(bytes.subarray(lines.from, lines.from + nameLength)), unit: 'count' }
  const draft = new LegacyDraft([type], type)
  draft.period = 1
  symbols?.begin(draft)
  while (lines.scan()) {
    if (lines.isBlankOrComment()) {
      symbols?.comment(lines.from, lines.to)
      continue
    }
    if (lines.startsWith('---')) break
    readSample(draft, lines)
  }
  symbols?.end()
  finishWithSections(draft, lines)
  return draft
}

/** Reads a line "count @ 0x1 0x2", which must be nothing but that. */
function readSample(draft: LegacyDraft, lines: LineReader): void {
  const { bytes, from, to } = lines
  const fault = (what: string): DecodeError => {
    return new DecodeError(FORMAT, from, `count profile: ${what}`)
  }
  let at = from
  let count: Int | undefined = 0
  for (; at < to && bytes[at] >= 48 && bytes[at] <= 57; at++) count = count * 10 + bytes[at] - 48
  const notSample = 'line is not a sample ("count @ addresses")'
  if (at === from || at + 1 >= to || bytes[at] !== 32 || bytes[at + 1] !== 64) throw fault(notSample)
  // A leading zero means base 8.
  if (at - from > 15 || bytes[from] === 48) {
    count = at - from > 4096 ? undefined : parseIntAnyBase(byteString(bytes, from, at))
    if (count === undefined) throw fault('count is not a number of at most 63 bits')
  }
  if (!isAddressList(bytes, at + 2, to)) throw fault(notSample)
  draft.addFrames(bytes, at + 2, to, 'all', 'ends')
  draft.value[0].push(count)
  draft.endSample()
}

/** True for one or more of: a blank, "0x" and lower-case hex digits. */
function isAddressList(bytes: Uint8Array, from: number, to: number): boolean {
  let i = from
  while (i < to) {
    if (bytes[i] !== 32 || i + 3 >= to || bytes[i + 1] !== 48 || bytes[i + 2] !== 120) return false
    const digits = i + 3
    i = digits
    while (i < to && ((bytes[i] >= 48 && bytes[i] <= 57) || (bytes[i] >= 97 && bytes[i] <= 102))) i++
    if (i === digits) return false
  }
  return to > from
}
