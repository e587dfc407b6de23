// `goscope tree`: the functions that took most, each between its callers and callees.

import { buildText } from '../../../core/reports/text.ts'
import { buildTree } from '../../../core/reports/tree.ts'
import { callJson, callLines } from '../people/call-lines.ts'
import { type CommandSpec, needSources, parseCommand } from '../people/command.ts'
import { REPORT_GROUPS, type ReportFlags, reportFlags } from '../people/flags.ts'
import { printRemarks } from '../people/head.ts'
import { writeJson } from '../people/json.ts'
import { openReport } from '../people/open-report.ts'
import { styleFor } from '../people/style.ts'
import { writeLines } from '../people/write-lines.ts'

export const spec: CommandSpec<ReportFlags> = {
  name: 'tree',
  summary: 'the functions that took most, between their callers and callees',
  args: 'SRC...',
  flags: reportFlags,
  aliases: { n: 'limit' },
  groups: REPORT_GROUPS,
  examples: [
    ['goscope tree cpu.pb.gz', 'the ten heaviest functions, who calls them and what they call'],
    ['goscope tree --flat --limit 3 cpu.pb.gz', 'the same for the three that took most themselves'],
    ["goscope tree --show '^main\\.' cpu.pb.gz", 'how your own functions call each other'],
  ],
}

const LIMIT = 10
const CALLS = 8

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags, args } = parsed
  needSources(spec, args)
  const o = await openReport('tree', flags, args)
  const limit = flags.limit ?? LIMIT
  const all = buildText(o.report).rows
  const shown = new Set((limit > 0 ? all.slice(0, limit) : all).map((r) => r.name))
  // As a pattern that matches the shown ones: only their calls are summed, over all nodes.
  const symbol = { source: '', test: (name: string) => shown.has(name) }
  const doc =
    shown.size === 0
      ? { labels: [], entries: [], total: o.report.total, unit: '', empty: true }
      : buildTree({ ...o.report, options: { ...o.report.options, symbol } })
  printRemarks(o, 'tree')
  if (flags.json) writeJson(callJson('goscope.tree/1', o, doc, all.length))
  else writeLines(callLines(styleFor(flags), o, { doc, count: all.length, calls: limit > 0 ? CALLS : 0 }))
  return 0
}
