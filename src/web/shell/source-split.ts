// Files of captures: folders, names, kinds.

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
  memory: 'Memory statistics',
  'perf-stat': 'perf stat',
  bench: 'Benchmarks',
  manifest: 'About the capture',
  empty: 'Empty',
  metrics: 'Metrics',
  vars: 'Variables',
}

export function kindTitle(kind: string): string {
  return KIND_TITLES[kind] ?? kind
}
