// A graph as PDF: one page of its size, with text that can be selected.

import type PDFDocument from 'pdfkit'
import type { BundledFont } from './bundled-font.ts'
import type { GraphDrawing, Label, Line } from './graph-drawing.ts'

/** Longest side of a page that Acrobat shows (PDF 1.7, annex C), in points. */
const LONGEST_SIDE = 14400

/** The drawing as PDF. The font's used part goes into it. */
export async function drawPdf(drawing: GraphDrawing, title: string, font: BundledFont): Promise<Uint8Array> {
  const { default: Document } = await import('pdfkit')
  const scale = Math.min(1, LONGEST_SIDE / Math.max(drawing.width, drawing.height))
  const doc = new Document({
    size: [drawing.width * scale, drawing.height * scale],
    margin: 0,
    font: font.bytes,
    info: { Title: title, Producer: 'goscope', Creator: 'goscope' },
    displayTitle: true,
  })
  const pieces: Uint8Array[] = []
  const written = new Promise<void>((resolve, reject) => {
    doc.on('data', (piece) => pieces.push(piece))
    doc.on('end', resolve)
    doc.on('error', reject)
  })
  doc.scale(scale)
  for (const shape of drawing.shapes) {
    if (shape.kind === 'line') drawLine(doc, shape)
    else drawLabel(doc, shape)
  }
  doc.end()
  await written
  return Buffer.concat(pieces)
}

function drawLine(doc: PDFDocument, line: Line): void {
  const { points: p, fill, stroke } = line
  if (p.length < 4 || (fill === undefined && stroke === undefined)) return
  doc.moveTo(p[0]!, p[1]!)
  if (line.curved)
    for (let i = 2; i + 5 < p.length; i += 6)
      doc.bezierCurveTo(p[i]!, p[i + 1]!, p[i + 2]!, p[i + 3]!, p[i + 4]!, p[i + 5]!)
  else for (let i = 2; i + 1 < p.length; i += 2) doc.lineTo(p[i]!, p[i + 1]!)
  if (line.closed) doc.closePath()
  if (stroke !== undefined) {
    doc.lineWidth(line.width)
    if (line.dashes === undefined) doc.undash()
    else doc.dash(line.dashes[0]!, { space: line.dashes[1] ?? line.dashes[0]! })
  }
  if (fill === undefined) doc.stroke(stroke!)
  else if (stroke === undefined) doc.fill(fill)
  else doc.fillAndStroke(fill, stroke)
}

function drawLabel(doc: PDFDocument, label: Label): void {
  if (label.text.trim() === '') return
  doc.fontSize(label.size).fillColor(label.fill)
  const width = label.anchor === 'start' ? 0 : doc.widthOfString(label.text)
  const x = label.x - (label.anchor === 'middle' ? width / 2 : width)
  doc.text(label.text, x, label.y, { lineBreak: false, baseline: 'alphabetic' })
}
