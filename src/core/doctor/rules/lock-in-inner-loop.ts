import { rule } from '../rule.ts'
import { confidence, percent, shareEvidence, shortName, topOf } from '../words.ts'
import { cpuSeverity, topCulprits } from './hot-kind.ts'

export const lockInInnerLoop = rule({
  id: 'lock-in-inner-loop',
  title: 'An uncontended lock taken so often that taking it is the cost',
  docs: 'Taking and giving back a free mutex costs some ten nanoseconds of atomic operations. That shows in a CPU profile only where it is done in an inner loop. Contention profiles show nothing of it: nobody waits.',
  thresholds: {
    cpu: { value: 0.25, meaning: 'share of CPU time in Lock and Unlock' },
    critical: { value: 0.7, meaning: 'the same, from which on it is critical' },
    waiting: {
      value: 0.1,
      meaning:
        'waiting for locks, as a multiple of the CPU time in them, above which it is contention and not this',
    },
    samples: { value: 5, meaning: 'CPU samples in Lock and Unlock below which nothing is said' },
  },
  needs: ['profile/cpu'],
  check(capture, t) {
    const cpu = capture.cpu!
    const locks = cpu.facts.with(cpu.facts.marked('lock', 'unlock'))
    if (locks.share < t.cpu || locks.samples < t.samples) return []
    // Both profiles count nanoseconds; the CPU profile covers a part of the time of the others, never more.
    const waited = Math.max(
      ...(['block', 'mutex'] as const).map((kind) => {
        const f = capture.facts(kind, 'delay')
        return f === undefined ? 0 : f.facts.with(f.facts.marked('lock', 'unlock')).weight
      }),
    )
    if (waited > t.waiting * locks.weight) return []
    const culprits = topCulprits(locks)
    const first = culprits[0]
    const place = first === undefined ? undefined : cpu.facts.placeOf(first)
    const judged = capture.has('profile/mutex|profile/block')
    return [
      {
        cause: 'lock-in-inner-loop',
        severity: cpuSeverity(capture, locks.share, t.critical),
        confidence: confidence(locks.samples) * (judged ? 1 : 0.7),
        title: `${percent(locks.share)} of CPU time takes and gives back locks that nobody contends${first === undefined ? '' : `, in ${shortName(first)}`}`,
        culprits,
        ...(place && { place }),
        evidence: [
          shareEvidence(
            cpu.source,
            locks.share,
            'of CPU time is in Lock and Unlock',
            first === undefined ? undefined : topOf(first, cpu.source),
          ),
          ...(['mutex', 'block'] as const).flatMap((kind) => {
            const f = capture.facts(kind, 'delay')
            return f === undefined
              ? []
              : [
                  {
                    source: f.source.name,
                    text: 'hardly any waiting for locks',
                    value: waited / 1e9,
                    unit: 'seconds',
                  },
                ]
          }),
        ],
        why: 'Even a free lock costs atomic operations that the processor cannot overlap with the work around them; in a loop over small items they outweigh it.',
        remedy: [
          'take the lock once around the loop, or once per batch',
          'count or collect in local variables and add the result under the lock at the end',
          'for a single counter use sync/atomic, for values that are only set once a sync.Once or an atomic.Pointer',
        ],
        verify: 'sync.(*Mutex).Lock and Unlock are gone from the top of the CPU profile',
        cost: locks.share,
      },
    ]
  },
})
