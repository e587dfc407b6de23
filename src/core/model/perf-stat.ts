// What `perf stat` counted.

export interface PerfCounter {
  /** As perf prints it: `cycles`, `instructions:u`, `cpu_core/cycles/`. */
  readonly event: string
  /** Sum over all intervals and processors; NaN if it was not counted. */
  readonly value: number
  /** 'msec', 'Joules', …; '' for a plain count. */
  readonly unit: string
  readonly state: 'counted' | 'not counted' | 'not supported'
  /** Share of the time in which the counter ran, 0 to 1; less than 1 means that the value is extrapolated. */
  readonly running: number
  /** Standard deviation over repeated runs (-r) as a share of the mean; NaN if perf gives none. */
  readonly deviation: number
}

/** One report. */
export interface PerfStat {
  /** What was measured, as perf names it: `'./app -v'`, `process id '123'`, `'system wide'`; '' if the form has no place for it. */
  readonly target: string
  readonly form: 'text' | 'csv' | 'json'
  /** Repetitions of -r; 1 if there are none, or the form does not tell. */
  readonly runs: number
  /** Intervals of -I; 0 without. */
  readonly intervals: number
  /** When it was started, as perf prints it (no zone); '' if not told. */
  readonly started: string
  /** In the order of their first appearance. */
  readonly counters: readonly PerfCounter[]
  /** Seconds; NaN if not told. */
  readonly elapsed: number
  readonly user: number
  readonly sys: number
}
