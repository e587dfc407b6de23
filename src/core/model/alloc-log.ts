// What GODEBUG=allocfreetrace=1 tells (Go 1.1 to 1.21): every allocation and every free, with its stack.
// The lines have no times; what passes is counted in events, in bytes allocated, and in collections.

import type { Strings } from '../base/strings.ts'

/** Different stacks that are told apart; what comes after goes to stack 0, "others". */
export const MAX_STACKS = 1 << 20
/** Objects whose freeing is waited for; objects beyond are counted, but never known to be freed. */
export const MAX_LIVE = 1 << 23

/** Sums over allocations that have something in common, by column; all arrays have `count` entries. */
export interface AllocSums {
  readonly count: number
  readonly objects: Float64Array
  readonly bytes: Float64Array
  /** Of these, freed within the log. */
  readonly freedObjects: Float64Array
  readonly freedBytes: Float64Array
}

/** Lifetimes of freed objects: how many lived for 2^k to 2^(k+1) of what is counted. */
export interface Lifetimes {
  /** In allocations of the program that happened meanwhile. */
  readonly inAllocations: Float64Array
  /** In bytes that were allocated meanwhile. */
  readonly inBytes: Float64Array
  /** In collections that began meanwhile: exact, [0] is none, the last is that many or more. */
  readonly inCollections: Float64Array
}

export interface AllocLog {
  readonly strings: Strings
  readonly allocations: number
  readonly allocatedBytes: number
  readonly frees: number
  readonly freedBytes: number
  /** Frees of objects whose allocation is not in the log. */
  readonly unknownFrees: number
  /** Allocations at a place that was not freed before: the log is not complete, or several processes'. */
  readonly reused: number
  /** `tracegc()` lines: collections. */
  readonly collections: number
  /** Objects that were not followed, as there were more than MAX_LIVE. */
  readonly untracked: number

  /** Types by row: their names in `strings`; 0 is for allocations that the runtime prints no type of. */
  readonly typeName: Uint32Array
  readonly byType: AllocSums
  /** Sizes by row, as printed: rounded up to the size class. */
  readonly size: Float64Array
  readonly bySize: AllocSums

  /** Frames by row: function and file in `strings`, line. Row 0 is "none". */
  readonly frameFunction: Uint32Array
  readonly frameFile: Uint32Array
  readonly frameLine: Uint32Array
  /** Stacks by row: frames [stackStart, stackEnd) of `stackFrame`, leaf first. Row 0 has none: "others". */
  readonly stackStart: Uint32Array
  readonly stackEnd: Uint32Array
  readonly stackFrame: Uint32Array

  /** Allocations by stack, type and size together: the rows of the log. */
  readonly siteStack: Uint32Array
  readonly siteType: Uint32Array
  readonly siteSize: Float64Array
  readonly bySite: AllocSums
  readonly lifetimes: Lifetimes
}
