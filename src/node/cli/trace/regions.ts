// `goscope trace regions`: user regions, how long they took, what went on in them, and the slowest.

import { timeText } from '../../../core/base/people-fmt.ts'
import { type TraceRegions, traceRegions } from '../../../core/engine/trace-people.ts'
import { selectionWords } from '../../../core/engine/trace-selection.ts'
import { type CommandSpec, parseCommand } from '../people/command.ts'
import { paint, type Style, safeName, styleFor } from '../people/style.ts'
import { tableLines } from '../people/table.ts'
import { writeLines } from '../people/write-lines.ts'
import { durationColumns, histogramLines, SPAN_FLAGS, type SpanFlags, typesOf } from './duration-lines.ts'
import { accountColumns } from './goroutines.ts'
import { firstOf, moreLines, ofTrace, oneTrace, traceHead, writeTraceJson } from './people-lines.ts'
import { OUTPUT_FLAGS } from './select-flags.ts'

const FLAGS = {
  ...SPAN_FLAGS,
  json: { ...OUTPUT_FLAGS.json, brief: 'one JSON document, goscope.trace-regions/1' },
} as const

export const spec: CommandSpec<SpanFlags> = {
  name: 'trace regions',
  summary: 'user regions: how long they took, and the slowest',
  args: 'TRACE',
  flags: FLAGS,
  aliases: { n: 'limit' },
  groups: [
    ['What is shown', ['type', 'from', 'to', 'goroutine']],
    ['Output', ['limit', 'json', 'color', 'width']],
  ],
  examples: [
    ['goscope trace regions trace.out', 'latencies by type, and what goroutines did meanwhile'],
    ['goscope trace causes --region checkout --longest trace.out', 'what the time of the slowest went into'],
  ],
}

const LIMIT = 10

/** Runs the command; returns its exit status. Throws UserError. */
export async function runRegions(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags, args } = parsed
  const source = oneTrace(spec.name, args)
  const { limit = LIMIT, type, json, color: _c, width: _w, ...question } = flags
  const slowest = limit > 0 ? limit : Number.POSITIVE_INFINITY
  const found = await ofTrace(spec.name, source, (bytes, progress) =>
    traceRegions(bytes, { ...question, slowest }, progress),
  )
  const chosen = { ...found, types: typesOf(spec.name, 'region', found.types, type) }
  if (json) writeTraceJson({ schema: 'goscope.trace-regions/1', ...chosen })
  else
    writeLines(
      regionLines(styleFor(flags), chosen, limit, type !== undefined, selectionWords(question, timeText)),
    )
  return 0
}

function regionLines(
  style: Style,
  t: TraceRegions,
  limit: number,
  one: boolean,
  part: readonly string[],
): string[] {
  const lines = traceHead(style, t, [], part)
  if (t.types.length === 0) return [...lines, '', 'no user regions (runtime/trace.StartRegion makes them)']
  const shown = firstOf(t.types, limit)
  const types = { title: 'type', cells: shown.map((r) => () => safeName(r.type)) }
  lines.push(
    '',
    ...tableLines(style, durationColumns(shown), types, true),
    ...moreLines(style, shown.length, t.types.length),
    '',
    paint(style, 'strong', 'What goroutines did in them'),
    ...tableLines(style, accountColumns(shown.map((r) => r.account)), types, true),
  )
  for (const type of firstOf(t.types, one ? 1 : 2)) lines.push(...histogramLines(style, type.type, type))
  const all = t.types
    .flatMap((type) => type.slowest.map((row) => ({ ...row, type: type.type })))
    .sort((a, b) => b.end - b.start - (a.end - a.start))
  const rows = firstOf(all, limit)
  if (rows.length === 0) return lines
  const count = t.types.reduce((sum, type) => sum + type.count, 0)
  lines.push(
    '',
    paint(style, 'strong', 'The slowest'),
    ...tableLines(
      style,
      [
        { title: 'goroutine', align: 'right', cells: rows.map((r) => ({ text: `G${r.goroutine}` })) },
        {
          title: 'at',
          align: 'right',
          cells: rows.map((r) => ({ text: timeText(r.start), tone: 'quiet' as const })),
        },
        ...accountColumns(rows),
      ],
      { title: 'type', cells: rows.map((r) => () => safeName(r.type)) },
      true,
    ),
    ...moreLines(style, rows.length, count),
    '',
    paint(style, 'quiet', `why: goscope trace causes --longest --region ${shellWord(rows[0]!.type)} TRACE`),
  )
  return lines
}

function shellWord(text: string): string {
  const name = safeName(text)
  return /^[\w./-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`
}
