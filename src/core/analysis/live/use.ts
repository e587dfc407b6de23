// The USE view (Brendan Gregg): utilization, saturation and errors of each resource that a program uses, against the
// limits that it has.

import { type Level, levelOf } from './levels.ts'
import type { MetricName, Values } from './metrics.ts'

export interface UseRow {
  readonly resource: 'CPU' | 'memory' | 'disk' | 'network' | 'sockets' | 'files' | 'threads'
  /** Share of what there is; undefined if that is not known. */
  readonly utilization: number | undefined
  readonly level: Level
  /** Metrics that tell how much is used, how much more is wanted than there is, and what failed. */
  readonly used: readonly MetricName[]
  readonly saturation: readonly MetricName[]
  readonly errors: readonly MetricName[]
}

interface Resource {
  readonly resource: UseRow['resource']
  /** The first two that are known are divided. */
  readonly shares: readonly (readonly [part: MetricName, whole: MetricName | undefined])[]
  readonly used: readonly MetricName[]
  readonly saturation: readonly MetricName[]
  readonly errors: readonly MetricName[]
}

const RESOURCES: readonly Resource[] = [
  {
    resource: 'CPU',
    shares: [['cpu', 'cpu.limit']],
    used: ['cpu', 'cpu.limit', 'machine.cpu'],
    saturation: ['cpu.ready', 'cpu.throttled', 'pressure.cpu'],
    errors: [],
  },
  {
    resource: 'memory',
    shares: [
      ['memory.group', 'memory.limit'],
      ['rss', 'memory.limit'],
      ['machine.memory', 'machine.memory.total'],
    ],
    used: ['rss', 'memory.limit'],
    saturation: ['faults.major', 'swap', 'pressure.memory'],
    errors: ['memory.hits', 'memory.kills'],
  },
  {
    resource: 'disk',
    shares: [['machine.disk.busy', undefined]],
    used: ['disk.read', 'disk.write'],
    saturation: ['disk.wait', 'machine.disk.queue', 'pressure.io'],
    errors: [],
  },
  {
    resource: 'network',
    shares: [],
    used: ['net.receive', 'net.send'],
    saturation: ['net.drops', 'tcp.retransmits'],
    errors: ['net.errors'],
  },
  {
    resource: 'sockets',
    shares: [],
    used: ['tcp.established', 'tcp.timewait'],
    saturation: ['tcp.overflows'],
    errors: [],
  },
  {
    resource: 'files',
    shares: [['files', 'files.limit']],
    used: ['files', 'files.limit'],
    saturation: [],
    errors: [],
  },
  {
    resource: 'threads',
    shares: [['threads', 'threads.limit']],
    used: ['threads', 'threads.limit'],
    saturation: [],
    errors: [],
  },
]

/** Rows of resources of which anything is known. */
export function useRows(values: Values): UseRow[] {
  const known = (names: readonly MetricName[]): MetricName[] => names.filter((n) => values[n] !== undefined)
  return RESOURCES.flatMap((r) => {
    const used = known(r.used)
    const saturation = known(r.saturation)
    const errors = known(r.errors)
    if (used.length === 0 && saturation.length === 0) return []
    const levels = [...r.shares.map(([part]) => part), ...saturation, ...errors].map((n) =>
      levelOf(n, values),
    )
    const level: Level = levels.includes('critical')
      ? 'critical'
      : levels.includes('warning')
        ? 'warning'
        : 'ok'
    return [{ resource: r.resource, utilization: shareOf(r, values), level, used, saturation, errors }]
  })
}

function shareOf(r: Resource, values: Values): number | undefined {
  for (const [part, whole] of r.shares) {
    const a = values[part]
    const b = whole === undefined ? 1 : values[whole]
    if (a !== undefined && b !== undefined && b > 0) return a / b
  }
  return undefined
}
