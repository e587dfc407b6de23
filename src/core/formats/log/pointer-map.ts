// What is known of each object in memory, by its address: addresses are two halves of 32 bits.

const GONE = -1

/** An open hash table of live objects. Rows of freed ones are used again. */
export class PointerMap {
  site = new Int32Array(256)
  /** Which allocation it was, how many bytes and collections there were until then. */
  number = new Float64Array(256)
  bytes = new Float64Array(256)
  collection = new Float64Array(256)
  private low = new Uint32Array(256)
  private high = new Uint32Array(256)
  private rows = 0
  private live = 0
  private readonly free: number[] = []
  /** Slot -> row + 1, 0 free, GONE taken out. */
  private slots = new Int32Array(1024)
  private used = 0
  private readonly cap: number

  constructor(cap: number) {
    this.cap = cap
  }

  put(
    low: number,
    high: number,
    site: number,
    number: number,
    bytes: number,
    collection: number,
  ): 'new' | 'replaced' | 'full' {
    const known = this.take(low, high) >= 0
    if (this.live >= this.cap) return 'full'
    if ((this.used + 1) * 2 > this.slots.length) this.rehash()
    const row = this.free.pop() ?? this.newRow()
    this.low[row] = low
    this.high[row] = high
    this.site[row] = site
    this.number[row] = number
    this.bytes[row] = bytes
    this.collection[row] = collection
    this.place(row)
    this.live++
    return known ? 'replaced' : 'new'
  }

  /** Takes an object out; its row, whose values stay until the next `put`, or -1 if it is not there. */
  take(low: number, high: number): number {
    const mask = this.slots.length - 1
    for (let slot = hash(low, high) & mask; this.slots[slot] !== 0; slot = (slot + 1) & mask) {
      const row = this.slots[slot] - 1
      if (row < 0 || this.low[row] !== low || this.high[row] !== high) continue
      this.slots[slot] = GONE
      this.free.push(row)
      this.live--
      return row
    }
    return -1
  }

  private newRow(): number {
    if (this.rows === this.low.length) {
      const n = this.rows * 2
      this.site = widened(this.site, new Int32Array(n))
      this.number = widened(this.number, new Float64Array(n))
      this.bytes = widened(this.bytes, new Float64Array(n))
      this.collection = widened(this.collection, new Float64Array(n))
      this.low = widened(this.low, new Uint32Array(n))
      this.high = widened(this.high, new Uint32Array(n))
    }
    return this.rows++
  }

  private place(row: number): void {
    const mask = this.slots.length - 1
    let slot = hash(this.low[row], this.high[row]) & mask
    while (this.slots[slot] > 0) slot = (slot + 1) & mask
    if (this.slots[slot] === 0) this.used++
    this.slots[slot] = row + 1
  }

  private rehash(): void {
    const old = this.slots
    // Slots of freed objects alone may have filled it: then it stays as large.
    this.slots = new Int32Array(this.live * 4 > old.length ? old.length * 2 : old.length)
    this.used = 0
    for (const s of old) if (s > 0) this.place(s - 1)
  }
}

function widened<T extends Int32Array | Uint32Array | Float64Array>(old: T, wider: T): T {
  wider.set(old)
  return wider
}

function hash(low: number, high: number): number {
  const h = Math.imul((low >>> 3) ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1)
  return (h ^ (h >>> 16)) >>> 0
}
