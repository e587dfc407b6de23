// All of a flame graph in a strip, without names: where one is, and where else there is something.

import type { FlameBoxes } from '../../core/analysis/flame/boxes.ts'
import { depthsOf, type Fills, fillLine, WideBoxes } from './flame-geometry.ts'

/** Paints the whole graph into a canvas of its own size, the root on top or, with `up`, at the bottom. */
export function paintMinimap(canvas: HTMLCanvasElement, b: FlameBoxes, fills: Fills, up: boolean): void {
  const dpr = devicePixelRatio || 1
  const width = Math.max(1, Math.round(canvas.clientWidth * dpr))
  const height = Math.max(1, Math.round(canvas.clientHeight * dpr))
  canvas.width = width
  canvas.height = height
  const g = canvas.getContext('2d', { alpha: false })
  if (g === null || !(b.width[0]! > 0)) return
  const image = g.createImageData(width, height)
  const pixels = new Uint32Array(image.data.buffer)
  pixels.fill(fills.background)
  const line = new Uint32Array(width)
  const wide = new WideBoxes()
  // The root says nothing here.
  const depths = Math.max(1, depthsOf(b) - 1)
  const least = Math.min(height / depths, 4 * dpr)
  for (let depth = 1; depth <= depths && depth < depthsOf(b); depth++) {
    wide.count = 0
    fillLine(b, depth, { from: 0, to: b.width[0]! }, line, fills, 0, width + 1, wide)
    const from = Math.floor((depth - 1) * least)
    const to = Math.max(from + 1, Math.floor(depth * least))
    for (let y = from; y < to && y < height; y++) pixels.set(line, (up ? height - 1 - y : y) * width)
  }
  g.putImageData(image, 0, 0)
}
