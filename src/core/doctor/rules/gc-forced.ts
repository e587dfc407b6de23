import type { Evidence } from '../finding.ts'
import { rule } from '../rule.ts'
import { percent, shareEvidence, shortName, topOf } from '../words.ts'
import { topCulprits } from './hot-kind.ts'

export const gcForced = rule({
  id: 'gc-forced',
  title: 'The program itself asks for collections, again and again',
  docs: 'runtime.GC and debug.FreeOSMemory collect at once, whatever there is to collect, and block their caller until that is done. MemStats and gctrace count such cycles apart. A few, before a measurement or after a rare peak, are fine.',
  reference: 'https://pkg.go.dev/runtime#GC',
  thresholds: {
    cycles: { value: 20, meaning: 'collections that the program asked for' },
    part: { value: 0.3, meaning: 'their share of all collections' },
    rate: { value: 2, meaning: 'of them a second' },
    share: { value: 0.05, meaning: 'share of CPU time that is the collector’s' },
    critical: { value: 0.3, meaning: 'the same, from which on it is critical' },
  },
  needs: ['memory|log/gctrace'],
  explains: {
    always: ['gc-churn-small-heap', 'alloc-hot-loop', 'mark-assist', 'write-barrier', 'gc-many-pointers'],
  },
  check(capture, t) {
    const { gc } = capture
    if (gc === undefined) return undefined
    const perSecond = gc.perSecond * (gc.forced / Math.max(1, gc.cycles))
    if (gc.forced < t.cycles || gc.forced < t.part * gc.cycles || !(perSecond >= t.rate)) return []
    const cpu = capture.cpu
    const inProfile = cpu?.facts.with(cpu.facts.marked('collect', 'sweep'))
    const share = Math.max(inProfile?.share ?? 0, Number.isNaN(gc.cpuShare) ? 0 : gc.cpuShare)
    if (share < t.share) return []
    const asks = (name: string): boolean => /^(runtime\.GC|runtime\/debug\.FreeOSMemory)$/.test(name)
    const callers = cpu?.facts.with(cpu.facts.mark(asks))
    const goroutines = capture.facts('goroutine')
    const found =
      callers !== undefined && callers.culprits.length > 0
        ? callers
        : goroutines?.facts.with(goroutines.facts.mark(asks))
    const culprits = found === undefined ? [] : topCulprits(found)
    const first = culprits[0]
    const place = first === undefined ? undefined : (cpu?.facts ?? goroutines?.facts)?.placeOf(first)
    const evidence: Evidence[] = [
      {
        source: gc.source.name,
        text: `${gc.forced} of ${gc.cycles} collections were asked for, ${perSecond.toFixed(1)} a second`,
        value: gc.forced,
        unit: 'count',
        ...(gc.source.kind.startsWith('log') && { view: `goscope gc ${gc.source.name}` }),
      },
      ...(cpu !== undefined && inProfile !== undefined
        ? [
            shareEvidence(
              cpu.source,
              inProfile.share,
              'of CPU time is the collector’s',
              first === undefined ? undefined : topOf(first, cpu.source),
            ),
          ]
        : []),
    ]
    return [
      {
        cause: 'gc-forced',
        severity: share >= t.critical ? 'critical' : 'warning',
        confidence: 0.9,
        title: `The program asks for ${perSecond.toFixed(perSecond < 10 ? 1 : 0)} collections a second${first === undefined ? '' : `, in ${shortName(first)}`}; the collector takes ${percent(share)} of CPU time`,
        culprits,
        ...(place && { place }),
        evidence,
        why: 'A collection marks all that is live, however little has been allocated since the last one, and runtime.GC waits until that, and the sweeping, is done.',
        remedy: [
          'remove the calls: the collector paces itself by what is allocated',
          'to bound memory set GOMEMLIMIT (debug.SetMemoryLimit) instead',
        ],
        verify: 'goscope gc on a new log shows no forced cycles and a smaller share of CPU time',
        cost: share,
      },
    ]
  },
})
