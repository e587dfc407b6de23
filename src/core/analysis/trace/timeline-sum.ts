// What goroutines did in a range of time: sums by state and place, from the spans of a timeline.

import { STATE, type TraceTables } from '../../model/trace.ts'
import type { CpuTimes, TimeAt, TimeClass } from './cpu-time.ts'
import { isSystemGoroutine } from './goroutines.ts'
import type { GoroutineSpans } from './lanes.ts'
import type { LevelsOfDetail } from './lod.ts'
import { beginOf, STATES, stateOf } from './spans.ts'
import type { TimelineNotes } from './timeline-notes.ts'

/** What one goroutine did in the range. */
export interface GoroutineSum {
  /** Row. */
  readonly goroutine: number
  /** State (STATE, WAIT) -> time, ns. */
  readonly times: Float64Array
}

/** Waits at one place, and who ended them. */
export interface WaitSum {
  /** String id, and rows of stacks; 0 = not known. */
  readonly reason: number
  readonly stack: number
  readonly wakerStack: number
  /** String id of the waker's first function, 0 = nobody in the program. */
  readonly waker: number
  count: number
  time: number
  /** The longest of them: goroutine row, when it began, and how much of it lies in the range. */
  goroutine: number
  start: number
  longest: number
}

export interface RangeSum {
  readonly from: number
  readonly to: number
  /** State -> time of all goroutines that were asked for, ns. */
  readonly times: Float64Array
  /** Those that were there, in no order. */
  readonly goroutines: readonly GoroutineSum[]
  /** Longest in all first. */
  readonly waits: readonly WaitSum[]
  readonly flame: CpuTimes
}

/** Beyond so many goroutines they are not told apart any more. */
const MOST_GOROUTINES = 5000
const MAX_STACKS = 2 ** 26

/** What sums are made of. */
export interface SumSources {
  readonly tables: TraceTables
  readonly lod: LevelsOfDetail
  readonly goroutines: GoroutineSpans
  readonly startFunction: Int32Array
  readonly notes: TimelineNotes
}

/**
 * Sums up a range. `wanted`: goroutine rows, undefined = all. Steps are some milliseconds; waits of the runtime's
 * own goroutines for their work are left out of `flame` and `waits`.
 */
export function* sumRange(
  s: SumSources,
  from: number,
  to: number,
  wanted: readonly number[] | undefined,
): Generator<void, RangeSum> {
  const sums = new RangeSums(s, from, to)
  const { tracks } = s.goroutines
  if (wanted !== undefined) for (const g of wanted) sums.add(g)
  else
    for (let g = 0; g < tracks; g++) {
      sums.add(g)
      if (sums.steps < 200_000) continue
      sums.steps = 0
      yield
    }
  return sums.done()
}

class RangeSums {
  /** Spans looked at since the last pause. */
  steps = 0
  private readonly s: SumSources
  private readonly from: number
  private readonly to: number
  private readonly all = new Float64Array(STATES)
  private readonly goroutines: GoroutineSum[] = []
  private readonly scratch = new Float64Array(STATES)
  /** Kind of time * MAX_STACKS + stack -> sum; kind 0 running, 1 runnable, 2 syscall, 3 + reason. */
  private readonly places = new Map<number, { count: number; time: number }>()
  private readonly waits = new Map<string, WaitSum>()
  /** Goroutine row -> samples of the range. */
  private readonly samples = new Map<number, { time: number[]; stack: number[] }>()
  private sampleCount = 0
  private leftOut = 0

  constructor(s: SumSources, from: number, to: number) {
    this.s = s
    this.from = from
    this.to = to
    const { time, goroutine, stack } = s.notes.samples
    let low = 0
    let high = time.length
    while (low < high) {
      const mid = (low + high) >>> 1
      if (time.f[mid] < from) low = mid + 1
      else high = mid
    }
    for (let i = low; i < time.length && time.f[i] <= to; i++) {
      const g = goroutine.a[i] - 1
      if (g < 0 || stack.a[i] === 0) continue
      let list = this.samples.get(g)
      if (list === undefined) {
        list = { time: [], stack: [] }
        this.samples.set(g, list)
      }
      list.time.push(time.f[i])
      list.stack.push(stack.a[i])
      this.sampleCount++
    }
  }

  add(g: number): void {
    const { from, to, scratch } = this
    const { lod, goroutines, startFunction, tables } = this.s
    this.steps++
    const { first, order } = goroutines
    if (g < 0 || g >= goroutines.tracks || first[g] === first[g + 1]) return
    const begin = beginOf(goroutines, order[first[g]])
    if (begin >= to) return
    const end = goroutines.states[order[first[g + 1] - 1]]
    if ((end & 15) === STATE.NotExist && goroutines.known[order[first[g + 1] - 1]] <= from) return
    const system = isSystemGoroutine(tables.strings.get(startFunction[g] ?? 0))
    scratch.fill(0)
    let k = lod.indexAt(g, from)
    if (k < first[g]) k = first[g]
    for (; k < first[g + 1]; k++) {
      const row = order[k]
      const starts = beginOf(goroutines, row)
      if (starts >= to) break
      const ends = lod.endOf(g, k)
      const time = Math.min(to, ends) - Math.max(from, starts)
      if (time <= 0) continue
      this.steps++
      scratch[goroutines.states[row] & 15] += time
      this.span(g, row, k + 1 < first[g + 1] ? order[k + 1] : -1, Math.max(from, starts), time, system)
    }
    for (let state = STATE.Runnable; state < STATES; state++) this.all[state] += scratch[state]
    if (this.goroutines.length < MOST_GOROUTINES * 4)
      this.goroutines.push({ goroutine: g, times: scratch.slice() })
  }

  done(): RangeSum {
    const times: TimeAt[] = []
    for (const [key, { count, time }] of this.places) {
      const kind = Math.floor(key / MAX_STACKS)
      times.push({ goroutine: -1, at: this.classOf(kind), stack: key % MAX_STACKS, count, time })
    }
    return {
      from: this.from,
      to: this.to,
      times: this.all,
      goroutines: this.goroutines,
      waits: [...this.waits.values()].sort((a, b) => b.time - a.time),
      flame: {
        tables: this.s.tables,
        times,
        startFunction: this.s.startFunction,
        leftOut: this.leftOut,
        samples: this.sampleCount,
      },
    }
  }

  private span(g: number, row: number, next: number, start: number, time: number, system: boolean): void {
    const { goroutines } = this.s
    const state = stateOf(goroutines, row)
    if (state === STATE.Running) this.run(g, next, start, time)
    else if (system) this.leftOut += time
    // A goroutine that waits for a processor is where it stopped, or was woken: its own stack is that of the wait before.
    else if (state === STATE.Runnable) this.place(1, this.runnableAt(row), time)
    else if (state === STATE.Syscall) this.place(2, goroutines.stack[row], time)
    else if (state === STATE.Waiting) {
      this.place(3 + goroutines.reason[row], goroutines.stack[row], time)
      this.wait(g, row, next, start, time)
    }
  }

  private runnableAt(row: number): number {
    const { goroutines } = this.s
    return goroutines.by[row] === 0 ? goroutines.stack[row] : 0
  }

  private run(g: number, next: number, start: number, time: number): void {
    const samples = this.samples.get(g)
    if (samples !== undefined) {
      const own: number[] = []
      for (let i = 0; i < samples.time.length; i++)
        if (samples.time[i] >= start && samples.time[i] <= start + time) own.push(samples.stack[i])
      if (own.length > 0) {
        for (const stack of own) this.place(0, stack, time / own.length)
        return
      }
    }
    const { goroutines } = this.s
    this.place(0, next >= 0 && goroutines.by[next] === 0 ? goroutines.stack[next] : 0, time)
  }

  private place(kind: number, stack: number, time: number): void {
    const key = kind * MAX_STACKS + stack
    const sum = this.places.get(key)
    if (sum === undefined) this.places.set(key, { count: 1, time })
    else {
      sum.count++
      sum.time += time
    }
  }

  private wait(g: number, row: number, next: number, start: number, time: number): void {
    const { goroutines, startFunction } = this.s
    const by = next >= 0 ? goroutines.by[next] : 0
    const wakerStack = by > 0 ? goroutines.stack[next] : 0
    const waker = by > 0 ? startFunction[by - 1] : 0
    const key = `${goroutines.reason[row]} ${goroutines.stack[row]} ${wakerStack} ${waker}`
    let sum = this.waits.get(key)
    if (sum === undefined) {
      sum = {
        reason: goroutines.reason[row],
        stack: goroutines.stack[row],
        wakerStack,
        waker,
        count: 0,
        time: 0,
        goroutine: g,
        start,
        longest: 0,
      }
      this.waits.set(key, sum)
    }
    sum.count++
    sum.time += time
    if (time <= sum.longest) return
    sum.longest = time
    sum.goroutine = g
    sum.start = start
  }

  private classOf(kind: number): TimeClass {
    if (kind === 0) return { on: true, state: 'running', reason: '' }
    if (kind === 1) return { on: false, state: 'processor', reason: '' }
    if (kind === 2) return { on: false, state: 'syscall', reason: '' }
    return { on: false, state: 'waiting', reason: this.s.tables.strings.get(kind - 3) }
  }
}
