// `goscope pprof`: stands in for `go tool pprof`, with its flags, its text and its exit statuses.

import { engineFor } from '../../../core/base/re2-engine.ts'
import { patternsOf, prepareReport } from '../../../core/engine/run-report.ts'
import type { Sink } from '../../../core/reports/report.ts'
import { BinaryFiles } from '../../binary-file.ts'
import { loadSources } from '../../profile-sources.ts'
import { openReportFiles } from '../../report-files.ts'
import { localZone } from '../../zone.ts'
import { parsePprofArgs } from '../pprof/flags.ts'
import type { RunReport } from '../pprof/shell-commands.ts'
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
  if (line.http !== '') {
    const { checkHttp } = await import('../pprof/http.ts')
    await checkHttp(line.http)
  }
  // Drawing loads on a thread of its own, while the profile is read.
  const picture = command?.kind.picture !== undefined
  const studio = picture ? (await import('../pprof/pictures.ts')).studioFor(command.kind) : undefined
  const binaries = new BinaryFiles()
  const profile = await loadSources({ ...line.sources, binaries, warn })
  const zones = localZone()
  const make: RunReport = async (command, config, x) => {
    const files = await openReportFiles(command.kind, profile, binaries)
    const engine = await engineFor(patternsOf(config, command))
    const context = { zones, warn: x.warn, ...(engine && { engine }), ...(files && { files }) }
    const report = x.guard(() => prepareReport(profile, command, config, context))
    const write = (sink: Sink): void =>
      x.guard(() =>
        command.kind.write(report, {
          text: (s) => sink.text(s),
          bytes: (b) => sink.bytes(b),
          remark: sink.remark ?? x.remark,
        }),
      )
    await writeReport(command.kind, write, config.output, x.warn, x)
  }
  if (command !== undefined) {
    await make(command, config, { warn, remark: warn, guard: (work) => work(), ...(studio && { studio }) })
    return 0
  }
  if (line.http !== '') {
    const { runHttp } = await import('../pprof/http.ts')
    const { http: address, noBrowser } = line
    const difference = line.sources.base.length > 0
    return runHttp({ address, noBrowser, profile, config, binaries, zones, difference, warn })
  }
  const { runShell } = await import('../pprof/shell.ts')
  return runShell({ profile, config, zones, run: make })
}
