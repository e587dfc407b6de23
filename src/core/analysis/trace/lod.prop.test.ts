import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LevelsOfDetail } from './lod.ts'
import { SpanBuilder, STATES, type TrackSpans } from './spans.ts'

interface Span {
  readonly begin: number
  readonly end: number
  readonly state: number
  readonly row: number
}

/** A few tracks with many spans, and the same as plain lists. */
const timeline = fc
  .record({
    spans: fc.array(
      fc.record({
        track: fc.integer({ min: 0, max: 2 }),
        gap: fc.oneof(
          { weight: 9, arbitrary: fc.integer({ min: 1, max: 20 }) },
          fc.integer({ min: 1, max: 5000 }),
        ),
        state: fc.integer({ min: 1, max: STATES - 1 }),
        old: fc.boolean(),
      }),
      { minLength: 1, maxLength: 700, size: 'max' },
    ),
    tail: fc.integer({ min: 0, max: 50 }),
  })
  .map(({ spans, tail }) => {
    const builder = new SpanBuilder()
    const raw: Span[][] = [[], [], []]
    let time = 0
    spans.forEach(({ track, gap, state, old }) => {
      time += gap
      const since = old && raw[track].length === 0
      const row = builder.push(track, time, state, 0, since)
      const last = raw[track].pop()
      if (last !== undefined) raw[track].push({ ...last, end: time })
      raw[track].push({ begin: since ? 0 : time, end: time, state, row })
    })
    const endTime = time + tail
    for (const list of raw) if (list.length > 0) list.push({ ...list.pop()!, end: endTime })
    return { built: builder.done(endTime), raw, endTime }
  })

const share = fc.double({ min: 0, max: 1, noNaN: true })

function rawTimes(spans: readonly Span[], from: number, to: number): number[] {
  const out = new Array<number>(STATES).fill(0)
  for (const s of spans) out[s.state] += Math.max(0, Math.min(to, s.end) - Math.max(from, s.begin))
  return out
}

const tracksOf = (built: TrackSpans): number[] => Array.from({ length: built.tracks }, (_, t) => t)

describe('laws of the level-of-detail index', () => {
  test('times by state are the sums of the spans, over any window', () => {
    fc.assert(
      fc.property(timeline, share, share, ({ built, raw, endTime }, a, b) => {
        const lod = new LevelsOfDetail(built)
        const [from, to] = [a, b].map((x) => Math.floor(x * endTime)).sort((x, y) => x - y)
        for (const track of tracksOf(built)) {
          const out = new Float64Array(STATES)
          lod.addTimes(track, from, to, out)
          expect([...out]).toEqual(rawTimes(raw[track], from, to))
        }
      }),
      { numRuns: 150 },
    )
  })

  test('a window has no gaps, no more entries than pixels allow, and mixes that are the sums of its spans', () => {
    fc.assert(
      fc.property(
        timeline,
        share,
        share,
        fc.integer({ min: 1, max: 40 }),
        ({ built, raw, endTime }, a, b, pixels) => {
          const lod = new LevelsOfDetail(built)
          const [from, to] = [a, b].map((x) => Math.floor(x * endTime)).sort((x, y) => x - y)
          if (from === to) return
          for (const track of tracksOf(built)) {
            const w = lod.window(track, from, to, pixels)
            expect(w.count).toBeLessThanOrEqual(2 * pixels + 2)
            const first = raw[track][0]
            if (first === undefined || first.begin >= to) expect(w.count).toBe(0)
            else {
              expect(w.start[0]).toBe(Math.max(from, first.begin))
              expect(w.end[w.count - 1]).toBe(to)
            }
            for (let i = 0; i < w.count; i++) {
              if (i > 0) expect(w.start[i]).toBe(w.end[i - 1])
              const inside = raw[track].filter((s) => s.begin < w.end[i] && s.end > w.start[i])
              expect(w.merged[i]).toBe(inside.length)
              expect([...w.mix.subarray(i * STATES, (i + 1) * STATES)]).toEqual(
                rawTimes(raw[track], w.start[i], w.end[i]),
              )
              const longest = Math.max(...inside.map((s) => s.end - s.begin))
              const named = inside.find((s) => s.row === w.row[i])
              expect(named && named.end - named.begin).toBe(longest)
            }
          }
        },
      ),
      { numRuns: 150 },
    )
  })

  test('the span at a time is the one that lies there', () => {
    fc.assert(
      fc.property(timeline, share, ({ built, raw, endTime }, a) => {
        const lod = new LevelsOfDetail(built)
        const time = Math.floor(a * endTime)
        for (const track of tracksOf(built)) {
          const want = raw[track].findLast((s) => s.begin <= time)
          expect(lod.rowAt(track, time)).toBe(want === undefined ? -1 : want.row)
        }
      }),
      { numRuns: 150 },
    )
  })
})

test('long tracks use the levels above: the longest of 20000 spans', () => {
  const builder = new SpanBuilder()
  let time = 0
  for (let i = 0; i < 20000; i++) {
    time += i === 12345 ? 900 : 1 + (i % 7)
    builder.push(0, time, 1 + (i % 3), 0)
  }
  const lod = new LevelsOfDetail(builder.done(time + 1))
  // The span that lasted 900 is the one before the late push.
  expect(lod.longest(0, 0, 20000)).toBe(12344)
  expect(lod.longest(0, 12345, 20000)).not.toBe(12344)
  const w = lod.window(0, 0, time, 10)
  expect(w.count).toBeLessThanOrEqual(22)
  let merged = 0
  for (let i = 0; i < w.count; i++) merged += w.merged[i]
  expect(merged).toBeGreaterThanOrEqual(19999)
})
