import { describe, expect, test } from 'vitest'
import { DecodeError } from '../../../base/errors.ts'
import {
  EVENT,
  type EventBlock,
  type EventSink,
  STATE_NAMES,
  type TraceTables,
} from '../../../model/trace.ts'
import { readTrace } from '../read-trace.ts'
import type { TraceEnd } from '../trace-end.ts'
import { HandmadeV1 } from './handmade-v1.ts'

/** Keeps events as short texts: time from the first Sync, M/P/G, what happened. */
class Notes implements EventSink {
  readonly lines: string[] = []

  block(b: EventBlock, t: TraceTables): void {
    const id = (table: TraceTables['procs'], row: number): string => (row < 0 ? '-' : String(table.id(row)))
    for (let i = 0; i < b.length; i++) {
      const where = `${b.time[i]} ${id(t.threads, b.m[i])}/${id(t.procs, b.p[i])}/${id(t.goroutines, b.g[i])}`
      this.lines.push(`${where} ${this.what(b, t, i)}${b.stack[i] === 0 ? '' : ` @${b.stack[i]}`}`)
    }
  }

  private what(b: EventBlock, t: TraceTables, i: number): string {
    const name = t.strings.get(b.name[i])
    const task = (row: number): string => (row < 0 ? 'none' : String(t.tasks.id(row)))
    const states = `${STATE_NAMES[b.from[i] as 0]}->${STATE_NAMES[b.to[i] as 0]}`
    const x = b.wide.get(i * 4 + 1) ?? b.x[i]
    switch (b.kind[i]) {
      case EVENT.Sync:
        return `Sync ${b.x[i]}`
      case EVENT.GoTransition: {
        const own = b.extra[i] < 0 ? '' : ` own@${b.extra[i]}`
        return `G${t.goroutines.id(b.res[i])} ${states}${name && ` ${name}`}${own}`
      }
      case EVENT.ProcTransition:
        return `P${t.procs.id(b.res[i])} ${states}`
      case EVENT.Metric:
        return `${name} = ${x}`
      case EVENT.RangeBegin:
        return `begin ${name} scope ${b.from[i]} row ${b.res[i]}`
      case EVENT.RangeEnd:
        return `end ${name}${name === 'GC incremental sweep' ? ` ${b.x[i]} ${b.y[i]}` : ''}`
      case EVENT.TaskBegin:
      case EVENT.TaskEnd:
        return `task ${task(b.res[i])} of ${task(b.extra[i])} ${name} ${b.kind[i]}`
      case EVENT.RegionBegin:
      case EVENT.RegionEnd:
        return `region of ${task(b.res[i])} ${name} ${b.kind[i]}`
      case EVENT.Log:
        return `log ${task(b.res[i])} ${name}: ${t.strings.get(b.extra[i])}`
      case EVENT.Label:
        return `label ${name} of G${t.goroutines.id(b.res[i])}`
      default:
        return EVENT.StackSample === b.kind[i] ? 'sample' : '?'
    }
  }
}

function read(trace: HandmadeV1): { lines: readonly string[]; end: TraceEnd } {
  const notes = new Notes()
  const end = readTrace(trace.bytes, [notes], {})
  return { lines: notes.lines, end }
}

const linesOf = (trace: HandmadeV1): readonly string[] => read(trace).lines

/** A trace of one P that runs goroutine 1; times in ns are ticks. Events follow from tick 110 on. */
function running(minor = 21): HandmadeV1 {
  return new HandmadeV1(minor)
    .batch(0, 100)
    .frequency(1e9)
    .string(1, 'f')
    .string(2, 'name')
    .stack(5, [0x10, 1, 1, 7])
    .at(0, 'GoCreate', 1)
    .at(0, 'ProcStart', 9)
    .at(0, 'GoStart', 1, 1)
    .at(10, 'Gomaxprocs', 1)
}

/** What follows the lines that every `running` trace begins with, and without its last Sync. */
const middle = (trace: HandmadeV1): readonly string[] => linesOf(trace).slice(3, -1)

describe('conversion', () => {
  test('begins and ends with a Sync, times increase strictly', () => {
    expect(linesOf(running())).toEqual([
      '0 -/-/- Sync 1',
      '1 9/0/- P0 Undetermined->Running',
      '2 9/0/1 G1 Undetermined->Running',
      '3 -/-/- Sync 2',
    ])
  })

  test('no events at all: a single Sync', () => {
    const { lines, end } = read(new HandmadeV1().batch(0, 1).frequency(1))
    expect(lines).toEqual(['0 -/-/- Sync 1'])
    expect(end).toMatchObject({ events: 1, usable: 1, lastTime: 0, error: undefined })
    expect(end.tables.start).toBe(0n)
  })

  test('the trace starts one ns before its first event', () => {
    expect(read(running()).end.tables.start).toBe(-1n)
  })

  test('goroutines from before the trace tell their state or are runnable', () => {
    const trace = new HandmadeV1()
      .batch(0, 100)
      .frequency(1e9)
      .at(0, 'GoCreate', 1)
      .at(1, 'GoCreate', 2)
      .at(0, 'GoWaiting', 2)
      .at(1, 'GoCreate', 3)
      .at(0, 'GoInSyscall', 3)
      .at(1, 'Gomaxprocs', 4)
      .at(1, 'Gomaxprocs', 8)
    expect(linesOf(trace)).toEqual([
      '0 -/-/- Sync 1',
      '2 -/0/2 G2 Undetermined->Waiting',
      '3 -/0/3 G3 Undetermined->Syscall',
      '4 -/-/- G1 Undetermined->Runnable',
      '5 -/0/- /sched/gomaxprocs:threads = 8',
      '6 -/-/- Sync 2',
    ])
  })

  test('creation, start with a label, end', () => {
    const trace = running()
      .at(5, 'GoCreate', 2, 5, 5)
      .at(1, 'GoCreate', 3)
      .at(1, 'GoSched', 5)
      .at(1, 'GoStartLabel', 2, 1, 2)
      .at(5, 'GoEnd')
    expect(middle(trace)).toEqual([
      '16 9/0/1 G2 NotExist->Runnable own@1 @1',
      '17 9/0/1 G3 NotExist->Runnable own@0',
      '18 9/0/1 G1 Running->Runnable runtime.Gosched own@1 @1',
      '19 9/0/2 G2 Runnable->Running',
      '20 9/0/2 label name of G2',
      '24 9/0/2 G2 Running->NotExist',
    ])
  })

  test.each([
    ['GoStop', 'Waiting forever'],
    ['GoPreempt', 'Runnable preempted'],
    ['GoSleep', 'Waiting sleep'],
    ['GoBlock', 'Waiting'],
    ['GoBlockSend', 'Waiting chan send'],
    ['GoBlockRecv', 'Waiting chan receive'],
    ['GoBlockSelect', 'Waiting select'],
    ['GoBlockSync', 'Waiting sync'],
    ['GoBlockCond', 'Waiting sync.(*Cond).Wait'],
    ['GoBlockNet', 'Waiting network'],
    ['GoBlockGC', 'Waiting GC mark assist wait for work'],
  ] as const)('%s', (type, shown) => {
    expect(middle(running().at(1, type, 0))).toEqual([`12 9/0/1 G1 Running->${shown}`])
    expect(middle(running().at(1, type, 5))).toEqual([`12 9/0/1 G1 Running->${shown} own@1 @1`])
  })

  test('a system call that does not block takes 1 ns', () => {
    expect(middle(running().at(5, 'GoSysCall', 5).at(5, 'GoSysCall'))).toEqual([
      '16 9/0/1 G1 Running->Syscall own@1 @1',
      '17 9/0/1 G1 Syscall->Running',
      '21 9/0/1 G1 Running->Syscall',
      '22 9/0/1 G1 Syscall->Running',
    ])
  })

  test('a system call that blocks ends at the time it tells, outside of a P', () => {
    const trace = running().at(5, 'GoSysCall', 5).at(1, 'GoSysBlock').at(50, 'GoSysExit', 1, 2, 140)
    expect(middle(trace)).toEqual([
      '16 9/0/1 G1 Running->Syscall own@1 @1',
      '41 -/1000003/1 G1 Syscall->Runnable',
    ])
  })

  test('the corrected time of a system call moves it before other events', () => {
    const trace = running()
      .at(5, 'GoSysCall', 5)
      .at(1, 'GoSysBlock')
      .at(50, 'HeapAlloc', 1)
      .at(1, 'GoSysExit', 1, 2, 140)
      .at(1, 'HeapAlloc', 2)
    expect(middle(trace).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      '16 9/0/1',
      '41 -/1000003/1',
      '67 9/0/-',
      '69 9/0/-',
    ])
  })

  test('who unblocks: goroutines, timers, the network', () => {
    const trace = running()
      .at(1, 'GoCreate', 2)
      .at(1, 'GoCreate', 3)
      .at(1, 'GoBlockNet')
      .at(1, 'GoStart', 2, 1)
      .at(1, 'GoUnblock', 1, 2)
      .at(1, 'GoSleep')
      .at(1, 'GoStart', 3, 1)
      .at(1, 'GoUnblockLocal', 2, 5)
      .event('TimerGoroutine', 3)
    expect(middle(trace).filter((line) => line.includes('Waiting->'))).toEqual([
      '16 -/1000002/2 G1 Waiting->Runnable',
      '19 -/1000001/3 G2 Waiting->Runnable @1',
    ])
  })

  test('metrics keep all 64 bits', () => {
    const trace = running()
      .at(1, 'HeapAlloc', 2n ** 64n - 1n)
      .at(1, 'HeapGoal', 4096)
    expect(middle(trace)).toEqual([
      `12 9/0/1 /memory/classes/heap/objects:bytes = ${2n ** 64n - 1n}`,
      '13 9/0/1 /gc/heap/goal:bytes = 4096',
    ])
  })

  test('ranges', () => {
    const trace = running()
      .at(1, 'GCStart', 0, 5)
      .at(1, 'GCSweepStart', 5)
      .at(1, 'GCSweepDone', 100, 50)
      .at(1, 'GCMarkAssistStart', 5)
      .at(1, 'GCMarkAssistDone')
      .at(1, 'GCDone')
    expect(middle(trace)).toEqual([
      '12 -/1000004/1 begin GC concurrent mark phase scope 0 row -1 @1',
      '13 9/0/1 begin GC incremental sweep scope 2 row 0 @1',
      '14 9/0/1 end GC incremental sweep 100 50',
      '15 9/0/1 begin GC mark assist scope 1 row 0 @1',
      '16 9/0/1 end GC mark assist',
      '17 9/0/1 end GC concurrent mark phase',
    ])
  })

  test.each([
    [21, 1, 'GC mark termination'],
    [21, 16, 'ResetDebugLog (test)'],
    [21, 17, ''],
    [19, 1, 'GC sweep termination'],
    [11, 0, 'GC mark termination'],
    [11, 2, ''],
  ])('Go 1.%d stops the world for %d', (minor, kind, name) => {
    const trace = running(minor).at(1, 'STWStart', kind).at(1, 'STWDone')
    expect(middle(trace)).toEqual([
      `12 9/0/1 begin stop-the-world (${name}) scope 1 row 0`,
      `13 9/0/1 end stop-the-world (${name})`,
    ])
  })

  test('tasks, regions and logs; a parent of 0 is none at the begin, and 0 at the end', () => {
    const trace = running()
      .at(1, 'UserTaskCreate', 1, 0, 2, 5)
      .at(1, 'UserRegion', 1, 0, 2)
      .event('UserLog', 1, 1, 2, 5)
      .text('text')
      .at(1, 'UserRegion', 1, 1, 2)
      .at(1, 'UserTaskEnd', 1)
      .at(1, 'UserTaskEnd', 2)
    expect(middle(trace)).toEqual([
      `12 9/0/1 task 1 of none name ${EVENT.TaskBegin} @1`,
      `13 9/0/1 region of 1 name ${EVENT.RegionBegin}`,
      '14 9/0/1 log 1 name: text @1',
      `15 9/0/1 region of 1 name ${EVENT.RegionEnd}`,
      `16 9/0/1 task 1 of 0 name ${EVENT.TaskEnd}`,
      `17 9/0/1 task 2 of none  ${EVENT.TaskEnd}`,
    ])
  })

  test('samples are put in their place in time', () => {
    const trace = running()
      .at(10, 'HeapAlloc', 1)
      .batch(-1, 100)
      .event('CPUSample', 0, 117, 0, 1, 5)
      .event('CPUSample', 0, 113, 2 ** 32 - 1, 0, 0)
    expect(middle(trace)).toEqual([
      '14 -/-/- sample',
      '18 -/0/1 sample @1',
      '21 9/0/1 /memory/classes/heap/objects:bytes = 1',
    ])
  })
})

describe('order', () => {
  /** Goroutine 2 is created and then runs on another P, whose clock is behind. */
  test('an event waits for what it needs, whatever its time', () => {
    const trace = running()
      .at(5, 'GoCreate', 2)
      .batch(1, 105)
      .at(0, 'ProcStart', 8)
      .at(20, 'GoStart', 2, 1)
      .at(1, 'GoUnblock', 1, 2)
      .batch(0, 116)
      .at(1, 'GoSleep')
    expect(middle(trace)).toEqual([
      '6 8/1/- P1 Undetermined->Running',
      '16 9/0/1 G2 NotExist->Runnable own@0',
      '18 9/0/1 G1 Running->Waiting sleep',
      '26 8/1/2 G2 Runnable->Running',
      '27 8/1/2 G1 Waiting->Runnable',
    ])
  })

  test('many Ps that wait for one goroutine', () => {
    const trace = running()
    for (let p = 1; p <= 200; p++)
      trace
        .batch(p, 300)
        .at(p, 'ProcStart', 1)
        .at(1, 'GoStart', 1, p + 1)
        .at(1, 'GoSched')
    trace.batch(0, 111).at(0, 'GoSched')
    // The last P of those that wait has the latest time: goroutine 1 goes from P to P.
    expect(() => linesOf(trace)).not.toThrow()
    expect(linesOf(trace)).toHaveLength(3 + 1 + 3 * 200 + 1)
  })

  test('an order against the clocks is an error', () => {
    const trace = running().at(50, 'GoCreate', 2).batch(1, 105).at(0, 'ProcStart', 8).at(20, 'GoStart', 2, 1)
    expect(() => linesOf(trace)).toThrow('the times of events contradict their order')
  })

  test('no order at all is an error', () => {
    expect(() => linesOf(running().at(1, 'GoUnblock', 7, 1))).toThrow('no consistent order')
  })
})

describe('what cannot be', () => {
  const wrong: readonly [why: string, trace: HandmadeV1][] = [
    ['a P starts that is running', running().at(1, 'ProcStart', 1)],
    ['a P stops while it runs', running().at(1, 'ProcStop')],
    ['a GC cycle ends', running().at(1, 'GCDone')],
    ['a GC cycle starts within', running().at(1, 'GCStart', 0).at(1, 'GCStart', 1)],
    ['the world is stopped twice', running().at(1, 'STWStart', 1).at(1, 'STWStart', 1)],
    ['the world starts', running().at(1, 'STWDone')],
    ['sweeps within', running().at(1, 'GCSweepStart').at(1, 'GCSweepStart')],
    ['ends sweeping', running().at(1, 'GCSweepDone', 1, 1)],
    ['within an assist', running().at(1, 'GCMarkAssistStart').at(1, 'GCMarkAssistStart')],
    ['a task is created that exists', running().at(1, 'UserTaskCreate', 1).at(1, 'UserTaskCreate', 1)],
    ['mode is 2', running().at(1, 'UserRegion', 1, 2, 2)],
    ['not the innermost', running().at(1, 'UserRegion', 1, 0, 2).at(1, 'UserRegion', 1, 1, 1)],
    ['starts on a P that runs one', running().at(1, 'GoCreate', 2).at(1, 'GoStart', 2, 1)],
    ['a system call of no goroutine', running().at(1, 'GoSched').at(1, 'GoSysCall')],
    ['before the first batch', new HandmadeV1().at(1, 'GoEnd')],
    ['unknown event type', running().raw(50)],
    ['unknown event type', running(11).raw(49)],
    ['has 1 arguments, not 2', running().event('HeapAlloc', 1)],
    ['too many arguments', running().event('UserTaskEnd', 1, 2, 3, 4)],
    ['how fast its clock ticks', new HandmadeV1().batch(0, 1).at(1, 'HeapAlloc', 1)],
    ["the clock's frequency is 0", new HandmadeV1().batch(0, 1).frequency(0)],
    ['bad definition of string 1', running().string(1, 'again')],
    ['a stack of 1001 frames', running().event('Stack', 9, 1001)],
    ['a time is out of range', running().at(2 ** 53, 'HeapAlloc', 1)],
  ]
  test.each(wrong)('%s', (why, trace) => {
    let error: unknown
    try {
      read(trace)
    } catch (e) {
      error = e
    }
    expect(error).toBeInstanceOf(DecodeError)
    expect((error as DecodeError).message).toContain(why)
  })

  test('strings and stacks that the file lacks end the reading after what came before', () => {
    for (const trace of [
      running().at(1, 'UserTaskCreate', 1, 0, 99),
      running().at(1, 'GoCreate', 2, 99),
      running().stack(6, [1, 99, 1, 1]).at(1, 'GoSleep', 6),
      running().at(1, 'FutileWakeup'),
    ]) {
      const { lines, end } = read(trace)
      expect(lines).toHaveLength(3)
      expect(end.error).toBeInstanceOf(DecodeError)
      expect(end).toMatchObject({ events: 3, usable: 1 })
    }
  })
})

describe('reading', () => {
  test('stops after as many events as it is told', () => {
    const trace = running().at(1, 'GoSysCall').at(1, 'GoSysCall')
    const all = linesOf(trace)
    for (let limit = 0; limit <= all.length; limit++) {
      const notes = new Notes()
      const end = readTrace(trace.bytes, [notes], { limit })
      expect(notes.lines).toEqual(all.slice(0, limit))
      expect(end.events).toBe(limit)
    }
  })

  test('events pass through blocks of limited size', () => {
    const trace = running()
    for (let i = 0; i < 10_000; i++) trace.at(1, 'HeapAlloc', i)
    const lengths: number[] = []
    readTrace(trace.bytes, [{ block: (b) => lengths.push(b.length) }], {})
    expect(lengths.reduce((a, b) => a + b)).toBe(10_004)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(4096)
  })
})

describe('damage', () => {
  const whole = running()
    .at(1, 'UserTaskCreate', 1, 0, 2, 5)
    .event('UserLog', 1, 1, 2, 5)
    .text('text')
    .at(1, 'GoSysCall', 5)
    .at(1, 'GoSysBlock')
    .at(1, 'GoSysExit', 1, 2, 117)
    .batch(1, 110)
    .event('CPUSample', 0, 117, 0, 1, 5)
    .at(1, 'ProcStart', 3)
    .at(20, 'GoStart', 1, 3)
    .at(1, 'GoEnd').bytes

  /** Reads; anything but a DecodeError fails the test. */
  const survives = (bytes: Uint8Array): boolean => {
    try {
      return readTrace(bytes, [new Notes()], {}).error === undefined
    } catch (e) {
      expect(e).toBeInstanceOf(DecodeError)
      return false
    }
  }

  test('the trace is whole', () => {
    expect(survives(whole)).toBe(true)
  })

  test('cut off at every byte', () => {
    for (let n = 16; n < whole.length; n++) survives(whole.subarray(0, n))
  })

  test('each byte changed in several ways', () => {
    let read = 0
    for (let at = 16; at < whole.length; at++)
      for (const change of [1, 2, 4, 8, 16, 32, 64, 128, 255, 0x3f]) {
        const bytes = Uint8Array.from(whole)
        bytes[at] ^= change
        if (survives(bytes)) read++
      }
    // Changed numbers mostly make another good trace.
    expect(read).toBeGreaterThan(50)
  })
})
