import { GrowU32 } from '../base/grow.ts'
import { type Int, Int64Builder } from '../base/int64.ts'
import type { LabelSetTable } from './profile.ts'

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
  private readonly known = new Map<string, number>()
  private pending: { key: number; str: number; num: Int; unit: number }[] = []

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
    let id = ''
    for (const l of set) id += `${l.key},${l.str},${l.num},${l.unit};`
    const known = this.known.get(id)
    if (known !== undefined) return known
    for (const l of set) {
      this.key.push(l.key)
      this.str.push(l.str)
      this.num.push(l.num)
      this.unit.push(l.unit)
    }
    this.start.push(this.key.length)
    this.known.set(id, this.count - 1)
    return this.count - 1
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
