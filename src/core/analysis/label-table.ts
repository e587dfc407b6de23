// What each value of each label weighs, as columns.

import { valueText } from '../base/people-fmt.ts'
import type { Profile } from '../model/profile.ts'
import type { LabelUnits } from './labels.ts'

/** One key with its values, the heaviest first. */
export interface LabelColumn {
  readonly key: string
  readonly numeric: boolean
  /** Values as people read them, and what a filter on tags takes for exactly this one. */
  readonly values: readonly string[]
  readonly filters: readonly string[]
  readonly weight: Float64Array
  readonly samples: Float64Array
  /** Sum over the samples that have the key, and how many those are. */
  readonly total: number
  readonly tagged: number
}

/** What a label set has of a key: its values; several only in strange profiles. */
interface Value {
  readonly text: string
  readonly filter: string
}

/** All values of a key in one label set. */
export function labelValuesOf(p: Profile, set: number, key: number, units: LabelUnits): Value[] {
  const t = p.labelSets
  const out: Value[] = []
  const name = p.strings.get(key)
  for (let row = t.start[set]; row < t.start[set + 1]; row++) {
    if (t.key[row] !== key) continue
    if (t.str[row] !== 0) {
      const text = p.strings.get(t.str[row])
      out.push({ text, filter: `${name}=${exactPattern(text)}` })
    } else {
      const unit = units.unit.get(name) ?? ''
      const v = t.num.get(row)
      // A key whose numbers have no unit is its own unit, which says nothing.
      const said = t.unit[row] === 0 && unit === name ? '' : unit
      out.push({ text: valueText(v, said), filter: `${name}=${v}${unit}` })
    }
  }
  return out
}

/** An expression for exactly this text; without commas, which part expressions in filters on tags. */
function exactPattern(text: string): string {
  return `^${text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&').replaceAll(',', '\\x2c')}$`
}

/** Keys in the order of their weight; `hidden` is a key that is left out. */
export function labelTable(p: Profile, value: number, units: LabelUnits, hidden: string): LabelColumn[] {
  const { samples, labelSets: t } = p
  const weightOf = new Float64Array(t.count)
  const samplesOf = new Float64Array(t.count)
  const column = samples.value[value].f
  for (let row = 0; row < samples.count; row++) {
    weightOf[samples.labelSet[row]] += column[row]
    samplesOf[samples.labelSet[row]]++
  }
  interface Sums {
    numeric: boolean
    total: number
    tagged: number
    /** By filter: values that read the same may differ. */
    values: Map<string, { text: string; weight: number; samples: number }>
  }
  const keys = new Map<number, Sums>()
  for (let set = 0; set < t.count; set++) {
    if (samplesOf[set] === 0) continue
    let last = -1
    for (let row = t.start[set]; row < t.start[set + 1]; row++) {
      const key = t.key[row]
      // Labels of a key lie together, texts before numbers.
      if (key === last) continue
      last = key
      let k = keys.get(key)
      if (k === undefined) {
        k = { numeric: t.str[row] === 0, total: 0, tagged: 0, values: new Map() }
        keys.set(key, k)
      }
      k.total += weightOf[set]
      k.tagged += samplesOf[set]
      for (const { text, filter } of labelValuesOf(p, set, key, units)) {
        const v = k.values.get(filter)
        if (v === undefined) k.values.set(filter, { text, weight: weightOf[set], samples: samplesOf[set] })
        else {
          v.weight += weightOf[set]
          v.samples += samplesOf[set]
        }
      }
    }
  }
  return [...keys]
    .map(([key, k]): LabelColumn => {
      const list = [...k.values].sort((a, b) => Math.abs(b[1].weight) - Math.abs(a[1].weight))
      return {
        key: p.strings.get(key),
        numeric: k.numeric,
        values: list.map(([, v]) => v.text),
        filters: list.map(([filter]) => filter),
        weight: Float64Array.from(list, ([, v]) => v.weight),
        samples: Float64Array.from(list, ([, v]) => v.samples),
        total: k.total,
        tagged: k.tagged,
      }
    })
    .filter((k) => k.key !== hidden)
    .sort((a, b) => Number(a.numeric) - Number(b.numeric) || Math.abs(b.total) - Math.abs(a.total))
}
