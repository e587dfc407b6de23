// Stacks by weight: what samples with equal stacks and labels add up to, heaviest first. (The drop-in
// report `traces` prints samples one by one, as they lie in the file.)

import { buildNodes, NodeNames, type ProfileNodes } from '../analysis/nodes.ts'
import { absInt, addInt, cmpInt, type Int } from '../base/int64.ts'
import { compareText } from '../base/utf8.ts'
import type { Profile } from '../model/profile.ts'
import type { Report } from './report.ts'

export interface StackFrame {
  readonly name: string
  /** Whether its code lies inside that of the frame after it. */
  readonly inline: boolean
}

export interface StackLabel {
  readonly key: string
  /** Text, or a number with its unit ('' if unknown). */
  readonly value: string | { readonly number: Int; readonly unit: string }
}

export interface StackRow {
  readonly value: Int
  /** Number of samples that were added up. */
  readonly samples: number
  /** Leaf first. */
  readonly frames: readonly StackFrame[]
  /** By key. */
  readonly labels: readonly StackLabel[]
}

export interface StacksDoc {
  readonly rows: readonly StackRow[]
  /** How many different stacks there are, with those that the limit left out. */
  readonly count: number
  readonly total: Int
}

/** Adds up equal stacks; at most `limit` rows, 0 for all. Linear in the frames of all samples. */
export function buildStacks(r: Report, limit: number): StacksDoc {
  const p = r.profile
  const nodes = buildNodes(p, { objectFiles: false })
  const names = new NodeNames(p, nodes.table)
  const value = p.samples.value[r.options.value]
  const groups = new StackGroups(p, nodes)
  const sum: Int[] = []
  const samples: number[] = []
  for (let row = 0; row < p.samples.count; row++) {
    if (value.f[row] === 0 || p.samples.stackStart[row] === p.samples.stackEnd[row]) continue
    const g = groups.of(row)
    sum[g] = addInt(sum[g] ?? 0, value.get(row))
    samples[g] = (samples[g] ?? 0) + 1
  }
  const order = sum.map((_, g) => g).filter((g) => sum[g] !== 0)
  order.sort((a, b) => cmpInt(absInt(sum[b]), absInt(sum[a])) || a - b)
  const shown = limit > 0 ? order.slice(0, limit) : order
  return {
    rows: shown.map((g) => ({
      value: sum[g],
      samples: samples[g],
      frames: framesOf(p, nodes, names, groups.first[g]),
      labels: labelsOf(r, p.samples.labelSet[groups.first[g]]),
    })),
    count: order.length,
    total: r.total,
  }
}

/** Numbers the different (stack, labels) pairs in order of first occurrence. */
class StackGroups {
  /** Group -> its first sample. */
  readonly first: number[] = []
  private readonly p: Profile
  private readonly nodes: ProfileNodes
  /** Hash -> groups that have it. */
  private readonly byHash = new Map<number, number[]>()

  constructor(p: Profile, nodes: ProfileNodes) {
    this.p = p
    this.nodes = nodes
  }

  of(row: number): number {
    const { samples } = this.p
    const { start, node } = this.nodes
    let h = samples.labelSet[row]
    for (let i = samples.stackStart[row]; i < samples.stackEnd[row]; i++) {
      const loc = samples.frame[i]
      for (let k = start[loc]; k < start[loc + 1]; k++) h = Math.imul(h ^ node[k], 0x9e3779b1) ^ (h >>> 15)
    }
    const same = this.byHash.get(h)
    const known = same?.find((g) => this.equal(this.first[g], row))
    if (known !== undefined) return known
    const g = this.first.push(row) - 1
    if (same === undefined) this.byHash.set(h, [g])
    else same.push(g)
    return g
  }

  private equal(a: number, b: number): boolean {
    const { samples } = this.p
    if (samples.labelSet[a] !== samples.labelSet[b]) return false
    const { start, node } = this.nodes
    let i = samples.stackStart[a]
    let k = samples.stackStart[b]
    const endA = samples.stackEnd[a]
    if (endA - i !== samples.stackEnd[b] - k) return false
    for (; i < endA; i++, k++) {
      const x = samples.frame[i]
      const y = samples.frame[k]
      if (x === y) continue
      const n = start[x + 1] - start[x]
      if (start[y + 1] - start[y] !== n) return false
      for (let j = 0; j < n; j++) if (node[start[x] + j] !== node[start[y] + j]) return false
    }
    return true
  }
}

function framesOf(p: Profile, nodes: ProfileNodes, names: NodeNames, row: number): StackFrame[] {
  const frames: StackFrame[] = []
  for (let i = p.samples.stackStart[row]; i < p.samples.stackEnd[row]; i++) {
    const loc = p.samples.frame[i]
    const last = nodes.start[loc + 1] - 1
    for (let k = nodes.start[loc]; k <= last; k++)
      frames.push({ name: names.printed(nodes.node[k]), inline: k !== last })
  }
  return frames
}

function labelsOf(r: Report, set: number): StackLabel[] {
  const { labelSets: t, strings } = r.profile
  const out: StackLabel[] = []
  for (let row = t.start[set]; row < t.start[set + 1]; row++) {
    const key = strings.get(t.key[row])
    const value =
      t.str[row] !== 0
        ? strings.get(t.str[row])
        : { number: t.num.get(row), unit: r.options.labelUnits.unit.get(key) ?? '' }
    out.push({ key, value })
  }
  return out.sort((a, b) => compareText(a.key, b.key))
}
