// Spans of a track as pixels. Written into a buffer by hand: a canvas takes a hundred thousand small rectangles far
// more slowly than one picture.

import { STATES } from '../../core/analysis/trace/spans.ts'
import type { TrackWindows } from '../../core/engine/workbench/questions/timeline-window.ts'
import type { Span } from './timeline-scale.ts'

/** A picture: colours as they lie in memory (ABGR), rows from the top. */
export interface Raster {
  readonly width: number
  readonly height: number
  readonly pixels: Uint32Array
}

/** How the states of a track look: by state. */
export interface StateLook {
  readonly colour: Uint32Array
  /** Share of the row's height; 0 = nothing, below 0 = a hairline in the middle. */
  readonly height: Float32Array
}

/** Goroutines' states (STATE and WAIT), and those of procs and threads (LANE_STATE). */
export const GOROUTINE_TOKENS: readonly (readonly [state: number, token: string, height: number])[] = [
  [2, 'st-runnable', 0.55],
  [3, 'st-running', 1],
  [4, 'st-sleep', -1],
  [5, 'st-syscall', 0.55],
  [7, 'st-sync', 0.38],
  [8, 'st-chan', 0.38],
  [9, 'st-network', 0.38],
  [10, 'st-sleep', -1],
  [11, 'st-gc', 0.38],
]
/** The runtime's own goroutines: waiting is what they are there for. */
export const QUIET_TOKENS = GOROUTINE_TOKENS.map(([state, token, height]) =>
  state >= 7 ? ([state, 'st-sleep', -1] as const) : ([state, token, height] as const),
)
export const LANE_TOKENS: readonly (readonly [state: number, token: string, height: number])[] = [
  [1, 'st-idle', 0],
  [2, 'st-idle', 0],
  [3, 'st-running', 1],
  [4, 'st-gc', 1],
  [5, 'st-syscall', 0.55],
]

/** `#rrggbb` as it lies in memory; grey if it is something else. */
export function abgr(colour: string): number {
  const m = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour)
  if (m === null) return 0xff888888
  const [r, g, b] = [m[1]!, m[2]!, m[3]!].map((x) => Number.parseInt(x, 16)) as [number, number, number]
  return ((0xff << 24) | (b << 16) | (g << 8) | r) >>> 0
}

export function stateLook(
  tokens: readonly (readonly [state: number, token: string, height: number])[],
  palette: (token: string) => string,
): StateLook {
  const colour = new Uint32Array(STATES)
  const height = new Float32Array(STATES)
  for (const [state, token, share] of tokens) {
    colour[state] = abgr(palette(token))
    height[state] = share
  }
  return { colour, height }
}

export interface TrackLook {
  readonly states: StateLook
  /** Colour of running, where it is not the usual one; 0 = it is. */
  readonly running: number
  /** Colours by goroutine on procs and threads: of the chosen one, of the runtime's own; 0 = the usual ones. */
  readonly chosen: number
  readonly chosenItem: number
  readonly system: number
  /** State in which a track runs. */
  readonly runs: number
}

/**
 * Paints the spans of one track into rows [top, top + height) of the picture. Merged spans show their states one above
 * the other by share of time.
 */
export function rasterTrack(
  r: Raster,
  t: TrackWindows,
  track: number,
  top: number,
  height: number,
  { from, to }: Span,
  look: TrackLook,
): void {
  const { width } = r
  const scale = width / (to - from)
  const pad = height > 15 ? 2 : 1
  const full = Math.max(1, height - 2 * pad)
  const y0 = Math.max(0, Math.round(top))
  const limit = Math.min(r.height, Math.round(top + height))
  if (limit <= y0) return
  const middle = Math.round(top + height / 2)
  const { colour, height: heights } = look.states
  for (let e = t.first[track]!, last = t.first[track + 1]!; e < last; e++) {
    const a = (t.start[e]! - from) * scale
    const b = (t.end[e]! - from) * scale
    if (b <= 0 || a >= width) continue
    const x0 = Math.max(0, Math.floor(a + 0.5))
    let x1 = Math.min(width, Math.max(x0 + 1, Math.floor(b + 0.5)))
    if (x0 >= width) continue
    const state = t.state[e]!
    if (t.merged[e] === 1) {
      const share = heights[state]!
      if (share === 0) continue
      let c = colour[state]!
      if (state === look.runs) {
        const item = t.item[e]!
        if (look.chosen !== 0 && item !== 0 && item === look.chosenItem) c = look.chosen
        else if (t.system[e] === 1 && look.system !== 0) c = look.system
        else if (look.running !== 0) c = look.running
        // Neighbours on procs run one after the other: a gap tells them apart.
        if (item !== 0 && x1 - x0 > 3) x1--
      }
      if (share < 0) {
        if (middle >= y0 && middle < limit) fill(r, x0, x1, middle, middle + 1, c)
        continue
      }
      const h = Math.max(share < 0.5 ? 3 : 4, Math.round(full * share))
      const y = Math.round(top + (height - Math.min(h, full)) / 2)
      fill(r, x0, x1, Math.max(y0, y), Math.min(limit, y + Math.min(h, full)), c)
      continue
    }
    // From the bottom: what takes part most visibly first.
    let y = top + height - pad
    let quiet = 0
    for (let s = STATES - 1; s > 0; s--) {
      // Running lies at the bottom.
      const k = s === STATES - 1 ? look.runs : s >= look.runs ? s + 1 : s
      const share = k < STATES ? t.mix[e * STATES + k]! : 0
      if (share === 0) continue
      if (heights[k]! < 0) quiet += share
      if (heights[k]! <= 0) continue
      const h = (share / 255) * full
      let c = colour[k]!
      if (k === look.runs) {
        if (look.chosen !== 0 && t.item[e] !== 0 && t.item[e] === look.chosenItem) c = look.chosen
        else if (t.system[e] === 1 && look.system !== 0) c = look.system
        else if (look.running !== 0) c = look.running
      }
      const above = Math.round(y)
      // However little it was, it was.
      const below = Math.min(above - 1, Math.round(y - h))
      fill(r, x0, x1, Math.max(y0, below), Math.min(limit, above), c)
      y -= Math.max(h, 0.5)
    }
    if (quiet > 127 && middle >= y0 && middle < limit && middle < y)
      fill(r, x0, x1, middle, middle + 1, colour[10] || colour[4]!)
  }
}

function fill(r: Raster, x0: number, x1: number, y0: number, y1: number, colour: number): void {
  const { pixels, width } = r
  if (x1 - x0 > 8) for (let y = y0; y < y1; y++) pixels.fill(colour, y * width + x0, y * width + x1)
  else
    for (let y = y0; y < y1; y++)
      for (let i = y * width + x0, end = y * width + x1; i < end; i++) pixels[i] = colour
}

/** States of counted goroutines from the bottom of an area, as the mock has them. */
export const AREA_ORDER: readonly number[] = [3, 2, 7, 8, 9, 5, 11]

/** The largest sum of the states of AREA_ORDER in a window of counts. */
export function areaTop(counts: Float32Array, at: number, slots: readonly number[], width: number): number {
  let most = 0
  const rows = AREA_ORDER.map((s) => at + slots.indexOf(s) * width)
  for (let x = 0; x < width; x++) {
    let sum = 0
    for (const row of rows) sum += counts[row + x]!
    if (sum > most) most = sum
  }
  return most
}

/** Paints counts by state as areas one above the other. `at` is where the group's columns begin. */
export function rasterCounts(
  r: Raster,
  counts: Float32Array,
  at: number,
  slots: readonly number[],
  columns: number,
  data: Span,
  view: Span,
  top: number,
  height: number,
  most: number,
  states: StateLook,
): void {
  const { width } = r
  const y0 = Math.max(0, Math.round(top))
  const bottom = Math.min(r.height, Math.round(top + height - 2))
  const full = height - 6
  if (most <= 0 || bottom <= y0) return
  const perPixel = (view.to - view.from) / width
  const perColumn = columns / (data.to - data.from)
  const rows = AREA_ORDER.map((s) => [at + slots.indexOf(s) * columns, states.colour[s]!] as const)
  for (let x = 0; x < width; x++) {
    const a = (view.from + x * perPixel - data.from) * perColumn
    const first = Math.max(0, Math.floor(a))
    const last = Math.min(columns, Math.max(first + 1, Math.ceil(a + perPixel * perColumn)))
    if (a + perPixel * perColumn <= 0 || first >= columns) continue
    let y = top + height - 2
    for (const [row, colour] of rows) {
      let sum = 0
      for (let c = first; c < last; c++) sum += counts[row + c]!
      const h = (sum / (last - first) / most) * full
      if (h < 0.05) continue
      const below = Math.round(y - h)
      fill(
        r,
        x,
        x + 1,
        Math.max(y0, below),
        Math.min(bottom, Math.max(Math.round(y), below + (h > 0.3 ? 1 : 0))),
        colour,
      )
      y -= h
    }
  }
}
