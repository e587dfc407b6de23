// Lines of stacks that were met before, with what they mean.
//
// Dumps repeat the same few lines over and over. So a line is taken apart once, and remembers which line came
// after it: the next time, that one is compared in place, without looking for its end or hashing it
// (PERF: 900 MB/s instead of 150 on dumps of many like goroutines).

import { GrowBytes, GrowU32 } from '../../base/grow.ts'

export const LINE = {
  other: 0,
  /** "main.f(0x1, 0x2)": a = function, b = arguments (string ids). */
  call: 1,
  /** "\t/src/main.go:12 +0x1d": a = file (string id), b = line, c = offset. */
  place: 2,
  /** "created by main.f", up to and with " in goroutine " if that follows: a = function. */
  created: 3,
  createdIn: 4,
  /** "...23 frames elided...": a = how many. */
  elided: 5,
  /** "\tgoroutine running on other thread; stack unavailable". */
  unavailable: 6,
  /** "non-Go function at pc=0x1". a = name. */
  native: 7,
  /** A line that may be the name of a C function: what follows decides. Never kept in the cache. */
  nativeName: 8,
  /** "\tfile.c:12 pc=0x1" or "\tpc=0x1", columns as `place`. */
  nativePlace: 9,
} as const

export type LineKind = (typeof LINE)[keyof typeof LINE]

/** Above this the cache starts over: it holds no data, only what saves work. */
const MOST_BYTES = 32 << 20
/** Longer lines are taken apart every time. */
const LONGEST = 4096

export class LineCache {
  /** Bytes of all lines; those of line `id` start at start[id] and are length[id] long. */
  private readonly text = new GrowBytes(1 << 14)
  private readonly start = new GrowU32(256)
  private readonly size = new GrowU32(256)
  private readonly kinds = new GrowU32(256)
  private readonly av = new GrowU32(256)
  private readonly bv = new GrowU32(256)
  private readonly cv = new GrowU32(256)
  private readonly following = new GrowU32(256)
  /** Of a call or "created by": the place that followed last, and the row that the two made. */
  private readonly pairedWith = new GrowU32(256)
  private readonly pairedRow = new GrowU32(256)
  private slots = new Uint32Array(512)

  constructor() {
    this.clear()
  }

  /** Row 0 stands for no line; what follows it is what follows a header. */
  clear(): void {
    for (const c of this.columns()) {
      c.length = 0
      c.push(0)
    }
    this.text.length = 0
    this.slots.fill(0)
  }

  private columns(): GrowU32[] {
    const { start, size, kinds, av, bv, cv, following, pairedWith, pairedRow } = this
    return [start, size, kinds, av, bv, cv, following, pairedWith, pairedRow]
  }

  /** Makes room if the cache is full; all ids given before are void then, which it tells by true. */
  trim(): boolean {
    if (this.text.length < MOST_BYTES) return false
    this.clear()
    return true
  }

  kind(id: number): LineKind {
    return this.kinds.a[id] as LineKind
  }

  a(id: number): number {
    return this.av.a[id]
  }

  b(id: number): number {
    return this.bv.a[id]
  }

  c(id: number): number {
    return this.cv.a[id]
  }

  /** The line that came after line `id` the last time, 0 if none did. */
  next(id: number): number {
    return this.following.a[id]
  }

  setNext(id: number, next: number): void {
    this.following.a[id] = next
  }

  /** Row that line `id` made together with line `place` the last time, 0 if it was another. */
  pair(id: number, place: number): number {
    return this.pairedWith.a[id] === place ? this.pairedRow.a[id] : 0
  }

  setPair(id: number, place: number, row: number): void {
    this.pairedWith.a[id] = place
    this.pairedRow.a[id] = row
  }

  /** Where the bytes of line `id` end in `b` if they stand at `at`; -1 if they do not. */
  match(id: number, b: Uint8Array, at: number, end: number): number {
    const n = this.size.a[id]
    if (end - at < n) return -1
    const text = this.text.a
    const from = this.start.a[id]
    for (let k = 0; k < n; k++) if (b[at + k] !== text[from + k]) return -1
    return at + n
  }

  /** The id of the line b[from, to), 0 if it is not known. */
  find(b: Uint8Array, from: number, to: number): number {
    const length = to - from
    const mask = this.slots.length - 1
    for (let slot = hash(b, from, to) & mask; ; slot = (slot + 1) & mask) {
      const id = this.slots[slot]
      if (id === 0) return 0
      if (this.size.a[id] === length && this.match(id, b, from, to) >= 0) return id
    }
  }

  /** Takes in a line that `find` does not know; 0 if it is too long to be kept. */
  add(
    b: Uint8Array,
    from: number,
    to: number,
    kind: LineKind,
    values: readonly [number, number, number],
  ): number {
    if (to - from > LONGEST) return 0
    const id = this.size.length
    this.start.push(this.text.length)
    this.size.push(to - from)
    this.kinds.push(kind)
    this.av.push(values[0])
    this.bv.push(values[1])
    this.cv.push(values[2])
    for (const c of [this.following, this.pairedWith, this.pairedRow]) c.push(0)
    this.text.append(b, from, to)
    if (id * 2 > this.slots.length) this.rehash()
    else this.place(id)
    return id
  }

  private place(id: number): void {
    const mask = this.slots.length - 1
    const from = this.start.a[id]
    let slot = hash(this.text.a, from, from + this.size.a[id]) & mask
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask
    this.slots[slot] = id
  }

  private rehash(): void {
    this.slots = new Uint32Array(this.slots.length * 4)
    for (let id = 1; id < this.size.length; id++) this.place(id)
  }
}

/** Four bytes at a time: lines are some 50 bytes long. */
function hash(b: Uint8Array, from: number, to: number): number {
  let h = to - from
  let i = from
  for (; i + 4 <= to; i += 4) {
    h = Math.imul(h ^ (b[i] | (b[i + 1] << 8) | (b[i + 2] << 16) | (b[i + 3] << 24)), 0x9e3779b1)
    h ^= h >>> 15
  }
  for (; i < to; i++) h = Math.imul(h ^ b[i], 0x01000193)
  return h ^ (h >>> 13)
}
