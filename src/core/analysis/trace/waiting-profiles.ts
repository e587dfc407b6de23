// Where goroutines waited, by stack (facts.md, "Profiles").

import type { Int } from '../../base/int64.ts'
import type { IdTable } from '../../model/id-table.ts'
import { EVENT, type EventBlock, type EventSink, NAME, STATE, type TraceTables } from '../../model/trace.ts'
import { capacityFor, widerF64, widerI32, widerU8 } from './columns.ts'
import { PairTable } from './pair-table.ts'

/** What goroutines wait for: the network, other goroutines, the kernel, a proc. */
export const WAIT_KINDS = ['net', 'sync', 'syscall', 'sched'] as const
export type WaitKind = (typeof WAIT_KINDS)[number]

// Kinds of waits are numbers from 1 in columns; 0 = none of them.
const NONE = 0
const NET = 1
const SYNC = 2
const SYSCALL = 3
const SCHED = 4
/** Kind -> the state that a goroutine is in meanwhile. */
const STATE_OF = [STATE.Undetermined, STATE.Waiting, STATE.Waiting, STATE.Syscall, STATE.Runnable]

/** Waits by stack, in no particular order. */
export interface WaitingProfile {
  readonly tables: TraceTables
  /** Rows of stacks; those with equal pcs are one entry, 0 = no stack. */
  readonly stack: ArrayLike<number>
  readonly count: ArrayLike<number>
  /** Nanoseconds. */
  readonly delay: ArrayLike<number>
}

/** Receives every wait of the chosen kinds when it ends. Times in ns since the trace's start. */
export interface WaitConsumer {
  /** `stack` is that of the event that began the wait. */
  wait(kind: number, goroutine: number, stack: number, start: number, end: number): void
}

/** Finds the waits of goroutines: what a waiting profile is made of. */
export class Waits {
  private readonly wanted: Uint8Array
  private readonly consumer: WaitConsumer
  /** Goroutine -> kind of its open wait, since when, where. */
  private kind = new Uint8Array(0)
  private start = new Float64Array(0)
  private stack = new Int32Array(0)
  /** String id -> kind of a wait with that reason + 1, 0 = not looked at so far. */
  private reasons = new Uint8Array(0)

  constructor(kinds: readonly WaitKind[], consumer: WaitConsumer) {
    this.wanted = Uint8Array.from([0, ...WAIT_KINDS.map((kind) => (kinds.includes(kind) ? 1 : 0))])
    this.consumer = consumer
  }

  ensure(tables: TraceTables): void {
    const { count } = tables.goroutines
    if (count > this.kind.length) {
      const capacity = capacityFor(count)
      this.kind = widerU8(this.kind, capacity)
      this.start = widerF64(this.start, capacity)
      this.stack = widerI32(this.stack, capacity)
    }
    const strings = tables.strings.count
    if (strings > this.reasons.length) this.reasons = widerU8(this.reasons, capacityFor(strings))
  }

  /** Event i is a transition of a goroutine. */
  transition(b: EventBlock, i: number, tables: TraceTables): void {
    const g = b.res[i]
    const to = b.to[i]
    const open = this.kind[g]
    if (open !== NONE) {
      if (to === STATE_OF[open]) return
      this.kind[g] = NONE
      this.consumer.wait(open, g, this.stack[g], this.start[g], b.time[i])
    }
    let kind = NONE
    if (to === STATE.Runnable) kind = SCHED
    else if (to === STATE.Syscall) kind = SYSCALL
    else if (to === STATE.Waiting) kind = this.kindOf(b.name[i], tables)
    if (this.wanted[kind] === 0) return
    this.kind[g] = kind
    this.start[g] = b.time[i]
    this.stack[g] = b.stack[i]
  }

  /** Forgets the goroutine's open wait. */
  drop(g: number): void {
    this.kind[g] = NONE
  }

  private kindOf(reason: number, tables: TraceTables): number {
    if (reason === NAME.empty) return NONE
    if (this.reasons[reason] === 0) {
      const text = tables.strings.get(reason)
      const sync = text.includes('chan') || text.includes('sync') || text.includes('select')
      this.reasons[reason] = 1 + (reason === NAME.network ? NET : sync ? SYNC : NONE)
    }
    return this.reasons[reason] - 1
  }
}

/** Waits by kind and stack. */
export class WaitSums {
  /** Kind -> row of stacks -> number, ns, and end of the last one. Columns of kinds without waits stay empty. */
  private readonly counts = WAIT_COLUMNS.map(() => new Float64Array(0))
  private readonly delays = WAIT_COLUMNS.map(() => new Float64Array(0))
  private readonly lasts = WAIT_COLUMNS.map(() => new Float64Array(0))

  add(kind: number, stack: number, count: number, delay: number, last: number): void {
    if (stack >= this.counts[kind].length) {
      const capacity = capacityFor(stack + 1)
      this.counts[kind] = widerF64(this.counts[kind], capacity)
      this.delays[kind] = widerF64(this.delays[kind], capacity)
      this.lasts[kind] = widerF64(this.lasts[kind], capacity)
    }
    this.counts[kind][stack] += count
    this.delays[kind][stack] += delay
    if (last > this.lasts[kind][stack]) this.lasts[kind][stack] = last
  }

  profile(kind: WaitKind, tables: TraceTables): WaitingProfile {
    const k = WAIT_KINDS.indexOf(kind) + 1
    const counts = this.counts[k]
    const lasts = this.lasts[k]
    const byPcs = new Map<string, number>()
    const stack: number[] = []
    const count: number[] = []
    const delay: number[] = []
    for (let row = 0; row < counts.length; row++) {
      if (counts[row] === 0) continue
      const pcs = pcsOf(tables, row)
      let at = byPcs.get(pcs)
      if (at === undefined) {
        at = stack.push(row) - 1
        byPcs.set(pcs, at)
        count.push(0)
        delay.push(0)
      }
      // The one that was met last stands for those with equal pcs.
      if (lasts[row] > lasts[stack[at]]) stack[at] = row
      count[at] += counts[row]
      delay[at] += this.delays[k][row]
    }
    return { tables, stack, count, delay }
  }
}

const WAIT_COLUMNS = [NONE, NET, SYNC, SYSCALL, SCHED]

/** Equal for stacks with equal pcs. Zeros at the root do not count: a stack of nothing but 0 is an empty one. */
function pcsOf(tables: TraceTables, row: number): string {
  const { start, frame, pc } = tables.stacks
  let end = start.a[row + 1]
  while (end > start.a[row] && pc[frame.a[end - 1]] === 0) end--
  let out = ''
  for (let k = start.a[row]; k < end; k++) out += `${pc[frame.a[k]]} `
  return out
}

/**
 * The waits of all goroutines. What a goroutine waited before its first run does not count, unless it
 * never ran. And where an id is used again (a thread of C that calls into Go more than once), only what
 * came after the last creation counts. So waits that may turn out not to count are kept by goroutine.
 */
export class AllWaits implements EventSink, WaitConsumer {
  private readonly waits: Waits
  private readonly sums = new WaitSums()
  private tables: TraceTables | undefined
  private unset = 0
  private lastTime = 0
  private alive = 0
  /** Goroutine -> 0 = none so far, 1 = its id may be used again, 2 = it will not. */
  private life = new Uint8Array(0)
  /** Goroutine -> first run since its creation, `unset` if there was none. */
  private started = new Float64Array(0)
  /** Goroutine and stack * 8 + kind -> number of waits that may not count. */
  private readonly kept = new PairTable()
  /** Entry of `kept` * 2 -> ns, + 1 -> end of the last one. */
  private keptTimes = new Float64Array(128)

  constructor(kinds: readonly WaitKind[] = WAIT_KINDS) {
    this.waits = new Waits(kinds, this)
  }

  block(b: EventBlock, tables: TraceTables): void {
    if (this.tables === undefined) this.unset = -Number(tables.start)
    this.tables = tables
    this.ensure(tables)
    const { waits, unset, started } = this
    for (let i = 0; i < b.length; i++) {
      if (b.kind[i] !== EVENT.GoTransition) continue
      const g = b.res[i]
      if (g < 0) continue
      const from = b.from[i]
      const to = b.to[i]
      if ((from === STATE.NotExist || from === STATE.Undetermined) && from !== to) {
        // Found again after a gap: what it waited for is not known.
        if (from === STATE.Undetermined && this.life[g] !== 0 && tables.minor >= 22) waits.drop(g)
        else this.created(g, from, to)
      }
      if (to === STATE.Running && started[g] === unset && from !== to) {
        started[g] = b.time[i]
        this.kept.clear(g)
        waits.drop(g)
      }
      waits.transition(b, i, tables)
    }
    if (b.length > 0) this.lastTime = b.time[b.length - 1]
  }

  wait(kind: number, goroutine: number, stack: number, start: number, end: number): void {
    if (this.life[goroutine] === 2 && this.started[goroutine] !== this.unset) {
      this.sums.add(kind, stack, 1, end - start, end)
      return
    }
    const entry = this.kept.at(goroutine, stack * 8 + kind)
    if (2 * entry >= this.keptTimes.length) this.keptTimes = widerF64(this.keptTimes, 4 * entry)
    if (this.kept.value[entry]++ === 0) this.keptTimes[2 * entry] = 0
    this.keptTimes[2 * entry] += end - start
    this.keptTimes[2 * entry + 1] = end
  }

  /**
   * Call once after the last event, before anything is asked. `whole` saw all events that were read, also
   * those of a damaged trace that do not count: goroutines live on there.
   */
  finish(whole: AllWaits = this): void {
    this.alive = whole.alive
    if (this.tables === undefined) return
    const { goroutines } = this.tables
    for (let g = 0; g < goroutines.count; g++) {
      if (this.kept.size(g) === 0 || whole.startOf(goroutines.id(g)) > this.lastTime) continue
      for (let e = this.kept.first(g); e >= 0; e = this.kept.after(e)) {
        const key = this.kept.key(e)
        this.sums.add(key & 7, key >> 3, this.kept.value[e], this.keptTimes[2 * e], this.keptTimes[2 * e + 1])
      }
      this.kept.clear(g)
    }
  }

  /** False if no goroutine did anything: there is nothing to make a profile of. */
  get any(): boolean {
    return this.alive > 0
  }

  /** Undefined before the first event. */
  profile(kind: WaitKind): WaitingProfile | undefined {
    return this.tables && this.sums.profile(kind, this.tables)
  }

  private ensure(tables: TraceTables): void {
    this.waits.ensure(tables)
    const { count } = tables.goroutines
    if (count <= this.life.length) return
    const capacity = capacityFor(count)
    this.life = widerU8(this.life, capacity)
    this.started = widerF64(this.started, capacity)
    this.kept.ensure(capacity)
  }

  private created(g: number, from: number, to: number): void {
    if (this.life[g] === 0) this.alive++
    // Only a thread of C enters Go in a syscall. What is there from the start may be such a thread.
    this.life[g] = from === STATE.Undetermined || to === STATE.Syscall ? 1 : 2
    this.started[g] = this.unset
    this.kept.clear(g)
  }

  private startOf(id: Int): number {
    const row = this.tables?.goroutines.find(id) ?? -1
    return row < 0 ? this.unset : this.started[row]
  }
}

/** Intervals of time of goroutines, by row: waits count where they overlap with them. */
export class WaitIntervals {
  /** Goroutine -> from, to, from, … */
  private readonly flat = new Map<number, number[]>()

  /** Adds [from, to], ns since the trace's start, of a goroutine. */
  add(goroutine: number, from: number, to: number): void {
    const known = this.flat.get(goroutine)
    if (known === undefined) this.flat.set(goroutine, [from, to])
    else known.push(from, to)
  }

  /** Goroutine rows with their intervals: from, to, from, … */
  entries(): Iterable<[goroutine: number, flat: readonly number[]]> {
    return this.flat.entries()
  }

  /**
   * Puts those of each goroutine in order and leaves out what lies in, or begins in, an earlier one; and
   * what begins before `first`, the trace clock's zero.
   */
  outermost(first: number): void {
    for (const [g, flat] of this.flat) {
      const pairs = flat.flatMap((_, k) => (k % 2 === 0 ? [[flat[k], flat[k + 1]] as const] : []))
      pairs.sort((a, b) => a[0] - b[0] || a[1] - b[1])
      const kept: number[] = []
      let last = first
      for (const [from, to] of pairs) {
        if (last > from) continue
        kept.push(from, to)
        last = to
      }
      this.flat.set(g, kept)
    }
  }
}

/** A goroutine's intervals in one of several sets, and how many numbers of them are past. */
export interface OwnIntervals {
  readonly set: number
  readonly flat: readonly number[]
  at: number
}

/**
 * The waits that fall into intervals of goroutines: of goroutine groups, or of regions. Several sets of
 * intervals are looked at in one pass; those of a goroutine must be in order and apart.
 */
export class IntervalWaits implements EventSink, WaitConsumer {
  private readonly goroutines: IdTable
  /** Goroutine of that table -> its intervals. */
  private readonly given = new Map<number, OwnIntervals[]>()
  private readonly waits: Waits
  private readonly sums: readonly WaitSums[]
  private tables: TraceTables | undefined
  /** Goroutine of the trace as it is read now -> its intervals; undefined if it has none. */
  private readonly own: (readonly OwnIntervals[] | undefined)[] = []

  /** `goroutines` is the table that the rows of the intervals belong to; the events may have another. */
  constructor(goroutines: IdTable, sets: readonly WaitIntervals[], kinds: readonly WaitKind[] = WAIT_KINDS) {
    this.goroutines = goroutines
    this.sums = sets.map(() => new WaitSums())
    this.waits = new Waits(kinds, this)
    for (const [set, intervals] of sets.entries())
      for (const [g, flat] of intervals.entries()) {
        const known = this.given.get(g)
        if (known === undefined) this.given.set(g, [{ set, flat, at: 0 }])
        else known.push({ set, flat, at: 0 })
      }
  }

  block(b: EventBlock, tables: TraceTables): void {
    this.tables = tables
    this.ensure(tables)
    const { waits, own } = this
    for (let i = 0; i < b.length; i++)
      if (b.kind[i] === EVENT.GoTransition && b.res[i] >= 0 && own[b.res[i]] !== undefined)
        waits.transition(b, i, tables)
  }

  wait(kind: number, goroutine: number, stack: number, start: number, end: number): void {
    for (const own of this.own[goroutine] ?? []) {
      const time = overlap(own, start, end)
      if (time > 0) this.sums[own.set].add(kind, stack, 1, time, end)
    }
  }

  /** Of a set of intervals, by its index. Undefined before the first event. */
  profile(set: number, kind: WaitKind): WaitingProfile | undefined {
    return this.tables && this.sums[set].profile(kind, this.tables)
  }

  private ensure(tables: TraceTables): void {
    this.waits.ensure(tables)
    const { goroutines } = tables
    while (this.own.length < goroutines.count)
      this.own.push(this.given.get(this.goroutines.find(goroutines.id(this.own.length))))
  }
}

/** How much of [start, end] lies in the intervals. Asked for times in order: the past is passed by. */
export function overlap(own: Pick<OwnIntervals, 'flat' | 'at'>, start: number, end: number): number {
  const { flat } = own
  while (own.at < flat.length && flat[own.at + 1] <= start) own.at += 2
  let time = 0
  for (let k = own.at; k < flat.length && flat[k] < end; k += 2)
    time += Math.max(0, Math.min(flat[k + 1], end) - Math.max(flat[k], start))
  return time
}
