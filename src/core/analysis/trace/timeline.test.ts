import { expect, test } from 'vitest'
import { HandmadeTrace } from './handmade-events.ts'
import { LANE_STATE } from './lanes.ts'
import { LevelsOfDetail } from './lod.ts'
import { beginOf, stateOf, type TrackSpans } from './spans.ts'
import { type Timeline, TimelineEvents } from './timeline.ts'

function timelineOf(trace: HandmadeTrace): Timeline {
  const events = new TimelineEvents()
  trace.feed([events])
  return events.snapshot()
}

/** [begin, end, state, item] of a track's spans. */
function track(spans: TrackSpans, row: number): number[][] {
  const lod = new LevelsOfDetail(spans)
  const out: number[][] = []
  for (let k = spans.first[row]; k < spans.first[row + 1]; k++) {
    const span = spans.order[k]
    out.push([beginOf(spans, span), lod.endOf(row, k), stateOf(spans, span), spans.item[span] ?? 0])
  }
  return out
}

const { idle, free, running, collecting, syscall } = LANE_STATE

function example(): HandmadeTrace {
  const trace = new HandmadeTrace()
  trace.sync(0, 1)
  trace.proc(1, 0, 'Undetermined', 'Running', { m: 5 })
  trace.goroutine(2, 1, 'Undetermined', 'Running', { m: 5, p: 0 })
  trace.goroutine(10, 2, 'NotExist', 'Runnable', { m: 5, p: 0, g: 1, created: ['main.work'] })
  trace.goroutine(20, 1, 'Running', 'Waiting', {
    m: 5,
    p: 0,
    g: 1,
    reason: 'chan receive',
    stack: ['main.main'],
  })
  trace.goroutine(25, 2, 'Runnable', 'Running', { m: 5, p: 0 })
  trace.goroutine(30, 2, 'Running', 'Syscall', { m: 5, p: 0, g: 2 })
  trace.proc(40, 0, 'Running', 'Idle', { m: 6 })
  trace.proc(45, 0, 'Idle', 'Running', { m: 6 })
  trace.goroutine(60, 2, 'Syscall', 'Runnable', { m: 5, g: 2 })
  trace.goroutine(65, 1, 'Waiting', 'Runnable', { m: 6, p: 0, g: 3, stack: ['main.send'] })
  trace.goroutine(70, 2, 'Runnable', 'Running', { m: 6, p: 0 })
  trace.label(72, 2, 'GC (dedicated)', { m: 6, p: 0 })
  trace.goroutine(80, 2, 'Running', 'NotExist', { m: 6, p: 0, g: 2 })
  trace.sync(100, 2)
  return trace
}

test('goroutines: what was known at the start began at 0; who let them run is told', () => {
  const trace = example()
  const { goroutines } = timelineOf(trace)
  const row = (id: number): number => trace.tables.goroutines.find(id)
  expect(track(goroutines, row(1))).toEqual([
    [0, 20, 3, 0],
    [20, 65, 4, 0],
    [65, 100, 2, 0],
  ])
  const unblocked = goroutines.order[goroutines.first[row(1)] + 2]
  expect(goroutines.by[unblocked]).toBe(row(3) + 1)
  expect(goroutines.proc[unblocked]).toBe(0)
  const blocked = goroutines.order[goroutines.first[row(1)] + 1]
  expect(trace.tables.strings.get(goroutines.reason[blocked])).toBe('chan receive')
  expect(goroutines.by[blocked]).toBe(0)
})

test('procs: a syscall holds its proc until that is taken away', () => {
  const trace = example()
  const { procs } = timelineOf(trace)
  const g1 = trace.tables.goroutines.find(1) + 1
  const g2 = trace.tables.goroutines.find(2) + 1
  expect(track(procs, 0)).toEqual([
    [0, 2, free, 0],
    [2, 20, running, g1],
    [20, 25, free, 0],
    [25, 30, running, g2],
    [30, 40, syscall, g2],
    [40, 45, idle, 0],
    [45, 70, free, 0],
    [70, 72, running, g2],
    [72, 80, collecting, g2],
    [80, 100, free, 0],
  ])
})

test('threads: one in a syscall keeps its goroutine', () => {
  const trace = example()
  const { threads } = timelineOf(trace)
  const g1 = trace.tables.goroutines.find(1) + 1
  const g2 = trace.tables.goroutines.find(2) + 1
  expect(track(threads, trace.tables.threads.find(5))).toEqual([
    [0, 2, free, 0],
    [2, 20, running, g1],
    [20, 25, free, 0],
    [25, 30, running, g2],
    [30, 60, syscall, g2],
    [60, 100, idle, 0],
  ])
})

test('counts of goroutines by state', () => {
  const timeline = timelineOf(example())
  const { counts } = timeline
  expect(counts.running.integral(100)).toBe(18 + 5 + 10)
  expect(counts.inSyscall.integral(100)).toBe(30)
  expect(counts.waiting.integral(100)).toBe(45)
  expect(timeline.procCount().value).toBe(1)
})
