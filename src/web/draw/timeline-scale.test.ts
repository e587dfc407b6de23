import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  axisTicks,
  betweenSpans,
  heldSpan,
  LEAST_SPAN,
  momentText,
  moveSpan,
  spanText,
  zoomSpan,
} from './timeline-scale.ts'

const END = 2e9
const span = fc
  .tuple(fc.double({ min: 0, max: END, noNaN: true }), fc.double({ min: LEAST_SPAN, max: END, noNaN: true }))
  .map(([from, length]) => heldSpan({ from, to: from + length }, END))

test('whatever is done, the span stays in the trace and is not too short', () => {
  fc.assert(
    fc.property(
      span,
      fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
      fc.double({ min: -3, max: 3, noNaN: true }),
      (s, factor, share) => {
        for (const r of [zoomSpan(s, (s.from + s.to) / 2, factor, END), moveSpan(s, share, END)]) {
          expect(r.from).toBeGreaterThanOrEqual(0)
          expect(r.to).toBeLessThanOrEqual(END + 1e-3)
          expect(r.to - r.from).toBeGreaterThanOrEqual(LEAST_SPAN * 0.999)
        }
      },
    ),
  )
})

test('zooming keeps the time under the pointer where it is', () => {
  const s = { from: 1e8, to: 3e8 }
  const z = zoomSpan(s, 1.5e8, 4, END)
  expect((1.5e8 - z.from) / (z.to - z.from)).toBeCloseTo(0.25, 9)
  expect(z.to - z.from).toBeCloseTo(5e7, 3)
})

test('moving between spans begins at the one and ends at the other', () => {
  const a = { from: 0, to: 1e9 }
  const b = { from: 4e8, to: 4.1e8 }
  expect(betweenSpans(a, b, 0).from).toBeCloseTo(0, 3)
  expect(betweenSpans(a, b, 1)).toEqual(b)
  const half = betweenSpans(a, b, 0.5)
  expect(half.to - half.from).toBeCloseTo(1e8, 0)
})

test('lines of the axis are round, and far enough apart', () => {
  const { times, texts, step } = axisTicks({ from: 84e6, to: 148e6 }, 1280)
  expect(step).toBe(5e6)
  expect(times[0]).toBe(85e6)
  expect(texts.slice(0, 3)).toEqual(['85\u202fms', '90', '95'])
  expect(axisTicks({ from: 1e9, to: 1e9 + 20 }, 1000).step).toBeGreaterThanOrEqual(1)
})

test('texts have the digits that their place asks for', () => {
  expect(spanText({ from: 84e6, to: 148e6 })).toBe('84.0 – 148.0\u202fms')
  expect(momentText(1_234_567, 10)).toBe('1.234567\u202fms')
})
