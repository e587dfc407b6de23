import { expect, test } from 'vitest'
import { traceFrom } from '../../../../test/kit/trace-from.ts'
import { EVENT, NAME, STATE } from '../../model/trace.ts'
import { TraceCounts } from './counts.ts'

function counted(text: string): { counts: TraceCounts; id: (name: string) => number } {
  const counts = new TraceCounts()
  const { tables } = traceFrom(text, [counts], { rows: 3 })
  return { counts, id: (name) => tables.strings.intern(name) }
}

test('kinds, stacks, threads and procs', () => {
  const { counts } = counted(`
    Sync Time=100 N=1
    M=7 StateTransition Time=101 ProcID=0 Undetermined->Running
    M=7 P=0 StackSample Time=102 Stack=[]
    M=8 P=1 G=1 Label Time=103 Label="x" Resource=Goroutine(1)
    M=7 P=0 G=1 StateTransition Time=104 GoID=2 NotExist->Runnable TransitionStack=[f] Stack=[main]
  `)
  expect(counts.events).toBe(5)
  expect(counts.kinds[EVENT.Sync]).toBe(1)
  expect(counts.kinds[EVENT.GoTransition]).toBe(1)
  expect(counts.kinds[EVENT.ProcTransition]).toBe(1)
  expect(counts.withStack).toBe(2)
  expect(counts.threads).toBe(2)
  expect(counts.procs).toBe(2)
})

test('transitions and reasons, those without a change included', () => {
  const { counts, id } = counted(`
    Sync Time=0 N=1
    StateTransition Time=1 GoID=1 Running->Waiting Reason="chan send"
    StateTransition Time=2 GoID=1 Waiting->Waiting
    StateTransition Time=3 GoID=2 Running->Waiting Reason="chan send"
    StateTransition Time=4 ProcID=2 Running->Idle
  `)
  expect(counts.goTransitions[STATE.Running * 7 + STATE.Waiting]).toBe(2)
  expect(counts.goTransitions[STATE.Waiting * 7 + STATE.Waiting]).toBe(1)
  expect(counts.procTransitions[STATE.Running * 7 + STATE.Idle]).toBe(1)
  expect(counts.reasons[id('chan send')]).toBe(2)
  expect(counts.reasons[NAME.empty]).toBe(0)
})

test('labels, categories, experimental events and ranges by name', () => {
  const { counts, id } = counted(`
    Sync Time=0 N=1
    Label Time=1 Label="GC (idle)" Resource=Goroutine(1)
    Log Time=2 Task=1 Category="c" Message="m"
    Log Time=3 Task=1 Category="" Message="m"
    Experimental Time=4 Name=Span Args=[id=Value{Uint64(4)}, x=Value{Uint64(5)}]
    RangeBegin Time=5 Name="GC mark assist" Scope=Goroutine(1)
    RangeActive Time=6 Name="GC mark assist" Scope=Goroutine(1)
    RangeEnd Time=7 Name="GC mark assist" Scope=Goroutine(1) Attributes=[]
    RangeEnd Time=8 Name="GC mark assist" Scope=Goroutine(2) Attributes=[]
  `)
  expect(counts.labels[id('GC (idle)')]).toBe(1)
  expect(counts.logCategories[id('c')]).toBe(1)
  expect(counts.logCategories[NAME.empty]).toBe(1)
  expect(counts.experimental[id('Span')]).toBe(1)
  expect([...counts.ranges.subarray(3 * NAME.gcMarkAssist, 3 * NAME.gcMarkAssist + 3)]).toEqual([1, 1, 2])
})

test('metrics keep values that no double holds', () => {
  const { counts } = counted(`
    Metric Time=0 Name="/gc/heap/goal:bytes" Value=Value{Uint64(4194304)}
    Metric Time=1 Name="/gc/heap/goal:bytes" Value=Value{Uint64(18446744073709551615)}
    Metric Time=2 Name="/gc/heap/goal:bytes" Value=Value{Uint64(7)}
  `)
  expect([...counts.metrics.values()]).toEqual([
    { name: NAME.heapGoal, count: 3, first: 4194304, last: 7, max: 18446744073709551615n },
  ])
})
