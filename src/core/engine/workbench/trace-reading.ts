// What the pages of a trace are made of: one reading of the file, then every answer comes from its tables.

import { TraceCounts } from '../../analysis/trace/counts.ts'
import { GcEvents } from '../../analysis/trace/gc.ts'
import {
  type GoroutineGroup,
  goroutineGroups,
  type RegionGroup,
  regionGroups,
  type TaskGroup,
  taskGroups,
} from '../../analysis/trace/groups.ts'
import { MmuCurve } from '../../analysis/trace/mmu.ts'
import { Places } from '../../analysis/trace/places.ts'
import { TraceSummaries } from '../../analysis/trace/summaries.ts'
import { TraceSummarizer, type TraceSummary } from '../../analysis/trace/summary.ts'
import { UtilizationEvents, type UtilizationFlags } from '../../analysis/trace/utilization.ts'
import { WaitLog } from '../../analysis/trace/wait-log.ts'
import { UserError } from '../../base/errors.ts'
import type { TraceEnd } from '../../formats/trace/read-trace.ts'
import type { TraceTables } from '../../model/trace.ts'
import { damageOf } from '../trace-damage.ts'
import { runTrace } from '../trace-run.ts'
import type { TraceDamage } from '../trace-summary.ts'
import type { Asking } from './question.ts'
import type { Workbench } from './workbench.ts'

function makeSinks() {
  const counts = new TraceCounts()
  const gc = new GcEvents()
  const utilization = new UtilizationEvents()
  const waits = new WaitLog()
  const summarizer = new TraceSummarizer()
  const summaries = new TraceSummaries()
  const usable = [counts, gc, utilization, waits, ...summarizer.sinks]
  return { usable, delivered: [summaries], counts, gc, utilization, waits, summarizer, summaries }
}

/** A trace that was read for its pages. What pages show of a damaged one is as the reference shows it: see runTrace. */
export class TraceReading {
  /** Of all that was read, finished; rows are those of `summaryTables`. */
  readonly summaries: TraceSummaries
  readonly summaryTables: TraceTables
  /** Of what lies before the last good point. */
  readonly waits: WaitLog
  readonly gc: GcEvents
  readonly counts: TraceCounts
  readonly tables: TraceTables
  /** Time of the last usable event, ns since the trace's start. */
  readonly endTime: number
  readonly end: TraceEnd
  readonly usableEnd: TraceEnd
  private readonly utilization: UtilizationEvents
  private readonly summarizer: TraceSummarizer
  private madeSummary: TraceSummary | undefined
  private madeGroups: GoroutineGroup[] | undefined
  private madeRegions: RegionGroup[] | undefined
  private madeTasks: TaskGroup[] | undefined
  private madePlaces: Places | undefined
  private readonly curves = new Map<string, MmuCurve | undefined>()

  /** Throws what runTrace throws. `progress` is told the bytes read. */
  constructor(bytes: Uint8Array, progress: (bytes: number) => void = () => {}) {
    const run = runTrace(bytes, makeSinks, { progress })
    this.summaries = run.delivered.summaries
    this.summaries.finish()
    this.summaryTables = run.end.tables
    this.waits = run.usable.waits
    this.gc = run.usable.gc
    this.counts = run.usable.counts
    this.utilization = run.usable.utilization
    this.summarizer = run.usable.summarizer
    this.tables = run.usableEnd.tables
    this.endTime = run.usableEnd.lastTime
    this.end = run.end
    this.usableEnd = run.usableEnd
  }

  get damage(): TraceDamage | undefined {
    return damageOf(this.end)
  }

  get summary(): TraceSummary {
    const { usableEnd } = this
    this.madeSummary ??= this.summarizer.done(usableEnd.tables, {
      events: usableEnd.events,
      time: usableEnd.lastTime,
    })
    return this.madeSummary
  }

  /** Goroutines by start function, those that ran longest first. */
  get groups(): readonly GoroutineGroup[] {
    this.madeGroups ??= goroutineGroups(this.summaries, this.summaryTables)
    return this.madeGroups
  }

  /** Throws UserError if no goroutine starts with that function. */
  group(name: string): GoroutineGroup {
    const found = this.groups.find((g) => g.name === name)
    if (found === undefined)
      throw new UserError(`no goroutine of this trace starts with ${name || '(no name)'}`)
    return found
  }

  /** User regions that are done, by name and place of their begin. */
  get regionGroups(): readonly RegionGroup[] {
    this.madeRegions ??= regionGroups(this.summaries, this.summaryTables, this.endTime)
    return this.madeRegions
  }

  get taskGroups(): readonly TaskGroup[] {
    this.madeTasks ??= taskGroups(this.summaries, this.summaryTables)
    return this.madeTasks
  }

  /** Frames worth naming, of `tables`. */
  get places(): Places {
    this.madePlaces ??= new Places(this.tables)
    return this.madePlaces
  }

  /** Utilization counted in one of the 32 ways; undefined where the trace tells nothing, or contradicts itself. */
  mmu(flags: UtilizationFlags): MmuCurve | undefined {
    const key = JSON.stringify(flags)
    if (!this.curves.has(key)) {
      const series = this.utilization.series(flags)
      const curve = series === undefined || series.length === 0 ? undefined : new MmuCurve(series)
      this.curves.set(key, curve === undefined || curve.undefined ? undefined : curve)
    }
    return this.curves.get(key)
  }
}

/** The reading of a trace's file, made once. Throws UserError if it is no trace, and what runTrace throws. */
export function traceReading(w: Workbench, file: number, x: Asking): TraceReading {
  return w.memo.of('trace reading', file, () => {
    const { bytes, kind, name } = w.file(file)
    if (kind !== 'trace') throw new UserError(`${name} is no execution trace`)
    return new TraceReading(bytes, (at) => x.progress(at, bytes.length, 'reading the trace'))
  })
}
