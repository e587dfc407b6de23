// Other profiles of the capture beside the one that is shown: what a function allocates beside the time it takes.

import { useEffect, useState } from 'preact/hooks'
import type { FunctionRows } from '../../core/engine/workbench/questions/profile-functions.ts'
import { param } from '../address.ts'
import { ask } from '../session.ts'
import { idsOf, profileQuery, profiles } from '../state.ts'
import { type Also, rowKey, typeTitle } from './top-columns.tsx'

/** Ids of the profiles that stand beside: chosen ones, else what a program with this CPU profile has allocated. */
function alsoIds(): readonly number[] {
  const chosen = param('top.also')
  if (chosen === 'none') return []
  if (chosen !== '') return idsOf(chosen).slice(0, 4)
  const all = profiles.value?.profiles ?? []
  const shown = profileQuery.value?.of ?? []
  if (shown.length !== 1 || all.find((p) => p.id === shown[0])?.kind !== 'cpu') return []
  const found = all.findLast((p) => p.kind === 'allocs' && p.samples > 0)
  return found === undefined ? [] : [found.id]
}

const NONE: readonly Also[] = []

/** Totals of other profiles by the rows of `f`; comes after the table itself. */
export function useAlso(f: FunctionRows, packages: boolean): readonly Also[] {
  const ids = f.sides === undefined ? alsoIds() : []
  const query = profileQuery.value
  const key = `${ids.join()} ${packages} ${JSON.stringify(query)}`
  const [found, setFound] = useState<{ key: string; of: FunctionRows; also: readonly Also[] }>()
  useEffect(() => {
    if (ids.length === 0 || query === undefined) return
    let gone = false
    const { si: _, ...options } = query.options ?? {}
    const { base: __, ...rest } = query
    const asked = ids.map((id) =>
      ask('profile-functions', { query: { ...rest, of: [id], options }, ...(packages && { packages }) }),
    )
    Promise.all(asked).then(
      (answers) => {
        if (!gone) setFound({ key, of: f, also: answers.map((a) => join(f, a)) })
      },
      // Filters that fit one profile need not fit another: then there is nothing beside it.
      () => undefined,
    )
    return () => {
      gone = true
    }
  }, [key, f])
  return found?.key === key && found.of === f ? found.also : NONE
}

function join(f: FunctionRows, other: FunctionRows): Also {
  // Of heap profiles it is what was allocated that stands beside time.
  const at = other.types.findIndex((t) => t.type === 'alloc_space')
  const type = other.types[at < 0 ? other.selected : at]!
  const rowOf = new Map<string, number>()
  for (let row = 0; row < other.names.length; row++) rowOf.set(rowKey(other, row), row)
  const total = Float64Array.from({ length: f.names.length }, (_, row) => {
    const at = rowOf.get(rowKey(f, row))
    return at === undefined ? Number.NaN : type.total[at]!
  })
  const title = type.type === 'alloc_space' ? 'Alloc total' : typeTitle(type.type)
  return { title, unit: type.unit, total }
}
