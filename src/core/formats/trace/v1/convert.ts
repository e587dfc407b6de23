// v1 events as events of today's format.

import { DecodeError } from '../../../base/errors.ts'
import type { Int } from '../../../base/int64.ts'
import { EVENT, NAME, SCOPE, STATE } from '../../../model/trace.ts'
import { V1Cursor } from './cursor.ts'
import type { Delivery } from './delivery.ts'
import { HAS_STACK, OWN_ARGUMENTS, PLAIN, PSEUDO_PROC, V1 } from './event-types.ts'
import { V1Tables } from './tables.ts'
import type { V1Events, V1File } from './v1-file.ts'
import { BY } from './validate.ts'

/** Why a goroutine waits or becomes runnable, by the type of the event that says so. */
const REASONS: Readonly<Record<number, string>> = {
  [V1.GoStop]: 'forever',
  [V1.GoSched]: 'runtime.Gosched',
  [V1.GoPreempt]: 'preempted',
  [V1.GoSleep]: 'sleep',
  [V1.GoBlock]: '',
  [V1.GoBlockSend]: 'chan send',
  [V1.GoBlockRecv]: 'chan receive',
  [V1.GoBlockSelect]: 'select',
  [V1.GoBlockSync]: 'sync',
  [V1.GoBlockCond]: 'sync.(*Cond).Wait',
  [V1.GoBlockNet]: 'network',
  [V1.GoBlockGC]: 'GC mark assist wait for work',
}

const STW_KINDS = [
  '',
  'GC mark termination',
  'GC sweep termination',
  'write heap dump',
  'goroutine profile',
  'goroutine profile cleanup',
  'all goroutine stack trace',
  'read mem stats',
  'AllThreadsSyscall',
  'GOMAXPROCS',
  'start trace',
  'stop trace',
  'CountPagesInUse (test)',
  'ReadMetricsSlow (test)',
  'ReadMemStatsSlow (test)',
  'PageCachePagesLeaked (test)',
  'ResetDebugLog (test)',
]

const RUNNING_TO_WAITING = [STATE.Running, STATE.Waiting] as const
const RUNNING_TO_RUNNABLE = [STATE.Running, STATE.Runnable] as const

/** Type -> states of its goroutine before and after it. */
const TRANSITIONS: Readonly<Record<number, readonly [number, number]>> = {
  [V1.GoCreate]: [STATE.NotExist, STATE.Runnable],
  [V1.GoStart]: [STATE.Runnable, STATE.Running],
  [V1.GoStartLabel]: [STATE.Runnable, STATE.Running],
  [V1.GoEnd]: [STATE.Running, STATE.NotExist],
  [V1.GoStop]: RUNNING_TO_WAITING,
  [V1.GoSched]: RUNNING_TO_RUNNABLE,
  [V1.GoPreempt]: RUNNING_TO_RUNNABLE,
  [V1.GoSleep]: RUNNING_TO_WAITING,
  [V1.GoBlock]: RUNNING_TO_WAITING,
  [V1.GoBlockSend]: RUNNING_TO_WAITING,
  [V1.GoBlockRecv]: RUNNING_TO_WAITING,
  [V1.GoBlockSelect]: RUNNING_TO_WAITING,
  [V1.GoBlockSync]: RUNNING_TO_WAITING,
  [V1.GoBlockCond]: RUNNING_TO_WAITING,
  [V1.GoBlockNet]: RUNNING_TO_WAITING,
  [V1.GoBlockGC]: RUNNING_TO_WAITING,
  [V1.GoUnblock]: [STATE.Waiting, STATE.Runnable],
  [V1.GoSysCall]: [STATE.Running, STATE.Syscall],
  [V1.GoSysExit]: [STATE.Syscall, STATE.Runnable],
  [V1.GoWaiting]: [STATE.Undetermined, STATE.Waiting],
  [V1.GoInSyscall]: [STATE.Undetermined, STATE.Syscall],
}

const NO_TASK = 18446744073709551615n
/** Row of `stacks` for events without a stack. */
const NO_STACK = 0

export class Converter {
  private readonly file: V1File
  private readonly events: V1Events
  private readonly out: Delivery
  private readonly tables: V1Tables
  private readonly at: V1Cursor
  private readonly by: Uint8Array
  /** Row of system calls that block -> 1. */
  private readonly blocking: Uint8Array
  /** Type -> string id of its reason. */
  private readonly reasons = new Int32Array(64)
  /** Ticks of the first event, and ns per tick. */
  private readonly first: number
  private readonly scale: number
  /** Time of the last event, ns since the first one. */
  private last = -1
  /** Goroutines (as in the file) that were there before the trace; undefined once all of them are known. */
  private initial: Set<number> | undefined = new Set()
  /** Proc of the file -> row of its thread, -1 = unknown; and whether it was mentioned. */
  private readonly threads: Int32Array
  private readonly seen: Uint8Array
  /** Task id -> parent and string id of the name. */
  private readonly tasks = new Map<Int, { parent: Int; name: number }>()
  private stwName = 0
  /** Context of the event being converted. */
  private m = -1
  private p = -1
  private g = -1

  constructor(file: V1File, order: Uint32Array, by: Uint8Array, out: Delivery) {
    this.file = file
    this.events = file.events
    this.out = out
    this.tables = new V1Tables(file, out.tables)
    this.at = new V1Cursor(file.bytes)
    this.by = by
    this.blocking = blockingSyscalls(file, order)
    this.first = order.length > 0 ? file.events.ticks[order[0]] : 0
    this.scale = 1e9 / Number(file.frequency)
    this.threads = new Int32Array(file.procs.count).fill(-1)
    this.seen = new Uint8Array(file.procs.count)
    for (const [type, reason] of Object.entries(REASONS))
      this.reasons[Number(type)] = out.tables.strings.intern(reason)
  }

  /** Converts one event. Throws DecodeError. */
  convert(row: number): void {
    const { events } = this
    const type = PLAIN[events.type[row]]
    const time = Math.trunc((events.ticks[row] - this.first) * this.scale)
    if (!Number.isSafeInteger(time)) this.fail(row, 'a time is out of range')
    if (type === V1.ProcStart) {
      this.at.pos = events.args[row]
      const thread = this.at.int()
      this.threads[events.proc[row]] = thread === -1 ? -1 : this.out.tables.threads.intern(thread)
    }
    this.context(row, type)
    this.at.pos = events.args[row]
    this.event(row, type, time)
    if (type === V1.ProcStop) this.threads[events.proc[row]] = -1
  }

  private context(row: number, type: number): void {
    const { events, tables } = this
    const proc = events.proc[row]
    this.g = tables.goroutine(events.g[row])
    const pseudo = this.pseudoProc(row, type)
    if (pseudo !== 0) {
      this.p = this.out.tables.procs.intern(pseudo)
      this.m = -1
      return
    }
    this.p = tables.proc(proc)
    this.m = this.p < 0 || type === V1.CPUSample ? -1 : this.threads[proc]
  }

  private pseudoProc(row: number, type: number): number {
    if (type === V1.GoSysExit) return PSEUDO_PROC.syscall
    if (type === V1.GCStart) return PSEUDO_PROC.gc
    if (type !== V1.GoUnblock || this.by[row] === BY.itself) return 0
    return this.by[row] === BY.timer ? PSEUDO_PROC.timer : PSEUDO_PROC.netpoll
  }

  private event(row: number, type: number, time: number): void {
    switch (type) {
      case V1.Gomaxprocs:
        if (this.initial === undefined) this.metric(row, type, time, NAME.gomaxprocs)
        else this.endInit(time)
        return
      case V1.HeapAlloc:
        this.metric(row, type, time, NAME.heapObjects)
        return
      case V1.HeapGoal:
        this.metric(row, type, time, NAME.heapGoal)
        return
      case V1.ProcStart:
      case V1.ProcStop:
        this.procTransition(row, type, time)
        return
      case V1.GCStart:
      case V1.GCDone:
      case V1.STWStart:
      case V1.STWDone:
      case V1.GCSweepStart:
      case V1.GCSweepDone:
      case V1.GCMarkAssistStart:
      case V1.GCMarkAssistDone:
        this.range(row, type, time)
        return
      case V1.UserTaskCreate:
      case V1.UserTaskEnd:
      case V1.UserRegion:
      case V1.UserLog:
        this.annotation(row, type, time)
        return
      case V1.CPUSample: {
        const stack = this.tables.stack(this.at.low32())
        this.out.block.stack[this.add(EVENT.StackSample, time)] = stack
        return
      }
      case V1.FutileWakeup:
        this.fail(row, 'an event of a kind that this version of Go does not write (FutileWakeup)')
        return
      default:
        this.goroutine(row, type, time)
    }
  }

  private goroutine(row: number, type: number, time: number): void {
    const states = TRANSITIONS[type]
    if (states === undefined) return
    switch (type) {
      case V1.GoCreate:
        this.create(row, time)
        return
      case V1.GoStart:
        if (this.initial !== undefined) this.status(this.events.g[row], time, STATE.Running)
        else this.transition(time, this.g, states, NO_STACK)
        return
      case V1.GoStartLabel:
        this.startWithLabel(row, time)
        return
      case V1.GoWaiting:
      case V1.GoInSyscall:
        this.status(this.events.g[row], time, states[1])
        return
      case V1.GoSysCall:
        this.syscall(row, time)
        return
      case V1.GoEnd:
      case V1.GoSysExit:
        this.transition(time, this.g, states, NO_STACK)
        return
      case V1.GoUnblock: {
        const unblocked = this.tables.goroutine(this.mentioned())
        this.transition(time, unblocked, states, this.stackAfter(row))
        return
      }
      default: {
        const stack = this.tables.stack(this.at.low32())
        const b = this.transition(time, this.g, states, stack)
        this.out.block.name[b] = this.reasons[type]
        this.out.block.extra[b] = stack === 0 ? -1 : stack
      }
    }
  }

  /** The goroutine that the argument at the cursor names: row in the file + 1. */
  private mentioned(): number {
    return this.file.goroutines.find(this.at.int()) + 1
  }

  /** A goroutine that was there before the trace tells its state. */
  private status(g: number, time: number, state: number): void {
    this.initial?.delete(g)
    this.transition(time, this.tables.goroutine(g), [STATE.Undetermined, state], NO_STACK)
  }

  private create(row: number, time: number): void {
    const created = this.mentioned()
    if (this.initial !== undefined) {
      this.initial.add(created)
      return
    }
    const id = this.at.low32()
    if (id !== 0 && !this.file.stacks.has(id)) this.fail(row, `there is no stack ${id}`)
    const stack = this.tables.stack(this.at.low32())
    const first = this.tables.stack(id)
    const b = this.transition(time, this.tables.goroutine(created), TRANSITIONS[V1.GoCreate], stack)
    this.out.block.extra[b] = first
  }

  /** The first GOMAXPROCS ends the list of goroutines from before the trace: those left are runnable. */
  private endInit(time: number): void {
    const rest = this.initial as Set<number>
    this.initial = undefined
    this.m = -1
    this.p = -1
    this.g = -1
    for (const g of rest) this.status(g, time, STATE.Runnable)
  }

  private startWithLabel(row: number, time: number): void {
    this.knownThread()
    this.transition(time, this.g, [STATE.Runnable, STATE.Running], NO_STACK)
    this.at.skip(2)
    const label = this.tables.string(this.at.uint(), this.events.args[row])
    const b = this.add(EVENT.Label, time)
    this.out.block.res[b] = this.g
    this.out.block.name[b] = label
  }

  /** A system call is one event, unless it blocks: then its end has one too. */
  private syscall(row: number, time: number): void {
    const stack = this.tables.stack(this.at.low32())
    const blocks = this.blocking[row] === 1
    if (!blocks) this.knownThread()
    const b = this.transition(time, this.g, [STATE.Running, STATE.Syscall], stack)
    this.out.block.extra[b] = stack === 0 ? -1 : stack
    if (!blocks) this.transition(time + 1, this.g, [STATE.Syscall, STATE.Running], NO_STACK)
  }

  /** The reference shows an unknown thread as 0 here, not as -1. */
  private knownThread(): void {
    if (this.m < 0) this.m = this.out.tables.threads.intern(0)
  }

  private procTransition(row: number, type: number, time: number): void {
    const proc = this.events.proc[row]
    const starts = type === V1.ProcStart
    const b = this.add(EVENT.ProcTransition, time)
    const { block } = this.out
    block.res[b] = this.p
    block.to[b] = starts ? STATE.Running : STATE.Idle
    block.from[b] = starts ? STATE.Idle : STATE.Running
    if (this.seen[proc] === 0) block.from[b] = STATE.Undetermined
    this.seen[proc] = 1
  }

  private metric(row: number, type: number, time: number, name: number): void {
    const stack = type === V1.Gomaxprocs ? this.stackAfter(row) : NO_STACK
    const b = this.add(EVENT.Metric, time)
    const { block } = this.out
    block.stack[b] = stack
    block.name[b] = name
    this.at.pos = this.events.args[row]
    block.x[b] = this.value(b, 1)
  }

  private range(row: number, type: number, time: number): void {
    const begins =
      type === V1.GCStart || type === V1.STWStart || type === V1.GCSweepStart || type === V1.GCMarkAssistStart
    if (type === V1.STWStart) this.stwName = this.stopTheWorld(this.at.uint())
    const stack = HAS_STACK[type] === 1 ? this.stackAfter(row) : NO_STACK
    const b = this.add(begins ? EVENT.RangeBegin : EVENT.RangeEnd, time)
    const { block } = this.out
    block.stack[b] = stack
    if (type === V1.GCStart || type === V1.GCDone) {
      block.name[b] = NAME.gcMark
      block.res[b] = -1
      block.from[b] = SCOPE.None
    } else if (type === V1.GCSweepStart || type === V1.GCSweepDone) {
      block.name[b] = NAME.gcSweep
      block.res[b] = this.p
      block.from[b] = SCOPE.Proc
      if (begins) return
      block.x[b] = this.value(b, 1)
      block.y[b] = this.value(b, 2)
    } else {
      const stops = type === V1.STWStart || type === V1.STWDone
      block.name[b] = stops ? this.stwName : NAME.gcMarkAssist
      block.res[b] = this.g
      block.from[b] = SCOPE.Goroutine
    }
  }

  private stopTheWorld(kind: Int): number {
    // Before Go 1.21 there were two kinds, counted from 0.
    const { strings, minor } = this.out.tables
    const row = minor < 21 ? (kind === 0 || kind === 1 ? kind + 1 : 0) : Number(kind)
    return strings.intern(`stop-the-world (${STW_KINDS[row] ?? ''})`)
  }

  private annotation(row: number, type: number, time: number): void {
    const { at, events, tables } = this
    const offset = events.args[row]
    const stack = this.stackAfter(row)
    const afterStack = at.pos
    at.pos = offset
    const task = at.uint()
    let kind: number = EVENT.Log
    let name: number = NAME.empty
    let extra = -1
    if (type === V1.UserTaskCreate) {
      kind = EVENT.TaskBegin
      const parent = at.uint()
      name = tables.string(at.uint(), offset)
      extra = this.taskRow(parent === 0 ? NO_TASK : parent)
      this.tasks.set(task, { parent, name })
    } else if (type === V1.UserTaskEnd) {
      kind = EVENT.TaskEnd
      // A parent of 0 is shown as it is here.
      const begun = this.tasks.get(task)
      this.tasks.delete(task)
      name = begun?.name ?? NAME.empty
      extra = this.taskRow(begun?.parent ?? NO_TASK)
    } else if (type === V1.UserRegion) {
      kind = at.uint() === 0 ? EVENT.RegionBegin : EVENT.RegionEnd
      name = tables.string(at.uint(), offset)
    } else {
      name = tables.string(at.uint(), offset)
      extra = tables.text(afterStack)
    }
    const b = this.add(kind, time)
    const { block } = this.out
    block.stack[b] = stack
    block.res[b] = this.taskRow(task)
    block.name[b] = name
    block.extra[b] = extra
  }

  /** Adds a transition without reason and without a stack of its own. */
  private transition(time: number, res: number, states: readonly [number, number], stack: number): number {
    const b = this.add(EVENT.GoTransition, time)
    const { block } = this.out
    block.stack[b] = stack
    block.res[b] = res
    block.name[b] = NAME.empty
    block.extra[b] = -1
    block.from[b] = states[0]
    block.to[b] = states[1]
    return b
  }

  /** Adds an event in the current context. Times increase strictly; the delivered ones count from the first Sync. */
  private add(kind: number, time: number): number {
    this.last = Math.max(time, this.last + 1)
    return this.out.add(kind, this.last + 1, this.m, this.p, this.g)
  }

  /** The time for the last Sync. */
  get endTime(): number {
    return this.last + 2
  }

  private taskRow(id: Int): number {
    return id === NO_TASK ? -1 : this.out.tables.tasks.intern(id)
  }

  /** Reads a value; what no double holds is put beside row b of the block as value `which`. */
  private value(b: number, which: number): number {
    const v = this.at.number()
    if (this.at.wide !== undefined) this.out.block.wide.set(b * 4 + which, this.at.wide)
    return v
  }

  /** The stack of an event, which follows its other arguments. */
  private stackAfter(row: number): number {
    this.at.pos = this.events.args[row]
    this.at.skip(OWN_ARGUMENTS[this.events.type[row]])
    return this.tables.stack(this.at.low32())
  }

  private fail(row: number, message: string): never {
    throw new DecodeError('trace', this.events.args[row], message)
  }
}

/** Marks the system calls whose goroutine's next event says that it blocks: row -> 1. */
function blockingSyscalls(file: V1File, order: Uint32Array): Uint8Array {
  const { type, g, count } = file.events
  const marks = new Uint8Array(count)
  const next = new Uint8Array(file.goroutines.count + 1)
  for (let i = order.length - 1; i >= 0; i--) {
    const row = order[i]
    if (type[row] === V1.GoSysCall && next[g[row]] === V1.GoSysBlock) marks[row] = 1
    next[g[row]] = type[row]
  }
  return marks
}
