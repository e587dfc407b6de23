// The heaviest stack that a function is in, as text for a report.

import { StackFacts } from '../../../analysis/stack-facts.ts'
import { type ProfileQuery, preparedProfile } from '../profile-query.ts'
import type { Workbench } from '../workbench.ts'

/** Names of functions, the innermost first; empty if no stack has it. */
export async function answer(
  w: Workbench,
  { query, name }: { query: ProfileQuery; name: string },
): Promise<{ stack: readonly string[]; weight: number }> {
  const { profile, value } = await preparedProfile(w, query)
  const facts = new StackFacts(profile, value)
  const wanted = facts.names.indexOf(name)
  let best: readonly string[] = []
  let weight = 0
  if (wanted >= 0)
    facts.each((_row, v, stack, from, to) => {
      if (Math.abs(v) <= Math.abs(weight)) return
      let has = false
      for (let i = from; i < to && !has; i++) has = stack[i] === wanted
      if (!has) return
      weight = v
      best = Array.from({ length: to - from }, (_, i) => facts.names[stack[from + i]])
    })
  return { stack: best, weight }
}
