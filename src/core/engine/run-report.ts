// From a profile and a config to a report: label frames, filters and granularity in the reference's
// order (google/pprof internal/driver generateRawReport), because each step sees what the one before left.

import { filterByLabels, filterByName, filterLabels, pruneFrom, showFrom } from '../analysis/filter.ts'
import { coarsen, type Granularity } from '../analysis/granularity.ts'
import { labelFilterTest, parseLabelFilter } from '../analysis/label-filter.ts'
import { type LabelUnits, numericLabelUnits } from '../analysis/labels.ts'
import { selectSampleType } from '../analysis/sample-type.ts'
import { addLabelFrames } from '../analysis/tag-root.ts'
import { UserError } from '../base/errors.ts'
import type { ZoneLookup } from '../base/go-time.ts'
import { compileRegexp, type Regexp, type RegexpEngine, RegexpError } from '../base/regexp.ts'
import type { Profile } from '../model/profile.ts'
import type { Config } from '../reports/config.ts'
import type { ReportKind } from '../reports/index.ts'
import { type Report, type ReportOptions, reportTotal } from '../reports/report.ts'
import type { ReportFiles } from '../reports/report-files.ts'

/** What a run needs from outside. */
export interface RunContext {
  readonly zones: ZoneLookup
  /** Regular expressions beyond the simple ones; see `patternsOf`. */
  readonly engine?: RegexpEngine
  /** Takes remarks for the user, such as filters that matched nothing. */
  readonly warn: (text: string) => void
  /** For reports that read executables or source (see `reads` of ReportKind). */
  readonly files?: ReportFiles
}

/** What preparing a report takes: its name as the user gave it, how it shapes the config, and its argument. */
export interface ReportRequest {
  readonly name: string
  readonly kind: Pick<ReportKind, 'shape'>
  readonly symbol?: string
}

/** A report to make. */
export interface ReportCommand extends ReportRequest {
  readonly kind: ReportKind
}

/** All regular expressions of a config and command: what `engineFor` is to be asked about. */
export function patternsOf(c: Config, command: ReportRequest): string[] {
  const patterns = [c.focus, c.ignore, c.hide, c.show, c.showFrom, c.pruneFrom, c.tagShow, c.tagHide]
  for (const filter of [c.tagFocus, c.tagIgnore]) {
    const f = filter === '' ? undefined : parseLabelFilter(filter)
    if (f?.kind === 'text') patterns.push(...f.patterns)
  }
  if (command.symbol !== undefined) patterns.push(command.symbol)
  return patterns.filter((p) => p !== '')
}

/** Filters and aggregates the profile as the config says. Throws UserError. */
export function prepareReport(p: Profile, command: ReportRequest, config: Config, x: RunContext): Report {
  const units = numericLabelUnits(p)
  for (const [key, ignored] of units.ignored)
    x.warn(`For tag ${key} used unit ${units.unit.get(key)}, also encountered unit(s) ${ignored.join(', ')}`)
  const c = shapeConfig(config, command)
  let profile = withLabelFrames(p, c, x)
  if (c.relativePercentages) profile = applyFilters(profile, c, units, x)
  const options = reportOptions(profile, c, units, command, x)
  const total = reportTotal(profile, options.value, options.divisor)
  if (!c.relativePercentages) profile = applyFilters(profile, c, units, x)
  return {
    profile: aggregate(profile, c),
    total,
    options,
    zones: x.zones,
    ...(x.files && { files: x.files }),
  }
}

/** The config as a command overrides it: some reports must not trim, some choose their granularity. */
function shapeConfig(config: Config, command: ReportRequest): Config {
  const c = { ...config }
  const { shape } = command.kind
  if (c.nodeCount === -1) {
    if (shape === 'table') c.nodeCount = 0
    else if (shape !== 'all') c.nodeCount = 80
  }
  if (shape === 'raw' || shape === 'instructions' || shape === 'stacks') c.granularity = 'addresses'
  if (shape === 'lines') c.granularity = 'lines'
  // One node per address, or the sums of instructions would count inlined callers again.
  if (shape === 'instructions') c.noInlines = true
  if (shape === 'stacks') c.noInlines = false
  if ((shape !== 'table' && shape !== 'graph') || !c.trim) {
    c.nodeCount = 0
    c.nodeFraction = 0
    c.edgeFraction = 0
  }
  return c
}

const listOf = (text: string): string[] => text.split(',').filter((s) => s !== '')

function withLabelFrames(p: Profile, c: Config, x: RunContext): Profile {
  const out = addLabelFrames(p, listOf(c.tagRoot), listOf(c.tagLeaf), c.unit)
  warnUnmatched(c.tagRoot === '' || out.rootMatched, 'TagRoot', x)
  warnUnmatched(c.tagLeaf === '' || out.leafMatched, 'TagLeaf', x)
  return out.profile
}

function warnUnmatched(matched: boolean, option: string, x: RunContext): void {
  if (!matched) x.warn(`${option} expression matched no samples`)
}

function applyFilters(p: Profile, c: Config, units: LabelUnits, x: RunContext): Profile {
  const option = (name: string, pattern: string): Regexp | undefined =>
    pattern === '' ? undefined : compile(pattern, `parsing ${name} regexp`, x)
  const byName = {
    focus: option('focus', c.focus),
    ignore: option('ignore', c.ignore),
    hide: option('hide', c.hide),
    show: option('show', c.show),
  }
  const from = option('show_from', c.showFrom)
  const labelFilter = (name: string, text: string): ReturnType<typeof labelFilterTest> | undefined => {
    if (text === '') return undefined
    const f = parseLabelFilter(text)
    if (f.kind === 'range') x.warn(`${name}:Interpreted '${f.text}' as range, not regexp`)
    const patterns = f.kind === 'text' ? f.patterns : []
    return labelFilterTest(
      f,
      patterns.map((pattern) => compile(pattern, `parsing ${name} regexp`, x)),
      units,
    )
  }
  const tagFocus = labelFilter('tagfocus', c.tagFocus)
  const tagIgnore = labelFilter('tagignore', c.tagIgnore)
  const prune = option('prune_from', c.pruneFrom)

  const named = filterByName(p, byName)
  warnUnmatched(named.matched.focus, 'Focus', x)
  warnUnmatched(named.matched.ignore, 'Ignore', x)
  warnUnmatched(named.matched.hide, 'Hide', x)
  warnUnmatched(named.matched.show, 'Show', x)
  let out = named.profile
  if (from !== undefined) {
    const shown = showFrom(out, from)
    warnUnmatched(shown.matched, 'ShowFrom', x)
    out = shown.profile
  }
  const labelled = filterByLabels(out, tagFocus, tagIgnore)
  warnUnmatched(labelled.focusMatched, 'TagFocus', x)
  warnUnmatched(labelled.ignoreMatched, 'TagIgnore', x)
  const tags = filterLabels(labelled.profile, option('tagshow', c.tagShow), option('taghide', c.tagHide))
  warnUnmatched(tags.showMatched, 'TagShow', x)
  warnUnmatched(tags.hideMatched, 'TagHide', x)
  return prune === undefined ? tags.profile : pruneFrom(tags.profile, prune)
}

function compile(pattern: string, context: string, x: RunContext): Regexp {
  try {
    return compileRegexp(pattern, x.engine)
  } catch (e) {
    if (e instanceof RegexpError) throw new UserError(`${context}: ${e.message}`)
    throw e
  }
}

function reportOptions(
  p: Profile,
  c: Config,
  labelUnits: LabelUnits,
  command: ReportRequest,
  x: RunContext,
): ReportOptions {
  const value = selectSampleType(p, c.sampleIndex)
  const { type, unit } = p.sampleTypes[value]
  if (c.divideBy === 0) throw new UserError('zero divisor specified')
  const filters: [string, string][] = [
    ['focus', c.focus],
    ['ignore', c.ignore],
    ['hide', c.hide],
    ['show', c.show],
    ['show_from', c.showFrom],
    ['tagfocus', c.tagFocus],
    ['tagignore', c.tagIgnore],
    ['tagshow', c.tagShow],
    ['taghide', c.tagHide],
  ]
  return {
    value,
    ...(c.mean && { divisor: 0 }),
    sampleType: c.mean ? `mean_${type}` : type,
    sampleUnit: unit,
    outputUnit: c.unit,
    ratio: 1 / c.divideBy,
    cumSort: c.sort === 'cum',
    callTree: c.callTree,
    dropNegative: c.dropNegative,
    compactLabels: c.compactLabels,
    nodeCount: c.nodeCount,
    nodeFraction: c.nodeFraction,
    edgeFraction: c.edgeFraction,
    activeFilters: filters.filter(([, v]) => v !== '').map(([k, v]) => `${k}=${v}`),
    labelUnits,
    trimPath: c.trimPath,
    sourcePath: c.sourcePath,
    intelSyntax: c.intelSyntax,
    ...(command.symbol !== undefined && {
      symbol: compile(command.symbol, `parsing argument regexp ${command.symbol}`, x),
    }),
  }
}

/** What each granularity keeps; '' is functions. */
const GRANULARITIES: Readonly<Record<string, Omit<Granularity, 'inlines' | 'columns'>>> = {
  '': { functions: true, files: false, lines: false, addresses: false },
  functions: { functions: true, files: false, lines: false, addresses: false },
  filefunctions: { functions: true, files: true, lines: false, addresses: false },
  files: { functions: false, files: true, lines: false, addresses: false },
  lines: { functions: true, files: true, lines: true, addresses: false },
  addresses: { functions: true, files: true, lines: true, addresses: true },
}

function aggregate(p: Profile, c: Config): Profile {
  const g = GRANULARITIES[c.granularity]
  if (g === undefined) throw new UserError('unexpected granularity')
  if (c.granularity === 'addresses' && !c.noInlines) return p
  return coarsen(p, { ...g, inlines: !c.noInlines, columns: c.showColumns })
}
