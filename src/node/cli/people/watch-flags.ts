// Flags of `goscope watch`.

import type { FlagParametersForType } from '@stricli/core'
import { UserError } from '../../../core/base/errors.ts'
import type { ClientOptions } from '../../live/http-client.ts'
import { parseHeader } from '../../live/target.ts'
import { type CommandSpec, typedFlag } from './command-spec.ts'
import { flag, port } from './flag-kinds.ts'
import { type LiveFlags, liveFlags, liveOptions, type OutputFlags, outputFlags } from './flags.ts'

export interface WatchFlags extends OutputFlags, Pick<LiveFlags, 'tlsCert' | 'tlsKey' | 'tlsCa'> {
  /** ms */
  readonly interval?: number
  readonly count?: number
  readonly once?: boolean
  readonly record?: string
  readonly replay?: string
  readonly speed?: number
  /** s */
  readonly timeout?: number
  readonly header?: readonly string[]
  readonly pprofPath?: string
  readonly metricsPath?: string
  readonly web?: boolean
  readonly noBrowser?: boolean
  readonly port?: number
}

const text = (brief: string, placeholder: string) =>
  ({ kind: 'parsed', parse: String, brief, placeholder, optional: true }) as const

const flags: FlagParametersForType<WatchFlags> = {
  ...outputFlags,
  interval: {
    kind: 'parsed',
    parse: durationMs,
    brief: 'how often to look: 1s, 500ms, 1m; 1s',
    placeholder: 'TIME',
    optional: true,
  },
  count: {
    kind: 'parsed',
    parse: (t) => above(t, 1e9),
    brief: 'end after so many lines',
    placeholder: 'N',
    optional: true,
  },
  once: {
    kind: 'boolean',
    brief: 'one look (two, an interval apart) and no page',
    optional: true,
    withNegated: false,
  },
  record: text('write all readings to this file, as lines of JSON', 'FILE'),
  replay: text('show a recording instead of a program', 'FILE'),
  speed: {
    kind: 'parsed',
    parse: (t) => above(t, 1e6),
    brief: 'of a replay; 10',
    placeholder: 'TIMES',
    optional: true,
  },
  timeout: {
    kind: 'parsed',
    parse: (t) => above(t, 3600),
    brief: 'for one answer; 5',
    placeholder: 'SECONDS',
    optional: true,
  },
  header: {
    kind: 'parsed',
    parse: String,
    brief: 'a header of each request, such as "Authorization: Bearer …"',
    placeholder: 'HEADER',
    optional: true,
    variadic: true,
  },
  pprofPath: text('where net/http/pprof is, if not at /debug/pprof/', 'PATH'),
  metricsPath: text('where Prometheus’ page is, if not at /metrics', 'PATH'),
  web: flag('in the workbench: charts that move, and what is taken opens beside them'),
  noBrowser: flag('with --web: only print the address'),
  port: port('with --web: port to serve at; 0 or nothing for any free one'),
  tlsCert: liveFlags.tlsCert,
  tlsKey: liveFlags.tlsKey,
  tlsCa: liveFlags.tlsCa,
}

export const spec: CommandSpec<WatchFlags> = {
  name: 'watch',
  summary: 'live numbers of running programs',
  args: 'TARGET...',
  flags,
  groups: [
    ['What is shown', ['interval', 'once', 'count']],
    ['In the browser', ['web', 'noBrowser', 'port']],
    ['Recordings', ['record', 'replay', 'speed']],
    ['The target', ['timeout', 'header', 'pprofPath', 'metricsPath', 'tlsCert', 'tlsKey', 'tlsCa']],
    ['Output', ['json', 'color', 'width']],
  ],
  examples: [
    ['goscope watch localhost:6060', 'a live page: heap, collector, goroutines, CPU, resources'],
    ['goscope watch --web localhost:6060', 'the same in the browser'],
    ['goscope watch pid:4711', 'any process of this machine, with or without pprof'],
    ['goscope watch :6060 :6061 --record night.jsonl', 'two programs, and a recording'],
    ['goscope watch --replay night.jsonl', 'what happened'],
    ['goscope watch localhost:6060 --once --json', 'for scripts'],
  ],
  notes: [
    'TARGET is host:port, a URL, unix:/path.sock or pid:N. What is there is asked: /debug/vars, /metrics, /debug/pprof/ (heap?debug=1 only if there is nothing else; goroutine?debug=1 as long as it is cheap), a gops agent, and for processes of this machine /proc. Where output is no terminal, there is one line per interval.',
  ],
}

/** How requests are made. Throws UserError. */
export function reachOf(f: Partial<WatchFlags>): Required<Pick<ClientOptions, 'headers' | 'tls'>> {
  return { headers: Object.fromEntries((f.header ?? []).map(parseHeader)), tls: liveOptions(f).tls! }
}

/** The flags that a capture of the same target needs. */
export function captureFlags(f: Partial<WatchFlags>): string[] {
  const given = (name: 'pprofPath' | 'metricsPath' | 'tlsCert' | 'tlsKey' | 'tlsCa'): string[] =>
    f[name] === undefined ? [] : [typedFlag(name), f[name]]
  return [
    ...(f.header?.flatMap((h) => ['--header', h]) ?? []),
    ...(['pprofPath', 'metricsPath', 'tlsCert', 'tlsKey', 'tlsCa'] as const).flatMap(given),
  ]
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, '': 1000 }

function durationMs(text: string): number {
  const m = /^(\d+(?:\.\d+)?)(ms|s|m|)$/.exec(text)
  const ms = m === null ? Number.NaN : Number(m[1]) * UNITS[m[2]!]!
  if (!(ms >= 100 && ms <= 3_600_000)) throw new UserError('must be a time from 100ms to 60m')
  return ms
}

function above(text: string, most: number): number {
  const v = Number(text)
  if (!(v > 0 && v <= most)) throw new UserError('must be a number above 0')
  return v
}
