// Every wait of every goroutine, in 16 bytes each: from these any part's waiting profiles are made without
// reading the trace again.

import type { IdTable } from '../../model/id-table.ts'
import { EVENT, type EventBlock, type EventSink, type TraceTables } from '../../model/trace.ts'
import { DurationHistogram } from './histogram.ts'
import { LogHistogram } from './log-histogram.ts'
import {
  overlap,
  WAIT_KINDS,
  type WaitConsumer,
  type WaitingProfile,
  type WaitKind,
  WaitSums,
  Waits,
} from './waiting-profiles.ts'

/** Rows of a chunk: 1 MiB. */
const CHUNK_ROWS = 1 << 16
const COLUMNS = 4
const MAX_U32 = 2 ** 32 - 1

interface Chunk {
  /** Rows of goroutine, stack * 8 + kind, end - base, duration (MAX_U32: it stands in `long`). */
  readonly rows: Uint32Array
  /** ns since the trace's start. */
  readonly base: number
  /** Number of the chunk's first row. */
  readonly first: number
  count: number
}

/** When goroutines count: by row of a table of goroutines. */
export class GoroutineSpans {
  /** The first interval of each, ns since the trace's start; NaN: it has none. */
  readonly from: Float64Array
  readonly to: Float64Array
  /** Those with more than one: from, to, from, …, in order and apart. */
  readonly many = new Map<number, readonly number[]>()

  constructor(rows: number) {
    this.from = new Float64Array(rows).fill(Number.NaN)
    this.to = new Float64Array(rows)
  }

  /** Sets the only interval of a goroutine. */
  set(goroutine: number, from: number, to: number): void {
    this.from[goroutine] = from
    this.to[goroutine] = to
  }

  /** Sets the intervals of a goroutine: from, to, from, … */
  setAll(goroutine: number, flat: readonly number[]): void {
    if (flat.length === 0) return
    this.set(goroutine, flat[0], flat[1])
    if (flat.length > 2) this.many.set(goroutine, flat)
  }
}

/** One wait. */
export interface WaitSpan {
  /** Rows of the log's own tables. */
  readonly goroutine: number
  readonly stack: number
  /** ns since the trace's start. */
  readonly start: number
  readonly duration: number
}

/** What waits of one kind in some intervals come to. */
export interface WaitDistribution {
  readonly count: number
  readonly total: number
  /** By the nearest rank. */
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
  /** Five buckets to a power of ten: from (ns), and how many. Empty buckets are left out. */
  readonly histogram: readonly (readonly [from: number, count: number])[]
  /** The longest ones, longest first. */
  readonly longest: readonly WaitSpan[]
}

export class WaitLog implements EventSink, WaitConsumer {
  private readonly waits = new Waits(WAIT_KINDS, this)
  private readonly chunks: Chunk[] = []
  private last: Chunk | undefined
  private count = 0
  /** Row -> duration of the few that take longer than 4.29 s. */
  private readonly long = new Map<number, number>()
  private tables: TraceTables | undefined

  block(b: EventBlock, tables: TraceTables): void {
    this.tables = tables
    const { waits } = this
    waits.ensure(tables)
    for (let i = 0; i < b.length; i++)
      if (b.kind[i] === EVENT.GoTransition && b.res[i] >= 0) waits.transition(b, i, tables)
  }

  wait(kind: number, goroutine: number, stack: number, start: number, end: number): void {
    let chunk = this.last
    if (chunk === undefined || chunk.count === CHUNK_ROWS || end - chunk.base > MAX_U32) {
      const rows = new Uint32Array(CHUNK_ROWS * COLUMNS)
      chunk = { rows, base: end, first: this.count, count: 0 }
      this.chunks.push(chunk)
      this.last = chunk
    }
    const at = chunk.count++ * COLUMNS
    const duration = end - start
    chunk.rows[at] = goroutine
    chunk.rows[at + 1] = stack * 8 + kind
    chunk.rows[at + 2] = end - chunk.base
    chunk.rows[at + 3] = Math.min(duration, MAX_U32)
    if (duration >= MAX_U32) this.long.set(this.count, duration)
    this.count++
  }

  /**
   * The profile of the waits of a kind that fall into intervals. `goroutines` is the table that the rows of the
   * spans belong to. Undefined if there were no events.
   */
  profile(kind: WaitKind, spans: GoroutineSpans, goroutines: IdTable): WaitingProfile | undefined {
    const { tables } = this
    if (tables === undefined) return undefined
    const sums = new WaitSums()
    const k = WAIT_KINDS.indexOf(kind) + 1
    this.each(k, spans, goroutines, (_g, stack, time, end) => sums.add(k, stack, 1, time, end))
    return sums.profile(kind, tables)
  }

  /**
   * How long the same waits took, with the `most` longest ones (but for goroutines that `skip` names, by row of
   * the log's tables); where only a part of a wait lies in an interval, that part.
   */
  distribution(
    kind: WaitKind,
    spans: GoroutineSpans,
    goroutines: IdTable,
    most: number,
    skip: (goroutine: number) => boolean = () => false,
  ): WaitDistribution {
    const durations: number[] = []
    const histogram = new DurationHistogram()
    const fine = new LogHistogram()
    const longest: WaitSpan[] = []
    this.each(WAIT_KINDS.indexOf(kind) + 1, spans, goroutines, (goroutine, stack, time, end) => {
      durations.push(time)
      histogram.add(time)
      fine.add(time)
      if (longest.length === most && time <= longest[most - 1].duration) return
      if (skip(goroutine)) return
      const at = longest.findIndex((w) => w.duration < time)
      longest.splice(at < 0 ? longest.length : at, 0, { goroutine, stack, start: end - time, duration: time })
      if (longest.length > most) longest.pop()
    })
    // There may be millions: only those near to a percentile are put in order.
    const rank = (p: number): number => {
      if (durations.length === 0) return 0
      const { from, to, below } = fine.around(p)
      const near = Float64Array.from(durations.filter((d) => d >= from && d < to)).sort()
      return near[Math.max(1, Math.ceil(p * durations.length)) - below - 1]
    }
    return {
      count: durations.length,
      total: fine.sum,
      p50: rank(0.5),
      p90: rank(0.9),
      p99: rank(0.99),
      max: fine.max,
      histogram: histogram.rows().map(([, from, count]) => [from, count] as const),
      longest,
    }
  }

  /** Calls `visit` with the part in the intervals of each wait that has one. */
  private each(
    kind: number,
    spans: GoroutineSpans,
    goroutines: IdTable,
    visit: (goroutine: number, stack: number, time: number, end: number) => void,
  ): void {
    const { tables } = this
    if (tables === undefined) return
    const { from, to, many } = spans
    // A damaged trace was read twice, and its goroutines may have other rows here.
    const same = goroutines === tables.goroutines
    const rowOf = (g: number): number => (same ? g : goroutines.find(tables.goroutines.id(g)))
    const cursors = new Map<number, { flat: readonly number[]; at: number }>()
    for (const [g, flat] of many) cursors.set(g, { flat, at: 0 })
    for (const { rows, base, first, count } of this.chunks)
      for (let i = 0; i < count; i++) {
        const at = i * COLUMNS
        if ((rows[at + 1] & 7) !== kind) continue
        const g = rowOf(rows[at])
        const begin = g < 0 ? Number.NaN : from[g]
        // NaN, or beyond the column: the goroutine has no interval.
        if (!(begin <= Number.MAX_VALUE)) continue
        const end = base + rows[at + 2]
        const duration = rows[at + 3] === MAX_U32 ? (this.long.get(first + i) ?? MAX_U32) : rows[at + 3]
        const start = end - duration
        const cursor = cursors.size === 0 ? undefined : cursors.get(g)
        const time =
          cursor === undefined ? Math.min(to[g], end) - Math.max(begin, start) : overlap(cursor, start, end)
        if (time > 0) visit(rows[at], rows[at + 1] >>> 3, time, end)
      }
  }
}
