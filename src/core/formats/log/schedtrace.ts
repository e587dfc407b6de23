// Lines of GODEBUG=schedtrace=X: `SCHED #ms: gomaxprocs=# …`. Sources: docs/formats.md.

import { MAX_PROCS, SCHED_COLUMNS, type SchedColumn } from '../../model/sched-log.ts'
import { bytesOf, type Cursor } from './cursor.ts'
import { onlyBlanks } from './gctrace.ts'

export const SCHED = Object.fromEntries(SCHED_COLUMNS.map((n, i) => [n, i])) as Readonly<
  Record<SchedColumn, number>
>

/** Names of fields as printed, in the order of all versions, with their columns. */
const FIELDS: readonly (readonly [name: Uint8Array, column: number])[] = [
  [bytesOf('gomaxprocs='), SCHED.gomaxprocs],
  [bytesOf('idleprocs='), SCHED.idleprocs],
  [bytesOf('threads='), SCHED.threads],
  [bytesOf('spinningthreads='), SCHED.spinning],
  [bytesOf('needspinning='), SCHED.needspinning],
  [bytesOf('idlethreads='), SCHED.idlethreads],
  [bytesOf('runqueue='), SCHED.runqueue],
  [bytesOf('gcwaiting='), SCHED.gcwaiting],
  [bytesOf('nmidlelocked='), SCHED.idleLocked],
  [bytesOf('stopwait='), SCHED.stopwait],
  [bytesOf('sysmonwait='), SCHED.sysmonwait],
]
const MS = bytesOf('ms: ')
const TICKS = bytesOf('schedticks=[')
const TRUE = bytesOf('true')
const FALSE = bytesOf('false')
const NIL = bytesOf('nil')
const SPACE = 32

/** Parses them into a row that is used again for each. */
export class SchedLineParser {
  /** By SCHED_COLUMNS; `process` and `wall` are the caller's to set. */
  readonly row = new Float64Array(SCHED_COLUMNS.length)
  /** Lengths of local run queues and counts of rounds by P; as many as were printed. */
  queues = new Float64Array(64)
  ticks = new Float64Array(64)
  queueCount = 0
  tickCount = 0
  /** Whether lines about each P, M and G follow. */
  detailed = false

  /**
   * The cursor stands behind `SCHED `, or at `gomaxprocs=` of a line that lost its front. False if the line is
   * not wholly understood.
   */
  parse(c: Cursor): boolean {
    const { row } = this
    row.fill(Number.NaN)
    this.queueCount = this.tickCount = 0
    this.detailed = false
    if (c.peek !== 103) {
      row[SCHED.time] = c.uint()
      if (!c.word(MS)) return false
    }
    let from = 0
    do {
      let k = from
      while (k < FIELDS.length && !c.word(FIELDS[k][0])) k++
      if (k === FIELDS.length) break
      row[FIELDS[k][1]] = numberOrWord(c)
      from = k + 1
    } while (c.byte(SPACE))
    if (c.byte(91)) {
      this.queues = roomFor(this.queues, row[SCHED.gomaxprocs])
      this.queueCount = list(c, this.queues)
      c.byte(SPACE)
    }
    if (c.word(TICKS)) {
      this.ticks = roomFor(this.ticks, row[SCHED.gomaxprocs])
      this.tickCount = list(c, this.ticks)
    }
    this.detailed = !Number.isNaN(row[SCHED.stopwait])
    if (!Number.isNaN(row[SCHED.gomaxprocs]) && this.queueCount > 0) this.sumQueues()
    return (
      row[SCHED.gomaxprocs] > 0 &&
      row[SCHED.idleprocs] + row[SCHED.threads] + row[SCHED.runqueue] >= 0 &&
      onlyBlanks(c)
    )
  }

  private sumQueues(): void {
    const { row, queues } = this
    let sum = 0
    let max = 0
    let used = 0
    for (let p = 0; p < this.queueCount; p++) {
      const n = queues[p]
      sum += n
      if (n > max) max = n
      if (n > 0) used++
    }
    row[SCHED.local] = sum
    row[SCHED.localMax] = max
    row[SCHED.localUsed] = used
  }
}

function roomFor(a: Float64Array<ArrayBuffer>, procs: number): Float64Array<ArrayBuffer> {
  return procs > a.length && procs <= MAX_PROCS ? new Float64Array(procs) : a
}

/** Numbers up to `]`, with blanks between and around. */
function list(c: Cursor, out: Float64Array): number {
  let n = 0
  for (;;) {
    while (c.byte(SPACE));
    if (c.byte(93)) return n
    const v = c.uint()
    if (Number.isNaN(v)) return n
    if (n < out.length) out[n++] = v
  }
}

/** A number, `true`, `false`, or `nil`, which is -1: what older versions print for it. */
export function numberOrWord(c: Cursor): number {
  if (c.word(TRUE)) return 1
  if (c.word(FALSE)) return 0
  if (c.word(NIL)) return -1
  return c.number()
}
