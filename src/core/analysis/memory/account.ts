// One account of a program's memory, from the resident set down to live objects. Runtime and system count
// different things, so each step says how it was computed and how sure it is, and what is left over is shown
// instead of being spread.
//
// Sources: runtime/mstats.go (which statistics add up to Sys), runtime/metrics (the same split finer),
// proc(5) (what is resident), and since Go 1.25 the names that the runtime gives its mappings on Linux.

import type { MemoryMapping, MemorySnapshot } from '../../model/memory.ts'

/** How a number came about. */
export type Certainty = 'measured' | 'computed' | 'at most' | 'estimated'

export interface AccountRow {
  /** Stable id, for --json. */
  readonly id: string
  readonly title: string
  readonly bytes: number
  readonly certainty: Certainty
  /** The formula in the names of its sources. */
  readonly formula: string
  /** What it means for the reader; '' if the title says it. */
  readonly note: string
  /** 0 for the parts of the whole, 1 for parts of a part. */
  readonly level: 0 | 1
}

export interface MemoryAccount {
  /** Resident set, bytes; undefined where no source tells it. */
  readonly resident: number | undefined
  /** Where it was taken from. */
  readonly residentFrom: string
  /** Peak of it, if known. */
  readonly peak: number | undefined
  /** Virtual size, if known. */
  readonly virtual: number | undefined
  /** What the runtime has from the system and not given back: MemStats.Sys - HeapReleased. */
  readonly held: number | undefined
  /** Parts, largest concern first; those of level 0 add up to `resident` (or to `held`) together with `gap`. */
  readonly rows: readonly AccountRow[]
  /** Resident less all parts: positive is unexplained, negative means that parts counted were never touched. */
  readonly gap: number | undefined
  readonly limits: {
    readonly gogc: number | undefined
    /** GOMEMLIMIT, bytes; undefined if none is set or unknown. */
    readonly memoryLimit: number | undefined
  }
  /** Heap that is idle and still counted to the process, and its share of what the runtime holds. */
  readonly idleKept: { readonly bytes: number; readonly share: number } | undefined
  /** What a reader should know of these numbers. */
  readonly remarks: readonly string[]
}

/** GOMEMLIMIT when it is off: math.MaxInt64, as the nearest double. */
const NO_LIMIT = 2 ** 63

/** The account of one moment. */
export function buildMemoryAccount(s: MemorySnapshot): MemoryAccount {
  const f = fieldsOf(s)
  const resident = residentOf(s)
  const rows: AccountRow[] = []
  const remarks: string[] = []
  const row = (
    level: 0 | 1,
    id: string,
    title: string,
    bytes: number | undefined,
    certainty: Certainty,
    formula: string,
    note = '',
  ): void => {
    if (bytes !== undefined && Number.isFinite(bytes))
      rows.push({ id, title, bytes, certainty, formula, note, level })
  }
  if (f.heapInuse !== undefined) {
    row(
      0,
      'heap-in-use',
      'Heap in use',
      f.heapInuse,
      'measured',
      'HeapInuse',
      'spans that hold at least one object',
    )
    const live = f.live ?? undefined
    if (live !== undefined && f.heapAlloc !== undefined) {
      const liveNow = Math.min(live, f.heapAlloc)
      row(1, 'live', 'live at the last collection', liveNow, f.liveCertainty, f.liveFormula)
      row(
        1,
        'dead',
        'allocated since, or dead and not yet swept',
        f.heapAlloc - liveNow,
        'computed',
        `HeapAlloc − ${f.liveFormula}`,
        'the next collection frees what is dead of it',
      )
    } else row(1, 'objects', 'objects, live or not yet collected', f.heapAlloc, 'measured', 'HeapAlloc')
    if (f.heapAlloc !== undefined)
      row(
        1,
        'fragmentation',
        'unused room in spans (fragmentation)',
        f.heapInuse - f.heapAlloc,
        'computed',
        'HeapInuse − HeapAlloc',
        'free slots of size classes; only objects of the same class can use them',
      )
  }
  const kept =
    f.heapIdle !== undefined && f.heapReleased !== undefined ? f.heapIdle - f.heapReleased : undefined
  row(
    0,
    'heap-idle',
    'Heap idle, not returned',
    kept,
    'measured',
    'HeapIdle − HeapReleased',
    'kept for the next growth; the scavenger returns it in the background',
  )
  row(0, 'stacks', 'Stacks of goroutines', f.stackInuse, 'measured', 'StackInuse')
  row(0, 'os-stacks', 'Stacks from the system', f.osStacks, 'at most', '/memory/classes/os-stacks:bytes')
  row(
    0,
    'metadata',
    'Runtime metadata',
    f.metadata,
    'at most',
    'MSpanSys + MCacheSys + GCSys + OtherSys',
    'not all of it has been touched',
  )
  row(0, 'profiling', 'Profiling tables', f.buckHash, 'at most', 'BuckHashSys')
  const held = f.sys !== undefined && f.heapReleased !== undefined ? f.sys - f.heapReleased : undefined
  if (s.mappings?.some((m) => m.rss >= 0)) mappingRows(s.mappings, row, remarks)
  const parts = rows.filter((r) => r.level === 0).reduce((sum, r) => sum + r.bytes, 0)
  const gap = resident.bytes === undefined ? undefined : resident.bytes - parts
  if (gap !== undefined && !s.mappings?.some((m) => m.rss >= 0))
    remarks.push(
      gap >= 0
        ? 'what is left over is the binary, libraries, and memory from outside Go (cgo, mmap); smaps would tell which'
        : 'the parts are more than what is resident: pages that the runtime has counted but never touched, or memory that the system took back or swapped out',
    )
  if (s.mappings !== undefined || s.status !== undefined) {
    const virtual = virtualOf(s)
    if (virtual !== undefined && resident.bytes !== undefined && virtual > 4 * resident.bytes)
      remarks.push(
        'the virtual size is address space that Go reserves (arenas, page tables of the heap): it costs nothing until it is touched',
      )
  }
  const version = minorOf(s.goVersion)
  if (version !== undefined && version >= 12 && version <= 15)
    remarks.push(
      `Go 1.${version} returns memory with MADV_FREE: it stays in the resident set until the system needs it (GODEBUG=madvdontneed=1 changes that; Go 1.16 did)`,
    )
  const lazy = s.mappings?.reduce((sum, m) => sum + Math.max(0, m.lazyFree), 0) ?? 0
  if (lazy > 0)
    remarks.push(
      `${lazy} bytes are marked free (MADV_FREE) and count as resident until the system takes them`,
    )
  return {
    resident: resident.bytes,
    residentFrom: resident.from,
    peak: s.maxRss,
    virtual: virtualOf(s),
    held,
    rows,
    gap,
    limits: { gogc: f.gogc, memoryLimit: f.memoryLimit },
    idleKept:
      kept !== undefined && held !== undefined && held > 0 ? { bytes: kept, share: kept / held } : undefined,
    remarks,
  }
}

interface Fields {
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
}

/** One set of names over MemStats and runtime/metrics; MemStats counts first, as its fields are read at one moment. */
function fieldsOf(s: MemorySnapshot): Fields {
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
  }
}

function residentOf(s: MemorySnapshot): { readonly bytes: number | undefined; readonly from: string } {
  const resident = s.mappings?.filter((m) => m.rss >= 0)
  if (resident !== undefined && resident.length > 0)
    return { bytes: resident.reduce((sum, m) => sum + m.rss, 0), from: 'Rss of smaps' }
  const status = s.status?.sizes.get('VmRSS')
  return status !== undefined ? { bytes: status, from: 'VmRSS of status' } : { bytes: undefined, from: '' }
}

function virtualOf(s: MemorySnapshot): number | undefined {
  return s.mappings?.reduce((sum, m) => sum + m.size, 0) ?? s.status?.sizes.get('VmSize')
}

/** What is resident outside the heap that the runtime counts: the binary, libraries, C. */
function mappingRows(
  mappings: readonly MemoryMapping[],
  row: (
    level: 0 | 1,
    id: string,
    title: string,
    bytes: number,
    certainty: Certainty,
    formula: string,
    note?: string,
  ) => void,
  remarks: string[],
): void {
  const sums = new Map<string, number>()
  const add = (key: string, bytes: number): void => {
    if (bytes > 0) sums.set(key, (sums.get(key) ?? 0) + bytes)
  }
  const named = new Map<string, number>()
  // The runtime's own mappings are counted by its statistics; only what is not the runtime's is added here.
  for (const m of mappings) {
    const kind = mappingKind(m)
    add(kind, m.rss)
    if (kind === 'go') named.set(m.name, (named.get(m.name) ?? 0) + m.rss)
  }
  row(0, 'binary', 'Binary and libraries', sums.get('file') ?? 0, 'measured', 'Rss of mappings of files')
  row(0, 'c-heap', 'C heap', sums.get('c-heap') ?? 0, 'measured', 'Rss of [heap]', 'malloc of C code')
  row(0, 'thread-stack', 'Stack of the first thread', sums.get('stack') ?? 0, 'measured', 'Rss of [stack]')
  for (const [name, bytes] of named)
    remarks.push(`${name.replace(/^\[anon: |\]$/g, '')}: ${bytes} bytes resident`)
}

function mappingKind(m: MemoryMapping): 'file' | 'c-heap' | 'stack' | 'go' | 'kernel' | 'anonymous' {
  if (m.name.startsWith('[anon: Go:')) return 'go'
  if (m.name === '[heap]') return 'c-heap'
  if (m.name.startsWith('[stack')) return 'stack'
  if (m.name.startsWith('[anon')) return 'anonymous'
  if (m.name.startsWith('[')) return 'kernel'
  return m.name === '' ? 'anonymous' : 'file'
}

/** NN of `go1.NN…`. */
function minorOf(version: string | undefined): number | undefined {
  const m = /go1\.(\d+)/.exec(version ?? '')
  return m === null ? undefined : Number(m[1])
}
