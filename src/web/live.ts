// Live numbers of `goscope watch --web`: fetched beat by beat while the page is seen, kept as columns for charts.

import { signal } from '@preact/signals'
import { METRICS, type MetricName, type Values } from '../core/analysis/live/metrics.ts'
import { readBoot } from './boot.ts'
import { AskError, addUrls, post, request } from './session.ts'

/** A program that is watched. */
export interface LiveTarget {
  readonly shown: string
  readonly program: string
  readonly goVersion: string
  readonly pid: number | null
  /** Seconds since 1970 of each reading, ascending. */
  readonly times: readonly number[]
  /** As long as `times`; NaN where a value was missing. */
  readonly columns: ReadonlyMap<MetricName, readonly number[]>
  /** The newest reading, and the newest value of each metric, however old. */
  readonly latest: Values
  readonly last: Values
  readonly problem: string
  readonly ended: boolean
}

interface Line {
  readonly at: number
  readonly target: number
  readonly values: Values
  readonly problem?: string
  readonly ended?: boolean
}

interface Feed {
  readonly targets: readonly Pick<LiveTarget, 'shown' | 'program' | 'goVersion' | 'pid'>[]
  readonly from: number
  readonly next: number
  readonly readings: readonly Line[]
}

/** Readings that the page keeps: an hour of one a second. */
const KEPT = 3600
/** A silent server is asked again after so many beats, at most. */
const SLOWEST = 16

const boot = readBoot()

/** Whether this page was opened by `goscope watch --web`. */
export const isLive = boot.live !== undefined

export const liveTargets = signal<readonly LiveTarget[]>([])
/** Why there are no new numbers; '' if there are. */
export const liveProblem = signal('')
/** Whether the charts stand still. Readings come in all the same. */
export const paused = signal(false)
/** What is being taken, by `target what`. */
export const taking = signal<ReadonlySet<string>>(new Set())
/** What was taken last, or why not. */
export const taken = signal('')

const state = { next: 0, failures: 0, started: false }

/** Begins to ask; once. */
export function startLive(): void {
  if (state.started || boot.live === undefined) return
  state.started = true
  const { intervalMs } = boot.live
  const beat = async (): Promise<void> => {
    // A page that nobody sees asks nothing; what it missed is there when it is seen again.
    if (!document.hidden) await ask()
    setTimeout(beat, intervalMs * Math.min(SLOWEST, 2 ** state.failures))
  }
  document.addEventListener('visibilitychange', () => void (document.hidden || ask()))
  void beat()
}

async function ask(): Promise<void> {
  try {
    const feed: Feed = await (await request(`live?from=${state.next}`)).json()
    state.failures = 0
    state.next = feed.next
    liveProblem.value = ''
    if (feed.readings.length > 0 || liveTargets.peek().length === 0) take(feed)
  } catch (e) {
    state.failures++
    liveProblem.value = e instanceof AskError ? e.message : String(e)
  }
}

function take(feed: Feed): void {
  const before = liveTargets.peek()
  liveTargets.value = feed.targets.map((facts, k) => {
    const lines = feed.readings.filter((r) => r.target === k)
    const old = before[k]
    const newest = lines.at(-1)
    const times = [...(old?.times ?? []), ...lines.map((l) => l.at / 1000)].slice(-KEPT)
    const columns = new Map<MetricName, readonly number[]>()
    const names = new Set<MetricName>(old?.columns.keys())
    for (const l of lines)
      for (const name of Object.keys(l.values)) if (name in METRICS) names.add(name as MetricName)
    for (const name of names) {
      const known = old?.columns.get(name) ?? new Array<number>(old?.times.length ?? 0).fill(Number.NaN)
      columns.set(name, [...known, ...lines.map((l) => l.values[name] ?? Number.NaN)].slice(-KEPT))
    }
    return {
      ...facts,
      times,
      columns,
      latest: newest?.values ?? old?.latest ?? {},
      last: { ...old?.last, ...Object.assign({}, ...lines.map((l) => l.values)) },
      problem: newest?.problem ?? (newest === undefined ? (old?.problem ?? '') : ''),
      ended: newest?.ended ?? old?.ended ?? false,
    }
  })
}

/** What can be taken of a program now. */
export type Take = 'capture' | 'cpu' | 'heap' | 'goroutines'

/** Takes it, and opens it beside what is here. */
export async function takeNow(target: number, what: Take): Promise<void> {
  const key = `${target} ${what}`
  if (taking.peek().has(key)) return
  taking.value = new Set([...taking.peek(), key])
  taken.value = ''
  try {
    const done: { path: string; sources: { name: string; url: string }[] } = await (
      await post('take', { target: String(target), what })
    ).json()
    addUrls(done.sources)
    taken.value = `${done.path}: open in the other tabs`
  } catch (e) {
    taken.value = e instanceof AskError ? e.message : String(e)
  } finally {
    const rest = new Set(taking.peek())
    rest.delete(key)
    taking.value = rest
  }
}
