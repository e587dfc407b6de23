// What the command works out before it shows anything: the same for people and for --json.

import { FrameOrigins } from '../../../core/analysis/goroutines/code.ts'
import { type Comparison, comparableDumps, compareDumps } from '../../../core/analysis/goroutines/compare.ts'
import { buildCreators, type Creator } from '../../../core/analysis/goroutines/creators.ts'
import {
  buildGroups,
  type GoroutineGroups,
  type Similarity,
  StackKeys,
} from '../../../core/analysis/goroutines/groups.ts'
import { buildLeaks, type LeakSuspect } from '../../../core/analysis/goroutines/leaks.ts'
import { type GoroutineFilter, selectGoroutines } from '../../../core/analysis/goroutines/select.ts'
import { buildWaits, type Waits } from '../../../core/analysis/goroutines/waits.ts'
import { GOROUTINE } from '../../../core/model/goroutines.ts'
import type { LoadedGoroutines } from './load.ts'

export interface Look extends LoadedGoroutines {
  readonly origins: FrameOrigins
  /** Rows of the filtered goroutines that groups, states and waits are of: those of the last of several dumps. */
  readonly rows: readonly number[]
  /** Goroutines of these rows, and of the same dumps before filters. */
  readonly total: number
  readonly unfiltered: number
  readonly states: readonly { readonly state: string; readonly weight: number }[]
  readonly groups: GoroutineGroups
  readonly by: Similarity
  readonly waits: Waits
  readonly suspects: readonly LeakSuspect[]
  readonly comparison: Comparison | undefined
  readonly creators: readonly Creator[]
  /** Index of the dump that the rows are of; -1 if of all. */
  readonly dump: number
}

/** Groups, compares and judges what was loaded. */
export function lookAt(loaded: LoadedGoroutines, filter: GoroutineFilter, by: Similarity): Look {
  const g = loaded.goroutines
  const origins = new FrameOrigins(g)
  const all = selectGoroutines(g, filter)
  const dumps = comparableDumps(g)
  const dump = dumps.length > 1 ? dumps[dumps.length - 1]! : -1
  const inScope = (row: number): boolean =>
    dump < 0 || (row >= g.dumps[dump]!.start && row < g.dumps[dump]!.end)
  const rows = all.filter(inScope)
  const groups = buildGroups(g, new StackKeys(g, by, origins), rows)
  // Kinds of dumps show different frames of the runtime, and profiles no go statements.
  const kinds = new Set(dumps.map((d) => g.dumps[d]!.kind))
  const loose = new StackKeys(
    g,
    kinds.size > 1 ? 'user' : by === 'arguments' ? 'lines' : by,
    origins,
    kinds.size === 1,
  )
  const comparison = compareDumps(g, loose, all, dumps)
  const states = new Map<number, number>()
  let total = 0
  for (const row of rows) {
    if (g.table.flags[row]! & GOROUTINE.threadStack) continue
    total += g.table.weight[row]!
    states.set(g.table.state[row]!, (states.get(g.table.state[row]!) ?? 0) + g.table.weight[row]!)
  }
  let unfiltered = 0
  for (let row = 0; row < g.table.count; row++)
    if (inScope(row) && !(g.table.flags[row]! & GOROUTINE.threadStack)) unfiltered += g.table.weight[row]!
  // Leaks are compared by the keys of the history.
  const sameKeys = comparison === undefined ? groups : buildGroups(g, loose, rows)
  return {
    ...loaded,
    origins,
    rows,
    total,
    unfiltered,
    states: [...states]
      .map(([state, weight]) => ({ state: g.strings.get(state), weight }))
      .sort((a, b) => b.weight - a.weight || (a.state < b.state ? -1 : 1)),
    groups,
    by,
    waits: buildWaits(g, rows, origins),
    suspects: buildLeaks(g, sameKeys, comparison, origins),
    comparison,
    creators: buildCreators(g, rows),
    dump,
  }
}
