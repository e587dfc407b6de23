// Profiles that are made from other files when they are asked for: waits of a part of a trace, a range of time, the
// goroutines of a dump. Their ids are given out as they are made, so addresses say how each is made:
// `@waits:{"file":0,"kind":"sync"}`, percent-encoded, in the place of an id.

import { effect } from '@preact/signals'
import type { ParamsOf } from '../core/engine/workbench/questions/index.ts'
import { go, param } from './address.ts'
import { madeIds } from './made-ids.ts'
import { ask, generation } from './session.ts'
import { files, profiles } from './state.ts'

/** How each kind is made: gives the id of the file. */
const MAKERS = {
  waits: async (p: ParamsOf<'trace-profile'>): Promise<number> => (await ask('trace-profile', p)).profile,
  range: async (p: ParamsOf<'timeline-profile'>): Promise<number> => (await ask('timeline-profile', p)).file,
  dump: async (p: ParamsOf<'dump-profile'>): Promise<number> => (await ask('dump-profile', p)).file,
}

type Kind = keyof typeof MAKERS
type Recipe<K extends Kind> = Parameters<(typeof MAKERS)[K]>[0]

function tokenOf<K extends Kind>(kind: K, recipe: Recipe<K>): string {
  return `@${kind}:${encodeURIComponent(JSON.stringify(recipe))}`
}

/** Makes what a token says, once; -1 if it cannot be made. */
async function make(token: string): Promise<number> {
  const known = madeIds.peek().get(token)
  if (known !== undefined) return known
  let id = -1
  try {
    const [, kind, recipe] = /^@(\w+):(.*)$/s.exec(token) ?? []
    if (Object.hasOwn(MAKERS, kind ?? ''))
      id = await (MAKERS[kind as Kind] as (p: unknown) => Promise<number>)(
        JSON.parse(decodeURIComponent(recipe ?? '')),
      )
  } catch {
    // An address of a page with other files: the views then say that there is no such profile.
  }
  const [known2, decoded] = await Promise.all([ask('files', {}), ask('profiles', {})])
  files.value = known2
  profiles.value = decoded
  madeIds.value = new Map([...madeIds.peek(), [token, id]])
  return id
}

/** Makes a profile and opens it in one of the views of profiles; false if there is nothing in it. */
export async function openMade<K extends Kind>(view: string, kind: K, recipe: Recipe<K>): Promise<boolean> {
  const token = tokenOf(kind, recipe)
  if ((await make(token)) < 0) return false
  go({
    view,
    set: { src: token, base: undefined, si: undefined, sel: undefined, t: undefined, f: undefined },
  })
  return true
}

/** Makes what the address names, as after reloading. */
export function startMaking(): void {
  effect(() => {
    if (generation.value === 0) return
    for (const key of ['src', 'base'])
      for (const part of param(key).split(',')) if (part.startsWith('@')) void make(part)
  })
}
