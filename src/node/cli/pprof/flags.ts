import { UserError } from '../../../core/base/errors.ts'
import { list } from '../../../core/base/go-fmt.ts'
import type { ReportCommand } from '../../../core/engine/run-report.ts'
import { readCpuHeader } from '../../../core/formats/pprof/legacy-headers.ts'
import { CONFIG_FIELDS, type Config, defaultConfig } from '../../../core/reports/config.ts'
import { REPORTS, type ReportKind } from '../../../core/reports/index.ts'
import { looksExecutable } from '../../executable.ts'
import type { SourceOptions } from '../../profile-sources.ts'
import { readHead } from '../../read-profile.ts'
import { type FlagKind, type FlagValue, parseGoFlags } from '../go-flags.ts'

/** Flags besides those of the config and the reports. */
const SOURCE_FLAGS: Readonly<Record<string, FlagKind>> = {
  diff_base: 'string',
  base: 'string',
  symbolize: 'string',
  buildid: 'string',
  timeout: 'integer',
  add_comment: 'string',
  seconds: 'integer',
  inuse_space: 'boolean',
  inuse_objects: 'boolean',
  alloc_space: 'boolean',
  alloc_objects: 'boolean',
  total_delay: 'boolean',
  contentions: 'boolean',
  mean_delay: 'boolean',
  tls_cert: 'string',
  tls_key: 'string',
  tls_ca: 'string',
  tools: 'string',
  http: 'string',
  no_browser: 'boolean',
}

/** Old flags that stand for a sample type, in the order in which they count. */
const SAMPLE_TYPE_FLAGS: readonly [flag: string, type: string][] = [
  ['total_delay', 'delay'],
  ['mean_delay', 'delay'],
  ['contentions', 'contentions'],
  ['inuse_space', 'inuse_space'],
  ['inuse_objects', 'inuse_objects'],
  ['alloc_space', 'alloc_space'],
  ['alloc_objects', 'alloc_objects'],
]

function flagKinds(): Map<string, FlagKind> {
  const kinds = new Map(Object.entries(SOURCE_FLAGS))
  for (const f of CONFIG_FIELDS) {
    if (f.choices === undefined) kinds.set(f.name, f.kind)
    for (const choice of f.choices ?? []) kinds.set(choice, 'boolean')
  }
  for (const [name, kind] of Object.entries(REPORTS)) kinds.set(name, kind.takesSymbol ? 'string' : 'boolean')
  return kinds
}

/** A command line of `goscope pprof`, understood. */
export interface PprofCommandLine {
  readonly config: Config
  /** The report asked for; undefined for the shell and for -http. */
  readonly command: ReportCommand | undefined
  /** Where the profile comes from. */
  readonly sources: Omit<SourceOptions, 'warn'>
  /** host:port of -http, '' if not given. */
  readonly http: string
  readonly noBrowser: boolean
}

/** Parses the arguments; 'help' if that was asked for. Throws UserError in the reference's words. */
export function parsePprofArgs(
  args: readonly string[],
  warn: (text: string) => void,
): PprofCommandLine | 'help' {
  const flags = parseGoFlags(args, flagKinds())
  if (flags.help) return 'help'
  const get = (name: string): FlagValue | undefined => flags.values.get(name)
  const text = (name: string): string => String(get(name) ?? '')
  const number = (name: string): number => Number(get(name) ?? -1)
  if (flags.rest.length === 0) throw new UserError('no profile source specified')
  // The first of several arguments may be the program's executable.
  const [first] = flags.rest
  const executable = flags.rest.length > 1 && looksExecutable(first!) ? first : undefined
  if (executable !== undefined && readCpuHeader(readHead(executable, 64)) !== undefined)
    warn(
      `${executable}: an old CPU profile, but as the first of several arguments it counts as the program, as in go tool pprof: put the program, or another profile, in front of it`,
    )
  const sources = executable === undefined ? flags.rest : flags.rest.slice(1)
  const config = configFrom(flags.values, warn)
  const command = commandFrom(flags.values)
  const http = text('http')
  if (command !== undefined && http !== '')
    throw new UserError('-http is not compatible with an output format on the command line')
  if (get('no_browser') === true && http === '')
    throw new UserError('-no_browser only makes sense with -http')
  const base = text('base')
  const diffBase = text('diff_base')
  if (base !== '' && diffBase !== '')
    throw new UserError('-base and -diff_base flags cannot both be specified')
  if (config.normalize && base === '' && diffBase === '')
    throw new UserError('must have base profile to normalize by')
  return {
    config,
    command,
    sources: {
      sources,
      base: [base, diffBase].filter((s) => s !== ''),
      diffBase: diffBase !== '',
      normalize: config.normalize,
      ...(executable !== undefined && { executable }),
      buildId: text('buildid'),
      symbolize: text('symbolize'),
      comment: text('add_comment'),
      live: {
        seconds: number('seconds'),
        timeout: number('timeout'),
        tls: { cert: text('tls_cert'), key: text('tls_key'), ca: text('tls_ca') },
      },
    },
    http,
    noBrowser: get('no_browser') === true,
  }
}

function configFrom(values: ReadonlyMap<string, FlagValue>, warn: (text: string) => void): Config {
  const config: Record<string, FlagValue> = { ...defaultConfig() }
  for (const f of CONFIG_FIELDS) {
    if (f.choices === undefined) {
      const v = values.get(f.name)
      if (v !== undefined) config[f.key] = v
      continue
    }
    const set = f.choices.filter((choice) => values.get(choice) === true)
    if (set.length > 1) throw new UserError(`conflicting options set: ${list(set)}`)
    if (set.length === 1) config[f.key] = set[0]!
  }
  for (const [flag, type] of SAMPLE_TYPE_FLAGS) {
    if (values.get(flag) !== true) continue
    if (config.sampleIndex === '') config.sampleIndex = type
    else warn(`Multiple value selections, ignoring -${flag}`)
  }
  if (values.get('mean_delay') === true) config.mean = true
  return config as unknown as Config
}

function commandFrom(values: ReadonlyMap<string, FlagValue>): ReportCommand | undefined {
  const chosen: ReportCommand[] = []
  for (const [name, kind] of Object.entries<ReportKind>(REPORTS)) {
    const v = values.get(name)
    if (v === true) chosen.push({ name, kind })
    else if (typeof v === 'string' && v !== '') chosen.push({ name, kind, symbol: v })
  }
  if (chosen.length > 1) throw new UserError('must set at most one output format')
  return chosen[0]
}
