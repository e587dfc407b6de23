import { percentage } from '../../../core/base/units.ts'
import { type Report, ValueFormat } from '../../../core/reports/report.ts'
import type { TextDoc } from '../../../core/reports/text.ts'
import { type Html, html } from './markup.ts'
import { entryLink } from './names.ts'

/** How many functions are offered. */
export const CHOICES = 40

/** What pages that show one function show when none was asked for: the heaviest ones to choose from. */
export function chooseBody(doc: TextDoc, r: Report, query: URLSearchParams, view: string, empty: Html): Html {
  if (doc.rows.length === 0) return html`<main>${empty}</main>`
  const format = new ValueFormat(r.options, doc.unit)
  const rows = doc.rows.map(
    (row) =>
      html`<tr><td>${format.value(row.flat)}</td><td>${percentage(row.flat, doc.total).trim()}</td><td>${format.value(row.cum)}</td><td>${percentage(row.cum, doc.total).trim()}</td><td class="n">${entryLink(row.name, query, view)}</td></tr>\n`,
  )
  return html`<main><p>Choose a function, or enter a regular expression above. These are the heaviest ones:</p>
<table><thead><tr><th scope="col">Flat</th><th scope="col">Flat%</th><th scope="col">Cum</th><th scope="col">Cum%</th><th scope="col" class="n">Name</th></tr></thead><tbody>${rows}</tbody></table></main>`
}
