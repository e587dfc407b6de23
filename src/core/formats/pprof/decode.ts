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
import { GrowIds, GrowU32 } from '../../base/grow.ts'
import { type Int, Int64Builder } from '../../base/int64.ts'
import { Strings } from '../../base/strings.ts'
import { LabelSetBuilder } from '../../model/label-sets.ts'
import { type LabelSetTable, MAPPING_HAS, type Profile, type ValueType } from '../../model/profile.ts'
import { ProtoReader } from './proto-reader.ts'

const FORMAT = 'pprof'

/** Ids above this are kept in a side table while they wait to be turned into rows. */
const BIG_ID = 0xf0000000
/** Rows of any one table: beyond it column indexes and memory get out of hand, and no program writes that. */
const MAX_ROWS = 0x10000000

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
  private readonly stackStart: GrowU32
  private readonly stackEnd: GrowU32
  private readonly frame: GrowIds
  private readonly labelSet: GrowU32
  private readonly value: Int64Builder[] = []
  private samples = 0
  private fewestValues = Number.POSITIVE_INFINITY
  private mostValues = 0
  private readonly bigIds: Int[] = []
  private readonly bigIdIndex = new Map<Int, number>()
  /** Interned bytes of label fields; id = provisional label set. Set 0 (no bytes) is the empty set. */
  private readonly labelBytes = new Strings()
  private labelScratch = new Uint8Array(64)

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
    this.frame = new GrowIds(hint)
    this.stackStart = new GrowU32(hint >> 6)
    this.stackEnd = new GrowU32(hint >> 6)
    this.labelSet = new GrowU32(hint >> 6)
    this.mapAddRowZero()
  }

  private mapAddRowZero(): void {
    for (const c of [this.locId, this.locMapping, this.locAddress]) c.push(0)
    for (const c of [this.fnId, this.fnName, this.fnSystemName, this.fnFile, this.fnStart]) c.push(0)
    for (const c of [this.mapId, this.mapStart, this.mapLimit, this.mapOffset, this.mapFile]) c.push(0)
    this.mapBuildId.push(0)
    for (const c of [this.lineStart, this.lineEnd, this.folded, this.mapHas]) c.push(0)
  }

  /** Takes the next bytes of the input. The chunk is not kept. Throws DecodeError. */
  feed(chunk: Uint8Array): void {
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
    if (size < 0) return peek === chunk.length ? chunk.length : this.badField()
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
          this.sample()
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
        this.sampleType.push(this.valueType())
        return
      case 2:
        this.enter('sample')
        this.sample()
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
          while (r.pos < to) this.comments.push(r.int())
        } else this.comments.push(this.int('comment'))
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

  /** Sample: location_id = 1, value = 2, label = 3, as packed or single varints. */
  private sample(): void {
    const r = this.r
    const buf = r.buf
    const end = r.end
    const row = this.samples++
    const first = this.frame.length
    let values = 0
    let labelFrom = -1
    let labelTo = -1
    let labelLength = 0
    let pos = r.pos
    while (pos < end) {
      const tag = buf[pos]
      if (tag === 0x0a || tag === 0x12 || tag === 0x1a) {
        let length = buf[pos + 1]
        let from = pos + 2
        if (length >= 0x80 || from > end) {
          r.pos = pos
          r.field()
          from = r.from
          length = r.to - r.from
        }
        const to = from + length
        if (to > end) r.fail('a field is longer than its sample', pos)
        if (tag === 0x0a) {
          this.frames(buf, from, to)
        } else if (tag === 0x12) {
          values = this.values(row, values, from, to)
        } else if (labelFrom < 0) {
          labelFrom = pos
          labelTo = to
        } else if (labelTo === pos && labelLength === 0) {
          labelTo = to
        } else {
          // Labels with something else between them: rare, so they are copied together.
          if (labelLength === 0) labelLength = this.scratchLabel(0, buf, labelFrom, labelTo)
          labelLength = this.scratchLabel(labelLength, buf, pos, to)
        }
        pos = to
        continue
      }
      r.pos = pos
      r.end = end
      r.field()
      if (r.number === 1) {
        r.expect(0, 'location_id')
        const id = r.uint()
        this.frame.push(this.pendingId(id))
      } else if (r.number === 2) {
        r.expect(0, 'value')
        this.valueAt(row, values++, r.int())
      } else if (r.number === 3) {
        // The tag was written in an unusual way; labels are always bytes.
        r.expect(2, 'label')
        if (labelLength === 0 && labelFrom >= 0) labelLength = this.scratchLabel(0, buf, labelFrom, labelTo)
        labelLength = this.scratchLabel(labelLength, buf, pos, r.to)
      } else r.ignore()
      pos = r.pos
    }
    this.stackStart.push(first)
    this.stackEnd.push(this.frame.length)
    if (labelLength > 0) this.labelSet.push(this.labelBytes.internBytes(this.labelScratch, 0, labelLength))
    else if (labelFrom >= 0) this.labelSet.push(this.labelBytes.internBytes(buf, labelFrom, labelTo))
    else this.labelSet.push(0)
    if (values < this.fewestValues) this.fewestValues = values
    if (values > this.mostValues) this.mostValues = values
    if (this.frame.length > 0xffffff00 || row > MAX_ROWS)
      r.fail('the profile has more samples than can be held', r.pos)
    if (values !== this.sampleType.length && this.sampleType.length > 0) this.checkValueCount(values)
  }

  /** Sample types may come late in the file, so a mismatch is final only for a bomb's worth of samples. */
  private checkValueCount(values: number): void {
    if (this.samples > 1 << 20)
      this.r.fail(`mismatch: sample has ${values} values vs. ${this.sampleType.length} types`)
  }

  private scratchLabel(length: number, buf: Uint8Array, from: number, to: number): number {
    const need = length + to - from
    if (need > this.labelScratch.length) {
      const grown = new Uint8Array(need * 2)
      grown.set(this.labelScratch.subarray(0, length))
      this.labelScratch = grown
    }
    this.labelScratch.set(buf.subarray(from, to), length)
    return need
  }

  /** Packed location ids. */
  private frames(buf: Uint8Array, from: number, to: number): void {
    const frame = this.frame
    frame.reserve(to - from)
    let a = frame.a
    let max = frame.max
    let n = frame.length
    let p = from
    while (p < to) {
      let id = buf[p++]
      if (id >= 0x80) {
        const b1 = buf[p++]
        id = (id & 0x7f) | (b1 << 7)
        if (b1 >= 0x80) {
          const b2 = buf[p++]
          id = (id & 0x3fff) | (b2 << 14)
          if (b2 >= 0x80) {
            // Four bytes and more.
            const r = this.r
            const end = r.end
            r.pos = p - 3
            r.end = to
            id = this.pendingId(r.uint())
            p = r.pos
            r.end = end
          }
        }
      }
      if (id > max) {
        frame.length = n
        frame.widen(id)
        a = frame.a
        max = frame.max
      }
      a[n++] = id
    }
    if (p !== to) this.r.fail('input ends in the middle of a location id', to)
    frame.length = n
  }

  /** A location id as it is kept until `end`: itself, or BIG_ID + its index among big ids. */
  private pendingId(id: Int): number {
    if (id < BIG_ID) return id as number
    let k = this.bigIdIndex.get(id)
    if (k === undefined) {
      k = this.bigIds.length
      if (k >= 0xffffffff - BIG_ID) this.r.fail('too many large location ids')
      this.bigIds.push(id)
      this.bigIdIndex.set(id, k)
    }
    return BIG_ID + k
  }

  /** Packed values of sample `row`, of which `have` were read already; returns how many there are now. */
  private values(row: number, have: number, from: number, to: number): number {
    const r = this.r
    const buf = r.buf
    let k = have
    let p = from
    while (p < to) {
      let v = buf[p]
      if (v < 0x80) p++
      else {
        const b1 = buf[p + 1]
        const b2 = buf[p + 2]
        if (b1 < 0x80) {
          v = (v & 0x7f) | (b1 << 7)
          p += 2
        } else if (b2 < 0x80) {
          v = (v & 0x7f) | ((b1 & 0x7f) << 7) | (b2 << 14)
          p += 3
        } else {
          const end = r.end
          r.pos = p
          r.end = to
          const exact = r.int()
          p = r.pos
          r.end = end
          if (typeof exact === 'bigint') {
            this.valueAt(row, k++, exact)
            continue
          }
          v = exact
        }
      }
      const column = this.value[k]
      if (column !== undefined && column.length === row && row < column.f.length) {
        column.f[row] = v
        column.length++
      } else this.valueAt(row, k, v)
      k++
    }
    if (p !== to) r.fail('input ends in the middle of a value', to)
    return k
  }

  private valueAt(row: number, k: number, v: Int): void {
    if (k >= 256 && k > this.sampleType.length)
      this.r.fail('a sample has more values than there are sample types')
    let column = this.value[k]
    if (column === undefined) {
      column = new Int64Builder(Math.max(16, this.stackStart.a.length))
      this.value[k] = column
    }
    // Earlier samples that had fewer values: an error in the end, but columns stay aligned until then.
    if (column.length < row) {
      column.reserve(row - column.length)
      column.length = row
    }
    if (column.length === row) column.push(v)
    else column.set(row, v)
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
    this.checkSamples()
    const location = new IdMap('location', this.locId)
    const fn = new IdMap('function', this.fnId)
    const mapping = new IdMap('mapping', this.mapId)
    this.resolveFrames(location)
    const lineFn = fn.rows(this.lineFn)
    for (let i = 0; i < lineFn.length; i++)
      if (lineFn[i] === 0)
        throw new DecodeError(
          FORMAT,
          -1,
          `location id: ${this.locationOfLine(i)} has a line with nil function`,
        )
    const labels = this.labels()
    const labelSet = this.labelSet.done()
    for (let i = 0; i < labelSet.length; i++) labelSet[i] = labels.renumber[labelSet[i]]
    return {
      strings: this.strings,
      sampleTypes: this.sampleType.map((t) => this.namedType(t)),
      defaultSampleType: this.string(this.defaultSampleType),
      samples: {
        count: this.samples,
        stackStart: this.stackStart.done(),
        stackEnd: this.stackEnd.done(),
        frame: this.frame.done(),
        labelSet,
        value: this.sampleType.map((_, k) => (this.value[k] ?? new Int64Builder(0)).done()),
      },
      labelSets: labels.table,
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

  private checkSamples(): void {
    const types = this.sampleType.length
    if (this.samples === 0) return
    if (types === 0) throw new DecodeError(FORMAT, -1, 'missing sample type information')
    const odd = this.fewestValues !== types ? this.fewestValues : this.mostValues
    if (odd !== types)
      throw new DecodeError(FORMAT, -1, `mismatch: sample has ${odd} values vs. ${types} types`)
  }

  private resolveFrames(ids: IdMap): void {
    if (ids.count > this.frame.max) this.frame.widen(ids.count)
    const a = this.frame.a
    const n = this.frame.length
    if (ids.dense && this.bigIds.length === 0) {
      const count = ids.count
      for (let i = 0; i < n; i++) if ((a[i] - 1) >>> 0 >= count) this.nilLocation(a[i])
      return
    }
    for (let i = 0; i < n; i++) {
      const id = a[i] < BIG_ID ? a[i] : this.bigIds[a[i] - BIG_ID]
      const row = ids.row(id)
      if (row === 0) this.nilLocation(id)
      a[i] = row
    }
  }

  private nilLocation(id: Int): never {
    throw new DecodeError(FORMAT, -1, `sample has nil location: there is none with id ${id}`)
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

  /** Parses the interned label bytes; `renumber` goes from provisional sets to sets. */
  private labels(): { table: LabelSetTable; renumber: Uint32Array } {
    const out = new LabelSetBuilder()
    const renumber = new Uint32Array(this.labelBytes.count)
    const r = new ProtoReader(FORMAT)
    for (let s = 1; s < renumber.length; s++) {
      const bytes = this.labelBytes.bytesOf(s)
      let at = 0
      while (at < bytes.length) {
        r.reset(bytes, at, bytes.length, 0)
        r.field()
        at = r.pos
        r.reset(bytes, r.from, r.to, 0)
        let key: Int = 0
        let str: Int = 0
        let num: Int = 0
        let unit: Int = 0
        while (r.pos < r.end) {
          r.field()
          if (r.number >= 1 && r.number <= 4 && r.wire !== 0)
            throw new DecodeError(FORMAT, -1, 'a label field has the wrong wire type')
          if (r.number === 1) key = r.int()
          else if (r.number === 2) str = r.int()
          else if (r.number === 3) num = r.int()
          else if (r.number === 4) unit = r.int()
          else r.ignore()
        }
        const keyId = this.stringOf(key)
        if (str !== 0) out.addText(keyId, this.stringOf(str))
        else if (num !== 0 || unit !== 0) out.addNumber(keyId, num, this.stringOf(unit))
      }
      renumber[s] = out.endSet()
    }
    return { table: out.done(), renumber }
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

/** Ids of one table -> rows, checking that they are unique and not 0. */
class IdMap {
  /** True if id = row for every row. */
  readonly dense: boolean
  readonly count: number
  /** Id -> row for ids that are small enough for an array; `sparse` has the others. */
  private readonly table: Uint32Array = new Uint32Array(0)
  private readonly sparse = new Map<Int, number>()

  constructor(what: string, ids: Int64Builder) {
    this.count = ids.length - 1
    let dense = true
    for (let row = 1; row < ids.length && dense; row++) dense = ids.f[row] === row
    this.dense = dense
    if (dense) return
    const limit = 4 * ids.length + 1024
    this.table = new Uint32Array(limit)
    for (let row = 1; row < ids.length; row++) {
      const id = ids.get(row)
      if (id === 0) throw new DecodeError(FORMAT, -1, `found ${what} with reserved id=0`)
      if (this.row(id) !== 0) throw new DecodeError(FORMAT, -1, `multiple ${what}s with same id: ${id}`)
      if (id < limit) this.table[id as number] = row
      else this.sparse.set(id, row)
    }
  }

  /** Row of an id, 0 if there is none. */
  row(id: Int): number {
    if (this.dense) return id >= 1 && id <= this.count ? (id as number) : 0
    return id < this.table.length ? this.table[id as number] : (this.sparse.get(id) ?? 0)
  }

  rows(ids: Int64Builder): Uint32Array {
    const out = new Uint32Array(ids.length)
    for (let i = 0; i < out.length; i++) out[i] = this.row(ids.get(i))
    return out
  }
}
