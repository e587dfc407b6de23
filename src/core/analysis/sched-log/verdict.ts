// The report's numbers in words. Thresholds are ours; each finding says what it goes by.

import { G_STATUS } from '../../model/sched-log.ts'
import type { SchedFinding, SchedReport } from './facts.ts'

/** No less snapshots say anything about a trend. */
const LEAST_SNAPSHOTS = 4

const percent = (share: number): string => `${Math.round(share * 100)} %`
const num = (v: number): string => (Number.isInteger(v) ? String(v) : v.toPrecision(v >= 100 ? 3 : 2))

/** What is to be said of a process, most important first; at least one. */
export function findings(r: Omit<SchedReport, 'findings'>): SchedFinding[] {
  const out = [...threads(r), ...load(r), ...detail(r)]
  const bad = out.some((f) => f.severity !== 'ok')
  if (!bad)
    out.push({
      id: 'healthy',
      severity: 'ok',
      text: 'nothing stands out',
      evidence: `${percent(r.busy.mean)} of Ps busy, ${num(r.waitingPerProc.mean)} goroutines waiting for each`,
    })
  return out
}

function load(r: Omit<SchedReport, 'findings'>): SchedFinding[] {
  const out: SchedFinding[] = []
  const queue = `${num(r.global.mean)} in the global run queue${r.local.count > 0 ? `, ${num(r.local.mean)} in local ones` : ''} on average`
  const busy = `${percent(r.busy.mean)} of ${r.gomaxprocs} Ps busy`
  if (r.busy.mean >= 0.9 && r.waitingPerProc.p50 >= 1)
    out.push({
      id: 'saturated',
      severity: 'warning',
      text: 'saturated: more goroutines want to run than there are Ps, all the time',
      evidence: `${busy}, ${queue}: ${num(r.waitingPerProc.mean)} waiting for each P`,
    })
  else if (r.busy.mean >= 0.9 && r.waitingPerProc.mean >= 0.5)
    out.push({
      id: 'saturated',
      severity: 'info',
      text: 'close to saturated: goroutines often wait for a P',
      evidence: `${busy}, ${queue}`,
    })
  if (r.busy.mean < 0.5 && r.waitingPerProc.mean < 0.5)
    out.push({
      id: 'short-of-work',
      severity: 'info',
      text:
        r.busy.mean * r.gomaxprocs < 1.5 && r.busy.mean * r.gomaxprocs > 0.7
          ? 'short of work: about one P is busy, the others idle; the program does one thing at a time'
          : 'short of work: Ps idle because nothing is ready to run; goroutines wait for something else',
      evidence: `${busy}, ${queue}`,
    })
  if (r.idleWhileWaiting >= 0.25 && r.waitingPerProc.mean >= 0.25)
    out.push({
      id: 'idle-while-waiting',
      severity: 'info',
      text: 'goroutines wait in run queues while Ps idle: work comes in bursts, or is not spread in time',
      evidence: `in ${percent(r.idleWhileWaiting)} of snapshots`,
    })
  const even = 1 / r.gomaxprocs
  if (r.gomaxprocs > 1 && r.longestShare > Math.min(0.9, even + 0.4) && r.local.mean >= r.gomaxprocs)
    out.push({
      id: 'imbalanced',
      severity: 'warning',
      text: 'imbalanced: one P has most of what waits; the others have to steal it',
      evidence: `the longest local queue holds ${percent(r.longestShare)} of the waiting goroutines, ${percent(even)} would be even`,
    })
  else if (r.tickImbalance > Math.max(2, r.gomaxprocs * 0.6) && r.busy.mean >= 0.3)
    out.push({
      id: 'imbalanced',
      severity: 'info',
      text: 'imbalanced: one P does most of the scheduling',
      evidence: `${num(r.tickImbalance)} times the mean of all Ps`,
    })
  return out
}

function threads(r: Omit<SchedReport, 'findings'>): SchedFinding[] {
  if (r.snapshots < LEAST_SNAPSHOTS) return []
  const { firstThreads: first, lastThreads: last, threadTrend: trend } = r
  const most = r.threads.max
  const grown = last >= first * 2 && last - first >= 10
  const rises = trend !== undefined && trend.low > 0
  const normal = 4 * r.gomaxprocs + 10
  const idle = r.idleThreads.p50
  const words = `${first} threads at first, ${last} at last, ${most} at most; GOMAXPROCS is ${r.gomaxprocs}, ${num(idle)} threads idle as a rule`
  if (most > 3 * normal && grown)
    return [
      {
        id: 'thread-explosion',
        severity: 'warning',
        text: `thread explosion: threads grow far beyond GOMAXPROCS, as each blocking system call or cgo call holds one${rises ? '; still growing' : ''}`,
        evidence: words,
      },
    ]
  if (most > normal && (grown || rises))
    return [
      {
        id: 'thread-growth',
        severity: 'warning',
        text: 'threads grow: blocking system calls or cgo calls hold one each, and the runtime starts more',
        evidence: words,
      },
    ]
  if (most > normal)
    return [
      {
        id: 'thread-growth',
        severity: 'info',
        text: 'many threads: at some time many goroutines were in blocking system calls or cgo calls at once; threads are not given back',
        evidence: words,
      },
    ]
  return []
}

function detail(r: Omit<SchedReport, 'findings'>): SchedFinding[] {
  const d = r.detail
  if (d === undefined || r.snapshots < LEAST_SNAPSHOTS) return []
  const out: SchedFinding[] = []
  const longest = (status: string) => d.stuck.filter((s) => G_STATUS[s.status] === status)
  const calls = longest('syscall').filter((s) => s.snapshots >= 3)
  if (calls.length >= 5)
    out.push({
      id: 'long-system-calls',
      severity: 'info',
      text: 'goroutines stay in one system call or cgo call over snapshots, and hold a thread each',
      evidence: `${calls.length >= 50 ? 'at least ' : ''}${calls.length} of them for three snapshots or more, the longest ${num((calls[0].to - calls[0].from) / 1000)} s`,
    })
  const waiting = longest('runnable').filter((s) => s.snapshots >= 3)
  if (waiting.length > 0)
    out.push({
      id: 'starved',
      severity: 'info',
      text: 'goroutines were ready to run in snapshot after snapshot: they wait long for a P (or ran between)',
      evidence: `${waiting.length >= 50 ? 'at least ' : ''}${waiting.length}, the longest ${num((waiting[0].to - waiting[0].from) / 1000)} s (goroutine ${waiting[0].goid})`,
    })
  const run = r.procs.reduce((a, p) => Math.max(a, p.longestRun), 0)
  if (run >= 50)
    out.push({
      id: 'long-runs',
      severity: 'info',
      text: 'a P ran without scheduling anew between snapshots: one goroutine computes, and no other wants its P',
      evidence: `for at least ${num(run)} ms`,
    })
  const { firstGoroutines: g0, lastGoroutines: g1 } = d
  if (g1 >= 2 * g0 && g1 - g0 >= 100)
    out.push({
      id: 'goroutine-growth',
      severity: 'warning',
      text: 'goroutines grow',
      evidence: `${g0} at first, ${g1} at last`,
    })
  return out
}
