// Functions between their callers and callees, as `goscope tree` and `goscope peek` show them:
//
//      self  self%     total  total%
//                     1.71 s    100%  ┌ main.(*Shop).price.func1
//         0     0%    1.71 s   17.5%  main.validSKU
//                     1.65 s   96.5%  ├ regexp.MustCompile
//                      60 ms    3.5%  └ regexp.(*Regexp).MatchString inl

import { addInt, type Int } from '../../../core/base/int64.ts'
import { countText, shareText } from '../../../core/base/people-fmt.ts'
import type { TreeCall, TreeDoc, TreeEntry } from '../../../core/reports/tree.ts'
import { headLines, plural } from './head.ts'
import { jsonHead, jsonInt, jsonText } from './json.ts'
import { type Entries, nameCell } from './names.ts'
import type { OpenedReport } from './open-report.ts'
import { dots, paint, type Style } from './style.ts'
import { type Cell, type Column, type LastCell, tableLines, wrapLines } from './table.ts'
import { entryName, NO_SHARES_BELOW, numberCell, originOfEntry, valueWriter } from './top-lines.ts'

export interface CallView {
  readonly doc: TreeDoc
  /** How many entries there are without the limit. */
  readonly count: number
  /** Most callers, and most callees, of one entry. */
  readonly calls: number
}

interface Row {
  readonly cells: readonly Cell[]
  readonly last: LastCell
}

const NO_CELLS: readonly Cell[] = [{ text: '' }, { text: '' }, { text: '' }, { text: '' }]

/** The view as lines of text. */
export function callLines(style: Style, o: OpenedReport, view: CallView): string[] {
  const { entries } = view.doc
  const noun = o.config.granularity === 'addresses' ? 'address' : o.config.granularity.slice(0, -1)
  const lines = headLines(style, o, [plural(style, view.count, noun)])
  if (entries.length === 0) return lines
  const rows = entries.flatMap((entry, k) => [
    ...(k > 0 ? [{ cells: NO_CELLS, last: () => '' }] : []),
    ...blockRows(style, o, entry, view.calls),
  ])
  const column = (title: string, at: number, least: number): Column => ({
    title,
    align: 'right',
    cells: rows.map((r) => r.cells[at]!),
    least,
  })
  const columns = [
    column('self', 0, 7),
    column('self%', 1, 5),
    column('total', 2, 8),
    column('total%', 3, 6),
  ].filter((c) => style.width >= NO_SHARES_BELOW || !c.title.endsWith('%'))
  lines.push(...tableLines(style, columns, { title: noun, cells: rows.map((r) => r.last) }, true))
  const rest = view.count - entries.length
  const text = [
    'Callers above, callees below; their shares are of the function’s total.',
    ...(rest > 0 ? [`${entries.length} of ${plural(style, view.count, noun)} shown; --limit 0 for all`] : []),
  ].join(' ')
  const plain = style.unicode ? text : text.replaceAll('’', "'")
  return [...lines, '', ...wrapLines(style, plain).map((l) => paint(style, 'quiet', l))]
}

function blockRows(style: Style, o: OpenedReport, entry: TreeEntry, most: number): Row[] {
  const value = valueWriter(o)
  const { total } = o.report
  const entries = o.config.granularity as Entries
  const row = (cells: Cell[], last: LastCell): Row => ({ cells, last })
  const callRow = (call: TreeCall, edge: string): Row => {
    const suffix = call.inline ? (style.bars ? ' inl' : ' (inline)') : ''
    const name = nameCell(style, entryName(o, call.name), entries, suffix, 'plain')
    return row(
      [
        { text: '' },
        { text: '' },
        { text: value(call.weight) },
        numberCell(shareText(call.weight, entry.cum)),
      ],
      (width) => paint(style, 'quiet', edge) + name(width - 2),
    )
  }
  const moreRow = (rest: readonly TreeCall[], what: string, edge: string): Row => {
    let sum: Int = 0
    for (const c of rest) sum = addInt(sum, c.weight)
    return row(
      [{ text: '' }, { text: '' }, { text: value(sum) }, numberCell(shareText(sum, entry.cum))],
      () => paint(style, 'quiet', `${edge}${dots(style)} ${countText(rest.length)} more ${what}`),
    )
  }
  const cut = (calls: readonly TreeCall[]): number =>
    most > 0 && calls.length > most + 1 ? most : calls.length
  const edges = style.unicode
    ? { top: '┌ ', middle: '├ ', bottom: '└ ' }
    : { top: '< ', middle: '> ', bottom: '> ' }
  const callers = entry.callers.slice(0, cut(entry.callers))
  const callees = entry.callees.slice(0, cut(entry.callees))
  const moreCallers = entry.callers.slice(callers.length)
  const moreCallees = entry.callees.slice(callees.length)
  const above = style.unicode ? edges.middle : '< '
  const name = nameCell(style, entryName(o, entry.name), entries)
  return [
    ...callers.map((c, k) => callRow(c, k === 0 ? edges.top : above)),
    ...(moreCallers.length > 0 ? [moreRow(moreCallers, 'callers', above)] : []),
    row(
      [
        numberCell(value(entry.flat)),
        numberCell(shareText(entry.flat, total)),
        numberCell(value(entry.cum)),
        numberCell(shareText(entry.cum, total)),
      ],
      name,
    ),
    ...callees.map((c, k) =>
      callRow(c, k === callees.length - 1 && moreCallees.length === 0 ? edges.bottom : edges.middle),
    ),
    ...(moreCallees.length > 0 ? [moreRow(moreCallees, 'callees', edges.bottom)] : []),
  ]
}

/** goscope.tree/1 or goscope.peek/1, with all callers and callees. */
export function callJson(schema: string, o: OpenedReport, doc: TreeDoc, count: number): object {
  const entries = o.config.granularity as Entries
  const calls = (list: readonly TreeCall[]): object[] =>
    list.map((c) => ({ name: jsonText(c.name), weight: jsonInt(c.weight), inline: c.inline }))
  return {
    ...jsonHead(schema, o),
    by: entries,
    sort: o.config.sort === 'cum' ? 'total' : 'self',
    count,
    shown: doc.entries.length,
    rows: doc.entries.map((e) => ({
      name: jsonText(e.name),
      self: jsonInt(e.flat),
      total: jsonInt(e.cum),
      origin: originOfEntry(o, e.name, entries) ?? null,
      callers: calls(e.callers),
      callees: calls(e.callees),
    })),
  }
}
