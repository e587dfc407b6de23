// Profiles without names: the server is asked once for each, because executables lie on its machine.

import { effect, signal } from '@preact/signals'
import { findNames, hasServer } from './server-api.ts'
import { AskError } from './session.ts'
import { files, profiles } from './state.ts'

/** What became of a profile without names, in words: `names from server`, `no names: open /srv/app: no such file`. */
export const namesNote = signal('')

/** Asks for the names of every profile that lacks some, as they come in. */
export function startNaming(): void {
  if (!hasServer) return
  const asked = new Set<number>()
  effect(() => {
    for (const p of profiles.value?.profiles ?? []) {
      const file = files.value?.find((f) => f.id === p.id)
      if (p.unnamed.length === 0 || file === undefined || file.origin === '' || asked.has(p.id)) continue
      asked.add(p.id)
      findNames(file).then(
        ({ from, missing }) => {
          const [why] = missing
          if (from.length > 0) namesNote.value = `names from ${from.join(', ')}`
          else if (why !== undefined) namesNote.value = `no names for ${p.name}: ${missing.at(-1)}`
        },
        (e: unknown) => {
          namesNote.value = `no names for ${p.name}: ${e instanceof AskError ? e.message : String(e)}`
        },
      )
    }
  })
}
