import { DecodeError } from '../../base/errors.ts'
import { type Int, quoInt } from '../../base/int64.ts'
import { LegacyDraft } from './legacy-draft.ts'
import { type HeapHeader, readHeapHeader } from './legacy-headers.ts'
import type { GoSymbols } from './legacy-symbols.ts'
import {
  byteString,
  FORMAT,
  type LineReader,
  MAX_SEARCHED_LINE,
  type Mismatch,
  parseDecimal,
} from './legacy-text.ts'
import { HeapUnsampler } from './legacy-unsample.ts'
import { finishWithSections } from './memory-map.ts'

// A number starts where no digit is before it: without that, long runs of digits take quadratic time.
const SAMPLE = /(-[0-9]+|(?<![0-9])[0-9]+): *(-?[0-9]+) *\[ *([0-9]+): *([0-9]+) *\] @([ x0-9a-f]*)/

/** Reads a heap, growth or fragmentation profile: header, samples, memory map. */
export function readHeap(lines: LineReader, symbols: GoSymbols | undefined): LegacyDraft | Mismatch {
  if (!lines.scan()) return { offset: 0, reason: 'empty file' }
  const { bytes, from: first } = lines
  const header = readHeapHeader(byteString(bytes, first, Math.min(lines.to, first + MAX_SEARCHED_LINE)))
  if (typeof header === 'string') return { offset: first, reason: header }
  // The value shown by default is the last one.
  const draft = new LegacyDraft(
    header.hasAlloc
      ? [
          { type: 'alloc_objects', unit: 'count' },
          { type: 'alloc_space', unit: 'bytes' },
          { type: 'inuse_objects', unit: 'count' },
          { type: 'inuse_space', unit: 'bytes' },
        ]
      : [
          { type: 'objects', unit: 'count' },
          { type: 'space', unit: 'bytes' },
        ],
    { type: 'space', unit: 'bytes' },
  )
  draft.period = header.period
  symbols?.begin(draft)
  const samples = new HeapSamples(draft, header)
  while (lines.scan()) {
    lines.trim()
    if (lines.isBlankOrComment()) {
      symbols?.comment(lines.from, lines.to)
      continue
    }
    if (samples.readPlain(bytes, lines.from, lines.to)) continue
    if (lines.isMemoryMapHeader()) break
    samples.readOdd(lines)
  }
  symbols?.end()
  finishWithSections(draft, lines)
  return draft
}

/** Reads lines "inuse count: size [alloc count: size] @ 0x1 0x2". */
class HeapSamples {
  private readonly draft: LegacyDraft
  private readonly header: HeapHeader
  private readonly unsampler: HeapUnsampler
  private readonly bytesKey: number
  /** Block size -> set of labels. */
  private readonly sizeLabels = new Map<Int, number>()
  private at = 0

  constructor(draft: LegacyDraft, header: HeapHeader) {
    this.draft = draft
    this.header = header
    this.unsampler = new HeapUnsampler(header.period)
    this.bytesKey = draft.strings.intern('bytes')
  }

  /** Reads a line in the form every writer uses; false, and nothing done, if it is not quite that. */
  readPlain(bytes: Uint8Array, from: number, to: number): boolean {
    this.at = from
    const inuseCount = this.number(bytes, to, 58)
    const inuseSize = this.number(bytes, to, 91)
    const allocCount = this.number(bytes, to, 58)
    const allocSize = this.number(bytes, to, 93)
    if (inuseCount < 0 || inuseSize < 0 || allocCount < 0 || allocSize < 0) return false
    const at = this.at
    if (at + 1 >= to || bytes[at] !== 32 || bytes[at + 1] !== 64) return false
    if (this.draft.addFrames(bytes, at + 2, to, 'all', 'ends') !== to) {
      this.draft.dropOpenFrames()
      return false
    }
    this.add(inuseCount, inuseSize, allocCount, allocSize, from)
    return true
  }

  /** Blanks, 1 to 15 digits, blanks and the byte `end`; -1 for anything else. */
  private number(bytes: Uint8Array, to: number, end: number): number {
    let i = this.at
    while (i < to && bytes[i] === 32) i++
    const first = i
    let v = 0
    for (; i < to; i++) {
      const d = bytes[i] - 48
      if (d < 0 || d > 9) break
      v = v * 10 + d
    }
    if (i === first || i - first > 15) return -1
    if (end !== 58) while (i < to && bytes[i] === 32) i++
    if (i >= to || bytes[i] !== end) return -1
    this.at = i + 1
    return v
  }

  /** Reads a line with more than the plain form in or around it. */
  readOdd(lines: LineReader): void {
    const { from, to } = lines
    const fault = (what: string): DecodeError => {
      return new DecodeError(FORMAT, from, `heap profile: ${what}`)
    }
    const m = to - from <= MAX_SEARCHED_LINE ? SAMPLE.exec(lines.text()) : null
    if (m === null) throw fault('line is not a sample ("count: bytes [count: bytes] @ addresses")')
    const [inuseCount, inuseSize, allocCount, allocSize] = m.slice(1, 5).map(parseDecimal)
    if (inuseCount === undefined || inuseSize === undefined) throw fault('number in use of more than 63 bits')
    if (this.header.hasAlloc && (allocCount === undefined || allocSize === undefined))
      throw fault('number of allocations of more than 63 bits')
    const end = from + m.index + m[0].length
    this.draft.addFrames(lines.bytes, end - m[5].length, end, 'all', 'ends')
    this.add(inuseCount, inuseSize, allocCount ?? 0, allocSize ?? 0, from)
  }

  private add(inuseCount: Int, inuseSize: Int, allocCount: Int, allocSize: Int, offset: number): void {
    let blockSize: Int = 0
    if (this.header.hasAlloc) {
      if (allocCount !== 0) blockSize = quoInt(allocSize, allocCount)
      this.push(0, allocCount, allocSize, offset)
    }
    if (inuseCount !== 0) blockSize = quoInt(inuseSize, inuseCount)
    this.push(this.header.hasAlloc ? 2 : 0, inuseCount, inuseSize, offset)
    let set = this.sizeLabels.get(blockSize)
    if (set === undefined) {
      this.draft.labels.addNumber(this.bytesKey, blockSize, 0)
      set = this.draft.labels.endSet()
      this.sizeLabels.set(blockSize, set)
    }
    this.draft.endSample(set)
  }

  private push(column: number, count: Int, size: Int, offset: number): void {
    if (count === 0 && size !== 0)
      throw new DecodeError(FORMAT, offset, `heap profile: ${size} bytes in 0 blocks`)
    const { value } = this.draft
    if (!this.header.sampled || count === 0) {
      value[column].push(count)
      value[column + 1].push(size)
      return
    }
    value[column].push(this.unsampler.scale(count, count, size))
    value[column + 1].push(this.unsampler.scale(size, count, size))
  }
}
