import type { Int } from '../../../base/int64.ts'
import { EVENT, type EventBlock, type EventSink, STATE, type TraceTables } from '../../../model/trace.ts'

/** Who let whom leave the state Waiting: the goroutines that belong into a goroutine's view. */
export class Unblocks implements EventSink {
  /** Goroutine row -> rows of those that unblocked it. */
  private readonly by: (Set<number> | undefined)[] = []
  private readonly last: number[] = []
  private tables: TraceTables | undefined

  block(b: EventBlock, tables: TraceTables): void {
    this.tables = tables
    for (let i = 0; i < b.length; i++) {
      if (b.kind[i] !== EVENT.GoTransition || b.from[i] !== STATE.Waiting || b.to[i] === STATE.Waiting)
        continue
      if (b.g[i] !== -1) this.add(b.res[i], b.g[i])
    }
  }

  /** Ids of the goroutine, of those that unblocked it, and of those that unblocked them. */
  related(id: Int): Int[] {
    if (this.tables === undefined) return [id]
    const { goroutines } = this.tables
    const row = goroutines.find(id)
    const rows = new Set([row])
    for (const first of this.by[row] ?? []) {
      rows.add(first)
      for (const second of this.by[first] ?? []) rows.add(second)
    }
    return [id, ...[...rows].filter((r) => r >= 0).map((r) => goroutines.id(r))]
  }

  private add(row: number, by: number): void {
    while (this.by.length <= row) {
      this.by.push(undefined)
      this.last.push(-1)
    }
    if (this.last[row] === by) return
    this.last[row] = by
    const known = this.by[row]
    if (known === undefined) this.by[row] = new Set([by])
    else known.add(by)
  }
}
