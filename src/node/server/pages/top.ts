import { addInt, type Int } from '../../../core/base/int64.ts'
import { percentage } from '../../../core/base/units.ts'
import { type Report, ValueFormat } from '../../../core/reports/report.ts'
import type { TextDoc } from '../../../core/reports/text.ts'
import { Html, html } from './markup.ts'
import { entryLink } from './names.ts'

/** Rows that the page shows unless the user says otherwise, as in the reference, and at most. */
export const TOP_ROWS = 500
export const MOST_TOP_ROWS = 5000

/** The table of the heaviest entries. */
export function topBody(doc: TextDoc, r: Report, query: URLSearchParams, empty: Html): Html {
  if (doc.rows.length === 0) return html`<main>${empty}</main>`
  const format = new ValueFormat(r.options, doc.unit)
  const sorted = r.options.cumSort ? 'cum' : 'flat'
  const head = (title: string, name: string, cls = ''): Html =>
    html`<th scope="col"${cls !== '' && html` class="${cls}"`}${name === sorted && new Html(' aria-sort="descending"')}><button type="button">${title}</button></th>`
  const cell = (v: Int, text: string): Html => html`<td data-v="${String(v)}">${text}</td>`
  let sum: Int = 0
  const rows = doc.rows.map((row, i) => {
    sum = addInt(sum, row.flat)
    return html`<tr>${cell(row.flat, format.value(row.flat))}${cell(row.flat, percentage(row.flat, doc.total).trim())}<td data-v="${i}">${percentage(sum, doc.total).trim()}</td>${cell(row.cum, format.value(row.cum))}${cell(row.cum, percentage(row.cum, doc.total).trim())}<td class="n" data-v="${row.name}">${entryLink(row.name, query)}${row.inline !== '' && html` <span class="quiet">${row.inline}</span>`}</td></tr>\n`
  })
  const left = doc.candidates - doc.rows.length
  return html`<main><table>
<thead><tr>${head('Flat', 'flat')}${head('Flat%', '')}<th scope="col">Sum%</th>${head('Cum', 'cum')}${head('Cum%', '')}${head('Name', '', 'n')}</tr></thead>
<tbody>${rows}</tbody></table>
${left > 0 && html`<p class="quiet">${left} lighter entries are not shown: see Most entries under More filters.</p>`}</main>`
}
