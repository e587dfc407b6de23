// What limits of a system mean for a Go program that runs under them.

export interface Circumstances {
  /** `go1.26.8`; '' if unknown. */
  readonly goVersion: string
  /** Value of DefaultGODEBUG of the build settings. */
  readonly defaultGodebug: string
  /** Paths of the modules that were built in. */
  readonly modules: readonly string[]
  /** GOMAXPROCS, GOMEMLIMIT and GODEBUG as far as they are set. */
  readonly environment: ReadonlyMap<string, string>
  /** Processors that it may run on. */
  readonly cpus: number | undefined
  /** Processors that its control group allows. */
  readonly quota: number | undefined
  /** Bytes that its control group allows. */
  readonly memoryLimit: number | undefined
}

/** GOMAXPROCS as the runtime will have set it, and by what; the program may have changed it since. */
export function expectedMaxProcs(
  c: Circumstances,
): { readonly procs: number; readonly by: 'environment' | 'quota' | 'processors' | 'library' } | undefined {
  const set = Number(c.environment.get('GOMAXPROCS') ?? Number.NaN)
  if (Number.isInteger(set) && set > 0) return { procs: set, by: 'environment' }
  if (c.cpus === undefined) return undefined
  if (c.quota !== undefined && c.quota < c.cpus) {
    // The runtime rounds up and takes no less than 2; the library rounds down and takes no less than 1.
    if (quotaAware(c)) return { procs: Math.min(c.cpus, Math.max(2, Math.ceil(c.quota))), by: 'quota' }
    if (c.modules.some((m) => /(^|\/)automaxprocs$/.test(m)))
      return { procs: Math.max(1, Math.floor(c.quota)), by: 'library' }
  }
  return { procs: c.cpus, by: 'processors' }
}

/** Since Go 1.25, unless GODEBUG says otherwise (containermaxprocs). */
function quotaAware(c: Circumstances): boolean {
  const minor = /^(?:devel )?go1\.(\d+)/.exec(c.goVersion)?.[1]
  if (minor === undefined || Number(minor) < 25) return false
  const settings = `${c.defaultGodebug},${c.environment.get('GODEBUG') ?? ''}`
  const last = [...settings.matchAll(/(?:^|,)containermaxprocs=(\d)/g)].at(-1)
  return last?.[1] !== '0'
}

/** What is wrong with GOMAXPROCS under the quota, as a sentence; undefined if nothing is. */
export function quotaAdvice(c: Circumstances): string | undefined {
  const procs = expectedMaxProcs(c)
  if (c.quota === undefined || procs === undefined || procs.procs <= Math.max(2, Math.ceil(c.quota)))
    return undefined
  const from = procs.by === 'environment' ? 'from its environment' : 'all processors'
  return (
    `GOMAXPROCS is ${procs.procs} (${from}) with a CPU quota of ${short(c.quota)}: it will be throttled under load; ` +
    'set GOMAXPROCS to the quota, or build with Go 1.25 or later, which does so by itself'
  )
}

/** Whether memory is limited by what the collector does not know of, as a sentence; undefined if not. */
export function memoryLimitAdvice(c: Circumstances): string | undefined {
  const knows = c.environment.has('GOMEMLIMIT') || c.modules.some((m) => /automemlimit$/.test(m))
  return c.memoryLimit === undefined || knows
    ? undefined
    : 'its control group limits memory and GOMEMLIMIT is not set: the collector does not know the limit, unless the program sets it itself'
}

const short = (v: number): string => String(Math.round(v * 100) / 100)
