import { DecodeError } from '../../../base/errors.ts'
import { EVENT, NAME, type TraceTables } from '../../../model/trace.ts'
import { ActiveTasks } from './active-tasks.ts'
import type { TraceClock } from './clock.ts'
import type { Cursors } from './cursors.ts'
import type { Delivery } from './delivery.ts'
import { EVENT_SPECS, MAX_ARGS } from './events.ts'
import type { Generation } from './generation.ts'
import { ABSENT, OpenRanges, OpenRegions, States } from './states.ts'
import { NONE, type WideValues } from './wide.ts'

/** Statuses on the wire. */
export const G = { Runnable: 1, Running: 2, Syscall: 3, Waiting: 4 } as const
export const P = { Running: 1, Idle: 2, Syscall: 3, Abandoned: 4 } as const

/** What is known of the collector. */
export const GC = { Undetermined: 0, NotRunning: 1, Running: 2 } as const

/**
 * What the rules of all events work on: the state of everything, the event in hand and the context it came
 * in, and the ways to deliver what it becomes.
 */
export class OrderContext {
  protected readonly tables: TraceTables
  protected readonly wides: WideValues
  protected readonly cursors: Cursors
  protected readonly out: Delivery
  protected readonly clock: TraceClock
  private readonly generation: Generation
  /** Numbers of generations, in order of first mention. */
  private readonly gens = new Map<number, number>()
  protected gen = 0
  /** -1 until an event was looked at. */
  protected initialGen = -1
  protected readonly gs: States
  protected readonly ps: States
  /** Row of a thread -> rows of its goroutine and proc, -1 = none. */
  protected threadG = new Int32Array(256).fill(-1)
  protected threadP = new Int32Array(256).fill(-1)
  protected threadKnown = new Uint8Array(256)
  protected readonly gRanges = new OpenRanges()
  protected readonly pRanges = new OpenRanges()
  protected readonly regions: OpenRegions
  protected readonly tasks = new ActiveTasks()
  protected gcSeq = 0
  protected gcState: number = GC.Undetermined
  /** Kind's string -> string of its range's name. */
  private readonly stwNames = new Map<number, number>()
  /** Context of the event in hand: its cursor, and the thread, proc and goroutine before it. */
  protected c = 0
  protected m = -1
  protected p = -1
  protected g = -1

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

  /** Makes the event of a cursor the one in hand. */
  protected take(c: number): void {
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
    this.out.now = cursors.time[c]
    if (this.clock.hasWide) this.out.nowWide = cursors.wide[c]
  }

  protected needsProc(): void {
    if (this.m < 0 || this.p < 0) this.fail('an event needs a proc and has none')
  }

  protected needsAll(): void {
    this.needsProc()
    if (this.g < 0) this.fail('an event needs a goroutine and has none')
  }

  /** A goroutine that is there, whatever it does. */
  protected needsGoroutine(): void {
    this.needsAll()
    if (this.gs.status(this.g) === ABSENT) this.fail('an event belongs to a goroutine that is not there')
  }

  protected needsRunning(): void {
    this.needsAll()
    if (this.gs.status(this.g) !== G.Running) this.fail('an event belongs to a goroutine that does not run')
  }

  protected forget(g: number): void {
    this.gs.setStatus(g, ABSENT)
    this.gRanges.forget(g)
    this.regions.forget(g)
  }

  /** An argument of the event in hand, `dt` not counted. */
  protected arg(i: number): number {
    return this.cursors.args[this.c * MAX_ARGS + i]
  }

  protected isKnownThread(m: number): boolean {
    return m < this.threadKnown.length && this.threadKnown[m] === 1
  }

  protected procTransition(p: number, from: number, to: number): void {
    const row = this.out.add(EVENT.ProcTransition, this.m, this.p, this.g)
    const b = this.out.block
    b.res[row] = p
    b.from[row] = from
    b.to[row] = to
  }

  /** Adds a transition without reason and stacks. */
  protected goTransition(g: number, from: number, to: number): number {
    const row = this.out.add(EVENT.GoTransition, this.m, this.p, this.g)
    this.fillTransition(row, g, from, to)
    return row
  }

  protected fillTransition(row: number, g: number, from: number, to: number): void {
    const b = this.out.block
    b.res[row] = g
    b.from[row] = from
    b.to[row] = to
    b.name[row] = NAME.empty
    b.extra[row] = -1
  }

  protected range(kind: number, name: number, scope: number, owner: number, stackId: number): number {
    const row = this.out.add(kind, this.m, this.p, this.g)
    const b = this.out.block
    b.name[row] = name
    b.from[row] = scope
    b.res[row] = owner
    if (stackId !== 0) b.stack[row] = this.stack(stackId)
    return row
  }

  /** Sets x, y or z (1, 2 or 3) of a row. */
  protected value(row: number, which: number, code: number): void {
    const b = this.out.block
    const column = which === 1 ? b.x : which === 2 ? b.y : b.z
    column[row] = code >= 0 ? code : this.wides.nearest(code)
    if (code < 0) b.wide.set(row * 4 + which, this.wides.exact(code))
  }

  protected stwName(kindId: number): number {
    const kind = this.string(kindId)
    let name = this.stwNames.get(kind)
    if (name === undefined) {
      const { strings } = this.tables
      name = strings.intern(`stop-the-world (${strings.get(kind)})`)
      this.stwNames.set(kind, name)
    }
    return name
  }

  protected task(code: number): number {
    return code === NONE ? -1 : this.tables.tasks.intern(this.wides.unsigned(code))
  }

  protected string(id: number): number {
    const row = this.generation.findString(id)
    if (row < 0) this.fail(`there is no string ${this.wides.exact(id)}`)
    return row
  }

  protected stack(id: number): number {
    const row = this.generation.findStack(id)
    if (row < 0) this.fail(`there is no stack ${this.wides.exact(id)}`)
    return row
  }

  protected growThreads(m: number): void {
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

  protected fail(message: string): never {
    const { cursors, c } = this
    const name = EVENT_SPECS[cursors.type[c]]?.name ?? `event ${cursors.type[c]}`
    throw new DecodeError('trace', cursors.at[c], `${name}: ${message}`)
  }
}
