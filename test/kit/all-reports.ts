import { UserError } from '../../src/core/base/errors.ts'
import { utc } from '../../src/core/base/go-time.ts'
import { prepareReport, type ReportCommand } from '../../src/core/engine/run-report.ts'
import type { Profile } from '../../src/core/model/profile.ts'
import { type Config, defaultConfig } from '../../src/core/reports/config.ts'
import { REPORTS, type ReportKind, type WriteReport } from '../../src/core/reports/index.ts'
import { type Sink, TextSink } from '../../src/core/reports/report.ts'

/** The reports that need nothing but a profile; pictures are drawn from dot. */
export const PLAIN_REPORTS: readonly ReportCommand[] = Object.entries<ReportKind>(REPORTS)
  .filter(([, kind]) => kind.reads === undefined && kind.viewer === undefined && kind.picture === undefined)
  .map(([name, kind]) => ({ name, kind, ...(kind.takesSymbol && { symbol: '.' }) }))

const WRITERS = new Map<ReportKind, WriteReport>()
for (const kind of Object.values<ReportKind>(REPORTS)) WRITERS.set(kind, await kind.load())

/** Writes a report to the sink. Throws UserError. */
export function writeReport(p: Profile, command: ReportCommand, config: Partial<Config>, out: Sink): void {
  const report = prepareReport(p, command, { ...defaultConfig(), ...config }, { zones: utc, warn: () => {} })
  WRITERS.get(command.kind)!(report, out)
}

/** A report as text. Throws UserError. */
export function reportText(
  p: Profile,
  name: keyof typeof REPORTS,
  config: Partial<Config> = {},
  symbol?: string,
): string {
  const out = new TextSink()
  writeReport(p, { name, kind: REPORTS[name], ...(symbol !== undefined && { symbol }) }, config, out)
  return out.toString()
}

/** Makes all plain reports and forgets them. Throws whatever one throws but UserErrors. */
export function tryReports(p: Profile, config: Partial<Config> = {}): void {
  const nowhere: Sink = { text: () => {}, bytes: () => {} }
  for (const command of PLAIN_REPORTS) {
    try {
      writeReport(p, command, config, nowhere)
    } catch (e) {
      if (!(e instanceof UserError)) throw e
    }
  }
}
