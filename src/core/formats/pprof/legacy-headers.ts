// How the formats older than profile.proto begin. What is needed to tell them apart, and no more: their readers
// load when one of them has been found.

import { type Int, quoInt, toInt } from '../../base/int64.ts'
import { LineReader, MAX_SEARCHED_LINE, parseDecimal } from './legacy-text.ts'

/** How sure it is that a file with this start (its first 4 KiB are enough) is a legacy profile: 0 to 1, 0 = not. */
export function sniffLegacy(head: Uint8Array): number {
  const start = head.subarray(0, 4096)
  if (readCpuHeader(start) !== undefined) return 0.95
  const lines = new LineReader(start)
  if (!lines.scan()) return 0
  if (typeof readHeapHeader(lines.text()) !== 'string') return 0.95
  if (CONTENTION_HEADERS.some((h) => lines.startsWith(h))) return 0.9
  lines.trim()
  if (JAVA_HEADERS.has(lines.text())) return 0.9
  const afterComments = new LineReader(start)
  while (afterComments.scan() && afterComments.isBlankOrComment());
  if (countHeaderName(afterComments) > 0) return 0.95
  return isThreadzHeader(afterComments) || isThreadHeader(afterComments) ? 0.9 : 0
}

/** What the five header words of a binary CPU profile say. */
export interface CpuHeader {
  readonly wordSize: 4 | 8
  readonly littleEndian: boolean
  readonly java: boolean
  readonly periodMicros: Int
}

/** The words are 0, 3, 0 (C++) or 1 (Java), period and 0, of either size and byte order. */
export function readCpuHeader(bytes: Uint8Array): CpuHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (const wordSize of [4, 8] as const) {
    if (bytes.length < 5 * wordSize) continue
    for (const littleEndian of [true, false]) {
      const word = (n: number): Int =>
        wordSize === 4 ? view.getUint32(4 * n, littleEndian) : toInt(view.getBigUint64(8 * n, littleEndian))
      if (word(0) !== 0 || word(1) !== 3 || word(4) !== 0) continue
      const kind = word(2)
      const periodMicros = word(3)
      if (periodMicros !== 0 && (kind === 0 || kind === 1))
        return { wordSize, littleEndian, java: kind === 1, periodMicros }
    }
  }
  return undefined
}

const COUNTS = String.raw`heap profile: *([0-9]+): *([0-9]+) *\[ *([0-9]+): *([0-9]+) *\]`
const HEAP = new RegExp(String.raw`${COUNTS} *@ *(heap[_a-z0-9]*)\/?([0-9]*)`)
const GROWTH = new RegExp(`${COUNTS} @ (?:growth|fragmentation)`)

export interface HeapHeader {
  /** Sizes and counts are of the sampled blocks only: scale by `period`. */
  readonly sampled: boolean
  readonly period: Int
  /** Both what was allocated and what is in use are given. */
  readonly hasAlloc: boolean
}

/** Understands "heap profile: 1: 2 [3: 4] @ heap/512" and its kin; a string says why not. */
export function readHeapHeader(line: string): HeapHeader | string {
  const heap = HEAP.exec(line)
  if (heap === null) {
    if (GROWTH.test(line)) return { sampled: false, period: 1, hasAlloc: false }
    return 'no heap profile header'
  }
  const [, inuseCount, inuseSize, allocCount, allocSize, kind, rateText] = heap
  const rate = parseDecimal(rateText || '0')
  if (rate === undefined) return `heap profile with a sampling rate of more than 63 bits`
  // Compared as they are written. A header without totals of allocations is one of 0 or of the same.
  const hasAlloc =
    (allocCount !== inuseCount && allocCount !== '0') || (allocSize !== inuseSize && allocSize !== '0')
  switch (kind) {
    case 'heapz_v2':
    case 'heap_v2':
      return { sampled: true, period: rate, hasAlloc }
    case 'heapprofile':
      return { sampled: false, period: 1, hasAlloc }
    case 'heap':
      // Early C++ profilers wrote twice the rate, and Go still does.
      return { sampled: true, period: quoInt(rate, 2), hasAlloc }
    default:
      return `heap profile of unknown kind "${kind}"`
  }
}

/** First lines of contention profiles: of C++ and of Go's block and mutex profiles. */
export const CONTENTION_HEADERS = ['--- contentionz ', '--- mutex:', '--- contention:'] as const

/** First lines of Java profiles in text. */
export const JAVA_HEADERS: ReadonlyMap<string, 'heap' | 'contention'> = new Map([
  ['--- heapz 1 ---', 'heap'],
  ['--- contentionz 1 ---', 'contention'],
])

const COUNT_HEADER = /^([^\t\n\f\r ]+) profile: total [0-9]+$/

/** Length of the profile's name in a line "goroutine profile: total 12"; 0 for other lines. */
export function countHeaderName(lines: LineReader): number {
  if (lines.to - lines.from > MAX_SEARCHED_LINE) return 0
  return COUNT_HEADER.exec(lines.text())?.[1].length ?? 0
}

const THREADZ = /--- threadz [0-9]+ ---/
const THREAD = /--- Thread [0-9a-fA-F]+ \(name: /
const STACK = /\/[0-9]+\) stack: ---/

/** True for "--- threadz 1 ---". */
export function isThreadzHeader(lines: LineReader): boolean {
  return THREADZ.test(searched(lines))
}

/** True for "--- Thread 7f794ab90940 (name: main/14748) stack: ---". */
export function isThreadHeader(lines: LineReader): boolean {
  const line = searched(lines)
  const thread = THREAD.exec(line)
  return thread !== null && STACK.test(line.slice(thread.index + thread[0].length))
}

function searched(lines: LineReader): string {
  return lines.to - lines.from <= MAX_SEARCHED_LINE ? lines.text() : ''
}
