import { GrowU32 } from '../base/grow.ts'
import type { Int } from '../base/int64.ts'

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
  private readonly frames = new Map<string, number>()
  private readonly slots = new Map<number, number[]>()

  constructor() {
    this.fn.push(0)
    this.file.push(0)
    this.start.push(0)
    this.start.push(0)
  }

  /** Number of rows, row 0 included. */
  get count(): number {
    return this.start.length - 1
  }

  /** The row of a frame, added if it is new. `fn` and `file` are string ids. */
  internFrame(pc: Int, fn: number, file: number, line: Int): number {
    const key = `${pc} ${fn} ${file} ${line}`
    const known = this.frames.get(key)
    if (known !== undefined) return known
    const row = this.pc.push(pc) - 1
    this.fn.push(fn)
    this.file.push(file)
    this.line.push(line)
    this.frames.set(key, row)
    return row
  }

  /** The row of a stack of `length` frame rows from `rows[from]`, leaf first; added if it is new. Never 0. */
  internStack(rows: ArrayLike<number>, from: number, length: number): number {
    let h = length
    for (let i = from; i < from + length; i++) h = Math.imul(h ^ rows[i], 0x01000193)
    const same = this.slots.get(h)
    if (same !== undefined) for (const row of same) if (this.equal(row, rows, from, length)) return row
    const row = this.count
    for (let i = from; i < from + length; i++) this.frame.push(rows[i])
    this.start.push(this.frame.length)
    if (same === undefined) this.slots.set(h, [row])
    else same.push(row)
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
}
