// A sandwich: what functions call and what calls them, cut out of the stacks they are on.

import type { Profile } from '../../model/profile.ts'
import { frameNames } from './frame-names.ts'
import { rewriteFrames } from './rewrite-stacks.ts'

/** Functions on the stacks of some sample whose name or source file passes, in no order. */
export function pivotFunctions(p: Profile, passes: (text: string) => boolean): string[] {
  const { start, name } = frameNames(p)
  const { lineStart, lineEnd } = p.locations
  const { frame, stackStart, stackEnd, count } = p.samples
  const used = new Uint8Array(p.locations.count + 1)
  for (let row = 0; row < count; row++)
    for (let i = stackStart[row]; i < stackEnd[row]; i++) used[frame[i]] = 1
  /** String id -> 1 if it fails, 2 if it passes. */
  const known = new Uint8Array(p.strings.count)
  const matches = (id: number): boolean => {
    if (known[id] === 0) known[id] = passes(p.strings.get(id)) ? 2 : 1
    return known[id] === 2
  }
  const found = new Set<number>()
  for (let location = 1; location <= p.locations.count; location++) {
    if (used[location] === 0) continue
    for (let k = start[location]; k < start[location + 1]; k++) {
      if (found.has(name[k])) continue
      const line = lineEnd[location] - 1 - (k - start[location])
      const file = line >= lineStart[location] ? p.functions.filename[p.lines.fn[line]] : 0
      if (matches(name[k]) || (file !== 0 && matches(file))) found.add(name[k])
    }
  }
  return Array.from(found, (id) => p.strings.get(id))
}

/**
 * The stacks with one of these functions, cut at the outermost call of any: what is called from there on, and what
 * leads to it. Both keep that call itself, and the same samples.
 */
export function sandwichCuts(
  p: Profile,
  functions: readonly string[],
): { readonly callees: Profile; readonly callers: Profile } {
  const names = frameNames(p)
  const ids = functions.map((name) => p.strings.intern(name))
  const is = new Uint8Array(p.strings.count)
  for (const id of ids) is[id] = 1
  const cut = (below: boolean): Profile =>
    rewriteFrames(p, names, (s) => {
      let at = 0
      while (at < s.length && is[s.name[at]] === 0) at++
      if (at === s.length) return false
      if (below) s.drop(0, at)
      else s.drop(at + 1, s.length)
      return true
    })
  return { callees: cut(true), callers: cut(false) }
}
