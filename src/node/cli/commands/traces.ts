// `goscope traces`: whole stacks, heaviest first.

import { addInt, type Int } from '../../../core/base/int64.ts'
import { countText, shareText, valueText } from '../../../core/base/people-fmt.ts'
import { buildStacks, type StackLabel, type StackRow, type StacksDoc } from '../../../core/reports/stacks.ts'
import { type CommandSpec, needSources, parseCommand } from '../people/command.ts'
import { REPORT_GROUPS, type ReportFlags, reportFlags } from '../people/flags.ts'
import { headLines, plural, printRemarks } from '../people/head.ts'
import { jsonHead, jsonInt, jsonText, writeJson } from '../people/json.ts'
import { type Entries, nameCell } from '../people/names.ts'
import { type OpenedReport, openReport } from '../people/open-report.ts'
import { bar, barWidth, paint, type Style, safeName, styleFor } from '../people/style.ts'
import { type Cell, flowLines, tableLines, wrapLines } from '../people/table.ts'
import { barTone, entryName, originOfEntry, valueWriter } from '../people/top-lines.ts'
import { writeLines } from '../people/write-lines.ts'

export const spec: CommandSpec<ReportFlags> = {
  name: 'traces',
  summary: 'whole stacks, heaviest first',
  args: 'SRC...',
  flags: reportFlags,
  aliases: { n: 'limit' },
  groups: REPORT_GROUPS.map(
    ([title, keys]) => [title, keys.filter((k) => k !== 'cum' && k !== 'flat')] as const,
  ),
  examples: [
    ['goscope traces cpu.pb.gz', 'the ten heaviest stacks'],
    ["goscope traces --focus 'json' --limit 3 cpu.pb.gz", 'three that go through JSON code'],
    ['goscope traces --json --limit 0 cpu.pb.gz', 'all of them, for a script'],
  ],
  notes: ['Samples with the same stack and labels are added up. Each stack begins with its leaf.'],
}

const LIMIT = 10

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags, args } = parsed
  needSources(spec, args)
  const o = await openReport('traces', flags, args)
  printRemarks(o, 'traces')
  if (flags.json) {
    writeJson(tracesJson(o, buildStacks(o.report, flags.limit ?? 0)))
    return 0
  }
  writeLines(traceLines(styleFor(flags), o, buildStacks(o.report, flags.limit ?? LIMIT)))
  return 0
}

function* traceLines(style: Style, o: OpenedReport, doc: StacksDoc): Iterable<string> {
  const value = valueWriter(o)
  const { total } = o.report
  yield* headLines(style, o, [plural(style, doc.count, 'stack')])
  for (const row of doc.rows) {
    yield ''
    yield* stackLines(style, o, row, value(row.value))
  }
  if (doc.rows.length === doc.count) return
  let shown: Int = 0
  for (const r of doc.rows) shown = addInt(shown, r.value)
  yield ''
  const text = `${countText(doc.rows.length)} of ${plural(style, doc.count, 'stack')} shown, with ${value(shown)} (${shareText(shown, total)}). --limit 0 for all`
  yield* wrapLines(style, text).map((l) => paint(style, 'quiet', l))
}

function stackLines(style: Style, o: OpenedReport, row: StackRow, value: string): string[] {
  const entries = o.config.granularity as Entries
  const leaf = row.frames[0]!
  const origin = originOfEntry(o, leaf.name, entries)
  const share = Number(row.value) / Number(o.report.total)
  const pieces: Cell[] = [
    { text: value, tone: 'strong' },
    { text: shareText(row.value, o.report.total) },
    { text: bar(style, share, barWidth(style)), tone: barTone(o, row.value, origin) },
    ...row.labels.map((l) => ({ text: `${safeName(l.key)}=${labelText(l)}`, tone: 'accent' as const })),
  ]
  const indent = '        '
  return [
    ...flowLines(
      style,
      pieces.filter((p) => p.text !== ''),
      indent,
    ),
    ...tableLines(
      style,
      [{ title: '', align: 'left', cells: row.frames.map(() => ({ text: '    ' })), least: 4 }],
      {
        title: '',
        cells: row.frames.map((f) =>
          nameCell(style, entryName(o, f.name), entries, f.inline ? (style.bars ? ' inl' : ' (inline)') : ''),
        ),
      },
      false,
    ),
  ]
}

function labelText(l: StackLabel): string {
  return typeof l.value === 'string' ? safeName(l.value) : valueText(l.value.number, l.value.unit)
}

/** goscope.traces/1. All stacks unless --limit is given. */
function tracesJson(o: OpenedReport, doc: StacksDoc): object {
  const entries = o.config.granularity as Entries
  return {
    ...jsonHead('goscope.traces/1', o),
    by: entries,
    count: doc.count,
    shown: doc.rows.length,
    rows: doc.rows.map((r) => ({
      value: jsonInt(r.value),
      samples: r.samples,
      labels: r.labels.map((l) => ({
        key: jsonText(l.key),
        ...(typeof l.value === 'string'
          ? { text: jsonText(l.value) }
          : { number: jsonInt(l.value.number), unit: jsonText(l.value.unit) }),
      })),
      /** Leaf first. */
      frames: r.frames.map((f) => ({
        name: jsonText(f.name),
        inline: f.inline,
        origin: originOfEntry(o, f.name, entries) ?? null,
      })),
    })),
  }
}
