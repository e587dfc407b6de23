// `goscope pprof`: stands in for `go tool pprof`, with its flags, its text and its exit statuses.

import { UserError } from '../../../core/base/errors.ts'
import { engineFor } from '../../../core/base/re2-engine.ts'
import { patternsOf, prepareReport } from '../../../core/engine/run-report.ts'
import type { Sink } from '../../../core/reports/report.ts'
import { BinaryFiles } from '../../binary-file.ts'
import { loadSources } from '../../profile-sources.ts'
import { openReportFiles } from '../../report-files.ts'
import { localZone } from '../../zone.ts'
import { parsePprofArgs } from '../pprof/flags.ts'
import { pprofUsage } from '../pprof/usage.ts'
import { writeReport } from '../pprof/write-report.ts'

const warn = (text: string): void => {
  process.stderr.write(text.endsWith('\n') ? text : `${text}\n`)
}

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(args: readonly string[]): Promise<number> {
  const line = parsePprofArgs(args, warn)
  if (line === 'help') {
    warn(pprofUsage())
    return 0
  }
  const { command, config } = line
  if (command === undefined)
    throw new UserError(
      'choose a report, for example: goscope pprof -top PROFILE (the shell and -http are not there yet)',
    )
  const binaries = new BinaryFiles()
  const profile = await loadSources({ ...line.sources, binaries, warn })
  const files = await openReportFiles(command.kind, profile, binaries)
  const engine = await engineFor(patternsOf(config, command))
  const context = { zones: localZone(), warn, ...(engine && { engine }), ...(files && { files }) }
  const report = prepareReport(profile, command, config, context)
  const write = (sink: Sink): void =>
    command.kind.write(report, {
      text: (s) => sink.text(s),
      bytes: (b) => sink.bytes(b),
      remark: sink.remark ?? warn,
    })
  await writeReport(command.kind, write, config.output, warn)
  return 0
}
