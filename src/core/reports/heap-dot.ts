// What holds the memory as a graph in Graphviz's language: the heaviest part of the dominator tree. Children
// of one node that are of one type are one box, so that a map of a million entries stays readable.

import type { HeapAnalysis } from '../analysis/heap/analyse.ts'
import { type HeapPlace, placeOf } from '../analysis/heap/describe.ts'
import { bytesText, countText, NARROW, shareText } from '../base/people-fmt.ts'
import { cutMiddle, LABEL_LENGTH, pictureLabel, pictureText, TOOLTIP_LENGTH } from './picture-text.ts'

export interface HeapDotOptions {
  readonly title: string
  /** Boxes at most. */
  readonly boxes: number
}

/** Boxes of a picture that people can still read. */
export const HEAP_DOT_BOXES = 60
/** Children below this share of the whole are folded into one box. */
const LEAST_SHARE = 0.005
/** Children that are looked at, heaviest first; the others are folded. */
const MAX_CHILDREN = 2000

/** So many objects of one type that follow each other are one box; each has this share of the one before. */
const CHAIN = 3
const CHAIN_SHARE = 0.5

interface Box {
  readonly id: number
  readonly parent: number
  /** Node to expand, -1 for a box of several. */
  readonly node: number
  readonly lines: readonly string[]
  readonly tooltip: string
  readonly retained: number
  readonly kind: HeapPlace['kind'] | 'several' | 'rest'
}

const FILL: Readonly<Record<Box['kind'], string>> = {
  top: '#e8e8e8',
  variable: '#d6e6f5',
  goroutine: '#dcefdc',
  frame: '#dcefdc',
  finalizer: '#f3e3f3',
  other: '#eeeeee',
  object: '#fbf3dc',
  several: '#fbe6c8',
  rest: '#f5f5f5',
}

/** The graph as text. */
export function heapDot(a: HeapAnalysis, options: HeapDotOptions): string {
  const boxes = new BoxFinder(a, options.boxes).boxes
  const total = a.retained[a.graph.top]
  const text = (s: string): string => pictureText(s.replaceAll(NARROW, ' '))
  const lines = [
    `digraph "${text(cutMiddle(options.title, LABEL_LENGTH))}" {`,
    'rankdir=LR',
    'node [shape=box style=filled fontname="sans-serif" fontsize=11]',
    'edge [color="#888888"]',
  ]
  for (const box of boxes) {
    const label = box.lines.map((l) => text(cutMiddle(l, LABEL_LENGTH))).join('\\n')
    const tooltip = text(cutMiddle(box.tooltip, TOOLTIP_LENGTH))
    const border = box.kind === 'several' || box.kind === 'rest' ? ' style="filled,dashed"' : ''
    lines.push(
      `N${box.id} [label="${pictureLabel(label)}" tooltip="${tooltip}" fillcolor="${FILL[box.kind]}"${border}]`,
    )
    if (box.parent >= 0) {
      const width = 1 + Math.round(5 * Math.sqrt(total === 0 ? 0 : box.retained / total))
      lines.push(`N${box.parent} -> N${box.id} [penwidth=${width}]`)
    }
  }
  lines.push('}', '')
  return lines.join('\n')
}

class BoxFinder {
  readonly boxes: Box[] = []
  private readonly a: HeapAnalysis
  private readonly total: number

  constructor(a: HeapAnalysis, most: number) {
    this.a = a
    this.total = a.retained[a.graph.top]
    this.boxes.push({
      id: 0,
      parent: -1,
      node: a.graph.top,
      lines: ['heap', `${bytesText(this.total)} held in ${countText(a.live.objects)} objects`],
      tooltip: 'all that is held',
      retained: this.total,
      kind: 'top',
    })
    // Heaviest first, so that what is left out is always less than what is shown.
    const open = [this.boxes[0]]
    while (open.length > 0 && this.boxes.length < most) {
      open.sort((x, y) => y.retained - x.retained || x.id - y.id)
      const box = open.shift()!
      for (const child of this.childrenOf(box, most - this.boxes.length)) {
        this.boxes.push(child)
        if (child.node >= 0) open.push(child)
      }
    }
  }

  /** At most `room` boxes for what a node dominates. */
  private childrenOf(parent: Box, room: number): Box[] {
    const { a } = this
    const { start, child } = a.children
    const from = start[parent.node]
    const to = start[parent.node + 1]
    const looked = Math.min(to, from + MAX_CHILDREN)
    const groups = new Map<string, { nodes: number; first: number; retained: number }>()
    let restNodes = to - looked
    let restBytes = 0
    for (let k = looked; k < to; k++) restBytes += a.retained[child[k]]
    for (let k = from; k < looked; k++) {
      const node = child[k]
      const key = this.keyOf(node)
      const group = groups.get(key)
      if (group === undefined) groups.set(key, { nodes: 1, first: node, retained: a.retained[node] })
      else {
        group.nodes++
        group.retained += a.retained[node]
      }
    }
    const sorted = [...groups.values()].sort((x, y) => y.retained - x.retained || x.first - y.first)
    const out: Box[] = []
    for (const group of sorted) {
      const full = out.length + 1 >= room
      if (full || (group.retained < this.total * LEAST_SHARE && sorted.length > 1)) {
        restNodes += group.nodes
        restBytes += group.retained
      } else out.push(this.groupBox(parent, group, this.boxes.length + out.length))
    }
    if (restNodes > 0) out.push(this.restBox(parent, restNodes, restBytes, this.boxes.length + out.length))
    return out
  }

  /** What is one box: objects of a type, goroutines of a function. */
  private keyOf(node: number): string {
    const { a } = this
    if (node < a.graph.objects) return `type ${a.types.of(node)}`
    const place = placeOf(a, node)
    return place.kind === 'goroutine' ? `goroutine ${place.name}` : `node ${node}`
  }

  private groupBox(
    parent: Box,
    group: { readonly nodes: number; readonly first: number; readonly retained: number },
    id: number,
  ): Box {
    const { a } = this
    const { first, nodes, retained } = group
    const place = placeOf(a, first)
    const size = `${bytesText(retained)} (${shareText(retained, this.total)})`
    if (nodes > 1) {
      return {
        id,
        parent: parent.id,
        node: -1,
        lines: [
          `${countText(nodes)} × ${place.name}`,
          ...(place.kind === 'goroutine' ? ['goroutines'] : []),
          `${size} together`,
        ],
        tooltip: `the largest: ${place.detail} with ${bytesText(a.retained[first])}`,
        retained,
        kind: 'several',
      }
    }
    const chain = this.chainFrom(parent.node, first)
    if (chain.length >= CHAIN) {
      return {
        id,
        parent: parent.id,
        node: chain.last,
        lines: [`${countText(chain.length)} × ${place.name}`, 'one behind the other', size],
        tooltip: `from ${place.detail} on`,
        retained,
        kind: 'several',
      }
    }
    return {
      id,
      parent: parent.id,
      node: first,
      lines: [place.name, ...(place.kind === 'object' ? [] : [place.detail]), size],
      tooltip: `${place.name}, ${place.detail}`,
      retained,
      kind: place.kind,
    }
  }

  /** How many objects of the parent's type follow each other, as in a list. */
  private chainFrom(parent: number, first: number): { length: number; last: number } {
    const { a } = this
    const { objects } = a.graph
    const { start, child } = a.children
    let length = 0
    let last = parent
    let node = first
    while (parent < objects && node < objects && a.types.of(node) === a.types.of(parent)) {
      length++
      last = node
      if (start[node] === start[node + 1]) break
      node = child[start[node]]
      if (a.retained[node] < a.retained[last] * CHAIN_SHARE) break
    }
    return { length, last }
  }

  private restBox(parent: Box, nodes: number, bytes: number, id: number): Box {
    const size = `${bytesText(bytes)} (${shareText(bytes, this.total)})`
    return {
      id,
      parent: parent.id,
      node: -1,
      lines: [`${countText(nodes)} ${nodes === 1 ? 'other' : 'others'}`, size],
      tooltip: 'what is too little to be shown',
      retained: bytes,
      kind: 'rest',
    }
  }
}
