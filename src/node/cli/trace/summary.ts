// `goscope trace summary`: what happened in a trace, for people.

import { fitName, type NameParts, splitFunctionName } from '../../../core/analysis/display-names.ts'
import { originOf } from '../../../core/analysis/origin.ts'
import type { TracePlace } from '../../../core/analysis/trace/summary.ts'
import { DecodeError, UserError } from '../../../core/base/errors.ts'
import { bytesText, countText, shareText, timeText } from '../../../core/base/people-fmt.ts'
import { displayable } from '../../../core/base/utf8.ts'
import { summarizePart } from '../../../core/engine/trace-part-summary.ts'
import { selectionWords } from '../../../core/engine/trace-selection.ts'
import { damageText, type SummarizedFile } from '../../../core/engine/trace-summary.ts'
import { type CommandSpec, parseCommand } from '../people/command.ts'
import { bar, barWidth, dots, own, paint, type Style, safeName, styleFor } from '../people/style.ts'
import { flowLines, tableLines, wrapLines } from '../people/table.ts'
import { writeLines } from '../people/write-lines.ts'
import { Progress } from './progress.ts'
import { SELECT_FLAGS, type SelectFlags } from './select-flags.ts'
import { readTraceFile } from './trace-file.ts'

interface SummaryFlags extends SelectFlags {
  readonly limit?: number
  readonly json?: boolean
  readonly color?: 'auto' | 'always' | 'never'
  readonly width?: number
}

const FLAGS = {
  limit: {
    kind: 'parsed',
    parse: Number,
    brief: 'rows of a table, 0 for all; 8 if not set',
    placeholder: 'N',
    optional: true,
  },
  json: {
    kind: 'boolean',
    brief: 'one JSON document, goscope.trace-summary/1',
    optional: true,
    withNegated: false,
  },
  color: { kind: 'enum', values: ['auto', 'always', 'never'], brief: 'colours', optional: true },
  width: { kind: 'parsed', parse: Number, brief: 'width of lines', placeholder: 'N', optional: true },
  ...SELECT_FLAGS,
} as const

export const spec: CommandSpec<SummaryFlags> = {
  name: 'trace summary',
  summary: 'what happened in a trace, and where latency came from',
  args: 'TRACE',
  flags: FLAGS,
  aliases: { n: 'limit' },
  groups: [
    ['Which part of the trace', ['from', 'to', 'goroutine', 'task', 'region', 'proc']],
    ['Output', ['limit', 'json', 'color', 'width']],
  ],
  examples: [
    ['goscope trace summary trace.out', 'utilization, groups of goroutines, delays, blocking, collector'],
  ],
}

const LIMIT = 8

/** Runs the command; returns its exit status. Throws UserError. */
export async function runSummary(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags, args } = parsed
  const [source] = args
  if (source === undefined || args.length > 1)
    throw new UserError('one trace is wanted: goscope trace summary TRACE')
  const bytes = await readTraceFile(source)
  const progress = new Progress('reading the trace')
  let s: SummarizedFile
  try {
    s = summarizePart(bytes, flags, (share) => progress.tell(share))
  } catch (e) {
    if (!(e instanceof DecodeError)) throw e
    throw new UserError(`${source}: ${e.message}${e.offset >= 0 ? ` (at byte ${e.offset})` : ''}`)
  } finally {
    progress.done()
  }
  if (flags.json) writeLines([jsonOf(s)])
  else {
    const part = selectionWords(flags, (ns) => timeText(ns))
    writeLines(summaryLines(styleFor(flags), s, flags.limit ?? LIMIT, part))
  }
  return 0
}

function jsonOf(s: SummarizedFile): string {
  return JSON.stringify(
    { schema: 'goscope.trace-summary/1', ...s },
    (_, v: unknown) => {
      if (typeof v === 'string') return displayable(v)
      if (typeof v === 'bigint') return v.toString()
      return v instanceof Map ? Object.fromEntries(v) : v
    },
    2,
  )
}

function summaryLines(style: Style, s: SummarizedFile, limit: number, part: readonly string[]): string[] {
  const lines = headLines(style, s, part)
  const add = (title: string, rows: readonly string[]): void => {
    if (rows.length > 0) lines.push('', paint(style, 'strong', title), ...rows)
  }
  add('Processors', procLines(style, s))
  add('Goroutines by start function', groupLines(style, s, limit))
  add('Most blocked places', blockedLines(style, s, limit))
  add('Waiting for a processor', schedLines(style, s, limit))
  add('Long runs while others were ready', longRunLines(style, s, limit))
  add('Garbage collector', gcLines(style, s))
  add('System calls', syscallLines(style, s, limit))
  return lines
}

function headLines(style: Style, s: SummarizedFile, part: readonly string[]): string[] {
  const lines = flowLines(style, [
    { text: s.version, tone: 'strong' },
    { text: timeText(s.durationNs), tone: 'accent' },
    {
      text: `${countText(s.events)} events, ${countText(s.goroutines)} goroutines${s.gomaxprocs > 0 ? `, GOMAXPROCS ${s.gomaxprocs}` : ''}`,
    },
    ...part.map((text) => ({ text: safeName(text), tone: 'info' as const })),
  ])
  if (s.damage !== undefined) {
    const { message, offset } = damageText(s.damage)
    const text = `damaged: ${safeName(message)} at byte ${offset}; ${bytesText(s.damage.lost)} of ${bytesText(s.damage.size)} are not in what follows`
    lines.push(...wrapLines(style, own(style, text)).map((l) => paint(style, 'warning', l)))
  }
  return lines
}

function procLines(style: Style, s: SummarizedFile): string[] {
  const of = s.gomaxprocs > 0 ? ` of ${s.gomaxprocs}` : ''
  const lines = wrapLines(
    style,
    own(
      style,
      `${s.running.toFixed(2)}${of} in use on average; ${s.concurrency.map((share, k) => `${k}: ${shareText(share, s.durationNs)}`).join(', ')} of the time that many goroutines ran at once`,
    ),
  )
  const width = barWidth(style)
  if (width === 0 || s.durationNs === 0) return lines
  const shown = s.procs.slice(0, 16)
  lines.push(
    ...tableLines(
      style,
      [
        { title: '', align: 'right', cells: shown.map((p) => ({ text: `P${p.id}` })) },
        {
          title: '',
          align: 'right',
          cells: shown.map((p) => ({ text: shareText(p.busy, s.durationNs) })),
          least: 6,
        },
        {
          title: '',
          align: 'left',
          cells: shown.map((p) => ({
            text: bar(style, p.busy / s.durationNs, width),
            tone: 'accent' as const,
          })),
          least: width,
        },
      ],
      { title: '', cells: shown.map(() => () => '') },
      false,
    ),
  )
  return lines
}

function groupLines(style: Style, s: SummarizedFile, limit: number): string[] {
  const all = s.groups.filter((g) => g.count > 0 && (g.exec > 0 || g.waited.size > 0))
  const shown = limit > 0 ? all.slice(0, limit) : all
  const waits = shown.map((g) => [...g.waited].filter(([, ns]) => ns > 0).sort((a, b) => b[1] - a[1])[0])
  const lines = tableLines(
    style,
    [
      { title: 'count', align: 'right', cells: shown.map((g) => ({ text: countText(g.count) })) },
      { title: 'at once', align: 'right', cells: shown.map((g) => ({ text: countText(g.peak) })) },
      { title: 'ran', align: 'right', cells: shown.map((g) => ({ text: timeText(g.exec) })) },
      {
        title: '',
        align: 'right',
        cells: shown.map((g) => ({
          text: s.durationNs > 0 ? shareText(g.exec, s.durationNs * Math.max(1, s.gomaxprocs)) : '',
          tone: 'quiet' as const,
        })),
      },
      {
        title: 'parallel',
        align: 'right',
        cells: shown.map((g) => ({ text: g.active > 0 ? (g.exec / g.active).toFixed(1) : '–' })),
      },
      {
        title: 'busiest',
        align: 'right',
        cells: shown.map((g) => ({
          text: g.peak > 1 ? shareText(g.busiest, 1) : '–',
          tone: g.peak > 2 && g.busiest > 0.5 ? ('warning' as const) : ('plain' as const),
        })),
      },
      {
        title: 'waited most for',
        align: 'left',
        cells: waits.map((w) => ({
          text: w === undefined ? '' : `${timeText(w[1])} ${safeName(w[0] === '' ? 'unknown' : w[0])}`,
          tone: 'quiet' as const,
        })),
      },
    ],
    {
      title: 'function',
      cells: shown.map((g) => (room) => nameText(style, g.name === '' ? '(not known)' : g.name, room)),
    },
    true,
  )
  return rest(style, lines, shown.length, all.length)
}

function blockedLines(style: Style, s: SummarizedFile, limit: number): string[] {
  const shown = limit > 0 ? s.blocked.slice(0, limit) : s.blocked
  return tableLines(
    style,
    [
      { title: 'total', align: 'right', cells: shown.map((b) => ({ text: timeText(b.total) })) },
      { title: 'times', align: 'right', cells: shown.map((b) => ({ text: countText(b.count) })) },
      { title: 'longest', align: 'right', cells: shown.map((b) => ({ text: timeText(b.longest) })) },
      { title: 'for', align: 'left', cells: shown.map((b) => ({ text: safeName(b.reason) })) },
    ],
    { title: 'in', cells: shown.map((b) => (room) => placeText(style, b.place, room)) },
    true,
  )
}

function schedLines(style: Style, s: SummarizedFile, limit: number): string[] {
  const { sched } = s
  if (sched.count === 0) return []
  const lines = wrapLines(
    style,
    own(
      style,
      `${countText(sched.count)} times; p50 ${timeText(sched.p50)}, p95 ${timeText(sched.p95)}, p99 ${timeText(sched.p99)}, longest ${timeText(sched.max)}; ${sched.meanReady.toFixed(2)} goroutines ready on average, ${countText(sched.mostReady)} at most`,
    ),
  )
  const shown = limit > 0 ? sched.worst.slice(0, limit) : sched.worst
  lines.push(
    ...tableLines(
      style,
      [
        { title: 'delay', align: 'right', cells: shown.map((d) => ({ text: timeText(d.duration) })) },
        {
          title: 'at',
          align: 'right',
          cells: shown.map((d) => ({ text: timeText(d.start), tone: 'quiet' as const })),
        },
        { title: 'goroutine', align: 'right', cells: shown.map((d) => ({ text: `G${d.goroutine}` })) },
      ],
      {
        title: 'behind',
        cells: shown.map(
          (d) => () =>
            d.before === undefined
              ? paint(style, 'quiet', 'an idle processor')
              : own(style, `G${d.before.goroutine}, which ran ${timeText(d.before.ran)}`),
        ),
      },
      true,
    ),
  )
  return lines
}

function longRunLines(style: Style, s: SummarizedFile, limit: number): string[] {
  const shown = limit > 0 ? s.longRuns.slice(0, limit) : s.longRuns
  return shown.length === 0
    ? []
    : tableLines(
        style,
        [
          { title: 'ran', align: 'right', cells: shown.map((r) => ({ text: timeText(r.duration) })) },
          {
            title: 'at',
            align: 'right',
            cells: shown.map((r) => ({ text: timeText(r.start), tone: 'quiet' as const })),
          },
          { title: 'goroutine', align: 'right', cells: shown.map((r) => ({ text: `G${r.goroutine}` })) },
          { title: 'ready', align: 'right', cells: shown.map((r) => ({ text: r.waiting.toFixed(1) })) },
        ],
        { title: 'stopped in', cells: shown.map((r) => (room) => placeText(style, r.place, room)) },
        true,
      )
}

function gcLines(style: Style, s: SummarizedFile): string[] {
  const { gc } = s
  if (gc.cycles === 0 && gc.stops.length === 0) return []
  const lines = wrapLines(
    style,
    own(
      style,
      `${countText(gc.cycles)} cycles${s.durationNs > 0 ? ` (${(gc.cycles / (s.durationNs / 1e9)).toFixed(1)} a second)` : ''}; marking ${shareText(gc.marking, s.durationNs)} of the time; its goroutines had ${shareText(gc.share, 1)} of the time on processors; mark assist ${timeText(gc.assist.time)} (${countText(gc.assist.count)} times, longest ${timeText(gc.assist.longest)})`,
    ),
  )
  if (gc.stops.length > 0)
    lines.push(
      ...tableLines(
        style,
        [
          { title: 'stopped', align: 'right', cells: gc.stops.map((p) => ({ text: timeText(p.total) })) },
          { title: 'times', align: 'right', cells: gc.stops.map((p) => ({ text: countText(p.count) })) },
          { title: 'longest', align: 'right', cells: gc.stops.map((p) => ({ text: timeText(p.longest) })) },
        ],
        { title: 'the world, for', cells: gc.stops.map((p) => () => safeName(p.name)) },
        true,
      ),
    )
  return lines
}

function syscallLines(style: Style, s: SummarizedFile, limit: number): string[] {
  if (s.syscalls.count === 0) return []
  const lines = wrapLines(
    style,
    own(
      style,
      `${countText(s.syscalls.count)}, ${timeText(s.syscalls.totalNs / s.syscalls.count)} on average, ${timeText(s.syscalls.totalNs)} in all`,
    ),
  )
  const shown = limit > 0 ? s.threads.slice(0, limit) : s.threads
  lines.push(
    ...tableLines(
      style,
      [
        { title: 'time', align: 'right', cells: shown.map((t) => ({ text: timeText(t.time) })) },
        { title: 'times', align: 'right', cells: shown.map((t) => ({ text: countText(t.count) })) },
      ],
      { title: 'thread', cells: shown.map((t) => () => `M${t.id}`) },
      true,
    ),
  )
  return lines
}

function rest(style: Style, lines: string[], shown: number, all: number): string[] {
  if (shown < all)
    lines.push(
      ...wrapLines(style, `${dots(style)} ${all - shown} more; --limit 0 for all`).map((l) =>
        paint(style, 'quiet', l),
      ),
    )
  return lines
}

function placeText(style: Style, place: TracePlace | undefined, room: number): string {
  return place === undefined ? paint(style, 'quiet', '–') : nameText(style, place.fn, room)
}

function nameText(style: Style, name: string, room: number): string {
  const parts: NameParts = splitFunctionName(safeName(name))
  const shown = fitName(parts, room, dots(style))
  return `${paint(style, 'quiet', shown.path)}${paint(style, originOf(name, ''), shown.fn)}`
}
