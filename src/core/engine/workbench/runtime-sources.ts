// What of the workbench's files the runtime's own views are made of: logs, dumps and statistics, decoded when first asked
// for. Several questions share them.

import type { Problem } from '../../base/errors.ts'
import { profileKind } from '../../doctor/profile-kind.ts'
import { GoroutineDecoder, lineProblems } from '../../formats/goroutines/decode.ts'
import { addGoroutineProfile, isGoroutineProfile } from '../../formats/goroutines/profile.ts'
import { LogReader } from '../../formats/log/read-log.ts'
import { GoroutineBuilder } from '../../model/goroutine-builder.ts'
import type { Goroutines } from '../../model/goroutines.ts'
import type { Profile } from '../../model/profile.ts'
import type { LogProcess, RuntimeLog } from '../../model/runtime-log.ts'
import { isDump } from '../capture/file-kind.ts'
import type { Asking } from './question.ts'
import type { Workbench, WorkbenchFile } from './workbench.ts'

/** Files that may hold lines of the runtime. */
export function logFiles(w: Workbench): WorkbenchFile[] {
  return w.files.filter((f) => f.kind === 'log' || f.kind === 'text')
}

const logs = new WeakMap<WorkbenchFile, RuntimeLog>()

/** The lines of the runtime in a file, read once. */
export function runtimeLog(file: WorkbenchFile): RuntimeLog {
  let log = logs.get(file)
  if (log === undefined) {
    const reader = new LogReader()
    reader.push(file.bytes)
    log = reader.end()
    logs.set(file, log)
  }
  return log
}

/** A process in a log that has lines of the kind that is asked for. */
export interface LogSource {
  readonly file: number
  readonly fileName: string
  /** Row of RuntimeLog.processes. */
  readonly process: number
  /** What tells the processes of one log apart; '' if there is one only. */
  readonly name: string
  /** Lines of that kind. */
  readonly lines: number
}

/** All processes of all logs that `count` finds lines for, most lines first. */
export async function logSources(
  w: Workbench,
  x: Asking,
  count: (log: RuntimeLog) => readonly { readonly process: number; readonly lines: number }[],
): Promise<LogSource[]> {
  const out: LogSource[] = []
  const files = logFiles(w)
  for (const [k, file] of files.entries()) {
    x.progress(k, files.length, 'reading logs')
    const log = runtimeLog(file)
    for (const { process, lines } of count(log))
      out.push({
        file: file.id,
        fileName: file.name,
        process,
        name: log.processes.length > 1 ? processName(log.processes[process]) : '',
        lines,
      })
    await x.breathe()
  }
  return out.sort((a, b) => b.lines - a.lines || a.file - b.file || a.process - b.process)
}

function processName({ source, run }: LogProcess): string {
  return [source, run > 1 || source === '' ? `run ${run}` : ''].filter((s) => s !== '').join(', ')
}

/** The source that parameters name, else the first; undefined if there is none. */
export function chosenSource(
  sources: readonly LogSource[],
  { file, process }: { readonly file?: number; readonly process?: number },
): LogSource | undefined {
  return (
    sources.find((s) => s.file === file && (process === undefined || s.process === process)) ??
    sources.find((s) => s.file === file) ??
    sources[0]
  )
}

/** Problems of a log in words. */
export function logRemarks(log: RuntimeLog): string[] {
  const { strange, problems, cutAtEnd } = log.lines
  const out = problems.map((p) => p.message)
  if (strange.count > 0)
    out.push(
      `${strange.count} lines of the runtime were not understood, the first at byte ${strange.first[0]?.offset}: ${strange.first[0]?.text}`,
    )
  if (cutAtEnd) out.push('the log ends in the middle of a line')
  return out
}

/** Profiles of the workbench that could be decoded, with what they are of. */
export interface KnownProfile {
  readonly file: WorkbenchFile
  readonly kind: ReturnType<typeof profileKind>
  readonly profile: Profile
}

/** All profiles. Files that cannot be decoded stay out: their views say why. */
export async function knownProfiles(w: Workbench, x: Asking): Promise<KnownProfile[]> {
  const out: KnownProfile[] = []
  const files = w.files.filter((f) => f.kind === 'profile' && !f.made)
  for (const [k, file] of files.entries()) {
    x.progress(k, files.length, 'reading profiles')
    try {
      const { profile } = await w.profile(file.id)
      out.push({ file, kind: profileKind(profile), profile })
    } catch {
      // Said where the file itself is asked for.
    }
    await x.breathe()
  }
  return out
}

/** How a time came about: read in the file itself, taken from another file of the same moment, computed, or not known. */
export type TimeCertainty = 'exact' | 'same moment' | 'computed' | 'at least' | 'unknown'

/** Goroutines that were printed at one moment. */
export interface DumpMoment {
  /** Index of Goroutines.dumps. */
  readonly dump: number
  readonly file: number
  readonly fileName: string
  readonly kind: 'dump' | 'crash' | 'profile'
  readonly goroutines: number
  /** Unix time in ns, NaN if unknown. */
  readonly time: number
  readonly certainty: TimeCertainty
  /** Other files that tell of the same moment in less detail. */
  readonly others: readonly string[]
}

/** All goroutines of the workbench in one set of tables. */
export interface WorkbenchDumps {
  readonly goroutines: Goroutines
  /** In order of time; those without a time in order of files, behind. */
  readonly moments: readonly DumpMoment[]
  readonly problems: readonly Problem[]
}

/** By how many files there were: profiles that the page makes do not count. */
const dumps = new WeakMap<Workbench, { readonly files: number; readonly value: Promise<WorkbenchDumps> }>()

/** Dumps, crashes and goroutine profiles of all files, read once. */
export function workbenchDumps(w: Workbench, x: Asking): Promise<WorkbenchDumps> {
  const files = w.files.filter((f) => !f.made).length
  let known = dumps.get(w)
  if (known?.files !== files) {
    known = { files, value: readDumps(w, x) }
    dumps.set(w, known)
  }
  return known.value
}

async function readDumps(w: Workbench, x: Asking): Promise<WorkbenchDumps> {
  const builder = new GoroutineBuilder()
  const problems: Problem[] = []
  const files: WorkbenchFile[] = []
  const times: number[] = []
  for (const file of logFiles(w)) {
    x.progress(files.length, w.files.length, 'reading dumps')
    if (!isDump(file.bytes)) continue
    const decoder = new GoroutineDecoder(builder, files.push(file) - 1)
    times.push(Number.NaN)
    decoder.feed(file.bytes)
    problems.push(...lineProblems(decoder.end()))
    await x.breathe()
  }
  for (const { file, profile } of await knownProfiles(w, x)) {
    if (!isGoroutineProfile(profile)) continue
    addGoroutineProfile(builder, files.push(file) - 1, profile)
    times.push(Number(profile.timeNanos) || Number.NaN)
  }
  const goroutines = builder.done()
  return { goroutines, moments: momentsOf(goroutines, files, times), problems }
}

function momentsOf(
  g: Goroutines,
  files: readonly WorkbenchFile[],
  times: readonly number[],
): readonly DumpMoment[] {
  const all = g.dumps.flatMap((d, dump): DumpMoment[] => {
    const file = files[d.source]
    let goroutines = 0
    for (let row = d.start; row < d.end; row++) goroutines += g.table.weight[row]
    // Stacks of one goroutine that a program logs are no dump; what the collector found is not all there is.
    const alone = d.kind === 'dump' && d.end - d.start < 2 && g.dumps.length > 1
    if (alone || d.profileName === 'goroutineleak') return []
    const time = times[d.source]
    const certainty = Number.isNaN(time) ? 'unknown' : 'exact'
    const { id, name } = file
    return [{ dump, file: id, fileName: name, kind: d.kind, goroutines, time, certainty, others: [] }]
  })
  const best: DumpMoment[] = []
  // Of several forms of one moment the fullest stands for it: with states, else with a time.
  const rank = (m: DumpMoment): number => (m.kind !== 'profile' ? 0 : Number.isNaN(m.time) ? 2 : 1)
  for (const m of [...all].sort((a, b) => rank(a) - rank(b))) {
    const at =
      m.kind === 'profile'
        ? best.findIndex((b) => momentName(b.fileName) === momentName(m.fileName) && b.file !== m.file)
        : -1
    if (at < 0) {
      best.push(m)
      continue
    }
    const known = best[at]
    const timed = Number.isNaN(known.time) && !Number.isNaN(m.time)
    best[at] = {
      ...known,
      ...(timed && { time: m.time, certainty: 'same moment' as const }),
      others: [...known.others, m.fileName],
    }
  }
  const at = (m: DumpMoment): number => (Number.isNaN(m.time) ? Number.POSITIVE_INFINITY : m.time)
  return best.sort((a, b) => (at(a) === at(b) ? a.dump - b.dump : at(a) - at(b)))
}

/** What files of one moment have in common: folder and name up to the first dot (`goroutine-t1`). */
export function momentName(path: string): string {
  return /^(.*[\\/])?[^.\\/]*/.exec(path)?.[0] ?? path
}
