import { describe, expect, test } from 'vitest'
import { traceFrom } from '../../../../test/kit/trace-from.ts'
import { TraceSummaries } from './summaries.ts'

interface Account {
  name: string
  created: number
  started: number | null
  ended: number | null
  total: number
  exec: number
  schedWait: number
  syscall: number
  syscallBlock: number
  blocked: number
  reasons: Record<string, number>
  ranges: Record<string, number>
}

/** Reads a trace in blocks of all sizes that matter; accounts by goroutine id. */
function summarize(
  text: string,
  rows = 2,
): { s: TraceSummaries; of: (id: number) => Account; tables: Tables } {
  const s = new TraceSummaries()
  const { tables } = traceFrom(text, [s], { rows })
  s.finish()
  const { goroutines: a } = s
  const pairs = (table: typeof a.stats.reasons, g: number): Record<string, number> => {
    const out: Record<string, number> = {}
    for (let e = table.first(g); e >= 0; e = table.after(e))
      out[tables.strings.get(table.key(e))] = table.value[e]!
    return out
  }
  const time = (t: number): number | null => (t === a.unset ? null : t)
  const of = (id: number): Account => {
    const g = tables.goroutines.find(id)
    expect(a.isKnown(g)).toBe(true)
    return {
      name: tables.strings.get(a.name[g]!),
      created: a.created[g]!,
      started: time(a.started[g]!),
      ended: time(a.ended[g]!),
      total: a.stats.total[g]!,
      exec: a.stats.exec[g]!,
      schedWait: a.stats.schedWait[g]!,
      syscall: a.stats.syscall[g]!,
      syscallBlock: a.stats.syscallBlock[g]!,
      blocked: a.stats.blocked[g]!,
      reasons: pairs(a.stats.reasons, g),
      ranges: pairs(a.stats.ranges, g),
    }
  }
  return { s, of, tables }
}
type Tables = ReturnType<typeof traceFrom>['tables']

const NOTHING = { exec: 0, schedWait: 0, syscall: 0, syscallBlock: 0, blocked: 0, reasons: {}, ranges: {} }

describe('accounts of goroutines', () => {
  test('a life from creation to end', () => {
    const { of } = summarize(`
      Sync Time=1000 N=1
      P=0 StateTransition Time=1010 GoID=7 NotExist->Runnable TransitionStack=[main.work]
      P=0 StateTransition Time=1015 GoID=7 Runnable->Running
      P=0 G=7 StateTransition Time=1045 GoID=7 Running->Waiting Reason="chan send" TransitionStack=[chansend main.other]
      P=1 StateTransition Time=1050 GoID=7 Waiting->Runnable
      P=0 StateTransition Time=1060 GoID=7 Runnable->Running
      P=0 G=7 StateTransition Time=1061 GoID=7 Running->NotExist
      Sync Time=1100 N=2
    `)
    expect(of(7)).toEqual({
      ...NOTHING,
      name: 'main.work',
      created: 10,
      started: 15,
      ended: 61,
      total: 51,
      exec: 31,
      schedWait: 15,
      blocked: 5,
      reasons: { 'chan send': 5 },
    })
  })

  test('what is found at the start had been so since the Sync, and what is open counts to the end', () => {
    const { of } = summarize(`
      Sync Time=1000 N=1
      P=0 StateTransition Time=1004 GoID=1 Undetermined->Running
      StateTransition Time=1005 GoID=2 Undetermined->Waiting
      StateTransition Time=1006 GoID=3 Undetermined->Runnable
      P=-1 StateTransition Time=1007 GoID=4 Undetermined->Syscall
      P=1 StateTransition Time=1008 GoID=5 Undetermined->Syscall
      Sync Time=1100 N=2
    `)
    const base = { ...NOTHING, name: '', created: 0, started: null, ended: null, total: 100 }
    expect(of(1)).toEqual({ ...base, started: 4, exec: 100 })
    expect(of(2)).toEqual({ ...base, blocked: 100, reasons: { '': 100 } })
    expect(of(3)).toEqual({ ...base, schedWait: 100 })
    expect(of(4)).toEqual({ ...base, syscallBlock: 7, syscall: 93 })
    expect(of(5)).toEqual({ ...base, syscall: 100 })
  })

  test('a syscall blocks from the moment its proc is lost', () => {
    const { of } = summarize(`
      Sync Time=0 N=1
      P=3 StateTransition Time=10 GoID=1 Undetermined->Running
      P=3 G=1 StateTransition Time=20 GoID=1 Running->Syscall
      P=4 StateTransition Time=25 ProcID=3 Idle->Idle
      P=4 StateTransition Time=30 ProcID=3 Running->Idle
      P=4 StateTransition Time=31 ProcID=3 Running->Idle
      StateTransition Time=70 GoID=1 Syscall->Runnable
      P=3 StateTransition Time=90 ProcID=3 Running->Idle
      Sync Time=100 N=2
    `)
    expect(of(1)).toMatchObject({ exec: 20, syscall: 10, syscallBlock: 40, schedWait: 30 })
  })

  test('a syscall that lost its proc is still open at the end: that time is counted twice, as in the reference', () => {
    const { of } = summarize(`
      Sync Time=0 N=1
      P=3 StateTransition Time=10 GoID=1 NotExist->Syscall
      P=4 StateTransition Time=30 ProcID=3 Running->Idle
      Sync Time=100 N=2
    `)
    expect(of(1)).toMatchObject({ syscall: 90, schedWait: 70, syscallBlock: 0 })
  })

  test('goroutines in syscalls without a proc share one memory', () => {
    const { of } = summarize(`
      Sync Time=0 N=1
      StateTransition Time=10 GoID=1 NotExist->Syscall
      StateTransition Time=20 GoID=2 NotExist->Syscall
      StateTransition Time=40 GoID=1 Syscall->NotExist
      Sync Time=100 N=2
    `)
    expect(of(1)).toMatchObject({ syscall: 30, ended: 40 })
    expect(of(2)).toMatchObject({ syscall: 80 })
  })

  test('waiting forever is the end, and a second end changes only its time', () => {
    const { of } = summarize(`
      Sync Time=0 N=1
      P=0 StateTransition Time=10 GoID=1 NotExist->Runnable
      P=0 StateTransition Time=20 GoID=1 Runnable->Running
      P=0 G=1 StateTransition Time=50 GoID=1 Running->Waiting Reason="forever"
      Sync Time=100 N=2
    `)
    expect(of(1)).toMatchObject({ ended: 50, total: 40, exec: 30, schedWait: 10, blocked: 0 })
  })

  test('an id that is used again starts anew', () => {
    const { of } = summarize(`
      Sync Time=0 N=1
      StateTransition Time=10 GoID=1 NotExist->Syscall
      P=0 StateTransition Time=20 GoID=1 Syscall->Running
      P=0 G=1 StateTransition Time=30 GoID=1 Running->NotExist
      StateTransition Time=60 GoID=1 NotExist->Syscall
      Sync Time=100 N=2
    `)
    expect(of(1)).toMatchObject({ created: 60, started: null, ended: null, total: 40, exec: 0, syscall: 40 })
  })

  test('after a gap of a damaged trace the accounts go on', () => {
    const { of } = summarize(`
      Sync Time=0 N=1
      P=0 StateTransition Time=10 GoID=1 Undetermined->Running
      Sync Time=500 N=2
      StateTransition Time=510 GoID=1 Undetermined->Waiting
      P=0 StateTransition Time=520 GoID=1 Waiting->Runnable
      Sync Time=530 N=3
    `)
    expect(of(1)).toMatchObject({ created: 0, started: 10, exec: 10, blocked: 20, schedWait: 10, total: 530 })
  })

  test('a time at which the clock of a v1 trace is 0 is none', () => {
    const text = (start: number): string => `
      Sync Time=${start} N=1
      P=0 StateTransition Time=${start + 1} GoID=1 Undetermined->Running
      P=0 G=1 StateTransition Time=${start + 5} GoID=1 Running->Runnable
      P=0 StateTransition Time=${start + 9} GoID=1 Runnable->Running
      Sync Time=${start + 10} N=2`
    expect(summarize(text(-1)).of(1)).toMatchObject({ started: 9, exec: 6, schedWait: 4 })
    expect(summarize(text(7)).of(1)).toMatchObject({ started: 1, exec: 6, schedWait: 4 })
  })

  test('goroutines that are only mentioned are not in the summary', () => {
    const { s, tables } = summarize(`
      Sync Time=0 N=1
      G=9 P=0 StateTransition Time=10 GoID=1 NotExist->Runnable
      P=0 G=9 RegionBegin Time=11 Task=1 Type="r"
      P=0 StateTransition Time=12 GoID=8 Waiting->Runnable
      P=0 StateTransition Time=13 GoID=7 Running->Running
    `)
    const known = [1, 7, 8, 9].map((id) => s.goroutines.isKnown(tables.goroutines.find(id)))
    expect(known).toEqual([true, false, false, false])
    expect(s.regions.count).toBe(0)
  })
})

describe('ranges', () => {
  test('of a goroutine: to their end, or to the end of the trace', () => {
    const { of } = summarize(`
      Sync Time=0 N=1
      P=0 StateTransition Time=10 GoID=1 Undetermined->Running
      P=0 G=1 RangeBegin Time=20 Name="GC mark assist" Scope=Goroutine(1)
      P=0 G=1 RangeEnd Time=30 Name="GC mark assist" Scope=Goroutine(1) Attributes=[]
      P=0 G=1 RangeEnd Time=35 Name="GC mark assist" Scope=Goroutine(1) Attributes=[]
      P=0 G=1 RangeBegin Time=40 Name="stop-the-world (x)" Scope=Goroutine(1)
      Sync Time=100 N=2
    `)
    expect(of(1).ranges).toEqual({ 'GC mark assist': 10, 'stop-the-world (x)': 60 })
  })

  test('that are active count from the last Sync', () => {
    const { of } = summarize(`
      Sync Time=1000 N=1
      P=0 StateTransition Time=1010 GoID=1 Undetermined->Running
      P=0 G=1 RangeActive Time=1020 Name="GC mark assist" Scope=Goroutine(1)
      Sync Time=1100 N=2
      P=0 G=1 RangeActive Time=1120 Name="GC mark assist" Scope=Goroutine(1)
      P=0 G=1 RangeEnd Time=1150 Name="GC mark assist" Scope=Goroutine(1) Attributes=[]
    `)
    expect(of(1).ranges).toEqual({ 'GC mark assist': 150 })
  })

  test('of a proc belong to the goroutine that is there at both ends', () => {
    const { of } = summarize(`
      Sync Time=0 N=1
      P=0 StateTransition Time=1 GoID=1 Undetermined->Running
      P=1 StateTransition Time=2 GoID=2 Undetermined->Running
      P=0 G=1 RangeBegin Time=10 Name="GC incremental sweep" Scope=Proc(0)
      P=1 G=2 RangeBegin Time=11 Name="GC incremental sweep" Scope=Proc(1)
      P=0 G=1 RangeEnd Time=15 Name="GC incremental sweep" Scope=Proc(0) Attributes=[]
      P=1 G=1 RangeEnd Time=16 Name="GC incremental sweep" Scope=Proc(1) Attributes=[]
      Sync Time=20 N=2
    `)
    expect(of(1).ranges).toEqual({ 'GC incremental sweep': 5 })
    // It was not closed for goroutine 2, so it goes on.
    expect(of(2).ranges).toEqual({ 'GC incremental sweep': 9 })
  })
})

describe('regions and tasks', () => {
  const MAIN = `
    Sync Time=0 N=1
    P=0 StateTransition Time=1 GoID=1 Undetermined->Running TransitionStack=[main.main]`

  test('a region has what its goroutine did from its begin to its end', () => {
    const { s, tables } = summarize(`${MAIN}
      P=0 G=1 RegionBegin Time=10 Task=5 Type="outer" Stack=[a main]
      P=0 G=1 RegionBegin Time=12 Task=5 Type="inner" Stack=[b main]
      P=0 G=1 StateTransition Time=20 GoID=1 Running->Waiting Reason="sync"
      StateTransition Time=50 GoID=1 Waiting->Runnable
      P=0 StateTransition Time=55 GoID=1 Runnable->Running
      P=0 G=1 RegionEnd Time=60 Task=5 Type="inner"
      P=0 G=1 RegionEnd Time=63 Task=5 Type="outer"
      Sync Time=100 N=2
    `)
    const { regions } = s
    const { stats } = regions
    const sync = tables.strings.intern('sync')
    expect(regions.count).toBe(2)
    expect(regions.regionsOf(tables.goroutines.find(1))).toEqual([0, 1])
    expect([stats.total[0], stats.exec[0], stats.schedWait[0], stats.blocked[0]]).toEqual([53, 18, 5, 30])
    expect([stats.total[1], stats.exec[1], stats.schedWait[1], stats.blocked[1]]).toEqual([48, 13, 5, 30])
    expect(stats.reasons.get(1, sync)).toBe(30)
    expect(stats.reasons.size(1)).toBe(1)
    expect([regions.start[1], regions.end[1]]).toEqual([12, 60])
  })

  test('an end closes the innermost region whatever its name; without one a region is made', () => {
    const { s, tables } = summarize(`${MAIN}
      P=0 G=1 RegionEnd Time=10 Task=5 Type="before"
      P=0 G=1 RegionBegin Time=20 Task=5 Type="a"
      P=0 G=1 RegionEnd Time=30 Task=5 Type="b"
      Sync Time=100 N=2
    `)
    const { regions, tasks } = s
    const names = regions
      .regionsOf(tables.goroutines.find(1))
      .map((r) => tables.strings.get(regions.name[r]!))
    expect(names).toEqual(['before', 'a'])
    expect(regions.start[0]).toBeNaN()
    expect(regions.stats.exec[0]).toBe(10)
    expect(tasks.regionCount[tables.tasks.find(5)]).toBe(2)
  })

  test('goroutines inherit the task of the region they are created in; not those of the runtime', () => {
    const { s, tables } = summarize(`${MAIN}
      P=0 G=1 RegionBegin Time=10 Task=5 Type="a" Stack=[main]
      P=0 G=1 StateTransition Time=11 GoID=2 NotExist->Runnable TransitionStack=[main.worker] Stack=[go main]
      P=0 G=1 StateTransition Time=12 GoID=3 NotExist->Runnable TransitionStack=[runtime.gcBgMarkWorker]
      P=0 G=1 StateTransition Time=13 GoID=4 NotExist->Runnable
      P=1 StateTransition Time=15 GoID=2 Runnable->Running
      P=1 G=2 StateTransition Time=40 GoID=2 Running->NotExist
      Sync Time=100 N=2
    `)
    const { regions } = s
    const row = (id: number): number => tables.goroutines.find(id)
    expect([1, 2, 3, 4].map((id) => regions.countOf(row(id)))).toEqual([1, 1, 0, 0])
    const [r] = regions.regionsOf(row(2))
    expect(tables.strings.get(regions.name[r!]!)).toBe('')
    expect(tables.tasks.id(regions.task[r!]!)).toBe(5)
    expect([regions.start[r!], regions.end[r!], regions.stats.exec[r!]]).toEqual([11, 40, 25])
    expect(regions.startGoroutine[r!]).toBe(row(1))
    // Open at the end of the trace: closed there, without an end of its own.
    const [open] = regions.regionsOf(row(1))
    expect(regions.end[open!]).toBeNaN()
    expect(regions.stats.total[open!]).toBe(90)
  })

  test('tasks with their parents, logs and goroutines', () => {
    const { s, tables } = summarize(`${MAIN}
      P=0 StateTransition Time=2 GoID=2 NotExist->Runnable
      P=0 G=1 TaskBegin Time=10 ID=1 Parent=18446744073709551615 Type="job"
      P=0 G=1 TaskBegin Time=11 ID=2 Parent=1 Type="part"
      P=0 G=2 TaskBegin Time=12 ID=3 Parent=2 Type="part"
      P=0 G=2 Log Time=13 Task=1 Category="k" Message="v"
      Log Time=14 Task=1 Category="" Message="w"
      P=0 G=1 TaskEnd Time=20 ID=2 Parent=1 Type="part"
      P=0 G=1 TaskEnd Time=30 ID=9 Parent=8 Type=""
    `)
    const { tasks } = s
    const row = (id: number): number => tables.tasks.find(id)
    const sizes = tasks.familySizes()
    expect([1, 2, 3, 8, 9].map((id) => sizes[row(id)])).toEqual([3, 2, 1, 2, 1])
    expect([...tasks.childLists().get(row(1))!]).toEqual([row(2)])
    expect(tasks.logCount[row(1)]).toBe(2)
    expect(tasks.goroutineCount(row(1))).toBe(3)
    expect(tasks.memberLists().get(row(1))).toEqual([0, 1, -1])
    expect([tasks.start[row(2)], tasks.end[row(2)]]).toEqual([11, 20])
    expect(tasks.start[row(9)]).toBeNaN()
    expect(tables.strings.get(tasks.log.message[1]!)).toBe('w')
  })

  test('tasks that are their own ancestors do not hang', () => {
    const { s, tables } = summarize(`${MAIN}
      P=0 G=1 TaskBegin Time=10 ID=1 Parent=2 Type=""
      P=0 G=1 TaskBegin Time=11 ID=2 Parent=1 Type=""
      P=0 G=1 TaskBegin Time=12 ID=3 Parent=2 Type=""
    `)
    expect(s.tasks.familySizes()[tables.tasks.find(3)]).toBe(1)
  })
})

test('more reasons than any program has are counted, but not copied for each region', () => {
  const lines = ['Sync Time=0 N=1', 'P=0 StateTransition Time=1 GoID=1 Undetermined->Running']
  let t = 10
  const wait = (reason: string): void => {
    lines.push(`P=0 G=1 StateTransition Time=${t++} GoID=1 Running->Waiting Reason="${reason}"`)
    lines.push(`StateTransition Time=${t++} GoID=1 Waiting->Runnable`)
    lines.push(`P=0 StateTransition Time=${t++} GoID=1 Runnable->Running`)
  }
  for (let k = 0; k < 300; k++) wait(`r${k}`)
  lines.push(`P=0 G=1 RegionBegin Time=${t++} Task=0 Type="r"`)
  wait('x')
  lines.push(`P=0 G=1 RegionEnd Time=${t++} Task=0 Type="r"`)
  const { s } = summarize(lines.join('\n'), 64)
  expect(s.goroutines.stats.reasons.size(0)).toBe(301)
  expect(s.regions.stats.detailed(0)).toBe(false)
  expect(s.regions.stats.blocked[0]).toBe(1)
  expect(s.regions.stats.reasons.size(0)).toBe(0)
})
