// Going to a function or a file from somewhere outside the views.

import type { FileEntry } from '../../core/engine/workbench/questions/files.ts'
import { address, go } from '../address.ts'
import { VIEWS } from '../views/index.ts'

const OF_PROFILES = (id: string): boolean => VIEWS.find((v) => v.id === id)?.group === 'profile'

/** Selects a function, in the view that is there if it shows functions; `beside`: in the second panel. */
export function selectFunction(name: string, beside: boolean): void {
  const { view, params } = address.peek()
  if (beside) {
    const other = params.get('beside') ?? VIEWS.find((v) => v.group === 'profile' && v.id !== view)?.id
    go({ set: { sel: name, beside: other } })
    return
  }
  const stays = OF_PROFILES(view) || OF_PROFILES(params.get('beside') ?? '')
  const first = VIEWS.find((v) => v.group === 'profile')?.id
  go({ set: { sel: name }, ...(!stays && first !== undefined && { view: first }) })
}

/** The view that shows a file which is no profile; undefined if there is none. */
export function viewOfFile(file: FileEntry): string | undefined {
  return VIEWS.find((v) => (v.group === 'trace' || v.group === 'runtime') && v.needs([file]))?.id
}

/** Shows a file which is no profile. */
export function openFile(file: FileEntry): void {
  const view = viewOfFile(file)
  if (view === undefined) return
  // The views of traces share which one they are of.
  const key = file.kind === 'trace' ? 'timeline.file' : `${view}.file`
  go({ view, set: { [key]: String(file.id) } })
}
