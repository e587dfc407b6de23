// Everything in the files that has a time, on as few time axes as can be told: wall clocks are one; a log that counts
// from the start of its process is one of its own, unless something shows when that was.

import { cyclesOf, gcProcesses } from '../../analysis/gc-log/cycles.ts'
import { pausesOf } from '../../analysis/gc-log/report.ts'
import { GcEvents } from '../../analysis/trace/gc.ts'
import { DecodeError } from '../../base/errors.ts'
import { decodeUtf8 } from '../../base/utf8.ts'
import type { RuntimeLog } from '../../model/runtime-log.ts'
import { runTrace } from '../trace-run.ts'
import type { Asking } from './question.ts'
import { memorySnapshots } from './questions/memory-account.ts'
import {
  knownProfiles,
  logFiles,
  momentName,
  runtimeLog,
  type TimeCertainty,
  workbenchDumps,
} from './runtime-sources.ts'
import type { Workbench, WorkbenchFile } from './workbench.ts'

/** What kind of thing a moment is. */
export type MomentKind =
  | 'profile'
  | 'dump'
  | 'crash'
  | 'memory'
  | 'heapdump'
  | 'trace'
  | 'gc'
  | 'sched'
  | 'capture'

/** An axis. Times of moments are ns on it. */
export interface MomentClock {
  /** Names the clock in addresses: 'unix', or the file and process that it begins with. */
  readonly key: string
  /** Whether it counts from 1970; else from what `zero` says. */
  readonly unix: boolean
  /** 'the start of gctrace.log'; '' for wall clocks. */
  readonly zero: string
  readonly from: number
  readonly to: number
}

/** Something at a time, or for a while. */
export interface Moment {
  readonly kind: MomentKind
  /** Row of clocks. */
  readonly clock: number
  /** ns on the clock; `to` is `from` for what has no length. */
  readonly from: number
  readonly to: number
  readonly certainty: TimeCertainty
  readonly title: string
  readonly file: number
  /** Where it leads: a view and parameters. */
  readonly view: string
  readonly params: Readonly<Record<string, string>>
}

/** Many of one kind, as columns: collections of a log or a trace, lines of the scheduler's log. */
export interface MomentSeries {
  readonly kind: MomentKind
  readonly clock: number
  readonly title: string
  readonly file: number
  readonly certainty: TimeCertainty
  /** ns on the clock, ascending. */
  readonly at: Float64Array
  /** How much it weighs: time with the world stopped in ns, share of busy processors. NaN if unknown. */
  readonly weight: Float64Array
  readonly view: string
  /** Parameter that takes the row's number, and parameters beside it. */
  readonly rowParam: string
  readonly params: Readonly<Record<string, string>>
}

export interface Moments {
  readonly clocks: readonly MomentClock[]
  readonly moments: readonly Moment[]
  readonly series: readonly MomentSeries[]
}

/** Larger traces are not read for the axis: the capture's list of files tells when they were taken, or nothing does. */
const MAX_TRACE = 48 << 20

type Draft = Omit<Moment, 'clock'> & { readonly clock: ClockDraft }
type SeriesDraft = Omit<MomentSeries, 'clock'> & { readonly clock: ClockDraft }

interface ClockDraft {
  readonly key: string
  readonly zero: string
}

const WALL: ClockDraft = { key: 'unix', zero: '' }

/** When a file of a capture was taken, by its manifest: ns. */
interface Taken {
  readonly from: number
  readonly to: number
}

/** Puts everything on its axis. Files that cannot be read stay out: their own views say why. */
export async function buildMoments(w: Workbench, x: Asking): Promise<Moments> {
  const moments: Draft[] = []
  const series: SeriesDraft[] = []
  const { taken, drafts } = readManifests(w)
  moments.push(...drafts)
  const at = (file: WorkbenchFile): Taken | undefined => taken.get(baseName(file.name))
  await profileMoments(w, x, moments, at)
  await dumpMoments(w, x, moments, at)
  const pauseEnds = memoryMoments(w, moments, at)
  for (const file of logFiles(w)) {
    logSeries(file, runtimeLog(file), pauseEnds, series)
    await x.breathe()
  }
  for (const file of w.files) {
    if (file.kind !== 'trace') continue
    x.progress(0, 0, `placing ${file.name} in time`)
    traceMoments(file, pauseEnds, at(file), moments, series)
    await x.breathe()
  }
  return numbered(moments, series)
}

function numbered(moments: readonly Draft[], series: readonly SeriesDraft[]): Moments {
  const drafts = [...new Set([...moments, ...series].map((m) => m.clock))].sort(
    (a, b) => Number(a !== WALL) - Number(b !== WALL),
  )
  const clocks = drafts.map((clock) => {
    let from = Number.POSITIVE_INFINITY
    let to = Number.NEGATIVE_INFINITY
    for (const m of moments)
      if (m.clock === clock) {
        from = Math.min(from, m.from)
        to = Math.max(to, m.to)
      }
    for (const s of series)
      if (s.clock === clock && s.at.length > 0) {
        from = Math.min(from, s.at[0])
        to = Math.max(to, s.at[s.at.length - 1])
      }
    return { key: clock.key, unix: clock === WALL, zero: clock.zero, from, to }
  })
  return {
    clocks,
    moments: moments
      .map((m) => ({ ...m, clock: drafts.indexOf(m.clock) }))
      .sort((a, b) => a.clock - b.clock || a.from - b.from || a.file - b.file),
    series: series.map((s) => ({ ...s, clock: drafts.indexOf(s.clock) })),
  }
}

const baseName = (path: string): string => path.replace(/^.*[\\/]/, '').replace(/\.gz$/, '')

/** capture.json: what was taken when. */
function readManifests(w: Workbench): { taken: Map<string, Taken>; drafts: Draft[] } {
  const taken = new Map<string, Taken>()
  const drafts: Draft[] = []
  for (const { kind, bytes, id, name } of w.files) {
    if (kind !== 'manifest' || bytes.length > 8 << 20) continue
    const m = parsed(decodeUtf8(bytes))
    if (m?.schema !== 'goscope.capture/1') continue
    const from = nanos(m.started)
    const to = nanos(m.ended)
    if (from > 0)
      drafts.push({
        kind: 'capture',
        clock: WALL,
        from,
        to: Math.max(from, to),
        certainty: 'exact',
        title: name,
        file: id,
        view: '',
        params: {},
      })
    for (const f of Array.isArray(m.files) ? m.files : []) {
      const start = nanos(f?.started)
      const seconds = Number(f?.seconds)
      if (typeof f?.file === 'string' && start > 0)
        taken.set(baseName(f.file), { from: start, to: start + (seconds > 0 ? seconds * 1e9 : 0) })
    }
  }
  return { taken, drafts }
}

/** What a manifest may hold; every field is looked at before it is used. */
interface Manifest {
  readonly schema?: unknown
  readonly started?: unknown
  readonly ended?: unknown
  readonly files?: readonly {
    readonly file?: unknown
    readonly started?: unknown
    readonly seconds?: unknown
  }[]
}

function parsed(text: string): Manifest | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

const nanos = (time: unknown): number => (typeof time === 'string' ? Date.parse(time) * 1e6 || 0 : 0)

async function profileMoments(
  w: Workbench,
  x: Asking,
  out: Draft[],
  at: (file: WorkbenchFile) => Taken | undefined,
): Promise<void> {
  for (const { file, kind, profile } of await knownProfiles(w, x)) {
    // Those are dumps.
    if (kind === 'goroutine') continue
    const time = Number(profile.timeNanos)
    const from = time || at(file)?.from || 0
    if (from <= 0) continue
    out.push({
      kind: 'profile',
      clock: WALL,
      from,
      to: from + Math.max(0, Number(profile.durationNanos)),
      certainty: time > 0 ? 'exact' : 'same moment',
      title: `${kind} profile`,
      file: file.id,
      view: 'flame',
      params: { src: String(file.id) },
    })
  }
}

async function dumpMoments(
  w: Workbench,
  x: Asking,
  out: Draft[],
  at: (file: WorkbenchFile) => Taken | undefined,
): Promise<void> {
  const { moments } = await workbenchDumps(w, x)
  for (const m of moments) {
    const stated = at(w.file(m.file))?.from
    const time = Number.isNaN(m.time) ? (stated ?? 0) : m.time
    if (time <= 0) continue
    out.push({
      kind: m.kind === 'crash' ? 'crash' : 'dump',
      clock: WALL,
      from: time,
      to: time,
      certainty: Number.isNaN(m.time) ? 'same moment' : m.certainty,
      title: `${m.goroutines} goroutines`,
      file: m.file,
      view: 'dumps',
      params: { 'dumps.at': String(m.dump) },
    })
  }
}

/** Ends of pauses that statistics know, unix ns, ascending, with the number of the last collection. */
interface PauseEnds {
  readonly ends: readonly number[]
  readonly last: number
}

function memoryMoments(
  w: Workbench,
  out: Draft[],
  at: (file: WorkbenchFile) => Taken | undefined,
): PauseEnds | undefined {
  let best: PauseEnds | undefined
  for (const { snapshot, file, name } of memorySnapshots(w).items) {
    const m = snapshot.memstats
    const stated = at(w.file(file))?.from
    // Of the moment itself statistics say nothing, but it was after the last collection.
    const last = m?.LastGC ?? 0
    const time = stated ?? last
    if (time > 0)
      out.push({
        kind: 'memory',
        clock: WALL,
        from: time,
        to: time,
        certainty: stated === undefined ? 'at least' : 'exact',
        title: `memory: ${momentName(baseName(name))}`,
        file,
        view: 'memory',
        params: {},
      })
    const ends = [...(m?.pauseEnds ?? [])].filter((e) => e > 0).sort((a, b) => a - b)
    if (ends.length > (best?.ends.length ?? 0)) best = { ends, last: m?.NumGC ?? 0 }
  }
  for (const { kind, id, ...file } of w.files) {
    if (kind !== 'heapdump') continue
    const stated = at({ kind, id, ...file })?.from
    if (stated !== undefined)
      out.push({
        kind: 'heapdump',
        clock: WALL,
        from: stated,
        to: stated,
        certainty: 'exact',
        title: 'heap dump',
        file: id,
        view: 'heapdump',
        params: { 'heapdump.file': String(id) },
      })
  }
  return best
}

/** Collections of a log and statistics must agree this well, ns: logs print whole ms. */
const LOG_TOLERANCE = 5e6
/** Fewer collections could agree by chance. */
const LEAST_ALIGNED = 4

/**
 * When the process of a log began, by collections that statistics know the end of: number by number, and all of them
 * must say the same. undefined where they do not: then the two are of different runs.
 */
export function processStart(
  number: Float64Array,
  endOfCycle: Float64Array,
  { ends, last }: PauseEnds,
): number | undefined {
  const starts: number[] = []
  for (let i = 0; i < number.length; i++) {
    const back = last - number[i]
    if (back < 0 || back >= ends.length || Number.isNaN(endOfCycle[i])) continue
    starts.push(ends[ends.length - 1 - back] - endOfCycle[i] * 1e9)
  }
  if (starts.length < LEAST_ALIGNED) return undefined
  starts.sort((a, b) => a - b)
  return starts[starts.length - 1] - starts[0] <= LOG_TOLERANCE ? starts[starts.length >> 1] : undefined
}

function logSeries(
  file: WorkbenchFile,
  log: RuntimeLog,
  known: PauseEnds | undefined,
  out: SeriesDraft[],
): void {
  const clocks = new Map<
    number,
    { readonly clock: ClockDraft; readonly start: number; readonly certainty: TimeCertainty }
  >()
  const several = log.processes.length > 1
  const clockOf = (process: number, start: number | undefined) => {
    let c = clocks.get(process)
    if (c === undefined) {
      const zero = `the start of the process of ${file.name}${several ? `, run ${process + 1}` : ''}`
      c =
        start === undefined
          ? { clock: { key: `log${file.id}.${process}`, zero }, start: 0, certainty: 'exact' }
          : { clock: WALL, start, certainty: 'computed' }
      clocks.set(process, c)
    }
    return c
  }
  for (const { process } of gcProcesses(log)) {
    const c = cyclesOf(log, process)
    const [pause1, pause2] = pausesOf(c)
    const took = ['wall0', 'wall1', 'wall2', 'wall3', 'wall4'] as const
    const end = c.time.map((t, i) => t + took.reduce((ms, name) => ms + (c.column(name)[i] || 0), 0) / 1000)
    const wall = c.column('wall')
    const hasWall = !Number.isNaN(wall[0])
    const at = clockOf(process, known && processStart(c.column('number'), end, known))
    out.push({
      kind: 'gc',
      clock: hasWall ? WALL : at.clock,
      title: 'collections',
      file: file.id,
      // Prefixes are written when the line is: at the end of the collection.
      certainty: hasWall ? 'exact' : at.certainty,
      at: hasWall ? wall.map((ms) => ms * 1e6) : c.time.map((s) => at.start + s * 1e9),
      weight: pause1.map((v, i) => ((v || 0) + (pause2[i] || 0)) * 1e6),
      view: 'gc',
      rowParam: 'gc.cycle',
      params: { 'gc.file': String(file.id), ...(several && { 'gc.process': String(process) }) },
    })
  }
  for (const { process } of log.sched.processes) {
    const rows = log.sched.rows
    const of = rows.column('process')
    const keep: number[] = []
    for (let i = 0; i < of.length; i++) if (of[i] === process) keep.push(i)
    const time = rows.column('time')
    const wall = rows.column('wall')
    const [max, idle] = [rows.column('gomaxprocs'), rows.column('idleprocs')]
    const hasWall = keep.length > 0 && !Number.isNaN(wall[keep[0]])
    const at = clockOf(process, undefined)
    out.push({
      kind: 'sched',
      clock: hasWall ? WALL : at.clock,
      title: 'scheduler',
      file: file.id,
      certainty: hasWall ? 'exact' : at.certainty,
      at: Float64Array.from(keep, (i) => (hasWall ? wall[i] * 1e6 : at.start + time[i] * 1e6)),
      weight: Float64Array.from(keep, (i) => 1 - idle[i] / max[i]),
      view: 'sched',
      rowParam: 'sched.row',
      params: { 'sched.file': String(file.id), ...(several && { 'sched.process': String(process) }) },
    })
  }
}

/** Ends of collections in a trace and in statistics agree to this, ns. */
const TRACE_TOLERANCE = 100e3

/**
 * The time of the one clock at which the other one is 0: the shift that brings most times of `relative` onto times of
 * `absolute`, both ascending ns. undefined unless nearly all of those that could meet do.
 */
export function alignTimes(
  relative: readonly number[],
  absolute: readonly number[],
  tolerance = TRACE_TOLERANCE,
): number | undefined {
  let best = { hits: 0, shift: 0, could: 0 }
  // One of a few of the first must have a partner, or too little would meet.
  for (const first of relative.slice(0, 8))
    for (const other of absolute) {
      const shift = other - first
      let hits = 0
      let could = 0
      let k = 0
      for (const t of relative) {
        const at = t + shift
        if (at < absolute[0] - tolerance || at > absolute[absolute.length - 1] + tolerance) continue
        could++
        while (k < absolute.length && absolute[k] < at - tolerance) k++
        if (k < absolute.length && absolute[k] <= at + tolerance) hits++
      }
      if (hits > best.hits) best = { hits, shift, could }
    }
  return best.hits >= LEAST_ALIGNED && best.hits >= 0.9 * best.could ? best.shift : undefined
}

function traceMoments(
  file: WorkbenchFile,
  known: PauseEnds | undefined,
  taken: Taken | undefined,
  moments: Draft[],
  series: SeriesDraft[],
): void {
  const link = { file: file.id, view: 'timeline', params: { 'timeline.file': String(file.id) } }
  if (file.bytes.length > MAX_TRACE) {
    if (taken !== undefined)
      moments.push({
        kind: 'trace',
        clock: WALL,
        ...taken,
        certainty: 'same moment',
        title: 'trace',
        ...link,
      })
    return
  }
  try {
    const gc = new GcEvents()
    const { usable, usableEnd } = runTrace(file.bytes, () => ({ usable: [gc], delivered: [], gc }))
    const { tables, lastTime } = usableEnd
    const { marks } = usable.gc.facts()
    const ends = marks.map((m) => m.start + m.duration)
    const [snapshot] = tables.clocks
    const stated =
      snapshot && Number(snapshot.wallSec) * 1e9 + snapshot.wallNsec - Number(snapshot.trace - tables.start)
    const computed = stated === undefined && known !== undefined ? alignTimes(ends, known.ends) : undefined
    const start = stated ?? computed ?? taken?.from
    const clock = start === undefined ? { key: `trace${file.id}`, zero: `the start of ${file.name}` } : WALL
    const certainty: TimeCertainty =
      stated !== undefined ? 'exact' : computed !== undefined ? 'computed' : taken ? 'same moment' : 'exact'
    const zero = start ?? 0
    moments.push({
      kind: 'trace',
      clock,
      from: zero,
      to: zero + lastTime,
      certainty,
      title: 'trace',
      ...link,
    })
    if (marks.length > 0)
      series.push({
        kind: 'gc',
        clock,
        title: 'collections in the trace',
        certainty,
        at: Float64Array.from(marks, (m) => zero + m.start),
        weight: Float64Array.from(marks, (m) => m.duration),
        rowParam: '',
        ...link,
      })
  } catch (e) {
    if (!(e instanceof DecodeError)) throw e
  }
}
