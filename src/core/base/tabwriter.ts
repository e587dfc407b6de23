import { runeCount } from './utf8.ts'

/**
 * Aligns tab-separated text as Go's text/tabwriter does with AlignRight, no minimum width and
 * `padding` blanks. A column is a run of lines that all have a tab-terminated cell at that position;
 * text after a line's last tab belongs to no column.
 */
export function alignRight(text: string, padding: number): string {
  const lines = text.split(/[\n\f]/).map((line) => line.split(/[\t\v]/))
  const widths: number[][] = lines.map(() => [])
  const format = (from: number, to: number, column: number): void => {
    for (let i = from; i < to; i++) {
      if (column >= lines[i].length - 1) continue
      let end = i
      let width = 0
      for (; end < to && column < lines[end].length - 1; end++)
        width = Math.max(width, runeCount(lines[end][column]) + padding)
      for (let k = i; k < end; k++) widths[k][column] = width
      format(i, end, column + 1)
      i = end - 1
    }
  }
  format(0, lines.length, 0)
  return lines
    .map((cells, i) =>
      cells.map((c, k) => ' '.repeat(Math.max(0, (widths[i][k] ?? 0) - runeCount(c))) + c).join(''),
    )
    .join('\n')
}
