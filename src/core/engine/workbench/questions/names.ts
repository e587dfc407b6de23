// Functions by a few letters of their names, for the command palette.

import { sumWeights } from '../../../analysis/graph.ts'
import { NameIndex } from '../../../analysis/name-search.ts'
import { graphInput } from '../../../reports/report.ts'
import { type ProfileQuery, preparedReport } from '../profile-query.ts'
import type { Workbench } from '../workbench.ts'

export interface NamesFound {
  /** Best first. */
  readonly names: readonly string[]
  readonly self: Float64Array
  readonly total: Float64Array
  readonly unit: string
  /** What percentages are of. */
  readonly whole: number
  /** How many fit, and of how many. */
  readonly count: number
  readonly of: number
}

export const fresh = true

/**
 * The functions that fit a text best, heaviest first among those that fit alike. Filters of the query do not count:
 * what they hide is found.
 */
export async function answer(
  w: Workbench,
  { query, text, limit }: { query: ProfileQuery; text: string; limit: number },
): Promise<NamesFound> {
  const si = query.options?.si
  const plain: ProfileQuery = { of: query.of, ...(si !== undefined && { options: { si } }) }
  const all = await w.memo.of('names', plain, () => indexOf(w, plain))
  const { rows, count } = all.index.search(text, limit)
  return {
    names: rows.map((row) => all.index.names[row]),
    self: Float64Array.from(rows, (row) => all.self[row]),
    total: Float64Array.from(rows, (row) => all.total[row]),
    unit: all.unit,
    whole: all.whole,
    count,
    of: all.index.names.length,
  }
}

async function indexOf(w: Workbench, query: ProfileQuery) {
  const { report } = await preparedReport(w, query, 'top', { granularity: 'functions' })
  const { profile, options } = report
  const { nodes, value } = graphInput(report, { objectFiles: false })
  const { flat, cum } = sumWeights({ profile, nodes, value })
  const { table } = nodes
  const names: string[] = []
  for (let row = 0; row < table.count; row++) names.push(profile.strings.get(table.name[row]))
  return {
    index: new NameIndex(names, cum.f),
    self: flat.f,
    total: cum.f,
    unit: options.sampleUnit,
    whole: Number(report.total),
  }
}
