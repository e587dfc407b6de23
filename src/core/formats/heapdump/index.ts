export { type DecodedHeapDump, HeapDumpDecoder, type HeapDumpOptions } from './decode.ts'
export { HeapDumpReader } from './reader.ts'
export type { HeapDumpVisitor, Memory } from './records.ts'
export { HEAP_DUMP_VERSIONS, heapDumpVersion, sniffHeapDump } from './sniff.ts'
