// Where waits and their holders lie: one thing that is waited for below the other.

import type { WaitRow } from '../../core/engine/workbench/questions/dump-groups.ts'

/** Height of a line of waiters, CSS pixels. */
export const ROW = 30
const GAP = 22
/** Places of waiters that are shown of one thing. */
export const SHOWN_WAITERS = 4

export interface Placed {
  readonly wait: WaitRow
  readonly top: number
  readonly height: number
  readonly middle: number
}

/** One below the other; what a holder waits for comes right after it. */
export function layoutWaits(waits: readonly WaitRow[]): Placed[] {
  const order: number[] = []
  const seen = new Set<number>()
  for (let k = 0; k < waits.length; k++)
    for (let at = k; at >= 0 && !seen.has(at); at = waits[at]!.holder?.waitsFor ?? -1) {
      seen.add(at)
      order.push(at)
    }
  let top = 12
  const out: Placed[] = []
  for (const at of order) {
    const wait = waits[at]!
    const lines = Math.min(SHOWN_WAITERS, wait.waiters.length) + (wait.waiters.length > SHOWN_WAITERS ? 1 : 0)
    const height = Math.max(1, lines) * ROW
    out[at] = { wait, top, height, middle: top + height / 2 }
    top += height + GAP
  }
  return out
}
