import type { MemorySnapshot } from '../../model/memory.ts'

/** Objects of one size class at the newest moment. */
export interface SizeClass {
  /** Bytes of a slot. */
  readonly size: number
  /** Not yet freed: live, or dead and not swept. */
  readonly objects: number
  readonly bytes: number
  /**
   * Slots of objects that were there at an earlier moment and are not now, bytes: so much the class may hold in
   * spans that are not full. At most, because spans that became empty were given back. Undefined for one moment.
   */
  readonly freeAtMost: number | undefined
}

/** Size classes that hold objects now or held more before; undefined if no moment tells. Snapshots are oldest first. */
export function sizeClasses(snapshots: readonly MemorySnapshot[]): readonly SizeClass[] | undefined {
  const known = snapshots.flatMap((s) => (s.memstats?.BySize ? [s.memstats.BySize] : []))
  const newest = known.at(-1)
  if (newest === undefined) return undefined
  return newest.flatMap(({ Size: size, Mallocs, Frees }, k) => {
    // Class 0 stands for what is larger than all classes, and is not counted here.
    if (size <= 0) return []
    const objects = Math.max(0, Mallocs - Frees)
    const counts = known.flatMap((c) => (c[k]?.Size === size ? [c[k].Mallocs - c[k].Frees] : []))
    const peak = Math.max(...counts)
    if (peak <= 0) return []
    const freeAtMost = known.length > 1 ? (peak - objects) * size : undefined
    return [{ size, objects, bytes: objects * size, freeAtMost }]
  })
}
