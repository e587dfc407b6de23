import { addInt } from '../../base/int64.ts'
import { dropDuplicateLeaves } from './legacy-cpu.ts'
import { LegacyDraft } from './legacy-draft.ts'
import { type LineReader, MAX_SEARCHED_LINE, type Mismatch } from './legacy-text.ts'
import { finishWithSections } from './memory-map.ts'

const PROFILE = /--- threadz [0-9]+ ---/
const THREAD = /--- Thread [0-9a-fA-F]+ \(name: /
const STACK = /\/[0-9]+\) stack: ---/

/** True for "--- threadz 1 ---". */
export function isThreadzHeader(lines: LineReader): boolean {
  return PROFILE.test(searched(lines))
}

/** True for "--- Thread 7f794ab90940 (name: main/14748) stack: ---". */
export function isThreadHeader(lines: LineReader): boolean {
  const line = searched(lines)
  const thread = THREAD.exec(line)
  return thread !== null && STACK.test(line.slice(thread.index + thread[0].length))
}

function searched(lines: LineReader): string {
  return lines.to - lines.from <= MAX_SEARCHED_LINE ? lines.text() : ''
}

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
