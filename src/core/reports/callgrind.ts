import { flatValue } from '../analysis/graph.ts'
import { compareEdges, groupEdges, type TrimmedGraph } from '../analysis/trim.ts'
import { asSigned, hexInt, type Int, intFromFloat, subInt } from '../base/int64.ts'
import { scale } from '../base/units.ts'
import { type Report, reportGraph, type Sink, selectUnit } from './report.ts'

export interface CallgrindDoc {
  readonly graph: TrimmedGraph
  readonly unit: string
}

/** The whole graph, for KCachegrind and others (valgrind.org, "Callgrind Format Specification"). */
export function buildCallgrind(r: Report): CallgrindDoc {
  const all: Report = { ...r, options: { ...r.options, nodeFraction: 0, edgeFraction: 0, nodeCount: 0 } }
  const graph = reportGraph(all, { visual: false, edges: 'all', objectFiles: true, treeAllowed: true })
  return { graph, unit: selectUnit(all, graph, true) }
}

export function printCallgrind(doc: CallgrindDoc, r: Report, out: Sink): void {
  const g = doc.graph
  const { names, nodes } = g
  const outOf = groupEdges(g.edges, g.removed, 'from', nodes.count)
  const compare = compareEdges(g.edges, names)
  const unique = disambiguate(g)
  const objects = new NameTable()
  const files = new NameTable()
  const functions = new NameTable()
  const amount = (v: Int): Int => intFromFloat(scale(v, r.options.sampleUnit, doc.unit).value)
  out.text(`positions: instr line\nevents: ${r.options.sampleType}(${doc.unit})\n`)
  let previous = -1
  for (const node of g.order) {
    let text = ''
    if (
      previous < 0 ||
      nodes.objectFile[node] !== nodes.objectFile[previous] ||
      nodes.file[node] !== nodes.file[previous] ||
      nodes.name[node] !== nodes.name[previous]
    )
      text = `\nob=${objects.text(names.objectFile(node))}\nfl=${files.text(names.file(node))}\nfn=${functions.text(names.name(node))}\n`
    const address = (of: number): string => relativeAddress(g, previous, of)
    text += `${address(node)} ${nodes.line.get(node)} ${amount(flatValue(g.weights, node))}\n`
    for (const e of outOf.rows.slice(outOf.start[node], outOf.start[node + 1]).sort(compare)) {
      const callee = g.edges.to[e]
      text += `cfl=${files.text(names.file(callee))}\ncfn=${functions.text(unique[callee] ?? '')}\n`
      text += `calls=0 ${address(callee)} ${nodes.line.get(callee)}\n* * ${amount(g.edges.weight.get(e))}\n`
    }
    out.text(text)
    previous = node
  }
}

/** Numbers names: `(1) name` the first time, `(1)` from then on. */
class NameTable {
  private readonly known = new Map<string, number>()

  text(name: string): string {
    if (name === '') return ''
    const id = this.known.get(name)
    if (id !== undefined) return `(${id})`
    this.known.set(name, this.known.size + 1)
    return `(${this.known.size}) ${name}`
  }
}

/** An address, relative to the previous line's where that is shorter. */
function relativeAddress(g: TrimmedGraph, previous: number, node: number): string {
  const address = g.nodes.address.get(node)
  const absolute = `0x${hexInt(address)}`
  if (previous < 0) return absolute
  const before = g.nodes.address.get(previous)
  if (before === address) return '*'
  const difference = asSigned(subInt(address, before))
  const relative = `${difference >= 0 ? '+' : ''}${difference}`
  return relative.length < absolute.length ? relative : absolute
}

/**
 * Callgrind takes functions of one file and name for the same. Where they are not (other binaries, other
 * contexts of a call tree) `[k/n]` is added. Node row -> name, for the nodes shown; a callee that is not
 * (because its samples cancel out) has none, as in the reference.
 */
function disambiguate(g: TrimmedGraph): (string | undefined)[] {
  const { nodes, names } = g
  const same = new Map<string, Map<string, number>>()
  const key = (node: number): string => `${nodes.file[node]},${nodes.name[node]}`
  const identity = (node: number): string =>
    `${nodes.startLine.get(node)},${nodes.objectFile[node]},${g.contexts?.[node] ?? ''}`
  for (const node of g.order) {
    const k = key(node)
    let group = same.get(k)
    if (group === undefined) {
      group = new Map()
      same.set(k, group)
    }
    const id = identity(node)
    if (!group.has(id)) group.set(id, group.size + 1)
  }
  const out: (string | undefined)[] = []
  for (const node of g.order) {
    const group = same.get(key(node))!
    const suffix = group.size > 1 ? ` [${group.get(identity(node))}/${group.size}]` : ''
    out[node] = names.name(node) + suffix
  }
  return out
}
