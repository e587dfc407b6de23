// `goscope peek`: callers and callees of the functions that match.

import { existsSync } from 'node:fs'
import { UserError } from '../../../core/base/errors.ts'
import { buildTree, type TreeDoc } from '../../../core/reports/tree.ts'
import { callJson, callLines } from '../people/call-lines.ts'
import { type CommandSpec, needSources, parseCommand } from '../people/command.ts'
import { REPORT_GROUPS, type ReportFlags, reportFlags } from '../people/flags.ts'
import { printRemarks } from '../people/head.ts'
import { writeJson } from '../people/json.ts'
import { type OpenedReport, openReport } from '../people/open-report.ts'
import { styleFor } from '../people/style.ts'
import { writeLines } from '../people/write-lines.ts'

export const spec: CommandSpec<ReportFlags> = {
  name: 'peek',
  summary: 'callers and callees of functions that match',
  args: 'REGEXP SRC...',
  flags: reportFlags,
  aliases: { n: 'limit' },
  groups: REPORT_GROUPS,
  examples: [
    ["goscope peek 'main.validSKU' cpu.pb.gz", 'who calls it, and where its time goes'],
    ["goscope peek --sample-type alloc_space 'mallocgc$' heap.pb.gz", 'who allocates, by bytes'],
    ["goscope peek --by lines 'handleQuote' cpu.pb.gz", 'line by line'],
  ],
}

const LIMIT = 30
const CALLS = 20

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags, args } = parsed
  const [pattern, ...sources] = args
  if (pattern !== undefined && sources.length === 0 && existsSync(pattern))
    throw new UserError(`which functions? usage: goscope peek REGEXP ${pattern}`)
  needSources(spec, sources)
  const o = await openReport('peek', flags, sources, pattern)
  const all = await matching(o, pattern ?? '')
  printRemarks(o, 'peek')
  const limit = flags.limit ?? LIMIT
  const doc = limit > 0 ? { ...all, entries: all.entries.slice(0, limit) } : all
  if (flags.json)
    writeJson(callJson('goscope.peek/1', o, flags.limit === undefined ? all : doc, all.entries.length))
  else
    writeLines(
      callLines(styleFor(flags), o, { doc, count: all.entries.length, calls: limit > 0 ? CALLS : 0 }),
    )
  return 0
}

async function matching(o: OpenedReport, pattern: string): Promise<TreeDoc> {
  try {
    return buildTree(o.report)
  } catch (e) {
    if (!(e instanceof UserError) || !e.message.startsWith('no matches found')) throw e
    const { functionHint } = await import('../people/remarks.ts')
    throw new UserError(`no function matches ${pattern}${functionHint(o.profile, pattern)}`)
  }
}
