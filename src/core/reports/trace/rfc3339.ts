import type { ZoneLookup } from '../../base/go-time.ts'

const LAST_DATE = 8_640_000_000_000n

const two = (n: number): string => String(n).padStart(2, '0')

/** A moment as RFC 3339 with the fraction that it has: `2006-01-02T15:04:05.999Z`. `nanos` may exceed a second. */
export function formatRfc3339(seconds: bigint, nanos: number, zones: ZoneLookup): string {
  const fraction = nanos % 1e9
  let whole = seconds + BigInt(Math.floor(nanos / 1e9))
  // Dates that JavaScript has no text for are nonsense in any trace: the nearest one it has will do.
  if (whole > LAST_DATE) whole = LAST_DATE
  if (whole < -LAST_DATE) whole = -LAST_DATE
  const { offset } = zones(Number(whole))
  const local = Number(whole) + offset
  const d = new Date(Math.min(Math.max(local, -Number(LAST_DATE)), Number(LAST_DATE)) * 1000)
  const date = `${String(d.getUTCFullYear()).padStart(4, '0')}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}`
  const time = `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`
  const decimals = fraction === 0 ? '' : `.${String(fraction).padStart(9, '0').replace(/0+$/, '')}`
  return `${date}T${time}${decimals}${zoneOffset(offset)}`
}

function zoneOffset(offset: number): string {
  if (offset === 0) return 'Z'
  const minutes = Math.trunc(Math.abs(offset) / 60)
  return `${offset < 0 ? '-' : '+'}${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}`
}
