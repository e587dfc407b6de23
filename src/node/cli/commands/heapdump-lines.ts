// A heap dump for people.

import type { HeapAnalysis } from '../../../core/analysis/heap/analyse.ts'
import type { ChangeRow, HeapComparison, Sums } from '../../../core/analysis/heap/compare.ts'
import type { HeapStep } from '../../../core/analysis/heap/describe.ts'
import type { Duplicate } from '../../../core/analysis/heap/duplicates.ts'
import { bytesText, countText, cutRight, shareText, signedValueText } from '../../../core/base/people-fmt.ts'
import { decodeUtf8 } from '../../../core/base/utf8.ts'
import type { HeapInside, HeapReport, HolderRow } from '../../../core/reports/heap-report.ts'
import { quietLines } from '../people/fact-lines.ts'
import { plural } from '../people/head.ts'
import { bar, barWidth, dots, own, paint, type Style, safeName } from '../people/style.ts'
import { type Column, flowLines, type LastCell, tableLines } from '../people/table.ts'
import { NO_SHARES_BELOW } from '../people/top-lines.ts'

/** Steps of a way that are shown at its start and at its end. */
const WAY_START = 4
const WAY_END = 3

/** The report as lines. `limit` is that of the rows, 0 for all. */
export function heapLines(
  style: Style,
  file: string,
  a: HeapAnalysis,
  r: HeapReport,
  limit: number,
): string[] {
  return [
    ...headLines(style, file, a),
    '',
    ...holderLines(style, a, r, limit),
    '',
    ...typeLines(style, a, r, limit),
    ...section(containerLines(style, a, r)),
    ...section(duplicateLines(style, r)),
    ...section(goroutineLines(style, r, limit)),
    ...section(finalizerLines(style, r, limit)),
    ...section(allocationLines(style, r)),
    '',
    ...r.notes.flatMap((n) => quietLines(style, n)),
  ]
}

/** Columns that narrow terminals do without. */
const wide = (style: Style, column: Column): Column[] => (style.width < NO_SHARES_BELOW ? [] : [column])

const section = (lines: string[]): string[] => (lines.length === 0 ? [] : ['', ...lines])

const title = (style: Style, text: string, more = ''): string[] =>
  flowLines(style, [
    { text, tone: 'strong' },
    ...(more === '' ? [] : [{ text: more, tone: 'quiet' as const }]),
  ])

const cut =
  (style: Style, text: string, paintIt: (s: string) => string = (s) => s): LastCell =>
  (room) =>
    paintIt(cutRight(own(style, text), room, dots(style)))

function right<T>(head: string, rows: readonly T[], textOf: (row: T) => string, least: number): Column {
  const cells = rows.map((row) => {
    const text = textOf(row)
    return { text, ...(text === '0' && { tone: 'quiet' as const }) }
  })
  return { title: head, align: 'right', cells, least }
}

function headLines(style: Style, file: string, a: HeapAnalysis): string[] {
  const { params, goroutines, bytes, roots, threads, finalizers } = a.dump
  const total = a.live.bytes + a.dead.bytes
  const lines = flowLines(style, [
    {
      text: safeName(file === '-' ? 'standard input' : (file.split(/[\\/]/).at(-1) ?? file)),
      tone: 'strong',
    },
    { text: 'heap dump', tone: 'accent' },
    { text: `${bytesText(total)} in ${plural(style, a.live.objects + a.dead.objects, 'object')}` },
    {
      text: [
        params.version || `format go${params.format}`,
        params.arch,
        `${params.cpus} CPUs`,
        `${bytesText(bytes)} read`,
      ]
        .filter((t) => t !== '')
        .map(safeName)
        .join(', '),
      tone: 'quiet',
    },
  ])
  lines.push(
    ...flowLines(
      style,
      [
        ...(
          [
            ['held', a.live.bytes - a.guessed.bytes - a.forFinalizers.bytes],
            ['perhaps held', a.guessed.bytes],
            ['for finalizers', a.forFinalizers.bytes],
            [deadWord(a), a.dead.bytes],
          ] as const
        )
          .filter(([, bytes], k) => bytes > 0 || k === 0)
          .map(([what, bytes]) => ({ text: `${what} ${bytesText(bytes)} (${shareText(bytes, total)})` })),
        { text: plural(style, roots.count, 'root') },
        { text: plural(style, goroutines.count, 'goroutine') },
        { text: plural(style, threads, 'thread') },
        { text: plural(style, finalizers.count, 'finalizer') },
      ],
      '  ',
    ),
  )
  return lines
}

// ---- dominator tree ----

function holderLines(style: Style, a: HeapAnalysis, r: HeapReport, limit: number): string[] {
  const total = a.live.bytes
  const width = barWidth(style)
  const cells: LastCell[] = []
  const rows: (HolderRow | undefined)[] = []
  const quiet = (text: string): LastCell => cut(style, `  ${text}`, (t) => paint(style, 'quiet', t))
  for (const row of r.tree) {
    rows.push(row)
    cells.push(placeCell(style, row))
    if (row.way.length > 1) {
      rows.push(undefined)
      const who = row.count > 1 ? 'the largest' : 'it'
      cells.push(quiet(`several hold ${who}, the nearest: ${wayText(style, row.way)}`))
    }
    if (row.inside.length > 0) {
      rows.push(undefined)
      cells.push(quiet(insideText(style, row)))
    }
  }
  const lines = [
    ...title(style, 'What holds most', 'bytes that would be free without it, and where in it they are'),
    ...tableLines(
      style,
      [
        right('retained', rows, (row) => (row === undefined ? '' : bytesText(row.retained)), 8),
        ...wide(
          style,
          right('', rows, (row) => (row === undefined ? '' : shareText(row.retained, total)), 5),
        ),
        right(
          'itself',
          rows,
          (row) => (row === undefined || row.shallow === 0 ? '' : bytesText(row.shallow)),
          7,
        ),
        ...(width > 0
          ? [
              {
                title: '',
                align: 'left' as const,
                least: width,
                cells: rows.map((row) => ({
                  text: row === undefined || total === 0 ? '' : bar(style, row.retained / total, width),
                  tone: 'accent' as const,
                })),
              },
            ]
          : []),
      ],
      { title: 'holder', cells },
      true,
    ),
  ]
  return [...lines, ...more(style, r.tree.length, r.treeCount, 'holder', limit)]
}

function placeCell(style: Style, row: HolderRow): LastCell {
  const { place } = row
  const tone = place.kind === 'object' ? 'plain' : 'strong'
  const several = row.count > 1 ? `${countText(row.count)} × ` : ''
  // Of several the address of one says nothing.
  const words = row.count > 1 && place.kind === 'object' ? [] : [place.detail]
  if (row.uncertain && !place.detail.includes('not certain')) words.push('not certain')
  const detail = words.filter((w) => w !== '').join(', ')
  return (room) => {
    const name = cutRight(own(style, several + safeName(place.name)), room, dots(style))
    const left = room - name.length - 2
    return (
      paint(style, tone, name) +
      (left > 6 && detail !== ''
        ? `  ${paint(style, 'quiet', cutRight(own(style, safeName(detail)), left, dots(style)))}`
        : '')
    )
  }
}

/** `in map[string]*main.Entry header → … → []map[string]*main.Entry entries (330 KiB)` */
function insideText(style: Style, row: HolderRow): string {
  const arrow = style.unicode ? ' → ' : ' -> '
  // The frame of a goroutine that holds nearly all of it is no news.
  const inside = row.inside.filter((i, k) => i.place.kind !== 'frame' || k === row.inside.length - 1)
  const step = (i: HeapInside): string =>
    `${i.times > 1 ? `${countText(i.times)} × ` : ''}${safeName(i.place.name)}`
  return `in ${inside.map(step).join(arrow)} (${bytesText(row.inside.at(-1)!.retained)})`
}

/** `main.cache → map[string]*main.Entry .[3] → …` */
function wayText(style: Style, way: readonly HeapStep[]): string {
  const arrow = style.unicode ? ' → ' : ' -> '
  const step = (s: HeapStep): string => {
    const { place } = s
    const more = place.kind === 'goroutine' || place.kind === 'frame' ? ` (${place.detail})` : ''
    // The field of a variable belongs to its name; that of an object stands behind its type.
    return safeName(`${place.name}${more}${s.by === '' ? '' : place.kind === 'object' ? ` ${s.by}` : s.by}`)
  }
  if (way.length <= WAY_START + WAY_END + 1) return way.map(step).join(arrow)
  const left = way.length - WAY_START - WAY_END
  return [
    ...way.slice(0, WAY_START).map(step),
    `${dots(style)} ${countText(left)} more ${dots(style)}`,
    ...way.slice(-WAY_END).map(step),
  ].join(arrow)
}

function more(style: Style, shown: number, all: number, noun: string, limit: number): string[] {
  if (shown >= all || limit === 0) return []
  return quietLines(style, `${shown} of ${plural(style, all, noun)} shown. --limit 0 for all`)
}

/** What objects are that nothing holds. */
const deadWord = (a: HeapAnalysis): string => (a.rootsComplete ? 'garbage' : 'not reached')

// ---- types ----

function typeLines(style: Style, a: HeapAnalysis, r: HeapReport, limit: number): string[] {
  const dead = r.types.some((t) => t.deadObjects > 0)
  const untyped = a.types.named.objects === 0
  return [
    ...title(style, untyped ? 'By size and pattern' : 'By type', untyped ? 'P is a word with a pointer' : ''),
    ...tableLines(
      style,
      [
        right('objects', r.types, (t) => countText(t.objects), 7),
        right('bytes', r.types, (t) => bytesText(t.bytes), 8),
        ...wide(
          style,
          right('', r.types, (t) => shareText(t.bytes, a.live.bytes), 5),
        ),
        right('retained', r.types, (t) => bytesText(t.retained), 8),
        ...(dead && style.width >= NO_SHARES_BELOW
          ? [right(deadWord(a), r.types, (t) => bytesText(t.deadBytes), 7)]
          : []),
      ],
      {
        title: untyped ? 'objects of' : 'type',
        cells: r.types.map((t) => cut(style, safeName(t.name))),
      },
      true,
    ),
    ...more(style, r.types.length, r.typeCount, 'type', limit),
  ]
}

function containerLines(style: Style, a: HeapAnalysis, r: HeapReport): string[] {
  if (r.containers.length === 0) return []
  return [
    ...title(style, 'Biggest containers', 'objects that gather many others'),
    ...tableLines(
      style,
      [
        right('retained', r.containers, (c) => bytesText(c.retained), 8),
        ...wide(
          style,
          right('', r.containers, (c) => shareText(c.retained, a.live.bytes), 5),
        ),
        right('refers to', r.containers, (c) => countText(c.references), 9),
      ],
      { title: 'way', cells: r.containers.map((c) => cut(style, wayText(style, c.way))) },
      true,
    ),
  ]
}

// ---- the rest ----

function duplicateLines(style: Style, r: HeapReport): string[] {
  const d = r.duplicates
  if (d === undefined || d.groups === 0) return []
  return [
    ...title(
      style,
      'Duplicates',
      `${bytesText(d.wasted)} in further copies of ${plural(style, d.groups, 'content')}, of ${bytesText(d.bytes)} of strings and buffers`,
    ),
    ...tableLines(
      style,
      [
        right('wasted', d.top, (x) => bytesText(x.wasted), 8),
        right('copies', d.top, (x) => countText(x.count), 6),
        right('length', d.top, (x) => bytesText(x.length), 7),
      ],
      { title: 'content', cells: d.top.map((x) => cut(style, previewText(x))) },
      true,
    ),
    ...more(style, d.top.length, d.groups, 'content', d.top.length === 0 ? 0 : 1),
  ]
}

/** Bytes of a preview in hex. */
const HEX_BYTES = 16

/** The beginning of a content: in quotes if it is text, else in hex. */
export function previewText(d: Duplicate): string {
  const { preview } = d
  let end = preview.length
  // What a size class adds behind a text is mostly zero.
  while (end > 0 && preview[end - 1] === 0) end--
  if (end === 0) return 'all zero, as far as shown'
  const text = decodeUtf8(preview.subarray(0, end))
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what tells bytes from text
  const readable = !/[\u0000-\u0008\u000e-\u001f\u007f\udc80-\udcff]/.test(text.slice(0, -3))
  if (readable) return `"${safeName(text)}"${d.length > preview.length ? '…' : ''}`
  const hex = Array.from(preview.subarray(0, HEX_BYTES), (b) => b.toString(16).padStart(2, '0')).join(' ')
  return `${hex}${d.length > HEX_BYTES ? ' …' : ''}`
}

function goroutineLines(style: Style, r: HeapReport, limit: number): string[] {
  if (r.goroutines.length === 0) return []
  const rows = r.goroutines
  return [
    ...title(style, 'Goroutines', 'by function and state; what only they hold'),
    ...tableLines(
      style,
      [
        right('count', rows, (g) => countText(g.count), 5),
        right('retained', rows, (g) => bytesText(g.retained), 8),
        right('stack', rows, (g) => bytesText(g.stack), 7),
      ],
      {
        title: 'function',
        cells: rows.map(
          (g) => (room) =>
            cutRight(
              `${safeName(g.name)}${g.state === '' ? '' : ` [${safeName(g.state)}]`}`,
              room,
              dots(style),
            ),
        ),
      },
      true,
    ),
    ...more(style, rows.length, r.goroutineGroups, 'group', limit),
  ]
}

function finalizerLines(style: Style, r: HeapReport, limit: number): string[] {
  if (r.finalizers.length === 0) return []
  const rows = r.finalizers
  const queued = rows.reduce((n, f) => n + f.queued, 0)
  return [
    ...title(
      style,
      'Finalizers',
      queued > 0 ? `${countText(queued)} are about to run: the finalizer goroutine may be behind` : '',
    ),
    ...tableLines(
      style,
      [
        right('count', rows, (f) => countText(f.count), 5),
        right('queued', rows, (f) => countText(f.queued), 6),
        right('retained', rows, (f) => bytesText(f.retained), 8),
      ],
      {
        title: 'function',
        cells: rows.map((f) => cut(style, safeName(`${f.fn}${f.type === '' ? '' : ` of ${f.type}`}`))),
      },
      true,
    ),
    ...more(style, rows.length, r.finalizerGroups, 'group', limit),
  ]
}

function allocationLines(style: Style, r: HeapReport): string[] {
  if (r.allocatedBy.size === 0) return []
  const lines = title(style, 'Allocated by', 'of objects above that the memory profile sampled')
  for (const [address, frames] of r.allocatedBy)
    for (const [k, frame] of frames.entries())
      lines.push(`  ${k === 0 ? address : ' '.repeat(address.length)}  ${safeName(frame)}`)
  return lines
}

// ---- comparison ----

export function comparisonLines(
  style: Style,
  older: string,
  newer: string,
  c: HeapComparison,
  limit: number,
): string[] {
  const { before, after } = c
  const change = (b: number, a: number): string => signedValueText(a - b, 'bytes')
  const base = (p: string): string => safeName(p.split(/[\\/]/).at(-1) ?? p)
  return [
    ...flowLines(style, [
      { text: base(newer), tone: 'strong' },
      { text: `against ${base(older)}`, tone: 'quiet' },
      {
        text: `held ${bytesText(before.live.bytes)} to ${bytesText(after.live.bytes)} (${change(before.live.bytes, after.live.bytes)})`,
      },
      { text: `${countText(before.live.objects)} to ${plural(style, after.live.objects, 'object')}` },
      { text: `garbage ${bytesText(before.dead.bytes)} to ${bytesText(after.dead.bytes)}` },
      { text: `${countText(before.goroutines)} to ${plural(style, after.goroutines, 'goroutine')}` },
    ]),
    '',
    ...title(style, 'By holder', 'objects whose shortest way from a root begins there'),
    ...changeLines(style, c.holders, limit, 'holder'),
    '',
    ...title(style, 'By type'),
    ...changeLines(style, c.types, limit, 'type'),
  ]
}

function changeLines(style: Style, all: readonly ChangeRow[], limit: number, noun: string): string[] {
  const rows = limit > 0 ? all.slice(0, limit) : all
  if (rows.length === 0) return [paint(style, 'quiet', 'nothing changed')]
  const column = (head: string, of: (s: Sums) => number, unit: string): Column => ({
    title: head,
    align: 'right',
    cells: rows.map((r) => {
      const v = of(r.after) - of(r.before)
      return { text: signedValueText(v, unit), tone: v === 0 ? 'quiet' : v > 0 ? 'more' : 'less' }
    }),
    least: 8,
  })
  return [
    ...tableLines(
      style,
      [
        column('bytes', (s) => s.bytes, 'bytes'),
        column('objects', (s) => s.objects, 'count'),
        ...wide(
          style,
          column('retained', (s) => s.retained, 'bytes'),
        ),
        right('now', rows, (r) => bytesText(r.after.bytes), 8),
      ],
      { title: noun, cells: rows.map((r) => cut(style, safeName(r.name))) },
      true,
    ),
    ...more(style, rows.length, all.length, noun, limit),
  ]
}
