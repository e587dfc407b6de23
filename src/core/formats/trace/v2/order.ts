// Which event may come next, and what it means. The rules are format.md 5: an event is taken if the state
// of the goroutines, procs and threads allows it; it then changes that state and becomes one delivered
// event, sometimes two or three.

import { DecodeError } from '../../../base/errors.ts'
import { EVENT, NAME, SCOPE, STATE, type TraceTables } from '../../../model/trace.ts'
import { ActiveTasks } from './active-tasks.ts'
import type { TraceClock } from './clock.ts'
import type { Cursors } from './cursors.ts'
import type { Delivery } from './delivery.ts'
import { EV, EVENT_SPECS, FIRST_EXPERIMENTAL, MAX_ARGS } from './events.ts'
import type { Generation } from './generation.ts'
import { ABSENT, BAD, NO_KIND, OpenRanges, OpenRegions, States } from './states.ts'
import { NONE, type WideValues } from './wide.ts'

/** Statuses on the wire. */
const G = { Runnable: 1, Running: 2, Syscall: 3, Waiting: 4 } as const
const P = { Running: 1, Idle: 2, Syscall: 3, Abandoned: 4 } as const

/** Status on the wire -> state that is shown. */
const SHOWN_G = [STATE.Undetermined, STATE.Runnable, STATE.Running, STATE.Syscall, STATE.Waiting]
const SHOWN_P = [STATE.Undetermined, STATE.Running, STATE.Idle, STATE.Running, STATE.Idle]

const GC = { Undetermined: 0, NotRunning: 1, Running: 2 } as const

export class Ordering {
  private readonly tables: TraceTables
  private readonly wides: WideValues
  private readonly cursors: Cursors
  private readonly out: Delivery
  private readonly clock: TraceClock
  private generation: Generation
  /** Numbers of generations, in order of first mention. */
  private readonly gens = new Map<number, number>()
  private gen = 0
  /** -1 until an event was looked at. */
  private initialGen = -1
  private readonly gs: States
  private readonly ps: States
  /** Row of a thread -> rows of its goroutine and proc, -1 = none. */
  private threadG = new Int32Array(256).fill(-1)
  private threadP = new Int32Array(256).fill(-1)
  private threadKnown = new Uint8Array(256)
  private readonly gRanges = new OpenRanges()
  private readonly pRanges = new OpenRanges()
  private readonly regions: OpenRegions
  private readonly tasks = new ActiveTasks()
  private gcSeq = 0
  private gcState: number = GC.Undetermined
  /** Kind's string -> string of its range's name. */
  private readonly stwNames = new Map<number, number>()
  /** Context of the event in hand: its cursor, and the thread, proc and goroutine before it. */
  private c = 0
  private m = -1
  private p = -1
  private g = -1

  constructor(
    tables: TraceTables,
    wides: WideValues,
    clock: TraceClock,
    cursors: Cursors,
    out: Delivery,
    generation: Generation,
  ) {
    this.tables = tables
    this.wides = wides
    this.clock = clock
    this.cursors = cursors
    this.out = out
    this.generation = generation
    this.gs = new States(tables.goroutines, wides)
    this.ps = new States(tables.procs, wides)
    this.regions = new OpenRegions(this.gs)
  }

  /** Says that the generation, which is always the same object, was filled anew. */
  newGeneration(): void {
    const { gen } = this.generation
    let number = this.gens.get(gen)
    if (number === undefined) {
      number = this.gens.size
      this.gens.set(gen, number)
    }
    this.gen = number
  }

  /** Forgets all state: the next generation is read as if it were the first. */
  reset(): void {
    this.gens.clear()
    this.initialGen = -1
    this.gs.clear()
    this.ps.clear()
    this.threadKnown.fill(0)
    this.threadG.fill(-1)
    this.threadP.fill(-1)
    this.gRanges.clear()
    this.pRanges.clear()
    this.regions.clear()
    this.tasks.clear()
    this.gcState = GC.Undetermined
  }

  /**
   * Takes the event of a cursor, if it may come next, and adds to the delivery what it becomes. False if
   * another thread has to go first. Throws DecodeError if the event cannot be right.
   */
  advance(c: number): boolean {
    if (this.initialGen < 0) this.initialGen = this.gen
    const { cursors } = this
    const m = cursors.thread[c]
    this.c = c
    this.m = m
    if (m < 0) {
      this.g = -1
      this.p = -1
    } else {
      if (m >= this.threadG.length) this.growThreads(m)
      this.threadKnown[m] = 1
      this.g = this.threadG[m]
      this.p = this.threadP[m]
    }
    const type = cursors.type[c]
    this.out.now = cursors.time[c]
    if (this.clock.hasWide) this.out.nowWide = cursors.wide[c]
    switch (type) {
      case EV.GoStart:
        return this.goStart()
      case EV.GoStop:
        return this.goPause(G.Runnable)
      case EV.GoBlock:
        return this.goPause(G.Waiting)
      case EV.GoUnblock:
        return this.goUnblock()
      case EV.GoCreate:
        return this.goCreate(G.Runnable)
      case EV.GoDestroy:
        return this.goDestroy()
      case EV.GoSyscallBegin:
        return this.syscallBegin()
      case EV.GoSyscallEnd:
        return this.syscallEnd()
      case EV.HeapAlloc:
        return this.metric(NAME.heapObjects, false)
      default:
        return this.advanceRare(type)
    }
  }

  /** Apart from the others, so that the code for those is compiled without them. */
  private advanceRare(type: number): boolean {
    switch (type) {
      case EV.ProcsChange:
        return this.metric(NAME.gomaxprocs, true)
      case EV.ProcStart:
        return this.procStart()
      case EV.ProcStop:
        return this.procStop()
      case EV.ProcSteal:
        return this.procSteal()
      case EV.ProcStatus:
        return this.procStatus()
      case EV.GoCreateBlocked:
        return this.goCreate(G.Waiting)
      case EV.GoCreateSyscall:
        return this.goCreateSyscall()
      case EV.GoDestroySyscall:
        return this.goDestroySyscall()
      case EV.GoSwitch:
        return this.goSwitch(false)
      case EV.GoSwitchDestroy:
        return this.goSwitch(true)
      case EV.GoSyscallEndBlocked:
        return this.syscallEndBlocked()
      case EV.GoStatus:
        return this.goStatus(false)
      case EV.GoStatusStack:
        return this.goStatus(true)
      case EV.STWBegin:
        return this.stwBegin()
      case EV.STWEnd:
        return this.stwEnd()
      case EV.GCActive:
        return this.gcActive()
      case EV.GCBegin:
        return this.gcBegin()
      case EV.GCEnd:
        return this.gcEnd()
      case EV.GCSweepActive:
        return this.rangeActive(NAME.gcSweep)
      case EV.GCSweepBegin:
        return this.sweepBegin()
      case EV.GCSweepEnd:
        return this.sweepEnd()
      case EV.GCMarkAssistActive:
        return this.rangeActive(NAME.gcMarkAssist)
      case EV.GCMarkAssistBegin:
        return this.assistBegin()
      case EV.GCMarkAssistEnd:
        return this.assistEnd()
      case EV.HeapGoal:
        return this.metric(NAME.heapGoal, false)
      case EV.GoLabel:
        return this.label()
      case EV.UserTaskBegin:
        return this.taskBegin()
      case EV.UserTaskEnd:
        return this.taskEnd()
      case EV.UserRegionBegin:
        return this.region(EVENT.RegionBegin)
      case EV.UserRegionEnd:
        return this.region(EVENT.RegionEnd)
      case EV.UserLog:
        return this.log()
      default:
        if (type < FIRST_EXPERIMENTAL) return this.fail('an event of this type does not belong here')
        return this.experimental(type)
    }
  }

  // Procs.

  private procStart(): boolean {
    const id = this.arg(0)
    const seq = this.arg(1)
    const { ps } = this
    const p = ps.row(id)
    if (ps.status(p) !== P.Idle || !ps.succeeds(p, this.gen, seq) || this.p >= 0) return false
    if (this.m < 0) this.fail('a proc starts without a thread')
    ps.setStatus(p, P.Running)
    ps.setSeq(p, this.gen, seq)
    this.procTransition(p, STATE.Idle, STATE.Running)
    this.threadP[this.m] = p
    return true
  }

  private procStop(): boolean {
    const { ps, p } = this
    const status = ps.status(p)
    if (p < 0 || (status !== P.Running && status !== P.Syscall)) this.fail('a proc stops that does not run')
    ps.setStatus(p, P.Idle)
    this.procTransition(p, STATE.Running, STATE.Idle)
    this.threadP[this.m] = -1
    return true
  }

  private procSteal(): boolean {
    const id = this.arg(0)
    const seq = this.arg(1)
    const from = this.arg(2)
    const { ps } = this
    const p = ps.row(id)
    const status = ps.status(p)
    if ((status !== P.Syscall && status !== P.Abandoned) || !ps.succeeds(p, this.gen, seq)) return false
    if (this.m < 0) this.fail('a proc is stolen without a thread')
    ps.setStatus(p, P.Idle)
    ps.setSeq(p, this.gen, seq)
    if (status === P.Abandoned) {
      // Its thread may have gone on to other things.
      this.procTransition(p, STATE.Idle, STATE.Idle)
      return true
    }
    const thread = this.tables.threads.find(this.wides.signed(from))
    if (from === NONE || thread < 0 || !this.isKnownThread(thread))
      this.fail('a proc is stolen from a thread that is not there')
    if (this.threadP[thread] !== p) this.fail('a proc is stolen from a thread that does not have it')
    this.procTransition(p, STATE.Running, STATE.Idle)
    this.threadP[thread] = -1
    return true
  }

  private procStatus(): boolean {
    const id = this.arg(0)
    const status = this.arg(1)
    const { ps } = this
    if (!(status >= 0 && status <= P.Abandoned)) this.fail('a proc has an unknown status')
    const p = ps.row(id)
    const wanted = status === 0 ? BAD : status
    const known = ps.status(p)
    let { m, g } = this
    let ctxP = this.p
    let from: number = SHOWN_P[status]
    let to = from
    if (known === ABSENT) {
      ps.setStatus(p, wanted)
      from = this.gen === this.initialGen ? STATE.Undetermined : STATE.NotExist
    } else if (status === P.Abandoned && known === P.Syscall) {
      // Nothing was lost yet: it is still with the thread that took it into the syscall.
      m = this.threadOf(p)
      ctxP = p
      g = this.threadG[m]
      from = STATE.Running
      to = STATE.Running
    } else if (known !== wanted) this.fail('a proc has another status than its events led to')
    ps.setSeq(p, this.gen, 0)
    const b = this.out.block
    const row = this.out.add(EVENT.ProcTransition, m, ctxP, g)
    b.res[row] = p
    b.from[row] = from
    b.to[row] = to
    if ((status === P.Running || status === P.Syscall) && this.m >= 0) this.threadP[this.m] = p
    return true
  }

  private threadOf(p: number): number {
    for (let m = 0; m < this.threadP.length; m++)
      if (this.threadKnown[m] === 1 && this.threadP[m] === p) return m
    return this.fail('a proc in a syscall belongs to no thread')
  }

  // Goroutines.

  private goStatus(withStack: boolean): boolean {
    const id = this.arg(0)
    const thread = this.arg(1)
    const wire = this.arg(2)
    const stackId = withStack ? this.arg(3) : 0
    const { gs } = this
    const status = wire >= 0 ? wire % 256 : Number(this.wides.exact(wire) & 255n)
    if (status > G.Waiting) this.fail('a goroutine has an unknown status')
    const goroutine = gs.row(id)
    const wanted = status === 0 ? BAD : status
    const known = gs.status(goroutine)
    const to = SHOWN_G[status]
    let from: number = to
    const initial = this.gen === this.initialGen
    if (known === ABSENT) {
      if (!initial) this.fail('a goroutine appears that was not created')
      gs.setStatus(goroutine, wanted)
      from = STATE.Undetermined
    } else if (known !== wanted) this.fail('a goroutine has another status than its events led to')
    gs.setSeq(goroutine, this.gen, 0)
    let { m, g } = this
    let bound = this.g
    if (status === G.Running) bound = goroutine
    else if (status === G.Syscall) {
      if (thread === NONE) this.fail('a goroutine is in a syscall without a thread')
      const there = this.tables.threads.intern(this.wides.signed(thread))
      if (there === this.m) {
        if (!initial && this.g !== goroutine) this.fail('a goroutine in a syscall is not on its thread')
        bound = goroutine
      } else {
        // It has been in the syscall for the whole generation, on another thread, without a proc.
        if (this.isKnownThread(there)) {
          if (this.threadG[there] !== goroutine) this.fail('a goroutine in a syscall is not on its thread')
          g = goroutine
        } else {
          if (there >= this.threadG.length) this.growThreads(there)
          this.threadKnown[there] = 1
          this.threadG[there] = goroutine
        }
        m = there
      }
    }
    const row = this.out.add(EVENT.GoTransition, m, this.p, g)
    const b = this.out.block
    this.fillTransition(row, goroutine, from, to)
    if (stackId !== 0) b.extra[row] = b.stack[row] = this.stack(stackId)
    if (this.m >= 0) this.threadG[this.m] = bound
    return true
  }

  private goCreate(status: number): boolean {
    const id = this.arg(0)
    const newStack = this.arg(1)
    const stackId = this.arg(2)
    this.needsProc()
    const { gs } = this
    const creator = gs.status(this.g)
    if (creator !== ABSENT && creator !== G.Running)
      this.fail('a goroutine is created by one that does not run')
    const g = gs.row(id)
    if (gs.status(g) !== ABSENT) this.fail('a goroutine is created that is there already')
    gs.setStatus(g, status)
    gs.setSeq(g, this.gen, 0)
    const row = this.goTransition(g, STATE.NotExist, SHOWN_G[status])
    const b = this.out.block
    b.stack[row] = this.stack(stackId)
    b.extra[row] = this.stack(newStack)
    return true
  }

  private goCreateSyscall(): boolean {
    const id = this.arg(0)
    if (this.m < 0 || this.g >= 0) this.fail('a goroutine is created on a thread that has one')
    const { gs } = this
    const g = gs.row(id)
    if (gs.status(g) !== ABSENT) this.fail('a goroutine is created that is there already')
    gs.setStatus(g, G.Syscall)
    gs.setSeq(g, this.gen, 0)
    this.goTransition(g, STATE.NotExist, STATE.Syscall)
    this.threadG[this.m] = g
    return true
  }

  private goStart(): boolean {
    const id = this.arg(0)
    const seq = this.arg(1)
    const { gs } = this
    const g = gs.row(id)
    if (gs.status(g) !== G.Runnable || !gs.succeeds(g, this.gen, seq)) return false
    this.needsProc()
    if (this.g >= 0) this.fail('a goroutine starts on a thread that runs one')
    gs.setStatus(g, G.Running)
    gs.setSeq(g, this.gen, seq)
    this.goTransition(g, STATE.Runnable, STATE.Running)
    this.threadG[this.m] = g
    return true
  }

  private goDestroy(): boolean {
    this.needsRunning()
    const { g } = this
    this.goTransition(g, STATE.Running, STATE.NotExist)
    this.forget(g)
    this.threadG[this.m] = -1
    return true
  }

  private goDestroySyscall(): boolean {
    const { gs, ps, m, p, g } = this
    if (m < 0 || g < 0 || gs.status(g) !== G.Syscall) this.fail('a goroutine is not in a syscall')
    this.forget(g)
    if (p >= 0) {
      if (ps.status(p) !== P.Syscall) this.fail('a proc is not in a syscall')
      // The thread's id may be used again by another thread, which must not find this proc.
      ps.setStatus(p, P.Abandoned)
      this.procTransition(p, STATE.Running, STATE.Idle)
    }
    this.goTransition(g, STATE.Syscall, STATE.NotExist)
    this.threadG[m] = -1
    this.threadP[m] = -1
    return true
  }

  private goPause(status: number): boolean {
    const reason = this.arg(0)
    const stackId = this.arg(1)
    this.needsRunning()
    const { g, out } = this
    this.gs.setStatus(g, status)
    const row = this.goTransition(g, STATE.Running, status === G.Waiting ? STATE.Waiting : STATE.Runnable)
    out.block.name[row] = this.string(reason)
    if (stackId !== 0) out.block.extra[row] = out.block.stack[row] = this.stack(stackId)
    this.threadG[this.m] = -1
    return true
  }

  private goUnblock(): boolean {
    const id = this.arg(0)
    const seq = this.arg(1)
    const stackId = this.arg(2)
    const { gs } = this
    const g = gs.row(id)
    if (gs.status(g) !== G.Waiting || !gs.succeeds(g, this.gen, seq)) return false
    gs.setStatus(g, G.Runnable)
    gs.setSeq(g, this.gen, seq)
    const row = this.goTransition(g, STATE.Waiting, STATE.Runnable)
    if (stackId !== 0) this.out.block.stack[row] = this.stack(stackId)
    return true
  }

  private goSwitch(destroy: boolean): boolean {
    const id = this.arg(0)
    const seq = this.arg(1)
    this.needsRunning()
    const { gs, g, m, p } = this
    const next = gs.row(id)
    if (gs.status(next) !== G.Waiting || !gs.succeeds(next, this.gen, seq)) return false
    this.goTransition(next, STATE.Waiting, STATE.Runnable)
    this.goTransition(g, STATE.Running, destroy ? STATE.NotExist : STATE.Waiting)
    if (destroy) this.forget(g)
    else gs.setStatus(g, G.Waiting)
    gs.setStatus(next, G.Running)
    gs.setSeq(next, this.gen, seq)
    const row = this.out.add(EVENT.GoTransition, m, p, -1)
    this.fillTransition(row, next, STATE.Runnable, STATE.Running)
    this.threadG[m] = next
    return true
  }

  private syscallBegin(): boolean {
    const seq = this.arg(0)
    const stackId = this.arg(1)
    this.needsRunning()
    const { gs, ps, g, p, out } = this
    if (ps.status(p) === ABSENT || !ps.succeeds(p, this.gen, seq)) this.fail('a syscall is out of order')
    gs.setStatus(g, G.Syscall)
    ps.setStatus(p, P.Syscall)
    ps.setSeq(p, this.gen, seq)
    const row = this.goTransition(g, STATE.Running, STATE.Syscall)
    if (stackId !== 0) out.block.extra[row] = out.block.stack[row] = this.stack(stackId)
    return true
  }

  private syscallEnd(): boolean {
    this.needsAll()
    const { gs, ps, g, p } = this
    if (gs.status(g) !== G.Syscall) this.fail('a goroutine is not in a syscall')
    if (ps.status(p) !== P.Syscall) this.fail('a proc is not in a syscall')
    gs.setStatus(g, G.Running)
    ps.setStatus(p, P.Running)
    this.goTransition(g, STATE.Syscall, STATE.Running)
    return true
  }

  private syscallEndBlocked(): boolean {
    const { gs, ps, m, p, g } = this
    // It is going to lose its proc: until that is seen, it has to wait.
    if (p >= 0 && ps.status(p) === P.Syscall) return false
    if (m < 0 || g < 0 || gs.status(g) !== G.Syscall) this.fail('a goroutine is not in a syscall')
    gs.setStatus(g, G.Runnable)
    this.goTransition(g, STATE.Syscall, STATE.Runnable)
    this.threadG[m] = -1
    return true
  }

  // Ranges.

  private stwBegin(): boolean {
    const kind = this.arg(0)
    const stackId = this.arg(1)
    this.needsGoroutine()
    this.openRange(this.gRanges, this.g, kind)
    this.range(EVENT.RangeBegin, this.stwName(kind), SCOPE.Goroutine, this.g, stackId)
    return true
  }

  private stwEnd(): boolean {
    this.needsGoroutine()
    const kind = this.gRanges.close(this.g, true)
    if (kind === undefined) return this.fail('a stop-the-world ends that did not begin')
    this.range(EVENT.RangeEnd, this.stwName(kind), SCOPE.Goroutine, this.g, 0)
    return true
  }

  private assistBegin(): boolean {
    const stackId = this.arg(0)
    this.needsGoroutine()
    this.openRange(this.gRanges, this.g, NO_KIND)
    this.range(EVENT.RangeBegin, NAME.gcMarkAssist, SCOPE.Goroutine, this.g, stackId)
    return true
  }

  private assistEnd(): boolean {
    this.needsGoroutine()
    if (this.gRanges.close(this.g, false) === undefined) this.fail('a mark assist ends that did not begin')
    this.range(EVENT.RangeEnd, NAME.gcMarkAssist, SCOPE.Goroutine, this.g, 0)
    return true
  }

  private sweepBegin(): boolean {
    const stackId = this.arg(0)
    this.needsProc()
    this.openRange(this.pRanges, this.p, NO_KIND)
    this.range(EVENT.RangeBegin, NAME.gcSweep, SCOPE.Proc, this.p, stackId)
    return true
  }

  private sweepEnd(): boolean {
    const swept = this.arg(0)
    const reclaimed = this.arg(1)
    this.needsProc()
    if (this.pRanges.close(this.p, false) === undefined) this.fail('a sweep ends that did not begin')
    const row = this.range(EVENT.RangeEnd, NAME.gcSweep, SCOPE.Proc, this.p, 0)
    this.value(row, 1, swept)
    this.value(row, 2, reclaimed)
    return true
  }

  /** A mark assist or sweep that a new generation finds open. */
  private rangeActive(name: number): boolean {
    const id = this.arg(0)
    const sweep = name === NAME.gcSweep
    const states = sweep ? this.ps : this.gs
    const ranges = sweep ? this.pRanges : this.gRanges
    const owner = states.row(id)
    if (states.status(owner) === ABSENT) this.fail('a range is open on something that is not there')
    if (this.gen === this.initialGen) this.openRange(ranges, owner, NO_KIND)
    else if (!ranges.has(owner, NO_KIND)) this.fail('a range is open that did not begin')
    this.range(EVENT.RangeActive, name, sweep ? SCOPE.Proc : SCOPE.Goroutine, owner, 0)
    return true
  }

  private openRange(ranges: OpenRanges, owner: number, kind: number): void {
    if (ranges.has(owner, kind)) this.fail('a range begins that is open already')
    ranges.open(owner, kind)
  }

  private gcActive(): boolean {
    const seq = this.arg(0)
    if (this.gen === this.initialGen) {
      if (this.gcState !== GC.Undetermined) this.fail('a collection is found running after it was heard of')
    } else {
      if (seq !== this.wides.next(this.gcSeq)) return false
      if (this.gcState !== GC.Running) this.fail('a collection is found running that did not begin')
      this.needsAll()
    }
    this.gcSeq = seq
    this.gcState = GC.Running
    this.range(EVENT.RangeActive, NAME.gcMark, SCOPE.None, -1, 0)
    return true
  }

  private gcBegin(): boolean {
    const seq = this.arg(0)
    const stackId = this.arg(1)
    if (this.gcState !== GC.Undetermined) {
      if (seq !== this.wides.next(this.gcSeq)) return false
      if (this.gcState === GC.Running) this.fail('a collection begins while one is running')
      this.needsAll()
    }
    this.gcSeq = seq
    this.gcState = GC.Running
    this.range(EVENT.RangeBegin, NAME.gcMark, SCOPE.None, -1, stackId)
    return true
  }

  private gcEnd(): boolean {
    const seq = this.arg(0)
    if (seq !== this.wides.next(this.gcSeq)) return false
    if (this.gcState !== GC.Running) this.fail('a collection ends that did not begin')
    this.needsAll()
    this.gcSeq = seq
    this.gcState = GC.NotRunning
    this.range(EVENT.RangeEnd, NAME.gcMark, SCOPE.None, -1, 0)
    return true
  }

  // What programs and the runtime note by the way.

  private metric(name: number, needsGoroutine: boolean): boolean {
    const value = this.arg(0)
    const stackId = needsGoroutine ? this.arg(1) : 0
    if (needsGoroutine) this.needsAll()
    else this.needsProc()
    const row = this.out.add(EVENT.Metric, this.m, this.p, this.g)
    const b = this.out.block
    b.name[row] = name
    this.value(row, 1, value)
    if (stackId !== 0) b.stack[row] = this.stack(stackId)
    return true
  }

  private label(): boolean {
    const label = this.arg(0)
    this.needsAll()
    const row = this.out.add(EVENT.Label, this.m, this.p, this.g)
    this.out.block.res[row] = this.g
    this.out.block.name[row] = this.string(label)
    return true
  }

  private taskBegin(): boolean {
    const id = this.task(this.arg(0))
    const parent = this.arg(1)
    if (this.tasks.isActive(id)) this.fail('a task begins that is active already')
    this.needsAll()
    this.tasks.begin(id, parent === 0 ? -1 : this.task(parent), this.string(this.arg(2)))
    this.addTask(EVENT.TaskBegin, id, this.arg(3))
    return true
  }

  private taskEnd(): boolean {
    const id = this.task(this.arg(0))
    this.needsAll()
    this.addTask(EVENT.TaskEnd, id, this.arg(1))
    this.tasks.end(id)
    return true
  }

  private addTask(kind: number, id: number, stackId: number): void {
    const { tasks } = this
    const row = this.out.add(kind, this.m, this.p, this.g)
    const b = this.out.block
    const known = tasks.isActive(id)
    b.res[row] = id
    b.extra[row] = known ? tasks.parent(id) : -1
    b.name[row] = known ? tasks.name(id) : NAME.empty
    if (stackId !== 0) b.stack[row] = this.stack(stackId)
  }

  private region(kind: number): boolean {
    const id = this.arg(0)
    const nameId = this.arg(1)
    const stackId = this.arg(2)
    this.needsGoroutine()
    const name = this.string(nameId)
    if (kind === EVENT.RegionBegin) this.regions.begin(this.g, id, name)
    else if (!this.regions.end(this.g, id, name)) this.fail('a region ends that is not the innermost one')
    const row = this.out.add(kind, this.m, this.p, this.g)
    const b = this.out.block
    b.res[row] = this.task(id)
    b.name[row] = name
    if (stackId !== 0) b.stack[row] = this.stack(stackId)
    return true
  }

  private log(): boolean {
    const id = this.arg(0)
    const category = this.arg(1)
    const message = this.arg(2)
    const stackId = this.arg(3)
    this.needsAll()
    const row = this.out.add(EVENT.Log, this.m, this.p, this.g)
    const b = this.out.block
    b.res[row] = this.task(id)
    b.name[row] = this.string(category)
    b.extra[row] = this.string(message)
    if (stackId !== 0) b.stack[row] = this.stack(stackId)
    return true
  }

  private experimental(type: number): boolean {
    if (this.m < 0) this.fail('an event needs a thread and has none')
    const spec = EVENT_SPECS[type]
    if (spec === undefined) return this.fail('an event of this type does not belong here')
    const row = this.out.add(EVENT.Experimental, this.m, this.p, this.g)
    const b = this.out.block
    const count = spec.args.length - 1
    b.name[row] = this.tables.strings.intern(spec.name)
    b.extra[row] = count
    b.from[row] = type
    for (let i = 0; i < count; i++) this.value(row, i + 1, this.arg(i))
    return true
  }

  // What the events have in common.

  private needsProc(): void {
    if (this.m < 0 || this.p < 0) this.fail('an event needs a proc and has none')
  }

  private needsAll(): void {
    this.needsProc()
    if (this.g < 0) this.fail('an event needs a goroutine and has none')
  }

  /** A goroutine that is there, whatever it does. */
  private needsGoroutine(): void {
    this.needsAll()
    if (this.gs.status(this.g) === ABSENT) this.fail('an event belongs to a goroutine that is not there')
  }

  private needsRunning(): void {
    this.needsAll()
    if (this.gs.status(this.g) !== G.Running) this.fail('an event belongs to a goroutine that does not run')
  }

  private forget(g: number): void {
    this.gs.setStatus(g, ABSENT)
    this.gRanges.forget(g)
    this.regions.forget(g)
  }

  /** An argument of the event in hand, `dt` not counted. */
  private arg(i: number): number {
    return this.cursors.args[this.c * MAX_ARGS + i]
  }

  private isKnownThread(m: number): boolean {
    return m < this.threadKnown.length && this.threadKnown[m] === 1
  }

  private procTransition(p: number, from: number, to: number): void {
    const row = this.out.add(EVENT.ProcTransition, this.m, this.p, this.g)
    const b = this.out.block
    b.res[row] = p
    b.from[row] = from
    b.to[row] = to
  }

  /** Adds a transition without reason and stacks. */
  private goTransition(g: number, from: number, to: number): number {
    const row = this.out.add(EVENT.GoTransition, this.m, this.p, this.g)
    this.fillTransition(row, g, from, to)
    return row
  }

  private fillTransition(row: number, g: number, from: number, to: number): void {
    const b = this.out.block
    b.res[row] = g
    b.from[row] = from
    b.to[row] = to
    b.name[row] = NAME.empty
    b.extra[row] = -1
  }

  private range(kind: number, name: number, scope: number, owner: number, stackId: number): number {
    const row = this.out.add(kind, this.m, this.p, this.g)
    const b = this.out.block
    b.name[row] = name
    b.from[row] = scope
    b.res[row] = owner
    if (stackId !== 0) b.stack[row] = this.stack(stackId)
    return row
  }

  /** Sets x, y or z (1, 2 or 3) of a row. */
  private value(row: number, which: number, code: number): void {
    const b = this.out.block
    const column = which === 1 ? b.x : which === 2 ? b.y : b.z
    column[row] = code >= 0 ? code : this.wides.nearest(code)
    if (code < 0) b.wide.set(row * 4 + which, this.wides.exact(code))
  }

  private stwName(kindId: number): number {
    const kind = this.string(kindId)
    let name = this.stwNames.get(kind)
    if (name === undefined) {
      const { strings } = this.tables
      name = strings.intern(`stop-the-world (${strings.get(kind)})`)
      this.stwNames.set(kind, name)
    }
    return name
  }

  private task(code: number): number {
    return code === NONE ? -1 : this.tables.tasks.intern(this.wides.unsigned(code))
  }

  private string(id: number): number {
    const row = this.generation.findString(id)
    if (row < 0) this.fail(`there is no string ${this.wides.exact(id)}`)
    return row
  }

  private stack(id: number): number {
    const row = this.generation.findStack(id)
    if (row < 0) this.fail(`there is no stack ${this.wides.exact(id)}`)
    return row
  }

  private growThreads(m: number): void {
    const capacity = Math.max(m + 1, this.threadG.length * 2)
    const g = new Int32Array(capacity).fill(-1)
    g.set(this.threadG)
    this.threadG = g
    const p = new Int32Array(capacity).fill(-1)
    p.set(this.threadP)
    this.threadP = p
    const known = new Uint8Array(capacity)
    known.set(this.threadKnown)
    this.threadKnown = known
  }

  private fail(message: string): never {
    const { cursors, c } = this
    const name = EVENT_SPECS[cursors.type[c]]?.name ?? `event ${cursors.type[c]}`
    throw new DecodeError('trace', cursors.at[c], `${name}: ${message}`)
  }
}
