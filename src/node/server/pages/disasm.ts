import { padLeft } from '../../../core/base/go-fmt.ts'
import { cmpInt, hexInt } from '../../../core/base/int64.ts'
import { percentage } from '../../../core/base/units.ts'
import type { DisasmDoc, DisasmRow } from '../../../core/reports/disasm.ts'
import { valueOrDot } from '../../../core/reports/list.ts'
import { type Report, ValueFormat } from '../../../core/reports/report.ts'
import { type Html, html } from './markup.ts'

/** Functions that the page shows, as in the reference, and instructions of all of them. */
const MOST_FUNCTIONS = 50
const MOST_ROWS = 20_000

/** Instructions with their weights, the heaviest function first. */
export function disasmBody(doc: DisasmDoc, r: Report): Html {
  const format = new ValueFormat(r.options)
  const heaviest = [...doc.functions].sort((a, b) => cmpInt(b.flat, a.flat))
  let room = MOST_ROWS
  let shown = 0
  const parts: Html[] = []
  for (const fn of heaviest.slice(0, MOST_FUNCTIONS)) {
    if (room <= 0) break
    const rows = fn.rows.slice(0, room)
    room -= rows.length
    shown++
    let last = ''
    const lines = rows.map((row) => {
      const place = placeOf(row)
      const there = place === last ? '' : place
      last = place
      const hot = row.flat !== 0 || row.cum !== 0
      return html`<div${hot && html` class="hot"`}><span class="weight">${padLeft(valueOrDot(row.flat, format), 10)} ${padLeft(valueOrDot(row.cum, format), 10)}</span> <span class="ln">${padLeft(hexInt(row.address), 10)}:</span> ${row.text.padEnd(44)} <span class="quiet">${there}</span></div>`
    })
    const total = `${format.value(fn.flat)} own, ${format.value(fn.cum)} with callees (${percentage(fn.cum, doc.total).trim()})`
    parts.push(html`<h2>${fn.name} <span class="quiet">${total}</span></h2><div class="code">${lines}</div>
${rows.length < fn.rows.length && html`<p class="quiet">${fn.rows.length - rows.length} more instructions are not shown.</p>`}`)
  }
  const left = heaviest.length - shown
  return html`<main>${doc.problems.map((p) => html`<p>${p}</p>`)}${parts}
${left > 0 && html`<p class="quiet">${left} more functions match: a narrower expression shows them.</p>`}</main>`
}

function placeOf(row: DisasmRow): string {
  if (row.file === '') return row.fn
  return `${row.fn} ${row.file}${row.line === 0 ? '' : `:${row.line}`}`.trim()
}
