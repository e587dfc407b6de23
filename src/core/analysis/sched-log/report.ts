// What the snapshots of one process's scheduler say.

import type { RuntimeLog } from '../../model/runtime-log.ts'
import type { ProcLoad, SchedColumn } from '../../model/sched-log.ts'
import { pickRows } from '../gc-log/cycles.ts'
import { meanOf, spreadOf } from '../gc-log/spread.ts'
import { robustTrend } from '../gc-log/trend.ts'
import type { SchedDetail, SchedReport } from './facts.ts'
import { findings } from './verdict.ts'

export type { SchedReport }

/** Processes with snapshots, most first. */
export function schedProcesses(log: RuntimeLog): { process: number; snapshots: number }[] {
  const counts = new Map<number, number>()
  for (const p of log.sched.rows.column('process')) counts.set(p, (counts.get(p) ?? 0) + 1)
  return [...counts]
    .map(([process, n]) => ({ process, snapshots: n * log.sched.rows.stride }))
    .sort((a, b) => b.snapshots - a.snapshots || a.process - b.process)
}

/** Columns of the snapshots of one process. */
export function snapshotsOf(log: RuntimeLog, process: number): (name: SchedColumn) => Float64Array {
  const { rows } = log.sched
  const of = rows.column('process')
  const keep: number[] = []
  for (let i = 0; i < of.length; i++) if (of[i] === process) keep.push(i)
  return (name) => pickRows(rows.column(name), keep)
}

/** The report of a process with snapshots. */
export function schedReport(log: RuntimeLog, process: number): SchedReport {
  const col = snapshotsOf(log, process)
  const { stride } = log.sched.rows
  const more = log.sched.processes.find((p) => p.process === process)
  const max = col('gomaxprocs')
  const idle = col('idleprocs')
  const global = col('runqueue')
  const local = col('local')
  const threads = col('threads')
  const time = col('time')
  const n = max.length
  const busy = idle.map((v, i) => 1 - v / max[i])
  const waiting = global.map((v, i) => v + (local[i] || 0))
  const share = (test: (i: number) => boolean): number => {
    let hits = 0
    for (let i = 0; i < n; i++) if (test(i)) hits++
    return hits / n
  }
  const longest = col('localMax')
  const shares = longest.map((v, i) => (max[i] > 1 && local[i] >= max[i] ? v / local[i] : Number.NaN))
  const detailed = !Number.isNaN(col('goroutines')[n - 1])
  const report: Omit<SchedReport, 'findings'> = {
    process,
    version: log.sched.versions,
    snapshots: n * stride,
    stride,
    detailed,
    from: time[0],
    to: time[n - 1],
    gomaxprocs: max[n - 1],
    gomaxprocsRange: [
      max.reduce((a, v) => Math.min(a, v), Infinity),
      max.reduce((a, v) => Math.max(a, v), 0),
    ],
    busy: spreadOf(busy),
    idleProcs: spreadOf(idle),
    fullShare: share((i) => idle[i] === 0),
    idleShare: share((i) => idle[i] >= max[i] - 1),
    global: spreadOf(global),
    local: spreadOf(local),
    localLongest: spreadOf(longest).max,
    waitingPerProc: spreadOf(waiting.map((v, i) => v / max[i])),
    idleWhileWaiting: share((i) => idle[i] > 0 && waiting[i] > 0),
    longestShare: meanOf(shares),
    procs: more?.procs ?? [],
    tickImbalance: tickImbalance(more?.procs ?? []),
    threads: spreadOf(threads),
    firstThreads: threads[0],
    lastThreads: threads[n - 1],
    threadTrend: robustTrend(
      time.map((t) => t / 1000),
      threads,
    ),
    idleThreads: spreadOf(col('idlethreads')),
    spinning: spreadOf(col('spinning')),
    detail: detailed && more !== undefined ? detailOf(col, more) : undefined,
  }
  return { ...report, findings: findings(report) }
}

function detailOf(
  col: (name: SchedColumn) => Float64Array,
  more: NonNullable<RuntimeLog['sched']['processes'][number]>,
): SchedDetail {
  const goroutines = col('goroutines')
  return {
    goroutines: spreadOf(goroutines),
    firstGoroutines: goroutines[0],
    lastGoroutines: goroutines[goroutines.length - 1],
    runnable: spreadOf(col('runnable')),
    inSyscall: spreadOf(col('inSyscall')),
    blockedThreads: spreadOf(col('blocked')),
    syscallThreads: spreadOf(col('syscallThreads')),
    lockedThreads: spreadOf(col('lockedThreads')),
    lockedGoroutines: spreadOf(col('lockedGoroutines')),
    stoppedForGc: col('gcwaiting').reduce((a, v) => a + (v > 0 ? 1 : 0), 0),
    groups: more.groups,
    stuck: more.stuck,
    waitedThroughout: more.waitedThroughout,
    untracked: more.untracked,
  }
}

function tickImbalance(procs: readonly ProcLoad[]): number {
  const rounds = procs.map((p) => p.lastTick - p.firstTick).filter((r) => r >= 0)
  const sum = rounds.reduce((a, b) => a + b, 0)
  return rounds.length < 2 || sum === 0 ? Number.NaN : Math.max(...rounds) / (sum / rounds.length)
}
