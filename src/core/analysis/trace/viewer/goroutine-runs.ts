import { asUint, type Int } from '../../../base/int64.ts'
import { displayable } from '../../../base/utf8.ts'
import { COUNTED, type Emitters } from './emitters.ts'
import { LANE } from './entry.ts'

/** No stack. The viewer's zero. */
const NO_STACK = 0

/** Shared: nearly all goroutines have none. */
const NO_RANGES: readonly never[] = []

interface OpenRange {
  readonly name: string
  start: number
  stack: number
}

interface EndedRange {
  readonly name: string
  readonly start: number
  readonly end: number
  readonly stack: number
  readonly endStack: number
  readonly blocked: string
}

/**
 * What the viewer knows about one goroutine while it makes slices of its runs. A *lane* is what the
 * view is about: the goroutine runs on a proc, a thread, or is its own lane.
 *
 * `zero` is the time since the start that stands for "unset" in the reference, absolute 0: ranges that
 * end without a begin start there.
 */
export class GoroutineRuns {
  /** The lane it runs on; undefined: it does not run. */
  lane: Int | undefined
  ranges: readonly OpenRange[] = NO_RANGES
  /** The invariants of a sound trace did not hold; the reference gives no answer then. */
  broken = false
  private readonly emitter: Emitters
  private readonly zero: number
  private base: string
  private readonly idLength: number
  /** Whether the function it starts with is known. */
  named = false
  private label = ''
  private text: string
  /** The name without its number. */
  private group = 'G#'
  private start: number
  private lastStack = NO_STACK
  private ended: readonly EndedRange[] = NO_RANGES
  private syscallStart = 0
  private syscallStack = NO_STACK
  private inSyscall = false
  private blockReason = ''
  // Why it is about to run: the tail of the arrow to its next slice. '' = nothing is known.
  private cause = ''
  private causeTime = 0
  private causeTid: Int = 0
  private causeStack = NO_STACK

  constructor(id: Int, emitter: Emitters, zero: number) {
    this.emitter = emitter
    this.zero = zero
    this.base = this.text = `G${id}`
    this.idLength = this.base.length
    this.start = zero
  }

  /** Name for people: "G<id> <start function> (<label>)". */
  get name(): string {
    return this.text
  }

  /** The first stack that is known names it. */
  nameBy(rootFunction: string): void {
    this.named = true
    this.base = `${this.base} ${displayable(rootFunction)}`
    this.rename()
  }

  setLabel(label: string): void {
    this.label = displayable(label)
    this.rename()
  }

  created(time: number, lane: Int | undefined, stack: number): void {
    if (lane !== undefined) this.setCause('go', time, lane, stack)
  }

  run(time: number, lane: Int | undefined): void {
    for (const range of this.ranges) {
      range.start = time
      range.stack = NO_STACK
    }
    if (this.cause !== '') {
      this.emitter.arrow(this.cause, this.causeTime, this.causeTid, this.causeStack, time, asTid(lane))
      this.cause = ''
    }
    this.lane = lane
    this.start = time
  }

  block(time: number, stack: number, reason: string): void {
    this.blockReason = reason
    this.stop(time, stack)
  }

  stop(time: number, stack: number): void {
    const { lane, emitter } = this
    if (this.start === this.zero || lane === undefined) {
      this.broken = true
      return
    }
    emitter.slice(this.text, this.group, this.start, time, lane, this.lastStack, stack)
    for (const r of this.ended)
      emitter.slice(r.name, r.name, r.start, r.end, lane, r.stack, r.endStack, r.blocked)
    this.ended = NO_RANGES
    for (const range of this.ranges) {
      if (range.start === this.zero) this.broken = true
      emitter.slice(range.name, range.name, range.start, time, lane, range.stack, NO_STACK)
      range.start = this.zero
      range.stack = NO_STACK
    }
    this.start = this.zero
    this.lastStack = stack
    this.lane = undefined
  }

  syscallBegin(time: number, lane: Int | undefined, stack: number): void {
    this.syscallStart = time
    this.syscallStack = stack
    this.inSyscall = true
    if (this.lane === undefined) {
      this.lane = lane
      this.start = time
    }
  }

  /** The syscall no longer holds its lane. */
  syscallEnd(time: number, blocked: boolean): void {
    if (!this.inSyscall) return
    this.finished({
      name: 'syscall',
      start: this.syscallStart,
      end: time,
      stack: this.syscallStack,
      endStack: NO_STACK,
      blocked: blocked ? 'yes' : 'no',
    })
    this.inSyscall = false
  }

  /** The goroutine came back from a syscall that had lost its proc. */
  blockedSyscallEnd(time: number, stack: number): void {
    const name = 'exit blocked syscall'
    this.setCause(name, time, LANE.syscalls, stack)
    this.emitter.instant(name, time, LANE.syscalls, stack)
  }

  /** `toNetwork`: the network has a lane of its own in this view. */
  unblock(time: number, stack: number, lane: Int | undefined, toNetwork: boolean): void {
    const reason = this.blockReason
    const name = reason === '' ? 'unblock' : `unblock (${displayable(reason)})`
    let tid = asTid(lane)
    if (reason.includes('network')) {
      if (toNetwork) tid = LANE.network
      this.emitter.instant(name, time, tid, stack)
    }
    this.blockReason = ''
    // The reference takes number 0 for "none", though it is a proc.
    if (tid !== 0) this.setCause(name, time, tid, stack)
  }

  rangeBegin(time: number, name: string, stack: number): void {
    this.openRange(name, this.lane === undefined ? this.zero : time, stack)
  }

  rangeActive(name: string): void {
    this.openRange(name, this.lane === undefined ? this.zero : this.start, NO_STACK)
  }

  rangeEnd(time: number, name: string, stack: number): void {
    const at = this.ranges.findIndex((r) => r.name === name)
    if (this.lane !== undefined) {
      const start = at < 0 ? this.zero : this.ranges[at].start
      const from = at < 0 ? NO_STACK : this.ranges[at].stack
      this.finished({ name, start, end: time, stack: from, endStack: stack, blocked: '' })
    }
    if (at >= 0) this.ranges = this.ranges.filter((_, i) => i !== at)
  }

  /** Closes what is open at the end of the trace. */
  finish(time: number): void {
    if (this.lane === undefined) return
    this.syscallEnd(time, false)
    this.stop(time, NO_STACK)
  }

  private openRange(name: string, start: number, stack: number): void {
    const known = this.ranges.find((r) => r.name === name)
    if (known === undefined) this.ranges = [...this.ranges, { name, start, stack }]
    else {
      known.start = start
      known.stack = stack
    }
  }

  private finished(range: EndedRange): void {
    this.ended = [...this.ended, range]
  }

  private setCause(name: string, time: number, tid: Int, stack: number): void {
    this.cause = name
    this.causeTime = time
    this.causeTid = tid
    this.causeStack = stack
  }

  private rename(): void {
    this.text = this.label === '' ? this.base : `${this.base} (${this.label})`
    this.group = this.emitter.sameText(`G#${this.text.slice(this.idLength)}`)
  }
}

/** A lane's number; none is -1 as an unsigned number. */
export function asTid(lane: Int | undefined): Int {
  return lane === undefined ? NO_TID : asUint(lane)
}

const NO_TID = 18446744073709551615n

/** What the viewer counts a goroutine as (columns `from`, `to` of transitions). */
export function countedAs(state: number, inMarkAssist: boolean): number {
  switch (state) {
    case 2:
      return COUNTED.runnable
    case 3:
    case 5:
      return COUNTED.running
    case 4:
      return inMarkAssist ? COUNTED.waitingGc : COUNTED.waiting
    default:
      return COUNTED.dead
  }
}
