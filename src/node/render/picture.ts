// From a graph in Graphviz's language to the bytes of a picture.

import type { Picture } from '../../core/reports/index.ts'
import { type BundledFont, bundledFont } from './bundled-font.ts'
import { readDrawing } from './graph-drawing.ts'
import type { Graphviz } from './graphviz.ts'
import { plainSvg, svgPage } from './svg-page.ts'

export interface DrawnPicture {
  readonly bytes: Uint8Array
  /** What the user should know about it. */
  readonly remarks: readonly string[]
}

/** Draws the graph. Throws LayoutError. */
export async function drawPicture(graphviz: Graphviz, dot: string, format: Picture): Promise<DrawnPicture> {
  if (format === 'ps' || format === 'eps') return { bytes: utf8(graphviz(dot, format)), remarks: [] }
  const svg = graphviz(dot, 'svg')
  if (format === 'page') return { bytes: utf8(svgPage(svg)), remarks: [] }
  if (format === 'svg') return { bytes: utf8(plainSvg(svg)), remarks: [] }
  const font = bundledFont()
  const remarks = missingShapes(svg, font)
  if (format === 'pdf') {
    const { drawPdf } = await import('./pdf.ts')
    const title = /<title>([^<]*)<\/title>/.exec(svg)?.[1] ?? ''
    return { bytes: await drawPdf(readDrawing(svg), title, font), remarks }
  }
  const { drawBitmap } = await import('./raster.ts')
  const { bytes, scale } = await drawBitmap(svg, format, font)
  if (scale < 1)
    remarks.push(
      `the graph is too large for a bitmap and was scaled to ${Math.max(1, Math.round(scale * 100))}%; -svg and -pdf have no limit, a smaller -nodecount shows less`,
    )
  return { bytes, remarks }
}

const utf8 = (s: string): Uint8Array => new TextEncoder().encode(s)

function missingShapes(svg: string, font: BundledFont): string[] {
  const missing = [...font.missing(svg)]
  if (missing.length === 0) return []
  const some = missing.slice(0, 5).join(' ')
  return [
    `the font that comes with goscope cannot show ${some}${missing.length > 5 ? ' …' : ''}; -svg uses the fonts of your browser`,
  ]
}
