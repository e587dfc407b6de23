// Profiles without names: the server is asked once for each, because executables lie on its machine.

import { computed, effect, signal } from '@preact/signals'
import { findNames, hasServer } from './server-api.ts'
import { AskError } from './session.ts'
import { files, profiles, shownProfiles } from './state.ts'

/** What became of profiles without names, by id. */
const notes = signal<ReadonlyMap<number, string>>(new Map())

/** The same of those that are shown, in words: `names from server`, `no names for x: no such file`. */
export const namesNote = computed(() =>
  shownProfiles.value.flatMap((p) => notes.value.get(p.id) ?? []).join(', '),
)

function note(id: number, text: string): void {
  notes.value = new Map([...notes.peek(), [id, text]])
}

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
          if (from.length > 0) note(p.id, `names from ${from.join(', ')}`)
          else if (why !== undefined) note(p.id, `no names for ${p.name}: ${missing.at(-1)}`)
        },
        (e: unknown) => {
          note(p.id, `no names for ${p.name}: ${e instanceof AskError ? e.message : String(e)}`)
        },
      )
    }
  })
}
