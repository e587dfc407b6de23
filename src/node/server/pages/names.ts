// Names of entries on pages, with links to what is known of them.

import { splitEntry, splitFunctionName } from '../../../core/analysis/display-names.ts'
import { type Html, html } from './markup.ts'
import { exactly, pageLink } from './page-config.ts'

/** An entry's printed name, as a link to its callers and callees. */
export function entryLink(printed: string, query: URLSearchParams, view = 'peek'): Html {
  const { address, name, place } = splitEntry(printed)
  const { path, fn } = splitFunctionName(name)
  const shown = html`<span class="quiet">${path}</span>${fn}`
  const before = address === '' ? '' : `${address} `
  const linked = html`<a href="${pageLink(view, query, { f: exactly(name) })}">${shown}</a>`
  return html`${before}${linked}${place !== '' && html` <span class="quiet">${place}</span>`}`
}
