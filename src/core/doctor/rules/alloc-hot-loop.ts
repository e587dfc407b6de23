import type { Part, StackFacts } from '../../analysis/stack-facts.ts'
import type { Capture } from '../capture.ts'
import type { Evidence } from '../finding.ts'
import { rule } from '../rule.ts'
import { confidence, percent, shareEvidence, shortName, topOf } from '../words.ts'
import { cpuSeverity, topCulprits } from './hot-kind.ts'

/**
 * Shares of CPU time in allocating: by growing slices and maps, and otherwise. What grows from nothing is another
 * rule's, as long as it is most of what is allocated.
 */
export function allocationOf(capture: Capture): { readonly growing: number; readonly other: number } {
  const cpu = capture.cpu
  if (cpu === undefined) return { growing: 0, other: 0 }
  const growing = cpu.facts.with(cpu.facts.marked('growSlice', 'growMap')).share
  const all = cpu.facts.with(cpu.facts.marked('alloc', 'growMap')).share
  return { growing, other: all - growing }
}

/** All that was allocated, but for what writing the profiles took: short runs are full of that. */
function withoutProfiler(facts: StackFacts): Part {
  const profiler = facts.mark((name) =>
    /^runtime\/(pprof\.(\(\*(Profile|profileBuilder|protobuf)\)|write|Write|StartCPU|profileWriter)|trace\.(Start|Stop)$)/.test(
      name,
    ),
  )
  return facts.part((from, to) => {
    for (let i = from; i < to; i++) if (profiler[facts.nameAt(i)] === 1) return -1
    return from
  })
}

export const allocHotLoop = rule({
  id: 'alloc-hot-loop',
  title: 'Very many small short-lived allocations in a hot path',
  docs: 'Allocating, collecting and sweeping share the CPU with the program’s work. Where they take a large part of it and most objects come from one place, that place makes garbage that it could do without.',
  reference: 'https://go.dev/doc/gc-guide#Eliminating_heap_allocations',
  thresholds: {
    churn: { value: 0.25, meaning: 'share of CPU time in allocation and collection together' },
    critical: { value: 0.5, meaning: 'the same, from which on it is critical' },
    few: { value: 0.4, meaning: 'share of all allocated objects that the first three culprits make' },
    agree: {
      value: 0.1,
      meaning: 'share of the CPU time of allocating that a culprit of the objects must have as well',
    },
    small: { value: 2048, meaning: 'mean size in bytes above which objects are not small' },
    samples: { value: 10, meaning: 'CPU samples in allocation and collection below which nothing is said' },
  },
  needs: ['profile/cpu', 'profile/allocs|profile/heap'],
  explains: { sameCulprit: ['mark-assist', 'write-barrier'] },
  check(capture, t) {
    const cpu = capture.cpu
    const objects = capture.allocated('alloc_objects')
    const bytes = capture.allocated('alloc_space')
    if (cpu === undefined || objects === undefined || bytes === undefined) return undefined
    const churn = cpu.facts.with(cpu.facts.marked('alloc', 'collect'))
    if (churn.share < t.churn || churn.samples < t.samples) return []
    const made = withoutProfiler(objects.facts)
    // Objects of long ago do not matter: who makes many must be seen making them.
    const making = cpu.facts.with(cpu.facts.marked('alloc'))
    const seen = making.culprits.reduce((sum, c) => sum + c.weight, 0)
    const guilty = made.culprits.filter(
      (c) => (making.culprits.find((m) => m.name === c.name)?.weight ?? 0) >= t.agree * seen,
    )
    const first = guilty[0]
    const sum = guilty.slice(0, 3).reduce((n, c) => n + c.weight, 0)
    if (first === undefined || sum < t.few * made.weight) return []
    const size =
      (withoutProfiler(bytes.facts).culprits.find((c) => c.name === first.name)?.weight ?? 0) / first.weight
    if (size > t.small) return []
    const culprits = topCulprits({ ...made, culprits: guilty })
    const place = objects.facts.placeOf(first.name)
    const share = first.weight / made.weight
    const assist = cpu.facts.with(cpu.facts.ofKind('assist'))
    const evidence: Evidence[] = [
      shareEvidence(
        cpu.source,
        churn.share,
        'of CPU time allocates or collects',
        `goscope top ${cpu.source.name}`,
      ),
      shareEvidence(
        objects.source,
        share,
        `of all objects are made in ${shortName(first.name)}, of ${Math.round(size)} bytes on average`,
        topOf(first.name, objects.source, '--sample-type alloc_objects'),
      ),
      ...(assist.share >= 0.05
        ? [
            shareEvidence(
              cpu.source,
              assist.share,
              'of CPU time is mark assist: the allocating goroutines have to help the collector',
            ),
          ]
        : []),
    ]
    return [
      {
        cause: 'alloc-hot-loop',
        severity: cpuSeverity(capture, churn.share, t.critical),
        confidence: confidence(churn.samples),
        title: `${percent(churn.share)} of CPU time allocates and collects; ${percent(share)} of the objects are made in ${shortName(first.name)}`,
        culprits,
        ...(place && { place }),
        evidence,
        why: 'Each small object costs its allocation, its marking while it lives, and its sweeping; made and dropped in a loop, they keep the collector running.',
        remedy: [
          'keep what is built in slices and buffers that are reused for the next round (s = s[:0], bytes.Buffer.Reset)',
          'pass and store values instead of pointers, so that they need no allocation of their own: go build -gcflags=-m says what escapes',
          'a sync.Pool for what cannot be kept by one owner',
        ],
        verify:
          'allocated objects per piece of work fall (go test -benchmem), and with them runtime.mallocgc and runtime.gcBgMarkWorker in the CPU profile',
        cost: churn.share,
      },
    ]
  },
})
