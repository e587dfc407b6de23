import { describe, expect, test } from 'vitest'
import { DecodeError } from '../../base/errors.ts'
import { encodeUtf8 } from '../../base/utf8.ts'
import { decodeMemory, sniffMemory } from './index.ts'

const decode = (text: string) => decodeMemory(encodeUtf8(text))
const sniff = (text: string) => sniffMemory(encodeUtf8(text))

const memstats = JSON.stringify({
  Alloc: 3,
  Sys: 100,
  HeapSys: 80,
  HeapInuse: 30,
  HeapIdle: 50,
  HeapReleased: 20,
  NumGC: 258,
  PauseNs: Array.from({ length: 256 }, (_, i) => 1000 + i),
  PauseEnd: Array.from({ length: 256 }, (_, i) => i),
})

const heapText = `heap profile: 1: 2 [3: 4] @ heap/1048576
1: 2 [3: 4] @ 0x1

# runtime.MemStats
# Alloc = 2880672
# HeapSys = 1060667392
# HeapInuse = 3588096
# Stack = 458752 / 500000
# PauseNs = [47618 0 0]
# PauseEnd = [5 0 0]
# NumGC = 1
# GCCPUFraction = 0.0036
# MaxRSS = 1064443904
`

const smaps = `00400000-00452000 r-xp 00000000 08:02 173521      /usr/bin/x
Size:                328 kB
Rss:                 100 kB
Anonymous:             0 kB
LazyFree:              0 kB
c000000000-c000400000 rw-p 00000000 00:00 0 
Size:               4096 kB
Rss:                1024 kB
Anonymous:          1024 kB
LazyFree:             64 kB
7f0000000000-7f0000001000 rw-p 00000000 00:00 0      [anon: Go: heap]
Rss:                   4 kB
`

const status = `Name:\tquotes\nUmask:\t0022\nState:\tS (sleeping)\nVmHWM:\t   20480 kB\nVmRSS:\t   10240 kB\nThreads:\t7\n`

describe('kinds by content', () => {
  test('each is told', () => {
    expect(sniff(memstats)).toBe('memstats')
    expect(sniff(`{\n"cmdline": ["./x"],\n"memstats": ${memstats}}`)).toBe('memstats')
    expect(sniff('{"/gc/heap/live:bytes": 5}')).toBe('metrics')
    expect(sniff(heapText)).toBe('memstats')
    expect(sniff(smaps)).toBe('smaps')
    expect(sniff(status)).toBe('status')
  })

  test('others are not', () => {
    for (const text of ['', '{}', '{"a": 1}', 'gc 1 @0.1s 0%: x', 'Name: x', '<html>'])
      expect(sniff(text)).toBeUndefined()
  })
})

describe('runtime.MemStats', () => {
  test('as JSON, with pauses in order of time', () => {
    const m = decode(memstats).memstats!
    expect(m).toMatchObject({ Alloc: 3, HeapIdle: 50, HeapReleased: 20 })
    // The 258th collection wrote to slot 1: the oldest known is the one in slot 2.
    expect(m.pauses!.length).toBe(256)
    expect(m.pauses![0]).toBe(1002)
    expect(m.pauses!.at(-1)).toBe(1001)
    expect(m.pauseEnds!.at(-1)).toBe(1)
  })

  test('inside expvar', () => {
    const s = decode(`{"cmdline": ["./x", "-v"], "memstats": ${memstats}}`)
    expect(s.commandLine).toEqual(['./x', '-v'])
    expect(s.memstats!.Sys).toBe(100)
  })

  test('at the end of a heap profile', () => {
    const s = decode(heapText)
    expect(s.maxRss).toBe(1064443904)
    expect(s.memstats).toMatchObject({
      HeapSys: 1060667392,
      StackInuse: 458752,
      StackSys: 500000,
      pauses: [47618],
    })
    expect(() => decode('heap profile: 1: 2 [3: 4] @ heap/1\n')).toThrow(DecodeError)
  })
})

describe('runtime/metrics', () => {
  test('values and histograms of both forms', () => {
    const { metrics } = decode(
      `{"/gc/gogc:percent": 5, "/a:seconds": [{"From": "-Inf", "To": "1e-3", "Count": 2}],
        "/b:seconds": {"Counts": [0, 3], "Buckets": [0, 1, 2]}, "x": 1}`,
    )
    expect([...metrics!.values]).toEqual([['/gc/gogc:percent', 5]])
    expect(metrics!.histograms.get('/a:seconds')).toEqual([
      { from: Number.NEGATIVE_INFINITY, to: 0.001, count: 2 },
    ])
    expect(metrics!.histograms.get('/b:seconds')).toEqual([{ from: 1, to: 2, count: 3 }])
  })
})

describe('/proc', () => {
  test('smaps', () => {
    const { mappings } = decode(smaps)
    expect(mappings!.map((m) => [m.name, m.size, m.rss, m.lazyFree])).toEqual([
      ['/usr/bin/x', 328 * 1024, 100 * 1024, 0],
      ['', 4 << 20, 1 << 20, 64 * 1024],
      ['[anon: Go: heap]', 4096, 4096, -1],
    ])
  })

  test('status', () => {
    const s = decode(status)
    expect(s.status!.threads).toBe(7)
    expect(s.status!.sizes.get('VmRSS')).toBe(10 << 20)
    expect(s.maxRss).toBe(20 << 20)
  })
})

describe('control groups', () => {
  const of = (name: string, text: string) => decodeMemory(encodeUtf8(text), name)
  test('limits and usage are told by their names', () => {
    expect(of('cap/memory.max', '536870912\n')).toEqual({ containerLimit: 536870912 })
    expect(of('memory.limit_in_bytes', '1000\n')).toEqual({ containerLimit: 1000 })
    expect(of('memory.current', '77\n')).toEqual({ containerUsage: 77 })
    expect(of('memory.max', 'max\n')).toEqual({})
    expect(of('memory.limit_in_bytes', '9223372036854771712\n')).toEqual({})
    expect(() => of('memory.max', 'x')).toThrow(DecodeError)
    expect(() => of('other.max', '5')).toThrow(DecodeError)
  })
})

describe('damage', () => {
  const inputs = { memstats, heapText, smaps, status }
  for (const [name, text] of Object.entries(inputs))
    test(`${name} cut anywhere`, () => {
      for (let n = 0; n < text.length; n += 7)
        try {
          decode(text.slice(0, n))
        } catch (e) {
          expect(e).toBeInstanceOf(DecodeError)
        }
    })

  test('broken JSON says so', () => {
    expect(() => decode('{"HeapSys": 1,')).toThrow(/broken JSON/)
    expect(() => decode('{"memstats": 1, "TotalAlloc": }')).toThrow(DecodeError)
  })
})
