// What a stretch of a goroutine's time went into. Its waits are filled with what the goroutine did that ended
// them, that one's waits again with what ended those, and so on backwards to where the trail ends: somebody
// ran, waited for a processor, was in a system call, or nobody in this process was the cause (the network, a
// timer). So the pieces tile the interval: no time is counted twice, none is lost.

import type { TraceTables } from '../../model/trace.ts'
import { NAME, STATE } from '../../model/trace.ts'
import type { GoroutineSpans } from './lanes.ts'
import { COLLECTOR, Places } from './places.ts'
import { beginOf, stateOf, type TrackSpans } from './spans.ts'

/** What pieces of a path are. */
export const PATH_KINDS = [
  /** A goroutine ran. */
  'running',
  /** It ran to help the collector before it might allocate. */
  'assist',
  /** The collector's own goroutines ran. */
  'collector',
  /** It could run and had no processor. */
  'processor',
  /** The same while the world was stopped. */
  'stopped',
  'syscall',
  'network',
  /** It slept, or waited for a channel of a timer. */
  'timer',
  /** It was blocked by the collector. */
  'gc',
  /** It was blocked, and nothing says by whom. */
  'blocked',
  /** The trace does not know what it did. */
  'unknown',
] as const
export type PathKind = (typeof PATH_KINDS)[number]

/** Indexes of PATH_KINDS. */
export const PATH = {
  running: 0,
  assist: 1,
  collector: 2,
  processor: 3,
  stopped: 4,
  syscall: 5,
  network: 6,
  timer: 7,
  gc: 8,
  blocked: 9,
  unknown: 10,
} as const

/** A stretch of a goroutine's time. */
export interface PathInterval {
  /** Goroutine row. */
  readonly goroutine: number
  /** ns since the trace's start. */
  readonly from: number
  readonly to: number
  /**
   * Whether a goroutine had to do with the matter at a time. Where it had not, what it did before it was woken
   * is of no interest, and the path goes on in the one that woke it. undefined: it always had.
   */
  readonly concerns?: (goroutine: number, time: number) => boolean
}

/** A piece of a path. The walker overwrites it after each call. */
export interface PathPiece {
  start: number
  end: number
  /** Index of PATH_KINDS. */
  kind: number
  /** Row of the goroutine that did it. */
  goroutine: number
  /** String id: what it waited for, 0 = nothing or not known. */
  reason: number
  /** Row of stacks: where, 0 = not known. */
  stack: number
  /** kind processor: who had the processor for most of the time, -1 = nobody. */
  holder: number
  /** How many waits lie between the interval's goroutine and this one. */
  depth: number
  /** depth > 0: who waited meanwhile, for what, where. */
  waiter: number
  waitReason: number
  waitStack: number
}

/** What a walker looks at. All of one trace. */
export interface PathSources {
  readonly tables: TraceTables
  readonly goroutines: GoroutineSpans
  /** Spans of procs; items are goroutine rows + 1. */
  readonly procs: TrackSpans
  /** Goroutine row -> when it assisted the collector: from, to, from, … */
  readonly assists: ReadonlyMap<number, readonly number[]>
  /** When the world was stopped: from, to, from, … in order, apart. */
  readonly stops: readonly number[]
  /** Goroutine row -> string id of the function it starts with. */
  readonly startFunction: ArrayLike<number>
}

const LEAF = { unknown: 0, network: 1, timer: 2, gc: 3, channel: 4, other: 5 } as const

interface Frame {
  goroutine: number
  /** Index into `order` of the span to look at next. */
  at: number
  /** The frame explains what lies after this time. */
  low: number
  waiter: number
  waitReason: number
  waitStack: number
}

/** Walks paths of one trace. */
export class PathWalker {
  private readonly s: PathSources
  private readonly places: Places
  /** String id -> LEAF + 1. */
  private readonly reasons: number[] = []
  /** String id -> 1 = no collector, 2 = collector. */
  private readonly collectors: number[] = []
  private readonly frames: Frame[] = []
  /** Span of state Runnable -> the row of who had the processor + 2, 0 = not looked at so far. */
  private readonly holders: Int32Array
  private readonly piece: PathPiece = {
    start: 0,
    end: 0,
    kind: 0,
    goroutine: -1,
    reason: 0,
    stack: 0,
    holder: -1,
    depth: 0,
    waiter: -1,
    waitReason: 0,
    waitStack: 0,
  }
  private tell: (piece: PathPiece) => void = () => {}

  constructor(sources: PathSources, places = new Places(sources.tables)) {
    this.s = sources
    this.holders = new Int32Array(sources.goroutines.count)
    this.places = places
  }

  /**
   * Gives the pieces of an interval, the last one first. They are longer than 0, adjoin and fill the interval, as
   * far as it lies in the trace. With `follow` false waits are pieces themselves, whoever ended them.
   */
  walk(interval: PathInterval, tell: (piece: PathPiece) => void, follow = true): void {
    const { frames } = this
    const { order, known, by, stack, states } = this.s.goroutines
    this.tell = tell
    frames.length = 0
    const from = Math.max(0, interval.from)
    let t = Math.min(interval.to, this.s.goroutines.endTime)
    if (t > from) this.push(interval.goroutine, t, from, -1, 0, 0)
    // Where the goroutine was at t, if its run did not end there.
    let where = 0
    while (frames.length > 0) {
      const top = frames[frames.length - 1]
      if (t <= top.low) {
        frames.pop()
        continue
      }
      const first = this.firstOf(top.goroutine)
      if (top.at < first) {
        this.emit(top, top.low, t, PATH.unknown, 0, 0)
        t = top.low
        continue
      }
      const row = order[top.at]
      const begin = beginOf(this.s.goroutines, row)
      const start = Math.max(begin, top.low)
      const state = stateOf(this.s.goroutines, row)
      const next = top.at + 1 < this.lastOf(top.goroutine) ? order[top.at + 1] : -1
      top.at--
      if (state === STATE.Waiting) {
        const waker = follow && next >= 0 && known[next] <= t ? this.wakerOf(row, next) : -1
        if (waker >= 0) {
          where = stack[next]
          if (frames.length === 1 && interval.concerns?.(top.goroutine, begin) === false)
            this.replace(top, waker, t)
          else this.push(waker, t, start, top.goroutine, this.reasonOf(row), this.s.goroutines.stack[row])
          continue
        }
        const leaf = this.leafOf(row, next >= 0 && known[next] <= t ? next : -1)
        this.emit(top, start, t, leaf, this.reasonOf(row), stack[row])
      } else if (state === STATE.Running) {
        const ended = next >= 0 && by[next] === 0 && known[next] <= t ? stack[next] : 0
        this.running(top, start, t, where !== 0 ? where : ended)
      } else if (state === STATE.Runnable) this.runnable(top, start, t, row, next)
      else if (state === STATE.Syscall) this.emit(top, start, t, PATH.syscall, 0, stack[row])
      else this.emit(top, start, t, PATH.unknown, 0, 0)
      where = 0
      t = start
      // Created after the interval began: its creator's doing comes before.
      if (follow && states[row] >> 4 === STATE.NotExist && begin > top.low && by[row] > 0) {
        where = stack[row]
        this.replace(top, by[row] - 1, t)
      }
    }
  }

  private firstOf(g: number): number {
    const { first, tracks } = this.s.goroutines
    return g >= 0 && g < tracks ? first[g] : 0
  }

  private lastOf(g: number): number {
    const { first, tracks } = this.s.goroutines
    return g >= 0 && g < tracks ? first[g + 1] : 0
  }

  /** Index of the span that a goroutine was in just before t; one before its first if there is none. */
  private before(g: number, t: number): number {
    const { order, known } = this.s.goroutines
    const first = this.firstOf(g)
    let low = first
    let high = this.lastOf(g)
    while (low < high) {
      const mid = (low + high) >>> 1
      if (known[order[mid]] < t) low = mid + 1
      else high = mid
    }
    // A span that was found going on began earlier than it was known.
    if (low === first && low < this.lastOf(g) && beginOf(this.s.goroutines, order[low]) < t) return low
    return low - 1
  }

  private push(
    goroutine: number,
    t: number,
    low: number,
    waiter: number,
    waitReason: number,
    waitStack: number,
  ): void {
    this.frames.push({ goroutine, at: this.before(goroutine, t), low, waiter, waitReason, waitStack })
  }

  private replace(frame: Frame, goroutine: number, t: number): void {
    frame.goroutine = goroutine
    frame.at = this.before(goroutine, t)
  }

  private reasonOf(row: number): number {
    return this.s.goroutines.reason[row]
  }

  /** The goroutine row whose doing ended a wait; -1 if it was nobody's in this program, or the collector's. */
  private wakerOf(row: number, next: number): number {
    const waker = this.s.goroutines.by[next] - 1
    if (waker < 0 || this.firstOf(waker) === this.lastOf(waker)) return -1
    const leaf = this.leafKind(this.reasonOf(row))
    // Timers and the collector wake goroutines in the name of whoever runs just then.
    if (leaf === LEAF.timer || leaf === LEAF.gc) return -1
    const at = this.places.leafName(this.s.goroutines.stack[next])
    if (leaf === LEAF.network && /^runtime[./]/.test(at)) return -1
    return /^runtime\.(gc|systemstack_switch|stopTheWorld|startTheWorld)/.test(at) ? -1 : waker
  }

  /** What a wait was for whose trail ends; `next` is the span after it, -1 if it was not over. */
  private leafOf(row: number, next: number): number {
    const leaf = this.leafKind(this.reasonOf(row))
    if (leaf === LEAF.network) return PATH.network
    if (leaf === LEAF.timer) return PATH.timer
    if (leaf === LEAF.gc) return PATH.gc
    if (next < 0) return PATH.blocked
    const by = this.s.goroutines.by[next]
    if (by > 0)
      return /^runtime\.gc/.test(this.places.leafName(this.s.goroutines.stack[next])) ? PATH.gc : PATH.blocked
    return leaf === LEAF.channel ? PATH.timer : PATH.blocked
  }

  private leafKind(reason: number): number {
    const known = this.reasons[reason]
    if (known !== undefined && known > 0) return known - 1
    while (this.reasons.length <= reason) this.reasons.push(0)
    const text = this.s.tables.strings.get(reason)
    const leaf =
      reason === NAME.empty
        ? LEAF.unknown
        : reason === NAME.network
          ? LEAF.network
          : text === 'sleep'
            ? LEAF.timer
            : /\bGC\b|^preempted$/.test(text)
              ? LEAF.gc
              : /chan|select/.test(text)
                ? LEAF.channel
                : LEAF.other
    this.reasons[reason] = leaf + 1
    return leaf
  }

  private running(frame: Frame, start: number, end: number, stack: number): void {
    const name = this.s.startFunction[frame.goroutine] ?? 0
    if (this.isCollector(name)) {
      this.emit(frame, start, end, PATH.collector, 0, stack)
      return
    }
    const assists = this.s.assists.get(frame.goroutine)
    if (assists === undefined) this.emit(frame, start, end, PATH.running, 0, stack)
    else this.cut(frame, start, end, assists, PATH.running, PATH.assist, stack)
  }

  private isCollector(name: number): boolean {
    const known = this.collectors[name]
    if (known !== undefined && known > 0) return known === 2
    while (this.collectors.length <= name) this.collectors.push(0)
    const is = COLLECTOR.test(this.s.tables.strings.get(name))
    this.collectors[name] = is ? 2 : 1
    return is
  }

  private runnable(frame: Frame, start: number, end: number, row: number, next: number): void {
    const { goroutines, stops } = this.s
    const ran = next >= 0 && stateOf(goroutines, next) === STATE.Running
    const proc = ran ? goroutines.proc[next] - 1 : -1
    // Paths of several goroutines lead through the same spans.
    if (this.holders[row] === 0)
      this.holders[row] =
        2 + (proc < 0 ? -1 : this.holderOf(proc, beginOf(goroutines, row), this.endOf(next)))
    this.piece.holder = this.holders[row] - 2
    // Where it stopped if it was preempted; else the stack is that of who woke it.
    const stack = goroutines.by[row] === 0 ? goroutines.stack[row] : 0
    this.cut(frame, start, end, stops, PATH.processor, PATH.stopped, stack)
    this.piece.holder = -1
  }

  /** When the span before `next` ends; -1 = it is the last of its goroutine. */
  private endOf(next: number): number {
    const { known, endTime } = this.s.goroutines
    return next < 0 ? endTime : known[next]
  }

  /** Who was on a proc for most of a time; -1 if it was free for longer than anybody was there. */
  private holderOf(proc: number, start: number, end: number): number {
    const { procs } = this.s
    if (proc >= procs.tracks) return -1
    const { order, known, item } = procs
    const last = procs.first[proc + 1]
    let low = procs.first[proc]
    let high = last
    while (low < high) {
      const mid = (low + high) >>> 1
      if (known[order[mid]] <= start) low = mid + 1
      else high = mid
    }
    let k = Math.max(procs.first[proc], low - 1)
    // Nearly always one span is all there is.
    if (k < last && (k + 1 === last || known[order[k + 1]] >= end)) return item[order[k]] - 1
    const time = new Map<number, number>()
    let best = -1
    let most = 0
    for (; k < last; k++) {
      const row = order[k]
      const from = Math.max(start, beginOf(procs, row))
      if (from >= end) break
      const to = Math.min(end, k + 1 < last ? known[order[k + 1]] : procs.endTime)
      if (to <= from) continue
      const holder = item[row] - 1
      const spent = (time.get(holder) ?? 0) + to - from
      time.set(holder, spent)
      if (spent > most) {
        most = spent
        best = holder
      }
    }
    return best
  }

  /** Emits [start, end), the last piece first: of kind `inside` where it overlaps with the intervals. */
  private cut(
    frame: Frame,
    start: number,
    end: number,
    flat: readonly number[],
    outside: number,
    inside: number,
    stack: number,
  ): void {
    let low = 0
    let high = flat.length >> 1
    while (low < high) {
      const mid = (low + high) >>> 1
      if (flat[2 * mid] < end) low = mid + 1
      else high = mid
    }
    let t = end
    for (let k = low - 1; k >= 0 && t > start && flat[2 * k + 1] > start; k--) {
      const from = Math.max(start, flat[2 * k])
      const to = Math.min(t, flat[2 * k + 1])
      if (to <= from) continue
      this.emit(frame, to, t, outside, 0, stack)
      this.emit(frame, from, to, inside, 0, stack)
      t = from
    }
    this.emit(frame, start, t, outside, 0, stack)
  }

  private emit(frame: Frame, start: number, end: number, kind: number, reason: number, stack: number): void {
    if (end <= start) return
    const { piece } = this
    piece.start = start
    piece.end = end
    piece.kind = kind
    piece.goroutine = frame.goroutine
    piece.reason = reason
    piece.stack = stack
    piece.depth = this.frames.length - 1
    piece.waiter = frame.waiter
    piece.waitReason = frame.waitReason
    piece.waitStack = frame.waitStack
    this.tell(piece)
  }
}
