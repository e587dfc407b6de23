export { type DecodedHeapDump, HeapDumpDecoder, type HeapDumpOptions } from './decode.ts'
export { HeapDumpReader, type HeapDumpVisitor, type Memory } from './reader.ts'
export { HEAP_DUMP_VERSIONS, heapDumpVersion, sniffHeapDump } from './sniff.ts'
