// `goscope gc`: what a log says of the garbage collector.

import { gcProcesses } from '../../../core/analysis/gc-log/cycles.ts'
import { gcReport } from '../../../core/analysis/gc-log/report.ts'
import { initReport, pacerReport, scavengeReport } from '../../../core/analysis/gc-log/side-reports.ts'
import { GC_COLUMNS } from '../../../core/model/gc-log.ts'
import type { RuntimeLog } from '../../../core/model/runtime-log.ts'
import { type CommandSpec, parseCommand } from '../people/command.ts'
import { gcLines } from '../people/gc-lines.ts'
import { writeJson } from '../people/json.ts'
import { LOG_GROUPS, type LogFlags, logFlags } from '../people/log-flags.ts'
import {
  chooseProcess,
  logJson,
  nothingOf,
  printLogRemarks,
  readLogSource,
  writeLogCsv,
} from '../people/log-input.ts'
import { styleFor } from '../people/style.ts'
import { writeLines } from '../people/write-lines.ts'

export const spec: CommandSpec<LogFlags> = {
  name: 'gc',
  summary: 'what a log says of the garbage collector',
  args: 'LOG',
  flags: logFlags,
  aliases: { n: 'limit' },
  groups: LOG_GROUPS,
  examples: [
    ['GODEBUG=gctrace=1 ./server 2>&1 | goscope gc -', 'of a program as it runs, when it ends'],
    ['goscope gc server.log', 'a log with the program’s own lines between, prefixes and restarts'],
    ['journalctl -u server -o cat | goscope gc -', 'from the journal'],
    ['goscope gc --csv server.log.gz > cycles.csv', 'every cycle as a row'],
  ],
  notes: [
    'Reads GODEBUG=gctrace=1, gcpacertrace=1, scavtrace=1 and inittrace=1 of all versions of Go from 1.1 on. Sizes in ' +
      'these lines are MB of 2^20 bytes, rounded down; the percentage that the runtime prints counts from the start of the program.',
  ],
}

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags, args } = parsed
  if (flags.csv) {
    await writeLogCsv('gc', args, GC_COLUMNS, 'onGc')
    return 0
  }
  const read = await readLogSource('gc', args)
  const { log } = read
  const candidates = gcProcesses(log).map((p) => p.process)
  const others = [
    ...log.gc.inits.column('process'),
    ...log.gc.scavenge.column('process'),
    ...log.gc.pacer.column('process'),
  ]
  const all = [...new Set([...candidates, ...others])]
  if (all.length === 0) throw nothingOf('lines of the garbage collector', read)
  printLogRemarks('gc', read)
  const process = chooseProcess(log, all, flags.process)
  if (flags.json)
    writeJson({
      ...logJson('goscope.gc/1', read),
      periodic: log.gc.periodic,
      scannedObjects: log.gc.scannedObjects,
      reports: (flags.process === undefined ? all : [process]).map((p) => reportOf(log, p, flags.limit ?? 0)),
    })
  else writeLines(gcLines(styleFor(flags), read, process, all, flags.limit ?? 10))
  return 0
}

function reportOf(log: RuntimeLog, process: number, limit: number): object {
  const inits = initReport(log, process)
  return {
    ...(log.gc.rows.column('process').includes(process) ? gcReport(log, process) : { process }),
    pacer: pacerReport(log, process) ?? null,
    scavenge: scavengeReport(log, process) ?? null,
    inits:
      inits === undefined
        ? null
        : { ...inits, slowest: limit > 0 ? inits.slowest.slice(0, limit) : inits.slowest },
  }
}
