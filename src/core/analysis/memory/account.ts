// One account of a program's memory, from the resident set down to live objects. Runtime and system count
// different things, so each step says how it was computed and how sure it is, and what is left over is shown
// instead of being spread.
//
// Sources: runtime/mstats.go (which statistics add up to Sys), runtime/metrics (the same split finer),
// proc(5) (what is resident), and since Go 1.25 the names that the runtime gives its mappings on Linux.

import { bytesText } from '../../base/people-fmt.ts'
import type { MemorySnapshot } from '../../model/memory.ts'
import type { Certainty } from './certainty.ts'
import { type Fields, fieldsOf } from './fields.ts'
import { type MappingSums, sumMappings } from './mapping-sums.ts'

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
  /** Swapped out, if known: in no part of the resident set. */
  readonly swapped: number | undefined
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
    /** Of the container: its limit, and what it is charged for. */
    readonly container: number | undefined
    readonly containerUsage: number | undefined
  }
  /** Heap that is idle and still counted to the process, and its share of what the runtime holds. */
  readonly idleKept: { readonly bytes: number; readonly share: number } | undefined
  /** What is near a limit or beyond it. */
  readonly warnings: readonly string[]
  /** What a reader should know of these numbers. */
  readonly remarks: readonly string[]
}

/** From this share of a limit on, it is worth a warning. */
const NEAR_LIMIT = 0.9
/** Differences between what runtime and system count that are worth a remark. */
const MUCH = 4 << 20

/** The account of one moment. */
export function buildMemoryAccount(s: MemorySnapshot): MemoryAccount {
  const f = fieldsOf(s)
  const sums = s.mappings && sumMappings(s.mappings)
  const resident = residentOf(s)
  const rows = [...unknownRows(f, sums), ...heapRows(f), ...runtimeRows(f, sums), ...systemRows(s, f, sums)]
  const parts = rows.filter((r) => r.level === 0).reduce((sum, r) => sum + r.bytes, 0)
  const gap = resident.bytes === undefined ? undefined : resident.bytes - parts
  const held = f.sys !== undefined && f.heapReleased !== undefined ? f.sys - f.heapReleased : undefined
  const kept = keptOf(f)
  return {
    resident: resident.bytes,
    residentFrom: resident.from,
    peak: s.maxRss,
    virtual: virtualOf(s),
    swapped: sums?.swapped ?? s.status?.sizes.get('VmSwap'),
    held,
    rows,
    gap,
    limits: {
      gogc: f.gogc,
      memoryLimit: f.memoryLimit,
      container: s.containerLimit,
      containerUsage: s.containerUsage,
    },
    idleKept:
      kept !== undefined && held !== undefined && held > 0 ? { bytes: kept, share: kept / held } : undefined,
    warnings: warningsOf(s, f, resident.bytes, held),
    remarks: remarksOf(s, f, sums, resident.bytes, gap),
  }
}

function row(
  level: 0 | 1,
  id: string,
  title: string,
  bytes: number | undefined,
  certainty: Certainty,
  formula: string,
  note = '',
): AccountRow[] {
  return bytes !== undefined && Number.isFinite(bytes)
    ? [{ id, title, bytes, certainty, formula, note, level }]
    : []
}

function heapRows(f: Fields): AccountRow[] {
  const kept = row(
    0,
    'heap-idle',
    'Heap idle, not returned',
    keptOf(f),
    'measured',
    'HeapIdle − HeapReleased',
    'kept for the next growth; the scavenger returns it in the background',
  )
  if (f.heapInuse === undefined) return kept
  const inUse = row(
    0,
    'heap-in-use',
    'Heap in use',
    f.heapInuse,
    'measured',
    'HeapInuse',
    'spans that hold at least one object',
  )
  if (f.heapAlloc === undefined) return [...inUse, ...kept]
  const live = f.live === undefined ? undefined : Math.min(f.live, f.heapAlloc)
  const objects =
    live === undefined
      ? row(1, 'objects', 'objects, live or not yet collected', f.heapAlloc, 'measured', 'HeapAlloc')
      : [
          ...row(1, 'live', 'live at the last collection', live, f.liveCertainty, f.liveFormula),
          ...row(
            1,
            'dead',
            'allocated since, or dead and not yet swept',
            f.heapAlloc - live,
            'computed',
            `HeapAlloc − ${f.liveFormula}`,
            'the next collection frees what is dead of it',
          ),
        ]
  return [
    ...inUse,
    ...objects,
    ...row(
      1,
      'fragmentation',
      'unused room in spans (fragmentation)',
      f.heapInuse - f.heapAlloc,
      'computed',
      'HeapInuse − HeapAlloc',
      'free slots of size classes; only objects of the same class can use them',
    ),
    ...kept,
  ]
}

/** What the runtime has besides the heap. Names of mappings tell how much of it is resident; else its counts are limits. */
function runtimeRows(f: Fields, sums: MappingSums | undefined): AccountRow[] {
  const stacks = row(0, 'stacks', 'Stacks of goroutines', f.stackInuse, 'measured', 'StackInuse')
  const tables = (level: 0 | 1): AccountRow[] =>
    row(
      level,
      'profiling',
      level === 0 ? 'Profiling tables' : 'profiling tables',
      f.buckHash,
      'at most',
      'BuckHashSys',
    )
  if (sums?.named)
    return [
      ...stacks,
      ...row(
        0,
        'metadata',
        'Runtime metadata',
        sums.goOther,
        'measured',
        'Rss of [anon: Go: …] other than heap',
        'spans, bitmaps, page tables, profiling, traces, stacks of threads',
      ),
      ...tables(1),
    ]
  return [
    ...stacks,
    ...row(
      0,
      'os-stacks',
      'Stacks from the system',
      f.osStacks === 0 ? undefined : f.osStacks,
      'at most',
      '/memory/classes/os-stacks:bytes',
    ),
    ...row(
      0,
      'metadata',
      'Runtime metadata',
      f.metadata,
      'at most',
      'MSpanSys + MCacheSys + GCSys + OtherSys',
      'not all of it has been touched',
    ),
    ...tables(0),
  ]
}

/** What mappings tell of Go's memory where the runtime's statistics are missing. */
function unknownRows(f: Fields, sums: MappingSums | undefined): AccountRow[] {
  if (f.heapInuse !== undefined || sums === undefined) return []
  const arenas = row(
    0,
    'arenas',
    'Go heap and stacks of goroutines',
    sums.arenas,
    sums.named ? 'measured' : 'estimated',
    sums.named ? 'Rss of [anon: Go: heap]' : 'Rss of mappings where the runtime places its arenas',
    'memstats or metrics would tell live, idle and stacks apart',
  )
  if (sums.named) return arenas
  return [
    ...arenas,
    ...row(
      0,
      'anonymous',
      'Other anonymous memory',
      sums.anonymous,
      'measured',
      'Rss of mappings without a file',
      'metadata of the runtime, and what is from outside Go',
    ),
  ]
}

/** What only the system sees: the binary, libraries, C, memory that the program mapped itself. */
function systemRows(s: MemorySnapshot, f: Fields, sums: MappingSums | undefined): AccountRow[] {
  if (sums === undefined) {
    const size = (name: string): number | undefined => s.status?.sizes.get(name)
    const shared = size('RssShmem')
    return [
      ...row(0, 'binary', 'Binary and libraries', size('RssFile'), 'measured', 'RssFile of status'),
      ...row(
        0,
        'shared',
        'Shared memory',
        shared === 0 ? undefined : shared,
        'measured',
        'RssShmem of status',
      ),
    ]
  }
  const some = (bytes: number): number | undefined => (bytes > 0 ? bytes : undefined)
  return [
    ...row(
      0,
      'lazy-free',
      'Returned, not taken by the system',
      // Without the heap's own figures it is a part of the arenas.
      f.heapInuse === undefined ? undefined : some(sums.lazyInArenas),
      'measured',
      'LazyFree of the arenas',
      'MADV_FREE: it stays resident until the system needs it',
    ),
    ...row(
      0,
      'binary',
      'Binary and libraries',
      sums.files,
      'measured',
      'Rss of mappings of files',
      'with their global variables',
    ),
    ...row(0, 'shared', 'Shared memory', some(sums.shared), 'measured', 'Rss of /dev/shm, memfd'),
    ...row(0, 'c-heap', 'C heap', some(sums.cHeap), 'measured', 'Rss of [heap]', 'malloc of C code'),
    ...row(0, 'thread-stack', 'Stack of the first thread', sums.stack, 'measured', 'Rss of [stack]'),
    ...outsideRows(f, sums),
  ]
}

/** Anonymous memory that is not the runtime's. */
function outsideRows(f: Fields, sums: MappingSums): AccountRow[] {
  const title = 'Outside Go (cgo, mmap)'
  const note =
    'memory of C code, threads of C, and what the program mapped itself: no statistics of Go hold it'
  if (sums.named) {
    const formula = 'Rss of anonymous mappings without a name of Go'
    return row(0, 'outside', title, sums.anonymous, 'measured', formula, note)
  }
  // Without arenas nothing tells Go's memory from other anonymous memory.
  if (sums.arenas === undefined || f.metadata === undefined) return []
  const counted = f.metadata + (f.buckHash ?? 0) + (f.osStacks ?? 0)
  return row(
    0,
    'outside',
    title,
    Math.max(0, sums.anonymous - counted),
    'at least',
    'Rss of anonymous mappings outside the arenas − metadata − profiling',
    note,
  )
}

function warningsOf(
  s: MemorySnapshot,
  f: Fields,
  resident: number | undefined,
  held: number | undefined,
): string[] {
  const out: string[] = []
  const limit = s.containerLimit
  if (limit !== undefined) {
    const used = s.containerUsage ?? resident
    const what = s.containerUsage === undefined ? 'resident' : 'charged to the container'
    if (used !== undefined && used >= NEAR_LIMIT * limit)
      out.push(
        `${bytesText(used)} are ${what}, ${Math.round((used / limit) * 100)} % of its limit of ${bytesText(limit)}: beyond it the system kills the process`,
      )
    if (f.memoryLimit === undefined && f.knowsLimit)
      out.push(
        `the container has a limit of ${bytesText(limit)} and GOMEMLIMIT is not set: the collector does not know of it; some 90 % of it, less what is outside Go, is usual`,
      )
    else if (f.memoryLimit !== undefined && f.memoryLimit > limit)
      out.push(
        `GOMEMLIMIT (${bytesText(f.memoryLimit)}) is above the container’s limit of ${bytesText(limit)}`,
      )
  }
  if (f.memoryLimit !== undefined && held !== undefined && held >= NEAR_LIMIT * f.memoryLimit)
    out.push(
      `the runtime holds ${bytesText(held)}, ${Math.round((held / f.memoryLimit) * 100)} % of GOMEMLIMIT: near it the collector works more and more`,
    )
  return out
}

function remarksOf(
  s: MemorySnapshot,
  f: Fields,
  sums: MappingSums | undefined,
  resident: number | undefined,
  gap: number | undefined,
): string[] {
  const out: string[] = []
  const counted = (f.heapInuse ?? 0) + (keptOf(f) ?? 0) + (f.stackInuse ?? 0)
  if (gap !== undefined && sums === undefined)
    out.push(
      gap >= 0
        ? `what is left over is ${s.status?.sizes.has('RssFile') ? '' : 'the binary, libraries, and '}memory from outside Go (cgo, mmap); smaps would tell which`
        : 'the parts are more than what is resident: pages that the runtime has counted but never touched, or memory that the system took back or swapped out',
    )
  if (sums?.arenas !== undefined && f.heapInuse !== undefined) {
    const more = sums.arenas - sums.lazyInArenas - counted
    if (Math.abs(more) >= MUCH)
      out.push(
        more < 0
          ? `of the ${bytesText(counted)} of heap and stacks that the runtime counts, ${bytesText(sums.arenas)} are resident: the rest was never touched${sums.swapped > 0 ? ', or is swapped out' : ''}`
          : `the arenas of the heap have ${bytesText(sums.arenas)} resident, ${bytesText(more)} more than the heap and stacks that the runtime counts: memory that it returned and the system has not taken${sums.hugeInArenas > 0 ? ', huge pages of which only a part is used' : ''}, or the files are of different moments`,
      )
    if (!sums.named)
      out.push(
        'arenas were told by their addresses: kernels with CONFIG_ANON_VMA_NAME and Go 1.25 or later name the mappings of Go',
      )
  }
  const virtual = virtualOf(s)
  if (virtual !== undefined && resident !== undefined && virtual > 4 * resident)
    out.push(
      'the virtual size is address space that Go reserves (arenas, page tables of the heap): it costs nothing until it is touched',
    )
  const version = minorOf(s.goVersion)
  if (version !== undefined && version >= 12 && version <= 15)
    out.push(
      `Go 1.${version} returns memory with MADV_FREE: it stays in the resident set until the system needs it (GODEBUG=madvdontneed=1 changes that; Go 1.16 did)`,
    )
  if (sums !== undefined && sums.lazyFree > (f.heapInuse === undefined ? 0 : sums.lazyInArenas))
    out.push(
      `${bytesText(sums.lazyFree)} are marked free (MADV_FREE) and count as resident until the system takes them`,
    )
  const swapped = sums?.swapped ?? s.status?.sizes.get('VmSwap') ?? 0
  if (swapped > 0)
    out.push(
      `${bytesText(swapped)} are swapped out: the runtime counts them, and the collector has to read them back`,
    )
  if (sums !== undefined && sums.hugeInArenas > 0)
    out.push(`${bytesText(sums.hugeInArenas)} of the arenas are in transparent huge pages`)
  for (const [name, bytes] of [...(sums?.goNames ?? [])].sort((a, b) => b[1] - a[1]))
    out.push(`Go: ${name}: ${bytesText(bytes)} resident`)
  return out
}

function keptOf(f: Fields): number | undefined {
  return f.heapIdle !== undefined && f.heapReleased !== undefined ? f.heapIdle - f.heapReleased : undefined
}

function residentOf(s: MemorySnapshot): { readonly bytes: number | undefined; readonly from: string } {
  const resident = s.mappings?.filter((m) => m.rss >= 0)
  if (resident !== undefined && resident.length > 0)
    return { bytes: resident.reduce((sum, m) => sum + m.rss, 0), from: 'Rss of smaps' }
  const status = s.status?.sizes.get('VmRSS')
  return status !== undefined ? { bytes: status, from: 'VmRSS of status' } : { bytes: undefined, from: '' }
}

function virtualOf(s: MemorySnapshot): number | undefined {
  const status = s.status?.sizes.get('VmSize')
  // The size of smaps_rollup is that of all addresses from the first to the last mapping.
  if (status !== undefined || s.mappings?.some((m) => m.name === '[rollup]')) return status
  return s.mappings?.reduce((sum, m) => sum + m.size, 0)
}

/** NN of `go1.NN…`. */
function minorOf(version: string | undefined): number | undefined {
  const m = /go1\.(\d+)/.exec(version ?? '')
  return m === null ? undefined : Number(m[1])
}
