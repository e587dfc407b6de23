import { describe, expect, test } from 'vitest'
import type { MemoryMapping, MemorySnapshot } from '../../model/memory.ts'
import { buildMemoryAccount } from './account.ts'
import { buildTrends, inOrderOfTime, lateReturn } from './trend.ts'

const MiB = 2 ** 20

const memstats = {
  Sys: 120 * MiB,
  HeapAlloc: 20 * MiB,
  HeapInuse: 24 * MiB,
  HeapIdle: 80 * MiB,
  HeapReleased: 30 * MiB,
  HeapSys: 104 * MiB,
  StackInuse: 2 * MiB,
  StackSys: 2 * MiB,
  MSpanSys: 1 * MiB,
  MCacheSys: 0,
  BuckHashSys: 1 * MiB,
  GCSys: 5 * MiB,
  OtherSys: 7 * MiB,
  TotalAlloc: 500,
}

const mapping = (name: string, rss: number, size = rss): MemoryMapping => ({
  start: 0n,
  end: BigInt(size),
  perms: 'rw-p',
  name,
  size,
  rss,
  anonymous: rss,
  swap: 0,
  lazyFree: 0,
  hugePages: 0,
})

const bytesOf = (s: MemorySnapshot) =>
  Object.fromEntries(buildMemoryAccount(s).rows.map((r) => [r.id, r.bytes / MiB]))

describe('account', () => {
  test('parts of the heap', () => {
    const metrics = { values: new Map([['/gc/heap/live:bytes', 15 * MiB]]), histograms: new Map() }
    expect(bytesOf({ memstats, metrics })).toMatchObject({
      'heap-in-use': 24,
      live: 15,
      dead: 5,
      fragmentation: 4,
      'heap-idle': 50,
      stacks: 2,
      metadata: 13,
      profiling: 1,
    })
  })

  test('without metrics, live is estimated from the goal', () => {
    const a = buildMemoryAccount({ memstats: { ...memstats, NextGC: 24 * MiB } })
    const live = a.rows.find((r) => r.id === 'live')!
    expect(live).toMatchObject({ bytes: 12 * MiB, certainty: 'estimated' })
    // The least goal says nothing of what is live.
    const least = buildMemoryAccount({ memstats: { ...memstats, NextGC: 4 * MiB } })
    expect(least.rows.some((r) => r.id === 'live')).toBe(false)
  })

  test('parts and gap add up to what is resident', () => {
    const mappings = [
      mapping('/bin/x', 3 * MiB),
      mapping('[heap]', 10 * MiB),
      mapping('', 95 * MiB, 900 * MiB),
    ]
    const a = buildMemoryAccount({ memstats, mappings })
    const parts = a.rows.filter((r) => r.level === 0).reduce((n, r) => n + r.bytes, 0)
    expect(a.resident).toBe(108 * MiB)
    expect(parts + a.gap!).toBe(108 * MiB)
    expect(a.rows.find((r) => r.id === 'c-heap')!.bytes).toBe(10 * MiB)
    expect(a.remarks.join(' ')).toContain('virtual')
  })

  test('runtime/metrics alone tell the same', () => {
    const values = new Map([
      ['/memory/classes/heap/objects:bytes', 20 * MiB],
      ['/memory/classes/heap/unused:bytes', 4 * MiB],
      ['/memory/classes/heap/free:bytes', 50 * MiB],
      ['/memory/classes/heap/released:bytes', 30 * MiB],
      ['/memory/classes/total:bytes', 120 * MiB],
      ['/gc/gomemlimit:bytes', 2 ** 63],
      ['/gc/gogc:percent', 50],
    ])
    const a = buildMemoryAccount({ metrics: { values, histograms: new Map() } })
    expect(a.held).toBe(90 * MiB)
    expect(a.idleKept).toEqual({ bytes: 50 * MiB, share: 50 / 90 })
    expect(a.limits).toEqual({ gogc: 50, memoryLimit: undefined })
  })

  test('old Go returns memory lazily', () => {
    expect(buildMemoryAccount({ memstats, goVersion: 'go1.13' }).remarks.join(' ')).toContain('MADV_FREE')
    expect(buildMemoryAccount({ memstats, goVersion: 'go1.21.3' }).remarks.join(' ')).not.toContain(
      'MADV_FREE',
    )
  })
})

describe('several moments', () => {
  const at = (TotalAlloc: number, HeapReleased: number): MemorySnapshot => ({
    memstats: { ...memstats, TotalAlloc, HeapReleased },
  })

  test('are put in order by what was ever allocated', () => {
    const status: MemorySnapshot = { status: { name: '', sizes: new Map(), threads: 1 } }
    const items = [at(9, 0), at(1, 0), status, at(5, 0)].map((snapshot) => ({ snapshot }))
    expect(inOrderOfTime(items).map((i) => i.snapshot.memstats?.TotalAlloc)).toEqual([1, 5, 9, undefined])
  })

  test('trends', () => {
    const released = buildTrends([at(1, 10), at(2, 25)]).find((t) => t.id === 'heap-released')!
    expect(released).toMatchObject({ values: [10, 25], change: 15 })
    expect(buildTrends([at(1, 10)])).toEqual([])
  })

  test('memory returned late', () => {
    const late = lateReturn([at(1, 10 * MiB), at(2, 30 * MiB)])!
    expect(late).toMatchObject({ kept: 50 * MiB, returned: 30 * MiB, returnedSince: 20 * MiB })
    expect(late.share).toBeCloseTo(50 / 90)
    expect(lateReturn([{}])).toBeUndefined()
  })
})
