// The collector's log: every cycle as a row, and what they say together.

import { cyclesOf, gcProcesses } from '../../../analysis/gc-log/cycles.ts'
import { type GcReport, gcReport, liveOf, pausesOf } from '../../../analysis/gc-log/report.ts'
import {
  type InitReport,
  initReport,
  type PacerReport,
  pacerReport,
  type ScavengeReport,
  scavengeReport,
} from '../../../analysis/gc-log/side-reports.ts'
import { GC_COLUMNS, type GcColumn, type GcPhase, PHASES } from '../../../model/gc-log.ts'
import type { Asking } from '../question.ts'
import { chosenSource, type LogSource, logRemarks, logSources, runtimeLog } from '../runtime-sources.ts'
import type { Workbench } from '../workbench.ts'

/** Columns that every row has beside the log's own; units as there (s, ms, MB of 2^20 bytes, shares of 1). */
export interface CycleColumns extends Readonly<Record<GcColumn, Float64Array>> {
  /** s since the start of the process (or the first line). */
  readonly start: Float64Array
  /** Time with the world stopped: first and second pause of the cycle, ms; NaN for none. */
  readonly pause1: Float64Array
  readonly pause2: Float64Array
  /** Collector's CPU time of the cycle without idle marking over that of all processors since the last one; NaN if unknown. */
  readonly share: Float64Array
}

/** Cycles in equal pieces of time. */
export interface CycleBuckets {
  /** s */
  readonly from: number
  readonly width: number
  readonly cycles: Float64Array
  /** Share of CPU, 0 to 1, and of time with the world stopped. */
  readonly share: Float64Array
  readonly stopped: Float64Array
}

/** How many pauses lasted for `from` to `to` ms: three steps a decade. */
export interface PauseBucket {
  readonly from: number
  readonly to: number
  readonly count: number
}

export interface GcLogAnswer {
  readonly sources: readonly LogSource[]
  /** Of `sources`; -1 if there is none, and then nothing else is here. */
  readonly at: number
  readonly data?: {
    readonly report: GcReport
    readonly pacer: PacerReport | undefined
    readonly scavenge: ScavengeReport | undefined
    readonly inits: InitReport | undefined
    readonly columns: CycleColumns
    readonly buckets: CycleBuckets | undefined
    readonly pauses: readonly PauseBucket[]
    /** The phases that wall0… of the newest cycle are. */
    readonly phases: readonly GcPhase[]
    /** Times are since the start of the process, and not since the first line. */
    readonly sinceStart: boolean
    /** Lines have a wall clock in front (column `wall`, ms since 1970). */
    readonly wallClock: boolean
    readonly remarks: readonly string[]
  }
}

/** Package initialisations that are listed. */
const INITS = 200
const BUCKETS = 68

export const fresh = true

export async function answer(
  w: Workbench,
  params: { readonly file?: number; readonly process?: number },
  x: Asking,
): Promise<GcLogAnswer> {
  const sources = await logSources(w, x, (log) =>
    gcProcesses(log).map(({ process, cycles }) => ({ process, lines: cycles })),
  )
  const source = chosenSource(sources, params)
  if (source === undefined) return { sources, at: -1 }
  const log = runtimeLog(w.file(source.file))
  const cycles = cyclesOf(log, source.process)
  const report = gcReport(log, source.process)
  const [pause1, pause2] = pausesOf(cycles)
  const own = Object.fromEntries(GC_COLUMNS.map((name) => [name, cycles.column(name).slice()])) as Record<
    GcColumn,
    Float64Array
  >
  const columns: CycleColumns = {
    ...own,
    live: liveOf(cycles),
    start: cycles.time.slice(),
    pause1,
    pause2,
    share: sharesOf(own, cycles.time, cycles.stride),
  }
  const inits = initReport(log, source.process)
  const shapes = own.shape
  return {
    sources,
    at: sources.indexOf(source),
    data: {
      report,
      pacer: pacerReport(log, source.process),
      scavenge: scavengeReport(log, source.process),
      inits: inits && { ...inits, slowest: inits.slowest.slice(0, INITS) },
      columns,
      buckets: bucketsOf(columns, report, cycles.stride),
      pauses: pauseBuckets([pause1, pause2], cycles.stride),
      phases: PHASES[shapes[shapes.length - 1]],
      sinceStart: !Number.isNaN(own.time[0]),
      wallClock: !Number.isNaN(own.wall[0]),
      remarks: logRemarks(log),
    },
  }
}

type Cpu = Readonly<Record<GcColumn, Float64Array>>

/** CPU ms of a cycle that the program could not use. */
function busyMs(c: Cpu, i: number): number {
  return (
    (c.cpuSweepTerm[i] || 0) + (c.cpuAssist[i] || 0) + (c.cpuBackground[i] || 0) + (c.cpuMarkTerm[i] || 0)
  )
}

function sharesOf(c: Cpu, start: Float64Array, stride: number): Float64Array {
  const out = new Float64Array(start.length).fill(Number.NaN)
  for (let i = 1; i < start.length; i++) {
    const ms = (start[i] - start[i - 1]) * 1000
    if (ms > 0 && !Number.isNaN(c.cpuAssist[i])) out[i] = (busyMs(c, i) * stride) / (ms * c.procs[i])
  }
  return out
}

function bucketsOf(c: CycleColumns, r: GcReport, stride: number): CycleBuckets | undefined {
  const seconds = r.to - r.from
  if (!(seconds > 0)) return undefined
  // Widths that people can say: 1, 2 or 5 times a power of ten.
  const power = 10 ** Math.floor(Math.log10(seconds / BUCKETS))
  const width = power * ([1, 2, 5].find((f) => power * f >= seconds / BUCKETS) ?? 10)
  const from = Math.floor(r.from / width + 1e-9) * width
  const count = Math.max(1, Math.ceil((r.to - from) / width - 1e-9))
  const cycles = new Float64Array(count)
  const cpu = new Float64Array(count)
  const stopped = new Float64Array(count)
  const known = !Number.isNaN(c.cpuAssist[c.cpuAssist.length - 1])
  for (let i = 0; i < c.start.length; i++) {
    const k = Math.min(count - 1, Math.max(0, Math.floor((c.start[i] - from) / width)))
    cycles[k] += stride
    cpu[k] += (busyMs(c, i) * stride) / c.procs[i]
    stopped[k] += ((c.pause1[i] || 0) + (c.pause2[i] || 0)) * stride
  }
  const ms = width * 1000
  return {
    from,
    width,
    cycles,
    // A cycle that is longer than a piece of time counts where it began.
    share: cpu.map((v) => (known ? Math.min(1, v / ms) : Number.NaN)),
    stopped: stopped.map((v) => Math.min(1, v / ms)),
  }
}

/** Counts of pauses by length: three buckets a decade, empty ones between others included. */
export function pauseBuckets(pauses: readonly Float64Array[], stride: number): PauseBucket[] {
  const counts = new Map<number, number>()
  for (const column of pauses)
    for (const ms of column) {
      if (!(ms > 0)) continue
      const k = Math.floor(Math.log10(ms) * 3 + 1e-9)
      counts.set(k, (counts.get(k) ?? 0) + stride)
    }
  if (counts.size === 0) return []
  const first = Math.min(...counts.keys())
  const last = Math.max(...counts.keys())
  return Array.from({ length: last - first + 1 }, (_, i) => ({
    from: 10 ** ((first + i) / 3),
    to: 10 ** ((first + i + 1) / 3),
    count: counts.get(first + i) ?? 0,
  }))
}
