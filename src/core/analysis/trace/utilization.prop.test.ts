import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { HandmadeTrace } from './handmade-events.ts'
import { allUtilizationFlags } from './mmu.ts'
import { UtilizationEvents } from './utilization.ts'

const action = fc.oneof(
  fc.record({ kind: fc.constant('procs' as const), n: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant('stw' as const), what: fc.constantFrom('Begin' as const, 'End' as const) }),
  fc.record({
    kind: fc.constant('range' as const),
    name: fc.constantFrom('GC incremental sweep' as const, 'GC mark assist' as const),
    what: fc.constantFrom('Begin' as const, 'Active' as const, 'End' as const),
    p: fc.integer({ min: 0, max: 3 }),
  }),
  fc.record({
    kind: fc.constant('label' as const),
    label: fc.constantFrom('GC (dedicated)', 'GC (fractional)', 'GC (idle)'),
    p: fc.integer({ min: 0, max: 3 }),
  }),
  fc.record({
    kind: fc.constant('run' as const),
    to: fc.constantFrom('Running' as const, 'Waiting' as const),
    p: fc.integer({ min: 0, max: 3 }),
  }),
)

test('whatever happens, utilization stays between 0 and 1, its times increase, and it ends with the trace', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const trace = new HandmadeTrace()
      trace.sync(0, 1)
      trace.procs(1, 4)
      let time = 1
      const inState = new Map<number, 'Running' | 'Waiting'>()
      for (const a of actions) {
        time += 10
        if (a.kind === 'procs') trace.procs(time, a.n)
        else if (a.kind === 'stw')
          trace.range(time, a.what, 'stop-the-world (GC mark termination)', { scope: 'g', of: 1 })
        else if (a.kind === 'range') {
          const scope = a.name === 'GC mark assist' ? 'g' : 'p'
          trace.range(time, a.what, a.name, { scope, of: a.p, p: a.p, g: a.p })
        } else if (a.kind === 'label') trace.label(time, a.p, a.label, { p: a.p })
        else {
          trace.goroutine(time, a.p, inState.get(a.p) ?? 'Waiting', a.to, { p: a.p })
          inState.set(a.p, a.to)
        }
      }
      trace.sync(time + 10, 2)
      const events = new UtilizationEvents()
      trace.feed([events])
      for (const { flags } of allUtilizationFlags())
        for (const { time: t, util } of events.series(flags) ?? []) {
          expect([...util].every((u) => u >= 0 && u <= 1)).toBe(true)
          expect([...t].every((at, i) => at <= time + 10 && (i === 0 || at > t[i - 1]))).toBe(true)
          expect(util[t.length - 1]).toBe(0)
        }
    }),
    { numRuns: 200 },
  )
})
