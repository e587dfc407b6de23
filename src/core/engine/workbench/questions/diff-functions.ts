// What changed from one set of profiles to another, function by function.

import { mannWhitney } from '../../../analysis/compare/statistics.ts'
import { sumWeights } from '../../../analysis/graph.ts'
import { ORIGINS, Origins } from '../../../analysis/origin.ts'
import { selectSampleType } from '../../../analysis/sample-type.ts'
import { scale } from '../../../base/units.ts'
import type { Profile, ValueType } from '../../../model/profile.ts'
import { graphInput } from '../../../reports/report.ts'
import { configOf, mergedProfile, type ProfileQuery, preparedReport } from '../profile-query.ts'
import type { Asking } from '../question.ts'
import type { Workbench } from '../workbench.ts'

/** One profile of a side. */
export interface DiffSource {
  readonly id: number
  readonly name: string
  readonly samples: number
  /** ns, 0 if unknown. */
  readonly durationNanos: number
}

/** A sample type that both sides have: sums of each side, in the unit of `unit`, as they are. */
export interface DiffType extends ValueType {
  readonly before: number
  readonly after: number
}

export interface DiffRows {
  readonly names: readonly string[]
  /** Index of ORIGINS, 255 for what is no function. */
  readonly origin: Uint8Array
  readonly selfBefore: Float64Array
  readonly selfAfter: Float64Array
  readonly totalBefore: Float64Array
  readonly totalAfter: Float64Array
  /** Chance that so large a difference of the totals comes from like sides (Mann-Whitney); NaN where a side has one profile only. */
  readonly p: Float64Array
  readonly types: readonly DiffType[]
  /** Row of `types` that the columns are of. */
  readonly selected: number
  /** What the after side was multiplied with, so that both sums are the same; 1 if they are compared as they are. */
  readonly factor: number
  /** What one sample stands for, in the unit of the selected type; 0 where samples have different sizes. */
  readonly quantum: number
  readonly before: readonly DiffSource[]
  readonly after: readonly DiffSource[]
  readonly remarks: readonly string[]
}

export const fresh = true

/** Self and total of every function of one file. */
interface FileSums {
  readonly source: DiffSource
  readonly profile: Profile
  readonly names: readonly string[]
  readonly self: Float64Array
  readonly total: Float64Array
  readonly types: readonly DiffType[]
  readonly remarks: readonly string[]
}

/** Rejects with UserError if the profiles have nothing in common, or there is no base. */
export async function answer(
  w: Workbench,
  { query }: { query: ProfileQuery & { readonly base: readonly number[] } },
  x: Asking,
): Promise<DiffRows> {
  // What both have, in the finest unit of any: as the other views of the same query show it.
  const { norm: _, mean: __, ...options } = query.options ?? {}
  const common = await mergedProfile(w, { of: query.of, base: query.base })
  const selected = selectSampleType(common, configOf(query).sampleIndex)
  const types = common.sampleTypes
  const files: FileSums[] = []
  const ids = [...query.base, ...query.of]
  for (const [k, id] of ids.entries()) {
    x.progress(k, ids.length, 'adding up functions')
    const si = types[selected].type
    const part: ProfileQuery = {
      of: [id],
      options: { ...options, si },
      ...(query.transforms && { transforms: query.transforms }),
    }
    files.push(await sumsOf(w, part, types))
    await x.breathe()
  }
  const before = files.slice(0, query.base.length)
  const after = files.slice(query.base.length)
  const typeSums = types.map((t, k) => ({
    ...t,
    before: sum(before, (f) => f.types[k].before),
    after: sum(after, (f) => f.types[k].before),
  }))
  const normalized = configOf(query).normalize
  const now = typeSums[selected]
  const factor = normalized && now.after !== 0 ? now.before / now.after : 1
  const remarks = [...new Set(files.flatMap((f) => f.remarks))]
  if (options.mean !== query.options?.mean) remarks.push('means are not compared: these are sums')
  return {
    ...rowsOf(before, after, factor),
    types: typeSums,
    selected,
    factor,
    quantum: quantumOf(common, selected),
    before: before.map((f) => f.source),
    after: after.map((f) => f.source),
    remarks,
  }
}

const sum = (files: readonly FileSums[], of: (f: FileSums) => number): number =>
  files.reduce((s, f) => s + of(f), 0)

async function sumsOf(w: Workbench, q: ProfileQuery, types: readonly ValueType[]): Promise<FileSums> {
  const granularity = configOf(q).granularity || 'functions'
  const { report, remarks } = await preparedReport(w, q, 'top', { granularity })
  const { profile, options } = report
  const { nodes } = graphInput(report, { objectFiles: false })
  const { flat, cum } = sumWeights({ profile, nodes, value: options.value })
  const { table } = nodes
  const { get } = profile.strings
  const byName = new Map<string, number>()
  const names: string[] = []
  const self: number[] = []
  const total: number[] = []
  const unit = types.find((t) => t.type === profile.sampleTypes[options.value].type)?.unit ?? ''
  const factor = factorTo(unit, options.sampleUnit)
  for (let row = 0; row < table.count; row++) {
    const fn = get.call(profile.strings, table.name[row])
    const file = get.call(profile.strings, table.file[row])
    const line = table.line.f[row]
    // Places move from build to build, so functions are told by their names alone.
    const name =
      granularity === 'functions' || (file === '' && line === 0)
        ? fn
        : `${fn}${fn === '' ? '' : ' '}${file}${line > 0 ? `:${line}` : ''}`
    let at = byName.get(name)
    if (at === undefined) {
      at = names.push(name) - 1
      byName.set(name, at)
      self.push(0)
      total.push(0)
    }
    self[at] += flat.f[row] * factor
    total[at] += cum.f[row] * factor
  }
  const open = q.of[0]
  return {
    source: {
      id: open,
      name: w.file(open).name,
      samples: profile.samples.count,
      durationNanos: Number(profile.durationNanos),
    },
    profile,
    names,
    self: Float64Array.from(self),
    total: Float64Array.from(total),
    types: types.map((t) => {
      const k = profile.sampleTypes.findIndex((own) => own.type === t.type)
      const column = profile.samples.value[k]?.f ?? new Float64Array(0)
      const factor = factorTo(t.unit, profile.sampleTypes[k]?.unit ?? t.unit)
      return { ...t, before: column.reduce((s, v) => s + v, 0) * factor, after: 0 }
    }),
    remarks,
  }
}

const factorTo = (to: string, from: string): number => (to === from ? 1 : scale(1, from, to).value)

function rowsOf(before: readonly FileSums[], after: readonly FileSums[], factor: number) {
  const rows = new Map<string, number>()
  const files = [...before, ...after]
  for (const f of files) for (const name of f.names) if (!rows.has(name)) rows.set(name, rows.size)
  const names = [...rows.keys()]
  const column = (): Float64Array => new Float64Array(names.length)
  const selfBefore = column()
  const selfAfter = column()
  const totalBefore = column()
  const totalAfter = column()
  const origin = new Uint8Array(names.length).fill(255)
  /** Totals of each file, for the test. */
  const each = files.map(column)
  for (const [k, f] of files.entries()) {
    const later = k >= before.length
    const scaled = later ? factor : 1
    const origins = new Origins(f.profile)
    for (const [i, name] of f.names.entries()) {
      const row = rows.get(name)!
      ;(later ? selfAfter : selfBefore)[row] += f.self[i] * scaled
      ;(later ? totalAfter : totalBefore)[row] += f.total[i] * scaled
      each[k][row] = f.total[i] * scaled
      if (origin[row] !== 255) continue
      const o = origins.ofName(name)
      if (o !== undefined) origin[row] = ORIGINS.indexOf(o)
    }
  }
  const p = column().fill(Number.NaN)
  if (before.length > 1 && after.length > 1)
    for (let row = 0; row < names.length; row++) {
      const values = each.map((c) => c[row])
      p[row] = mannWhitney(values.slice(0, before.length), values.slice(before.length)).p
    }
  return { names, origin, selfBefore, selfAfter, totalBefore, totalAfter, p }
}

function quantumOf(p: Profile, value: number): number {
  const { type, unit } = p.sampleTypes[value]
  return p.periodType.type === type && p.periodType.unit === unit && type === 'cpu' ? Number(p.period) : 0
}
