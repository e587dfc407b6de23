// One account of the program's memory for each moment of which the capture tells.

import { buildMemoryAccount, type MemoryAccount } from '../../../analysis/memory/account.ts'
import { joinMoments, type NamedSnapshot } from '../../../analysis/memory/moments.ts'
import { type SizeClass, sizeClasses } from '../../../analysis/memory/size-classes.ts'
import { buildTrends, type LateReturn, lateReturn, type Trend } from '../../../analysis/memory/trend.ts'
import { DecodeError } from '../../../base/errors.ts'
import { decodeUtf8 } from '../../../base/utf8.ts'
import { decodeMemory } from '../../../formats/memory/index.ts'
import type { MemorySnapshot } from '../../../model/memory.ts'
import type { FileKind } from '../../capture/file-kind.ts'
import type { Workbench } from '../workbench.ts'

export interface MemoryMoment {
  readonly title: string
  readonly account: MemoryAccount
  /** Unix ns of the last collection before it, NaN if not told: the moment itself was later. */
  readonly after: number
}

export interface MemoryAnswer {
  /** Oldest first; empty if there are no statistics. */
  readonly moments: readonly MemoryMoment[]
  readonly sources: readonly string[]
  readonly trends: readonly Trend[]
  readonly late: LateReturn | undefined
  readonly sizeClasses: readonly SizeClass[] | undefined
  readonly remarks: readonly string[]
}

/** Statistics in all files, with what could not be read. Text heap profiles count: statistics stand at their end. */
export function memorySnapshots(w: Workbench): {
  readonly items: readonly (NamedSnapshot & { readonly file: number })[]
  readonly remarks: readonly string[]
} {
  const items: (NamedSnapshot & { readonly file: number })[] = []
  const remarks: string[] = []
  for (const { kind, name, bytes, id } of w.files) {
    if (kind !== 'memory' && !endsInStatistics(kind, bytes)) continue
    try {
      const snapshot = decodeMemory(bytes, name)
      items.push({ name, folder: /^.*[\\/]/.exec(name)?.[0] ?? '', snapshot, file: id })
    } catch (e) {
      if (!(e instanceof DecodeError)) throw e
      remarks.push(`${name}: ${e.message}`)
    }
  }
  return { items, remarks }
}

/** Whether a file is a heap profile as text, with statistics at its end. */
export function endsInStatistics(kind: FileKind, bytes: Uint8Array): boolean {
  return (
    kind === 'profile' &&
    decodeUtf8(bytes.subarray(0, 14)) === 'heap profile: ' &&
    decodeUtf8(bytes.subarray(Math.max(0, bytes.length - STATISTICS))).includes('# runtime.MemStats')
  )
}

/** Statistics in text are no longer than this. */
const STATISTICS = 32768

export function answer(w: Workbench, _params: Record<string, never>): MemoryAnswer {
  const { items, remarks } = memorySnapshots(w)
  const snapshots = items.length === 0 ? [] : joinMoments(items)
  return {
    moments: snapshots.map((s, k) => ({
      title: titleOf(s, items, k, snapshots.length),
      account: buildMemoryAccount(s),
      after: s.memstats?.LastGC || Number.NaN,
    })),
    sources: items.map((i) => i.name),
    trends: buildTrends(snapshots),
    late: lateReturn(snapshots),
    sizeClasses: sizeClasses(snapshots),
    remarks,
  }
}

/** The file that has the statistics, if one has just these; else a number. */
function titleOf(
  { memstats }: MemorySnapshot,
  items: readonly NamedSnapshot[],
  k: number,
  count: number,
): string {
  const same = items.filter(
    (i) => i.snapshot.memstats !== undefined && i.snapshot.memstats.TotalAlloc === memstats?.TotalAlloc,
  )
  // Statistics served with other variables stand for the moment only if nothing else does.
  const named = same.find((i) => i.snapshot.commandLine === undefined) ?? same[0]
  return named?.name.replace(/^.*[\\/]/, '') ?? (count > 1 ? `moment ${k + 1}` : 'now')
}
