// Perfetto's own format: a protobuf message Trace whose field 1 repeats TracePacket. Field numbers are those of
// protos/perfetto/trace/ (trace_packet, track_event, track_descriptor, counter_descriptor, interned_data,
// debug_annotation) of google/perfetto.

import { GrowBytes } from '../../base/grow.ts'
import { encodeUtf8 } from '../../base/utf8.ts'

/** Output is handed on in pieces of about this size. */
const PIECE = 1 << 18

const VARINT = 0
const BYTES = 2

const PACKET = {
  timestamp: 8,
  sequence: 10,
  event: 11,
  interned: 12,
  flags: 13,
  descriptor: 60,
  firstOnSequence: 87,
} as const
/** What was interned before is forgotten; this packet needs what was interned. */
const FLAG = { cleared: 1, needs: 2 } as const
const EVENT_FIELD = { categoryIid: 3, annotation: 4, type: 9, nameIid: 10, track: 11, counter: 30 } as const
const EVENT_TYPE = { begin: 1, end: 2, instant: 3, counter: 4 } as const
const DESCRIPTOR = { uuid: 1, name: 2, parent: 5, counter: 8, order: 11, rank: 12 } as const
const COUNTER = { unit: 3 } as const
const COUNTER_UNIT = { count: 2, bytes: 3 } as const
/** child_ordering: children in the order of their rank. */
const BY_RANK = 3
const INTERNED = { category: 1, eventName: 2, annotationName: 3, annotationText: 29 } as const
const ANNOTATION = { nameIid: 1, int: 4, textIid: 17 } as const

/** Texts of one kind that are written once and then referred to by number. More of them than this are forgotten. */
const MAX_INTERNED = 1 << 20

/** A number of text that belongs to an event. */
export interface Annotation {
  readonly name: string
  readonly value: string | number
}

/** Writes a Perfetto trace, packet by packet. Times are ns, not negative. Call `finish` at the end. */
export class PerfettoWriter {
  private readonly write: (piece: Uint8Array) => void
  private readonly out = new GrowBytes(PIECE + 4096)
  private readonly packet = new GrowBytes()
  private readonly inner = new GrowBytes()
  private readonly interned = new GrowBytes()
  private readonly small = new GrowBytes()
  private readonly texts = new Map<number, Map<string, number>>()
  private first = true

  /** `write` gets pieces that are its own. */
  constructor(write: (piece: Uint8Array) => void) {
    this.write = write
  }

  /**
   * Names a track before its first event, or names it anew. `uuid` is not 0. Children of a parent stand in the
   * order of `rank`.
   */
  track(
    uuid: number,
    name: string,
    o: { parent?: number; rank?: number; counter?: 'count' | 'bytes' } = {},
  ): void {
    const { inner, small } = this
    inner.length = 0
    uintField(inner, DESCRIPTOR.uuid, uuid)
    textField(inner, DESCRIPTOR.name, name)
    if (o.parent !== undefined) uintField(inner, DESCRIPTOR.parent, o.parent)
    if (o.counter !== undefined) {
      small.length = 0
      uintField(small, COUNTER.unit, COUNTER_UNIT[o.counter])
      bytesField(inner, DESCRIPTOR.counter, small)
    }
    uintField(inner, DESCRIPTOR.order, BY_RANK)
    if (o.rank !== undefined) uintField(inner, DESCRIPTOR.rank, o.rank)
    this.packet.length = 0
    bytesField(this.packet, PACKET.descriptor, inner)
    this.endPacket()
  }

  /** A slice begins on a track. Slices of a track nest. */
  begin(
    time: number,
    track: number,
    name: string,
    category: string,
    annotations: readonly Annotation[] = [],
  ): void {
    this.event(time, track, EVENT_TYPE.begin, name, category, annotations)
  }

  /** The slice that began last on a track, and has not ended, ends. */
  end(time: number, track: number): void {
    this.event(time, track, EVENT_TYPE.end, '', '', [])
  }

  instant(
    time: number,
    track: number,
    name: string,
    category: string,
    annotations: readonly Annotation[] = [],
  ): void {
    this.event(time, track, EVENT_TYPE.instant, name, category, annotations)
  }

  /** A new value of a counter's track; a whole number. */
  counter(time: number, track: number, value: number): void {
    const { inner } = this
    inner.length = 0
    uintField(inner, EVENT_FIELD.type, EVENT_TYPE.counter)
    uintField(inner, EVENT_FIELD.track, track)
    uintField(inner, EVENT_FIELD.counter, Math.max(0, Math.round(value)))
    this.packet.length = 0
    uintField(this.packet, PACKET.timestamp, time)
    bytesField(this.packet, PACKET.event, inner)
    this.endPacket()
  }

  finish(): void {
    this.flush()
  }

  private event(
    time: number,
    track: number,
    type: number,
    name: string,
    category: string,
    annotations: readonly Annotation[],
  ): void {
    const { inner, small, interned, packet } = this
    inner.length = interned.length = packet.length = 0
    uintField(inner, EVENT_FIELD.type, type)
    uintField(inner, EVENT_FIELD.track, track)
    if (category !== '') uintField(inner, EVENT_FIELD.categoryIid, this.iid(INTERNED.category, category))
    if (name !== '') uintField(inner, EVENT_FIELD.nameIid, this.iid(INTERNED.eventName, name))
    for (const a of annotations) {
      const nameIid = this.iid(INTERNED.annotationName, a.name)
      const textIid = typeof a.value === 'string' ? this.iid(INTERNED.annotationText, a.value) : 0
      small.length = 0
      uintField(small, ANNOTATION.nameIid, nameIid)
      if (typeof a.value === 'string') uintField(small, ANNOTATION.textIid, textIid)
      else uintField(small, ANNOTATION.int, a.value)
      bytesField(inner, EVENT_FIELD.annotation, small)
    }
    uintField(packet, PACKET.timestamp, time)
    if (interned.length > 0) bytesField(packet, PACKET.interned, interned)
    bytesField(packet, PACKET.event, inner)
    this.endPacket()
  }

  /** The number of a text, which is put into `interned` if it is new. */
  private iid(kind: number, text: string): number {
    let known = this.texts.get(kind)
    if (known === undefined) {
      known = new Map()
      this.texts.set(kind, known)
    }
    const iid = known.get(text)
    if (iid !== undefined) return iid
    // Numbers may be given anew: what was written first is what older packets mean.
    if (known.size >= MAX_INTERNED) known.clear()
    const next = known.size + 1
    known.set(text, next)
    const { small } = this
    small.length = 0
    uintField(small, 1, next)
    textField(small, 2, text)
    bytesField(this.interned, kind, small)
    return next
  }

  private endPacket(): void {
    const { packet, out } = this
    uintField(packet, PACKET.sequence, 1)
    uintField(packet, PACKET.flags, this.first ? FLAG.cleared | FLAG.needs : FLAG.needs)
    if (this.first) uintField(packet, PACKET.firstOnSequence, 1)
    this.first = false
    bytesField(out, 1, packet)
    if (out.length >= PIECE) this.flush()
  }

  private flush(): void {
    if (this.out.length > 0) this.write(this.out.a.slice(0, this.out.length))
    this.out.length = 0
  }
}

function varint(out: GrowBytes, value: number): void {
  out.reserve(10)
  let v = value
  // Above 2^31 the bit operators no longer hold the number.
  while (v >= 0x80000000) {
    out.a[out.length++] = (v % 128) | 128
    v = Math.floor(v / 128)
  }
  while (v > 127) {
    out.a[out.length++] = (v & 127) | 128
    v >>>= 7
  }
  out.a[out.length++] = v
}

function uintField(out: GrowBytes, field: number, value: number): void {
  varint(out, field * 8 + VARINT)
  varint(out, value)
}

function bytesField(out: GrowBytes, field: number, content: GrowBytes): void {
  varint(out, field * 8 + BYTES)
  varint(out, content.length)
  out.append(content.a, 0, content.length)
}

function textField(out: GrowBytes, field: number, text: string): void {
  const bytes = encodeUtf8(text)
  varint(out, field * 8 + BYTES)
  varint(out, bytes.length)
  out.append(bytes)
}
