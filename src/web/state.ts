// What the page knows of its files, and what the address means for them.

import { computed, signal } from '@preact/signals'
import type { ProfileQuery } from '../core/engine/workbench/profile-query.ts'
import type { FileEntry } from '../core/engine/workbench/questions/files.ts'
import type { ProfileEntry, Profiles } from '../core/engine/workbench/questions/profiles.ts'
import { decodeTransforms, type Transform } from '../core/engine/workbench/transforms.ts'
import { CONFIG_FIELDS } from '../core/reports/config.ts'
import { address, param } from './address.ts'
import { readBoot } from './boot.ts'
import { madeIds } from './made-ids.ts'

/** Files of the workbench; undefined until the first are in. */
export const files = signal<readonly FileEntry[] | undefined>(undefined)
/** Profiles among them; undefined until they are decoded. */
export const profiles = signal<Profiles | undefined>(undefined)

/** Ids in a parameter: `0,3`, and what is made here (see made.ts), as far as it is. */
export function idsOf(text: string): number[] {
  if (text === '') return []
  return text.split(',').flatMap((t) => (/^\d+$/.test(t) ? [Number(t)] : (madeIds.value.get(t) ?? [])))
}

/** Whether something that a parameter names is still being made. */
function isBeingMade(text: string): boolean {
  return text.split(',').some((t) => t.startsWith('@') && !madeIds.value.has(t))
}

/** Which profile is shown before anybody chose: what a program does comes before what it holds. */
const FIRST: readonly string[] = ['cpu', 'heap', 'allocs', 'mutex', 'block', 'goroutine']

function preferred(all: readonly ProfileEntry[]): ProfileEntry | undefined {
  const filled = all.filter((p) => p.samples > 0 && !p.made)
  for (const kind of FIRST) {
    const found = filled.findLast((p) => p.kind === kind)
    if (found !== undefined) return found
  }
  return filled[0] ?? all[0]
}

/** The profiles that are shown, merged; empty if there are none. */
export const shownProfiles = computed<readonly ProfileEntry[]>(() => {
  const all = profiles.value?.profiles ?? []
  const ids = idsOf(param('src'))
  const chosen = ids.flatMap((id) => all.find((p) => p.id === id) ?? [])
  if (chosen.length > 0 || isBeingMade(param('src'))) return chosen
  const first = preferred(all)
  return first === undefined ? [] : [first]
})

/** pprof's parameters by which reports differ, and two more of its options. */
const OPTION_KEYS: readonly string[] = [...CONFIG_FIELDS.flatMap((f) => f.urlKey ?? []), 'tagroot', 'tagleaf']

/** The reader's transforms; none of them if the address holds something else. */
export const transforms = computed<readonly Transform[]>(() => {
  try {
    return decodeTransforms(param('t'))
  } catch {
    return []
  }
})

const { settings } = readBoot()

/** The query of the views of profiles; undefined while there is no profile. */
export const profileQuery = computed<ProfileQuery | undefined>(() => {
  const of = shownProfiles.value.map((p) => p.id)
  if (of.length === 0) return undefined
  const options: Record<string, string> = {}
  for (const key of OPTION_KEYS) {
    const value = address.value.params.get(key)
    // An empty one takes back what the command line said.
    if (value !== undefined && (value !== '' || settings !== undefined)) options[key] = value
  }
  const base = idsOf(param('base'))
  return {
    of,
    options,
    ...(base.length > 0 && { base }),
    ...(transforms.value.length > 0 && { transforms: transforms.value }),
    ...(settings && { settings }),
  }
})

/** The selected function's full name; '' if none is. */
export const selected = computed(() => param('sel'))
/** The function under the pointer, in whatever view. */
export const hovered = signal('')
