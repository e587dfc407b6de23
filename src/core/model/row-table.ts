// Rows of numbers of which there may be any number, in bounded memory.

const FIRST_ROWS = 16

/**
 * A table of doubles by column. When it is full, every second row goes, and from then on only one in
 * `stride` rows is kept: an even sample over the whole input. Of some columns the largest value of all rows is known.
 * NaN is "not there" in every column.
 */
export class RowTable<K extends string = string> {
  readonly names: readonly K[]
  /** Rows that are kept. */
  count = 0
  /** Rows that were added. */
  seen = 0
  /** One row in so many is kept. */
  stride = 1
  /** Columns whose largest value is kept, and these values; -Infinity if there is none. */
  private readonly tracked: Int32Array
  private readonly maxima: Float64Array
  private readonly cap: number
  private columns: Float64Array[]

  /** `cap` is the largest number of rows to keep, even; `tracked` are columns that `max` is asked of. */
  constructor(names: readonly K[], cap: number, tracked: readonly K[] = []) {
    this.names = names
    this.cap = cap
    this.tracked = Int32Array.from(tracked, (name) => names.indexOf(name))
    this.maxima = new Float64Array(tracked.length).fill(Number.NEGATIVE_INFINITY)
    this.columns = names.map(() => new Float64Array(Math.min(cap, FIRST_ROWS)))
  }

  /** Adds a row; `row[k]` is of column `names[k]`. The array may be used again. */
  add(row: Float64Array): void {
    const { maxima, tracked } = this
    for (let t = 0; t < tracked.length; t++) {
      const v = row[tracked[t]]
      if (v > maxima[t]) maxima[t] = v
    }
    // After thinning this row is still one to keep: the number of rows that fill the table is even.
    if (this.seen++ % this.stride !== 0) return
    if (this.count === this.columns[0].length) this.makeRoom()
    const at = this.count++
    const { columns } = this
    for (let k = 0; k < row.length; k++) columns[k][at] = row[k]
  }

  /** The kept values of a column, in order. */
  column(name: K): Float64Array {
    return this.columns[this.names.indexOf(name)].subarray(0, this.count)
  }

  /** Largest value of all rows, kept or not, of a tracked column; NaN if there is none. */
  max(name: K): number {
    const v = this.maxima[this.tracked.indexOf(this.names.indexOf(name))] ?? Number.NEGATIVE_INFINITY
    return v === Number.NEGATIVE_INFINITY ? Number.NaN : v
  }

  private makeRoom(): void {
    const { columns, count } = this
    if (columns[0].length < this.cap) {
      this.columns = columns.map((c) => {
        const wider = new Float64Array(Math.min(this.cap, c.length * 2))
        wider.set(c)
        return wider
      })
      return
    }
    for (const c of columns) for (let i = 0; i * 2 < count; i++) c[i] = c[i * 2]
    this.count = (count + 1) >> 1
    this.stride *= 2
  }
}
