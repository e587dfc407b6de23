import type { TraceSummary } from '../trace/summary.ts'
import type { Measure } from './compare.ts'

/**
 * What of a trace is compared. Times are per second of the trace, so that traces of different length compare;
 * delays and pauses are as they were.
 */
export function traceMeasures(s: TraceSummary): Measure[] {
  const out: Measure[] = []
  const seconds = s.durationNs / 1e9
  if (seconds <= 0) return out
  const add = (group: string, name: string, unit: string, value: number, worse: 1 | 0 | -1 = 1): void => {
    if (Number.isFinite(value)) out.push({ group, name, unit, value, worse })
  }
  const whole = 'trace'
  add(whole, 'goroutines running at once', 'count', s.running, 0)
  add(whole, 'goroutines ready to run', 'count', s.sched.meanReady)
  add(whole, 'delay before running, p50', 'nanoseconds', s.sched.p50)
  add(whole, 'delay before running, p99', 'nanoseconds', s.sched.p99)
  add(whole, 'delay before running, longest', 'nanoseconds', s.sched.max)
  add(whole, 'collections a second', 'count', s.gc.cycles / seconds)
  add(whole, 'collector’s share of processor time', 'share', s.gc.share)
  add(whole, 'mark assist a second', 'nanoseconds', s.gc.assist.time / seconds)
  for (const p of s.gc.stops) {
    add(whole, `world stopped for ${p.name}, a second`, 'nanoseconds', p.total / seconds)
    add(whole, `world stopped for ${p.name}, longest`, 'nanoseconds', p.longest)
  }
  add(whole, 'system calls a second', 'count', s.syscalls.count / seconds)
  for (const g of s.groups) {
    if (g.count === 0) continue
    const name = g.name === '' ? '(not known)' : g.name
    add('trace: running, a second', name, 'nanoseconds', g.exec / seconds)
    add('trace: goroutines', name, 'count', g.count, 0)
  }
  for (const b of s.blocked)
    add(
      'trace: blocked, a second',
      `${b.reason} in ${b.place?.fn ?? '(not known)'}`,
      'nanoseconds',
      b.total / seconds,
    )
  return out
}
