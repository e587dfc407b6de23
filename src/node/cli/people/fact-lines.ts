import type { Style } from './style.ts'
import { type Cell, type Column, flowLines } from './table.ts'

/** A line of a summary: what it is about, in a column of its own, then pieces that flow. */
export function factLines(style: Style, name: string, pieces: readonly Cell[]): string[] {
  return flowLines(style, [{ text: name.padEnd(9), tone: 'quiet' }, ...pieces], ' '.repeat(11))
}

/** A right-aligned column of texts. */
export function numberColumn(title: string, cells: readonly string[]): Column {
  return { title, align: 'right', cells: cells.map((text) => ({ text })) }
}
