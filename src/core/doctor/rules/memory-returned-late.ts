import { lateReturn } from '../../analysis/memory/trend.ts'
import { bytesText } from '../../base/people-fmt.ts'
import { rule } from '../rule.ts'
import { percent, shortName, topOf } from '../words.ts'

export const memoryReturnedLate = rule({
  id: 'memory-returned-late',
  title: 'After a peak most of the heap is idle and not yet returned to the system',
  docs: 'HeapIdle − HeapReleased of runtime.MemStats is memory that the process holds and does not use. Some is wise: the next growth needs it. Many times the heap in use is what a peak left behind; the scavenger returns it slowly, to a goal that the peak has set.',
  reference: 'https://go.dev/doc/gc-guide#Memory_limit',
  thresholds: {
    share: { value: 0.5, meaning: 'share of what the runtime holds that is idle and not returned' },
    bytes: { value: 64 * 2 ** 20, meaning: 'bytes below which it is not worth a word' },
    times: { value: 3, meaning: 'times the heap in use that is kept' },
  },
  needs: ['memory'],
  check(capture, t) {
    const late = lateReturn(capture.parts.memory.map((m) => m.snapshot))
    if (late === undefined) return undefined
    if (late.share < t.share || late.kept < t.bytes || late.timesInUse < t.times) return []
    const source = capture.memorySource!
    const space = capture.allocated('alloc_space')
    const made = space?.facts.all().culprits.filter((c) => space.facts.share(c.weight) >= 0.1) ?? []
    const culprits = made.slice(0, 2).map((c) => c.name)
    const first = culprits[0]
    const place = first === undefined ? undefined : space?.facts.placeOf(first)
    return [
      {
        cause: 'memory-returned-late',
        severity: 'warning',
        confidence: 0.9,
        title: `${bytesText(late.kept)} of heap are idle and not returned to the system, ${Math.round(late.timesInUse)} times what is in use${first === undefined ? '' : `; the peak was made in ${shortName(first)}`}`,
        culprits,
        ...(place && { place }),
        evidence: [
          {
            source: source.name,
            text: `HeapIdle − HeapReleased is ${bytesText(late.kept)}, ${percent(late.share)} of what the runtime holds`,
            value: late.kept,
            unit: 'bytes',
            view: `goscope memory ${source.name}`,
          },
          ...(first !== undefined && space !== undefined
            ? [
                {
                  source: space.source.name,
                  text: `${percent(space.facts.share(made[0].weight))} of all allocated bytes were made in ${shortName(first)}`,
                  value: space.facts.share(made[0].weight),
                  unit: 'share',
                  view: topOf(first, space.source, '--sample-type alloc_space'),
                },
              ]
            : []),
        ],
        why: 'The heap grew for a short time; the collector has freed it, but the pages go back to the system slowly, so the resident set, and what a container is charged for, stays near the peak.',
        remedy: [
          'make the peak smaller: write the result piece by piece instead of building all of it',
          'set GOMEMLIMIT (debug.SetMemoryLimit) to what the program should take: near it the runtime collects and returns more eagerly',
          'after a rare peak, call debug.FreeOSMemory once',
        ],
        verify:
          'goscope memory on statistics from before and after shows HeapReleased rise and the idle heap fall',
        cost: late.share,
      },
    ]
  },
})
