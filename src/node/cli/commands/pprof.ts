// `goscope pprof`: stands in for `go tool pprof`, with its flags, its text and its exit statuses.

import { closeSync, openSync } from 'node:fs'
import { UserError } from '../../../core/base/errors.ts'
import { list } from '../../../core/base/go-fmt.ts'
import { engineFor } from '../../../core/base/re2-engine.ts'
import { patternsOf, prepareReport, type ReportCommand } from '../../../core/engine/run-report.ts'
import { CONFIG_FIELDS, type Config, defaultConfig } from '../../../core/reports/config.ts'
import { type ReportKind, REPORTS } from '../../../core/reports/index.ts'
import { GzipSink } from '../../gzip-sink.ts'
import { FdSink, isTerminal, writeAll, writeFileWhole } from '../../output.ts'
import { loadSources } from '../../profile-sources.ts'
import { showControls } from '../../terminal-text.ts'
import { localZone } from '../../zone.ts'
import { type FlagKind, type FlagValue, parseGoFlags } from '../go-flags.ts'
import { pprofUsage } from '../pprof-usage.ts'
import { looksExecutable } from '../../executable.ts'

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

const warn = (text: string): void => {
  process.stderr.write(text.endsWith('\n') ? text : `${text}\n`)
}

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(args: readonly string[]): Promise<number> {
  const flags = parseGoFlags(args, flagKinds())
  if (flags.help) {
    warn(pprofUsage())
    return 0
  }
  const get = (name: string): FlagValue | undefined => flags.values.get(name)
  const text = (name: string): string => String(get(name) ?? '')
  if (flags.rest.length === 0) {
    warn(pprofUsage())
    throw new UserError('no profile source specified')
  }
  let sources = [...flags.rest]
  let executable: string | undefined
  if (sources.length > 1 && looksExecutable(sources[0]!)) {
    executable = sources[0]!
    sources = sources.slice(1)
  }
  const config = configFrom(flags.values)
  const command = commandFrom(flags.values)
  if (command !== undefined && text('http') !== '')
    throw new UserError('-http is not compatible with an output format on the command line')
  if (get('no_browser') === true && text('http') === '')
    throw new UserError('-no_browser only makes sense with -http')
  const base = text('base')
  const diffBase = text('diff_base')
  if (base !== '' && diffBase !== '') throw new UserError('-base and -diff_base flags cannot both be specified')
  if (config.normalize && base === '' && diffBase === '') throw new UserError('must have base profile to normalize by')
  if (command === undefined)
    throw new UserError('choose a report, for example: goscope pprof -top PROFILE (the shell and -http are not there yet)')

  const profile = await loadSources({
    sources,
    base: [base, diffBase].filter((s) => s !== ''),
    diffBase: diffBase !== '',
    normalize: config.normalize,
    ...(executable !== undefined && { executable }),
    buildId: text('buildid'),
    symbolize: text('symbolize'),
    comment: text('add_comment'),
    warn,
  })
  const engine = await engineFor(patternsOf(config, command))
  const report = prepareReport(profile, command, config, { zones: localZone(), warn, ...(engine && { engine }) })
  await writeReport(command.kind, (sink) => command.kind.write(report, sink), config.output)
  return 0
}

function configFrom(values: ReadonlyMap<string, FlagValue>): Config {
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

/** File name endings of reports that must not go to a terminal. */
const AWAY_FROM_TERMINAL: Readonly<Record<string, string>> = { gzip: 'pb.gz' }

async function writeReport(kind: ReportKind, write: (sink: FdSink | GzipSink) => void, output: string): Promise<void> {
  let path = output
  if (path === '' && kind.compress !== undefined && isTerminal(1)) path = freshName('profile', AWAY_FROM_TERMINAL[kind.compress]!)
  if (path !== '') warn(`Generating report in ${path}`)
  if (kind.compress === 'gzip') {
    const gzip = new GzipSink()
    write(gzip)
    const pieces: Uint8Array[] = []
    for await (const piece of gzip.finish()) pieces.push(piece)
    if (path === '') for (const piece of pieces) writeAll(1, piece)
    else toFile(path, (fd) => pieces.forEach((piece) => writeAll(fd, piece)))
    return
  }
  const toFd = (fd: number): void => {
    const sink = new FdSink(fd, isTerminal(fd) ? showControls : undefined)
    try {
      write(sink)
    } finally {
      // A report that ends in an error has printed what it could before.
      sink.flush()
    }
  }
  if (path === '') toFd(1)
  else toFile(path, toFd)
}

function toFile(path: string, write: (fd: number) => void): void {
  try {
    writeFileWhole(path, write)
  } catch (e) {
    const code = (e as NodeJS.ErrnoException).code
    if (code === undefined) throw e
    throw new UserError(`open ${path}: ${code === 'ENOENT' ? 'no such file or directory' : code}`)
  }
}

/** `prefix001.ending`, or the first number after it that is free. */
function freshName(prefix: string, ending: string): string {
  for (let n = 1; n < 10000; n++) {
    const name = `${prefix}${String(n).padStart(3, '0')}.${ending}`
    try {
      closeSync(openSync(name, 'wx'))
      return name
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code !== 'EEXIST') throw e
    }
  }
  throw new UserError(`could not create file of the form ${prefix}NNN.${ending}`)
}

