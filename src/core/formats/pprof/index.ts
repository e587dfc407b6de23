import type { ProfileFormat } from '../format.ts'
import { sniffLegacy } from './legacy-headers.ts'

/**
 * How far the head can be read as top-level fields of profile.proto: all of it is 0.9, and a start is
 * less. Field numbers and wire types are what random bytes fail on.
 */
function sniffProto(head: Uint8Array): number {
  let at = 0
  let fields = 0
  while (at < head.length) {
    const tag = head[at]
    const number = tag >> 3
    const wire = tag & 7
    // Numbers from 16 on would take two bytes; no field of the message has one.
    if (tag >= 0x80 || number === 0 || number > 15) return 0
    const isMessage = number <= 6 || number === 11
    if (isMessage ? wire !== 2 : wire !== 0 && !(number === 13 && wire === 2)) return 0
    let p = at + 1
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      if (p >= head.length) return fields > 0 ? 0.9 : 0.3
      if (p - at > 10) return 0
      value += (head[p] & 0x7f) * scale
      if (head[p++] < 0x80) break
    }
    fields++
    at = wire === 2 ? p + value : p
  }
  return fields === 0 ? 0 : 0.9
}

export const pprof: ProfileFormat = {
  id: 'pprof',
  title: 'pprof profile (profile.proto)',
  produces: 'profile',
  extensions: ['.pb.gz', '.pb', '.pprof', '.prof'],
  sniff: sniffProto,
  load: async () => (await import('./codec.ts')).codec,
}

export const pprofLegacy: ProfileFormat = {
  id: 'pprof-legacy',
  title: 'pprof profile in an old text or binary format',
  produces: 'profile',
  extensions: [],
  sniff: sniffLegacy,
  load: async () => (await import('./legacy-codec.ts')).codec,
}
