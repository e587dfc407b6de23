// The options that shape a report, each described once: its flag, its key in page addresses and saved
// settings, its default, its choices and its help. Names, defaults and help texts are those of
// `go tool pprof` (internal/driver config.go, commands.go), whose users and scripts know them.

import { UserError } from '../base/errors.ts'
import { quote, shortestFloat } from '../base/go-fmt.ts'

export interface Config {
  output: string
  callTree: boolean
  relativePercentages: boolean
  unit: string
  compactLabels: boolean
  sourcePath: string
  trimPath: string
  intelSyntax: boolean
  mean: boolean
  sampleIndex: string
  divideBy: number
  normalize: boolean
  sort: string
  tagRoot: string
  tagLeaf: string
  dropNegative: boolean
  nodeCount: number
  nodeFraction: number
  edgeFraction: number
  trim: boolean
  focus: string
  ignore: string
  pruneFrom: string
  hide: string
  show: string
  showFrom: string
  tagFocus: string
  tagIgnore: string
  tagShow: string
  tagHide: string
  noInlines: boolean
  showColumns: boolean
  /** '' lets the report choose. */
  granularity: string
}

export interface ConfigField {
  readonly key: keyof Config
  readonly name: string
  readonly kind: 'string' | 'boolean' | 'integer' | 'float'
  readonly initial: string | number | boolean
  /** Key in page addresses; absent where the option is not part of an address. */
  readonly urlKey?: string
  /** Whether saved settings hold it. */
  readonly saved: boolean
  /** Allowed values, each a flag of its own. */
  readonly choices?: readonly string[]
  readonly help: string
}

type Extra = Partial<Pick<ConfigField, 'urlKey' | 'saved' | 'choices'>>

function field(
  key: keyof Config,
  name: string,
  initial: string | number | boolean,
  help: readonly string[],
  extra: Extra = {},
): ConfigField {
  const kind =
    typeof initial === 'boolean'
      ? 'boolean'
      : typeof initial === 'string'
        ? 'string'
        : name === 'nodecount'
          ? 'integer'
          : 'float'
  return { key, name, kind, initial, saved: true, ...extra, help: help.join('\n') }
}

/** All options, in the reference's order. */
export const CONFIG_FIELDS: readonly ConfigField[] = [
  field('output', 'output', '', ['Output filename for file-based outputs', ''], { saved: false }),
  field(
    'callTree',
    'call_tree',
    false,
    [
      'Create a context-sensitive call tree',
      'Treat locations reached through different paths as separate.',
      '',
    ],
    { urlKey: 'calltree' },
  ),
  field(
    'relativePercentages',
    'relative_percentages',
    false,
    [
      'Show percentages relative to focused subgraph',
      'If unset, percentages are relative to full graph before focusing',
      'to facilitate comparison with original graph.',
      '',
    ],
    { urlKey: 'rel' },
  ),
  field(
    'unit',
    'unit',
    'minimum',
    [
      'Measurement units to display',
      'Scale the sample values to this unit.',
      'For time-based profiles, use seconds, milliseconds, nanoseconds, etc.',
      'For memory profiles, use megabytes, kilobytes, bytes, etc.',
      'Using auto will scale each value independently to the most natural unit.',
      '',
    ],
    { urlKey: 'unit' },
  ),
  field('compactLabels', 'compact_labels', false, ['Show minimal headers'], { urlKey: 'compact' }),
  field('sourcePath', 'source_path', '', ['Search path for source files'], { saved: false }),
  field('trimPath', 'trim_path', '', ['Path to trim from source paths before search'], { saved: false }),
  field(
    'intelSyntax',
    'intel_syntax',
    false,
    ['Show assembly in Intel syntax', 'Only applicable to commands `disasm` and `weblist`', ''],
    { urlKey: 'intel' },
  ),
  field(
    'mean',
    'mean',
    false,
    [
      'Average sample value over first value (count)',
      'For memory profiles, report average memory per allocation.',
      'For time-based profiles, report average time per event.',
      '',
    ],
    { urlKey: 'mean' },
  ),
  field(
    'sampleIndex',
    'sample_index',
    '',
    [
      'Sample value to report (0-based index or name)',
      'Profiles contain multiple values per sample.',
      'Use sample_index=i to select the ith value (starting at 0).',
      '',
    ],
    { urlKey: 'si', saved: false },
  ),
  field(
    'divideBy',
    'divide_by',
    1,
    [
      'Ratio to divide all samples before visualization',
      'Divide all samples values by a constant, eg the number of processors or jobs.',
      '',
    ],
    { saved: false },
  ),
  field('normalize', 'normalize', false, ['Scales profile based on the base profile.', ''], {
    urlKey: 'norm',
  }),
  field('sort', 'sort', 'flat', [], { urlKey: 'sort', choices: ['cum', 'flat'] }),
  field('tagRoot', 'tagroot', '', [
    'Adds pseudo stack frames for labels key/value pairs at the callstack root.',
    'A comma-separated list of label keys.',
    'The first key creates frames at the new root.',
    '',
  ]),
  field('tagLeaf', 'tagleaf', '', [
    'Adds pseudo stack frames for labels key/value pairs at the callstack leaf.',
    'A comma-separated list of label keys.',
    'The last key creates frames at the new leaf.',
    '',
  ]),
  field(
    'dropNegative',
    'drop_negative',
    false,
    ['Ignore negative differences', 'Do not show any locations with values <0.', ''],
    { urlKey: 'dropneg' },
  ),
  field(
    'nodeCount',
    'nodecount',
    -1,
    [
      'Max number of nodes to show',
      'Uses heuristics to limit the number of locations to be displayed.',
      'On graphs, dotted edges represent paths through nodes that have been removed.',
      '',
    ],
    { urlKey: 'n' },
  ),
  field('nodeFraction', 'nodefraction', 0.005, ['Hide nodes below <f>*total'], { urlKey: 'nf' }),
  field('edgeFraction', 'edgefraction', 0.001, ['Hide edges below <f>*total'], { urlKey: 'ef' }),
  field(
    'trim',
    'trim',
    true,
    [
      'Honor nodefraction/edgefraction/nodecount defaults',
      'Set to false to get the full profile, without any trimming.',
      '',
    ],
    { urlKey: 'trim' },
  ),
  field(
    'focus',
    'focus',
    '',
    [
      'Restricts to samples going through a node matching regexp',
      'Discard samples that do not include a node matching this regexp.',
      'Matching includes the function name, filename or object name.',
      '',
    ],
    { urlKey: 'f' },
  ),
  field(
    'ignore',
    'ignore',
    '',
    [
      'Skips paths going through any nodes matching regexp',
      'If set, discard samples that include a node matching this regexp.',
      'Matching includes the function name, filename or object name.',
      '',
    ],
    { urlKey: 'i' },
  ),
  field(
    'pruneFrom',
    'prune_from',
    '',
    [
      'Drops any functions below the matched frame.',
      'If set, any frames matching the specified regexp and any frames',
      'below it will be dropped from each sample.',
      '',
    ],
    { urlKey: 'prunefrom' },
  ),
  field(
    'hide',
    'hide',
    '',
    [
      'Skips nodes matching regexp',
      'Discard nodes that match this location.',
      'Other nodes from samples that include this location will be shown.',
      'Matching includes the function name, filename or object name.',
      '',
    ],
    { urlKey: 'h' },
  ),
  field(
    'show',
    'show',
    '',
    [
      'Only show nodes matching regexp',
      'If set, only show nodes that match this location.',
      'Matching includes the function name, filename or object name.',
      '',
    ],
    { urlKey: 's' },
  ),
  field(
    'showFrom',
    'show_from',
    '',
    [
      'Drops functions above the highest matched frame.',
      'If set, all frames above the highest match are dropped from every sample.',
      'Matching includes the function name, filename or object name.',
      '',
    ],
    { urlKey: 'sf' },
  ),
  field(
    'tagFocus',
    'tagfocus',
    '',
    [
      'Restricts to samples with tags in range or matched by regexp',
      'Use name=value syntax to limit the matching to a specific tag.',
      'Numeric tag filter examples: 1kb, 1kb:10kb, memory=32mb:',
      'String tag filter examples: foo, foo.*bar, mytag=foo.*bar',
      '',
    ],
    { urlKey: 'tf' },
  ),
  field(
    'tagIgnore',
    'tagignore',
    '',
    [
      'Discard samples with tags in range or matched by regexp',
      'Use name=value syntax to limit the matching to a specific tag.',
      'Numeric tag filter examples: 1kb, 1kb:10kb, memory=32mb:',
      'String tag filter examples: foo, foo.*bar, mytag=foo.*bar',
      '',
    ],
    { urlKey: 'ti' },
  ),
  field(
    'tagShow',
    'tagshow',
    '',
    ['Only consider tags matching this regexp', 'Discard tags that do not match this regexp', ''],
    { urlKey: 'ts' },
  ),
  field(
    'tagHide',
    'taghide',
    '',
    ['Skip tags matching this regexp', 'Discard tags that match this regexp', ''],
    { urlKey: 'th' },
  ),
  field(
    'noInlines',
    'noinlines',
    false,
    ['Ignore inlines.', 'Attributes inlined functions to their first out-of-line caller.', ''],
    { urlKey: 'noinlines' },
  ),
  field('showColumns', 'showcolumns', false, ['Show column numbers at the source code line level.', ''], {
    urlKey: 'showcolumns',
  }),
  field('granularity', 'granularity', '', [], {
    urlKey: 'g',
    choices: ['functions', 'filefunctions', 'files', 'lines', 'addresses'],
  }),
]

/** Help of the values that are flags of their own. */
export const CHOICE_HELP: Readonly<Record<string, string>> = {
  flat: 'Sort entries based on own weight\n',
  cum: 'Sort entries based on cumulative weight\n',
  functions: 'Aggregate at the function level.\nIgnores the filename where the function was defined.\n',
  filefunctions:
    'Aggregate at the function level.\nTakes into account the filename where the function was defined.\n',
  files: 'Aggregate at the file level.',
  lines: 'Aggregate at the source code line level.',
  addresses: "Aggregate at the address level.\nIncludes functions' addresses in the output.\n",
}

export function defaultConfig(): Config {
  return Object.fromEntries(CONFIG_FIELDS.map((f) => [f.key, f.initial])) as unknown as Config
}

/** The field of that name, or the one that has it as a choice. */
export function findField(name: string): ConfigField | undefined {
  return CONFIG_FIELDS.find((f) => f.name === name || f.choices?.includes(name))
}

/** The value as text, as settings and the `options` command show it. */
export function fieldText(c: Config, f: ConfigField): string {
  const v = c[f.key]
  return typeof v === 'number' ? shortestFloat(v) : String(v)
}

/** `value` as the field's kind. Throws UserError with the reference's words. */
export function parseField(f: ConfigField, value: string): string | number | boolean {
  switch (f.kind) {
    case 'boolean':
      return parseBoolean(value)
    case 'integer':
      return parseInteger(value)
    case 'float':
      return parseFloat64(value)
    case 'string':
      if (f.choices !== undefined && !f.choices.includes(value))
        throw new UserError(`invalid ${quote(f.name)} value ${quote(value)}`)
      return value
  }
}

function parseBoolean(text: string): boolean {
  const t = text.toLowerCase()
  if (['true', 't', 'yes', 'y', '1', ''].includes(t)) return true
  if (['false', 'f', 'no', 'n', '0'].includes(t)) return false
  throw new UserError(`illegal value "${text}" for bool variable`)
}

/** strconv.Atoi. Throws UserError in its words. */
function parseInteger(text: string): number {
  if (!/^[+-]?[0-9]+$/.test(text)) throw new UserError(`strconv.Atoi: parsing ${quote(text)}: invalid syntax`)
  const exact = BigInt(text.replace('+', ''))
  if (BigInt.asIntN(64, exact) !== exact)
    throw new UserError(`strconv.Atoi: parsing ${quote(text)}: value out of range`)
  return Number(exact)
}

/** strconv.ParseFloat: decimal and hexadecimal numbers, `_` between digits. Throws UserError in its words. */
export function parseFloat64(text: string): number {
  if (/^[+-]?(inf|infinity)$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  if (/^nan$/i.test(text)) return Number.NaN
  const v = finiteFloat(text)
  if (Number.isFinite(v)) return v
  const problem = Number.isNaN(v) ? 'invalid syntax' : 'value out of range'
  throw new UserError(`strconv.ParseFloat: parsing ${quote(text)}: ${problem}`)
}

/** NaN if the text is no number, infinite if it is too large for a double. */
function finiteFloat(text: string): number {
  if (/^[+-]?(\d(_?\d)*\.?(\d(_?\d)*)?|\.\d(_?\d)*)(e[+-]?\d(_?\d)*)?$/i.test(text))
    return Number(text.replaceAll('_', ''))
  const hex = /^([+-]?)0x_?([0-9a-f](?:_?[0-9a-f])*)?\.?([0-9a-f](?:_?[0-9a-f])*)?p([+-]?\d+)$/i.exec(text)
  if (hex === null) return Number.NaN
  const [, sign, whole = '', fraction = '', exponent] = hex
  const digits = `${whole}${fraction}`.replaceAll('_', '')
  if (digits === '') return Number.NaN
  const shift = Number(exponent) - 4 * fraction.replaceAll('_', '').length
  const v = Number(`0x${digits}`) * 2 ** shift
  return sign === '-' ? -v : v
}

/** Copy of the config with one field set. Throws UserError. */
export function withField(c: Config, f: ConfigField, value: string): Config {
  return { ...c, [f.key]: parseField(f, value) }
}
