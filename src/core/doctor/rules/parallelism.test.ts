// Guilty and innocent traces of the rules on parallelism.

import { describe, expect, test } from 'vitest'
import { said, traceWith } from '../../../../test/kit/capture-from.ts'
import type { GroupActivity } from '../../analysis/trace/activity.ts'

const s = 1e9

const group = (name: string, g: Partial<GroupActivity>): GroupActivity => ({
  name,
  count: g.peak ?? 1,
  exec: 0,
  active: g.exec ?? 0,
  alive: g.peak ?? 1,
  peak: 1,
  busiest: 1 / (g.peak ?? 1),
  waited: new Map(),
  wokenBy: new Map(),
  ...g,
})

/** What is said of a trace of these goroutines, `running` of which run at once. */
const of = (running: number, ...groups: GroupActivity[]) => {
  const concurrency = [0, 0, 0, 0, 0]
  concurrency[Math.round(running)] = s
  return said({
    parts: {
      sources: [{ name: 'trace.out', kind: 'trace', problems: [] }],
      traces: [traceWith({ running, concurrency, groups })],
    },
  })
}

describe('poor-parallelism', () => {
  const feeder = group('main.feed', { exec: 0.98 * s })
  const workers = (wait: string, by: string) =>
    group('main.work', {
      peak: 8,
      exec: 0.02 * s,
      waited: new Map([[wait, 7.5 * s]]),
      wokenBy: new Map([[by, 1000]]),
    })

  test('one feeds many that wait', () => {
    expect(of(1, feeder, workers('chan receive', 'main.feed'))).toEqual(['poor-parallelism: main.feed'])
  })

  test('workers of somebody else', () => {
    expect(of(1, feeder, workers('chan receive', 'main.other'))).toEqual([])
  })

  test('idle workers of a program that has little to do', () => {
    expect(of(0, group('main.feed', { exec: 0.1 * s }), workers('chan receive', 'main.feed'))).toEqual([])
  })

  test('a program that is parallel', () => {
    expect(of(3, feeder, group('main.work', { peak: 8, exec: 2.5 * s }))).toEqual([])
  })
})

describe('load-imbalance', () => {
  test('one of four does nearly all', () => {
    expect(of(1, group('main.settle', { peak: 4, exec: 0.95 * s, active: 0.85 * s, busiest: 0.9 }))).toEqual([
      'load-imbalance: main.settle',
    ])
  })

  test('work shared out evenly', () => {
    expect(of(3, group('main.settle', { peak: 4, exec: 3 * s, active: 0.9 * s, busiest: 0.28 }))).toEqual([])
  })

  test('one of many that hardly work at all', () => {
    expect(of(0, group('main.poll', { peak: 40, exec: 0.01 * s, active: 0.01 * s, busiest: 0.9 }))).toEqual(
      [],
    )
  })
})
