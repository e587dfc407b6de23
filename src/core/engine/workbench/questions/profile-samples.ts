// The samples of a profile one by one: how much, how deep, from where to where; and whole stacks of some of them.

import { labelValuesOf } from '../../../analysis/label-table.ts'
import { numericLabelUnits } from '../../../analysis/labels.ts'
import { ORIGINS } from '../../../analysis/origin.ts'
import { type FrameNames, FrameOrigins, frameNames } from '../../../analysis/transform/frame-names.ts'
import { UserError } from '../../../base/errors.ts'
import { engineFor } from '../../../base/re2-engine.ts'
import { compileRegexp, RegexpError } from '../../../base/regexp.ts'
import type { Profile, ValueType } from '../../../model/profile.ts'
import { BASE_LABEL } from '../../../reports/report.ts'
import { type ProfileQuery, preparedProfile } from '../profile-query.ts'
import type { Workbench } from '../workbench.ts'

export interface SamplesParams {
  readonly query: ProfileQuery
  /** Only stacks with a function that matches: plain text, or a regular expression if `regexp`; '' for all. */
  readonly find: string
  readonly regexp: boolean
  /** Samples (of `rows`) whose stacks are wanted. */
  readonly open: readonly number[]
}

/** One stack in full, from the leaf to the root. */
export interface OpenStack {
  readonly row: number
  readonly names: readonly string[]
  /** File and line; '' if unknown. */
  readonly places: readonly string[]
  readonly inlined: Uint8Array
  /** Index of ORIGINS. */
  readonly origin: Uint8Array
}

/** Columns have an entry per sample that was found. */
export interface SampleRows {
  /** The samples' rows in the profile. */
  readonly rows: Uint32Array
  readonly types: readonly (ValueType & { readonly value: Float64Array })[]
  readonly selected: number
  readonly depth: Uint32Array
  /** Index of `names`: the leaf, and the root. */
  readonly leaf: Uint32Array
  readonly root: Uint32Array
  readonly names: readonly string[]
  /** Index of `labels`: texts such as `endpoint=/quote`; the first is ''. */
  readonly label: Uint32Array
  readonly labels: readonly string[]
  readonly whole: number
  readonly all: number
  readonly stacks: readonly OpenStack[]
}

export const fresh = true

export async function answer(w: Workbench, params: SamplesParams): Promise<SampleRows> {
  const { query, find, regexp, open } = params
  const { profile: p, value } = await preparedProfile(w, query)
  const frames = w.memo.of('frame names', query, () => frameNames(p))
  const rows = await matching(p, frames, find, regexp)
  const { samples } = p
  const nameOf = new Map<number, number>()
  const names: string[] = []
  const intern = (id: number): number => {
    let at = nameOf.get(id)
    if (at === undefined) {
      at = names.push(p.strings.get(id)) - 1
      nameOf.set(id, at)
    }
    return at
  }
  const none = intern(p.strings.intern('(no stack)'))
  const depth = new Uint32Array(rows.length)
  const leaf = new Uint32Array(rows.length).fill(none)
  const root = new Uint32Array(rows.length).fill(none)
  const label = new Uint32Array(rows.length)
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]
    const from = samples.stackStart[row]
    const to = samples.stackEnd[row]
    let d = 0
    for (let k = from; k < to; k++) d += frames.start[samples.frame[k] + 1] - frames.start[samples.frame[k]]
    depth[i] = d
    label[i] = samples.labelSet[row]
    if (from === to) continue
    // Frames of a location begin with the function itself; the innermost inlined callee is the last.
    leaf[i] = intern(frames.name[frames.start[samples.frame[from] + 1] - 1])
    root[i] = intern(frames.name[frames.start[samples.frame[to - 1]]])
  }
  const column = samples.value[value].f
  return {
    rows,
    types: p.sampleTypes.map((t, k) => ({
      type: t.type,
      unit: t.unit,
      value: Float64Array.from(rows, (row) => samples.value[k].f[row]),
    })),
    selected: value,
    depth,
    leaf,
    root,
    names,
    label,
    labels: labelTexts(p),
    whole: column.reduce((sum, v) => sum + Math.abs(v), 0),
    all: samples.count,
    stacks: open.filter((row) => row < samples.count).map((row) => openStack(p, row)),
  }
}

async function matching(p: Profile, frames: FrameNames, find: string, regexp: boolean): Promise<Uint32Array> {
  const { samples } = p
  const column = samples.value
  const counts = (row: number): boolean => column.some((c) => c.f[row] !== 0)
  const rows = new Uint32Array(samples.count)
  let n = 0
  const test = find === '' ? undefined : await nameTest(find, regexp)
  const has = new Uint8Array(p.locations.count + 1)
  if (test !== undefined) {
    const known = new Map<number, boolean>()
    for (let loc = 1; loc <= p.locations.count; loc++)
      for (let k = frames.start[loc]; k < frames.start[loc + 1] && has[loc] === 0; k++) {
        const id = frames.name[k]
        let matches = known.get(id)
        if (matches === undefined) {
          matches = test(p.strings.get(id))
          known.set(id, matches)
        }
        if (matches) has[loc] = 1
      }
  }
  for (let row = 0; row < samples.count; row++) {
    if (!counts(row)) continue
    let found = test === undefined
    for (let i = samples.stackStart[row]; i < samples.stackEnd[row] && !found; i++)
      found = has[samples.frame[i]] === 1
    if (found) rows[n++] = row
  }
  return rows.slice(0, n)
}

async function nameTest(find: string, regexp: boolean): Promise<(name: string) => boolean> {
  if (!regexp) {
    const wanted = find.toLowerCase()
    return (name) => name.toLowerCase().includes(wanted)
  }
  const pattern = `(?i)${find}`
  try {
    const compiled = compileRegexp(pattern, await engineFor([pattern]))
    return (name) => compiled.test(name)
  } catch (e) {
    if (e instanceof RegexpError) throw new UserError(e.message.replace('(?i)', ''))
    throw e
  }
}

/** By label set: all its labels in one text. */
function labelTexts(p: Profile): string[] {
  const units = numericLabelUnits(p)
  const t = p.labelSets
  return Array.from({ length: t.count }, (_, set) => {
    const keys = [...new Set(t.key.subarray(t.start[set], t.start[set + 1]))]
    return keys
      .filter((key) => p.strings.get(key) !== BASE_LABEL)
      .flatMap((key) => labelValuesOf(p, set, key, units).map((v) => `${p.strings.get(key)}=${v.text}`))
      .join('  ')
  })
}

function openStack(p: Profile, row: number): OpenStack {
  const { samples, locations, lines, functions, strings } = p
  const origins = new FrameOrigins(p)
  const frames = frameNames(p)
  const names: string[] = []
  const places: string[] = []
  const inlined: number[] = []
  for (let i = samples.stackStart[row]; i < samples.stackEnd[row]; i++) {
    const loc = samples.frame[i]
    const from = locations.lineStart[loc]
    const to = locations.lineEnd[loc]
    if (from === to) {
      names.push(strings.get(frames.name[frames.start[loc]]))
      places.push('')
      inlined.push(0)
    }
    for (let l = from; l < to; l++) {
      const fn = lines.fn[l]
      const file = strings.get(functions.filename[fn])
      const line = lines.line.f[l]
      names.push(strings.get(functions.name[fn]) || strings.get(frames.name[frames.start[loc]]))
      places.push(line > 0 ? `${file}:${line}` : file)
      inlined.push(Number(l !== to - 1))
    }
  }
  return {
    row,
    names,
    places,
    inlined: Uint8Array.from(inlined),
    origin: Uint8Array.from(names, (n) => ORIGINS.indexOf(origins.of(n))),
  }
}
