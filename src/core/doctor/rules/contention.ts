import type { Part } from '../../analysis/stack-facts.ts'
import { timeText } from '../../base/people-fmt.ts'
import type { Capture, Facts } from '../capture.ts'
import type { Evidence, Finding } from '../finding.ts'
import { rule } from '../rule.ts'
import { confidence, percent, shortName, topOf } from '../words.ts'
import { topCulprits } from './hot-kind.ts'

/** Waiting for locks, as block and mutex profiles tell it. */
interface Contention {
  /** Waits in Lock and RLock (block profile), or the delays that unlockers caused (mutex profile). */
  readonly waits: Part
  readonly from: Facts
  /** Share of `waits` that is readers. */
  readonly readers: number
  /** Who held the lock: functions whose unlock ended the waits. */
  readonly holders: readonly string[]
  readonly mutex: Facts | undefined
  /** Goroutines that wait for locks on average; NaN if the time that was covered is unknown. */
  readonly average: number
}

function contentionOf(capture: Capture): Contention | undefined {
  const block = capture.facts('block', 'delay')
  const mutex = capture.facts('mutex', 'delay')
  const waiting = block?.facts.with(block.facts.ofKind('lock'))
  const ended = mutex?.facts.with(mutex.facts.ofKind('unlock'))
  const usesBlock = waiting !== undefined && waiting.weight > 0
  const waits = usesBlock ? waiting : ended
  const from = usesBlock ? block : mutex
  if (waits === undefined || from === undefined) return undefined
  const reading = from.facts.with(from.facts.marked('readLock'))
  const endedByReaders = usesBlock ? reading.weight / Math.max(1, waits.weight) : 0
  return {
    waits,
    from,
    readers: endedByReaders,
    holders: ended === undefined ? [] : topCulprits(ended),
    mutex,
    average: capture.wallSeconds === undefined ? Number.NaN : waits.weight / 1e9 / capture.wallSeconds,
  }
}

const THRESHOLDS = {
  average: { value: 0.5, meaning: 'goroutines that wait for locks on average' },
  critical: { value: 2, meaning: 'the same, from which on it is critical' },
  seconds: { value: 1, meaning: 'seconds of waiting, where the time covered is unknown' },
  readers: {
    value: 0.5,
    meaning: 'share of the waiting that is in RLock, from which on readers are the victims',
  },
} as const

/** Whether there is contention worth a word. */
function guilty(c: Contention, t: { readonly average: number; readonly seconds: number }): boolean {
  if (c.waits.culprits.length === 0) return false
  return Number.isNaN(c.average)
    ? c.waits.weight / 1e9 >= t.seconds && c.waits.share >= 0.3
    : c.average >= t.average
}

export const mutexContention = rule({
  id: 'mutex-contention',
  title: 'One lock that many goroutines want at once',
  docs: 'The block profile counts how long goroutines waited in Lock, the mutex profile whose unlock ended the waits. Divided by the time that they cover this is how many goroutines wait for a lock on average. Waiting of condition variables, wait groups and channels is not counted.',
  reference: 'https://go.dev/doc/diagnostics#profiling',
  thresholds: THRESHOLDS,
  needs: ['profile/block|profile/mutex'],
  // What is done under the lock, and makes it long, shows in other profiles too.
  explains: { sameCulprit: ['lock-in-inner-loop', 'poor-parallelism', 'alloc-hot-loop', 'missing-prealloc'] },
  check(capture, t) {
    const c = contentionOf(capture)
    return c === undefined || !guilty(c, t) || c.readers >= t.readers
      ? []
      : [finding(c, 'mutex-contention', t.critical)]
  },
})

export const rwmutexReadContention = rule({
  id: 'rwmutex-read-contention',
  title: 'Readers of an RWMutex wait because a writer holds it for long',
  docs: 'Readers do not wait for each other. Where most waiting is in RLock, a writer holds the lock too long or too often, and while one waits for its turn new readers wait too.',
  reference: 'https://pkg.go.dev/sync#RWMutex',
  thresholds: THRESHOLDS,
  needs: ['profile/block'],
  explains: {
    sameCulprit: [
      'lock-in-inner-loop',
      'poor-parallelism',
      'mutex-contention',
      'alloc-hot-loop',
      'missing-prealloc',
    ],
  },
  check(capture, t) {
    const c = contentionOf(capture)
    return c === undefined || !guilty(c, t) || c.readers < t.readers
      ? []
      : [finding(c, 'rwmutex-read-contention', t.critical)]
  },
})

function finding(
  c: Contention,
  cause: 'mutex-contention' | 'rwmutex-read-contention',
  critical: number,
): Finding {
  const waiters = topCulprits(c.waits)
  const reads = cause === 'rwmutex-read-contention'
  const culprits = [...new Set(reads ? [...c.holders, ...waiters] : [...waiters, ...c.holders])]
  const first = culprits[0]
  const waiter = waiters[0]
  const place = (c.mutex ?? c.from).facts.placeOf(first) ?? c.from.facts.placeOf(first)
  const average = Number.isNaN(c.average)
    ? timeText(c.waits.weight)
    : `${c.average < 10 ? c.average.toFixed(1) : Math.round(c.average)} goroutines on average`
  const one = c.waits.weight > 0 ? c.waits.culprits[0].weight / c.waits.weight : 0
  const evidence: Evidence[] = [
    {
      source: c.from.source.name,
      text: `${timeText(c.waits.weight)} of waiting for ${reads ? 'readers’ locks' : 'locks'}, ${percent(one)} of it in ${shortName(waiter)}`,
      value: c.waits.weight / 1e9,
      unit: 'seconds',
      view: topOf(waiter, c.from.source),
    },
    ...(c.mutex !== undefined && c.holders[0] !== undefined
      ? [
          {
            source: c.mutex.source.name,
            text: `the waits end when ${shortName(c.holders[0])} unlocks`,
            view: topOf(c.holders[0], c.mutex.source),
          },
        ]
      : []),
  ]
  return {
    cause,
    severity: Number.isNaN(c.average) || c.average < critical ? 'warning' : 'critical',
    confidence: confidence(c.waits.samples, 1) * (Number.isNaN(c.average) ? 0.7 : 1),
    title: reads
      ? `Readers wait for a writer: ${average} in RLock of ${shortName(waiter)}${c.holders[0] === undefined ? '' : `, behind ${shortName(c.holders[0])}`}`
      : `${average} wait for one lock, in ${shortName(waiter)}`,
    culprits,
    ...(place && { place }),
    evidence,
    why: reads
      ? 'A writer keeps all readers out for as long as it holds the lock, and readers that come while it waits queue behind it.'
      : 'Only one goroutine at a time is inside; the others queue. The longer the lock is held and the more want it, the more of the program is serial.',
    remedy: reads
      ? [
          'build the new value without the lock and swap a pointer: atomic.Pointer, copy on write',
          'do under the lock only what must be: no work, no I/O, no loops over all entries',
          'write in small batches, so that readers get their turn in between',
        ]
      : [
          'shorten what is done under the lock: compute before, and only store inside',
          'split the data by key into shards with a lock each, or give each worker its own table',
          'batch: take the lock once for many items; for counters use sync/atomic',
        ],
    verify: 'the same function waits for a small part of that in a new block profile: goscope diff',
    cost: Math.min(1, (Number.isNaN(c.average) ? 1 : c.average) / 4),
  }
}
