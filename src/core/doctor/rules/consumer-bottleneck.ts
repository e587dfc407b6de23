import { timeText } from '../../base/people-fmt.ts'
import { rule } from '../rule.ts'
import { percent, shareEvidence, shortName, topOf } from '../words.ts'
import { busyCores, topCulprits } from './hot-kind.ts'

const SEND = /^runtime\.chansend\d?$/

export const consumerBottleneck = rule({
  id: 'consumer-bottleneck',
  title: 'Producers wait in their send because the consumer is slower',
  docs: 'The block profile counts how long goroutines waited in a channel send. That several wait on average means that what receives is slower than what sends. If one function of the user’s code takes most of the CPU time meanwhile, it is the consumer’s.',
  thresholds: {
    average: { value: 0.75, meaning: 'goroutines that wait in a send on average' },
    critical: { value: 4, meaning: 'the same, from which on it is critical' },
    share: { value: 0.3, meaning: 'share of all blocking that is in sends' },
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
    if (average < t.average || sends.share < t.share || producers.length === 0) return []
    const cpu = capture.cpu
    const busy = busyCores(capture)
    const top = cpu?.facts.ofUser()
    const consumer =
      cpu !== undefined &&
      top !== undefined &&
      busy >= t.busy &&
      cpu.facts.share(top.culprits[0]?.weight ?? 0) >= t.one
        ? top.culprits[0].name
        : undefined
    // A send that waits for its turn in a semaphore is meant to wait: nothing computes then for all of the time.
    if (cpu !== undefined && consumer === undefined) return []
    const culprits = [...new Set([...(consumer === undefined ? [] : [consumer]), ...producers])]
    const place = consumer !== undefined ? cpu?.facts.placeOf(consumer) : block.facts.placeOf(producers[0])
    return [
      {
        cause: 'consumer-bottleneck',
        severity: average >= t.critical ? 'critical' : 'warning',
        confidence: consumer === undefined ? 0.6 : 0.85,
        title: `${average.toFixed(1)} producers on average wait in their send in ${shortName(producers[0])}${consumer === undefined ? '' : `; the consumer is busy in ${shortName(consumer)}`}`,
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
          ...(consumer !== undefined && cpu !== undefined
            ? [
                shareEvidence(
                  cpu.source,
                  cpu.facts.share(top!.culprits[0].weight),
                  `of CPU time is below ${shortName(consumer)}`,
                  topOf(consumer, cpu.source),
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
