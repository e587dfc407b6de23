import { expect, test } from 'vitest'
import { GcEvents, type GcSpan } from './gc.ts'
import { HandmadeTrace } from './handmade-events.ts'

const MARK = 'GC concurrent mark phase'

function factsOf(trace: HandmadeTrace): ReturnType<GcEvents['facts']> {
  const events = new GcEvents()
  trace.feed([events])
  return events.facts()
}

const spans = (trace: HandmadeTrace, list: readonly GcSpan[]): unknown[] =>
  list.map((s) => [trace.tables.strings.get(s.name), s.start, s.duration])

test('mark phases: one that was active at first began with the trace, one without a begin is left out', () => {
  const trace = new HandmadeTrace()
  trace.sync(0, 1)
  trace.range(5, 'Active', MARK)
  trace.range(40, 'End', MARK)
  trace.range(50, 'End', MARK)
  trace.range(60, 'Begin', MARK)
  trace.sync(70, 2)
  trace.range(71, 'Active', MARK)
  trace.range(90, 'End', MARK)
  trace.range(95, 'Begin', MARK)
  const facts = factsOf(trace)
  expect(spans(trace, facts.marks)).toEqual([
    [MARK, 0, 40],
    [MARK, 60, 30],
  ])
  expect(facts.openMark).toBe(95)
})

test('stops are told apart by their goroutine and listed by their ends', () => {
  const trace = new HandmadeTrace()
  const stop = 'stop-the-world (GC mark termination)'
  trace.range(10, 'Begin', stop, { scope: 'g', of: 1 })
  trace.range(20, 'Begin', 'stop-the-world (start trace)', { scope: 'g', of: 2 })
  trace.range(25, 'End', 'stop-the-world (start trace)', { scope: 'g', of: 2 })
  trace.range(30, 'End', stop, { scope: 'g', of: 1 })
  trace.range(40, 'End', stop, { scope: 'g', of: 1 })
  expect(spans(trace, factsOf(trace).stops)).toEqual([
    ['stop-the-world (start trace)', 20, 5],
    [stop, 10, 20],
  ])
})

test('assists and sweeps are summed, open ones up to the end', () => {
  const trace = new HandmadeTrace()
  trace.sync(0, 1)
  trace.range(10, 'Begin', 'GC mark assist', { scope: 'g', of: 1 })
  trace.range(15, 'Begin', 'GC mark assist', { scope: 'g', of: 2 })
  trace.range(20, 'End', 'GC mark assist', { scope: 'g', of: 1 })
  trace.range(30, 'Begin', 'GC incremental sweep', { scope: 'p', of: 0 })
  trace.range(37, 'End', 'GC incremental sweep', { scope: 'p', of: 0, swept: 8192, reclaimed: 4096 })
  trace.sync(100, 2)
  const facts = factsOf(trace)
  expect(facts.assist).toEqual({ count: 2, time: 95, longest: 85 })
  expect(facts.sweep).toEqual({ count: 1, time: 7, longest: 7 })
  expect([facts.sweptBytes, facts.reclaimedBytes]).toEqual([8192, 4096])
})
