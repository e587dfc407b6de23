import { describe, expect, test } from 'vitest'
import { readLines, traceBytes } from '../../../../../test/kit/trace-text.ts'

/** An event as `thread/proc/goroutine @time what`. */
function brief(line: string): string {
  const [, m, p, g, kind, time, rest] = /^M=(\S+) P=(\S+) G=(\S+) (\S+) Time=(\S+) ?(.*)$/.exec(
    line,
  ) as string[]
  const what = kind === 'StateTransition' ? rest.replace(/ Reason=""/, '') : `${kind} ${rest}`
  return `${m}/${p}/${g} @${time} ${what.trim()}`
}

/** A generation in which a tick is a nanosecond. */
const generation = (gen: number, events: string): string =>
  `EventBatch gen=${gen} m=-1 time=${gen * 100}
  Frequency freq=1000000000
  ${events.replaceAll('batch ', `EventBatch gen=${gen} `)}`

/** Events of a trace of generations, without the Syncs; and what stopped it. */
function run(...generations: string[]): { events: string[]; error: string } {
  const text = generations.map((events, i) => generation(i + 1, events)).join('\n')
  const { lines, end } = readLines(traceBytes(`Trace Go1.23\n${text}`))
  const events = lines.filter((line) => !line.includes(' Sync ')).map(brief)
  return { events, error: end.error?.message ?? '' }
}

/** Thread 1 has proc 0 and runs goroutine 1. */
const running = `batch m=1 time=100
  ProcStatus p=0 pstatus=1
  GoStatus g=1 m=1 gstatus=2`
const afterRunning = [
  '1/-1/-1 @101 ProcID=0 Undetermined->Running',
  '1/0/-1 @102 GoID=1 Undetermined->Running',
]

describe('one thread', () => {
  const cases: { name: string; events: string; out: string[]; error?: RegExp }[] = [
    {
      name: 'a goroutine is created, blocks, is unblocked, starts and ends',
      events: `
        GoBlock reason_string=0
        GoUnblock g=1 g_seq=1
        GoStart g=1 g_seq=2
        GoCreate new_g=9
        GoStop
        GoStart g=9 g_seq=1
        GoDestroy`,
      out: [
        '1/0/1 @103 GoID=1 Running->Waiting',
        '1/0/-1 @104 GoID=1 Waiting->Runnable',
        '1/0/-1 @105 GoID=1 Runnable->Running',
        '1/0/1 @106 GoID=9 NotExist->Runnable TransitionStack=',
        '1/0/1 @107 GoID=1 Running->Runnable',
        '1/0/-1 @108 GoID=9 Runnable->Running',
        '1/0/9 @109 GoID=9 Running->NotExist',
      ],
    },
    {
      name: 'a proc stops and starts',
      events: 'GoStop\nProcStop\nProcStart p=0 p_seq=1\nGoStart g=1 g_seq=1',
      out: [
        '1/0/1 @103 GoID=1 Running->Runnable',
        '1/0/-1 @104 ProcID=0 Running->Idle',
        '1/-1/-1 @105 ProcID=0 Idle->Running',
        '1/0/-1 @106 GoID=1 Runnable->Running',
      ],
    },
    {
      name: 'a syscall does not show on the proc',
      events: 'GoSyscallBegin p_seq=1\nGoSyscallEnd\nGoSyscallBegin p_seq=2',
      out: [
        '1/0/1 @103 GoID=1 Running->Syscall',
        '1/0/1 @104 GoID=1 Syscall->Running',
        '1/0/1 @105 GoID=1 Running->Syscall',
      ],
    },
    {
      name: 'a syscall that blocks gives up its proc first',
      events: 'GoSyscallBegin p_seq=1\nProcStop\nGoSyscallEndBlocked',
      out: [
        '1/0/1 @103 GoID=1 Running->Syscall',
        '1/0/1 @104 ProcID=0 Running->Idle',
        '1/-1/1 @105 GoID=1 Syscall->Runnable',
      ],
    },
    {
      name: 'a thread steals its own proc',
      events: 'GoSyscallBegin p_seq=1\nProcSteal p=0 p_seq=2 m=1\nGoSyscallEndBlocked',
      out: [
        '1/0/1 @103 GoID=1 Running->Syscall',
        '1/0/1 @104 ProcID=0 Running->Idle',
        '1/-1/1 @105 GoID=1 Syscall->Runnable',
      ],
    },
    {
      name: 'a goroutine that is destroyed in a syscall leaves its proc behind',
      events: 'GoSyscallBegin p_seq=1\nGoDestroySyscall\nGoCreateSyscall new_g=5',
      out: [
        '1/0/1 @103 GoID=1 Running->Syscall',
        '1/0/1 @104 ProcID=0 Running->Idle',
        '1/0/1 @105 GoID=1 Syscall->NotExist',
        '1/-1/-1 @106 GoID=5 NotExist->Syscall',
      ],
    },
    {
      name: 'a switch is three events',
      events: 'GoCreateBlocked new_g=5\nGoSwitch g=5 g_seq=1\nGoSwitchDestroy g=1 g_seq=1\nGoStop',
      out: [
        '1/0/1 @103 GoID=5 NotExist->Waiting TransitionStack=',
        '1/0/1 @104 GoID=5 Waiting->Runnable',
        '1/0/1 @105 GoID=1 Running->Waiting',
        '1/0/-1 @106 GoID=5 Runnable->Running',
      ],
      // The sequence number of goroutine 1 is still that of its status, so the number is right.
      error: /^$/,
    },
    {
      name: 'ranges',
      events: `
        STWBegin
        STWEnd
        GCBegin gc_seq=7
        GCMarkAssistBegin
        GCMarkAssistEnd
        GCSweepBegin
        GCSweepEnd swept_value=8 reclaimed_value=-1
        GCEnd gc_seq=8`,
      out: [
        '1/0/1 @103 RangeBegin Name="stop-the-world ()" Scope=Goroutine(1)',
        '1/0/1 @104 RangeEnd Name="stop-the-world ()" Scope=Goroutine(1) Attributes=[]',
        '1/0/1 @105 RangeBegin Name="GC concurrent mark phase" Scope=None',
        '1/0/1 @106 RangeBegin Name="GC mark assist" Scope=Goroutine(1)',
        '1/0/1 @107 RangeEnd Name="GC mark assist" Scope=Goroutine(1) Attributes=[]',
        '1/0/1 @108 RangeBegin Name="GC incremental sweep" Scope=Proc(0)',
        '1/0/1 @109 RangeEnd Name="GC incremental sweep" Scope=Proc(0) Attributes=["bytes swept"=Value{Uint64(8)} "bytes reclaimed"=Value{Uint64(18446744073709551615)}]',
        '1/0/1 @110 RangeEnd Name="GC concurrent mark phase" Scope=None Attributes=[]',
      ],
    },
    {
      name: 'what is open when the trace begins',
      events:
        'GCActive gc_seq=3\nGCMarkAssistActive g=1\nGCSweepActive p=0\nGCMarkAssistEnd\nGCSweepEnd\nGCEnd gc_seq=4',
      out: [
        '1/0/1 @103 RangeActive Name="GC concurrent mark phase" Scope=None',
        '1/0/1 @104 RangeActive Name="GC mark assist" Scope=Goroutine(1)',
        '1/0/1 @105 RangeActive Name="GC incremental sweep" Scope=Proc(0)',
        '1/0/1 @106 RangeEnd Name="GC mark assist" Scope=Goroutine(1) Attributes=[]',
        '1/0/1 @107 RangeEnd Name="GC incremental sweep" Scope=Proc(0) Attributes=["bytes swept"=Value{Uint64(0)} "bytes reclaimed"=Value{Uint64(0)}]',
        '1/0/1 @108 RangeEnd Name="GC concurrent mark phase" Scope=None Attributes=[]',
      ],
    },
    {
      name: 'metrics and labels',
      events:
        'ProcsChange procs_value=4\nHeapAlloc heapalloc_value=5000000000\nHeapGoal heapgoal_value=18446744073709551614\nGoLabel',
      out: [
        '1/0/1 @103 Metric Name="/sched/gomaxprocs:threads" Value=Value{Uint64(4)}',
        '1/0/1 @104 Metric Name="/memory/classes/heap/objects:bytes" Value=Value{Uint64(5000000000)}',
        '1/0/1 @105 Metric Name="/gc/heap/goal:bytes" Value=Value{Uint64(18446744073709551614)}',
        '1/0/1 @106 Label Label="" Resource=Goroutine(1)',
      ],
    },
    {
      name: 'tasks, regions and logs; ids that no double holds stay apart',
      events: `
        UserTaskBegin task=9007199254740993
        UserTaskBegin task=9007199254740992 parent_task=9007199254740993
        UserRegionBegin task=9007199254740992
        UserLog task=9007199254740992
        UserRegionEnd task=9007199254740992
        UserRegionEnd task=3
        UserTaskEnd task=9007199254740992
        UserTaskEnd task=9007199254740992
        UserTaskBegin task=9007199254740992 parent_task=-1`,
      out: [
        '1/0/1 @103 TaskBegin ID=9007199254740993 Parent=18446744073709551615 Type=""',
        '1/0/1 @104 TaskBegin ID=9007199254740992 Parent=9007199254740993 Type=""',
        '1/0/1 @105 RegionBegin Task=9007199254740992 Type=""',
        '1/0/1 @106 Log Task=9007199254740992 Category="" Message=""',
        '1/0/1 @107 RegionEnd Task=9007199254740992 Type=""',
        '1/0/1 @108 RegionEnd Task=3 Type=""',
        '1/0/1 @109 TaskEnd ID=9007199254740992 Parent=9007199254740993 Type=""',
        '1/0/1 @110 TaskEnd ID=9007199254740992 Parent=18446744073709551615 Type=""',
        '1/0/1 @111 TaskBegin ID=9007199254740992 Parent=18446744073709551615 Type=""',
      ],
    },
    {
      name: 'regions end from the inside out, and go with their goroutine',
      events: `
        UserRegionBegin task=1
        UserRegionBegin task=2
        UserRegionEnd task=2
        UserRegionEnd task=1
        UserRegionBegin task=4
        GoCreate new_g=2
        GoDestroy
        GoStart g=2 g_seq=1
        GoCreate new_g=1
        UserRegionBegin task=5
        UserRegionEnd task=4`,
      out: [
        '1/0/1 @103 RegionBegin Task=1 Type=""',
        '1/0/1 @104 RegionBegin Task=2 Type=""',
        '1/0/1 @105 RegionEnd Task=2 Type=""',
        '1/0/1 @106 RegionEnd Task=1 Type=""',
        '1/0/1 @107 RegionBegin Task=4 Type=""',
        '1/0/1 @108 GoID=2 NotExist->Runnable TransitionStack=',
        '1/0/1 @109 GoID=1 Running->NotExist',
        '1/0/-1 @110 GoID=2 Runnable->Running',
        '1/0/2 @111 GoID=1 NotExist->Runnable TransitionStack=',
        '1/0/2 @112 RegionBegin Task=5 Type=""',
      ],
      error: /not the innermost/,
    },
    {
      name: 'experimental events, with all three values exact',
      events: 'Span id=-1 npages_value=9007199254740993 kindclass=2\nHeapObjectFree id=18446744073709551614',
      out: [
        '1/0/1 @103 Experimental Name=Span Args=[id=Value{Uint64(18446744073709551615)}, npages_value=Value{Uint64(9007199254740993)}, kindclass=Value{Uint64(2)}]',
        '1/0/1 @104 Experimental Name=HeapObjectFree Args=[id=Value{Uint64(18446744073709551614)}]',
      ],
    },
  ]
  for (const c of cases)
    test(c.name, () => {
      const { events, error } = run(`${running}\n${c.events}`)
      expect(events.slice(0, 2)).toEqual(afterRunning)
      if (c.name === 'a switch is three events') expect(events.slice(2, 6)).toEqual(c.out)
      else expect(events.slice(2)).toEqual(c.out)
      expect(error).toMatch(c.error ?? /^$/)
    })
})

describe('several threads', () => {
  test('what another thread has to do first is waited for, however late its clock says', () => {
    const { events, error } = run(`${running}
      GoCreate new_g=2
      batch m=2 time=50
      ProcStatus p=1 pstatus=1
      GoStart g=2 g_seq=1`)
    expect(error).toBe('')
    expect(events).toEqual([
      '2/-1/-1 @51 ProcID=1 Undetermined->Running',
      '1/-1/-1 @101 ProcID=0 Undetermined->Running',
      '1/0/-1 @102 GoID=1 Undetermined->Running',
      '1/0/1 @103 GoID=2 NotExist->Runnable TransitionStack=',
      '2/1/-1 @104 GoID=2 Runnable->Running',
    ])
  })

  test('a proc is stolen while its thread is in a syscall, which then ends without it', () => {
    const { events, error } = run(`${running}
      GoSyscallBegin p_seq=1
      GoSyscallEndBlocked
      batch m=2 time=200
      ProcSteal p=0 p_seq=2 m=1
      ProcStart p=0 p_seq=3`)
    expect(error).toBe('')
    expect(events.slice(2)).toEqual([
      '1/0/1 @103 GoID=1 Running->Syscall',
      '2/-1/-1 @201 ProcID=0 Running->Idle',
      // It could go on only now, and times increase.
      '1/-1/1 @202 GoID=1 Syscall->Runnable',
      '2/-1/-1 @203 ProcID=0 Idle->Running',
    ])
  })

  test('a goroutine in a syscall on a thread that does nothing', () => {
    const { events, error } = run(`${running}
      GoStatus g=8 m=5 gstatus=3
      batch m=5 time=200
      GoSyscallEndBlocked`)
    expect(error).toBe('')
    expect(events.slice(2)).toEqual([
      '5/0/1 @103 GoID=8 Undetermined->Syscall',
      '5/-1/8 @201 GoID=8 Syscall->Runnable',
    ])
  })

  test('threads with the same time take turns as the heap has it', () => {
    const threads = [1, 2, 3, 4, 5].map(
      (m) => `batch m=${m} time=100\nProcStatus p=${m} pstatus=2\nProcStart p=${m} p_seq=1\nProcStop`,
    )
    const { events, error } = run(threads.join('\n'))
    expect(error).toBe('')
    const order = events.map((line) => line[0]).join('')
    expect(order).toBe('124533412554321')
  })

  test('threads that wait for one another', () => {
    const { events, error } = run(`${running}
      GoStatus g=2 m=-1 gstatus=4
      GoUnblock g=2 g_seq=2
      batch m=2 time=90
      GoUnblock g=2 g_seq=3`)
    expect(events.length).toBe(3)
    expect(error).toMatch(/no thread can go on/)
  })

  test('events without a thread have no context', () => {
    const { events } = run(`${running}\nGoBlock\nbatch m=-1 time=150\nGoUnblock g=1 g_seq=1\nHeapAlloc`)
    expect(events[3]).toBe('-1/-1/-1 @151 GoID=1 Waiting->Runnable')
    expect(events.length).toBe(4)
  })
})

describe('several generations', () => {
  test('statuses are repeated, sequence numbers start anew', () => {
    const { events, error } = run(
      `${running}\nGoStop\nGoStart g=1 g_seq=1`,
      `batch m=1 time=200
      ProcStatus p=0 pstatus=1
      GoStatus g=1 m=1 gstatus=2
      GoStop
      GoStart g=1 g_seq=1`,
    )
    expect(error).toBe('')
    expect(events.slice(4)).toEqual([
      '1/0/1 @201 ProcID=0 Running->Running',
      '1/0/1 @202 GoID=1 Running->Running',
      '1/0/1 @203 GoID=1 Running->Runnable',
      '1/0/-1 @204 GoID=1 Runnable->Running',
    ])
  })

  test('a proc that was left in a syscall is not lost yet if its thread is known', () => {
    const { events, error } = run(
      `${running}\nGoSyscallBegin p_seq=1`,
      `batch m=2 time=200
      ProcStatus p=0 pstatus=4
      ProcSteal p=0 p_seq=1 m=1`,
    )
    expect(error).toBe('')
    expect(events.slice(3)).toEqual([
      '1/0/1 @201 ProcID=0 Running->Running',
      '2/-1/-1 @202 ProcID=0 Running->Idle',
    ])
  })

  test('a proc first seen without its thread goes from idle to idle', () => {
    const { events, error } = run('batch m=2 time=200\nProcStatus p=0 pstatus=4\nProcSteal p=0 p_seq=1 m=1')
    expect(error).toBe('')
    expect(events).toEqual(['2/-1/-1 @201 ProcID=0 Undetermined->Idle', '2/-1/-1 @202 ProcID=0 Idle->Idle'])
  })

  test('a task that ends in a later generation still has its name and parent', () => {
    const { events } = run(
      `${running}
      UserTaskBegin task=1 parent_task=5 name_string=3
      batch m=-1 time=100
      Strings
      String id=3
      data="job"`,
      'batch m=1 time=200\nProcStatus p=0 pstatus=1\nGoStatus g=1 m=1 gstatus=2\nUserTaskEnd task=1',
    )
    expect(events.at(-1)).toBe('1/0/1 @203 TaskEnd ID=1 Parent=5 Type="job"')
  })

  test('a new proc comes from nothing, a new goroutine is an error', () => {
    const { events, error } = run(
      running,
      'batch m=3 time=200\nProcStatus p=7 pstatus=2\nGoStatus g=7 m=-1 gstatus=1',
    )
    expect(events.slice(2)).toEqual(['3/-1/-1 @201 ProcID=7 NotExist->Idle'])
    expect(error).toMatch(/not created/)
  })
})

describe('errors', () => {
  const cases: [string, RegExp][] = [
    ['ProcStatus p=0 pstatus=2', /another status/],
    ['ProcStatus p=1 pstatus=5', /unknown status/],
    ['GoStatus g=1 m=1 gstatus=4', /another status/],
    ['GoStatus g=2 m=1 gstatus=5', /unknown status/],
    ['GoStatus g=2 m=-1 gstatus=3', /without a thread/],
    ['GoCreate new_g=1', /there already/],
    ['GoCreateSyscall new_g=2', /thread that has one/],
    ['GoCreate new_g=2\nGoStart g=2 g_seq=1', /thread that runs one/],
    ['GoStart g=1 g_seq=1', /no thread can go on/],
    ['GoStop\nGoStop', /needs a goroutine/],
    ['GoStop\nProcStop\nProcStop', /does not run/],
    ['GoStop\nProcStop\nHeapAlloc', /needs a proc/],
    ['GoSyscallEnd', /not in a syscall/],
    ['GoSyscallEndBlocked', /not in a syscall/],
    ['GoSyscallBegin p_seq=1\nGoSyscallEndBlocked', /no thread can go on/],
    ['GoSyscallBegin p_seq=2', /out of order/],
    ['GoSyscallBegin p_seq=1\nGoStop', /does not run/],
    ['GoDestroySyscall', /not in a syscall/],
    ['GoSyscallBegin p_seq=1\nProcSteal p=0 p_seq=2 m=4', /not there/],
    ['STWBegin\nSTWBegin', /open already/],
    ['STWEnd', /did not begin/],
    ['GCMarkAssistBegin\nGCMarkAssistActive g=1', /open already/],
    ['GCMarkAssistActive g=4', /not there/],
    ['GCSweepBegin\nGCSweepBegin', /open already/],
    ['GCSweepEnd', /did not begin/],
    ['GCBegin gc_seq=1\nGCBegin gc_seq=2', /while one is running/],
    ['GCBegin gc_seq=1\nGCBegin gc_seq=9', /no thread can go on/],
    ['GCBegin gc_seq=1\nGCEnd gc_seq=2\nGCEnd gc_seq=3', /did not begin/],
    ['GCBegin gc_seq=1\nGCActive gc_seq=2', /after it was heard of/],
    ['UserTaskBegin task=1\nUserTaskBegin task=1', /active already/],
    ['GoLabel label_string=5', /no string 5/],
    ['GoStop stack=-1', /no stack 18446744073709551615/],
    ['ClockSnapshot', /does not belong here/],
    ['raw 60', /no event of type 60/],
    ['raw 1', /no event of type 1/],
    ['raw 16 1 1', /middle of/],
    [`raw 37 1 ${'255 '.repeat(9)}2`, /64 bits/],
  ]
  for (const [events, message] of cases)
    test(events.replaceAll('\n', ', ').trim(), () => {
      const { events: before, error } = run(`${running}\n${events}`)
      expect(error).toMatch(message)
      const lines = events.split('\n').length
      // The event in front of one that cannot be read is not delivered either, as in the reference.
      expect(before.length).toBe(2 + lines - 1 - (events.startsWith('raw') ? 1 : 0))
    })
})
