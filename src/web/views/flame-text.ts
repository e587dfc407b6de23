// What is said of a frame in words: for the root, tooltips and screen readers.

import { splitFunctionName } from '../../core/analysis/display-names.ts'
import { BOX_INLINED, BOX_RECURSIVE } from '../../core/analysis/flame/boxes.ts'
import { groupDigits, shareText, signedValueText, valueText } from '../../core/base/people-fmt.ts'
import type { FlameTree } from '../../core/engine/workbench/questions/flame-tree.ts'
import { childrenOf, depthOf } from '../draw/flame-geometry.ts'
import { displayName } from '../parts/name.tsx'

const counted = (n: number, one: string, many = `${one}s`): string =>
  `${groupDigits(n)} ${n === 1 ? one : many}`

/** `all 2.18 s, 218 samples`; with filters the share of what there was; in a difference both sides. */
export function rootText(t: FlameTree): string {
  const { boxes, unit } = t
  if (boxes.before !== undefined) {
    const change = signedValueText(boxes.total[0]!, unit)
    return `all ${valueText(boxes.before[0]!, unit)} → ${valueText(boxes.after![0]!, unit)} (${change})`
  }
  const total = boxes.total[0]!
  const of =
    t.everything > total ? ` (${shareText(total, t.everything)} of ${valueText(t.everything, unit)})` : ''
  return `all ${valueText(total, unit)}${of}, ${counted(t.samples, 'stack')}`
}

/** The change of a box as it is drawn: on two sides of a line that of its side. */
export function changeText({ boxes, unit }: FlameTree, box: number): string {
  if (boxes.middle === 0) return signedValueText(boxes.total[box]!, unit)
  const side = boxes.x[box]! < boxes.middle ? -1 : 1
  return signedValueText(side * boxes.width[box]!, unit)
}

/** The value of the label that most of a box carries and its share, `/order 62.0%`; '' where it carries no other. */
export function mixText({ boxes, labels }: FlameTree, box: number): string {
  const share = boxes.labelShare?.[box] ?? 1
  return share === 1 || labels === undefined
    ? ''
    : `${labelText(labels.values[boxes.label![box]!]!)} ${shareText(share, 1)}`
}

/** A label's value in short; that of what has none in words. */
export function labelText(value: string): string {
  return value === '' ? 'without it' : displayName(value).slice(0, 80)
}

/** The function without its path, as in crumbs. */
export function shortFunction(name: string): string {
  const { path, fn } = splitFunctionName(displayName(name))
  return `${path.slice(path.lastIndexOf('/') + 1)}${fn}`
}

/** "main.matchRoute, 1.50 s, 68.8 percent, level 3, 4 callees". */
export function boxSentence(t: FlameTree, box: number): string {
  const { boxes, frames, unit } = t
  const depth = depthOf(boxes, box)
  const { from, to } = childrenOf(boxes, box, depth)
  const name = displayName(frames.names[boxes.frame[box]!]!).slice(0, 400)
  const value =
    boxes.before === undefined ? valueText(boxes.total[box]!, unit) : signedValueText(boxes.total[box]!, unit)
  const flags = boxes.flags[box]!
  return [
    name,
    value,
    shareText(boxes.total[box]!, t.whole).replace('%', ' percent'),
    `level ${depth}`,
    counted(to - from, 'callee'),
    ...(flags & BOX_INLINED ? ['inlined'] : []),
    ...(flags & BOX_RECURSIVE ? ['recursive'] : []),
  ].join(', ')
}
