import { decodeUtf8 } from '../../base/utf8.ts'

/** Names of the formats that are read, as they stand in the first line. */
export const HEAP_DUMP_VERSIONS: readonly string[] = ['1.4', '1.5', '1.6', '1.7']

/** `1.7` of a dump that begins with `go1.7 heap dump\n`, '' if this is none. */
export function heapDumpVersion(head: Uint8Array): string {
  return /^go(1\.\d{1,3}) heap dump\n/.exec(decodeUtf8(head.subarray(0, 24)))?.[1] ?? ''
}

/** How sure it is that a file that begins with `head` is the output of debug.WriteHeapDump: 0 or 1. */
export function sniffHeapDump(head: Uint8Array): number {
  return heapDumpVersion(head) === '' ? 0 : 1
}
