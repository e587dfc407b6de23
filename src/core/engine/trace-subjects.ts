// What causes of latency are asked of: goroutines, tasks, regions, and which of them are worth asking of.

import { originOf } from '../analysis/origin.ts'
import type { PathInterval } from '../analysis/trace/critical-path.ts'
import { isSystemGoroutine } from '../analysis/trace/goroutines.ts'
import { goroutineGroups, regionInterval } from '../analysis/trace/groups.ts'
import type { TraceSummaries } from '../analysis/trace/summaries.ts'
import { UserError } from '../base/errors.ts'
import { type Int, toInt } from '../base/int64.ts'
import type { TraceTables } from '../model/trace.ts'

/** What is asked for; with none of them the worst offenders of the trace. */
export interface CausesQuestion {
  readonly goroutine?: Int
  /** A task's id, or a type of tasks. */
  readonly task?: string
  /** A type of regions. */
  readonly region?: string
  /** Of a type only the longest. */
  readonly longest?: boolean
  /** Only what lies between these times, ns since the trace's start. */
  readonly from?: number
  readonly to?: number
  /** How many of the longest pieces are kept. */
  readonly steps: number
}

/** Something whose time is explained. */
export interface CauseSubject {
  readonly kind: 'goroutine' | 'task' | 'region'
  /** Start function of goroutines, type of a task or region. */
  readonly name: string
  /** Of a single goroutine or task; of a region that of its goroutine. undefined if it is several. */
  readonly id: Int | undefined
  /** How many there are of its name, and how many of them are looked at. */
  readonly of: number
  readonly count: number
  /** Of a single one, ns since the trace's start. */
  readonly from: number | undefined
  readonly to: number | undefined
}

/** A subject before anything is computed. */
export interface Subject extends Omit<CauseSubject, 'count'> {
  readonly intervals: readonly PathInterval[]
}

/** A trace as far as subjects are concerned. `end` is the time of its last event. */
export interface SubjectTrace {
  readonly tables: TraceTables
  readonly summaries: TraceSummaries
  readonly end: number
}

/** So many goroutines of a group are looked at where nobody asked for one. */
const GROUP_SAMPLE = 8
/** So many types of tasks, types of regions and groups of goroutines are shown where nobody asked for one. */
const WORST_TASKS = 3
const WORST_REGIONS = 3
const WORST_GROUPS = 4

/** What a question is about. Throws UserError if the trace has no such thing. */
export function subjectsOf(t: SubjectTrace, q: CausesQuestion): Subject[] {
  if (q.goroutine !== undefined) return [goroutineSubject(t, q.goroutine)]
  if (q.task !== undefined) return [taskSubject(t, q.task, q.longest ?? false)]
  if (q.region !== undefined) return [regionSubject(t, q.region, q.longest ?? false)]
  return worstSubjects(t)
}

function goroutineSubject(t: SubjectTrace, id: Int): Subject {
  const g = t.tables.goroutines.find(id)
  if (g < 0 || !t.summaries.goroutines.isKnown(g)) throw new UserError(`the trace has no goroutine ${id}`)
  const interval = life(t, g)
  const name = t.tables.strings.get(t.summaries.goroutines.name[g])
  return { kind: 'goroutine', name, id, of: 1, from: interval.from, to: interval.to, intervals: [interval] }
}

/** From its creation, or the trace's start, to its end, or the trace's. */
function life(t: SubjectTrace, goroutine: number): PathInterval {
  const { created, ended, unset } = t.summaries.goroutines
  return {
    goroutine,
    from: Math.max(0, created[goroutine]),
    to: ended[goroutine] === unset ? t.end : ended[goroutine],
  }
}

/** Rows of tasks: that of an id, or all of a type. Throws UserError if there is none. */
export function taskRowsOf(tables: TraceTables, summaries: TraceSummaries, asked: string): number[] {
  const { tasks } = summaries
  const { strings } = tables
  const byId = /^\d{1,20}$/.test(asked) ? tables.tasks.find(toInt(BigInt(asked))) : -1
  if (tasks.isKnown(byId)) return [byId]
  const rows = tasks.rows().filter((row) => strings.get(tasks.name[row]) === asked)
  if (rows.length > 0) return rows
  const types = new Set(tasks.rows().map((row) => strings.get(tasks.name[row])))
  throw new UserError(`the trace has no task ${asked}${hint('types of its tasks', [...types])}`)
}

function taskSubject(t: SubjectTrace, asked: string, longest: boolean): Subject {
  const { tasks } = t.summaries
  const { strings } = t.tables
  const rows = taskRowsOf(t.tables, t.summaries, asked)
  const members = new TaskMembers(t)
  const intervals = rows
    .map((row) => members.interval(row))
    .filter((i) => i !== undefined)
    .sort((a, b) => b.to - b.from - (a.to - a.from))
  if (intervals.length === 0) throw new UserError(`nothing is known of the goroutines of task ${asked}`)
  return subject('task', strings.get(tasks.name[intervals[0].task]), longest, intervals, (i) =>
    t.tables.tasks.id(i.task),
  )
}

function regionSubject(t: SubjectTrace, name: string, longest: boolean): Subject {
  const { regions } = t.summaries
  const { strings } = t.tables
  const intervals: PathInterval[] = []
  for (let r = 0; r < regions.count; r++)
    if (strings.get(regions.name[r]) === name) intervals.push(regionPath(t, r))
  if (intervals.length === 0) {
    const types = new Set<string>()
    for (let r = 0; r < regions.count; r++) types.add(strings.get(regions.name[r]))
    throw new UserError(`the trace has no region ${name}${hint('types of its regions', [...types])}`)
  }
  intervals.sort((a, b) => b.to - b.from - (a.to - a.from))
  return subject('region', name, longest, intervals, (i) => t.tables.goroutines.id(i.goroutine))
}

function regionPath(t: SubjectTrace, r: number): PathInterval {
  const [from, to] = regionInterval(t.summaries, r, t.end)
  return { goroutine: t.summaries.regions.goroutine[r], from, to }
}

function hint(what: string, names: readonly string[]): string {
  const some = names.filter((n) => n !== '')
  if (some.length === 0) return `: it has no ${what.replace(/^types of its /, '')}`
  return `; ${what}: ${some.slice(0, 8).join(', ')}${some.length > 8 ? ', …' : ''}`
}

/** Intervals are in order of their length, longest first. */
function subject<I extends PathInterval>(
  kind: CauseSubject['kind'],
  name: string,
  longest: boolean,
  intervals: readonly I[],
  idOf: (interval: I) => Int,
): Subject {
  const chosen = longest ? intervals.slice(0, 1) : intervals
  const one = chosen.length === 1
  return {
    kind,
    name,
    id: one ? idOf(chosen[0]) : undefined,
    of: intervals.length,
    from: one ? chosen[0].from : undefined,
    to: one ? chosen[0].to : undefined,
    intervals: chosen,
  }
}

interface TaskInterval extends PathInterval {
  readonly task: number
}

/** When goroutines first had to do with tasks. */
class TaskMembers {
  private readonly trace: SubjectTrace
  /** Task row -> goroutine row -> time. */
  private readonly since = new Map<number, Map<number, number>>()

  constructor(trace: SubjectTrace) {
    this.trace = trace
    const { tasks, regions } = trace.summaries
    for (let r = 0; r < regions.count; r++) {
      const start = regions.start[r]
      this.add(regions.task[r], regions.goroutine[r], Number.isNaN(start) ? 0 : start)
    }
    const { log } = tasks
    for (let k = 0; k < log.count; k++) this.add(log.task[k], log.goroutine[k], log.time[k])
    for (const row of tasks.rows())
      if (!Number.isNaN(tasks.start[row])) this.add(row, tasks.startGoroutine[row], tasks.start[row])
  }

  /** From the task's begin to its end, seen from the goroutine that ended it. undefined if no goroutine is known. */
  interval(task: number): TaskInterval | undefined {
    const { tasks } = this.trace.summaries
    const open = Number.isNaN(tasks.end[task])
    const begun = Number.isNaN(tasks.start[task])
    const since = this.since.get(task) ?? new Map<number, number>()
    let goroutine = open ? -1 : tasks.endGoroutine[task]
    // Without an end it is with whoever took it last.
    if (goroutine < 0) goroutine = [...since].reduce((a, b) => (b[1] >= a[1] ? b : a), [-1, -1])[0]
    if (goroutine < 0) return undefined
    return {
      task,
      goroutine,
      from: begun ? 0 : tasks.start[task],
      to: open ? this.trace.end : tasks.end[task],
      concerns: (g, time) => (since.get(g) ?? Number.POSITIVE_INFINITY) <= time,
    }
  }

  private add(task: number, goroutine: number, time: number): void {
    if (task < 0 || goroutine < 0) return
    let of = this.since.get(task)
    if (of === undefined) {
      of = new Map()
      this.since.set(task, of)
    }
    const known = of.get(goroutine)
    if (known === undefined || time < known) of.set(goroutine, time)
  }
}

/** The slowest task and region of each of the slowest types, and the groups of goroutines that waited most. */
function worstSubjects(t: SubjectTrace): Subject[] {
  return [...worstTasks(t), ...worstRegions(t), ...worstGroups(t)]
}

function worstTasks(t: SubjectTrace): Subject[] {
  const { tasks } = t.summaries
  const slowest = new Map<number, { row: number; time: number; count: number }>()
  for (const row of tasks.rows()) {
    const time = tasks.end[row] - tasks.start[row]
    if (!Number.isNaN(time)) take(slowest, tasks.name[row], row, time)
  }
  const members = slowest.size > 0 ? new TaskMembers(t) : undefined
  return worst(slowest, WORST_TASKS).flatMap(([name, { row, count }]) => {
    const interval = members?.interval(row)
    if (interval === undefined) return []
    const one = subject('task', t.tables.strings.get(name), true, [interval], () => t.tables.tasks.id(row))
    return [{ ...one, of: count }]
  })
}

function worstRegions(t: SubjectTrace): Subject[] {
  const { regions } = t.summaries
  const slowest = new Map<number, { row: number; time: number; count: number }>()
  for (let r = 0; r < regions.count; r++) {
    const time = regions.end[r] - regions.start[r]
    // Unnamed ones are those that goroutines inherit.
    if (!Number.isNaN(time) && regions.name[r] !== 0) take(slowest, regions.name[r], r, time)
  }
  return worst(slowest, WORST_REGIONS).map(([name, { row, count }]) => {
    const interval = regionPath(t, row)
    const one = subject('region', t.tables.strings.get(name), true, [interval], (i) =>
      t.tables.goroutines.id(i.goroutine),
    )
    return { ...one, of: count }
  })
}

function take(
  slowest: Map<number, { row: number; time: number; count: number }>,
  name: number,
  row: number,
  time: number,
): void {
  const known = slowest.get(name)
  if (known === undefined) slowest.set(name, { row, time, count: 1 })
  else {
    known.count++
    if (time > known.time) {
      known.row = row
      known.time = time
    }
  }
}

function worst<T extends { readonly time: number }>(
  slowest: ReadonlyMap<number, T>,
  most: number,
): [number, T][] {
  return [...slowest].sort((a, b) => b[1].time - a[1].time).slice(0, most)
}

/** Goroutines of packages that serve the runtime: they wait for their work. */
const SERVICE = /^(runtime\/|os\/signal\.)/
/** Groups that waited less than this share of the trace are of no interest. */
const LEAST_WAIT = 0.01

/**
 * Groups whose goroutines waited most. Those that never ran waited for nothing that happened, and sleep is not
 * a wait for anything.
 */
function worstGroups(t: SubjectTrace): Subject[] {
  const { stats } = t.summaries.goroutines
  const sleep = t.tables.strings.intern('sleep')
  const waited = (g: number): number =>
    stats.schedWait[g] + stats.blocked[g] + stats.syscallBlock[g] - stats.reasons.get(g, sleep)
  return goroutineGroups(t.summaries, t.tables)
    .filter((group) => !isSystemGoroutine(group.name) && !SERVICE.test(group.name))
    .map((group) => {
      const members = group.goroutines.filter((g) => stats.exec[g] > 0)
      // Where the program's own goroutines wait, those of libraries wait with them.
      const origin = originOf(group.name, '')
      const rank = origin === 'main' || origin === 'module' ? 1 : 0
      return { group, members, rank, waited: members.reduce((sum, g) => sum + waited(g), 0) }
    })
    .filter((g) => g.waited > t.end * LEAST_WAIT)
    .sort((a, b) => b.rank - a.rank || b.waited - a.waited)
    .slice(0, WORST_GROUPS)
    .map(({ group, members }) => {
      const chosen = members.sort((a, b) => waited(b) - waited(a)).slice(0, GROUP_SAMPLE)
      const intervals = chosen.map((g) => life(t, g))
      return {
        ...subject('goroutine', group.name, false, intervals, (i) => t.tables.goroutines.id(i.goroutine)),
        of: group.goroutines.length,
      }
    })
}
