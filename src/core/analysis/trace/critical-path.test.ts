import { describe, expect, test } from 'vitest'
import { traceFrom } from '../../../../test/kit/trace-from.ts'
import { AssistSpans } from './assist-spans.ts'
import { PATH_KINDS, type PathInterval, PathWalker } from './critical-path.ts'
import { PathTable } from './path-table.ts'
import { Places } from './places.ts'
import { TraceSummaries } from './summaries.ts'
import { TimelineEvents } from './timeline.ts'

/** Pieces in order of time: [from, to, goroutine, kind, place]. */
function pathOf(text: string, goroutine: number, o: Partial<PathInterval> & { stops?: number[] } = {}) {
  const events = new TimelineEvents()
  const summaries = new TraceSummaries()
  const assists = new AssistSpans()
  const { tables, lastTime } = traceFrom(text, [events, summaries, assists])
  summaries.finish()
  const timeline = events.snapshot()
  const places = new Places(tables)
  const walker = new PathWalker({
    tables,
    goroutines: timeline.goroutines,
    procs: timeline.procs,
    assists: assists.done(lastTime),
    stops: o.stops ?? [],
    startFunction: summaries.goroutines.name,
  })
  const table = new PathTable(tables, summaries.goroutines.name, 3)
  const pieces: string[] = []
  const holders: string[] = []
  walker.walk({ from: 0, to: lastTime, ...o, goroutine: tables.goroutines.find(goroutine) }, (p) => {
    const fn = places.place(places.frame(p.stack))?.fn ?? ''
    const who = `G${tables.goroutines.id(p.goroutine)}`
    pieces.unshift(`${p.start}-${p.end} ${'>'.repeat(p.depth)}${who} ${PATH_KINDS[p.kind]} ${fn}`.trimEnd())
    if (p.kind === 3) holders.unshift(p.holder < 0 ? 'nobody' : `G${tables.goroutines.id(p.holder)}`)
    table.add(p)
  })
  return { pieces, holders, table }
}

const start = (g: number, state: string, p: number, more = ''): string =>
  `M=${g} P=${p} G=-1 StateTransition Time=${g} GoID=${g} Undetermined->${state} ${more}`

/** Goroutine 2 holds a lock that 1 wants, and itself waits for 3, which waits for the network. */
const CHAIN = `
  Sync Time=0 N=1
  ${start(1, 'Running', 0)} TransitionStack=[main.one:1]
  ${start(2, 'Running', 1)} TransitionStack=[main.two:1]
  ${start(3, 'Waiting', -1)} Reason="network" TransitionStack=[main.three:1]
  P=0 G=1 StateTransition Time=10 GoID=1 Running->Waiting Reason="sync" Stack=[main.want:5 main.one:3]
  P=1 G=2 StateTransition Time=20 GoID=2 Running->Waiting Reason="chan receive" Stack=[main.hold:7 main.two:3]
  StateTransition Time=50 GoID=3 Waiting->Runnable
  P=0 StateTransition Time=55 GoID=3 Runnable->Running
  P=0 G=3 StateTransition Time=70 GoID=2 Waiting->Runnable Stack=[main.answer:9 main.three:3]
  P=0 G=3 StateTransition Time=72 GoID=3 Running->Waiting Reason="network" Stack=[main.three:3]
  P=1 StateTransition Time=75 GoID=2 Runnable->Running
  P=1 G=2 StateTransition Time=90 GoID=1 Waiting->Runnable Stack=[main.hold:8 main.two:3]
  P=0 StateTransition Time=92 GoID=1 Runnable->Running
  Sync Time=100 N=2
`

describe('the critical path', () => {
  test('goes from a lock to who held it, and on to what that one waited for', () => {
    expect(pathOf(CHAIN, 1).pieces).toEqual([
      '0-10 G1 running main.want',
      '10-20 >G2 running main.hold',
      '20-50 >>G3 network main.three',
      '50-55 >>G3 processor',
      '55-70 >>G3 running main.answer',
      '70-75 >G2 processor',
      '75-90 >G2 running main.hold',
      '90-92 G1 processor',
      '92-100 G1 running',
    ])
  })

  test('begins where the interval does', () => {
    expect(pathOf(CHAIN, 1, { from: 15, to: 60 }).pieces).toEqual(['15-60 G1 blocked main.want'])
    expect(pathOf(CHAIN, 1, { from: 60, to: 91 }).pieces).toEqual([
      '60-70 >>G3 running main.answer',
      '70-75 >G2 processor',
      '75-90 >G2 running main.hold',
      '90-91 G1 processor',
    ])
  })

  test('tells what is summed up, and the longest pieces in order of time', () => {
    const { table } = pathOf(CHAIN, 1)
    expect(table.total).toBe(100)
    expect(table.rows().slice(0, 3)).toMatchObject([
      {
        kind: 'network',
        reason: 'network',
        group: 'main.three',
        place: { fn: 'main.three' },
        count: 1,
        total: 30,
      },
      {
        kind: 'running',
        reason: '',
        group: 'main.two',
        place: { fn: 'main.hold' },
        count: 2,
        total: 25,
        longest: 15,
      },
      { kind: 'running', group: 'main.three', place: { fn: 'main.answer' }, total: 15 },
    ])
    expect(table.steps().map((s) => s.start)).toEqual([20, 55, 75])
  })

  test('says who had the processor', () => {
    const { pieces, holders } = pathOf(
      `
      Sync Time=0 N=1
      ${start(1, 'Runnable', -1)} TransitionStack=[main.one:1]
      ${start(2, 'Running', 0)} TransitionStack=[main.two:1]
      P=0 G=2 StateTransition Time=40 GoID=2 Running->Waiting Reason="sync" Stack=[main.two:3]
      P=0 StateTransition Time=45 GoID=1 Runnable->Running
      P=0 G=1 StateTransition Time=50 GoID=1 Running->Runnable Reason="preempted" Stack=[main.one:9]
      P=0 StateTransition Time=60 GoID=1 Runnable->Running
      Sync Time=70 N=2
      `,
      1,
    )
    expect(pieces).toEqual([
      '0-45 G1 processor',
      '45-50 G1 running main.one',
      '50-60 G1 processor main.one',
      '60-70 G1 running',
    ])
    expect(holders).toEqual(['G2', 'nobody'])
  })

  test('sets apart what the collector did to it', () => {
    const text = `
      Sync Time=0 N=1
      ${start(1, 'Running', 0)} TransitionStack=[main.one:1]
      P=0 G=1 RangeBegin Time=10 Name="GC mark assist" Scope=Goroutine(1)
      P=0 G=1 RangeEnd Time=30 Name="GC mark assist" Scope=Goroutine(1)
      P=0 G=1 StateTransition Time=40 GoID=1 Running->Runnable Reason="preempted" Stack=[main.one:9]
      P=0 StateTransition Time=60 GoID=1 Runnable->Running
      P=0 G=1 StateTransition Time=70 GoID=1 Running->Waiting Reason="GC mark assist wait for work" Stack=[main.one:9]
      P=1 G=4 StateTransition Time=80 GoID=1 Waiting->Runnable Stack=[runtime.systemstack_switch]
      Sync Time=90 N=2
    `
    expect(pathOf(text, 1, { stops: [45, 55] }).pieces).toEqual([
      '0-10 G1 running main.one',
      '10-30 G1 assist main.one',
      '30-40 G1 running main.one',
      '40-45 G1 processor main.one',
      '45-55 G1 stopped main.one',
      '55-60 G1 processor main.one',
      '60-70 G1 running main.one',
      '70-80 G1 gc main.one',
      '80-90 G1 processor',
    ])
  })

  test('before a goroutine was created it is its creator who counts', () => {
    const text = `
      Sync Time=0 N=1
      ${start(1, 'Running', 0)} TransitionStack=[main.one:1]
      P=0 G=1 StateTransition Time=30 GoID=5 NotExist->Runnable TransitionStack=[main.five:1] Stack=[main.spawn:4 main.one:2]
      P=1 StateTransition Time=40 GoID=5 Runnable->Running
      P=1 G=5 StateTransition Time=60 GoID=5 Running->NotExist
      Sync Time=70 N=2
    `
    expect(pathOf(text, 5).pieces).toEqual([
      '0-30 G1 running main.spawn',
      '30-40 G5 processor',
      '40-60 G5 running',
      '60-70 G5 unknown',
    ])
    // Without a creator nothing is known.
    expect(
      pathOf(text.replace('P=0 G=1 StateTransition Time=30', 'StateTransition Time=30'), 5).pieces[0],
    ).toBe('0-30 G5 unknown')
  })

  test('a worker that was woken with a task has nothing to do with it before', () => {
    const text = `
      Sync Time=0 N=1
      ${start(1, 'Running', 0)} TransitionStack=[main.one:1]
      ${start(2, 'Running', 1)} TransitionStack=[main.worker:1]
      P=1 G=2 StateTransition Time=20 GoID=2 Running->Waiting Reason="chan receive" Stack=[main.worker:3]
      P=0 G=1 StateTransition Time=40 GoID=2 Waiting->Runnable Stack=[main.send:4 main.one:2]
      P=1 StateTransition Time=45 GoID=2 Runnable->Running
      Sync Time=90 N=2
    `
    const after = ['40-45 G2 processor', '45-90 G2 running']
    expect(pathOf(text, 2, { from: 5 }).pieces).toEqual([
      '5-20 G2 running main.worker',
      '20-40 >G1 running main.send',
      ...after,
    ])
    expect(pathOf(text, 2, { from: 5, concerns: (_, time) => time >= 40 }).pieces).toEqual([
      '5-40 G1 running main.send',
      ...after,
    ])
  })

  test.each([
    ['sleep', 'timer', 'G=1'],
    ['select', 'timer', ''],
    ['chan receive', 'timer', ''],
    ['sync', 'blocked', ''],
    ['network', 'network', 'G=1 Stack=[runtime.systemstack_switch]'],
    ['preempted', 'gc', 'G=1'],
    ['sync', 'gc', 'G=1 Stack=[runtime.gcMarkDone main.x:1]'],
  ])('a wait for %s ends at the %s', (reason, kind, by) => {
    const text = `
      Sync Time=0 N=1
      ${start(1, 'Running', 0)}
      ${start(2, 'Waiting', -1)} Reason="${reason}"
      ${by.split(' ')[0]} StateTransition Time=50 GoID=2 Waiting->Runnable ${by.split(' ').slice(1).join(' ')}
      Sync Time=60 N=2
    `
    expect(pathOf(text, 2).pieces).toEqual([`0-50 G2 ${kind}`, '50-60 G2 processor'])
  })
})
