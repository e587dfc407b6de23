import type { Capture, Facts } from '../capture.ts'
import type { Evidence } from '../finding.ts'
import { rule } from '../rule.ts'
import { percent } from '../words.ts'

/** One thing that makes a profile say less than it could. */
interface Flaw {
  readonly evidence: Evidence
  readonly remedy: string
}

/** Bytes between two samples of the heap, unless a program sets another number. */
const HEAP_RATE = 512 * 1024

export const profileHygiene = rule({
  id: 'profile-hygiene',
  title: 'Profiles that say less than they could',
  docs: 'A profile of few samples, of a profiler that was off, of an unusual rate, without names, or of a heap that was never collected leads astray. Said for information, with what to do better next time.',
  reference: 'https://go.dev/doc/diagnostics#profiling',
  thresholds: {
    samples: { value: 50, meaning: 'CPU samples below which shares are rough (50 samples: ± 14 %)' },
    waiting: {
      value: 4,
      meaning: 'goroutines that wait for channels or locks while the block profile is empty',
    },
    made: { value: 64 * 2 ** 20, meaning: 'bytes allocated while nothing is in use in the heap profile' },
    seconds: { value: 1, meaning: 'length of a CPU profile in seconds below which it is too short' },
    unnamed: { value: 0.5, meaning: 'share of a profile without names of functions' },
    rate: { value: 4, meaning: 'times by which the heap’s sampling rate differs from 512 KiB' },
  },
  needs: ['profile'],
  check(capture, t) {
    const flaws = [
      ...cpuFlaws(capture, t),
      ...offFlaws(capture, t.waiting),
      ...heapFlaws(capture, t.rate, t.made),
      ...nameFlaws(capture, t.unnamed),
    ]
    if (flaws.length === 0) return []
    return [
      {
        cause: 'profile-hygiene',
        severity: 'info',
        confidence: 0.9,
        title:
          flaws.length === 1
            ? `A profile says less than it could: ${flaws[0].evidence.text}`
            : `${flaws.length} profiles say less than they could`,
        culprits: [],
        evidence: flaws.map((f) => f.evidence),
        why: 'What a profiler did not see is not zero: it is unknown.',
        remedy: [...new Set(flaws.map((f) => f.remedy))],
        verify: 'goscope info on the new profiles',
        cost: 0,
      },
    ]
  },
})

function cpuFlaws(
  capture: Capture,
  t: { readonly samples: number; readonly seconds: number },
): readonly Flaw[] {
  const cpu = capture.cpu
  if (cpu === undefined) return []
  const seconds = Number(cpu.profile.durationNanos) / 1e9
  const { samples } = cpu.facts
  if (seconds > 0 && seconds < t.seconds)
    return [
      {
        evidence: {
          source: cpu.source.name,
          text: `the CPU profile covers ${seconds.toFixed(2)} s only`,
          value: seconds,
          unit: 'seconds',
        },
        remedy: 'profile for 10 to 30 seconds, under load',
      },
    ]
  // A long profile of few samples is one of a program that waits: that is no flaw.
  if (samples >= t.samples || samples === 0 || capture.busyCores < 0.2) return []
  return [
    {
      evidence: {
        source: cpu.source.name,
        text: `the CPU profile has ${samples} samples: shares are rough`,
        value: samples,
        unit: 'count',
      },
      remedy: 'profile for 10 to 30 seconds, under load',
    },
  ]
}

/** The block profiler is off unless a program turns it on; the mutex profiler, too, but few programs contend for locks. */
function offFlaws(capture: Capture, least: number): readonly Flaw[] {
  const block = capture.facts('block', 'delay')
  const now = capture.facts('goroutine')
  if (block === undefined || block.profile.samples.count > 0 || now === undefined) return []
  const waits = now.facts.with(now.facts.marked('channel', 'lock'))
  if (waits.culprits.length === 0 || waits.weight < least) return []
  return [
    {
      evidence: {
        source: block.source.name,
        text: `the block profile is empty, though ${waits.weight} goroutines wait for channels and locks`,
        value: waits.weight,
        unit: 'count',
      },
      remedy: 'turn the block profiler on: runtime.SetBlockProfileRate(10000)',
    },
  ]
}

function heapFlaws(capture: Capture, times: number, least: number): readonly Flaw[] {
  const live = capture.facts('heap', 'inuse_space')
  const made = capture.facts('heap', 'alloc_space')
  if (live === undefined) return []
  const flaws: Flaw[] = []
  // A small live heap has no sample either: statistics would tell.
  if (live.facts.total === 0 && (made?.facts.total ?? 0) >= least && capture.memory === undefined)
    flaws.push({
      evidence: {
        source: live.source.name,
        text: 'nothing is in use in the heap profile, though something was allocated',
        value: 0,
        unit: 'bytes',
      },
      remedy:
        'take the heap profile while the program works (it is as of the newest collection), not when it ends',
    })
  const rate = Number(live.profile.period)
  if (rate > 1 && (rate > times * HEAP_RATE || rate < HEAP_RATE / times))
    flaws.push({
      evidence: {
        source: live.source.name,
        text: `one sample stands for ${rate} bytes, not for ${HEAP_RATE}`,
        value: rate,
        unit: 'bytes',
      },
      remedy:
        'leave runtime.MemProfileRate alone, or set it as the first thing in main: what was allocated before has another rate',
    })
  return flaws
}

function nameFlaws(capture: Capture, most: number): readonly Flaw[] {
  const cpu = capture.cpu
  if (cpu === undefined || cpu.facts.total === 0) return []
  const named = cpu.facts.part((from, to) => (from < to && !/^(0x|$)/.test(nameOf(cpu, from)) ? from : -1))
  const unnamed = 1 - named.share
  return unnamed < most
    ? []
    : [
        {
          evidence: {
            source: cpu.source.name,
            text: `${percent(unnamed)} of the profile has no names of functions`,
            value: unnamed,
            unit: 'share',
          },
          remedy: 'give the executable besides (goscope top BINARY PROFILE), one that is not stripped',
        },
      ]
}

function nameOf(f: Facts, at: number): string {
  return f.facts.names[f.facts.nameAt(at)] ?? ''
}
