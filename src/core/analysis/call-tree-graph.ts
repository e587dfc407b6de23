// The graph as a forest: a node for every path from a root, instead of one per function.

import { UserError } from '../base/errors.ts'
import { GrowU32 } from '../base/grow.ts'
import { absInt, addInt, type Int, Int64Column } from '../base/int64.ts'
import type { Profile } from '../model/profile.ts'
import type { EdgeTable } from './edges.ts'
import { countsSample, type GraphInput, lanesOf, sumLanes, type Weights } from './graph.ts'
import { type LabelTags, tagNodes } from './label-tags.ts'
import { checkPairs, type LabelWeights } from './label-weights.ts'
import { NodeNames, type NodeTable } from './nodes.ts'
import {
  countMarked,
  cutoff,
  marks,
  selectNodes,
  sortNodes,
  type TrimmedGraph,
  type TrimOptions,
  topNodes,
  trimEdges,
} from './trim.ts'

/** Tree nodes, rows from 0; a parent's row is smaller than its children's. */
interface PathTree {
  readonly count: number
  /** Row of the caller, -1 for roots. */
  readonly parent: Int32Array
  /** Row of the profile's nodes that this is an occurrence of. */
  readonly node: Uint32Array
  /** 1 if the call was inlined every time. */
  readonly inline: Uint8Array
  /** Tree node in which each sample ends, -1 for samples that do not count. */
  readonly leaf: Int32Array
}

/** Half of what a Map can hold: a stack of millions of frames is as many nodes. */
const MAX_TREE = 2 ** 23

/** Throws UserError if there are too many. */
function buildPaths(input: GraphInput): PathTree {
  const { profile, nodes } = input
  const { stackStart, stackEnd, frame, count } = profile.samples
  const counts = countsSample(input)
  const parent = new GrowU32(1024)
  const node = new GrowU32(1024)
  const inline = new GrowU32(1024)
  const leaf = new Int32Array(count).fill(-1)
  const rows = new Map<number, number>()
  for (let row = 0; row < count; row++) {
    if (!counts(row)) continue
    // Row + 1 of the node above, 0 above the roots.
    let above = 0
    for (let i = stackEnd[row] - 1; i >= stackStart[row]; i--) {
      const loc = frame[i]
      const last = nodes.start[loc + 1] - 1
      for (let k = last; k >= nodes.start[loc]; k--) {
        const key = above * nodes.table.count + nodes.node[k]
        let at = rows.get(key)
        if (at === undefined) {
          at = node.length
          if (at === MAX_TREE)
            throw new UserError(
              `the call tree has more than ${MAX_TREE} nodes; leave some out with focus or ignore`,
            )
          rows.set(key, at)
          parent.push(above)
          node.push(nodes.node[k])
          inline.push(1)
        }
        if (k === last) inline.a[at] = 0
        above = at + 1
      }
    }
    leaf[row] = above - 1
  }
  return {
    count: node.length,
    parent: Int32Array.from(parent.done(), (p) => p - 1),
    node: node.done(),
    inline: Uint8Array.from(inline.done()),
    leaf,
  }
}

/** Sums one value over the tree: flat where samples end, cum from there to the root. */
function sumPaths(tree: PathTree, column: Int64Column): { flat: Int64Column; cum: Int64Column } {
  const [flat, cum] = sumLanes(lanesOf(column), (lane) => {
    const f = new Float64Array(tree.count)
    for (let row = 0; row < lane.length; row++) if (tree.leaf[row] >= 0) f[tree.leaf[row]] += lane[row]
    const c = f.slice()
    for (let n = tree.count - 1; n >= 0; n--) if (tree.parent[n] >= 0) c[tree.parent[n]] += c[n]
    return [f, c]
  })
  return { flat, cum }
}

function gatherNodes(t: NodeTable, rows: Uint32Array): NodeTable {
  const pick = (a: Uint32Array): Uint32Array => Uint32Array.from(rows, (r) => a[r])
  return {
    count: rows.length,
    name: pick(t.name),
    file: pick(t.file),
    address: t.address.gather(rows),
    line: t.line.gather(rows),
    column: t.column.gather(rows),
    startLine: t.startLine.gather(rows),
    objectFile: pick(t.objectFile),
  }
}

function sumPathLabels(p: Profile, tree: PathTree, input: GraphInput): LabelWeights {
  const rowOf = new Map<number, number>()
  const node = new GrowU32(256)
  const set = new GrowU32(256)
  const flat: Int[] = []
  const cum: Int[] = []
  const flatDivisor: Int[] = []
  const cumDivisor: Int[] = []
  const value = p.samples.value[input.value]
  const divisor = input.divisor === undefined ? undefined : p.samples.value[input.divisor]
  for (let row = 0; row < p.samples.count; row++) {
    const s = p.samples.labelSet[row]
    const v = value.get(row)
    const d = divisor?.get(row) ?? 0
    for (let n = tree.leaf[row]; n >= 0; n = tree.parent[n]) {
      const key = n * p.labelSets.count + s
      let at = rowOf.get(key)
      if (at === undefined) {
        at = flat.length
        rowOf.set(key, at)
        node.push(n)
        set.push(s)
        checkPairs(node.length)
        for (const sums of [flat, cum, flatDivisor, cumDivisor]) sums.push(0)
      }
      cum[at] = addInt(cum[at], v)
      cumDivisor[at] = addInt(cumDivisor[at], d)
      if (n === tree.leaf[row]) {
        flat[at] = addInt(flat[at], v)
        flatDivisor[at] = addInt(flatDivisor[at], d)
      }
    }
  }
  return {
    count: flat.length,
    node: node.done(),
    set: set.done(),
    flat: Int64Column.of(flat),
    cum: Int64Column.of(cum),
    flatDivisor: Int64Column.of(flatDivisor),
    cumDivisor: Int64Column.of(cumDivisor),
  }
}

/** trimGraph for call trees: nodes that are not kept give their callees to their caller. */
export function trimCallTree(input: GraphInput, o: TrimOptions): TrimmedGraph {
  const tree = buildPaths(input)
  const nodes = gatherNodes(input.nodes.table, tree.node)
  const names = new NodeNames(input.profile, nodes)
  const sums = sumPaths(tree, input.profile.samples.value[input.value])
  const divisors =
    input.divisor === undefined ? undefined : sumPaths(tree, input.profile.samples.value[input.divisor])
  const weights: Weights = {
    ...sums,
    ...(divisors && { flatDivisor: divisors.flat, cumDivisor: divisors.cum }),
  }
  const tags: LabelTags | undefined =
    o.tags && tagNodes(input.profile, sumPathLabels(input.profile, tree, input), o.tags)

  let order = selectNodes(weights, tree.count, o.dropNegative)
  let total: Int = 0
  for (const n of order) total = addInt(total, weights.flat.get(n))
  const nodeCutoff = cutoff(total, o.nodeFraction)
  const edgeCutoff = cutoff(total, o.edgeFraction)
  const links = new TreeLinks(tree, order)
  let droppedNodes = 0
  if (nodeCutoff > 0) {
    const heavy = order.filter((n) => absInt(weights.cum.get(n)) >= nodeCutoff)
    if (heavy.length !== order.length) {
      droppedNodes = order.length - heavy.length
      links.keep(heavy)
      order = heavy
    }
  }
  const candidates = order.length
  let edges = links.edges(weights)
  let removed = new Uint8Array(edges.count)
  sortNodes(order, names, weights, o, edges, removed)
  if (o.nodeCount > 0) {
    tags?.trim(nodeCutoff)
    links.cut(edges, removed, edgeCutoff, order)
    const top = topNodes(order, o.nodeCount, o.visual ? tags : undefined)
    if (top.length !== order.length) {
      links.keep(top)
      order = top
      edges = links.edges(weights)
      removed = new Uint8Array(edges.count)
      sortNodes(order, names, weights, o, edges, removed)
    } else {
      edges = links.edges(weights)
      removed = new Uint8Array(edges.count)
    }
  }
  tags?.trim(nodeCutoff)
  trimEdges(edges, removed, edgeCutoff, marks(order, tree.count))
  return {
    nodes,
    names,
    order,
    weights,
    edges,
    removed,
    candidates,
    droppedNodes,
    droppedEdges: countMarked(removed),
    ...(tags && { tags }),
    contexts: tree.parent,
  }
}

/** Who calls whom while nodes are taken out. */
class TreeLinks {
  private readonly parent: Int32Array
  private readonly inline: Uint8Array
  private readonly residual: Uint8Array
  /** 1 for nodes that can be taken out: those with weight. */
  private present: Uint8Array

  constructor(tree: PathTree, order: Int32Array) {
    this.parent = tree.parent.slice()
    this.inline = tree.inline.slice()
    this.residual = new Uint8Array(tree.count)
    this.present = marks(order, tree.count)
  }

  /** Takes out all present nodes but these. */
  keep(rows: Int32Array): void {
    const kept = marks(rows, this.parent.length)
    const gone = this.present.map((p, n) => (p === 1 && kept[n] === 0 ? 1 : 0))
    // Parents first: by then the parent of a node that goes is one that stays.
    for (let n = 0; n < this.parent.length; n++) {
      const p = this.parent[n]
      if (p < 0 || gone[p] === 0) continue
      this.parent[n] = this.parent[p]
      if (this.parent[n] < 0) continue
      this.residual[n] = 1
      this.inline[n] &= this.inline[p]
    }
    for (let n = 0; n < gone.length; n++) if (gone[n] === 1) this.parent[n] = -1
    this.present = kept
  }

  /** Removes light edges for good, so that their callees become roots. */
  cut(edges: EdgeTable, removed: Uint8Array, least: Int, order: Int32Array): void {
    trimEdges(edges, removed, least, marks(order, this.parent.length))
    for (let e = 0; e < edges.count; e++) if (removed[e] === 1) this.parent[edges.to[e]] = -1
  }

  edges(weights: Weights): EdgeTable {
    const to = new GrowU32(256)
    for (let n = 0; n < this.parent.length; n++) if (this.parent[n] >= 0) to.push(n)
    const rows = to.done()
    return {
      count: rows.length,
      from: Uint32Array.from(rows, (n) => this.parent[n]),
      to: rows,
      // All of a node's weight came over the one call to it.
      weight: weights.cum.gather(rows),
      ...(weights.cumDivisor && { divisor: weights.cumDivisor.gather(rows) }),
      residual: Uint8Array.from(rows, (n) => this.residual[n]),
      inline: Uint8Array.from(rows, (n) => this.inline[n]),
    }
  }
}
