// Where boxes and lines of a call graph go: what Graphviz is asked, and what it answers. Only numbers go in and out.
// Lengths are CSS pixels; y grows downwards; (0, 0) is the top left corner.

export interface GraphOrder {
  /** Boxes: width and height each. */
  readonly size: Float64Array
  /** Lines between boxes. */
  readonly from: Uint32Array
  readonly to: Uint32Array
  /** How much a line should be short and straight, from 1. */
  readonly weight: Float64Array
  /** Room for a text at the line: its width, 0 for none. */
  readonly label: Float64Array
}

export interface GraphPlaces {
  readonly width: number
  readonly height: number
  /** Centres of boxes: x, y. */
  readonly at: Float64Array
  /** Line e is the Bézier curve through points[start[e], start[e + 1]): x, y; its last point is the arrow's tip. */
  readonly start: Uint32Array
  readonly points: Float64Array
  /** Centres of the lines' texts; NaN where there is none. */
  readonly text: Float64Array
}

const PER_INCH = 72
/** Size of texts at lines. */
export const LABEL = 10
const inches = (v: number): string => (v / PER_INCH).toFixed(4)

/** The graph as Graphviz reads it. */
export function dotOf(o: GraphOrder): string {
  const out = [
    'digraph{graph[rankdir=TB nodesep=0.22 ranksep=0.36 mclimit=2]',
    `node[shape=box fixedsize=true label=""]edge[arrowsize=0.7 fontname=Courier fontsize=${LABEL}]`,
  ]
  for (let n = 0; n < o.size.length / 2; n++)
    out.push(`N${n}[width=${inches(o.size[2 * n]!)} height=${inches(o.size[2 * n + 1]!)}]`)
  for (let e = 0; e < o.from.length; e++) {
    // As wide as the text will be: Graphviz takes Courier's letters for 0.6 of their size.
    const letters = Math.ceil(o.label[e]! / (0.6 * LABEL))
    const label = letters > 0 ? ` label="${'x'.repeat(letters)}"` : ''
    out.push(`N${o.from[e]}->N${o.to[e]}[id=E${e} weight=${Math.max(1, Math.round(o.weight[e]!))}${label}]`)
  }
  out.push('}')
  return out.join('\n')
}

interface JsonGraph {
  readonly bb?: string
  readonly objects?: readonly { readonly name?: string; readonly pos?: string }[]
  readonly edges?: readonly { readonly id?: string; readonly pos?: string; readonly lp?: string }[]
}

const numbers = (text: string): number[] => (text.match(/-?\d+(?:\.\d+)?(?:e-?\d+)?/g) ?? []).map(Number)

/** Reads what Graphviz wrote in its format json0. */
export function readPlaces(json: string, o: GraphOrder): GraphPlaces {
  const g: JsonGraph = JSON.parse(json)
  const [left = 0, bottom = 0, right = 0, top = 0] = numbers(g.bb ?? '')
  const x = (v: number): number => v - left
  const y = (v: number): number => top - v
  const at = new Float64Array(o.size.length)
  for (const n of g.objects ?? []) {
    const id = /^N(\d+)$/.exec(n.name ?? '')?.[1]
    const [px = 0, py = 0] = numbers(n.pos ?? '')
    if (id === undefined) continue
    at[2 * Number(id)] = x(px)
    at[2 * Number(id) + 1] = y(py)
  }
  const lines: number[][] = Array.from(o.from, () => [])
  const text = new Float64Array(2 * o.from.length).fill(Number.NaN)
  for (const e of g.edges ?? []) {
    const id = Number(/^E(\d+)$/.exec(e.id ?? '')?.[1] ?? -1)
    if (id < 0 || id >= lines.length) continue
    const pos = e.pos ?? ''
    // `e,x,y` is where the arrow's tip is; the curve ends where the arrow begins.
    const tip = numbers(/^e,(\S+)/.exec(pos)?.[1] ?? '')
    const curve = numbers(pos.replace(/[se],\S+/g, ''))
    lines[id] = [...curve, ...tip].map((v, k) => (k % 2 === 0 ? x(v) : y(v)))
    const [lx, ly] = numbers(e.lp ?? '')
    if (lx !== undefined && ly !== undefined) {
      text[2 * id] = x(lx)
      text[2 * id + 1] = y(ly)
    }
  }
  const start = new Uint32Array(lines.length + 1)
  lines.forEach((l, e) => {
    start[e + 1] = start[e]! + l.length
  })
  return {
    width: right - left,
    height: top - bottom,
    at,
    start,
    points: Float64Array.from(lines.flat()),
    text,
  }
}

/** A line as the path of an SVG, without its arrow; and the arrow as a triangle. */
export function pathsOf(p: GraphPlaces, e: number, width: number): { line: string; arrow: string } {
  const at = p.start[e]!
  const end = p.start[e + 1]!
  if (end - at < 10) return { line: '', arrow: '' }
  const r = (v: number): number => Math.round(v * 10) / 10
  const point = (k: number): string => `${r(p.points[k]!)} ${r(p.points[k + 1]!)}`
  let line = `M${point(at)}`
  for (let k = at + 2; k + 5 < end - 2; k += 6) line += `C${point(k)} ${point(k + 2)} ${point(k + 4)}`
  const [tx, ty] = [p.points[end - 2]!, p.points[end - 1]!]
  const [bx, by] = [p.points[end - 4]!, p.points[end - 3]!]
  const length = Math.hypot(tx - bx, ty - by) || 1
  const [ux, uy] = [(tx - bx) / length, (ty - by) / length]
  const half = 2.4 + width * 0.7
  const arrow = `M${r(tx)} ${r(ty)}L${r(bx - uy * half)} ${r(by + ux * half)}L${r(bx + uy * half)} ${r(by - ux * half)}Z`
  return { line, arrow }
}
