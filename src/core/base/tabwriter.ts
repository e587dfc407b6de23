import { runeCount } from './utf8.ts'

/**
 * Aligns tab-separated text as Go's text/tabwriter does with AlignRight, no minimum width and
 * `padding` blanks. A column is a run of lines that all have a tab-terminated cell at that position;
 * text after a line's last tab belongs to no column.
 */
export function alignRight(text: string, padding: number): string {
  const lines = text.split(/[\n\f]/).map((line) => line.split(/[\t\v]/))
  const widths: number[][] = lines.map(() => [])
  // Columns from left to right; blocks are the runs of lines that have a cell in the column before. A
  // line may have any number of cells, so this is no recursion.
  let blocks: [from: number, to: number][] = [[0, lines.length]]
  for (let column = 0; blocks.length > 0; column++) {
    const next: [from: number, to: number][] = []
    for (const [from, to] of blocks)
      for (let i = from; i < to; i++) {
        const first = i
        let width = 0
        for (; i < to && column < lines[i].length - 1; i++)
          width = Math.max(width, runeCount(lines[i][column]) + padding)
        for (let k = first; k < i; k++) widths[k][column] = width
        if (i > first) next.push([first, i])
      }
    blocks = next
  }
  return lines
    .map((cells, i) =>
      cells.map((c, k) => ' '.repeat(Math.max(0, (widths[i][k] ?? 0) - runeCount(c))) + c).join(''),
    )
    .join('\n')
}
