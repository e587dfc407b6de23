// Which tasks and regions a page of a trace is about: the parameters of the reference's pages, with their meaning.

import { type RegionGroup, regionInterval } from '../../analysis/trace/groups.ts'
import type { TraceSummaries } from '../../analysis/trace/summaries.ts'
import { quote } from '../../base/go-fmt.ts'
import { formatDuration } from '../../base/go-time.ts'
import { asUint, type Int } from '../../base/int64.ts'
import { goDuration } from '../../formats/gops/answers.ts'
import type { TraceTables } from '../../model/trace.ts'
import type { TraceReading } from './trace-reading.ts'

/** Texts as they stand in an address; what has no meaning filters nothing. */
export interface TaskFilter {
  readonly type?: string
  /** `1`: only those with begin and end; `0`: only the others. */
  readonly complete?: string
  /** Durations as Go writes them, inclusive; only complete tasks have one. */
  readonly latmin?: string
  readonly latmax?: string
  /** Part of the task's name, of the name of one of its regions, of a category or message of its logs. */
  readonly logtext?: string
}

export interface RegionFilter {
  readonly type?: string
  /** Where they begin: hexadecimal, without 0x. */
  readonly pc?: string
  readonly latmin?: string
  readonly latmax?: string
}

/** ns; undefined for what is no duration of Go. */
function durationOf(text: string | undefined): number | undefined {
  const ns = text === undefined ? undefined : goDuration(text.replace('μ', 'µ').replace(/^\+/, ''))
  return ns === undefined ? undefined : Math.round(ns)
}

function pcOf(text: string | undefined): Int | undefined {
  if (text === undefined || !/^[0-9a-fA-F]{1,16}$/.test(text)) return undefined
  const pc = BigInt(`0x${text}`)
  return pc <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(pc) : pc
}

/** The filter in words, as the reference writes it. */
export function taskFilterText(f: TaskFilter): string {
  const min = durationOf(f.latmin)
  const max = durationOf(f.latmax)
  return [
    ...(f.type === undefined ? [] : [quote(f.type)]),
    ...(f.complete === '1' ? ['complete'] : f.complete === '0' ? ['incomplete'] : []),
    ...(min === undefined ? [] : [`latency >= ${formatDuration(min)}`]),
    ...(max === undefined ? [] : [`latency <= ${formatDuration(max)}`]),
    ...(f.logtext === undefined || f.logtext === '' ? [] : [`log contains ${quote(f.logtext)}`]),
  ].join(',')
}

export function regionFilterText(f: RegionFilter): string {
  const pc = pcOf(f.pc)
  const min = durationOf(f.latmin)
  const max = durationOf(f.latmax)
  return [
    ...(f.type === undefined ? [] : [quote(f.type)]),
    ...(pc === undefined ? [] : [`@ 0x${pc.toString(16)}`]),
    ...(min === undefined ? [] : [`(latency >= ${formatDuration(min)})`]),
    ...(max === undefined ? [] : [`(latency <= ${formatDuration(max)})`]),
  ].join(' ')
}

/** Begin and end of a task; those of the trace where it has none. */
export function taskInterval(s: TraceSummaries, t: number, end: number): [from: number, to: number] {
  const { tasks } = s
  return [Number.isNaN(tasks.start[t]) ? 0 : tasks.start[t], Number.isNaN(tasks.end[t]) ? end : tasks.end[t]]
}

/** What the events of a task are kept by: rows of its logs and of its regions, in order of time. */
export interface TaskParts {
  readonly logs: ReadonlyMap<number, readonly number[]>
  readonly regions: ReadonlyMap<number, readonly number[]>
}

/** Lists the logs and regions of all tasks. Regions that goroutines inherit belong to their task, too. */
export function taskParts({ tasks, regions }: TraceSummaries): TaskParts {
  const by = (task: Int32Array, count: number): Map<number, number[]> => {
    const out = new Map<number, number[]>()
    for (let k = 0; k < count; k++) {
      if (task[k] < 0) continue
      const list = out.get(task[k])
      if (list === undefined) out.set(task[k], [k])
      else list.push(k)
    }
    return out
  }
  return { logs: by(tasks.log.task, tasks.log.count), regions: by(regions.task, regions.count) }
}

/** Rows of the tasks that pass, shortest first as the reference has them. */
export function filterTasks(r: TraceReading, f: TaskFilter, parts: TaskParts): number[] {
  const { tasks, regions } = r.summaries
  const { strings } = r.summaryTables
  const min = durationOf(f.latmin) ?? Number.NEGATIVE_INFINITY
  const max = durationOf(f.latmax) ?? Number.POSITIVE_INFINITY
  const timed = Number.isFinite(min) || Number.isFinite(max)
  const matching =
    f.logtext === undefined || f.logtext === '' ? undefined : new TextMatch(f.logtext, r.summaryTables)
  const rows = tasks.rows().filter((t) => {
    if (f.type !== undefined && strings.get(tasks.name[t]) !== f.type) return false
    const duration = tasks.end[t] - tasks.start[t]
    const complete = !Number.isNaN(duration)
    if (f.complete === '1' ? !complete : f.complete === '0' && complete) return false
    if (timed && !(duration >= min && duration <= max)) return false
    return (
      matching === undefined ||
      matching.has(tasks.name[t]) ||
      (parts.regions.get(t) ?? []).some((k) => matching.has(regions.name[k])) ||
      (parts.logs.get(t) ?? []).some(
        (k) => matching.has(tasks.log.category[k]) || matching.has(tasks.log.message[k]),
      )
    )
  })
  const length = (t: number): number => {
    const [from, to] = taskInterval(r.summaries, t, r.endTime)
    return to - from
  }
  return rows.sort((a, b) => length(a) - length(b))
}

/** Which strings of a trace contain a text: each is looked at once. */
class TextMatch {
  private readonly text: string
  private readonly tables: TraceTables
  private readonly known = new Map<number, boolean>()

  constructor(text: string, tables: TraceTables) {
    this.text = text
    this.tables = tables
  }

  has(string: number): boolean {
    let found = this.known.get(string)
    if (found === undefined) {
      found = this.tables.strings.get(string).includes(this.text)
      this.known.set(string, found)
    }
    return found
  }
}

/** Rows of the regions that pass, by group, goroutine and start. */
export function filterRegions(r: TraceReading, f: RegionFilter): number[] {
  const pc = pcOf(f.pc)
  const { stacks } = r.summaryTables
  const min = durationOf(f.latmin) ?? Number.NEGATIVE_INFINITY
  const max = durationOf(f.latmax) ?? Number.POSITIVE_INFINITY
  const fits = (g: RegionGroup): boolean =>
    (f.type === undefined || g.name === f.type) && (pc === undefined || asUint(stacks.pc[g.frame]) === pc)
  return r.regionGroups
    .filter(fits)
    .flatMap((g) => g.regions)
    .filter((row) => {
      const [from, to] = regionInterval(r.summaries, row, r.endTime)
      return to - from >= min && to - from <= max
    })
}
