// Guilty and innocent pictures of the rules that look at memory.

import { describe, expect, test } from 'vitest'
import { loud, said, stacks } from '../../../../test/kit/capture-from.ts'
import type { MemorySnapshot } from '../../model/memory.ts'

const MiB = 2 ** 20

/** Live bytes of one function, in objects of a size. */
const live = (bytes: number, size: number) =>
  stacks(
    [
      'main.main',
      'main.lookup',
      'main.cache',
      `= 1 1 ${Math.round(bytes / size)} ${bytes}`,
      `# bytes:${size} bytes`,
    ],
    ['main.main', 'main.setup', `= 1 1 1 ${MiB}`, '# bytes:1024 bytes'],
  )

describe('heap-leak', () => {
  test('what grows from profile to profile', () => {
    const [f] = loud({ heap: [10, 20, 30, 40].map((n) => live(n * MiB, 400)) })
    expect(f).toMatchObject({ cause: 'heap-leak', culprits: ['main.cache', 'main.lookup'] })
    expect(f!.evidence[0]!.value).toBe(30 * MiB)
  })

  test('a cache that fills once', () => {
    expect(said({ heap: [1, 40, 40, 40].map((n) => live(n * MiB, 400)) })).toEqual([])
  })

  test('up and down', () => {
    expect(said({ heap: [10, 40, 12, 41].map((n) => live(n * MiB, 400)) })).toEqual([])
  })

  test('within the noise of sampling', () => {
    expect(said({ heap: [1, 2, 3].map((n) => live(n * MiB, 400)) })).toEqual([])
  })

  test('a single profile says nothing', () => {
    expect(said({ heap: live(400 * MiB, 400) })).toEqual([])
  })
})

describe('heap-retention-subslice', () => {
  test('buffers of one round size', () => {
    expect(said({ heap: [10, 20, 30].map((n) => live(n * MiB, 65536)) })).toEqual([
      'heap-retention-subslice: main.cache',
    ])
  })

  test('buffers that are not kept', () => {
    expect(said({ heap: [10, 10, 10].map((n) => live(n * MiB, 65536)) })).toEqual([])
  })
})

const stats = (idle: number, released: number, inuse: number): MemorySnapshot => ({
  memstats: {
    Sys: (idle + inuse) * MiB,
    HeapIdle: idle * MiB,
    HeapReleased: released * MiB,
    HeapInuse: inuse * MiB,
  },
})

describe('memory-returned-late', () => {
  const allocs = 'main.main\nmain.build\n= 1 1000000000 0 0'

  test('what a peak left behind', () => {
    expect(said({ allocs, memory: [stats(900, 200, 4)] })).toEqual(['memory-returned-late: main.build'])
  })

  test('returned in time', () => {
    expect(said({ allocs, memory: [stats(900, 880, 4)] })).toEqual([])
  })

  test('room for the next cycle', () => {
    expect(said({ allocs, memory: [stats(300, 10, 280)] })).toEqual([])
  })
})

describe('finalizer-backlog', () => {
  const busy = 'runtime.runFinalizers\nmain.release\ntime.Sleep\nruntime.gopark\n= 1'
  const metrics = (queued: number, executed: number): MemorySnapshot => ({
    metrics: {
      values: new Map([
        ['/gc/finalizers/queued:finalizers', queued],
        ['/gc/finalizers/executed:finalizers', executed],
      ]),
      histograms: new Map(),
    },
  })

  test('queued and not executed', () => {
    expect(said({ goroutine: [busy], memory: [metrics(27000, 2800)] })).toEqual([
      'finalizer-backlog: main.release',
    ])
  })

  test('keeping up', () => {
    expect(said({ goroutine: [busy], memory: [metrics(27000, 26990)] })).toEqual([])
  })

  test('without metrics: seen at work while the heap grows, which it explains', () => {
    const heap = [10, 20, 30].map((n) => live(n * MiB, 4200))
    expect(said({ goroutine: [busy, busy], heap })).toEqual(['finalizer-backlog: main.release'])
  })
})
