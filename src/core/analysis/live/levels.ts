// When a number is worth a look: the thresholds behind the colours of `goscope watch`.

import type { MetricName, Values } from './metrics.ts'

export type Level = 'ok' | 'warning' | 'critical'

/** Values from which on a metric is of a level; of a share of `of`, where that is given. */
interface Threshold {
  readonly warning: number
  readonly critical: number
  readonly of?: MetricName
}

const THRESHOLDS: { readonly [name in MetricName]?: Threshold } = {
  'gc.cpu': { warning: 0.25, critical: 0.5 },
  'gc.pause.max': { warning: 0.01, critical: 0.1 },
  'gc.pause.share': { warning: 0.02, critical: 0.1 },
  'sched.p99': { warning: 0.01, critical: 0.1 },
  'heap.inuse': { warning: 0.8, critical: 0.95, of: 'go.memlimit' },
  'goroutines.runnable': { warning: 4, critical: 20, of: 'go.maxprocs' },
  'mutex.wait': { warning: 1, critical: 10 },
  answer: { warning: 1, critical: 3 },
  cpu: { warning: 0.8, critical: 0.95, of: 'cpu.limit' },
  'cpu.ready': { warning: 0.5, critical: 1.5, of: 'cpu.limit' },
  'cpu.throttled': { warning: 0.05, critical: 0.25 },
  rss: { warning: 0.8, critical: 0.92, of: 'memory.limit' },
  'memory.group': { warning: 0.85, critical: 0.95, of: 'memory.limit' },
  'memory.hits': { warning: 0.1, critical: 10 },
  swap: { warning: 1 << 20, critical: 1 << 28 },
  threads: { warning: 0.7, critical: 0.9, of: 'threads.limit' },
  files: { warning: 0.7, critical: 0.9, of: 'files.limit' },
  'faults.major': { warning: 20, critical: 500 },
  'disk.wait': { warning: 0.3, critical: 2 },
  'pressure.cpu': { warning: 0.2, critical: 0.6 },
  'pressure.memory': { warning: 0.05, critical: 0.3 },
  'pressure.io': { warning: 0.2, critical: 0.6 },
  'net.errors': { warning: 0.1, critical: 10 },
  'net.drops': { warning: 1, critical: 100 },
  'tcp.retransmits': { warning: 0.01, critical: 0.05 },
  'tcp.overflows': { warning: 0.1, critical: 10 },
  // Whoever uses it: no more than a hint.
  'machine.cpu': { warning: 0.95, critical: Number.POSITIVE_INFINITY, of: 'machine.cpus' },
  'machine.memory': { warning: 0.9, critical: 0.97, of: 'machine.memory.total' },
  'machine.disk.busy': { warning: 0.8, critical: 0.95 },
  'machine.pressure.memory': { warning: 0.05, critical: 0.3 },
}

/** The level of a metric among the others; 'ok' where it is not known or has no threshold. */
export function levelOf(name: MetricName, values: Values): Level {
  const t = THRESHOLDS[name]
  const value = values[name]
  if (t === undefined || value === undefined) return 'ok'
  const whole = t.of === undefined ? 1 : values[t.of]
  if (whole === undefined || !(whole > 0)) return 'ok'
  const share = value / whole
  return share >= t.critical ? 'critical' : share >= t.warning ? 'warning' : 'ok'
}

/** What a metric is held against, if it is a part of something. */
export function wholeOf(name: MetricName): MetricName | undefined {
  return THRESHOLDS[name]?.of
}

/** Metrics that are of a level, the worst first. */
export function alerts(values: Values): { readonly name: MetricName; readonly level: Level }[] {
  return (Object.keys(THRESHOLDS) as MetricName[])
    .map((name) => ({ name, level: levelOf(name, values) }))
    .filter((a) => a.level !== 'ok')
    .sort((a, b) => Number(b.level === 'critical') - Number(a.level === 'critical'))
}
