import { GrowU32 } from '../base/grow.ts'
import type { Int } from '../base/int64.ts'

/** So many places that one pc stands for, in one or several generations, are looked through one by one. */
const MOST_LINES = 16

/**
 * Stacks of a trace, interned over all generations: equal rows are equal frames (pc, function, file and
 * line alike). Row 0 = no stack.
 */
export class TraceStacks {
  /** Frame row -> pc, function and file (string ids), line. Row 0 is not used. */
  readonly pc: Int[] = [0]
  readonly fn = new GrowU32(256)
  readonly file = new GrowU32(256)
  readonly line: Int[] = [0]
  /** Stack row -> its frames, leaf first: `frame.a[start.a[row], start.a[row + 1])`. */
  readonly start = new GrowU32(256)
  readonly frame = new GrowU32(1024)
  /** Pc -> last frame row with it; frame row -> the one before with the same pc, 0 = none. */
  private readonly byPc = new Map<Int, number>()
  private readonly samePc: number[] = [0]
  /** Frames of a pc that has more than MOST_LINES of them, as no real trace does. */
  private readonly crowded = new Map<string, number>()
  /** Open addressing: hash slot -> stack row, 0 = free; the length is a power of two. */
  private slots = new Uint32Array(512)
  private readonly hashes = new GrowU32(256)

  constructor() {
    this.fn.push(0)
    this.file.push(0)
    this.start.push(0)
    this.start.push(0)
    this.hashes.push(0)
  }

  /** Number of rows, row 0 included. */
  get count(): number {
    return this.start.length - 1
  }

  /** The row of a frame, added if it is new. `fn` and `file` are string ids. */
  internFrame(pc: Int, fn: number, file: number, line: Int): number {
    const last = this.byPc.get(pc) ?? 0
    let seen = 0
    for (let row = last; row !== 0; row = this.samePc[row], seen++)
      if (this.fn.a[row] === fn && this.file.a[row] === file && this.line[row] === line) return row
    return seen < MOST_LINES
      ? this.addFrame(pc, fn, file, line, last)
      : this.internCrowded(pc, fn, file, line)
  }

  private internCrowded(pc: Int, fn: number, file: number, line: Int): number {
    const key = `${pc} ${fn} ${file} ${line}`
    const known = this.crowded.get(key)
    if (known !== undefined) return known
    const chain = this.byPc.get(pc) as number
    const row = this.addFrame(pc, fn, file, line, 0)
    this.byPc.set(pc, chain)
    this.crowded.set(key, row)
    return row
  }

  private addFrame(pc: Int, fn: number, file: number, line: Int, before: number): number {
    const row = this.pc.push(pc) - 1
    this.fn.push(fn)
    this.file.push(file)
    this.line.push(line)
    this.samePc.push(before)
    this.byPc.set(pc, row)
    return row
  }

  /** The row of a stack of `length` frame rows from `rows[from]`, leaf first; added if it is new. Never 0. */
  internStack(rows: ArrayLike<number>, from: number, length: number): number {
    let h = length
    for (let i = from; i < from + length; i++) h = Math.imul(h ^ rows[i], 0x01000193)
    h = (h ^ (h >>> 15)) >>> 0
    const mask = this.slots.length - 1
    let slot = h & mask
    for (;;) {
      const row = this.slots[slot]
      if (row === 0) break
      if (this.hashes.a[row] === h && this.equal(row, rows, from, length)) return row
      slot = (slot + 1) & mask
    }
    const row = this.count
    for (let i = from; i < from + length; i++) this.frame.push(rows[i])
    this.start.push(this.frame.length)
    this.hashes.push(h)
    this.slots[slot] = row
    if (row * 2 > this.slots.length) this.rehash()
    return row
  }

  /** The row of a stack's last frame (its root), 0 if it has none. */
  root(stack: number): number {
    const end = this.start.a[stack + 1]
    return end > this.start.a[stack] ? this.frame.a[end - 1] : 0
  }

  private equal(row: number, rows: ArrayLike<number>, from: number, length: number): boolean {
    const start = this.start.a[row]
    if (this.start.a[row + 1] - start !== length) return false
    for (let i = 0; i < length; i++) if (this.frame.a[start + i] !== rows[from + i]) return false
    return true
  }

  private rehash(): void {
    const slots = new Uint32Array(this.slots.length * 4)
    const mask = slots.length - 1
    for (let row = 1; row < this.count; row++) {
      let slot = this.hashes.a[row] & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = row
    }
    this.slots = slots
  }
}
