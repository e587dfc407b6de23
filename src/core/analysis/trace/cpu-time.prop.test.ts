import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { choices, randomTrace } from '../../../../test/kit/random-trace.ts'
import { CpuTimeSink } from './cpu-time.ts'
import { cpuTimeProfile } from './cpu-time-profile.ts'

describe('whatever happened', () => {
  test('time on and off processors is all the time that a goroutine was there', () => {
    fc.assert(
      fc.property(choices, (list) => {
        const { trace, end, history } = randomTrace(list)
        const cpu = new CpuTimeSink(true)
        trace.feed([cpu], 5)
        const times = cpu.done(end, true)
        for (const [id, changes] of history) {
          const row = trace.tables.goroutines.find(id)
          const of = times?.times.filter((t) => t.goroutine === row) ?? []
          const sum = (on: boolean): number =>
            of.reduce((total, t) => (t.at.on === on ? total + t.time : total), 0)
          let there = 0
          let ran = 0
          for (const [k, [time, state]] of changes.entries()) {
            const spent = (changes[k + 1]?.[0] ?? end) - time
            if (state !== 'NotExist') there += spent
            if (state === 'Running') ran += spent
          }
          expect(sum(true)).toBe(ran)
          expect(sum(true) + sum(false)).toBe(there)
        }
      }),
      { numRuns: 200 },
    )
  })

  test('together or apart, goroutines take the same time, and the profile has it', () => {
    fc.assert(
      fc.property(choices, (list) => {
        const { trace, end } = randomTrace(list)
        const together = new CpuTimeSink(false)
        const apart = new CpuTimeSink(true)
        trace.feed([together, apart])
        const sums = [together, apart].map((sink) => {
          const times = sink.done(end)
          if (times === undefined) throw new Error('no events')
          const p = cpuTimeProfile(times, { reasonFrames: true })
          return p.samples.value.map((v) => v.f.reduce((sum, x) => sum + x, 0))
        })
        expect(sums[1]).toEqual(sums[0])
        const [wall, on, off] = sums[0]
        expect(wall).toBe(on + off)
      }),
      { numRuns: 100 },
    )
  })
})
