import type { Evidence } from '../finding.ts'
import { rule } from '../rule.ts'
import { percent, shareEvidence } from '../words.ts'

/** Entries that the profiler makes up where it has no stack of the program's. */
const ENTRIES: Readonly<Record<string, string>> = {
  'runtime._GC': 'the collector at work on a stack that is not a goroutine’s',
  'runtime._System': 'the runtime itself: its scheduler, or a switch between stacks',
  'runtime._ExternalCode': 'code that Go did not make: C, the system’s libraries',
  'runtime._VDSO': 'the clock of the kernel, read without a system call (time.Now)',
  'runtime._LostExternalCode': 'samples in foreign code for which there was no room',
  'runtime._LostSIGPROFDuringAtomic64': 'samples lost in atomic operations of 32-bit processors',
  'runtime._LostContendedRuntimeLock': 'waiting for locks of the runtime whose stacks were lost',
}

export const specialEntries = rule({
  id: 'special-entries',
  title: 'Entries of a CPU profile that are no functions of the program',
  docs: 'Where the profiler cannot walk a stack it books the sample under a name of its own: runtime._GC, _System, _ExternalCode, _VDSO, and samples that were lost. They say that time was spent, but not on whose behalf. Said for information, with what each means.',
  reference: 'https://pkg.go.dev/runtime/pprof#StartCPUProfile',
  thresholds: {
    share: { value: 0.05, meaning: 'share of CPU time in such entries' },
    samples: { value: 5, meaning: 'CPU samples in them below which nothing is said' },
  },
  needs: ['profile/cpu'],
  check(capture, t) {
    const cpu = capture.cpu!
    const all = cpu.facts.with(cpu.facts.mark((name) => Object.hasOwn(ENTRIES, name)))
    if (all.share < t.share || all.samples < t.samples) return []
    const evidence: Evidence[] = cpu.facts.names
      .map((name, row) => ({ name, weight: cpu.facts.cum[row] }))
      .filter(({ name, weight }) => Object.hasOwn(ENTRIES, name) && weight > 0)
      .sort((a, b) => b.weight - a.weight)
      .map(({ name, weight }) =>
        shareEvidence(
          cpu.source,
          cpu.facts.share(weight),
          `of CPU time is ${name}: ${ENTRIES[name]}`,
          `goscope peek '${name.replace('.', '\\.')}' ${cpu.source.name}`,
        ),
      )
    return [
      {
        cause: 'special-entries',
        severity: 'info',
        confidence: 0.9,
        title: `${percent(all.share)} of CPU time stands under names of the profiler’s own`,
        culprits: [],
        evidence,
        why: 'The signal of the profiler came when the processor was on a stack that it cannot walk.',
        remedy: [
          'for C code: runtime.SetCgoTraceback, or perf record, which sees all of it',
          'for _VDSO: call time.Now less often, once per batch',
        ],
        verify: 'goscope top shows what remains under these names',
        cost: all.share,
      },
    ]
  },
})
