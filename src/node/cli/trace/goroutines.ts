// `goscope trace goroutines`: what goroutines did with their time, by start function or one by one.

import { UserError } from '../../../core/base/errors.ts'
import { nearest } from '../../../core/base/nearest.ts'
import { countText, shareText, timeText } from '../../../core/base/people-fmt.ts'
import {
  type GoroutineGroupRow,
  type GoroutineRow,
  type GreedyRun,
  type TimeAccount,
  type TraceGoroutines,
  traceGoroutines,
} from '../../../core/engine/trace-people.ts'
import { selectionWords } from '../../../core/engine/trace-selection.ts'
import { type CommandSpec, parseCommand } from '../people/command.ts'
import { paint, type Style, safeName, styleFor } from '../people/style.ts'
import { type Column, type LastCell, tableLines } from '../people/table.ts'
import { writeLines } from '../people/write-lines.ts'
import {
  counted,
  firstOf,
  functionText,
  moreLines,
  ofTrace,
  oneTrace,
  placeText,
  traceHead,
  writeTraceJson,
} from './people-lines.ts'
import { OUTPUT_FLAGS, type OutputFlags, SELECT_FLAGS } from './select-flags.ts'

const SORTS = ['exec', 'sched', 'blocked', 'syscall', 'gc', 'total', 'count'] as const
type Sort = (typeof SORTS)[number]

interface GoroutinesFlags extends OutputFlags {
  readonly group?: string
  readonly sort?: Sort
  readonly from?: number
  readonly to?: number
}

const FLAGS = {
  group: {
    kind: 'parsed',
    parse: String,
    brief: 'the goroutines that start with this function, one by one',
    placeholder: 'NAME',
    optional: true,
  },
  sort: {
    kind: 'enum',
    values: SORTS,
    brief: 'by which time; exec if not set',
    placeholder: 'WHAT',
    optional: true,
  },
  from: SELECT_FLAGS.from,
  to: SELECT_FLAGS.to,
  ...OUTPUT_FLAGS,
  json: { ...OUTPUT_FLAGS.json, brief: 'one JSON document, goscope.trace-goroutines/1' },
} as const

export const spec: CommandSpec<GoroutinesFlags> = {
  name: 'trace goroutines',
  summary: 'what goroutines did with their time, by start function or one by one',
  args: 'TRACE',
  flags: FLAGS,
  aliases: { n: 'limit' },
  groups: [
    ['What is shown', ['group', 'sort', 'from', 'to']],
    ['Output', ['limit', 'json', 'color', 'width']],
  ],
  examples: [
    ['goscope trace goroutines --sort sched trace.out', 'who waited longest for a processor'],
    ['goscope trace goroutines --group main.worker trace.out', 'the goroutines of main.worker one by one'],
  ],
  notes: [
    'Time on a processor (ran), ready without one (ready), in system calls, and blocked, with what most of that was ' +
      'for. gc is what a goroutine did for the collector: mark assist and sweeping; it is part of the other times.',
  ],
}

const LIMIT = 15
const GREEDY = 8

/** Runs the command; returns its exit status. Throws UserError. */
export async function runGoroutines(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags, args } = parsed
  const source = oneTrace(spec.name, args)
  const { from, to, group, sort = 'exec' } = flags
  const part = selectionWords(
    { ...(from !== undefined && { from }), ...(to !== undefined && { to }) },
    timeText,
  )
  const found = await ofTrace(spec.name, source, (bytes, progress) =>
    traceGoroutines(
      bytes,
      {
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
        ...(group !== undefined && { group }),
        greedy: group === undefined ? GREEDY : 0,
      },
      progress,
    ),
  )
  const ordered = { ...found, groups: [...found.groups].sort((a, b) => b[sort] - a[sort]) }
  const chosen = group === undefined ? undefined : found.groups.find((g) => g.name === group)
  if (group !== undefined && chosen === undefined) throw new UserError(unknownGroup(group, found))
  if (flags.json)
    writeTraceJson({ schema: 'goscope.trace-goroutines/1', ...ordered, ...(chosen && { groups: [chosen] }) })
  else {
    const style = styleFor(flags)
    const limit = flags.limit ?? LIMIT
    writeLines(
      chosen === undefined
        ? groupLines(style, ordered, limit, part)
        : oneByOneLines(style, found, chosen, sort === 'count' ? 'exec' : sort, limit, part),
    )
  }
  return 0
}

function unknownGroup(name: string, t: TraceGoroutines): string {
  const names = t.groups.map((g) => g.name)
  const like = names.filter((n) => n.includes(name))
  const near = (like.length > 0 ? like : nearest(name, names, 5)).slice(0, 5)
  return `goscope ${spec.name}: no goroutine starts with ${name}${near.length > 0 ? `; perhaps ${near.join(', ')}` : ''}`
}

/** The groups, and who kept others waiting. */
function groupLines(style: Style, t: TraceGoroutines, limit: number, part: readonly string[]): string[] {
  const shown = firstOf(t.groups, limit)
  const lines = traceHead(style, t, [], part)
  lines.push(
    '',
    ...tableLines(
      style,
      [
        { title: 'count', align: 'right', cells: shown.map((g) => ({ text: countText(g.count) })) },
        ...accountColumns(shown),
      ],
      {
        title: 'function',
        cells: shown.map((g) => (room) => functionText(style, g.name === '' ? '(not known)' : g.name, room)),
      },
      true,
    ),
    ...moreLines(style, shown.length, t.groups.length),
  )
  if (t.greedy.length > 0)
    lines.push(
      '',
      paint(style, 'strong', 'Greedy: long runs while others were ready'),
      ...greedyLines(style, t.greedy),
    )
  return lines
}

function oneByOneLines(
  style: Style,
  t: TraceGoroutines,
  group: GoroutineGroupRow,
  sort: Exclude<Sort, 'count'>,
  limit: number,
  part: readonly string[],
): string[] {
  const all = [...(group.goroutines ?? [])].sort((a, b) => b[sort] - a[sort])
  const shown = firstOf(all, limit)
  const cells: LastCell[] = shown.map((g) => () => paint(style, 'quiet', g.alive ? 'alive at the end' : ''))
  return [
    ...traceHead(style, t, [`${counted(group.count, 'goroutine')} of ${safeName(group.name)}`], part),
    '',
    ...tableLines(
      style,
      [
        { title: 'goroutine', align: 'right', cells: shown.map((g) => ({ text: `G${g.id}` })) },
        {
          title: 'since',
          align: 'right',
          cells: shown.map((g) => ({ text: timeText(g.created), tone: 'quiet' as const })),
        },
        ...accountColumns(shown),
      ],
      { title: '', cells },
      true,
    ),
    ...moreLines(style, shown.length, all.length),
  ]
}

function greedyLines(style: Style, runs: readonly GreedyRun[]): string[] {
  return tableLines(
    style,
    [
      { title: 'ran', align: 'right', cells: runs.map((r) => ({ text: timeText(r.duration) })) },
      {
        title: 'at',
        align: 'right',
        cells: runs.map((r) => ({ text: timeText(r.start), tone: 'quiet' as const })),
      },
      { title: 'ready', align: 'right', cells: runs.map((r) => ({ text: r.waiting.toFixed(1) })) },
      { title: 'goroutine', align: 'right', cells: runs.map((r) => ({ text: `G${r.goroutine}` })) },
    ],
    { title: 'stopped in', cells: runs.map((r) => (room) => placeText(style, r.place, room)) },
    true,
  )
}

/** Columns of what was done with time. */
export function accountColumns(rows: readonly (TimeAccount | GoroutineRow)[]): Column[] {
  const column = (title: string, of: (row: TimeAccount) => number): Column => ({
    title,
    align: 'right',
    cells: rows.map((r) => ({ text: timeText(of(r)) })),
  })
  return [
    column('total', (r) => r.total),
    column('ran', (r) => r.exec),
    {
      title: '',
      align: 'right',
      cells: rows.map((r) => ({ text: shareText(r.exec, r.total), tone: 'quiet' as const })),
    },
    column('ready', (r) => r.sched),
    column('syscall', (r) => r.syscall),
    column('gc', (r) => r.gc),
    column('blocked', (r) => r.blocked),
    {
      title: 'most for',
      align: 'left',
      cells: rows.map((r) => ({ text: mostFor(r), tone: 'quiet' as const })),
    },
  ]
}

function mostFor(r: TimeAccount): string {
  const [first] = r.reasons
  if (first === undefined || first[1] === 0) return ''
  return `${shareText(first[1], r.blocked)} ${first[0] === '' ? 'unknown' : safeName(first[0])}`
}
