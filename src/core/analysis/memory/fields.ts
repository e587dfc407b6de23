import type { MemorySnapshot } from '../../model/memory.ts'
import type { Certainty } from './certainty.ts'

/** GOMEMLIMIT when it is off: math.MaxInt64, as the nearest double. */
const NO_LIMIT = 2 ** 63

/** What the runtime tells of its memory, whichever way; bytes. */
export interface Fields {
  readonly sys: number | undefined
  readonly heapAlloc: number | undefined
  readonly heapInuse: number | undefined
  readonly heapIdle: number | undefined
  readonly heapReleased: number | undefined
  readonly stackInuse: number | undefined
  readonly osStacks: number | undefined
  readonly metadata: number | undefined
  readonly buckHash: number | undefined
  readonly live: number | undefined
  readonly liveCertainty: Certainty
  readonly liveFormula: string
  readonly gogc: number | undefined
  readonly memoryLimit: number | undefined
  /** Whether a source tells GOMEMLIMIT, set or not. */
  readonly knowsLimit: boolean
}

/** One set of names over MemStats and runtime/metrics; MemStats counts first, as its fields are read at one moment. */
export function fieldsOf(s: MemorySnapshot): Fields {
  const m = s.memstats
  const v = (name: string): number | undefined => s.metrics?.values.get(name)
  const sum = (...parts: (number | undefined)[]): number | undefined =>
    parts.every((p) => p !== undefined) ? parts.reduce((a: number, b) => a + (b ?? 0), 0) : undefined
  const free = v('/memory/classes/heap/free:bytes')
  const released = v('/memory/classes/heap/released:bytes')
  const limit = v('/gc/gomemlimit:bytes')
  const gogc = v('/gc/gogc:percent')
  const marked = v('/gc/heap/live:bytes')
  // The goal is live × (1 + GOGC / 100), unless that is below the least heap of 4 MiB × GOGC / 100.
  const estimated =
    m?.NextGC !== undefined &&
    m.NextGC > 0 &&
    m.NextGC > (4 << 20) * ((gogc ?? 100) / 100) &&
    (gogc ?? 100) > 0
      ? m.NextGC / (1 + (gogc ?? 100) / 100)
      : undefined
  return {
    sys: m?.Sys ?? v('/memory/classes/total:bytes'),
    heapAlloc: m?.HeapAlloc ?? v('/memory/classes/heap/objects:bytes'),
    heapInuse:
      m?.HeapInuse ?? sum(v('/memory/classes/heap/objects:bytes'), v('/memory/classes/heap/unused:bytes')),
    heapIdle: m?.HeapIdle ?? sum(free, released),
    heapReleased: m?.HeapReleased ?? released,
    stackInuse: m?.StackInuse ?? v('/memory/classes/heap/stacks:bytes'),
    osStacks:
      v('/memory/classes/os-stacks:bytes') ??
      (m?.StackSys !== undefined && m.StackInuse !== undefined ? m.StackSys - m.StackInuse : undefined),
    metadata:
      sum(m?.MSpanSys, m?.MCacheSys, m?.GCSys, m?.OtherSys) ??
      sum(
        v('/memory/classes/metadata/mspan/inuse:bytes'),
        v('/memory/classes/metadata/mspan/free:bytes'),
        v('/memory/classes/metadata/mcache/inuse:bytes'),
        v('/memory/classes/metadata/mcache/free:bytes'),
        v('/memory/classes/metadata/other:bytes'),
        v('/memory/classes/other:bytes'),
      ),
    buckHash: m?.BuckHashSys ?? v('/memory/classes/profiling/buckets:bytes'),
    live: marked ?? estimated,
    liveCertainty: marked !== undefined ? 'measured' : 'estimated',
    liveFormula: marked !== undefined ? '/gc/heap/live:bytes' : 'NextGC ÷ (1 + GOGC ÷ 100)',
    gogc,
    memoryLimit: limit !== undefined && limit < NO_LIMIT ? limit : undefined,
    knowsLimit: limit !== undefined,
  }
}
