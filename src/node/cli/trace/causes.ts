// `goscope trace causes`: what the time of a goroutine, task or region went into, along the chain of wake-ups.

import type { PathKind } from '../../../core/analysis/trace/critical-path.ts'
import type { PathRow } from '../../../core/analysis/trace/path-table.ts'
import { UserError } from '../../../core/base/errors.ts'
import type { Int } from '../../../core/base/int64.ts'
import { cellWidth, countText, shareText, timeText } from '../../../core/base/people-fmt.ts'
import {
  type CauseStep,
  type Causes,
  type TraceCauses,
  traceCauses,
} from '../../../core/engine/trace-causes.ts'
import { selectionWords } from '../../../core/engine/trace-selection.ts'
import { type CommandSpec, parseCommand } from '../people/command.ts'
import { own, paint, type Style, safeName, styleFor } from '../people/style.ts'
import { tableLines, wrapLines } from '../people/table.ts'
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

interface CausesFlags extends OutputFlags {
  readonly goroutine?: Int
  readonly task?: string
  readonly region?: string
  readonly longest?: boolean
  readonly from?: number
  readonly to?: number
}

const FLAGS = {
  goroutine: { ...SELECT_FLAGS.goroutine, brief: 'the life of this goroutine' },
  task: { ...SELECT_FLAGS.task, brief: 'this task, or all of a type' },
  region: { ...SELECT_FLAGS.region, brief: 'all regions of this type' },
  longest: {
    kind: 'boolean',
    brief: 'of a type only the longest one',
    optional: true,
    withNegated: false,
  },
  from: SELECT_FLAGS.from,
  to: SELECT_FLAGS.to,
  ...OUTPUT_FLAGS,
  json: { ...OUTPUT_FLAGS.json, brief: 'one JSON document, goscope.trace-causes/1' },
} as const

export const spec: CommandSpec<CausesFlags> = {
  name: 'trace causes',
  summary: 'what the time of a goroutine, task or region went into, and who it waited for',
  args: 'TRACE',
  flags: FLAGS,
  aliases: { n: 'limit' },
  groups: [
    ['Whose time', ['goroutine', 'task', 'region', 'longest', 'from', 'to']],
    ['Output', ['limit', 'json', 'color', 'width']],
  ],
  examples: [
    ['goscope trace causes trace.out', 'the slowest tasks and regions, and who waited most'],
    ['goscope trace causes --goroutine 42 trace.out', 'what goroutine 42 waited for, down to the cause'],
    ['goscope trace causes --region checkout --longest trace.out', 'the slowest region of that type'],
  ],
  notes: [
    'Waits are filled with what the goroutine did that ended them, and its waits again in the same way, back to ' +
      'where somebody ran, waited for a processor or was in a system call, or to where the cause lies outside: the ' +
      'network, a timer. Shares are of the time that is explained; no time is counted twice.',
  ],
}

/** Rows of a table where nobody asked for more: of the only subject, and of each of several. */
const LIMIT = 12
const LIMIT_OF_SEVERAL = 5

/** Runs the command; returns its exit status. Throws UserError. */
export async function runCauses(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags, args } = parsed
  const source = oneTrace(spec.name, args)
  const asked = [flags.goroutine, flags.task, flags.region].filter((f) => f !== undefined).length
  if (asked > 1) throw new UserError('--goroutine, --task and --region exclude each other')
  const limit = flags.limit ?? (asked === 0 ? LIMIT_OF_SEVERAL : LIMIT)
  const { limit: _, json, color, width, ...question } = flags
  const steps = asked === 0 && flags.limit === undefined ? 0 : limit > 0 ? limit : Number.POSITIVE_INFINITY
  const found = await ofTrace(spec.name, source, (bytes, progress) =>
    traceCauses(bytes, { ...question, steps }, progress),
  )
  if (json) writeTraceJson({ schema: 'goscope.trace-causes/1', ...found })
  else {
    const style = styleFor({ ...(color && { color }), ...(width !== undefined && { width }) })
    const part = selectionWords(
      {
        ...(flags.from !== undefined && { from: flags.from }),
        ...(flags.to !== undefined && { to: flags.to }),
      },
      timeText,
    )
    writeLines(causesLines(style, found, limit, part))
  }
  return 0
}

/** The report as lines. */
export function causesLines(
  style: Style,
  t: TraceCauses,
  limit: number,
  part: readonly string[] = [],
): string[] {
  const lines = traceHead(style, t, [], part)
  if (t.causes.length === 0)
    lines.push('', 'no tasks, no regions, and no goroutine of the program that waited')
  for (const c of t.causes) {
    lines.push('', ...subjectLines(style, c))
    if (c.total === 0) {
      lines.push(paint(style, 'quiet', 'took no time'))
      continue
    }
    if (c.others) lines.push(...rowLines(style, c.own, c.total, limit))
    const title = 'Followed to who ended each wait'
    lines.push(
      ...(c.others ? ['', paint(style, 'strong', title)] : []),
      ...rowLines(style, c.path, c.total, limit),
    )
    if (c.steps.length > 0)
      lines.push(
        '',
        paint(style, 'strong', c.steps.length < c.pieces ? 'The longest pieces of it' : 'Its pieces'),
        ...stepLines(style, c),
        ...moreLines(style, c.steps.length, c.pieces),
      )
  }
  return lines
}

function subjectLines(style: Style, { subject: s, total }: Causes): string[] {
  const name = s.name === '' ? '(not known)' : safeName(s.name)
  const time = timeText(total)
  const at = s.from === undefined ? '' : `, at ${timeText(s.from)}`
  let text: string
  if (s.kind === 'goroutine')
    text =
      s.id !== undefined
        ? `Goroutine ${s.id}, ${name}: ${time}${at}`
        : `${counted(s.count, 'goroutine')} of ${name}${s.count < s.of ? `, those of ${countText(s.of)} that waited most` : ''}: ${time} together`
  else {
    const single = s.kind === 'task' ? `Task ${s.id}, ${name}` : `Region ${name} of goroutine ${s.id}`
    const which = s.of > 1 ? `, the longest of ${countText(s.of)}` : ''
    text =
      s.id !== undefined
        ? `${single}: ${time}${at}${which}`
        : `${counted(s.count, s.kind)} ${name}${s.count < s.of ? `, the longest of ${countText(s.of)}` : ''}: ${time} together`
  }
  return wrapLines(style, own(style, text)).map((l) => paint(style, 'strong', l))
}

const WHAT: Readonly<Record<PathKind, string>> = {
  running: 'ran',
  assist: 'ran to assist the collector',
  collector: 'the collector ran',
  processor: 'waited for a processor',
  stopped: 'stood still, the world stopped',
  syscall: 'system call',
  network: 'network',
  timer: 'timer',
  gc: 'blocked by the collector',
  blocked: 'blocked',
  unknown: 'not known',
}

function what(kind: PathKind, reason: string): string {
  if (reason === '' || reason === kind) return WHAT[kind]
  return kind === 'blocked' ? safeName(reason) : `${WHAT[kind]} (${safeName(reason)})`
}

function rowLines(style: Style, all: readonly PathRow[], total: number, limit: number): string[] {
  const shown = firstOf(all, limit)
  return [
    ...tableLines(
      style,
      [
        { title: 'share', align: 'right', cells: shown.map((r) => ({ text: shareText(r.total, total) })) },
        { title: 'time', align: 'right', cells: shown.map((r) => ({ text: timeText(r.total) })) },
        { title: 'times', align: 'right', cells: shown.map((r) => ({ text: countText(r.count) })) },
        { title: 'longest', align: 'right', cells: shown.map((r) => ({ text: timeText(r.longest) })) },
        {
          title: 'what',
          align: 'left',
          cells: shown.map((r) => ({ text: what(r.kind, r.reason), tone: toneOf(r.kind) })),
        },
      ],
      { title: 'where', cells: shown.map((r) => (room) => whereText(style, r, room)) },
      true,
    ),
    ...moreLines(style, shown.length, all.length),
  ]
}

function toneOf(kind: PathKind): 'plain' | 'accent' | 'warning' {
  if (kind === 'running') return 'accent'
  return kind === 'processor' || kind === 'stopped' || kind === 'assist' || kind === 'gc'
    ? 'warning'
    : 'plain'
}

function whereText(style: Style, r: PathRow, room: number): string {
  if (r.kind === 'processor')
    return r.group === ''
      ? paint(style, 'quiet', 'an idle one took it late')
      : `${paint(style, 'quiet', 'behind ')}${functionText(style, r.group, room - 7)}`
  if (r.place === undefined) return r.group === '' ? '' : functionText(style, r.group, room)
  const name = functionText(style, r.place.fn, room, r.place.file)
  const tail = r.group === '' || r.group === r.place.fn ? '' : ` of ${safeName(r.group)}`
  return cellWidth(safeName(r.place.fn) + tail) <= room ? name + paint(style, 'quiet', tail) : name
}

function stepLines(style: Style, { steps, total }: Causes): string[] {
  return tableLines(
    style,
    [
      {
        title: 'at',
        align: 'right',
        cells: steps.map((s) => ({ text: timeText(s.start), tone: 'quiet' as const })),
      },
      { title: 'for', align: 'right', cells: steps.map((s) => ({ text: timeText(s.duration) })) },
      { title: 'share', align: 'right', cells: steps.map((s) => ({ text: shareText(s.duration, total) })) },
      { title: 'who', align: 'left', cells: steps.map((s) => ({ text: `G${s.goroutine.id}` })) },
      {
        title: 'what',
        align: 'left',
        cells: steps.map((s) => ({ text: what(s.kind, s.reason), tone: toneOf(s.kind) })),
      },
    ],
    { title: 'where', cells: steps.map((s) => (room) => stepText(style, s, room)) },
    true,
  )
}

function stepText(style: Style, s: CauseStep, room: number): string {
  const where =
    s.kind === 'processor'
      ? s.holder === undefined
        ? 'an idle one took it late'
        : `behind G${s.holder.id} ${safeName(s.holder.name)}`
      : s.place === undefined
        ? safeName(s.goroutine.name)
        : ''
  const plain = where !== '' ? where : safeName(s.place?.fn ?? '')
  const name = where !== '' ? functionText(style, where, room) : placeText(style, s.place, room)
  const { waiter } = s
  if (waiter === undefined) return name
  const at = waiter.place === undefined ? '' : ` in ${safeName(waiter.place.fn)}`
  const reason = waiter.reason === '' ? 'it' : safeName(waiter.reason)
  const tail = `, for G${waiter.goroutine.id}'s wait for ${reason}${at}`
  return cellWidth(plain + tail) <= room ? name + paint(style, 'quiet', tail) : name
}
