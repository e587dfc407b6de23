// What happened in a trace, and where latency came from: small enough to print.

import type { Int } from '../../base/int64.ts'
import type { EventSink, TraceTables } from '../../model/trace.ts'
import { originOf } from '../origin.ts'
import { ActivitySink, type TraceActivity } from './activity.ts'
import { GcEvents } from './gc.ts'
import { LatencySink } from './latency.ts'

/** A frame worth naming: the user's, or the outermost that is not the runtime's. */
export interface TracePlace {
  readonly fn: string
  readonly file: string
  readonly line: Int
}

/** All durations in ns; times in ns since the trace's start. */
export interface TraceSummary extends TraceActivity {
  /** As in the header, e.g. 'go 1.26'. */
  readonly version: string
  readonly events: number
  /** Goroutines that ran at once, on average. */
  readonly running: number
  readonly procs: readonly { readonly id: Int; readonly busy: number }[]
  readonly goroutines: number
  readonly sched: {
    readonly count: number
    readonly mean: number
    readonly p50: number
    readonly p95: number
    readonly p99: number
    readonly max: number
    readonly meanReady: number
    readonly mostReady: number
    readonly worst: readonly {
      readonly goroutine: Int
      readonly start: number
      readonly duration: number
      readonly before: { readonly goroutine: Int; readonly ran: number } | undefined
    }[]
  }
  readonly longRuns: readonly {
    readonly goroutine: Int
    readonly start: number
    readonly duration: number
    readonly waiting: number
    readonly place: TracePlace | undefined
  }[]
  readonly blocked: readonly {
    readonly reason: string
    readonly count: number
    readonly total: number
    readonly longest: number
    readonly place: TracePlace | undefined
  }[]
  readonly gc: {
    readonly cycles: number
    /** Time in which the collector was marking. */
    readonly marking: number
    /** Share of all time on processors that was the collector's own goroutines'. */
    readonly share: number
    readonly stops: readonly {
      readonly name: string
      readonly count: number
      readonly total: number
      readonly longest: number
    }[]
    readonly assist: { readonly count: number; readonly time: number; readonly longest: number }
    readonly sweep: { readonly count: number; readonly time: number; readonly longest: number }
  }
  /** Threads by their time in system calls, most first. */
  readonly threads: readonly { readonly id: Int; readonly time: number; readonly count: number }[]
}

/** Rows kept of each list. */
const ROWS = 10
/** Goroutines of the runtime that do the collector's work. */
const COLLECTOR = /^runtime\.(gcBgMarkWorker|bgsweep|bgscavenge|forcegchelper)/

/** The sinks that make a summary, also of a trace with gaps. Feed all of `sinks` with all events, then ask `done`. */
export class TraceSummarizer {
  readonly sinks: readonly EventSink[]
  private readonly activity = new ActivitySink()
  private readonly latency = new LatencySink(ROWS)
  private readonly gc = new GcEvents()

  constructor() {
    this.sinks = [this.activity, this.latency, this.gc]
  }

  /** The summary. `end` is how many events there were, and the time of the last one. */
  done(tables: TraceTables, end: { readonly events: number; readonly time: number }): TraceSummary {
    const activity = this.activity.done(end.time)
    const latency = this.latency.done(end.time)
    const gc = this.gc.facts()
    const duration = end.time
    const goid = (row: number): Int => tables.goroutines.id(row)
    const exec = activity.groups.reduce((sum, g) => sum + g.exec, 0)
    const collector = activity.groups
      .filter((g) => COLLECTOR.test(g.name))
      .reduce((sum, g) => sum + g.exec, 0)
    const stops = new Map<string, { count: number; total: number; longest: number }>()
    for (const s of gc.stops) {
      const name = tables.strings.get(s.name).replace(/^stop-the-world \((.*)\)$/, '$1')
      const known = stops.get(name) ?? { count: 0, total: 0, longest: 0 }
      stops.set(name, {
        count: known.count + 1,
        total: known.total + s.duration,
        longest: Math.max(known.longest, s.duration),
      })
    }
    const threads: { id: Int; time: number; count: number }[] = []
    for (let m = 0; m < tables.threads.count; m++)
      if (latency.threadSyscalls[m] > 0)
        threads.push({
          id: tables.threads.id(m),
          time: latency.threadSyscall[m],
          count: latency.threadSyscalls[m],
        })
    const procs: { id: Int; busy: number }[] = []
    for (let p = 0; p < tables.procs.count; p++)
      if (latency.procBusy[p] > 0) procs.push({ id: tables.procs.id(p), busy: latency.procBusy[p] })
    const { delays } = latency
    return {
      ...activity,
      version: `go 1.${tables.minor}`,
      events: end.events,
      running: duration > 0 ? activity.concurrency.reduce((sum, ns, k) => sum + ns * k, 0) / duration : 0,
      procs: procs.sort((a, b) => b.busy - a.busy),
      goroutines: tables.goroutines.count,
      sched: {
        count: delays.count,
        mean: delays.count > 0 ? delays.sum / delays.count : 0,
        p50: delays.percentile(0.5),
        p95: delays.percentile(0.95),
        p99: delays.percentile(0.99),
        max: delays.max,
        meanReady: latency.meanReady,
        mostReady: latency.mostReady,
        worst: latency.worst.map((d) => ({
          goroutine: goid(d.goroutine),
          start: d.start,
          duration: d.duration,
          before: d.before >= 0 ? { goroutine: goid(d.before), ran: d.beforeRan } : undefined,
        })),
      },
      longRuns: latency.runs.map((r) => ({
        goroutine: goid(r.goroutine),
        start: r.start,
        duration: r.duration,
        waiting: r.waiting,
        place: placeOf(tables, r.stack),
      })),
      blocked: latency.blocked
        .map((b) => ({
          reason: tables.strings.get(b.reason),
          count: b.count,
          total: b.total,
          longest: b.longest,
          place: placeOf(tables, b.stack),
        }))
        // Goroutines of the runtime wait for their work: that is no latency of the program's.
        .filter((b) => b.reason !== 'preempted' && b.place !== undefined && isProgram(b.place))
        .slice(0, ROWS),
      gc: {
        cycles: gc.marks.length,
        marking: gc.marks.reduce((sum, m) => sum + m.duration, 0),
        share: exec > 0 ? collector / exec : 0,
        stops: [...stops].map(([name, s]) => ({ name, ...s })).sort((a, b) => b.total - a.total),
        assist: gc.assist,
        sweep: gc.sweep,
      },
      threads: threads.sort((a, b) => b.time - a.time).slice(0, ROWS),
    }
  }
}

/** The nearest frame of the user's on a stack; else the outermost one. undefined for no stack. */
function placeOf(tables: TraceTables, stack: number): TracePlace | undefined {
  if (stack <= 0) return undefined
  const { stacks, strings } = tables
  const from = stacks.start.a[stack]
  const to = stacks.start.a[stack + 1]
  if (from === to) return undefined
  let frame = stacks.frame.a[to - 1]
  for (let i = from; i < to; i++) {
    const row = stacks.frame.a[i]
    const origin = originOf(strings.get(stacks.fn.a[row]), strings.get(stacks.file.a[row]))
    if (origin === 'main' || origin === 'module') {
      frame = row
      break
    }
  }
  return {
    fn: strings.get(stacks.fn.a[frame]),
    file: strings.get(stacks.file.a[frame]),
    line: stacks.line[frame],
  }
}

function isProgram(place: TracePlace): boolean {
  return !/^runtime[./]/.test(place.fn) || place.fn === 'runtime.main'
}
