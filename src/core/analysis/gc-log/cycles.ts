// The collections of one process, and the time that they cover.

import type { GcColumn } from '../../model/gc-log.ts'
import type { RuntimeLog } from '../../model/runtime-log.ts'

/** Collections in order, as columns; all of one process. */
export interface Cycles {
  readonly process: number
  readonly count: number
  /** One in so many of the log is here. */
  readonly stride: number
  column(name: GcColumn): Float64Array
  /** When each began, in s: since the start of the process; by the prefixes' clock since the first one where lines have no time; NaN where neither is known. */
  readonly time: Float64Array
  /** Time that the lines cover, in s: from the start of the process, or the first line if earlier ones are missing, to the end of the last collection. NaN if unknown. */
  readonly from: number
  readonly to: number
}

/** Processes with collections: their rows, and how many collections they have. Most first. */
export function gcProcesses(log: RuntimeLog): { process: number; cycles: number }[] {
  const counts = new Map<number, number>()
  for (const p of log.gc.rows.column('process')) counts.set(p, (counts.get(p) ?? 0) + 1)
  return [...counts]
    .map(([process, n]) => ({ process, cycles: n * log.gc.rows.stride }))
    .sort((a, b) => b.cycles - a.cycles || a.process - b.process)
}

/** The collections of a process. */
export function cyclesOf(log: RuntimeLog, process: number): Cycles {
  const { rows } = log.gc
  const of = rows.column('process')
  const keep: number[] = []
  for (let i = 0; i < of.length; i++) if (of[i] === process) keep.push(i)
  const whole = keep.length === of.length
  const picked = new Map<GcColumn, Float64Array>()
  const column = (name: GcColumn): Float64Array => {
    let values = picked.get(name)
    if (values === undefined) {
      values = whole ? rows.column(name) : pickRows(rows.column(name), keep)
      picked.set(name, values)
    }
    return values
  }
  const printed = column('time')
  const wall = column('wall')
  const time = Number.isNaN(printed[0]) ? wall.map((w) => (w - wall[0]) / 1000) : printed
  const last = keep.length - 1
  const lasting = ['wall0', 'wall1', 'wall2', 'wall3', 'wall4'] as const
  const took = lasting.reduce((ms, name) => ms + (column(name)[last] || 0), 0)
  const fromStart = column('number')[0] === 1 && !Number.isNaN(printed[0])
  return {
    process,
    count: keep.length,
    stride: rows.stride,
    column,
    time,
    from: fromStart ? 0 : (time[0] ?? Number.NaN),
    to: (time[last] ?? Number.NaN) + took / 1000,
  }
}

/** The values of some rows. */
export function pickRows(all: Float64Array, rows: readonly number[]): Float64Array {
  const out = new Float64Array(rows.length)
  for (let i = 0; i < rows.length; i++) out[i] = all[rows[i]]
  return out
}
