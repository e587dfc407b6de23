// From the arguments of an everyday command to the report that it shows: the same loading, filters and
// aggregation as the drop-in commands', with errors and remarks for people.

import { Origins } from '../../../core/analysis/origin.ts'
import { type Problem, UserError } from '../../../core/base/errors.ts'
import { engineFor } from '../../../core/base/re2-engine.ts'
import { patternsOf, prepareReport, type ReportCommand } from '../../../core/engine/run-report.ts'
import type { Profile } from '../../../core/model/profile.ts'
import type { Config } from '../../../core/reports/config.ts'
import { emptyRemedy, profileKind } from '../../../core/reports/info.ts'
import type { Report } from '../../../core/reports/report.ts'
import { loadSources } from '../../profile-sources.ts'
import { localZone } from '../../zone.ts'
import { configOf, type ReportFlags } from './flags.ts'
import { nearFunctions } from './near-functions.ts'
import { sourceProblem } from './source-errors.ts'

/** A report and where it comes from. */
export interface OpenedReport {
  readonly report: Report
  /** The profile as loaded and merged, before filters. */
  readonly profile: Profile
  readonly origins: Origins
  readonly config: Config
  readonly sources: readonly string[]
  readonly base: readonly string[]
  /** Whether shares are of the base. */
  readonly diffBase: boolean
  /** Damage that was met on reading, with the source it is in. */
  readonly problems: readonly (Problem & { readonly source: string })[]
  /** Remarks for the user, such as filters that matched nothing. */
  readonly remarks: readonly string[]
}

/** Loads the sources and prepares the report. `symbol` is the pattern of the command, if it takes one. Throws UserError. */
export async function openReport(
  name: string,
  flags: Partial<ReportFlags>,
  sources: readonly string[],
  symbol?: string,
): Promise<OpenedReport> {
  const config = configOf(flags)
  const remarks: string[] = []
  const problems: (Problem & { source: string })[] = []
  const base = [...(flags.base ?? []), ...(flags.diffBase ?? [])]
  if ([...sources, ...base].filter((s) => s === '-').length > 1)
    throw new UserError('standard input (-) can be read only once')
  const profile = await load(sources, base, flags.diffBase !== undefined, remarks, (source, found) => {
    for (const p of found) problems.push({ ...p, source })
  })
  // Only its shape is looked at: what has no limit of its own.
  const command: ReportCommand = {
    name,
    kind: { shape: 'all', takesSymbol: symbol !== undefined, write: () => undefined },
    ...(symbol !== undefined && { symbol }),
  }
  const engine = await engineFor(patternsOf(config, command))
  const warn = (text: string): void => {
    remarks.push(remark(text, profile, config))
  }
  const report = rewording(profile, config, () =>
    prepareReport(profile, command, config, { zones: localZone(), warn, ...(engine && { engine }) }),
  )
  if (report.total === 0) remarks.push(whyEmpty(profile, report))
  return {
    report,
    profile,
    origins: new Origins(profile),
    config,
    sources,
    base,
    diffBase: flags.diffBase !== undefined,
    problems,
    remarks,
  }
}

async function load(
  sources: readonly string[],
  base: readonly string[],
  diffBase: boolean,
  remarks: string[],
  onProblems: (source: string, problems: readonly Problem[]) => void,
): Promise<Profile> {
  try {
    return await loadSources({
      sources,
      base,
      diffBase,
      normalize: false,
      buildId: '',
      symbolize: '',
      comment: '',
      symbols: true,
      warn: (text) => remarks.push(text),
      onRead: (source, loaded) => onProblems(source, loaded.problems),
      onUnreadable: (source, e) => {
        throw sourceProblem(source, e)
      },
    })
  } catch (e) {
    const merging =
      e instanceof UserError ? /^problem fetching (source|base) profiles: (.*?),?$/s.exec(e.message) : null
    if (merging === null) throw e
    throw new UserError(
      `the profiles do not go together: ${merging[2]} (goscope info SRC... shows what each is)`,
    )
  }
}

/** Errors of preparing a report in terms of the everyday flags. */
function rewording<T>(p: Profile, c: Config, run: () => T): T {
  try {
    return run()
  } catch (e) {
    if (!(e instanceof UserError)) throw e
    if (/^sample_index /.test(e.message))
      throw new UserError(
        `--sample-type ${c.sampleIndex}: must be one of ${p.sampleTypes.map((t) => t.type).join(', ')}`,
      )
    const pattern = /^parsing (?:argument regexp .*?|(\w+) regexp): error parsing regexp: (.*)$/s.exec(
      e.message,
    )
    if (pattern === null) throw e
    throw new UserError(`${pattern[1] === undefined ? 'REGEXP' : flagOf(pattern[1])}: ${pattern[2]}`)
  }
}

/** Our flag for an option of the config. */
const flagOf = (option: string): string => `--${option.replaceAll('_', '-').replace(/^tag(?=\w)/, 'tag-')}`

const FILTERS: Readonly<Record<string, keyof Config>> = {
  Focus: 'focus',
  Ignore: 'ignore',
  Hide: 'hide',
  Show: 'show',
  ShowFrom: 'showFrom',
  TagFocus: 'tagFocus',
  TagIgnore: 'tagIgnore',
  TagRoot: 'tagRoot',
  TagLeaf: 'tagLeaf',
}

/** A remark of the engine in terms of the everyday flags, with what may have been meant. */
function remark(text: string, p: Profile, c: Config): string {
  const unmatched = /^(\w+) expression matched no samples$/.exec(text)
  const key = unmatched === null ? undefined : FILTERS[unmatched[1]!]
  if (key !== undefined) {
    const value = String(c[key])
    const flag = `--${key.replace(/[A-Z]/g, (l) => `-${l.toLowerCase()}`)}`
    const near = key.startsWith('tag') ? labelHint(p) : functionHint(p, value)
    return `${flag} ${value} matches nothing${near}`
  }
  const range = /^(\w+):Interpreted '(.*)' as range, not regexp$/.exec(text)
  if (range !== null) return `${flagOf(range[1]!)} ${range[2]} is taken as a range of numbers`
  return text.trim()
}

/** `; near: a, b`, or ''. */
export function functionHint(p: Profile, pattern: string): string {
  const near = nearFunctions(p, pattern, 3)
  return near.length === 0 ? '' : `; near to it: ${near.join(', ')}`
}

function labelHint(p: Profile): string {
  const keys = new Set<string>()
  for (const id of p.labelSets.key) keys.add(p.strings.get(id))
  if (keys.size === 0) return '; the profile has no labels'
  return `; labels: ${[...keys].sort().slice(0, 8).join(', ')}`
}

/** Why a report has nothing to show. */
function whyEmpty(p: Profile, r: Report): string {
  const kind = profileKind(p)
  const { type } = p.sampleTypes[r.options.value]!
  if (p.samples.count === 0) {
    const remedy = emptyRemedy(kind)
    return `the profile has no samples${remedy && `: ${remedy}`}`
  }
  const other = p.sampleTypes.find((_, k) => p.samples.value[k]!.f.some((v) => v !== 0))
  if (other === undefined) return `all values are 0${emptyRemedy(kind) && `: ${emptyRemedy(kind)}`}`
  return `all values of ${type} are 0; --sample-type ${other.type} shows what there is`
}
