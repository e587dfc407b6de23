// How goroutines of one start function work together: how many of them run at once, how the work is shared
// out among them, and who wakes them.

import { EVENT, type EventBlock, type EventSink, NAME, STATE, type TraceTables } from '../../model/trace.ts'
import { capacityFor, widerF64, widerI32, widerU8 } from './columns.ts'
import { PairTable } from './pair-table.ts'

/** All goroutines that start with one function. Times in ns. */
export interface GroupActivity {
  readonly name: string
  /** Goroutines that were seen. */
  readonly count: number
  /** Time on a processor, of all together. */
  readonly exec: number
  /** Time in which at least one of them ran. exec / active is how many ran at once. */
  readonly active: number
  /** How many of them there were while at least one ran, on average. */
  readonly alive: number
  /** The most of them that there were at once. */
  readonly peak: number
  /**
   * Share of the work that the heaviest 1/peak of them did: of a pool the busiest worker, of workers that are
   * started anew each round the busiest of each round. 1/peak if the work is shared out evenly.
   */
  readonly busiest: number
  /** Time waited, by reason. */
  readonly waited: ReadonlyMap<string, number>
  /** Wake-ups by goroutines of each start function ('' = unknown, or no goroutine: timers, the network). */
  readonly wokenBy: ReadonlyMap<string, number>
}

/** What the sink found. */
export interface TraceActivity {
  readonly durationNs: number
  /** GOMAXPROCS, 0 if the trace does not say. */
  readonly gomaxprocs: number
  /** Nanoseconds during which exactly k goroutines ran, for k from 0. */
  readonly concurrency: readonly number[]
  /** Groups by exec, most first. */
  readonly groups: readonly GroupActivity[]
  readonly syscalls: { readonly count: number; readonly totalNs: number }
}

/** Beyond this many goroutines running at once they are counted together. */
const MAX_CONCURRENCY = 1024

/** Sums activity by start function. Feed it with all events, then ask `done`. */
export class ActivitySink implements EventSink {
  // Per goroutine.
  private name = new Int32Array(0)
  private state = new Uint8Array(0)
  private since = new Float64Array(0)
  private reason = new Int32Array(0)
  private exec = new Float64Array(0)
  /** 1 = it is there. */
  private known = new Uint8Array(0)
  /** 1 = it is in `members`, whatever became of it. */
  private member = new Uint8Array(0)
  /** When the part of the trace began that is being read: its start, or the end of the last gap. */
  private partStart = 0
  // Per start function (string id).
  private running = new Int32Array(0)
  private aliveNow = new Int32Array(0)
  private peak = new Int32Array(0)
  private changed = new Float64Array(0)
  private active = new Float64Array(0)
  private aliveTime = new Float64Array(0)
  private readonly members = new Map<number, number[]>()
  /** (start function, reason) -> ns; (start function, that of who woke it) -> times. */
  private readonly waited = new PairTable()
  private readonly woken = new PairTable()

  private readonly concurrency = new Float64Array(MAX_CONCURRENCY + 1)
  private runningNow = 0
  private lastChange = 0
  private last = 0
  private gomaxprocs = 0
  private syscallCount = 0
  private syscallNs = 0
  private tables: TraceTables | undefined
  private resuming = false

  block(b: EventBlock, tables: TraceTables): void {
    this.tables = tables
    this.ensure(tables)
    if (this.resuming && b.length > 0) this.resume(b.time[0])
    for (let i = 0; i < b.length; i++) {
      const kind = b.kind[i]
      if (kind === EVENT.GoTransition) this.transition(b, i, tables)
      else if (kind === EVENT.Metric && b.name[i] === NAME.gomaxprocs) this.gomaxprocs = b.x[i]
    }
    if (b.length > 0) this.last = b.time[b.length - 1]
  }

  /** Everything that goes on ends at `from`; what comes after starts anew. */
  gap(from: number): void {
    for (let g = 0; g < this.known.length; g++)
      if (this.known[g] === 1) {
        this.leave(g, from)
        this.touch(this.name[g], from)
        this.known[g] = 0
      }
    this.running.fill(0)
    this.aliveNow.fill(0)
    this.runningNow = 0
    this.tick(from)
    this.resuming = true
  }

  /** The sums. `end` is the time of the last event. */
  done(end = this.last): TraceActivity {
    const { tables } = this
    this.tick(end)
    const groups: GroupActivity[] = []
    if (tables !== undefined)
      for (const [name, members] of this.members) {
        // What is open at the end counts up to it.
        for (const g of members) if (this.known[g] === 1) this.leave(g, end)
        this.touch(name, end)
        const exec = members.map((g) => this.exec[g])
        groups.push({
          name: tables.strings.get(name),
          count: members.length,
          exec: exec.reduce((sum, v) => sum + v, 0),
          active: this.active[name],
          alive: this.active[name] > 0 ? this.aliveTime[name] / this.active[name] : 0,
          peak: this.peak[name],
          busiest: busiestShare(exec, this.peak[name]),
          waited: byText(this.waited, name, tables),
          wokenBy: byText(this.woken, name, tables),
        })
      }
    groups.sort((a, b) => b.exec - a.exec || (a.name < b.name ? -1 : 1))
    let used = MAX_CONCURRENCY
    while (used > 0 && this.concurrency[used] === 0) used--
    return {
      durationNs: end,
      gomaxprocs: this.gomaxprocs,
      concurrency: [...this.concurrency.subarray(0, used + 1)],
      groups,
      syscalls: { count: this.syscallCount, totalNs: this.syscallNs },
    }
  }

  /** The first event after a gap: what the gap took is nobody's time. */
  private resume(time: number): void {
    this.resuming = false
    this.partStart = time
    this.lastChange = time
    this.changed.fill(time)
  }

  private ensure(tables: TraceTables): void {
    const { count } = tables.goroutines
    if (count > this.name.length) {
      const n = capacityFor(count)
      this.name = widerI32(this.name, n)
      this.state = widerU8(this.state, n)
      this.since = widerF64(this.since, n)
      this.reason = widerI32(this.reason, n)
      this.exec = widerF64(this.exec, n)
      this.known = widerU8(this.known, n)
      this.member = widerU8(this.member, n)
    }
    const strings = tables.strings.count
    if (strings > this.running.length) {
      const n = capacityFor(strings)
      this.waited.ensure(n)
      this.woken.ensure(n)
      this.running = widerI32(this.running, n)
      this.aliveNow = widerI32(this.aliveNow, n)
      this.peak = widerI32(this.peak, n)
      this.changed = widerF64(this.changed, n)
      this.active = widerF64(this.active, n)
      this.aliveTime = widerF64(this.aliveTime, n)
    }
  }

  private transition(b: EventBlock, i: number, tables: TraceTables): void {
    const g = b.res[i]
    const from = b.from[i]
    const to = b.to[i]
    if (from === to) return
    const time = b.time[i]
    if (this.known[g] === 0) {
      this.known[g] = 1
      if (this.name[g] === 0) this.nameFrom(g, b.extra[i], tables)
      // A goroutine found in a state at the start of the trace has been in it all along.
      this.join(g, from === STATE.Undetermined ? this.partStart : time)
    } else {
      if (this.name[g] === 0 && b.extra[i] > 0) this.rename(g, b.extra[i], time, tables)
      this.leave(g, time)
    }
    if (from === STATE.Waiting && to === STATE.Runnable) {
      const by = b.g[i] >= 0 && b.g[i] !== g ? this.name[b.g[i]] : 0
      this.woken.add(this.name[g], by, 1)
    }
    if (to === STATE.NotExist) {
      this.touch(this.name[g], time)
      this.aliveNow[this.name[g]]--
      this.known[g] = 0
      this.state[g] = 0
      return
    }
    this.enter(g, to, time, b.name[i])
  }

  private nameFrom(g: number, stack: number, tables: TraceTables): void {
    const root = stack > 0 ? tables.stacks.root(stack) : 0
    this.name[g] = root > 0 ? tables.stacks.fn.a[root] : 0
  }

  private join(g: number, time: number): void {
    const name = this.name[g]
    this.touch(name, time)
    this.aliveNow[name]++
    if (this.aliveNow[name] > this.peak[name]) this.peak[name] = this.aliveNow[name]
    // Ids of goroutines that call from C come again, and so do all after a gap.
    if (this.member[g] === 1) return
    this.member[g] = 1
    const list = this.members.get(name)
    if (list === undefined) this.members.set(name, [g])
    else list.push(g)
  }

  /** Its name became known only now: it moves to the group of that name. */
  private rename(g: number, stack: number, time: number, tables: TraceTables): void {
    const old = this.name[g]
    this.nameFrom(g, stack, tables)
    if (this.name[g] === old) return
    this.touch(old, time)
    this.aliveNow[old]--
    if (this.state[g] === STATE.Running) this.running[old]--
    const list = this.members.get(old)
    list?.splice(list.indexOf(g), 1)
    this.member[g] = 0
    this.join(g, time)
    if (this.state[g] !== STATE.Running) return
    const name = this.name[g]
    this.running[name]++
    // It has been running under no name: that time is the new group's, as its exec will be.
    this.active[name] += time - this.since[g]
    this.aliveTime[name] += time - this.since[g]
  }

  private enter(g: number, state: number, time: number, reason: number): void {
    this.state[g] = state
    this.since[g] = time
    this.reason[g] = reason
    if (state === STATE.Running) {
      const name = this.name[g]
      this.touch(name, time)
      this.running[name]++
      this.tick(time)
      this.runningNow++
    } else if (state === STATE.Syscall) this.syscallCount++
  }

  /** Ends the state that a goroutine is in, as far as the sums go. */
  private leave(g: number, time: number): void {
    const state = this.state[g]
    const spent = time - this.since[g]
    const name = this.name[g]
    if (state === STATE.Running) {
      this.exec[g] += spent
      this.touch(name, time)
      if (this.running[name] > 0) this.running[name]--
      this.tick(time)
      if (this.runningNow > 0) this.runningNow--
    } else if (state === STATE.Syscall) this.syscallNs += spent
    else if (state === STATE.Waiting) this.waited.add(name, this.reason[g], spent)
    this.state[g] = 0
  }

  /** Brings the times of a group up to now. */
  private touch(name: number, time: number): void {
    const spent = time - this.changed[name]
    this.changed[name] = time
    if (spent <= 0 || this.running[name] === 0) return
    this.active[name] += spent
    this.aliveTime[name] += spent * this.aliveNow[name]
  }

  private tick(time: number): void {
    const spent = time - this.lastChange
    if (spent > 0) this.concurrency[Math.min(this.runningNow, MAX_CONCURRENCY)] += spent
    this.lastChange = time
  }
}

function busiestShare(exec: readonly number[], peak: number): number {
  const total = exec.reduce((sum, v) => sum + v, 0)
  if (total === 0 || peak < 2) return exec.length > 0 ? 1 : 0
  const heaviest = Math.max(1, Math.round(exec.length / peak))
  const sorted = [...exec].sort((a, b) => b - a)
  return sorted.slice(0, heaviest).reduce((sum, v) => sum + v, 0) / total
}

/** The entries of a row, by the text of their keys. */
function byText(table: PairTable, row: number, tables: TraceTables): ReadonlyMap<string, number> {
  const out = new Map<string, number>()
  for (let e = table.first(row); e >= 0; e = table.after(e))
    out.set(tables.strings.get(table.key(e)), table.value[e])
  return out
}
