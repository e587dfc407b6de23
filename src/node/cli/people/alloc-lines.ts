// The view of a log of allocations for people.

import type { AllocReport, AllocRow, Lifetime } from '../../../core/analysis/alloc-log/report.ts'
import { ABSENT, bytesText, countText, cutLeft, shareText } from '../../../core/base/people-fmt.ts'
import { factLines, fittingTable, moreLine, quietLines, valueColumn } from './fact-lines.ts'
import { plural } from './head.ts'
import { linesText, type ReadLog } from './log-input.ts'
import { bar, barWidth, dots, own, paint, type Style, safeName } from './style.ts'
import { flowLines } from './table.ts'

/** Frames of a stack that are shown. */
const FRAMES = 6
const STACKS = 5

/** Lines of the report. `limit` is for tables, 0 for all rows. */
export function allocLines(style: Style, read: ReadLog, r: AllocReport, limit: number): string[] {
  const lines = [
    ...flowLines(
      style,
      [
        { text: 'allocations', tone: 'strong' },
        { text: `${countText(r.allocations)} of ${bytesText(r.allocatedBytes)}`, tone: 'accent' },
        { text: `${countText(r.frees)} frees, ${plural(style, r.collections, 'collection')}` },
      ],
      '  ',
    ),
    '',
    ...summary(style, r),
  ]
  lines.push('', ...table(style, 'type', r.types, r, limit))
  lines.push('', ...table(style, 'function', r.functions, r, limit))
  lines.push(
    '',
    ...table(
      style,
      'size',
      r.sizes.map((s) => ({ ...s, name: bytesText(Number(s.name)) })),
      r,
      limit,
    ),
  )
  lines.push('', ...stacks(style, r, limit))
  lines.push('', ...quietLines(style, linesText(read)))
  return lines
}

function summary(style: Style, r: AllocReport): string[] {
  const { lifetimes: l } = r
  const lines = factLines(style, 'not freed', [
    { text: `${countText(r.keptObjects)} (${shareText(r.keptObjects, r.allocations)})`, tone: 'strong' },
    { text: `${bytesText(r.keptBytes)} (${shareText(r.keptBytes, r.allocatedBytes)})` },
    { text: 'alive at the end of the log, or not swept yet', tone: 'quiet' },
  ])
  if (!Number.isNaN(l.inAllocations.half)) {
    const lived = (what: string, t: Lifetime, text: (v: number) => string): string =>
      `half ≤ ${text(t.half)}${what}, 90 % ≤ ${text(t.mostly)}`
    lines.push(
      ...factLines(style, 'lifetimes', [
        { text: 'of what was freed:' },
        { text: lived(' further allocations', l.inAllocations, countText) },
        { text: lived('', l.inBytes, bytesText) },
        { text: lived(' collections', l.inCollections, String) },
      ]),
    )
  }
  const odd = [
    ...(r.unknownFrees > 0
      ? [{ text: `${plural(style, r.unknownFrees, 'free')} of what was allocated before the log begins` }]
      : []),
    ...(r.reused > 0
      ? [
          {
            text: `${plural(style, r.reused, 'address')} given out again without a free between: lines are missing, or of several processes`,
          },
        ]
      : []),
    ...(r.untracked > 0
      ? [{ text: `${countText(r.untracked)} objects were too many to follow: they count as kept` }]
      : []),
  ]
  if (odd.length > 0) lines.push(...factLines(style, 'also', odd))
  return lines
}

function table(
  style: Style,
  title: string,
  all: readonly AllocRow[],
  r: AllocReport,
  limit: number,
): string[] {
  const rows = limit > 0 ? all.slice(0, limit) : all
  const width = barWidth(style)
  const bars = rows.map((x) => ({
    text: bar(style, x.bytes / r.allocatedBytes, width),
    tone: 'accent' as const,
  }))
  const lines = fittingTable(
    style,
    [
      valueColumn('bytes', rows, (x) => bytesText(x.bytes)),
      valueColumn('share', rows, (x) => shareText(x.bytes, r.allocatedBytes), 3),
      ...(width > 0
        ? [{ title: '', align: 'left' as const, cells: bars, least: width, dispensable: 2 }]
        : []),
      valueColumn('objects', rows, (x) => countText(x.objects)),
      valueColumn('kept', rows, (x) => (x.keptObjects === 0 ? ABSENT : countText(x.keptObjects)), 1),
      valueColumn('kept bytes', rows, (x) => (x.keptBytes === 0 ? ABSENT : bytesText(x.keptBytes)), 4),
    ],
    {
      title,
      cells: rows.map((x) => (room) => {
        const place = x.place === '' ? '' : `  ${safeName(x.place)}`
        const name = cutLeft(own(style, safeName(x.name)), room, dots(style))
        return (
          paint(style, 'strong', name) + paint(style, 'quiet', name.length + place.length > room ? '' : place)
        )
      }),
    },
  )
  return [...lines, ...moreLine(style, all.length - rows.length)]
}

function stacks(style: Style, r: AllocReport, limit: number): string[] {
  const rows = limit > 0 ? r.stacks.slice(0, Math.min(limit, STACKS)) : r.stacks
  const lines: string[] = []
  for (const s of rows) {
    const kept = s.keptObjects === 0 ? '' : `, ${countText(s.keptObjects)} not freed`
    lines.push(
      ...flowLines(style, [
        { text: bytesText(s.bytes), tone: 'strong' },
        { text: `${countText(s.objects)} × ${bytesText(s.size)}${kept}` },
        { text: safeName(s.type), tone: 'accent' },
      ]),
    )
    // The runtime's own frames above the one that asked are the same everywhere.
    const first = Math.max(
      0,
      s.frames.findIndex((f) => !f.name.startsWith('runtime.')),
    )
    const shown = s.frames.slice(first, first + FRAMES)
    for (const f of shown) {
      const text = `    ${safeName(f.name)}  ${safeName(f.file)}:${f.line}`
      lines.push(own(style, cutLeft(text, style.width, dots(style))))
    }
    const left = s.frames.length - first - shown.length
    if (left > 0) lines.push(paint(style, 'quiet', own(style, `    ${dots(style)} ${left} more`)))
  }
  return [...lines, ...moreLine(style, r.stacks.length - rows.length, 'more stacks')]
}
