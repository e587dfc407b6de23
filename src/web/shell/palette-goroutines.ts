// Goroutines for the palette: groups of the dump that is shown, and those of a trace by their start functions.

import { groupDigits } from '../../core/base/people-fmt.ts'
import { go } from '../address.ts'
import { displayName } from '../parts/name.tsx'
import { useAnswer } from '../session.ts'
import { files } from '../state.ts'
import { VIEWS } from '../views/index.ts'
import type { PaletteEntry } from './rank-entries.ts'

const MOST = 500

/** Asked for only while they are wanted: a trace has to be read for them. */
export function useGoroutines(wanted: boolean): readonly PaletteEntry[] {
  const list = files.value ?? []
  const trace = list.find((f) => f.kind === 'trace')
  const dumps = VIEWS.find((v) => v.id === 'dumps')?.needs(list) === true
  const dumped = useAnswer('dump-groups', wanted && dumps ? {} : undefined)
  const traced = useAnswer(
    'trace-goroutine-groups',
    wanted && trace !== undefined ? { file: trace.id } : undefined,
  )
  if (!wanted) return []
  const out: PaletteEntry[] = []
  for (const g of dumped.value?.data?.groups.slice(0, MOST) ?? [])
    out.push({
      id: `dump ${g.example}`,
      title: `${groupDigits(g.count)} in ${displayName(g.frame.name)}`,
      hint: displayName(g.state),
      words: `${g.kind} ${displayName(g.created.name)} goroutines`,
      icon: 'goroutines',
      run: () => go({ view: 'dumps', set: { 'dumps.row': String(g.example) } }),
    })
  if (traced.value !== undefined)
    for (const [i, name] of traced.value.names.slice(0, MOST).entries())
      out.push({
        id: `trace ${name}`,
        title: name === '' ? '(start unknown)' : displayName(name),
        hint: `${groupDigits(traced.value.count[i]!)} goroutines of the trace`,
        icon: 'goroutines',
        run: () => go({ view: 'trace-goroutines', set: { sel: name } }),
      })
  return out
}
