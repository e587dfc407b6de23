// What the reader hands out.

import type { Int } from '../../base/int64.ts'
import type { HeapDumpParams } from '../../model/heap-dump.ts'

/** A piece of memory with the offsets of the pointers in it. All arrays are reused for the next record. */
export interface Memory {
  /** Relative to the start of the heap. */
  address: number
  bytes: Uint8Array
  /** Where the content begins in `bytes`. */
  from: number
  size: number
  /** Offsets in ascending order as Go writes them; of interfaces (Go 1.4) that of the data word. */
  fields: Uint32Array
  fieldCount: number
}

export interface GoroutineRecord {
  readonly id: number
  readonly created: number
  readonly status: number
  readonly system: boolean
  readonly waitSince: number
  readonly waitReason: Uint8Array
  readonly context: number
}

export interface FrameRecord {
  readonly depth: number
  readonly entry: number
  readonly pc: number
  readonly fn: Uint8Array
}

export interface FinalizerRecord {
  readonly object: number
  readonly fn: number
  readonly code: number
  readonly argument: number
  readonly type: number
}

export interface AllocationRecord {
  readonly id: number
  readonly size: number
  readonly frames: readonly { readonly fn: Uint8Array; readonly file: Uint8Array; readonly line: number }[]
  readonly allocs: number
  readonly frees: number
}

/** Takes the records. Addresses are relative to the start of the heap, NaN for nil; bytes are views that must be copied. */
export interface HeapDumpVisitor {
  params?(p: HeapDumpParams): void
  object?(memory: Memory): void
  /** Data or bss. */
  segment?(which: 'data' | 'bss', memory: Memory): void
  goroutine?(g: GoroutineRecord): void
  frame?(f: FrameRecord, memory: Memory): void
  deferred?(fn: number): void
  panicked?(data: number): void
  type?(address: number, name: string): void
  itab?(address: number, type: number): void
  otherRoot?(description: string, to: number): void
  finalizer?(f: FinalizerRecord, queued: boolean): void
  thread?(): void
  memStats?(values: readonly Int[]): void
  allocation?(a: AllocationRecord): void
  allocSample?(object: number, id: number): void
}
