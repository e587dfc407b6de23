// `goscope top`: the functions that took most.

import type { TextDoc } from '../../../core/reports/text.ts'
import { buildText } from '../../../core/reports/text.ts'
import { type CommandSpec, needSources, parseCommand } from '../people/command.ts'
import { REPORT_GROUPS, type ReportFlags, reportFlags } from '../people/flags.ts'
import { printRemarks } from '../people/head.ts'
import { jsonHead, jsonInt, jsonText, writeJson } from '../people/json.ts'
import type { Entries } from '../people/names.ts'
import { type OpenedReport, openReport } from '../people/open-report.ts'
import { styleFor } from '../people/style.ts'
import { originOfEntry, selfByOrigin, topLines } from '../people/top-lines.ts'
import { writeLines } from '../people/write-lines.ts'

export const spec: CommandSpec<ReportFlags> = {
  name: 'top',
  summary: 'the functions that took most',
  args: 'SRC...',
  flags: reportFlags,
  aliases: { n: 'limit' },
  groups: REPORT_GROUPS,
  examples: [
    ['goscope top cpu.pb.gz', 'where the time goes, callers included'],
    ["goscope top --flat --focus 'json' cpu.pb.gz", 'the functions themselves, only below JSON code'],
    ['goscope top --base heap-1.pb.gz heap-2.pb.gz', 'what grew in between'],
  ],
  notes: [
    'Self is what a function took itself, total is that with all that it called. Several SRC are added up. ' +
      'The bar shows the total (with --flat the self) in the colour of whose code it is: yours, modules, ' +
      'standard library, runtime.',
  ],
}

/** Rows without --limit where there is no screen to tell. */
const LIMIT = 30
/** Lines of the view besides its rows, with the prompt. */
const AROUND = 8

/** Rows that fit the screen, within reason. */
function screenful(): number {
  const { rows } = process.stdout
  return rows === undefined || rows === 0 ? LIMIT : Math.min(60, Math.max(10, rows - AROUND))
}

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags, args } = parsed
  needSources(spec, args)
  const o = await openReport('top', flags, args)
  const doc = buildText(o.report)
  printRemarks(o, 'top')
  const limit = flags.limit ?? screenful()
  if (flags.json) writeJson(topJson(o, doc, flags.limit ?? 0))
  else writeLines(topLines(styleFor(flags), o, doc, limit))
  return 0
}

/** goscope.top/1. All rows unless --limit is given. */
function topJson(o: OpenedReport, doc: TextDoc, limit: number): object {
  const entries = o.config.granularity as Entries
  const rows = limit > 0 ? doc.rows.slice(0, limit) : doc.rows
  return {
    ...jsonHead('goscope.top/1', o),
    by: entries,
    sort: o.config.sort === 'cum' ? 'total' : 'self',
    count: doc.rows.length,
    shown: rows.length,
    selfByOrigin: Object.fromEntries(selfByOrigin(o, doc).map((x) => [x.origin, jsonInt(x.self)])),
    rows: rows.map((r) => ({
      name: jsonText(r.name),
      self: jsonInt(r.flat),
      total: jsonInt(r.cum),
      inline: r.inline === '' ? 'no' : r.inline === '(inline)' ? 'yes' : 'partly',
      origin: originOfEntry(o, r.name, entries) ?? null,
    })),
  }
}
