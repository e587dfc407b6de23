import type { GroupActivity, TraceActivity } from '../../analysis/trace/activity.ts'
import { timeText } from '../../base/people-fmt.ts'
import { rule } from '../rule.ts'
import { percent, shareEvidence, shortName, topOf } from '../words.ts'
import { busyCores, topCulprits } from './hot-kind.ts'
import { userGroups, waitedForWork } from './parallelism.ts'

const SEND = /^runtime\.chansend\d?$/

/** Who sends to whom, as a trace tells it by who wakes whom. */
interface Handover {
  readonly senders: GroupActivity
  readonly taker: GroupActivity | undefined
  /** Who waits in the send waits for its turn: a channel used as a semaphore. */
  readonly semaphore: boolean
  /** What comes behind the taker waits for it. */
  readonly starving: boolean
}

function handoverOf(a: TraceActivity): Handover | undefined {
  const groups = userGroups(a)
  const sending = (g: GroupActivity): number => g.waited.get('chan send') ?? 0
  const senders = groups.reduce<GroupActivity | undefined>(
    (best, g) => (sending(g) > (best === undefined ? 0 : sending(best)) ? g : best),
    undefined,
  )
  if (senders === undefined || sending(senders) < 0.2 * a.durationNs) return undefined
  const wakes = [...senders.wokenBy].filter(([name]) => name !== '')
  const all = wakes.reduce((sum, [, n]) => sum + n, 0)
  const [most] = wakes.sort((x, y) => y[1] - x[1])
  if (most === undefined || most[1] < 0.5 * all)
    return { senders, taker: undefined, semaphore: false, starving: false }
  if (most[0] === senders.name) return { senders, taker: undefined, semaphore: true, starving: false }
  const taker = groups.find((g) => g.name === most[0])
  // Goroutines that are started one a piece of work and give back a place as they end: a semaphore, too.
  if (taker !== undefined && taker.count >= 8 && taker.count >= 4 * taker.peak)
    return { senders, taker: undefined, semaphore: true, starving: false }
  const starving =
    taker !== undefined &&
    groups.some(
      (g) =>
        g !== taker &&
        g.peak >= 2 &&
        (g.wokenBy.get(taker.name) ?? 0) > 0 &&
        (g.waited.get('chan receive') ?? 0) >= 0.5 * a.durationNs * g.peak,
    )
  return { senders, taker, semaphore: false, starving }
}

/** Share of their time that the takers were not waiting for something to take. */
function busyShare(taker: GroupActivity, durationNs: number): number {
  const idle = (taker.waited.get('chan receive') ?? 0) + (taker.waited.get('select') ?? 0)
  return 1 - idle / Math.max(1, durationNs * taker.peak)
}

/** Whether the takers are as many as there are processors, and wait for nothing but those: the machine is the bound. */
function bound(taker: GroupActivity, procs: number, cores: number, durationNs: number): boolean {
  if (taker.exec >= cores * procs * durationNs) return true
  return taker.peak >= procs && waitedForWork(taker) < 0.25 * durationNs * taker.peak
}

export const consumerBottleneck = rule({
  id: 'consumer-bottleneck',
  title: 'Producers wait in their send because the consumer is slower',
  docs: 'The block profile counts how long goroutines waited in a channel send. That several wait on average means that what receives is slower than what sends. A trace tells who takes what they send: a consumer that hardly ever waits for more is what is slow, whether it computes or waits for something else; senders that wake each other use the channel as a semaphore, and takers that keep all processors busy are as fast as the machine. Without a trace the one function that takes most of the CPU time is taken for the consumer’s.',
  thresholds: {
    average: {
      value: 0.75,
      meaning: 'goroutines that wait in a send on average, where a trace shows for whom',
    },
    alone: { value: 1.5, meaning: 'the same, without a trace' },
    critical: { value: 4, meaning: 'the same, from which on it is critical' },
    share: { value: 0.3, meaning: 'share of all blocking that is in sends, without a trace' },
    taking: { value: 0.75, meaning: 'share of their time that the takers do not wait for more' },
    cores: {
      value: 0.75,
      meaning: 'share of all processors that the takers use, above which these are the bound',
    },
    busy: { value: 0.4, meaning: 'cores in use, below which the consumer is not what is slow by computing' },
    one: { value: 0.5, meaning: 'share of CPU time of the function that is taken for the consumer’s' },
  },
  needs: ['profile/block'],
  explains: { always: ['poor-parallelism'] },
  check(capture, t) {
    const block = capture.facts('block', 'delay')!
    const wall = capture.wallSeconds
    if (wall === undefined) return undefined
    const sends = block.facts.with(block.facts.mark((name) => SEND.test(name)))
    const average = sends.weight / 1e9 / wall
    const producers = topCulprits(sends)
    if (average < t.average || producers.length === 0) return []
    const activity = capture.trace?.activity
    const procs = activity?.gomaxprocs || capture.gomaxprocs || 0
    const handover = activity && handoverOf(activity)
    const taker = handover?.taker
    if (handover?.semaphore) return []
    if (taker !== undefined && activity !== undefined) {
      if (busyShare(taker, activity.durationNs) < t.taking) return []
      if (bound(taker, procs, t.cores, activity.durationNs)) return []
      // One feeder in front of a stage that many wait for: that stage is serial, which says more.
      if (handover?.starving && handover.senders.peak < 2) return []
    } else if (average < t.alone || sends.share < t.share) return []
    const cpu = capture.cpu
    const busy = busyCores(capture)
    const top = cpu?.facts.ofUser()
    const computing =
      cpu !== undefined &&
      top !== undefined &&
      busy >= t.busy &&
      cpu.facts.share(top.culprits[0]?.weight ?? 0) >= t.one
        ? top.culprits[0].name
        : undefined
    const consumer = computing ?? taker?.name
    // A send that waits for its turn in a semaphore is meant to wait: nothing computes then for all of the time.
    if (cpu !== undefined && consumer === undefined) return []
    const culprits = [
      ...new Set([
        ...(consumer === undefined ? [] : [consumer]),
        ...(taker === undefined ? [] : [taker.name]),
        ...producers,
      ]),
    ]
    const place = (consumer && cpu?.facts.placeOf(consumer)) ?? block.facts.placeOf(producers[0])
    return [
      {
        cause: 'consumer-bottleneck',
        severity: average >= t.critical ? 'critical' : 'warning',
        confidence: consumer === undefined ? 0.6 : 0.85,
        title: `${average.toFixed(1)} producers on average wait in their send in ${shortName(producers[0])}${consumer === undefined ? '' : `; the consumer, ${shortName(consumer)}, is slower`}`,
        culprits,
        ...(place && { place }),
        evidence: [
          {
            source: block.source.name,
            text: `${timeText(sends.weight)} of waiting in channel sends, ${percent(sends.share)} of all blocking`,
            value: sends.weight / 1e9,
            unit: 'seconds',
            view: topOf(producers[0], block.source),
          },
          ...(computing !== undefined && cpu !== undefined
            ? [
                shareEvidence(
                  cpu.source,
                  cpu.facts.share(top!.culprits[0].weight),
                  `of CPU time is below ${shortName(computing)}`,
                  topOf(computing, cpu.source),
                ),
              ]
            : []),
        ],
        why: 'A channel that is full, or has no buffer, holds its senders until someone receives. With a consumer slower than its producers a larger buffer only fills later.',
        remedy: [
          'make the work per item cheaper, or move it to the producers',
          'several consumers on the same channel, if the order does not matter',
          'send batches instead of single items, if it is the hand-over that costs',
        ],
        verify: 'a new block profile shows little waiting in that send, and throughput rises',
        cost: Math.min(1, average / 8),
      },
    ]
  },
})
