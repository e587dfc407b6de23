// The profile formats pprof had before profile.proto, all of which its readers still take: binary CPU
// profiles, and the text of heap, contention, thread and count profiles. What is read, to what numbers
// and in which order formats are tried is that of google/pprof profile/legacy_profile.go; lines may be
// longer than there.

import { DecodeError } from '../../base/errors.ts'
import type { Profile } from '../../model/profile.ts'
import { CONTENTION_HEADERS, readContention } from './legacy-contention.ts'
import { countHeaderName, readCount } from './legacy-count.ts'
import { readCpu, readCpuHeader } from './legacy-cpu.ts'
import { LegacyDraft } from './legacy-draft.ts'
import { framesToDrop } from './legacy-drop-frames.ts'
import { readHeap, readHeapHeader } from './legacy-heap.ts'
import { JAVA_HEADERS, readJava } from './legacy-java.ts'
import { GoSymbols, markSymbolized } from './legacy-symbols.ts'
import { FORMAT, LineReader, type Mismatch } from './legacy-text.ts'
import { isThreadHeader, isThreadzHeader, readThreads } from './legacy-thread.ts'

/** Options of decodeLegacy. */
export interface LegacyOptions {
  /**
   * Whether the names, files, lines and labels in comments of Go's text profiles (debug=1) are kept.
   * The reference ignores them. Frames that the writer left out of a commented stack (the runtime's own
   * at the leaf, runtime.goexit at the root) are then taken out of it; samples without such comments stay
   * as they are. Sizes, counts and samples are the same with and without.
   */
  readonly symbols?: boolean
}

/** How sure it is that a file with this start (its first 4 KiB are enough) is a legacy profile: 0 to 1, 0 = not. */
export function sniffLegacy(head: Uint8Array): number {
  const start = head.subarray(0, 4096)
  if (readCpuHeader(start) !== undefined) return 0.95
  const lines = new LineReader(start)
  if (!lines.scan()) return 0
  if (typeof readHeapHeader(lines.text()) !== 'string') return 0.95
  if (CONTENTION_HEADERS.some((h) => lines.startsWith(h))) return 0.9
  lines.trim()
  if (JAVA_HEADERS.has(lines.text())) return 0.9
  const afterComments = new LineReader(start)
  while (afterComments.scan() && afterComments.isBlankOrComment());
  if (countHeaderName(afterComments) > 0) return 0.95
  return isThreadzHeader(afterComments) || isThreadHeader(afterComments) ? 0.9 : 0
}

/**
 * Reads a legacy profile of any kind. Locations, functions and mappings are numbered from 1.
 *
 * Throws DecodeError: for input of none of the formats, with the place where the likeliest of them
 * stopped making sense.
 */
export function decodeLegacy(bytes: Uint8Array, options: LegacyOptions = {}): Profile {
  const symbols = options.symbols ? new GoSymbols(bytes) : undefined
  const readers: readonly (() => LegacyDraft | Mismatch)[] = [
    () => readCpu(bytes),
    () => readHeap(new LineReader(bytes), symbols),
    () => readCount(new LineReader(bytes), symbols),
    () => readThreads(new LineReader(bytes)),
    () => readContention(new LineReader(bytes), symbols),
    () => readJava(bytes),
  ]
  let farthest: Mismatch = {
    offset: 0,
    reason: 'not a profile in any of the formats older than profile.proto',
  }
  for (const read of readers) {
    const draft = read()
    if (draft instanceof LegacyDraft) {
      if (symbols !== undefined) markSymbolized(draft)
      return draft.done(framesToDrop(draft.sampleTypes))
    }
    // Of two that stopped at the same place the later knows more: both have read the first line.
    if (draft.offset > 0 && draft.offset >= farthest.offset) farthest = draft
  }
  throw new DecodeError(FORMAT, farthest.offset, farthest.reason)
}
