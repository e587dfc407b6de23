// Pieces of critical paths, summed up by what they are: small however long the paths.

import type { TraceTables } from '../../model/trace.ts'
import { PATH, PATH_KINDS, type PathKind, type PathPiece } from './critical-path.ts'
import { type NamedPlace, Places } from './places.ts'
import { TopList } from './top-list.ts'

/** One line of a table of causes. Times in ns. */
export interface PathRow {
  readonly kind: PathKind
  /** What was waited for; '' = nothing, or not known. */
  readonly reason: string
  readonly place: NamedPlace | undefined
  /**
   * Start function of the goroutines that did it; of those that had the processor (kind processor; '' = none was on
   * it). '' = not known.
   */
  readonly group: string
  readonly count: number
  readonly total: number
  readonly longest: number
}

/** A piece of a path as it is shown: rows are those of the trace's tables. */
export type PathStep = Readonly<PathPiece>

interface Sum {
  readonly kind: number
  readonly reason: number
  readonly frame: number
  readonly group: number
  count: number
  total: number
  longest: number
}

/** Sums pieces by kind, place and start function, and keeps the longest ones. */
export class PathTable {
  /** ns of all pieces. */
  total = 0
  private readonly tables: TraceTables
  private readonly places: Places
  private readonly startFunction: ArrayLike<number>
  private readonly sums = new Map<string, Sum>()
  private readonly longest: TopList<PathStep> | undefined
  private readonly all: PathStep[] | undefined

  /** `steps` is how many of the longest pieces are kept, Infinity for all. */
  constructor(
    tables: TraceTables,
    startFunction: ArrayLike<number>,
    steps: number,
    places = new Places(tables),
  ) {
    this.tables = tables
    this.places = places
    this.startFunction = startFunction
    this.longest = steps > 0 && Number.isFinite(steps) ? new TopList(steps) : undefined
    this.all = steps === Number.POSITIVE_INFINITY ? [] : undefined
  }

  add(p: PathPiece): void {
    const time = p.end - p.start
    this.total += time
    const frame = p.kind === PATH.processor || p.kind === PATH.stopped ? 0 : this.places.frame(p.stack)
    const group = this.groupOf(p.kind === PATH.processor ? p.holder : p.goroutine)
    const key = `${p.kind} ${p.reason} ${this.functionOf(frame)} ${group}`
    let sum = this.sums.get(key)
    if (sum === undefined) {
      sum = { kind: p.kind, reason: p.reason, frame, group, count: 0, total: 0, longest: 0 }
      this.sums.set(key, sum)
    }
    sum.count++
    sum.total += time
    if (time > sum.longest) sum.longest = time
    this.all?.push({ ...p })
    if (this.longest?.wants(time)) this.longest.add(time, { ...p })
  }

  /** Most time first. */
  rows(): PathRow[] {
    return [...this.sums.values()]
      .sort((a, b) => b.total - a.total || b.count - a.count)
      .map((s) => ({
        kind: PATH_KINDS[s.kind],
        reason: this.tables.strings.get(s.reason),
        place: this.places.place(s.frame),
        group: this.tables.strings.get(s.group),
        count: s.count,
        total: s.total,
        longest: s.longest,
      }))
  }

  /** The longest pieces, in order of time. */
  steps(): PathStep[] {
    return (this.longest?.done() ?? this.all ?? []).sort((a, b) => a.start - b.start)
  }

  private groupOf(goroutine: number): number {
    return goroutine < 0 ? 0 : (this.startFunction[goroutine] ?? 0)
  }

  private functionOf(frame: number): number {
    return frame === 0 ? 0 : this.tables.stacks.fn.a[frame]
  }
}
