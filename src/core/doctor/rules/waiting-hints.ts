// What waits in ways that a CPU profile does not show, for information: whether it is meant only the author knows.

import { timeText } from '../../base/people-fmt.ts'
import { rule } from '../rule.ts'
import { percent, shareEvidence, shortName, topOf } from '../words.ts'
import { cpuSeverity, topCulprits } from './hot-kind.ts'

export const sleepInRequest = rule({
  id: 'sleep-in-request',
  title: 'Requests sleep',
  docs: 'A trace counts time.Sleep like every other wait. In a function that serves requests it is latency that nobody can make use of: mostly waiting for something that could be told instead of asked for again and again.',
  reference: 'https://pkg.go.dev/time#Sleep',
  thresholds: {
    average: { value: 1, meaning: 'goroutines that sleep while they serve a request, on average' },
  },
  needs: ['trace'],
  check(capture, t) {
    const trace = capture.trace!
    const sleeps = trace.waits?.get('sleep')
    if (sleeps === undefined) return undefined
    const facts = capture.factsOf(sleeps)
    const serving = facts.mark((name) =>
      /^net\/http\.\((HandlerFunc|\*ServeMux|serverHandler)\)|^net\/http\.HandlerFunc\.|^google\.golang\.org\/grpc\.\(\*Server\)\./.test(
        name,
      ),
    )
    const part = facts.part((from, to) => {
      for (let i = from; i < to; i++) if (serving[facts.nameAt(i)] === 1) return from
      return -1
    })
    const average = part.weight / Math.max(1, trace.activity.durationNs)
    if (average < t.average) return []
    const culprits = topCulprits(part)
    return [
      {
        cause: 'sleep-in-request',
        severity: 'info',
        confidence: 0.8,
        title: `${average.toFixed(1)} requests sleep on average${culprits[0] === undefined ? '' : `, in ${shortName(culprits[0])}`}`,
        culprits,
        evidence: [
          {
            source: trace.source.name,
            text: `${timeText(part.weight)} of time.Sleep below handlers`,
            value: part.weight / 1e9,
            unit: 'seconds',
          },
        ],
        why: 'A request that sleeps takes as long as it sleeps, however fast everything else is.',
        remedy: [
          'wait for the event itself: a channel, a condition variable, a callback',
          'for retries: fewer, with a deadline (context.WithTimeout) over all of them',
        ],
        verify: 'a new trace shows no sleep below handlers',
        cost: Math.min(1, average / 20),
      },
    ]
  },
})

export const channelHot = rule({
  id: 'channel-hot',
  title: 'Much of the CPU time goes into channels',
  docs: 'A send or receive takes the channel’s lock and often wakes a goroutine, which is fine per piece of work and dear per item. Many goroutines on one channel contend for its lock besides.',
  reference: 'https://go.dev/blog/pipelines',
  thresholds: {
    info: { value: 0.15, meaning: 'share of CPU time in channel operations from which on it is said' },
    cpu: { value: 0.4, meaning: 'the same, from which on it is a warning' },
    critical: { value: 0.7, meaning: 'the same, from which on it is critical' },
    samples: { value: 10, meaning: 'CPU samples in them below which nothing is said' },
  },
  needs: ['profile/cpu'],
  check(capture, t) {
    const cpu = capture.cpu!
    const part = cpu.facts.with(
      cpu.facts.ofKind('channel'),
      // What the block profiler adds is not the channel's.
      cpu.facts.mark((name) => name === 'runtime.blockevent'),
    )
    if (part.share < t.info || part.samples < t.samples || part.culprits.length === 0) return []
    const culprits = topCulprits(part)
    return [
      {
        cause: 'channel-hot',
        severity: part.share >= t.cpu ? cpuSeverity(capture, part.share, t.critical) : 'info',
        confidence: 0.8,
        title: `${percent(part.share)} of CPU time sends and receives, in ${shortName(culprits[0])}`,
        culprits,
        evidence: [
          shareEvidence(
            cpu.source,
            part.share,
            'of CPU time is in channel operations',
            topOf(culprits[0], cpu.source),
          ),
        ],
        why: 'The hand-over costs more than what is done with what is handed over.',
        remedy: [
          'send slices of items instead of single ones',
          'give each worker a channel of its own, or an index range to take from (atomic.Int64)',
        ],
        verify: 'runtime.chansend and chanrecv fall to a few percent of CPU time',
        cost: part.share,
      },
    ]
  },
})

export const cpuQuota = rule({
  id: 'cpu-quota',
  title: 'Goroutines wait long for processors that the program thinks it has',
  docs: 'The runtime plans for GOMAXPROCS processors. If a container’s quota, or other programs on the machine, leave fewer, goroutines that are ready wait although no processor is counted as busy: latencies of scheduling grow to the period of the quota (100 ms) while the CPU profile shows fewer cores in use than GOMAXPROCS.',
  reference: 'https://go.dev/blog/container-aware-gomaxprocs',
  thresholds: {
    latency: { value: 0.01, meaning: 'seconds that one in a hundred goroutines waits until it runs' },
    used: { value: 0.7, meaning: 'cores in use as a share of GOMAXPROCS, at most' },
    busy: { value: 0.3, meaning: 'the same, at least: an idle program shows nothing' },
  },
  needs: ['memory', 'profile/cpu'],
  check(capture, t) {
    const procs = capture.gomaxprocs
    const holder = capture.parts.memory.findLast((m) => m.snapshot.metrics !== undefined)
    const histogram = holder?.snapshot.metrics?.histograms.get('/sched/latencies:seconds')
    if (holder === undefined || histogram === undefined || procs === undefined) return undefined
    const used = capture.busyCores / procs
    const count = histogram.reduce((sum, b) => sum + b.count, 0)
    let above = count * 0.01
    let p99 = 0
    for (const b of [...histogram].sort((x, y) => y.from - x.from)) {
      above -= b.count
      p99 = b.from
      if (above <= 0) break
    }
    if (count < 1000 || p99 < t.latency || used > t.used || used < t.busy) return []
    return [
      {
        cause: 'cpu-quota',
        severity: 'info',
        confidence: 0.5,
        title: `One goroutine in a hundred waits ${timeText(p99 * 1e9)} or longer to run, though only ${capture.busyCores.toFixed(1)} of ${procs} processors are in use`,
        culprits: [],
        evidence: [
          {
            source: holder.source.name,
            text: `99th percentile of /sched/latencies is ${timeText(p99 * 1e9)}`,
            value: p99,
            unit: 'seconds',
          },
          {
            source: capture.cpu!.source.name,
            text: `${capture.busyCores.toFixed(2)} cores in use`,
            value: capture.busyCores,
            unit: 'cores',
          },
        ],
        why: 'The system does not run all the threads that the runtime relies on: a CPU quota is used up, or the machine is busy with others.',
        remedy: [
          'set GOMAXPROCS to the quota (Go 1.25 does by itself)',
          'or raise the quota; see nr_throttled in cpu.stat of the control group',
        ],
        verify: '/sched/latencies falls below a millisecond',
        cost: 0.1,
      },
    ]
  },
})
