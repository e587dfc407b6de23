// Which files are of one moment: a capture has several that tell of the same one in different ways.

import type { MemorySnapshot } from '../../model/memory.ts'
import { inOrderOfTime } from './trend.ts'

export interface NamedSnapshot {
  readonly name: string
  /** The folder or archive it was in, '' for none. */
  readonly folder: string
  readonly snapshot: MemorySnapshot
}

/** Statistics that differ by less are of one moment: reading them allocates, too. */
const SAME = 1 << 20

/**
 * Snapshots, oldest first, each with all that the files of its moment tell. Statistics of the runtime make
 * moments. What has none (smaps, status, metrics beside statistics) belongs to the moment of its folder whose
 * file has the same `-t1` in its name, else to the newest of the folder, else to the newest of all.
 */
export function joinMoments(items: readonly NamedSnapshot[]): MemorySnapshot[] {
  const makes = items.some((i) => i.snapshot.memstats !== undefined)
    ? (s: MemorySnapshot) => s.memstats !== undefined
    : (s: MemorySnapshot) => s.metrics !== undefined
  const moments: { snapshot: MemorySnapshot; marks: string[]; forms: string[]; folder: string }[] = []
  for (const { name, folder, snapshot } of inOrderOfTime(items.filter((i) => makes(i.snapshot)))) {
    const last = moments.at(-1)
    const form = formOf(snapshot)
    if (last !== undefined && !last.forms.includes(form) && isSameMoment(last.snapshot, snapshot)) {
      last.snapshot = merge(last.snapshot, snapshot)
      last.marks.push(markOf(name))
      last.forms.push(form)
    } else moments.push({ snapshot, marks: [markOf(name)], forms: [form], folder })
  }
  if (moments.length === 0) moments.push({ snapshot: {}, marks: [], forms: [], folder: '' })
  const newest = moments.at(-1)!
  for (const { name, folder, snapshot } of items) {
    if (makes(snapshot)) continue
    const mark = markOf(name)
    const near = moments.filter((m) => m.folder === folder)
    const moment =
      (mark !== '' ? near.find((m) => m.marks.includes(mark)) : undefined) ?? near.at(-1) ?? newest
    moment.snapshot = merge(moment.snapshot, snapshot)
  }
  return moments.map((m) => m.snapshot)
}

/** `-t1` of `memstats-t1.json`, '' for none. */
function markOf(name: string): string {
  return /-t\d+(?=\.)/.exec(name.split(/[\\/]/).at(-1) ?? '')?.[0] ?? ''
}

/** Two of one form are two moments, or they would not have been given. */
function formOf(s: MemorySnapshot): string {
  if (s.commandLine !== undefined) return 'expvar'
  if (s.memstats === undefined) return 'metrics'
  return s.memstats.BySize === undefined ? 'text' : 'memstats'
}

function isSameMoment({ memstats: a }: MemorySnapshot, { memstats: b }: MemorySnapshot): boolean {
  if (a === undefined || b === undefined || a.NumGC !== b.NumGC) return false
  const near = (x: number | undefined, y: number | undefined): boolean =>
    x !== undefined && y !== undefined && Math.abs(x - y) < SAME
  return near(a.TotalAlloc, b.TotalAlloc) && near(a.HeapReleased, b.HeapReleased) && near(a.Sys, b.Sys)
}

/** The later of two counts where both tell; of mappings those that say what is resident. */
function merge(a: MemorySnapshot, b: MemorySnapshot): MemorySnapshot {
  const sized = (s: MemorySnapshot): boolean => s.mappings?.some((m) => m.rss >= 0) ?? false
  const { mappings } = sized(a) && !(sized(b) && b.mappings!.length > 1) ? a : b
  const memstats = a.memstats && b.memstats ? { ...a.memstats, ...b.memstats } : (b.memstats ?? a.memstats)
  return {
    ...a,
    ...b,
    ...(memstats && { memstats }),
    ...((mappings ?? a.mappings) && { mappings: mappings ?? a.mappings! }),
  }
}
