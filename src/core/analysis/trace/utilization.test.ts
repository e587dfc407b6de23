import { expect, test } from 'vitest'
import { factsMmu } from './facts-mmu.ts'
import { HandmadeTrace } from './handmade-events.ts'
import { UtilizationEvents, type UtilizationFlags } from './utilization.ts'

const none: UtilizationFlags = { perProc: false, stw: false, background: false, assist: false, sweep: false }

function series(trace: HandmadeTrace, flags: Partial<UtilizationFlags>): [number, number][][] | undefined {
  const events = new UtilizationEvents()
  trace.feed([events])
  return events.series({ ...none, ...flags })?.map(({ time, util }) => [...time].map((t, i) => [t, util[i]]))
}

function collection(): HandmadeTrace {
  const trace = new HandmadeTrace()
  trace.sync(0, 1)
  trace.procs(10, 4)
  trace.range(100, 'Begin', 'stop-the-world (GC sweep termination)', { scope: 'g', of: 1, p: 0 })
  trace.range(110, 'End', 'stop-the-world (GC sweep termination)', { scope: 'g', of: 1, p: 0 })
  trace.range(150, 'Begin', 'stop-the-world (read mem stats)', { scope: 'g', of: 1, p: 0 })
  trace.range(160, 'End', 'stop-the-world (read mem stats)', { scope: 'g', of: 1, p: 0 })
  trace.goroutine(200, 7, 'Runnable', 'Running', { p: 2 })
  trace.label(201, 7, 'GC (dedicated)', { p: 2 })
  trace.goroutine(300, 7, 'Running', 'Waiting', { p: 2 })
  trace.range(400, 'Begin', 'GC mark assist', { scope: 'g', of: 1, p: 0, g: 1 })
  trace.goroutine(450, 1, 'Running', 'Runnable', { p: 0, g: 1 })
  trace.goroutine(480, 1, 'Runnable', 'Running', { p: 1 })
  trace.range(500, 'End', 'GC mark assist', { scope: 'g', of: 1, p: 1, g: 1 })
  trace.range(600, 'Begin', 'GC incremental sweep', { scope: 'p', of: 3, p: 3, g: 2 })
  trace.range(650, 'End', 'GC incremental sweep', { scope: 'p', of: 3, p: 3, g: 2 })
  trace.sync(1000, 2)
  return trace
}

test('each flag takes its own time from the program', () => {
  const trace = collection()
  expect(series(trace, {})).toEqual([
    [
      [10, 1],
      [1000, 0],
    ],
  ])
  expect(series(trace, { stw: true })).toEqual([
    [
      [10, 1],
      [100, 0],
      [110, 1],
      [1000, 0],
    ],
  ])
  expect(series(trace, { background: true })).toEqual([
    [
      [10, 1],
      [201, 0.75],
      [300, 1],
      [1000, 0],
    ],
  ])
  expect(series(trace, { assist: true })).toEqual([
    [
      [10, 1],
      [400, 0.75],
      [450, 1],
      [480, 0.75],
      [500, 1],
      [1000, 0],
    ],
  ])
  expect(series(trace, { sweep: true })).toEqual([
    [
      [10, 1],
      [600, 0.75],
      [650, 1],
      [1000, 0],
    ],
  ])
})

test('by proc, each has its series, and dedicated workers slow nobody down', () => {
  const trace = collection()
  expect(series(trace, { perProc: true, background: true })?.[2]).toEqual([
    [10, 1],
    [1000, 0],
  ])
  expect(series(trace, { perProc: true, assist: true })?.slice(0, 2)).toEqual([
    [
      [10, 1],
      [400, 0],
      [450, 1],
      [1000, 0],
    ],
    [
      [10, 1],
      [480, 0],
      [500, 1],
      [1000, 0],
    ],
  ])
})

test('what is active in the first generation was so from the start', () => {
  const trace = new HandmadeTrace()
  trace.sync(0, 1)
  trace.procs(10, 2)
  trace.range(50, 'Active', 'GC incremental sweep', { scope: 'p', of: 1, p: 1, g: 2 })
  trace.range(90, 'End', 'GC incremental sweep', { scope: 'p', of: 1, p: 1, g: 2 })
  trace.sync(100, 2)
  expect(series(trace, { sweep: true })).toEqual([
    [
      [10, 0.5],
      [90, 1],
      [100, 0],
    ],
  ])
})

test('events that contradict themselves give no series', () => {
  const trace = new HandmadeTrace()
  trace.sync(0, 1)
  trace.procs(10, 2)
  trace.range(50, 'Begin', 'GC incremental sweep', { scope: 'p', of: 9, p: 9, g: 2 })
  trace.sync(100, 2)
  expect(series(trace, { sweep: true })).toBeUndefined()
  expect(series(trace, { stw: true })).toHaveLength(1)
  const events = new UtilizationEvents()
  trace.feed([events])
  expect(factsMmu(events)['system|sweep']).toBeNull()
  expect(factsMmu(events)['system|stw']).toEqual([1, 1, 1, 1, 1, 1, 1])
})

test('an absurd number of procs is refused, a trace without one has no series', () => {
  const absurd = new HandmadeTrace()
  absurd.procs(10, 2 ** 63)
  expect(series(absurd, {})).toBeUndefined()
  const without = new HandmadeTrace()
  without.sync(0, 1)
  expect(series(without, { stw: true })).toEqual([])
})
