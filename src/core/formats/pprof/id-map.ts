import { DecodeError } from '../../base/errors.ts'
import type { Int, Int64Builder } from '../../base/int64.ts'

/** Ids of one table -> rows, checking that they are unique and not 0. */
export class IdMap {
  /** True if id = row for every row. */
  readonly dense: boolean
  readonly count: number
  /** Id -> row for ids that are small enough for an array; `sparse` has the others. */
  private readonly table: Uint32Array = new Uint32Array(0)
  private readonly sparse = new Map<Int, number>()

  constructor(what: string, ids: Int64Builder) {
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
      else this.sparse.set(id, row)
    }
  }

  /** Row of an id, 0 if there is none. */
  row(id: Int): number {
    if (this.dense) return id >= 1 && id <= this.count ? (id as number) : 0
    return id < this.table.length ? this.table[id as number] : (this.sparse.get(id) ?? 0)
  }

  rows(ids: Int64Builder): Uint32Array {
    const out = new Uint32Array(ids.length)
    for (let i = 0; i < out.length; i++) out[i] = this.row(ids.get(i))
    return out
  }
}
