// `goscope pprof`: stands in for `go tool pprof`, with its flags, its text and its exit statuses.

import { UserError } from '../../../core/base/errors.ts'
import { engineFor } from '../../../core/base/re2-engine.ts'
import { patternsOf, prepareReport } from '../../../core/engine/run-report.ts'
import type { Profile } from '../../../core/model/profile.ts'
import type { ReportKind } from '../../../core/reports/index.ts'
import type { Sink } from '../../../core/reports/report.ts'
import type { ReportFiles } from '../../../core/reports/report-files.ts'
import { openBinaries } from '../../binaries.ts'
import type { BinaryFiles } from '../../binary-file.ts'
import { loadSources } from '../../profile-sources.ts'
import { localZone } from '../../zone.ts'
import { parsePprofArgs } from '../pprof/flags.ts'
import type { RunReport } from '../pprof/shell-commands.ts'
import { writeReport } from '../pprof/write-report.ts'

const warn = (text: string): void => {
  process.stderr.write(text.endsWith('\n') ? text : `${text}\n`)
}

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(args: readonly string[]): Promise<number> {
  const line = parsePprofArgs(args, warn)
  if (line === 'help') {
    const { pprofUsage } = await import('../pprof/usage.ts')
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
  // What makes the report loads while the profile is read, too.
  command?.kind.load()
  const binaries = openBinaries()
  const profile = await loadSources({ ...line.sources, binaries, warn })
  const zones = localZone()
  const make: RunReport = async (command, config, x) => {
    const { kind } = command
    const files = kind.reads && (await openFiles(kind, profile, await binaries()))
    const engine = await engineFor(patternsOf(config, command))
    const context = { zones, warn: x.warn, ...(engine && { engine }), ...(files && { files }) }
    const makeReport = await kind.load()
    const report = x.guard(() => prepareReport(profile, command, config, context))
    const write = (sink: Sink): void =>
      x.guard(() => {
        const remark = sink.remark ?? x.remark
        makeReport(report, {
          text: (s) => sink.text(s),
          bytes: (b) => sink.bytes(b),
          ...(remark && { remark }),
        })
      })
    try {
      await writeReport(kind, write, config.output, x.warn, x)
    } catch (e) {
      throw x.remark && command.symbol !== undefined ? await advised(e, profile, command.symbol) : e
    }
    if (x.remark && report.total === 0 && line.sources.base.length === 0) {
      const { emptyAdvice } = await import('../pprof/advice.ts')
      const advice = emptyAdvice(profile, report)
      if (advice !== '') x.remark(advice)
    }
  }
  if (command !== undefined) {
    await make(command, config, { warn, remark: warn, guard: (work) => work(), ...(studio && { studio }) })
    return 0
  }
  if (line.http !== '') {
    const { runHttp } = await import('../pprof/http.ts')
    const { http: address, noBrowser } = line
    return runHttp({ address, noBrowser, profile, config, binaries, warn })
  }
  const { runShell } = await import('../pprof/shell.ts')
  return runShell({ profile, config, zones, run: make })
}

async function openFiles(
  kind: ReportKind,
  profile: Profile,
  binaries: BinaryFiles,
): Promise<ReportFiles | undefined> {
  const { openReportFiles } = await import('../../report-files.ts')
  return openReportFiles(kind, profile, binaries)
}

/** An error of a pattern that matches nothing says what may have been meant, behind the reference's words. */
async function advised(e: unknown, p: Profile, pattern: string): Promise<unknown> {
  if (!(e instanceof UserError) || !/no matches found for regexp/.test(e.message)) return e
  const { noMatchAdvice } = await import('../pprof/advice.ts')
  const advice = noMatchAdvice(p, pattern)
  return advice === '' ? e : new UserError(`${e.message}\n${advice}`)
}
