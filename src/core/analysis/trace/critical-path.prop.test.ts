import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { choices, randomTrace } from '../../../../test/kit/random-trace.ts'
import { PATH, type PathPiece, PathWalker } from './critical-path.ts'
import { TimelineEvents } from './timeline.ts'

function walkerOf(list: Parameters<typeof randomTrace>[0], flat: readonly number[] = []) {
  const random = randomTrace(list)
  const events = new TimelineEvents()
  random.trace.feed([events], 7)
  const timeline = events.snapshot()
  const walker = new PathWalker({
    tables: random.trace.tables,
    goroutines: timeline.goroutines,
    procs: timeline.procs,
    assists: new Map([[1, flat]]),
    stops: flat,
    startFunction: [],
  })
  return { ...random, walker }
}

const interval = fc.tuple(fc.integer({ min: 0, max: 4000 }), fc.integer({ min: 0, max: 4000 }))

describe('whatever happened', () => {
  test.each([true, false])('pieces tile the interval, the last one first (followed: %s)', (follow) => {
    fc.assert(
      fc.property(choices, interval, fc.integer({ min: 1, max: 6 }), (list, [a, b], g) => {
        const { walker, trace, end } = walkerOf(list, [10, 60, 200, 210])
        const row = trace.tables.goroutines.find(g)
        const from = Math.min(a, b)
        const to = Math.min(end, Math.max(a, b))
        const pieces: PathPiece[] = []
        walker.walk({ goroutine: row, from, to: Math.max(a, b) }, (p) => pieces.push({ ...p }), follow)
        let t = to
        for (const p of pieces) {
          expect(p.end).toBe(t)
          expect(p.start).toBeLessThan(p.end)
          if (!follow) expect(p.goroutine).toBe(row)
          t = p.start
        }
        if (to > from) expect(t).toBe(from)
        else expect(pieces).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  test('not followed, a goroutine ran just when it did', () => {
    fc.assert(
      fc.property(choices, fc.integer({ min: 1, max: 6 }), (list, g) => {
        const { walker, trace, end, history } = walkerOf(list)
        let ran = 0
        walker.walk(
          { goroutine: trace.tables.goroutines.find(g), from: 0, to: end },
          (p) => {
            if (p.kind === PATH.running) ran += p.end - p.start
          },
          false,
        )
        const changes = history.get(g) ?? []
        let expected = 0
        for (const [k, [time, state]] of changes.entries())
          if (state === 'Running') expected += (changes[k + 1]?.[0] ?? end) - time
        expect(ran).toBe(expected)
      }),
      { numRuns: 200 },
    )
  })

  test('followed pieces are what their goroutine did at the time', () => {
    const states: Record<number, string> = {
      [PATH.running]: 'Running',
      [PATH.processor]: 'Runnable',
      [PATH.syscall]: 'Syscall',
      [PATH.network]: 'Waiting',
      [PATH.timer]: 'Waiting',
      [PATH.gc]: 'Waiting',
      [PATH.blocked]: 'Waiting',
    }
    fc.assert(
      fc.property(choices, fc.integer({ min: 1, max: 6 }), (list, g) => {
        const { walker, trace, end, history } = walkerOf(list)
        const { goroutines } = trace.tables
        walker.walk({ goroutine: goroutines.find(g), from: 0, to: end }, (p) => {
          if (p.kind === PATH.unknown) return
          const changes = history.get(Number(goroutines.id(p.goroutine))) ?? []
          const at = changes.findLast(([time]) => time <= p.start)
          expect(at?.[1]).toBe(states[p.kind])
          const next = changes.find(([time]) => time > p.start)
          expect(p.end).toBeLessThanOrEqual(next?.[0] ?? end)
        })
      }),
      { numRuns: 300 },
    )
  })
})
