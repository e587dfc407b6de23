// Two or more moments of one program: what grew, what was returned, and how fast.

import type { MemorySnapshot } from '../../model/memory.ts'

/** A quantity over the snapshots; NaN where one lacks it. */
export interface Trend {
  readonly id: string
  readonly title: string
  readonly unit: 'bytes' | 'count'
  readonly values: readonly number[]
  /** Last less first of those known. */
  readonly change: number
}

const QUANTITIES: readonly (readonly [
  string,
  string,
  'bytes' | 'count',
  (s: MemorySnapshot) => number | undefined,
])[] = [
  [
    'rss',
    'resident',
    'bytes',
    (s) => s.status?.sizes.get('VmRSS') ?? s.mappings?.reduce((n, m) => n + Math.max(0, m.rss), 0),
  ],
  [
    'sys',
    'from the system',
    'bytes',
    (s) => s.memstats?.Sys ?? s.metrics?.values.get('/memory/classes/total:bytes'),
  ],
  [
    'heap-alloc',
    'heap objects',
    'bytes',
    (s) => s.memstats?.HeapAlloc ?? s.metrics?.values.get('/memory/classes/heap/objects:bytes'),
  ],
  ['heap-inuse', 'heap in use', 'bytes', (s) => s.memstats?.HeapInuse],
  ['heap-idle', 'idle, not returned', 'bytes', (s) => idle(s)],
  [
    'heap-released',
    'returned',
    'bytes',
    (s) => s.memstats?.HeapReleased ?? s.metrics?.values.get('/memory/classes/heap/released:bytes'),
  ],
  ['stacks', 'stacks', 'bytes', (s) => s.memstats?.StackInuse],
  ['heap-objects', 'objects', 'count', (s) => s.memstats?.HeapObjects],
  ['collections', 'collections', 'count', (s) => s.memstats?.NumGC],
  ['allocated', 'allocated since the start', 'bytes', (s) => s.memstats?.TotalAlloc],
]

function idle(s: MemorySnapshot): number | undefined {
  const m = s.memstats
  return m?.HeapIdle !== undefined && m.HeapReleased !== undefined ? m.HeapIdle - m.HeapReleased : undefined
}

/** Quantities that at least two snapshots know, in their order. Snapshots are oldest first. */
export function buildTrends(snapshots: readonly MemorySnapshot[]): Trend[] {
  const out: Trend[] = []
  for (const [id, title, unit, of] of QUANTITIES) {
    const values = snapshots.map((s) => of(s) ?? Number.NaN)
    const known = values.filter((v) => !Number.isNaN(v))
    if (known.length >= 2) out.push({ id, title, unit, values, change: known[known.length - 1] - known[0] })
  }
  return out
}

/**
 * Sorts snapshots by time as far as they tell it: everything ever allocated only grows. Those that do not
 * tell stay where they are, behind.
 */
export function inOrderOfTime<T extends { readonly snapshot: MemorySnapshot }>(items: readonly T[]): T[] {
  const at = ({ snapshot }: T): number =>
    snapshot.memstats?.TotalAlloc ??
    snapshot.metrics?.values.get('/gc/heap/allocs:bytes') ??
    Number.POSITIVE_INFINITY
  return items
    .map((item, i) => ({ item, i }))
    .sort((a, b) => {
      const [x, y] = [at(a.item), at(b.item)]
      return x === y ? a.i - b.i : x - y
    })
    .map(({ item }) => item)
}

/** Memory that a program got for a peak and has not given back. */
export interface LateReturn {
  /** Idle and kept at the newest moment, bytes. */
  readonly kept: number
  readonly returned: number
  /** Its share of all that the runtime holds. */
  readonly share: number
  /** How many times the heap in use it is. */
  readonly timesInUse: number
  /** Bytes returned between the two newest moments, NaN if there is one moment only. */
  readonly returnedSince: number
}

/** What of a peak is still kept; undefined if the statistics do not tell. */
export function lateReturn(snapshots: readonly MemorySnapshot[]): LateReturn | undefined {
  const known = snapshots.filter(
    (s) => s.memstats?.HeapIdle !== undefined && s.memstats.HeapReleased !== undefined,
  )
  const m = known.at(-1)?.memstats
  if (m?.HeapIdle === undefined || m.HeapReleased === undefined || m.Sys === undefined) return undefined
  const kept = m.HeapIdle - m.HeapReleased
  const before = known.at(-2)?.memstats?.HeapReleased
  return {
    kept,
    returned: m.HeapReleased,
    share: kept / Math.max(1, m.Sys - m.HeapReleased),
    timesInUse: kept / Math.max(1, m.HeapInuse ?? 0),
    returnedSince: before === undefined ? Number.NaN : m.HeapReleased - before,
  }
}
