// Files as people tell them apart: by capture (the folder they lie in), then by what they are.

import { computed } from '@preact/signals'
import { displayName } from '../parts/name.tsx'
import { files } from '../state.ts'
import { commonLength, splitSource } from './source-split.ts'

export { byFolder, kindTitle, splitSource } from './source-split.ts'

const common = computed(() => commonLength((files.value ?? []).filter((f) => !f.made).map((f) => f.name)))

/** The name without what all files of the page have in common. */
export function sourceName(name: string): string {
  return displayName(
    name.slice(Math.min(common.value, splitSource(name).folder.length)).replace(/^[\\/]/, ''),
  )
}

/** What several files are called together: their folder, or how many there are. */
export function togetherName(names: readonly string[]): string {
  if (names.length === 0) return ''
  if (names.length === 1) return sourceName(names[0]!)
  const folders = new Set(names.map((n) => splitSource(n).folder))
  const [folder] = folders
  return folders.size === 1 && folder !== '' ? sourceName(`${folder}/`).slice(0, -1) : `${names.length} files`
}
