import { describe, expect, test } from 'vitest'
import { STATES } from '../../core/analysis/trace/spans.ts'
import type { TrackWindows } from '../../core/engine/workbench/questions/timeline-window.ts'
import {
  abgr,
  GOROUTINE_TOKENS,
  type Raster,
  rasterCounts,
  rasterTrack,
  stateLook,
} from './timeline-raster.ts'

const COLOURS: Readonly<Record<string, string>> = {
  'st-running': '#0000ff',
  'st-runnable': '#00ff00',
  'st-sync': '#ff0000',
  'st-sleep': '#777777',
}
const look = stateLook(GOROUTINE_TOKENS, (token) => COLOURS[token] ?? '#010203')
const [RUN, READY, LOCK] = ['st-running', 'st-runnable', 'st-sync'].map((t) => abgr(COLOURS[t]!)) as [
  number,
  number,
  number,
]

const raster = (width: number, height: number): Raster => ({
  width,
  height,
  pixels: new Uint32Array(width * height),
})
const column = (r: Raster, x: number): number[] =>
  Array.from({ length: r.height }, (_, y) => r.pixels[y * r.width + x]!)

function windows(
  entries: readonly { from: number; to: number; state: number; mix?: readonly [number, number][] }[],
): TrackWindows {
  const mix = new Uint8Array(entries.length * STATES)
  for (const [i, e] of entries.entries()) for (const [s, share] of e.mix ?? []) mix[i * STATES + s] = share
  return {
    first: Uint32Array.of(0, entries.length),
    start: Float64Array.from(entries, (e) => e.from),
    end: Float64Array.from(entries, (e) => e.to),
    state: Uint8Array.from(entries, (e) => e.state),
    merged: Uint32Array.from(entries, (e) => (e.mix === undefined ? 1 : 5)),
    item: new Int32Array(entries.length),
    system: new Uint8Array(entries.length),
    mix,
    labelAt: new Int32Array(0),
    labels: [],
  }
}

const paint = (t: TrackWindows, view = { from: 0, to: 100 }): Raster => {
  const r = raster(100, 20)
  rasterTrack(r, t, 0, 0, 20, view, {
    states: look,
    running: 0,
    chosen: 0,
    chosenItem: 0,
    system: 0,
    runs: 3,
  })
  return r
}

describe('pictures of tracks', () => {
  test('height tells the class of a state: running full, ready half, waiting a third, sleep a hairline', () => {
    const r = paint(
      windows([
        { from: 0, to: 25, state: 3 },
        { from: 25, to: 50, state: 2 },
        { from: 50, to: 75, state: 7 },
        { from: 75, to: 100, state: 10 },
      ]),
    )
    const filled = (x: number): number => column(r, x).filter((c) => c !== 0).length
    expect([filled(10), filled(30), filled(60), filled(90)]).toEqual([16, 9, 6, 1])
    expect(column(r, 10)[10]).toBe(RUN)
    expect(column(r, 30)[10]).toBe(READY)
    expect(column(r, 60)[10]).toBe(LOCK)
  })
  test('merged spans show their mix from the bottom, running first; what was little is still there', () => {
    const r = paint(
      windows([
        {
          from: 40,
          to: 41,
          state: 3,
          mix: [
            [3, 128],
            [7, 125],
            [2, 1],
          ],
        },
      ]),
    )
    const c = column(r, 40)
    expect(c[17]).toBe(RUN)
    expect(c.filter((v) => v === RUN).length).toBeGreaterThanOrEqual(7)
    expect(c.filter((v) => v === LOCK).length).toBeGreaterThanOrEqual(6)
    expect(c).toContain(READY)
    expect(column(r, 41).every((v) => v === 0)).toBe(true)
  })
  test('nothing is written outside, whatever is asked', () => {
    const t = windows([{ from: -1e9, to: 1e9, state: 3 }])
    const r = raster(10, 10)
    for (const top of [-30, -5, 5, 30])
      rasterTrack(
        r,
        t,
        0,
        top,
        20,
        { from: 0, to: 1 },
        { states: look, running: 0, chosen: 0, chosenItem: 0, system: 0, runs: 3 },
      )
    expect(r.pixels.length).toBe(100)
    const far = paint(windows([{ from: 500, to: 600, state: 3 }]))
    expect(far.pixels.every((v) => v === 0)).toBe(true)
  })
  test('areas: as high as there are goroutines', () => {
    const r = raster(10, 26)
    const slots = [2, 3, 4, 5, 7, 8, 9, 10, 11]
    const counts = new Float32Array(slots.length * 10)
    counts.fill(2, slots.indexOf(3) * 10, slots.indexOf(3) * 10 + 5)
    counts.fill(2, slots.indexOf(7) * 10, slots.indexOf(7) * 10 + 10)
    const whole = { from: 0, to: 100 }
    rasterCounts(r, counts, 0, slots, 10, whole, whole, 0, 26, 4, look)
    const count = (x: number, v: number): number => column(r, x).filter((c) => c === v).length
    expect([count(2, RUN), count(2, LOCK)]).toEqual([10, 10])
    expect([count(8, RUN), count(8, LOCK)]).toEqual([0, 10])
  })
})
