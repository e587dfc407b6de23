import { GrowIds, GrowU32 } from '../base/grow.ts'
import { Int64Builder } from '../base/int64.ts'
import { Strings } from '../base/strings.ts'
import type { DumpKind, GoroutineDump, Goroutines, GoroutineTable, Race } from './goroutines.ts'
import { LabelSetBuilder } from './label-sets.ts'

/** Hash -> rows, of a table whose owner compares them: `for (row = first(h); row !== 0; row = next()) ...`, then `add`. */
class RowIndex {
  private slots = new Uint32Array(256)
  private readonly hashes = new GrowU32(128)
  private hash = 0
  private slot = 0

  constructor() {
    // Row 0 is "none" and never found.
    this.hashes.push(0)
  }

  first(hash: number): number {
    this.hash = hash
    this.slot = (hash & (this.slots.length - 1)) - 1
    return this.next()
  }

  /** The next row with the hash asked for, 0 if there are no more. */
  next(): number {
    const mask = this.slots.length - 1
    for (let slot = (this.slot + 1) & mask; ; slot = (slot + 1) & mask) {
      const row = this.slots[slot]
      if (row !== 0 && this.hashes.a[row] !== this.hash) continue
      this.slot = slot
      return row
    }
  }

  /** Takes the next row in. */
  add(hash: number): number {
    const row = this.hashes.length
    this.hashes.push(hash)
    if (row * 2 > this.slots.length) this.rehash()
    else this.place(row)
    return row
  }

  private place(row: number): void {
    const mask = this.slots.length - 1
    let slot = this.hashes.a[row] & mask
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask
    this.slots[slot] = row
  }

  private rehash(): void {
    this.slots = new Uint32Array(this.slots.length * 4)
    for (let row = 1; row < this.hashes.length; row++) this.place(row)
  }
}

const mix = (h: number, v: number): number => {
  const x = Math.imul(h ^ v, 0x9e3779b1)
  return (x ^ (x >>> 15)) >>> 0
}

/** A dump that is being read: its rows are known when all are. */
export type DumpDraft = { -readonly [K in keyof Omit<GoroutineDump, 'start' | 'end'>]: GoroutineDump[K] }

/** One goroutine to add. */
export interface GoroutineRow {
  /** Index of the dump. */
  dump: number
  goid: number
  weight: number
  state: number
  minutes: number
  flags: number
  bubble: number
  creator: number
  createdBy: number
  stack: number
  labelSet: number
  thread: number
}

/** Builds `Goroutines`, for one source after another: equal frames, calls and stacks become one row. */
export class GoroutineBuilder {
  readonly strings = new Strings()
  readonly labels = new LabelSetBuilder()
  readonly races: Race[] = []
  private readonly dumps: DumpDraft[] = []

  private readonly frameIndex = new RowIndex()
  private readonly fn = new GrowU32()
  private readonly file = new GrowU32()
  private readonly line = new GrowU32()
  private readonly pcOffset = new GrowU32()
  private readonly frameFlags = new GrowU32()

  private readonly callIndex = new RowIndex()
  private readonly callFrame = new GrowU32()
  private readonly callArgs = new GrowU32()

  private readonly stackIndex = new RowIndex()
  private readonly stackStart = new GrowU32()
  private readonly stackCall = new GrowIds()
  private readonly elided = new GrowU32()
  private readonly elidedAt = new GrowU32()

  private readonly dump = new GrowU32()
  private readonly goid = new Int64Builder()
  private readonly weight = new Int64Builder()
  private readonly state = new GrowU32()
  private readonly minutes = new GrowU32()
  private readonly flags = new GrowU32()
  private readonly bubble = new GrowU32()
  private readonly creator = new Int64Builder()
  private readonly createdBy = new GrowU32()
  private readonly stack = new GrowU32()
  private readonly labelSet = new GrowU32()
  /** Thread + 1. */
  private readonly thread = new GrowU32()

  constructor() {
    for (const column of [this.fn, this.file, this.line, this.pcOffset, this.frameFlags]) column.push(0)
    for (const column of [this.callFrame, this.callArgs]) column.push(0)
    // The starts of stack 0 (empty) and 1.
    for (const column of [this.stackStart, this.stackStart, this.elided, this.elidedAt]) column.push(0)
  }

  /** Goroutine rows so far. */
  get count(): number {
    return this.goid.length
  }

  /** Dumps so far. */
  get dumpCount(): number {
    return this.dumps.length
  }

  /** `fn` and `file` are string ids, `flags` bits of FRAME. */
  frame(fn: number, file: number, line: number, pcOffset: number, flags: number): number {
    const h = mix(mix(mix(mix(flags, fn), file), line), pcOffset)
    for (let row = this.frameIndex.first(h); row !== 0; row = this.frameIndex.next())
      if (
        this.fn.a[row] === fn &&
        this.file.a[row] === file &&
        this.line.a[row] === line &&
        this.pcOffset.a[row] === pcOffset &&
        this.frameFlags.a[row] === flags
      )
        return row
    this.fn.push(fn)
    this.file.push(file)
    this.line.push(line)
    this.pcOffset.push(pcOffset)
    this.frameFlags.push(flags)
    return this.frameIndex.add(h)
  }

  /** `args` is the string id of the text between the parentheses. */
  call(frame: number, args: number): number {
    const h = mix(mix(1, frame), args)
    for (let row = this.callIndex.first(h); row !== 0; row = this.callIndex.next())
      if (this.callFrame.a[row] === frame && this.callArgs.a[row] === args) return row
    this.callFrame.push(frame)
    this.callArgs.push(args)
    return this.callIndex.add(h)
  }

  /** The stack of calls[0, length), leaf first. See StackTable for `elided` and `elidedAt`. */
  stackOf(calls: ArrayLike<number>, length: number, elided = 0, elidedAt = 0): number {
    if (length === 0 && elided === 0) return 0
    let h = mix(mix(2, elided), elidedAt)
    for (let k = 0; k < length; k++) h = mix(h, calls[k])
    for (let row = this.stackIndex.first(h); row !== 0; row = this.stackIndex.next())
      if (
        this.elided.a[row] === elided &&
        this.elidedAt.a[row] === elidedAt &&
        this.hasCalls(row, calls, length)
      )
        return row
    const all = this.stackCall
    for (let k = 0; k < length; k++) all.push(calls[k])
    this.stackStart.push(all.length)
    this.elided.push(elided)
    this.elidedAt.push(elidedAt)
    return this.stackIndex.add(h)
  }

  private hasCalls(stack: number, calls: ArrayLike<number>, length: number): boolean {
    const start = this.stackStart.a[stack]
    if (this.stackStart.a[stack + 1] - start !== length) return false
    const all = this.stackCall.a
    for (let k = 0; k < length; k++) if (all[start + k] !== calls[k]) return false
    return true
  }

  /** Begins a dump; returns its index. Dumps may be open side by side. */
  openDump(kind: DumpKind, source: number, offset: number): number {
    return this.dumps.push({ kind, source, offset, profileName: '', profileTotal: 0 }) - 1
  }

  /** The dump, to be completed. */
  dumpAt(index: number): DumpDraft {
    return this.dumps[index]
  }

  addGoroutine(g: GoroutineRow): number {
    this.dump.push(g.dump)
    this.goid.push(g.goid)
    this.weight.push(g.weight)
    this.state.push(g.state)
    this.minutes.push(g.minutes)
    this.flags.push(g.flags)
    this.bubble.push(g.bubble)
    this.creator.push(g.creator)
    this.createdBy.push(g.createdBy)
    this.stack.push(g.stack)
    this.labelSet.push(g.labelSet)
    this.thread.push(g.thread + 1)
    return this.goid.length - 1
  }

  flagsOf(row: number): number {
    return this.flags.a[row]
  }

  /** Puts the stack of a goroutine that was printed again, and better, in its place. */
  setStack(row: number, stack: number, flags: number): void {
    this.stack.a[row] = stack
    this.flags.a[row] = flags
  }

  done(): Goroutines {
    return {
      strings: this.strings,
      labelSets: this.labels.done(),
      frames: {
        count: this.fn.length - 1,
        fn: this.fn.done(),
        file: this.file.done(),
        line: this.line.done(),
        pcOffset: this.pcOffset.done(),
        flags: new Uint8Array(this.frameFlags.done()),
      },
      calls: { count: this.callFrame.length - 1, frame: this.callFrame.done(), args: this.callArgs.done() },
      stacks: {
        count: this.elided.length - 1,
        start: this.stackStart.done(),
        call: this.stackCall.done(),
        elided: this.elided.done(),
        elidedAt: this.elidedAt.done(),
      },
      ...this.rowsByDump(),
      races: this.races,
    }
  }

  /** The rows of a dump side by side, also where dumps were printed into one another. */
  private rowsByDump(): { table: GoroutineTable; dumps: GoroutineDump[] } {
    const dump = this.dump.done()
    const end = new Uint32Array(this.dumps.length + 1)
    let inOrder = true
    for (let row = 0; row < dump.length; row++) {
      end[dump[row] + 1]++
      if (row > 0 && dump[row] < dump[row - 1]) inOrder = false
    }
    for (let d = 1; d < end.length; d++) end[d] += end[d - 1]
    const dumps = this.dumps.map((d, k) => ({ ...d, start: end[k], end: end[k + 1] }))
    const order = new Uint32Array(inOrder ? 0 : dump.length)
    if (!inOrder) {
      const at = end.slice()
      for (let row = 0; row < dump.length; row++) order[at[dump[row]]++] = row
    }
    const u32 = (c: GrowU32): Uint32Array => (inOrder ? c.done() : c.done().map((_, k, a) => a[order[k]]))
    const f64 = (c: Int64Builder): Float64Array => {
      const { f } = c.done()
      return inOrder ? f : f.map((_, k, a) => a[order[k]])
    }
    const table = {
      count: dump.length,
      goid: f64(this.goid),
      weight: f64(this.weight),
      state: u32(this.state),
      minutes: u32(this.minutes),
      flags: new Uint8Array(u32(this.flags)),
      bubble: u32(this.bubble),
      creator: f64(this.creator),
      createdBy: u32(this.createdBy),
      stack: u32(this.stack),
      labelSet: u32(this.labelSet),
      thread: new Int32Array(u32(this.thread)).map((t) => t - 1),
    }
    return { table, dumps }
  }
}
