// Tables for people: columns of numbers as wide as they need to be, and one column of names that takes
// what is left and is cut on its left.

import { cellWidth, padEnd, padStart } from '../../../core/base/people-fmt.ts'
import { own, paint, type Style, type Tone } from './style.ts'

export interface Cell {
  readonly text: string
  readonly tone?: Tone | undefined
}

export interface Column {
  readonly title: string
  readonly align: 'left' | 'right'
  readonly cells: readonly Cell[]
  /** Narrowest width, for columns that must not jump between tables. */
  readonly least?: number
  /** Blanks in front; 2 unless set. */
  readonly gap?: number
}

/** What stands in the last column: painted text that is at most `width` cells. */
export type LastCell = (width: number) => string

/** The last column never gets less than this, however narrow the terminal says it is. */
const LEAST_LAST = 8

/** Lines of a table, header first ('' for none), no line ends. Nothing stands behind the last column. */
export function tableLines(
  style: Style,
  columns: readonly Column[],
  last: { readonly title: string; readonly cells: readonly LastCell[] },
  header: boolean,
): string[] {
  const widths = columns.map((c) =>
    c.cells.reduce(
      (w, cell) => Math.max(w, cellWidth(own(style, cell.text))),
      Math.max(c.least ?? 0, header ? c.title.length : 0),
    ),
  )
  const gaps = columns.map((c, k) => ' '.repeat(k === 0 ? (c.gap ?? 0) : (c.gap ?? 2)))
  const used = widths.reduce((n, w, k) => n + w + gaps[k]!.length, 0) + (columns.length > 0 ? 2 : 0)
  const room = Math.max(LEAST_LAST, style.width - used)
  const line = (cells: readonly Cell[], end: string): string => {
    const parts = cells.map((cell, k) => {
      const text = own(style, cell.text)
      const pad = columns[k]!.align === 'right' ? padStart : padEnd
      const padded = pad(text, widths[k]!)
      return gaps[k] + (text === '' ? padded : padded.replace(text, () => paint(style, cell.tone, text)))
    })
    const front = parts.join('') + (columns.length > 0 ? '  ' : '')
    return end === '' ? front.trimEnd() : front + end
  }
  const out = last.cells.map((cell, row) =>
    line(
      columns.map((c) => c.cells[row] ?? { text: '' }),
      cell(room),
    ),
  )
  if (!header) return out
  return [
    line(
      columns.map((c) => ({ text: c.title, tone: 'quiet' })),
      paint(style, 'quiet', last.title),
    ),
    ...out,
  ]
}

/**
 * Pieces of text on as many lines as they need: two blanks between pieces, and never wider than the
 * style; a piece that is wider than a line is broken as wrapLines does it.
 */
export function flowLines(style: Style, pieces: readonly Cell[], indent = ''): string[] {
  const lines: string[] = []
  let line = ''
  let width = 0
  for (const piece of pieces) {
    const text = own(style, piece.text)
    const w = cellWidth(text)
    if (line !== '' && width + 2 + w > style.width) {
      lines.push(line)
      line = indent
      width = indent.length
    } else if (line !== '') {
      line += '  '
      width += 2
    }
    const parts = width + w > style.width ? wrapLines(style, ' '.repeat(width) + text, indent) : []
    if (parts.length > 1) {
      parts[0] = parts[0]!.slice(width)
      const last = parts.pop()!
      lines.push(
        line + paint(style, piece.tone, parts[0]!),
        ...parts.slice(1).map((l) => paint(style, piece.tone, l)),
      )
      line = paint(style, piece.tone, last)
      width = cellWidth(last)
    } else {
      line += paint(style, piece.tone, text)
      width += w
    }
  }
  if (line !== '') lines.push(line)
  return lines
}

/** A sentence broken at blanks so that no line is wider than the style; words that are wider are broken anywhere. */
export function wrapLines(style: Style, text: string, indent = ''): string[] {
  const lines: string[] = []
  let line: string | undefined
  for (const word of own(style, text)
    .split(' ')
    .flatMap((w) => pieces(w, style.width - indent.length))) {
    if (line === undefined) line = word
    else if (line.trim() !== '' && cellWidth(line) + 1 + cellWidth(word) > style.width) {
      lines.push(line)
      line = indent + word
    } else line += ` ${word}`
  }
  if (line !== undefined) lines.push(line)
  return lines
}

/** A word in pieces of at most `width` cells. */
function pieces(word: string, width: number): string[] {
  if (cellWidth(word) <= width || width < 1) return [word]
  const out: string[] = []
  let piece = ''
  for (const c of word) {
    if (piece !== '' && cellWidth(piece + c) > width) {
      out.push(piece)
      piece = ''
    }
    piece += c
  }
  return [...out, piece]
}
