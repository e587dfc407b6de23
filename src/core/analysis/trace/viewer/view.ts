import type { Int } from '../../../base/int64.ts'
import { displayable } from '../../../base/utf8.ts'
import {
  EVENT,
  type EventBlock,
  type EventSink,
  NAME,
  SCOPE,
  STATE,
  type TraceTables,
} from '../../../model/trace.ts'
import { ViewerEmitter } from './emitter.ts'
import { Emitters } from './emitters.ts'
import { LANE, type ViewerSink } from './entry.ts'
import { asTid, countedAs, GoroutineRuns } from './goroutine-runs.ts'
import type { ViewerTask, ViewMode, ViewSelection } from './selection.ts'

interface OpenRange {
  readonly name: number
  readonly start: number
  readonly stack: number
  /** Proc row of a range of a proc. */
  readonly proc: number
}

/** A view to make, and where its entries go. */
export interface ViewOutput {
  readonly selection: ViewSelection
  readonly sink: ViewerSink
}

/**
 * Makes the viewer data of a trace (webui.md, "Viewer data"): an EventSink that gives the entries of views
 * of one mode to their sinks. Call `finish` after the last event.
 */
export class TraceView implements EventSink {
  private readonly outputs: readonly ViewOutput[]
  readonly mode: ViewMode
  private readonly emitter: Emitters
  /** How many events to look at: those before the last good point of a damaged trace. */
  private left: number
  private tables: TraceTables | undefined
  private readonly goroutines: (GoroutineRuns | undefined)[] = []
  /** Proc row -> the goroutine in a syscall on it. Proc view only. */
  private readonly inSyscall = new Map<number, GoroutineRuns>()
  private readonly threads = new Set<number>()
  private highestProc: Int = 0
  private syncs = 0
  private readonly globalRanges = new Map<number, OpenRange>()
  private readonly procRanges = new Map<number, OpenRange>()
  private broken = false
  private lastTime = 0
  private readonly names: string[] = []

  /** `outputs`: at least one, all of one mode. `usable`: how many events to look at. */
  constructor(outputs: readonly ViewOutput[], usable = Number.POSITIVE_INFINITY) {
    this.outputs = outputs
    this.mode = outputs[0].selection.mode
    this.left = usable
    this.emitter = new Emitters(
      outputs.map(
        ({ selection, sink }) => new ViewerEmitter(sink, selection.from, selection.to, selection.lanes),
      ),
    )
  }

  block(b: EventBlock, tables: TraceTables): void {
    if (this.tables === undefined) {
      this.tables = tables
      this.emitter.use(tables)
    }
    const n = Math.min(b.length, this.left)
    this.left -= n
    for (let i = 0; i < n && !this.broken; i++) {
      switch (b.kind[i]) {
        case EVENT.Sync:
          this.syncs++
          break
        case EVENT.StackSample:
          this.point(b, i, 'CPU profile sample', '')
          break
        case EVENT.Log:
          this.point(b, i, this.logName(b, i), 'user event')
          break
        case EVENT.RangeBegin:
        case EVENT.RangeActive:
        case EVENT.RangeEnd:
          if (b.from[i] === SCOPE.Goroutine) this.goroutineRange(b, i)
          else if (b.from[i] === SCOPE.None) this.globalRange(b, i)
          else if (this.mode === 'proc') this.procRange(b, i)
          break
        case EVENT.Metric:
          this.metric(b, i)
          break
        case EVENT.Label:
          this.known(b.res[i])?.setLabel(tables.strings.get(b.name[i]))
          break
        case EVENT.GoTransition:
          this.goroutine(b, i)
          break
        case EVENT.ProcTransition:
          if (this.mode === 'proc') this.proc(b, i)
          else if (this.mode === 'thread') this.threadOfProc(b, i)
          break
      }
    }
    if (n > 0) this.lastTime = b.time[n - 1]
  }

  /** Emits what is still open, and the metadata. False if the trace contradicts itself: there is no view of it. */
  finish(): boolean {
    if (this.broken) return false
    for (const [k, { selection }] of this.outputs.entries())
      for (const [index, task] of selection.tasks.entries()) this.task(this.emitter.all[k], task, index)
    for (const open of this.procRanges.values()) this.endProcRange(open, this.lastTime, 0)
    for (const open of this.globalRanges.values()) this.endGlobalRange(open, this.lastTime, 0)
    for (const runs of this.goroutines) runs?.finish(this.lastTime)
    if (this.goroutines.some((runs) => runs?.broken)) return false
    if (this.mode === 'proc' && this.highestProc > MAX_PROCS) return false
    for (const [k, { selection }] of this.outputs.entries()) this.nameLanes(this.emitter.all[k], selection)
    return true
  }

  // ---- what is common to all views

  private laneOf(b: EventBlock, i: number): Int | undefined {
    switch (this.mode) {
      case 'proc':
        return this.procId(b.p[i])
      case 'thread':
        return b.m[i] < 0 ? undefined : this.tables?.threads.id(b.m[i])
      case 'goroutine':
        return b.g[i] < 0 ? undefined : this.tables?.goroutines.id(b.g[i])
    }
  }

  private procId(row: number): Int | undefined {
    return row < 0 ? undefined : this.tables?.procs.id(row)
  }

  private point(b: EventBlock, i: number, name: string, category: string): void {
    const lane = this.laneOf(b, i)
    if (lane !== undefined) this.emitter.instant(name, b.time[i], asTid(lane), b.stack[i], category)
  }

  private logName(b: EventBlock, i: number): string {
    const message = this.string(b.extra[i])
    return b.name[i] === NAME.empty ? message : `[${this.string(b.name[i])}] ${message}`
  }

  private metric(b: EventBlock, i: number): void {
    const name = b.name[i]
    if (name !== NAME.heapObjects && name !== NAME.heapGoal) return
    const value = b.wide.get(i * 4 + 1) ?? b.x[i]
    if (name === NAME.heapObjects) this.emitter.heapAllocated(b.time[i], value)
    else this.emitter.heapGoal(b.time[i], value)
  }

  /** Later generations repeat what is known; in the first one, an active range began before the trace. */
  private startOfActive(): boolean {
    return this.syncs < 2
  }

  private globalRange(b: EventBlock, i: number): void {
    const name = b.name[i]
    const opened = openedAt(b, i)
    if (opened === undefined) {
      const open = this.globalRanges.get(name) ?? this.unbegun(name, -1)
      this.endGlobalRange(open, b.time[i], b.stack[i])
      this.globalRanges.delete(name)
    } else if (opened > 0 || this.startOfActive())
      this.globalRanges.set(name, { name, start: opened, stack: b.stack[i], proc: -1 })
  }

  private endGlobalRange(open: OpenRange, time: number, stack: number): void {
    const name = this.string(open.name)
    if (name.includes('GC')) this.emitter.slice(name, name, open.start, time, LANE.gc, open.stack, stack)
  }

  private procRange(b: EventBlock, i: number): void {
    const proc = b.res[i]
    const key = proc * 2 ** 31 + b.name[i]
    const opened = openedAt(b, i)
    if (opened === undefined) {
      this.endProcRange(this.procRanges.get(key) ?? this.unbegun(b.name[i], proc), b.time[i], b.stack[i])
      this.procRanges.delete(key)
    } else if (opened > 0 || this.startOfActive())
      this.procRanges.set(key, { name: b.name[i], start: opened, stack: b.stack[i], proc })
  }

  private endProcRange(open: OpenRange, time: number, stack: number): void {
    const tid = asTid(this.procId(open.proc))
    const name = this.string(open.name)
    this.emitter.slice(name, name, open.start, time, tid, open.stack, stack)
  }

  /** A range that ends without a begin starts at absolute time 0, as in the reference. */
  private unbegun(name: number, proc: number): OpenRange {
    return { name, start: this.zero(), stack: 0, proc }
  }

  private goroutineRange(b: EventBlock, i: number): void {
    const runs = this.known(b.res[i])
    if (runs === undefined) return
    const name = this.string(b.name[i])
    if (b.kind[i] === EVENT.RangeBegin) runs.rangeBegin(b.time[i], name, b.stack[i])
    else if (b.kind[i] === EVENT.RangeActive) runs.rangeActive(name)
    else runs.rangeEnd(b.time[i], name, b.stack[i])
  }

  // ---- goroutines

  private goroutine(b: EventBlock, i: number): void {
    const row = b.res[i]
    let runs = this.goroutines[row]
    if (runs === undefined) {
      while (this.goroutines.length < row) this.goroutines.push(undefined)
      const id = this.tables?.goroutines.id(row) ?? 0
      runs = new GoroutineRuns(id, this.emitter, this.zero())
      this.goroutines[row] = runs
    }
    const { mode } = this
    if (mode === 'thread' && b.m[i] >= 0) this.threads.add(b.m[i])
    if (!runs.named && b.extra[i] !== -1) runs.nameBy(this.rootFunction(b.extra[i]))
    const from = b.from[i]
    const to = b.to[i]
    if (from === to) return
    if (mode === 'proc') this.goroutineOnProc(runs, b, i)
    else this.goroutineOnLane(runs, b, i)
    this.broken ||= runs.broken
    const assist = runs.ranges.length !== 0 && runs.ranges.some((r) => r.name === 'GC mark assist')
    this.emitter.goroutineCount(b.time[i], countedAs(from, assist), countedAs(to, assist))
  }

  /** A syscall holds its proc until the proc is taken away. */
  private goroutineOnProc(runs: GoroutineRuns, b: EventBlock, i: number): void {
    const from = b.from[i]
    const to = b.to[i]
    const time = b.time[i]
    const start = from === STATE.Undetermined ? 0 : time
    const lane = this.procId(b.p[i])
    if (from === STATE.Running && !executes(to)) this.stopRun(runs, b, i)
    if (!executes(from) && to === STATE.Running) runs.run(start, lane)
    if (from === STATE.Waiting) runs.unblock(time, b.stack[i], lane, true)
    if (from === STATE.NotExist && to === STATE.Runnable) runs.created(time, lane, b.stack[i])
    if (from === STATE.Syscall && to !== STATE.Running) runs.blockedSyscallEnd(time, b.stack[i])
    if (to === STATE.Syscall && lane !== undefined) {
      runs.syscallBegin(start, lane, b.stack[i])
      this.inSyscall.set(b.p[i], runs)
    }
    if (from === STATE.Syscall && this.inSyscall.delete(b.p[i])) runs.syscallEnd(time, false)
  }

  /** On threads and on lanes of their own, goroutines stay in place during a syscall. */
  private goroutineOnLane(runs: GoroutineRuns, b: EventBlock, i: number): void {
    const from = b.from[i]
    const to = b.to[i]
    const time = b.time[i]
    const start = from === STATE.Undetermined ? 0 : time
    const byThread = this.mode === 'thread'
    const lane = this.laneOf(b, i)
    const own = byThread ? lane : this.tables?.goroutines.id(b.res[i])
    if (executes(from) && !executes(to)) this.stopRun(runs, b, i)
    if (!executes(from) && executes(to)) runs.run(start, own)
    if (from === STATE.Waiting) runs.unblock(time, b.stack[i], lane, !byThread)
    if (from === STATE.NotExist && to === STATE.Runnable) runs.created(time, lane, b.stack[i])
    if (from === STATE.Syscall) {
      runs.syscallEnd(time, to !== STATE.Running)
      if (!byThread && to !== STATE.Running) runs.blockedSyscallEnd(time, b.stack[i])
    }
    if (to === STATE.Syscall) runs.syscallBegin(start, own, b.stack[i])
  }

  private stopRun(runs: GoroutineRuns, b: EventBlock, i: number): void {
    if (b.to[i] === STATE.Waiting) runs.block(b.time[i], b.stack[i], this.string(b.name[i]))
    else runs.stop(b.time[i], b.stack[i])
  }

  /** The state of a goroutine that an event takes for known. */
  private known(row: number): GoroutineRuns | undefined {
    const runs = this.goroutines[row]
    if (runs === undefined) this.broken = true
    return runs
  }

  private rootFunction(stack: number): string {
    if (this.tables === undefined) return ''
    const { stacks, strings } = this.tables
    return strings.get(stacks.fn.a[stacks.root(stack)])
  }

  // ---- procs

  private proc(b: EventBlock, i: number): void {
    const proc = this.procId(b.res[i]) ?? 0
    if (proc > this.highestProc) this.highestProc = proc
    if (b.from[i] === b.to[i]) return
    const runs = this.inSyscall.get(b.res[i])
    if (b.from[i] === STATE.Running && runs !== undefined) {
      this.emitter.threadCount(b.time[i], -1)
      runs.syscallEnd(b.time[i], true)
      runs.stop(b.time[i], b.stack[i])
      this.broken ||= runs.broken
      this.inSyscall.delete(b.res[i])
      this.procPoint(b, i, asTid(proc), false)
    } else this.procPoint(b, i, asTid(proc), true)
  }

  private threadOfProc(b: EventBlock, i: number): void {
    if (b.m[i] >= 0) this.threads.add(b.m[i])
    if (b.from[i] !== b.to[i]) this.procPoint(b, i, asTid(this.laneOf(b, i)), true)
  }

  private procPoint(b: EventBlock, i: number, tid: Int, count: boolean): void {
    const starts = b.to[i] === STATE.Running
    const stops = b.from[i] === STATE.Running
    if (!starts && !stops) return
    const time = starts && b.from[i] === STATE.Undetermined ? 0 : b.time[i]
    if (count) this.emitter.threadCount(time, starts ? 1 : -1)
    const thread = asTid(b.m[i] < 0 ? undefined : this.tables?.threads.id(b.m[i]))
    const name = starts ? 'proc start' : 'proc stop'
    this.emitter.scheduleInstant(name, time, tid, b.stack[i], thread, asTid(this.procId(b.res[i])))
  }

  // ---- the end

  private task(emitter: ViewerEmitter, task: ViewerTask, index: number): void {
    const { start, end } = task
    emitter.task(
      task.id,
      displayable(task.name),
      start?.time ?? 0,
      end?.time ?? this.lastTime,
      [start?.stack ?? 0, end?.stack ?? 0],
      [start === undefined ? 0 : asTid(start.goroutine), end === undefined ? 0 : asTid(end.goroutine)],
      index,
    )
    if (task.parent !== undefined && start !== undefined)
      emitter.taskArrow(start.time, task.parent, task.id, start.stack)
    if (this.mode !== 'goroutine') return
    for (const region of task.regions) {
      const goroutine = (region.end ?? region.start)?.goroutine ?? -1
      if (region.name === '' || goroutine === -1) continue
      emitter.region(
        displayable(region.name),
        region.start?.time ?? 0,
        region.end?.time ?? this.lastTime,
        asTid(goroutine),
        [region.start?.stack ?? 0, region.end?.stack ?? 0],
        region.task,
      )
    }
  }

  private nameLanes(emitter: ViewerEmitter, selection: ViewSelection): void {
    const { tables } = this
    switch (this.mode) {
      case 'proc':
        for (let id = 0; id <= this.highestProc; id++) emitter.resource(id, `Proc ${id}`)
        emitter.finish('PROCS')
        break
      case 'thread':
        for (const row of this.threads) {
          const id = tables?.threads.id(row) ?? 0
          emitter.resource(asTid(id), `Thread ${id}`)
        }
        emitter.finish('OS THREADS')
        break
      case 'goroutine':
        for (const [row, runs] of this.goroutines.entries()) {
          if (runs === undefined) continue
          const id = tables?.goroutines.id(row) ?? 0
          emitter.resource(asTid(id), runs.name, id !== 0 && id === selection.focus)
        }
        emitter.finish('G')
    }
  }

  /** Time since the start that is absolute 0. */
  private zero(): number {
    return this.tables === undefined ? 0 : -Number(this.tables.start)
  }

  private string(id: number): string {
    let text = this.names[id]
    if (text === undefined) {
      while (this.names.length < id)
        this.names.push(displayable(this.tables?.strings.get(this.names.length) ?? ''))
      this.names[id] = text = displayable(this.tables?.strings.get(id) ?? '')
    }
    return text
  }
}

/** Broken traces can name any proc, and lanes are made for all up to it. */
const MAX_PROCS = 1 << 16

/** When a range began: now, 0 (active, so before the trace), or undefined: it ends. */
function openedAt(b: EventBlock, i: number): number | undefined {
  if (b.kind[i] === EVENT.RangeEnd) return undefined
  return b.kind[i] === EVENT.RangeBegin ? b.time[i] : 0
}

/** Running and Syscall; a proc in a syscall is Running. */
function executes(state: number): boolean {
  return state === STATE.Running || state === STATE.Syscall
}
