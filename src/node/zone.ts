import { readFileSync } from 'node:fs'
import type { Zone, ZoneLookup } from '../core/base/go-time.ts'

/**
 * The local time zone, from the same files that Go reads: JavaScript knows a zone's offset, but not the
 * abbreviation that Go prints (CET, not GMT+1).
 */
export function localZone(): ZoneLookup {
  const tz = process.env.TZ
  if (tz === 'UTC' || tz === '') return () => ({ offset: 0, name: 'UTC' })
  const name = tz?.replace(/^:/, '')
  const paths =
    name === undefined ? ['/etc/localtime'] : name.startsWith('/') ? [name] : zoneDirectories(name)
  for (const path of paths) {
    try {
      return parseZone(readFileSync(path))
    } catch {
      // No such file, or not one of time zones: the next place, or in the end the system's own idea.
    }
  }
  return systemZone
}

function zoneDirectories(name: string): string[] {
  // A name from the environment must not lead out of the directory.
  if (name.split('/').includes('..')) return []
  return ['/usr/share/zoneinfo', '/usr/share/lib/zoneinfo', '/usr/lib/locale/TZ', '/etc/zoneinfo'].map(
    (d) => `${d}/${name}`,
  )
}

const systemZone: ZoneLookup = (seconds) => {
  const offset = -60 * new Date(seconds * 1000).getTimezoneOffset()
  const hours = Math.trunc(Math.abs(offset) / 3600)
  const minutes = Math.trunc(Math.abs(offset) / 60) % 60
  const two = (n: number): string => String(n).padStart(2, '0')
  return {
    offset,
    name: offset === 0 ? 'UTC' : `${offset < 0 ? '-' : '+'}${two(hours)}${minutes === 0 ? '' : two(minutes)}`,
  }
}

/** Parses a TZif file (RFC 8536), the 64-bit part of versions 2 and up. Throws if it is none. */
export function parseZone(file: Uint8Array): ZoneLookup {
  const view = new DataView(file.buffer, file.byteOffset, file.length)
  const header = (
    at: number,
  ): { isut: number; isstd: number; leap: number; times: number; types: number; chars: number } => {
    if (view.getUint32(at) !== 0x545a6966) throw new Error('not a TZif file')
    const n = (k: number): number => view.getUint32(at + 20 + 4 * k)
    return { isut: n(0), isstd: n(1), leap: n(2), times: n(3), types: n(4), chars: n(5) }
  }
  const first = header(0)
  let at = 44
  let h = first
  let wide = 4
  if (view.getUint8(4) >= 0x32) {
    at += first.times * 5 + first.types * 6 + first.chars + first.leap * 8 + first.isstd + first.isut
    h = header(at)
    at += 44
    wide = 8
  }
  const indexAt = at + h.times * wide
  const typesAt = indexAt + h.times
  const charsAt = typesAt + h.types * 6
  const footerAt = charsAt + h.chars + h.leap * (wide + 4) + h.isstd + h.isut
  const zone = (type: number): Zone => {
    const p = typesAt + type * 6
    let name = ''
    for (let c = charsAt + view.getUint8(p + 5); view.getUint8(c) !== 0; c++)
      name += String.fromCharCode(view.getUint8(c))
    return { offset: view.getInt32(p), name }
  }
  const time = (i: number): number =>
    wide === 8 ? Number(view.getBigInt64(at + i * 8)) : view.getInt32(at + i * 4)
  const rule = wide === 8 ? new TextDecoder().decode(file.subarray(footerAt)).trim() : ''
  return (seconds) => {
    if (h.times === 0 || seconds < time(0)) return zone(0)
    let lo = 0
    let hi = h.times
    while (hi - lo > 1) {
      const mid = (lo + hi) >> 1
      if (time(mid) <= seconds) lo = mid
      else hi = mid
    }
    const last = zone(view.getUint8(indexAt + lo))
    return lo === h.times - 1 && rule !== '' ? ruleZone(rule, seconds, last) : last
  }
}

/** The zone after the last change in the file, by its POSIX rule: `CET-1CEST,M3.5.0,M10.5.0/3`. */
function ruleZone(rule: string, seconds: number, fallback: Zone): Zone {
  const name = '(?:<([^>]+)>|([A-Za-z]{3,}))'
  const clock = '([+-]?\\d+(?::\\d+){0,2})'
  const m = new RegExp(
    `^${name}${clock}(?:${name}${clock}?(?:,M([\\d.]+)(?:/${clock})?,M([\\d.]+)(?:/${clock})?)?)?$`,
  ).exec(rule)
  if (m === null) return fallback
  const secondsOf = (text: string): number => {
    const [hour = '0', minute = '0', second = '0'] = text.replace(/^[+-]/, '').split(':')
    return (text.startsWith('-') ? -1 : 1) * (Number(hour) * 3600 + Number(minute) * 60 + Number(second))
  }
  // POSIX counts offsets west of Greenwich.
  const standard: Zone = { offset: -secondsOf(m[3]!), name: (m[1] ?? m[2])! }
  const summerName = m[4] ?? m[5]
  if (summerName === undefined) return standard
  const summer: Zone = {
    offset: m[6] === undefined ? standard.offset + 3600 : -secondsOf(m[6]),
    name: summerName,
  }
  const [start, startTime, end, endTime] = [m[7], m[8], m[9], m[10]]
  if (start === undefined || end === undefined) return standard
  const year = new Date((seconds + standard.offset) * 1000).getUTCFullYear()
  const from = dayOfRule(year, start) + secondsOf(startTime ?? '2') - standard.offset
  const to = dayOfRule(year, end) + secondsOf(endTime ?? '2') - summer.offset
  const inSummer = from < to ? seconds >= from && seconds < to : seconds >= from || seconds < to
  return inSummer ? summer : standard
}

/** Start of the day that `month.week.weekday` names in a year, in seconds since 1970 as if in UTC. */
function dayOfRule(year: number, rule: string): number {
  const [month = 1, week = 1, weekday = 0] = rule.split('.').map(Number)
  const firstDay = new Date(Date.UTC(year, month - 1, 1)).getUTCDay()
  let day = 1 + ((weekday - firstDay + 7) % 7) + (week - 1) * 7
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate()
  while (day > days) day -= 7
  return Date.UTC(year, month - 1, day) / 1000
}
