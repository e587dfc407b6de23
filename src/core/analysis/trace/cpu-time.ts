// Where goroutines were while they ran and while they did not: every moment of every goroutine, by stack.

import { EVENT, type EventBlock, type EventSink, STATE, type TraceTables } from '../../model/trace.ts'
import { capacityFor, widerF64, widerI32, widerU8 } from './columns.ts'
import { isSystemGoroutine } from './goroutines.ts'

/** What a goroutine did with a stretch of time. */
export interface TimeClass {
  readonly on: boolean
  /** 'running', 'processor' (it had none), 'syscall', 'waiting'. */
  readonly state: 'running' | 'processor' | 'syscall' | 'waiting'
  /** What it waited for; '' = not known, or nothing. */
  readonly reason: string
}

/** Time of one class at one stack. */
export interface TimeAt {
  /** Goroutine row, -1 where goroutines are not told apart. */
  readonly goroutine: number
  readonly at: TimeClass
  /** Row of stacks; 0 = not known. */
  readonly stack: number
  readonly count: number
  /** ns. */
  readonly time: number
}

export interface CpuTimes {
  readonly tables: TraceTables
  readonly times: readonly TimeAt[]
  /** Goroutine row -> string id of its start function, 0 = not known. */
  readonly startFunction: Int32Array
  /** ns of waits of the runtime's own goroutines that were left out. */
  readonly leftOut: number
  /** CPU samples that told where runs were. */
  readonly samples: number
}

interface Sum {
  count: number
  time: number
}

const RUNNING = 0
const PROCESSOR = 1
const SYSCALL = 2
/** Classes from here on are reasons to wait, by string id. */
const REASONS = 3
/** Rows of stacks are below; twice this is exact in doubles with any class. */
const MAX_STACKS = 2 ** 26

/**
 * Sums time by stack. A run counts for the stack at which it ended, or for those of the CPU samples in it; a
 * wait for the one at which it began. Feed it with all events, then ask `done`.
 */
export class CpuTimeSink implements EventSink {
  private readonly byGoroutine: boolean
  private tables: TraceTables | undefined
  private state = new Uint8Array(0)
  private since = new Float64Array(0)
  private reason = new Int32Array(0)
  /** Where it was when it last said so. */
  private stack = new Int32Array(0)
  private start = new Int32Array(0)
  /** Goroutine row -> stacks of the samples in the run that goes on. */
  private readonly sampled = new Map<number, number[]>()
  private samples = 0
  /** Goroutine row, or 0 for all; then class * MAX_STACKS + stack. */
  private readonly sums = new Map<number, Map<number, Sum>>()

  /** `byGoroutine`: whether goroutines are told apart. */
  constructor(byGoroutine: boolean) {
    this.byGoroutine = byGoroutine
  }

  block(b: EventBlock, tables: TraceTables): void {
    this.tables = tables
    this.ensure(tables.goroutines.count)
    for (let i = 0; i < b.length; i++) {
      if (b.kind[i] === EVENT.GoTransition) this.transition(b, i)
      else if (b.kind[i] === EVENT.StackSample && b.g[i] >= 0 && b.stack[i] > 0)
        this.sample(b.g[i], b.stack[i])
    }
  }

  /**
   * The sums; `end` is the time of the last event. Waits of the runtime's own goroutines, who wait for their work,
   * are left out unless `system` is set.
   */
  done(end: number, system = false): CpuTimes | undefined {
    const { tables } = this
    if (tables === undefined) return undefined
    const startFunction = new Int32Array(this.start.length)
    for (let g = 0; g < startFunction.length; g++) {
      this.close(g, end, 0)
      this.state[g] = 0
      if (this.start[g] > 0) startFunction[g] = tables.stacks.fn.a[tables.stacks.root(this.start[g])]
    }
    const times: TimeAt[] = []
    let leftOut = 0
    for (const [key, sums] of this.sums) {
      const goroutine = this.byGoroutine ? key : -1
      const ofSystem = this.byGoroutine
        ? isSystemGoroutine(tables.strings.get(startFunction[key]))
        : key === 1
      for (const [at, { count, time }] of sums) {
        const kind = Math.floor(at / MAX_STACKS)
        if (ofSystem && !system && kind !== RUNNING) leftOut += time
        else times.push({ goroutine, at: classOf(kind, tables), stack: at % MAX_STACKS, count, time })
      }
    }
    return { tables, times, startFunction, leftOut, samples: this.samples }
  }

  private transition(b: EventBlock, i: number): void {
    const g = b.res[i]
    const from = b.from[i]
    const to = b.to[i]
    if (g < 0 || from === to) return
    const time = b.time[i]
    const own = b.g[i] < 0 || b.g[i] === g
    if (b.extra[i] > 0 && (this.start[g] === 0 || from === STATE.NotExist)) {
      this.start[g] = b.extra[i]
      if (this.stack[g] === 0 || from === STATE.NotExist) this.stack[g] = b.extra[i]
    }
    const here = own || from === STATE.Running ? b.stack[i] : 0
    this.close(g, time, from === STATE.Running ? here : 0)
    if (here > 0 && from !== STATE.Waiting && from !== STATE.Runnable && from !== STATE.NotExist)
      this.stack[g] = here
    // What is found at the start has been so all along.
    this.since[g] = from === STATE.Undetermined && this.state[g] === 0 ? 0 : time
    this.state[g] = to === STATE.NotExist ? 0 : to
    this.reason[g] = b.name[i]
  }

  /** Ends the stretch that a goroutine is in; `stack` is where a run ended, 0 = not known. */
  private close(g: number, time: number, stack: number): void {
    const state = this.state[g]
    if (state === 0) return
    const spent = time - this.since[g]
    if (state !== STATE.Running) {
      const kind =
        state === STATE.Runnable ? PROCESSOR : state === STATE.Syscall ? SYSCALL : REASONS + this.reason[g]
      this.add(g, kind, this.stack[g], spent, 1)
      return
    }
    const samples = this.sampled.get(g)
    if (samples === undefined) {
      this.add(g, RUNNING, stack > 0 ? stack : this.stack[g], spent, 1)
      return
    }
    this.sampled.delete(g)
    let left = spent
    for (let k = 0; k < samples.length; k++) {
      // Whole nanoseconds, and no more than there were.
      const share = k === samples.length - 1 ? left : Math.floor(spent / samples.length)
      this.add(g, RUNNING, samples[k], share, k === 0 ? 1 : 0)
      left -= share
    }
  }

  private sample(g: number, stack: number): void {
    if (this.state[g] !== STATE.Running) return
    this.samples++
    const list = this.sampled.get(g)
    if (list === undefined) this.sampled.set(g, [stack])
    else list.push(stack)
  }

  private add(g: number, kind: number, stack: number, time: number, count: number): void {
    if (time <= 0) return
    const group = this.byGoroutine ? g : this.isSystem(g) ? 1 : 0
    let sums = this.sums.get(group)
    if (sums === undefined) {
      sums = new Map()
      this.sums.set(group, sums)
    }
    const key = kind * MAX_STACKS + stack
    const sum = sums.get(key)
    if (sum === undefined) sums.set(key, { count, time })
    else {
      sum.count += count
      sum.time += time
    }
  }

  /** Stack row -> 1 = starts with a function of the program, 2 = of the runtime. */
  private readonly system: number[] = []

  private isSystem(g: number): boolean {
    const { tables } = this
    const stack = this.start[g]
    if (tables === undefined) return false
    const known = this.system[stack]
    if (known !== undefined && known > 0) return known === 2
    while (this.system.length <= stack) this.system.push(0)
    const root = stack > 0 ? tables.stacks.root(stack) : 0
    const is = isSystemGoroutine(root > 0 ? tables.strings.get(tables.stacks.fn.a[root]) : '')
    this.system[stack] = is ? 2 : 1
    return is
  }

  private ensure(count: number): void {
    if (count <= this.state.length) return
    const n = capacityFor(count)
    this.state = widerU8(this.state, n)
    this.since = widerF64(this.since, n)
    this.reason = widerI32(this.reason, n)
    this.stack = widerI32(this.stack, n)
    this.start = widerI32(this.start, n)
  }
}

function classOf(kind: number, tables: TraceTables): TimeClass {
  if (kind === RUNNING) return { on: true, state: 'running', reason: '' }
  if (kind === PROCESSOR) return { on: false, state: 'processor', reason: '' }
  if (kind === SYSCALL) return { on: false, state: 'syscall', reason: '' }
  return { on: false, state: 'waiting', reason: tables.strings.get(kind - REASONS) }
}

/** What a class is called: `running`, `waiting for a processor`, `system call`, or what is waited for. */
export function className(c: TimeClass): string {
  if (c.state === 'running') return 'running'
  if (c.state === 'processor') return 'waiting for a processor'
  if (c.state === 'syscall') return 'system call'
  return c.reason === '' ? 'waiting' : c.reason
}
