import { absInt, addInt, cmpInt, type Int } from '../base/int64.ts'
import { compareText } from '../base/utf8.ts'
import type { Profile } from '../model/profile.ts'
import { meanOf } from './graph.ts'
import type { LabelWeights } from './label-weights.ts'

/** A label value with the weight it has at one node. */
export interface Tag {
  readonly name: string
  /** Unit and value of a numeric label; '' and 0 for text. */
  readonly unit: string
  readonly value: Int
  flat: Int
  flatDivisor: Int
  cum: Int
  cumDivisor: Int
}

export interface TagOptions {
  /** Key of the one numeric label that is shown, and its unit. */
  readonly numericKey: string
  readonly numericUnit: string
  /** Text of a numeric value; values of the same text are one tag. */
  readonly format: (value: Int, unit: string) => string
  /** Text labels with this key are left out. */
  readonly hiddenKey: string
}

interface NodeTags {
  /** All text labels of a sample, joined -> tag. */
  text: Map<string, Tag>
  /** Joined text labels ('' if none) -> numeric value's text -> tag. */
  readonly numeric: Map<string, Map<string, Tag>>
}

export function tagFlat(t: Tag): Int {
  return meanOf(t.flat, t.flatDivisor)
}

export function tagCum(t: Tag): Int {
  return meanOf(t.cum, t.cumDivisor)
}

/** Heaviest first, by cum or by flat, then by name. */
export function compareTags(byFlat: boolean): (a: Tag, b: Tag) => number {
  return (a, b) => {
    if (!byFlat && a.cum !== b.cum) return cmpInt(absInt(b.cum), absInt(a.cum))
    if (a.flat !== b.flat) return cmpInt(absInt(b.flat), absInt(a.flat))
    return compareText(a.name, b.name)
  }
}

/** Label tags of nodes, for pictures. */
export class LabelTags {
  private readonly nodes: Map<number, NodeTags>

  constructor(nodes: Map<number, NodeTags>) {
    this.nodes = nodes
  }

  /** Tags of a node, in no order; numeric ones by the text labels that they go with. */
  of(node: number): { text: Tag[]; numeric: ReadonlyMap<string, readonly Tag[]> } {
    const t = this.nodes.get(node)
    const numeric = new Map<string, Tag[]>()
    for (const [label, tags] of t?.numeric ?? []) if (tags.size > 0) numeric.set(label, [...tags.values()])
    return { text: [...(t?.text.values() ?? [])], numeric }
  }

  /** How many tags of a node have flat weight. */
  countFlat(node: number): number {
    const t = this.nodes.get(node)
    if (t === undefined) return 0
    let n = 0
    for (const tag of t.text.values()) if (tag.flat !== 0) n++
    for (const tags of t.numeric.values()) for (const tag of tags.values()) if (tag.flat !== 0) n++
    return n
  }

  /** Drops tags that weigh less than the cutoff both ways. */
  trim(least: Int): void {
    const light = (t: Tag): boolean => absInt(t.flat) < least && absInt(t.cum) < least
    for (const t of this.nodes.values())
      for (const tags of [t.text, ...t.numeric.values()])
        for (const [name, tag] of tags) if (light(tag)) tags.delete(name)
  }
}

/** Turns weights by label set into tags by node. */
export function tagNodes(p: Profile, w: LabelWeights, o: TagOptions): LabelTags {
  const sets = new Map<number, { text: string; numbers: readonly Int[] }>()
  const describe = (set: number): { text: string; numbers: readonly Int[] } => {
    let d = sets.get(set)
    if (d === undefined) {
      d = describeSet(p, set, o)
      sets.set(set, d)
    }
    return d
  }
  const nodes = new Map<number, NodeTags>()
  for (let row = 0; row < w.count; row++) {
    let node = nodes.get(w.node[row])
    if (node === undefined) {
      node = { text: new Map(), numeric: new Map() }
      nodes.set(w.node[row], node)
    }
    const { text, numbers } = describe(w.set[row])
    if (text !== '') add(node.text, text, '', 0, w, row)
    let numeric = node.numeric.get(text)
    if (numeric === undefined) {
      numeric = new Map()
      node.numeric.set(text, numeric)
    }
    for (const v of numbers) add(numeric, o.format(v, o.numericUnit), o.numericUnit, v, w, row)
  }
  return new LabelTags(nodes)
}

function describeSet(p: Profile, set: number, o: TagOptions): { text: string; numbers: Int[] } {
  const t = p.labelSets
  const text: string[] = []
  const numbers: Int[] = []
  for (let row = t.start[set]; row < t.start[set + 1]; row++) {
    const key = p.strings.get(t.key[row])
    if (t.str[row] === 0) {
      if (key === o.numericKey) numbers.push(t.num.get(row))
    } else if (key !== o.hiddenKey) text.push(`${key}:${p.strings.get(t.str[row])}`)
  }
  // Joined by what Graphviz reads as a line break.
  return { text: text.sort(compareText).join('\\n'), numbers }
}

function add(
  tags: Map<string, Tag>,
  name: string,
  unit: string,
  value: Int,
  w: LabelWeights,
  row: number,
): void {
  let tag = tags.get(name)
  if (tag === undefined) {
    tag = { name, unit, value, flat: 0, flatDivisor: 0, cum: 0, cumDivisor: 0 }
    tags.set(name, tag)
  }
  tag.flat = addInt(tag.flat, w.flat.get(row))
  tag.cum = addInt(tag.cum, w.cum.get(row))
  tag.flatDivisor = addInt(tag.flatDivisor, w.flatDivisor?.get(row) ?? 0)
  tag.cumDivisor = addInt(tag.cumDivisor, w.cumDivisor?.get(row) ?? 0)
}
