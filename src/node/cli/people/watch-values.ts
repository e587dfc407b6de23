// Numbers of `goscope watch` as text, with the colour of their level.

import { type Level, levelOf } from '../../../core/analysis/live/levels.ts'
import { metricText } from '../../../core/analysis/live/metric-text.ts'
import type { MetricName, Values } from '../../../core/analysis/live/metrics.ts'
import { NARROW } from '../../../core/base/people-fmt.ts'
import type { Tone } from './style.ts'
import type { Cell } from './table.ts'

const TONES: Readonly<Record<Level, Tone>> = { ok: 'plain', warning: 'warning', critical: 'critical' }

/** Colour of a level. */
export function toneOf(level: Level): Tone {
  return TONES[level]
}

/** `words NUMBER`, coloured by its level; none where the number is not known. */
export function metricCells(values: Values, name: MetricName, before = '', after = ''): Cell[] {
  const v = values[name]
  if (v === undefined) return []
  const text = [before, metricText(name, v), after].filter((t) => t !== '').join(' ')
  return [{ text, tone: toneOf(levelOf(name, values)) }]
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
