// A window of the timeline: what to draw, in amounts that depend on pixels.

import { widerF64, widerI32, widerU8, widerU32 } from '../../../analysis/trace/columns.ts'
import type { LevelsOfDetail, WindowSpans } from '../../../analysis/trace/lod.ts'
import { STATES, WAIT } from '../../../analysis/trace/spans.ts'
import { COUNTED } from '../../../analysis/trace/timeline-groups.ts'
import { STATE } from '../../../model/trace.ts'
import type { Asking } from '../question.ts'
import { type TimelineNames, timelineNames } from '../timeline-names.ts'
import { type TraceIndex, type TraceView, traceIndex } from '../trace-index.ts'
import type { Workbench } from '../workbench.ts'

/** A track: of a goroutine, proc or thread, by its row. */
export interface TrackRef {
  readonly kind: 'g' | 'p' | 't'
  readonly row: number
}

export interface WindowParams {
  readonly file: number
  /** ns since the trace's start. */
  readonly from: number
  readonly to: number
  /** Columns of the picture. */
  readonly width: number
  readonly tracks: readonly TrackRef[]
  /** Groups whose goroutines are counted by state; -1 = all of the program's. */
  readonly groups: readonly number[]
  /** Whether the heap is wanted. */
  readonly heap?: boolean
  /** Whether regions, assists, samples and logs are wanted. */
  readonly notes?: boolean
}

/** Spans of all tracks, one after the other. */
export interface TrackWindows {
  /** Track -> its entries are [first[track], first[track + 1]). */
  readonly first: Uint32Array
  readonly start: Float64Array
  readonly end: Float64Array
  /** State (STATE or WAIT; LANE_STATE for procs and threads); of merged spans the one with the most time. */
  readonly state: Uint8Array
  /** How many spans are in it. */
  readonly merged: Uint32Array
  /** Goroutine row + 1 that a proc or thread has (of merged spans: the longest's), 0 = none. */
  readonly item: Int32Array
  /** 1 where that goroutine is the runtime's own. */
  readonly system: Uint8Array
  /** Entry * STATES + state -> share of the time, of 255. All 0 for spans by themselves. */
  readonly mix: Uint8Array
  /** Entries that are wide enough for a text, and the text. */
  readonly labelAt: Int32Array
  readonly labels: readonly string[]
}

/** Marks on tracks: parts of assists and regions. */
export interface TrackMarks {
  readonly track: Int32Array
  readonly start: Float64Array
  readonly end: Float64Array
  /** How many regions are around it. */
  readonly depth: Uint8Array
  readonly names: readonly string[]
}

export interface TimelineWindow {
  readonly version: number
  readonly from: number
  readonly to: number
  readonly width: number
  readonly tracks: TrackWindows
  /** (Index in the asked groups * SLOTS + slot) * width + column -> mean number of goroutines. States by slot: `slots`. */
  readonly counts: Float32Array
  readonly slots: readonly number[]
  /** Bytes per column: least and greatest heap, greatest goal; NaN where nothing is known. */
  readonly heap:
    | { readonly min: Float64Array; readonly max: Float64Array; readonly goal: Float64Array }
    | undefined
  readonly assists: TrackMarks
  readonly regions: TrackMarks
  /** CPU samples: number per column; of the tracks: track and time of those that lie on one. */
  readonly samples: { readonly counts: Uint32Array; readonly track: Int32Array; readonly time: Float64Array }
  /** User logs, at most MOST_LOGS, and how many there are in all. */
  readonly logs: {
    readonly time: Float64Array
    readonly goroutine: Int32Array
    readonly texts: readonly string[]
    readonly total: number
  }
}

const MOST_LOGS = 400
const MOST_MARKS = 4000
/** Spans get a text from so many pixels on. */
const TEXT_PIXELS = 36

export const fresh = true

/** The window. Waits only for the first version of the index. */
export async function answer(w: Workbench, p: WindowParams, x: Asking): Promise<TimelineWindow> {
  const index = traceIndex(w, p.file)
  const view = await index.newest(x)
  const threads = p.tracks.some((t) => t.kind === 't') ? await index.threads(view, x) : undefined
  const names = timelineNames(index, view)
  const width = Math.max(1, Math.min(8192, Math.round(p.width)))
  const from = Math.max(0, p.from)
  const to = Math.max(from + 1, p.to)
  const q = { ...p, from, to, width }
  return {
    version: view.version,
    from,
    to,
    width,
    tracks: trackWindows(view, threads, names, q),
    counts: view.counts.window(from, to, width, p.groups, (group, slot) => {
      // What the runtime's own goroutines wait for says nothing.
      const state = COUNTED[slot]
      return view.groups[group].kind !== 'runtime' || state === STATE.Running || state === STATE.Runnable
    }),
    slots: COUNTED,
    heap: p.heap === true ? heapWindow(view, from, to, width) : undefined,
    assists: assistMarks(view, q),
    regions: regionMarks(index, names, q),
    samples: sampleMarks(index, q),
    logs: logMarks(index, names, q),
  }
}

interface Query extends WindowParams {
  readonly width: number
}

function trackWindows(
  view: TraceView,
  threads: LevelsOfDetail | undefined,
  names: TimelineNames,
  { tracks, from, to, width }: Query,
): TrackWindows {
  const first = new Uint32Array(tracks.length + 1)
  const out = new Entries(view)
  // Many busy tracks at once: nobody tells single pixels of them apart, and answers must be quick.
  const columns = tracks.length > 60 ? Math.ceil(width / 2) : width
  const wide = ((to - from) / width) * TEXT_PIXELS
  for (const [i, track] of tracks.entries()) {
    const lod = track.kind === 'g' ? view.lod : track.kind === 'p' ? view.procs : threads
    if (lod !== undefined && track.row >= 0 && track.row < lod.spans.tracks) {
      const w = lod.window(track.row, from, to, columns)
      const at = out.count
      out.add(lod, w)
      for (let k = 0; k < w.count; k++) {
        if (w.merged[k] !== 1 || w.end[k] - w.start[k] < wide) continue
        const text =
          track.kind === 'g'
            ? goroutineText(view, names, track.row, w.row[k])
            : laneText(names, out.item[at + k] - 1)
        if (text !== '') out.label(at + k, text)
      }
    }
    first[i + 1] = out.count
  }
  return out.done(first)
}

/** Entries of all tracks, in columns that grow. */
class Entries {
  count = 0
  item = new Int32Array(0)
  private start = new Float64Array(0)
  private end = new Float64Array(0)
  private state = new Uint8Array(0)
  private merged = new Uint32Array(0)
  private mix = new Uint8Array(0)
  private system = new Uint8Array(0)
  private readonly view: TraceView
  private readonly labelAt: number[] = []
  private readonly labels: string[] = []

  constructor(view: TraceView) {
    this.view = view
  }

  /** Adds all of a track. */
  add(lod: LevelsOfDetail, w: WindowSpans): void {
    const of = lod.spans
    this.reserve(this.count + w.count)
    const { start, end, state, merged, item, mix, system, view } = this
    const lane = of.item.length > 0
    for (let i = 0; i < w.count; i++) {
      const at = this.count++
      start[at] = w.start[i]
      end[at] = w.end[i]
      const row = w.row[i]
      merged[at] = w.merged[i]
      if (lane) {
        const g = of.item[row]
        item[at] = g
        system[at] = g > 0 && view.groups[view.groupOf[g - 1]]?.kind === 'runtime' ? 1 : 0
      }
      if (w.merged[i] === 1) {
        state[at] = of.states[row] & 15
        continue
      }
      const scale = 255 / (w.end[i] - w.start[i])
      let most = -1
      for (let s = 1; s < STATES; s++) {
        const time = w.mix[i * STATES + s]
        if (time <= 0) continue
        mix[at * STATES + s] = Math.max(1, Math.round(time * scale))
        if (time > most) {
          most = time
          state[at] = s
        }
      }
    }
  }

  label(at: number, text: string): void {
    this.labelAt.push(at)
    this.labels.push(text)
  }

  done(first: Uint32Array): TrackWindows {
    const { count, start, end, state, merged, item, mix, system, labels } = this
    return {
      first,
      start: start.slice(0, count),
      end: end.slice(0, count),
      state: state.slice(0, count),
      merged: merged.slice(0, count),
      item: item.slice(0, count),
      system: system.slice(0, count),
      mix: mix.slice(0, count * STATES),
      labelAt: Int32Array.from(this.labelAt),
      labels,
    }
  }

  private reserve(rows: number): void {
    if (rows <= this.start.length) return
    const n = Math.max(1024, rows * 2)
    this.start = widerF64(this.start, n)
    this.end = widerF64(this.end, n)
    this.state = widerU8(this.state, n)
    this.merged = widerU32(this.merged, n)
    this.item = widerI32(this.item, n)
    this.mix = widerU8(this.mix, n * STATES)
    this.system = widerU8(this.system, n)
  }
}

/** Where a goroutine ran, or what it waited for. */
function goroutineText(view: TraceView, names: TimelineNames, g: number, row: number): string {
  const spans = view.timeline.goroutines
  const state = spans.states[row] & 15
  if (state === STATE.Running) {
    const k = view.lod.indexAt(g, spans.known[row])
    const next = k + 1 < spans.first[g + 1] ? spans.order[k + 1] : -1
    const stack = next >= 0 && spans.by[next] === 0 ? spans.stack[next] : 0
    return names.where(stack) || names.startFunction(g)
  }
  if (state === STATE.Waiting || state >= WAIT.sync) {
    const reason = names.text(spans.reason[row])
    const where = names.where(spans.stack[row])
    return where === '' ? reason : `${reason}: ${where}`
  }
  if (state === STATE.Syscall) return names.where(spans.stack[row])
  return ''
}

function laneText(names: TimelineNames, goroutine: number): string {
  if (goroutine < 0) return ''
  return `G${names.goroutineId(goroutine)} ${names.startFunction(goroutine)}`.trim()
}

function heapWindow(view: TraceView, from: number, to: number, width: number): TimelineWindow['heap'] {
  const { heap, heapGoal } = view.timeline
  const { min, max } = heap.window(from, to, width)
  return { min, max, goal: heapGoal.window(from, to, width).max }
}

class Marks {
  private readonly track: number[] = []
  private readonly start: number[] = []
  private readonly end: number[] = []
  private readonly depth: number[] = []
  private readonly names: string[] = []

  get full(): boolean {
    return this.track.length >= MOST_MARKS
  }

  add(track: number, start: number, end: number, depth: number, name: string): void {
    this.track.push(track)
    this.start.push(start)
    this.end.push(end)
    this.depth.push(depth)
    this.names.push(name)
  }

  done(): TrackMarks {
    return {
      track: Int32Array.from(this.track),
      start: Float64Array.from(this.start),
      end: Float64Array.from(this.end),
      depth: Uint8Array.from(this.depth),
      names: this.names,
    }
  }
}

function assistMarks(view: TraceView, { tracks, from, to, width, notes }: Query): TrackMarks {
  const marks = new Marks()
  const least = (to - from) / width
  if (notes !== true) return marks.done()
  for (const [i, { kind, row }] of tracks.entries()) {
    const flat = kind === 'g' ? view.assists.get(row) : undefined
    if (flat === undefined) continue
    for (let k = 0; k < flat.length && flat[k] < to && !marks.full; k += 2)
      if (flat[k + 1] > from && flat[k + 1] - flat[k] >= least / 2) marks.add(i, flat[k], flat[k + 1], 0, '')
  }
  return marks.done()
}

function regionMarks(
  { notes }: TraceIndex,
  names: TimelineNames,
  { tracks, from, to, width, notes: wanted }: Query,
): TrackMarks {
  const marks = new Marks()
  const least = (to - from) / width
  if (wanted !== true) return marks.done()
  const { start, end, name } = notes.regions
  for (const [i, { kind, row }] of tracks.entries()) {
    if (kind !== 'g') continue
    const around: number[] = []
    for (const r of notes.regionsOf(row)) {
      while (around.length > 0 && around[around.length - 1] <= start.f[r]) around.pop()
      around.push(end.f[r])
      if (start.f[r] >= to || marks.full) break
      if (end.f[r] > from && Math.min(end.f[r], to) - start.f[r] >= least)
        marks.add(i, start.f[r], Math.min(end.f[r], to), around.length - 1, names.text(name.a[r]))
    }
  }
  return marks.done()
}

function sampleMarks({ notes }: TraceIndex, q: Query): TimelineWindow['samples'] {
  const { time, goroutine, proc, thread } = notes.samples
  const counts = new Uint32Array(q.width)
  const tracks: number[] = []
  const times: number[] = []
  const column = (q.to - q.from) / q.width
  const by = { g: new Map<number, number>(), p: new Map<number, number>(), t: new Map<number, number>() }
  for (const [i, t] of q.tracks.entries()) by[t.kind].set(t.row + 1, i)
  for (let i = firstAt(time.f, time.length, q.from); i < time.length && time.f[i] < q.to; i++) {
    counts[Math.min(q.width - 1, Math.floor((time.f[i] - q.from) / column))]++
    if (times.length >= MOST_MARKS) continue
    for (const track of [by.g.get(goroutine.a[i]), by.p.get(proc.a[i]), by.t.get(thread.a[i])])
      if (track !== undefined) {
        tracks.push(track)
        times.push(time.f[i])
      }
  }
  return { counts, track: Int32Array.from(tracks), time: Float64Array.from(times) }
}

function logMarks({ notes }: TraceIndex, names: TimelineNames, q: Query): TimelineWindow['logs'] {
  const { time, goroutine, category, message } = notes.logs
  const begin = firstAt(time.f, time.length, q.from)
  const end = firstAt(time.f, time.length, q.to)
  const shown = Math.min(MOST_LOGS, end - begin)
  const step = (end - begin) / Math.max(1, shown)
  const rows = Array.from({ length: shown }, (_, i) => begin + Math.floor(i * step))
  return {
    time: Float64Array.from(rows, (i) => time.f[i]),
    goroutine: Int32Array.from(rows, (i) => goroutine.a[i] - 1),
    texts: rows.map((i) => {
      const c = names.text(category.a[i])
      return c === '' ? names.text(message.a[i]) : `[${c}] ${names.text(message.a[i])}`
    }),
    total: end - begin,
  }
}

/** Index of the first of `length` ascending times that is not before `time`. */
function firstAt(times: ArrayLike<number>, length: number, time: number): number {
  let low = 0
  let high = length
  while (low < high) {
    const mid = (low + high) >>> 1
    if (times[mid] < time) low = mid + 1
    else high = mid
  }
  return low
}
