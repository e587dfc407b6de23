// Goroutines as the runtime prints them: dumps, crash reports and goroutine profiles, as columns.
//
// Several dumps (of one file or of several) share the tables, so equal ids mean equal stacks across dumps.
// Rows of frames, calls and stacks start at 1: row 0 is "none". String columns hold ids of `strings`.

import type { IdColumn } from '../base/grow.ts'
import type { Strings } from '../base/strings.ts'
import type { LabelSetTable } from './profile.ts'

export interface Goroutines {
  readonly strings: Strings
  readonly labelSets: LabelSetTable
  readonly frames: FrameTable
  readonly calls: CallTable
  readonly stacks: StackTable
  readonly table: GoroutineTable
  /** In the order of reading. */
  readonly dumps: readonly GoroutineDump[]
  readonly races: readonly Race[]
}

/** Places in the code, from row 1. */
export interface FrameTable {
  /** Highest row; columns have count + 1 entries. */
  readonly count: number
  /** As printed: type arguments are "[...]", the panicking call is "panic". */
  readonly fn: Uint32Array
  readonly file: Uint32Array
  /** 0 if unknown. */
  readonly line: Uint32Array
  /** Bytes from the function's entry; 0 if not printed (inlined calls). */
  readonly pcOffset: Uint32Array
  /** Bits of FRAME. */
  readonly flags: Uint8Array
}

export const FRAME = { inlined: 1, createdBy: 2, native: 4 } as const

/** Frames with the arguments that were printed, from row 1. */
export interface CallTable {
  readonly count: number
  readonly frame: Uint32Array
  /** String id of what stands between the parentheses; `parseArguments` of analysis takes it apart. */
  readonly args: Uint32Array
}

/** Distinct stacks, from row 1. */
export interface StackTable {
  readonly count: number
  /** The calls of stack s are call[start[s], start[s + 1]), leaf first. */
  readonly start: Uint32Array
  readonly call: IdColumn
  /** How many frames the runtime left out, 0 = none, ELIDED_UNKNOWN = it does not say. */
  readonly elided: Uint32Array
  /** How many calls stand before the gap. */
  readonly elidedAt: Uint32Array
}

export const ELIDED_UNKNOWN = 0xffffffff

/** One row per goroutine, or per group of goroutines where the source only counts; from row 0, in file order. */
export interface GoroutineTable {
  readonly count: number
  /** -1 where the source names none; 0 for the scheduler's own stack of a thread. */
  readonly goid: Float64Array
  /** Goroutines that the row stands for. */
  readonly weight: Float64Array
  /** String id, without waiting time and further marks; 0 where the source has none. */
  readonly state: Uint32Array
  /** Whole minutes, 0 for less than one and where not printed. */
  readonly minutes: Uint32Array
  /** Bits of GOROUTINE. */
  readonly flags: Uint8Array
  /** Number of the synctest bubble, 0 = none. */
  readonly bubble: Uint32Array
  /** goid of the creator, 0 if not printed (before Go 1.21). */
  readonly creator: Float64Array
  /** Frame of the go statement, 0 = none printed. */
  readonly createdBy: Uint32Array
  readonly stack: Uint32Array
  /** Row of labelSets. */
  readonly labelSet: Uint32Array
  /** Number of the thread (m=), -1 if none or not printed. */
  readonly thread: Int32Array
}

export const GOROUTINE = {
  /** Locked to a thread. */
  locked: 1,
  /** The collector proved that nothing can wake it (Go 1.26). */
  leaked: 2,
  /** Waits for its synctest bubble only. */
  durable: 4,
  /** Was being scanned. */
  scan: 8,
  /** The runtime could not read the stack: it ran on another thread. */
  unavailable: 16,
  /** A thread's own stack (goroutine 0), no goroutine. */
  threadStack: 32,
} as const

export type DumpKind =
  /** `debug=2`, or the text of runtime.Stack. */
  | 'dump'
  /** What a program prints when it dies: panic, fatal error, signal. */
  | 'crash'
  /** Counts of stacks without states: `debug=1` or profile.proto. */
  | 'profile'

/** The goroutines that were printed together: rows [start, end) of the table. */
export interface GoroutineDump {
  readonly kind: DumpKind
  /** Index of the source, in the order of reading. */
  readonly source: number
  readonly start: number
  readonly end: number
  /** Byte offset of the first line in the uncompressed source. */
  readonly offset: number
  /** Profile name ("goroutine", "goroutineleak") and the total that it states; '' and 0 for others. */
  readonly profileName: string
  readonly profileTotal: number
  /** Present for kind 'crash'. */
  readonly crash?: Crash
}

export interface Panic {
  readonly text: string
  readonly recovered: boolean
  readonly repanicked: boolean
}

/** What a program says when it dies. */
export interface Crash {
  readonly kind: 'panic' | 'fatal' | 'signal'
  /** Panics in the order in which they began, each raised while the one before was handled. */
  readonly panics: readonly Panic[]
  /** Text behind "fatal error: ", '' if there is none. */
  readonly fatal: string
  /** "SIGQUIT: quit", or the line "[signal SIGSEGV: ...]" without its brackets; '' if none. */
  readonly signal: string
  /** Lines that the runtime printed besides, e.g. "runtime: goroutine stack exceeds 1000000000-byte limit". */
  readonly runtimeLines: readonly string[]
  /** Row of stacks: what ran on the system stack; 0 if not printed. */
  readonly runtimeStack: number
  /** Registers of the first thread, in the order printed. */
  readonly registers: readonly (readonly [name: string, value: string])[]
  /** Threads that printed a report of their own (GOTRACEBACK=crash). */
  readonly threads: number
}

/** One report of the race detector. */
export interface Race {
  readonly source: number
  readonly offset: number
  readonly accesses: readonly RaceAccess[]
  readonly goroutines: readonly RaceGoroutine[]
  /** Lines about the memory ("Location is heap block of size 8 at ... allocated by ..."), with the stack. */
  readonly locations: readonly { readonly text: string; readonly stack: number }[]
}

export interface RaceAccess {
  /** "read", "previous write", "atomic read", ... in lower case. */
  readonly what: string
  readonly address: string
  /** goid; 1 for the main goroutine. -1 if not named. */
  readonly goid: number
  /** Row of stacks; 0 if it could not be restored. */
  readonly stack: number
}

export interface RaceGoroutine {
  readonly goid: number
  /** "running", "finished", ... */
  readonly state: string
  /** Where it was created. */
  readonly stack: number
}

/** The functions of a stack, leaf first, as string ids. */
export function stackFunctions(g: Goroutines, stack: number): number[] {
  const out: number[] = []
  for (let k = g.stacks.start[stack]; k < g.stacks.start[stack + 1]; k++)
    out.push(g.frames.fn[g.calls.frame[g.stacks.call[k]]])
  return out
}
