// Every goroutine of a dump as a row.

import { type DumpQuery, frameWords, lookAtDump } from '../dump-look.ts'
import type { Asking } from '../question.ts'
import type { Workbench } from '../workbench.ts'

/** Columns are as long as `row`. Texts are places in `texts`. */
export interface DumpRows {
  readonly texts: readonly string[]
  /** Row of the table of goroutines, by which the stack is asked for. */
  readonly row: Uint32Array
  /** -1 where the source names none. */
  readonly goid: Float64Array
  readonly count: Float64Array
  readonly state: Uint32Array
  readonly minutes: Uint32Array
  readonly fn: Uint32Array
  readonly place: Uint32Array
  readonly created: Uint32Array
  /** goid of who made it; 0 if not printed. */
  readonly creator: Float64Array
  readonly labels: Uint32Array
  /** Index of ORIGINS for `fn`, 255 for none. */
  readonly origin: Uint8Array
}

export const fresh = true

export async function answer(w: Workbench, params: DumpQuery, x: Asking): Promise<DumpRows | undefined> {
  const look = await lookAtDump(w, params, x)
  if (look === undefined) return undefined
  const { g, origins, rows } = look
  const { table, strings, labelSets } = g
  const texts: string[] = ['']
  const ids = new Map([['', 0]])
  const textId = (text: string): number => {
    let id = ids.get(text)
    if (id === undefined) {
      id = texts.push(text) - 1
      ids.set(text, id)
    }
    return id
  }
  const words = new Map<number, { readonly name: number; readonly place: number; readonly origin: number }>()
  const frameIds = (frame: number) => {
    let known = words.get(frame)
    if (known === undefined) {
      const { name, place, origin } = frameWords(g, origins, frame)
      known = { name: textId(name), place: textId(place), origin }
      words.set(frame, known)
    }
    return known
  }
  const labelText = (set: number): string => {
    const parts: string[] = []
    for (let l = labelSets.start[set]; l < labelSets.start[set + 1]; l++)
      parts.push(`${strings.get(labelSets.key[l])}=${strings.get(labelSets.str[l])}`)
    return parts.join(' ')
  }
  const telling = rows.map((row) => frameIds(origins.telling(table.stack[row])))
  const column = (of: (row: number) => number): Uint32Array => Uint32Array.from(rows, of)
  return {
    row: Uint32Array.from(rows),
    goid: Float64Array.from(rows, (r) => table.goid[r]),
    count: Float64Array.from(rows, (r) => table.weight[r]),
    state: column((r) => textId(strings.get(table.state[r]))),
    minutes: column((r) => table.minutes[r]),
    fn: Uint32Array.from(telling, (t) => t.name),
    place: Uint32Array.from(telling, (t) => t.place),
    created: column((r) => frameIds(table.createdBy[r]).name),
    creator: Float64Array.from(rows, (r) => table.creator[r]),
    labels: column((r) => textId(labelText(table.labelSet[r]))),
    origin: Uint8Array.from(telling, (t) => t.origin),
    texts,
  }
}
