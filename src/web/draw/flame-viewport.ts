// What part of a flame graph is in sight, and how that moves.

import type { Range } from './flame-geometry.ts'

/** Narrower views than this share of all are of no use: coordinates are doubles. */
const NARROWEST = 1e-9

/** A range of the same width within [0, whole]. */
export function clampRange(r: Range, whole: number): Range {
  const width = Math.min(whole, Math.max(whole * NARROWEST, r.to - r.from))
  const from = Math.min(Math.max(0, r.from), whole - width)
  return { from, to: from + width }
}

/** Zooms by a factor (above 1: nearer) around a place that stays where it is. */
export function zoomAround(r: Range, at: number, factor: number, whole: number): Range {
  return clampRange({ from: at - (at - r.from) / factor, to: at + (r.to - at) / factor }, whole)
}

/** Two fingers: the place between them, and how far apart they are, in pixels. */
export interface Fingers {
  readonly x: number
  readonly y: number
  readonly apart: number
}

/** Fingers nearer to each other than this say nothing of how far to zoom. */
const NEAREST = 8

export function fingersAt(a: { x: number; y: number }, b: { x: number; y: number }): Fingers {
  const apart = Math.max(NEAREST, Math.hypot(a.x - b.x, a.y - b.y))
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, apart }
}

/** The range after two fingers have moved: what was between them still is. `width` is that of the canvas in pixels. */
export function pinched(r: Range, width: number, from: Fingers, to: Fingers, whole: number): Range {
  const size = r.to - r.from
  const at = r.from + (from.x / width) * size
  const next = Math.min(whole, (size * from.apart) / to.apart)
  const start = at - (to.x / width) * next
  return clampRange({ from: start, to: start + next }, whole)
}

export function moveBy(r: Range, by: number, whole: number): Range {
  return clampRange({ from: r.from + by, to: r.to + by }, whole)
}

/** Eases as `cubic-bezier(.2, 0, 0, 1)` does, near enough: fast, then slower and slower. */
export function ease(t: number): number {
  return 1 - (1 - t) ** 4
}

/** Between two ranges, so that what is in both moves evenly: widths by ratio where one is much narrower. */
export function between(a: Range, b: Range, t: number): Range {
  const [wa, wb] = [a.to - a.from, b.to - b.from]
  if (t >= 1 || wa <= 0 || wb <= 0) return b
  const width = wa * (wb / wa) ** t
  // The share of the way that the width has gone is the one that the edge has to go.
  const share = wa === wb ? t : (width - wa) / (wb - wa)
  const from = a.from + (b.from - a.from) * share
  return { from, to: from + width }
}

/** A range as text for addresses: shares of the whole, `0.25-0.5`; '' for all. */
export function rangeText(r: Range, whole: number): string {
  if (whole <= 0 || (r.from <= 0 && r.to >= whole)) return ''
  const digits = Math.min(12, Math.max(4, Math.ceil(-Math.log10((r.to - r.from) / whole)) + 4))
  const share = (v: number): string => String(Number((v / whole).toFixed(digits)))
  return `${share(r.from)}-${share(r.to)}`
}

/** undefined for what is no range. */
export function parseRange(text: string, whole: number): Range | undefined {
  const m = /^(\d(?:\.\d+)?(?:e-\d+)?)-(\d(?:\.\d+)?(?:e-\d+)?)$/.exec(text)
  if (m === null) return undefined
  const [from, to] = [Number(m[1]) * whole, Number(m[2]) * whole]
  return to > from ? clampRange({ from, to }, whole) : undefined
}
