// `goscope sched`: what a log says of the scheduler.

import { schedProcesses, schedReport } from '../../../core/analysis/sched-log/report.ts'
import type { RuntimeLog } from '../../../core/model/runtime-log.ts'
import { G_STATUS, SCHED_COLUMNS } from '../../../core/model/sched-log.ts'
import { type CommandSpec, parseCommand } from '../people/command.ts'
import { jsonText, writeJson } from '../people/json.ts'
import { LOG_GROUPS, type LogFlags, logFlags } from '../people/log-flags.ts'
import {
  chooseProcess,
  logJson,
  nothingOf,
  printLogRemarks,
  readLogSource,
  writeLogCsv,
} from '../people/log-input.ts'
import { schedLines } from '../people/sched-lines.ts'
import { styleFor } from '../people/style.ts'
import { writeLines } from '../people/write-lines.ts'

export const spec: CommandSpec<LogFlags> = {
  name: 'sched',
  summary: 'what a log says of the scheduler',
  args: 'LOG',
  flags: logFlags,
  aliases: { n: 'limit' },
  groups: LOG_GROUPS,
  examples: [
    ['GODEBUG=schedtrace=1000 ./server 2>&1 | goscope sched -', 'a snapshot each second'],
    ['GODEBUG=schedtrace=1000,scheddetail=1 ./server 2> sched.log', 'with every P, M and G in it'],
    ['goscope sched sched.log', 'verdict, queues, threads, states of goroutines'],
    ['goscope sched --csv sched.log > snapshots.csv', 'every snapshot as a row'],
  ],
}

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags, args } = parsed
  if (flags.csv) {
    await writeLogCsv('sched', args, SCHED_COLUMNS, 'onSched')
    return 0
  }
  const read = await readLogSource('sched', args)
  const all = schedProcesses(read.log).map((p) => p.process)
  if (all.length === 0) throw nothingOf('snapshots of the scheduler', read)
  printLogRemarks('sched', read)
  const process = chooseProcess(read.log, all, flags.process)
  if (flags.json)
    writeJson({
      ...logJson('goscope.sched/1', read),
      reports: (flags.process === undefined ? all : [process]).map((p) => reportOf(read.log, p)),
    })
  else writeLines(schedLines(styleFor(flags), read, process, all, flags.limit ?? 10))
  return 0
}

function reportOf(log: RuntimeLog, process: number): object {
  const r = schedReport(log, process)
  const named = <T extends { status: number; reason: string }>(rows: readonly T[]): object[] =>
    rows.map((g) => ({
      ...g,
      status: G_STATUS[g.status] ?? `status ${g.status}`,
      reason: jsonText(g.reason),
    }))
  const { detail: d } = r
  return {
    ...r,
    detail: d === undefined ? null : { ...d, groups: named(d.groups), stuck: named(d.stuck) },
  }
}
