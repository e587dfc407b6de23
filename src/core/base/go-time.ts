// Times and durations as Go prints them. Core knows no clock and no zones: what zone a moment is in
// comes in as a parameter.

import type { Int } from './int64.ts'

/** A time zone's state at a moment. */
export interface Zone {
  /** Seconds east of UTC. */
  readonly offset: number
  /** Abbreviation, e.g. CET; or the offset as text where the zone has none. */
  readonly name: string
}

/** Seconds since 1970 -> zone in force. */
export type ZoneLookup = (seconds: number) => Zone

export const utc: ZoneLookup = () => ({ offset: 0, name: 'UTC' })

const two = (n: number): string => String(n).padStart(2, '0')

/** Date and time of day of a moment in a zone, without fraction: `2006-01-02 15:04:05`. */
function civil(seconds: number, zone: Zone): string {
  const d = new Date((seconds + zone.offset) * 1000)
  const date = `${String(d.getUTCFullYear()).padStart(4, '0')}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}`
  return `${date} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`
}

function split(nanos: Int): { seconds: number; fraction: number } {
  const n = BigInt(nanos)
  const fraction = ((n % 1000000000n) + 1000000000n) % 1000000000n
  return { seconds: Number((n - fraction) / 1000000000n), fraction: Number(fraction) }
}

/** A moment (ns since 1970) as `2006-01-02 15:04:05 MST`. */
export function formatTime(nanos: Int, zones: ZoneLookup): string {
  const { seconds } = split(nanos)
  const zone = zones(seconds)
  return `${civil(seconds, zone)} ${zone.name}`
}

/** A moment as time.Time's String: with fraction, offset and zone. */
export function formatTimeFull(nanos: Int, zones: ZoneLookup): string {
  const { seconds, fraction } = split(nanos)
  const zone = zones(seconds)
  const digits = fraction === 0 ? '' : `.${String(fraction).padStart(9, '0').replace(/0+$/, '')}`
  const minutes = Math.trunc(Math.abs(zone.offset) / 60)
  const offset = `${zone.offset < 0 ? '-' : '+'}${two(Math.trunc(minutes / 60))}${two(minutes % 60)}`
  return `${civil(seconds, zone)}${digits} ${offset} ${zone.name}`
}

/** time.Duration's String: `1h2m3.5s`, `1.5ms`, `0s`. */
export function formatDuration(nanos: Int): string {
  const n = BigInt(nanos)
  return n < 0n ? `-${positiveDuration(-n)}` : positiveDuration(n)
}

function positiveDuration(n: bigint): string {
  if (n === 0n) return '0s'
  const fraction = (value: bigint, unit: bigint): string => {
    const rest = value % unit
    const digits =
      rest === 0n
        ? ''
        : `.${String(rest)
            .padStart(String(unit).length - 1, '0')
            .replace(/0+$/, '')}`
    return `${value / unit}${digits}`
  }
  if (n < 1000n) return `${n}ns`
  if (n < 1000000n) return `${fraction(n, 1000n)}µs`
  if (n < 1000000000n) return `${fraction(n, 1000000n)}ms`
  const minutes = n / 60000000000n
  const seconds = fraction(n % 60000000000n, 1000000000n)
  if (minutes === 0n) return `${seconds}s`
  const hours = minutes / 60n
  return hours === 0n ? `${minutes}m${seconds}s` : `${hours}h${minutes % 60n}m${seconds}s`
}
