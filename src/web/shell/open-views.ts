import { files } from '../state.ts'
import { VIEWS } from '../views/index.ts'
import type { ViewEntry } from '../views/view.ts'

const GROUPS = ['findings', 'profile', 'trace', 'runtime'] as const

/** Views that the files can feed, in groups. */
export function openViews(): readonly ViewEntry[] {
  const list = files.value ?? []
  return GROUPS.flatMap((group) => VIEWS.filter((v) => v.group === group && v.needs(list)))
}
