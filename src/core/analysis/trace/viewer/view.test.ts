import { describe, expect, test } from 'vitest'
import { HandmadeTrace } from '../handmade-events.ts'
import type { ViewerEntry, ViewerSink } from './entry.ts'
import { Unblocks } from './related.ts'
import {
  focusTaskView,
  goroutineView,
  taskView,
  type ViewerTask,
  type ViewerTrace,
  type ViewSelection,
  wholeView,
} from './selection.ts'
import { ViewSplitter } from './split.ts'
import { ViewerSummary } from './summary.ts'
import { TraceView } from './view.ts'

/** Keeps entries as short texts: "X name @pid/tid start+duration args". */
class Kept implements ViewerSink {
  readonly lines: string[] = []

  begin(): void {}

  entry(e: ViewerEntry): void {
    const args = e.argNames.names.map((name, i) => `${name}=${e.args[i]}`).join(' ')
    const time = e.phase === 'M' ? '' : e.phase === 'X' ? ` ${e.time}+${e.duration}` : ` ${e.time}`
    this.lines.push(`${e.phase} ${e.name} @${e.pid}/${e.tid}${time}${args === '' ? '' : ` ${args}`}`)
  }

  of(phase: string): string[] {
    return this.lines.filter((line) => line.startsWith(`${phase} `)).map((line) => line.slice(2))
  }
}

function view(trace: HandmadeTrace, selection: ViewSelection): Kept | undefined {
  const kept = new Kept()
  const made = new TraceView([{ selection, sink: kept }])
  trace.feed([made])
  return made.finish() ? kept : undefined
}

function example(): HandmadeTrace {
  const trace = new HandmadeTrace()
  trace.sync(0, 1)
  trace.procs(1, 2)
  trace.proc(2, 0, 'Undetermined', 'Running', { m: 5 })
  trace.proc(3, 1, 'Undetermined', 'Running', { m: 6 })
  trace.goroutine(4, 1, 'Undetermined', 'Running', { m: 6, p: 1, created: ['main.main'] })
  trace.goroutine(10, 2, 'NotExist', 'Runnable', {
    m: 6,
    p: 1,
    g: 1,
    created: ['main.work'],
    stack: ['main.spawn', 'main.main'],
  })
  trace.goroutine(12, 2, 'Runnable', 'Running', { m: 5, p: 0 })
  trace.range(14, 'Begin', 'GC mark assist', { scope: 'g', of: 2, m: 5, p: 0, g: 2 })
  trace.goroutine(20, 2, 'Running', 'Waiting', {
    m: 5,
    p: 0,
    g: 2,
    reason: 'chan receive',
    stack: ['main.work'],
  })
  trace.goroutine(30, 2, 'Waiting', 'Runnable', { m: 6, p: 1, g: 1, stack: ['main.main'] })
  trace.goroutine(35, 2, 'Runnable', 'Running', { m: 5, p: 0 })
  trace.range(38, 'End', 'GC mark assist', { scope: 'g', of: 2, m: 5, p: 0, g: 2 })
  trace.goroutine(40, 2, 'Running', 'Syscall', { m: 5, p: 0, g: 2, stack: ['main.read'] })
  trace.proc(50, 0, 'Running', 'Idle', { m: 6 })
  trace.goroutine(60, 2, 'Syscall', 'Runnable', { m: 5, g: 2 })
  trace.goroutine(70, 2, 'Runnable', 'Running', { m: 6, p: 1 })
  trace.log(75, 1, 'net', 'G1 hello', { m: 6, p: 1, g: 2 })
  trace.sync(100, 2)
  return trace
}

describe('the view by proc', () => {
  const kept = view(example(), wholeView('proc'))

  test('slices: runs with what lies in them, syscalls until the proc is lost', () => {
    expect(kept?.of('X')).toEqual([
      'G2 main.work @0/0 12+8',
      'GC mark assist @0/0 14+6',
      'G2 main.work @0/0 35+15',
      'GC mark assist @0/0 35+3',
      'syscall @0/0 40+10 blocked=yes',
      'G1 main.main @0/1 0+100',
      'G2 main.work @0/1 70+30',
    ])
  })

  test('arrows from the cause to the run', () => {
    expect(kept?.of('s')).toEqual([
      'go @0/1 10',
      'unblock (chan receive) @0/1 30',
      'exit blocked syscall @0/1000003 60',
    ])
    expect(kept?.of('t')).toEqual([
      'go @0/0 12',
      'unblock (chan receive) @0/0 35',
      'exit blocked syscall @0/1 70',
    ])
  })

  test('points and counters', () => {
    expect(kept?.of('I')).toEqual([
      'proc start @0/0 0 thread=5 proc=0',
      'proc start @0/1 0 thread=6 proc=1',
      'proc stop @0/0 50 thread=6 proc=0',
      'exit blocked syscall @0/1000003 60',
      '[net] G1 hello @0/1 75',
    ])
    expect(kept?.of('C').at(-1)).toBe('Goroutines @1/0 70 Running=2 Runnable=0 GCWaiting=0')
    expect(kept?.of('C')).toContain('Goroutines @1/0 20 Running=1 Runnable=0 GCWaiting=1')
  })

  test('lanes', () => {
    const names = kept?.of('M').filter((line) => line.includes('_name'))
    expect(names).toEqual([
      'process_name @1/0 name=STATS',
      'process_name @0/0 name=PROCS',
      'thread_name @0/1000004 name=GC',
      'thread_name @0/1000002 name=Network',
      'thread_name @0/1000001 name=Timers',
      'thread_name @0/1000003 name=Syscalls',
      'thread_name @0/0 name=Proc 0',
      'thread_name @0/1 name=Proc 1',
    ])
  })
})

test('on threads and lanes of their own, goroutines keep their slice during a syscall', () => {
  const trace = example()
  const thread = view(trace, wholeView('thread'))?.of('X')
  expect(thread).toContain('G2 main.work @0/5 35+25')
  // The syscall is told at the next stop, and so on the thread of that: the reference's way.
  expect(thread).toContain('syscall @0/6 40+20 blocked=yes')
  const all: ViewSelection = { ...wholeView('proc'), mode: 'goroutine' }
  expect(view(trace, all)?.of('X')).toContain('G2 main.work @0/2 35+25')
})

test('a goroutine with those that unblocked it, while it lives', () => {
  const trace = example()
  const unblocks = new Unblocks()
  trace.feed([unblocks])
  expect(unblocks.related(2)).toEqual([2, 2, 1])
  const facts: ViewerTrace = {
    endTime: 100,
    goroutine: (id) => (id === 2 ? { started: 12, ended: undefined } : undefined),
    task: () => undefined,
    related: (id) => unblocks.related(id),
  }
  expect(goroutineView(facts, 9)).toBeUndefined()
  const selection = goroutineView(facts, 2)
  if (selection === undefined) throw new Error('no view')
  const kept = view(trace, selection)
  // Its creation lies before its first run, so the arrow is left out.
  expect(kept?.of('s')).toEqual(['unblock (chan receive) @0/1 30'])
  expect(kept?.of('M')).toContain('thread_sort_index @0/2 sort_index=-2')
})

test('tasks: a lane for each, restricted to their time', () => {
  const point = (time: number, goroutine: number) => ({ time, goroutine, stack: 0 })
  const task = (id: number, more: Partial<ViewerTask>): ViewerTask => ({
    id,
    name: `t${id}`,
    parent: undefined,
    start: undefined,
    end: undefined,
    logs: [],
    regions: [],
    goroutines: [],
    children: [],
    ...more,
  })
  const tasks = new Map([
    [1, task(1, { start: point(11, 2), end: point(80, 2), goroutines: [2], children: [2, 1] })],
    [2, task(2, { start: point(36, 2), parent: 1, goroutines: [2], children: [1] })],
    [3, task(3, { logs: [point(75, -1)] })],
  ])
  const facts: ViewerTrace = {
    endTime: 100,
    goroutine: () => undefined,
    task: (id) => tasks.get(Number(id)),
    related: () => [],
  }
  expect(focusTaskView(facts, 3)).toBeUndefined()
  expect(taskView(facts, 3)).toBeUndefined()
  const focused = focusTaskView(facts, 1)
  expect(focused && [focused.from, focused.to, focused.tasks.map((t) => t.id)]).toEqual([11, 80, [1, 2]])
  const selection = taskView(facts, 1)
  if (selection === undefined) throw new Error('no view')
  const kept = view(example(), selection)
  expect(kept?.of('X').filter((line) => line.includes('@2/'))).toEqual([
    't1 @2/1 11+69 id=1 start_g=2 end_g=2',
    't2 @2/2 36+64 id=2 start_g=2 end_g=0',
  ])
  expect(kept?.of('s')).toContain('newTask @2/1 36')
  expect(kept?.of('X').some((line) => line.startsWith('G1 '))).toBe(false)
})

test('a trace that contradicts itself has no view', () => {
  const stops = new HandmadeTrace()
  stops.sync(0, 1)
  stops.goroutine(10, 1, 'Running', 'Waiting', { p: 0, g: 1 })
  expect(view(stops, wholeView('proc'))).toBeUndefined()
  const labels = new HandmadeTrace()
  labels.label(10, 3, 'x')
  expect(view(labels, wholeView('thread'))).toBeUndefined()
})

test('summary: what the document of facts says of a view', () => {
  const trace = example()
  const summary = new ViewerSummary()
  const made = new TraceView([{ selection: wholeView('proc'), sink: summary }])
  trace.feed([made])
  made.finish()
  const facts = summary.facts()
  expect(facts.counts['X G# main.work']).toBe(3)
  expect(facts.counts['I [net] G1 hello']).toBe(1)
  expect(facts.slices['0/0']).toEqual([5, 8 + 6 + 15 + 3 + 10])
  expect([facts.first, facts.last]).toEqual([0, 75])
  expect(facts.counterMax['Goroutines.GCWaiting']).toBe(1)
  // main.work, main.main > main.spawn, main.read.
  expect(facts.frames).toBe(4)
})

test('ranges: filled up to a size, offered from two on', () => {
  const trace = example()
  const split = (max: number): ViewSplitter => {
    const splitter = new ViewSplitter(() => 100, max)
    const made = new TraceView([{ selection: wholeView('proc'), sink: splitter }])
    trace.feed([made])
    made.finish()
    return splitter
  }
  expect(split(1e6).ranges()).toEqual([])
  const ranges = split(3000).ranges()
  expect(ranges.length).toBeGreaterThan(2)
  expect(ranges[0].start).toBe(0)
  for (let i = 1; i < ranges.length; i++) expect(ranges[i].start).toBe(ranges[i - 1].end)
})
