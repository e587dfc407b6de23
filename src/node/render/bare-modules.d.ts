// Libraries that come without types: what is used of them.

declare module 'pdfkit' {
  import { Readable } from 'node:stream'

  class PDFDocument extends Readable {
    constructor(options: {
      size: [width: number, height: number]
      margin: number
      font: Uint8Array
      info: Record<string, string>
      displayTitle: boolean
    })
    scale(factor: number): this
    moveTo(x: number, y: number): this
    lineTo(x: number, y: number): this
    bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): this
    closePath(): this
    lineWidth(width: number): this
    dash(length: number, options: { space: number }): this
    undash(): this
    stroke(color: string): this
    fill(color: string): this
    fillAndStroke(fill: string, stroke: string): this
    fontSize(size: number): this
    fillColor(color: string): this
    widthOfString(text: string): number
    text(text: string, x: number, y: number, options: { lineBreak: boolean; baseline: 'alphabetic' }): this
    end(): void
  }
  export = PDFDocument
}

declare module 'gifenc' {
  interface Encoder {
    writeFrame(indices: Uint8Array, width: number, height: number, options: { palette: number[][] }): void
    finish(): void
    bytes(): Uint8Array
  }
  export function GIFEncoder(): Encoder
}
