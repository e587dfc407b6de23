// Which functions changed by more than chance, where several profiles a side tell.

import { leastP, mannWhitney } from '../../../analysis/compare/statistics.ts'
import { sumWeights } from '../../../analysis/graph.ts'
import { graphInput } from '../../../reports/report.ts'
import { packageNodes, rowNames } from '../function-rows.ts'
import { preparedReport } from '../profile-query.ts'
import type { Asking } from '../question.ts'
import type { Workbench } from '../workbench.ts'
import type { FunctionParams } from './profile-functions.ts'

export interface Significance {
  /** Name, NUL, place: what tells rows of `profile-functions` apart. */
  readonly keys: readonly string[]
  /** Of the Mann-Whitney test, by row of `keys`: the probability of such a difference by chance. */
  readonly self: Float64Array
  readonly total: Float64Array
  /** The least p that so many profiles a side can reach. */
  readonly least: number
  readonly before: number
  readonly after: number
}

export const fresh = true

/** Compares the profiles of both sides one by one, by the selected sample type. */
export async function answer(w: Workbench, params: FunctionParams, x: Asking): Promise<Significance> {
  const { query, packages } = params
  const { base = [], of } = query
  const rowOf = new Map<string, number>()
  const columns: { self: number[]; total: number[] }[] = []
  const { base: _, ...rest } = query
  const files = [...base, ...of]
  for (const [k, id] of files.entries()) {
    x.progress(k, files.length, 'comparing profiles one by one')
    await x.breathe()
    const change = packages === true ? { granularity: 'functions' } : {}
    const { report } = await preparedReport(w, { ...rest, of: [id] }, 'top', change)
    const input = graphInput(report, { objectFiles: false })
    const { nodes, rows } =
      packages === true
        ? packageNodes(report.profile, input.nodes)
        : { nodes: input.nodes, rows: rowNames(report.profile, input.nodes) }
    const { flat, cum } = sumWeights({ ...input, nodes })
    const column = { self: [] as number[], total: [] as number[] }
    for (let row = 0; row < rows.names.length; row++) {
      const key = `${rows.names[row]}\0${rows.places[row]}`
      let at = rowOf.get(key)
      if (at === undefined) {
        at = rowOf.size
        rowOf.set(key, at)
      }
      column.self[at] = flat.f[row]
      column.total[at] = cum.f[row]
    }
    columns.push(column)
  }
  const p = (measure: 'self' | 'total'): Float64Array =>
    Float64Array.from({ length: rowOf.size }, (_, row) => {
      const values = columns.map((c) => c[measure][row] ?? 0)
      return mannWhitney(values.slice(0, base.length), values.slice(base.length)).p
    })
  return {
    keys: [...rowOf.keys()],
    self: p('self'),
    total: p('total'),
    least: leastP(base.length, of.length),
    before: base.length,
    after: of.length,
  }
}
