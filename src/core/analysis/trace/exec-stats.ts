import { widerF64, widerU8 } from './columns.ts'
import { PairTable } from './pair-table.ts'

/** Rows with more reasons or ranges than this are not copied in full: see `detailed`. */
const MAX_COPIED = 256

/**
 * Where goroutines' time went, one row per goroutine or per region. Nanoseconds; sums stay far below
 * 2^53 (104 days), so doubles hold them exactly.
 */
export class ExecStats {
  /** From the first to the last moment. */
  total = new Float64Array(0)
  exec = new Float64Array(0)
  /** Runnable, waiting for a proc. */
  schedWait = new Float64Array(0)
  /** In a syscall with a proc. */
  syscall = new Float64Array(0)
  /** In a syscall after the proc was taken away. */
  syscallBlock = new Float64Array(0)
  /** Waiting, for all reasons. */
  blocked = new Float64Array(0)
  /** Row and reason (string id) -> time waiting. */
  readonly reasons = new PairTable()
  /** Row and name of a range (string id) -> time in it. Overlaps with the other times. */
  readonly ranges = new PairTable()
  /** 1 = `reasons` and `ranges` are missing: there were too many to keep a copy for each region. */
  private coarse = new Uint8Array(0)

  /** Makes room for rows below `rows`. */
  ensure(rows: number): void {
    if (rows <= this.total.length) return
    const capacity = Math.max(rows, 2 * this.total.length)
    this.total = widerF64(this.total, capacity)
    this.exec = widerF64(this.exec, capacity)
    this.schedWait = widerF64(this.schedWait, capacity)
    this.syscall = widerF64(this.syscall, capacity)
    this.syscallBlock = widerF64(this.syscallBlock, capacity)
    this.blocked = widerF64(this.blocked, capacity)
    this.coarse = widerU8(this.coarse, capacity)
    this.reasons.ensure(capacity)
    this.ranges.ensure(capacity)
  }

  /** False if the row's `reasons` and `ranges` are missing: no program has that many, but a made-up trace may. */
  detailed(row: number): boolean {
    return this.coarse[row] === 0
  }

  addBlocked(row: number, reason: number, time: number): void {
    this.blocked[row] += time
    this.reasons.add(row, reason, time)
  }

  clear(row: number): void {
    this.total[row] = this.exec[row] = this.schedWait[row] = this.syscall[row] = this.syscallBlock[row] = 0
    this.blocked[row] = this.coarse[row] = 0
    this.reasons.clear(row)
    this.ranges.clear(row)
  }

  /** Makes a row, which must be clear, equal to a row of other stats. */
  copy(row: number, from: ExecStats, fromRow: number): void {
    this.total[row] = from.total[fromRow]
    this.exec[row] = from.exec[fromRow]
    this.schedWait[row] = from.schedWait[fromRow]
    this.syscall[row] = from.syscall[fromRow]
    this.syscallBlock[row] = from.syscallBlock[fromRow]
    this.blocked[row] = from.blocked[fromRow]
    if (from.reasons.size(fromRow) > MAX_COPIED || from.ranges.size(fromRow) > MAX_COPIED) {
      this.coarse[row] = 1
      return
    }
    addPairs(this.reasons, row, from.reasons, fromRow)
    addPairs(this.ranges, row, from.ranges, fromRow)
  }

  /** Turns a row from what was at its start into what has passed until now: `now` minus the row. */
  since(row: number, now: ExecStats, nowRow: number): void {
    this.total[row] = now.total[nowRow] - this.total[row]
    this.exec[row] = now.exec[nowRow] - this.exec[row]
    this.schedWait[row] = now.schedWait[nowRow] - this.schedWait[row]
    this.syscall[row] = now.syscall[nowRow] - this.syscall[row]
    this.syscallBlock[row] = now.syscallBlock[nowRow] - this.syscallBlock[row]
    this.blocked[row] = now.blocked[nowRow] - this.blocked[row]
    if (now.coarse[nowRow] === 1) this.coarse[row] = 1
    if (this.coarse[row] === 1) {
      this.reasons.clear(row)
      this.ranges.clear(row)
      return
    }
    pairsSince(this.reasons, row, now.reasons, nowRow)
    pairsSince(this.ranges, row, now.ranges, nowRow)
  }

  /** What is in none of the accounts, not negative. */
  unknown(row: number): number {
    const { exec, schedWait, syscall, syscallBlock, blocked } = this
    return Math.max(
      0,
      this.total[row] - exec[row] - schedWait[row] - syscall[row] - syscallBlock[row] - blocked[row],
    )
  }
}

function addPairs(to: PairTable, row: number, from: PairTable, fromRow: number): void {
  for (let e = from.first(fromRow); e >= 0; e = from.after(e)) to.add(row, from.key(e), from.value[e])
}

function pairsSince(start: PairTable, row: number, now: PairTable, nowRow: number): void {
  for (let e = now.first(nowRow); e >= 0; e = now.after(e)) {
    const at = start.at(row, now.key(e))
    start.value[at] = now.value[e] - start.value[at]
  }
  start.dropZeros(row)
}
