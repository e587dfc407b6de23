// A trace as the timeline shows it: read once, in the background, and usable long before it is read.

import { originOf } from '../../analysis/origin.ts'
import { AssistSpans } from '../../analysis/trace/assist-spans.ts'
import { GcEvents, type GcFacts } from '../../analysis/trace/gc.ts'
import { isSystemGoroutine } from '../../analysis/trace/goroutines.ts'
import { LevelsOfDetail } from '../../analysis/trace/lod.ts'
import { type Timeline, TimelineEvents } from '../../analysis/trace/timeline.ts'
import { COUNTED, GroupCounts, SLOTS } from '../../analysis/trace/timeline-groups.ts'
import { TimelineNotes } from '../../analysis/trace/timeline-notes.ts'
import { UserError } from '../../base/errors.ts'
import { readTraceSteps, type TraceEnd, type TraceGap } from '../../formats/trace/read-trace.ts'
import { type EventSink, STATE, type TraceTables } from '../../model/trace.ts'
import { damageOf } from '../trace-damage.ts'
import type { TraceDamage } from '../trace-summary.ts'
import type { Asking } from './question.ts'
import type { Workbench } from './workbench.ts'

/** Goroutines with the same start function; the runtime's own are one group. */
export interface TrackGroup {
  /** Start function; 'runtime' for the runtime's own, '' for those that nothing is known of. */
  readonly name: string
  readonly kind: 'user' | 'std' | 'runtime' | 'unknown'
  /** Rows, ascending: in the order in which they were first seen. */
  readonly goroutines: readonly number[] | Uint32Array
  /** Time that they ran, and that they waited for each other or for locks, ns. */
  readonly running: number
  readonly waiting: number
}

/** What was read so far, ready for any window. Never changes; a later version takes its place. */
export interface TraceView {
  /** From 1 on. */
  readonly version: number
  /** Whether the whole file was read, and otherwise which share of it. */
  readonly complete: boolean
  readonly share: number
  readonly timeline: Timeline
  readonly lod: LevelsOfDetail
  readonly procs: LevelsOfDetail
  readonly counts: GroupCounts
  /** User's groups first, those that ran most first. */
  readonly groups: readonly TrackGroup[]
  /** Goroutine row -> group. */
  readonly groupOf: Uint16Array
  readonly gc: GcFacts
  /** Goroutine row -> times in which it helped the collector: from, to, …; empty until the file was read. */
  readonly assists: ReadonlyMap<number, readonly number[]>
  /** Time of the last event, ns. */
  readonly end: number
  readonly damage: TraceDamage | undefined
}

/** So many spans are enough for a first picture; each further one is made of four times as many. */
const FIRST_SPANS = 40_000
const NEXT_FACTOR = 4
/** Groups beyond this many are shown as one. */
const MOST_GROUPS = 255
/** ms of work after which others have their turn. */
const SLICE_MS = 25

/** One trace file: its reading, and what was read. */
export class TraceIndex {
  readonly notes = new TimelineNotes()
  readonly gaps: TraceGap[] = []
  /** Set before the first version. */
  tables: TraceTables | undefined
  private readonly bytes: Uint8Array
  private readonly events: TimelineEvents
  private readonly gc = new GcEvents()
  private readonly assists = new AssistSpans()
  private view: TraceView | undefined
  private failure: unknown
  private read = 0
  private waiting: (() => void)[] = []
  private threadLods = new WeakMap<TraceView, Promise<LevelsOfDetail>>()
  private started = false

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    // An event takes five bytes or more.
    this.events = new TimelineEvents(bytes.length / 5)
  }

  /** Begins to read, unless it has. */
  start(x: Pick<Asking, 'breathe'>): void {
    if (this.started) return
    this.started = true
    this.run(x).catch((e: unknown) => {
      this.failure = e
      this.wake()
    })
  }

  /** The newest version that is newer than `after`, or the last. Rejects with DecodeError if there is none. */
  async newest(x: Asking, after = 0): Promise<TraceView> {
    this.start(x)
    for (;;) {
      if (this.view !== undefined && (this.view.version > after || this.view.complete)) return this.view
      if (this.failure !== undefined) throw this.failure
      x.progress(this.read, this.bytes.length, 'reading the trace')
      await new Promise<void>((resolve) => this.waiting.push(resolve))
    }
  }

  /** Tracks of threads, made when they are first asked for. */
  threads(view: TraceView, x: Pick<Asking, 'breathe'>): Promise<LevelsOfDetail> {
    let made = this.threadLods.get(view)
    if (made === undefined) {
      made = inSlices(view.timeline.threadSteps(), x).then((spans) => new LevelsOfDetail(spans))
      this.threadLods.set(view, made)
    }
    return made
  }

  private async run(x: Pick<Asking, 'breathe'>): Promise<void> {
    const tables: EventSink = {
      block: (_, t) => {
        this.tables = t
      },
    }
    const steps = readTraceSteps(this.bytes, [tables, this.events, this.gc, this.assists, this.notes], {
      resume: true,
      progress: (at) => {
        this.read = at
      },
    })
    let next = FIRST_SPANS
    let slice = now()
    for (;;) {
      const { done, value } = steps.next()
      if (done) {
        if (value.error !== undefined && value.events === 0) throw value.error
        this.gaps.push(...value.gaps)
        await this.publish(x, value)
        return
      }
      if (this.events.count >= next) {
        await this.publish(x, undefined)
        next = this.events.count * NEXT_FACTOR
        slice = now()
      } else if (now() - slice > SLICE_MS) {
        // Those who wait tell how far it got.
        this.wake()
        await x.breathe()
        slice = now()
      }
    }
  }

  private wake(): void {
    const waiting = this.waiting
    this.waiting = []
    for (const resolve of waiting) resolve()
  }

  private async publish(x: Pick<Asking, 'breathe'>, end: TraceEnd | undefined): Promise<void> {
    const timeline = await inSlices(this.events.snapshotSteps(), x)
    const { goroutines } = timeline
    const groups = groupTracks(timeline, this.tables)
    const counts = new GroupCounts(goroutines, groups.of, groups.lists.length)
    await inSlices(counts.build(), x)
    const procs = new LevelsOfDetail(await inSlices(timeline.procSteps(), x))
    const times = counts.times(0, goroutines.endTime)
    this.view = {
      version: (this.view?.version ?? 0) + 1,
      complete: end !== undefined,
      share: end !== undefined ? 1 : this.read / Math.max(1, this.bytes.length),
      timeline,
      lod: new LevelsOfDetail(goroutines),
      procs,
      counts,
      groups: groups.lists.map((g, i) => ({
        ...g,
        running: times[i * SLOTS + COUNTED.indexOf(STATE.Running)],
        waiting: times.subarray(i * SLOTS + COUNTED.indexOf(7), (i + 1) * SLOTS).reduce((a, b) => a + b, 0),
      })),
      groupOf: groups.of,
      gc: this.gc.facts(),
      assists: end !== undefined ? this.assists.done(goroutines.endTime) : new Map(),
      end: Math.max(goroutines.endTime, end?.lastTime ?? 0),
      damage: end && damageOf(end),
    }
    this.wake()
  }
}

const indexes = new WeakMap<Workbench, Map<number, TraceIndex>>()

/** The index of a file, made when it is first asked for. Throws UserError if it is no trace. */
export function traceIndex(w: Workbench, file: number): TraceIndex {
  let known = indexes.get(w)
  if (known === undefined) {
    known = new Map()
    indexes.set(w, known)
  }
  let index = known.get(file)
  if (index === undefined) {
    const { kind, name, bytes } = w.file(file)
    if (kind !== 'trace') throw new UserError(`${name} is no execution trace`)
    index = new TraceIndex(bytes)
    known.set(file, index)
  }
  return index
}

/** Runs steps to their end, and lets others have their turn in between. */
export async function inSlices<T>(steps: Generator<void, T>, x: Pick<Asking, 'breathe'>): Promise<T> {
  let slice = now()
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    if (now() - slice <= SLICE_MS) continue
    await x.breathe()
    slice = now()
  }
}

const now = (): number => Date.now()

/** Groups of goroutines, and goroutine row -> group. */
function groupTracks(
  timeline: Timeline,
  tables: TraceTables | undefined,
): { lists: Pick<TrackGroup, 'name' | 'kind' | 'goroutines'>[]; of: Uint16Array } {
  const { goroutines, startFunction } = timeline
  const { tracks, first } = goroutines
  const of = new Uint16Array(tracks)
  const counts = new Map<number, number>()
  const keyOf = new Map<number, number>()
  /** Start functions of one group have one key: the runtime's own that of the first of them. */
  const key = (name: number): number => {
    const known = keyOf.get(name)
    if (known !== undefined) return known
    const text = tables?.strings.get(name) ?? ''
    const made = text === '' ? 0 : isSystemGoroutine(text) ? -1 : name
    keyOf.set(name, made)
    return made
  }
  for (let g = 0; g < tracks; g++)
    if (first[g] < first[g + 1]) {
      const k = key(startFunction[g])
      counts.set(k, (counts.get(k) ?? 0) + 1)
    }
  const about = [...counts].map(([k, count]) => ({ key: k, count, ...describe(k, tables) }))
  const rank = { user: 0, std: 1, unknown: 2, runtime: 3 }
  about.sort((a, b) => rank[a.kind] - rank[b.kind] || mainFirst(a.name) - mainFirst(b.name) || a.key - b.key)
  const index = new Map<number, number>()
  for (const [i, a] of about.entries()) index.set(a.key, Math.min(i, MOST_GROUPS))
  const shown = about.slice(0, MOST_GROUPS + 1)
  const sizes = new Uint32Array(shown.length)
  for (const [k, count] of counts) sizes[index.get(k) as number] += count
  const lists = Array.from(sizes, (n) => new Uint32Array(n))
  const filled = new Uint32Array(shown.length)
  for (let g = 0; g < tracks; g++)
    if (first[g] < first[g + 1]) {
      const i = index.get(key(startFunction[g])) as number
      of[g] = i
      lists[i][filled[i]++] = g
    }
  return {
    lists: shown.map((a, i) => ({
      name: i === MOST_GROUPS && about.length > shown.length ? 'others' : a.name,
      kind: a.kind,
      goroutines: lists[i],
    })),
    of,
  }
}

function describe(key: number, tables: TraceTables | undefined): Pick<TrackGroup, 'name' | 'kind'> {
  if (key === -1) return { name: 'runtime', kind: 'runtime' }
  if (key === 0 || tables === undefined) return { name: '', kind: 'unknown' }
  const name = tables.strings.get(key)
  // The main goroutine begins in the runtime, but it is the program's.
  if (name === 'runtime.main') return { name, kind: 'user' }
  const origin = originOf(name, '')
  return { name, kind: origin === 'main' || origin === 'module' ? 'user' : 'std' }
}

function mainFirst(name: string): number {
  return name === 'runtime.main' ? 0 : 1
}
