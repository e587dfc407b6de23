// A trace as Perfetto shows it: tracks of processors, goroutines, user tasks and the collector, and counters.

import { Places } from '../../analysis/trace/places.ts'
import type { Int } from '../../base/int64.ts'
import { displayable } from '../../base/utf8.ts'
import { type Annotation, PerfettoWriter } from '../../formats/perfetto/encode.ts'
import {
  EVENT,
  type EventBlock,
  type EventSink,
  NAME,
  SCOPE,
  STATE,
  type TraceTables,
} from '../../model/trace.ts'

/** Tracks that others stand below, and counters. Those of procs, goroutines and tasks come after them. */
const TRACK = {
  procs: 1,
  goroutines: 2,
  tasks: 3,
  collector: 4,
  counters: 5,
  heap: 6,
  heapGoal: 7,
  running: 8,
  runnable: 9,
} as const
const FIRST_FREE = 16
/** Kinds of tracks that there is one of per row of a table: uuid = FIRST_FREE + row * KINDS + kind. */
const KINDS = 4
const KIND = { proc: 0, goroutine: 1, regions: 2, task: 3 } as const

/** A goal above this says that the collector is off. */
const LARGEST_GOAL = 2 ** 50
/** Counters of goroutines are written no more often than this, ns. */
const COUNTER_STEP = 20_000

/** Writes a trace for Perfetto while it is read. Call `finish` after the last event. */
export class PerfettoTrace implements EventSink {
  private readonly out: PerfettoWriter
  private tables: TraceTables | undefined
  private places: Places | undefined
  private readonly state: number[] = []
  /** Goroutine row -> proc row it runs on, + 1. */
  private readonly procOf: number[] = []
  private readonly names: (string | undefined)[] = []
  /** Track -> open slices. */
  private readonly open = new Map<number, number>()
  private readonly known = new Set<number>()
  /** Track of a counter -> when it was last written. */
  private readonly counted = new Map<number, number>()
  private running = 0
  private runnable = 0
  private syncs = 0

  constructor(write: (piece: Uint8Array) => void) {
    this.out = new PerfettoWriter(write)
    this.out.track(TRACK.procs, 'Processors', { rank: 1 })
    this.out.track(TRACK.collector, 'Garbage collector', { rank: 2 })
    this.out.track(TRACK.counters, 'Counters', { rank: 3 })
    this.out.track(TRACK.tasks, 'Tasks', { rank: 4 })
    this.out.track(TRACK.goroutines, 'Goroutines', { rank: 5 })
    const counter = (uuid: number, name: string, unit: 'count' | 'bytes'): void =>
      this.out.track(uuid, name, { parent: TRACK.counters, counter: unit })
    counter(TRACK.heap, 'Heap', 'bytes')
    counter(TRACK.heapGoal, 'Heap goal', 'bytes')
    counter(TRACK.running, 'Goroutines running', 'count')
    counter(TRACK.runnable, 'Goroutines ready to run', 'count')
  }

  block(b: EventBlock, tables: TraceTables): void {
    this.tables = tables
    this.places ??= new Places(tables)
    for (let i = 0; i < b.length; i++) {
      switch (b.kind[i]) {
        case EVENT.Sync:
          this.syncs++
          break
        case EVENT.GoTransition:
          this.goroutine(b, i)
          break
        case EVENT.ProcTransition:
          if (b.res[i] >= 0 && b.to[i] !== STATE.Running)
            this.endAll(this.trackOf(KIND.proc, b.res[i]), b.time[i])
          break
        case EVENT.Metric:
          this.metric(b, i)
          break
        case EVENT.RangeBegin:
        case EVENT.RangeActive:
        case EVENT.RangeEnd:
          this.range(b, i)
          break
        case EVENT.RegionBegin:
        case EVENT.RegionEnd:
          this.region(b, i)
          break
        case EVENT.TaskBegin:
        case EVENT.TaskEnd:
          this.task(b, i)
          break
        case EVENT.Log:
          if (b.g[i] >= 0)
            this.out.instant(b.time[i], this.goroutineTrack(b.g[i]), this.text(b.extra[i]), 'log', [
              { name: 'category', value: this.text(b.name[i]) },
            ])
          break
        case EVENT.StackSample:
          if (b.g[i] >= 0)
            this.out.instant(
              b.time[i],
              this.goroutineTrack(b.g[i]),
              'CPU sample',
              'sample',
              this.at(b.stack[i]),
            )
          break
      }
    }
  }

  /** Ends what is open. `end` is the time of the last event. */
  finish(end: number): void {
    for (const [track, count] of this.open) for (let k = 0; k < count; k++) this.out.end(end, track)
    this.open.clear()
    this.out.finish()
  }

  // ---- events

  private goroutine(b: EventBlock, i: number): void {
    const g = b.res[i]
    const from = b.from[i]
    const to = b.to[i]
    if (g < 0 || from === to) return
    const time = b.time[i]
    const start = from === STATE.Undetermined && this.state[g] === undefined ? 0 : time
    while (this.state.length <= g) {
      this.state.push(0)
      this.procOf.push(0)
      this.names.push(undefined)
    }
    if (b.extra[i] > 0 && (this.names[g] === undefined || from === STATE.NotExist)) this.name(g, b.extra[i])
    const track = this.goroutineTrack(g)
    this.endOne(track, time)
    if (to === STATE.NotExist) this.endAll(this.trackOf(KIND.regions, g), time)
    else if (to === STATE.Running) this.begin(start, track, 'running', 'state')
    else if (to === STATE.Runnable) this.begin(start, track, 'ready to run', 'state', this.wokenBy(b, i))
    else if (to === STATE.Syscall) this.begin(start, track, 'system call', 'state', this.at(b.stack[i]))
    else {
      const reason = this.text(b.name[i])
      this.begin(start, track, reason === '' ? 'waiting' : reason, 'wait', this.at(b.stack[i]))
    }
    this.onProc(b, i, g, start)
    this.count(g, to, time)
    this.state[g] = to === STATE.NotExist ? 0 : to
  }

  private onProc(b: EventBlock, i: number, g: number, start: number): void {
    const to = b.to[i]
    const time = b.time[i]
    const before = this.procOf[g]
    if (to === STATE.Running && b.p[i] >= 0) {
      const track = this.procTrack(b.p[i])
      // After a system call that kept its processor the slice goes on.
      if (this.state[g] === STATE.Syscall && before === b.p[i] + 1 && this.open.get(track) === 2) {
        this.endOne(track, time)
        return
      }
      this.endAll(track, time)
      this.begin(start, track, this.nameOf(g), 'goroutine')
      this.procOf[g] = b.p[i] + 1
    } else if (before > 0) {
      const track = this.procTrack(before - 1)
      if (to === STATE.Syscall) {
        this.begin(time, track, 'system call', 'state', this.at(b.stack[i]))
        return
      }
      // In a system call it may have lost the processor to another.
      if (this.state[g] === STATE.Running || this.open.get(track) === 2) this.endAll(track, time)
      this.procOf[g] = 0
    }
  }

  private count(g: number, to: number, time: number): void {
    const from = this.state[g]
    if (from === STATE.Running || to === STATE.Running) {
      this.running += (to === STATE.Running ? 1 : 0) - (from === STATE.Running ? 1 : 0)
      this.counter(time, TRACK.running, this.running)
    }
    if (from === STATE.Runnable || to === STATE.Runnable) {
      this.runnable += (to === STATE.Runnable ? 1 : 0) - (from === STATE.Runnable ? 1 : 0)
      this.counter(time, TRACK.runnable, this.runnable)
    }
  }

  /** Values that others follow at once are left out: with them a third of the file would be counters. */
  private counter(time: number, track: number, value: number): void {
    const last = this.counted.get(track) ?? Number.NEGATIVE_INFINITY
    if (time - last < COUNTER_STEP) return
    this.counted.set(track, time)
    this.out.counter(time, track, value)
  }

  private metric(b: EventBlock, i: number): void {
    if (b.name[i] === NAME.heapObjects) this.out.counter(b.time[i], TRACK.heap, b.x[i])
    else if (b.name[i] === NAME.heapGoal && b.x[i] < LARGEST_GOAL)
      this.out.counter(b.time[i], TRACK.heapGoal, b.x[i])
  }

  /** Sweeps are left out: they are many, and told on procs, where they do not nest with what runs there. */
  private range(b: EventBlock, i: number): void {
    if (b.from[i] === SCOPE.Proc) return
    const track = b.from[i] === SCOPE.Goroutine ? this.regionTrack(b.res[i]) : TRACK.collector
    if (b.kind[i] === EVENT.RangeEnd) this.endOne(track, b.time[i])
    else if (b.kind[i] === EVENT.RangeBegin) this.begin(b.time[i], track, this.text(b.name[i]), 'range')
    else if (this.syncs < 2) this.begin(0, track, this.text(b.name[i]), 'range')
  }

  private region(b: EventBlock, i: number): void {
    if (b.g[i] < 0) return
    const track = this.regionTrack(b.g[i])
    if (b.kind[i] === EVENT.RegionEnd) this.endOne(track, b.time[i])
    else this.begin(b.time[i], track, this.text(b.name[i]), 'region', this.at(b.stack[i]))
  }

  private task(b: EventBlock, i: number): void {
    const row = b.res[i]
    if (row < 0) return
    const track = this.trackOf(KIND.task, row)
    const name = this.text(b.name[i])
    if (!this.known.has(track)) {
      this.known.add(track)
      this.out.track(track, `${name} ${this.idOf(this.tables?.tasks.id(row))}`, { parent: TRACK.tasks })
    }
    if (b.kind[i] === EVENT.TaskBegin) this.begin(b.time[i], track, name, 'task', this.at(b.stack[i]))
    else {
      if ((this.open.get(track) ?? 0) === 0) this.begin(0, track, name, 'task')
      this.endOne(track, b.time[i])
    }
  }

  // ---- tracks and names

  private trackOf(kind: number, row: number): number {
    return FIRST_FREE + row * KINDS + kind
  }

  private procTrack(row: number): number {
    const track = this.trackOf(KIND.proc, row)
    if (!this.known.has(track)) {
      this.known.add(track)
      const id = this.tables?.procs.id(row) ?? 0
      this.out.track(track, `Processor ${id}`, {
        parent: TRACK.procs,
        rank: Number(id) >= 0 && Number(id) < 2 ** 31 ? Number(id) : 0,
      })
    }
    return track
  }

  private goroutineTrack(g: number): number {
    const track = this.trackOf(KIND.goroutine, g)
    if (!this.known.has(track)) {
      this.known.add(track)
      this.out.track(track, this.nameOf(g), { parent: TRACK.goroutines })
    }
    return track
  }

  private regionTrack(g: number): number {
    const track = this.trackOf(KIND.regions, g)
    if (!this.known.has(track)) {
      this.known.add(track)
      this.out.track(track, 'regions', { parent: this.goroutineTrack(g) })
    }
    return track
  }

  /** The name of a goroutine became known. */
  private name(g: number, stack: number): void {
    const { tables } = this
    if (tables === undefined) return
    const root = tables.stacks.root(stack)
    const fn = root > 0 ? this.text(tables.stacks.fn.a[root]) : ''
    this.names[g] = `G${this.idOf(tables.goroutines.id(g))}${fn === '' ? '' : ` ${fn}`}`
    // A track that was named without it is named anew.
    this.known.delete(this.trackOf(KIND.goroutine, g))
  }

  private nameOf(g: number): string {
    return this.names[g] ?? `G${this.idOf(this.tables?.goroutines.id(g))}`
  }

  private idOf(id: Int | undefined): string {
    return id === undefined ? '?' : `${id}`
  }

  private text(id: number): string {
    return displayable(this.tables?.strings.get(id) ?? '')
  }

  private at(stack: number): Annotation[] {
    const place = this.places?.place(this.places.frame(stack))
    if (place === undefined) return []
    const file = displayable(place.file)
    return [
      { name: 'function', value: displayable(place.fn) },
      { name: 'source', value: `${file}:${place.line}` },
    ]
  }

  private wokenBy(b: EventBlock, i: number): Annotation[] {
    const by = b.g[i]
    if (b.from[i] !== STATE.Waiting || by < 0 || by === b.res[i]) return []
    return [{ name: 'woken by', value: this.nameOf(by) }, ...this.at(b.stack[i])]
  }

  // ---- slices

  private begin(
    time: number,
    track: number,
    name: string,
    category: string,
    annotations: readonly Annotation[] = [],
  ): void {
    this.open.set(track, (this.open.get(track) ?? 0) + 1)
    this.out.begin(time, track, name === '' ? '?' : name, category, annotations)
  }

  private endOne(track: number, time: number): void {
    const count = this.open.get(track) ?? 0
    if (count === 0) return
    this.out.end(time, track)
    if (count === 1) this.open.delete(track)
    else this.open.set(track, count - 1)
  }

  private endAll(track: number, time: number): void {
    while (this.open.has(track)) this.endOne(track, time)
  }
}
