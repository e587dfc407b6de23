// The document of `goscope trace facts` (facts.md): everything that the pages of a trace are made of.

import type { TraceCounts } from '../../analysis/trace/counts.ts'
import type { GcFacts } from '../../analysis/trace/gc.ts'
import {
  type GoroutineGroup,
  goroutineGroups,
  groupIntervals,
  type RegionGroup,
  regionGroups,
  regionIntervals,
  taskGroups,
} from '../../analysis/trace/groups.ts'
import type { PairTable } from '../../analysis/trace/pair-table.ts'
import type { TraceSummaries } from '../../analysis/trace/summaries.ts'
import type { ViewFacts } from '../../analysis/trace/viewer/summary.ts'
import {
  type AllWaits,
  IntervalWaits,
  WAIT_KINDS,
  type WaitIntervals,
  type WaitingProfile,
  type WaitKind,
} from '../../analysis/trace/waiting-profiles.ts'
import { asSigned, asUint, cmpInt, type Int } from '../../base/int64.ts'
import { EVENT, STATE_NAMES, type TraceTables } from '../../model/trace.ts'
import { type Json, JsonList } from './json-text.ts'

/** So many of the first groups of goroutines, and of regions, have their waiting profiles in the document. */
const GROUP_PROFILES = 4
const REGION_PROFILES = 3

const KIND_NAMES = [
  ...['Sync', 'Metric', 'Label', 'StackSample', 'RangeBegin', 'RangeActive', 'RangeEnd', 'TaskBegin'],
  ...['TaskEnd', 'RegionBegin', 'RegionEnd', 'Log', 'StateTransition', 'StateTransition', 'Experimental'],
]

/** What was found in a trace. */
export interface TraceFindings {
  /** Of the usable events. */
  readonly counts: TraceCounts
  readonly gc: GcFacts
  /** Finished. */
  readonly waits: AllWaits
  /** Tables of the usable events. */
  readonly tables: TraceTables
  /** Time of the last usable event. */
  readonly endTime: number
  /** Of all delivered events, finished; with their own tables. */
  readonly summaries: TraceSummaries
  readonly summaryTables: TraceTables
  /** Bytes up to the last good point of a damaged trace. */
  readonly partial: { readonly validBytes: number; readonly size: number } | undefined
}

/** Groups of goroutines and regions, and the waiting profiles of the first of them. */
export class FactsGroups {
  readonly goroutines: readonly GoroutineGroup[]
  readonly regions: readonly RegionGroup[]
  /** Sees the usable events once more before profiles are asked for. */
  readonly waits: IntervalWaits
  /** Index of a group -> its set of intervals in `waits`. */
  private readonly groupSet = new Map<number, number>()
  private readonly regionSet = new Map<number, number>()

  constructor(f: TraceFindings) {
    const { summaries, summaryTables: tables, endTime } = f
    this.goroutines = goroutineGroups(summaries, tables)
    this.regions = regionGroups(summaries, tables, endTime)
    const sets: WaitIntervals[] = []
    for (const [i, group] of this.goroutines.slice(0, GROUP_PROFILES).entries())
      if (group.name !== '') this.groupSet.set(i, sets.push(groupIntervals(group, summaries, endTime)) - 1)
    for (const [i, group] of this.regions.slice(0, REGION_PROFILES).entries()) {
      const like = this.regionsLike(group, tables)
      this.regionSet.set(i, sets.push(regionIntervals(like, summaries, endTime)) - 1)
    }
    this.waits = new IntervalWaits(tables.goroutines, sets)
  }

  /** Undefined where there is none. */
  groupProfiles(index: number): Json | undefined {
    return this.profilesOf(this.groupSet.get(index))
  }

  regionProfiles(index: number): Json | undefined {
    return this.profilesOf(this.regionSet.get(index))
  }

  private profilesOf(set: number | undefined): Json | undefined {
    if (set === undefined) return undefined
    return eachKind((kind) => profileSums(this.waits.profile(set, kind)))
  }

  /** Profiles are by name and pc only: a pc may stand for several places in a broken trace. */
  private *regionsLike(like: RegionGroup, tables: TraceTables): Generator<number> {
    const { pc } = tables.stacks
    for (const g of this.regions) if (g.name === like.name && pc[g.frame] === pc[like.frame]) yield* g.regions
  }
}

/** The document but for mmu, views and splitRanges, which are added by the caller. */
export function traceFacts(f: TraceFindings, groups: FactsGroups): { [key: string]: Json } {
  const { counts, gc, tables, summaries, summaryTables } = f
  const { strings } = tables
  const byName = (column: Float64Array): Json => countsByName(column, (id) => strings.get(id))
  return {
    facts: 1,
    version: `go 1.${tables.minor}`,
    partial: f.partial === undefined ? null : { validBytes: f.partial.validBytes, size: f.partial.size },
    start: tables.start,
    duration: f.endTime,
    events: counts.events,
    kinds: countsByName(counts.kinds, (kind) => KIND_NAMES[kind]),
    withStack: counts.withStack,
    threads: counts.threads,
    procs: counts.procs,
    goTransitions: transitions(counts.goTransitions),
    procTransitions: transitions(counts.procTransitions),
    reasons: byName(counts.reasons),
    labels: byName(counts.labels),
    logCategories: byName(counts.logCategories),
    experimental: byName(counts.experimental),
    ranges: ranges(counts, tables),
    metrics: new Map(
      [...counts.metrics.values()].map((m) => [
        strings.get(m.name),
        { count: m.count, first: m.first, last: m.last, max: m.max },
      ]),
    ),
    sweep: [asUint(gc.sweptBytes), asUint(gc.reclaimedBytes)],
    stw: gc.stops.map((s) => ({ name: strings.get(s.name), start: s.start, dur: s.duration })),
    gc: gc.marks.map((s) => ({ name: strings.get(s.name), start: s.start, dur: s.duration })),
    groups: groups.goroutines.map((g, i) => ({
      name: g.name,
      count: g.goroutines.length,
      exec: g.exec,
      ...optional('profiles', groups.groupProfiles(i)),
    })),
    goroutines: new JsonList(goroutineRows(summaries, summaryTables)),
    tasks: new JsonList(taskRows(summaries, summaryTables)),
    taskGroups: taskGroups(summaries, summaryTables).map((g) => ({
      name: g.name,
      count: g.tasks.length,
      complete: g.durations.count,
      histogram: g.durations.rows(),
    })),
    regions: groups.regions.map((g, i) => ({
      ...regionFacts(g, summaries, summaryTables),
      ...optional('profiles', groups.regionProfiles(i)),
    })),
    profiles: wholeProfiles(f.waits),
  }
}

/** What the views add to the document. */
export function viewFacts(views: Record<string, ViewFacts | null>): Json {
  const map = <T extends Json>(o: Record<string, T>): Map<string, T> => new Map(Object.entries(o))
  return map(
    Object.fromEntries(
      Object.entries(views).map(([name, v]) => [
        name,
        v && {
          events: v.events,
          counts: map(v.counts),
          slices: map(v.slices),
          stacks: v.stacks,
          endStacks: v.endStacks,
          frames: v.frames,
          first: v.first,
          last: v.last,
          names: v.names,
          counterMax: map(v.counterMax),
        },
      ]),
    ),
  )
}

function optional(key: string, value: Json | undefined): { [key: string]: Json } {
  return value === undefined ? {} : { [key]: value }
}

/** Names come from the trace, so they are keys of a map: an object has names of its own. */
function countsByName(column: Float64Array, name: (id: number) => string): Map<string, number> {
  const out = new Map<string, number>()
  for (let id = 0; id < column.length; id++)
    if (column[id] > 0) out.set(name(id), (out.get(name(id)) ?? 0) + column[id])
  return out
}

function transitions(column: Float64Array): Json {
  const n = STATE_NAMES.length
  return countsByName(column, (k) => `${STATE_NAMES[Math.floor(k / n)]}->${STATE_NAMES[k % n]}`)
}

function ranges(counts: TraceCounts, tables: TraceTables): Json {
  const out = new Map<string, { [kind: string]: number }>()
  for (let k = 0; k < counts.ranges.length; k++) {
    if (counts.ranges[k] === 0) continue
    const name = tables.strings.get(Math.floor(k / 3))
    const kind = KIND_NAMES[EVENT.RangeBegin + (k % 3)]
    out.set(name, { ...out.get(name), [kind]: counts.ranges[k] })
  }
  return out
}

/** One row per goroutine, made when it is written: there may be hundreds of thousands. */
function* goroutineRows(s: TraceSummaries, tables: TraceTables): Generator<Json> {
  const { goroutines, regions } = s
  const { stats, unset } = goroutines
  const id = (g: number): Int => asSigned(tables.goroutines.id(g))
  const rows: number[] = []
  for (let g = 0; g < tables.goroutines.count; g++) if (goroutines.isKnown(g)) rows.push(g)
  rows.sort((a, b) => cmpInt(id(a), id(b)))
  const known = (time: number): number | null => (time === unset ? null : time)
  for (const g of rows)
    yield [
      id(g),
      tables.strings.get(goroutines.name[g]),
      goroutines.created[g],
      known(goroutines.started[g]),
      known(goroutines.ended[g]),
      stats.total[g],
      stats.exec[g],
      stats.schedWait[g],
      stats.syscall[g],
      stats.syscallBlock[g],
      pairs(stats.reasons, g, tables),
      pairs(stats.ranges, g, tables),
      regions.countOf(g),
    ]
}

function pairs(table: PairTable, row: number, tables: TraceTables): Map<string, number> {
  const out = new Map<string, number>()
  for (let e = table.first(row); e >= 0; e = table.after(e))
    if (table.value[e] !== 0) out.set(tables.strings.get(table.key(e)), table.value[e])
  return out
}

function* taskRows(s: TraceSummaries, tables: TraceTables): Generator<Json> {
  const { tasks } = s
  const id = (t: number): Int => asUint(tables.tasks.id(t))
  const families = tasks.familySizes()
  const known = (time: number): number | null => (Number.isNaN(time) ? null : time)
  for (const t of tasks.rows().sort((a, b) => cmpInt(id(a), id(b))))
    yield [
      id(t),
      tables.strings.get(tasks.name[t]),
      tasks.parent[t] < 0 ? null : id(tasks.parent[t]),
      known(tasks.start[t]),
      known(tasks.end[t]),
      tasks.logCount[t],
      tasks.regionCount[t],
      tasks.goroutineCount(t),
      families[t],
    ]
}

function regionFacts(g: RegionGroup, s: TraceSummaries, tables: TraceTables): { [key: string]: Json } {
  const { stacks, strings } = tables
  const { stats } = s.regions
  const sums = [0, 0, 0, 0, 0, 0]
  for (const r of g.regions)
    for (const [k, column] of [
      ...[stats.total, stats.exec, stats.schedWait, stats.syscall, stats.syscallBlock, stats.blocked],
    ].entries())
      sums[k] += column[r]
  return {
    type: g.name,
    func: strings.get(stacks.fn.a[g.frame]),
    line: asUint(stacks.line[g.frame]),
    pc: asUint(stacks.pc[g.frame]),
    count: g.durations.count,
    histogram: g.durations.rows(),
    stats: sums,
  }
}

/** null: there are no goroutines. */
function wholeProfiles(waits: AllWaits): Json {
  return eachKind((kind) => (waits.any ? profileSums(waits.profile(kind)) : null))
}

function eachKind(make: (kind: WaitKind) => Json): Json {
  return Object.fromEntries(WAIT_KINDS.map((kind) => [kind, make(kind)]))
}

/** [stacks, count, delay] */
function profileSums(p: WaitingProfile | undefined): Json {
  let count = 0
  let delay = 0
  const stacks = p?.stack.length ?? 0
  for (let k = 0; p !== undefined && k < stacks; k++) {
    count += p.count[k]
    delay += p.delay[k]
  }
  return [stacks, count, delay]
}
