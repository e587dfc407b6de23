// Which files are of one moment: a capture has several that tell of the same one in different ways.

import type { MemorySnapshot } from '../../model/memory.ts'
import { inOrderOfTime } from './trend.ts'

interface Named {
  readonly name: string
  readonly snapshot: MemorySnapshot
}

/** Statistics that differ by less are of one moment: reading them allocates, too. */
const SAME = 1 << 20

/**
 * Snapshots, oldest first, each with all that the files of its moment tell. Statistics of the runtime make
 * moments. What has none (smaps, status, metrics beside statistics) belongs to the moment whose file has the
 * same `-t1` in its name, else to the newest.
 */
export function joinMoments(items: readonly Named[]): MemorySnapshot[] {
  const makes = items.some((i) => i.snapshot.memstats !== undefined)
    ? (s: MemorySnapshot) => s.memstats !== undefined
    : (s: MemorySnapshot) => s.metrics !== undefined
  const moments: { snapshot: MemorySnapshot; marks: string[]; forms: string[] }[] = []
  for (const { name, snapshot } of inOrderOfTime(items.filter((i) => makes(i.snapshot)))) {
    const last = moments.at(-1)
    const form = formOf(snapshot)
    if (last !== undefined && !last.forms.includes(form) && isSameMoment(last.snapshot, snapshot)) {
      last.snapshot = merge(last.snapshot, snapshot)
      last.marks.push(markOf(name))
      last.forms.push(form)
    } else moments.push({ snapshot, marks: [markOf(name)], forms: [form] })
  }
  if (moments.length === 0) moments.push({ snapshot: {}, marks: [], forms: [] })
  for (const { name, snapshot } of items) {
    if (makes(snapshot)) continue
    const mark = markOf(name)
    const moment = (mark !== '' ? moments.find((m) => m.marks.includes(mark)) : undefined) ?? moments.at(-1)!
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
