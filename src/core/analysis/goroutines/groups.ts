// Goroutines with like stacks, in the same state, made at the same place.

import { GOROUTINE, type Goroutines } from '../../model/goroutines.ts'
import type { FrameOrigins } from './code.ts'

/** What makes stacks alike, from strict to loose. */
export const SIMILARITIES = ['arguments', 'lines', 'functions', 'user'] as const

export type Similarity = (typeof SIMILARITIES)[number]

/** Groups, largest first. The goroutines of group k are row[start[k], start[k + 1]). */
export interface GoroutineGroups {
  readonly count: number
  readonly start: Uint32Array
  readonly row: Uint32Array
  /** Goroutines of a group. */
  readonly weight: Float64Array
  /** One of its goroutines; the others' stacks are like it as far as the similarity goes. */
  readonly example: Uint32Array
  /** Distinct stacks in it. */
  readonly stacks: Uint32Array
  /** Key by which groups of different dumps are compared: stack and creator without the state. */
  readonly key: Uint32Array
  /** Waiting time in whole minutes. */
  readonly minMinutes: Uint32Array
  readonly medianMinutes: Uint32Array
  readonly maxMinutes: Uint32Array
}

/** Numbers of stacks and creators: equal numbers are alike. One instance serves several dumps of one `Goroutines`. */
export class StackKeys {
  private readonly g: Goroutines
  private readonly by: Similarity
  private readonly origins: FrameOrigins
  private readonly creators: boolean
  private readonly ids = new Map<string, number>()
  private readonly ofStack: number[] = []
  private readonly pairs = new Map<number, number>()

  /** `creators` is whether go statements count: profiles do not have them. */
  constructor(g: Goroutines, by: Similarity, origins: FrameOrigins, creators = true) {
    this.creators = creators
    this.g = g
    this.by = by
    this.origins = origins
  }

  /** Number of the goroutine's stack and creator. */
  of(row: number): number {
    const { table, frames } = this.g
    const created = this.creators ? table.createdBy[row] : 0
    const creator = this.by === 'functions' || this.by === 'user' ? frames.fn[created] : created
    const key = this.stack(table.stack[row]) * 0x100000000 + creator
    let pair = this.pairs.get(key)
    if (pair === undefined) {
      pair = this.pairs.size
      this.pairs.set(key, pair)
    }
    return pair
  }

  private stack(stack: number): number {
    let known = this.ofStack[stack]
    if (known !== undefined) return known
    const text = this.textOf(stack)
    known = this.ids.get(text) ?? this.ids.size
    this.ids.set(text, known)
    this.ofStack[stack] = known
    return known
  }

  private textOf(stack: number): string {
    const { stacks, calls, frames } = this.g
    if (this.by === 'arguments') return String(stack)
    const parts: number[] = []
    let user = 0
    for (let k = stacks.start[stack]; k < stacks.start[stack + 1]; k++) {
      const frame = calls.frame[stacks.call[k]]
      if (this.by === 'lines') parts.push(frame)
      else if (this.by === 'functions') parts.push(frames.fn[frame])
      else if (this.origins.isUser(frame)) {
        user++
        parts.push(frames.fn[frame])
      }
    }
    // Without code of the program the functions have to tell.
    if (this.by === 'user' && user === 0) {
      for (let k = stacks.start[stack]; k < stacks.start[stack + 1]; k++)
        parts.push(frames.fn[calls.frame[stacks.call[k]]])
      return `all ${parts.join()}`
    }
    return `${parts.join()} ${stacks.elided[stack] !== 0 ? 'cut' : ''}`
  }
}

/** Groups the rows for which `keep` says so; stacks of threads are no goroutines and stay out. */
export function buildGroups(g: Goroutines, keys: StackKeys, rows: Iterable<number>): GoroutineGroups {
  const { table } = g
  interface Draft {
    readonly key: number
    weight: number
    readonly rows: number[]
    readonly stacks: Set<number>
    lastStack: number
  }
  /** State -> key -> group: there are few states. */
  const byState = new Map<number, Map<number, Draft>>()
  for (const row of rows) {
    if (table.flags[row] & GOROUTINE.threadStack) continue
    let byKey = byState.get(table.state[row])
    if (byKey === undefined) {
      byKey = new Map()
      byState.set(table.state[row], byKey)
    }
    const key = keys.of(row)
    let draft = byKey.get(key)
    if (draft === undefined) {
      draft = { key, weight: 0, rows: [], stacks: new Set(), lastStack: -1 }
      byKey.set(key, draft)
    }
    draft.weight += table.weight[row]
    draft.rows.push(row)
    if (draft.lastStack !== table.stack[row]) draft.stacks.add(table.stack[row])
    draft.lastStack = table.stack[row]
  }
  const sorted = [...byState.values()]
    .flatMap((m) => [...m.values()])
    .sort((a, b) => b.weight - a.weight || a.rows[0] - b.rows[0])
  const start = new Uint32Array(sorted.length + 1)
  sorted.forEach((d, k) => {
    start[k + 1] = start[k] + d.rows.length
  })
  const row = new Uint32Array(start[sorted.length])
  sorted.forEach((d, k) => {
    row.set(d.rows, start[k])
  })
  const minutes = sorted.map((d) => Uint32Array.from(d.rows, (r) => table.minutes[r]).sort())
  return {
    count: sorted.length,
    start,
    row,
    weight: Float64Array.from(sorted, (d) => d.weight),
    example: Uint32Array.from(sorted, (d) => d.rows[0]),
    stacks: Uint32Array.from(sorted, (d) => d.stacks.size),
    key: Uint32Array.from(sorted, (d) => d.key),
    minMinutes: Uint32Array.from(minutes, (m) => m[0]),
    medianMinutes: Uint32Array.from(minutes, (m) => m[(m.length - 1) >> 1]),
    maxMinutes: Uint32Array.from(minutes, (m) => m[m.length - 1]),
  }
}
