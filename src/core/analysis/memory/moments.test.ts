import { describe, expect, test } from 'vitest'
import type { MemorySnapshot, MemStats } from '../../model/memory.ts'
import { joinMoments } from './moments.ts'
import { sizeClasses } from './size-classes.ts'

const stats = (TotalAlloc: number, more: Partial<MemStats> = {}): MemStats => ({
  TotalAlloc,
  HeapReleased: 0,
  Sys: 9,
  NumGC: 1,
  ...more,
})
const status = (rss: number): MemorySnapshot => ({
  status: { name: 'x', sizes: new Map([['VmRSS', rss]]), threads: 1 },
})
const item = (name: string, snapshot: MemorySnapshot, folder = '') => ({ name, folder, snapshot })

describe('which files are of one moment', () => {
  test('different forms of nearly equal statistics', () => {
    const bySize = [{ Size: 8, Mallocs: 1, Frees: 0 }]
    const moments = joinMoments([
      item('heap.debug1.txt', { memstats: stats(1000), maxRss: 5 }),
      item('memstats.json', { memstats: stats(1100, { BySize: bySize }) }),
    ])
    expect(moments).toHaveLength(1)
    expect(moments[0]).toMatchObject({ maxRss: 5, memstats: { TotalAlloc: 1100, BySize: bySize } })
  })

  test('two of one form stay two, and so do those with a collection between', () => {
    const text = (n: number, NumGC = 1) => item('x', { memstats: stats(n, { NumGC }) })
    expect(joinMoments([text(5), text(6)])).toHaveLength(2)
    const vars = item('vars.json', { memstats: stats(7, { NumGC: 2 }), commandLine: ['x'] })
    expect(joinMoments([text(5), vars])).toHaveLength(2)
  })

  test('what the system tells belongs to the mark, the folder, the newest', () => {
    const moments = joinMoments([
      item('status.txt', status(3)),
      item('status-t1.txt', status(1)),
      item('memstats-t2.json', { memstats: stats(20e6) }),
      item('memstats-t1.json', { memstats: stats(10e6) }),
    ])
    expect(moments.map((m) => m.status!.sizes.get('VmRSS'))).toEqual([1, 3])
    const folders = joinMoments([
      item('a/status.txt', status(1), 'a'),
      item('a/vars.json', { memstats: stats(10e6) }, 'a'),
      item('b/status.txt', status(2), 'b'),
      item('b/vars.json', { memstats: stats(20e6) }, 'b'),
    ])
    expect(folders.map((m) => m.status!.sizes.get('VmRSS'))).toEqual([1, 2])
  })

  test('metrics make moments only where there is nothing else', () => {
    const metrics = (n: number): MemorySnapshot => ({
      metrics: { values: new Map([['/gc/heap/allocs:bytes', n]]), histograms: new Map() },
    })
    expect(joinMoments([item('a', metrics(2)), item('b', metrics(1))])).toHaveLength(2)
    expect(joinMoments([item('a', metrics(2)), item('b', { memstats: stats(1) })])).toHaveLength(1)
    expect(joinMoments([item('s', status(1))])).toHaveLength(1)
  })

  test('maps do not hide smaps', () => {
    const m = (rss: number) => ({
      mappings: [
        {
          start: 0n,
          end: 9n,
          perms: 'rw-p',
          name: '',
          size: 9,
          rss,
          anonymous: 0,
          swap: 0,
          lazyFree: 0,
          hugePages: 0,
        },
      ],
    })
    for (const order of [
      [m(5), m(-1)],
      [m(-1), m(5)],
    ])
      expect(joinMoments(order.map((s) => item('x', s)))[0]!.mappings![0]!.rss).toBe(5)
  })
})

describe('size classes', () => {
  const at = (
    TotalAlloc: number,
    ...counts: readonly (readonly [number, number, number])[]
  ): MemorySnapshot => ({
    memstats: {
      TotalAlloc,
      BySize: counts.map(([Size, Mallocs, Frees]) => ({ Size, Mallocs, Frees })),
    },
  })
  test('objects now, and slots that were full before', () => {
    const before = at(1, [0, 0, 0], [16, 100, 10], [48, 1000, 0], [64, 0, 0])
    const now = at(2, [0, 0, 0], [16, 200, 20], [48, 1000, 900], [64, 0, 0])
    expect(sizeClasses([before, now])).toEqual([
      { size: 16, objects: 180, bytes: 2880, freeAtMost: 0 },
      { size: 48, objects: 100, bytes: 4800, freeAtMost: 43_200 },
    ])
    expect(sizeClasses([now])![1]!.freeAtMost).toBeUndefined()
    expect(sizeClasses([{}])).toBeUndefined()
  })
})
