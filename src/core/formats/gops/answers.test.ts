import { describe, expect, test } from 'vitest'
import { DecodeError } from '../../base/errors.ts'
import { decodeGopsMemStats, decodeGopsStats, goDuration, zigzagVarint } from './answers.ts'

const MEMSTATS = `alloc: 55.88MB (58596088 bytes)
total-alloc: 42.00GB (45100197904 bytes)
sys: 108.42MB (113688856 bytes)
lookups: 0
mallocs: 692076
heap-alloc: 55.88MB (58596088 bytes)
heap-idle: 512 bytes
stack-mspan-inuse: 127.55KB (130608 bytes)
next-gc: when heap-alloc >= 71.37MB (74841040 bytes)
last-gc: 2026-11-21 13:56:01.5 +0000 UTC
gc-pause-total: 1m0.5306s
gc-pause: 22814
gc-pause-end: 1795269697086295371
num-gc: 731
gc-cpu-fraction: 3.5e-05
enable-gc: true
`

describe('answers of a gops agent', () => {
  test('memstats', () => {
    expect(decodeGopsMemStats(MEMSTATS)).toMatchObject({
      Alloc: 58596088,
      TotalAlloc: 45100197904,
      Mallocs: 692076,
      HeapIdle: 512,
      MSpanInuse: 130608,
      NextGC: 74841040,
      PauseTotalNs: 60.5306e9,
      NumGC: 731,
      GCCPUFraction: 3.5e-5,
    })
    expect(() => decodeGopsMemStats('HTTP/1.1 400 Bad Request')).toThrow(DecodeError)
  })

  test('memstats cut anywhere', () => {
    for (let n = 0; n < MEMSTATS.length; n++)
      try {
        decodeGopsMemStats(MEMSTATS.slice(0, n))
      } catch (e) {
        expect(e).toBeInstanceOf(DecodeError)
      }
  })

  test('stats', () => {
    expect(decodeGopsStats('goroutines: 23\nOS threads: 7\nGOMAXPROCS: 2\nnum CPU: 4\n')).toEqual({
      goroutines: 23,
      threads: 7,
      maxProcs: 2,
      cpus: 4,
    })
    expect(() => decodeGopsStats('')).toThrow(DecodeError)
  })

  test('durations of Go', () => {
    expect(['1h2m3.5s', '48.2µs', '0s', '-1.5ms', '10ns', '', '5', 's'].map(goDuration)).toEqual([
      3723.5e9,
      48200,
      0,
      -1.5e6,
      10,
      undefined,
      undefined,
      undefined,
    ])
  })

  test('percentages as encoding/binary writes them', () => {
    expect([100, -1, 0, 150, 64].map((v) => [...zigzagVarint(v)])).toEqual([
      [200, 1],
      [1],
      [0],
      [172, 2],
      [128, 1],
    ])
  })
})
