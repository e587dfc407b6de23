// What a reader has chosen about a table, in the address under its prefix: `top.sort=-total`, `top.cols=self,total`,
// `top.w=self:120`.

import { go, param } from '../address.ts'

export interface TableSort {
  readonly column: string
  readonly descending: boolean
}

/** The order in force; `initial` is what it is before anybody chose, `-total` for the largest first. */
export function tableSort(id: string, initial: string): TableSort {
  const text = param(`${id}.sort`) || initial
  return text.startsWith('-')
    ? { column: text.slice(1), descending: true }
    : { column: text, descending: false }
}

/** Orders by a column; by the same one again: the other way round. `first` is how a column begins. */
export function sortTable(id: string, initial: string, column: string, first: 'up' | 'down'): void {
  const now = tableSort(id, initial)
  const descending = now.column === column ? !now.descending : first === 'down'
  const text = `${descending ? '-' : ''}${column}`
  go({ set: { [`${id}.sort`]: text === initial ? undefined : text } })
}

/** Columns that the reader chose; undefined if none were chosen. */
export function chosenColumns(id: string): ReadonlySet<string> | undefined {
  const text = param(`${id}.cols`)
  return text === '' ? undefined : new Set(text.split(','))
}

/** Chooses columns; undefined goes back to those that fit. */
export function chooseColumns(id: string, columns: readonly string[] | undefined): void {
  go({ set: { [`${id}.cols`]: columns?.join(',') } })
}

/** Widths that the reader dragged, px. */
export function columnWidths(id: string): ReadonlyMap<string, number> {
  const out = new Map<string, number>()
  for (const part of param(`${id}.w`).split(',')) {
    const cut = part.lastIndexOf(':')
    const width = Number(part.slice(cut + 1))
    if (cut > 0 && width >= 24 && width <= 4000) out.set(part.slice(0, cut), width)
  }
  return out
}

/** Sets the width of a column; undefined gives it back its own. */
export function setColumnWidth(id: string, column: string, width: number | undefined): void {
  const all = new Map(columnWidths(id))
  if (width === undefined) all.delete(column)
  else all.set(column, Math.round(width))
  const text = [...all].map(([c, w]) => `${c}:${w}`).join(',')
  go({ set: { [`${id}.w`]: text === '' ? undefined : text } }, { replace: true })
}
