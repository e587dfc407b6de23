import {
  BLOCK_ROWS,
  type EventBlock,
  type EventSink,
  eventBlock,
  type TraceTables,
} from '../../../model/trace.ts'
import type { TraceClock } from './clock.ts'

/** A block with more rows has no room for another event of the wire, which becomes three at most. */
export const FULL = BLOCK_ROWS - 3
const SAFE = BigInt(Number.MAX_SAFE_INTEGER)

/** Fills blocks with events, makes their times increase, and hands full blocks to the sinks. */
export class Delivery {
  readonly block: EventBlock = eventBlock()
  /**
   * Time of the events that are added next, since the start; and the same exactly if no double should be
   * trusted with it. Fields, not arguments: a call with a double as argument makes an object of it.
   */
  now = Number.NaN
  nowWide: bigint | undefined = undefined
  private readonly tables: TraceTables
  private readonly sinks: readonly EventSink[]
  private readonly clock: TraceClock
  /** Time of the last event. The first one's is 0. */
  private last = Number.NEGATIVE_INFINITY
  private lastWide: bigint | undefined = undefined
  /** Of the last event before the block. */
  private flushedLast = Number.NEGATIVE_INFINITY
  private flushedWide: bigint | undefined = undefined
  /** Events in earlier blocks. */
  private flushed = 0

  constructor(tables: TraceTables, sinks: readonly EventSink[], clock: TraceClock) {
    this.tables = tables
    this.sinks = sinks
    this.clock = clock
  }

  /** Events so far. */
  get events(): number {
    return this.flushed + this.block.length
  }

  get lastTime(): number {
    return Math.max(0, this.last)
  }

  /** Makes room for what one event of the wire may become. */
  makeRoom(): void {
    if (this.block.length > FULL) this.flush()
  }

  flush(): void {
    const { block } = this
    if (block.length === 0) return
    for (const sink of this.sinks) sink.block(block, this.tables)
    this.flushed += block.length
    this.flushedLast = this.last
    this.flushedWide = this.lastWide
    block.length = 0
    if (block.wide.size > 0) block.wide.clear()
  }

  /** Takes back the events of the block from a row on. */
  retract(row: number): void {
    const { block } = this
    if (row >= block.length) return
    for (const key of block.wide.keys()) if (key >= row * 4) block.wide.delete(key)
    block.length = row
    this.last = row === 0 ? this.flushedLast : block.time[row - 1]
    this.lastWide = row === 0 ? this.flushedWide : block.wide.get((row - 1) * 4)
  }

  /**
   * Adds an event of time `now`, without a stack; the caller fills in what its kind has. A time that is not
   * behind that of the last event is moved there.
   */
  add(kind: number, m: number, p: number, g: number): number {
    const { block } = this
    const row = block.length
    block.length = row + 1
    block.kind[row] = kind
    block.m[row] = m
    block.p[row] = p
    block.g[row] = g
    block.stack[row] = 0
    if (this.clock.hasWide) this.wideTime(row)
    else {
      const time = this.now > this.last ? this.now : Math.max(0, this.last + 1)
      block.time[row] = time
      this.last = time
    }
    return row
  }

  /** The same, right behind the last event. */
  addBehind(kind: number): number {
    this.now = this.last
    this.nowWide = this.lastWide
    return this.add(kind, -1, -1, -1)
  }

  private wideTime(row: number): void {
    const { block, clock } = this
    const last = this.lastWide ?? (this.events === 1 ? -1n : BigInt(this.last))
    const next = BigInt.asIntN(64, clock.start + last + 1n) - clock.start
    const time = this.nowWide ?? (this.events === 1 ? 0n : BigInt(this.now))
    const t = time > last ? time : next
    this.last = Number(t)
    block.time[row] = this.last
    const fits = t <= SAFE && t >= -SAFE
    this.lastWide = fits ? undefined : t
    if (!fits) block.wide.set(row * 4, t)
  }
}
