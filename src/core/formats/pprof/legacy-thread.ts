import { addInt } from '../../base/int64.ts'
import { dropDuplicateLeaves } from './legacy-cpu.ts'
import { LegacyDraft } from './legacy-draft.ts'
import { isThreadHeader, isThreadzHeader } from './legacy-headers.ts'
import type { LineReader, Mismatch } from './legacy-text.ts'
import { finishWithSections } from './memory-map.ts'

/** Reads a threadz profile: per thread a header and its stack, then a memory map (or "no stack trace"). */
export function readThreads(lines: LineReader): LegacyDraft | Mismatch {
  while (lines.scan() && lines.isBlankOrComment());
  if (isThreadzHeader(lines)) {
    while (!lines.ended && lines.scan() && !lines.isMemoryMapHeader() && !lines.startsWith('-'));
  } else if (!isThreadHeader(lines)) return { offset: 0, reason: 'no thread profile header' }
  const draft = new LegacyDraft([{ type: 'thread', unit: 'count' }], { type: 'thread', unit: 'count' })
  draft.period = 1
  while (!lines.isMemoryMapHeader() && !lines.startsWith('---- no stack trace for')) {
    if (!isThreadHeader(lines)) {
      const reason = lines.startsWith('---')
        ? 'thread profile: neither a thread nor a memory map'
        : 'thread profile ends without a memory map'
      return { offset: lines.from, reason }
    }
    readThread(draft, lines)
  }
  finishWithSections(draft, lines)
  dropDuplicateLeaves(draft)
  return draft
}

/**
 * Reads one thread's stack, several lines with or without names, up to the next line that starts with
 * "---". The last line of the file stays the current one: it can announce a memory map without dashes.
 */
function readThread(draft: LegacyDraft, lines: LineReader): void {
  let same = false
  let from = lines.bytes.length
  let to = from
  for (;;) {
    if (!lines.scan()) {
      lines.from = from
      lines.to = to
      break
    }
    lines.trim()
    from = lines.from
    to = lines.to
    if (lines.from === lines.to) continue
    if (lines.startsWith('---')) break
    if (isSameAsPrevious(lines)) same = true
    else draft.addFrames(lines.bytes, lines.from, lines.to, 'callers', 'ignored')
  }
  if (same || draft.openFrames === 0) {
    draft.dropOpenFrames()
    const last = draft.sampleCount - 1
    if (last >= 0) draft.value[0].set(last, addInt(draft.value[0].get(last), 1))
    return
  }
  draft.value[0].push(1)
  draft.endSample()
}

function isSameAsPrevious(lines: LineReader): boolean {
  const { bytes, from, to } = lines
  // The 'p' of "previous" tells most lines apart.
  for (let i = from; i < to; i++)
    if (bytes[i] === 112) return lines.text().includes('same as previous thread')
  return false
}
