// The flags that the everyday commands share, and the config (that of the drop-in reports) that they mean.

import type { FlagParametersForType } from '@stricli/core'
import { UserError } from '../../../core/base/errors.ts'
import { type Config, defaultConfig } from '../../../core/reports/config.ts'
import type { LiveOptions } from '../../read-profile.ts'
import { flag, number, text, texts } from './flag-kinds.ts'
import type { Entries } from './names.ts'
import type { StyleFlags } from './style.ts'

export interface OutputFlags extends StyleFlags {
  readonly json?: boolean
  readonly color?: 'auto' | 'always' | 'never'
  readonly width?: number
}

/** How a profile is fetched, where a source is the address of a server. */
export interface LiveFlags {
  readonly seconds?: number
  readonly timeout?: number
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly tlsCa?: string
}

export interface ReportFlags extends OutputFlags, LiveFlags {
  readonly cum?: boolean
  readonly flat?: boolean
  readonly sampleType?: string
  readonly type?: string
  readonly focus?: readonly string[]
  readonly ignore?: readonly string[]
  readonly hide?: readonly string[]
  readonly show?: readonly string[]
  readonly showFrom?: readonly string[]
  readonly pruneFrom?: readonly string[]
  readonly tagFocus?: string
  readonly tagIgnore?: string
  readonly tagRoot?: readonly string[]
  readonly tagLeaf?: readonly string[]
  readonly by?: Entries
  readonly noInlines?: boolean
  readonly unit?: string
  readonly limit?: number
  readonly base?: readonly string[]
  readonly diffBase?: readonly string[]
}

function seconds(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UserError('must be a whole number of seconds')
  return Number(text)
}

export const outputFlags: FlagParametersForType<OutputFlags> = {
  json: flag('one JSON document, for scripts'),
  color: {
    kind: 'enum',
    values: ['auto', 'always', 'never'],
    brief: 'colours: auto (on a terminal), always, never',
    placeholder: 'WHEN',
    optional: true,
  },
  width: number('cells of a line, 0 for the terminal’s own'),
}

const duration = (brief: string) =>
  ({ kind: 'parsed', parse: seconds, brief, placeholder: 'SECONDS', optional: true }) as const

export const liveFlags: FlagParametersForType<LiveFlags> = {
  seconds: duration('for how long a live program is measured'),
  timeout: duration('how long to wait for its answer'),
  tlsCert: text('certificate to show to the server (PEM)', 'FILE'),
  tlsKey: text('its private key (PEM)', 'FILE'),
  tlsCa: text('whom to trust, instead of the system (PEM)', 'FILE'),
}

export const LIVE_GROUP = [
  'Live sources (host:port, http://, https://, unix:/path.sock)',
  ['seconds', 'timeout', 'tlsCert', 'tlsKey', 'tlsCa'],
] as const satisfies readonly [string, readonly (keyof LiveFlags)[]]

/** What the flags say of fetching. */
export function liveOptions(f: LiveFlags): LiveOptions {
  return {
    ...(f.seconds !== undefined && { seconds: f.seconds }),
    ...(f.timeout !== undefined && { timeout: f.timeout }),
    tls: { cert: f.tlsCert ?? '', key: f.tlsKey ?? '', ca: f.tlsCa ?? '' },
  }
}

export const reportFlags: FlagParametersForType<ReportFlags> = {
  ...outputFlags,
  ...liveFlags,
  cum: flag('sort by total: the function and all that it calls'),
  flat: flag('sort by self: the function alone'),
  sampleType: text('what to show, by name or number (goscope info lists them)', 'NAME'),
  type: { ...text('the same', 'NAME'), hidden: true },
  focus: texts('only stacks with a function or file that matches', 'REGEXP'),
  ignore: texts('no stacks with a function or file that matches', 'REGEXP'),
  hide: texts('leave out frames that match', 'REGEXP'),
  show: texts('leave out frames that do not match', 'REGEXP'),
  showFrom: texts('leave out what is above the first frame that matches', 'REGEXP'),
  pruneFrom: texts('leave out what is below frames that match, and them', 'REGEXP'),
  tagFocus: text('only samples with a label that matches: KEY=REGEXP, or 1kb:10kb', 'FILTER'),
  tagIgnore: text('no samples with a label that matches', 'FILTER'),
  tagRoot: texts('frames for the values of this label at the root', 'KEY'),
  tagLeaf: texts('frames for the values of this label at the leaf', 'KEY'),
  by: {
    kind: 'enum',
    values: ['functions', 'lines', 'files', 'addresses'],
    brief: 'a row for each of: functions, lines, files, addresses',
    placeholder: 'WHAT',
    optional: true,
  },
  noInlines: flag('count inlined functions as their callers'),
  unit: text('unit of values: ns, ms, s, kb, mb, ...', 'UNIT'),
  limit: number('most rows, 0 for all'),
  base: texts('take this profile away', 'SRC'),
  diffBase: texts('the same, with shares of the base', 'SRC'),
}

/** Groups of help for a command with all report flags. */
export const REPORT_GROUPS: readonly (readonly [string, readonly (keyof ReportFlags)[]])[] = [
  ['What is shown', ['sampleType', 'cum', 'flat', 'by', 'noInlines', 'unit', 'limit']],
  ['Which samples and frames', ['focus', 'ignore', 'hide', 'show', 'showFrom', 'pruneFrom']],
  ['Labels', ['tagFocus', 'tagIgnore', 'tagRoot', 'tagLeaf']],
  ['Differences', ['base', 'diffBase']],
  LIVE_GROUP,
  ['Output', ['json', 'color', 'width']],
]

/** Several patterns of one flag: any of them. */
function anyOf(patterns: readonly string[] | undefined): string {
  const p = patterns ?? []
  return p.length > 1 ? p.map((one) => `(?:${one})`).join('|') : (p[0] ?? '')
}

/** The config that the flags mean. Nothing is trimmed: what is left out is left out by --limit, and said. Throws UserError. */
export function configOf(f: Partial<ReportFlags>): Config {
  if (f.cum && f.flat) throw new UserError('--cum and --flat exclude each other')
  if (f.base !== undefined && f.diffBase !== undefined)
    throw new UserError('--base and --diff-base exclude each other')
  return {
    ...defaultConfig(),
    trim: false,
    nodeCount: 0,
    sort: f.flat ? 'flat' : 'cum',
    sampleIndex: f.sampleType ?? f.type ?? '',
    focus: anyOf(f.focus),
    ignore: anyOf(f.ignore),
    hide: anyOf(f.hide),
    show: anyOf(f.show),
    showFrom: anyOf(f.showFrom),
    pruneFrom: anyOf(f.pruneFrom),
    tagFocus: f.tagFocus ?? '',
    tagIgnore: f.tagIgnore ?? '',
    tagRoot: (f.tagRoot ?? []).join(','),
    tagLeaf: (f.tagLeaf ?? []).join(','),
    granularity: f.by ?? 'functions',
    noInlines: f.noInlines ?? false,
    unit: f.unit ?? 'auto',
  }
}

/** Our flag for an option as the drop-in commands spell it: `--tag-focus` for tagfocus. */
export const flagOf = (option: string): string =>
  `--${option.replaceAll('_', '-').replace(/^tag(?=\w)/, 'tag-')}`
