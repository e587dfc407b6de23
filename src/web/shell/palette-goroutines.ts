// Goroutines for the palette: groups of dumps, and those of a trace by their start functions.

import { groupDigits } from '../../core/base/people-fmt.ts'
import { go } from '../address.ts'
import { displayName } from '../parts/name.tsx'
import { useAnswer } from '../session.ts'
import { files } from '../state.ts'
import { VIEWS } from '../views/index.ts'
import type { PaletteEntry } from './palette.tsx'

export type GoroutineEntry = PaletteEntry

const MOST = 500

/** Asked for only while they are wanted: they may need a whole trace to be read. */
export function useGoroutines(wanted: boolean): readonly GoroutineEntry[] {
  const list = files.value ?? []
  const trace = list.find((f) => f.kind === 'trace')
  const view = VIEWS.find((v) => /^goroutines|^trace-goroutines/.test(v.id) && v.needs(list))
  const { value } = useAnswer(
    'trace-goroutine-groups',
    wanted && trace !== undefined ? { file: trace.id } : undefined,
  )
  if (value === undefined || !wanted || trace === undefined) return []
  return value.names.slice(0, MOST).map((name, i) => ({
    id: `g ${name}`,
    title: name === '' ? '(start unknown)' : displayName(name),
    hint: `${groupDigits(value.count[i]!)} goroutines in ${displayName(trace.name)}`,
    icon: 'goroutines',
    run: () => go({ ...(view !== undefined && { view: view.id }), set: { group: name } }),
  }))
}
