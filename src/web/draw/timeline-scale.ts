// Time and pixels of a timeline: what is in sight, how it moves, where lines of the axis are.

import { NARROW, timeText } from '../../core/base/people-fmt.ts'

/** A stretch of time, ns. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** Nothing narrower is shown: a few nanoseconds. */
export const LEAST_SPAN = 10

/** The nearest span of that length within [0, end]. */
export function heldSpan({ from, to }: Span, end: number): Span {
  const most = Math.max(LEAST_SPAN, end)
  const length = Math.min(most, Math.max(LEAST_SPAN, to - from))
  const middle = (from + to) / 2
  const start = Math.max(0, Math.min(most - length, to - from === length ? from : middle - length / 2))
  return { from: start, to: start + length }
}

/** Zooms so that the time at `at` stays where it is; factors above 1 show less. */
export function zoomSpan({ from, to }: Span, at: number, factor: number, end: number): Span {
  const length = Math.max(LEAST_SPAN, Math.min(Math.max(LEAST_SPAN, end), (to - from) / factor))
  const share = to > from ? (at - from) / (to - from) : 0.5
  return heldSpan({ from: at - share * length, to: at - share * length + length }, end)
}

/** Moves by a share of what is in sight. */
export function moveSpan(span: Span, share: number, end: number): Span {
  const by = (span.to - span.from) * share
  return heldSpan({ from: span.from + by, to: span.to + by }, end)
}

/** Between two spans, for moving: lengths change by a constant factor. */
export function betweenSpans(a: Span, b: Span, share: number): Span {
  if (share >= 1) return b
  const la = a.to - a.from
  const lb = b.to - b.from
  const length = la * (lb / la) ** share
  // The point that keeps its place, or for equal lengths plain movement.
  const k = la === lb ? share : (length - la) / (lb - la)
  const from = a.from + (b.from - a.from) * k
  return { from, to: from + length }
}

const UNITS: readonly (readonly [size: number, name: string])[] = [
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
  [1, 'ns'],
]

export interface Ticks {
  readonly times: readonly number[]
  readonly texts: readonly string[]
  readonly step: number
}

/** Round times in a span, at least `least` pixels apart. The first text has its unit, all have as many decimals as they need. */
export function axisTicks({ from, to }: Span, pixels: number, least = 72): Ticks {
  const rough = ((to - from) / Math.max(1, pixels)) * least
  const power = 10 ** Math.floor(Math.log10(Math.max(1e-3, rough)))
  const step = Math.max(1, power * ([1, 2, 5, 10].find((f) => power * f >= rough) ?? 10))
  const first = Math.ceil(from / step)
  const last = Math.floor(to / step)
  // The unit of the step, unless numbers would be unreadable.
  const [size, unit] = UNITS.find(([s]) => to >= s * 10 || (to >= s && step >= s / 1000)) ?? [1, 'ns']
  const digits = Math.max(0, Math.ceil(-Math.log10(step / size) - 1e-9))
  const times: number[] = []
  const texts: string[] = []
  for (let k = first; k <= last && times.length < 400; k++) {
    times.push(k * step)
    const text = ((k * step) / size).toFixed(digits)
    texts.push(times.length === 1 ? `${text}${NARROW}${unit}` : text)
  }
  return { times, texts, step }
}

/** A time exactly enough to tell its pixel: `84.0 – 148.0 ms`. */
export function spanText({ from, to }: Span): string {
  const [size, unit] = UNITS.find(([s]) => to >= s) ?? [1, 'ns']
  const digits = Math.max(0, Math.min(9, Math.ceil(-Math.log10((to - from) / size)) + 2))
  const exact = size === 1 ? 0 : Math.min(digits, Math.round(Math.log10(size)))
  return `${(from / size).toFixed(exact)} – ${(to / size).toFixed(exact)}${NARROW}${unit}`
}

/** A moment with as many digits as its neighbourhood of that length asks for. */
export function momentText(time: number, length: number): string {
  const [size, unit] = UNITS.find(([s]) => time >= s) ?? [1, 'ns']
  const digits = Math.max(0, Math.ceil(-Math.log10(length / size)) + 2)
  const exact = size === 1 ? 0 : Math.min(digits, Math.round(Math.log10(size)))
  return `${(time / size).toFixed(exact)}${NARROW}${unit}`
}

export { timeText }
