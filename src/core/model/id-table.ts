import { type Int, toInt } from '../base/int64.ts'

/**
 * 64-bit ids of goroutines, threads, procs or tasks, numbered densely in the order of their first
 * mention. Ids are signed or unsigned as the caller gives them, and exact.
 */
export class IdTable {
  /** Row -> id. */
  private readonly ids: Int[] = []
  /** Ids below this are looked up in an array: nearly all are small and dense. */
  private direct = new Int32Array(1024)
  private readonly others = new Map<Int, number>()

  get count(): number {
    return this.ids.length
  }

  id(row: number): Int {
    return this.ids[row]
  }

  /** The row of an id, added if it is new. `id` is canonical: a number if a double holds it exactly. */
  intern(id: Int): number {
    if (typeof id === 'number' && id >= 0 && id < DIRECT_LIMIT) {
      if (id >= this.direct.length) this.grow(id)
      const known = this.direct[id] - 1
      if (known >= 0) return known
      this.direct[id] = this.ids.length + 1
    } else {
      const known = this.others.get(id)
      if (known !== undefined) return known
      this.others.set(id, this.ids.length)
    }
    return this.ids.push(id) - 1
  }

  internBig(id: bigint): number {
    return this.intern(toInt(id))
  }

  /** The row of an id, -1 if it was never mentioned. */
  find(id: Int): number {
    if (typeof id === 'number' && id >= 0 && id < DIRECT_LIMIT)
      return id < this.direct.length ? this.direct[id] - 1 : -1
    return this.others.get(id) ?? -1
  }

  private grow(id: number): void {
    const direct = new Int32Array(Math.min(DIRECT_LIMIT, Math.max(id + 1, this.direct.length * 2)))
    direct.set(this.direct)
    this.direct = direct
  }
}

/** 16 MiB at most, however ids are chosen by whoever made the file. */
const DIRECT_LIMIT = 1 << 22
