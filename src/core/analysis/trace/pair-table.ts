import { widerF64, widerI32 } from './columns.ts'

/**
 * A number for each of few pairs (row, key): it stands for a map per row where there may be 100 000 rows
 * with a handful of keys each. Entries are in columns; each is in a chain of its row, which is for walking,
 * and in one of its hash, so that many keys in a row cost no more than many rows.
 */
export class PairTable {
  /** Row -> its first entry + 1, 0 = none. */
  private head = new Int32Array(0)
  /** Row -> number of its entries. */
  private sizes = new Int32Array(0)
  private rows = new Int32Array(64)
  private keys = new Int32Array(64)
  /** Entry -> its number. `at` replaces this column when it grows: do not keep it. */
  value = new Float64Array(64)
  /** Entry -> the one after and before it in its row, and the one after it in its bucket; + 1, 0 = none. */
  private next = new Int32Array(64)
  private previous = new Int32Array(64)
  private nextInBucket = new Int32Array(64)
  /** Hash -> first entry + 1. As many as there is room for entries, a power of two. */
  private buckets = new Int32Array(64)
  private count = 0
  /** First free entry + 1, 0 = none; free entries are chained by `next`. */
  private free = 0

  /** Makes room for rows below `rows`. */
  ensure(rows: number): void {
    if (rows <= this.head.length) return
    const capacity = Math.max(rows, 2 * this.head.length)
    this.head = widerI32(this.head, capacity)
    this.sizes = widerI32(this.sizes, capacity)
  }

  /** Number of a row's entries. */
  size(row: number): number {
    return row < this.sizes.length ? this.sizes[row] : 0
  }

  /** The latest entry of a row, -1 if there is none: `for (let e = t.first(row); e >= 0; e = t.after(e))`. */
  first(row: number): number {
    return row < this.head.length ? this.head[row] - 1 : -1
  }

  after(entry: number): number {
    return this.next[entry] - 1
  }

  key(entry: number): number {
    return this.keys[entry]
  }

  /** The entry of a pair, -1 if there is none. */
  find(row: number, key: number): number {
    // Most often it is the one that was added last.
    let e = this.head[row] - 1
    if (e < 0 || this.keys[e] === key) return e
    e = this.buckets[this.bucket(row, key)] - 1
    while (e >= 0 && (this.keys[e] !== key || this.rows[e] !== row)) e = this.nextInBucket[e] - 1
    return e
  }

  /** The number of a pair, 0 if there is none. */
  get(row: number, key: number): number {
    const e = this.find(row, key)
    return e < 0 ? 0 : this.value[e]
  }

  /** The entry of a pair, added with the number 0 if it is new. */
  at(row: number, key: number): number {
    const known = this.find(row, key)
    if (known >= 0) return known
    let e = this.free - 1
    if (e >= 0) this.free = this.next[e]
    else {
      e = this.count++
      if (e === this.keys.length) this.grow()
    }
    this.rows[e] = row
    this.keys[e] = key
    this.value[e] = 0
    const first = this.head[row]
    this.next[e] = first
    this.previous[e] = 0
    if (first !== 0) this.previous[first - 1] = e + 1
    this.head[row] = e + 1
    this.sizes[row]++
    this.enterBucket(e)
    return e
  }

  add(row: number, key: number, amount: number): void {
    const e = this.at(row, key)
    this.value[e] += amount
  }

  set(row: number, key: number, value: number): void {
    const e = this.at(row, key)
    this.value[e] = value
  }

  delete(row: number, key: number): void {
    const e = this.find(row, key)
    if (e >= 0) this.deleteEntry(e)
  }

  /** Forgets a row's pairs. */
  clear(row: number): void {
    while (this.head[row] !== 0) this.deleteEntry(this.head[row] - 1)
  }

  /** Forgets those of a row's pairs whose number is 0. */
  dropZeros(row: number): void {
    for (let e = this.first(row); e >= 0; ) {
      const following = this.after(e)
      if (this.value[e] === 0) this.deleteEntry(e)
      e = following
    }
  }

  private deleteEntry(e: number): void {
    const row = this.rows[e]
    const next = this.next[e]
    const previous = this.previous[e]
    if (previous === 0) this.head[row] = next
    else this.next[previous - 1] = next
    if (next !== 0) this.previous[next - 1] = previous
    this.sizes[row]--
    this.leaveBucket(e)
    this.next[e] = this.free
    this.free = e + 1
  }

  private bucket(row: number, key: number): number {
    const h = Math.imul(row, 0x9e3779b1) ^ Math.imul(key, 0x85ebca6b)
    return (h ^ (h >>> 15)) & (this.buckets.length - 1)
  }

  private enterBucket(e: number): void {
    const at = this.bucket(this.rows[e], this.keys[e])
    this.nextInBucket[e] = this.buckets[at]
    this.buckets[at] = e + 1
  }

  private leaveBucket(e: number): void {
    const at = this.bucket(this.rows[e], this.keys[e])
    if (this.buckets[at] === e + 1) {
      this.buckets[at] = this.nextInBucket[e]
      return
    }
    let before = this.buckets[at] - 1
    while (this.nextInBucket[before] !== e + 1) before = this.nextInBucket[before] - 1
    this.nextInBucket[before] = this.nextInBucket[e]
  }

  /** Only when no entry is free, so all are in use but the one being added. */
  private grow(): void {
    const used = this.keys.length
    const capacity = used * 2
    this.rows = widerI32(this.rows, capacity)
    this.keys = widerI32(this.keys, capacity)
    this.value = widerF64(this.value, capacity)
    this.next = widerI32(this.next, capacity)
    this.previous = widerI32(this.previous, capacity)
    this.nextInBucket = new Int32Array(capacity)
    this.buckets = new Int32Array(capacity)
    for (let e = 0; e < used; e++) this.enterBucket(e)
  }
}
