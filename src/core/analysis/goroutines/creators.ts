import { GOROUTINE, type Goroutines } from '../../model/goroutines.ts'

/** A go statement and the goroutines that it made. */
export interface Creator {
  /** Row of frames of the go statement, 0 if not printed. */
  readonly frame: number
  readonly weight: number
  /** Goroutines that ran it, as far as printed (Go 1.21), with how many they made; most first. */
  readonly goids: readonly { readonly goid: number; readonly made: number; readonly row: number }[]
}

/** Who made the goroutines of `rows`, most first. `row` of a goid is -1 if it has ended. */
export function buildCreators(g: Goroutines, rows: readonly number[]): Creator[] {
  const { table } = g
  const rowOf = new Map<number, number>()
  for (const row of rows) if (table.creator[row] > 0) rowOf.set(table.creator[row], -1)
  for (let row = 0; row < table.count; row++) if (rowOf.has(table.goid[row])) rowOf.set(table.goid[row], row)
  const byFrame = new Map<number, { weight: number; goids: Map<number, number> }>()
  for (const row of rows) {
    if (table.flags[row] & GOROUTINE.threadStack) continue
    const frame = table.createdBy[row]
    let c = byFrame.get(frame)
    if (c === undefined) {
      c = { weight: 0, goids: new Map() }
      byFrame.set(frame, c)
    }
    c.weight += table.weight[row]
    const creator = table.creator[row]
    if (creator > 0) c.goids.set(creator, (c.goids.get(creator) ?? 0) + 1)
  }
  return [...byFrame]
    .map(([frame, { weight, goids }]) => ({
      frame,
      weight,
      goids: [...goids]
        .map(([goid, made]) => ({ goid, made, row: rowOf.get(goid) ?? -1 }))
        .sort((a, b) => b.made - a.made || a.goid - b.goid),
    }))
    .sort((a, b) => b.weight - a.weight || a.frame - b.frame)
}
