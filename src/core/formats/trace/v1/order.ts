// The order of a v1 trace's events over all Ps: by time, as far as goroutines' states allow it.

import { DecodeError } from '../../../base/errors.ts'
import { V1Cursor } from './cursor.ts'
import { blocks, V1 } from './event-types.ts'
import { Frontier } from './frontier.ts'
import { sinceBase, type V1Events, type V1File } from './v1-file.ts'

const DEAD = 0
const RUNNABLE = 1
const RUNNING = 2
const WAITING = 3

/** Sequence numbers that are none: any will do; it stays; it grows by one. Real ones are not negative. */
const ANY = -1
const SAME = -1
const NEXT = -2

/**
 * Rows of events in the order in which they happened. The times of system calls' ends are put right. Throws DecodeError if there is no such order.
 */
export function orderEvents(file: V1File): Uint32Array {
  const order = new Merge(file).run()
  return correctTimes(file, order)
}

/** What the next event of a stream needs of which goroutine (`UNORDERED`: nothing), and what that becomes. */
interface Candidate {
  g: number
  seq: number
  status: number
  nextSeq: number
  nextStatus: number
}

const UNORDERED = -1

class Merge {
  private readonly events: V1Events
  private readonly file: V1File
  private readonly at: V1Cursor
  /** Goroutine (row + 1; the last entry stands for the garbage collector) -> sequence number and status. */
  private readonly seq: Float64Array
  private readonly status: Uint8Array
  /** Stream -> ranges of rows [from, to), from, to … */
  private readonly ranges: (readonly number[])[] = []
  /** Stream -> place in its ranges, next row, end of the range. */
  private readonly range: number[] = []
  private readonly next: number[] = []
  private readonly until: number[] = []
  private readonly candidates: Candidate[] = []
  /** Rows of samples by time. The stream of samples goes through these, not through rows of the file. */
  private readonly samples: readonly number[]
  /** Streams that are not in the frontier, and stream -> place there. */
  private readonly avail: number[] = []
  private readonly place: number[] = []
  /** Goroutine -> what it must be -> streams that wait for that. */
  private readonly waiting = new Map<number, Map<string, number[]>>()
  private readonly frontier = new Frontier()

  constructor(file: V1File) {
    this.file = file
    this.events = file.events
    this.at = new V1Cursor(file.bytes)
    const goroutines = file.goroutines.count + 2
    this.seq = new Float64Array(goroutines)
    this.status = new Uint8Array(goroutines)
    const { ticks } = file.events
    this.samples = [...file.samples].sort((a, b) => ticks[a] - ticks[b])
    for (const ranges of file.batches) if (ranges.length > 0) this.addStream(ranges, 0, ranges[0], ranges[1])
    this.addStream([], 0, 0, this.samples.length)
  }

  private addStream(ranges: readonly number[], range: number, next: number, until: number): void {
    const stream = this.ranges.push(ranges) - 1
    this.range.push(range)
    this.next.push(next)
    this.until.push(until)
    this.candidates.push({ g: UNORDERED, seq: 0, status: 0, nextSeq: 0, nextStatus: 0 })
    this.place.push(stream)
    this.avail.push(stream)
  }

  run(): Uint32Array {
    const { events, candidates, frontier } = this
    const order = new Uint32Array(events.count)
    const current = new Uint32Array(candidates.length)
    let done = 0
    // Streams to look at again, by their place in `avail`: every other one is known not to be ready.
    let look = [...this.avail]
    for (;;) {
      this.takeReady(look, current)
      if (frontier.size === 0) break
      const stream = frontier.pop()
      const row = current[stream]
      order[done++] = row
      look = this.apply(candidates[stream], row)
      this.place[stream] = this.avail.push(stream) - 1
      look.push(stream)
    }
    if (this.avail.length > 0)
      throw new DecodeError(
        'trace',
        events.args[this.row(this.avail[0])],
        'the events have no consistent order',
      )
    return order
  }

  /**
   * Moves streams whose next event is ready from `avail` to the frontier, and drops those at their end. Goes
   * through places upwards, with the last stream moving into a place that becomes free, to be looked at
   * there: this decides how events with equal times are ordered.
   */
  private takeReady(look: readonly number[], current: Uint32Array): void {
    const { avail, place } = this
    let from = 0
    let to = look.length
    let stream = look[from++]
    for (;;) {
      let again = -1
      if (!this.hasNext(stream) || this.isReady(stream, current)) {
        const free = place[stream]
        const last = avail.pop() as number
        if (last !== stream) {
          avail[free] = last
          place[last] = free
          if (from < to && look[to - 1] === last) {
            again = last
            to--
          }
        }
      }
      if (again >= 0) stream = again
      else if (from < to) stream = look[from++]
      else return
    }
  }

  /** Row of a stream's next event, which must exist. */
  private row(stream: number): number {
    return this.ranges[stream].length === 0 ? this.samples[this.next[stream]] : this.next[stream]
  }

  /** Steps to the stream's next event where that is needed; false at its end. */
  private hasNext(stream: number): boolean {
    const ranges = this.ranges[stream]
    const { type } = this.events
    for (;;) {
      while (this.next[stream] < this.until[stream]) {
        if (ranges.length === 0 || type[this.next[stream]] !== V1.CPUSample) return true
        this.next[stream]++
      }
      const range = this.range[stream] + 2
      if (range >= ranges.length) return false
      this.range[stream] = range
      this.next[stream] = ranges[range]
      this.until[stream] = ranges[range + 1]
    }
  }

  /** Puts the stream's event into the frontier if it is ready; else notes what it waits for. */
  private isReady(stream: number, current: Uint32Array): boolean {
    const row = this.row(stream)
    const c = this.candidates[stream]
    this.describe(row, c)
    if (!this.fits(c)) {
      const states = this.waiting.get(c.g) ?? new Map<string, number[]>()
      this.waiting.set(c.g, states)
      const key = `${c.seq} ${c.status}`
      const streams = states.get(key)
      if (streams === undefined) states.set(key, [stream])
      else streams.push(stream)
      return false
    }
    current[stream] = row
    this.next[stream]++
    this.frontier.push(this.events.ticks[row], stream)
    return true
  }

  private fits(c: Candidate): boolean {
    return c.g === UNORDERED || (this.status[c.g] === c.status && (c.seq === ANY || c.seq === this.seq[c.g]))
  }

  /** Makes an event happen. Returns the streams that waited for what it did, by their place. */
  private apply(c: Candidate, row: number): number[] {
    const { g } = c
    if (g === UNORDERED) return []
    if (!this.fits(c))
      throw new DecodeError(
        'trace',
        this.events.args[row],
        'an event does not fit the state of its goroutine',
      )
    if (c.nextSeq === NEXT) this.seq[g]++
    else if (c.nextSeq !== SAME) this.seq[g] = c.nextSeq
    this.status[g] = c.nextStatus
    const states = this.waiting.get(g)
    if (states === undefined) return []
    const woken: number[] = []
    for (const key of [`${this.seq[g]} ${this.status[g]}`, `${ANY} ${this.status[g]}`]) {
      const streams = states.get(key)
      if (streams === undefined) continue
      states.delete(key)
      for (const s of streams) woken.push(s)
    }
    if (states.size === 0) this.waiting.delete(g)
    return woken.sort((a, b) => this.place[a] - this.place[b])
  }

  /** Describes what an event needs and does. */
  private describe(row: number, c: Candidate): void {
    const { type, g, args } = this.events
    const t = type[row]
    switch (t) {
      case V1.GoCreate:
        set(c, this.mentioned(args[row]), 0, DEAD, 1, RUNNABLE)
        return
      case V1.GoWaiting:
      case V1.GoInSyscall:
        set(c, g[row], 1, RUNNABLE, 2, WAITING)
        return
      case V1.GoStart:
      case V1.GoStartLabel: {
        const seq = this.second(args[row])
        set(c, g[row], seq, RUNNABLE, seq + 1, RUNNING)
        return
      }
      case V1.GoStartLocal:
        set(c, g[row], ANY, RUNNABLE, NEXT, RUNNING)
        return
      case V1.GoSysBlock:
        set(c, g[row], ANY, RUNNING, SAME, WAITING)
        return
      case V1.GoSched:
      case V1.GoPreempt:
        set(c, g[row], ANY, RUNNING, SAME, RUNNABLE)
        return
      case V1.GoUnblock:
      case V1.GoSysExit: {
        const seq = this.second(args[row])
        set(c, this.mentioned(args[row]), seq, WAITING, seq + 1, RUNNABLE)
        return
      }
      case V1.GoUnblockLocal:
      case V1.GoSysExitLocal:
        set(c, this.mentioned(args[row]), ANY, WAITING, NEXT, RUNNABLE)
        return
      case V1.GCStart: {
        this.at.pos = args[row]
        const seq = this.at.number()
        set(c, this.seq.length - 1, seq, DEAD, seq + 1, DEAD)
        return
      }
      default:
        if (blocks(t)) set(c, g[row], ANY, RUNNING, SAME, WAITING)
        else c.g = UNORDERED
    }
  }

  /** The goroutine that an event's first argument names: row + 1. */
  private mentioned(args: number): number {
    this.at.pos = args
    return this.file.goroutines.find(this.at.int()) + 1
  }

  private second(args: number): number {
    this.at.pos = args
    this.at.skip(1)
    return this.at.number()
  }
}

function set(
  c: Candidate,
  g: number,
  seq: number,
  status: number,
  nextSeq: number,
  nextStatus: number,
): void {
  c.g = g
  c.seq = seq
  c.status = status
  c.nextSeq = nextSeq
  c.nextStatus = nextStatus
}

/** Gives ends of system calls their true times and sorts by time, stable. */
function correctTimes(file: V1File, order: Uint32Array): Uint32Array {
  const { ticks, type, g, args } = file.events
  const at = new V1Cursor(file.bytes)
  const outOfOrder = (row: number): never => {
    throw new DecodeError('trace', args[row], 'the times of events contradict their order')
  }
  for (let i = 1; i < order.length; i++) if (ticks[order[i]] < ticks[order[i - 1]]) outOfOrder(order[i])
  const lastSysBlock = new Map<number, number>()
  /** Places in `order` whose times changed. */
  const moved: number[] = []
  for (let i = 0; i < order.length; i++) {
    const row = order[i]
    const t = type[row]
    if (t === V1.GoSysBlock || t === V1.GoInSyscall) lastSysBlock.set(g[row], ticks[row])
    else if (t === V1.GoSysExit) {
      at.pos = args[row]
      at.skip(2)
      const real = at.uint()
      if (real === 0) continue
      const since = sinceBase(file.base, real)
      const block = lastSysBlock.get(g[row])
      if (block === undefined || since < block) outOfOrder(row)
      ticks[row] = since
      moved.push(i)
    }
  }
  return moved.length === 0 ? order : mergeMoved(order, moved, ticks)
}

/** The order with the events at places `moved` put where their times belong; equal times keep their order. */
function mergeMoved(order: Uint32Array, moved: readonly number[], ticks: Float64Array): Uint32Array {
  const byTime = (a: number, b: number): number => ticks[order[a]] - ticks[order[b]] || a - b
  const sorted = [...moved].sort(byTime)
  const out = new Uint32Array(order.length)
  let done = 0
  let nextMoved = 0
  let nextSorted = 0
  for (let i = 0; i < order.length; i++) {
    if (i === moved[nextMoved]) {
      nextMoved++
      continue
    }
    while (nextSorted < sorted.length && byTime(sorted[nextSorted], i) < 0)
      out[done++] = order[sorted[nextSorted++]]
    out[done++] = order[i]
  }
  while (nextSorted < sorted.length) out[done++] = order[sorted[nextSorted++]]
  return out
}
