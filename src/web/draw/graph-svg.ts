// The call graph as a picture of its own, to be saved: colours written out, names as text.

import type { CallGraph } from '../../core/engine/workbench/questions/graph.ts'
import { type GraphModel, labelText } from './graph-boxes.ts'
import { type GraphColour, lineStroke, nodeFill } from './graph-colours.ts'
import { type GraphPlaces, pathsOf } from './graph-layout.ts'
import type { Palette } from './palette.ts'

const MARGIN = 16

const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)

/** A whole SVG document. */
export function graphSvg(
  g: CallGraph,
  m: GraphModel,
  p: GraphPlaces,
  by: GraphColour,
  colour: Palette,
): string {
  const width = Math.ceil(p.width + 2 * MARGIN)
  const height = Math.ceil(p.height + 2 * MARGIN)
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${-MARGIN} ${-MARGIN} ${width} ${height}" font-family="'JetBrains Mono',ui-monospace,Menlo,Consolas,monospace">`,
    `<rect x="${-MARGIN}" y="${-MARGIN}" width="${width}" height="${height}" fill="${colour('bg-1')}"/>`,
  ]
  m.lines.forEach((l, e) => {
    const { line, arrow } = pathsOf(p, e, l.width)
    const stroke = l.edge < 0 ? colour('line-2') : colour(lineStroke(g, l.weight))
    const dash = l.residual ? ' stroke-dasharray="5 4"' : ''
    out.push(
      `<path d="${line}" fill="none" stroke="${stroke}" stroke-width="${l.width.toFixed(1)}"${dash}/><path d="${arrow}" fill="${stroke}"/>`,
    )
    const [x, y] = [p.text[2 * e]!, p.text[2 * e + 1]!]
    if (!Number.isNaN(x))
      out.push(
        `<text x="${x.toFixed(1)}" y="${(y + 3.5).toFixed(1)}" font-size="10" text-anchor="middle" fill="${colour('text-2')}">${escaped(labelText(l))}</text>`,
      )
  })
  m.boxes.forEach((b, i) => {
    const x = p.at[2 * i]! - b.width / 2
    const y = p.at[2 * i + 1]! - b.height / 2
    const fill = b.kind === 'tag' ? { token: 'bg-3', strength: 1 } : nodeFill(g, b.row, by)
    const text =
      b.kind === 'tag' ? colour('text-1') : fill.strength < 0.6 ? colour('text-1') : colour('on-fill')
    out.push(
      `<g transform="translate(${x.toFixed(1)} ${y.toFixed(1)})"><rect width="${b.width}" height="${b.height}" rx="4" fill="${colour(fill.token)}" fill-opacity="${fill.strength.toFixed(2)}"/>`,
    )
    if (b.kind === 'node') {
      const share = Math.min(1, Math.abs(g.total[b.row]!) / (Math.abs(g.whole) || 1))
      out.push(
        `<rect y="${b.height - 4}" width="${(b.width * share).toFixed(1)}" height="4" fill="${text}" fill-opacity="0.55"/>`,
      )
    }
    for (const t of b.texts)
      out.push(
        `<text x="${b.width / 2}" y="${t.y.toFixed(1)}" font-size="${t.size.toFixed(1)}" text-anchor="middle" fill="${text}"${t.kind === 'fn' ? ' font-weight="600"' : ''}>${escaped(t.text)}</text>`,
      )
    out.push('</g>')
  })
  out.push('</svg>')
  return out.join('\n')
}
