// What is fetched from a live program, in which order: what says most and costs least first, so that a
// capture that is broken off holds what matters; what grows is asked for twice, as far apart as possible.

/** What a part of a capture is about; parts can be left out by these names. */
export const TOPICS = [
  'goroutines',
  'heap',
  'memstats',
  'process',
  'allocs',
  'threads',
  'block',
  'mutex',
  'cpu',
  'trace',
  'leaks',
  'others',
  'metrics',
] as const
export type Topic = (typeof TOPICS)[number]

/** What an answer must look like to be kept. */
export type Content = 'profile' | 'dump' | 'trace' | 'json' | 'text'

/** One request, or one look at the process. */
export interface CaptureStep {
  readonly topic: Topic
  /** Where it comes from: a path below /debug/pprof/, /debug/vars, /metrics, another page, or /proc of this machine. */
  readonly from: 'pprof' | 'vars' | 'metrics' | 'page' | 'process'
  /** Name of the profile, or path of a page; '' for what is neither. */
  readonly profile: string
  readonly query: string
  /** Name of the file in the capture; of the last one if there are several. */
  readonly file: string
  /** In words, for people. */
  readonly what: string
  /** How long the program is measured. */
  readonly seconds: number
  readonly content: Content
  readonly maxBytes: number
  /** Whether the server may do without it: then its absence is no failure. */
  readonly optional: boolean
  /** What is fetched halfway, while the program is measured: growth shows in three points, not in two. */
  readonly halfway?: readonly CaptureStep[]
}

/** What the server is known to have. */
export interface Offer {
  /** Name -> number of entries, by its page of contents; undefined if it has none. */
  readonly profiles: ReadonlyMap<string, number> | undefined
  /** How many goroutines there are; undefined if that is not known. */
  readonly goroutines: number | undefined
}

export interface PlanOptions {
  /** Of the CPU profile. */
  readonly seconds: number
  /** At the most. */
  readonly traceSeconds: number
  readonly traceBytes: number
  /** Dumps however many goroutines there are. */
  readonly all: boolean
  /** A dump stops the program while it is written: not with more goroutines than these. */
  readonly mostGoroutines: number
  readonly skip: ReadonlySet<Topic>
  /** Whether there is a process of this machine to look at. */
  readonly process: boolean
  /** Paths of further pages: a flight recorder, say. */
  readonly also: readonly string[]
}

export interface CapturePlan {
  readonly steps: readonly CaptureStep[]
  /** What is left out, and why. */
  readonly left: readonly { readonly file: string; readonly why: string }[]
}

/** runtime.Stack gives up at 64 MiB; labels and a proxy in front may add to it. */
const DUMP_BYTES = 128 << 20
const PROFILE_BYTES = 256 << 20
const JSON_BYTES = 64 << 20

/** Names that have steps of their own, or are no profiles. */
const KNOWN = new Set([
  'allocs',
  'block',
  'cmdline',
  'goroutine',
  'goroutineleak',
  'heap',
  'mutex',
  'profile',
  'symbol',
  'threadcreate',
  'trace',
])
/** Names of a program's own profiles that can be names of files. */
const PLAIN_NAME = /^[A-Za-z0-9][\w.-]{0,63}$/
const MOST_OTHERS = 20

/** The steps of one capture, in order. */
export function planCapture(offer: Offer, o: PlanOptions): CapturePlan {
  const left: { file: string; why: string }[] = []
  const { profiles, goroutines } = offer
  const profile = (topic: Topic, name: string, file: string, what: string): CaptureStep => ({
    topic,
    from: 'pprof',
    profile: name,
    query: '',
    file: `${file}.pb.gz`,
    what,
    seconds: 0,
    content: 'profile',
    maxBytes: PROFILE_BYTES,
    // Every server of net/http/pprof has these; others are newer, or the program's own.
    optional: !['goroutine', 'heap'].includes(name),
  })
  const dump = (file: string, what: string): CaptureStep => ({
    ...profile('goroutines', 'goroutine', file, what),
    file: `${file}.debug2.txt`,
    query: 'debug=2',
    content: 'dump',
    maxBytes: DUMP_BYTES,
  })
  const vars = (file: string, what: string): CaptureStep => ({
    ...profile('memstats', '', file, what),
    from: 'vars',
    file,
    content: 'json',
    maxBytes: JSON_BYTES,
  })
  const process: CaptureStep = {
    ...profile('process', '', '', 'the process as the system sees it'),
    from: 'process',
    file: 'status.txt',
    content: 'text',
  }
  const wanted: CaptureStep[] = [
    // A flight recorder forgets with every moment.
    ...o.also.map((path) => ({
      ...profile('others', path, '', path),
      from: 'page' as const,
      file: path,
      content: 'text' as const,
      optional: false,
    })),
    profile('goroutines', 'goroutine', 'goroutine-t1', 'goroutines'),
    dump('goroutine-t1', 'goroutines with their states'),
    profile('heap', 'heap', 'heap-t1', 'heap'),
    vars('memstats.before.json', 'memory statistics'),
    process,
    profile('mutex', 'mutex', 'mutex', 'contention of locks'),
    profile('block', 'block', 'block', 'waiting'),
    profile('threads', 'threadcreate', 'threadcreate', 'threads'),
    {
      ...profile('cpu', 'profile', 'cpu', 'CPU'),
      query: `seconds=${o.seconds}`,
      seconds: o.seconds,
      optional: false,
      halfway: [
        profile('goroutines', 'goroutine', 'goroutine-t2', 'goroutines'),
        profile('heap', 'heap', 'heap-t2', 'heap'),
      ],
    },
    {
      ...profile('trace', 'trace', 'trace', 'trace'),
      file: 'trace.out',
      content: 'trace',
      // The executor finds out how long a trace the budget allows.
      seconds: o.traceSeconds,
      maxBytes: o.traceBytes,
    },
    profile('goroutines', 'goroutine', 'goroutine-t3', 'goroutines once more'),
    dump('goroutine-t3', 'goroutines with their states once more'),
    profile('heap', 'heap', 'heap-t3', 'heap once more'),
    profile('allocs', 'allocs', 'allocs', 'allocations'),
    vars('vars.json', 'expvar'),
    { ...vars('metrics.prom', 'metrics'), topic: 'metrics', from: 'metrics', content: 'text' },
    process,
    ...[...(profiles?.keys() ?? [])]
      .filter((name) => !KNOWN.has(name) && PLAIN_NAME.test(name))
      .slice(0, MOST_OTHERS)
      .map((name) => profile('others', name, name, `the program's own profile ${name}`)),
    // It collects garbage: after everything that this could change.
    profile('leaks', 'goroutineleak', 'goroutineleak', 'leaked goroutines'),
  ]
  const isTaken = (s: CaptureStep): boolean => {
    if (o.skip.has(s.topic)) return false
    if (s.from === 'process') return o.process
    if ((s.topic === 'cpu' || s.topic === 'trace') && s.seconds <= 0) return false
    if (s.from === 'pprof' && profiles !== undefined && !profiles.has(s.profile)) {
      if (s.topic !== 'leaks' && s.topic !== 'others') left.push({ file: s.file, why: 'the server has none' })
      return false
    }
    const dear = s.content === 'dump' ? dearDump(goroutines, o) : undefined
    if (dear === undefined) return true
    left.push({ file: s.file, why: dear })
    return false
  }
  const steps = wanted
    .filter(isTaken)
    .map((s) => (s.halfway === undefined ? s : { ...s, halfway: s.halfway.filter(isTaken) }))
  return { steps, left }
}

/** Why so many goroutines are not dumped; undefined if they are. */
export function dearDump(
  goroutines: number | undefined,
  o: Pick<PlanOptions, 'all' | 'mostGoroutines'>,
): string | undefined {
  return o.all || goroutines === undefined || goroutines <= o.mostGoroutines
    ? undefined
    : `${goroutines} goroutines: the program stands still while they are written (--all takes the dump all the same)`
}

/** How long a first, short trace runs that tells how much a longer one would write. */
export const TRACE_PROBE_SECONDS = 0.1

/**
 * How long the trace may run when a first one of `probeSeconds` had `probeBytes`: 0 if that one has used up the
 * budget. Half of what a trace of that length has is its beginning and end, which do not come again.
 */
export function traceSeconds(
  probeBytes: number,
  probeSeconds: number,
  o: Pick<PlanOptions, 'traceSeconds' | 'traceBytes'>,
): number {
  if (o.traceSeconds <= probeSeconds) return 0
  const perSecond = probeBytes / probeSeconds
  const fits = perSecond === 0 ? o.traceSeconds : o.traceBytes / perSecond
  const seconds = Math.min(o.traceSeconds, Math.floor(fits * 100) / 100)
  return seconds >= 2 * probeSeconds ? seconds : 0
}
