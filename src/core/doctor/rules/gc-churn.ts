import { bytesText } from '../../base/people-fmt.ts'
import type { Capture } from '../capture.ts'
import type { Evidence, Finding } from '../finding.ts'
import type { GcFacts } from '../gc-facts.ts'
import { rule } from '../rule.ts'
import { percent, shareEvidence, shortName, topOf } from '../words.ts'
import { busyCores, topCulprits } from './hot-kind.ts'

const MiB = 2 ** 20

/** What the collector costs and how often it runs. */
interface Churn {
  readonly gc: GcFacts
  /** Share of CPU time, the largest that a source tells. */
  readonly share: number
  readonly evidence: readonly Evidence[]
}

function churnOf(capture: Capture): Churn | undefined {
  const { gc } = capture
  if (gc === undefined) return undefined
  const cpu = capture.cpu
  const inProfile = cpu?.facts.with(cpu.facts.marked('collect', 'sweep'))
  const share = Math.max(inProfile?.share ?? 0, Number.isNaN(gc.cpuShare) ? 0 : gc.cpuShare)
  const evidence: Evidence[] = []
  if (cpu !== undefined && inProfile !== undefined && inProfile.share > 0)
    evidence.push(
      shareEvidence(
        cpu.source,
        inProfile.share,
        'of CPU time is the collector’s',
        `goscope top ${cpu.source.name}`,
      ),
    )
  if (!Number.isNaN(gc.perSecond))
    evidence.push({
      source: gc.source.name,
      text: `${gc.perSecond.toFixed(gc.perSecond < 10 ? 1 : 0)} collections a second`,
      value: gc.perSecond,
      unit: '1/s',
      ...(gc.source.kind.startsWith('log') && { view: `goscope gc ${gc.source.name}` }),
    })
  if (gc.goal > 0)
    evidence.push({
      source: gc.source.name,
      text: `the heap is collected whenever it reaches ${bytesText(gc.goal)}`,
      value: gc.goal,
      unit: 'bytes',
    })
  return { gc, share, evidence }
}

/** Who allocates most: where to start, whatever the setting. */
function allocators(capture: Capture): string[] {
  const space = capture.allocated('alloc_space')
  return space === undefined ? [] : topCulprits(space.facts.all())
}

/** The percentage that GOGC stands at, as far as anything tells it: the setting, or how far the goal is above what is live. */
function gogcOf(gc: GcFacts): number {
  if (!Number.isNaN(gc.gogc)) return gc.gogc
  // With GOGC=100 no goal is below 4 MiB; a lower one tells of a lower setting.
  if (gc.goal > 0 && gc.goal < 3.5 * MiB) return (gc.goal / (4 * MiB)) * 100
  return gc.live > 0 && gc.goal > 0 ? (gc.goal / gc.live - 1) * 100 : Number.NaN
}

export const gcChurnSmallHeap = rule({
  id: 'gc-churn-small-heap',
  title: 'The collector runs all the time because the heap goal is tiny',
  docs: 'The collector runs each time the heap has grown by GOGC percent of what is live. A low GOGC, or next to nothing alive, makes that a few megabytes: cycles follow each other at once, each with its fixed costs. A setting is reported as the cause; a small live heap with the default setting only for information, as what allocates is then the thing to change.',
  reference: 'https://go.dev/doc/gc-guide#GOGC',
  thresholds: {
    share: { value: 0.15, meaning: 'share of CPU time that is the collector’s' },
    critical: { value: 0.4, meaning: 'the same, from which on it is critical' },
    rate: { value: 10, meaning: 'collections a second' },
    gogc: { value: 50, meaning: 'GOGC below which the setting is the cause' },
    tiny: {
      value: 16 * MiB,
      meaning: 'bytes between the live heap and its goal, above which that is not tiny',
    },
    busy: { value: 0.1, meaning: 'cores in use below which it does not matter' },
  },
  needs: ['log/gctrace|memory'],
  // Of a setting: with the default it is for information only, and explains nothing.
  explains: { always: ['alloc-hot-loop', 'mark-assist', 'write-barrier', 'gc-many-pointers'] },
  check(capture, t) {
    const churn = churnOf(capture)
    if (churn === undefined || Number.isNaN(churn.gc.perSecond)) return undefined
    const { gc, share } = churn
    if (
      share < t.share ||
      gc.perSecond < t.rate ||
      gc.goal - (gc.live > 0 ? gc.live : 0) > t.tiny ||
      (capture.cpu !== undefined && busyCores(capture) < t.busy)
    )
      return []
    const gogc = gogcOf(gc)
    const set = gogc > 0 && gogc < t.gogc
    const culprits = allocators(capture)
    const first = culprits[0]
    const place = first === undefined ? undefined : capture.allocated('alloc_space')?.facts.placeOf(first)
    const finding: Finding = {
      cause: 'gc-churn-small-heap',
      ...(set && { root: true }),
      severity: set ? (share >= t.critical ? 'critical' : 'warning') : 'info',
      confidence: Number.isNaN(gc.gogc) ? 0.75 : 0.95,
      title: set
        ? `GOGC is ${Math.round(gogc)}: the collector runs ${Math.round(gc.perSecond)} times a second and takes ${percent(share)} of CPU time`
        : `The collector runs ${Math.round(gc.perSecond)} times a second, each time the heap reaches ${bytesText(gc.goal)}`,
      culprits,
      ...(place && { place }),
      evidence: [
        ...churn.evidence,
        ...(Number.isNaN(gc.gogc)
          ? []
          : [{ source: gc.source.name, text: `GOGC is ${gc.gogc}`, value: gc.gogc, unit: 'percent' }]),
        ...(first === undefined
          ? []
          : [
              {
                source: capture.allocated('alloc_space')!.source.name,
                text: `most is allocated in ${shortName(first)}`,
                view: topOf(first, capture.allocated('alloc_space')!.source, '--sample-type alloc_space'),
              },
            ]),
      ],
      why: set
        ? 'A cycle has costs that do not depend on how little there is to mark: stopping the world twice, waking workers, sweeping, scanning stacks and globals. With a goal this low they are paid for every few megabytes allocated.'
        : 'Hardly anything stays alive, so the goal is the least there is (4 MiB × GOGC/100), and what is allocated reaches it many times a second.',
      remedy: set
        ? [
            'take debug.SetGCPercent (or GOGC) back to 100 or more',
            'if memory is what must be bounded, set GOMEMLIMIT instead, and GOGC=off or high below it',
          ]
        : [
            'allocate less in the hot path',
            'or raise GOGC (200 halves the cycles); with GOMEMLIMIT as the upper bound it is safe',
          ],
      verify: 'goscope gc on a new log: fewer cycles a second, a smaller share of CPU time',
      cost: share,
    }
    return [finding]
  },
})

export const memoryLimitSpiral = rule({
  id: 'memory-limit-spiral',
  title: 'The heap is at its memory limit, and the collector runs without end',
  docs: 'Near GOMEMLIMIT the collector runs as often as it must to stay below. If what is live alone comes close to the limit, cycles free next to nothing and follow each other at once; the runtime stops at half of the CPU time.',
  reference: 'https://go.dev/doc/gc-guide#Memory_limit',
  thresholds: {
    share: { value: 0.2, meaning: 'share of CPU time that is the collector’s' },
    critical: { value: 0.4, meaning: 'the same, from which on it is critical' },
    near: { value: 0.85, meaning: 'live heap as a share of the limit' },
    room: {
      value: 0.25,
      meaning:
        'room above the live heap as a share of what GOGC would give, below which it is the limit that sets the goal',
    },
  },
  needs: ['log/gctrace|memory'],
  explains: {
    always: ['gc-churn-small-heap', 'alloc-hot-loop', 'mark-assist', 'write-barrier', 'gc-many-pointers'],
  },
  check(capture, t) {
    const churn = churnOf(capture)
    if (churn === undefined) return undefined
    const { gc, share } = churn
    if (Number.isNaN(gc.limit) || Number.isNaN(gc.live) || share < t.share) return []
    // The limit counts all memory of the runtime: the heap may end well below it. GOGC=off has no goal of its own.
    const wanted = gc.gogc > 0 ? (gc.live * gc.gogc) / 100 : Number.POSITIVE_INFINITY
    const squeezed = gc.live >= gc.limit / 2 && gc.goal - gc.live <= t.room * Math.min(wanted, gc.live)
    if (gc.live < t.near * gc.limit && !squeezed) return []
    const culprits = allocators(capture)
    return [
      {
        cause: 'memory-limit-spiral',
        severity: share >= t.critical ? 'critical' : 'warning',
        confidence: 0.9,
        title: `The live heap (${bytesText(gc.live)}) is at GOMEMLIMIT (${bytesText(gc.limit)}): the collector takes ${percent(share)} of CPU time and frees next to nothing`,
        culprits,
        evidence: [
          ...churn.evidence,
          {
            source: gc.source.name,
            text: `live ${bytesText(gc.live)} of a limit of ${bytesText(gc.limit)}`,
            value: gc.live / gc.limit,
            unit: 'share',
          },
        ],
        why: 'The limit leaves no room to allocate between two cycles, so the collector runs for every few kilobytes.',
        remedy: [
          'raise the limit, or the memory of the container and the limit with it',
          'keep less alive: bound caches, find what grows with goscope diff on two heap profiles',
        ],
        verify: 'goscope gc on a new log: cycles a second and the share of CPU time fall',
        cost: share,
      },
    ]
  },
})
