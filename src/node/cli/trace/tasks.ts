// `goscope trace tasks`: user tasks, how long they took, and the slowest.

import { countText, timeText } from '../../../core/base/people-fmt.ts'
import { type TaskRow, type TraceTasks, traceTasks } from '../../../core/engine/trace-people.ts'
import { selectionWords } from '../../../core/engine/trace-selection.ts'
import { type CommandSpec, parseCommand } from '../people/command.ts'
import { paint, type Style, safeName, styleFor } from '../people/style.ts'
import { tableLines } from '../people/table.ts'
import { writeLines } from '../people/write-lines.ts'
import { durationColumns, histogramLines, SPAN_FLAGS, type SpanFlags, typesOf } from './duration-lines.ts'
import { firstOf, moreLines, ofTrace, oneTrace, traceHead, writeTraceJson } from './people-lines.ts'
import { OUTPUT_FLAGS } from './select-flags.ts'

const FLAGS = {
  ...SPAN_FLAGS,
  json: { ...OUTPUT_FLAGS.json, brief: 'one JSON document, goscope.trace-tasks/1' },
} as const

export const spec: CommandSpec<SpanFlags> = {
  name: 'trace tasks',
  summary: 'user tasks: how long they took, and the slowest',
  args: 'TRACE',
  flags: FLAGS,
  aliases: { n: 'limit' },
  groups: [
    ['What is shown', ['type', 'from', 'to', 'goroutine']],
    ['Output', ['limit', 'json', 'color', 'width']],
  ],
  examples: [
    ['goscope trace tasks trace.out', 'latencies by type, and the slowest tasks'],
    ['goscope trace tasks --type checkout trace.out', 'how the latencies of a type are distributed'],
    ['goscope trace causes --task 42 trace.out', 'what the time of a task went into'],
  ],
}

const LIMIT = 10

/** Runs the command; returns its exit status. Throws UserError. */
export async function runTasks(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags, args } = parsed
  const source = oneTrace(spec.name, args)
  const { limit = LIMIT, type, json, color: _c, width: _w, ...question } = flags
  const slowest = limit > 0 ? limit : Number.POSITIVE_INFINITY
  const found = await ofTrace(spec.name, source, (bytes, progress) =>
    traceTasks(bytes, { ...question, slowest }, progress),
  )
  const chosen = { ...found, types: typesOf(spec.name, 'task', found.types, type) }
  if (json) writeTraceJson({ schema: 'goscope.trace-tasks/1', ...chosen })
  else
    writeLines(
      taskLines(styleFor(flags), chosen, limit, type !== undefined, selectionWords(question, timeText)),
    )
  return 0
}

function taskLines(
  style: Style,
  t: TraceTasks,
  limit: number,
  one: boolean,
  part: readonly string[],
): string[] {
  const lines = traceHead(style, t, [], part)
  if (t.types.length === 0) return [...lines, '', 'no user tasks (runtime/trace.NewTask makes them)']
  const shown = firstOf(t.types, limit)
  lines.push(
    '',
    ...tableLines(
      style,
      durationColumns(shown),
      { title: 'type', cells: shown.map((r) => () => safeName(r.type === '' ? '(no name)' : r.type)) },
      true,
    ),
    ...moreLines(style, shown.length, t.types.length),
  )
  for (const type of firstOf(t.types, one ? 1 : 2)) lines.push(...histogramLines(style, type.type, type))
  const all = t.types.flatMap((type) => type.slowest).sort((a, b) => b.duration - a.duration)
  const rows = firstOf(all, limit)
  if (rows.length === 0) return lines
  const count = t.types.reduce((sum, type) => sum + type.count, 0)
  lines.push(
    '',
    paint(style, 'strong', 'The slowest'),
    ...slowestLines(style, rows),
    ...moreLines(style, rows.length, count),
  )
  lines.push('', paint(style, 'quiet', `why: goscope trace causes --task ${rows[0]!.id} TRACE`))
  return lines
}

function slowestLines(style: Style, rows: readonly TaskRow[]): string[] {
  return tableLines(
    style,
    [
      { title: 'took', align: 'right', cells: rows.map((r) => ({ text: timeText(r.duration) })) },
      {
        title: 'at',
        align: 'right',
        cells: rows.map((r) => ({ text: timeText(r.start ?? 0), tone: 'quiet' as const })),
      },
      { title: 'task', align: 'right', cells: rows.map((r) => ({ text: `${r.id}` })) },
      { title: 'goroutines', align: 'right', cells: rows.map((r) => ({ text: countText(r.goroutines) })) },
      { title: 'regions', align: 'right', cells: rows.map((r) => ({ text: countText(r.regions) })) },
      { title: 'logs', align: 'right', cells: rows.map((r) => ({ text: countText(r.logs) })) },
    ],
    { title: 'type', cells: rows.map((r) => () => safeName(r.type)) },
    true,
  )
}
