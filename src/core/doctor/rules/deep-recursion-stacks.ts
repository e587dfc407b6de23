import { rule } from '../rule.ts'
import { confidence, percent, shareEvidence, shortName, topOf } from '../words.ts'
import { cpuSeverity } from './hot-kind.ts'

export const deepRecursionStacks = rule({
  id: 'deep-recursion-stacks',
  title: 'Deep recursion: huge stacks, time spent copying them',
  docs: 'A goroutine’s stack starts at some kilobytes and doubles by copying; the collector shrinks it again. Growing shows in a CPU profile only where stacks become large again and again, which is deep recursion. MemStats.StackInuse shows what they take.',
  reference: 'https://go.dev/blog/go1.4 (contiguous stacks)',
  thresholds: {
    cpu: { value: 0.15, meaning: 'share of CPU time in growing stacks' },
    critical: { value: 0.5, meaning: 'the same, from which on it is critical' },
    depth: { value: 4, meaning: 'times that a function stands on one stack to call it recursive' },
    frames: {
      value: 40,
      meaning:
        'frames of such functions on one stack, from which on it is deep (profiles cut stacks at 64 or 128)',
    },
    samples: { value: 5, meaning: 'CPU samples in growing stacks below which nothing is said' },
  },
  needs: ['profile/cpu'],
  // The stacks' memory goes back to the heap, where it stays.
  explains: { always: ['memory-returned-late'], sameCulprit: ['poor-parallelism'] },
  check(capture, t) {
    const cpu = capture.cpu!
    const { facts } = cpu
    const grow = facts.with(facts.ofKind('growStack'))
    if (grow.share < t.cpu || grow.samples < t.samples) return []
    // Who recurses: the user function that stands most often on one stack, over all samples.
    const deepest = new Map<number, number>()
    let most = 0
    facts.each((_row, _weight, stack, from, to) => {
      const times = new Map<number, number>()
      for (let i = from; i < to; i++)
        if (facts.originOf(stack[i]) === 'main') times.set(stack[i], (times.get(stack[i]) ?? 0) + 1)
      let frames = 0
      for (const [name, n] of times) {
        if (n > (deepest.get(name) ?? 0)) deepest.set(name, n)
        if (n >= t.depth) frames += n
      }
      most = Math.max(most, frames)
    })
    const recursive = [...deepest].filter(([, n]) => n >= t.depth).sort((a, b) => b[1] - a[1])
    // New goroutines grow their first stacks as well: that is a matter of how many are started.
    if (recursive.length === 0 || most < t.frames) return []
    const culprits = recursive.slice(0, 3).map(([name]) => facts.names[name])
    const first = culprits[0]
    const place = facts.placeOf(first)
    const stacks = capture.memory?.memstats?.StackInuse
    return [
      {
        cause: 'deep-recursion-stacks',
        severity: cpuSeverity(capture, grow.share, t.critical),
        confidence: confidence(grow.samples),
        title: `${percent(grow.share)} of CPU time grows and copies stacks, below ${shortName(first)}`,
        culprits,
        ...(place && { place }),
        evidence: [
          shareEvidence(cpu.source, grow.share, 'of CPU time grows stacks', topOf(first, cpu.source)),
          {
            source: cpu.source.name,
            text: `${shortName(first)} stands ${recursive[0][1]} times or more on one stack`,
            value: recursive[0][1],
            unit: 'count',
          },
          ...(stacks !== undefined && capture.memorySource !== undefined
            ? [
                {
                  source: capture.memorySource.name,
                  text: `${(stacks / 2 ** 20).toFixed(1)} MiB of stacks in use`,
                  value: stacks,
                  unit: 'bytes',
                  view: `goscope memory ${capture.memorySource.name}`,
                },
              ]
            : []),
        ],
        why: 'Each time a stack is too small it is copied to one of twice the size, with all its pointers adjusted; a new goroutine, or a collection that shrank the stack, starts over.',
        remedy: [
          'walk the structure with a loop and a slice as a stack',
          'recurse in one goroutine that stays, so that its stack has grown once',
        ],
        verify: 'runtime.copystack and newstack are gone from the CPU profile, and StackInuse stays small',
        cost: grow.share,
      },
    ]
  },
})
