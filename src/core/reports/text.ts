import { cumValue, flatValue } from '../analysis/graph.ts'
import { padLeft } from '../base/go-fmt.ts'
import { addInt, type Int } from '../base/int64.ts'
import { percentage } from '../base/units.ts'
import { type Report, reportGraph, reportLabels, type Sink, selectUnit, ValueFormat } from './report.ts'

/** One entry of a top report. */
export interface TextRow {
  readonly name: string
  /** '(inline)' if the function was inlined wherever it shows, '(partial-inline)' if sometimes, else ''. */
  readonly inline: '' | '(inline)' | '(partial-inline)'
  readonly flat: Int
  readonly cum: Int
}

export interface TextDoc {
  readonly labels: readonly string[]
  readonly rows: readonly TextRow[]
  readonly total: Int
  /** Unit that all values are printed in. */
  readonly unit: string
  /** How many entries there would be without the limit, and how many were too light to count. */
  readonly candidates: number
  readonly dropped: number
}

/** The heaviest functions (or lines, files, addresses) as a table. */
export function buildText(r: Report): TextDoc {
  const g = reportGraph(r, { visual: false, edges: 'inlined' })
  const unit = selectUnit(r, g)
  const inlined = new Uint8Array(g.nodes.count)
  const INLINE = 1
  const CALLED = 2
  for (let e = 0; e < g.edges.count; e++)
    if (g.removed[e] === 0) inlined[g.edges.to[e]] |= g.edges.inline[e] === 1 ? INLINE : CALLED
  const inlineText = ['', '(inline)', '', '(partial-inline)'] as const
  const rows = Array.from(g.order, (node) => ({
    name: g.names.printed(node),
    inline: inlineText[inlined[node]],
    flat: flatValue(g.weights, node),
    cum: cumValue(g.weights, node),
  }))
  return {
    labels: reportLabels(r, g, new ValueFormat(r.options, unit), false),
    rows,
    total: r.total,
    unit,
    candidates: g.candidates,
    dropped: g.droppedNodes,
  }
}

export function printText(doc: TextDoc, r: Report, out: Sink): void {
  const format = new ValueFormat(r.options, doc.unit)
  let text = `${doc.labels.join('\n')}\n      flat  flat%   sum%        cum   cum%\n`
  let sum: Int = 0
  for (const row of doc.rows) {
    sum = addInt(sum, row.flat)
    const flat = `${padLeft(format.value(row.flat), 10)} ${percentage(row.flat, doc.total)} ${percentage(sum, doc.total)}`
    const cum = `${padLeft(format.value(row.cum), 10)} ${percentage(row.cum, doc.total)}`
    text += `${flat} ${cum}  ${row.name}${row.inline && ` ${row.inline}`}\n`
    if (text.length > 1 << 16) {
      out.text(text)
      text = ''
    }
  }
  out.text(text)
}
