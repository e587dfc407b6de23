// What stands above a profile: lines that describe it, how much is shown of how much, remarks of filters, and
// which of the options are wrong.

import { parseLabelFilter } from '../../../analysis/label-filter.ts'
import { UserError } from '../../../base/errors.ts'
import { engineFor } from '../../../base/re2-engine.ts'
import { compileRegexp, RegexpError } from '../../../base/regexp.ts'
import { CONFIG_FIELDS } from '../../../reports/config.ts'
import { profileLabels, ValueFormat } from '../../../reports/report.ts'
import { configOf, type ProfileQuery, preparedProfile } from '../profile-query.ts'
import type { Workbench } from '../workbench.ts'

export interface ProfileHead {
  /** pprof's header lines: File, Build ID, Type, Time, Duration. */
  readonly lines: readonly string[]
  /** `Focus expression matched no samples`, and the like. */
  readonly remarks: readonly string[]
  readonly samples: number
  /** Sum of what the filters left, and what percentages are of. */
  readonly shown: number
  readonly total: number
  readonly type: string
  readonly unit: string
  /** Where the profile's makers explain it: an absolute http(s) address, else ''. */
  readonly docUrl: string
  /** By the option's key in addresses. With any of them the rest is empty. */
  readonly errors: Readonly<Record<string, string>>
}

const REGEXPS: readonly string[] = ['f', 'i', 'h', 's', 'sf', 'prunefrom', 'ts', 'th']
const LABELS: readonly string[] = ['tf', 'ti']

export async function answer(w: Workbench, { query }: { query: ProfileQuery }): Promise<ProfileHead> {
  const errors = await optionErrors(query.options ?? {})
  const none = { lines: [], remarks: [], samples: 0, shown: 0, total: 0, type: '', unit: '', docUrl: '' }
  if (Object.keys(errors).length > 0) return { ...none, errors }
  // What the flame graph of the same query is drawn from: found ready, more often than not.
  const { report, remarks } = await preparedProfile(w, query)
  const { profile, options, total } = report
  const column = profile.samples.value[options.value].f
  return {
    lines: profileLabels(report, new ValueFormat(options, options.outputUnit)),
    remarks,
    samples: profile.samples.count,
    shown: column.reduce((sum, v) => sum + Math.abs(v), 0),
    total: Number(total),
    type: options.sampleType,
    unit: options.sampleUnit,
    docUrl: /^https?:\/\/[^/]/.test(profile.docUrl) ? profile.docUrl : '',
    errors,
  }
}

/** What is wrong with each option, by its key. */
export async function optionErrors(
  options: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const out: Record<string, string> = {}
  for (const f of CONFIG_FIELDS) {
    const key = f.urlKey
    const value = key === undefined ? undefined : options[key]
    if (key === undefined || value === undefined || value === '') continue
    const patterns = REGEXPS.includes(key) ? [value] : []
    try {
      configOf({ of: [], options: { [key]: value } })
      if (LABELS.includes(key)) {
        const filter = parseLabelFilter(value)
        if (filter.kind === 'text') patterns.push(...filter.patterns)
      }
      const engine = await engineFor(patterns)
      for (const pattern of patterns) compileRegexp(pattern, engine)
    } catch (e) {
      if (!(e instanceof UserError) && !(e instanceof RegexpError)) throw e
      out[key] = e.message.replace(/^error setting config field \w+: |^error parsing regexp: /, '')
    }
  }
  return out
}
