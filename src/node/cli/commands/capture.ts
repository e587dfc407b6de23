// `goscope capture`: everything that a live program gives, or a program that is run for it, in one folder.

import type { FlagParametersForType } from '@stricli/core'
import { UserError } from '../../../core/base/errors.ts'
import { TOPICS, type Topic } from '../../../core/engine/capture-plan.ts'
import { VARIABLES, type Variable } from '../../../core/engine/condition.ts'
import { captureLive } from '../../live/capture-live.ts'
import { captureCommandTo, captureInside } from '../../live/run-command.ts'
import { isAddress, parseHeader } from '../../live/target.ts'
import { bytesOf, millisOf } from '../../live/units-of.ts'
import { redacted } from '../../source-url.ts'
import { type CommandSpec, parseCommand } from '../people/command.ts'
import { flag, text, texts } from '../people/flag-kinds.ts'
import { type LiveFlags, liveFlags, liveOptions } from '../people/flags.ts'
import { packageVersion } from '../people/package-version.ts'

export interface CaptureFlags extends LiveFlags {
  readonly output?: string
  readonly traceSeconds?: number
  readonly traceSize?: number
  readonly all?: boolean
  readonly skip?: readonly string[]
  readonly pprofPath?: string
  readonly metricsPath?: string
  readonly header?: readonly string[]
  readonly log?: readonly string[]
  readonly also?: readonly string[]
  readonly continuous?: number
  readonly keep?: number
  readonly when?: string
  readonly every?: number
  readonly json?: boolean
  readonly godebug?: string
  readonly count?: number
  readonly cpu?: string
  readonly into?: string
}

const parsed = (parse: (text: string) => number, brief: string, placeholder: string) =>
  ({ kind: 'parsed', parse, brief, placeholder, optional: true }) as const

function fraction(text: string): number {
  if (!/^\d{1,5}(\.\d{1,3})?$/.test(text)) throw new UserError('must be a number of seconds')
  return Number(text)
}

function atLeastOne(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new UserError('must be a whole number, 1 or more')
  return Number(text)
}

const flags: FlagParametersForType<CaptureFlags> = {
  ...liveFlags,
  seconds: { ...liveFlags.seconds, brief: 'length of the CPU profile (10)' },
  timeout: { ...liveFlags.timeout, brief: 'how long to wait for an answer, beyond the measuring (30)' },
  output: text('folder, or .zip, .tar.gz, or - for a .tar.gz to standard output', 'PATH'),
  traceSeconds: parsed(fraction, 'longest trace (1)', 'SECONDS'),
  traceSize: parsed(bytesOf, 'size that the trace is kept below (16MiB)', 'SIZE'),
  all: flag('dump all goroutines even if there are more than 10 000'),
  skip: texts(`leave parts out: ${TOPICS.join(', ')}`, 'WHAT'),
  pprofPath: text('where net/http/pprof is, instead of /debug/pprof/', 'PATH'),
  metricsPath: text('where Prometheus metrics are, instead of /metrics', 'PATH'),
  header: texts('header to send, such as "Authorization: Bearer ..."', 'HEADER'),
  log: texts('copy the end of this log file as well', 'FILE'),
  also: texts('fetch this page as well, such as that of a flight recorder', 'PATH|URL'),
  continuous: parsed(millisOf, 'again and again, so often: 10m', 'DURATION'),
  keep: parsed(atLeastOne, 'with --continuous: the last N are kept (12)', 'N'),
  when: text('wait until this is so: goroutines>5000 || cpu>80%', 'CONDITION'),
  every: parsed(millisOf, 'with --when: how often to look (5s)', 'DURATION'),
  json: flag('print capture.json to standard output when done'),
  godebug: text(
    'settings added to GODEBUG of a command (gctrace=1,schedtrace=1000); none for no',
    'SETTINGS',
  ),
  count: parsed(atLeastOne, '-count of go test; 6 or more let goscope gate judge benchmarks', 'N'),
  cpu: text('-cpu of go test', 'LIST'),
  // How go test runs us in front of each test binary.
  into: { ...text('', 'DIR'), hidden: true },
}

export const spec: CommandSpec<CaptureFlags> = {
  name: 'capture',
  summary: 'everything a live program gives, in one folder',
  args: 'TARGET... | -- COMMAND...',
  flags,
  aliases: { o: 'output' },
  groups: [
    ['What', ['output', 'seconds', 'traceSeconds', 'traceSize', 'all', 'skip', 'also', 'log', 'json']],
    ['Commands', ['godebug', 'count', 'cpu']],
    ['When', ['continuous', 'keep', 'when', 'every']],
    ['How it is reached', ['header', 'pprofPath', 'metricsPath', 'timeout', 'tlsCert', 'tlsKey', 'tlsCa']],
  ],
  examples: [
    ['goscope capture localhost:6060 -o before/', 'a server with net/http/pprof'],
    ['goscope capture pid:4711 -o now.tar.gz', 'a process of this machine, packed'],
    ['goscope capture a:6060 b:6060 -o both/', 'two programs at the same moment, a folder each'],
    [
      'goscope capture localhost:6060 --when "goroutines > 5000 || heap_inuse > 1GiB" -o peak/',
      'when it happens',
    ],
    ['goscope capture localhost:6060 --continuous 10m --keep 12 -o ring/', 'the last two hours, always'],
    [
      'goscope capture -o tests/ -- go test ./...',
      'tests with all their profiles, a folder for each package',
    ],
    ['goscope capture -o run/ -- ./program --flag', 'a program with its GC and scheduler logs'],
    ['goscope doctor before/', 'then: what is wrong'],
  ],
  notes: [
    `CONDITION compares with > >= < <= == != and joins with && || ! ( ). It knows, from the page of contents: ${variablesFrom('index')}; from /debug/vars or heap?debug=1: ${variablesFrom('memstats')}; from /proc or /metrics: ${variablesFrom('process')}; vars.NAME of expvar and metrics.NAME of /metrics. Units: 80%, 10ms, 1GiB, 5k.`,
    'docs/instrument.md shows how a program becomes observable, and how to reach it through ssh and kubectl.',
  ],
}

function variablesFrom(from: Variable['from']): string {
  return Object.entries(VARIABLES)
    .filter(([, v]) => v.from === from)
    .map(([name]) => name)
    .join(', ')
}

const DEFAULT_GODEBUG = 'gctrace=1,schedtrace=1000'

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(argv: readonly string[]): Promise<number> {
  // What stands behind -- is somebody else's.
  const split = argv.indexOf('--')
  const parsed = await parseCommand(spec, split < 0 ? argv : argv.slice(0, split))
  if (parsed === undefined) return 0
  const { flags: f, args } = parsed
  if (split >= 0) {
    if (args.length > 0) throw new UserError('a program to reach or a command to run, not both')
    return runCommand(argv.slice(split + 1), f)
  }
  if (args.length === 0)
    throw new UserError(
      'which program? host:port, http(s)://…, unix:/path.sock or pid:N; --help has examples',
    )
  return captureLive(args, {
    version: packageVersion(),
    output: f.output,
    seconds: f.seconds ?? 10,
    traceSeconds: f.traceSeconds ?? 1,
    traceBytes: f.traceSize ?? 16 << 20,
    all: f.all === true,
    skip: topicsOf(f.skip ?? []),
    logs: f.log ?? [],
    also: alsoOf(f.also ?? []),
    headers: headersOf(f.header ?? []),
    pprofPath: f.pprofPath,
    metricsPath: f.metricsPath ?? '/metrics',
    timeoutMs: (f.timeout ?? 30) * 1000,
    tls: liveOptions(f).tls,
    continuousMs: f.continuous,
    keep: f.keep ?? 12,
    when: f.when,
    everyMs: f.every ?? 5000,
    json: f.json === true,
  })
}

async function runCommand(argv: readonly string[], f: Partial<CaptureFlags>): Promise<number> {
  if (argv.length === 0) throw new UserError('which command? it stands behind --')
  for (const name of ['continuous', 'when', 'log', 'also', 'header'] as const)
    if (f[name] !== undefined)
      throw new UserError(`--${name} is for programs that run already, not for commands`)
  const godebug = f.godebug === undefined ? DEFAULT_GODEBUG : f.godebug === 'none' ? '' : f.godebug
  const o = {
    godebug,
    skip: topicsOf(f.skip ?? []),
    version: packageVersion(),
    count: f.count,
    cpu: f.cpu,
  }
  if (f.into !== undefined) return captureInside(f.into, argv, o)
  return captureCommandTo(f.output, argv, o, f.json === true)
}

function topicsOf(texts: readonly string[]): ReadonlySet<Topic> {
  return new Set(
    texts
      .flatMap((t) => t.split(','))
      .map((word) => {
        const topic = TOPICS.find((t) => t === word)
        if (topic === undefined) throw new UserError(`--skip ${word}: must be one of ${TOPICS.join(', ')}`)
        return topic
      }),
  )
}

function alsoOf(paths: readonly string[]): readonly string[] {
  for (const path of paths)
    if (!path.startsWith('/') && !isAddress(path))
      throw new UserError(
        `--also ${redacted(path)}: wants a path of the same server, such as /debug/flight, or a whole address`,
      )
  return paths
}

function headersOf(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(texts.map(parseHeader))
}
