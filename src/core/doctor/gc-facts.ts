import { gcProcesses } from '../analysis/gc-log/cycles.ts'
import { type GcReport, gcReport } from '../analysis/gc-log/report.ts'
import type { CaptureParts, Source } from './capture-parts.ts'

const MiB = 2 ** 20

/** What rules want to know of the collector, from whichever source tells it best. NaN where none does. */
export interface GcFacts {
  readonly source: Source
  /** Time that it covers, seconds. */
  readonly seconds: number
  readonly cycles: number
  readonly perSecond: number
  /** Share of the CPU time that the program used (not of what it could have used) that went to the collector. */
  readonly cpuShare: number
  /** Medians over the cycles, bytes. */
  readonly goal: number
  readonly live: number
  readonly gogc: number
  /** GOMEMLIMIT in bytes, NaN if it is off. */
  readonly limit: number
  /** Cycles that the program asked for with runtime.GC. */
  readonly forced: number
}

/** Facts of the collector, from logs where there are any, else from statistics. `busyCores` is 0 if unknown. */
export function gcFacts(parts: CaptureParts, busyCores: number): GcFacts | undefined {
  return gcFromLogs(parts, busyCores) ?? gcFromMemory(parts)
}

/** The newest value of a name of runtime/metrics. */
export function newestMetric(parts: CaptureParts, name: string): number | undefined {
  for (let k = parts.memory.length - 1; k >= 0; k--) {
    const v = parts.memory[k].snapshot.metrics?.values.get(name)
    if (v !== undefined) return v
  }
  return undefined
}

/** A log shorter than this many cycles says little. */
const LEAST_CYCLES = 3

/** Facts of the collector from logs of GODEBUG=gctrace=1: of the process with most cycles. undefined without any. */
function gcFromLogs(parts: CaptureParts, busyCores: number): GcFacts | undefined {
  let best: { readonly source: Source; readonly report: GcReport } | undefined
  for (const { source, log } of parts.logs)
    for (const { process, cycles } of gcProcesses(log))
      if (cycles >= LEAST_CYCLES && cycles > (best?.report.cycles ?? 0))
        best = { source, report: gcReport(log, process) }
  if (best === undefined) return undefined
  const { source, report } = best
  const metric = (name: string): number => newestMetric(parts, name) ?? Number.NaN
  const limit = metric('/gc/gomemlimit:bytes')
  // The log's shares are of all processors; what the program used of them only others tell.
  const used = busyCores > 0 ? Math.min(1, busyCores / report.procs) : 1
  return {
    source,
    seconds: report.to - report.from,
    cycles: report.cycles,
    perSecond: report.perSecond,
    cpuShare: report.cpu === undefined ? Number.NaN : Math.min(1, report.cpu.busyShare / used),
    goal: report.heap.goal.p50 * MiB,
    live: report.heap.live.p50 * MiB,
    gogc: Number.isNaN(metric('/gc/gogc:percent')) ? report.gogc : metric('/gc/gogc:percent'),
    limit: limit < 2 ** 62 ? limit : Number.NaN,
    forced: report.forced,
  }
}

/** Facts of the collector from MemStats and runtime/metrics; undefined without them. */
function gcFromMemory(parts: CaptureParts): GcFacts | undefined {
  const moments = parts.memory.filter((m) => m.snapshot.memstats?.NumGC !== undefined)
  const last = moments.at(-1)
  const m = last?.snapshot.memstats
  if (last === undefined || m?.NumGC === undefined) return undefined
  const ends = m.pauseEnds?.filter((e) => e > 0) ?? []
  // The buffer of pauses holds the newest 256 cycles: their rate is that of the newest time.
  const seconds = ends.length >= 2 ? (Math.max(...ends) - Math.min(...ends)) / 1e9 : Number.NaN
  const metric = (name: string): number => newestMetric(parts, name) ?? Number.NaN
  const used = metric('/cpu/classes/total:cpu-seconds') - metric('/cpu/classes/idle:cpu-seconds')
  const limit = metric('/gc/gomemlimit:bytes')
  return {
    source: last.source,
    seconds,
    cycles: m.NumGC,
    perSecond: seconds > 0 ? (ends.length - 1) / seconds : Number.NaN,
    cpuShare: used > 0 ? metric('/cpu/classes/gc/total:cpu-seconds') / used : Number.NaN,
    goal: m.NextGC ?? Number.NaN,
    live: metric('/gc/heap/live:bytes'),
    gogc: metric('/gc/gogc:percent'),
    limit: limit < 2 ** 62 ? limit : Number.NaN,
    forced: m.NumForcedGC ?? 0,
  }
}
