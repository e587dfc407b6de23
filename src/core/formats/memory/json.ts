// runtime.MemStats, /debug/vars and runtime/metrics as JSON.

import { DecodeError } from '../../base/errors.ts'
import type { MemorySnapshot, MemStats, MetricBucket, RuntimeMetrics } from '../../model/memory.ts'

/** Whether JSON that begins so is one of ours. The head may be cut anywhere. */
export function isMemoryJson(head: string): 'memstats' | 'metrics' | undefined {
  if (/"(memstats|HeapSys|HeapAlloc|TotalAlloc)"\s*:/.test(head)) return 'memstats'
  if (/"\/(cgo|cpu|gc|memory|sched|sync|godebug)\/[^"]*:[^"]*"\s*:/.test(head)) return 'metrics'
  // expvar prints its variables by name: memstats may come after others.
  return /^\s*\{\s*"cmdline"\s*:/.test(head) ? 'memstats' : undefined
}

/** Throws DecodeError. */
export function decodeMemoryJson(text: string): MemorySnapshot {
  let doc: unknown
  try {
    doc = JSON.parse(text)
  } catch (e) {
    throw new DecodeError('memory', -1, `broken JSON: ${e instanceof Error ? e.message : String(e)}`)
  }
  if (!isObject(doc)) throw new DecodeError('memory', 0, 'JSON, but no object of statistics')
  const metrics = metricsOf(doc)
  const stats = isObject(doc.memstats)
    ? doc.memstats
    : doc.HeapSys !== undefined || doc.HeapAlloc !== undefined
      ? doc
      : undefined
  if (metrics === undefined && stats === undefined)
    throw new DecodeError(
      'memory',
      0,
      'JSON without runtime.MemStats ("memstats", "HeapSys") and without runtime/metrics',
    )
  const cmdline = doc.cmdline
  return {
    ...(stats && { memstats: memStatsOf(stats) }),
    ...(metrics && { metrics }),
    ...(Array.isArray(cmdline) && { commandLine: cmdline.map(String) }),
    ...(typeof doc.goversion === 'string' && { goVersion: doc.goversion }),
  }
}

const FIELDS = [
  'Alloc',
  'TotalAlloc',
  'Sys',
  'Mallocs',
  'Frees',
  'HeapAlloc',
  'HeapSys',
  'HeapIdle',
  'HeapInuse',
  'HeapReleased',
  'HeapObjects',
  'StackInuse',
  'StackSys',
  'MSpanInuse',
  'MSpanSys',
  'MCacheInuse',
  'MCacheSys',
  'BuckHashSys',
  'GCSys',
  'OtherSys',
  'NextGC',
  'LastGC',
  'PauseTotalNs',
  'NumGC',
  'NumForcedGC',
  'GCCPUFraction',
] as const satisfies readonly (keyof MemStats)[]

function memStatsOf(doc: Readonly<Record<string, unknown>>): MemStats {
  const out: Record<string, number> = {}
  for (const field of FIELDS) {
    const v = doc[field]
    if (typeof v === 'number') out[field] = v
  }
  const bySize = Array.isArray(doc.BySize)
    ? doc.BySize.filter(isObject).map((b) => ({
        Size: num(b.Size),
        Mallocs: num(b.Mallocs),
        Frees: num(b.Frees),
      }))
    : undefined
  return {
    ...out,
    ...(bySize && { BySize: bySize }),
    ...pausesOf(numbers(doc.PauseNs), numbers(doc.PauseEnd), num(doc.NumGC)),
  }
}

/** Puts the circular buffers of pauses in order of time. */
export function pausesOf(
  pauseNs: readonly number[],
  pauseEnd: readonly number[],
  numGC: number,
): Pick<MemStats, 'pauses' | 'pauseEnds'> {
  if (pauseNs.length === 0) return {}
  const count = Math.min(numGC, pauseNs.length)
  const pauses: number[] = []
  const ends: number[] = []
  // The newest is at (NumGC + 255) % 256.
  for (let i = numGC - count; i < numGC; i++) {
    const at = i % pauseNs.length
    if (pauseNs[at] === 0) continue
    pauses.push(pauseNs[at])
    ends.push(pauseEnd[at] ?? 0)
  }
  return { pauses, pauseEnds: ends }
}

function metricsOf(doc: Readonly<Record<string, unknown>>): RuntimeMetrics | undefined {
  const values = new Map<string, number>()
  const histograms = new Map<string, readonly MetricBucket[]>()
  for (const [name, v] of Object.entries(doc)) {
    if (!name.startsWith('/') || !name.includes(':')) continue
    if (typeof v === 'number') values.set(name, v)
    else {
      const buckets = bucketsOf(v)
      if (buckets !== undefined) histograms.set(name, buckets)
    }
  }
  return values.size + histograms.size > 0 ? { values, histograms } : undefined
}

/** A histogram as a list of buckets {From, To, Count}, or as Float64Histogram {Counts, Buckets}. Empty buckets are left out. */
function bucketsOf(v: unknown): readonly MetricBucket[] | undefined {
  if (Array.isArray(v))
    return v.filter(isObject).map((b) => ({
      from: bound(b.From ?? b.from),
      to: bound(b.To ?? b.to),
      count: num(b.Count ?? b.count),
    }))
  if (!isObject(v) || !Array.isArray(v.Counts) || !Array.isArray(v.Buckets)) return undefined
  const bounds = v.Buckets
  return v.Counts.map((count, i) => ({
    from: bound(bounds[i]),
    to: bound(bounds[i + 1]),
    count: num(count),
  })).filter((b) => b.count > 0)
}

/** Bounds may be infinite, which JSON writes as text. */
function bound(v: unknown): number {
  if (typeof v === 'number') return v
  if (typeof v !== 'string') return Number.NaN
  if (/^[+]?inf/i.test(v)) return Number.POSITIVE_INFINITY
  return /^-inf/i.test(v) ? Number.NEGATIVE_INFINITY : Number(v)
}

function num(v: unknown): number {
  return typeof v === 'number' ? v : 0
}

function numbers(v: unknown): number[] {
  return Array.isArray(v) ? v.map(num) : []
}

function isObject(v: unknown): v is Readonly<Record<string, unknown>> {
  return typeof v === 'object' && v !== null && !Array.isArray(v)
}
