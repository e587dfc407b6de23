// Which event may come next, and what it means. The rules are format.md 5: an event is taken if the state
// of the goroutines, procs and threads allows it; it then changes that state and becomes one delivered
// event, sometimes two or three.

import { EVENT, NAME, STATE } from '../../../model/trace.ts'
import { EV, FIRST_EXPERIMENTAL } from './events.ts'
import { NoteRules } from './note-rules.ts'
import { G, P } from './order-context.ts'
import { ABSENT, BAD } from './states.ts'
import { NONE } from './wide.ts'

/** Status on the wire -> state that is shown. */
const SHOWN_G = [STATE.Undetermined, STATE.Runnable, STATE.Running, STATE.Syscall, STATE.Waiting]
const SHOWN_P = [STATE.Undetermined, STATE.Running, STATE.Idle, STATE.Running, STATE.Idle]

/** Puts the events of all threads in order. */
export class Ordering extends NoteRules {
  /** Proc -> thread that took it last. */
  private readonly holders = new Map<number, number>()

  /**
   * Takes the event of a cursor, if it may come next, and adds to the delivery what it becomes. False if
   * another thread has to go first. Throws DecodeError if the event cannot be right.
   */
  advance(c: number): boolean {
    if (this.initialGen < 0) this.initialGen = this.gen
    this.take(c)
    const type = this.cursors.type[c]
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
    this.bindProc(p)
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
    if ((status === P.Running || status === P.Syscall) && this.m >= 0) this.bindProc(p)
    return true
  }

  private bindProc(p: number): void {
    this.threadP[this.m] = p
    this.holders.set(p, this.m)
  }

  private threadOf(p: number): number {
    if (p < 0) this.fail('a proc in a syscall belongs to no thread')
    const m = this.holders.get(p)
    // Two threads may claim the same proc, in a broken trace.
    const found = m !== undefined && this.threadP[m] === p ? m : this.threadP.indexOf(p)
    if (found < 0) this.fail('a proc in a syscall belongs to no thread')
    return found
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
}
