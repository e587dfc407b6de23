// One function of a profile: what it takes, who calls it, and what it calls.

import { sumEdges } from '../../../analysis/edges.ts'
import { type GraphInput, sumWeights } from '../../../analysis/graph.ts'
import { ORIGINS } from '../../../analysis/origin.ts'
import { FrameOrigins } from '../../../analysis/transform/frame-names.ts'
import type { ValueType } from '../../../model/profile.ts'
import { graphInput } from '../../../reports/report.ts'
import { rowNames } from '../function-rows.ts'
import { type ProfileQuery, preparedReport } from '../profile-query.ts'
import type { Workbench } from '../workbench.ts'

/** Functions at the other end of calls, the heaviest first. */
export interface Calls {
  readonly names: readonly string[]
  readonly weight: Float64Array
  /** 1 where the call was inlined every time. */
  readonly inline: Uint8Array
}

export interface FunctionFacts {
  readonly name: string
  /** '' if unknown. */
  readonly file: string
  /** Where it begins, 0 if unknown. */
  readonly line: number
  /** Index of ORIGINS, 255 for what is no function. */
  readonly origin: number
  readonly inlined: boolean
  readonly types: readonly (ValueType & {
    readonly self: number
    readonly total: number
    readonly whole: number
  })[]
  readonly selected: number
  readonly difference: boolean
  /** Kinds of stacks that it is on, of all there are. */
  readonly stacks: number
  readonly allStacks: number
  /** Of its total, by whose code the leaves of its stacks are: columns of ORIGINS. */
  readonly parts: Float64Array
  readonly callers: Calls
  readonly callees: Calls
}

export const fresh = true

/** The functions of a query with their weights: one selects one after the other. */
function functionsOf(w: Workbench, query: ProfileQuery) {
  return w.memo.of('functions', query, async () => {
    const { report } = await preparedReport(w, query, 'top', { granularity: 'filefunctions' })
    const { profile, options } = report
    const input = graphInput(report, { objectFiles: false })
    const types = profile.sampleTypes.map((t, value) => {
      const { flat, cum } = sumWeights({ ...input, value })
      const whole = profile.samples.value[value].f.reduce((sum, v) => sum + Math.abs(v), 0)
      return { ...t, flat, cum, whole: value === options.value ? Number(report.total) : whole }
    })
    return { report, input, rows: rowNames(profile, input.nodes), types }
  })
}

/** undefined if the profile (as the query leaves it) has no such function. */
export async function answer(
  w: Workbench,
  { query, name }: { readonly query: ProfileQuery; readonly name: string },
): Promise<FunctionFacts | undefined> {
  const { report, input, rows, types: all } = await functionsOf(w, query)
  const { names, places, origin } = rows
  // A name in several files is one function of several programs, or of several builds of one.
  const own = new Uint8Array(names.length)
  let first = -1
  for (const [row, n] of names.entries())
    if (n === name) {
      own[row] = 1
      if (first < 0) first = row
    }
  if (first < 0) return undefined
  const types = all.map(({ type, unit, flat, cum, whole }) => {
    let self = 0
    let total = 0
    for (let row = 0; row < own.length; row++)
      if (own[row] === 1) {
        self += flat.f[row]
        total += cum.f[row]
      }
    return { type, unit, self, total, whole }
  })
  return {
    name,
    file: places[first],
    line: startLine(report.profile, name),
    origin: origin[first],
    inlined: own.some((o, row) => o === 1 && input.nodes.inlined[row] === 1),
    types,
    selected: report.options.value,
    difference: (query.base?.length ?? 0) > 0,
    ...stacksWith(input, own),
    ...calls(input, own, names),
  }
}

function startLine(p: GraphInput['profile'], name: string): number {
  const { functions, strings } = p
  const id = strings.intern(name)
  for (let fn = 1; fn <= functions.count; fn++)
    if (functions.name[fn] === id) return functions.startLine.f[fn]
  return 0
}

function stacksWith(
  { profile, nodes, value }: GraphInput,
  own: Uint8Array,
): Pick<FunctionFacts, 'stacks' | 'allStacks' | 'parts'> {
  const { samples, locations, functions, lines, strings } = profile
  const has = new Uint8Array(locations.count + 1)
  for (let loc = 1; loc <= locations.count; loc++)
    for (let k = nodes.start[loc]; k < nodes.start[loc + 1]; k++) if (own[nodes.node[k]] === 1) has[loc] = 1
  const origins = new FrameOrigins(profile)
  const parts = new Float64Array(ORIGINS.length)
  const v = samples.value[value].f
  let stacks = 0
  let allStacks = 0
  for (let row = 0; row < samples.count; row++) {
    if (v[row] === 0) continue
    allStacks++
    const from = samples.stackStart[row]
    for (let i = from; i < samples.stackEnd[row]; i++) {
      if (has[samples.frame[i]] === 0) continue
      stacks++
      const leaf = samples.frame[from]
      const line = locations.lineStart[leaf]
      const named = line < locations.lineEnd[leaf]
      const origin = origins.of(named ? strings.get(functions.name[lines.fn[line]]) : '')
      parts[ORIGINS.indexOf(origin)] += v[row]
      break
    }
  }
  return { stacks, allStacks, parts }
}

function calls(
  input: GraphInput,
  own: Uint8Array,
  names: readonly string[],
): Pick<FunctionFacts, 'callers' | 'callees'> {
  const edges = sumEdges(input, undefined, { touching: own })
  const side = (at: 'from' | 'to'): Calls => {
    const other = at === 'from' ? edges.to : edges.from
    const known = new Map<string, { weight: number; inline: boolean }>()
    for (let e = 0; e < edges.count; e++) {
      if (own[other[e]] === 0 || edges.weight.f[e] === 0) continue
      const name = names[edges[at][e]]
      const k = known.get(name)
      const inline = edges.inline[e] === 1
      if (k === undefined) known.set(name, { weight: edges.weight.f[e], inline })
      else {
        k.weight += edges.weight.f[e]
        k.inline &&= inline
      }
    }
    const list = [...known].sort((a, b) => Math.abs(b[1].weight) - Math.abs(a[1].weight))
    return {
      names: list.map(([n]) => n),
      weight: Float64Array.from(list, ([, k]) => k.weight),
      inline: Uint8Array.from(list, ([, k]) => Number(k.inline)),
    }
  }
  return { callers: side('from'), callees: side('to') }
}
