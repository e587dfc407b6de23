// The boxes of a call graph: what they say and how large they are. Names are set in a fixed pitch, so sizes need no
// screen.

import { collapseTypeArguments, splitFunctionName } from '../../core/analysis/display-names.ts'
import {
  cellWidth,
  cutLeft,
  cutRight,
  shareText,
  signedValueText,
  valueText,
} from '../../core/base/people-fmt.ts'
import type { CallGraph } from '../../core/engine/workbench/questions/graph.ts'
import { displayName, shortName } from '../parts/name.tsx'
import { type GraphOrder, LABEL } from './graph-layout.ts'

/** A text in a box: its baseline is `y` below the top of the box. */
export interface BoxText {
  readonly text: string
  readonly size: number
  readonly y: number
  readonly kind: 'path' | 'fn' | 'value' | 'self'
}

export interface GraphBox {
  /** Row of the graph's nodes, or of its tags. */
  readonly kind: 'node' | 'tag'
  readonly row: number
  readonly width: number
  readonly height: number
  readonly texts: readonly BoxText[]
}

/** A line between boxes. */
export interface GraphLine {
  readonly from: number
  readonly to: number
  readonly text: string
  /** Thickness in pixels. */
  readonly width: number
  readonly weight: number
  readonly residual: boolean
  readonly inlined: boolean
  /** Row of the graph's edges; -1 for the line to a label. */
  readonly edge: number
}

export interface GraphModel {
  readonly boxes: readonly GraphBox[]
  readonly lines: readonly GraphLine[]
  readonly order: GraphOrder
}

/** Width of a character, in its size: that of JetBrains Mono and of most fixed fonts. */
const PITCH = 0.602
const PAD_X = 8
const PAD_Y = 5
/** The bar at the bottom that shows the share. */
const BAR = 4
const SMALLEST = 11
const LARGEST = 19
const SIZE_PATH = 10
const SIZE_VALUE = 11
const MOST_CELLS = 30
const THICKEST = 7

/** The text of a weight in this graph. */
export function graphValue(g: Pick<CallGraph, 'unit' | 'difference'>, v: number, to = 'auto'): string {
  return g.difference ? signedValueText(v, g.unit, to) : valueText(v, g.unit, to)
}

/** Boxes and lines of a graph, labels included. `unit` is the one that values are shown in. */
export function graphModel(g: CallGraph, unit = 'auto'): GraphModel {
  const most = g.self.reduce((m, v) => Math.max(m, Math.abs(v)), 0)
  const boxes: GraphBox[] = g.names.map((_, row) => nodeBox(g, row, most, unit))
  const firstTag = boxes.length
  for (let row = 0; row < g.tags.length; row++) boxes.push(tagBox(g, row))
  const size = Math.abs(g.whole) || 1
  const thick = (w: number): number => 1 + (THICKEST - 1) * Math.min(1, Math.abs(w) / size)
  const lines: GraphLine[] = []
  const { from, to, weight, residual, inlined } = g.edges
  for (let e = 0; e < from.length; e++)
    lines.push({
      from: from[e]!,
      to: to[e]!,
      text: graphValue(g, weight[e]!, unit),
      width: thick(weight[e]!),
      weight: weight[e]!,
      residual: residual[e] === 1,
      inlined: inlined[e] === 1,
      edge: e,
    })
  g.tags.forEach((t, row) => {
    const text = graphValue(g, t.weight, unit)
    const start = t.under < 0 ? t.node : firstTag + t.under
    lines.push({
      from: start,
      to: firstTag + row,
      text,
      width: 1,
      weight: t.weight,
      residual: false,
      inlined: false,
      edge: -1,
    })
  })
  return { boxes, lines, order: orderOf(boxes, lines, size) }
}

function orderOf(boxes: readonly GraphBox[], lines: readonly GraphLine[], size: number): GraphOrder {
  return {
    size: Float64Array.from(boxes.flatMap((b) => [b.width, b.height])),
    from: Uint32Array.from(lines, (l) => l.from),
    to: Uint32Array.from(lines, (l) => l.to),
    // Labels stay close; calls by their share, as in the reference.
    weight: Float64Array.from(lines, (l) =>
      l.edge < 0 ? 100 : 1 + Math.min(100, (100 * Math.abs(l.weight)) / size),
    ),
    label: Float64Array.from(lines, (l) => textWidth(labelText(l), LABEL) + 6),
  }
}

/** What stands at a line. */
export function labelText(l: Pick<GraphLine, 'text' | 'inlined'>): string {
  return l.inlined ? `${l.text} inl` : l.text
}

const textWidth = (text: string, size: number): number => cellWidth(text) * size * PITCH

function nodeBox(g: CallGraph, row: number, most: number, unit: string): GraphBox {
  const [self, total] = [g.self[row]!, g.total[row]!]
  const size = SMALLEST + (most === 0 ? 0 : (LARGEST - SMALLEST) * Math.sqrt(Math.abs(self) / most))
  const { path, fn } = splitFunctionName(shortName(g.names[row]!))
  const lines: Omit<BoxText, 'y'>[] = []
  if (path !== '') lines.push({ text: cutLeft(path, MOST_CELLS + 6), size: SIZE_PATH, kind: 'path' })
  for (const part of wrapName(collapseTypeArguments(fn))) lines.push({ text: part, size, kind: 'fn' })
  const place = displayName(g.places[row]!)
  if (place !== '') lines.push({ text: cutLeft(place, MOST_CELLS + 6), size: SIZE_PATH, kind: 'path' })
  lines.push({
    text: `${graphValue(g, total, unit)} ${shareText(total, g.whole)}`,
    size: SIZE_VALUE,
    kind: 'value',
  })
  if (self !== 0 && self !== total)
    lines.push({
      text: `self ${graphValue(g, self, unit)} ${shareText(self, g.whole)}`,
      size: SIZE_VALUE,
      kind: 'self',
    })
  return boxOf('node', row, lines, BAR)
}

function tagBox(g: CallGraph, row: number): GraphBox {
  // Several labels of a sample stand in one name, one a line.
  const parts = g.tags[row]!.name.split('\\n').slice(0, 4)
  const lines = parts.map((p) => ({
    text: cutRight(shortName(p), 28),
    size: SIZE_PATH,
    kind: 'path' as const,
  }))
  return boxOf('tag', row, lines, 0)
}

function boxOf(
  kind: GraphBox['kind'],
  row: number,
  lines: readonly Omit<BoxText, 'y'>[],
  foot: number,
): GraphBox {
  let y = PAD_Y
  const texts = lines.map((l): BoxText => {
    const height = l.size * 1.3
    y += height
    return { ...l, y: y - height * 0.26 }
  })
  const width = Math.max(...lines.map((l) => textWidth(l.text, l.size)), 24) + 2 * PAD_X
  return { kind, row, width: Math.ceil(width), height: Math.ceil(y + PAD_Y + foot), texts }
}

/** A name in two lines at most, broken behind a dot; what is longer gives way in the middle. */
function wrapName(fn: string): string[] {
  if (cellWidth(fn) <= MOST_CELLS) return [fn]
  const at = fn.lastIndexOf('.', MOST_CELLS - 1)
  const cut = at > 4 ? at + 1 : MOST_CELLS
  return [fn.slice(0, cut), cutLeft(fn.slice(cut), MOST_CELLS)]
}

/** Which boxes are next to one along its lines: callers (up) or callees (down), the heaviest first. */
export function neighbours(lines: readonly GraphLine[], box: number, way: 'up' | 'down'): number[] {
  return lines
    .filter((l) => l.edge >= 0 && l.from !== l.to && (way === 'up' ? l.to : l.from) === box)
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .map((l) => (way === 'up' ? l.from : l.to))
}

/** The nearest box to the left or right in about the same row; undefined if there is none. */
export function besideBox(
  at: Float64Array,
  boxes: readonly GraphBox[],
  box: number,
  way: 'left' | 'right',
): number | undefined {
  const [x, y] = [at[2 * box]!, at[2 * box + 1]!]
  let best: number | undefined
  let least = Number.POSITIVE_INFINITY
  boxes.forEach((b, i) => {
    const dx = (at[2 * i]! - x) * (way === 'left' ? -1 : 1)
    if (i === box || b.kind === 'tag' || dx <= 0) return
    const distance = dx + 4 * Math.abs(at[2 * i + 1]! - y)
    if (distance < least) {
      least = distance
      best = i
    }
  })
  return best
}
