// What debug.WriteHeapDump tells of a process, as tables.
//
// Addresses are doubles relative to `base`, where the heap begins: differences within one address space
// are exact where the addresses themselves (up to 2^64) are not. NaN is the nil pointer.
//
// The runtime writes objects span by span, and all objects of a span have one size. So the table of
// objects is a list of runs (start, size) and of each object only its slot in the run: two bytes.

import { addInt, hexInt, type Int, toInt } from '../base/int64.ts'
import type { Strings } from '../base/strings.ts'

/** No object: what a pointer that leads out of the heap, or nowhere, resolves to. */
export const NO_OBJECT = 0xffffffff

export interface HeapDumpParams {
  /** Of the format, from the header: `1.7` since Go 1.7. */
  readonly format: string
  readonly bigEndian: boolean
  readonly pointerSize: 4 | 8
  readonly heapStart: Int
  readonly heapEnd: Int
  /** GOARCH, '' if unknown. */
  readonly arch: string
  /** Go's version with its experiments in newer dumps (`go1.26.8`; 1.18 has it), before that GOEXPERIMENT, often ''. */
  readonly version: string
  readonly cpus: number
}

/** Kinds of objects: what the collector knows of them, their size and which words are pointers. */
export interface HeapKinds {
  readonly count: number
  /** Bytes of the slot, that is of the size class, not of the value in it. */
  readonly size: Float64Array
  /** Offsets of pointers: offset[start[kind] .. start[kind + 1]). */
  readonly start: Uint32Array
  readonly offset: Uint32Array
}

/** Objects in file order. */
export interface HeapRuns {
  readonly count: number
  /** Row of the first object; one entry more than there are runs. */
  readonly first: Uint32Array
  /** Address of slot 0. */
  readonly start: Float64Array
  readonly size: Float64Array
}

const PAGE = 8192
/** Entries of the page table at most, so many and so many per run: addresses that are spread wider are searched. */
const MAX_PAGES = 1 << 16
const PAGES_PER_RUN = 256
/** Runs that begin in one page are walked up to here, then searched. */
const WALK = 8

/** All objects of a dump, and which of them lies at an address. */
export class HeapObjects {
  readonly count: number
  readonly runs: HeapRuns
  /** Object -> number of its slot in its run, ascending within a run. */
  readonly slot: Uint16Array
  /** Object -> row of HeapKinds. */
  readonly kind: Uint8Array | Uint16Array | Uint32Array
  readonly kinds: HeapKinds
  /** Runs by address. */
  private readonly order: Uint32Array
  private readonly starts: Float64Array
  private readonly low: number
  /** Page -> place in `order` + 1 of the last run that touches it; 0 = none. Undefined if addresses are spread too wide. */
  private readonly pages: Uint32Array | undefined

  constructor(runs: HeapRuns, slot: Uint16Array, kind: HeapObjects['kind'], kinds: HeapKinds) {
    this.count = slot.length
    this.runs = runs
    this.slot = slot
    this.kind = kind
    this.kinds = kinds
    const order = new Uint32Array(runs.count)
    for (let run = 0; run < runs.count; run++) order[run] = run
    order.sort((a, b) => runs.start[a] - runs.start[b])
    this.order = order
    this.starts = new Float64Array(runs.count)
    let high = 0
    for (let k = 0; k < order.length; k++) {
      this.starts[k] = runs.start[order[k]]
      high = Math.max(high, this.end(order[k]))
    }
    this.low = order.length === 0 ? 0 : Math.floor(this.starts[0] / PAGE)
    const pages = Math.ceil(high / PAGE) - this.low
    this.pages = pages <= MAX_PAGES + runs.count * PAGES_PER_RUN ? this.pageTable(pages) : undefined
  }

  private pageTable(pages: number): Uint32Array {
    const table = new Uint32Array(pages)
    for (let k = 0; k < this.order.length; k++) {
      const run = this.order[k]
      const last = Math.ceil(this.end(run) / PAGE) - this.low
      for (let page = Math.floor(this.runs.start[run] / PAGE) - this.low; page < last; page++)
        table[page] = k + 1
    }
    return table
  }

  /** Address behind the last object of a run. */
  private end(run: number): number {
    const { first, start, size } = this.runs
    return start[run] + (this.slot[first[run + 1] - 1] + 1) * size[run]
  }

  /** Bytes of an object's slot. */
  size(object: number): number {
    return this.kinds.size[this.kind[object]]
  }

  /** Address of an object. Costs a search over the runs. */
  address(object: number): number {
    const { first, start, size } = this.runs
    let low = 0
    let high = this.runs.count
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if (first[middle] <= object) low = middle
      else high = middle
    }
    return start[low] + this.slot[object] * size[low]
  }

  /** The object that holds the byte at an address, NO_OBJECT if none does. */
  find(address: number): number {
    const run = this.runAt(address)
    if (run < 0) return NO_OBJECT
    const { slot, runs } = this
    const wanted = Math.floor((address - runs.start[run]) / runs.size[run])
    const first = runs.first[run]
    // Slots ascend from 0 on, so an object's row is at most this.
    let high = Math.min(first + wanted, runs.first[run + 1] - 1)
    if (slot[high] === wanted) return high
    let low = first
    while (low < high) {
      const middle = (low + high) >>> 1
      if (slot[middle] < wanted) low = middle + 1
      else high = middle
    }
    return slot[low] === wanted ? low : NO_OBJECT
  }

  /** The run with the greatest start up to the address, if it reaches so far; -1 if not. */
  private runAt(address: number): number {
    const { starts } = this
    let at: number
    if (this.pages !== undefined) {
      const page = Math.floor(address / PAGE) - this.low
      if (!(page >= 0 && page < this.pages.length)) return -1
      at = this.pages[page] - 1
      let steps = 0
      while (at >= 0 && starts[at] > address && steps++ < WALK) at--
      if (at >= 0 && starts[at] > address) at = lastUpTo(starts, at, address)
    } else at = lastUpTo(starts, starts.length, address)
    if (at < 0) return -1
    const run = this.order[at]
    return address < this.end(run) ? run : -1
  }
}

/** Place of the last of a[0..end) that is at most x, -1 if there is none. */
function lastUpTo(a: Float64Array, end: number, x: number): number {
  let low = 0
  let high = end
  while (low < high) {
    const middle = (low + high) >>> 1
    if (a[middle] <= x) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** Where a root stands. */
export const ROOT = {
  data: 0,
  bss: 1,
  /** A word of a frame that the compiler says is a live pointer. */
  frame: 2,
  /** Context of a goroutine that is about to run: the closure it was started with. */
  goroutine: 3,
  defer: 4,
  panic: 5,
  /** Function of a finalizer. */
  finalizer: 6,
  /** Object (or function) of a finalizer that is about to run. */
  queued: 7,
  other: 8,
  /**
   * A word of a frame that looks like a pointer but is not said to be one: variables whose address is
   * taken (the dump has no map of these since Go 1.12), and remains of dead ones.
   */
  frameWord: 9,
  /** An object that has a finalizer: it is kept, with all that it refers to, until that has run. */
  finalized: 10,
} as const

/** Pointers into the heap from outside of it. */
export interface HeapRoots {
  readonly count: number
  /** One of ROOT. */
  readonly kind: Uint8Array
  /** Row of the frame, goroutine, finalizer or other root; 0 for data and bss. */
  readonly of: Uint32Array
  /** Bytes into the segment or frame. */
  readonly offset: Uint32Array
  /** The object. */
  readonly target: Uint32Array
}

export interface HeapGoroutines {
  readonly count: number
  readonly id: Float64Array
  /** Go's number for the status: 1 runnable, 2 running, 3 syscall, 4 waiting. */
  readonly status: Uint8Array
  readonly system: Uint8Array
  /** String ids. */
  readonly waitReason: Uint32Array
  /** Nanoseconds as the runtime counts them, 0 if not known. */
  readonly waitSince: Float64Array
  /** Address of the go statement. */
  readonly created: Float64Array
  /** First row of HeapFrames, innermost frame first; one entry more than there are goroutines. */
  readonly firstFrame: Uint32Array
}

export interface HeapFrames {
  readonly count: number
  /** String id. */
  readonly fn: Uint32Array
  readonly sp: Float64Array
  /** Bytes from sp to the caller's frame. */
  readonly size: Float64Array
  readonly entry: Float64Array
  readonly pc: Float64Array
  /** Where its content begins in `contents`, if contents are kept. */
  readonly content: Float64Array
}

/** Finalizers, those that are about to run last. */
export interface HeapFinalizers {
  readonly count: number
  /** The object, NO_OBJECT if it is none of the heap. */
  readonly object: Uint32Array
  /** Entry of the function. */
  readonly code: Float64Array
  /** Type of the function's argument and of the object: addresses of type descriptors. */
  readonly argument: Float64Array
  readonly type: Float64Array
  readonly queued: Uint8Array
}

/** A segment with global variables. */
export interface HeapSegment {
  readonly address: number
  readonly size: number
  /** Where its content begins in `contents`, if contents are kept. */
  readonly content: number
}

/** Stacks of allocations from the memory profile, and the objects that were sampled. */
export interface HeapAllocations {
  readonly count: number
  readonly size: Float64Array
  readonly allocs: Float64Array
  readonly frees: Float64Array
  /** First row of the frames, innermost first; one entry more. */
  readonly first: Uint32Array
  /** String ids. */
  readonly fn: Uint32Array
  readonly file: Uint32Array
  readonly line: Uint32Array
  /** Object -> row of the stack that allocated it. Only sampled objects, about one per 512 KiB. */
  readonly ofObject: ReadonlyMap<number, number>
}

/** The numbers of runtime.MemStats, by name as in Go; pauses and sizes that the dump leaves out are absent. */
export type HeapMemStats = ReadonlyMap<string, Int>

const PIECE = 2 ** 26
const FIRST_PIECE = 2 ** 18

/** The bytes of objects that have pointers, of segments and of frames. */
export class HeapContents {
  private readonly pieces: Uint8Array[] = []
  private room = 0
  private length = 0

  /** Keeps bytes[from, from + size); gives the place by which they are found again. */
  keep(bytes: Uint8Array, from: number, size: number): number {
    if (size > this.room) {
      // What is larger than a piece has one of its own, which counts for several.
      const parts = Math.max(1, Math.ceil(size / PIECE))
      this.length = this.pieces.length * PIECE
      const usual = Math.min(PIECE, FIRST_PIECE * 4 ** Math.min(this.pieces.length, 8))
      const piece = new Uint8Array(Math.max(size, usual))
      for (let k = 0; k < parts; k++) this.pieces.push(piece)
      this.room = piece.length
    }
    const place = this.length
    this.bytes(place).set(bytes.subarray(from, from + size), this.offset(place))
    this.length += size
    this.room -= size
    return place
  }

  /** Gives the memory back: types have been found. */
  release(): void {
    this.pieces.length = 0
    this.length = 0
    this.room = 0
  }

  /** The array that holds what was kept at a place, from `offset(place)` on. */
  bytes(place: number): Uint8Array {
    return this.pieces[Math.floor(place / PIECE)]
  }

  offset(place: number): number {
    return place % PIECE
  }
}

export interface HeapDump {
  readonly params: HeapDumpParams
  readonly strings: Strings
  readonly objects: HeapObjects
  /**
   * What objects point to: target[pointerStart[object] ..] are the targets of its pointers in the order
   * of HeapKinds.offset, as rows or NO_OBJECT.
   */
  readonly pointerStart: Uint32Array
  readonly target: Uint32Array
  readonly roots: HeapRoots
  readonly goroutines: HeapGoroutines
  readonly frames: HeapFrames
  readonly finalizers: HeapFinalizers
  readonly otherRoots: readonly string[]
  readonly data: HeapSegment | undefined
  readonly bss: HeapSegment | undefined
  /** Names of the types that have interface tables, by the address of their descriptor. */
  readonly types: ReadonlyMap<number, string>
  /** Address of an interface table -> address of the type in it. */
  readonly itabs: ReadonlyMap<number, number>
  readonly memStats: HeapMemStats
  readonly allocations: HeapAllocations
  readonly threads: number
  /** Records of bookkeeping that WriteHeapDump takes for objects, left out. */
  readonly falseObjects: number
  /** Whether the dump is there to its end. */
  readonly complete: boolean
  /** Bytes of the dump that were read. */
  readonly bytes: number
  /**
   * Object without pointers -> bytes of it that strings and slices use, as far as their headers lie beside
   * the pointers in objects; 0 if unknown. Only if asked for.
   */
  readonly usedBytes: Uint32Array | undefined
  /** Kept only if asked for. */
  readonly contents: HeapContents | undefined
  /** Object -> its place in `contents`; meaningless for objects without pointers. Empty if none are kept. */
  readonly contentStart: Float64Array
}

/** An address as it was in the process. */
function absoluteAddress(params: HeapDumpParams, address: number): Int {
  if (Number.isNaN(address)) return 0
  return toInt(BigInt.asUintN(64, BigInt(addInt(params.heapStart, address))))
}

/** `0xc000010000` */
export function addressText(params: HeapDumpParams, address: number): string {
  return `0x${hexInt(absoluteAddress(params, address))}`
}
