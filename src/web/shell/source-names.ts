// Files as people tell them apart: by capture (the folder they lie in), then by what they are.

import { computed } from '@preact/signals'
import { displayName } from '../parts/name.tsx'
import { files } from '../state.ts'

/** Folder and name of a file of a capture. */
export function splitSource(name: string): { folder: string; base: string } {
  const cut = name.replaceAll('\\', '/').lastIndexOf('/')
  return { folder: cut < 0 ? '' : name.slice(0, cut), base: name.slice(cut + 1) }
}

/** How many characters of the names nobody needs: folders that all have in common, but for the last of them. */
export function commonLength(names: readonly string[]): number {
  const folders = names.map((n) => splitSource(n).folder.replaceAll('\\', '/').split('/'))
  const first = folders[0]
  if (first === undefined) return 0
  let same = 0
  while (same < first.length && folders.every((f) => f[same] === first[same])) same++
  return first.slice(0, Math.max(0, same - 1)).reduce((n, part) => n + part.length + 1, 0)
}

const common = computed(() => commonLength((files.value ?? []).filter((f) => !f.made).map((f) => f.name)))

/** The name without what all files of the page have in common. */
export function sourceName(name: string): string {
  return displayName(
    name.slice(Math.min(common.value, splitSource(name).folder.length)).replace(/^[\\/]/, ''),
  )
}

/** In groups by folder, both in the order in which they came. */
export function byFolder<T extends { readonly name: string }>(
  list: readonly T[],
): [folder: string, items: T[]][] {
  const out = new Map<string, T[]>()
  for (const item of list) {
    const { folder } = splitSource(item.name)
    const group = out.get(folder)
    if (group === undefined) out.set(folder, [item])
    else group.push(item)
  }
  return [...out]
}

/** What several files are called together: their folder, or how many there are. */
export function togetherName(names: readonly string[]): string {
  if (names.length === 0) return ''
  if (names.length === 1) return sourceName(names[0]!)
  const folders = new Set(names.map((n) => splitSource(n).folder))
  const [folder] = folders
  return folders.size === 1 && folder !== '' ? sourceName(`${folder}/`).slice(0, -1) : `${names.length} files`
}

const KIND_TITLES: Readonly<Record<string, string>> = {
  cpu: 'CPU',
  heap: 'Heap',
  allocs: 'Allocations',
  goroutine: 'Goroutines',
  goroutineleak: 'Leaked goroutines',
  mutex: 'Mutex',
  block: 'Block',
  threadcreate: 'Threads',
  trace: 'Trace',
  log: 'Log',
  text: 'Text',
  heapdump: 'Heap dump',
  memstats: 'Memory statistics',
  metrics: 'Metrics',
  vars: 'Variables',
}

export function kindTitle(kind: string): string {
  return KIND_TITLES[kind] ?? kind
}
