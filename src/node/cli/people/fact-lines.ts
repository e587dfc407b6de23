import { cellWidth, cutRight } from '../../../core/base/people-fmt.ts'
import { dots, own, paint, type Style, type Tone } from './style.ts'
import { type Cell, type Column, flowLines, type LastCell, tableLines, wrapLines } from './table.ts'

/** A line of a summary: what it is about, in a column of its own, then pieces that flow. */
export function factLines(style: Style, name: string, pieces: readonly Cell[]): string[] {
  return flowLines(style, [{ text: name.padEnd(9), tone: 'quiet' }, ...pieces], ' '.repeat(11))
}

/** A column that a narrow terminal may do without, the highest number first; 0 for never. */
export interface FittingColumn extends Column {
  readonly dispensable?: number
}

/** A right-aligned column of texts. */
export function numberColumn(title: string, cells: readonly string[], dispensable = 0): FittingColumn {
  return { title, align: 'right', cells: cells.map((text) => ({ text })), dispensable }
}

/** The same of what `text` says of each row. */
export function valueColumn<T>(
  title: string,
  rows: readonly T[],
  text: (row: T) => string,
  dispensable = 0,
): FittingColumn {
  return numberColumn(title, rows.map(text), dispensable)
}

/** The line that says how many rows were left out; none if all are there. */
export function moreLine(style: Style, left: number, what = 'more'): string[] {
  return left > 0 ? [paint(style, 'quiet', own(style, `${left} ${what}; --limit 0 for all`))] : []
}

/** A remark that is no part of what was asked for. */
export function quietLines(style: Style, text: string): string[] {
  return wrapLines(style, text).map((l) => paint(style, 'quiet', l))
}

/** Lines of a table with a header, without the dispensable columns that there is no room for. */
export function fittingTable(
  style: Style,
  columns: readonly FittingColumn[],
  last: { readonly title: string; readonly cells: readonly LastCell[] },
): string[] {
  const plain = { ...style, color: false }
  let kept = columns
  for (;;) {
    const wide = tableLines(plain, kept, last, true).some((l) => cellWidth(l) > style.width)
    const most = Math.max(...kept.map((c) => c.dispensable ?? 0))
    if (!wide || most <= 0) return tableLines(style, kept, last, true)
    kept = kept.filter((c) => c.dispensable !== most)
  }
}

/** A text in the last column, cut on its right. */
export function textCell(style: Style, text: string, tone?: Tone): LastCell {
  return (room) => paint(style, tone, cutRight(own(style, text), room, dots(style)))
}

/** `≥ 290 ms` */
export function atLeast(style: Style, text: string): string {
  return `${style.unicode ? '≥' : '>='} ${text}`
}
