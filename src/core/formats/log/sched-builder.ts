// Puts the lines of snapshots together, for each process on its own.

import { decodeUtf8 } from '../../base/utf8.ts'
import type { RowTable } from '../../model/row-table.ts'
import {
  G_STATUS,
  MAX_PROCS,
  newSchedRows,
  P_STATUS,
  type ProcLoad,
  type SchedColumn,
  type SchedLog,
  type SchedProcess,
  type WaitGroup,
} from '../../model/sched-log.ts'
import type { Cursor } from './cursor.ts'
import { GoroutineTrack } from './goroutine-track.ts'
import { DetailLineParser } from './scheddetail.ts'
import { SCHED, SchedLineParser } from './schedtrace.ts'

/** Different reasons that are told apart; versions have some 50. */
const MAX_REASONS = 1000
const SCAN_BIT = 0x1000

const newLoad = (): ProcLoad => ({
  snapshots: 0,
  queueSum: 0,
  queueMax: 0,
  queueUsed: 0,
  firstTick: Number.NaN,
  lastTick: Number.NaN,
  byStatus: P_STATUS.map(() => 0),
  longestRun: 0,
  longestRunEnd: 0,
})

/** What is being put together of one process. */
class ProcessState {
  readonly process: number
  /** The snapshot whose lines are coming in; NaN in gomaxprocs if there is none. */
  readonly row = new Float64Array(Object.keys(SCHED).length).fill(Number.NaN)
  readonly procs: ProcLoad[] = []
  readonly groups: WaitGroup[] = []
  readonly track: GoroutineTrack
  /** P -> since when its tick stands. */
  readonly runSince: number[] = []
  private readonly reasons: string[] = ['']
  private readonly reasonIds = new Map<string, number>([['', 0]])
  /** status + 16 * reason -> place in groups */
  private readonly groupOf = new Map<number, number>()
  /** Goroutines in each group in the snapshot that comes in. */
  private inGroup: number[] = []
  /** The last reason's bytes, as most lines repeat one of few. */
  private lastReason: Uint8Array = new Uint8Array(0)
  private lastReasonId = 0

  constructor(process: number) {
    this.process = process
    this.track = new GoroutineTrack(this.reasons)
  }

  reason(b: Uint8Array, from: number, to: number): number {
    const last = this.lastReason
    if (to - from === last.length) {
      let k = 0
      while (k < last.length && last[k] === b[from + k]) k++
      if (k === last.length) return this.lastReasonId
    }
    this.lastReason = b.slice(from, to)
    const text = decodeUtf8(this.lastReason)
    let id = this.reasonIds.get(text)
    if (id === undefined) {
      if (this.reasons.length >= MAX_REASONS) return 0
      id = this.reasons.push(text) - 1
      this.reasonIds.set(text, id)
    }
    this.lastReasonId = id
    return id
  }

  count(status: number, reason: number): void {
    const key = status + 16 * reason
    let g = this.groupOf.get(key)
    if (g === undefined) {
      g = this.groups.push({ status, reason: this.reasons[reason], seen: 0, most: 0, last: 0 }) - 1
      this.groupOf.set(key, g)
    }
    this.inGroup[g] = (this.inGroup[g] ?? 0) + 1
  }

  endGroups(): void {
    for (const [i, g] of this.groups.entries()) {
      const n = this.inGroup[i] ?? 0
      g.seen += n
      g.most = Math.max(g.most, n)
      g.last = n
    }
    this.inGroup = []
  }

  load(p: number): ProcLoad | undefined {
    if (!(p >= 0 && p < MAX_PROCS)) return undefined
    while (this.procs.length <= p) this.procs.push(newLoad())
    return this.procs[p]
  }
}

/** Takes lines of schedtrace and gives the log of them. */
export class SchedBuilder {
  private readonly rows: RowTable<SchedColumn> = newSchedRows()
  private readonly line = new SchedLineParser()
  private readonly detail = new DetailLineParser()
  private readonly states = new Map<number, ProcessState>()
  private detailed = false
  private readonly forms = new Set<number>()
  private readonly onRow: ((row: Float64Array) => void) | undefined

  /** `onRow` is given every snapshot when it is complete. */
  constructor(onRow?: (row: Float64Array) => void) {
    this.onRow = onRow
  }

  /** The time of a `SCHED` line, ms since the start; NaN if the line is not understood. The cursor stands behind `SCHED `. */
  parse(c: Cursor): boolean {
    return this.line.parse(c)
  }

  get time(): number {
    return this.line.row[SCHED.time]
  }

  get isDetailed(): boolean {
    return this.line.detailed
  }

  /** Takes the line that was parsed last. */
  snapshot(process: number, wall: number): void {
    const { line } = this
    const s = this.state(process)
    this.end(s)
    s.row.set(line.row)
    s.row[SCHED.process] = process
    s.row[SCHED.wall] = wall
    this.forms.add(form(line))
    for (let p = 0; p < line.queueCount; p++) {
      const load = s.load(p)
      if (load === undefined) break
      addQueue(load, line.queues[p])
    }
    for (let p = 0; p < line.tickCount; p++) {
      const load = s.load(p)
      if (load !== undefined) addTick(load, line.ticks[p])
    }
    if (line.detailed) {
      this.detailed = true
      s.track.begin(line.row[SCHED.time])
      for (const k of DETAIL_COUNTS) s.row[k] = 0
    }
  }

  /** `kind` is the line's letter. The cursor stands behind it. False if it is not understood, 'orphan' if it belongs to no snapshot. */
  detailLine(c: Cursor, kind: number, process: number): boolean | 'orphan' {
    const s = this.states.get(process)
    if (s === undefined || Number.isNaN(s.row[SCHED.stopwait])) {
      const { detail } = this
      const good = kind === 80 ? detail.parseP(c) : kind === 77 ? detail.parseM(c) : detail.parseG(c)
      return good ? 'orphan' : false
    }
    if (kind === 80) return this.proc(c, s)
    if (kind === 77) return this.thread(c, s)
    return this.goroutine(c, s)
  }

  private proc(c: Cursor, s: ProcessState): boolean {
    const { detail } = this
    if (!detail.parseP(c)) return false
    const load = s.load(detail.id)
    if (load === undefined) return true
    const time = s.row[SCHED.time]
    const sameTick = load.lastTick === detail.schedtick && detail.status === 1
    if (!sameTick) s.runSince[detail.id] = time
    else if (time - s.runSince[detail.id] > load.longestRun) {
      load.longestRun = time - s.runSince[detail.id]
      load.longestRunEnd = time
    }
    addTick(load, detail.schedtick)
    addQueue(load, detail.queue)
    if (detail.status < P_STATUS.length) load.byStatus[detail.status]++
    s.row[SCHED.local] += detail.queue
    s.row[SCHED.localMax] = Math.max(s.row[SCHED.localMax], detail.queue)
    if (detail.queue > 0) s.row[SCHED.localUsed]++
    if (detail.status === 1) s.row[SCHED.procsRunning]++
    else if (detail.status === 2) s.row[SCHED.procsSyscall]++
    else if (detail.status === 3) s.row[SCHED.procsStopped]++
    return true
  }

  private thread(c: Cursor, s: ProcessState): boolean {
    const { detail } = this
    if (!detail.parseM(c)) return false
    if (detail.blocked === 1) s.row[SCHED.blocked]++
    if (detail.spinning === 1) s.row[SCHED.spinningThreads]++
    if (detail.p < 0 && detail.curg >= 0) s.row[SCHED.syscallThreads]++
    if (detail.lockedg >= 0) s.row[SCHED.lockedThreads]++
    return true
  }

  private goroutine(c: Cursor, s: ProcessState): boolean {
    const { detail } = this
    if (!detail.parseG(c)) return false
    const status = detail.status & ~SCAN_BIT
    if (status >= 16) return false
    const reason = s.reason(c.b, detail.reasonFrom, detail.reasonTo)
    const name = G_STATUS[status] ?? ''
    if (name.startsWith('dead')) {
      s.row[SCHED.dead]++
      return true
    }
    s.row[SCHED.goroutines]++
    if (name === 'runnable' || name === 'preempted') s.row[SCHED.runnable]++
    else if (name === 'running') s.row[SCHED.running]++
    else if (name === 'syscall') s.row[SCHED.inSyscall]++
    else if (name === 'waiting' || name === 'leaked') s.row[SCHED.waiting]++
    if (detail.lockedm >= 0) s.row[SCHED.lockedGoroutines]++
    // What runs or could run prints what it waited for last: no reason of its state.
    const own = name === 'waiting' || name === 'leaked' ? reason : 0
    s.count(status, own)
    s.track.add(detail.id, status, own, detail.m, detail.lockedm)
    return true
  }

  done(): SchedLog {
    const processes: SchedProcess[] = []
    for (const s of this.states.values()) {
      this.end(s)
      const { stuck, waitedThroughout } = s.track.done()
      processes.push({
        process: s.process,
        procs: s.procs,
        groups: s.groups.sort((a, b) => b.seen - a.seen),
        stuck,
        waitedThroughout,
        untracked: s.track.untracked,
      })
    }
    const forms = [...this.forms].sort().map((f) => FORMS[f])
    return { rows: this.rows, processes, detailed: this.detailed, versions: forms.join(', ') }
  }

  private state(process: number): ProcessState {
    let s = this.states.get(process)
    if (s === undefined) {
      s = new ProcessState(process)
      this.states.set(process, s)
    }
    return s
  }

  /** The lines of the snapshot that came in are complete. */
  private end(s: ProcessState): void {
    if (Number.isNaN(s.row[SCHED.gomaxprocs])) return
    if (!Number.isNaN(s.row[SCHED.stopwait])) s.endGroups()
    this.rows.add(s.row)
    this.onRow?.(s.row)
    s.row.fill(Number.NaN)
  }
}

const DETAIL_COUNTS = [
  SCHED.local,
  SCHED.localMax,
  SCHED.localUsed,
  SCHED.procsRunning,
  SCHED.procsSyscall,
  SCHED.procsStopped,
  SCHED.blocked,
  SCHED.spinningThreads,
  SCHED.syscallThreads,
  SCHED.lockedThreads,
  SCHED.goroutines,
  SCHED.runnable,
  SCHED.running,
  SCHED.inSyscall,
  SCHED.waiting,
  SCHED.dead,
  SCHED.lockedGoroutines,
]

const FORMS = ['Go 1.4 or older', 'Go 1.5–1.19', 'Go 1.20–1.24', 'Go 1.25 or newer', 'Go 1.20 or newer']

function form(line: SchedLineParser): number {
  if (Number.isNaN(line.row[SCHED.spinning])) return 0
  if (Number.isNaN(line.row[SCHED.needspinning])) return 1
  if (line.detailed) return 4
  return line.tickCount > 0 ? 3 : 2
}

function addQueue(load: ProcLoad, length: number): void {
  load.snapshots++
  load.queueSum += length
  if (length > load.queueMax) load.queueMax = length
  if (length > 0) load.queueUsed++
}

function addTick(load: ProcLoad, tick: number): void {
  if (Number.isNaN(load.firstTick)) load.firstTick = tick
  load.lastTick = tick
}
