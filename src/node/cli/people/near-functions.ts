import { splitFunctionName } from '../../../core/analysis/display-names.ts'
import { editDistance } from '../../../core/base/nearest.ts'
import type { Profile } from '../../../core/model/profile.ts'
import { safeName } from './style.ts'

/** Beyond this many functions the search stops: a hint must not take longer than the report. */
const MOST = 100_000

/**
 * Functions that a pattern which matched nothing may have meant: those that hold it but for the case of
 * letters, then those with a part (package, type, method) that is nearly it.
 */
export function nearFunctions(p: Profile, pattern: string, most: number): string[] {
  const word = pattern.replace(/[\\^$]/g, '').toLowerCase()
  if (word.length < 2) return []
  const limit = Math.max(1, Math.floor(word.length / 4))
  const found: { name: string; distance: number }[] = []
  const seen = new Set<number>()
  for (let fn = 1; fn <= Math.min(p.functions.count, MOST); fn++) {
    const id = p.functions.name[fn]!
    if (seen.has(id)) continue
    seen.add(id)
    const name = p.strings.get(id)
    const lower = name.toLowerCase()
    const distance = lower.includes(word) ? 0 : distanceTo(lower, word, limit)
    if (distance <= limit) found.push({ name, distance })
  }
  found.sort((a, b) => a.distance - b.distance || a.name.length - b.name.length || (a.name < b.name ? -1 : 1))
  return found.slice(0, most).map((f) => safeName(f.name))
}

function distanceTo(name: string, word: string, limit: number): number {
  const { path, fn } = splitFunctionName(name)
  const method = fn.replace(/^\(?\*?[^.()]*\)?\./, '')
  const short = `${path.slice(path.lastIndexOf('/') + 1)}${fn}`
  return Math.min(...[name, short, fn, method].map((part) => editDistance(word, part, limit)))
}
