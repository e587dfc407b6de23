// `goscope tags`: what each value of each label took.

import { addInt, type Int } from '../../../core/base/int64.ts'
import { cutRight, shareText, valueText } from '../../../core/base/people-fmt.ts'
import { buildTags, type TagKey, type TagsDoc } from '../../../core/reports/tags.ts'
import { type CommandSpec, needSources, parseCommand } from '../people/command.ts'
import { REPORT_GROUPS, type ReportFlags, reportFlags } from '../people/flags.ts'
import { headLines, plural, printRemarks } from '../people/head.ts'
import { jsonHead, jsonInt, jsonText, writeJson } from '../people/json.ts'
import { type OpenedReport, openReport } from '../people/open-report.ts'
import { bar, barWidth, dots, paint, type Style, safeName, styleFor } from '../people/style.ts'
import { flowLines, tableLines, wrapLines } from '../people/table.ts'
import { barTone, numberCell, valueWriter } from '../people/top-lines.ts'
import { writeLines } from '../people/write-lines.ts'

const UNUSED: readonly string[] = ['cum', 'flat', 'by', 'noInlines', 'tagRoot', 'tagLeaf']

export const spec: CommandSpec<ReportFlags> = {
  name: 'tags',
  summary: 'what each value of each label took',
  args: 'SRC...',
  flags: reportFlags,
  aliases: { n: 'limit' },
  groups: REPORT_GROUPS.map(([title, keys]) => [title, keys.filter((k) => !UNUSED.includes(k))] as const),
  examples: [
    ['goscope tags cpu.pb.gz', 'time by endpoint, worker, or whatever pprof.Do set'],
    ["goscope tags --focus 'validSKU' cpu.pb.gz", 'who pays for one function'],
    ['goscope top --tag-focus endpoint=quote cpu.pb.gz', 'then: one value’s functions'],
  ],
  notes: [
    'Labels are set in the program with pprof.Do or pprof.SetGoroutineLabels. Heap profiles have the label bytes, the size of the objects.',
  ],
}

/** Values of one key. */
const LIMIT = 12

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags, args } = parsed
  needSources(spec, args)
  const o = await openReport('tags', flags, args)
  const doc = buildTags(o.report)
  printRemarks(o, 'tags')
  if (flags.json) writeJson(tagsJson(o, doc, flags.limit ?? 0))
  else writeLines(tagLines(styleFor(flags), o, doc, flags.limit ?? LIMIT))
  return 0
}

function tagLines(style: Style, o: OpenedReport, doc: TagsDoc, limit: number): string[] {
  const lines = headLines(style, o, [plural(style, doc.keys.length, 'label')])
  if (doc.keys.length === 0) {
    const hint = 'No sample has labels; pprof.Do sets them in the program.'
    return [...lines, '', ...wrapLines(style, hint).map((l) => paint(style, 'quiet', l))]
  }
  for (const key of doc.keys) lines.push('', ...keyLines(style, o, key, limit))
  return lines
}

function keyLines(style: Style, o: OpenedReport, key: TagKey, limit: number): string[] {
  const value = valueWriter(o)
  const { total } = o.report
  // Values of nothing (in a heap profile sizes of which all is freed) are shown with --limit 0 only.
  const some = limit > 0 ? key.values.filter((v) => v.weight !== 0) : key.values
  const values = limit > 0 && some.length > limit + 1 ? some.slice(0, limit) : some
  const numeric = o.report.options.labelUnits.unit.has(key.key)
  const width = barWidth(style)
  const bars = values.map((v) => ({
    text: bar(style, Number(v.weight) / Number(total), width),
    tone: o.base.length > 0 ? barTone(o, v.weight, undefined) : ('accent' as const),
  }))
  const lines = [
    ...flowLines(style, [
      { text: safeName(key.key), tone: 'strong' },
      {
        text: `${value(key.total)} of ${valueText(total, o.report.options.sampleUnit, o.config.unit)} (${shareText(key.total, total)}), ${plural(style, key.values.length, 'value')}`,
      },
    ]),
    ...tableLines(
      style,
      [
        { title: '', align: 'right', cells: values.map((v) => numberCell(value(v.weight))), least: 10 },
        {
          title: '',
          align: 'right',
          cells: values.map((v) => numberCell(shareText(v.weight, total))),
          least: 5,
        },
        ...(width > 0 ? [{ title: '', align: 'left' as const, cells: bars, least: width }] : []),
      ],
      {
        title: '',
        cells: values.map(
          (v) => (room) => cutRight(safeName(numeric ? peopleUnit(v.value) : v.value), room, dots(style)),
        ),
      },
      false,
    ),
  ]
  if (values.length < key.values.length) {
    const others = key.values.length - values.length
    const rest = some.slice(values.length).reduce((sum: Int, v) => addInt(sum, v.weight), 0)
    const text = `    ${dots(style)} ${plural(style, others, 'more value')}, ${value(rest)} (${shareText(rest, total)}); --limit 0 for all`
    lines.push(...wrapLines(style, text).map((l) => paint(style, 'quiet', l)))
  }
  return lines
}

const UNITS: Readonly<Record<string, string>> = {
  kB: 'KiB',
  MB: 'MiB',
  GB: 'GiB',
  TB: 'TiB',
  us: 'µs',
  hrs: 'h',
}

/** `1.50kB` of the drop-in report, by which it adds values up, as `1.50 KiB`. */
function peopleUnit(text: string): string {
  const m = /^(-?[\d.]+)([a-zA-Z]+)$/.exec(text)
  return m === null ? text : `${m[1]} ${UNITS[m[2]!] ?? m[2]}`
}

/** goscope.tags/1. All values unless --limit is given. */
function tagsJson(o: OpenedReport, doc: TagsDoc, limit: number): object {
  return {
    ...jsonHead('goscope.tags/1', o),
    keys: doc.keys.map((k) => ({
      key: jsonText(k.key),
      total: jsonInt(k.total),
      count: k.values.length,
      values: (limit > 0 ? k.values.slice(0, limit) : k.values).map((v) => ({
        value: jsonText(v.value),
        weight: jsonInt(v.weight),
      })),
    })),
  }
}
