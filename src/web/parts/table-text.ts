// Rows of a table as text, for the clipboard.

/** What a column gives as text; `text` of a row as it is shown. */
export interface TextColumn {
  readonly title: string
  text(row: number): string
}

export const TABLE_FORMATS = ['TSV', 'CSV', 'Markdown'] as const
export type TableFormat = (typeof TABLE_FORMATS)[number]

/** All rows in a format, with a line of titles; lines end with a line feed. */
export function tableText(
  columns: readonly TextColumn[],
  rows: ArrayLike<number>,
  format: TableFormat,
): string {
  const lines: string[] = []
  const join = LINES[format]
  lines.push(join(columns.map((c) => c.title)))
  if (format === 'Markdown') lines.push(`|${columns.map(() => ' --- |').join('')}`)
  for (let i = 0; i < rows.length; i++) lines.push(join(columns.map((c) => c.text(rows[i]!))))
  return `${lines.join('\n')}\n`
}

const LINES: Readonly<Record<TableFormat, (cells: string[]) => string>> = {
  // A tab or a line's end would make two cells of one.
  TSV: (cells) => cells.map((c) => c.replace(/[\t\r\n]+/g, ' ')).join('\t'),
  CSV: (cells) => cells.map(csvCell).join(','),
  Markdown: (cells) => `| ${cells.map(markdownCell).join(' | ')} |`,
}

function csvCell(text: string): string {
  // What begins like a formula would be one in a spreadsheet; names come from strangers.
  const safe = /^[=+@\t\r]|^-[^\d.]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Text that Markdown and HTML take as text, in one line. */
function markdownCell(text: string): string {
  return text
    .replace(/[\r\n]+/g, ' ')
    .replace(/[\\`*_[\]<>|&#]/g, (c) =>
      c === '<' ? '&lt;' : c === '>' ? '&gt;' : c === '&' ? '&amp;' : `\\${c}`,
    )
}
