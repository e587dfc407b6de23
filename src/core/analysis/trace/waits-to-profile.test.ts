import { expect, test } from 'vitest'
import { traceFrom } from '../../../../test/kit/trace-from.ts'
import { AllWaits } from './waiting-profiles.ts'
import { waitsToProfile } from './waits-to-profile.ts'

test('one location for each pc, one function for each name in a file', () => {
  const waits = new AllWaits()
  traceFrom(
    `Sync Time=1 N=1
    P=0 StateTransition Time=2 GoID=1 Undetermined->Running
    P=0 G=1 StateTransition Time=10 GoID=1 Running->Syscall Stack=[read:5 main:7]
    P=0 G=1 StateTransition Time=13 GoID=1 Syscall->Running
    P=0 G=1 StateTransition Time=20 GoID=1 Running->Syscall Stack=[read:6 main:7]
    P=0 G=1 StateTransition Time=25 GoID=1 Syscall->Running
    P=0 G=1 StateTransition Time=30 GoID=1 Running->Syscall Stack=[read:6 main:7]
    P=0 G=1 StateTransition Time=31 GoID=1 Syscall->Running`,
    [waits],
  )
  waits.finish()
  const p = waitsToProfile(waits.profile('syscall'))
  const types = [...p.sampleTypes, p.periodType].map((t) => `${t.type}/${t.unit}`)
  expect(types).toEqual(['contentions/count', 'delay/nanoseconds', 'trace/count'])
  expect(p.period).toBe(1)
  const samples: unknown[] = []
  for (let s = 0; s < p.samples.count; s++) {
    const frames = [...p.samples.frame.subarray(p.samples.stackStart[s], p.samples.stackEnd[s])]
    const names = frames.map((loc) => {
      const line = p.locations.lineStart[loc]!
      return `${p.strings.get(p.functions.name[p.lines.fn[line]!]!)}:${p.lines.line.get(line)}`
    })
    samples.push([names, p.samples.value.map((v) => v.get(s))])
  }
  expect(samples).toEqual([
    [
      ['read:5', 'main:7'],
      [1, 3],
    ],
    [
      ['read:6', 'main:7'],
      [2, 6],
    ],
  ])
  expect(p.locations.count).toBe(3)
  expect(p.functions.count).toBe(2)
})

test('no waits are an empty profile', () => {
  expect(waitsToProfile(undefined).samples.count).toBe(0)
})
