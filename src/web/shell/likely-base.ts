// What people mean to compare with, before they say so.

import type { ProfileEntry } from '../../core/engine/workbench/questions/profiles.ts'
import { splitSource } from './source-split.ts'

/** What is likely to be compared with the profiles that are shown: the same kind in another capture, else the one before. */
export function likelyBase(all: readonly ProfileEntry[], shown: readonly ProfileEntry[]): number[] {
  const first = shown[0]
  if (first === undefined) return []
  const others = all.filter((p) => p.kind === first.kind && !shown.includes(p) && !p.made)
  const { folder, base } = splitSource(first.name)
  const twin = others.find((p) => splitSource(p.name).base === base && splitSource(p.name).folder !== folder)
  const earlier = others.findLast((p) => p.timeNanos > 0 && p.timeNanos < first.timeNanos)
  const found = twin ?? earlier ?? others[0]
  return found === undefined ? [] : [found.id]
}
