// The raw layer below the reader: a trace's bytes as a flat row of events, framing included, with
// almost nothing checked. For `-d=wire` and `-d=footprint`.

import { DecodeError } from '../../../base/errors.ts'
import type { Int } from '../../../base/int64.ts'
import { HEADER_SIZE, traceMinor } from '../header.ts'
import { EV, EVENT_SPECS, type EventSpec, tableEnd } from './events.ts'
import { WideValues } from './wide.ts'
import { WireReader } from './wire.ts'

/** Numbers of one frame in a stack event: pc, function, file, line. */
export const FRAME_ARGS = 4

/** One raw event. The same object serves all events of a walk: copy what is to be kept. */
export interface RawEvent {
  readonly type: number
  /** Undefined for numbers that the version leaves unused: such an event is its type byte and no more. */
  readonly spec: EventSpec | undefined
  /** Offset of the type byte, and of the byte behind the event. */
  readonly at: number
  readonly end: number
  /** Bytes it would take with every number written as short as can be. */
  readonly size: number
  /**
   * [0, count): the arguments (`dt` included), those of a Stack followed by FRAME_ARGS for each frame. A
   * negative value stands for one that no double holds: ask `exact`.
   */
  readonly args: Float64Array
  readonly count: number
  /** Offsets of the data of an event that has some; equal if it is empty. */
  readonly dataStart: number
  readonly dataEnd: number
  /** An argument as the uint64 it is. */
  exact(i: number): Int
}

export interface RawVisitor {
  event(event: RawEvent): void
}

/** How a walk ended. */
export interface RawEnd {
  /** NN of the header `go 1.NN trace`. */
  readonly minor: number
  /**
   * What stopped it. Undefined also where the file ends in the middle of an event, between two numbers or
   * in its data: the reference takes that for the end, and does not show the event.
   */
  readonly error: DecodeError | undefined
}

/**
 * Shows all events of a v2 trace to a visitor, in the order of the file. A v1 trace has none that fit: it
 * ends with an error at its first byte. Throws DecodeError if the header is not that of a known trace.
 */
export function walkRaw(bytes: Uint8Array, visitor: RawVisitor): RawEnd {
  const minor = traceMinor(bytes)
  const walker = new RawWalker(bytes, minor)
  try {
    while (walker.next()) visitor.event(walker)
  } catch (e) {
    if (!(e instanceof DecodeError)) throw e
    return { minor, error: e }
  }
  return { minor, error: undefined }
}

class RawWalker implements RawEvent {
  type = 0
  spec: EventSpec | undefined = undefined
  at = 0
  size = 0
  args = new Float64Array(256)
  count = 0
  dataStart = 0
  dataEnd = 0
  private readonly wire: WireReader
  private readonly wides = new WideValues()
  private readonly types: number

  constructor(bytes: Uint8Array, minor: number) {
    this.wire = new WireReader(bytes, this.wides)
    this.wire.pos = HEADER_SIZE
    this.types = minor < 22 ? 0 : tableEnd(minor)
  }

  get end(): number {
    return this.wire.pos
  }

  exact(i: number): Int {
    return this.wides.unsigned(this.args[i])
  }

  /** Moves to the next event. False at the end of the file. */
  next(): boolean {
    const { wire } = this
    if (wire.done) return false
    this.at = wire.pos
    this.type = wire.byte()
    if (this.type === 0 || this.type >= this.types)
      wire.fail(`this version has no event of type ${this.type}`, this.at)
    this.spec = EVENT_SPECS[this.type]
    this.size = 1
    this.count = 0
    this.dataStart = 0
    this.dataEnd = 0
    if (this.spec === undefined) return true
    if (!this.read(this.spec.args.length)) return false
    if (this.type === EV.Stack && !this.readFrames()) return false
    return !this.spec.hasData || this.readData()
  }

  private readFrames(): boolean {
    for (let left = this.asCount(this.args[1]); left > 0; left--) if (!this.read(FRAME_ARGS)) return false
    return true
  }

  private readData(): boolean {
    const { wire } = this
    if (wire.done) return false
    const length = this.asCount(this.number())
    this.dataStart = wire.pos
    this.dataEnd = wire.pos + length
    if (this.dataEnd > wire.end) return false
    wire.pos = this.dataEnd
    this.size += length
    return true
  }

  /** Reads n arguments. False if the file ends between two of them. */
  private read(n: number): boolean {
    if (this.count + n > this.args.length) {
      const args = new Float64Array(this.args.length * 2)
      args.set(this.args)
      this.args = args
    }
    for (let i = 0; i < n; i++) {
      if (this.wire.done) return false
      this.args[this.count++] = this.number()
    }
    return true
  }

  /** A count as the reference takes it: none if the int64 is negative. */
  private asCount(code: number): number {
    return Math.max(0, Number(this.wides.signed(code)))
  }

  private number(): number {
    const { wire } = this
    const { bytes, pos } = wire
    const code = wire.uint()
    // Zero bits at the top that were written all the same.
    let last = wire.pos - 1
    while (last > pos && (bytes[last] & 0x7f) === 0) last--
    this.size += last - pos + 1
    return code
  }
}
