import { DecodeError } from '../../../base/errors.ts'
import type { ClockSnapshot, TraceTables } from '../../../model/trace.ts'
import { BATCH, type BatchReader } from './batch.ts'
import type { TraceClock } from './clock.ts'
import { EV } from './events.ts'
import { IdMap } from './id-map.ts'
import { Samples } from './samples.ts'
import type { WideValues } from './wide.ts'
import { WireReader } from './wire.ts'

const MAX_STRING = 1024
const MAX_FRAMES = 128
/** The one experiment there is: its batches tell what its events' ids stand for. */
const ALLOC_FREE = 1
const BILLION = 1000000000n

/**
 * One generation of a trace: its tables, and where its events are. Filled batch by batch, then `complete`
 * makes it usable; `clear` empties it for the next one. Numbers are codes.
 */
export class Generation {
  gen = 0
  /** Least time of a batch, in ticks; 0 = none yet. */
  minTicks = 0
  /** Nanoseconds per tick, 0 = not known. */
  private scale = 0
  private snapshot: { ticks: number; mono: bigint; sec: bigint; nsec: bigint } | undefined = undefined
  /** Batches of unknown experiments, of all generations. */
  skipped = 0
  readonly samples: Samples
  /** Event batches: offsets of their data, base times, and the next batch of the same thread (-1 = none). */
  readonly start: number[] = []
  readonly end: number[] = []
  readonly time: number[] = []
  readonly next: number[] = []
  /** Threads with event batches, in order of their first one: row of the thread and its first batch. */
  readonly threads: number[] = []
  readonly first: number[] = []
  private readonly last: number[] = []
  /** Row of a thread + 1 -> index in `threads` + 1. */
  private readonly byThread = new IdMap()
  private readonly stringRows = new IdMap()
  private readonly stackRows = new IdMap()
  private readonly frameRows = new Map<number, number>()
  private readonly stackBatches: number[] = []
  private readonly wire: WireReader
  private readonly wides: WideValues
  private readonly tables: TraceTables
  private readonly minor: number
  private readonly rows = new Uint32Array(MAX_FRAMES)

  constructor(bytes: Uint8Array, minor: number, wides: WideValues, tables: TraceTables) {
    this.wire = new WireReader(bytes, wides)
    this.minor = minor
    this.wides = wides
    this.tables = tables
    this.samples = new Samples(wides, tables)
    this.clear()
  }

  clear(): void {
    this.gen = 0
    this.minTicks = 0
    this.scale = 0
    this.snapshot = undefined
    this.samples.clear()
    for (const list of [this.start, this.end, this.time, this.next, this.threads, this.first, this.last])
      list.length = 0
    this.byThread.clear()
    this.stringRows.clear()
    this.stringRows.set(0, 0)
    this.stackRows.clear()
    this.stackRows.set(0, 0)
    this.frameRows.clear()
    this.stackBatches.length = 0
  }

  get hasEvents(): boolean {
    return this.threads.length > 0
  }

  /** Adds the batch that a reader came to. Throws DecodeError if it is a table that is broken. */
  add(batch: BatchReader): void {
    if (this.minTicks === 0 || this.wides.less(batch.time, this.minTicks)) this.minTicks = batch.time
    const { wire } = this
    wire.pos = batch.start
    wire.end = batch.end
    if (batch.kind === BATCH.Events) this.addEvents(batch)
    else if (batch.kind === BATCH.Strings) this.addStrings()
    // Stacks name strings, which may come later.
    else if (batch.kind === BATCH.Stacks) this.stackBatches.push(batch.start, batch.end)
    else if (batch.kind === BATCH.Samples) this.samples.read(wire)
    else if (batch.kind === BATCH.Sync) this.addSync(batch.time)
    else if (batch.kind === BATCH.Experiment) {
      if (batch.experiment !== ALLOC_FREE) this.skipped++
    } else if (batch.kind === BATCH.EndOfGeneration)
      wire.fail('a generation ends in a place where it cannot', batch.at)
  }

  /** Checks and builds what needs the whole generation. `offset`: where it ends. */
  complete(clock: TraceClock, offset: number): void {
    if (this.scale === 0) throw new DecodeError('trace', offset, 'a generation lacks its clock frequency')
    if (this.minor >= 25 && this.snapshot === undefined)
      throw new DecodeError('trace', offset, 'a generation lacks its clock snapshot')
    for (let i = 0; i < this.stackBatches.length; i += 2) {
      this.wire.pos = this.stackBatches[i]
      this.wire.end = this.stackBatches[i + 1]
      this.addStacks()
    }
    clock.scale = this.scale
  }

  /** Absolute time at which the generation starts. */
  startTime(clock: TraceClock): bigint {
    return clock.absolute(this.minTicks)
  }

  /** Adds the generation's clock snapshot to the tables; its row there, -1 if it has none. */
  addSnapshot(clock: TraceClock): number {
    if (this.snapshot === undefined) return -1
    const { ticks, mono, sec, nsec } = this.snapshot
    const carry = nsec / BILLION - (nsec % BILLION < 0n ? 1n : 0n)
    const snapshot: ClockSnapshot = {
      trace: clock.absolute(ticks),
      mono,
      wallSec: BigInt.asIntN(64, sec + carry),
      wallNsec: Number(nsec - carry * BILLION),
    }
    return this.tables.clocks.push(snapshot) - 1
  }

  /** Row of the string with an id, -1 if there is none. */
  findString(id: number): number {
    return this.stringRows.get(id)
  }

  /** Row of the stack with an id: 0 for id 0, -1 if there is none. */
  findStack(id: number): number {
    return this.stackRows.get(id)
  }

  /** A string that a frame refers to. */
  private string(id: number, offset: number): number {
    const row = this.stringRows.get(id)
    if (row < 0) this.wire.fail(`there is no string ${this.wides.exact(id)}`, offset)
    return row
  }

  private addEvents(batch: BatchReader): void {
    const row = this.start.push(batch.start) - 1
    this.end.push(batch.end)
    this.time.push(batch.time)
    this.next.push(-1)
    const thread = batch.thread === -1 ? -1 : this.tables.threads.intern(this.wides.signed(batch.thread))
    const known = this.byThread.get(thread + 1)
    if (known >= 0) {
      this.next[this.last[known]] = row
      this.last[known] = row
      return
    }
    this.byThread.set(thread + 1, this.threads.push(thread) - 1)
    this.first.push(row)
    this.last.push(row)
  }

  private addStrings(): void {
    const { wire } = this
    wire.byte()
    while (!wire.done) {
      const at = wire.pos
      if (wire.byte() !== EV.String) wire.fail('a string should start here', at)
      const id = wire.uint()
      const length = wire.uint()
      if (!(length >= 0 && length <= MAX_STRING)) wire.fail(`a string is longer than ${MAX_STRING} bytes`, at)
      if (wire.pos + length > wire.end) wire.fail('the data ends in the middle of a string', at)
      if (this.stringRows.get(id) >= 0) wire.fail(`there are two strings ${this.wides.exact(id)}`, at)
      this.stringRows.set(id, this.tables.strings.internBytes(wire.bytes, wire.pos, wire.pos + length))
      wire.pos += length
    }
  }

  private addStacks(): void {
    const { wire, rows, frameRows } = this
    wire.byte()
    while (!wire.done) {
      const at = wire.pos
      if (wire.byte() !== EV.Stack) wire.fail('a stack should start here', at)
      const id = wire.uint()
      const length = wire.uint()
      if (!(length >= 0 && length <= MAX_FRAMES)) wire.fail(`a stack has more than ${MAX_FRAMES} frames`, at)
      for (let i = 0; i < length; i++) {
        const pc = wire.uint()
        const fn = wire.uint()
        const file = wire.uint()
        const line = wire.uint()
        // What came first for a pc holds for all stacks of the generation.
        let row = frameRows.get(pc)
        if (row === undefined) {
          row = this.tables.stacks.internFrame(
            this.wides.unsigned(pc),
            this.string(fn, at),
            this.string(file, at),
            this.wides.unsigned(line),
          )
          frameRows.set(pc, row)
        }
        rows[i] = row
      }
      if (this.stackRows.get(id) >= 0) wire.fail(`there are two stacks ${this.wides.exact(id)}`, at)
      this.stackRows.set(id, this.tables.stacks.internStack(rows, 0, length))
    }
  }

  private addSync(baseTicks: number): void {
    const { wire, wides } = this
    if (this.minor >= 25) wire.byte()
    let ticks = baseTicks
    while (!wire.done) {
      const at = wire.pos
      const type = wire.byte()
      if (type === EV.Frequency) {
        if (this.scale !== 0) wire.fail('a generation has two clock frequencies', at)
        this.scale = 1 / (wides.nearest(wire.uint()) / 1e9)
      } else if (type === EV.ClockSnapshot && this.minor >= 25) {
        if (this.snapshot !== undefined) wire.fail('a generation has two clock snapshots', at)
        ticks = wides.code(BigInt.asUintN(64, wides.exact(ticks) + wides.exact(wire.uint())))
        const mono = wides.exact(wire.uint())
        const sec = BigInt.asIntN(64, wides.exact(wire.uint()))
        const nsec = BigInt.asIntN(64, wides.exact(wire.uint()))
        this.snapshot = { ticks, mono, sec, nsec }
      } else wire.fail('a clock frequency or snapshot should start here', at)
    }
  }
}
