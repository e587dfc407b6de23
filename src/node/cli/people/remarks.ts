// Remarks of the engine in terms of the everyday flags, with what may have been meant. Loaded only when there
// is something to remark.

import type { Profile } from '../../../core/model/profile.ts'
import type { Config } from '../../../core/reports/config.ts'
import { emptyRemedy, profileKind } from '../../../core/reports/info.ts'
import type { Report } from '../../../core/reports/report.ts'
import { typedFlag } from './command-spec.ts'
import { flagOf } from './flags.ts'
import { nearFunctions } from './near-functions.ts'

const FILTERS: Readonly<Record<string, keyof Config>> = {
  Focus: 'focus',
  Ignore: 'ignore',
  Hide: 'hide',
  Show: 'show',
  ShowFrom: 'showFrom',
  TagFocus: 'tagFocus',
  TagIgnore: 'tagIgnore',
  TagRoot: 'tagRoot',
  TagLeaf: 'tagLeaf',
}

/** A remark of the engine in terms of the everyday flags, with what may have been meant. */
export function remarkText(text: string, p: Profile, c: Config): string {
  const unmatched = /^(\w+) expression matched no samples$/.exec(text)
  const key = unmatched === null ? undefined : FILTERS[unmatched[1]!]
  if (key !== undefined) {
    const value = String(c[key])
    const near = key.startsWith('tag') ? labelHint(p) : functionHint(p, value)
    return `${typedFlag(key)} ${value} matches nothing${near}`
  }
  const range = /^(\w+):Interpreted '(.*)' as range, not regexp$/.exec(text)
  if (range !== null) return `${flagOf(range[1]!)} ${range[2]} is taken as a range of numbers`
  return text.trim()
}

/** `; near: a, b`, or ''. */
export function functionHint(p: Profile, pattern: string): string {
  const near = nearFunctions(p, pattern, 3)
  return near.length === 0 ? '' : `; near to it: ${near.join(', ')}`
}

function labelHint(p: Profile): string {
  const keys = new Set<string>()
  for (const id of p.labelSets.key) keys.add(p.strings.get(id))
  if (keys.size === 0) return '; the profile has no labels'
  return `; labels: ${[...keys].sort().slice(0, 8).join(', ')}`
}

/** Why a report has nothing to show; '' if the profile has what was asked for. `flag` is what chooses a sample type. */
export function whyEmpty(p: Profile, r: Report, flag = '--sample-type '): string {
  const kind = profileKind(p)
  const { type } = p.sampleTypes[r.options.value]!
  const remedy = emptyRemedy(kind)
  if (p.samples.count === 0) return `the profile has no samples${remedy && `: ${remedy}`}`
  const hasValues = (k: number): boolean => p.samples.value[k]!.f.some((v) => v !== 0)
  if (hasValues(r.options.value)) return ''
  // Of the same unit if there is one: the space allocated says more about the space in use than a number of objects.
  const { unit } = p.sampleTypes[r.options.value]!
  const others = p.sampleTypes.filter((_, k) => hasValues(k))
  const other = others.find((t) => t.unit === unit) ?? others[0]
  if (other === undefined) return `all values are 0${remedy && `: ${remedy}`}`
  const freed = /^inuse_/.test(type) ? ', nothing of what was sampled was in use at the last collection' : ''
  return `all values of ${type} are 0${freed}; ${flag}${other.type} shows what there is`
}
