import { describe, expect, test } from 'vitest'
import { memberRange, memStatsOfHeapText } from './memstats-json.ts'

describe('members of JSON', () => {
  const member = (json: string, name: string): string | undefined => {
    const range = memberRange(json, name)
    return range && json.slice(range.start, range.end)
  }

  test('keep their text', () => {
    const json =
      '{"cmdline": ["a}", "b\\"]"], "memstats": {"Alloc":18446744073709551615,"x":{"y":[1,2]}} ,"z":1}'
    expect(member(json, 'memstats')).toBe('{"Alloc":18446744073709551615,"x":{"y":[1,2]}}')
    expect(member(json, 'cmdline')).toBe('["a}", "b\\"]"]')
    expect(member(json, 'z')).toBe('1')
  })

  test('of others inside are not taken', () => {
    expect(member('{"a":{"memstats":1},"b":["memstats",2]}', 'memstats')).toBeUndefined()
    expect(member('{"a":"memstats","memstats":"x"}', 'memstats')).toBe('"x"')
  })

  test('broken text gives nothing, and ends', () => {
    const json = '{"a": "x", "memstats": {"Alloc": 1}}'
    for (let n = 0; n < json.length; n++) expect(member(json.slice(0, n), 'memstats')).toBeUndefined()
    expect(member('[1,2]', 'memstats')).toBeUndefined()
    expect(member('', 'memstats')).toBeUndefined()
  })
})

describe('memory statistics of heap?debug=1', () => {
  const text = [
    'heap profile: 1: 2 [3: 4] @ heap/1048576',
    '# Alloc = 5 of no meaning here',
    '# runtime.MemStats',
    '# Alloc = 1440216',
    '# TotalAlloc = 18446744073709551615',
    '# HeapSys = 8060928',
    '# Stack = 327680 / 327680',
    '# MCache = 2416 / 15704',
    '# PauseNs = [25812 0 7]',
    '# NumGC = 2',
    '# GCCPUFraction = 1.5e-05',
    '# DebugGC = false',
    '# MaxRSS = 11534336',
    '',
  ].join('\n')

  test('become the JSON of the structure', () => {
    const json = memStatsOfHeapText(text) ?? ''
    expect(json).toContain('"TotalAlloc": 18446744073709551615')
    expect(JSON.parse(json)).toMatchObject({
      Alloc: 1440216,
      HeapSys: 8060928,
      StackInuse: 327680,
      StackSys: 327680,
      MCacheInuse: 2416,
      MCacheSys: 15704,
      PauseNs: [25812, 0, 7],
      NumGC: 2,
      GCCPUFraction: 1.5e-5,
      DebugGC: false,
    })
  })

  test('are not made up', () => {
    expect(memStatsOfHeapText('heap profile: 1: 2 [3: 4] @ heap/1')).toBeUndefined()
    expect(memStatsOfHeapText('# runtime.MemStats\n# Alloc = 1\n')).toBeUndefined()
  })
})
