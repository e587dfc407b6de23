import { utc, type ZoneLookup } from '../base/go-time.ts'
import { engineFor } from '../base/re2-engine.ts'
import type { Profile } from '../model/profile.ts'
import { type Config, defaultConfig } from '../reports/config.ts'
import { REPORTS, type ReportName } from '../reports/index.ts'
import { TextSink } from '../reports/report.ts'
import { patternsOf, prepareReport } from './run-report.ts'

export interface ReportText {
  readonly text: string
  /** Remarks for the user, such as filters that matched nothing. */
  readonly remarks: readonly string[]
}

/**
 * A text report of a profile, as `goscope pprof -NAME` prints it. `symbol` is the argument of reports that take
 * one (peek). Times are in `zones`, UTC if not given. Throws UserError for settings that are wrong.
 */
export async function reportText(
  profile: Profile,
  name: ReportName,
  settings: Partial<Config> = {},
  o: { symbol?: string; zones?: ZoneLookup } = {},
): Promise<ReportText> {
  const kind = REPORTS[name]
  const config = { ...defaultConfig(), ...settings }
  const command = { name, kind, ...(o.symbol !== undefined && { symbol: o.symbol }) }
  const remarks: string[] = []
  const engine = await engineFor(patternsOf(config, command))
  const context = {
    zones: o.zones ?? utc,
    warn: (text: string) => remarks.push(text),
    ...(engine && { engine }),
  }
  const sink = new TextSink()
  const write = await kind.load()
  write(prepareReport(profile, command, config, context), sink)
  return { text: sink.toString(), remarks }
}
