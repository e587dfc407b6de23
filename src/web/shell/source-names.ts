// Files as people tell them apart: by capture (the folder they lie in), then by what they are.

import { displayName } from '../parts/name.tsx'

/** Folder and name of a file of a capture. */
export function splitSource(name: string): { folder: string; base: string } {
  const cut = name.replaceAll('\\', '/').lastIndexOf('/')
  return { folder: cut < 0 ? '' : name.slice(0, cut), base: name.slice(cut + 1) }
}

/** In groups by folder, both in the order in which they came. */
export function byFolder<T extends { readonly name: string }>(list: readonly T[]): [folder: string, items: T[]][] {
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
  if (names.length === 1) return displayName(names[0]!)
  const folders = new Set(names.map((n) => splitSource(n).folder))
  const [folder] = folders
  return folders.size === 1 && folder !== '' ? displayName(folder!) : `${names.length} files`
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
