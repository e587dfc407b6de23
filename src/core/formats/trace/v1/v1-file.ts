// The first pass over a v1 trace: events become columns, tables are collected.

import type { Int } from '../../../base/int64.ts'
import { IdTable } from '../../../model/id-table.ts'
import { V1Cursor } from './cursor.ts'
import { HAS_STACK, LEAVES, OWN_ARGUMENTS, V1, V1_TYPES } from './event-types.ts'

/**
 * Events in the order of the file. What ordering needs stands in columns; the other arguments stay in the
 * file and are read where they are needed. CPU samples have rows of their own, with the time, the proc
 * and the goroutine that they tell.
 */
export interface V1Events {
  count: number
  type: Uint8Array
  /** Ticks since the base of the file. */
  ticks: Float64Array
  /** Row of `procs`. */
  proc: Uint32Array
  /** Row of `goroutines` + 1; 0 = none. */
  g: Uint32Array
  /** Offset in the file of the first argument after the time difference; of a CPU sample: of its stack. */
  args: Uint32Array
}

export interface V1File {
  readonly bytes: Uint8Array
  readonly events: V1Events
  readonly procs: IdTable
  readonly goroutines: IdTable
  /** Row of `procs` -> rows of events [from, to), from, to … of its batches; empty for those of samples only. */
  readonly batches: readonly number[][]
  /** Rows of CPU samples, in the order of the file. */
  readonly samples: readonly number[]
  /** String id -> offset of its length in the file. */
  readonly strings: ReadonlyMap<Int, number>
  /** Stack id -> offset of its number of frames. */
  readonly stacks: ReadonlyMap<number, number>
  /** Pc -> offset of its first frame in the file, which holds for all stacks. */
  readonly frames: ReadonlyMap<Int, number>
  /** Goroutines that run timers: rows of `goroutines` + 1. */
  readonly timers: ReadonlySet<number>
  /** Ticks per second, positive. */
  readonly frequency: Int
  /** Absolute ticks that `ticks` of events count from. */
  readonly base: Int
}

const MAX_STRING = 1e6
const MAX_FRAMES = 1000
const MAX_ARGUMENTS = 2048
const MAX_PROC = 0x7fffffff

/** Reads all of a v1 trace behind its header. Throws DecodeError. */
export function readV1File(bytes: Uint8Array, minor: number, progress: (bytes: number) => void): V1File {
  return new FileReader(bytes, minor).read(progress)
}

class FileReader {
  private readonly at: V1Cursor
  private readonly minor: number
  private readonly procs = new IdTable()
  private readonly goroutines = new IdTable()
  private readonly batches: number[][] = []
  private readonly samples: number[] = []
  private readonly strings = new Map<Int, number>()
  private readonly stacks = new Map<number, number>()
  private readonly frames = new Map<Int, number>()
  private readonly timers = new Set<number>()
  private readonly events: V1Events
  private frequency: Int = 0
  /** Absolute ticks of the first batch. */
  private base: Int = 0
  /** Of the current batch: row of its proc (-1 before the first batch) and the time so far. */
  private proc = -1
  private ticks = 0
  /** Row of procs -> the goroutine that runs there: row of goroutines + 1. */
  private readonly running: number[] = []

  constructor(bytes: Uint8Array, minor: number) {
    this.at = new V1Cursor(bytes, 16)
    this.minor = minor
    const capacity = (bytes.length >>> 2) + 16
    this.events = {
      count: 0,
      type: new Uint8Array(capacity),
      ticks: new Float64Array(capacity),
      proc: new Uint32Array(capacity),
      g: new Uint32Array(capacity),
      args: new Uint32Array(capacity),
    }
  }

  read(progress: (bytes: number) => void): V1File {
    const at = this.at
    const { bytes } = at
    if (bytes.length > 0xffffffff) at.fail('traces of Go 1.21 and before are read up to 4 GiB', 0)
    const size = bytes.length
    let report = 1 << 20
    while (at.pos < size) {
      this.event()
      if (at.pos > report) {
        progress(at.pos)
        report = at.pos + (1 << 20)
      }
    }
    this.endBatch()
    if (this.frequency === 0) at.fail('the trace does not say how fast its clock ticks', -1)
    const { events, procs, goroutines, batches, samples, strings, stacks, frames, timers } = this
    const { frequency, base } = this
    return {
      ...{ bytes, events, procs, goroutines, batches, samples },
      ...{ strings, stacks, frames, timers, frequency, base },
    }
  }

  private event(): void {
    const at = this.at
    const start = at.pos
    const head = at.bytes[at.pos++]
    const type = head & 63
    const inline = head >> 6
    if (type === 0 || type >= V1_TYPES || (type === V1.CPUSample && this.minor < 19))
      at.fail(`unknown event type ${type}`, start)
    if (type === V1.String) {
      this.string()
      return
    }
    if (type === V1.Batch) {
      this.batch(inline, start)
      return
    }
    if (this.proc < 0) at.fail('events before the first batch', start)
    if (inline < 3) {
      this.body(type, inline + 1, start)
      return
    }
    const length = at.number()
    if (length > MAX_ARGUMENTS) at.fail(`an event has ${length} bytes of arguments`, start)
    const end = at.pos + length
    if (end > at.bytes.length) at.fail('the trace ends in the middle of an event', start)
    at.end = end
    this.body(type, -1, start)
    if (at.pos !== end) at.fail('an event has too many arguments', start)
    at.end = at.bytes.length
    if (type === V1.UserLog) this.skipText(at.number(), start)
  }

  /** Reads the arguments of an event, `given` of them or, if it is -1, all up to the cursor's end. */
  private body(type: number, given: number, start: number): void {
    const at = this.at
    if (type === V1.Stack) {
      this.stack(given, start)
      return
    }
    const timed = type !== V1.Frequency && type !== V1.TimerGoroutine
    const count = timed ? 1 + OWN_ARGUMENTS[type] + HAS_STACK[type] : 1
    if (given >= 0 && given !== count)
      at.fail(`an event of type ${type} has ${given} arguments, not ${count}`, start)
    if (type === V1.Frequency) {
      const frequency = at.int()
      if (frequency <= 0) at.fail(`the clock's frequency is ${frequency}`, start)
      this.frequency = frequency
    } else if (type === V1.TimerGoroutine) this.timers.add(this.goroutine(at.int()))
    else if (type === V1.CPUSample) this.sample(start)
    else this.timedEvent(type, start)
  }

  private timedEvent(type: number, start: number): void {
    const at = this.at
    const step = at.number()
    this.ticks += at.wide === undefined ? step : Number(BigInt.asIntN(64, at.wide))
    if (!Number.isSafeInteger(this.ticks)) at.fail('a time is out of range', start)
    const args = at.pos
    let g = this.running[this.proc]
    let own = OWN_ARGUMENTS[type]
    if (mentionsGoroutine(type)) {
      const mentioned = this.goroutine(at.int())
      own--
      if (type === V1.GoStart || type === V1.GoStartLocal || type === V1.GoStartLabel)
        this.running[this.proc] = mentioned
      if (
        type !== V1.GoCreate &&
        type !== V1.GoUnblock &&
        type !== V1.GoUnblockLocal &&
        type !== V1.GoSysExitLocal
      )
        g = mentioned
    } else if (LEAVES[type] === 1) this.running[this.proc] = 0
    at.skip(own + HAS_STACK[type])
    this.push(type, this.ticks, this.proc, g, args)
  }

  private sample(start: number): void {
    const at = this.at
    at.skip(1)
    const ticks = this.sinceBase(at.uint(), start)
    const proc = this.procOf(at.low32() | 0)
    const g = at.int()
    const stack = at.pos
    at.skip(1)
    this.samples.push(this.events.count)
    this.push(V1.CPUSample, ticks, proc, g === 0 ? 0 : this.goroutine(g), stack)
  }

  private batch(inline: number, start: number): void {
    const at = this.at
    if (inline !== 1) at.fail('a batch has a wrong number of arguments', start)
    const id = at.int()
    if (id > MAX_PROC || id < -1) at.fail(`a batch is of P ${id}`, start)
    const ticks = at.uint()
    this.endBatch()
    if (this.proc < 0) this.base = ticks
    this.proc = this.procOf(Number(id))
    this.ticks = this.sinceBase(ticks, start)
    this.batches[this.proc].push(this.events.count)
  }

  private endBatch(): void {
    if (this.proc >= 0) this.batches[this.proc].push(this.events.count)
  }

  private string(): void {
    const at = this.at
    const start = at.pos - 1
    const id = at.uint()
    const text = at.pos
    const length = at.number()
    this.skipText(length, start)
    // What stands before the first batch is in no batch, and never read.
    if (this.proc < 0) return
    if (id === 0 || length === 0 || this.strings.has(id)) at.fail(`bad definition of string ${id}`, start)
    this.strings.set(id, text)
  }

  private skipText(length: number, start: number): void {
    const at = this.at
    if (at.pos + length > at.bytes.length) at.fail('the trace ends in the middle of a text', start)
    if (length > MAX_STRING && this.proc >= 0) at.fail(`a text of ${length} bytes`, start)
    at.pos += length
  }

  private stack(given: number, start: number): void {
    const at = this.at
    const id = at.low32()
    const offset = at.pos
    if (given === 1) at.fail('a stack has a wrong number of arguments', start)
    const size = at.number()
    if (size > MAX_FRAMES) at.fail(`a stack of ${size} frames`, start)
    if (given >= 0 && given !== 2 + 4 * size) at.fail('a stack has a wrong number of arguments', start)
    for (let i = 0; i < size; i++) {
      const frame = at.pos
      const pc = at.uint()
      at.skip(3)
      if (id !== 0 && !this.frames.has(pc)) this.frames.set(pc, frame)
    }
    if (id !== 0 && size > 0) this.stacks.set(id, offset)
  }

  private goroutine(id: Int): number {
    return this.goroutines.intern(id) + 1
  }

  private procOf(id: number): number {
    const row = this.procs.intern(id)
    if (row === this.batches.length) {
      this.batches.push([])
      this.running.push(0)
    }
    return row
  }

  private sinceBase(ticks: Int, start: number): number {
    const since = sinceBase(this.base, ticks)
    if (!Number.isSafeInteger(since)) this.at.fail('a time is out of range', start)
    return since
  }

  private push(type: number, ticks: number, proc: number, g: number, args: number): void {
    const e = this.events
    const row = e.count
    if (row === e.type.length) this.grow()
    e.type[row] = type
    e.ticks[row] = ticks
    e.proc[row] = proc
    e.g[row] = g
    e.args[row] = args
    e.count++
  }

  private grow(): void {
    const e = this.events
    const capacity = e.type.length * 2
    const copy = <T extends Uint8Array | Uint32Array | Float64Array>(to: T, from: T): T => {
      to.set(from)
      return to
    }
    e.type = copy(new Uint8Array(capacity), e.type)
    e.ticks = copy(new Float64Array(capacity), e.ticks)
    e.proc = copy(new Uint32Array(capacity), e.proc)
    e.g = copy(new Uint32Array(capacity), e.g)
    e.args = copy(new Uint32Array(capacity), e.args)
  }
}

/** Absolute ticks as ticks since the base; exact as far as the result is a safe integer. */
export function sinceBase(base: Int, ticks: Int): number {
  return typeof ticks === 'number' && typeof base === 'number'
    ? ticks - base
    : Number(BigInt.asIntN(64, BigInt(ticks) - BigInt(base)))
}

/** Whether an event's first argument is a goroutine. */
function mentionsGoroutine(type: number): boolean {
  switch (type) {
    case V1.GoCreate:
    case V1.GoStart:
    case V1.GoStartLocal:
    case V1.GoStartLabel:
    case V1.GoUnblock:
    case V1.GoUnblockLocal:
    case V1.GoSysExit:
    case V1.GoSysExitLocal:
    case V1.GoWaiting:
    case V1.GoInSyscall:
      return true
    default:
      return false
  }
}
