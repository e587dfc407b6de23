// Summaries of what comes with collections: the pacer, memory given back, package initialisation.

import { PACER_KIND } from '../../model/gc-log.ts'
import type { RowTable } from '../../model/row-table.ts'
import type { RuntimeLog } from '../../model/runtime-log.ts'
import { pickRows } from './cycles.ts'
import { meanOf, type Spread, spreadOf } from './spread.ts'

export interface PacerReport {
  /** Lines at the start and at the end of cycles, and of sweeps. */
  readonly starts: number
  readonly ends: number
  readonly sweeps: number
  /** Bytes of scanning that a byte of allocation has to pay. */
  readonly assistRatio: Spread
  /** Share of CPU that marking took, in percent, and the pacer's aim. */
  readonly cpuPercent: Spread
  readonly cpuGoalPercent: number
  /** Work done against work expected, 1 if the pacer was right; NaN where versions do not print it. */
  readonly workRatio: Spread
  /** Bytes that the heap ended above its goal; below 0 under it. Mean. */
  readonly goalDelta: number
  /** Bytes of what marking scanned, over all cycles: heap, stacks, globals. */
  readonly heapWork: number
  readonly stackWork: number
  readonly globalsWork: number
  readonly resets: number
}

function rowsOf<K extends string>(
  t: RowTable<K>,
  process: number,
  also: (row: number) => boolean,
): (k: K) => Float64Array {
  const of = t.column('process' as K)
  const keep: number[] = []
  for (let i = 0; i < of.length; i++) if (of[i] === process && also(i)) keep.push(i)
  return (k) => pickRows(t.column(k), keep)
}

const sumOf = (values: Float64Array): number => values.reduce((a, v) => a + (v || 0), 0)

/** undefined if the process has no pacer lines. */
export function pacerReport(log: RuntimeLog, process: number): PacerReport | undefined {
  const t = log.gc.pacer
  const kinds = t.column('kind')
  const of = (kind: number) => rowsOf(t, process, (i) => kinds[i] === kind)
  const start = of(PACER_KIND.start)
  const end = of(PACER_KIND.end)
  const starts = start('process').length
  const ends = end('process').length
  const sweeps = of(PACER_KIND.sweep)('process').length
  if (starts + ends + sweeps === 0) return undefined
  const [heapWork, stackWork, globalsWork] = [end('heapWork'), end('stackWork'), end('globalsWork')]
  const work = heapWork.map((v, i) => v + (stackWork[i] || 0) + (globalsWork[i] || 0))
  const expected = end('expectedWork')
  return {
    starts: starts * t.stride,
    ends: ends * t.stride,
    sweeps: sweeps * t.stride,
    assistRatio: spreadOf(start('assistRatio')),
    cpuPercent: spreadOf(end('cpuPercent')),
    cpuGoalPercent: meanOf(end('cpuGoalPercent')),
    workRatio: spreadOf(work.map((v, i) => v / expected[i])),
    goalDelta: meanOf(end('goalDelta')),
    heapWork: sumOf(heapWork) * t.stride,
    stackWork: sumOf(stackWork) * t.stride,
    globalsWork: sumOf(globalsWork) * t.stride,
    resets: sumOf(end('reset')) * t.stride,
  }
}

export interface ScavengeReport {
  readonly lines: number
  /** KiB given back over all lines: in the background, when a limit asked for it, and together. */
  readonly work: number
  readonly background: number
  readonly eager: number
  /** KiB that were released at the last line, and the most. */
  readonly released: number
  readonly mostReleased: number
  /** Percent of what the heap holds that was in use at the last line; NaN before Go 1.14. */
  readonly utilization: number
  readonly forced: number
}

/** undefined if the process has no such lines. */
export function scavengeReport(log: RuntimeLog, process: number): ScavengeReport | undefined {
  const t = log.gc.scavenge
  const col = rowsOf(t, process, () => true)
  const lines = col('process').length
  if (lines === 0) return undefined
  const released = col('released').filter((v) => !Number.isNaN(v))
  return {
    lines: lines * t.stride,
    work: sumOf(col('work')) * t.stride,
    background: sumOf(col('workBackground')) * t.stride,
    eager: sumOf(col('workEager')) * t.stride,
    released: released.at(-1) ?? Number.NaN,
    mostReleased: spreadOf(released).max,
    utilization: col('utilization').at(-1) ?? Number.NaN,
    forced: sumOf(col('forced')) * t.stride,
  }
}

export interface InitReport {
  readonly packages: number
  /** ms: their sum, and when the last one was done. */
  readonly clock: number
  readonly end: number
  readonly bytes: number
  readonly allocs: number
  /** Slowest first. */
  readonly slowest: readonly { name: string; at: number; clock: number; bytes: number; allocs: number }[]
}

/** undefined if the process has no such lines. */
export function initReport(log: RuntimeLog, process: number): InitReport | undefined {
  const col = rowsOf(log.gc.inits, process, () => true)
  const [name, at, clock, bytes, allocs] = (['name', 'at', 'clock', 'bytes', 'allocs'] as const).map(col)
  if (name.length === 0) return undefined
  const rows = Array.from(name, (id, i) => ({
    name: log.gc.initNames[id],
    at: at[i],
    clock: clock[i],
    bytes: bytes[i],
    allocs: allocs[i],
  }))
  return {
    packages: rows.length,
    clock: sumOf(clock),
    end: rows.reduce((end, r) => Math.max(end, r.at + r.clock), 0),
    bytes: sumOf(bytes),
    allocs: sumOf(allocs),
    slowest: rows.sort((a, b) => b.clock - a.clock || b.bytes - a.bytes),
  }
}
