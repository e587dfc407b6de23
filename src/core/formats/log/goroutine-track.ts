// How long goroutines stay in one state, from snapshots of all of them.

import { G_STATUS, MAX_STUCK, type StuckGoroutine } from '../../model/sched-log.ts'

/** Goroutines of one snapshot that are told apart; a snapshot of more is a text of 200 MB. */
const MAX_TRACKED = 1 << 22

/** The goroutines of one snapshot: an open hash table by id, and a row for each. */
class Generation {
  count = 0
  goid = new Float64Array(64)
  /** status + 16 * reason */
  state = new Int32Array(64)
  m = new Int32Array(64)
  lockedm = new Int32Array(64)
  since = new Float64Array(64)
  snapshots = new Int32Array(64)
  /** 1 if it never was seen in another state. */
  always = new Uint8Array(64)
  private slots = new Int32Array(256)

  clear(): void {
    this.count = 0
    this.slots.fill(0)
  }

  find(goid: number): number {
    const mask = this.slots.length - 1
    for (let at = hash(goid) & mask; ; at = (at + 1) & mask) {
      const row = this.slots[at] - 1
      if (row < 0 || this.goid[row] === goid) return row
    }
  }

  /** A row for an id that is not there. */
  add(goid: number): number {
    if (this.count === this.goid.length) this.grow()
    const row = this.count++
    this.goid[row] = goid
    this.place(row)
    return row
  }

  private place(row: number): void {
    const mask = this.slots.length - 1
    let at = hash(this.goid[row]) & mask
    while (this.slots[at] !== 0) at = (at + 1) & mask
    this.slots[at] = row + 1
  }

  private grow(): void {
    const n = this.count * 2
    const wider = <T extends Float64Array | Int32Array | Uint8Array>(old: T, a: T): T => {
      a.set(old)
      return a
    }
    this.goid = wider(this.goid, new Float64Array(n))
    this.state = wider(this.state, new Int32Array(n))
    this.m = wider(this.m, new Int32Array(n))
    this.lockedm = wider(this.lockedm, new Int32Array(n))
    this.since = wider(this.since, new Float64Array(n))
    this.snapshots = wider(this.snapshots, new Int32Array(n))
    this.always = wider(this.always, new Uint8Array(n))
    this.slots = new Int32Array(n * 4)
    for (let row = 0; row < this.count; row++) this.place(row)
  }
}

function hash(goid: number): number {
  const h = Math.imul(goid | 0, 0x9e3779b1)
  return (h ^ (h >>> 15)) >>> 0
}

const RUNNABLE = G_STATUS.indexOf('runnable')
const SYSCALL = G_STATUS.indexOf('syscall')
const WAITING = G_STATUS.indexOf('waiting')

/** Follows the goroutines of one process. */
export class GoroutineTrack {
  /** Goroutines of the fullest snapshot that were too many to follow. */
  untracked = 0
  private now = new Generation()
  private before = new Generation()
  private time = 0
  private previousTime = Number.NaN
  private missed = 0
  private readonly reasons: string[]
  private readonly stays: StuckGoroutine[] = []

  /** `reasons` are the texts that `reason` of `add` is a place in; it may grow. */
  constructor(reasons: string[]) {
    this.reasons = reasons
  }

  /** A snapshot begins; `time` in ms since the start of the process. */
  begin(time: number): void {
    this.settle()
    const free = this.before
    this.before = this.now
    this.now = free
    free.clear()
    this.previousTime = this.time
    this.time = time
    this.missed = 0
  }

  add(goid: number, status: number, reason: number, m: number, lockedm: number): void {
    const { now, before } = this
    if (now.count >= MAX_TRACKED) {
      this.missed++
      if (this.missed > this.untracked) this.untracked = this.missed
      return
    }
    const state = status + 16 * reason
    const row = now.add(goid)
    const known = before.find(goid)
    const same = known >= 0 && before.state[known] === state && before.m[known] === m
    now.state[row] = state
    now.m[row] = m
    now.lockedm[row] = lockedm
    now.since[row] = same ? before.since[known] : this.time
    now.snapshots[row] = same ? before.snapshots[known] + 1 : 1
    now.always[row] = known < 0 || (same && before.always[known] === 1) ? 1 : 0
    if (same) before.snapshots[known] = 0
  }

  /** Stays that ended with the snapshot before: those of the generation before that were not carried on. */
  private settle(): void {
    this.collect(this.before, this.previousTime)
  }

  private collect(g: Generation, to: number): void {
    for (let row = 0; row < g.count; row++) {
      const status = g.state[row] & 15
      if (g.snapshots[row] < 2 || status < RUNNABLE || status > SYSCALL) continue
      this.stays.push({
        goid: g.goid[row],
        status,
        reason: status === WAITING ? this.reasons[g.state[row] >> 4] : '',
        m: g.m[row],
        lockedm: g.lockedm[row],
        from: g.since[row],
        to,
        snapshots: g.snapshots[row],
      })
    }
    if (this.stays.length > 16 * MAX_STUCK) this.keepLongest()
  }

  private keepLongest(): void {
    const { stays } = this
    stays.sort((a, b) => b.to - b.from - (a.to - a.from) || a.goid - b.goid)
    const kept = new Array<number>(16).fill(0)
    let n = 0
    for (const s of stays) if (kept[s.status]++ < MAX_STUCK) stays[n++] = s
    stays.length = n
  }

  /** The last snapshot is complete. */
  done(): {
    stuck: StuckGoroutine[]
    waitedThroughout: { reason: string; count: number; longest: number }[]
  } {
    this.settle()
    this.collect(this.now, this.time)
    this.keepLongest()
    const waits = new Map<number, { reason: string; count: number; longest: number }>()
    const { now } = this
    for (let row = 0; row < now.count; row++) {
      const state = now.state[row]
      if ((state & 15) !== WAITING || now.always[row] === 0 || now.snapshots[row] < 2) continue
      const reason = state >> 4
      let w = waits.get(reason)
      if (w === undefined) {
        w = { reason: this.reasons[reason], count: 0, longest: 0 }
        waits.set(reason, w)
      }
      w.count++
      w.longest = Math.max(w.longest, this.time - now.since[row])
    }
    return { stuck: this.stays, waitedThroughout: [...waits.values()].sort((a, b) => b.count - a.count) }
  }
}
