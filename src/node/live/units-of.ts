// Durations and sizes as they are typed.

import { UserError } from '../../core/base/errors.ts'

const MILLIS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** `500ms`, `10s`, `10m`, `1h30m`; a bare number is seconds. In ms. Throws UserError. */
export function millisOf(text: string): number {
  if (/^\d{1,9}(\.\d+)?$/.test(text) && Number(text) > 0) return Number(text) * 1000
  let ms = 0
  const rest = text.replace(/(\d{1,9}(?:\.\d+)?)(ms|min|s|m|h|d)/g, (_, n: string, unit: string) => {
    ms += Number(n) * MILLIS[unit]!
    return ''
  })
  if (rest !== '' || !(ms > 0)) throw new UserError('must be a duration such as 500ms, 10s, 10m or 1h30m')
  return ms
}

const POWERS = 'kmgt'

/** `16MiB`, `16MB`, `512k`; a bare number is bytes. Decimal and binary units as they say, single letters binary. Throws UserError. */
export function bytesOf(text: string): number {
  const m = /^(\d{1,12}(?:\.\d+)?)(?:([kmgt])(i?b)?|b)?$/i.exec(text)
  if (m === null || !(Number(m[1]) > 0)) throw new UserError('must be a size such as 16MiB')
  const power = m[2] === undefined ? 0 : POWERS.indexOf(m[2].toLowerCase()) + 1
  return Math.round(Number(m[1]) * (m[3]?.toLowerCase() === 'b' ? 1000 : 1024) ** power)
}
