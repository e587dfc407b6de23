import { type Int, toInt } from '../base/int64.ts'

/** Ids below this are looked up in an array: nearly all are small and dense. 16 MiB at most. */
const DIRECT_LIMIT = 1 << 22
/** Slots looked at for one id; ids that find no place there, as only chosen ones do, go into a map. */
const MOST_PROBES = 32

/**
 * 64-bit ids of goroutines, threads, procs or tasks, numbered densely in the order of their first
 * mention. Ids are signed or unsigned as the caller gives them, and exact.
 */
export class IdTable {
  /** Row -> id. */
  private readonly ids: Int[] = []
  private direct = new Int32Array(64)
  /**
   * Slot -> row + 1, 0 = free, for larger ids. The slot of an id is its low bits, so ids in use at the same
   * time lie side by side. The length is a power of two.
   */
  private slots = new Int32Array(0)
  private inSlots = 0
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
      if (id >= this.direct.length) this.growDirect(id)
      const known = this.direct[id] - 1
      if (known >= 0) return known
      this.direct[id] = this.ids.length + 1
      return this.ids.push(id) - 1
    }
    const known = this.findLarge(id)
    return known >= 0 ? known : this.addLarge(id)
  }

  internBig(id: bigint): number {
    return this.intern(toInt(id))
  }

  /** The row of an id, -1 if it was never mentioned. */
  find(id: Int): number {
    if (typeof id === 'number' && id >= 0 && id < DIRECT_LIMIT)
      return id < this.direct.length ? this.direct[id] - 1 : -1
    return this.findLarge(id)
  }

  private findLarge(id: Int): number {
    if (typeof id === 'number') {
      const { slots, ids } = this
      const mask = slots.length - 1
      for (let probe = 0; probe < MOST_PROBES; probe++) {
        // A number's low 32 bits, negative ones' too.
        const row: number | undefined = slots[(id + probe) & mask]
        if (row === 0 || row === undefined) return -1
        if (ids[row - 1] === id) return row - 1
      }
    }
    return this.others.get(id) ?? -1
  }

  private addLarge(id: Int): number {
    const row = this.ids.push(id) - 1
    if (typeof id !== 'number') this.others.set(id, row)
    else {
      if (this.inSlots * 2 >= this.slots.length) this.growSlots()
      this.place(id, row)
    }
    return row
  }

  private place(id: number, row: number): void {
    const { slots } = this
    const mask = slots.length - 1
    for (let probe = 0; probe < MOST_PROBES; probe++) {
      const slot = (id + probe) & mask
      if (slots[slot] !== 0) continue
      slots[slot] = row + 1
      this.inSlots++
      return
    }
    this.others.set(id, row)
  }

  private growSlots(): void {
    const old = this.slots
    this.slots = new Int32Array(Math.max(1024, old.length * 2))
    this.inSlots = 0
    for (const row of old) if (row !== 0) this.place(this.ids[row - 1] as number, row - 1)
    // A free slot means that an id is not there: those that found none before have to move in now.
    for (const [id, row] of [...this.others])
      if (typeof id === 'number') {
        this.others.delete(id)
        this.place(id, row)
      }
  }

  private growDirect(id: number): void {
    const direct = new Int32Array(Math.min(DIRECT_LIMIT, Math.max(id + 1, this.direct.length * 2)))
    direct.set(this.direct)
    this.direct = direct
  }
}
