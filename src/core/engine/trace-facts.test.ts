import { describe, expect, test } from 'vitest'
import { DecodeError } from '../base/errors.ts'
import { HandmadeV1 } from '../formats/trace/v1/handmade-v1.ts'
import { traceFactsText } from './trace-facts.ts'

interface Facts {
  [key: string]: unknown
  goroutines: unknown[][]
}

function factsOf(bytes: Uint8Array): Facts {
  return JSON.parse([...traceFactsText(bytes)].join('')) as Facts
}

/** One goroutine that runs, sleeps, calls and runs again; a task with a log. */
const trace = (): HandmadeV1 =>
  new HandmadeV1()
    .batch(0, 1000)
    .frequency(1e9)
    .at(0, 'ProcStart', 9)
    .at(1, 'Gomaxprocs', 2)
    .at(1, 'GoCreate', 7, 0)
    .at(2, 'GoStart', 7, 1)
    .at(10, 'GoSysCall')
    .at(5, 'GoBlockNet')
    .at(20, 'GoUnblock', 7, 2)
    .at(3, 'GoStart', 7, 3)
    .at(4, 'HeapAlloc', 4096)

describe('the document of facts', () => {
  test('has every part', () => {
    const doc = factsOf(trace().bytes)
    expect(doc).toMatchObject({ facts: 1, version: 'go 1.21', partial: null, start: -1, events: 11 })
    expect(doc.kinds).toMatchObject({ Sync: 2, StateTransition: 8, Metric: 1 })
    expect(doc.goTransitions).toMatchObject({ 'NotExist->Runnable': 1, 'Runnable->Running': 2 })
    expect(doc.reasons).toEqual({ network: 1 })
    expect(doc.goroutines).toEqual([[7, '', 3, 5, null, 45, 19, 5, 1, 0, { network: 20 }, {}, 0]])
    expect(doc.profiles).toEqual({ net: [1, 1, 20], sync: [0, 0, 0], syscall: [1, 1, 1], sched: [1, 1, 3] })
    expect(Object.keys(doc.mmu as object).length).toBe(32)
    expect(Object.keys(doc.views as object)).toEqual(['proc', 'thread', 'goid=7'])
    expect(doc.splitRanges).toBe(0)
  })

  test('tells how far it is', () => {
    const shares: number[] = []
    for (const _ of traceFactsText(trace().bytes, (share) => shares.push(share)));
    expect(shares.length).toBeGreaterThan(0)
    expect(Math.max(...shares)).toBeLessThanOrEqual(1)
    expect([...shares].sort((a, b) => a - b)).toEqual(shares)
  })

  test('is not to be had of what is no trace', () => {
    expect(() => factsOf(new Uint8Array(20))).toThrow(DecodeError)
  })
})
