// What becomes of a file of a capture: one reader for each kind.

import { WaitPlacesSink } from '../../analysis/trace/wait-places.ts'
import type { Problem } from '../../base/errors.ts'
import { decodeUtf8 } from '../../base/utf8.ts'
import { profileKind } from '../../doctor/profile-kind.ts'
import { decodeBench } from '../../formats/bench/bench.ts'
import { GoroutineDecoder, lineProblems } from '../../formats/goroutines/decode.ts'
import { LogReader } from '../../formats/log/read-log.ts'
import { decodeMemory } from '../../formats/memory/index.ts'
import { decodePerfStat } from '../../formats/perf-stat/decode.ts'
import { LOG_KINDS, type LogKind, type RuntimeLog } from '../../model/runtime-log.ts'
import { ProfileLoader } from '../profile-loader.ts'
import { damageText, summarizeTrace } from '../trace-summary.ts'
import type { CaptureBuilder } from './capture-builder.ts'
import { type FileKind, isDump } from './file-kind.ts'

/** A file of a capture: its name as shown, and its content, unpacked. */
export interface CaptureFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Decodes a file into the capture. Throws DecodeError. */
type CaptureReader = (file: CaptureFile, to: CaptureBuilder) => void | Promise<void>

export const CAPTURE_READERS: Readonly<Record<FileKind, CaptureReader>> = {
  // Programs that had nothing to say leave empty files behind.
  empty: (f, to) => {
    to.source(f.name, 'empty', [])
  },
  memory: (f, to) => {
    const snapshot = decodeMemory(f.bytes, f.name)
    to.memory.push({ source: to.source(f.name, 'memory', []), snapshot })
  },
  trace: (f, to) => {
    const problems: Problem[] = []
    const places = new WaitPlacesSink()
    const summary = summarizeTrace(f.bytes, undefined, [places])
    const { damage } = summary
    if (damage !== undefined) problems.push({ ...damageText(damage), count: 1 })
    const source = to.source(f.name, 'trace', problems)
    to.traces.push({ source, activity: summary, waits: places.done() })
  },
  heapdump: (f, to) => {
    to.source(f.name, 'heapdump', [])
  },
  'perf-stat': (f, to) => {
    to.source(f.name, 'perf-stat', decodePerfStat(decodeUtf8(f.bytes)).problems)
  },
  bench: (f, to) => {
    to.benches.push(...decodeBench(decodeUtf8(f.bytes)))
    to.source(f.name, 'bench', [])
  },
  manifest: (f, to) => {
    to.source(f.name, 'manifest', [])
  },
  log: readLog,
  text: readText,
  profile: readProfile,
}

async function readProfile(file: CaptureFile, to: CaptureBuilder): Promise<void> {
  const loader = new ProfileLoader(file.name, file.bytes.length, file.bytes.length)
  loader.feed(file.bytes)
  const { profile, problems } = await loader.end()
  const kind = profileKind(profile)
  const source = to.source(file.name, `profile/${kind}`, problems)
  to.profiles.push({ source, kind, profile })
}

function readLog(file: CaptureFile, to: CaptureBuilder): void {
  const log = logOf(file)
  const kind = mainKind(log)
  const problems: Problem[] = []
  const source = to.source(file.name, kind === undefined ? 'goroutines' : `log/${kind}`, problems)
  if (kind !== undefined) {
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
  // The log of a program may hold its crash, too.
  if (!isDump(file.bytes)) return
  const { builder, sources } = to.goroutines()
  const decoder = new GoroutineDecoder(builder, sources.push(source) - 1)
  decoder.feed(file.bytes)
  problems.push(...lineProblems(decoder.end()))
}

/** Text that did not begin like anything: it is a log if something of the runtime comes later. */
function readText(file: CaptureFile, to: CaptureBuilder): void | Promise<void> {
  // Metrics of Prometheus: kept for people.
  if (/^# (HELP|TYPE) [A-Za-z_:]/.test(decodeUtf8(file.bytes.subarray(0, 256)))) {
    to.source(file.name, 'metrics', [])
    return
  }
  const isLog = mainKind(logOf(file)) !== undefined || isDump(file.bytes)
  return isLog ? readLog(file, to) : readProfile(file, to)
}

function logOf(file: CaptureFile): RuntimeLog {
  const reader = new LogReader()
  reader.push(file.bytes)
  return reader.end()
}

/** The kind that most lines of the runtime are of; undefined if there are none. */
function mainKind({ lines: { kinds } }: RuntimeLog): LogKind | undefined {
  const most = LOG_KINDS.reduce((a, k) => (kinds[k] > kinds[a] ? k : a), LOG_KINDS[0])
  return kinds[most] > 0 ? most : undefined
}
