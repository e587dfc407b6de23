// From flags to the part of a trace that they choose.

import { regionInterval } from '../analysis/trace/groups.ts'
import type { Selection } from '../analysis/trace/select.ts'
import { TraceSummaries } from '../analysis/trace/summaries.ts'
import { UserError } from '../base/errors.ts'
import type { Int } from '../base/int64.ts'
import type { TraceTables } from '../model/trace.ts'
import { runTrace } from './trace-run.ts'
import { taskRowsOf } from './trace-subjects.ts'

/** What of a trace is asked for. Times in ns since the trace's start. */
export interface SelectionQuestion {
  readonly from?: number
  readonly to?: number
  readonly goroutine?: Int
  /** A task's id, or a type: the longest of it. */
  readonly task?: string
  /** A type of regions: all of them. */
  readonly region?: string
  readonly proc?: Int
}

/**
 * The selection that is asked for; undefined if that is the whole trace. Reads the trace for tasks and regions.
 * Throws what runTrace throws, and UserError if there is no such thing.
 */
export function selectionOf(bytes: Uint8Array, q: SelectionQuestion): Selection | undefined {
  const { from, to, goroutine, task, region, proc } = q
  if ([from, to, goroutine, task, region, proc].every((v) => v === undefined)) return undefined
  if (from !== undefined && to !== undefined && from >= to)
    throw new UserError('--from must be earlier than --to')
  const window = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
  const onProc = proc === undefined ? {} : { proc }
  if (task === undefined && region === undefined) {
    if (goroutine === undefined) return { ...window, ...onProc }
    return { ...window, ...onProc, goroutines: new Map([[goroutine, undefined]]) }
  }
  if (task !== undefined && region !== undefined)
    throw new UserError('--task and --region exclude each other')
  const run = runTrace(bytes, () => {
    const summaries = new TraceSummaries()
    return { usable: [summaries], delivered: [], summaries }
  })
  const { summaries } = run.usable
  summaries.finish()
  const { tables, lastTime } = run.usableEnd
  const found =
    task !== undefined
      ? taskSelection(tables, summaries, task, lastTime)
      : regionSelection(tables, summaries, region ?? '', lastTime)
  const both = { ...found, ...onProc }
  const narrowed = {
    ...both,
    from: Math.max(from ?? 0, both.from ?? 0),
    to: Math.min(to ?? Number.POSITIVE_INFINITY, both.to ?? Number.POSITIVE_INFINITY),
  }
  if (goroutine === undefined) return narrowed
  const times = narrowed.goroutines?.get(goroutine)
  if (narrowed.goroutines?.has(goroutine) !== true)
    throw new UserError(`goroutine ${goroutine} has no part in it`)
  return { ...narrowed, goroutines: new Map([[goroutine, times]]) }
}

/** The time of a task, and the goroutines that had to do with it. */
function taskSelection(tables: TraceTables, s: TraceSummaries, asked: string, end: number): Selection {
  const { tasks } = s
  const rows = taskRowsOf(tables, s, asked)
  const span = (row: number): [from: number, to: number] => [
    Number.isNaN(tasks.start[row]) ? 0 : tasks.start[row],
    Number.isNaN(tasks.end[row]) ? end : tasks.end[row],
  ]
  const length = (row: number): number => span(row)[1] - span(row)[0]
  const row = rows.reduce((a, b) => (length(b) > length(a) ? b : a))
  const [from, to] = span(row)
  const members = tasks.memberLists().get(row) ?? []
  return {
    from,
    to,
    goroutines: new Map(members.filter((g) => g >= 0).map((g) => [tables.goroutines.id(g), undefined])),
  }
}

/** The goroutines that were in regions of a type, and when. */
function regionSelection(tables: TraceTables, s: TraceSummaries, name: string, end: number): Selection {
  const { regions } = s
  const spans = new Map<number, [number, number][]>()
  for (let r = 0; r < regions.count; r++) {
    if (tables.strings.get(regions.name[r]) !== name) continue
    const list = spans.get(regions.goroutine[r])
    const interval = regionInterval(s, r, end)
    if (list === undefined) spans.set(regions.goroutine[r], [interval])
    else list.push(interval)
  }
  if (spans.size === 0) throw new UserError(`the trace has no region ${name}`)
  const goroutines = new Map<Int, readonly number[]>()
  for (const [g, list] of spans) {
    const flat: number[] = []
    for (const [from, to] of list.sort((a, b) => a[0] - b[0])) {
      // Regions within regions of the same type.
      if (flat.length > 0 && from <= flat[flat.length - 1])
        flat[flat.length - 1] = Math.max(flat[flat.length - 1], to)
      else flat.push(from, to)
    }
    goroutines.set(tables.goroutines.id(g), flat)
  }
  return { goroutines }
}

/** Words for a selection, one piece each; none for the whole trace. */
export function selectionWords(q: SelectionQuestion, time: (ns: number) => string): string[] {
  const words: string[] = []
  if (q.from !== undefined) words.push(`from ${time(q.from)}`)
  if (q.to !== undefined) words.push(`to ${time(q.to)}`)
  if (q.goroutine !== undefined) words.push(`goroutine ${q.goroutine}`)
  if (q.task !== undefined) words.push(`task ${q.task}`)
  if (q.region !== undefined) words.push(`regions ${q.region}`)
  if (q.proc !== undefined) words.push(`processor ${q.proc}`)
  return words
}
