/** Ids below this are looked up in an array, whose size is then bounded whatever the file says. */
const DENSE = 1 << 20

/** Codes of ids -> rows (0 and up), for ids that are nearly always small and dense. */
export class IdMap {
  /** Id -> row + 1, 0 = none. Loops read this, for ids below `dense.length`. */
  dense = new Int32Array(1024)
  /** Ids in `dense`: emptying it must not cost more than filling it did. */
  private readonly ids: number[] = []
  private readonly others = new Map<number, number>()

  clear(): void {
    for (const id of this.ids) this.dense[id] = 0
    this.ids.length = 0
    this.others.clear()
  }

  /** The row, -1 if the id is not there. */
  get(id: number): number {
    if (id >= 0 && id < this.dense.length) return this.dense[id] - 1
    return this.others.get(id) ?? -1
  }

  /** Adds an id that is not there yet. */
  set(id: number, row: number): void {
    if (id < 0 || id >= DENSE) {
      this.others.set(id, row)
      return
    }
    if (id >= this.dense.length) {
      const dense = new Int32Array(Math.min(DENSE, Math.max(id + 1, this.dense.length * 2)))
      dense.set(this.dense)
      this.dense = dense
    }
    this.dense[id] = row + 1
    this.ids.push(id)
  }
}
