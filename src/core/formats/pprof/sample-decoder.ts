// The samples of a profile.proto message: nearly all of its bytes, so the one place where every
// nanosecond per frame counts. Frames and values go straight into their columns; ids stay as they were
// written until all locations are known.

import { DecodeError } from '../../base/errors.ts'
import { GrowIds, GrowU32 } from '../../base/grow.ts'
import { type Int, Int64Builder } from '../../base/int64.ts'
import { Strings } from '../../base/strings.ts'
import { LabelSetBuilder } from '../../model/label-sets.ts'
import type { LabelSetTable, SampleTable } from '../../model/profile.ts'
import type { IdMap } from './id-map.ts'
import { ProtoReader } from './proto-reader.ts'

/** Ids above this are kept in a side table while they wait to be turned into rows. */
const BIG_ID = 0xf0000000
// More than this is refused: a megabyte of packed input could fill the memory, and no program writes that.
const MAX_SAMPLES = 1 << 26
const MAX_FRAMES = 2 ** 29
const MAX_BIG_IDS = 1 << 22
/** A wrong number of values is an error at the end, as types may come late; a bomb is not let run that long. */
const LENIENT_SAMPLES = 1 << 20
/** Likewise for location id 0, which is never one. */
const LENIENT_FRAMES = 1 << 24

export class SampleDecoder {
  private readonly r: ProtoReader
  private readonly stackStart: GrowU32
  private readonly stackEnd: GrowU32
  private readonly frame: GrowIds
  private readonly labelSet: GrowU32
  private readonly value: Int64Builder[] = []
  private readonly rowsHint: number
  private samples = 0
  private fewestValues = Number.POSITIVE_INFINITY
  private mostValues = 0
  /** Greatest id met, of those that are kept as they are. */
  private topId = 0
  private zeroId = false
  private readonly bigIds: Int[] = []
  private readonly bigIdIndex = new Map<Int, number>()
  /** Interned bytes of label fields; id = provisional label set. Set 0 (no bytes) is the empty set. */
  private readonly labelBytes = new Strings()
  private labelScratch = new Uint8Array(64)

  /** `r` is shared with the message's decoder; `sizeHint` is about the bytes to come. */
  constructor(r: ProtoReader, sizeHint: number) {
    this.r = r
    this.frame = new GrowIds(sizeHint)
    // Samples have some 30 bytes or more; what is not used is never touched.
    this.rowsHint = Math.max(16, sizeHint >> 5)
    this.stackStart = new GrowU32(this.rowsHint)
    this.stackEnd = new GrowU32(this.rowsHint)
    this.labelSet = new GrowU32(this.rowsHint)
  }

  /** Sample: location_id = 1, value = 2, label = 3, as packed or single varints. `types` is how many values to expect so far. */
  sample(types: number): void {
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
        this.oneFrame(r.uint())
      } else if (r.number === 2) {
        r.expect(0, 'value')
        this.valueAt(row, values++, r.int(), types)
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
    if (this.frame.length > MAX_FRAMES || row > MAX_SAMPLES)
      r.fail('the profile has more samples than can be held', r.pos)
    if (types > 0 && values !== types && row > LENIENT_SAMPLES)
      r.fail(`mismatch: sample has ${values} values vs. ${types} types`)
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
    let top = this.topId
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
      // One comparison for both rare cases: 0, and a new greatest id.
      if ((id - 1) >>> 0 >= top) {
        frame.length = n
        this.newTop(id)
        top = this.topId
        a = frame.a
      }
      a[n++] = id
    }
    if (p !== to) this.r.fail('input ends in the middle of a location id', to)
    frame.length = n
  }

  private newTop(id: number): void {
    if (id === 0) {
      this.zeroId = true
      if (this.frame.length > LENIENT_FRAMES) this.r.fail('sample has nil location: there is none with id 0')
    } else if (id > this.topId) this.topId = id
    if (id > this.frame.max) this.frame.widen(id)
  }

  private oneFrame(id: Int): void {
    const kept = this.pendingId(id)
    this.newTop(kept)
    this.frame.push(kept)
  }

  /** A location id as it is kept until the end: itself, or BIG_ID + its index among big ids. */
  private pendingId(id: Int): number {
    if (id < BIG_ID) return id as number
    let k = this.bigIdIndex.get(id)
    if (k === undefined) {
      k = this.bigIds.length
      if (k === MAX_BIG_IDS) this.r.fail('too many large location ids')
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
            this.valueAt(row, k++, exact, 0)
            continue
          }
          v = exact
        }
      }
      const column = this.value[k]
      if (column !== undefined && column.length === row && row < column.f.length) {
        column.f[row] = v
        column.length++
      } else this.valueAt(row, k, v, 0)
      k++
    }
    if (p !== to) r.fail('input ends in the middle of a value', to)
    return k
  }

  private valueAt(row: number, k: number, v: Int, types: number): void {
    if (k >= 256 && k > types) this.r.fail('a sample has more values than there are sample types')
    let column = this.value[k]
    if (column === undefined) {
      // Few have more than four types; room for them all at once would be too much to ask for.
      column = new Int64Builder(k < 8 ? this.rowsHint : 16)
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

  /** The finished table. `stringOf` gives the interned id of a string table index. Throws DecodeError. */
  finish(
    types: number,
    locations: IdMap,
    stringOf: (index: Int) => number,
  ): { samples: SampleTable; labelSets: LabelSetTable } {
    this.check(types)
    this.resolve(locations)
    const labels = this.labels(stringOf)
    const labelSet = this.labelSet.done()
    for (let i = 0; i < labelSet.length; i++) labelSet[i] = labels.renumber[labelSet[i]]
    const value = Array.from({ length: types }, (_, k) => (this.value[k] ?? new Int64Builder(0)).done())
    const samples: SampleTable = {
      count: this.samples,
      stackStart: this.stackStart.done(),
      stackEnd: this.stackEnd.done(),
      frame: this.frame.done(),
      labelSet,
      value,
    }
    return { samples, labelSets: labels.table }
  }

  private check(types: number): void {
    if (this.samples === 0) return
    if (types === 0) throw new DecodeError('pprof', -1, 'missing sample type information')
    const odd = this.fewestValues !== types ? this.fewestValues : this.mostValues
    if (odd !== types)
      throw new DecodeError('pprof', -1, `mismatch: sample has ${odd} values vs. ${types} types`)
  }

  /** Turns ids into rows. Where ids are 1, 2, 3 … they are the rows, and only their greatest is looked at. */
  private resolve(ids: IdMap): void {
    if (ids.dense && !this.zeroId && this.bigIds.length === 0 && this.topId <= ids.count) return
    if (ids.count > this.frame.max) this.frame.widen(ids.count)
    const a = this.frame.a
    const n = this.frame.length
    for (let i = 0; i < n; i++) {
      const id = a[i] < BIG_ID ? a[i] : this.bigIds[a[i] - BIG_ID]
      const row = ids.row(id)
      if (row === 0)
        throw new DecodeError('pprof', -1, `sample has nil location: there is none with id ${id}`)
      a[i] = row
    }
  }

  /** Parses the interned label bytes; `renumber` goes from provisional sets to sets. */
  private labels(stringOf: (index: Int) => number): { table: LabelSetTable; renumber: Uint32Array } {
    const out = new LabelSetBuilder()
    const renumber = new Uint32Array(this.labelBytes.count)
    const r = new ProtoReader('pprof')
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
            throw new DecodeError('pprof', -1, 'a label field has the wrong wire type')
          if (r.number === 1) key = r.int()
          else if (r.number === 2) str = r.int()
          else if (r.number === 3) num = r.int()
          else if (r.number === 4) unit = r.int()
          else r.ignore()
        }
        const keyId = stringOf(key)
        if (str !== 0) out.addText(keyId, stringOf(str))
        else if (num !== 0 || unit !== 0) out.addNumber(keyId, num, stringOf(unit))
      }
      renumber[s] = out.endSet()
    }
    return { table: out.done(), renumber }
  }
}
