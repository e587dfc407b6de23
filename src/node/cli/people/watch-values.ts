// Numbers of `goscope watch` as text, with the colour of their level.

import { type Level, levelOf, wholeOf } from '../../../core/analysis/live/levels.ts'
import { METRICS, type MetricName, type Values } from '../../../core/analysis/live/metrics.ts'
import { ABSENT, bytesText, countText, NARROW, shareText, timeText } from '../../../core/base/people-fmt.ts'
import type { Tone } from './style.ts'
import type { Cell } from './table.ts'

const TONES: Readonly<Record<Level, Tone>> = { ok: 'plain', warning: 'warning', critical: 'critical' }

/** Colour of a level. */
export function toneOf(level: Level): Tone {
  return TONES[level]
}

/** A number in its unit. */
export function metricText(name: MetricName, value: number | undefined): string {
  if (value === undefined) return ABSENT
  switch (METRICS[name].unit) {
    case 'bytes':
      return bytesText(Math.round(value))
    case 'bytes/s':
      return `${bytesText(Math.round(value))}/s`
    case 'share':
      return shareText(value, 1)
    case 'seconds':
      return timeText(Math.round(value * 1e9))
    case '/s':
      return `${fewDigits(value)}/s`
    case 'processors':
      return fewDigits(value)
    case 'count':
      return Number.isInteger(value) ? countText(value) : fewDigits(value)
  }
}

/** Two digits behind the point are all that such a number is worth. */
function fewDigits(v: number): string {
  return v >= 100 ? countText(Math.round(v)) : countText(Math.round(v * 100) / 100)
}

/** `words NUMBER`, coloured by its level; none where the number is not known. */
export function metricCells(values: Values, name: MetricName, before = '', after = ''): Cell[] {
  const v = values[name]
  if (v === undefined) return []
  const text = [before, metricText(name, v), after].filter((t) => t !== '').join(' ')
  return [{ text, tone: toneOf(levelOf(name, values)) }]
}

/** What is wrong with a number, without a mark: `CPU 1.9 of 2`. */
export function alertText(name: MetricName, values: Values): string {
  const whole = wholeOf(name)
  const of = whole === undefined ? '' : ` of ${metricText(whole, values[whole])}`
  return `${METRICS[name].title} ${metricText(name, values[name])}${of}`
}

/** A time of day of this machine: `14:03:59`. */
export function clockText(at: number): string {
  const d = new Date(at)
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`
}

/** A number of seconds for people, from ms. */
export function secondsText(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms / 100) / 10}${NARROW}s` : `${Math.round(ms / 1000)}${NARROW}s`
}
