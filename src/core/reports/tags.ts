import { absInt, addInt, cmpInt, type Int } from '../base/int64.ts'
import { alignRight } from '../base/tabwriter.ts'
import { percentage, scaledLabel } from '../base/units.ts'
import { compareText } from '../base/utf8.ts'
import { type Report, type Sink, ValueFormat } from './report.ts'

/** One label key with its values, heaviest first. */
export interface TagKey {
  readonly key: string
  readonly total: Int
  readonly values: readonly { readonly value: string; readonly weight: Int }[]
}

export interface TagsDoc {
  /** By key. */
  readonly keys: readonly TagKey[]
  readonly total: Int
}

/** What each label value weighs. */
export function buildTags(r: Report): TagsDoc {
  const { profile: p, options: o } = r
  const perSet: Int[] = new Array<Int>(p.labelSets.count).fill(0)
  const used = new Uint8Array(p.labelSets.count)
  const value = p.samples.value[o.value]
  for (let row = 0; row < p.samples.count; row++) {
    const set = p.samples.labelSet[row]
    used[set] = 1
    perSet[set] = addInt(perSet[set], value.get(row))
  }
  const keys = new Map<string, { total: Int; values: Map<string, Int> }>()
  const t = p.labelSets
  for (let set = 0; set < t.count; set++) {
    if (used[set] === 0) continue
    for (let row = t.start[set]; row < t.start[set + 1]; row++) {
      const key = p.strings.get(t.key[row])
      const text =
        t.str[row] !== 0
          ? p.strings.get(t.str[row])
          : scaledLabel(t.num.get(row), o.labelUnits.unit.get(key) ?? '', o.outputUnit)
      let k = keys.get(key)
      if (k === undefined) {
        k = { total: 0, values: new Map() }
        keys.set(key, k)
      }
      k.total = addInt(k.total, perSet[set])
      k.values.set(text, addInt(k.values.get(text) ?? 0, perSet[set]))
    }
  }
  return {
    total: r.total,
    keys: [...keys]
      .sort(([a], [b]) => compareText(a, b))
      .map(([key, k]) => ({
        key,
        total: k.total,
        values: [...k.values]
          .map(([v, weight]) => ({ value: v, weight }))
          .sort((a, b) => cmpInt(absInt(b.weight), absInt(a.weight)) || compareText(a.value, b.value)),
      })),
  }
}

export function printTags(doc: TagsDoc, r: Report, out: Sink): void {
  const format = new ValueFormat(r.options)
  const share = (v: Int): string => (doc.total > 0 ? ` (${percentage(v, doc.total)})` : '')
  let text = ''
  for (const k of doc.keys) {
    text += `${k.key}:\t Total ${format.value(k.total)} of ${format.value(doc.total)}${share(k.total)}\n`
    for (const v of k.values) text += ` \t${format.value(v.weight)}${share(v.weight)}:\t ${v.value}\n`
    text += '\n'
  }
  out.text(alignRight(text, 1))
}
