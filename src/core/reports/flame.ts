// What a flame picture is made from: a call tree, what it is a tree of, and what was left out of it.

import { buildCallTree, type CallTree, rowWeight } from '../analysis/call-tree.ts'
import { ORIGINS, Origins } from '../analysis/origin.ts'
import { UserError } from '../base/errors.ts'
import { absInt, type Int } from '../base/int64.ts'
import { shareText, signedValueText, valueText } from '../base/people-fmt.ts'
import type { Profile } from '../model/profile.ts'

export interface FlameOptions {
  /** Sample type that weighs. */
  readonly value: number
  readonly by: 'function' | 'line'
  readonly inverted: boolean
  /** Most rows that the tree may have; the lightest paths give way. */
  readonly maxRows: number
  /** Paths of a smaller share of all are left out in any case; 0 keeps all. */
  readonly leastShare?: number
  /** What shares are of, where it is not all that is drawn: what was there before filters, or a difference's base. */
  readonly whole: Int
  /** What it is a picture of, e.g. the source's name. */
  readonly title: string
  /** Filters in force, for people. */
  readonly filters: readonly string[]
  /** Whether it is a difference even if no value is negative. */
  readonly difference?: boolean
}

export interface FlameDoc {
  readonly profile: Profile
  /** With sums per frame. */
  readonly tree: CallTree
  readonly title: string
  /** Sample type and its unit as the profile names them. */
  readonly type: string
  readonly unit: string
  readonly by: 'function' | 'line'
  readonly inverted: boolean
  readonly whole: Int
  readonly filters: readonly string[]
  /** Samples drawn: those whose value is not 0. */
  readonly samples: number
  /** Paths lighter than this were left out; 0 if all are there. */
  readonly leastWeight: number
  readonly origins: Origins
}

/** Builds the tree with at most `maxRows` rows. Throws UserError for sums beyond int64. */
export function buildFlame(p: Profile, o: FlameOptions): FlameDoc {
  const { type, unit } = p.sampleTypes[o.value]
  const values = p.samples.value[o.value].f
  let gross = 0
  let samples = 0
  for (const v of values) {
    if (v === 0) continue
    gross += v < 0 ? -v : v
    samples++
  }
  // A path of one of so many equal parts is the least that could be kept if a row had no callers.
  let leastWeight = gross * (o.leastShare ?? 0)
  let tree: CallTree
  const shape = {
    value: o.value,
    by: o.by,
    inverted: o.inverted,
    difference: o.difference ?? false,
    frameSums: true,
  }
  if (samples > o.maxRows * 2) leastWeight = Math.max(leastWeight, gross / o.maxRows)
  for (;;) {
    tree = buildCallTree(p, { ...shape, leastWeight })
    if (tree.count <= o.maxRows) break
    // The weight that just the right number of rows reaches; in differences the tree may need another turn.
    const weights = new Float64Array(tree.count)
    for (let row = 0; row < tree.count; row++) weights[row] = rowWeight(tree, row)
    weights.sort()
    leastWeight = Math.max(weights[tree.count - o.maxRows] * (1 + 1e-9), leastWeight * 1.5, gross * 1e-9)
  }
  // Sums wrap at 64 bits, as in all reports; what has wrapped cannot be drawn to scale.
  if (tree.signed === undefined && Math.abs(tree.total.f[0] - gross) > gross * 1e-6)
    throw new UserError(`the values of ${type} add up to more than 64 bits hold and cannot be drawn to scale`)
  return {
    profile: p,
    tree,
    title: o.title,
    type,
    unit,
    by: o.by,
    inverted: o.inverted,
    whole: o.whole,
    filters: o.filters,
    samples,
    leastWeight: tree.leftCount === 0 ? 0 : leastWeight,
    origins: new Origins(p),
  }
}

/** What each origin's code took itself, in all samples: a sum per entry of ORIGINS. */
export function selfByOrigin(doc: FlameDoc): Float64Array {
  const { frames, frameSums } = doc.tree
  const out = new Float64Array(ORIGINS.length)
  for (let frame = 1; frame < frames.count; frame++) {
    const v = frameSums!.self[frame]
    if (v !== 0) out[originIndex(doc, frame)] += v
  }
  return out
}

/** Entry of ORIGINS that a frame is of. */
export function originIndex(doc: FlameDoc, frame: number): number {
  const name = doc.profile.strings.get(doc.tree.frames.name[frame])
  return ORIGINS.indexOf(doc.origins.ofName(name) ?? 'cgo')
}

/** The value as the picture shows it, with its sign in differences. */
export function flameValue(doc: FlameDoc, v: Int): string {
  return doc.tree.signed === undefined ? valueText(v, doc.unit) : signedValueText(v, doc.unit)
}

export function flameShare(doc: FlameDoc, v: Int): string {
  return shareText(v, doc.whole)
}

/** `function` or `functions`, with the number in front. */
export function countOf(n: number, one: string, many = `${one}s`): string {
  return `${valueText(n, 'count')} ${n === 1 ? one : many}`
}

/** What the root is called: `all 2.18 s`; with filters `1.48 s of 2.18 s`; in a difference both sides. */
export function rootLabel(doc: FlameDoc): string {
  const { tree, unit } = doc
  const total = tree.total.get(0)
  if (tree.signed !== undefined) {
    const less = valueText(tree.signed.less[0], unit)
    const more = valueText(tree.signed.more[0], unit)
    return `all ${signedValueText(total, unit)}: ${less} less, ${more} more`
  }
  const all = `all ${valueText(total, unit)}`
  return absInt(doc.whole) > absInt(total)
    ? `${all}, ${shareText(total, doc.whole)} of ${valueText(doc.whole, unit)}`
    : all
}

/** The line under the title: type, direction, samples, filters. */
export function flameSubtitle(doc: FlameDoc): string {
  const parts = [
    doc.type === '' ? 'samples' : doc.type,
    countOf(doc.samples, 'stack'),
    doc.inverted ? 'callers below: from leaves to roots' : '',
    doc.by === 'line' ? 'by line' : '',
    ...doc.filters,
  ]
  return parts.filter((s) => s !== '').join(', ')
}

/** Weight of what was left out of the tree: the sum of its sizes. */
export function leftWeight(tree: CallTree): number {
  let sum = 0
  for (const v of tree.left.f) sum += v < 0 ? -v : v
  return sum
}

/** What is not in the picture, in one sentence; '' if all is. */
export function leftOutNotice(doc: FlameDoc): string {
  const { tree, unit } = doc
  if (tree.leftCount === 0) return ''
  const weight = leftWeight(tree)
  const callees = countOf(tree.leftCount, doc.inverted ? 'caller' : 'callee')
  const one = tree.leftCount === 1
  return `${callees} of less than ${valueText(Math.ceil(doc.leastWeight), unit)}${one ? '' : ' each'}, with all under ${one ? 'it' : 'them'}, ${one ? 'is' : 'are'} left out: ${valueText(weight, unit)} (${shareText(weight, doc.whole)}) in all.`
}

/** What is not in the picture, and what must be known to read it. One sentence each. */
export function flameNotices(doc: FlameDoc): string[] {
  const { tree } = doc
  const out: string[] = []
  if (tree.count === 1 && tree.leftCount === 0) {
    out.push(
      doc.profile.samples.count === 0
        ? 'There are no samples to draw.'
        : tree.total.get(0) === 0
          ? 'All samples are 0: there is nothing to draw.'
          : 'The samples have no stacks: there is nothing above all.',
    )
  }
  if (tree.signed !== undefined)
    out.push(
      'A difference: left of the middle line is what was taken away, right of it what was added; widths are the size of the change.',
    )
  const left = leftOutNotice(doc)
  if (left !== '') out.push(left)
  return out
}
