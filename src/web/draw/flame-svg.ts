// What is in sight of a flame graph as SVG: the same boxes, colours and labels.

import { depthsOf, firstBeyond } from './flame-geometry.ts'
import type { FlamePainter, Look, Scene } from './flame-painter.ts'

/** Narrower boxes (pixels) are left out of the picture. */
const LEAST = 0.5

const hex = (pixel: number): string =>
  `#${[pixel & 0xff, (pixel >>> 8) & 0xff, (pixel >>> 16) & 0xff].map((c) => c.toString(16).padStart(2, '0')).join('')}`

/** Text for XML; control characters were written out before. */
function escaped(text: string): string {
  return text.replace(/[<>&"]/g, (c) => `&#${c.charCodeAt(0)};`)
}

/** The picture of all rows, or as many as are drawn; the width is the canvas's. */
export function flameSvg(painter: FlamePainter, scene: Scene, look: Look): string {
  const { boxes, fills, frames } = scene
  const { width } = painter
  const { from, to } = look.range
  const scale = width / (to - from)
  const rows = Math.max(1, depthsOf(boxes) - look.skip)
  const height = rows * look.row
  const out: string[] = []
  for (let depth = look.skip; depth < depthsOf(boxes); depth++) {
    const row = depth - look.skip
    const y = look.up ? height - (row + 1) * look.row : row * look.row
    const end = boxes.depthStart[depth + 1]!
    for (let box = firstBeyond(boxes, depth, from); box < end && boxes.x[box]! < to; box++) {
      const x = Math.max(0, (boxes.x[box]! - from) * scale)
      const w = Math.min(width, (boxes.x[box]! + boxes.width[box]! - from) * scale) - x
      if (w < LEAST) continue
      const f = boxes.frame[box]!
      const fill = hex(fills.byBox === undefined ? fills.byFrame[f]! : fills.byBox[box]!)
      const name = box === 0 ? scene.rootLabel : scene.shown(frames.names[f]!).slice(0, 400)
      const shown = w > 3 ? w - 1 : w
      const part = fills.part === undefined || box === 0 || w <= 3 ? 1 : fills.part[box]!
      const rect = (left: number, size: number, colour: string): string =>
        `<rect x="${left.toFixed(2)}" y="${y}" width="${size.toFixed(2)}" height="${look.row - 1}" rx="${w > 6 ? 2 : 0}" fill="${colour}"/>`
      const label = box === 0 ? undefined : painter.labelFor(scene, f, w - 9)
      const ink = box === 0 ? scene.rootInk : scene.ink[scene.inkOf[f]!]![0]
      const text = box === 0 ? name : label === undefined || w < 18 ? '' : label.path + label.fn
      out.push(
        `<g><title>${escaped(name)}</title>${part < 1 ? rect(x, shown, hex(fills.rest)) : ''}${rect(x, shown * part, fill)}${
          text === ''
            ? ''
            : `<text x="${(x + 5).toFixed(2)}" y="${y + look.row - 6}" fill="${ink}">${escaped(text)}</text>`
        }</g>`,
      )
    }
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11.5"><rect width="100%" height="100%" fill="${hex(fills.background)}"/>${out.join('\n')}</svg>\n`
}
