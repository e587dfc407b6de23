// Numbers of METRICS as text for people.

import { ABSENT, bytesText, countText, shareText, timeText } from '../../base/people-fmt.ts'
import { wholeOf } from './levels.ts'
import { METRICS, type MetricName, type Values } from './metrics.ts'

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

/** What is wrong with a number, without a mark: `CPU 1.9 of 2`. */
export function alertText(name: MetricName, values: Values): string {
  const whole = wholeOf(name)
  const of = whole === undefined ? '' : ` of ${metricText(whole, values[whole])}`
  return `${METRICS[name].title} ${metricText(name, values[name])}${of}`
}
