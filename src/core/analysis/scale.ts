import { UserError } from '../base/errors.ts'
import { addInt, type Int, type Int64Column, intFromFloat } from '../base/int64.ts'
import { sameFamily, scale } from '../base/units.ts'
import type { Profile, ValueType } from '../model/profile.ts'
import { keepSamples } from './samples.ts'

/** Rounds half away from zero, as Go's math.Round. */
function round(v: number): number {
  return v < 0 ? -Math.round(-v) : Math.round(v)
}

/**
 * Multiplies the values of each sample type by its ratio. Samples that are all 0 afterwards go; where a
 * ratio is 1 the value is left alone and does not count for that (as in the reference).
 */
export function scaleValues(p: Profile, ratios: readonly number[]): Profile {
  if (ratios.every((r) => r === 1)) return p
  const value = p.samples.value.map((column, k) =>
    ratios[k] === 1 ? column : scaleColumn(column, ratios[k]),
  )
  const scaled = value.filter((_, k) => ratios[k] !== 1)
  const out: Profile = { ...p, samples: { ...p.samples, value } }
  return keepSamples(out, (row) => scaled.some((column) => column.f[row] !== 0))
}

function scaleColumn(column: Int64Column, ratio: number): Int64Column {
  return column.map((v) => intFromFloat(round(Number(v) * ratio)))
}

/** All values with the opposite sign. */
export function negate(p: Profile): Profile {
  return scaleValues(
    p,
    p.sampleTypes.map(() => -1),
  )
}

/** Sum of each sample type. */
function sums(p: Profile): Int[] {
  return p.samples.value.map((column) => {
    let sum: Int = 0
    for (let row = 0; row < column.length; row++) sum = addInt(sum, column.get(row))
    return sum
  })
}

/** Scales each sample type so that it sums to what it sums to in `base`. */
export function normalize(p: Profile, base: Profile): Profile {
  checkCompatible(p, base)
  const have = sums(p)
  const want = sums(base)
  return scaleValues(
    p,
    have.map((h, k) => (h === 0 ? 0 : Number(want[k]) / Number(h))),
  )
}

const show = (t: ValueType): string => `{${t.type} ${t.unit}}`

/** Throws UserError unless the profiles have the same sample and period types. */
export function checkCompatible(a: Profile, b: Profile): void {
  const same = (x: ValueType, y: ValueType): boolean => x.type === y.type && x.unit === y.unit
  if (!same(a.periodType, b.periodType))
    throw new UserError(`incompatible period types ${show(a.periodType)} and ${show(b.periodType)}`)
  if (
    a.sampleTypes.length !== b.sampleTypes.length ||
    !a.sampleTypes.every((t, k) => same(t, b.sampleTypes[k]))
  )
    throw new UserError(
      `incompatible sample types [${a.sampleTypes.map(show).join(' ')}] and [${b.sampleTypes.map(show).join(' ')}]`,
    )
}

/**
 * Makes profiles mergeable: keeps the sample types that all have, in the order of the first, and
 * scales each to the finest unit among them. Throws UserError if they have none in common.
 */
export function harmonize(profiles: readonly Profile[]): Profile[] {
  return commonUnits(commonSampleTypes(profiles))
}

function commonSampleTypes(profiles: readonly Profile[]): Profile[] {
  const has = (p: Profile, type: string): number => p.sampleTypes.filter((t) => t.type === type).length
  const types = profiles[0].sampleTypes
    .map((t) => t.type)
    .filter((type) => profiles.reduce((n, p) => n + has(p, type), 0) === profiles.length)
  if (types.length === 0) throw new UserError('profiles have empty common sample type list')
  return profiles.map((p) => {
    const index = types.map((type) => p.sampleTypes.findIndex((t) => t.type === type))
    const missing = index.indexOf(-1)
    if (missing >= 0) throw new UserError(`"${types[missing]}" sample type is not found in profile`)
    if (index.every((from, k) => from === k) && types.length === p.sampleTypes.length) return p
    return {
      ...p,
      defaultSampleType: types.includes(p.defaultSampleType) ? p.defaultSampleType : types[0],
      sampleTypes: index.map((k) => p.sampleTypes[k]),
      samples: { ...p.samples, value: index.map((k) => p.samples.value[k]) },
    }
  })
}

function commonUnits(profiles: readonly Profile[]): Profile[] {
  if (profiles.length < 2) return [...profiles]
  const count = profiles[0].sampleTypes.length
  const periodType = finest(
    profiles.map((p) => p.periodType),
    'period type',
  )
  const sampleTypes: ValueType[] = []
  for (let k = 0; k < count; k++)
    sampleTypes.push(
      finest(
        profiles.map((p) => p.sampleTypes[k]),
        'sample types',
      ),
    )
  return profiles.map((p) => {
    const ratios = p.sampleTypes.map((t, k) => scale(1, t.unit, sampleTypes[k].unit).value)
    const period = intFromFloat(scale(p.period, p.periodType.unit, periodType.unit).value)
    const scaled = scaleValues(p, ratios)
    return {
      ...scaled,
      period,
      periodType: { type: p.periodType.type, unit: periodType.unit },
      sampleTypes: p.sampleTypes.map((t, k) => ({ type: t.type, unit: sampleTypes[k].unit })),
    }
  })
}

/** The type with the smallest unit; throws UserError if one is not of the kind of the others. */
function finest(types: readonly ValueType[], what: string): ValueType {
  let best = types[0]
  for (const t of types.slice(1)) {
    const named = best.type.replace(/s$/, '') === t.type.replace(/s$/, '')
    if (!named || (best.unit !== t.unit && !sameFamily(best.unit, t.unit)))
      throw new UserError(`${what}: incompatible types: ${showPlain(best)} ${showPlain(t)}`)
    if (scale(1, t.unit, best.unit).value < 1) best = t
  }
  return best
}

const showPlain = (t: ValueType): string => `{${t.type} ${t.unit} 0 0}`

/** Divides values before they are written: value x (1 / divisor), cut to an integer. */
export function multiplyTruncating(p: Profile, ratio: number): Profile {
  if (!(ratio > 0) || ratio === 1) return p
  const value = p.samples.value.map((c) => c.map((v) => intFromFloat(Number(v) * ratio)))
  return { ...p, samples: { ...p.samples, value } }
}
