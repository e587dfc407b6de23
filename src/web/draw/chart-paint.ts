// Series of charts on a canvas. Dense ones are drawn as what they span in each pixel, so that half a million points cost
// as much as a thousand and no outlier is lost.

export type SeriesKind = 'line' | 'steps' | 'points' | 'bars' | 'saw'

/** Where a series is drawn: canvas pixels. */
export interface Plot {
  readonly ctx: CanvasRenderingContext2D
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  /** Device pixels of one CSS pixel. */
  readonly ratio: number
  readonly x: (v: number) => number
  readonly y: (v: number) => number
}

export interface Paint {
  readonly kind: SeriesKind
  readonly colour: string
  /** Line with a quiet area under it. */
  readonly fill?: boolean
  readonly dash?: boolean
  /** Of bars: their width in values of x. */
  readonly barWidth?: number
  /** Side of a point, CSS pixels. */
  readonly size?: number
}

/** First index with x[i] >= v, of ascending x. */
export function lowerBound(x: ArrayLike<number>, v: number): number {
  let low = 0
  let high = x.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (x[middle]! < v) low = middle + 1
    else high = middle
  }
  return low
}

/** The index whose x is nearest; -1 of none. */
export function nearestIndex(x: ArrayLike<number>, v: number): number {
  if (x.length === 0) return -1
  const at = Math.min(x.length - 1, lowerBound(x, v))
  return at > 0 && v - x[at - 1]! < x[at]! - v ? at - 1 : at
}

/** What values span in equal pieces of x: NaN where there are none. */
export interface Envelope {
  readonly low: Float64Array
  readonly high: Float64Array
  readonly mean: Float64Array
}

/** Least, most and mean value of y in each of `pieces` equal pieces of [from, to). */
export function envelope(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  from: number,
  to: number,
  pieces: number,
): Envelope {
  const low = new Float64Array(pieces).fill(Number.NaN)
  const high = new Float64Array(pieces).fill(Number.NaN)
  const sum = new Float64Array(pieces)
  const count = new Float64Array(pieces)
  const per = (to - from) / pieces
  for (let i = lowerBound(x, from); i < x.length && x[i]! < to; i++) {
    const v = y[i]!
    if (Number.isNaN(v)) continue
    const k = Math.min(pieces - 1, Math.floor((x[i]! - from) / per))
    if (!(low[k]! <= v)) low[k] = v
    if (!(high[k]! >= v)) high[k] = v
    sum[k]! += v
    count[k]!++
  }
  return { low, high, mean: sum.map((s, k) => s / count[k]!) }
}

/** Points per pixel from which on a line is drawn as what it spans. */
const DENSE = 1.5
/** Steps stay steps for longer: they are few values. */
const DENSE_STEPS = 6
/** CSS pixels of one piece of such a drawing. */
const PIECE = 4

/** From here on points are not drawn one by one. */
const MANY_POINTS = 20_000

/** Draws a series; x ascends, NaN is "not there". `from` and `to` are what the plot shows. */
export function paintSeries(
  plot: Plot,
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  paint: Paint,
  from: number,
  to: number,
): void {
  const { ctx, ratio } = plot
  ctx.save()
  ctx.beginPath()
  ctx.rect(plot.left, plot.top, plot.width, plot.height)
  ctx.clip()
  ctx.fillStyle = paint.colour
  ctx.strokeStyle = paint.colour
  ctx.lineWidth = 1.5 * ratio
  ctx.lineJoin = 'round'
  if (paint.dash) ctx.setLineDash([4 * ratio, 3 * ratio])
  const first = Math.max(0, lowerBound(x, from) - 1)
  const last = Math.min(x.length - 1, lowerBound(x, to))
  if (paint.kind === 'bars') bars(plot, x, y, paint, first, last)
  else if (paint.kind === 'points') points(plot, x, y, paint, first, last)
  else if (last - first > ((paint.kind === 'steps' ? DENSE_STEPS : DENSE) * plot.width) / ratio)
    band(plot, envelope(x, y, from, to, Math.max(1, Math.floor(plot.width / ratio / PIECE))))
  else line(plot, x, y, paint, first, last)
  ctx.restore()
}

function bars(
  p: Plot,
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  paint: Paint,
  first: number,
  last: number,
): void {
  const { ctx } = p
  const gap = p.ratio
  const foot = p.top + p.height
  ctx.globalAlpha = 0.85
  if (last - first > p.width / p.ratio) {
    narrowBars(p, x, y, first, last)
    return
  }
  for (let i = first; i <= last; i++) {
    const left = p.x(x[i]!)
    const right = p.x(x[i]! + (paint.barWidth ?? 0))
    const top = p.y(y[i]!)
    if (y[i]! > 0) ctx.fillRect(left + gap / 2, top, Math.max(gap, right - left - gap), foot - top)
  }
}

/** More bars than pixels: of each pixel the highest. */
function narrowBars(p: Plot, x: ArrayLike<number>, y: ArrayLike<number>, first: number, last: number): void {
  const foot = p.top + p.height
  let column = Number.NEGATIVE_INFINITY
  let most = 0
  for (let i = first; i <= last; i++) {
    const at = Math.floor(p.x(x[i]!) / p.ratio)
    if (at !== column) {
      if (most > 0) p.ctx.fillRect(column * p.ratio, p.y(most), p.ratio, foot - p.y(most))
      column = at
      most = 0
    }
    if (y[i]! > most) most = y[i]!
  }
  if (most > 0) p.ctx.fillRect(column * p.ratio, p.y(most), p.ratio, foot - p.y(most))
}

function points(
  p: Plot,
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  paint: Paint,
  first: number,
  last: number,
): void {
  const { ctx } = p
  const size = (paint.size ?? (last - first > 1200 ? 2 : 3)) * p.ratio
  ctx.globalAlpha = last - first > 400 ? 0.6 : 0.9
  // Where there are very many, a place is painted once.
  const wide = Math.ceil(p.width / p.ratio) + 1
  const taken =
    last - first > MANY_POINTS ? new Uint8Array(wide * (Math.ceil(p.height / p.ratio) + 1)) : undefined
  for (let i = first; i <= last; i++) {
    const v = y[i]!
    if (Number.isNaN(v)) continue
    const left = p.x(x[i]!)
    const top = p.y(v)
    if (taken !== undefined) {
      const place = Math.floor((top - p.top) / p.ratio) * wide + Math.floor((left - p.left) / p.ratio)
      if (taken[place] === 1) continue
      taken[place] = 1
    }
    ctx.fillRect(left - size / 2, top - size / 2, size, size)
  }
}

function line(
  p: Plot,
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  paint: Paint,
  first: number,
  last: number,
): void {
  const { ctx } = p
  let open = false
  let start = 0
  let end = 0
  const path = new Path2D()
  const area = new Path2D()
  const foot = p.top + p.height
  for (let i = first; i <= last; i++) {
    const v = y[i]!
    if (Number.isNaN(v)) {
      if (open) area.lineTo(end, foot)
      open = false
      continue
    }
    const at = p.x(x[i]!)
    const height = p.y(v)
    if (!open) {
      path.moveTo(at, height)
      area.moveTo(at, foot)
      start = at
    } else if (paint.kind === 'steps') {
      path.lineTo(at, p.y(y[i - 1]!))
      area.lineTo(at, p.y(y[i - 1]!))
      path.lineTo(at, height)
    } else path.lineTo(at, height)
    area.lineTo(at, height)
    open = true
    end = at
  }
  if (open) area.lineTo(end, foot)
  if (paint.fill && end > start) {
    ctx.globalAlpha = 0.18
    ctx.fill(area)
    ctx.globalAlpha = 1
  }
  ctx.stroke(path)
}

function band(p: Plot, { low, high, mean }: Envelope): void {
  const { ctx, ratio } = p
  const per = p.width / low.length
  ctx.globalAlpha = 0.24
  for (let k = 0; k < low.length; k++) {
    if (Number.isNaN(low[k]!)) continue
    const top = p.y(high[k]!)
    ctx.fillRect(p.left + k * per, top, per, Math.max(ratio, p.y(low[k]!) - top))
  }
  ctx.globalAlpha = 1
  ctx.beginPath()
  let open = false
  for (let k = 0; k < mean.length; k++) {
    if (Number.isNaN(mean[k]!)) continue
    const at = p.left + (k + 0.5) * per
    if (open) ctx.lineTo(at, p.y(mean[k]!))
    else ctx.moveTo(at, p.y(mean[k]!))
    open = true
  }
  ctx.stroke()
}
