import { describe, expect, test } from 'vitest'
import type { PerfCounter, PerfStat } from '../../model/perf-stat.ts'
import { perfFacts, perfRemarks } from './derive.ts'

const counter = (event: string, value: number, more: Partial<PerfCounter> = {}): PerfCounter => ({
  event,
  value,
  unit: '',
  state: 'counted',
  running: 1,
  deviation: Number.NaN,
  ...more,
})
const report = (counters: readonly PerfCounter[], more: Partial<PerfStat> = {}): PerfStat => ({
  target: '',
  form: 'text',
  runs: 1,
  intervals: 0,
  started: '',
  counters,
  elapsed: Number.NaN,
  user: Number.NaN,
  sys: Number.NaN,
  ...more,
})
const values = (s: PerfStat) => Object.fromEntries(perfFacts(s).map((f) => [f.id, f.value]))

describe('facts', () => {
  test('rates', () => {
    const s = report(
      [
        counter('task-clock', 2000, { unit: 'msec' }),
        counter('cycles', 6e9),
        counter('instructions', 3e9),
        counter('branches', 1e9),
        counter('branch-misses', 3e7),
        counter('cache-references', 1e8),
        counter('cache-misses', 3e7),
        counter('context-switches', 100_000),
        counter('page-faults', 500),
      ],
      { elapsed: 1, user: 1.2, sys: 0.8 },
    )
    expect(values(s)).toMatchObject({
      ipc: 0.5,
      'branch-misses': 0.03,
      'cache-misses': 0.3,
      'cache-mpki': 10,
      cpus: 2,
      frequency: 3,
      kernel: 0.4,
      'context-switches': 50_000,
      'page-faults': 250,
    })
    const look = perfFacts(s).filter((f) => f.level === 'look')
    expect(look.map((f) => f.id)).toEqual([
      'ipc',
      'branch-misses',
      'cache-misses',
      'cache-mpki',
      'kernel',
      'context-switches',
    ])
  })

  test('a large share of few references is no matter', () => {
    const s = report([
      counter('instructions', 1e10),
      counter('cache-references', 1e5),
      counter('cache-misses', 9e4),
    ])
    expect(perfFacts(s).find((f) => f.id === 'cache-misses')!.level).toBe('fine')
  })

  test('kinds of cores are summed, modifiers are not counted twice', () => {
    const s = report([
      counter('cpu_core/cycles/', 60),
      counter('cpu_atom/cycles/', 40),
      counter('instructions', 200),
      counter('instructions:u', 150),
    ])
    expect(values(s).ipc).toBe(2)
    expect(values(report([counter('cycles:u', 100), counter('instructions:u', 150)])).ipc).toBe(1.5)
  })

  test('nothing is made of what was not counted', () => {
    const s = report([counter('cycles', Number.NaN, { state: 'not supported' }), counter('instructions', 5)])
    expect(perfFacts(s)).toEqual([])
    expect(perfRemarks(s)[0]).toContain('virtual machines')
  })
})

test('remarks on the numbers', () => {
  const s = report([counter('cycles', 5, { running: 0.4 }), counter('x', 1, { deviation: 0.2 })], { runs: 3 })
  expect(perfRemarks(s)).toEqual([
    expect.stringContaining('only 40.0% of the time'),
    expect.stringContaining('over 3 runs these vary by more than 5 %: x'),
  ])
})
