import { DecodeError } from '../../base/errors.ts'
import type { Int, Int64Builder } from '../../base/int64.ts'

/** Ids of one table -> rows, checking that they are unique and not 0. */
export class IdMap {
  /** True if id = row for every row. */
  readonly dense: boolean
  readonly count: number
  private readonly ids: Int64Builder
  /** Id -> row for ids that are small enough for an array; `slots` has the others. */
  private readonly table: Uint32Array = new Uint32Array(0)
  /** Open addressing: hash slot -> row, 0 = free. Length is a power of two; empty until it is needed. */
  private slots: Uint32Array = new Uint32Array(1)

  constructor(what: string, ids: Int64Builder) {
    this.ids = ids
    this.count = ids.length - 1
    let dense = true
    for (let row = 1; row < ids.length && dense; row++) dense = ids.f[row] === row
    this.dense = dense
    if (dense) return
    const limit = 4 * ids.length + 1024
    this.table = new Uint32Array(limit)
    for (let row = 1; row < ids.length; row++) {
      const id = ids.get(row)
      if (id === 0) throw new DecodeError('pprof', -1, `found ${what} with reserved id=0`)
      if (this.row(id) !== 0) throw new DecodeError('pprof', -1, `multiple ${what}s with same id: ${id}`)
      if (id < limit) this.table[id as number] = row
      else {
        if (this.slots.length === 1) this.slots = new Uint32Array(2 ** Math.ceil(Math.log2(2 * ids.length)))
        this.slots[this.slot(id)] = row
      }
    }
  }

  /** Row of an id, 0 if there is none. */
  row(id: Int): number {
    if (this.dense) return id >= 1 && id <= this.count ? (id as number) : 0
    return id < this.table.length ? this.table[id as number] : this.slots[this.slot(id)]
  }

  /** The slot that has an id, or the free one where it would go. */
  private slot(id: Int): number {
    const { slots, ids } = this
    const mask = slots.length - 1
    const v = Number(id)
    // What tells wide ids apart may be lost in the double.
    const low = typeof id === 'bigint' ? Number(BigInt.asIntN(32, id)) : v | 0
    let h = Math.imul(low ^ Math.imul(Math.trunc(v / 4294967296), 0x85ebca6b), 0x9e3779b1)
    h ^= h >>> 15
    let slot = h & mask
    while (slots[slot] !== 0 && ids.get(slots[slot]) !== id) slot = (slot + 1) & mask
    return slot
  }

  rows(ids: Int64Builder): Uint32Array {
    const out = new Uint32Array(ids.length)
    for (let i = 0; i < out.length; i++) out[i] = this.row(ids.get(i))
    return out
  }
}
