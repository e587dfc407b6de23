// Collects the objects of a dump as they are read.

import { GrowIds, GrowU32 } from '../../base/grow.ts'
import { Int64Builder } from '../../base/int64.ts'
import { HeapObjects } from '../../model/heap-dump.ts'
import type { Memory } from './records.ts'

/** Slots of a run are numbers of 16 bits. */
const MAX_SLOT = 0xffff
/** Spans begin at pages of this size. */
const PAGE = 8192

/** Interns kinds of objects: size and offsets of pointers. */
class KindTable {
  readonly size = new Int64Builder(256)
  readonly start = new GrowU32(256)
  readonly offset = new GrowU32(4096)
  private readonly hash = new GrowU32(256)
  private slots = new Uint32Array(1024)
  private last = 0

  constructor() {
    this.start.push(0)
  }

  get count(): number {
    return this.size.length
  }

  intern(m: Memory): number {
    // Neighbours are mostly of one kind.
    if (this.count > 0 && this.same(this.last, m)) return this.last
    let h = Math.imul(m.size, 0x9e3779b1) ^ m.fieldCount
    for (let k = 0; k < m.fieldCount; k++) h = Math.imul(h ^ m.fields[k], 0x01000193)
    h = (h ^ (h >>> 15)) >>> 0
    let mask = this.slots.length - 1
    let slot = h & mask
    while (this.slots[slot] !== 0) {
      const kind = this.slots[slot] - 1
      if (this.hash.a[kind] === h && this.same(kind, m)) {
        this.last = kind
        return kind
      }
      slot = (slot + 1) & mask
    }
    const kind = this.count
    this.slots[slot] = kind + 1
    this.hash.push(h)
    this.size.push(m.size)
    this.offset.reserve(m.fieldCount)
    this.offset.a.set(m.fields.subarray(0, m.fieldCount), this.offset.length)
    this.offset.length += m.fieldCount
    this.start.push(this.offset.length)
    if (this.count * 2 > this.slots.length) {
      this.slots = new Uint32Array(this.slots.length * 4)
      mask = this.slots.length - 1
      for (let k = 0; k < this.count; k++) {
        slot = this.hash.a[k] & mask
        while (this.slots[slot] !== 0) slot = (slot + 1) & mask
        this.slots[slot] = k + 1
      }
    }
    this.last = kind
    return kind
  }

  private same(kind: number, m: Memory): boolean {
    const from = this.start.a[kind]
    if (this.size.f[kind] !== m.size || this.start.a[kind + 1] - from !== m.fieldCount) return false
    const offset = this.offset.a
    const { fields } = m
    for (let k = m.fieldCount - 1; k >= 0; k--) if (offset[from + k] !== fields[k]) return false
    return true
  }
}

export class ObjectTable {
  private readonly kinds = new KindTable()
  private slot: Uint16Array
  private readonly kind: GrowIds
  private readonly first = new GrowU32(1024)
  private readonly start = new Int64Builder(1024)
  private readonly size = new Int64Builder(1024)
  private lastSlot = -1
  count = 0

  /** Room for `expected` objects costs nothing until it is used. */
  constructor(expected: number) {
    this.slot = new Uint16Array(expected)
    this.kind = new GrowIds(expected)
  }

  add(m: Memory): void {
    const run = this.size.length - 1
    let slot = -1
    if (run >= 0 && this.size.f[run] === m.size) {
      slot = (m.address - this.start.f[run]) / m.size
      if (!(slot > this.lastSlot && slot <= MAX_SLOT && Number.isInteger(slot))) slot = -1
      // Another span may lie where a whole page is left out.
      const end = this.start.f[run] + (this.lastSlot + 1) * m.size
      if (Math.floor(m.address / PAGE) > Math.ceil(end / PAGE)) slot = -1
    }
    if (slot < 0) {
      this.first.push(this.count)
      this.start.push(m.address)
      this.size.push(m.size)
      slot = 0
    }
    this.lastSlot = slot
    if (this.count === this.slot.length) {
      const wider = new Uint16Array(Math.max(1024, this.count * 2))
      wider.set(this.slot)
      this.slot = wider
    }
    this.slot[this.count++] = slot
    this.kind.push(this.kinds.intern(m))
  }

  done(): HeapObjects {
    this.first.push(this.count)
    const { kinds } = this
    return new HeapObjects(
      {
        count: this.size.length,
        first: this.first.done(),
        start: this.start.f.subarray(0, this.start.length),
        size: this.size.f.subarray(0, this.size.length),
      },
      this.slot.subarray(0, this.count),
      this.kind.done(),
      {
        count: kinds.count,
        size: kinds.size.f.subarray(0, kinds.count),
        start: kinds.start.done(),
        offset: kinds.offset.done(),
      },
    )
  }
}
