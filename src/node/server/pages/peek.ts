import { addInt, type Int } from '../../../core/base/int64.ts'
import { percentage } from '../../../core/base/units.ts'
import { type Report, ValueFormat } from '../../../core/reports/report.ts'
import type { TreeCall, TreeDoc } from '../../../core/reports/tree.ts'
import { type Html, html } from './markup.ts'
import { entryLink } from './names.ts'

/** Entries, and callers or callees of one, that the page shows. */
const MOST_ENTRIES = 300
const MOST_CALLS = 200

/** Each entry between its callers and its callees. */
export function peekBody(doc: TreeDoc, r: Report, query: URLSearchParams, empty: Html): Html {
  if (doc.entries.length === 0) return html`<main>${empty}</main>`
  const format = new ValueFormat(r.options, doc.unit)
  const share = (v: Int, of: Int): string => percentage(v, of).trim()
  let sum: Int = 0
  const bodies = doc.entries.slice(0, MOST_ENTRIES).map((entry) => {
    sum = addInt(sum, entry.flat)
    const call = (c: TreeCall): Html =>
      html`<tr class="call"><td></td><td></td><td></td><td></td><td></td><td>${format.value(c.weight)}</td><td>${share(c.weight, entry.cum)}</td><td class="n">${entryLink(c.name, query)}${c.inline && html` <span class="quiet">(inline)</span>`}</td></tr>\n`
    const calls = (all: readonly TreeCall[]): Html =>
      html`${all.slice(0, MOST_CALLS).map(call)}${all.length > MOST_CALLS && html`<tr class="call"><td colspan="7"></td><td class="n quiet">… and ${all.length - MOST_CALLS} lighter ones</td></tr>`}`
    return html`<tbody class="entry">${calls(entry.callers)}<tr class="self"><td>${format.value(entry.flat)}</td><td>${share(entry.flat, doc.total)}</td><td>${share(sum, doc.total)}</td><td>${format.value(entry.cum)}</td><td>${share(entry.cum, doc.total)}</td><td></td><td></td><td class="n">${entryLink(entry.name, query, 'source')}</td></tr>
${calls(entry.callees)}<tr class="gap"><td colspan="8"></td></tr></tbody>\n`
  })
  const left = doc.entries.length - bodies.length
  return html`<main><p class="quiet">Each marked row is a function: callers above it, callees below, with the part of its value that goes through them. Its name leads to its source.</p>
<table><thead><tr><th scope="col">Flat</th><th scope="col">Flat%</th><th scope="col">Sum%</th><th scope="col">Cum</th><th scope="col">Cum%</th><th scope="col">Calls</th><th scope="col">Calls%</th><th scope="col" class="n">Context</th></tr></thead>
${bodies}</table>
${left > 0 && html`<p class="quiet">${left} more entries match: a narrower expression shows them.</p>`}</main>`
}
