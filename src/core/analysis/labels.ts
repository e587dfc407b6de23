import { scaledLabel } from '../base/units.ts'
import { compareText } from '../base/utf8.ts'
import { mapLabelSets } from '../model/label-sets.ts'
import type { Profile } from '../model/profile.ts'
import { usedLabelSets, withLabelSets } from './samples.ts'

/** Unit of each numeric label key, and the units that were met but lost to it. */
export interface LabelUnits {
  /** Key -> its unit: the first one met in the samples, else guessed from the key. */
  readonly unit: ReadonlyMap<string, string>
  /** Key -> other units, sorted. */
  readonly ignored: ReadonlyMap<string, readonly string[]>
}

/** A key of numeric labels has one unit for the whole profile (google/pprof NumLabelUnits). */
export function numericLabelUnits(p: Profile): LabelUnits {
  const t = p.labelSets
  const unit = new Map<string, string>()
  const ignored = new Map<string, Set<string>>()
  const keys = new Set<string>()
  const seen = new Uint8Array(t.count)
  // Sets in the order in which samples have them: the first unit met counts.
  const { labelSet } = p.samples
  let unseen = 0
  for (let set = 0; set < t.count; set++) {
    // Text comes first in a set, so the last label tells whether there is any number.
    const last = t.start[set + 1] - 1
    if (last >= t.start[set] && t.str[last] === 0) unseen++
    else seen[set] = 1
  }
  for (let sample = 0; sample < labelSet.length && unseen > 0; sample++) {
    const set = labelSet[sample]
    if (seen[set] === 1) continue
    unseen--
    seen[set] = 1
    for (let row = t.start[set]; row < t.start[set + 1]; row++) {
      if (t.str[row] !== 0) continue
      const key = p.strings.get(t.key[row])
      keys.add(key)
      const u = p.strings.get(t.unit[row])
      if (u === '') continue
      const known = unit.get(key)
      if (known === undefined) unit.set(key, u)
      else if (known !== u) ignored.set(key, (ignored.get(key) ?? new Set()).add(u))
    }
  }
  for (const key of keys)
    if (!unit.has(key)) unit.set(key, key === 'alignment' || key === 'request' ? 'bytes' : key)
  return { unit, ignored: new Map([...ignored].map(([key, units]) => [key, [...units].sort(compareText)])) }
}

/** The profile with the text label `key` = `value` on every sample, in place of any other text of that key. */
export function setTextLabel(p: Profile, key: string, value: string): Profile {
  const keyId = p.strings.intern(key)
  const valueId = p.strings.intern(value)
  const t = p.labelSets
  const { sets, renumber } = mapLabelSets(t, (b, set) => {
    for (let row = t.start[set]; row < t.start[set + 1]; row++)
      if (t.key[row] !== keyId || t.str[row] === 0) b.addRow(t, row)
    b.addText(keyId, valueId)
  })
  return withLabelSets(p, sets, renumber)
}

/** All values of a label of one set as text, numbers in `outputUnit`. */
export function labelValues(p: Profile, set: number, key: number, outputUnit: string): string[] {
  const t = p.labelSets
  const texts: string[] = []
  const numbers: number[] = []
  for (let row = t.start[set]; row < t.start[set + 1]; row++) {
    if (t.key[row] !== key) continue
    if (t.str[row] !== 0) texts.push(p.strings.get(t.str[row]))
    else numbers.push(row)
  }
  const hasUnits = numbers.some((row) => t.unit[row] !== 0)
  return texts.concat(
    numbers.map((row) =>
      hasUnits
        ? scaledLabel(t.num.get(row), p.strings.get(t.unit[row]), outputUnit)
        : scaledLabel(t.num.get(row), '', ''),
    ),
  )
}

/** Keys of labels in use, as string ids. */
export function labelKeys(p: Profile): Set<number> {
  const used = usedLabelSets(p)
  const keys = new Set<number>()
  const t = p.labelSets
  for (let set = 0; set < t.count; set++)
    if (used[set] === 1) for (let row = t.start[set]; row < t.start[set + 1]; row++) keys.add(t.key[row])
  return keys
}
