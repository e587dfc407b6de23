// Several dumps of one process: what grew, what is new, what is gone, and who has not moved since.

import { GOROUTINE, type Goroutines } from '../../model/goroutines.ts'
import type { StackKeys } from './groups.ts'
import { stateMeaning } from './states.ts'

/** Goroutines with like stacks, whatever their states, over the dumps. */
export interface GroupHistory {
  /** Key of StackKeys. */
  readonly key: number
  /** A goroutine of the last dump that has any. */
  readonly example: number
  /** Goroutines in each dump. */
  readonly weights: readonly number[]
  /** Goroutines that are in every dump with the same stack and state, and wait; -1 if goids are not known. */
  readonly stuck: number
  /** goids in the last dump and not in the first, and the other way round; -1 if not known. */
  readonly fresh: number
  readonly gone: number
}

export interface Comparison {
  /** Indexes of the dumps that are compared, in order. */
  readonly dumps: readonly number[]
  /** Largest change between the first and the last dump first, then the largest. */
  readonly groups: readonly GroupHistory[]
  /** Whether goroutines can be told apart by goid in all dumps. */
  readonly byGoid: boolean
  readonly stuck: number
  readonly fresh: number
  readonly gone: number
}

/** The dumps that can be compared: no crashes, and no stacks of one goroutine that a program logs. */
export function comparableDumps(g: Goroutines): number[] {
  return g.dumps.flatMap((d, k) =>
    d.kind === 'profile' || (d.kind === 'dump' && d.end - d.start > 1) ? [k] : [],
  )
}

/** Compares the dumps, of which `rows` are looked at; undefined if there are fewer than two. */
export function compareDumps(
  g: Goroutines,
  keys: StackKeys,
  rows: readonly number[],
  dumps: readonly number[],
): Comparison | undefined {
  if (dumps.length < 2) return undefined
  const { table } = g
  const chosen = new Uint8Array(table.count)
  for (const row of rows) if (!(table.flags[row] & GOROUTINE.threadStack)) chosen[row] = 1
  const byGoid = dumps.every((d) => g.dumps[d].kind !== 'profile')
  interface Draft {
    example: number
    readonly weights: number[]
    stuck: number
    fresh: number
    gone: number
  }
  const drafts = new Map<number, Draft>()
  const draftOf = (key: number): Draft => {
    let d = drafts.get(key)
    if (d === undefined) {
      d = { example: -1, weights: dumps.map(() => 0), stuck: 0, fresh: 0, gone: 0 }
      drafts.set(key, d)
    }
    return d
  }
  /** goid -> row in each dump. */
  const byId = dumps.map(() => new Map<number, number>())
  dumps.forEach((index, dump) => {
    const d = g.dumps[index]
    for (let row = d.start; row < d.end; row++) {
      if (chosen[row] === 0) continue
      const draft = draftOf(keys.of(row))
      draft.weights[dump] += table.weight[row]
      draft.example = row
      if (byGoid) byId[dump].set(table.goid[row], row)
    }
  })
  let [stuck, fresh, gone] = [0, 0, 0]
  if (byGoid) {
    const first = byId[0]
    const last = byId[byId.length - 1]
    for (const [goid, row] of last) {
      const draft = draftOf(keys.of(row))
      if (!first.has(goid)) {
        draft.fresh++
        fresh++
      } else if (isStuck(g, keys, row, byId.slice(0, -1), goid)) {
        draft.stuck++
        stuck++
      }
    }
    for (const [goid, row] of first) {
      if (last.has(goid)) continue
      draftOf(keys.of(row)).gone++
      gone++
    }
  }
  const change = (d: GroupHistory): number => d.weights[d.weights.length - 1] - d.weights[0]
  const groups = [...drafts]
    .map(([key, d]) => ({ key, ...d, ...(!byGoid && { stuck: -1, fresh: -1, gone: -1 }) }))
    .sort(
      (a, b) =>
        Math.abs(change(b)) - Math.abs(change(a)) ||
        (b.weights.at(-1) ?? 0) - (a.weights.at(-1) ?? 0) ||
        a.key - b.key,
    )
  return { dumps, groups, byGoid, stuck, fresh, gone }
}

function isStuck(
  g: Goroutines,
  keys: StackKeys,
  row: number,
  before: readonly ReadonlyMap<number, number>[],
  goid: number,
): boolean {
  const { table, strings } = g
  const { kind } = stateMeaning(strings.get(table.state[row]))
  if (kind === 'running' || kind === 'runnable' || kind === 'runtime') return false
  return before.every((ids) => {
    const other = ids.get(goid)
    return other !== undefined && table.state[other] === table.state[row] && keys.of(other) === keys.of(row)
  })
}
