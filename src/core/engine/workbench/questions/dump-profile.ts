// Goroutines of a dump as a profile of the workbench, for the views of profiles.

import { profileOfGoroutines } from '../../../formats/goroutines/profile.ts'
import { type DumpQuery, lookAtDump } from '../dump-look.ts'
import type { Asking } from '../question.ts'
import type { Workbench } from '../workbench.ts'

/** Id of the file that holds the profile; -1 if there is no dump. The same question gives the same file. */
export async function answer(w: Workbench, params: DumpQuery, x: Asking): Promise<{ readonly file: number }> {
  const look = await lookAtDump(w, params, x)
  if (look === undefined) return { file: -1 }
  const { g, moment, rows } = look
  const filter = [params.state, params.q].filter((t) => t !== undefined && t !== '').join(', ')
  const name = `goroutines of ${moment.fileName}${filter === '' ? '' : ` (${filter})`}`
  const known = w.files.find((f) => f.made && f.name === name)
  if (known !== undefined) return { file: known.id }
  const kept = new Set(rows)
  return { file: w.addProfile(name, profileOfGoroutines(g, { keep: (row) => kept.has(row) })).id }
}
