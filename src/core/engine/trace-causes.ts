// Causes of latency: what the time of a goroutine, of a task or of a region went into.

import { AssistSpans } from '../analysis/trace/assist-spans.ts'
import { PATH_KINDS, type PathInterval, type PathPiece, PathWalker } from '../analysis/trace/critical-path.ts'
import { GcEvents, type GcSpan } from '../analysis/trace/gc.ts'
import { type PathRow, type PathStep, PathTable } from '../analysis/trace/path-table.ts'
import { Places } from '../analysis/trace/places.ts'
import { TraceSummaries } from '../analysis/trace/summaries.ts'
import { TimelineEvents } from '../analysis/trace/timeline.ts'
import type { Int } from '../base/int64.ts'
import type { TraceTables } from '../model/trace.ts'
import { damageOf } from './trace-damage.ts'
import { runTrace } from './trace-run.ts'
import { type CauseSubject, type CausesQuestion, type Subject, subjectsOf } from './trace-subjects.ts'
import type { TraceDamage } from './trace-summary.ts'

/** A goroutine by its id and its start function. */
export interface NamedGoroutine {
  readonly id: Int
  readonly name: string
}

/** A piece of a path. Times in ns since the trace's start. */
export interface CauseStep {
  readonly start: number
  readonly duration: number
  readonly kind: PathRow['kind']
  readonly goroutine: NamedGoroutine
  /** What it waited for, '' = nothing. */
  readonly reason: string
  readonly place: PathRow['place']
  /** Who had the processor that it waited for. */
  readonly holder: NamedGoroutine | undefined
  /** How many waits lie between the subject and this goroutine. */
  readonly depth: number
  /** Who waited for it meanwhile, what for and where. */
  readonly waiter:
    | { readonly goroutine: NamedGoroutine; readonly reason: string; readonly place: PathRow['place'] }
    | undefined
}

/** Causes of the latency of one thing, or of several of one type together. Times in ns. */
export interface Causes {
  readonly subject: CauseSubject
  /** Of all intervals together. */
  readonly total: number
  /** What the goroutines of the intervals did themselves, by most time. */
  readonly own: readonly PathRow[]
  /** What that time went into along the chain of wake-ups, by most time. */
  readonly path: readonly PathRow[]
  /** Whether other goroutines had a part in it; if not, `path` is `own`. */
  readonly others: boolean
  /** The longest pieces of the path, in order of time, and how many there are in all. */
  readonly steps: readonly CauseStep[]
  readonly pieces: number
}

export interface TraceCauses {
  /** As in the header, e.g. 'go 1.26'. */
  readonly version: string
  readonly durationNs: number
  readonly damage: TraceDamage | undefined
  readonly causes: readonly Causes[]
}

/**
 * No further interval of a subject is looked at once its paths have so many pieces: of one that was asked for, and
 * where nothing was, or all pieces are kept.
 */
const ENOUGH_PIECES = { asked: 5_000_000, otherwise: 300_000 }

/**
 * Finds causes of latency. Throws what runTrace throws, and UserError if the trace has not what is asked for.
 * `progress` is told the share that was read.
 */
export function traceCauses(
  bytes: Uint8Array,
  question: CausesQuestion,
  progress: (share: number) => void = () => {},
): TraceCauses {
  const makeSinks = () => {
    // An event takes five bytes or more.
    const timeline = new TimelineEvents(bytes.length / 5)
    const summaries = new TraceSummaries()
    const assists = new AssistSpans()
    const gc = new GcEvents()
    return { usable: [timeline, summaries, assists, gc], delivered: [], timeline, summaries, assists, gc }
  }
  const { usable, usableEnd, end } = runTrace(bytes, makeSinks, {
    progress: (at) => progress(at / Math.max(1, bytes.length)),
  })
  const { tables, lastTime } = usableEnd
  const { summaries } = usable
  summaries.finish()
  const trace = { tables, summaries, end: lastTime }
  const subjects = subjectsOf(trace, question)
  const timeline = usable.timeline.snapshot()
  const places = new Places(tables)
  const startFunction = summaries.goroutines.name
  const walker = new PathWalker(
    {
      tables,
      goroutines: timeline.goroutines,
      procs: timeline.procs,
      assists: usable.assists.done(lastTime),
      stops: apart(usable.gc.facts().stops),
      startFunction,
    },
    places,
  )
  const explain = new Explainer(tables, startFunction, places, walker, question)
  return {
    version: `go 1.${tables.minor}`,
    durationNs: lastTime,
    damage: damageOf(end),
    causes: subjects.map((s) => explain.causes(s)),
  }
}

class Explainer {
  private readonly tables: TraceTables
  private readonly startFunction: ArrayLike<number>
  private readonly places: Places
  private readonly walker: PathWalker
  private readonly question: CausesQuestion

  constructor(
    tables: TraceTables,
    startFunction: ArrayLike<number>,
    places: Places,
    walker: PathWalker,
    question: CausesQuestion,
  ) {
    this.tables = tables
    this.startFunction = startFunction
    this.places = places
    this.walker = walker
    this.question = question
  }

  causes({ intervals, ...about }: Subject): Causes {
    const { from = 0, to = Number.POSITIVE_INFINITY, steps } = this.question
    const { goroutine, task, region } = this.question
    const asked = (goroutine ?? task ?? region) !== undefined && Number.isFinite(steps)
    const enough = asked ? ENOUGH_PIECES.asked : ENOUGH_PIECES.otherwise
    const own = this.table(0)
    const path = this.table(steps)
    let pieces = 0
    let count = 0
    let others = false
    let self = -1
    const add = (p: PathPiece): void => {
      pieces++
      if (p.goroutine !== self) others = true
      path.add(p)
    }
    for (const whole of intervals) {
      if (pieces > enough) break
      count++
      self = whole.goroutine
      const interval: PathInterval = {
        ...whole,
        from: Math.max(from, whole.from),
        to: Math.min(to, whole.to),
      }
      this.walker.walk(interval, (p) => own.add(p), false)
      this.walker.walk(interval, add)
    }
    return {
      subject: { ...about, count },
      total: path.total,
      own: own.rows(),
      path: path.rows(),
      others,
      steps: path.steps().map((s) => this.step(s)),
      pieces,
    }
  }

  private table(steps: number): PathTable {
    return new PathTable(this.tables, this.startFunction, steps, this.places)
  }

  private step(s: PathStep): CauseStep {
    const { strings } = this.tables
    return {
      start: s.start,
      duration: s.end - s.start,
      kind: PATH_KINDS[s.kind],
      goroutine: this.goroutine(s.goroutine),
      reason: strings.get(s.reason),
      place: this.placeOf(s.stack),
      holder: s.holder < 0 ? undefined : this.goroutine(s.holder),
      depth: s.depth,
      waiter:
        s.waiter < 0
          ? undefined
          : {
              goroutine: this.goroutine(s.waiter),
              reason: strings.get(s.waitReason),
              place: this.placeOf(s.waitStack),
            },
    }
  }

  private placeOf(stack: number): PathRow['place'] {
    return this.places.place(this.places.frame(stack))
  }

  private goroutine(row: number): NamedGoroutine {
    const { goroutines, strings } = this.tables
    return { id: goroutines.id(row), name: strings.get(this.startFunction[row] ?? 0) }
  }
}

/** From, to, from, … of stops in order of time, overlapping ones joined. */
function apart(stops: readonly GcSpan[]): number[] {
  const flat: number[] = []
  for (const { start, duration } of [...stops].sort((a, b) => a.start - b.start)) {
    const last = flat.length - 1
    if (last > 0 && start <= flat[last]) flat[last] = Math.max(flat[last], start + duration)
    else flat.push(start, start + duration)
  }
  return flat
}
