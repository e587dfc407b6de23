// Labels of a profile: what each value weighs, and which functions it is that take it.

import { sumWeights } from '../../../analysis/graph.ts'
import { type LabelColumn, labelTable, labelValuesOf } from '../../../analysis/label-table.ts'
import { numericLabelUnits } from '../../../analysis/labels.ts'
import { keepSamples } from '../../../analysis/samples.ts'
import { BASE_LABEL, graphInput } from '../../../reports/report.ts'
import { rowNames } from '../function-rows.ts'
import { type ProfileQuery, preparedReport } from '../profile-query.ts'
import type { Workbench } from '../workbench.ts'

export interface TagsParams {
  readonly query: ProfileQuery
  /** Key whose values each get a table of functions; of the heaviest `most` values. */
  readonly split?: string
  readonly most?: number
}

/** The functions of one value of a label, the heaviest first. */
export interface SplitTable {
  readonly value: string
  readonly filter: string
  readonly total: number
  readonly names: readonly string[]
  readonly self: Float64Array
  readonly cum: Float64Array
  /** Index of ORIGINS. */
  readonly origin: Uint8Array
}

export interface TagsAnswer {
  readonly keys: readonly LabelColumn[]
  readonly unit: string
  readonly whole: number
  readonly samples: number
  readonly split: readonly SplitTable[]
}

/** Functions in a table of one value. */
const FUNCTIONS = 12

export async function answer(w: Workbench, params: TagsParams): Promise<TagsAnswer> {
  const { query, split, most = 6 } = params
  const { report } = await preparedReport(w, query, 'top', { granularity: 'functions' })
  const { profile: p, options } = report
  const units = numericLabelUnits(p)
  const keys = labelTable(p, options.value, units, BASE_LABEL)
  const chosen = keys.find((k) => k.key === split)
  const tables: SplitTable[] = []
  if (chosen !== undefined) {
    const input = graphInput(report, { objectFiles: false })
    const { names, origin } = rowNames(p, input.nodes)
    const key = p.strings.intern(chosen.key)
    for (let i = 0; i < Math.min(most, chosen.values.length); i++) {
      const filter = chosen.filters[i]
      const has = Uint8Array.from({ length: p.labelSets.count }, (_, set) =>
        Number(labelValuesOf(p, set, key, units).some((v) => v.filter === filter)),
      )
      const part = keepSamples(p, (row) => has[p.samples.labelSet[row]] === 1)
      const { flat, cum } = sumWeights({ ...input, profile: part })
      const rows = heaviest(flat.f, cum.f)
      tables.push({
        value: chosen.values[i],
        filter,
        total: chosen.weight[i],
        names: rows.map((row) => names[row]),
        self: Float64Array.from(rows, (row) => flat.f[row]),
        cum: Float64Array.from(rows, (row) => cum.f[row]),
        origin: Uint8Array.from(rows, (row) => origin[row]),
      })
    }
  }
  return {
    keys,
    unit: p.sampleTypes[options.value].unit,
    whole: Number(report.total),
    samples: p.samples.count,
    split: tables,
  }
}

function heaviest(self: Float64Array, total: Float64Array): number[] {
  const rows: number[] = []
  for (let row = 0; row < self.length; row++) if (total[row] !== 0) rows.push(row)
  return rows
    .sort((a, b) => Math.abs(self[b]) - Math.abs(self[a]) || Math.abs(total[b]) - Math.abs(total[a]))
    .slice(0, FUNCTIONS)
}
