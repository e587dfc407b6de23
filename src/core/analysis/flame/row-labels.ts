// Which value of a label each path of a call tree was mostly taken under.

import { GrowU32 } from '../../base/grow.ts'
import type { Profile } from '../../model/profile.ts'
import type { CallTree } from '../call-tree.ts'
import { labelValuesOf } from '../label-table.ts'
import { numericLabelUnits } from '../labels.ts'

export interface RowLabels {
  /** Values as people read them, in the order of their first sample; the first is '' for samples without the label. */
  readonly values: readonly string[]
  /** Sum of the samples with each. */
  readonly weight: Float64Array
  /** Tree row -> the value that most of its samples' magnitude carries, a row of `values`. */
  readonly heaviest: Uint32Array
  /** And which share of it that is: 0 to 1, 1 where there are no others. */
  readonly share: Float32Array
}

const NO_ROW = 0xffffffff

/** Linear in the frames of all stacks, however many values there are. */
export function labelRows(p: Profile, value: number, tree: CallTree, key: string): RowLabels {
  const { values, ofSet } = valuesOfSets(p, key)
  const { samples } = p
  const column = samples.value[value].f
  const weight = new Float64Array(values.length)
  for (let row = 0; row < samples.count; row++) weight[ofSet[samples.labelSet[row]]] += column[row]
  const heaviest = new Uint32Array(tree.count)
  const most = new Float64Array(tree.count)
  const whole = new Float64Array(tree.count)
  /** Sums under one value, and which rows have one. */
  const sum = new Float64Array(tree.count)
  const touched = new GrowU32(1024)
  const settle = (of: number): void => {
    for (let i = 0; i < touched.length; i++) {
      const row = touched.a[i]
      const v = sum[row]
      whole[row] += v
      if (v > most[row]) {
        most[row] = v
        heaviest[row] = of
      }
      sum[row] = 0
    }
    touched.length = 0
  }
  const { order, start } = samplesByValue(p, ofSet, values.length)
  for (let of = 0; of < values.length; of++) {
    for (let i = start[of]; i < start[of + 1]; i++) {
      const v = Math.abs(column[order[i]])
      const end = tree.end[order[i]]
      if (v === 0 || end === NO_ROW) continue
      for (let row = end; row >= 0; row = tree.parent[row]) {
        if (sum[row] === 0) touched.push(row)
        sum[row] += v
      }
    }
    settle(of)
  }
  const share = new Float32Array(tree.count)
  for (let row = 0; row < share.length; row++) share[row] = whole[row] === 0 ? 1 : most[row] / whole[row]
  return { values, weight, heaviest, share }
}

/** The value of each label set; of a set with several they are one, joined. */
function valuesOfSets(p: Profile, key: string): { values: string[]; ofSet: Uint32Array } {
  const id = p.strings.intern(key)
  const units = numericLabelUnits(p)
  const values = ['']
  const known = new Map([['', 0]])
  const ofSet = new Uint32Array(p.labelSets.count)
  for (let set = 0; set < ofSet.length; set++) {
    const text = labelValuesOf(p, set, id, units)
      .map((v) => v.text)
      .join(', ')
    let row = known.get(text)
    if (row === undefined) {
      row = values.push(text) - 1
      known.set(text, row)
    }
    ofSet[set] = row
  }
  return { values, ofSet }
}

/** The samples of value k are order[start[k], start[k + 1]). */
function samplesByValue(
  { samples }: Profile,
  ofSet: Uint32Array,
  values: number,
): { order: Uint32Array; start: Uint32Array } {
  const start = new Uint32Array(values + 1)
  for (let row = 0; row < samples.count; row++) start[ofSet[samples.labelSet[row]] + 1]++
  for (let k = 0; k < values; k++) start[k + 1] += start[k]
  const next = start.slice()
  const order = new Uint32Array(samples.count)
  for (let row = 0; row < samples.count; row++) order[next[ofSet[samples.labelSet[row]]]++] = row
  return { order, start }
}
