import { describe, expect, test } from 'vitest'
import { traceFrom } from '../../../../test/kit/trace-from.ts'
import {
  AllWaits,
  IntervalWaits,
  WAIT_KINDS,
  WaitIntervals,
  type WaitingProfile,
} from './waiting-profiles.ts'

/** `stack count delay` of each entry, leaf first, sorted. */
function lines(p: WaitingProfile | undefined): string[] {
  const out: string[] = []
  for (let k = 0; p !== undefined && k < p.stack.length; k++) {
    const { strings, stacks } = p.tables
    const names: string[] = []
    for (let f = stacks.start.a[p.stack[k]!]!; f < stacks.start.a[p.stack[k]! + 1]!; f++)
      names.push(strings.get(stacks.fn.a[stacks.frame.a[f]!]!))
    out.push(`${names.join('<')} ${p.count[k]} ${p.delay[k]}`)
  }
  return out.sort()
}

function waitsOf(text: string, rows = 2): Record<string, string[]> {
  const waits = new AllWaits()
  traceFrom(text, [waits], { rows })
  waits.finish()
  return Object.fromEntries(WAIT_KINDS.map((kind) => [kind, lines(waits.profile(kind))]))
}

const RUNNING = `
  Sync Time=100 N=1
  P=0 StateTransition Time=101 GoID=1 Undetermined->Running`

describe('waits of the whole trace', () => {
  test('by kind, and by the stack of the event that began them', () => {
    expect(
      waitsOf(`${RUNNING}
        P=0 G=1 StateTransition Time=110 GoID=1 Running->Waiting Reason="network" TransitionStack=[x] Stack=[read main]
        G=2 StateTransition Time=120 GoID=1 Waiting->Runnable Stack=[ready]
        P=0 StateTransition Time=125 GoID=1 Runnable->Running
        P=0 G=1 StateTransition Time=130 GoID=1 Running->Waiting Reason="chan receive" Stack=[recv main]
        StateTransition Time=131 GoID=1 Waiting->Runnable
        P=0 StateTransition Time=133 GoID=1 Runnable->Running
        P=0 G=1 StateTransition Time=140 GoID=1 Running->Waiting Reason="chan receive" Stack=[recv main]
        StateTransition Time=143 GoID=1 Waiting->Runnable
        P=0 StateTransition Time=144 GoID=1 Runnable->Running
        P=0 G=1 StateTransition Time=150 GoID=1 Running->Syscall Stack=[write main]
        P=0 G=1 StateTransition Time=157 GoID=1 Syscall->Running
        P=0 G=1 StateTransition Time=160 GoID=1 Running->Waiting Reason="sleep" Stack=[sleep]
        StateTransition Time=170 GoID=1 Waiting->Runnable Stack=[timer]
      `),
    ).toEqual({
      net: ['read<main 1 10'],
      sync: ['recv<main 2 4'],
      syscall: ['write<main 1 7'],
      // The last one is still going on at the end.
      sched: [' 2 3', 'ready 1 5'],
    })
  })

  test('what is said again of the same state neither ends nor begins a wait', () => {
    expect(
      waitsOf(`${RUNNING}
        P=0 G=1 StateTransition Time=110 GoID=1 Running->Waiting Reason="select" Stack=[s]
        Sync Time=115 N=2
        StateTransition Time=116 GoID=1 Waiting->Waiting Stack=[other]
        StateTransition Time=120 GoID=1 Waiting->Runnable
      `).sync,
    ).toEqual(['s 1 10'])
  })

  test('what comes before the first run does not count', () => {
    const text = `${RUNNING}
      P=0 G=1 StateTransition Time=110 GoID=2 NotExist->Runnable Stack=[go]
      StateTransition Time=112 GoID=3 Undetermined->Syscall Stack=[poll]
      StateTransition Time=114 GoID=3 Syscall->Runnable Stack=[back]
      P=1 StateTransition Time=120 GoID=2 Runnable->Running`
    // Goroutine 3 never ran.
    expect(waitsOf(text)).toMatchObject({ syscall: ['poll 1 2'], sched: [] })
    expect(waitsOf(`${text}\nP=2 StateTransition Time=130 GoID=3 Runnable->Running`)).toMatchObject({
      syscall: [],
      sched: [],
    })
  })

  test('an id that is used again counts from its last creation', () => {
    const life = (t: number): string => `
      StateTransition Time=${t} GoID=9 NotExist->Syscall
      P=1 StateTransition Time=${t + 1} GoID=9 Syscall->Running
      P=1 G=9 StateTransition Time=${t + 2} GoID=9 Running->Syscall Stack=[call]
      P=1 G=9 StateTransition Time=${t + 5} GoID=9 Syscall->Running
      P=1 G=9 StateTransition Time=${t + 6} GoID=9 Running->NotExist`
    expect(waitsOf(RUNNING + life(200)).syscall).toEqual(['call 1 3'])
    expect(waitsOf(RUNNING + life(200) + life(300)).syscall).toEqual(['call 1 3'])
  })

  test('stacks with equal pcs are one; zeros at the root do not count', () => {
    const stack = (...frames: [string, number][]): string =>
      `Stack=\n${frames.map(([f, pc]) => `\t${f} @ 0x${pc.toString(16)}\n\t\t${f}.go:1\n`).join('')}\n`
    const wait = (t: number, at: string): string =>
      `P=0 G=1 StateTransition Time=${t} GoID=1 Running->Syscall\n${at}P=0 G=1 StateTransition Time=${t + 1} GoID=1 Syscall->Running\n`
    expect(
      waitsOf(
        `${RUNNING}\n${wait(110, stack(['old', 5]))}${wait(120, stack(['new', 5]))}${wait(130, stack(['', 0]))}${wait(140, '')}`,
      ).syscall,
    ).toEqual([' 2 2', 'new 2 2'])
  })

  test('of a damaged trace: whether a goroutine ran is known from all that was read', () => {
    const before = `${RUNNING}
      StateTransition Time=102 GoID=3 Undetermined->Syscall Stack=[poll]
      StateTransition Time=114 GoID=3 Syscall->Runnable
      Sync Time=120 N=2`
    const usable = new AllWaits(['syscall'])
    traceFrom(before, [usable])
    const whole = new AllWaits(['syscall'])
    traceFrom(`${before}\nP=2 StateTransition Time=130 GoID=3 Runnable->Running`, [whole])
    usable.finish(whole)
    expect(lines(usable.profile('syscall'))).toEqual([])
  })

  test('without a goroutine there is no profile', () => {
    const waits = new AllWaits()
    traceFrom('Sync Time=0 N=1', [waits])
    waits.finish()
    expect(waits.any).toBe(false)
  })
})

describe('waits in intervals', () => {
  const TEXT = `${RUNNING}
    P=0 G=1 StateTransition Time=110 GoID=1 Running->Waiting Reason="sync" Stack=[lock]
    StateTransition Time=130 GoID=1 Waiting->Runnable
    P=0 StateTransition Time=131 GoID=1 Runnable->Running
    P=0 G=1 StateTransition Time=140 GoID=1 Running->Waiting Reason="sync" Stack=[lock]
    StateTransition Time=150 GoID=1 Waiting->Runnable`

  function within(...pairs: [number, number][]): string[] {
    const { tables } = traceFrom(TEXT, [])
    const intervals = new WaitIntervals()
    for (const [from, to] of pairs) intervals.add(tables.goroutines.find(1), from, to)
    intervals.outermost(-100)
    const waits = new IntervalWaits(tables.goroutines, [new WaitIntervals(), intervals])
    traceFrom(TEXT, [waits])
    expect(lines(waits.profile(0, 'sync'))).toEqual([])
    return lines(waits.profile(1, 'sync'))
  }

  test('count as far as they overlap', () => {
    expect(within([0, 100])).toEqual(['lock 2 30'])
    expect(within([15, 42])).toEqual(['lock 2 17'])
    expect(within([30, 40])).toEqual([])
    expect(within()).toEqual([])
  })

  test('once, where intervals lie in one another', () => {
    expect(within([0, 20], [12, 18], [15, 45])).toEqual(['lock 1 10'])
    expect(within([15, 45], [0, 12])).toEqual(['lock 2 22'])
  })
})
