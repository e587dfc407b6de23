// The strips above the tracks: the whole trace, and the axis.

import type { TimelineOverview } from '../../core/engine/workbench/questions/timeline-open.ts'
import type { TimelineWindow } from '../../core/engine/workbench/questions/timeline-window.ts'
import type { Palette } from './palette.ts'
import type { Marker } from './timeline-painter.ts'
import { areaTop, GOROUTINE_TOKENS, rasterCounts, stateLook } from './timeline-raster.ts'
import { axisTicks, type Span, timeText } from './timeline-scale.ts'

/** The whole trace in one line: counts of goroutines by state, what is in sight, the chosen range. */
export function paintMinimap(
  canvas: HTMLCanvasElement,
  colours: Palette,
  o: TimelineOverview,
  window: TimelineWindow | undefined,
  view: Span,
  range: Span | undefined,
): void {
  const { clientWidth: width, clientHeight: height } = canvas
  const r = Math.min(2, devicePixelRatio || 1)
  const w = Math.max(1, Math.round(width * r))
  const h = Math.max(1, Math.round(height * r))
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w
    canvas.height = h
  }
  const g = canvas.getContext('2d')
  if (g === null || width === 0) return
  g.setTransform(1, 0, 0, 1, 0, 0)
  g.clearRect(0, 0, w, h)
  const whole = { from: 0, to: Math.max(1, o.end) }
  if (window !== undefined) {
    const image = g.createImageData(w, h)
    const raster = { width: w, height: h, pixels: new Uint32Array(image.data.buffer) }
    const states = stateLook(GOROUTINE_TOKENS, colours)
    const most = areaTop(window.counts, 0, window.slots, window.width)
    rasterCounts(
      raster,
      window.counts,
      0,
      window.slots,
      window.width,
      window,
      whole,
      3 * r,
      h - 4 * r,
      most,
      states,
    )
    g.putImageData(image, 0, 0)
  }
  g.setTransform(r, 0, 0, r, 0, 0)
  const X = (t: number): number => (t / whole.to) * width
  g.fillStyle = colours('st-stw')
  let covered = -9
  for (const p of o.stops) {
    const x = X(p.start)
    if (x < covered + 3) continue
    covered = x
    g.fillRect(x, 2, Math.max(1, X(p.end) - x), 4)
  }
  if (range !== undefined) {
    g.fillStyle = colours('accent')
    g.fillRect(X(range.from), height - 3, Math.max(1, X(range.to) - X(range.from)), 3)
  }
  const a = X(view.from)
  const b = Math.max(a + 2, X(view.to))
  if (b - a < width - 1) {
    g.fillStyle = colours('bg-0')
    g.globalAlpha = 0.62
    g.fillRect(0, 0, a, height)
    g.fillRect(b, 0, width - b, height)
    g.globalAlpha = 1
    g.strokeStyle = colours('accent')
    g.lineWidth = 1
    g.strokeRect(a + 0.5, 1.5, Math.max(1, b - a - 1), height - 3)
    g.fillStyle = colours('accent')
    g.fillRect(a - 1, height / 2 - 8, 3, 16)
    g.fillRect(b - 2, height / 2 - 8, 3, 16)
  }
}

/** The axis with times, markers and the length of the chosen range. */
export function paintAxis(
  canvas: HTMLCanvasElement,
  colours: Palette,
  view: Span,
  range: Span | undefined,
  markers: readonly Marker[],
): void {
  const { clientWidth: width, clientHeight: height } = canvas
  const r = Math.min(2, devicePixelRatio || 1)
  const w = Math.max(1, Math.round(width * r))
  const h = Math.max(1, Math.round(height * r))
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w
    canvas.height = h
  }
  const g = canvas.getContext('2d')
  if (g === null || width === 0) return
  g.setTransform(r, 0, 0, r, 0, 0)
  g.clearRect(0, 0, width, height)
  const X = (t: number): number => ((t - view.from) / (view.to - view.from)) * width
  const { times, texts } = axisTicks(view, width)
  const font = colours('font-ui') || 'system-ui'
  g.font = `11px ${font}`
  g.textBaseline = 'middle'
  for (const [i, t] of times.entries()) {
    const x = Math.round(X(t)) + 0.5
    g.strokeStyle = colours('line-3')
    g.beginPath()
    g.moveTo(x, height - 6)
    g.lineTo(x, height)
    g.stroke()
    g.fillStyle = colours('text-2')
    g.textAlign = x < 24 ? 'left' : 'center'
    if (x < width - 10) g.fillText(texts[i]!, x + (x < 24 ? 3 : 0), 9)
  }
  if (range !== undefined) {
    const a = X(range.from)
    const b = X(range.to)
    g.fillStyle = colours('accent-quiet')
    g.fillRect(a, 0, b - a, height)
    g.fillStyle = colours('accent')
    g.fillRect(Math.round(a), 0, 1, height)
    g.fillRect(Math.round(b), 0, 1, height)
    const middle = (Math.max(0, a) + Math.min(width, b)) / 2
    g.textAlign = 'center'
    g.font = `600 11px ${font}`
    if (b > 0 && a < width) g.fillText(timeText(range.to - range.from), middle, 12)
  }
  g.textAlign = 'left'
  g.font = `11px ${font}`
  for (const m of markers) {
    const x = Math.round(X(m.time))
    if (x < -100 || x > width) continue
    g.fillStyle = colours('line-c2')
    g.beginPath()
    g.moveTo(x - 5, 0)
    g.lineTo(x + 5, 0)
    g.lineTo(x, 8)
    g.fill()
    if (m.note !== '') {
      const length = g.measureText(m.note).width
      g.fillStyle = colours('bg-2')
      g.fillRect(x + 6, 0, length + 4, height - 2)
      g.fillStyle = colours('line-c2')
      g.fillText(m.note, x + 8, 9)
    }
  }
}
