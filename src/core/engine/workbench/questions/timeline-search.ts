// Goroutines by function, label or id, and user logs by their text.

import { beginOf } from '../../../analysis/trace/spans.ts'
import { STATE } from '../../../model/trace.ts'
import type { Asking } from '../question.ts'
import { timelineNames } from '../timeline-names.ts'
import { traceIndex } from '../trace-index.ts'
import type { Workbench } from '../workbench.ts'

export interface FoundGoroutine {
  readonly row: number
  readonly id: string
  readonly name: string
  readonly label: string
  readonly group: number
  /** When it was there, ns. */
  readonly from: number
  readonly to: number
}

export interface TimelineFound {
  readonly goroutines: readonly FoundGoroutine[]
  readonly goroutineCount: number
  readonly logs: readonly { readonly time: number; readonly goroutine: string; readonly text: string }[]
  readonly logCount: number
}

/** What has the text in it, in any case; a number (or `g12`) finds that goroutine first. At most `most` of each. */
export async function answer(
  w: Workbench,
  { file, text, most }: { file: number; text: string; most: number },
  x: Asking,
): Promise<TimelineFound> {
  const index = traceIndex(w, file)
  const view = await index.newest(x)
  const names = timelineNames(index, view)
  const wanted = text.trim().toLowerCase()
  const empty = { goroutines: [], goroutineCount: 0, logs: [], logCount: 0 }
  if (wanted === '' || index.tables === undefined) return empty
  const { goroutines, startFunction, label } = view.timeline
  const rows: number[] = []
  let goroutineCount = 0
  const id = /^g?(\d{1,20})$/.exec(wanted)?.[1]
  const exact = id === undefined ? -1 : index.tables.goroutines.find(numberOf(id))
  if (exact >= 0 && exact < goroutines.tracks && goroutines.first[exact] < goroutines.first[exact + 1]) {
    rows.push(exact)
    goroutineCount++
  }
  // Names repeat: each is looked at once.
  const known = new Map<number, boolean>()
  const has = (name: number): boolean => {
    let found = known.get(name)
    if (found === undefined) {
      found = names.text(name).toLowerCase().includes(wanted)
      known.set(name, found)
    }
    return found
  }
  for (let g = 0; g < goroutines.tracks; g++) {
    if (g === exact || goroutines.first[g] === goroutines.first[g + 1]) continue
    if (!has(startFunction[g]) && !(label[g] > 0 && has(label[g]))) continue
    goroutineCount++
    if (rows.length < most) rows.push(g)
  }
  const { logs } = index.notes
  const foundLogs: { time: number; goroutine: string; text: string }[] = []
  let logCount = 0
  for (let i = 0; i < logs.time.length; i++) {
    if (!has(logs.message.a[i]) && !has(logs.category.a[i])) continue
    logCount++
    if (foundLogs.length >= most) continue
    const category = names.text(logs.category.a[i])
    const message = names.text(logs.message.a[i])
    foundLogs.push({
      time: logs.time.f[i],
      goroutine: logs.goroutine.a[i] > 0 ? names.goroutineId(logs.goroutine.a[i] - 1) : '',
      text: category === '' ? message : `[${category}] ${message}`,
    })
  }
  return {
    goroutines: rows.map((g) => {
      const last = goroutines.order[goroutines.first[g + 1] - 1]
      return {
        row: g,
        id: names.goroutineId(g),
        name: names.startFunction(g),
        label: names.label(g),
        group: view.groupOf[g],
        from: beginOf(goroutines, goroutines.order[goroutines.first[g]]),
        to: (goroutines.states[last] & 15) === STATE.NotExist ? goroutines.known[last] : view.end,
      }
    }),
    goroutineCount,
    logs: foundLogs,
    logCount,
  }
}

function numberOf(id: string): number | bigint {
  const n = Number(id)
  return Number.isSafeInteger(n) ? n : BigInt(id)
}
