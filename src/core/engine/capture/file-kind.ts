// What kind of file begins with these bytes. One door for everything that reads captures.

import { sniffBench } from '../../formats/bench/bench.ts'
import { sniffGoroutines } from '../../formats/goroutines/sniff.ts'
import { sniffHeapDump } from '../../formats/heapdump/sniff.ts'
import { detectFormat, SNIFF_BYTES } from '../../formats/index.ts'
import { sniffLog } from '../../formats/log/read-log.ts'
import { isCgroupFile, sniffMemory } from '../../formats/memory/index.ts'
import { sniffPerfStat } from '../../formats/perf-stat/decode.ts'
import { describeHead } from '../describe-head.ts'

export type FileKind =
  | 'empty'
  | 'memory'
  | 'trace'
  | 'heapdump'
  | 'perf-stat'
  | 'bench'
  /** capture.json and process.json: what `goscope capture` did, and the process as the system saw it. */
  | 'manifest'
  /** What the runtime printed: GODEBUG's lines, goroutine dumps, crashes, races; perhaps between a program's own lines. */
  | 'log'
  /** Text that may hold such lines further on. */
  | 'text'
  | 'profile'

/** Bytes of the head that are looked at. */
export const HEAD_BYTES = 65536

/** The kind of a file by its first 64 KiB, unpacked; names matter for files of control groups only. 'profile' if nothing else fits. */
export function fileKind(name: string, head: Uint8Array): FileKind {
  if (head.length === 0) return 'empty'
  const start = text(head.subarray(0, 64))
  // A heap profile as text ends in statistics, too, but is a profile first.
  if (/^(heap profile: |--- \w+:|\w+ profile: total )/.test(start)) return 'profile'
  if (isCgroupFile(name) || sniffMemory(head.subarray(0, 4096)) !== undefined) return 'memory'
  if (/^go 1\.\d+ trace\0/.test(start)) return 'trace'
  if (sniffHeapDump(head.subarray(0, 64)) > 0) return 'heapdump'
  if (head.subarray(0, 4096).includes(0)) return isLogWithNul(start, head) ? 'log' : 'profile'
  const lines = text(head)
  if (/^\s*\{\s*"schema": *"goscope\.(capture|process)\//.test(lines)) return 'manifest'
  if (sniffPerfStat(lines)) return 'perf-stat'
  if (sniffBench(lines)) return 'bench'
  if (sniffLog(head) !== undefined || isDump(head)) return 'log'
  // Short text may look like fields of profile.proto, but no profile is all text.
  const format = detectFormat(head.subarray(0, SNIFF_BYTES), name)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what text has none of
  if (format !== undefined && (format.id !== 'pprof' || /[\x00-\x08\x0b\x0c\x0e-\x1a]/.test(lines)))
    return 'profile'
  const what = describeHead(head)
  return what === undefined || what === 'plain text' ? 'text' : 'profile'
}

/** Messages of panics, and what programs print, may hold anything. A profile begins with bytes that are no text. */
function isLogWithNul(start: string, head: Uint8Array): boolean {
  return /^[\t -~]{5}/.test(start) && (sniffLog(head) !== undefined || isDump(head))
}

/** Longer than any line that begins a dump. */
const OVERLAP = 4096
const PIECE = 1 << 20

/** Whether goroutines of a dump or a crash are anywhere in it. */
export function isDump(bytes: Uint8Array): boolean {
  if (sniffGoroutines(bytes.subarray(0, SNIFF_BYTES)) >= 0.5) return true
  // In pieces, because no string holds a large log.
  for (let at = 0; at < bytes.length; at += PIECE)
    if (hasDumpLine(bytes.subarray(at, at + PIECE + OVERLAP))) return true
  return false
}

/** Whether a line of a dump, a crash or a race report begins in the piece. */
export function hasDumpLine(piece: Uint8Array): boolean {
  return /^(panic: |fatal error: |goroutine \d+ .*\[.*\]:$|WARNING: DATA RACE)/m.test(text(piece))
}

/** Bytes as characters of one byte each: enough to look for what is ASCII. */
const latin1 = new TextDecoder('latin1')

function text(bytes: Uint8Array): string {
  return latin1.decode(bytes)
}
