// Which nodes and edges a report shows (google/pprof internal/report newTrimmedGraph).
//
// The reference builds the graph up to three times: whole; without nodes of little weight; with the
// top nodes only. Weights of a node do not depend on which others are kept, only edges do. So the
// first pass sums no edges, and a pass with edges runs only where the next decision, or the report,
// looks at them.

import { absInt, addInt, cmpInt, type Int, intFromFloat } from '../base/int64.ts'
import { type EdgeChoice, type EdgeTable, noEdges, sumEdges } from './edges.ts'
import { type GraphInput, sumWeights, type Weights } from './graph.ts'
import { type LabelTags, type TagOptions, tagNodes } from './label-tags.ts'
import { sumByLabelSet } from './label-weights.ts'
import { NodeNames, type NodeTable } from './nodes.ts'

export interface TrimOptions {
  readonly nodeFraction: number
  readonly edgeFraction: number
  /** Most nodes to show; 0 or less is no limit. */
  readonly nodeCount: number
  readonly cumSort: boolean
  readonly dropNegative: boolean
  /** For pictures: order by how much a node branches, label tags count as nodes, redundant edges go. */
  readonly visual: boolean
  /** Which edges the report looks at. */
  readonly edges: 'all' | 'inlined' | { readonly touching: Uint8Array } | 'none'
  /** Label tags are summed only where this is given. */
  readonly tags?: TagOptions
}

/** What a report shows: nodes in order, and the edges that are left. */
export interface TrimmedGraph {
  readonly nodes: NodeTable
  readonly names: NodeNames
  /** Node rows in the order to show. */
  readonly order: Int32Array
  readonly weights: Weights
  readonly edges: EdgeTable
  /** Edge row -> 1 if it was left out. */
  readonly removed: Uint8Array
  /** How many nodes there were after dropping those of little weight, and how many nodes and edges were dropped. */
  readonly candidates: number
  readonly droppedNodes: number
  readonly droppedEdges: number
  readonly tags?: LabelTags
  /** Only for call trees: node row -> row of the caller, -1 for roots; tells equal functions apart. */
  readonly contexts?: Int32Array
}

/** fraction of a total as the reference cuts it: through a double, truncated, without sign. */
export function cutoff(total: Int, fraction: number): Int {
  return absInt(intFromFloat(Number(total) * fraction))
}

/** Builds the graph that a report shows. */
export function trimGraph(input: GraphInput, o: TrimOptions): TrimmedGraph {
  const names = new NodeNames(input.profile, input.nodes.table)
  const needEdges = edgeChoice(input, o)

  // First step: all nodes, to find those of little weight.
  const weights = sumWeights(input)
  let edges = noEdges(weights.flat)
  let order = selectNodes(weights, input.nodes.table.count, o.dropNegative)
  let total: Int = 0
  for (const n of order) total = addInt(total, weights.flat.get(n))
  const nodeCutoff = cutoff(total, o.nodeFraction)
  const edgeCutoff = cutoff(total, o.edgeFraction)
  let kept: Uint8Array | undefined
  let droppedNodes = 0
  if (nodeCutoff > 0) {
    const heavy = order.filter((n) => absInt(weights.cum.get(n)) >= nodeCutoff)
    if (heavy.length !== order.length) {
      droppedNodes = order.length - heavy.length
      order = heavy
      kept = marks(order, input.nodes.table.count)
    }
  }
  const candidates = order.length

  // Second step: the most important ones. Pictures judge importance by edges and tags.
  if (o.visual) edges = sumEdges(input, kept, 'all')
  const labelWeights = o.tags && sumByLabelSet(input, kept)
  let tags = labelWeights && o.tags && tagNodes(input.profile, labelWeights, o.tags)
  let removed = new Uint8Array(edges.count)
  sortNodes(order, names, weights, o, edges, removed)
  if (o.nodeCount > 0) {
    if (o.visual) {
      tags?.trim(nodeCutoff)
      trimEdges(edges, removed, edgeCutoff, marks(order, input.nodes.table.count))
    }
    const top = topNodes(order, o.nodeCount, o.visual ? tags : undefined)
    if (top.length !== order.length) {
      order = top
      kept = marks(order, input.nodes.table.count)
      if (o.visual) {
        edges = sumEdges(input, kept, 'all')
        removed = new Uint8Array(edges.count)
        tags = labelWeights && o.tags && tagNodes(input.profile, labelWeights, o.tags)
        sortNodes(order, names, weights, o, edges, removed)
      }
    }
  }

  // Last step: edges and tags of little weight, and edges that only clutter.
  if (!o.visual && needEdges !== undefined) {
    edges = sumEdges(input, kept, needEdges)
    removed = new Uint8Array(edges.count)
  }
  const before = countMarked(removed)
  tags?.trim(nodeCutoff)
  trimEdges(edges, removed, edgeCutoff, marks(order, input.nodes.table.count))
  const droppedEdges = countMarked(removed) - before
  if (o.visual) removeRedundantEdges(order, edges, removed, names)
  return {
    nodes: input.nodes.table,
    names,
    order,
    weights,
    edges,
    removed,
    candidates,
    droppedNodes,
    droppedEdges,
    ...(tags && { tags }),
  }
}

function edgeChoice(input: GraphInput, o: TrimOptions): EdgeChoice | undefined {
  if (o.edges === 'none') return undefined
  if (o.edges !== 'inlined') return o.edges
  return input.nodes.inlined.includes(1) ? { into: input.nodes.inlined } : undefined
}

/** Nodes with any weight, in row order. */
export function selectNodes(w: Weights, n: number, dropNegative: boolean): Int32Array {
  const out = new Int32Array(n)
  let length = 0
  for (let row = 0; row < n; row++) {
    const flat = w.flat.f[row]
    const cum = w.cum.f[row]
    if (flat === 0 && cum === 0) continue
    if (dropNegative && (flat < 0 || (flat === 0 && cum < 0))) continue
    out[length++] = row
  }
  return out.subarray(0, length)
}

export function marks(rows: ArrayLike<number>, n: number): Uint8Array {
  const out = new Uint8Array(n)
  for (let i = 0; i < rows.length; i++) out[rows[i]] = 1
  return out
}

export function countMarked(flags: Uint8Array): number {
  let n = 0
  for (const f of flags) n += f
  return n
}

export function topNodes(order: Int32Array, nodeCount: number, tags: LabelTags | undefined): Int32Array {
  let most = nodeCount
  if (tags !== undefined) {
    let shown = 0
    for (let i = 0; i < order.length; i++) {
      shown += Math.min(tags.countFlat(order[i]), MAX_TAGS_COUNTED) + 1
      if (shown >= most) {
        most = i + 1
        break
      }
    }
  }
  return order.subarray(0, Math.min(most, order.length))
}

/** Tags of one node that count as nodes when the number of nodes is limited. */
const MAX_TAGS_COUNTED = 4

export function sortNodes(
  order: Int32Array,
  names: NodeNames,
  w: Weights,
  o: Pick<TrimOptions, 'visual' | 'cumSort'>,
  edges: EdgeTable,
  removed: Uint8Array,
): void {
  const abs = (column: Weights['flat']) => (a: number, b: number) =>
    column.wide.size === 0
      ? Math.abs(column.f[b]) - Math.abs(column.f[a])
      : cmpInt(absInt(column.get(b)), absInt(column.get(a)))
  const byFlat = abs(w.flat)
  const byCum = abs(w.cum)
  if (o.visual) {
    const score = entropyScores(order, w, edges, removed)
    order.sort(
      (a, b) =>
        cmpInt(absInt(score[b]), absInt(score[a])) ||
        names.compare(a, b) ||
        byFlat(a, b) ||
        names.compareAll(a, b),
    )
  } else if (o.cumSort)
    order.sort((a, b) => byCum(a, b) || names.compare(a, b) || byFlat(a, b) || names.compareAll(a, b))
  else order.sort((a, b) => byFlat(a, b) || names.compare(a, b) || byCum(a, b) || names.compareAll(a, b))
}

/**
 * How interesting a node is to see: its weight times the entropy of the edges around it, so that
 * plain pass-through functions come last. By node row.
 */
function entropyScores(order: Int32Array, w: Weights, edges: EdgeTable, removed: Uint8Array): Int[] {
  const n = w.flat.length
  const total = { in: new Float64Array(n), out: new Float64Array(n) }
  const degree = { in: new Uint32Array(n), out: new Uint32Array(n) }
  const each = (fn: (weight: number, from: number, to: number) => void): void => {
    for (let e = 0; e < edges.count; e++) {
      if (removed[e] === 0) fn(edges.weight.f[e], edges.from[e], edges.to[e])
    }
  }
  each((weight, from, to) => {
    degree.out[from]++
    degree.in[to]++
    if (weight > 0) {
      total.out[from] += weight
      total.in[to] += weight
    }
  })
  for (let i = 0; i < n; i++) total.out[i] += w.flat.f[i]
  const entropy = { in: new Float64Array(n), out: new Float64Array(n) }
  const term = (share: number): number => -share * Math.log2(share)
  each((weight, from, to) => {
    if (total.out[from] !== 0) entropy.out[from] += term(Math.abs(weight) / total.out[from])
    if (total.in[to] !== 0) entropy.in[to] += term(Math.abs(weight) / total.in[to])
  })
  const score = new Array<Int>(n).fill(0)
  for (const node of order) {
    const flat = w.flat.f[node]
    const self = total.out[node] !== 0 && flat > 0 ? term(flat / total.out[node]) : 0
    const sum =
      (degree.in[node] === 0 ? 1 : entropy.in[node]) + (degree.out[node] === 0 ? 1 : entropy.out[node] + self)
    score[node] = addInt(intFromFloat(sum * w.cum.f[node]), w.flat.get(node))
  }
  return score
}

/** Leaves out edges into shown nodes that weigh less than the cutoff. */
export function trimEdges(edges: EdgeTable, removed: Uint8Array, least: Int, shown: Uint8Array): void {
  for (let e = 0; e < edges.count; e++)
    if (shown[edges.to[e]] === 1 && absInt(edges.weight.get(e)) < least) removed[e] = 1
}

/** Edge rows that are left, grouped by node: rows[start[n], start[n + 1]). */
export interface EdgeGroups {
  readonly start: Uint32Array
  readonly rows: Uint32Array
}

export function groupEdges(
  edges: EdgeTable,
  removed: Uint8Array,
  by: 'from' | 'to',
  nodes: number,
): EdgeGroups {
  const key = edges[by]
  const start = new Uint32Array(nodes + 1)
  for (let e = 0; e < edges.count; e++) if (removed[e] === 0) start[key[e] + 1]++
  for (let n = 0; n < nodes; n++) start[n + 1] += start[n]
  const next = start.slice()
  const rows = new Uint32Array(start[nodes])
  for (let e = 0; e < edges.count; e++) if (removed[e] === 0) rows[next[key[e]]++] = e
  return { start, rows }
}

/** Order of edges: heaviest first, then by name of caller and callee. */
export function compareEdges(edges: EdgeTable, names: NodeNames): (a: number, b: number) => number {
  return (a, b) => {
    const x = edges.weight.get(a)
    const y = edges.weight.get(b)
    if (x !== y) return cmpInt(absInt(y), absInt(x))
    const { from, to } = edges
    return names.comparePrinted(from[a], from[b]) || names.comparePrinted(to[a], to[b])
  }
}

/**
 * Leaves out residual edges whose ends are connected over other nodes anyway. Walks nodes from the last,
 * and their edges from the lightest, up to the first that is not residual.
 */
function removeRedundantEdges(
  order: Int32Array,
  edges: EdgeTable,
  removed: Uint8Array,
  names: NodeNames,
): void {
  const n = names.count
  const into = groupEdges(edges, removed, 'to', n)
  const compare = compareEdges(edges, names)
  const seen = new Uint32Array(n)
  let search = 0
  /** Whether edge e's source reaches its target without e. */
  const redundant = (e: number): boolean => {
    search++
    const queue = [edges.to[e]]
    seen[edges.to[e]] = search
    for (let at = 0; at < queue.length; at++) {
      const node = queue[at]
      for (let i = into.start[node]; i < into.start[node + 1]; i++) {
        const other = into.rows[i]
        const from = edges.from[other]
        if (other === e || removed[other] === 1 || seen[from] === search) continue
        if (from === edges.from[e]) return true
        seen[from] = search
        queue.push(from)
      }
    }
    return false
  }
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i]
    const rows = into.rows.slice(into.start[node], into.start[node + 1]).sort(compare)
    for (let k = rows.length - 1; k >= 0; k--) {
      const e = rows[k]
      if (removed[e] === 1) continue
      if (edges.residual[e] === 0) break
      if (redundant(e)) removed[e] = 1
    }
  }
}
