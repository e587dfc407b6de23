import { files } from '../state.ts'
import { VIEWS } from '../views/index.ts'
import type { ViewEntry } from '../views/view.ts'

/** Views that the files can feed. */
export function openViews(): readonly ViewEntry[] {
  const list = files.value ?? []
  return VIEWS.filter((v) => v.needs(list))
}
