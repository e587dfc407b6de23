import { UserError } from '../base/errors.ts'
import type { Profile } from '../model/profile.ts'
import type { Config } from '../reports/config.ts'
import { REPORTS } from '../reports/index.ts'
import { profileLabels, ValueFormat } from '../reports/report.ts'
import { prepareReport, type RunContext } from './run-report.ts'

/** What would change the samples: the greeting describes the profile as it is. */
const UNFILTERED: Partial<Config> = {
  tagRoot: '',
  tagLeaf: '',
  relativePercentages: false,
  focus: '',
  ignore: '',
  pruneFrom: '',
  hide: '',
  show: '',
  showFrom: '',
  tagFocus: '',
  tagIgnore: '',
  tagShow: '',
  tagHide: '',
  noInlines: false,
  granularity: 'addresses',
}

/** What the shell says when it starts: texts, each to end in a newline. */
export function shellGreeting(p: Profile, config: Config, x: RunContext): string[] {
  const welcome = 'Entering interactive mode (type "help" for commands, "o" for options)'
  try {
    const command = { name: 'comments', kind: REPORTS.comments }
    const report = prepareReport(p, command, { ...config, ...UNFILTERED }, x)
    const about = [profileLabels(report, new ValueFormat(report.options)).join('\n')]
    if (report.total === 0 && p.sampleTypes.length > 1)
      about.push(
        'No samples were found with the default sample value type.',
        'Try "sample_index" command to analyze different sample values.',
      )
    return [...about, welcome]
  } catch (e) {
    // Options that no report can be made with: each command will say so.
    if (e instanceof UserError) return [welcome]
    throw e
  }
}
