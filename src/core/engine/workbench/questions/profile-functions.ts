// The table of functions: self and total of every sample type.

import { sumWeights } from '../../../analysis/graph.ts'
import { keepSamples } from '../../../analysis/samples.ts'
import type { Profile, ValueType } from '../../../model/profile.ts'
import { baseLabelSets, graphInput } from '../../../reports/report.ts'
import { packageNodes, type RowNames, rowNames, rowsInUse } from '../function-rows.ts'
import { type ProfileQuery, preparedReport } from '../profile-query.ts'
import type { Workbench } from '../workbench.ts'

/** What a function takes itself, and with all that it calls. Values beyond 2^53 are the nearest double. */
export interface SelfAndTotal {
  readonly self: Float64Array
  readonly total: Float64Array
}

/** Rows in no order; columns are as long as `names`. */
export interface FunctionRows extends RowNames {
  /** 1 where it occurs inlined somewhere. */
  readonly inlined: Uint8Array
  /** One pair of columns per sample type; in differences the change, and what was before. */
  readonly types: readonly (ValueType & SelfAndTotal & { readonly before?: SelfAndTotal })[]
  /** Row of `types` that the query selects. */
  readonly selected: number
  /** What percentages are of, per sample type: in differences the total before. */
  readonly wholes: readonly number[]
  /** In differences, per sample type: the totals of both sides. */
  readonly sides?: readonly { readonly before: number; readonly after: number }[]
  readonly samples: number
  readonly remarks: readonly string[]
}

export interface FunctionParams {
  readonly query: ProfileQuery
  /** Whole packages in place of functions; the query's granularity does not count then. */
  readonly packages?: boolean
}

export const fresh = true

/** The functions (or files, lines, …: as the query's granularity says) of the profile. */
export async function answer(w: Workbench, { query, packages }: FunctionParams): Promise<FunctionRows> {
  const { report, remarks } = await preparedReport(
    w,
    query,
    'top',
    packages === true ? { granularity: 'functions' } : {},
  )
  const { profile, options } = report
  const input = graphInput(report, { objectFiles: false })
  const whole = packages === true ? packageNodes(profile, input.nodes) : undefined
  const nodes = whole?.nodes ?? input.nodes
  const used = rowsInUse(profile, nodes)
  const rows = whole === undefined ? rowNames(profile, nodes, used) : pickNames(whole.rows, used)
  const pick = (column: Float64Array): Float64Array => Float64Array.from(used, (row) => column[row])
  const sum = (p: Profile, value: number): SelfAndTotal => {
    const { flat, cum } = sumWeights({ profile: p, nodes, value })
    return { self: pick(flat.f), total: pick(cum.f) }
  }
  const base = (query.base?.length ?? 0) > 0 ? baseOnly(profile) : undefined
  const types = profile.sampleTypes.map((t, value) => {
    const sums = { ...t, ...sum(profile, value) }
    if (base === undefined) return sums
    const before = sum(base, value)
    // Samples of the base are there with their sign changed.
    return { ...sums, before: { self: negated(before.self), total: negated(before.total) } }
  })
  const wholes = profile.samples.value.map((column) => magnitude(column.f))
  const sides = base?.samples.value.map((column, k) => {
    const before = magnitude(column.f)
    return { before, after: wholes[k] - before }
  })
  if (sides !== undefined) for (const [k, s] of sides.entries()) wholes[k] = s.before > 0 ? s.before : s.after
  else wholes[options.value] = Number(report.total)
  return {
    ...rows,
    inlined: Uint8Array.from(used, (row) => nodes.inlined[row]),
    types,
    selected: options.value,
    wholes,
    ...(sides && { sides }),
    samples: profile.samples.count,
    remarks,
  }
}

function pickNames(rows: RowNames, used: Uint32Array): RowNames {
  return {
    names: Array.from(used, (row) => rows.names[row]),
    places: Array.from(used, (row) => rows.places[row]),
    origin: Uint8Array.from(used, (row) => rows.origin[row]),
  }
}

/** The opposite numbers, without -0. */
function negated(column: Float64Array): Float64Array {
  return column.map((v) => 0 - v)
}

function magnitude(column: Float64Array): number {
  return column.reduce((sum, v) => sum + Math.abs(v), 0)
}

/** The samples that were taken away. */
function baseOnly(p: Profile): Profile {
  const marked = baseLabelSets(p)
  return keepSamples(p, (row) => marked !== undefined && marked[p.samples.labelSet[row]] === 1)
}
