import type { Capture, Source } from './capture.ts'

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

/** Facts of the collector from MemStats and runtime/metrics; undefined without them. */
export function gcFromMemory(capture: Capture): GcFacts | undefined {
  const moments = capture.parts.memory.filter((m) => m.snapshot.memstats?.NumGC !== undefined)
  const last = moments.at(-1)
  const m = last?.snapshot.memstats
  if (last === undefined || m?.NumGC === undefined) return undefined
  const ends = m.pauseEnds?.filter((e) => e > 0) ?? []
  // The buffer of pauses holds the newest 256 cycles: their rate is that of the newest time.
  const seconds = ends.length >= 2 ? (Math.max(...ends) - Math.min(...ends)) / 1e9 : Number.NaN
  const metric = (name: string): number => capture.metric(name) ?? Number.NaN
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
