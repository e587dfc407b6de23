import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { GoroutineSpans } from './lanes.ts'
import { SpanBuilder } from './spans.ts'
import { COUNTED, GroupCounts, SLOTS } from './timeline-groups.ts'

/** Goroutines that go from state to state, and the same as plain lists of spans. */
const spans = fc
  .array(
    fc.record({
      track: fc.integer({ min: 0, max: 4 }),
      gap: fc.integer({ min: 1, max: 30 }),
      state: fc.constantFrom(1, ...COUNTED),
      old: fc.boolean(),
    }),
    { minLength: 1, maxLength: 1600, size: 'max' },
  )
  .map((steps) => {
    const builder = new SpanBuilder()
    const raw: { track: number; state: number; from: number; to: number }[] = []
    const last = new Map<number, (typeof raw)[number]>()
    let time = 0
    for (const { track, gap, state, old } of steps) {
      time += gap
      const before = last.get(track)
      const since = old && before === undefined
      builder.push(track, time, state, 0, since)
      if (before !== undefined) before.to = time
      const span = { track, state, from: since ? 0 : time, to: time }
      last.set(track, span)
      raw.push(span)
    }
    const end = time + 5
    for (const span of last.values()) span.to = end
    return { built: builder.done(end) as GoroutineSpans, raw, end }
  })

function made(built: GoroutineSpans): GroupCounts {
  // Even and odd goroutines.
  const counts = new GroupCounts(
    built,
    Array.from({ length: built.tracks }, (_, g) => g % 2),
    2,
  )
  for (const _ of counts.build());
  return counts
}

function timesOf(
  raw: readonly { track: number; state: number; from: number; to: number }[],
  from: number,
  to: number,
): number[] {
  const out = new Array<number>(2 * SLOTS).fill(0)
  for (const s of raw) {
    const slot = (COUNTED as readonly number[]).indexOf(s.state)
    if (slot >= 0)
      out[(s.track % 2) * SLOTS + slot]! += Math.max(0, Math.min(to, s.to) - Math.max(from, s.from))
  }
  return out
}

const share = fc.double({ min: 0, max: 1, noNaN: true })

test('times by group and state are those of the spans, over any window', () => {
  fc.assert(
    fc.property(spans, share, share, ({ built, raw, end }, a, b) => {
      const [from, to] = [a, b].map((x) => Math.floor(x * end)).sort((x, y) => x - y) as [number, number]
      expect([...made(built).times(from, to)]).toEqual(timesOf(raw, from, to))
    }),
    { numRuns: 100 },
  )
})

test('columns of a window sum up to its times; the whole is the sum of the groups', () => {
  fc.assert(
    fc.property(spans, share, share, fc.integer({ min: 1, max: 40 }), ({ built, raw, end }, a, b, pixels) => {
      const [from, to] = [a, b].map((x) => Math.floor(x * end)).sort((x, y) => x - y) as [number, number]
      if (to - from < 1) return
      const counts = made(built).window(from, to, pixels, [0, 1, -1])
      const want = timesOf(raw, from, to)
      const column = (to - from) / pixels
      for (let i = 0; i < 2 * SLOTS; i++) {
        let sum = 0
        for (let c = 0; c < pixels; c++) sum += counts[i * pixels + c]! * column
        expect(Math.abs(sum - want[i]!)).toBeLessThan(1e-3 * (1 + want[i]!))
      }
      for (let k = 0; k < SLOTS * pixels; k++)
        expect(
          Math.abs(counts[k]! + counts[SLOTS * pixels + k]! - counts[2 * SLOTS * pixels + k]!),
        ).toBeLessThan(1e-3)
    }),
    { numRuns: 100 },
  )
})
