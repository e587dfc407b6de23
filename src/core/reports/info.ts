// What a profile is: what it measured, of which program, how much of it there is, and what is wrong with it.

import { Origins } from '../analysis/origin.ts'
import { addInt, type Int, type Int64Column } from '../base/int64.ts'
import { compareText } from '../base/utf8.ts'
import type { Profile } from '../model/profile.ts'

/** What the Go runtime calls the profile; 'other' for what Go does not write. */
export type ProfileKind =
  | 'cpu'
  | 'heap'
  | 'allocs'
  | 'block'
  | 'mutex'
  | 'goroutine'
  | 'goroutineleak'
  | 'threadcreate'
  | 'other'

export interface InfoSampleType {
  readonly type: string
  readonly unit: string
  readonly total: Int
  /** Samples whose value is not 0. */
  readonly samples: number
  /** Whether it is the one that is shown unless another is asked for. */
  readonly isDefault: boolean
}

export interface InfoMapping {
  readonly file: string
  readonly buildId: string
  readonly start: Int
  readonly limit: Int
  readonly offset: Int
  readonly locations: number
  /** How many of its locations have names of functions. */
  readonly named: number
}

export interface InfoLabelKey {
  readonly key: string
  readonly values: number
  readonly samples: number
  /** Unit of numeric values, '' if none is given; undefined for text. */
  readonly numericUnit?: string
}

export interface InfoFinding {
  readonly level: 'warning' | 'info'
  readonly message: string
  /** What to do about it, '' if there is nothing. */
  readonly remedy: string
}

export interface InfoDoc {
  readonly kind: ProfileKind
  readonly sampleTypes: readonly InfoSampleType[]
  readonly periodType: { readonly type: string; readonly unit: string }
  readonly period: Int
  /** ns since 1970, 0 if unknown. */
  readonly timeNanos: Int
  readonly durationNanos: Int
  readonly samples: number
  /** Frames of stacks with inlined ones; undefined without samples. */
  readonly depth?: { readonly min: number; readonly median: number; readonly max: number }
  readonly functions: number
  readonly files: number
  readonly locations: number
  readonly mappings: readonly InfoMapping[]
  readonly labels: readonly InfoLabelKey[]
  readonly comments: readonly string[]
  readonly docUrl: string
  /** e.g. "go1.26.8", or what the packages of its runtime tell; '' if nothing does. */
  readonly goVersion: string
  readonly findings: readonly InfoFinding[]
}

/** Describes a profile as it was read. Linear in the frames of all samples. */
export function buildInfo(p: Profile): InfoDoc {
  const kind = profileKind(p)
  const shown = p.sampleTypes.findIndex((t) => t.type === p.defaultSampleType)
  const isDefault = shown >= 0 ? shown : p.sampleTypes.length - 1
  const sampleTypes = p.sampleTypes.map((t, k) => ({
    ...t,
    ...totalOf(p.samples.value[k]),
    isDefault: k === isDefault,
  }))
  const depths = stackDepths(p)
  const files = new Set<number>()
  for (let fn = 1; fn <= p.functions.count; fn++)
    if (p.functions.filename[fn] !== 0) files.add(p.functions.filename[fn])
  const mappings = mappingsOf(p)
  const doc = {
    kind,
    sampleTypes,
    periodType: p.periodType,
    period: p.period,
    timeNanos: p.timeNanos,
    durationNanos: p.durationNanos,
    samples: p.samples.count,
    ...(depths && { depth: { min: depths.min, median: depths.median, max: depths.max } }),
    functions: p.functions.count,
    files: files.size,
    locations: p.locations.count,
    mappings,
    labels: labelsOf(p),
    comments: p.comments,
    docUrl: p.docUrl,
    goVersion: goVersion(p),
  }
  return { ...doc, findings: findingsOf(p, doc, depths) }
}

/** What kind of profile it is, by its sample types; block and mutex, which have the same, by where they were taken. */
export function profileKind(p: Profile): ProfileKind {
  const types = p.sampleTypes.map((t) => t.type)
  const has = (type: string): boolean => types.includes(type)
  if (has('cpu')) return 'cpu'
  if (types.some((t) => /^(inuse|alloc)_(space|objects)$/.test(t)) || (has('objects') && has('space')))
    return p.defaultSampleType === 'alloc_space' ? 'allocs' : 'heap'
  if (has('contentions') && has('delay')) return unlocks(p) ? 'mutex' : 'block'
  for (const kind of ['goroutineleak', 'goroutine', 'threadcreate'] as const) if (has(kind)) return kind
  return 'other'
}

/** Whether the leaves of its stacks are mostly those of a mutex profile, which is taken on unlocking. */
function unlocks(p: Profile): boolean {
  let balance = 0
  for (let row = 0; row < p.samples.count; row++) {
    if (p.samples.stackStart[row] === p.samples.stackEnd[row]) continue
    const leaf = p.samples.frame[p.samples.stackStart[row]]
    const line = p.locations.lineStart[leaf]
    if (line === p.locations.lineEnd[leaf]) continue
    const name = p.strings.get(p.functions.name[p.lines.fn[line]])
    balance += /[uU]nlock|_LostContended/.test(name) ? 1 : -1
  }
  return balance > 0
}

function totalOf(column: Int64Column): { total: Int; samples: number } {
  let total: Int = 0
  let samples = 0
  for (let row = 0; row < column.length; row++) {
    if (column.f[row] === 0) continue
    samples++
    total = addInt(total, column.get(row))
  }
  return { total, samples }
}

interface Depths {
  readonly min: number
  readonly median: number
  readonly max: number
  /** Samples of the greatest depth. */
  readonly atMax: number
}

function stackDepths(p: Profile): Depths | undefined {
  const { samples, locations } = p
  if (samples.count === 0) return undefined
  const depth = new Uint32Array(samples.count)
  for (let row = 0; row < samples.count; row++) {
    let d = 0
    for (let i = samples.stackStart[row]; i < samples.stackEnd[row]; i++) {
      const loc = samples.frame[i]
      d += Math.max(1, locations.lineEnd[loc] - locations.lineStart[loc])
    }
    depth[row] = d
  }
  depth.sort()
  const max = depth[depth.length - 1]
  return { min: depth[0], median: depth[depth.length >> 1], max, atMax: depth.length - depth.indexOf(max) }
}

function mappingsOf(p: Profile): InfoMapping[] {
  const { mappings: m, locations: l } = p
  const count = new Uint32Array(m.count + 1)
  const named = new Uint32Array(m.count + 1)
  for (let loc = 1; loc <= l.count; loc++) {
    count[l.mapping[loc]]++
    if (l.lineEnd[loc] > l.lineStart[loc]) named[l.mapping[loc]]++
  }
  return Array.from({ length: m.count }, (_, k) => ({
    file: p.strings.get(m.file[k + 1]),
    buildId: p.strings.get(m.buildId[k + 1]),
    start: m.start.get(k + 1),
    limit: m.limit.get(k + 1),
    offset: m.offset.get(k + 1),
    locations: count[k + 1],
    named: named[k + 1],
  }))
}

function labelsOf(p: Profile): InfoLabelKey[] {
  const t = p.labelSets
  const samples = new Uint32Array(t.count)
  for (const set of p.samples.labelSet) samples[set]++
  const keys = new Map<string, { values: Set<string>; samples: number; numericUnit?: string }>()
  for (let set = 0; set < t.count; set++) {
    if (samples[set] === 0) continue
    for (let row = t.start[set]; row < t.start[set + 1]; row++) {
      const key = p.strings.get(t.key[row])
      const k = keys.get(key) ?? { values: new Set<string>(), samples: 0 }
      keys.set(key, k)
      k.samples += samples[set]
      if (t.str[row] !== 0) k.values.add(p.strings.get(t.str[row]))
      else {
        k.values.add(`#${t.num.get(row)}`)
        k.numericUnit = p.strings.get(t.unit[row])
      }
    }
  }
  return [...keys]
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, k]) => ({
      key,
      values: k.values.size,
      samples: k.samples,
      ...(k.numericUnit !== undefined && { numericUnit: k.numericUnit }),
    }))
}

/** The Go version in the path of the installation's sources, else what the names of runtime packages tell. */
function goVersion(p: Profile): string {
  const source = new Origins(p).gorootSource
  const version = /(?:^|[/@-])go[-/@]?v?(1\.\d+(?:\.\d+)?(?:rc\d+|beta\d+)?)(?=[./-])/.exec(source)?.[1]
  if (version !== undefined) return `go${version}`
  let go = false
  let before = false
  let from = 0
  for (let fn = 1; fn <= p.functions.count; fn++) {
    const name = p.strings.get(p.functions.name[fn])
    if (name.startsWith('runtime.')) go = true
    else if (name.startsWith('runtime/internal/')) before = true
    // The packages moved in Go 1.23; maps came in 1.24.
    else if (name.startsWith('internal/runtime/maps.')) from = 24
    else if (name.startsWith('internal/runtime/')) from = Math.max(from, 23)
  }
  if (from > 0) return `go1.${from} or later`
  if (before) return 'go1.22 or earlier'
  return go ? 'go' : ''
}

type Facts = Omit<InfoDoc, 'findings'>

function findingsOf(p: Profile, doc: Facts, depths: Depths | undefined): InfoFinding[] {
  const out: InfoFinding[] = []
  const warn = (message: string, remedy = ''): void => {
    out.push({ level: 'warning', message, remedy })
  }
  const inform = (message: string, remedy = ''): void => {
    out.push({ level: 'info', message, remedy })
  }
  const shown = doc.sampleTypes.find((t) => t.isDefault)
  if (doc.samples === 0) {
    // That is the good case.
    if (doc.kind === 'goroutineleak') inform('no samples', emptyRemedy(doc.kind))
    else warn('no samples', emptyRemedy(doc.kind))
  } else if (shown !== undefined && shown.samples === 0) {
    const other = doc.sampleTypes.find((t) => t.samples > 0)
    const heap = /^inuse_/.test(shown.type)
    if (other === undefined) warn('all values are 0', emptyRemedy(doc.kind))
    else
      inform(
        `all values of ${shown.type} are 0${heap ? ': nothing of what was sampled was still in use' : ''}`,
        `--sample-type ${other.type} shows what there is`,
      )
  }
  const named = doc.mappings.reduce((n, m) => n + m.named, 0)
  const inMappings = doc.mappings.reduce((n, m) => n + m.locations, 0)
  if (doc.locations > 0 && p.lines.count === 0)
    warn('not symbolized: it has addresses, but no names of functions', 'goscope pprof BINARY PROFILE')
  else if (inMappings > named)
    inform(`${inMappings - named} of ${inMappings} locations have no names of functions`)
  if (doc.sampleTypes.some((_, k) => p.samples.value[k].f.some((v) => v < 0)))
    inform('it has negative values: a difference of two profiles')
  if (depths !== undefined && [32, 64, 128].includes(depths.max) && doc.goVersion !== '')
    inform(
      `${depths.atMax === 1 ? '1 stack has' : `${depths.atMax} stacks have`} exactly ${depths.max} frames, which is where the runtime cuts: callers may be missing`,
    )
  return out
}

/** How to get a profile of a kind that is not empty. */
export function emptyRemedy(kind: ProfileKind): string {
  switch (kind) {
    case 'cpu':
      return "profile for longer and under load: curl -o cpu.pb.gz 'http://HOST/debug/pprof/profile?seconds=30'"
    case 'heap':
    case 'allocs':
      return 'nothing that was allocated was sampled: one allocation in runtime.MemProfileRate bytes (512 KiB) is; let the program run longer, or lower the rate first thing in main'
    // Without samples nothing tells the two apart.
    case 'block':
    case 'mutex':
      return 'call runtime.SetBlockProfileRate(10000) for a block profile, runtime.SetMutexProfileFraction(5) for a mutex profile, first thing in main; neither is recorded by default'
    case 'goroutineleak':
      return 'no goroutine has leaked'
    default:
      return ''
  }
}
