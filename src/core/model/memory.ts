// What a program and its system say about its memory at one moment.

/** runtime.MemStats, in bytes, counts and nanoseconds as Go has them; fields that the source lacks are absent. */
export interface MemStats {
  readonly Alloc?: number
  readonly TotalAlloc?: number
  readonly Sys?: number
  readonly Mallocs?: number
  readonly Frees?: number
  readonly HeapAlloc?: number
  readonly HeapSys?: number
  readonly HeapIdle?: number
  readonly HeapInuse?: number
  readonly HeapReleased?: number
  readonly HeapObjects?: number
  readonly StackInuse?: number
  readonly StackSys?: number
  readonly MSpanInuse?: number
  readonly MSpanSys?: number
  readonly MCacheInuse?: number
  readonly MCacheSys?: number
  readonly BuckHashSys?: number
  readonly GCSys?: number
  readonly OtherSys?: number
  readonly NextGC?: number
  /** Unix time of the last collection, ns, to the nearest double (256 ns); 0 if there was none. */
  readonly LastGC?: number
  readonly PauseTotalNs?: number
  readonly NumGC?: number
  readonly NumForcedGC?: number
  readonly GCCPUFraction?: number
  /** Size classes with what was ever allocated and freed in them. */
  readonly BySize?: readonly { readonly Size: number; readonly Mallocs: number; readonly Frees: number }[]
  /** The newest pauses, ns, oldest first, zeros left out. */
  readonly pauses?: readonly number[]
  /** Unix times of their ends, ns. */
  readonly pauseEnds?: readonly number[]
}

/** One bucket of a histogram of runtime/metrics: values in [from, to). */
export interface MetricBucket {
  readonly from: number
  readonly to: number
  readonly count: number
}

/** runtime/metrics by name (`/gc/heap/live:bytes`). */
export interface RuntimeMetrics {
  readonly values: ReadonlyMap<string, number>
  readonly histograms: ReadonlyMap<string, readonly MetricBucket[]>
}

/** A mapping of /proc/PID/smaps or maps; bytes. `rss` and so on are -1 where the file is maps only. */
export interface MemoryMapping {
  readonly start: bigint
  readonly end: bigint
  readonly perms: string
  /** Path or name, '' for anonymous memory without one. */
  readonly name: string
  readonly size: number
  readonly rss: number
  readonly anonymous: number
  readonly swap: number
  readonly lazyFree: number
  readonly hugePages: number
}

/** Fields of /proc/PID/status, sizes in bytes. */
export interface ProcessStatus {
  readonly name: string
  readonly sizes: ReadonlyMap<string, number>
  readonly threads: number | undefined
}

/** One moment. Several files of one moment may make one snapshot. */
export interface MemorySnapshot {
  readonly memstats?: MemStats
  readonly metrics?: RuntimeMetrics
  readonly mappings?: readonly MemoryMapping[]
  readonly status?: ProcessStatus
  /** Peak resident set, bytes: of heap?debug=1 or status. */
  readonly maxRss?: number
  /** What the container may use and uses, page cache included, bytes: of the control group. */
  readonly containerLimit?: number
  readonly containerUsage?: number
  /** `cmdline` of expvar. */
  readonly commandLine?: readonly string[]
  /** Go's version where a source gives it, e.g. 'go1.26.8'. */
  readonly goVersion?: string
}
