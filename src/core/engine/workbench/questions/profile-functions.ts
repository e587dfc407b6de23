// The table of functions: self and total of every sample type.

import { sumWeights } from '../../../analysis/graph.ts'
import { ORIGINS, Origins } from '../../../analysis/origin.ts'
import type { ValueType } from '../../../model/profile.ts'
import { graphInput } from '../../../reports/report.ts'
import { type ProfileQuery, preparedReport } from '../profile-query.ts'
import type { Workbench } from '../workbench.ts'

/** Rows in no order; columns are as long as `names`. */
export interface FunctionRows {
  readonly names: readonly string[]
  /** File, with a line where the granularity has lines; '' if unknown. */
  readonly places: readonly string[]
  /** Index of ORIGINS, 255 for what is no function. */
  readonly origin: Uint8Array
  /** 1 where it occurs inlined somewhere. */
  readonly inlined: Uint8Array
  /** One pair of columns per sample type. Values beyond 2^53 are the nearest double. */
  readonly types: readonly (ValueType & { readonly self: Float64Array; readonly total: Float64Array })[]
  /** Row of `types` that the query selects. */
  readonly selected: number
  /** What percentages are of, per sample type. */
  readonly wholes: readonly number[]
  readonly remarks: readonly string[]
}

/** The functions (or files, lines, …: as the query's granularity says) of the profile. */
export async function answer(w: Workbench, { query }: { query: ProfileQuery }): Promise<FunctionRows> {
  const { report, remarks } = await preparedReport(w, query, 'top')
  const { profile, options } = report
  const input = graphInput(report, { objectFiles: false })
  const { table, inlined } = input.nodes
  const origins = new Origins(profile)
  const names: string[] = []
  const places: string[] = []
  const origin = new Uint8Array(table.count)
  for (let row = 0; row < table.count; row++) {
    const name = profile.strings.get(table.name[row])
    const file = profile.strings.get(table.file[row])
    const line = table.line.f[row]
    names.push(name)
    places.push(line > 0 ? `${file}:${line}` : file)
    const o = name === '' ? origins.ofFile(file) : origins.ofName(name)
    origin[row] = o === undefined ? 255 : ORIGINS.indexOf(o)
  }
  const types = profile.sampleTypes.map((t, value) => {
    const { flat, cum } = sumWeights({ profile, nodes: input.nodes, value })
    return { ...t, self: flat.f, total: cum.f }
  })
  const wholes = profile.samples.value.map((column) => column.f.reduce((sum, v) => sum + Math.abs(v), 0))
  wholes[options.value] = Number(report.total)
  return { names, places, origin, inlined, types, selected: options.value, wholes, remarks }
}
