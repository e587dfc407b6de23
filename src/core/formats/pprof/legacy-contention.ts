import { DecodeError } from '../../base/errors.ts'
import { type Int, intFromFloat, mulInt } from '../../base/int64.ts'
import { decodeUtf8, displayable } from '../../base/utf8.ts'
import { LegacyDraft } from './legacy-draft.ts'
import { CONTENTION_HEADERS } from './legacy-headers.ts'
import type { GoSymbols } from './legacy-symbols.ts'
import {
  byteString,
  bytesOfString,
  FORMAT,
  type LineReader,
  MAX_SEARCHED_LINE,
  type Mismatch,
  parseDecimal,
  parseIntAnyBase,
  trimEnd,
  trimStart,
} from './legacy-text.ts'
import { finishWithSections } from './memory-map.ts'

/** Reads a contention profile: attributes, samples, memory map. */
export function readContention(lines: LineReader, symbols: GoSymbols | undefined): LegacyDraft | Mismatch {
  if (!lines.scan() || !CONTENTION_HEADERS.some((h) => lines.startsWith(h)))
    return { offset: 0, reason: 'no contention profile header' }
  const draft = new LegacyDraft(
    [
      { type: 'contentions', unit: 'count' },
      { type: 'delay', unit: 'nanoseconds' },
    ],
    { type: 'contentions', unit: 'count' },
  )
  draft.period = 1
  const cyclesPerSecond = readAttributes(lines, draft)
  if (typeof cyclesPerSecond === 'object') return cyclesPerSecond
  symbols?.begin(draft)
  const samples = new ContentionSamples(draft, cyclesPerSecond)
  // The line that ended the attributes is the first sample.
  do {
    lines.trim()
    if (lines.startsWith('---')) break
    if (lines.isBlankOrComment()) symbols?.comment(lines.from, lines.to)
    else if (!samples.readPlain(lines.bytes, lines.from, lines.to)) {
      const mismatch = samples.readOdd(lines)
      if (mismatch !== undefined) return mismatch
    }
  } while (lines.scan())
  symbols?.end()
  finishWithSections(draft, lines)
  return draft
}

/** Reads lines "name = value" up to one that is not; gives cycles per second, 0 if unknown. */
function readAttributes(lines: LineReader, draft: LegacyDraft): Int | Mismatch {
  let cyclesPerSecond: Int = 0
  const { bytes } = lines
  while (lines.scan()) {
    lines.trim()
    if (lines.isBlankOrComment()) continue
    if (lines.startsWith('---')) break
    const { from, to } = lines
    const eq = bytes.subarray(from, to).indexOf(61)
    if (eq < 0) break
    const name = byteString(bytes, from, Math.min(trimEnd(bytes, from, from + eq), from + 40))
    const valueStart = trimStart(bytes, from + eq + 1, to)
    const value = parseIntAnyBase(byteString(bytes, valueStart, Math.min(to, valueStart + 5000)))
    const known = ['cycles/second', 'sampling period', 'ms since reset']
    if (known.includes(name) && value === undefined)
      return { offset: valueStart, reason: `contention profile: "${name}" is not a 64-bit number` }
    if (name === 'cycles/second') cyclesPerSecond = value ?? 0
    else if (name === 'sampling period') draft.period = value ?? 0
    else if (name === 'ms since reset') draft.durationNanos = mulInt(value ?? 0, 1_000_000)
    else if (name !== 'discarded samples')
      return { offset: from, reason: `contention profile with unknown attribute "${displayed(name)}"` }
  }
  return cyclesPerSecond
}

/** A byte string as text for a message. */
function displayed(byteText: string): string {
  return displayable(decodeUtf8(bytesOfString(byteText)))
}

/** Reads lines "delay count @ 0x1 0x2". */
class ContentionSamples {
  private readonly draft: LegacyDraft
  private readonly cyclesPerSecond: Int

  constructor(draft: LegacyDraft, cyclesPerSecond: Int) {
    this.draft = draft
    this.cyclesPerSecond = cyclesPerSecond
  }

  /** Reads a line in the form every writer uses; false, and nothing done, if it is not quite that. */
  readPlain(bytes: Uint8Array, from: number, to: number): boolean {
    let at = from
    let delay = 0
    for (; at < to && isDigit(bytes[at]); at++) delay = delay * 10 + bytes[at] - 48
    if (at === from || at - from > 15) return false
    const gap = at
    while (at < to && bytes[at] === 32) at++
    const second = at
    let count = 0
    for (; at < to && isDigit(bytes[at]); at++) count = count * 10 + bytes[at] - 48
    if (at === second || second === gap || at - second > 15) return false
    if (at + 1 >= to || bytes[at] !== 32 || bytes[at + 1] !== 64) return false
    this.draft.addFrames(bytes, at + 2, to, 'all', 'ends')
    this.add(delay, count)
    return true
  }

  /** Reads a line that has other text before the sample, or numbers that are large or run together. */
  readOdd(lines: LineReader): Mismatch | undefined {
    const { from, to } = lines
    const found = to - from <= MAX_SEARCHED_LINE ? findSample(lines.text()) : undefined
    if (found === undefined)
      return { offset: from, reason: 'contention profile: line is not a sample ("delay count @ addresses")' }
    const delay = parseDecimal(found.delay)
    const count = parseDecimal(found.count)
    if (delay === undefined || count === undefined)
      throw new DecodeError(FORMAT, from, 'contention profile: number of more than 63 bits')
    this.draft.addFrames(lines.bytes, from + found.addresses, to, 'all', 'ends')
    this.add(delay, count)
    return undefined
  }

  /** Cycles become nanoseconds; both are scaled up to all contentions if one in `period` was sampled. */
  private add(cycles: Int, sampled: Int): void {
    const { draft } = this
    const perSecond = this.cyclesPerSecond
    const { period } = draft
    let delay = cycles
    let count = sampled
    if (period > 0) {
      if (perSecond > 0) delay = intFromFloat((Number(cycles) * Number(period)) / (Number(perSecond) / 1e9))
      count = mulInt(sampled, period)
    }
    draft.value[0].push(count)
    draft.value[1].push(delay)
    draft.endSample()
  }
}

const isDigit = (c: number): boolean => c >= 48 && c <= 57

/**
 * Finds the first "number blanks number @". Numbers without blanks between count too: all digits but
 * the last are then the first number. `addresses` is where they start.
 */
function findSample(line: string): { delay: string; count: string; addresses: number } | undefined {
  for (let at = line.indexOf(' @'); at >= 0; at = line.indexOf(' @', at + 1)) {
    const addresses = at + 2
    let i = at
    while (i > 0 && isDigit(line.charCodeAt(i - 1))) i--
    if (i === at) continue
    let j = i
    while (j > 0 && line[j - 1] === ' ') j--
    let k = j
    while (k > 0 && j < i && isDigit(line.charCodeAt(k - 1))) k--
    if (k < j) return { delay: line.slice(k, j), count: line.slice(i, at), addresses }
    if (at - i >= 2) return { delay: line.slice(i, at - 1), count: line.slice(at - 1, at), addresses }
  }
  return undefined
}
