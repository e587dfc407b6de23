// The call graph as pictures show it: which functions, which calls, and the labels that hang off them.

import { cumValue, flatValue, meanOf } from '../../../analysis/graph.ts'
import { compareTags, type Tag, tagCum, tagFlat } from '../../../analysis/label-tags.ts'
import { ORIGINS } from '../../../analysis/origin.ts'
import { FrameOrigins } from '../../../analysis/transform/frame-names.ts'
import { groupEdges, type TrimmedGraph } from '../../../analysis/trim.ts'
import { buildDot, collapseTags, MAX_NODELETS } from '../../../reports/dot.ts'
import { type ProfileQuery, preparedReport } from '../profile-query.ts'
import type { Workbench } from '../workbench.ts'

/** Columns of nodes are as long as `names`, in the order of importance; edges refer to their rows. */
export interface CallGraph {
  /** Full name of the function; the printed entry where the granularity is no function. */
  readonly names: readonly string[]
  /** File, line or address behind the name, as the granularity has it; '' if none. */
  readonly places: readonly string[]
  /** Index of ORIGINS, 255 for what is no function. */
  readonly origin: Uint8Array
  readonly self: Float64Array
  readonly total: Float64Array
  readonly edges: {
    readonly from: Uint32Array
    readonly to: Uint32Array
    readonly weight: Float64Array
    /** 1 if it goes over functions that are not shown. */
    readonly residual: Uint8Array
    readonly inlined: Uint8Array
  }
  /** Labels at nodes; `under` is the row of another label (a number with it), or -1. */
  readonly tags: readonly {
    readonly node: number
    readonly under: number
    readonly name: string
    readonly weight: number
  }[]
  readonly unit: string
  /** What percentages are of. */
  readonly whole: number
  readonly difference: boolean
  /** Functions there are after the filters, and what was left out for its weight. */
  readonly candidates: number
  readonly droppedNodes: number
  readonly droppedEdges: number
  readonly remarks: readonly string[]
}

export const fresh = true

/** The graph with the options of the query: n, nf, ef, trim, calltree, g and all filters. */
export async function answer(w: Workbench, { query }: { query: ProfileQuery }): Promise<CallGraph> {
  const { report, remarks } = await preparedReport(w, query, 'svg')
  const { profile, options, total } = report
  const { graph: g } = buildDot(report)
  const origins = new FrameOrigins(profile)
  const { order, edges } = g
  const row = new Int32Array(g.nodes.count).fill(-1)
  order.forEach((node, i) => {
    row[node] = i
  })
  const names: string[] = []
  const places: string[] = []
  const origin = new Uint8Array(order.length)
  const self = new Float64Array(order.length)
  const sum = new Float64Array(order.length)
  order.forEach((node, i) => {
    const name = g.names.name(node)
    const parts = g.names.components(node)
    names.push(name === '' ? parts.join(' ') : name)
    places.push(name === '' ? '' : parts.filter((p) => p !== name).join(' '))
    const o = name === '' ? origins.ofFile(g.names.file(node)) : origins.ofName(name)
    origin[i] = o === undefined ? 255 : ORIGINS.indexOf(o)
    self[i] = Number(flatValue(g.weights, node))
    sum[i] = Number(cumValue(g.weights, node))
  })
  const kept: number[] = []
  for (let e = 0; e < edges.count; e++)
    if (g.removed[e] === 0 && row[edges.from[e]] >= 0 && row[edges.to[e]] >= 0) kept.push(e)
  const { value } = options
  return {
    names,
    places,
    origin,
    self,
    total: sum,
    edges: {
      from: Uint32Array.from(kept, (e) => row[edges.from[e]]),
      to: Uint32Array.from(kept, (e) => row[edges.to[e]]),
      weight: Float64Array.from(kept, (e) => Number(meanOf(edges.weight.get(e), edges.divisor?.get(e)))),
      residual: Uint8Array.from(kept, (e) => edges.residual[e]),
      inlined: Uint8Array.from(kept, (e) => edges.inline[e]),
    },
    tags: tagsOf(g),
    unit: profile.sampleTypes[value].unit,
    whole: Number(total),
    difference: (query.base?.length ?? 0) > 0 || profile.samples.value[value].f.some((v) => v < 0),
    candidates: g.candidates,
    droppedNodes: g.droppedNodes,
    droppedEdges: g.droppedEdges,
    remarks,
  }
}

/** Labels of nodes; those of nodes that call others by what the node itself weighs, as in the reference. */
function tagsOf(g: TrimmedGraph): CallGraph['tags'] {
  const out: CallGraph['tags'][number][] = []
  if (g.tags === undefined) return out
  const outOf = groupEdges(g.edges, g.removed, 'from', g.nodes.count)
  g.order.forEach((node, i) => {
    const byFlat = outOf.start[node + 1] > outOf.start[node]
    const { text, numeric } = g.tags!.of(node)
    const numbers = (tags: readonly Tag[], under: number): void => {
      for (const tag of collapseTags(tags, byFlat)) {
        const weight = Number(byFlat || tagFlat(tag) === tagCum(tag) ? tagFlat(tag) : tagCum(tag))
        if (weight !== 0) out.push({ node: i, under, name: tag.name, weight })
      }
    }
    for (const tag of text.sort(compareTags(byFlat)).slice(0, MAX_NODELETS)) {
      const weight = Number(byFlat ? tagFlat(tag) : tagCum(tag))
      if (weight === 0) continue
      const at = out.push({ node: i, under: -1, name: tag.name, weight }) - 1
      numbers(numeric.get(tag.name) ?? [], at)
    }
    numbers(numeric.get('') ?? [], -1)
  })
  return out
}
