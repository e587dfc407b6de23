import { cumValue, flatValue } from '../analysis/graph.ts'
import { NodeNames } from '../analysis/nodes.ts'
import { compareEdges, groupEdges } from '../analysis/trim.ts'
import { UserError } from '../base/errors.ts'
import { padLeft } from '../base/go-fmt.ts'
import { addInt, type Int } from '../base/int64.ts'
import { percentage } from '../base/units.ts'
import {
  graphInput,
  type Report,
  reportGraph,
  reportLabels,
  type Sink,
  selectUnit,
  ValueFormat,
} from './report.ts'

/** A caller or callee of a tree entry. */
export interface TreeCall {
  readonly name: string
  readonly inline: boolean
  readonly weight: Int
}

/** A function with its callers and callees, heaviest first. */
export interface TreeEntry {
  readonly name: string
  readonly flat: Int
  readonly cum: Int
  readonly callers: readonly TreeCall[]
  readonly callees: readonly TreeCall[]
}

export interface TreeDoc {
  readonly labels: readonly string[]
  /** In display order; of those that matched if the report has a symbol. */
  readonly entries: readonly TreeEntry[]
  readonly total: Int
  readonly unit: string
  /** Whether the graph had any node at all. */
  readonly empty: boolean
}

/**
 * The graph as text: each function between its callers and callees; with a symbol only those that match.
 * Throws UserError if none does.
 */
export function buildTree(r: Report): TreeDoc {
  const { symbol } = r.options
  const touching = symbol && matchingNodes(r, (name) => symbol.test(name))
  const g = reportGraph(r, { visual: false, edges: touching ? { touching } : 'all' })
  const unit = selectUnit(r, g)
  const into = groupEdges(g.edges, g.removed, 'to', g.nodes.count)
  const outOf = groupEdges(g.edges, g.removed, 'from', g.nodes.count)
  const compare = compareEdges(g.edges, g.names)
  const calls = (groups: typeof into, node: number, end: 'from' | 'to'): TreeCall[] =>
    Array.from(groups.rows.slice(groups.start[node], groups.start[node + 1]).sort(compare), (e) => ({
      name: g.names.printed(g.edges[end][e]),
      inline: g.edges.inline[e] === 1,
      weight: g.edges.weight.get(e),
    }))
  const entries: TreeEntry[] = []
  for (const node of g.order) {
    if (touching !== undefined && touching[node] === 0) continue
    entries.push({
      name: g.names.printed(node),
      flat: flatValue(g.weights, node),
      cum: cumValue(g.weights, node),
      callers: calls(into, node, 'from'),
      callees: calls(outOf, node, 'to'),
    })
  }
  if (symbol !== undefined && entries.length === 0)
    throw new UserError(`no matches found for regexp: ${symbol.source}`)
  return {
    labels: reportLabels(r, g, new ValueFormat(r.options, unit), false),
    entries,
    total: r.total,
    unit,
    empty: g.order.length === 0,
  }
}

/** Node row -> 1 if its printed name matches. */
function matchingNodes(r: Report, matches: (name: string) => boolean): Uint8Array {
  const { nodes } = graphInput(r, { objectFiles: false })
  const names = new NodeNames(r.profile, nodes.table)
  const out = new Uint8Array(nodes.table.count)
  for (let node = 0; node < out.length; node++) out[node] = matches(names.printed(node)) ? 1 : 0
  return out
}

const SEPARATOR = '----------------------------------------------------------+-------------'
// The blanks and tabs at the end are part of the reference's line.
const LEGEND = '      flat  flat%   sum%        cum   cum%   calls calls% + context \t \t '

export function printTree(doc: TreeDoc, r: Report, out: Sink): void {
  const format = new ValueFormat(r.options, doc.unit)
  out.text(`${doc.labels.join('\n')}\n${SEPARATOR}\n${LEGEND}\n`)
  let sum: Int = 0
  for (const entry of doc.entries) {
    const call = (c: TreeCall): string =>
      `${padLeft(format.value(c.weight), 50)} ${percentage(c.weight, entry.cum)} |   ${c.name}${c.inline ? ' (inline)' : ''}\n`
    sum = addInt(sum, entry.flat)
    const flat = `${padLeft(format.value(entry.flat), 10)} ${percentage(entry.flat, doc.total)} ${percentage(sum, doc.total)}`
    const cum = `${padLeft(format.value(entry.cum), 10)} ${percentage(entry.cum, doc.total)}`
    out.text(
      `${SEPARATOR}\n${entry.callers.map(call).join('')}${flat} ${cum}                | ${entry.name}\n${entry.callees.map(call).join('')}`,
    )
  }
  if (!doc.empty) out.text(`${SEPARATOR}\n`)
}
