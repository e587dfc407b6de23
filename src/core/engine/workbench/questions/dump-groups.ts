// Goroutines of a dump in groups, with what is to be said of them: leaks, who blocks whom, crashes, races.

import { crashAdvice, crashFrame } from '../../../analysis/goroutines/crashes.ts'
import { buildGroups, StackKeys } from '../../../analysis/goroutines/groups.ts'
import { buildLeaks } from '../../../analysis/goroutines/leaks.ts'
import { stateMeaning } from '../../../analysis/goroutines/states.ts'
import { buildWaits, type Certainty } from '../../../analysis/goroutines/waits.ts'
import {
  changesOf,
  type DumpLook,
  type DumpQuery,
  type FrameWords,
  frameWords,
  lookAtDump,
} from '../dump-look.ts'
import type { Asking } from '../question.ts'
import type { DumpMoment } from '../runtime-sources.ts'
import type { Workbench } from '../workbench.ts'

/** A group: goroutines with like stacks in one state, made at the same place. */
export interface GroupRow {
  /** A row of the table of goroutines, by which its stack is asked for. */
  readonly example: number
  readonly count: number
  readonly state: string
  /** What the state is of: 'channel', 'lock', …; see analysis/goroutines/states.ts. */
  readonly kind: string
  readonly holdsThread: boolean
  /** The frame that tells what it is about: the program's own first. */
  readonly frame: FrameWords
  readonly created: FrameWords
  /** Whole minutes of waiting: least, median, most. */
  readonly minutes: readonly [number, number, number]
  readonly stacks: number
  /** Row of `suspects`; -1 for none. */
  readonly suspect: number
  /** Goroutines with this stack, in whatever state, in each of `compared`; empty if none are compared. */
  readonly history: readonly number[]
  /** Of them: in every dump, with the same stack, waiting; new since the first; -1 if ids are not known. */
  readonly stuck: number
  readonly fresh: number
}

export interface SuspectRow {
  readonly certainty: 'proven' | 'likely' | 'possible'
  readonly count: number
  readonly reasons: readonly string[]
  readonly frame: FrameWords
  /** More goroutines every second from the first dump to the last, NaN if times are not known. */
  readonly perSecond: number
}

/** Something that goroutines wait for. */
export interface WaitRow {
  readonly kind: string
  readonly address: string
  readonly count: number
  /** Waiting goroutines by where they wait, most first. */
  readonly waiters: readonly { readonly frame: FrameWords; readonly count: number; readonly row: number }[]
  readonly holder?: {
    readonly row: number
    readonly goid: number
    readonly frame: FrameWords
    readonly state: string
    readonly certainty: Certainty
    readonly why: string
    /** What it waits for itself: row of `waits`, -1 for none. */
    readonly waitsFor: number
  }
}

export interface CrashWords {
  readonly kind: 'panic' | 'fatal' | 'signal'
  readonly text: string
  readonly more: readonly string[]
  readonly frame: FrameWords
  readonly meaning: string
  readonly remedy: string
}

export interface DumpGroups {
  /** All dumps of the workbench, in order of time. */
  readonly moments: readonly DumpMoment[]
  /** Index in `moments` of the one that is shown; -1 if there is none, and then the rest is not here. */
  readonly at: number
  readonly data?: {
    /** Goroutines that pass the filter, and all of the dump. */
    readonly total: number
    readonly whole: number
    readonly states: readonly {
      readonly state: string
      readonly kind: string
      readonly count: number
      readonly meaning: string
    }[]
    readonly groups: readonly GroupRow[]
    /** Groups that were left out. */
    readonly left: number
    /** Indexes in `moments`. */
    readonly compared: readonly number[]
    /** Stacks that are in an earlier dump and not in this one, most first. */
    readonly gone: readonly { readonly frame: FrameWords; readonly history: readonly number[] }[]
    readonly suspects: readonly SuspectRow[]
    readonly waits: readonly WaitRow[]
    /** Goroutines that wait for one another in a circle. */
    readonly cycles: readonly { readonly goids: readonly number[]; readonly certainty: Certainty }[]
    /** Goroutines that wait for something whose address the dump does not show. */
    readonly notVisible: number
    /** Goroutines that the collector proved to be leaked (Go 1.26's goroutineleak profile); -1 if it was not asked. */
    readonly provenLeaks: number
    readonly crash: CrashWords | undefined
    readonly races: readonly { readonly count: number; readonly accesses: readonly RaceWords[] }[]
    readonly remarks: readonly string[]
  }
}

export interface RaceWords {
  readonly what: string
  readonly goid: number
  readonly frame: FrameWords
}

/** Groups at most: every one has texts. */
const GROUPS = 5000
const GONE = 50

export async function answer(w: Workbench, params: DumpQuery, x: Asking): Promise<DumpGroups> {
  const look = await lookAtDump(w, params, x)
  if (look === undefined) return { moments: [], at: -1 }
  const { g, origins, moment, rows, dumps } = look
  const { table, strings } = g
  const groups = buildGroups(g, new StackKeys(g, params.by ?? 'lines', origins), rows)
  const { keys, comparison, moments: compared } = changesOf(look, params)
  await x.breathe()
  const histories = new Map(comparison?.groups.map((h) => [h.key, h]))
  const leaks = buildLeaks(
    g,
    comparison === undefined ? groups : buildGroups(g, keys, rows),
    comparison,
    origins,
  )
  const suspectOf = new Map(leaks.map((s, k) => [`${keys.of(s.example)} ${table.state[s.example]}`, k]))
  const states = new Map<number, number>()
  let total = 0
  for (const row of rows) {
    total += table.weight[row]
    states.set(table.state[row], (states.get(table.state[row]) ?? 0) + table.weight[row])
  }
  const count = Math.min(GROUPS, groups.count)
  const seconds = secondsOf(compared)
  return {
    moments: dumps.moments,
    at: dumps.moments.indexOf(moment),
    data: {
      total,
      whole: look.whole,
      states: [...states]
        .map(([id, n]) => {
          const state = strings.get(id)
          const { kind, meaning } = stateMeaning(state)
          return { state, kind, count: n, meaning }
        })
        .sort((a, b) => b.count - a.count || (a.state < b.state ? -1 : 1)),
      groups: Array.from({ length: count }, (_, k): GroupRow => {
        const row = groups.example[k]
        const state = strings.get(table.state[row])
        const { kind, holdsThread } = stateMeaning(state)
        const history = histories.get(keys.of(row))
        return {
          example: row,
          count: groups.weight[k],
          state,
          kind,
          holdsThread,
          frame: frameWords(g, origins, origins.telling(table.stack[row])),
          created: frameWords(g, origins, table.createdBy[row]),
          minutes: [groups.minMinutes[k], groups.medianMinutes[k], groups.maxMinutes[k]],
          stacks: groups.stacks[k],
          suspect: suspectOf.get(`${keys.of(row)} ${table.state[row]}`) ?? -1,
          history: history?.weights ?? [],
          stuck: history?.stuck ?? -1,
          fresh: history?.fresh ?? -1,
        }
      }),
      left: groups.count - count,
      compared: compared.map((m) => dumps.moments.indexOf(m)),
      gone: (comparison?.groups ?? [])
        .filter((h) => h.weights.at(-1) === 0)
        .slice(0, GONE)
        .map((h) => ({
          frame: frameWords(g, origins, origins.telling(table.stack[h.example])),
          history: h.weights,
        })),
      suspects: leaks.map((s) => ({
        certainty: s.certainty,
        count: s.weight,
        reasons: s.reasons,
        frame: frameWords(g, origins, origins.telling(table.stack[s.example])),
        perSecond:
          s.weights !== undefined && seconds > 0
            ? ((s.weights.at(-1) ?? 0) - s.weights[0]) / seconds
            : Number.NaN,
      })),
      ...waitsOf(look),
      provenLeaks: Math.max(
        -1,
        ...g.dumps.filter((d) => d.profileName === 'goroutineleak').map((d) => d.profileTotal),
      ),
      crash: crashOf(look),
      races: racesOf(look),
      remarks: dumps.problems.map((p) => p.message),
    },
  }
}

function secondsOf(compared: readonly DumpMoment[]): number {
  const first = compared[0]?.time ?? Number.NaN
  const last = compared.at(-1)?.time ?? Number.NaN
  return (last - first) / 1e9
}

/** Points of waiting that are listed; connections have one waiter each and say nothing. */
const POINTS = 200
const WAITERS = 12

function waitsOf({ g, origins, rows }: DumpLook): {
  waits: WaitRow[]
  cycles: { goids: number[]; certainty: Certainty }[]
  notVisible: number
} {
  const { table, strings } = g
  const found = buildWaits(g, rows, origins)
  const points = found.points
    .filter((p) => p.kind !== 'connection' && (p.rows.length > 1 || p.holder !== undefined))
    .slice(0, POINTS)
  const pointOf = new Map(points.flatMap((p, k) => p.rows.map((row) => [row, k] as const)))
  const telling = (row: number): FrameWords => frameWords(g, origins, origins.telling(table.stack[row]))
  const waits = points.map((p): WaitRow => {
    const byFrame = new Map<number, { row: number; count: number }>()
    for (const row of p.rows) {
      const frame = origins.telling(table.stack[row])
      const known = byFrame.get(frame)
      if (known === undefined) byFrame.set(frame, { row, count: 1 })
      else known.count++
    }
    const { holder } = p
    return {
      kind: p.kind,
      address: p.address,
      count: p.rows.length,
      waiters: [...byFrame.values()]
        .sort((a, b) => b.count - a.count)
        .slice(0, WAITERS)
        .map(({ row, count }) => ({ frame: telling(row), count, row })),
      ...(holder && {
        holder: {
          row: holder.row,
          goid: table.goid[holder.row],
          frame: telling(holder.row),
          state: strings.get(table.state[holder.row]),
          certainty: holder.certainty,
          why: holder.why,
          waitsFor: pointOf.get(holder.row) ?? -1,
        },
      }),
    }
  })
  return {
    waits,
    cycles: found.cycles.map((c) => ({ goids: c.rows.map((r) => table.goid[r]), certainty: c.certainty })),
    notVisible: found.notVisible,
  }
}

function crashOf({ g, origins, moment }: DumpLook): CrashWords | undefined {
  const { crash, start, end } = g.dumps[moment.dump]
  if (crash === undefined) return undefined
  const texts =
    crash.fatal !== ''
      ? [`fatal error: ${crash.fatal}`]
      : crash.panics.map((p) => `panic: ${p.text}${p.recovered ? ' [recovered]' : ''}`)
  const [text = crash.signal, ...more] = texts
  const advice = crashAdvice(crash)
  return {
    kind: crash.kind,
    text,
    more: [
      ...more,
      ...(crash.signal !== '' && crash.signal !== text ? [crash.signal] : []),
      ...crash.runtimeLines,
    ],
    frame: frameWords(g, origins, start < end ? crashFrame(g, g.table.stack[start], origins) : 0),
    meaning: advice?.meaning ?? '',
    remedy: advice?.remedy ?? '',
  }
}

function racesOf({ g, origins }: DumpLook): { count: number; accesses: RaceWords[] }[] {
  const found = new Map<string, { count: number; accesses: RaceWords[] }>()
  for (const race of g.races) {
    const key = race.accesses.map((a) => `${a.what} ${a.stack}`).join()
    const known = found.get(key)
    if (known !== undefined) known.count++
    else
      found.set(key, {
        count: 1,
        accesses: race.accesses.map((a) => ({
          what: a.what,
          goid: a.goid,
          frame: frameWords(g, origins, a.stack === 0 ? 0 : origins.telling(a.stack)),
        })),
      })
  }
  return [...found.values()].sort((a, b) => b.count - a.count)
}
