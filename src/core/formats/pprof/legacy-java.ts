import { DecodeError } from '../../base/errors.ts'
import { type Int, mulInt, quoInt } from '../../base/int64.ts'
import type { ValueType } from '../../model/profile.ts'
import { LegacyDraft } from './legacy-draft.ts'
import { JAVA_HEADERS } from './legacy-headers.ts'
import {
  byteString,
  bytesOfString,
  FORMAT,
  MAX_LINE,
  type Mismatch,
  parseHex64,
  parseIntAnyBase,
  trimEnd,
  trimStart,
} from './legacy-text.ts'
import { HeapUnsampler } from './legacy-unsample.ts'
import { assignMappings } from './memory-map.ts'

const JAVA_HEAP_RATE = 524288

interface JavaHeader {
  sampleTypes: readonly ValueType[]
  periodType: ValueType
  period: Int
  durationNanos: Int
  /** Where the samples start. */
  end: number
}

/** Lines that end in \n, without white space around them; `next` is behind the \n. */
class EndedLines {
  from = 0
  to = 0
  next: number
  private readonly bytes: Uint8Array

  constructor(bytes: Uint8Array, start: number) {
    this.bytes = bytes
    this.next = start
  }

  scan(): boolean {
    const newline = this.bytes.indexOf(10, this.next)
    if (newline < 0) return false
    this.to = trimEnd(this.bytes, this.next, newline)
    this.from = trimStart(this.bytes, this.next, this.to)
    this.next = newline + 1
    return true
  }
}

/** Reads a heap or contention profile of Java: attributes, samples, names of the locations. */
export function readJava(bytes: Uint8Array): LegacyDraft | Mismatch {
  const lines = new EndedLines(bytes, 0)
  if (!lines.scan()) return { offset: 0, reason: 'no Java profile header' }
  const kind = JAVA_HEADERS.get(byteString(bytes, lines.from, Math.min(lines.to, lines.from + 64)))
  if (kind === undefined) return { offset: 0, reason: 'no Java profile header' }
  const header = readHeader(bytes, lines.next, kind)
  if ('reason' in header) return header
  const draft = new LegacyDraft(header.sampleTypes, header.periodType)
  draft.period = header.period
  draft.durationNanos = header.durationNanos
  const end = readSamples(draft, bytes, header.end, kind)
  return finishWithJavaNames(draft, bytes, end)
}

function readHeader(bytes: Uint8Array, start: number, kind: 'heap' | 'contention'): JavaHeader | Mismatch {
  const header: JavaHeader = {
    sampleTypes: [],
    periodType: { type: '', unit: '' },
    period: 0,
    durationNanos: 0,
    end: start,
  }
  const lines = new EndedLines(bytes, start)
  for (; lines.scan(); header.end = lines.next) {
    if (lines.from === lines.to) continue
    const attribute = findAttribute(byteString(bytes, lines.from, Math.min(lines.to, lines.from + MAX_LINE)))
    if (attribute === undefined) break
    const { name, value } = attribute
    const number = (): Int => {
      const v = parseIntAnyBase(value)
      if (v === undefined)
        throw new DecodeError(FORMAT, lines.from, `Java profile: "${name}" is not a 64-bit number`)
      return v
    }
    if (name === 'format') {
      if (value !== 'java') return { offset: lines.from, reason: `profile of unknown format "${value}"` }
    } else if (name === 'resolution') {
      const types = kind === 'heap' ? ['inuse_objects', 'inuse_space'] : ['contentions', 'delay']
      header.sampleTypes = [
        { type: types[0], unit: 'count' },
        { type: types[1], unit: value },
      ]
    } else if (name === 'sampling period' && kind === 'contention') {
      header.periodType = { type: 'contentions', unit: 'count' }
      header.period = number()
    } else if (name === 'ms since reset' && kind === 'contention') {
      header.durationNanos = mulInt(number(), 1_000_000)
    } else return { offset: lines.from, reason: `Java profile with unknown attribute "${name}"` }
  }
  return header
}

const WORD_OR_BLANK = /[0-9A-Za-z_ ]/

/** Finds the first "name=value" of word characters and blanks. */
function findAttribute(line: string): { name: string; value: string } | undefined {
  for (let eq = line.indexOf('='); eq >= 0; eq = line.indexOf('=', eq + 1)) {
    let from = eq
    while (from > 0 && WORD_OR_BLANK.test(line[from - 1])) from--
    let to = eq + 1
    while (to < line.length && WORD_OR_BLANK.test(line[to])) to++
    if (from < eq && to > eq + 1)
      return { name: line.slice(from, eq).trim(), value: line.slice(eq + 1, to).trim() }
  }
  return undefined
}

/** Reads samples up to a line that is none; returns where that starts. */
function readSamples(
  draft: LegacyDraft,
  bytes: Uint8Array,
  start: number,
  kind: 'heap' | 'contention',
): number {
  const unsampler = new HeapUnsampler(JAVA_HEAP_RATE)
  const bytesKey = draft.strings.intern('bytes')
  const lines = new EndedLines(bytes, start)
  let end = start
  for (; lines.scan(); end = lines.next) {
    const { from, to } = lines
    if (from === to) continue
    const sample = findSample(bytes, from, to)
    if (sample === undefined) break
    const fault = (what: string): DecodeError => {
      return new DecodeError(FORMAT, from, `Java profile: ${what}`)
    }
    if (draft.sampleTypes.length === 0) throw fault('no "resolution" before the samples')
    draft.addFrames(bytes, sample.addresses, to, 'none', 'ends')
    const count = parseIntAnyBase(sample.count)
    const amount = parseIntAnyBase(sample.amount)
    if (count === undefined || amount === undefined) throw fault('sample with a number that has not 64 bits')
    if (kind === 'contention') {
      // Without a period, 0, nothing is scaled.
      draft.value[0].push(draft.period === 0 ? count : mulInt(count, draft.period))
      draft.value[1].push(draft.period === 0 ? amount : mulInt(amount, draft.period))
      draft.endSample()
      continue
    }
    if (count === 0) throw fault(`sample of ${amount} bytes in 0 objects`)
    draft.value[0].push(unsampler.scale(count, count, amount))
    draft.value[1].push(unsampler.scale(amount, count, amount))
    draft.labels.addNumber(bytesKey, quoInt(amount, count), 0)
    draft.endSample(draft.labels.endSet())
  }
  return end
}

const isDigit = (c: number): boolean => c >= 48 && c <= 57

/** Finds the first "amount count @ " with blanks between; `addresses` is where they start. */
function findSample(
  bytes: Uint8Array,
  from: number,
  to: number,
): { amount: string; count: string; addresses: number } | undefined {
  for (let at = from; at < to; at++) {
    if (bytes[at] !== 64 || at + 1 >= to || bytes[at + 1] !== 32) continue
    const back = (start: number, is: (c: number) => boolean): number => {
      let i = start
      while (i > from && is(bytes[i - 1])) i--
      return i
    }
    const countEnd = back(at, (c) => c === 32)
    const countStart = back(countEnd, isDigit)
    const amountEnd = back(countStart, (c) => c === 32)
    const amountStart = back(amountEnd, isDigit)
    if (countEnd === at || countStart === countEnd || amountEnd === countStart || amountStart === amountEnd)
      continue
    return {
      amount: byteString(bytes, amountStart, amountEnd),
      count: byteString(bytes, countStart, countEnd),
      addresses: at + 1,
    }
  }
  return undefined
}

/**
 * Reads lines "0x1f name (file:line)" up to the end of the file and finishes the draft. Addresses are
 * just numbers of locations here, so they are cleared.
 */
export function finishWithJavaNames(draft: LegacyDraft, bytes: Uint8Array, start: number): LegacyDraft {
  // A function is known by its name alone: the first file it is met with is its file.
  const known = new Map<number, number>()
  for (let next = start; next < bytes.length; ) {
    const newline = bytes.indexOf(10, next)
    const end = newline < 0 ? bytes.length : newline
    const to = trimEnd(bytes, next, end)
    const from = trimStart(bytes, next, to)
    next = end + 1
    if (to - from < 4 || bytes[from] !== 48 || bytes[from + 1] !== 120) continue
    const line = byteString(bytes, from, Math.min(to, from + MAX_LINE))
    const m = LOCATION.exec(line)
    if (m === null) continue
    const address = parseHex64(m[1])
    if (address === undefined)
      throw new DecodeError(FORMAT, from, 'Java profile: address of more than 64 bits')
    const location = draft.locationAt(Number(address >> 32n) | 0, Number(address & 0xffffffffn) | 0)
    if (location === 0) continue
    const place = parsePlace(line.slice(m[0].length))
    const name = internByteString(draft, place.name)
    let fn = known.get(name)
    if (fn === undefined) {
      fn = draft.functionRow(name, internByteString(draft, place.file))
      known.set(name, fn)
    }
    draft.setLine(location, fn, place.line)
  }
  draft.renumber()
  draft.clearAddresses('with lines')
  assignMappings(draft)
  draft.clearAddresses('all')
  return draft
}

const LOCATION = /^0x([0-9a-fA-F]+)[\t\n\f\r ]+/

function internByteString(draft: LegacyDraft, s: string): number {
  const b = bytesOfString(s)
  return draft.strings.internBytes(b, 0, b.length)
}

/** Takes apart "name (file:line)", "name (library path)", or a name alone. */
function parsePlace(text: string): { name: string; file: string; line: Int } {
  if (text.endsWith(')')) {
    const inner = text.slice(0, -1)
    const open = lastOpening(inner, inner.length)
    const colon = inner.lastIndexOf(':')
    if (colon >= 0 && /^-?[0-9]+$/.test(inner.slice(colon + 1))) {
      const openFile = lastOpening(inner, colon - 1)
      if (openFile > 0) {
        const digits = inner.slice(colon + 1).replace(/^0+(?=[0-9])/, '')
        const line = digits.length > 19 ? undefined : parseIntAnyBase(digits)
        return {
          name: text.slice(0, openFile - 1),
          file: text.slice(openFile + 1, colon),
          line: line === undefined || line < 0 ? 0 : line,
        }
      }
    }
    if (open > 0) return { name: text.slice(0, open - 1), file: baseName(text.slice(open + 1, -1)), line: 0 }
  }
  if (text.includes('generated stub/JIT')) return { name: 'STUB', file: '', line: 0 }
  return { name: text, file: '', line: 0 }
}

/** Index of the last '(' before `end` that has white space in front of it; 0 if there is none. */
function lastOpening(text: string, end: number): number {
  for (let i = text.lastIndexOf('(', end - 1); i > 0; i = text.lastIndexOf('(', i - 1))
    if (/[\t\n\f\r ]/.test(text[i - 1])) return i
  return 0
}

/** The last element of a path, as Go's filepath.Base gives it. */
function baseName(path: string): string {
  if (path === '') return '.'
  const trimmed = path.replace(/\/+$/, '')
  return trimmed === '' ? '/' : trimmed.slice(trimmed.lastIndexOf('/') + 1)
}
