// What counters of the processor and the system mean together. Rates are judged roughly: what is much for one
// processor and program is usual for another, so no word is stronger than "look here".

import { countText, shareText } from '../../base/people-fmt.ts'
import type { PerfCounter, PerfStat } from '../../model/perf-stat.ts'

export interface PerfFact {
  /** Stable id, for --json. */
  readonly id: string
  readonly title: string
  readonly value: number
  readonly unit: 'ratio' | 'share' | 'per second' | 'per 1000 instructions' | 'GHz' | 'processors'
  readonly formula: string
  /** 'look' where the value is worth a look. */
  readonly level: 'fine' | 'look'
  /** What it means for the reader; '' if the title says it. */
  readonly meaning: string
}

/** Below so much CPU time a program does little but start: its rates say nothing. */
const LEAST_SECONDS = 0.1

/** Facts that the counters allow, most telling first. */
export function perfFacts(s: PerfStat): PerfFact[] {
  const c = new Counts(s)
  const facts: PerfFact[] = []
  const fact = (
    id: string,
    title: string,
    value: number,
    unit: PerfFact['unit'],
    formula: string,
    look: boolean,
    meaning: string,
  ): void => {
    if (Number.isFinite(value))
      facts.push({ id, title, value, unit, formula, level: look ? 'look' : 'fine', meaning })
  }
  const instructions = c.of('instructions')
  const cycles = c.of('cycles', 'cpu-cycles')
  const seconds = c.seconds
  const ipc = instructions / cycles
  fact(
    'ipc',
    'Instructions per cycle',
    ipc,
    'ratio',
    'instructions ÷ cycles',
    ipc < 1,
    ipc < 1
      ? 'the processor waits much of the time, usually for memory: pointers that are followed, data that does not fit the caches; smaller and denser data helps more than fewer instructions'
      : ipc < 2
        ? 'a usual value for Go programs'
        : 'the processor is well fed: only fewer instructions make it faster',
  )
  const branchMisses = c.of('branch-misses')
  const branchRate = branchMisses / c.of('branches', 'branch-instructions')
  fact(
    'branch-misses',
    'Branches predicted wrongly',
    branchRate,
    'share',
    'branch-misses ÷ branches',
    branchRate > 0.02,
    branchRate > 0.02
      ? 'each costs some 15 to 20 cycles: conditions on random data, switches over types, calls of interfaces with changing types'
      : 'little',
  )
  const cacheMisses = c.of('cache-misses')
  const cacheRate = cacheMisses / c.of('cache-references')
  const perThousand = (cacheMisses / instructions) * 1000
  const many = Number.isNaN(perThousand) ? cacheRate > 0.2 : perThousand > 5
  fact(
    'cache-misses',
    'Misses of the last cache',
    cacheRate,
    'share',
    'cache-misses ÷ cache-references',
    many,
    many
      ? 'each waits for main memory, 200 cycles and more'
      : cacheRate > 0.2
        ? 'a large share, but of few references: it costs little'
        : 'the working set fits the caches',
  )
  fact(
    'cache-mpki',
    'The same by instructions',
    perThousand,
    'per 1000 instructions',
    'cache-misses ÷ instructions × 1000',
    perThousand > 5,
    perThousand > 5 ? 'more than 5 slow most programs down' : 'little',
  )
  for (const [id, title, misses, loads, limit] of LEVELS) {
    const rate = c.of(misses) / c.of(loads)
    fact(id, title, rate, 'share', `${misses} ÷ ${loads}`, rate > limit, '')
  }
  for (const [id, title, stalled] of STALLS) {
    const rate = c.of(stalled) / cycles
    fact(id, title, rate, 'share', `${stalled} ÷ cycles`, rate > 0.5, '')
  }
  const busy = seconds / s.elapsed
  fact(
    'cpus',
    'Processors used',
    busy,
    'processors',
    'task-clock ÷ time elapsed',
    false,
    busy < 0.5 ? 'it waited most of the time: counters of the processor say little of it' : '',
  )
  fact('frequency', 'Clock', cycles / seconds / 1e9, 'GHz', 'cycles ÷ task-clock', false, '')
  const kernel = s.sys / (s.user + s.sys)
  fact(
    'kernel',
    'Time in the kernel',
    kernel,
    'share',
    'sys ÷ (user + sys)',
    kernel > 0.3,
    kernel > 0.3 ? 'system calls, page faults, or the network: perf record -g or strace -c tells which' : '',
  )
  const long = seconds >= LEAST_SECONDS
  const switches = c.of('context-switches', 'cs') / seconds
  fact(
    'context-switches',
    'Context switches',
    switches,
    'per second',
    'context-switches ÷ task-clock',
    long && switches > 20_000,
    long && switches > 20_000
      ? 'threads block and wake all the time: short waits, blocking system calls, or goroutines handed from thread to thread; goscope trace summary and a block profile show where'
      : '',
  )
  const migrations = c.of('cpu-migrations', 'migrations') / seconds
  fact(
    'migrations',
    'Moves between processors',
    migrations,
    'per second',
    'cpu-migrations ÷ task-clock',
    false,
    '',
  )
  const faults = c.of('page-faults', 'faults') / seconds
  fact(
    'page-faults',
    'Page faults',
    faults,
    'per second',
    'page-faults ÷ task-clock',
    long && faults > 20_000,
    long && faults > 20_000
      ? 'memory is touched for the first time again and again: the heap grows, is returned and grows again, or new stacks and mappings; each costs some microseconds'
      : '',
  )
  const major = c.of('major-faults') / seconds
  fact(
    'major-faults',
    'Page faults that read a disk',
    major,
    'per second',
    'major-faults ÷ task-clock',
    major > 1,
    major > 1 ? 'memory was swapped out, or files are read through mappings' : '',
  )
  return facts
}

const LEVELS: readonly (readonly [
  id: string,
  title: string,
  misses: string,
  loads: string,
  limit: number,
])[] = [
  ['l1-misses', 'Misses of the first data cache', 'L1-dcache-load-misses', 'L1-dcache-loads', 0.05],
  ['llc-misses', 'Loads that missed the last cache', 'LLC-load-misses', 'LLC-loads', 0.2],
  ['dtlb-misses', 'Misses of the address cache (TLB)', 'dTLB-load-misses', 'dTLB-loads', 0.01],
  ['itlb-misses', 'The same for code', 'iTLB-load-misses', 'iTLB-loads', 0.5],
]

const STALLS: readonly (readonly [id: string, title: string, event: string])[] = [
  ['frontend', 'Cycles without instructions to do', 'stalled-cycles-frontend'],
  ['backend', 'Cycles waiting for data or units', 'stalled-cycles-backend'],
]

/** What a reader should know of the numbers themselves. */
export function perfRemarks(s: PerfStat): string[] {
  const out: string[] = []
  const events = (test: (c: PerfCounter) => boolean): string =>
    s.counters
      .filter(test)
      .map((c) => c.event)
      .join(', ')
  const unsupported = events((c) => c.state === 'not supported')
  if (unsupported !== '')
    out.push(
      `not supported here: ${unsupported}${/cycles|instructions/.test(unsupported) ? '; in virtual machines and containers the processor’s counters are often not there' : ''}`,
    )
  const uncounted = events((c) => c.state === 'not counted')
  if (uncounted !== '') out.push(`not counted: ${uncounted}`)
  const least = Math.min(1, ...s.counters.filter((c) => c.state === 'counted').map((c) => c.running))
  if (least < 0.99)
    out.push(
      `there were more events than counters: some ran for only ${shareText(least, 1)} of the time and are extrapolated; fewer events at a time are exact`,
    )
  const shaky = s.counters.filter((c) => c.deviation > 0.05)
  if (shaky.length > 0)
    out.push(
      `over ${s.runs > 1 ? countText(s.runs) : 'the'} runs these vary by more than 5 %: ${shaky.map((c) => c.event).join(', ')}`,
    )
  return out
}

/** Counters by name, whatever kind of core they are of. */
class Counts {
  /** Name -> modifiers ('' for none, 'u' for user code only, …) -> value. */
  private readonly values = new Map<string, Map<string, number>>()
  private readonly s: PerfStat

  constructor(s: PerfStat) {
    this.s = s
    for (const c of s.counters) {
      if (c.state !== 'counted') continue
      const { name, modifiers } = partsOf(c.event)
      const of = this.values.get(name) ?? new Map<string, number>()
      of.set(modifiers, (of.get(modifiers) ?? 0) + c.value)
      this.values.set(name, of)
    }
  }

  /** The first of the names that was counted, without modifiers if it was so, else the sum of what was; NaN if none was. */
  of(...names: readonly string[]): number {
    for (const name of names) {
      const of = this.values.get(name)
      if (of !== undefined) return of.get('') ?? [...of.values()].reduce((a, b) => a + b, 0)
    }
    return Number.NaN
  }

  /** CPU time; NaN if it was not counted. */
  get seconds(): number {
    const clock = this.s.counters.find(
      (c) => c.state === 'counted' && /^(task|cpu)-clock$/.test(partsOf(c.event).name),
    )
    if (clock === undefined) return Number.NaN
    // Without a unit it is in nanoseconds.
    return clock.unit === 'msec' ? clock.value / 1e3 : clock.value / 1e9
  }
}

/** `cycles` and `u` of `cpu_core/cycles/u` and of `cycles:u`. */
function partsOf(event: string): { readonly name: string; readonly modifiers: string } {
  const m = /^(?:[\w-]+\/([\w-]+)\/|([^:]+):?)([a-zA-Z]*)$/.exec(event)
  return m === null ? { name: event, modifiers: '' } : { name: m[1] ?? m[2], modifiers: m[3] }
}
