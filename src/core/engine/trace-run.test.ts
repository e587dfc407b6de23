import { describe, expect, test } from 'vitest'
import { DecodeError } from '../base/errors.ts'
import { HandmadeV1 } from '../formats/trace/v1/handmade-v1.ts'
import type { EventBlock, EventSink } from '../model/trace.ts'
import { runTrace, type TraceSinks } from './trace-run.ts'

class Counter implements EventSink {
  events = 0
  block(block: EventBlock): void {
    this.events += block.length
  }
}

/** Sinks with names, as consumers make them; `made` counts the sets. */
function counters(): {
  make: () => TraceSinks & { analysis: Counter; summary: Counter }
  made: () => number
} {
  let made = 0
  return {
    make: () => {
      made++
      const analysis = new Counter()
      const summary = new Counter()
      return { analysis, summary, usable: [analysis], delivered: [summary] }
    },
    made: () => made,
  }
}

const trace = (): HandmadeV1 =>
  new HandmadeV1()
    .batch(0, 100)
    .frequency(1e9)
    .at(0, 'ProcStart', 9)
    .at(1, 'Gomaxprocs', 1)
    .at(1, 'HeapAlloc', 1)

describe('runTrace', () => {
  test('a good trace is read once, and all sinks see all of it', () => {
    const { make, made } = counters()
    const run = runTrace(trace().bytes, make)
    expect(made()).toBe(1)
    expect(run.usable).toBe(run.delivered)
    expect(run.usableEnd).toBe(run.end)
    expect(run.usable.analysis.events).toBe(run.end.events)
    expect(run.usable.summary.events).toBe(4)
  })

  test('after damage analyses see the part up to the last good point', () => {
    const { make, made } = counters()
    const run = runTrace(trace().at(1, 'UserTaskCreate', 1, 0, 99).bytes, make)
    expect(made()).toBe(2)
    expect(run.end.error).toBeInstanceOf(DecodeError)
    expect(run.delivered.summary.events).toBe(3)
    expect(run.usable.analysis.events).toBe(1)
    expect(run.usableEnd.events).toBe(run.end.usable)
  })

  test('progress is told for the first pass', () => {
    const told: number[] = []
    runTrace(trace().bytes, counters().make, { progress: (bytes) => told.push(bytes) })
    expect(told.every((bytes) => bytes <= trace().bytes.length)).toBe(true)
    expect(told.length).toBeGreaterThan(0)
  })

  test('what cannot be read at all is thrown', () => {
    expect(() => runTrace(new Uint8Array(0), counters().make)).toThrow(DecodeError)
    expect(() => runTrace(trace().raw(0).bytes, counters().make)).toThrow(DecodeError)
  })
})
