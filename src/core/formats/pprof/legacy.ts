// The profile formats pprof had before profile.proto, all of which its readers still take: binary CPU
// profiles, and the text of heap, contention, thread and count profiles. What is read, to what numbers
// and in which order formats are tried is that of google/pprof profile/legacy_profile.go; lines may be
// longer than there.

import { DecodeError } from '../../base/errors.ts'
import type { Profile } from '../../model/profile.ts'
import { readContention } from './legacy-contention.ts'
import { readCount } from './legacy-count.ts'
import { readCpu } from './legacy-cpu.ts'
import { LegacyDraft } from './legacy-draft.ts'
import { framesToDrop } from './legacy-drop-frames.ts'
import { readHeap } from './legacy-heap.ts'
import { readJava } from './legacy-java.ts'
import { GoSymbols, markSymbolized } from './legacy-symbols.ts'
import { FORMAT, LineReader, type Mismatch } from './legacy-text.ts'
import { readThreads } from './legacy-thread.ts'

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
