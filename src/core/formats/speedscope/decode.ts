// speedscope's own JSON (its src/lib/file-format-spec.ts, versions 0.0.1 to 1.25) to one profile.
//
// A file may hold several profiles, and does not say whether they are several measures of one run
// (what encode.ts writes) or several threads (what py-spy, rbspy and others write). The exporter
// tells: files of ours give one sample type for each profile, with equal stacks brought together; in
// others, profiles of the same kind of unit share one sample type and are told apart by a label.

import { type Int, intFromFloat } from '../../base/int64.ts'
import type { ValueType } from '../../model/profile.ts'
import { type Label, ProfileBuilder } from '../../model/profile-builder.ts'
import { countUnit } from '../folded/counts.ts'
import { StackTable } from '../folded/stack-table.ts'
import { type Decoded, ProblemLog } from '../format.ts'
import { arrayAt, fail, type Json, objectAt, parseJson } from './json.ts'
import { type StackWeights, stackWeights } from './profiles.ts'
import { nanosecondsIn } from './units.ts'

/** Below the most entries that V8 allows a Map. */
const MAX_SHARED = 16_000_000

/** Profiles of one file that may each become a sample type: every sample has a value of each. */
const MAX_MEASURES = 32

/**
 * Decodes a speedscope file. Units become those of profiles: 'none' is 'count'; times with
 * fractions are held in nanoseconds, counts with fractions in millicount, microcount or nanocount.
 * Throws DecodeError; its offset is known for what is wrong in the JSON as such, -1 for the rest.
 */
export function decodeSpeedscope(bytes: Uint8Array): Decoded {
  const file = objectAt(parseJson(bytes), 'the file')
  const problems = new ProblemLog()
  const shared = objectAt(file.shared, 'shared')
  const frames = arrayAt(shared.frames, 'shared.frames')
  const profiles = arrayAt(file.profiles, 'profiles')
  if (profiles.length === 0) fail('the file holds no profiles')
  const b = new ProfileBuilder()
  const locations = addFrames(b, frames)
  const read = profiles.map((p, i) => stackWeights(objectAt(p, `profiles[${i}]`), i, frames.length, problems))
  const ours = typeof file.exporter === 'string' && file.exporter.startsWith('goscope@')
  if (ours && read.length <= MAX_MEASURES) {
    addMeasures(b, read, locations)
    const active = file.activeProfileIndex
    if (typeof active === 'number') b.defaultSampleType = b.sampleTypes[active]?.type ?? ''
  } else addParts(b, read, locations)
  return { profile: b.done(), problems: problems.done() }
}

/** Frame -> location row. */
function addFrames(b: ProfileBuilder, frames: readonly Json[]): Uint32Array {
  if (frames.length > MAX_SHARED) fail(`the file has more than ${MAX_SHARED} frames`)
  const rows = new Uint32Array(frames.length)
  const fnOf = new Map<string, number>()
  for (let i = 0; i < frames.length; i++) {
    const frame = objectAt(frames[i], `shared.frames[${i}]`)
    if (typeof frame.name !== 'string') fail(`shared.frames[${i}].name is not a text`)
    const filename = typeof frame.file === 'string' ? frame.file : ''
    const key = `${frame.name}\0${filename}`
    let fn = fnOf.get(key)
    if (fn === undefined) {
      fn = b.addFunction(frame.name, { filename })
      fnOf.set(key, fn)
    }
    rows[i] = b.addLocation({ lines: [{ fn, line: position(frame.line), column: position(frame.col) }] })
  }
  return rows
}

function position(v: Json | undefined): number {
  return typeof v === 'number' && Number.isSafeInteger(v) && v > 0 ? v : 0
}

/** How the weights of some profiles become integers of one unit. */
interface Scale {
  readonly unit: string
  convert(weight: number, p: StackWeights): Int
}

function scaleFor(profiles: readonly StackWeights[]): Scale {
  const unit = profiles[0].unit
  const whole = profiles.every((p) => p.weight.every(Number.isInteger))
  if (nanosecondsIn(unit) > 0) {
    if (whole && profiles.every((p) => p.unit === unit)) return { unit, convert: exact }
    return { unit: 'nanoseconds', convert: (w, p) => exact(w * nanosecondsIn(p.unit)) }
  }
  if (unit === 'bytes') return { unit, convert: exact }
  const decimals = whole ? 0 : decimalsOf(profiles)
  const factor = 10 ** decimals
  return { unit: countUnit(decimals), convert: (w) => exact(w * factor) }
}

function exact(v: number): Int {
  const rounded = Math.round(v)
  if (Math.abs(rounded) >= 2 ** 63) fail('a weight is beyond 64 bits')
  return intFromFloat(rounded)
}

/** 3, 6 or 9: the fewest decimals that hold all weights, if their sum then stays within 64 bits. */
function decimalsOf(profiles: readonly StackWeights[]): number {
  let magnitude = 1
  for (const p of profiles) for (const w of p.weight) magnitude += Math.abs(w)
  let decimals = 0
  for (const d of [3, 6, 9]) {
    if (magnitude * 10 ** d > 2 ** 62) break
    decimals = d
    const factor = 10 ** d
    // Within the error of the double itself.
    const fits = (w: number): boolean =>
      Math.abs(w * factor - Math.round(w * factor)) <= Math.abs(w) * factor * 2 ** -51
    if (profiles.every((p) => p.weight.every(fits))) break
  }
  return decimals
}

/** One sample type for each profile; equal stacks are one sample. */
function addMeasures(b: ProfileBuilder, profiles: readonly StackWeights[], locations: Uint32Array): void {
  const table = new StackTable()
  const rows = profiles.map((p) => {
    const out = new Uint32Array(p.weight.length)
    for (let r = 0; r < out.length; r++) {
      const stack = p.frame.subarray(p.start[r], p.start[r + 1])
      out[r] = table.add(stack, stack.length)
    }
    return out
  })
  const scales = profiles.map((p) => scaleFor([p]))
  b.sampleTypes = profiles.map((p, k) => ({ type: p.name || 'samples', unit: scales[k].unit }))
  const values = profiles.map((p, k) => {
    const sum = new Float64Array(table.count)
    for (let r = 0; r < p.weight.length; r++) sum[rows[k][r]] += p.weight[r]
    return sum
  })
  for (let row = 0; row < table.count; row++) {
    const stack = leafFirst(table.frames.a, table.start.a[row], table.start.a[row + 1], locations)
    b.addSample(
      stack,
      profiles.map((p, k) => scales[k].convert(values[k][row], p)),
    )
  }
}

/** One sample type for each kind of unit, and a label `profile` if there are several profiles. */
function addParts(b: ProfileBuilder, profiles: readonly StackWeights[], locations: Uint32Array): void {
  const kindOf = (p: StackWeights): string =>
    nanosecondsIn(p.unit) > 0 ? 'time' : p.unit === 'bytes' ? 'space' : 'samples'
  const kinds = [...new Set(profiles.map(kindOf))]
  const scales = kinds.map((kind) => scaleFor(profiles.filter((p) => kindOf(p) === kind)))
  b.sampleTypes = kinds.map((type, k): ValueType => ({ type, unit: scales[k].unit }))
  for (const p of profiles) {
    const k = kinds.indexOf(kindOf(p))
    const labels: Label[] = profiles.length > 1 && p.name !== '' ? [{ key: 'profile', text: p.name }] : []
    const values: Int[] = kinds.map(() => 0)
    for (let row = 0; row < p.weight.length; row++) {
      values[k] = scales[k].convert(p.weight[row], p)
      b.addSample(leafFirst(p.frame, p.start[row], p.start[row + 1], locations), values, labels)
    }
  }
}

/** Location rows of frames[from, to), which are root first. */
function leafFirst(frames: Uint32Array, from: number, to: number, locations: Uint32Array): Uint32Array {
  const stack = new Uint32Array(to - from)
  for (let i = 0; i < stack.length; i++) stack[i] = locations[frames[to - 1 - i]]
  return stack
}
