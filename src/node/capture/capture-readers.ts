// What a file of a capture is, and what becomes of it: one entry a kind, asked in this order.

import { Buffer } from 'node:buffer'
import { WaitPlacesSink } from '../../core/analysis/trace/wait-places.ts'
import type { Problem } from '../../core/base/errors.ts'
import { decodeUtf8 } from '../../core/base/utf8.ts'
import { profileKind } from '../../core/doctor/profile-kind.ts'
import { damageText, summarizeTrace } from '../../core/engine/trace-summary.ts'
import { decodeBench, sniffBench } from '../../core/formats/bench/bench.ts'
import { GoroutineDecoder, lineProblems } from '../../core/formats/goroutines/decode.ts'
import { sniffGoroutines } from '../../core/formats/goroutines/sniff.ts'
import { sniffHeapDump } from '../../core/formats/heapdump/sniff.ts'
import { SNIFF_BYTES } from '../../core/formats/index.ts'
import { LogReader, sniffLog } from '../../core/formats/log/read-log.ts'
import { decodeMemory } from '../../core/formats/memory/index.ts'
import { decodeProfileBytes } from '../read-profile.ts'
import type { CaptureFile } from './archive.ts'
import type { CaptureBuilder } from './capture-builder.ts'
import { isMemory } from './read-memory.ts'

/** One kind of file. */
interface CaptureReader {
  /** Whether it takes the file; the first one that does has it. `head` is its first 64 KiB. */
  takes(file: CaptureFile, head: Uint8Array): boolean
  /** Decodes it into the capture. Throws DecodeError. */
  read(file: CaptureFile, to: CaptureBuilder): void | Promise<void>
}

export const CAPTURE_READERS: readonly CaptureReader[] = [
  {
    // A heap profile as text ends in statistics too, but is a profile first.
    takes: (f) => isMemory(f.name, f.bytes) && !startsWith(f.bytes, 'heap profile:'),
    read: (f, to) => {
      const snapshot = decodeMemory(f.bytes, f.name)
      to.memory.push({ source: to.source(f.name, 'memory', []), snapshot })
    },
  },
  {
    takes: (f) => startsWith(f.bytes, 'go 1.') && text(f.bytes.subarray(0, 16)).includes(' trace'),
    read: (f, to) => {
      const problems: Problem[] = []
      const places = new WaitPlacesSink()
      const summary = summarizeTrace(f.bytes, undefined, [places])
      const { damage } = summary
      if (damage !== undefined) problems.push({ ...damageText(damage), count: 1 })
      const source = to.source(f.name, 'trace', problems)
      to.traces.push({ source, activity: summary, waits: places.done() })
    },
  },
  {
    takes: (f) => sniffHeapDump(f.bytes.subarray(0, 64)) > 0,
    read: (f, to) => {
      to.source(f.name, 'heapdump', [])
    },
  },
  {
    takes: (_f, head) => sniffBench(text(head)),
    read: (f, to) => {
      to.benches.push(...decodeBench(decodeUtf8(f.bytes)))
      to.source(f.name, 'bench', [])
    },
  },
  {
    takes: (f) => isProfileText(f.bytes),
    read: readProfile,
  },
  {
    // The log of a program may hold its crash, too.
    takes: (_f, head) => isText(head) && (sniffLog(head) !== undefined || isDump(head)),
    read: readLog,
  },
  { takes: () => true, read: readProfile },
]

async function readProfile(file: CaptureFile, to: CaptureBuilder): Promise<void> {
  const { profile, problems } = await decodeProfileBytes(file.bytes, file.name)
  const kind = profileKind(profile)
  const source = to.source(file.name, `profile/${kind}`, problems)
  to.profiles.push({ source, kind, profile })
}

function readLog(file: CaptureFile, to: CaptureBuilder): void {
  const head = file.bytes.subarray(0, 65536)
  const kind = sniffLog(head)
  const problems: Problem[] = []
  const source = to.source(file.name, kind === undefined ? 'goroutines' : `log/${kind}`, problems)
  if (kind !== undefined) {
    const reader = new LogReader()
    reader.push(file.bytes)
    const log = reader.end()
    const { strange } = log.lines
    if (strange.count > 0)
      problems.push({
        message: 'lines of the runtime that were not understood',
        offset: strange.first[0]?.offset ?? -1,
        count: strange.count,
      })
    problems.push(...log.lines.problems)
    to.logs.push({ source, log })
  }
  if (isDump(head)) {
    const { builder, sources } = to.goroutines()
    const decoder = new GoroutineDecoder(builder, sources.push(source) - 1)
    decoder.feed(file.bytes)
    problems.push(...lineProblems(decoder.end()))
  }
}

function isDump(head: Uint8Array): boolean {
  return (
    sniffGoroutines(head.subarray(0, SNIFF_BYTES)) >= 0.5 ||
    /^(panic: |fatal error: |goroutine \d+ .*\[.*\]:$|WARNING: DATA RACE)/m.test(text(head))
  )
}

/** Profiles in text form begin like nothing else. */
function isProfileText(bytes: Uint8Array): boolean {
  return /^(heap profile: |--- \w+:|\w+ profile: total )/.test(text(bytes.subarray(0, 64)))
}

function isText(head: Uint8Array): boolean {
  return !head.subarray(0, 4096).includes(0)
}

function startsWith(bytes: Uint8Array, start: string): boolean {
  return text(bytes.subarray(0, start.length)) === start
}

/** Bytes as characters of one byte each: enough to look for what is ASCII. */
function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}
