// An execution trace as columns. Events are never objects: a reader fills blocks of rows in the order
// of time and hands each block to its sinks, so that a trace of any size passes through one block's
// memory. What events refer to (goroutines, stacks, strings, …) are rows of tables that only grow.

import { Strings } from '../base/strings.ts'
import { IdTable } from './id-table.ts'
import { TraceStacks } from './trace-stacks.ts'

/** Kinds of delivered events; the names are those of `-d=parsed`, but transitions are split by resource. */
export const EVENT = {
  Sync: 0,
  Metric: 1,
  Label: 2,
  StackSample: 3,
  RangeBegin: 4,
  RangeActive: 5,
  RangeEnd: 6,
  TaskBegin: 7,
  TaskEnd: 8,
  RegionBegin: 9,
  RegionEnd: 10,
  Log: 11,
  GoTransition: 12,
  ProcTransition: 13,
  Experimental: 14,
} as const

/** States of goroutines (all of these) and of procs (no Runnable, Waiting, Syscall; but Idle). */
export const STATE = {
  Undetermined: 0,
  NotExist: 1,
  Runnable: 2,
  Running: 3,
  Waiting: 4,
  Syscall: 5,
  Idle: 6,
} as const

export const STATE_NAMES = [
  'Undetermined',
  'NotExist',
  'Runnable',
  'Running',
  'Waiting',
  'Syscall',
  'Idle',
] as const

/** What a range belongs to, in the column `from` of range events. */
export const SCOPE = { None: 0, Goroutine: 1, Proc: 2 } as const

/** Names that analyses compare by number: interned first, so each is a string id in every trace. */
export const NAMES = [
  '',
  '/sched/gomaxprocs:threads',
  '/memory/classes/heap/objects:bytes',
  '/gc/heap/goal:bytes',
  'GC concurrent mark phase',
  'GC incremental sweep',
  'GC mark assist',
  'network',
  'forever',
] as const

/** String ids of NAMES. */
export const NAME = {
  empty: 0,
  gomaxprocs: 1,
  heapObjects: 2,
  heapGoal: 3,
  gcMark: 4,
  gcSweep: 5,
  gcMarkAssist: 6,
  network: 7,
  forever: 8,
} as const

/** Rows in a block: its columns together stay in a core's cache. */
export const BLOCK_ROWS = 4096

/**
 * Rows [0, length) of events in order of time. Columns that a kind does not name hold what was there
 * before: do not read them.
 *
 * | kind | res | name | extra | from, to | x, y, z |
 * |---|---|---|---|---|---|
 * | Sync | – | – | row of `clocks`, -1 = none | – | x = N |
 * | Metric | – | metric | – | – | x = value |
 * | Label | goroutine | label | – | – | – |
 * | Range… | goroutine or proc, -1 | range | – | from = SCOPE | RangeEnd of a sweep: x = bytes swept, y = bytes reclaimed |
 * | Task… | task | type | parent task, -1 = none | – | – |
 * | Region… | task | type | – | – | – |
 * | Log | task | category | message (string) | – | – |
 * | GoTransition | goroutine | reason | transition stack: -1 = none; 0 = printed, but without frames | STATE | – |
 * | ProcTransition | proc | – | – | STATE | – |
 * | Experimental | – | event name | number of arguments | from = type byte | the arguments |
 */
export interface EventBlock {
  length: number
  readonly kind: Uint8Array
  /** Nanoseconds since the trace's first event; strictly increasing over the whole trace. */
  readonly time: Float64Array
  /** Context before the event: rows of `threads`, `procs`, `goroutines`; -1 = none. */
  readonly m: Int32Array
  readonly p: Int32Array
  readonly g: Int32Array
  /** Row of `stacks`: 0 = no stack. A stack without frames has a row of its own. */
  readonly stack: Int32Array
  readonly res: Int32Array
  /** String ids. */
  readonly name: Int32Array
  readonly extra: Int32Array
  readonly from: Uint8Array
  readonly to: Uint8Array
  /** Unsigned 64-bit values as the nearest doubles; those beyond 2^53 stand in `wide` as well. */
  readonly x: Float64Array
  readonly y: Float64Array
  readonly z: Float64Array
  /** Exact values that no double holds: row * 4 + (0 time in ns since start, 1 x, 2 y, 3 z). Nearly always empty. */
  readonly wide: Map<number, bigint>
}

export function eventBlock(rows = BLOCK_ROWS): EventBlock {
  const i32 = (): Int32Array => new Int32Array(rows)
  const f64 = (): Float64Array => new Float64Array(rows)
  return {
    length: 0,
    kind: new Uint8Array(rows),
    time: f64(),
    m: i32(),
    p: i32(),
    g: i32(),
    stack: i32(),
    res: i32(),
    name: i32(),
    extra: i32(),
    from: new Uint8Array(rows),
    to: new Uint8Array(rows),
    x: f64(),
    y: f64(),
    z: f64(),
    wide: new Map(),
  }
}

/** A clock snapshot of a generation (Go 1.25+). */
export interface ClockSnapshot {
  /** Trace clock, ns, absolute (not since the start). */
  readonly trace: bigint
  /** Monotonic clock, ns. */
  readonly mono: bigint
  /** Wall clock: seconds since 1970 and nanoseconds. */
  readonly wallSec: bigint
  readonly wallNsec: number
}

/** What the rows in blocks refer to. Grows while the trace is read; ids once given stay. */
export interface TraceTables {
  /** NN of the header `go 1.NN trace`. */
  readonly minor: number
  /** Absolute time of the first event, ns of the trace's clock. Set before the first block. */
  start: bigint
  readonly strings: Strings
  readonly threads: IdTable
  readonly procs: IdTable
  readonly goroutines: IdTable
  /** Task ids; the row of id 0 is the background task. "None" (2^64-1) is row -1, never in the table. */
  readonly tasks: IdTable
  readonly stacks: TraceStacks
  readonly clocks: ClockSnapshot[]
}

/** Tables without rows, but with NAMES as the first strings. `minor`, `start`: see TraceTables. */
export function traceTables(minor: number, start: bigint): TraceTables {
  const strings = new Strings()
  for (const name of NAMES) strings.intern(name)
  return {
    minor,
    start,
    strings,
    threads: new IdTable(),
    procs: new IdTable(),
    goroutines: new IdTable(),
    tasks: new IdTable(),
    stacks: new TraceStacks(),
    clocks: [],
  }
}

/** Receives the events of a trace. */
export interface EventSink {
  /** The block is the reader's: its rows are overwritten after the call. */
  block(block: EventBlock, tables: TraceTables): void
  /**
   * Part of a damaged trace was left out behind time `from`: what is known of goroutines, procs, threads and
   * open ranges holds no longer, and the trace starts anew. Called between blocks, only for readers that
   * were asked to resume.
   */
  gap?(from: number, reason: string): void
}
