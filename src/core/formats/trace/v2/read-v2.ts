// Traces of Go 1.22 and later: generation by generation, each read completely before its first event is
// put in order and delivered.

import { DecodeError } from '../../../base/errors.ts'
import { EVENT, type EventSink, type TraceTables, traceTables } from '../../../model/trace.ts'
import { HEADER_SIZE } from '../header.ts'
import type { ReadOptions, TraceEnd, TraceGap } from '../trace-end.ts'
import { BATCH, BatchReader } from './batch.ts'
import { TraceClock } from './clock.ts'
import { Cursors } from './cursors.ts'
import { Delivery, FULL } from './delivery.ts'
import { Frontier } from './frontier.ts'
import { Generation } from './generation.ts'
import { Ordering } from './order.ts'
import { findGeneration } from './scan.ts'
import { WideValues } from './wide.ts'
import { WireReader } from './wire.ts'

/** Reads a v2 trace step by step, `minor` being the version in its header. Damage is returned, never thrown. */
export function readV2(
  bytes: Uint8Array,
  minor: number,
  sinks: readonly EventSink[],
  options: ReadOptions,
): Generator<void, TraceEnd> {
  // Views of a plain array are made faster than those of Node's Buffer, which callers have.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
  return new V2Reader(plain, minor, sinks, options).read()
}

/** Events between two steps: some ten milliseconds. */
const STEP_EVENTS = 1 << 16

/**
 * Cursors tried and sorted in vain, in total, before a trace is given up. Real ones stay far below; a
 * made-up one could take hours, with a million threads of which only the last can go on.
 */
const MOST_TRIES = 2e9

/** A gap of which the end is not known yet. */
type OpenGap = Pick<TraceGap, 'from' | 'offset' | 'reason'>

class V2Reader {
  private readonly bytes: Uint8Array
  private readonly minor: number
  private readonly sinks: readonly EventSink[]
  private readonly limit: number
  private readonly progress: (bytes: number) => void
  private readonly resume: boolean
  private readonly tables: TraceTables
  private readonly wides = new WideValues()
  private readonly clock = new TraceClock(this.wides)
  private readonly wire: WireReader
  private readonly batch: BatchReader
  private readonly generation: Generation
  private readonly cursors: Cursors
  private readonly frontier: Frontier
  private readonly order: Ordering
  private readonly out: Delivery
  /** The batch in hand is the first one of the next generation. */
  private spilled = false
  /** Before Go 1.26: met behind what may still be a whole generation, which is delivered first. */
  private held: DecodeError | undefined = undefined
  /** Before Go 1.26: a generation was read, and only a batch of the next one means that there is one. */
  private started = false
  private syncs = 0
  private tries = 0
  /** Events up to the last Sync, and the offset where what follows it begins. */
  private usable = 0
  private validBytes = HEADER_SIZE
  /** Where the generation in hand begins. */
  private begin = HEADER_SIZE
  private gap: OpenGap | undefined = undefined
  private readonly gaps: TraceGap[] = []

  constructor(bytes: Uint8Array, minor: number, sinks: readonly EventSink[], options: ReadOptions) {
    this.bytes = bytes
    this.minor = minor
    this.sinks = sinks
    this.limit = options.limit ?? Number.POSITIVE_INFINITY
    this.progress = options.progress ?? (() => undefined)
    this.resume = options.resume === true
    this.tables = traceTables(minor, 1n)
    this.wire = new WireReader(bytes, this.wides)
    this.wire.pos = HEADER_SIZE
    this.batch = new BatchReader(this.wire, minor)
    this.generation = new Generation(bytes, minor, this.wides, this.tables)
    this.cursors = new Cursors(bytes, this.wides, this.clock)
    this.frontier = new Frontier(this.cursors, this.clock)
    this.out = new Delivery(this.tables, sinks, this.clock)
    this.order = new Ordering(this.tables, this.wides, this.clock, this.cursors, this.out, this.generation)
  }

  *read(): Generator<void, TraceEnd> {
    for (;;) {
      let delivering = false
      try {
        if (!this.nextGeneration()) {
          this.begin = this.bytes.length
          this.endSync()
          return this.end(undefined)
        }
        delivering = true
        this.beginGeneration()
        while (!this.deliverEvents(this.out.events + STEP_EVENTS)) yield
      } catch (e) {
        if (!(e instanceof DecodeError)) throw e
        // What was read beyond the generation is where the next one is to be found.
        const next = delivering && this.spilled ? this.batch.at : Math.max(this.wire.pos, this.batch.at + 1)
        if (this.resume && this.goOn(next, e)) continue
        if (!delivering) this.endSync()
        return this.end(e)
      }
      if (this.out.events >= this.limit) {
        this.out.retract(this.out.block.length - (this.out.events - this.limit))
        return this.end(undefined)
      }
    }
  }

  /** Reads a generation. False at the end of the trace. */
  private nextGeneration(): boolean {
    const { generation } = this
    if (this.held !== undefined) {
      const error = this.held
      this.held = undefined
      this.begin = this.batch.at
      throw error
    }
    this.begin = this.spilled ? this.batch.at : this.wire.pos
    generation.clear()
    if (this.minor >= 26) {
      if (!this.readToMark()) return false
    } else {
      if (this.started && !this.spilled) return false
      this.readToNext()
    }
    generation.complete(this.clock, this.wire.pos)
    this.started = true
    return true
  }

  /** Since Go 1.26: up to the mark at a generation's end. */
  private readToMark(): boolean {
    const { batch, generation } = this
    for (;;) {
      if (!batch.next()) {
        if (generation.hasEvents)
          throw new DecodeError('trace', this.bytes.length, 'the trace ends in the middle of a generation')
        return false
      }
      if (generation.gen === 0) generation.gen = batch.gen
      if (batch.kind === BATCH.EndOfGeneration) return true
      this.checkGeneration()
      generation.add(batch)
    }
  }

  /** Before Go 1.26: up to the first batch of the next generation, or the end of the file. */
  private readToNext(): void {
    const { batch, generation } = this
    if (this.spilled) {
      this.spilled = false
      generation.gen = batch.gen
      generation.add(batch)
    }
    for (;;) {
      try {
        if (!batch.next()) return
      } catch (e) {
        if (!(e instanceof DecodeError) || generation.gen === 0) throw e
        this.held = e
        return
      }
      if (generation.gen === 0) generation.gen = batch.gen
      else if (batch.gen === this.wides.next(generation.gen)) {
        this.spilled = true
        return
      }
      this.checkGeneration()
      generation.add(batch)
    }
  }

  private checkGeneration(): void {
    const { batch, generation } = this
    if (batch.gen === 0) throw new DecodeError('trace', batch.at, 'a batch belongs to no generation')
    if (batch.gen !== generation.gen)
      throw new DecodeError('trace', batch.at, 'batches of several generations are mixed')
  }

  private beginGeneration(): void {
    const { generation, cursors, frontier, clock, out } = this
    if (out.events === 0) {
      const start = generation.startTime(clock)
      this.setStart(start > 0n ? start : 1n)
    }
    this.order.newGeneration()
    cursors.open(generation)
    frontier.clear(generation.threads.length)
    for (let c = 0; c < generation.threads.length; c++) if (cursors.next(c)) frontier.insert(c)
    generation.samples.arrange(clock)
    this.startSync()
  }

  private setStart(ns: bigint): void {
    this.tables.start = ns
    this.clock.setStart(ns)
  }

  /** Delivers events of the generation, up to about `enough` in all. True if that was the last of them, or of those wanted. */
  private deliverEvents(enough: number): boolean {
    const { out, frontier, cursors, limit } = this
    const { samples } = this.generation
    const { block } = out
    let mark = 0
    let sample = samples.nextTime
    try {
      while (out.events < limit) {
        out.makeRoom()
        // As many as fit: progress and limit are looked at once for a block.
        const full = Math.min(FULL, limit - out.events + block.length - 1)
        while (block.length <= full) {
          mark = block.length
          if (frontier.length === 0) {
            if (sample === Number.POSITIVE_INFINITY) return true
            sample = this.deliverSample()
          } else if (sample <= frontier.time && this.sampleIsNext()) sample = this.deliverSample()
          else this.step()
        }
        this.progress(this.begin + cursors.consumed)
        if (out.events >= enough) return out.events >= limit
      }
      return true
    } catch (e) {
      // What the event in hand became so far does not count.
      out.retract(mark)
      throw e
    }
  }

  /** Takes the event that comes next, and moves its cursor on. */
  private step(): void {
    const { frontier, order } = this
    let i = 0
    let cursor = frontier.cursor(0)
    if (!order.advance(cursor)) {
      this.tries += frontier.length
      if (this.tries > MOST_TRIES) this.stuck('too many threads wait for one another')
      frontier.sort()
      do {
        if (++i === frontier.length)
          this.stuck('no thread can go on: events that others wait for are missing')
        cursor = frontier.cursor(i)
      } while (!order.advance(cursor))
    }
    if (this.cursors.next(cursor)) frontier.moved(i)
    else frontier.remove(i)
  }

  private stuck(message: string): never {
    throw new DecodeError('trace', this.cursors.at[this.frontier.cursor(0)], message)
  }

  private sampleIsNext(): boolean {
    const { frontier, cursors } = this
    const { samples } = this.generation
    const root = frontier.cursor(0)
    const time = samples.nextTime
    if (time !== cursors.time[root] || !this.clock.hasWide) return time < cursors.time[root]
    return (samples.nextWide ?? BigInt(time)) < cursors.exactTime(root)
  }

  /** Delivers the next sample; returns the time of the one behind it. */
  private deliverSample(): number {
    const { out } = this
    const { samples } = this.generation
    out.now = samples.nextTime
    out.nowWide = samples.nextWide
    const row = out.add(EVENT.StackSample, samples.thread, samples.proc, samples.goroutine)
    const stack = this.generation.findStack(samples.stack)
    if (stack < 0) {
      const id = this.wides.exact(samples.stack)
      throw new DecodeError('trace', samples.nextAt, `CPUSample: there is no stack ${id}`)
    }
    out.block.stack[row] = stack
    samples.skip()
    return samples.nextTime
  }

  /** Delivers the Sync at the start of the generation in hand. */
  private startSync(): void {
    const { clock, generation, out } = this
    out.makeRoom()
    out.now = clock.at(generation.minTicks)
    out.nowWide = clock.wide
    // The first event of a trace is its start, whatever its ticks say.
    const row = out.events === 0 ? out.addBehind(EVENT.Sync) : out.add(EVENT.Sync, -1, -1, -1)
    this.fillSync(row, generation.addSnapshot(clock))
  }

  /** Delivers a Sync right behind the last event. */
  private endSync(): void {
    this.out.makeRoom()
    this.fillSync(this.out.addBehind(EVENT.Sync), -1)
  }

  private fillSync(row: number, clocks: number): void {
    const { block, events } = this.out
    block.extra[row] = clocks
    block.x[row] = ++this.syncs
    this.usable = events
    this.validBytes = this.begin
    this.closeGap(block.time[row])
  }

  // Going on after damage.

  /**
   * Goes on at the next generation, at or behind an offset. False if there is none. What is known of
   * goroutines, procs and threads may no longer hold there.
   */
  private goOn(offset: number, error: DecodeError): boolean {
    const at = findGeneration(this.bytes, offset, this.generation.gen)
    if (at < 0) return false
    this.held = undefined
    this.spilled = false
    this.started = false
    this.wire.pos = at
    this.order.reset()
    this.out.flush()
    if (this.gap === undefined)
      this.gap = { from: this.out.lastTime, offset: this.begin, reason: error.message }
    return true
  }

  private closeGap(to: number): void {
    if (this.gap === undefined) return
    const gap = { ...this.gap, to, end: this.begin }
    this.gap = undefined
    this.gaps.push(gap)
    for (const sink of this.sinks) sink.gap?.(gap.from, gap.reason)
  }

  private end(error: DecodeError | undefined): TraceEnd {
    const { out, tables, gaps } = this
    out.flush()
    const complete = error === undefined
    const size = this.bytes.length
    if (complete) this.progress(size)
    return {
      tables,
      events: out.events,
      lastTime: out.lastTime,
      error,
      usable: complete || this.resume ? out.events : this.usable,
      validBytes: complete ? size : this.validBytes,
      size,
      gaps,
      skipped: this.generation.skipped,
    }
  }
}
