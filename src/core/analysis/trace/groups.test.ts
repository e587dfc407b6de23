import { describe, expect, test } from 'vitest'
import { traceFrom } from '../../../../test/kit/trace-from.ts'
import { goroutineGroups, groupIntervals, regionGroups, regionIntervals, taskGroups } from './groups.ts'
import { TraceSummaries } from './summaries.ts'

function summarize(text: string) {
  const s = new TraceSummaries()
  const { tables, lastTime } = traceFrom(text, [s])
  s.finish()
  return { s, tables, lastTime }
}

const GO = (id: number, at: number, fn: string, ran: number): string => `
  StateTransition Time=${at} GoID=${id} NotExist->Runnable TransitionStack=[${fn}]
  P=0 StateTransition Time=${at + 1} GoID=${id} Runnable->Running
  P=0 G=${id} StateTransition Time=${at + 1 + ran} GoID=${id} Running->NotExist`

describe('goroutines', () => {
  const text = `Sync Time=50 N=1
    ${GO(1, 100, 'main.b', 10)} ${GO(2, 120, 'main.a', 5)} ${GO(3, 140, 'main.a', 5)} ${GO(4, 160, 'main.c', 30)}
    StateTransition Time=200 GoID=5 NotExist->Runnable TransitionStack=[main.c]
    StateTransition Time=201 GoID=6 Undetermined->Waiting`

  test('by start function, those that ran longest first', () => {
    const { s, tables } = summarize(text)
    expect(goroutineGroups(s, tables).map((g) => [g.name, g.goroutines.length, g.exec])).toEqual([
      ['main.c', 2, 30],
      ['main.a', 2, 10],
      ['main.b', 1, 10],
      ['', 1, 0],
    ])
  })

  test('were there from the first run on, or if they never ran from the clock’s zero', () => {
    const { s, tables, lastTime } = summarize(text)
    const [c] = goroutineGroups(s, tables)
    const intervals = groupIntervals(c!, s, lastTime)
    const byId = [...intervals.entries()].map(([g, flat]) => [tables.goroutines.id(g), flat])
    expect(byId).toEqual([
      [4, [111, 141]],
      [5, [-50, 151]],
    ])
  })
})

describe('regions', () => {
  const text = `Sync Time=1000 N=1
    P=0 StateTransition Time=1001 GoID=1 Undetermined->Running TransitionStack=[main.main]
    P=0 G=1 RegionEnd Time=1003 Task=0 Type="b"
    P=0 G=1 RegionBegin Time=1010 Task=0 Type="b" Stack=[f main.main:7]
    P=0 G=1 RegionBegin Time=1012 Task=0 Type="b" Stack=[g main.main:7]
    P=0 G=1 RegionEnd Time=1022 Task=0 Type="b"
    P=0 G=1 RegionEnd Time=1110 Task=0 Type="b"
    P=0 G=1 RegionBegin Time=1120 Task=0 Type="a" Stack=[f main.main:8]
    Sync Time=1130 N=2`

  test('by name and by the root of the stack they begin with', () => {
    const { s, tables, lastTime } = summarize(text)
    const groups = regionGroups(s, tables, lastTime)
    const line = (frame: number): unknown => tables.stacks.line[frame]
    expect(groups.map((g) => [g.name, line(g.frame), g.durations.rows()])).toEqual([
      ['a', 8, [[4, 6, 1]]],
      ['b', 0, [[2, 2, 1]]],
      [
        'b',
        7,
        [
          [4, 6, 1],
          [9, 63, 1],
        ],
      ],
    ])
  })

  test('that lie in others add no time', () => {
    const { s, tables, lastTime } = summarize(text)
    const all = regionGroups(s, tables, lastTime).flatMap((g) => [...g.regions])
    const [[, flat] = []] = regionIntervals(all, s, lastTime).entries()
    expect(flat).toEqual([0, 3, 10, 110, 120, 130])
  })
})

test('tasks by name; those with a begin and an end have a duration', () => {
  const { s, tables } = summarize(`Sync Time=0 N=1
    TaskBegin Time=10 ID=1 Parent=18446744073709551615 Type="b"
    TaskBegin Time=11 ID=2 Parent=1 Type="a"
    TaskEnd Time=31 ID=2 Parent=1 Type="a"
    TaskEnd Time=32 ID=3 Parent=7 Type="a"`)
  expect(taskGroups(s, tables).map((g) => [g.name, g.tasks.length, g.durations.rows()])).toEqual([
    ['', 1, []],
    ['a', 2, [[6, 15, 1]]],
    ['b', 1, []],
  ])
})
