// Which part of which profiles a view shows: files merged, others taken away, the options of pprof's page, and
// the user's transforms. Everything that a view of a profile asks begins here.

import { setTextLabel } from '../../analysis/labels.ts'
import { mergeProfiles } from '../../analysis/merge.ts'
import { selectSampleType } from '../../analysis/sample-type.ts'
import { harmonize, negate, normalize } from '../../analysis/scale.ts'
import { utc } from '../../base/go-time.ts'
import type { Int } from '../../base/int64.ts'
import { engineFor } from '../../base/re2-engine.ts'
import type { Profile } from '../../model/profile.ts'
import { type Config, defaultConfig } from '../../reports/config.ts'
import { configOfQuery } from '../../reports/config-query.ts'
import { REPORTS, type ReportName } from '../../reports/index.ts'
import { BASE_LABEL, type Report } from '../../reports/report.ts'
import type { ReportFiles } from '../../reports/report-files.ts'
import { patternsOf, prepareReport } from '../run-report.ts'
import { applyTransforms, type Transform } from './transforms.ts'
import type { Workbench } from './workbench.ts'

export interface ProfileQuery {
  /** Files that are merged. */
  readonly of: readonly number[]
  /** Files that are taken away, merged: then it is a difference. */
  readonly base?: readonly number[]
  /**
   * pprof's parameters by their keys in addresses (`f`, `i`, `si`, `g`, …; see config.ts), and `tagroot` and `tagleaf`,
   * which its addresses do not have.
   */
  readonly options?: Readonly<Record<string, string>>
  readonly transforms?: readonly Transform[]
  /** What a command line said beforehand; `options` change it. */
  readonly settings?: Partial<Config>
}

/** A profile ready to be shown. */
export interface PreparedProfile {
  readonly profile: Profile
  /** The same with its options, for texts about it. */
  readonly report: Report
  readonly config: Config
  /** Selected sample type. */
  readonly value: number
  /** What percentages are of. */
  readonly total: Int
  /** Whether something was taken away. */
  readonly difference: boolean
  /** Filters that matched nothing, and the like. */
  readonly remarks: readonly string[]
}

/** Merges the files of a query, as they are before any option. Rejects with DecodeError or UserError. */
export function mergedProfile(w: Workbench, q: ProfileQuery): Promise<Profile> {
  const norm = q.options?.norm
  return w.memo.of('merged profile', [q.of, q.base, norm], async () => {
    const merge = async (ids: readonly number[]): Promise<Profile> => {
      const opened = await Promise.all(ids.map((id) => w.profile(id)))
      const alike = harmonize(opened.map((o) => o.profile))
      return alike.length === 1 ? alike[0] : mergeProfiles(alike)
    }
    const main = await merge(q.of)
    if (q.base === undefined || q.base.length === 0) return main
    // As -diff_base: what was before is marked, and makes up the whole.
    const base = setTextLabel(await merge(q.base), BASE_LABEL, 'true')
    const after = norm === '1' || norm === 't' ? normalize(main, base) : main
    const [a, b] = harmonize([after, negate(base)])
    return mergeProfiles([a, b])
  })
}

/** The config of a query. Throws UserError. */
export function configOf(q: ProfileQuery): Config {
  const config = configOfQuery({ ...defaultConfig(), ...q.settings }, (key) => q.options?.[key] ?? null)
  const { tagroot = config.tagRoot, tagleaf = config.tagLeaf } = q.options ?? {}
  return { ...config, tagRoot: tagroot, tagLeaf: tagleaf }
}

/**
 * The report of a query as `goscope pprof` prepares it; `symbol` is its argument, `files` is for those that read
 * source or executables. Rejects with UserError.
 */
export async function preparedReport(
  w: Workbench,
  q: ProfileQuery,
  name: ReportName,
  change: Partial<Config> = {},
  symbol?: string,
  files?: ReportFiles,
): Promise<{ report: Report; remarks: string[] }> {
  const config = { ...configOf(q), ...change }
  const command = { name, kind: REPORTS[name], ...(symbol !== undefined && { symbol }) }
  const engine = await engineFor(patternsOf(config, command))
  const remarks: string[] = []
  const merged = await mergedProfile(w, q)
  const profile = await applyTransforms(merged, q.transforms ?? [])
  const report = prepareReport(profile, command, config, {
    zones: utc,
    warn: (text) => remarks.push(text),
    ...(engine && { engine }),
    ...(files && { files }),
  })
  return { report, remarks }
}

/**
 * The profile of a query, filtered and transformed, with its locations and lines as they are: whoever draws it
 * decides what tells frames apart. Rejects with DecodeError or UserError.
 */
export function preparedProfile(w: Workbench, q: ProfileQuery): Promise<PreparedProfile> {
  return w.memo.of('prepared profile', q, async () => {
    // Stacks keep everything: `traces` neither trims nor merges.
    const { report, remarks } = await preparedReport(w, q, 'traces', { granularity: 'addresses' })
    const config = configOf(q)
    const value = selectSampleType(report.profile, config.sampleIndex)
    return {
      profile: report.profile,
      report,
      config,
      value,
      total: report.total,
      // A profile from which another program took something away is one as well.
      difference: (q.base?.length ?? 0) > 0 || report.profile.samples.value[value].f.some((v) => v < 0),
      remarks,
    }
  })
}
