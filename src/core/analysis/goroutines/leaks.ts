// Groups of goroutines that look as if they would never end.
//
// One dump proves little: pools of workers wait in a receive for hours, and connections are idle by the
// thousand. So a group is named only with its reason, and how sure that is:
//
//   proven    the collector says so (Go 1.26), or the state is one that never ends
//   likely    it grows from dump to dump, or very many senders wait that nobody takes from
//   possible  very many wait alike, or for long

import { GOROUTINE, type Goroutines } from '../../model/goroutines.ts'
import type { FrameOrigins } from './code.ts'
import type { Comparison } from './compare.ts'
import type { GoroutineGroups } from './groups.ts'
import { type StateKind, stateMeaning } from './states.ts'

export interface LeakSuspect {
  /** A goroutine of the group. */
  readonly example: number
  readonly weight: number
  readonly certainty: 'proven' | 'likely' | 'possible'
  /** Completes "N goroutines ...". */
  readonly reasons: readonly string[]
  /** Goroutines in each dump, where several were compared. */
  readonly weights?: readonly number[]
}

/** Senders that wait alike: a pool has few. */
const MANY_SENDERS = 50
/** Receivers and selects that wait alike: a pool may have as many as this. */
const MANY = 500
const MANY_FOR_LONG = 100
/** Growth from the first to the last dump: factor, and goroutines. */
const GROWTH_FACTOR = 1.5
const GROWTH = 20

const WAITING: ReadonlySet<StateKind> = new Set(['channel', 'select', 'lock', 'group', 'for ever', 'unknown'])

/** Suspects, surest first. `groups` are those of the last dump; `comparison` of all. */
export function buildLeaks(
  g: Goroutines,
  groups: GoroutineGroups,
  comparison: Comparison | undefined,
  origins: FrameOrigins,
): LeakSuspect[] {
  const out: LeakSuspect[] = []
  const histories = new Map(comparison?.groups.map((h) => [h.key, h]))
  let all = 0
  for (const w of groups.weight) all += w
  for (let k = 0; k < groups.count; k++) {
    const row = groups.example[k]
    const weight = groups.weight[k]
    const state = g.strings.get(g.table.state[row])
    const { kind } = stateMeaning(state)
    const reasons: string[] = []
    let certainty: LeakSuspect['certainty'] | undefined
    const atLeast = (c: LeakSuspect['certainty'], reason: string): void => {
      reasons.push(reason)
      if (certainty === undefined || RANK[c] < RANK[certainty]) certainty = c
    }
    if (g.table.flags[row] & GOROUTINE.leaked)
      atLeast('proven', 'that nothing can wake: the collector proved it')
    if (/nil chan/.test(state)) atLeast('proven', 'blocked for ever, at a nil channel')
    if (state === 'select (no cases)' && weight >= 10)
      atLeast('proven', 'blocked for ever, in an empty select')
    const history = histories.get(groups.key[k])
    if (
      history !== undefined &&
      WAITING.has(kind) &&
      isGrowth(history.weights) &&
      isOfProgram(g, row, origins)
    )
      atLeast(
        'likely',
        `more from dump to dump: from ${history.weights[0]} to ${history.weights.at(-1)} in ${history.weights.length} dumps`,
      )
    if (WAITING.has(kind) && kind !== 'unknown' && isOfProgram(g, row, origins)) {
      const share = weight / all
      if (state === 'chan send' && weight >= MANY_SENDERS)
        atLeast('likely', 'waiting to send, and nobody takes what they send')
      else if (weight >= MANY_FOR_LONG && groups.medianMinutes[k] >= 1)
        atLeast('possible', `waiting alike, half of them for ${groups.medianMinutes[k]} minutes or longer`)
      else if (weight >= MANY && share > 0.5) atLeast('possible', 'waiting alike, more than half of all')
    }
    if (
      kind === 'unknown' &&
      state === '' &&
      weight >= MANY &&
      weight / all > 0.5 &&
      isOfProgram(g, row, origins)
    )
      atLeast('possible', 'with the same stack, more than half of all')
    if (certainty !== undefined)
      out.push({
        example: row,
        weight,
        certainty,
        reasons,
        ...(history !== undefined && { weights: history.weights }),
      })
  }
  return out.sort((a, b) => RANK[a.certainty] - RANK[b.certainty] || b.weight - a.weight)
}

const RANK = { proven: 0, likely: 1, possible: 2 } as const

/** Steady: never much less than before, and clearly more in the end. */
function isGrowth(weights: readonly number[]): boolean {
  const first = weights[0]
  const last = weights[weights.length - 1]
  if (last - first < GROWTH || last < first * GROWTH_FACTOR) return false
  return weights.every((w, k) => k === 0 || w >= weights[k - 1] * 0.9)
}

/** Whether the program or a module takes part: in the stack, or by its go statement. */
function isOfProgram(g: Goroutines, row: number, origins: FrameOrigins): boolean {
  const created = g.table.createdBy[row]
  if (created !== 0 && origins.isUser(created)) return true
  const stack = g.table.stack[row]
  for (let k = g.stacks.start[stack]; k < g.stacks.start[stack + 1]; k++)
    if (origins.isUser(g.calls.frame[g.stacks.call[k]])) return true
  return false
}
