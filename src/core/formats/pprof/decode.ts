// profile.proto, read in one pass into columns.
//
// 1. The input arrives in chunks (of the decompressor). Top-level fields that lie whole in a chunk are
//    read where they are; one that is cut by a chunk's end is put together in `carry`.
// 2. Samples, the bulk, are decoded straight into the frame and value columns. The bytes of a sample's
//    labels are interned as they stand: a profile has few different label sets, so each is parsed once.
// 3. Locations, functions and mappings go into their columns with ids and string indexes as written,
//    because what they refer to may come later.
// 4. `end` checks everything the reference checks, turns string indexes into ids of the interning
//    table, and renumbers references from ids to rows. Ids are nearly always 1, 2, 3 …, so id = row and
//    there is nothing to do: that is why rows count from 1.
//
// Not done: a stack tree at this point. It would save memory on deep profiles, but costs a hash
// look-up for every frame, and most reports need one pass over the frames and no more.

import { DecodeError } from '../../base/errors.ts'
import { GrowU32 } from '../../base/grow.ts'
import { type Int, Int64Builder } from '../../base/int64.ts'
import { Strings } from '../../base/strings.ts'
import { MAPPING_HAS, type Profile, type ValueType } from '../../model/profile.ts'
import { IdMap } from './id-map.ts'
import { ProtoReader } from './proto-reader.ts'
import { SampleDecoder } from './sample-decoder.ts'

const FORMAT = 'pprof'

// A few bytes of input make a row of many: a megabyte of packed zeros would fill the memory. No program
// writes profiles that come near these limits.
/** Rows of the tables of locations, functions and mappings. */
const MAX_ROWS = 1 << 24
const MAX_LINES = 1 << 25
const MAX_STRINGS = 1 << 26
const MAX_SAMPLE_TYPES = 1 << 10
const MAX_COMMENTS = 1 << 16
/** Bytes of a top-level field. A text of twice that is more than JavaScript can hold. */
const MAX_FIELD = 1 << 28

interface PendingType {
  type: number
  unit: number
}

/** Decodes an uncompressed profile.proto message. Throws DecodeError if it is not a valid profile. */
export function decodeProfile(bytes: Uint8Array): Profile {
  const d = new ProfileDecoder(bytes.length)
  d.feed(bytes)
  return d.end()
}

/** The push form of decodeProfile, for input that arrives (and can be let go) in chunks. */
export class ProfileDecoder {
  private readonly r = new ProtoReader(FORMAT)
  /** The field that the last chunk's end cut off. */
  private carry: Uint8Array = new Uint8Array(0)
  private carried = 0
  private consumed = 0

  private readonly strings = new Strings()
  /** String table index -> id in `strings`. */
  private readonly stringId = new GrowU32(1024)

  private readonly sampleType: PendingType[] = []
  private readonly samples: SampleDecoder

  private readonly locId = new Int64Builder(256)
  private readonly locMapping = new Int64Builder(256)
  private readonly locAddress = new Int64Builder(256)
  private readonly lineStart = new GrowU32(256)
  private readonly lineEnd = new GrowU32(256)
  private readonly folded = new GrowU32(256)
  private readonly lineFn = new Int64Builder(256)
  private readonly lineNo = new Int64Builder(256)
  private readonly lineColumn = new Int64Builder(256)

  private readonly fnId = new Int64Builder(256)
  private readonly fnName = new Int64Builder(256)
  private readonly fnSystemName = new Int64Builder(256)
  private readonly fnFile = new Int64Builder(256)
  private readonly fnStart = new Int64Builder(256)

  private readonly mapId = new Int64Builder()
  private readonly mapStart = new Int64Builder()
  private readonly mapLimit = new Int64Builder()
  private readonly mapOffset = new Int64Builder()
  private readonly mapFile = new Int64Builder()
  private readonly mapBuildId = new Int64Builder()
  private readonly mapHas = new GrowU32()

  private dropFrames: Int = 0
  private keepFrames: Int = 0
  private timeNanos: Int = 0
  private durationNanos: Int = 0
  private periodType: PendingType = { type: 0, unit: 0 }
  private period: Int = 0
  private readonly comments: Int[] = []
  private defaultSampleType: Int = 0
  private docUrl: Int = 0

  /** `sizeHint`: expected bytes of input, so that columns seldom have to grow; memory is touched only as it fills. */
  constructor(sizeHint = 1 << 16) {
    const hint = Math.min(Math.max(sizeHint, 1 << 12), 1 << 28)
    this.samples = new SampleDecoder(this.r, hint)
    this.addRowsZero()
  }

  private addRowsZero(): void {
    for (const c of [this.locId, this.locMapping, this.locAddress]) c.push(0)
    for (const c of [this.fnId, this.fnName, this.fnSystemName, this.fnFile, this.fnStart]) c.push(0)
    for (const c of [this.mapId, this.mapStart, this.mapLimit, this.mapOffset, this.mapFile]) c.push(0)
    this.mapBuildId.push(0)
    for (const c of [this.lineStart, this.lineEnd, this.folded, this.mapHas]) c.push(0)
  }

  /** Takes the next bytes of the input. The chunk is not kept. Throws DecodeError. */
  feed(bytes: Uint8Array): void {
    // Node's Buffer is a subclass: reading from both kinds in one loop would cost a check per byte.
    const chunk = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    let at = 0
    if (this.carried > 0) at = this.finishCarried(chunk)
    const base = this.consumed - at
    at = this.readFields(chunk, at, chunk.length, base)
    this.consumed = base + at
    if (at < chunk.length) this.keep(chunk.subarray(at))
  }

  /** Bytes of input read so far. */
  get bytesRead(): number {
    return this.consumed + this.carried
  }

  private keep(rest: Uint8Array): void {
    if (this.carried + rest.length > this.carry.length) {
      const grown = new Uint8Array(Math.max(this.carried + rest.length, this.carry.length * 2, 4096))
      grown.set(this.carry.subarray(0, this.carried))
      this.carry = grown
    }
    this.carry.set(rest, this.carried)
    this.carried += rest.length
  }

  /** Completes the cut field with the first bytes of the chunk; returns how many of them it used. */
  private finishCarried(chunk: Uint8Array): number {
    // The tag and length of the field may be cut too: up to 20 bytes are needed to know its size.
    const before = this.carried
    const peek = Math.min(20, chunk.length)
    this.keep(chunk.subarray(0, peek))
    const size = fieldSize(this.carry, 0, this.carried)
    if (size < 0) return this.carried < 20 ? chunk.length : this.badField()
    if (size > MAX_FIELD) this.tooLong(this.consumed)
    if (size <= this.carried) {
      this.carried = 0
      this.readFields(this.carry, 0, size, this.consumed)
      this.consumed += size
      return size - before
    }
    const more = Math.min(size - this.carried, chunk.length - peek)
    this.keep(chunk.subarray(peek, peek + more))
    if (this.carried === size) {
      this.carried = 0
      this.readFields(this.carry, 0, size, this.consumed)
      this.consumed += size
    }
    return peek + more
  }

  private tooLong(at: number): never {
    throw new DecodeError(FORMAT, at, `a field is longer than ${MAX_FIELD} bytes`)
  }

  private badField(): never {
    this.r.reset(this.carry, 0, this.carried, this.consumed)
    this.r.field()
    throw new DecodeError(FORMAT, this.consumed, 'malformed field')
  }

  /** Reads fields from buf[pos, end) as long as they are whole; returns where the first cut one starts. */
  private readFields(buf: Uint8Array, pos: number, end: number, base: number): number {
    const r = this.r
    let at = pos
    while (at < end) {
      // Fast path of the field that makes up the file: sample, tag 0x12.
      if (buf[at] === 0x12 && at + 4 < end) {
        let length = buf[at + 1]
        let from = at + 2
        if (length >= 0x80) {
          const b = buf[at + 2]
          length = (length & 0x7f) | (b << 7)
          from++
          if (b >= 0x80) length = -1
        }
        if (length >= 0) {
          if (from + length > end) return at
          r.reset(buf, from, from + length, base)
          this.samples.sample(this.sampleType.length)
          at = from + length
          continue
        }
      }
      const size = fieldSize(buf, at, end)
      if (size < 0 || at + size > end) {
        if (size < 0 && end - at >= 20) {
          r.reset(buf, at, end, base)
          r.field()
        }
        if (size > MAX_FIELD) this.tooLong(base + at)
        return at
      }
      r.reset(buf, at, at + size, base)
      this.topLevel()
      at += size
    }
    return at
  }

  private topLevel(): void {
    const r = this.r
    r.field()
    switch (r.number) {
      case 1:
        if (this.sampleType.length === MAX_SAMPLE_TYPES) r.fail('too many sample types')
        this.sampleType.push(this.valueType())
        return
      case 2:
        this.enter('sample')
        this.samples.sample(this.sampleType.length)
        return
      case 3:
        this.enter('mapping')
        this.mapping()
        return
      case 4:
        this.enter('location')
        this.location()
        return
      case 5:
        this.enter('function')
        this.fn()
        return
      case 6:
        r.expect(2, 'string table')
        if (this.stringId.length === 0 && r.to !== r.from) r.fail("the string table's first entry is not ''")
        if (this.stringId.length === MAX_STRINGS) r.fail('too many strings')
        this.stringId.push(this.strings.internBytes(r.buf, r.from, r.to))
        return
      case 7:
        this.dropFrames = this.int('drop_frames')
        return
      case 8:
        this.keepFrames = this.int('keep_frames')
        return
      case 9:
        if (this.timeNanos !== 0) r.fail('concatenated profiles detected')
        this.timeNanos = this.int('time_nanos')
        return
      case 10:
        this.durationNanos = this.int('duration_nanos')
        return
      case 11:
        this.periodType = this.valueType()
        return
      case 12:
        this.period = this.int('period')
        return
      case 13:
        if (r.wire === 2) {
          const to = r.to
          r.reset(r.buf, r.from, to, r.base)
          while (r.pos < to) this.comment(r.int())
        } else this.comment(this.int('comment'))
        return
      case 14:
        this.defaultSampleType = this.int('default_sample_type')
        return
      case 15:
        this.docUrl = this.int('doc_url')
        return
      default:
        r.ignore()
    }
  }

  private comment(index: Int): void {
    if (this.comments.length === MAX_COMMENTS) this.r.fail('too many comments')
    this.comments.push(index)
  }

  private int(what: string): Int {
    this.r.expect(0, what)
    return this.r.int()
  }

  /** Steps into the submessage just read. */
  private enter(what: string): void {
    const r = this.r
    r.expect(2, what)
    r.reset(r.buf, r.from, r.to, r.base)
  }

  private valueType(): PendingType {
    const r = this.r
    const v: PendingType = { type: 0, unit: 0 }
    this.enter('value type')
    while (r.pos < r.end) {
      r.field()
      if (r.number === 1) v.type = Number(this.int('type'))
      else if (r.number === 2) v.unit = Number(this.int('unit'))
      else r.ignore()
    }
    return v
  }

  private mapping(): void {
    const r = this.r
    const row = this.mapId.length
    if (row > MAX_ROWS) r.fail('too many mappings')
    for (const c of [this.mapId, this.mapStart, this.mapLimit, this.mapOffset, this.mapFile]) c.push(0)
    this.mapBuildId.push(0)
    this.mapHas.push(0)
    const has = (bit: number): void => {
      if (this.int('flag') !== 0) this.mapHas.a[row] |= bit
      else this.mapHas.a[row] &= ~bit
    }
    while (r.pos < r.end) {
      r.field()
      if (r.number === 1) this.mapId.set(row, this.uint('mapping id'))
      else if (r.number === 2) this.mapStart.set(row, this.uint('mapping start'))
      else if (r.number === 3) this.mapLimit.set(row, this.uint('mapping limit'))
      else if (r.number === 4) this.mapOffset.set(row, this.uint('mapping offset'))
      else if (r.number === 5) this.mapFile.set(row, this.int('mapping file'))
      else if (r.number === 6) this.mapBuildId.set(row, this.int('build id'))
      else if (r.number === 7) has(MAPPING_HAS.functions)
      else if (r.number === 8) has(MAPPING_HAS.filenames)
      else if (r.number === 9) has(MAPPING_HAS.lineNumbers)
      else if (r.number === 10) has(MAPPING_HAS.inlineFrames)
      else r.ignore()
    }
  }

  private uint(what: string): Int {
    this.r.expect(0, what)
    return this.r.uint()
  }

  private location(): void {
    const r = this.r
    const row = this.locId.length
    if (row > MAX_ROWS) r.fail('too many locations')
    for (const c of [this.locId, this.locMapping, this.locAddress]) c.push(0)
    this.folded.push(0)
    this.lineStart.push(this.lineFn.length)
    const end = r.end
    while (r.pos < end) {
      r.field()
      if (r.number === 1) this.locId.set(row, this.uint('location id'))
      else if (r.number === 2) this.locMapping.set(row, this.uint('mapping id'))
      else if (r.number === 3) this.locAddress.set(row, this.uint('address'))
      else if (r.number === 4) {
        r.expect(2, 'line')
        const to = r.to
        r.pos = r.from
        r.end = to
        this.line()
        r.pos = to
        r.end = end
      } else if (r.number === 5) this.folded.a[row] = this.int('is_folded') === 0 ? 0 : 1
      else r.ignore()
    }
    this.lineEnd.push(this.lineFn.length)
  }

  private line(): void {
    const r = this.r
    let fn: Int = 0
    let line: Int = 0
    let column: Int = 0
    while (r.pos < r.end) {
      r.field()
      if (r.number === 1) fn = this.uint('function id')
      else if (r.number === 2) line = this.int('line')
      else if (r.number === 3) column = this.int('column')
      else r.ignore()
    }
    if (this.lineFn.length === MAX_LINES) r.fail('too many lines')
    this.lineFn.push(fn)
    this.lineNo.push(line)
    this.lineColumn.push(column)
  }

  private fn(): void {
    const r = this.r
    const row = this.fnId.length
    if (row > MAX_ROWS) r.fail('too many functions')
    for (const c of [this.fnId, this.fnName, this.fnSystemName, this.fnFile, this.fnStart]) c.push(0)
    while (r.pos < r.end) {
      r.field()
      if (r.number === 1) this.fnId.set(row, this.uint('function id'))
      else if (r.number === 2) this.fnName.set(row, this.int('name'))
      else if (r.number === 3) this.fnSystemName.set(row, this.int('system name'))
      else if (r.number === 4) this.fnFile.set(row, this.int('file name'))
      else if (r.number === 5) this.fnStart.set(row, this.int('start line'))
      else r.ignore()
    }
  }

  /** Ends the input: checks it as the reference's CheckValid does and gives the profile. Throws DecodeError. */
  end(): Profile {
    if (this.carried > 0) {
      const at = this.consumed
      throw new DecodeError(
        FORMAT,
        at,
        `input ends in the middle of a field (${this.carried} bytes of it are there)`,
      )
    }
    if (this.consumed === 0) throw new DecodeError(FORMAT, 0, 'empty input file')
    const location = new IdMap('location', this.locId)
    const fn = new IdMap('function', this.fnId)
    const mapping = new IdMap('mapping', this.mapId)
    const lineFn = fn.rows(this.lineFn)
    for (let i = 0; i < lineFn.length; i++)
      if (lineFn[i] === 0)
        throw new DecodeError(
          FORMAT,
          -1,
          `location id: ${this.locationOfLine(i)} has a line with nil function`,
        )
    const { samples, labelSets } = this.samples.finish(this.sampleType.length, location, (i) =>
      this.stringOf(i),
    )
    return {
      strings: this.strings,
      sampleTypes: this.sampleType.map((t) => this.namedType(t)),
      defaultSampleType: this.string(this.defaultSampleType),
      samples,
      labelSets,
      locations: {
        count: this.locId.length - 1,
        id: this.locId.done(),
        mapping: mapping.rows(this.locMapping),
        address: this.locAddress.done(),
        lineStart: this.lineStart.done(),
        lineEnd: this.lineEnd.done(),
        folded: Uint8Array.from(this.folded.done()),
      },
      lines: {
        count: lineFn.length,
        fn: lineFn,
        line: this.lineNo.done(),
        column: this.lineColumn.done(),
      },
      functions: {
        count: this.fnId.length - 1,
        id: this.fnId.done(),
        name: this.stringColumn(this.fnName),
        systemName: this.stringColumn(this.fnSystemName),
        filename: this.stringColumn(this.fnFile),
        startLine: this.fnStart.done(),
      },
      mappings: {
        count: this.mapId.length - 1,
        id: this.mapId.done(),
        start: this.mapStart.done(),
        limit: this.mapLimit.done(),
        offset: this.mapOffset.done(),
        file: this.stringColumn(this.mapFile),
        buildId: this.stringColumn(this.mapBuildId),
        has: Uint8Array.from(this.mapHas.done()),
      },
      dropFrames: this.string(this.dropFrames),
      keepFrames: this.string(this.keepFrames),
      timeNanos: this.timeNanos,
      durationNanos: this.durationNanos,
      periodType: this.namedType(this.periodType),
      period: this.period,
      comments: this.comments.map((c) => this.string(c)),
      docUrl: this.string(this.docUrl),
    }
  }

  private locationOfLine(line: number): Int {
    let row = 1
    while (row < this.locId.length && this.lineEnd.a[row] <= line) row++
    return this.locId.get(row)
  }

  private namedType(t: PendingType): ValueType {
    return { type: this.string(t.type), unit: this.string(t.unit) }
  }

  /** Interned id of a string table index. */
  private stringOf(index: Int): number {
    if (index < 0 || index >= this.stringId.length)
      throw new DecodeError(
        FORMAT,
        -1,
        `string index ${index} is outside the string table of ${this.stringId.length} entries`,
      )
    return this.stringId.a[index as number]
  }

  private string(index: Int): string {
    return this.strings.get(this.stringOf(index))
  }

  private stringColumn(index: Int64Builder): Uint32Array {
    const out = new Uint32Array(index.length)
    // Row 0 has no string of its own; an empty string table is only wrong where something refers to it.
    for (let i = 1; i < out.length; i++) out[i] = this.stringOf(index.get(i))
    return out
  }
}

/** Size of the field at buf[at]: tag, length and content. -1 if buf[at, end) is too short to tell (or malformed). */
function fieldSize(buf: Uint8Array, at: number, end: number): number {
  const wire = buf[at] & 7
  let p = at
  for (;;) {
    if (p >= end || p - at >= 10) return -1
    if (buf[p++] < 0x80) break
  }
  if (wire === 1) return p - at + 8
  if (wire === 5) return p - at + 4
  const from = p
  let length = 0
  let scale = 1
  for (;;) {
    if (p >= end || p - from >= 10) return -1
    const b = buf[p++]
    length += (b & 0x7f) * scale
    if (b < 0x80) break
    scale *= 128
  }
  if (wire === 0) return p - at
  if (wire === 2) return p - at + length
  return -1
}
