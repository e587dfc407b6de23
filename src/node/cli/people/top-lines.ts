// The table of `goscope top`, and the line of what each origin's code took itself.

import { ORIGIN_TITLES, ORIGINS, type Origin } from '../../../core/analysis/origin.ts'
import { absInt, addInt, type Int } from '../../../core/base/int64.ts'
import { shareText, signedValueText, valueText } from '../../../core/base/people-fmt.ts'
import type { TextDoc, TextRow } from '../../../core/reports/text.ts'
import { headLines, plural } from './head.ts'
import { type Entries, nameCell } from './names.ts'
import type { OpenedReport } from './open-report.ts'
import { bar, barWidth, paint, type Style, type Tone } from './style.ts'
import { type Cell, type Column, flowLines, tableLines, wrapLines } from './table.ts'

/** Below this width percentages go, too. */
export const NO_SHARES_BELOW = 55

/** What entries are of: their origin. */
export function originOfEntry(o: OpenedReport, name: string, entries: Entries): Origin | undefined {
  if (entries === 'files') return o.origins.ofFile(name)
  if (entries === 'functions') return o.origins.ofName(name)
  const bare = name.replace(/^[0-9a-f]{16} /, '').replace(/ [^ ]+:\d+(:\d+)?$/, '')
  return o.origins.ofName(bare)
}

/** The name of an entry for people: what stands for stacks without the label of --tag-root says so. */
export function entryName(o: OpenedReport, name: string): string {
  const { tagRoot, tagLeaf } = o.config
  return name === '<unknown>' && tagRoot + tagLeaf !== ''
    ? `(no ${[tagRoot, tagLeaf].filter((k) => k !== '').join(' or ')})`
    : name
}

/** How values of a report are written: with signs where it is a difference. */
export function valueWriter(o: OpenedReport): (v: Int) => string {
  const { sampleUnit } = o.report.options
  const unit = o.config.unit
  return o.base.length > 0
    ? (v) => signedValueText(v, sampleUnit, unit)
    : (v) => valueText(v, sampleUnit, unit)
}

export function numberCell(text: string): Cell {
  return text === '0' || text === '0%' || text === '–' ? { text, tone: 'quiet' } : { text }
}

/** The colour of a bar: by sign in a difference, else by origin. */
export function barTone(o: OpenedReport, v: Int, origin: Origin | undefined): Tone {
  if (o.base.length > 0) return v < 0 ? 'less' : 'more'
  return origin ?? 'quiet'
}

/** The view as lines of text. */
export function topLines(style: Style, o: OpenedReport, doc: TextDoc, limit: number): string[] {
  const entries = o.config.granularity as Entries
  const noun = entries === 'addresses' ? 'address' : entries.slice(0, -1)
  const rows = limit > 0 ? doc.rows.slice(0, limit) : doc.rows
  const head = headLines(style, o, [plural(style, doc.rows.length, noun)])
  if (rows.length === 0) return head
  return [
    ...head,
    ...tableLines(
      style,
      columnsOf(style, o, rows),
      {
        title: noun,
        cells: rows.map((row) => nameCell(style, entryName(o, row.name), entries, inlineMark(style, row))),
      },
      true,
    ),
    ...foot(style, o, doc, rows, noun),
  ]
}

function inlineMark(style: Style, row: TextRow): string {
  if (row.inline === '') return ''
  if (row.inline === '(inline)') return style.bars ? ' inl' : ' (inline)'
  return style.bars ? ' part inl' : ' (partly inline)'
}

function columnsOf(style: Style, o: OpenedReport, rows: readonly TextRow[]): Column[] {
  const value = valueWriter(o)
  const byTotal = o.config.sort === 'cum'
  const entries = o.config.granularity as Entries
  const right = (title: string, cells: Cell[], least: number): Column => ({
    title,
    align: 'right',
    cells,
    least,
  })
  const share = (v: Int): Cell => numberCell(shareText(v, o.report.total))
  const columns = [
    right(
      'self',
      rows.map((r) => numberCell(value(r.flat))),
      7,
    ),
  ]
  const shares = style.width >= NO_SHARES_BELOW
  if (shares)
    columns.push(
      right(
        'self%',
        rows.map((r) => share(r.flat)),
        5,
      ),
    )
  columns.push(
    right(
      'total',
      rows.map((r) => numberCell(value(r.cum))),
      8,
    ),
  )
  if (shares)
    columns.push(
      right(
        'total%',
        rows.map((r) => share(r.cum)),
        6,
      ),
    )
  // Lines need the room of bars for their places.
  const long = entries === 'lines' || entries === 'addresses'
  const width = long && style.width < 100 ? 0 : barWidth(style)
  if (width > 0) {
    const cells = rows.map((r) => {
      const v = byTotal ? r.cum : r.flat
      const part = Number(v) / Number(o.report.total)
      return { text: bar(style, part, width), tone: barTone(o, v, originOfEntry(o, r.name, entries)) }
    })
    columns.push({ title: '', align: 'left', cells, least: width })
  }
  return columns
}

/** What was left out, and what each origin took. */
function foot(style: Style, o: OpenedReport, doc: TextDoc, rows: readonly TextRow[], noun: string): string[] {
  const value = valueWriter(o)
  const lines: string[] = []
  if (rows.length < doc.rows.length) {
    const others = doc.rows.slice(rows.length)
    const { total } = o.report
    let rest: Int = 0
    for (const r of others) rest = addInt(rest, r.flat)
    const most = others[0]!.cum
    const what =
      o.config.sort === 'cum'
        ? `the others have a total of at most ${value(most)} (${shareText(most, total)}) each`
        : `the others have ${value(rest)} (${shareText(rest, total)}) of self together`
    const text = `${rows.length} of ${plural(style, doc.rows.length, noun)} shown, ${what}. --limit 0 for all`
    lines.push('', ...wrapLines(style, text).map((l) => paint(style, 'quiet', l)))
  }
  const legend = originPieces(style, o, doc)
  if (legend.length > 0) {
    if (lines.length === 0) lines.push('')
    lines.push(...flowLines(style, [{ text: 'self by origin', tone: 'quiet' }, ...legend], '  '))
  }
  return lines
}

/** Sum of self values by origin, most first. Entries without an origin are left out. */
export function selfByOrigin(o: OpenedReport, doc: TextDoc): { origin: Origin; self: Int }[] {
  const entries = o.config.granularity as Entries
  const sums = new Map<Origin, Int>()
  for (const row of doc.rows) {
    if (row.flat === 0) continue
    const origin = originOfEntry(o, row.name, entries)
    if (origin !== undefined) sums.set(origin, addInt(sums.get(origin) ?? 0, row.flat))
  }
  return ORIGINS.filter((origin) => sums.has(origin)).map((origin) => ({ origin, self: sums.get(origin)! }))
}

function originPieces(style: Style, o: OpenedReport, doc: TextDoc): Cell[] {
  if (o.base.length > 0) return []
  const all = selfByOrigin(o, doc)
  // One colour for everything needs no legend.
  if (all.length < 2) return []
  const mark = style.color ? (style.unicode ? '■ ' : '# ') : ''
  return all.map(({ origin, self }) => {
    const title = ORIGIN_TITLES[origin].toLowerCase()
    return {
      text: `${mark}${title === 'c and native' ? 'C and native' : title} ${shareText(absInt(self), o.report.total)}`,
      tone: origin,
    }
  })
}
