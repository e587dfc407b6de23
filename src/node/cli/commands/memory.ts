// `goscope memory`: where resident memory goes.

import { buildMemoryAccount, type MemoryAccount } from '../../../core/analysis/memory/account.ts'
import { type SizeClass, sizeClasses } from '../../../core/analysis/memory/size-classes.ts'
import { buildTrends, type LateReturn, lateReturn, type Trend } from '../../../core/analysis/memory/trend.ts'
import { UserError } from '../../../core/base/errors.ts'
import {
  ABSENT,
  bytesText,
  cellWidth,
  countText,
  cutRight,
  padEnd,
  shareText,
} from '../../../core/base/people-fmt.ts'
import { readMemory } from '../../capture/read-memory.ts'
import { type CommandSpec, parseCommand } from '../people/command.ts'
import { type FittingColumn, fittingTable, numberColumn, textCell } from '../people/fact-lines.ts'
import { type OutputFlags, outputFlags } from '../people/flags.ts'
import { writeJson } from '../people/json.ts'
import { bar, barWidth, dots, own, paint, type Style, safeName, styleFor } from '../people/style.ts'
import { flowLines, tableLines, wrapLines } from '../people/table.ts'
import { writeLines } from '../people/write-lines.ts'

export const spec: CommandSpec<OutputFlags> = {
  name: 'memory',
  summary: 'where resident memory goes',
  args: 'SRC...',
  flags: outputFlags,
  groups: [['Output', ['json', 'color', 'width']]],
  examples: [
    ['goscope memory capture/', 'what a capture knows of memory, as one account'],
    ['goscope memory memstats.json smaps.txt', 'runtime and system together'],
    ['goscope memory http://localhost:6060/debug/vars', 'of a live program with expvar'],
    ['goscope memory pid:1234 http://localhost:6060/debug/vars', 'the same with what the system says'],
    ['goscope memory memstats-t1.json memstats-t2.json', 'what grew, what was returned'],
  ],
  notes: [
    'In a narrow terminal formulas are left out: a pipe prints them, and --json has them.',
    'Read are runtime.MemStats as JSON, /debug/vars, heap?debug=1, runtime/metrics as JSON, and /proc/PID/smaps (or smaps_rollup), maps and status, also in capture folders and archives; and of a container memory.max and memory.current of its control group, which are told by their names.',
  ],
}

/** From this share of what the runtime holds on, memory kept after a peak is worth a sentence. */
const LATE_SHARE = 0.25

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags, args } = parsed
  if (args.length === 0)
    throw new UserError('which sources? memory statistics or a capture folder; --help has examples')
  const { snapshots, sources } = await readMemory(args)
  const newest = snapshots.at(-1)!
  const account = buildMemoryAccount(newest)
  const trends = buildTrends(snapshots)
  const late = lateReturn(snapshots)
  const classes = sizeClasses(snapshots)
  if (flags.json)
    writeJson({
      schema: 'goscope.memory/1',
      sources,
      account,
      late: late ?? null,
      sizeClasses: classes ?? null,
      trends: trends.map((t) => ({ ...t, values: t.values.map((v) => (Number.isNaN(v) ? null : v)) })),
    })
  else writeLines(memoryLines(styleFor(flags), { account, trends, late, classes, sources }))
  return 0
}

interface Found {
  readonly account: MemoryAccount
  readonly trends: readonly Trend[]
  readonly late: LateReturn | undefined
  readonly classes: readonly SizeClass[] | undefined
  readonly sources: readonly string[]
}

function memoryLines(style: Style, { account: a, trends, late, classes, sources }: Found): string[] {
  const whole = a.resident ?? a.held
  const lines = flowLines(style, [
    { text: a.resident !== undefined ? 'resident' : 'held by the runtime', tone: 'strong' },
    { text: whole === undefined ? 'unknown' : bytesText(whole), tone: 'accent' },
    {
      text:
        a.resident !== undefined
          ? a.residentFrom
          : 'Sys − HeapReleased; smaps or status would tell what is resident',
      tone: 'quiet',
    },
    ...(a.peak !== undefined ? [{ text: `peak ${bytesText(a.peak)}` }] : []),
    ...(a.virtual !== undefined ? [{ text: `virtual ${bytesText(a.virtual)}` }] : []),
    ...(a.limits.memoryLimit !== undefined
      ? [{ text: `GOMEMLIMIT ${bytesText(a.limits.memoryLimit)}` }]
      : []),
    ...(a.limits.container !== undefined
      ? [{ text: `container limit ${bytesText(a.limits.container)}` }]
      : []),
    ...(a.limits.gogc !== undefined ? [{ text: `GOGC ${a.limits.gogc < 0 ? 'off' : a.limits.gogc}` }] : []),
    { text: `from ${sourcesText(sources)}`, tone: 'quiet' },
  ])
  if (late !== undefined && late.share >= LATE_SHARE && late.kept > 16 << 20)
    lines.push('', ...lateLines(style, late, a))
  for (const w of a.warnings)
    lines.push('', ...wrapLines(style, safeName(w)).map((l) => paint(style, 'warning', l)))
  lines.push('', ...accountLines(style, a, whole ?? 0))
  if (classes !== undefined && isFragmented(a)) lines.push('', ...classLines(style, classes))
  if (trends.length > 0) lines.push('', ...trendLines(style, trends))
  if (a.remarks.length > 0) lines.push('')
  for (const r of a.remarks) lines.push(...wrapLines(style, safeName(r)).map((l) => paint(style, 'quiet', l)))
  return lines
}

/** Names while they are few. */
function sourcesText(sources: readonly string[]): string {
  return sources.length <= 8 ? sources.map(safeName).join(', ') : `${sources.length} files`
}

/** The sentence on memory that a peak left behind. */
function lateLines(style: Style, late: LateReturn, a: MemoryAccount): string[] {
  const returned = Number.isNaN(late.returnedSince)
    ? ''
    : ` Between the last two moments ${bytesText(Math.max(0, late.returnedSince))} were returned.`
  const peak = a.peak !== undefined ? ` after a peak of ${bytesText(a.peak)}` : ''
  return wrapLines(
    style,
    `Memory is returned late: ${bytesText(late.kept)} of heap are idle and not yet returned to the system${peak}, ${shareText(late.kept, late.kept / late.share)} of what the runtime holds and ${Math.round(late.timesInUse)} times what is in use.${returned} The runtime returns idle memory slowly in the background; debug.FreeOSMemory returns it at once, GOMEMLIMIT keeps the peak from growing so far.`,
  ).map((l) => paint(style, 'warning', l))
}

function accountLines(style: Style, a: MemoryAccount, whole: number): string[] {
  const gap =
    a.gap === undefined
      ? []
      : [
          {
            id: 'gap',
            title: a.gap >= 0 ? 'left over' : 'counted but not resident',
            bytes: a.gap,
            certainty: 'computed',
            formula: 'resident − all parts',
            note: '',
            level: 0,
          } as const,
        ]
  const rows = [...a.rows, ...gap]
  const width = barWidth(style)
  const titles = rows.map((r) => own(style, `${'  '.repeat(r.level)}${r.title}`))
  const widest = Math.max(...titles.map(cellWidth))
  return tableLines(
    style,
    [
      {
        title: 'bytes',
        align: 'right',
        cells: rows.map((r) => ({ text: bytesText(r.bytes), tone: r.level === 0 ? 'strong' : 'plain' })),
      },
      {
        title: '',
        align: 'right',
        cells: rows.map((r) => ({ text: whole > 0 ? shareText(r.bytes, whole) : ABSENT, tone: 'quiet' })),
      },
      ...(width > 0
        ? [
            {
              title: '',
              align: 'left' as const,
              cells: rows.map((r) => ({
                text: r.level === 0 && whole > 0 && r.bytes > 0 ? bar(style, r.bytes / whole, width) : '',
                tone: 'accent' as const,
              })),
              least: width,
            },
          ]
        : []),
    ],
    {
      title: 'what, and how it is known',
      cells: rows.map((r, k) => (room) => {
        const title = padEnd(titles[k]!, widest)
        const known = own(style, `${r.certainty}: ${r.formula}`)
        const all = r.note === '' ? known : own(style, `${known} – ${r.note}`)
        const fits = [all, known, r.certainty].find((t) => widest + 2 + cellWidth(t) <= room)
        return fits === undefined
          ? cutRight(titles[k]!, room, dots(style))
          : `${title}  ${paint(style, 'quiet', fits)}`
      }),
    },
    true,
  )
}

/** From here on fragmentation is worth a table. */
const FRAGMENTED = { share: 0.1, bytes: 4 << 20 }
const SHOWN_CLASSES = 6

function isFragmented(a: MemoryAccount): boolean {
  const bytes = (id: string): number => a.rows.find((r) => r.id === id)?.bytes ?? 0
  const free = bytes('fragmentation')
  return free >= FRAGMENTED.bytes && free >= FRAGMENTED.share * bytes('heap-in-use')
}

/** The size classes that hold most, or may have most free slots. */
function classLines(style: Style, classes: readonly SizeClass[]): string[] {
  const most = (c: SizeClass): number => c.freeAtMost ?? c.bytes
  const shown = [...classes].sort((a, b) => most(b) - most(a) || b.bytes - a.bytes).slice(0, SHOWN_CLASSES)
  const estimated = shown.some((c) => c.freeAtMost !== undefined)
  const cells = (text: (c: SizeClass) => string) => shown.map((c) => ({ text: text(c) }))
  const left = classes.length - shown.length
  return [
    ...tableLines(
      style,
      [
        ...(estimated
          ? [
              {
                title: 'free, at most',
                align: 'right' as const,
                cells: cells((c) => bytesText(c.freeAtMost ?? 0)),
              },
            ]
          : []),
        { title: 'in objects', align: 'right', cells: cells((c) => bytesText(c.bytes)) },
        { title: 'objects', align: 'right', cells: cells((c) => countText(c.objects)) },
      ],
      {
        title: 'size class',
        cells: shown.map((c) => () => own(style, `objects of ${countText(c.size)} bytes`)),
      },
      true,
    ),
    ...wrapLines(
      style,
      `${left > 0 ? `${left} more size classes. ` : ''}${
        estimated
          ? 'Free, at most: slots of objects that an earlier moment had and this one has not; the runtime does not say which of their spans are still held.'
          : 'Which of them have free slots, statistics of one moment do not tell; earlier ones beside them would.'
      }`,
    ).map((l) => paint(style, 'quiet', l)),
  ]
}

function trendLines(style: Style, trends: readonly Trend[]): string[] {
  const cell = (t: Trend, v: number): string =>
    Number.isNaN(v) ? ABSENT : t.unit === 'bytes' ? bytesText(v) : countText(v)
  const n = trends[0]!.values.length
  const moment = (k: number): FittingColumn => ({
    ...numberColumn(
      `t${k + 1}`,
      trends.map((t) => cell(t, t.values[k]!)),
    ),
    // A narrow terminal does without those in the middle, the older ones first.
    dispensable: k === 0 || k === n - 1 ? 0 : n - k,
  })
  return fittingTable(
    style,
    [
      ...Array.from({ length: n }, (_, k) => moment(k)),
      {
        title: 'change',
        align: 'right',
        cells: trends.map((t) => ({
          text: t.change === 0 ? '0' : `${t.change > 0 ? '+' : '−'}${cell(t, Math.abs(t.change))}`,
          tone: 'strong',
        })),
      },
    ],
    { title: 'of', cells: trends.map((t) => textCell(style, t.title)) },
  )
}
