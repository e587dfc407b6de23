import { headLines } from '../folded/text-input.ts'
import { HEADS } from './line-prefix.ts'

/** What only the runtime prints, at the start of a line. */
const CRASH = /^(?:panic: |fatal error: |SIG[A-Z]+: |\[signal SIG)/
const FRAME = /^\t\S.*:\d+ \+0x[0-9a-f]+/
/** Files that have goroutines in them and are of another kind: a text profile, traces of allocations. */
const OTHERS = /^(?:\S+ profile: total \d|trace(?:alloc|free)\(|heap profile: |--- )/

/**
 * How much a head looks like a goroutine dump (debug=2), a crash report or a report of the race detector, also
 * behind the prefixes of a logger: 0 to 1. Text profiles (debug=1) are the business of pprof-legacy.
 */
export function sniffGoroutines(head: Uint8Array): number {
  const text = headLines(head)
  if (text === null) return 0
  let headers = 0
  let crash = 0
  let frames = 0
  for (const line of text.lines) {
    if (OTHERS.test(line)) return 0
    if (HEADS.test(line)) headers++
    else if (CRASH.test(line)) crash++
    else if (FRAME.test(line)) frames++
    else if (line.startsWith('{"log":"') && /goroutine \d+ \[[^\]]*\].*:(?:\\r)?\\n"/.test(line)) headers++
  }
  if (headers > 0) return HEADS.test(text.lines[0]) || crash > 0 || frames > 0 ? 0.95 : 0.7
  if (/^panic: |^fatal error: /.test(text.lines[0] ?? '')) return 0.7
  return crash > 0 ? 0.45 : 0
}
