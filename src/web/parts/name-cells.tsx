// Names in cells of tables, other than functions: paths and packages.

import { splitFilePath } from '../../core/analysis/display-names.ts'
import { displayName, shortName } from './name.tsx'

export { displayName, FunctionName } from './name.tsx'

/** A file's path or a package: the folders give way from the left. `whole`: nothing is dimmed. */
export function PlaceName({ name, whole = false }: { readonly name: string; readonly whole?: boolean }) {
  const shown = shortName(name)
  const { path, fn } = whole ? { path: '', fn: shown } : splitFilePath(shown)
  return (
    <span class="name" title={displayName(name).slice(0, 4000)}>
      <span class="pk">{path === '' ? '' : `\u200e${path}`}</span>
      <span class="fn">{fn}</span>
    </span>
  )
}
