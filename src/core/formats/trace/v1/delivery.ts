import {
  BLOCK_ROWS,
  type EventBlock,
  type EventSink,
  eventBlock,
  type TraceTables,
  traceTables,
} from '../../../model/trace.ts'

/** Fills blocks and hands them to the sinks. */
export class Delivery {
  readonly tables: TraceTables
  /** Has one row more than are delivered: events beyond the limit are written there. */
  readonly block: EventBlock = eventBlock(BLOCK_ROWS + 1)
  /** Events so far. */
  events = 0
  /** Time of the last event, ns since the trace's first event. */
  lastTime = 0
  private readonly sinks: readonly EventSink[]
  private readonly limit: number

  constructor(minor: number, start: bigint, sinks: readonly EventSink[], limit: number) {
    this.tables = traceTables(minor, start)
    this.sinks = sinks
    this.limit = limit
  }

  get full(): boolean {
    return this.events >= this.limit
  }

  /** Adds an event without stack, in a context of thread, proc and goroutine; returns its row in `block`. */
  add(kind: number, time: number, m: number, p: number, g: number): number {
    if (this.full) return BLOCK_ROWS
    const b = this.block
    if (b.length === BLOCK_ROWS) this.flush()
    const row = b.length++
    b.kind[row] = kind
    b.time[row] = time
    b.m[row] = m
    b.p[row] = p
    b.g[row] = g
    b.stack[row] = 0
    this.events++
    this.lastTime = time
    return row
  }

  flush(): void {
    const b = this.block
    if (b.length === 0) return
    for (const sink of this.sinks) sink.block(b, this.tables)
    b.length = 0
    if (b.wide.size > 0) b.wide.clear()
  }
}
