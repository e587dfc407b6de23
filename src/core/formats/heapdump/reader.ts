// The records of a heap dump, one after the other (runtime/heapdump.go; go.dev/wiki/heapdump15-through-heapdump17).
//
// Bytes are pushed in pieces of any size. A record that is not all there yet is tried again when more has
// come: at least what it is known to need, and half as much again as last time, so that even one record of
// a gigabyte is scanned only a few times.

import { DecodeError, type Problem } from '../../base/errors.ts'
import { GrowBytes } from '../../base/grow.ts'
import { type Int, uintFromHalves } from '../../base/int64.ts'
import { decodeUtf8 } from '../../base/utf8.ts'
import type { HeapDumpParams } from '../../model/heap-dump.ts'
import type { AllocationRecord, GoroutineRecord, HeapDumpVisitor, Memory } from './records.ts'
import { HEAP_DUMP_VERSIONS, heapDumpVersion } from './sniff.ts'
import { SpanTails } from './span-tails.ts'

export const FORMAT = 'heapdump'

const TAG = {
  eof: 0,
  object: 1,
  otherRoot: 2,
  type: 3,
  goroutine: 4,
  frame: 5,
  params: 6,
  finalizer: 7,
  itab: 8,
  thread: 9,
  memStats: 10,
  queued: 11,
  data: 12,
  bss: 13,
  deferred: 14,
  panic: 15,
  allocation: 16,
  allocSample: 17,
} as const

const RECORD_NAMES: readonly string[] = [
  'the end mark',
  'an object',
  'a root',
  'a type',
  'a goroutine',
  'a stack frame',
  'the parameters',
  'a finalizer',
  'an interface table',
  'a thread',
  'the memory statistics',
  'a queued finalizer',
  'the data segment',
  'the bss segment',
  'a deferred call',
  'a panic',
  'an allocation stack',
  'an allocation sample',
]

/** Bytes that tell whether this is a dump: `go1.10 heap dump\n`. */
const HEADER_BYTES = 17
/** Numbers of MemStats in the dump: 24, PauseNs[256] and NumGC. */
const MEM_STATS = 281
const TWO28 = 2 ** 28
const TWO32 = 2 ** 32
/** Stacks of the memory profile have at most 1024 frames. */
const MAX_STACK = 4096
/** Names are cut here; Go's are far shorter. */
const MAX_NAME = 1 << 16
/** PtrSize of longer texts than these is no architecture; see `arch`. */
const SHORTEST_THECHAR = 0x20

/** Buffers from here on are given back when they are no longer needed. */
const LARGE = 1 << 24

const SHORT = new Error('more input is needed')

/** Damage within a record: what follows cannot be found. */
class Damage extends Error {
  readonly at: number
  constructor(at: number, message: string) {
    super(message)
    this.at = at
  }
}

/** Pushes the records of a dump to a visitor. */
export class HeapDumpReader {
  /** Damage met so far; it ends the reading. */
  readonly problems: Problem[] = []
  /** Whether the end mark was read. */
  complete = false
  /** Records left out because they are no objects, see SpanTails. */
  falseObjects = 0
  /** Bytes of whole records read. */
  bytes = 0
  private readonly visitor: HeapDumpVisitor
  private buffer: Uint8Array = new Uint8Array(0)
  private view = new DataView(this.buffer.buffer)
  private pos = 0
  private end = 0
  /** Offset in the file of buffer[0]. */
  private base = 0
  /** What was read but not taken yet. */
  private readonly pending = new GrowBytes(1 << 16)
  /** Bytes that the record at the front is known to need, 0 if unknown. */
  private wanted = 0
  private version = ''
  private stopped = false
  private pointerSize = 8
  private bigEndian = false
  private baseHigh = 0
  private baseLow = 0
  private readonly memory: Memory = {
    address: 0,
    bytes: this.buffer,
    from: 0,
    size: 0,
    fields: new Uint32Array(1024),
    fieldCount: 0,
  }

  constructor(visitor: HeapDumpVisitor) {
    this.visitor = visitor
  }

  /** Takes the next bytes, which may change after that. Throws DecodeError if this is no heap dump. */
  feed(chunk: Uint8Array): void {
    if (this.stopped) return
    const { pending } = this
    if (pending.length === 0) {
      this.work(chunk)
      if (!this.stopped) pending.append(chunk, this.pos, this.end)
      return
    }
    pending.reserve(Math.max(chunk.length, this.wanted - pending.length))
    pending.append(chunk)
    if (pending.length >= this.wanted) this.workOnPending()
  }

  private workOnPending(): void {
    const { pending } = this
    this.work(pending.a.subarray(0, pending.length))
    pending.a.copyWithin(0, this.pos, this.end)
    pending.length = this.end - this.pos
    // One record of a gigabyte should not cost its memory until the end.
    if (pending.a.length > LARGE && pending.length < pending.a.length / 8) {
      const left = pending.a.slice(0, pending.length)
      pending.a = left
    }
  }

  /** The input has ended. Throws DecodeError if this is no heap dump. */
  finish(): void {
    const { pending } = this
    if (!this.stopped) this.workOnPending()
    if (this.stopped) return
    if (this.version === '') throw notADump(pending.a.subarray(0, pending.length))
    const at = this.base + this.pos
    const name = pending.length === 0 ? '' : RECORD_NAMES[pending.a[0]]
    const where = name === undefined || name === '' ? '' : ` inside ${name}`
    this.stop(at, `the dump is cut off${where}: what came after is lost (${missing(this.stage)})`)
  }

  private tails: SpanTails | undefined
  /** Kind of the last record. */
  private stage = 0

  private stop(at: number, message: string): void {
    this.stopped = true
    this.problems.push({ message, offset: at, count: 1 })
  }

  /** Reads as many records as the bytes hold, which begin where the last ones were left. */
  private work(bytes: Uint8Array): void {
    this.base += this.pos
    this.buffer = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.pos = 0
    this.end = bytes.length
    this.memory.bytes = bytes
    let mark = 0
    try {
      if (this.version === '') this.header()
      for (;;) {
        mark = this.pos
        this.wanted = 0
        if (mark === this.end) return
        if (this.record()) {
          this.complete = true
          this.stopped = true
          this.bytes = this.base + this.pos
          if (this.pos < this.end) {
            const message = 'there are more bytes behind the end of the dump'
            this.problems.push({ message, offset: this.bytes, count: 1 })
          }
          return
        }
        this.bytes = this.base + this.pos
      }
    } catch (e) {
      this.pos = mark
      if (e === SHORT) {
        // What a record is known to need counts from the start of the bytes.
        const left = this.end - mark
        this.wanted = Math.max(this.wanted - mark, Math.ceil(left * 1.5))
        return
      }
      if (!(e instanceof Damage)) throw e
      this.stop(e.at, `${e.message}; what comes after is not read (${missing(this.stage)})`)
    }
  }

  private header(): void {
    const version = heapDumpVersion(this.buffer)
    if (version === '') {
      if (this.end >= HEADER_BYTES) throw notADump(this.buffer)
      this.wanted = HEADER_BYTES
      throw SHORT
    }
    if (version === '1.3')
      throw new DecodeError(FORMAT, 0, 'a heap dump of Go 1.3; the dumps of Go 1.4 and newer are read')
    this.version = version
    this.pos = version.length + 13
    if (!HEAP_DUMP_VERSIONS.includes(version)) {
      const message = `the dump's format is go${version}, newer than what goscope knows (go1.7); read as go1.7`
      this.problems.push({ message, offset: 0, count: 1 })
    }
  }

  /** Reads one record; true if it was the end mark. */
  private record(): boolean {
    const at = this.pos
    const tag = this.uint()
    if (tag === TAG.object) {
      this.region()
      this.fields()
      if (this.tails?.isFalse(this.memory)) this.falseObjects++
      else this.visitor.object?.(this.memory)
      this.stage = TAG.object
      return false
    }
    if (tag === TAG.eof) return true
    this.small(tag, at)
    if (tag < RECORD_NAMES.length) this.stage = tag
    return false
  }

  /** All but objects. What is read must be read before the visitor is asked: it may not take such records. */
  private small(tag: number, at: number): void {
    const v = this.visitor
    switch (tag) {
      case TAG.otherRoot:
        this.otherRoot()
        return
      case TAG.type: {
        const address = this.address()
        this.uint()
        const name = decodeUtf8(this.text())
        this.uint()
        v.type?.(address, name)
        return
      }
      case TAG.goroutine: {
        const g = this.goroutine()
        v.goroutine?.(g)
        return
      }
      case TAG.frame:
        this.frame()
        return
      case TAG.params:
        this.params()
        return
      case TAG.finalizer:
      case TAG.queued: {
        const f = {
          object: this.address(),
          fn: this.address(),
          code: this.address(),
          argument: this.address(),
          type: this.address(),
        }
        v.finalizer?.(f, tag === TAG.queued)
        return
      }
      case TAG.itab: {
        const address = this.address()
        const type = this.address()
        v.itab?.(address, type)
        return
      }
      case TAG.thread:
        this.skip(3)
        v.thread?.()
        return
      case TAG.memStats: {
        const values = Array.from({ length: MEM_STATS }, () => this.int())
        v.memStats?.(values)
        return
      }
      case TAG.data:
      case TAG.bss:
        this.region()
        this.fields()
        v.segment?.(tag === TAG.data ? 'data' : 'bss', this.memory)
        return
      case TAG.deferred: {
        this.skip(4)
        const fn = this.address()
        this.skip(2)
        v.deferred?.(fn)
        return
      }
      case TAG.panic: {
        this.skip(3)
        const data = this.address()
        this.skip(2)
        v.panicked?.(data)
        return
      }
      case TAG.allocation: {
        const a = this.allocation()
        v.allocation?.(a)
        return
      }
      case TAG.allocSample: {
        const object = this.address()
        const id = this.address()
        v.allocSample?.(object, id)
        return
      }
      default:
        throw new Damage(this.base + at, `a record of the unknown kind ${tag}`)
    }
  }

  private otherRoot(): void {
    const description = decodeUtf8(this.text())
    const to = this.address()
    this.visitor.otherRoot?.(description, to)
  }

  private params(): void {
    const at = this.pos
    const bigEndian = this.uint() !== 0
    const pointerSize = this.uint()
    if (pointerSize !== 4 && pointerSize !== 8)
      throw new Damage(this.base + at, `pointers of ${pointerSize} bytes`)
    const heapStart = this.int()
    const [high, low] = [this.high, this.low]
    const heapEnd = this.int()
    const arch = this.arch()
    const version = decodeUtf8(this.text())
    const cpus = this.uint()
    this.bigEndian = bigEndian
    this.pointerSize = pointerSize
    this.baseHigh = high
    this.baseLow = low
    const params: HeapDumpParams = {
      format: this.version,
      bigEndian,
      pointerSize,
      heapStart,
      heapEnd,
      arch,
      version,
      cpus,
    }
    this.tails = SpanTails.of(params)
    this.visitor.params?.(params)
  }

  /** GOARCH; Go 1.4 to 1.6 wrote the letter of their compilers as a number, which no length of a name is. */
  private arch(): string {
    const mark = this.pos
    const first = this.uint()
    if (first < SHORTEST_THECHAR) {
      this.pos = mark
      return decodeUtf8(this.text())
    }
    return LETTERS[String.fromCharCode(first & 0xff)] ?? ''
  }

  private goroutine(): GoroutineRecord {
    this.skip(2)
    const id = this.uint()
    const created = this.address()
    const status = this.uint()
    const system = this.uint() !== 0
    this.uint()
    const waitSince = this.uint()
    const waitReason = this.text()
    const context = this.address()
    this.skip(3)
    return { id, created, status, system, waitSince, waitReason, context }
  }

  private frame(): void {
    const sp = this.address()
    const depth = this.uint()
    this.address()
    this.content()
    const { from, size } = this.memory
    const entry = this.address()
    const pc = this.address()
    this.address()
    const fn = this.text()
    this.memory.address = sp
    this.memory.from = from
    this.memory.size = size
    this.fields()
    this.visitor.frame?.({ depth, entry, pc, fn }, this.memory)
  }

  private allocation(): AllocationRecord {
    const id = this.address()
    const size = this.uint()
    const at = this.pos
    const n = this.uint()
    if (n > MAX_STACK) throw new Damage(this.base + at, `an allocation stack of ${n} frames`)
    const frames = Array.from({ length: n }, () => ({
      fn: this.text(),
      file: this.text(),
      line: this.uint(),
    }))
    return { id, size, frames, allocs: this.uint(), frees: this.uint() }
  }

  // ---- parts of records ----

  private region(): void {
    this.memory.address = this.address()
    this.content()
  }

  /** A length and as many bytes. */
  private content(): void {
    const size = this.uint()
    if (size > this.end - this.pos) {
      this.wanted = this.pos + size + 1
      throw SHORT
    }
    this.memory.from = this.pos
    this.memory.size = size
    this.pos += size
  }

  private text(): Uint8Array {
    const length = this.uint()
    if (length > this.end - this.pos) {
      this.wanted = this.pos + length + 1
      throw SHORT
    }
    const from = this.pos
    this.pos += length
    return this.buffer.subarray(from, from + Math.min(length, MAX_NAME))
  }

  /** Offsets of pointers up to the end mark. */
  private fields(): void {
    const m = this.memory
    let n = 0
    for (;;) {
      const at = this.pos
      if (at === this.end) throw SHORT
      const kind = this.buffer[this.pos++]
      if (kind === 0) break
      if (kind > 3) throw new Damage(this.base + at, `a pointer of the unknown kind ${kind}`)
      let offset = this.uint()
      // The second word of an interface is the pointer; the first tells its type.
      if (kind !== 1) offset += this.pointerSize
      // Frames list the arguments of calls, some of which lie outside of what was written of them.
      if (!(offset + this.pointerSize <= m.size)) continue
      if (n === m.fields.length) {
        const wider = new Uint32Array(n * 2)
        wider.set(m.fields)
        m.fields = wider
      }
      m.fields[n++] = offset
    }
    m.fieldCount = n
  }

  private skip(numbers: number): void {
    for (let k = 0; k < numbers; k++) this.uint()
  }

  /** A number, rounded if over 2^53. */
  private uint(): number {
    const b = this.buffer[this.pos]
    if (b < 0x80 && this.pos < this.end) {
      this.pos++
      return b
    }
    this.halves()
    return this.high * TWO32 + this.low
  }

  /** A number, exact. */
  private int(): Int {
    this.halves()
    return uintFromHalves(this.high, this.low)
  }

  private address(): number {
    this.halves()
    if (this.high === 0 && this.low === 0) return Number.NaN
    return (this.high - this.baseHigh) * TWO32 + (this.low - this.baseLow)
  }

  private high = 0
  private low = 0

  /** Reads a number into `high` and `low`. */
  private halves(): void {
    const { buffer, end } = this
    let p = this.pos
    let low = 0
    let high = 0
    for (let k = 0; k < 10; k++) {
      if (p === end) throw SHORT
      const b = buffer[p++]
      const bits = b & 0x7f
      if (k < 4) low += bits << (7 * k)
      else if (k === 4) {
        low += (bits & 15) * TWO28
        high = bits >> 4
      } else if (k < 9) high += bits << (7 * k - 32)
      else high += bits << 31
      if (b < 0x80) {
        this.pos = p
        this.low = low >>> 0
        this.high = high >>> 0
        return
      }
    }
    throw new Damage(this.base + this.pos, 'a number of more than 10 bytes')
  }

  /** The pointer at `at` of the current record's bytes, as `address` gives it. */
  pointerAt(at: number): number {
    const { view } = this
    if (this.pointerSize === 4) {
      const v = view.getUint32(at, !this.bigEndian)
      return v === 0 ? Number.NaN : v - this.baseLow
    }
    const a = view.getUint32(at, true)
    const b = view.getUint32(at + 4, true)
    if (a === 0 && b === 0) return Number.NaN
    if (!this.bigEndian) return (b - this.baseHigh) * TWO32 + (a - this.baseLow)
    return (view.getUint32(at) - this.baseHigh) * TWO32 + (view.getUint32(at + 4) - this.baseLow)
  }

  /** The word at `at` as a length: 0 if it is none that a string in memory could have. */
  lengthAt(at: number): number {
    const { view } = this
    if (this.pointerSize === 4) return view.getUint32(at, !this.bigEndian)
    const low = view.getUint32(this.bigEndian ? at + 4 : at, !this.bigEndian)
    return view.getUint32(this.bigEndian ? at : at + 4, !this.bigEndian) === 0 ? low : 0
  }
}

const LETTERS: Readonly<Record<string, string>> = {
  '5': 'arm',
  '6': 'amd64',
  '7': 'arm64',
  '8': '386',
  '9': 'ppc64',
  '0': 'mips64',
  z: 's390x',
}

function notADump(head: Uint8Array): DecodeError {
  if (head.length > 0 && heapDumpVersion(head) === '' && startsLikeADump(head))
    return new DecodeError(FORMAT, head.length, 'the heap dump ends within its first line')
  return new DecodeError(
    FORMAT,
    0,
    'not a heap dump (debug.WriteHeapDump writes files that begin with "go1.7 heap dump")',
  )
}

function startsLikeADump(head: Uint8Array): boolean {
  return 'go1.7 heap dump\n'.startsWith(decodeUtf8(head.subarray(0, 16)))
}

/** What a dump that ended after a record of this kind lacks; Go writes the kinds in this order. */
function missing(stage: number): string {
  const parts: readonly (readonly [tags: readonly number[], lost: string])[] = [
    [[TAG.object, TAG.type, TAG.itab, TAG.params, 0], 'objects, goroutines, all roots and statistics'],
    [[TAG.goroutine, TAG.frame, TAG.deferred, TAG.panic], 'goroutines, global variables and statistics'],
    [[TAG.thread, TAG.data], 'global variables, finalizers and statistics'],
    [[TAG.bss, TAG.finalizer, TAG.queued], 'finalizers, statistics and allocation stacks'],
  ]
  return parts.find(([tags]) => tags.includes(stage))?.[1] ?? 'statistics or allocation stacks'
}
