// Where the collector's work shows besides its own goroutines. For information: what allocates is what can be changed.

import { bytesText, countText } from '../../base/people-fmt.ts'
import type { Capture } from '../capture.ts'
import { rule } from '../rule.ts'
import { percent, shareEvidence, shortName, topOf } from '../words.ts'
import { topCulprits } from './hot-kind.ts'

export const markAssist = rule({
  id: 'mark-assist',
  title: 'Goroutines have to help the collector while they allocate',
  docs: 'A goroutine that allocates faster than the background workers mark must mark as well (mark assist): its request becomes slower than the work it does. Told from the stacks of the CPU profile.',
  reference: 'https://go.dev/doc/gc-guide#Latency',
  thresholds: {
    share: { value: 0.1, meaning: 'share of CPU time in mark assists' },
    samples: { value: 10, meaning: 'CPU samples in them below which nothing is said' },
  },
  needs: ['profile/cpu'],
  check(capture, t) {
    const cpu = capture.cpu!
    const part = cpu.facts.with(cpu.facts.ofKind('assist'))
    if (part.share < t.share || part.samples < t.samples) return []
    const culprits = topCulprits(part)
    const first = culprits[0]
    return [
      {
        cause: 'mark-assist',
        severity: 'info',
        confidence: 0.9,
        title: `${percent(part.share)} of CPU time is mark assist${first === undefined ? '' : `, most of it in ${shortName(first)}`}`,
        culprits,
        evidence: [
          shareEvidence(
            cpu.source,
            part.share,
            'of CPU time is spent by allocating goroutines on marking',
            first === undefined ? undefined : topOf(first, cpu.source),
          ),
        ],
        why: 'The heap grows towards its goal faster than a quarter of the processors can mark it.',
        remedy: [
          'allocate less there',
          'raise GOGC, with GOMEMLIMIT as the bound: cycles start earlier in relation to the goal',
        ],
        verify: 'runtime.gcAssistAlloc falls in the CPU profile, and with it the tail of latencies',
        cost: part.share,
      },
    ]
  },
})

export const writeBarrier = rule({
  id: 'write-barrier',
  title: 'Writes of pointers cost much while the collector marks',
  docs: 'While the collector marks, each write of a pointer to the heap passes through a barrier. Much time in it means very many such writes, and a collector that marks most of the time.',
  reference: 'https://go.dev/doc/gc-guide',
  thresholds: {
    share: { value: 0.15, meaning: 'share of CPU time in write barriers' },
    samples: { value: 10, meaning: 'CPU samples in them below which nothing is said' },
  },
  needs: ['profile/cpu'],
  check(capture, t) {
    const cpu = capture.cpu!
    const part = cpu.facts.with(
      cpu.facts.mark((name) =>
        /^runtime\.(wbBufFlush\w*|gcWriteBarrier\w*|bulkBarrier\w*)(\.func\d+)?$/.test(name),
      ),
    )
    if (part.share < t.share || part.samples < t.samples) return []
    const culprits = topCulprits(part)
    const first = culprits[0]
    return [
      {
        cause: 'write-barrier',
        severity: 'info',
        confidence: 0.9,
        title: `${percent(part.share)} of CPU time is in write barriers${first === undefined ? '' : `, most of it in ${shortName(first)}`}`,
        culprits,
        evidence: [
          shareEvidence(
            cpu.source,
            part.share,
            'of CPU time is in write barriers',
            first === undefined ? undefined : topOf(first, cpu.source),
          ),
        ],
        why: 'Lists, trees and maps of pointers are rebuilt while the collector looks at them.',
        remedy: [
          'hold indexes into a slice instead of pointers, and values instead of pointers to them',
          'make the collector run less: fewer allocations, a higher GOGC',
        ],
        verify: 'runtime.gcWriteBarrier and wbBufFlush fall in the CPU profile',
        cost: part.share,
      },
    ]
  },
})

export const gcManyPointers = rule({
  id: 'gc-many-pointers',
  title: 'The collector has very many live objects to mark',
  docs: 'A cycle costs what is alive, not what is garbage: each live object is visited and its pointers are followed. A large heap of small objects makes every cycle dear, even where little is allocated.',
  reference: 'https://go.dev/doc/gc-guide#Understanding_costs',
  thresholds: {
    share: { value: 0.2, meaning: 'share of CPU time that is marking' },
    objects: { value: 1e6, meaning: 'live objects' },
    small: { value: 256, meaning: 'their mean size in bytes, at most' },
  },
  needs: ['profile/cpu', 'memory'],
  check(capture, t) {
    const cpu = capture.cpu!
    const m = capture.memory?.memstats
    const objects = m?.HeapObjects
    if (objects === undefined || m?.HeapAlloc === undefined) return undefined
    const part = cpu.facts.with(cpu.facts.ofKind('collect'))
    const size = m.HeapAlloc / Math.max(1, objects)
    if (part.share < t.share || objects < t.objects || size > t.small) return []
    const live = capture.live('inuse_objects')
    const culprits = live === undefined ? [] : topCulprits(live.facts.all())
    const first = culprits[0]
    return [
      {
        cause: 'gc-many-pointers',
        severity: 'info',
        confidence: 0.8,
        title: `The collector marks ${countText(objects)} objects in each cycle: ${percent(part.share)} of CPU time${first === undefined ? '' : `; most of them were made in ${shortName(first)}`}`,
        culprits,
        evidence: [
          shareEvidence(
            cpu.source,
            part.share,
            'of CPU time is the collector’s',
            `goscope top ${cpu.source.name}`,
          ),
          {
            source: capture.memorySource!.name,
            text: `${countText(objects)} live objects of ${bytesText(size)} on average`,
            value: objects,
            unit: 'count',
            view: `goscope memory ${capture.memorySource!.name}`,
          },
        ],
        why: 'Marking follows pointers from object to object, which is work for memory more than for the processor.',
        remedy: [
          'keep many small things in few large slices of values, with indexes instead of pointers',
          'map keys and values without pointers are not looked into',
          'raise GOGC: fewer cycles mark the same objects less often',
        ],
        verify: 'goscope gc on a new log shows shorter mark phases',
        cost: part.share,
      },
    ]
  },
})

/** Live objects and bytes over the snapshots, oldest first. */
function heaps(capture: Capture): readonly { readonly objects: number; readonly bytes: number }[] {
  return capture.parts.memory.flatMap(({ snapshot: { memstats: m } }) =>
    m?.HeapObjects === undefined || m.HeapAlloc === undefined
      ? []
      : [{ objects: m.HeapObjects, bytes: m.HeapAlloc }],
  )
}

export const mapsNeverShrink = rule({
  id: 'maps-never-shrink',
  title: 'Memory stays though what was in it has gone',
  docs: 'A map’s table grows and never shrinks, and neither does the array behind a slice that is cut to [:0]. Seen from outside: the number of live objects falls to a part of what it was, and their bytes do not.',
  reference: 'https://go.dev/issue/20135',
  thresholds: {
    objects: { value: 0.5, meaning: 'live objects at the end as a share of the most there were' },
    bytes: { value: 0.7, meaning: 'live bytes at the end as a share of what they were then' },
    least: { value: 32 * 2 ** 20, meaning: 'live bytes below which it is not worth a word' },
    many: { value: 100_000, meaning: 'live objects that there must have been' },
  },
  needs: ['memory'],
  check(capture, t) {
    const moments = heaps(capture)
    if (moments.length < 3) return undefined
    const now = moments[moments.length - 1]
    const peak = moments.reduce((a, b) => (b.objects > a.objects ? b : a))
    if (
      peak.objects < t.many ||
      now.bytes < t.least ||
      now.objects > t.objects * peak.objects ||
      now.bytes < t.bytes * peak.bytes
    )
      return []
    const live = capture.live('inuse_space')
    const culprits = live === undefined ? [] : topCulprits(live.facts.all())
    return [
      {
        cause: 'maps-never-shrink',
        severity: 'info',
        confidence: 0.6,
        title: `${bytesText(now.bytes)} stay in use, though ${percent(1 - now.objects / peak.objects)} of the objects have gone`,
        culprits,
        evidence: [
          {
            source: capture.memorySource!.name,
            text: `live objects: ${countText(peak.objects)} at most, ${countText(now.objects)} now; bytes: ${bytesText(peak.bytes)} then, ${bytesText(now.bytes)} now`,
            value: now.bytes,
            unit: 'bytes',
            view: `goscope memory ${capture.memorySource!.name}`,
          },
        ],
        why: 'Deleting from a map empties its slots and keeps its table; s[:0] keeps the array.',
        remedy: [
          'copy what is left to a new map (maps.Clone does not help, make and insert do), or split the map by age',
          'let go of a slice that was large once: s = nil, slices.Clip on a copy',
        ],
        verify: 'HeapAlloc falls with HeapObjects in later statistics',
        cost: 0.2,
      },
    ]
  },
})
