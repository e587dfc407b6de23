// Records that look like objects but are none.
//
// Since Go 1.22 the last bytes of a span of small objects with pointers hold its pointer bitmap, and with
// the collector of Go 1.26 (greenteagc) those of all small objects hold mark bits too. The writer of heap
// dumps does not know it: it counts as many objects as would fit the whole span, and writes the bookkeeping
// as objects (runtime/heapdump.go: dumpobjs; runtime/mheap.go: initSpan). Left in, they add up to a few
// percent of the heap, with pointers made of bits.

import type { HeapDumpParams } from '../../model/heap-dump.ts'
import type { Memory } from './records.ts'

/** Spans of small objects are one page. */
const PAGE = 8192
/** Bytes of mark bits (runtime/mgcmark_greenteagc.go: spanInlineMarkBits), in spans of objects of 16 bytes and more. */
const MARKS = 128
const LEAST_MARKED = 16

export class SpanTails {
  /** Greatest size whose spans have their bitmap at the end. */
  private readonly largest: number
  /** Bytes of the bitmap. */
  private readonly bitmap: number
  private readonly marks: boolean
  // Whether the span that is being read has pointers.
  private page = -1
  private pointers = false

  private constructor(pointerSize: number, marks: boolean) {
    this.largest = pointerSize * pointerSize * 8
    this.bitmap = PAGE / pointerSize / 8
    this.marks = marks
  }

  /** Undefined for dumps of Go versions that write true objects only. */
  static of(params: HeapDumpParams): SpanTails | undefined {
    const minor = Number(/\bgo1\.(\d+)/.exec(params.version)?.[1] ?? 0)
    if (params.version.startsWith('devel')) return new SpanTails(params.pointerSize, true)
    if (!(minor >= 22)) return undefined
    if (minor === 22 && params.version.includes('noallocheaders')) return undefined
    const green = params.version.includes('nogreenteagc')
      ? false
      : minor >= 26 || params.version.includes('greenteagc')
    return new SpanTails(params.pointerSize, green)
  }

  /** Whether a record is bookkeeping. Must be asked for all objects in file order. */
  isFalse(m: Memory): boolean {
    if (m.size > this.largest) return false
    const page = Math.floor(m.address / PAGE)
    const at = m.address - page * PAGE
    if (page !== this.page) {
      this.page = page
      this.pointers = false
    }
    const end = at + m.size
    const marks = this.marks && m.size >= LEAST_MARKED ? MARKS : 0
    if (end > PAGE - marks) return true
    // Bits of the bitmap may pass for pointers, so an object says what its span is only before that.
    if (end <= PAGE - marks - this.bitmap) {
      if (m.fieldCount > 0) this.pointers = true
      return false
    }
    return this.pointers
  }
}
