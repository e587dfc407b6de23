import { GrowU32 } from '../base/grow.ts'
import { type Int, Int64Builder } from '../base/int64.ts'
import type { LabelSetTable } from './profile.ts'

interface PendingLabel {
  readonly key: number
  readonly str: number
  readonly num: Int
  readonly unit: number
}

/**
 * Interns sets of labels: add the labels of one sample, then `endSet` gives the set's row, the same
 * for equal sets. Keys, texts and units are string ids.
 */
export class LabelSetBuilder {
  private readonly start = new GrowU32()
  private readonly key = new GrowU32()
  private readonly str = new GrowU32()
  private readonly num = new Int64Builder()
  private readonly unit = new GrowU32()
  /** Set -> hash of its labels. */
  private readonly hash = new GrowU32()
  /** Open addressing: hash slot -> set + 1, 0 = free. Length is a power of two. */
  private slots = new Uint32Array(64)
  private pending: PendingLabel[] = []

  constructor() {
    this.start.push(0)
    this.endSet()
  }

  get count(): number {
    return this.start.length - 1
  }

  /** `str` must not be 0: an empty text is no label (the wire format cannot tell it from none). */
  addText(key: number, str: number): void {
    if (str !== 0) this.pending.push({ key, str, num: 0, unit: 0 })
  }

  addNumber(key: number, num: Int, unit: number): void {
    this.pending.push({ key, str: 0, num, unit })
  }

  endSet(): number {
    const set = this.pending
    this.pending = []
    // Sorting is stable: several values of one key stay in file order.
    if (set.length > 1) set.sort((a, b) => (a.str === 0 ? 1 : 0) - (b.str === 0 ? 1 : 0) || a.key - b.key)
    let h = set.length
    for (const l of set) {
      const v = Number(l.num)
      for (const part of [l.key, l.str, v | 0, Math.trunc(v / 4294967296), l.unit])
        h = Math.imul(h ^ part, 0x9e3779b1) ^ (h >>> 15)
    }
    h = (h ^ (h >>> 16)) >>> 0
    const mask = this.slots.length - 1
    let slot = h & mask
    for (; this.slots[slot] !== 0; slot = (slot + 1) & mask)
      if (this.hash.a[this.slots[slot] - 1] === h && this.equals(this.slots[slot] - 1, set))
        return this.slots[slot] - 1
    for (const l of set) {
      this.key.push(l.key)
      this.str.push(l.str)
      this.num.push(l.num)
      this.unit.push(l.unit)
    }
    this.start.push(this.key.length)
    this.hash.push(h)
    this.slots[slot] = this.count
    if (this.count * 2 > this.slots.length) this.rehash()
    return this.count - 1
  }

  private equals(set: number, labels: readonly PendingLabel[]): boolean {
    const from = this.start.a[set]
    if (this.start.a[set + 1] - from !== labels.length) return false
    return labels.every(
      (l, i) =>
        this.key.a[from + i] === l.key &&
        this.str.a[from + i] === l.str &&
        this.unit.a[from + i] === l.unit &&
        this.num.get(from + i) === l.num,
    )
  }

  private rehash(): void {
    const slots = new Uint32Array(this.slots.length * 4)
    const mask = slots.length - 1
    for (let set = 0; set < this.count; set++) {
      let slot = this.hash.a[set] & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = set + 1
    }
    this.slots = slots
  }

  /** Adds row `row` of another table (whose string ids must be of the same Strings) to the pending set. */
  addRow(t: LabelSetTable, row: number): void {
    this.pending.push({ key: t.key[row], str: t.str[row], num: t.num.get(row), unit: t.unit[row] })
  }

  done(): LabelSetTable {
    return {
      count: this.count,
      start: this.start.done(),
      key: this.key.done(),
      str: this.str.done(),
      num: this.num.done(),
      unit: this.unit.done(),
    }
  }
}

/** Applies `edit` to every set; returns the new table and old set -> new set. `edit` adds rows to the builder. */
export function mapLabelSets(
  t: LabelSetTable,
  edit: (b: LabelSetBuilder, set: number) => void,
): { sets: LabelSetTable; renumber: Uint32Array } {
  const b = new LabelSetBuilder()
  const renumber = new Uint32Array(t.count)
  for (let s = 0; s < t.count; s++) {
    edit(b, s)
    renumber[s] = b.endSet()
  }
  return { sets: b.done(), renumber }
}
