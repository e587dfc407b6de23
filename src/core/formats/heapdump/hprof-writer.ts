import { encodeUtf8 } from '../../base/utf8.ts'

/** Bytes of a segment before it is written; one object may make it larger. */
const SEGMENT_BYTES = 1 << 20
const HEAP_DUMP_SEGMENT = 0x1c
const TWO32 = 2 ** 32

/** Numbers with their high byte first, in a buffer that grows. */
class BigEndianBytes {
  private a: Uint8Array
  length = 0

  constructor(capacity: number) {
    this.a = new Uint8Array(capacity)
  }

  /** Place for n more bytes. It may move `a`, so it is called before `a` is named. */
  private room(n: number): number {
    const at = this.length
    this.length += n
    if (this.length > this.a.length) {
      const a = new Uint8Array(Math.max(this.length, this.a.length * 2))
      a.set(this.a.subarray(0, at))
      this.a = a
    }
    return at
  }

  u8(v: number): void {
    const at = this.room(1)
    this.a[at] = v
  }

  u16(v: number): void {
    const at = this.room(2)
    this.a[at] = v >>> 8
    this.a[at + 1] = v
  }

  u32(v: number): void {
    const at = this.room(4)
    this.setU32(at, v)
  }

  setU32(at: number, v: number): void {
    const { a } = this
    a[at] = v >>> 24
    a[at + 1] = v >>> 16
    a[at + 2] = v >>> 8
    a[at + 3] = v
  }

  /** A number >= 0 below 2^53. */
  u64(v: number): void {
    this.u32(Math.floor(v / TWO32))
    this.u32(v % TWO32)
  }

  bytes(b: Uint8Array): void {
    const at = this.room(b.length)
    this.a.set(b, at)
  }

  /** What was written, as an array of its own. */
  take(): Uint8Array {
    const taken = this.a.slice(0, this.length)
    this.length = 0
    return taken
  }
}

/**
 * The records of an HPROF file. Those of the heap collect in segments; all others are written in front of the
 * segment that is being collected, since what is in it refers to them.
 */
export class HprofWriter extends BigEndianBytes {
  private readonly records = new BigEndianBytes(1 << 16)
  private readonly write: (piece: Uint8Array) => void

  constructor(write: (piece: Uint8Array) => void) {
    super(SEGMENT_BYTES + (1 << 16))
    this.write = write
  }

  /** `millis` since 1970. Ids have 8 bytes. */
  header(millis: number): void {
    this.records.bytes(encodeUtf8('JAVA PROFILE 1.0.2\0'))
    this.records.u32(8)
    this.records.u64(millis)
  }

  record(tag: number, fill: (w: BigEndianBytes) => void): void {
    const { records } = this
    records.u8(tag)
    records.u32(0)
    const at = records.length
    records.u32(0)
    fill(records)
    records.setU32(at, records.length - at - 4)
    if (records.length >= SEGMENT_BYTES) this.flush()
  }

  /** A part of the segment is complete: here it may end. */
  endOfObject(): void {
    if (this.length >= SEGMENT_BYTES) this.flushSegment()
  }

  flushSegment(): void {
    if (this.length > 0) {
      this.records.u8(HEAP_DUMP_SEGMENT)
      this.records.u32(0)
      this.records.u32(this.length)
      this.flush()
      this.write(this.take())
    }
  }

  /** Writes the records that wait. */
  flush(): void {
    if (this.records.length > 0) this.write(this.records.take())
  }
}
