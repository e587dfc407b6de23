// Writes profile.proto. Only what is referred to by a row is in the string table; ids stay.

import { GrowBytes, GrowU32 } from '../../base/grow.ts'
import { asUint, type Int, type Int64Column } from '../../base/int64.ts'
import { MAPPING_HAS, type Profile, type ValueType } from '../../model/profile.ts'

/** Output is handed on in pieces of about this size. */
const PIECE = 1 << 18

/** The profile as an uncompressed profile.proto message, in pieces that belong to the caller. */
export function* encodeProfile(p: Profile): Generator<Uint8Array> {
  const e = new Encoder(p)
  for (const type of p.sampleTypes) e.valueType(0x0a, type)
  const { samples } = p
  for (let row = 0; row < samples.count; row++) {
    e.sample(row)
    if (e.out.length >= PIECE) yield e.take()
  }
  for (let m = 1; m <= p.mappings.count; m++) e.mapping(m)
  for (let loc = 1; loc <= p.locations.count; loc++) {
    e.location(loc)
    if (e.out.length >= PIECE) yield e.take()
  }
  for (let fn = 1; fn <= p.functions.count; fn++) e.fn(fn)
  const header = e.header()
  for (const bytes of e.strings()) {
    e.bytes(0x32, bytes)
    if (e.out.length >= PIECE) yield e.take()
  }
  e.out.append(header)
  yield e.take()
}

/** Bytes of a number as a varint. */
function varintSize(v: number): number {
  let n = 1
  for (let rest = v; rest >= 128; rest = Math.floor(rest / 128)) n++
  return n
}

class Encoder {
  readonly out = new GrowBytes(2 * PIECE)
  private readonly p: Profile
  /** String id -> index in the written table + 1, 0 = not used so far. Index 0 is ''. */
  private readonly index: Uint32Array
  private readonly used = new GrowU32(256)
  /** Label set -> its encoded label fields. */
  private readonly labels: (Uint8Array | undefined)[] = []

  constructor(p: Profile) {
    this.p = p
    // Texts of the header become strings of the table before it is measured.
    const types = [...p.sampleTypes, p.periodType].flatMap((t) => [t.type, t.unit])
    for (const s of [...types, ...p.comments, p.dropFrames, p.keepFrames, p.defaultSampleType, p.docUrl])
      p.strings.intern(s)
    this.index = new Uint32Array(p.strings.count)
    this.index[0] = 1
    this.used.push(0)
  }

  take(): Uint8Array {
    const piece = this.out.a.slice(0, this.out.length)
    this.out.length = 0
    return piece
  }

  private stringIndex(id: number): number {
    if (this.index[id] === 0) {
      this.used.push(id)
      this.index[id] = this.used.length
    }
    return this.index[id] - 1
  }

  private textIndex(s: string): number {
    return this.stringIndex(this.p.strings.intern(s))
  }

  /** All strings of the written table, in order. */
  *strings(): Generator<Uint8Array> {
    for (const id of this.used.done()) yield this.p.strings.bytesOf(id)
  }

  private varint(v: number): void {
    let rest = v
    const { out } = this
    out.reserve(10)
    while (rest >= 128) {
      out.a[out.length++] = (rest % 128) | 0x80
      rest = Math.floor(rest / 128)
    }
    out.a[out.length++] = rest
  }

  private int(v: Int): void {
    if (typeof v === 'number' && v >= 0) {
      this.varint(v)
      return
    }
    let rest = BigInt(asUint(v))
    while (rest >= 128n) {
      this.out.push(Number(rest & 127n) | 0x80)
      rest >>= 7n
    }
    this.out.push(Number(rest))
  }

  /** An optional number: 0 is left out. */
  private field(tag: number, v: Int): void {
    if (v === 0) return
    this.out.push(tag)
    this.int(v)
  }

  bytes(tag: number, b: Uint8Array): void {
    this.out.push(tag)
    this.varint(b.length)
    this.out.append(b)
  }

  /** A submessage: written behind, then its tag and length are put in front. */
  private message(tag: number, write: () => void): void {
    const { out } = this
    const at = out.length
    write()
    const length = out.length - at
    const head = 1 + varintSize(length)
    out.reserve(head)
    out.a.copyWithin(at + head, at, out.length)
    out.length = at
    out.push(tag)
    this.varint(length)
    out.length += length
  }

  valueType(tag: number, t: ValueType): void {
    this.message(tag, () => {
      this.field(0x08, this.textIndex(t.type))
      this.field(0x10, this.textIndex(t.unit))
    })
  }

  sample(row: number): void {
    const { samples } = this.p
    const { id } = this.p.locations
    const from = samples.stackStart[row]
    const end = samples.stackEnd[row]
    const set = samples.labelSet[row]
    if (set !== 0) this.labels[set] ??= this.labelFields(set)
    const labels = this.labels[set]
    this.message(0x12, () => {
      if (end > from)
        this.message(0x0a, () => {
          const { out } = this
          out.reserve((end - from) * 10)
          for (let i = from; i < end; i++) {
            const v = id.f[samples.frame[i]]
            if (v < 128) out.a[out.length++] = v
            else this.int(id.get(samples.frame[i]))
          }
        })
      this.message(0x12, () => {
        for (const column of samples.value) this.int(column.get(row))
      })
      if (labels !== undefined) this.out.append(labels)
    })
  }

  private labelFields(set: number): Uint8Array {
    const t = this.p.labelSets
    const at = this.out.length
    for (let row = t.start[set]; row < t.start[set + 1]; row++)
      this.message(0x1a, () => {
        this.field(0x08, this.stringIndex(t.key[row]))
        this.field(0x10, t.str[row] === 0 ? 0 : this.stringIndex(t.str[row]))
        this.field(0x18, t.num.get(row))
        this.field(0x20, t.unit[row] === 0 ? 0 : this.stringIndex(t.unit[row]))
      })
    const fields = this.out.a.slice(at, this.out.length)
    this.out.length = at
    return fields
  }

  private idOf(column: Int64Column, row: number): Int {
    return row === 0 ? 0 : column.get(row)
  }

  mapping(m: number): void {
    const t = this.p.mappings
    const has = (tag: number, bit: number): void => this.field(tag, (t.has[m] & bit) === 0 ? 0 : 1)
    this.message(0x1a, () => {
      this.field(0x08, t.id.get(m))
      this.field(0x10, t.start.get(m))
      this.field(0x18, t.limit.get(m))
      this.field(0x20, t.offset.get(m))
      this.field(0x28, this.stringIndex(t.file[m]))
      this.field(0x30, this.stringIndex(t.buildId[m]))
      has(0x38, MAPPING_HAS.functions)
      has(0x40, MAPPING_HAS.filenames)
      has(0x48, MAPPING_HAS.lineNumbers)
      has(0x50, MAPPING_HAS.inlineFrames)
    })
  }

  location(loc: number): void {
    const t = this.p.locations
    const { lines } = this.p
    this.message(0x22, () => {
      this.field(0x08, t.id.get(loc))
      this.field(0x10, this.idOf(this.p.mappings.id, t.mapping[loc]))
      this.field(0x18, t.address.get(loc))
      for (let l = t.lineStart[loc]; l < t.lineEnd[loc]; l++)
        this.message(0x22, () => {
          this.field(0x08, this.idOf(this.p.functions.id, lines.fn[l]))
          this.field(0x10, lines.line.get(l))
          this.field(0x18, lines.column.get(l))
        })
      this.field(0x28, t.folded[loc])
    })
  }

  fn(fn: number): void {
    const t = this.p.functions
    this.message(0x2a, () => {
      this.field(0x08, t.id.get(fn))
      this.field(0x10, this.stringIndex(t.name[fn]))
      this.field(0x18, this.stringIndex(t.systemName[fn]))
      this.field(0x20, this.stringIndex(t.filename[fn]))
      this.field(0x28, t.startLine.get(fn))
    })
  }

  /** The fields that are not tables; built before the string table, which it adds to, and written after it. */
  header(): Uint8Array {
    const { p } = this
    const at = this.out.length
    this.field(0x38, this.textIndex(p.dropFrames))
    this.field(0x40, this.textIndex(p.keepFrames))
    this.field(0x48, p.timeNanos)
    this.field(0x50, p.durationNanos)
    if (p.periodType.type !== '' || p.periodType.unit !== '') this.valueType(0x5a, p.periodType)
    this.field(0x60, p.period)
    for (const c of p.comments) {
      this.out.push(0x68)
      this.varint(this.textIndex(c))
    }
    this.field(0x70, this.textIndex(p.defaultSampleType))
    this.field(0x78, this.textIndex(p.docUrl))
    const header = this.out.a.slice(at, this.out.length)
    this.out.length = at
    return header
  }
}
