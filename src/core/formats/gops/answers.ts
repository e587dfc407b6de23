// Texts that a gops agent answers with (github.com/google/gops/agent): `memstats` and `stats`.

import { DecodeError } from '../../base/errors.ts'
import type { MemStats } from '../../model/memory.ts'

/** Names of the agent for fields of runtime.MemStats. */
const FIELDS: Readonly<Record<string, keyof MemStats>> = {
  alloc: 'Alloc',
  'total-alloc': 'TotalAlloc',
  sys: 'Sys',
  mallocs: 'Mallocs',
  frees: 'Frees',
  'heap-alloc': 'HeapAlloc',
  'heap-sys': 'HeapSys',
  'heap-idle': 'HeapIdle',
  'heap-in-use': 'HeapInuse',
  'heap-released': 'HeapReleased',
  'heap-objects': 'HeapObjects',
  'stack-in-use': 'StackInuse',
  'stack-sys': 'StackSys',
  'stack-mspan-inuse': 'MSpanInuse',
  'stack-mspan-sys': 'MSpanSys',
  'stack-mcache-inuse': 'MCacheInuse',
  'stack-mcache-sys': 'MCacheSys',
  'other-sys': 'OtherSys',
  'gc-sys': 'GCSys',
  'next-gc': 'NextGC',
  'num-gc': 'NumGC',
  'num-forced-gc': 'NumForcedGC',
  'gc-cpu-fraction': 'GCCPUFraction',
}

/** `memstats` as runtime.MemStats; bytes where the agent gives both a rounded size and bytes. Throws DecodeError. */
export function decodeGopsMemStats(text: string): MemStats {
  const out: Record<string, number> = {}
  for (const line of text.split('\n')) {
    const m = /^([a-z-]+): (.*)$/.exec(line)
    if (m === null) continue
    const [, name, value] = m
    if (name === 'gc-pause-total') {
      const ns = goDuration(value)
      if (ns !== undefined) out.PauseTotalNs = ns
      continue
    }
    const field = FIELDS[name]
    const exact =
      /\((\d+) bytes\)$/.exec(value)?.[1] ?? /([\d.]+(?:e[-+]?\d+)?)(?: bytes)?$/i.exec(value)?.[1]
    if (field !== undefined && exact !== undefined) out[field] = Number(exact)
  }
  const end = /^gc-pause-end: (\d+)$/m.exec(text)?.[1]
  if (end !== undefined) out.LastGC = Number(end)
  if (out.HeapAlloc === undefined)
    throw new DecodeError('gops', 0, 'the agent’s answer holds no memory statistics')
  return { ...out }
}

export interface GopsStats {
  readonly goroutines: number
  readonly threads: number | undefined
  readonly maxProcs: number | undefined
  readonly cpus: number | undefined
}

/** `stats`. Throws DecodeError. */
export function decodeGopsStats(text: string): GopsStats {
  const of = (name: string): number | undefined => {
    const m = new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)
    return m === null ? undefined : Number(m[1])
  }
  const goroutines = of('goroutines')
  if (goroutines === undefined) throw new DecodeError('gops', 0, 'the agent’s answer holds no statistics')
  return { goroutines, threads: of('OS threads'), maxProcs: of('GOMAXPROCS'), cpus: of('num CPU') }
}

const UNITS: Readonly<Record<string, number>> = {
  h: 3600e9,
  m: 60e9,
  s: 1e9,
  ms: 1e6,
  µs: 1e3,
  us: 1e3,
  ns: 1,
}

/** A time.Duration as Go prints it (`1h2m3.5s`, `48.2µs`) in ns; undefined if it is none. */
export function goDuration(text: string): number | undefined {
  const m = /^(-?)((?:\d+(?:\.\d+)?(?:h|ms|m|s|µs|us|ns))+|0s?)$/.exec(text)
  if (m === null) return undefined
  let ns = 0
  for (const part of m[2].matchAll(/([\d.]+)(h|ms|m|s|µs|us|ns)/g)) ns += Number(part[1]) * UNITS[part[2]]
  return m[1] === '-' ? -ns : ns
}

/** A number as encoding/binary's PutVarint writes it: how `setgc` sends its percentage. */
export function zigzagVarint(value: number): Uint8Array {
  const out: number[] = []
  let rest = value < 0 ? -2 * value - 1 : 2 * value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) out.push((rest % 0x80) | 0x80)
  out.push(rest)
  return Uint8Array.from(out)
}
