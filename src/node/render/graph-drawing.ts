// Graphviz's SVG as a list of shapes, for those who draw it again. It is a small language: polygons,
// polylines, Bézier paths and texts in groups, of which only the first moves its content.

/** Numbers are in points; y grows downwards, and (0, 0) is the top left corner of the page. */
export interface GraphDrawing {
  readonly width: number
  readonly height: number
  readonly shapes: readonly Shape[]
}

export type Shape = Line | Label

/** A polygon, polyline or path. */
export interface Line {
  readonly kind: 'line'
  /** The first point, then either three points for each Bézier curve or one for each straight line. */
  readonly points: readonly number[]
  readonly curved: boolean
  readonly closed: boolean
  /** A colour that SVG knows; undefined where nothing is painted. */
  readonly fill: string | undefined
  readonly stroke: string | undefined
  readonly width: number
  readonly dashes: readonly number[] | undefined
}

/** One line of text. */
export interface Label {
  readonly kind: 'label'
  readonly text: string
  readonly x: number
  /** The base line. */
  readonly y: number
  readonly anchor: 'start' | 'middle' | 'end'
  readonly size: number
  readonly fill: string
}

const TAG = /<(svg|g|polygon|polyline|path|text|ellipse)\b((?:\s+[\w:-]+="[^"]*")*)\s*\/?>/g
const ATTRIBUTE = /([\w:-]+)="([^"]*)"/g
const NUMBER = /-?\d+(?:\.\d+)?(?:e-?\d+)?/g

const numbers = (s: string): number[] => (s.match(NUMBER) ?? []).map(Number)

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescapeXml(s: string): string {
  return s.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (all, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name] ?? all
    return String.fromCodePoint(decimal !== undefined ? Number(decimal) : Number.parseInt(hex, 16))
  })
}

const paint = (s: string | undefined): string | undefined =>
  s === undefined || s === 'none' || s === 'transparent' ? undefined : s

/** Reads SVG that Graphviz wrote for a graph of boxes. What it does not know it leaves out. */
export function readDrawing(svg: string): GraphDrawing {
  let width = 0
  let height = 0
  let dx = 0
  let dy = 0
  const shapes: Shape[] = []
  const shifted = (s: string): number[] => numbers(s).map((n, i) => n + (i % 2 === 0 ? dx : dy))
  for (const m of svg.matchAll(TAG)) {
    const a: Record<string, string> = {}
    for (const [, name, value] of m[2]!.matchAll(ATTRIBUTE)) a[name!] = value!
    const tag = m[1]!
    if (tag === 'svg') {
      width = Number.parseFloat(a.width ?? '0')
      height = Number.parseFloat(a.height ?? '0')
    } else if (tag === 'g') {
      const move = /translate\(([^)]*)\)/.exec(a.transform ?? '')
      if (move !== null) [dx = 0, dy = 0] = numbers(move[1]!)
    } else if (tag === 'text') {
      const from = m.index + m[0].length
      const anchor = a['text-anchor']
      shapes.push({
        kind: 'label',
        text: unescapeXml(svg.slice(from, svg.indexOf('</text>', from))),
        x: Number(a.x) + dx,
        y: Number(a.y) + dy,
        anchor: anchor === 'middle' || anchor === 'end' ? anchor : 'start',
        size: Number(a['font-size'] ?? 14),
        fill: a.fill ?? 'black',
      })
    } else if (tag !== 'ellipse') {
      const path = tag === 'path'
      shapes.push({
        kind: 'line',
        points: shifted((path ? a.d : a.points) ?? ''),
        curved: path,
        closed: tag === 'polygon',
        fill: paint(a.fill),
        stroke: paint(a.stroke),
        width: Number(a['stroke-width'] ?? 1),
        dashes: a['stroke-dasharray'] === undefined ? undefined : numbers(a['stroke-dasharray']),
      })
    }
  }
  return { width, height, shapes }
}
