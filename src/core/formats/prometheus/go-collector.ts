// What the Go collector and the process collector of client_golang say about a program.

import type { MemorySnapshot, MemStats, MetricBucket } from '../../model/memory.ts'
import { type PromSample, parsePrometheus } from './text.ts'

export interface PromProgram {
  readonly memory: MemorySnapshot
  readonly goroutines: number | undefined
  readonly threads: number | undefined
  readonly cpuSeconds: number | undefined
  readonly residentBytes: number | undefined
  readonly openFiles: number | undefined
  readonly maxFiles: number | undefined
  /** Seconds since 1970. */
  readonly startSeconds: number | undefined
}

/** Names of runtime.MemStats fields in go_memstats_*. */
const MEMSTATS: Readonly<Record<string, keyof MemStats>> = {
  alloc_bytes: 'Alloc',
  alloc_bytes_total: 'TotalAlloc',
  sys_bytes: 'Sys',
  mallocs_total: 'Mallocs',
  frees_total: 'Frees',
  heap_alloc_bytes: 'HeapAlloc',
  heap_sys_bytes: 'HeapSys',
  heap_idle_bytes: 'HeapIdle',
  heap_inuse_bytes: 'HeapInuse',
  heap_released_bytes: 'HeapReleased',
  heap_objects: 'HeapObjects',
  stack_inuse_bytes: 'StackInuse',
  stack_sys_bytes: 'StackSys',
  mspan_inuse_bytes: 'MSpanInuse',
  mspan_sys_bytes: 'MSpanSys',
  mcache_inuse_bytes: 'MCacheInuse',
  mcache_sys_bytes: 'MCacheSys',
  buck_hash_sys_bytes: 'BuckHashSys',
  gc_sys_bytes: 'GCSys',
  other_sys_bytes: 'OtherSys',
  next_gc_bytes: 'NextGC',
  gc_cpu_fraction: 'GCCPUFraction',
}

/** Values of runtime/metrics that are of use here; the collector shows them if it was told to. */
const VALUES = [
  '/gc/heap/live:bytes',
  '/gc/heap/goal:bytes',
  '/gc/heap/allocs:bytes',
  '/gc/heap/allocs:objects',
  '/gc/gogc:percent',
  '/gc/gomemlimit:bytes',
  '/gc/cycles/total:gc-cycles',
  '/gc/cycles/forced:gc-cycles',
  '/cpu/classes/gc/total:cpu-seconds',
  '/cpu/classes/idle:cpu-seconds',
  '/cpu/classes/total:cpu-seconds',
  '/cpu/classes/user:cpu-seconds',
  '/sched/gomaxprocs:threads',
  '/sched/goroutines:goroutines',
  '/sched/goroutines/not-in-go:goroutines',
  '/sched/goroutines/runnable:goroutines',
  '/sched/goroutines/running:goroutines',
  '/sched/goroutines/waiting:goroutines',
  '/sched/threads/total:threads',
  '/sync/mutex/wait/total:seconds',
] as const

const HISTOGRAMS = [
  '/sched/latencies:seconds',
  '/gc/pauses:seconds',
  '/sched/pauses/total/gc:seconds',
  '/sched/pauses/stopping/gc:seconds',
] as const

/** The name of a metric of runtime/metrics in Prometheus, without the `_total` of counters. */
export function promName(metric: string): string {
  return `go${metric.replace(/[/:-]/g, '_')}`
}

const VALUE_NAMES = new Map(
  VALUES.flatMap((v) => [promName(v), `${promName(v)}_total`].map((n) => [n, v] as const)),
)
const BUCKET_NAMES = new Map(HISTOGRAMS.map((h) => [`${promName(h)}_bucket`, h]))

/** Reads the text of `/metrics`; undefined if there is nothing of a Go program in it. */
export function decodeGoMetrics(text: string): PromProgram | undefined {
  const samples = parsePrometheus(text, (name) => name.startsWith('go_') || name.startsWith('process_'))
  const memstats: Record<string, number> = {}
  const values = new Map<string, number>()
  const cumulative = new Map<string, PromSample[]>()
  const plain = new Map<string, number>()
  let goVersion: string | undefined
  for (const s of samples) {
    const field = s.name.startsWith('go_memstats_') ? MEMSTATS[s.name.slice(12)] : undefined
    const metric = VALUE_NAMES.get(s.name)
    const histogram = BUCKET_NAMES.get(s.name)
    if (field !== undefined) memstats[field] = s.value
    if (metric !== undefined) values.set(metric, s.value)
    else if (histogram !== undefined) cumulative.set(histogram, [...(cumulative.get(histogram) ?? []), s])
    else if (s.name === 'go_info') goVersion = s.labels.get('version')
    else if (s.name === 'go_memstats_last_gc_time_seconds') memstats.LastGC = s.value * 1e9
    else if (s.name === 'go_gc_duration_seconds_sum') memstats.PauseTotalNs = s.value * 1e9
    else if (s.name === 'go_gc_duration_seconds_count') memstats.NumGC = s.value
    else if (s.labels.size === 0) plain.set(s.name, s.value)
  }
  const goroutines = plain.get('go_goroutines')
  if (goroutines === undefined && memstats.HeapAlloc === undefined && values.size === 0) return undefined
  const histograms = new Map([...cumulative].map(([name, buckets]) => [name, bucketsOf(buckets)]))
  return {
    memory: {
      ...(Object.keys(memstats).length > 0 && { memstats: { ...memstats } }),
      ...(values.size + histograms.size > 0 && { metrics: { values, histograms } }),
      ...(goVersion !== undefined && { goVersion }),
    },
    goroutines: goroutines ?? values.get('/sched/goroutines:goroutines'),
    threads: plain.get('go_threads'),
    cpuSeconds: plain.get('process_cpu_seconds_total'),
    residentBytes: plain.get('process_resident_memory_bytes'),
    openFiles: plain.get('process_open_fds'),
    maxFiles: plain.get('process_max_fds'),
    startSeconds: plain.get('process_start_time_seconds'),
  }
}

/** Cumulative buckets as those of runtime/metrics: each with the count of its own. */
function bucketsOf(samples: readonly PromSample[]): MetricBucket[] {
  const bounds = samples
    .map((s) => ({ to: boundOf(s.labels.get('le') ?? ''), count: s.value }))
    .filter((b) => !Number.isNaN(b.to))
    .sort((a, b) => a.to - b.to)
  return bounds.map((b, k) => ({
    from: k === 0 ? Number.NEGATIVE_INFINITY : bounds[k - 1]!.to,
    to: b.to,
    count: b.count - (k === 0 ? 0 : bounds[k - 1]!.count),
  }))
}

function boundOf(text: string): number {
  return /^\+?inf$/i.test(text) ? Number.POSITIVE_INFINITY : text === '' ? Number.NaN : Number(text)
}
