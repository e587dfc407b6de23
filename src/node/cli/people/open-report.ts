// From the arguments of an everyday command to the report that it shows: the same loading, filters and
// aggregation as the drop-in commands', with errors and remarks for people.

import { Origins } from '../../../core/analysis/origin.ts'
import { type Problem, UserError } from '../../../core/base/errors.ts'
import { Int64Column } from '../../../core/base/int64.ts'
import { engineFor } from '../../../core/base/re2-engine.ts'
import { patternsOf, prepareReport, type ReportRequest } from '../../../core/engine/run-report.ts'
import type { Profile } from '../../../core/model/profile.ts'
import type { Config } from '../../../core/reports/config.ts'
import type { Report } from '../../../core/reports/report.ts'
import { loadSources, type SourceOptions } from '../../profile-sources.ts'
import { localZone } from '../../zone.ts'
import { configOf, flagOf, type LiveFlags, liveOptions, type ReportFlags } from './flags.ts'
import { sourceProblem } from './source-errors.ts'
import { shortName, sourceNames } from './source-names.ts'

/** A report and where it comes from. */
export interface OpenedReport {
  readonly report: Report
  /** The profile as loaded and merged, before filters. */
  readonly profile: Profile
  readonly origins: Origins
  readonly config: Config
  readonly sources: readonly string[]
  /** What each source is called for short: the name of a file without its path, the host of a server. */
  readonly shortNames: readonly string[]
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
  const short = new Map<string, string>()
  const profile = await load({ sources, base, diffBase: flags.diffBase !== undefined }, flags, remarks, {
    onRead: (source, loaded) => {
      for (const p of loaded.problems) problems.push({ ...p, source })
      short.set(source, shortName(source, loaded.address))
    },
  })
  const names = await sourceNames(sources)
  // Only its shape is looked at: what has no limit of its own.
  const command: ReportRequest = {
    name,
    kind: { shape: 'all' },
    ...(symbol !== undefined && { symbol }),
  }
  const engine = await engineFor(patternsOf(config, command))
  const noticed: string[] = []
  const warn = (text: string): void => {
    noticed.push(text)
  }
  const prepared = rewording(profile, config, () =>
    prepareReport(profile, command, config, { zones: localZone(), warn, ...(engine && { engine }) }),
  )
  const report = config.granularity === 'files' ? withoutStartLines(prepared) : prepared
  if (report.total === 0 && base.length > 0) remarks.push('no difference')
  else if (report.total === 0 || noticed.length > 0) {
    const { remarkText, whyEmpty } = await import('./remarks.ts')
    remarks.push(...noticed.map((text) => remarkText(text, profile, config)))
    const why = report.total === 0 ? whyEmpty(profile, report) : ''
    if (why !== '') remarks.push(why)
  }
  return {
    report,
    profile,
    origins: new Origins(profile),
    config,
    sources: names,
    shortNames: names.map((name) => short.get(name) ?? name),
    base: await sourceNames(base),
    diffBase: flags.diffBase !== undefined,
    problems,
    remarks,
  }
}

/** The drop-in reports tell functions of a file apart by where they start, though they do not show it. */
function withoutStartLines(r: Report): Report {
  const { functions } = r.profile
  const startLine = new Int64Column(new Float64Array(functions.count + 1))
  return { ...r, profile: { ...r.profile, functions: { ...functions, startLine } } }
}

async function load(
  what: Pick<SourceOptions, 'sources' | 'base' | 'diffBase'>,
  flags: LiveFlags,
  remarks: string[],
  { onRead }: Required<Pick<SourceOptions, 'onRead'>>,
): Promise<Profile> {
  try {
    return await loadSources({
      ...what,
      live: liveOptions(flags),
      normalize: false,
      buildId: '',
      symbolize: '',
      comment: '',
      symbols: true,
      warn: (text) => remarks.push(text),
      onRead,
      onUnreadable: (source, e) => {
        throw sourceProblem(source, e)
      },
    })
  } catch (e) {
    const merging =
      e instanceof UserError ? /^problem fetching (source|base) profiles: (.*?),?$/s.exec(e.message) : null
    if (merging === null) throw e
    const why =
      merging[2] === 'profiles have empty common sample type list'
        ? 'they have no sample type in common'
        : merging[2]
    throw new UserError(`the profiles do not go together: ${why} (goscope info SRC... shows what each is)`)
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
