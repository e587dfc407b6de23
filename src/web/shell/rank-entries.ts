// What the palette lists, and in which order.

import { nameRank } from '../../core/analysis/name-search.ts'
import type { IconName } from '../parts/icons.tsx'

/** Something that can be chosen. */
export interface PaletteEntry {
  readonly id: string
  readonly title: string
  /** It holds what was typed as it is: nothing in it is marked. */
  readonly quotes?: boolean
  /** A function's name: its path gives way. */
  readonly fn?: boolean
  readonly words?: string
  readonly icon: IconName
  readonly hint?: string
  readonly keys?: string
  readonly value?: string
  readonly share?: string
  readonly run: () => void
  readonly beside?: () => void
}

/** Entries that fit the words, best first; all of them without words. */
export function rankEntries(
  entries: readonly PaletteEntry[],
  words: readonly string[],
  limit: number,
): PaletteEntry[] {
  if (words.length === 0) return entries.slice(0, limit)
  return entries
    .flatMap((entry, i) => {
      const own = nameRank(entry.title, words)
      // What is only known by its other words comes behind.
      const other = own ?? nameRank(`${entry.title} ${entry.words ?? ''}`, words)
      return other === undefined ? [] : [{ entry, rank: own ?? other + 4, i }]
    })
    .sort((a, b) => a.rank - b.rank || a.i - b.i)
    .slice(0, limit)
    .map(({ entry }) => entry)
}
