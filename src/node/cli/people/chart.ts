// Charts in the terminal: lines over time in Braille dots (two by four to a cell), or in ASCII where the
// locale has no more. None where bars are not drawn either.

import { cellWidth, cutRight, padEnd, padStart } from '../../../core/base/people-fmt.ts'
import { dots, own, paint, type Style, type Tone } from './style.ts'

export interface Series {
  readonly name: string
  /** Ascending; NaN in either leaves the point out. */
  readonly x: Float64Array
  readonly y: Float64Array
  readonly tone: Tone
  /** 'line' joins the points, 'dots' does not. */
  readonly as?: 'line' | 'dots'
}

export interface ChartOptions {
  /** Later series are drawn over earlier ones. */
  readonly series: readonly Series[]
  /** Cells; 8 unless given. */
  readonly height?: number
  readonly xText: (x: number) => string
  readonly yText: (y: number) => string
}

/** Cells of the plot at the most: beyond that a chart is no easier to read. */
const WIDEST = 120
const NARROWEST = 20
/** Bits of the dots of a Braille cell by row, left and right column. */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const
const ASCII = '*+ox'

/** Lines of a chart: a legend, the plot with its scale, the ends of the x axis. None where nothing can be drawn. */
export function chartLines(style: Style, o: ChartOptions): string[] {
  const height = o.height ?? 8
  const [x0, x1] = range(o.series.map((s) => s.x))
  const [, top] = range(o.series.map((s) => s.y))
  if (!style.bars || !(x1 > x0) || !(top > 0)) return []
  const scale = [top, top / 2, 0].map((v) => own(style, o.yText(v)))
  const margin = Math.max(...scale.map(cellWidth))
  const width = Math.min(WIDEST, style.width - margin - 2)
  if (width < NARROWEST) return []
  const plot = new Plot(width, height, style.unicode)
  for (const [k, s] of o.series.entries()) drawSeries(plot, s, k, x0, x1, top)
  const axis = style.unicode ? '│' : '|'
  const lines = legend(style, o.series, margin)
  for (let row = 0; row < height; row++) {
    const mark = row === 0 ? scale[0]! : row === height >> 1 ? scale[1]! : row === height - 1 ? scale[2]! : ''
    lines.push(
      `${paint(style, 'quiet', `${padStart(mark, margin)} ${axis}`)}${plot.line(style, row, o.series)}`.trimEnd(),
    )
  }
  const from = own(style, o.xText(x0))
  const to = own(style, o.xText(x1))
  const ends = `${padEnd(from, Math.max(0, width - cellWidth(to)))}${to}`
  lines.push(paint(style, 'quiet', `${' '.repeat(margin + 2)}${ends}`))
  return lines
}

/** The names of the series, on one line if there is room. */
function legend(style: Style, series: readonly Series[], margin: number): string[] {
  const names = series.map((s, k) => {
    const mark = style.unicode ? '━' : ASCII[k % ASCII.length]!
    const name = cutRight(own(style, s.name), style.width - margin - 4, dots(style))
    return { text: `${paint(style, s.tone, mark)} ${name}`, width: cellWidth(name) + 2 }
  })
  const front = ' '.repeat(margin + 2)
  const whole = names.reduce((n, x) => n + x.width, margin + 2) + 3 * (names.length - 1)
  if (whole <= style.width) return [front + names.map((x) => x.text).join('   ')]
  return names.map((x) => front + x.text)
}

function range(columns: readonly Float64Array[]): [least: number, most: number] {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (const c of columns)
    for (const v of c) {
      if (v < least) least = v
      if (v > most) most = v
    }
  return [least, most]
}

/** Dots of the plot, with the series that drew last in each cell. */
class Plot {
  readonly columns: number
  readonly rows: number
  private readonly width: number
  private readonly perCell: readonly [number, number]
  private readonly bits: Uint8Array
  private readonly owner: Int8Array

  constructor(width: number, height: number, unicode: boolean) {
    this.width = width
    this.perCell = unicode ? [2, 4] : [1, 1]
    this.columns = width * this.perCell[0]
    this.rows = height * this.perCell[1]
    this.bits = new Uint8Array(width * height)
    this.owner = new Int8Array(width * height).fill(-1)
  }

  /** Dots of a column from one row to another, counted from below. */
  bar(column: number, from: number, to: number, series: number): void {
    const [across, down] = this.perCell
    for (let r = Math.min(from, to); r <= Math.max(from, to); r++) {
      const y = this.rows - 1 - r
      const cell = Math.floor(y / down) * this.width + Math.floor(column / across)
      this.bits[cell]! |= DOTS[y % down]![(column % across) as 0 | 1]
      this.owner[cell] = series
    }
  }

  line(style: Style, row: number, series: readonly Series[]): string {
    let out = ''
    let run = ''
    let owner = -1
    const flush = (): void => {
      out += paint(style, series[owner]?.tone, run)
      run = ''
    }
    for (let x = 0; x < this.width; x++) {
      const cell = row * this.width + x
      if (this.owner[cell] !== owner) {
        flush()
        owner = this.owner[cell]!
      }
      if (owner < 0) run += ' '
      else run += style.unicode ? String.fromCharCode(0x2800 + this.bits[cell]!) : ASCII[owner % ASCII.length]
    }
    flush()
    return out
  }
}

function drawSeries(plot: Plot, s: Series, k: number, x0: number, x1: number, top: number): void {
  const low = new Float64Array(plot.columns).fill(Number.NaN)
  const high = new Float64Array(plot.columns).fill(Number.NaN)
  for (let i = 0; i < s.x.length; i++) {
    const y = s.y[i]!
    const column = Math.round(((s.x[i]! - x0) / (x1 - x0)) * (plot.columns - 1))
    if (Number.isNaN(y) || Number.isNaN(column)) continue
    const row = Math.max(0, Math.min(plot.rows - 1, Math.round((y / top) * (plot.rows - 1))))
    if (!(row >= low[column]!)) low[column] = row
    if (!(row <= high[column]!)) high[column] = row
  }
  let last = -1
  for (let c = 0; c < plot.columns; c++) {
    if (Number.isNaN(low[c]!)) continue
    if (s.as !== 'dots' && last >= 0) join(plot, last, c, low, high, k)
    plot.bar(c, low[c]!, high[c]!, k)
    last = c
  }
}

/** A line between the points of two columns. */
function join(plot: Plot, from: number, to: number, low: Float64Array, high: Float64Array, k: number): void {
  const a = (low[from]! + high[from]!) / 2
  const b = (low[to]! + high[to]!) / 2
  let y = Math.round(a)
  for (let c = from + 1; c <= to; c++) {
    const next = Math.round(a + ((b - a) * (c - from)) / (to - from))
    // Steep lines need the rows between, or they fall apart.
    if (c < to || Math.abs(next - y) > 1)
      plot.bar(
        c,
        c === to ? Math.min(y, next) : y < next ? y + 1 : next,
        c === to ? Math.max(y, next) : Math.max(y, next),
        k,
      )
    y = next
  }
}

const BLOCKS = '▁▂▃▄▅▆▇█'
const ASCII_BLOCKS = '_.-=+*%#'

/** A line of blocks, one for each of `width` equal parts of the values: the largest of each. '' where bars are not drawn. */
export function sparkline(style: Style, values: ArrayLike<number>, width: number): string {
  if (!style.bars || values.length === 0) return ''
  const cells = Math.min(width, values.length)
  const blocks = style.unicode ? BLOCKS : ASCII_BLOCKS
  const most = new Float64Array(cells)
  for (let i = 0; i < values.length; i++) {
    const c = Math.floor((i * cells) / values.length)
    if (values[i]! > most[c]!) most[c] = values[i]!
  }
  const top = most.reduce((a, b) => Math.max(a, b), 0)
  if (top <= 0) return blocks[0]!.repeat(cells)
  return Array.from(most, (v) => blocks[Math.min(7, Math.floor((v / top) * 7.999))]).join('')
}
