// Heap dumps of the workbench, analysed when first asked for.

import { analyseHeap, type HeapAnalysis } from '../../analysis/heap/analyse.ts'
import type { Problem } from '../../base/errors.ts'
import { HeapDumpDecoder } from '../../formats/heapdump/index.ts'
import type { Asking } from './question.ts'
import type { Workbench, WorkbenchFile } from './workbench.ts'

export interface OpenHeap {
  readonly analysis: HeapAnalysis
  readonly problems: readonly Problem[]
}

const open = new WeakMap<WorkbenchFile, Promise<OpenHeap>>()
const PIECE = 4 << 20

/** Files with heap dumps. */
export function heapFiles(w: Workbench): WorkbenchFile[] {
  return w.files.filter((f) => f.kind === 'heapdump')
}

/** The dump in a file with all that follows from it. Rejects with DecodeError. */
export function openHeap(file: WorkbenchFile, x: Asking): Promise<OpenHeap> {
  let heap = open.get(file)
  if (heap === undefined) {
    heap = readHeap(file, x)
    open.set(file, heap)
    heap.catch(() => open.delete(file))
  }
  return heap
}

async function readHeap({ bytes }: WorkbenchFile, x: Asking): Promise<OpenHeap> {
  const decoder = new HeapDumpDecoder({ expectedBytes: bytes.length })
  for (let at = 0; at < bytes.length; at += PIECE) {
    decoder.feed(bytes.subarray(at, at + PIECE))
    x.progress(Math.min(bytes.length, at + PIECE), bytes.length, 'reading the heap dump')
    await x.breathe()
  }
  const { dump, problems } = decoder.done()
  const analysis = analyseHeap(dump, undefined, undefined, (what) => x.progress(0, 0, what))
  return { analysis, problems }
}
