import { describe, expect, test } from 'vitest'
import { readLines, traceBytes, varint } from '../../../../../test/kit/trace-text.ts'
import { readTrace } from '../read-trace.ts'

const lines = (text: string): string[] => readLines(traceBytes(text)).lines
const errorOf = (text: string): string => readLines(traceBytes(text)).end.error?.message ?? ''
const syncs = (all: readonly string[]): string[] => all.filter((line) => line.includes(' Sync '))

const frequency = 'EventBatch gen=1 m=-1 time=100\nFrequency freq=1000000000'
const clocks = (gen: number, time: number): string =>
  `EventBatch gen=${gen} m=-1 time=${time}
  Sync
  Frequency freq=1000000000
  ClockSnapshot dt=5 mono=77 sec=1700000000 nsec=50`
const proc = (m: number, time: number, p: number): string =>
  `EventBatch gen=1 m=${m} time=${time}\nProcStatus p=${p} pstatus=2`

/** Three generations in which goroutine 1 is running, with strings, stacks, a task and samples. */
function threeGenerations(minor: number): string {
  const generation = (gen: number): string => `
    EventBatch gen=${gen} m=-1 time=${gen * 1000}
    ${minor >= 25 ? 'Sync' : ''}
    Frequency freq=1000000000
    ${minor >= 25 ? `ClockSnapshot mono=7 sec=1700000000 nsec=${gen}` : ''}
    EventBatch gen=${gen} m=1 time=${gen * 1000}
    ProcStatus p=0 pstatus=1
    GoStatus g=1 m=1 gstatus=2
    UserTaskBegin task=${gen} name_string=1 stack=1
    GoStop dt=300 reason_string=1 stack=1
    GoStart g=1 g_seq=1
    HeapAlloc heapalloc_value=300000
    EventBatch gen=${gen} m=-1 time=${gen * 1000 + 20}
    Strings
    String id=1
    data="main.${gen}"
    EventBatch gen=${gen} m=-1 time=${gen * 1000 + 20}
    Stacks
    Stack id=1
    pc=4096 func=1 file=1 line=7
    EventBatch gen=${gen} m=-1 time=${gen * 1000 + 20}
    CPUSamples
    CPUSample time=${gen * 1000 + 3} m=1 p=0 g=1 stack=1
    ${minor >= 26 ? 'EndOfGeneration' : ''}`
  return `Trace Go1.${minor}\n${[1, 2, 3].map(generation).join('\n')}`
}

describe('times', () => {
  test('each step is cut to whole nanoseconds by itself', () => {
    // A third of a nanosecond to a tick: batch time 10 -> 3, then 2 -> 0, 4 -> 1, 8 -> 2.
    const trace = `Trace Go1.22
      EventBatch gen=1 m=-1 time=10
      Frequency freq=3000000000
      EventBatch gen=1 m=1 time=10
      ProcStatus dt=2 p=0 pstatus=2
      ProcStatus dt=4 p=1 pstatus=2
      ProcStatus dt=80 p=2 pstatus=2`
    expect(lines(trace).map((line) => /Time=(\d+)/.exec(line)?.[1])).toEqual(['3', '4', '5', '30', '31'])
  })

  test('every batch starts from its own time, which may be earlier', () => {
    const trace = `Trace Go1.22\n${frequency}\n${proc(1, 200, 0)}\n${proc(1, 150, 1)}`
    expect(lines(trace).map((line) => /Time=(\d+)/.exec(line)?.[1])).toEqual(['100', '201', '202', '203'])
  })

  test('a machine that has been up for years', () => {
    const trace = `Trace Go1.22
      EventBatch gen=1 m=-1 time=281474976710656
      Frequency freq=15625000
      EventBatch gen=1 m=1 time=281474976710656
      ProcStatus p=0 pstatus=2`
    expect(lines(trace)[1]).toContain('Time=18014398509482048 ')
    expect(readLines(traceBytes(trace)).end.lastTime).toBe(65)
  })

  test('times that no double holds are exact, and so is their order', () => {
    const trace = `Trace Go1.22
      ${frequency}
      ${proc(1, 100, 1)}
      EventBatch gen=1 m=2 time=9007199254750000
      ProcStatus dt=2 p=2 pstatus=2
      EventBatch gen=1 m=3 time=9007199254750000
      ProcStatus dt=1 p=3 pstatus=2
      ProcStatus dt=9007199254750993 p=4 pstatus=2
      ProcStatus dt=1 p=5 pstatus=2`
    expect(lines(trace).map((line) => /Time=(\d+)/.exec(line)?.[1])).toEqual([
      '100',
      '101',
      '9007199254750001',
      '9007199254750002',
      // dt is rounded to a double on the way.
      '18014398509500993',
      '18014398509500994',
      '18014398509500995',
    ])
  })

  test('times beyond int64 become its least value, as in the reference', () => {
    const trace = `Trace Go1.22
      EventBatch gen=1 m=-1 time=0
      Frequency freq=0
      EventBatch gen=1 m=1 time=5
      ProcStatus p=0 pstatus=2
      ProcStatus p=1 pstatus=2`
    expect(lines(trace).map((line) => /Time=(-?\d+)/.exec(line)?.[1])).toEqual(['1', '2', '3', '4'])
  })
})

describe('tables', () => {
  const stack = (rest: string): string => `Trace Go1.22
    ${frequency}
    EventBatch gen=1 m=-1 time=1
    Stacks
    ${rest}
    EventBatch gen=1 m=-1 time=1
    Strings
    String id=1
    data="f"
    String id=2
    data="/f.go"`

  test('may come behind the events; the first frame of a pc holds for all stacks', () => {
    const trace = `Trace Go1.22
      ${frequency}
      EventBatch gen=1 m=1 time=100
      ProcStatus p=0 pstatus=1
      GoStatus g=1 m=1 gstatus=2
      GoStop reason_string=1 stack=8
      GoUnblock g=2 g_seq=1 stack=9
      GoStatus g=2 m=-1 gstatus=4
      EventBatch gen=1 m=2 time=10
      GoStatus g=2 m=-1 gstatus=4
      EventBatch gen=1 m=-1 time=1
      Stacks
      Stack id=9
      pc=16 func=2 file=1 line=5
      Stack id=8
      pc=32 func=1 file=2 line=18446744073709551615
      pc=16 func=1 file=2 line=7
      EventBatch gen=1 m=-1 time=1
      Strings
      String id=1
      data="f"
      String id=2
      data="g"`
    const frames = 'f @ 0x20 g:18446744073709551615 g @ 0x10 f:5'
    expect(lines(trace)[4]).toContain(`Reason="f" TransitionStack= ${frames} Stack= ${frames}`)
    expect(lines(trace)[5]).toMatch(/Waiting->Runnable Reason="" Stack= g @ 0x10 f:5$/)
  })

  test('ids of all sizes', () => {
    const trace = `Trace Go1.22
      ${frequency}
      EventBatch gen=1 m=-1 time=1
      Strings
      String id=18446744073709551615
      data="a"
      String id=18446744073709551614
      data="b"
      String id=9000000
      data="c"
      EventBatch gen=1 m=1 time=100
      ProcStatus p=18446744073709551614 pstatus=1
      GoStatus g=9223372036854775807 m=1 gstatus=2
      UserLog key_string=18446744073709551615 value_string=18446744073709551614
      GoStop reason_string=9000000`
    expect(lines(trace).slice(2, 5)).toEqual([
      'M=1 P=-2 G=-1 StateTransition Time=102 GoID=9223372036854775807 Undetermined->Running Reason=""',
      'M=1 P=-2 G=9223372036854775807 Log Time=103 Task=0 Category="a" Message="b"',
      'M=1 P=-2 G=9223372036854775807 StateTransition Time=104 GoID=9223372036854775807 Running->Runnable Reason="c"',
    ])
  })

  test.each([
    ['Stack id=1\npc=1 func=1 file=2 line=3\nStack id=1', /two stacks 1/],
    ['Stack id=0', /two stacks 0/],
    ['Stack id=1\npc=1 func=1 file=3 line=3', /no string 3/],
    ['raw 3 1 129 1', /more than 128/],
    ['raw 3 1 1 1 1 1', /middle of a number/],
    ['raw 5', /should start here/],
  ])('a broken stack: %s', (text, message) => {
    expect(errorOf(stack(text))).toMatch(message)
  })

  test.each([
    ['String id=1\nString id=1', /two strings 1/],
    ['String id=0', /two strings 0/],
    [`raw 5 1 ${varint(1025).join(' ')}`, /longer than 1024/],
    ['raw 5 1 9 1', /middle of a string/],
    ['raw 7', /should start here/],
  ])('a broken string: %s', (text, message) => {
    expect(errorOf(`Trace Go1.22\n${frequency}\nEventBatch gen=1 m=-1 time=1\nStrings\n${text}`)).toMatch(
      message,
    )
  })

  test('CPU samples are sorted, and come before events of a later time only', () => {
    const trace = `Trace Go1.22
      ${frequency}
      ${proc(1, 199, 0)}
      EventBatch gen=1 m=-1 time=1
      CPUSamples
      CPUSample time=300 m=2 p=-1 g=0
      CPUSample time=200 m=3 p=1 g=7
      CPUSample time=199 m=1 p=1 g=7`
    expect(lines(trace)).toEqual([
      'M=-1 P=-1 G=-1 Sync Time=1 N=1',
      'M=1 P=1 G=7 StackSample Time=199 Stack=',
      'M=1 P=-1 G=-1 StateTransition Time=200 ProcID=0 Undetermined->Idle Reason=""',
      'M=3 P=1 G=7 StackSample Time=201 Stack=',
      'M=2 P=-1 G=-1 StackSample Time=300 Stack=',
      'M=-1 P=-1 G=-1 Sync Time=301 N=2',
    ])
  })

  test('the clock snapshot is shown with the Sync of its generation', () => {
    expect(lines(`Trace Go1.26\n${clocks(1, 100)}\nEndOfGeneration`)).toEqual([
      'M=-1 P=-1 G=-1 Sync Time=100 N=1 Trace=105 Mono=77 Wall=2023-11-14T22:13:20.00000005Z',
      'M=-1 P=-1 G=-1 Sync Time=101 N=2',
    ])
    const odd = `Trace Go1.25\nEventBatch gen=1 m=-1 time=1\nSync\nClockSnapshot sec=-1 nsec=-1\nFrequency freq=1000000000`
    expect(lines(odd)[0]).toContain('Wall=1969-12-31T23:59:58.999999999Z')
  })
})

describe('generations', () => {
  test.each([
    ['Trace Go1.22', 1, /lacks its clock frequency/],
    ['Trace Go1.25', 1, /lacks its clock frequency/],
    ['Trace Go1.26', 1, /^$/],
    ['Trace Go1.26\nEndOfGeneration', 1, /lacks its clock frequency/],
    ['Trace Go1.25\nEndOfGeneration', 1, /belongs to no generation/],
    [`Trace Go1.25\n${frequency}`, 1, /lacks its clock frequency/],
    ['Trace Go1.25\nEventBatch gen=1 m=-1 time=1\nSync\nFrequency freq=1000', 1, /lacks its clock snapshot/],
    [
      `Trace Go1.22\n${frequency}\nEventBatch gen=1 m=-1 time=1\nFrequency freq=1`,
      1,
      /two clock frequencies/,
    ],
    [`Trace Go1.25\n${clocks(1, 1)}\nClockSnapshot`, 1, /two clock snapshots/],
    ['Trace Go1.22\nEventBatch gen=0 m=-1 time=1\nFrequency freq=1', 1, /belongs to no generation/],
    [`Trace Go1.22\n${frequency}\nEventBatch gen=3 m=1 time=1`, 1, /several generations/],
    [`Trace Go1.22\n${frequency}\nEventBatch gen=2 m=1 time=1`, 2, /lacks its clock frequency/],
    [`Trace Go1.26\n${clocks(1, 1)}\nEventBatch gen=2 m=1 time=1`, 1, /several generations/],
    [`Trace Go1.26\n${clocks(1, 1)}\nEventBatch gen=1 m=1 time=1`, 1, /middle of a generation/],
    [`Trace Go1.26\n${clocks(1, 1)}`, 1, /^$/],
    [`Trace Go1.26\n${clocks(1, 1)}\nEndOfGeneration\nraw 9`, 2, /not a byte 9/],
    ['Trace Go1.22\nraw 1 1 1 1 0x81 0x80 4', 1, /larger than 65536/],
    // What is wrong behind a complete generation is told after it.
    [
      `Trace Go1.22\n${frequency}\n${proc(1, 1, 0)}\nEventBatch gen=1 m=1 time=1 size=9`,
      2,
      /middle of a batch/,
    ],
    // Bytes of experiments are not looked at. The end behind their first byte is a clean end.
    [`Trace Go1.23\n${frequency}\nExperimentalBatch exp=9 gen=1 m=1 time=50\ndata="xyz"`, 2, /^$/],
    [`Trace Go1.23\n${frequency}\nExperimentalBatch exp=9 gen=1 m=1 time=50\ndata="xyz"\nraw 0x31`, 2, /^$/],
  ])('%s', (text, count, message) => {
    const all = readLines(traceBytes(text))
    expect(all.end.error?.message ?? '').toMatch(message)
    expect(syncs(all.lines).length).toBe(count)
    expect(all.end.usable).toBe(all.end.events)
  })

  test('batches of unknown experiments are counted', () => {
    const batch = (exp: number): string => `ExperimentalBatch exp=${exp} gen=1 m=1 time=100\ndata="xyz"\n`
    const text = `Trace Go1.23\n${frequency}\n${batch(1)}${batch(9)}${batch(100)}`
    expect(readLines(traceBytes(text)).end.skipped).toBe(2)
  })

  test('their tables are their own', () => {
    for (const minor of [22, 23, 25, 26]) {
      const { lines: all, end } = readLines(traceBytes(threeGenerations(minor)))
      expect(end.error).toBeUndefined()
      expect(end.usable).toBe(end.events)
      expect(end.validBytes).toBe(end.size)
      expect(syncs(all).length).toBe(4)
      expect(
        all.filter((line) => line.includes('TaskBegin')).map((line) => /Type="([^"]*)"/.exec(line)?.[1]),
      ).toEqual(['main.1', 'main.2', 'main.3'])
      expect(
        all.filter((line) => line.includes('StackSample')).map((line) => / Stack= (.*)$/.exec(line)?.[1]),
      ).toEqual(['main.1 @ 0x1000 main.1:7', 'main.2 @ 0x1000 main.2:7', 'main.3 @ 0x1000 main.3:7'])
    }
  })
})

describe('limit and progress', () => {
  test('any limit gives the events up to it', () => {
    const bytes = traceBytes(`${threeGenerations(26)}`)
    const all = readLines(bytes).lines
    for (let limit = 0; limit <= all.length + 1; limit++) {
      const { lines: some, end } = readLines(bytes, { limit })
      expect(some).toEqual(all.slice(0, limit))
      expect(end.events).toBe(some.length)
      expect(end.usable).toBe(some.length)
      expect(end.error).toBeUndefined()
    }
  })

  test('a limit within the three events of a switch', () => {
    const trace = `Trace Go1.23
      ${frequency}
      EventBatch gen=1 m=1 time=100
      ProcStatus p=0 pstatus=1
      GoStatus g=1 m=1 gstatus=2
      GoCreateBlocked new_g=2
      GoSwitch g=2 g_seq=1`
    expect(readLines(traceBytes(trace), { limit: 5 }).lines).toEqual(lines(trace).slice(0, 5))
    expect(readLines(traceBytes(trace), { limit: 6 }).lines.at(-1)).toContain('Running->Waiting')
  })

  test('more events than a block holds, in one batch after another', () => {
    const one = 'HeapAlloc heapalloc_value=1\n'
    const batches = Array.from(
      { length: 20 },
      (_, i) => `EventBatch gen=1 m=1 time=${1000 * (i + 1)}\n${one.repeat(500)}`,
    )
    const bytes = traceBytes(
      `Trace Go1.22\n${frequency}\nEventBatch gen=1 m=1 time=100\nProcStatus p=0 pstatus=1\n${batches.join('')}`,
    )
    const blocks: number[] = []
    const seen: number[] = []
    const count = (block: { length: number }): void => {
      blocks.push(block.length)
    }
    const end = readTrace(bytes, [{ block: count }], { progress: (at) => seen.push(at) })
    expect(end.events).toBe(10003)
    expect(blocks.reduce((a, b) => a + b)).toBe(10003)
    expect(Math.max(...blocks)).toBeLessThanOrEqual(4096)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    expect(seen.at(-1)).toBe(bytes.length)
    const part = readTrace(bytes, [], { limit: 5000 })
    expect(part.events).toBe(5000)
  })
})

describe('damage', () => {
  for (const minor of [22, 25, 26])
    test(`a Go 1.${minor} trace cut at every byte`, () => {
      const bytes = traceBytes(threeGenerations(minor))
      const all = readLines(bytes).lines
      for (let n = 16; n < bytes.length; n++) {
        const { lines: some, end } = readLines(bytes.subarray(0, n))
        expect(end.events).toBe(some.length)
        expect(end.usable).toBeLessThanOrEqual(end.events)
        expect(end.validBytes).toBeLessThanOrEqual(n)
        expect(some[end.usable - 1]).toMatch(/ Sync /)
        // All but the Sync at the end, whose time depends on where that is. Samples may be missing.
        const events = some
          .slice(0, -1)
          .filter((line) => !line.includes('StackSample') && !line.includes(' Sync '))
        expect(
          all
            .filter((line) => !line.includes('StackSample') && !line.includes(' Sync '))
            .slice(0, events.length),
        ).toEqual(events)
      }
    })

  test('an error while ordering keeps the generations before it', () => {
    const text = threeGenerations(26).replace(
      'GoStart g=1 g_seq=1\n    HeapAlloc',
      'GoStart g=1 g_seq=9\n    HeapAlloc',
    )
    const { lines: all, end } = readLines(traceBytes(text))
    expect(end.error?.message).toMatch(/no thread can go on/)
    expect(end.usable).toBe(1)
    expect(end.events).toBe(all.length)
    expect(end.events).toBe(6)
    expect(end.validBytes).toBe(16)
  })

  test('flipped bits are errors or other events, never a hang or another exception', () => {
    let seed = 12345
    const random = (n: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
      return Math.floor((seed / 4294967296) * n)
    }
    for (const minor of [22, 25, 26]) {
      const sound = traceBytes(threeGenerations(minor))
      for (let n = 0; n < 200; n++) {
        const bytes = sound.slice()
        for (let k = 1 + random(3); k > 0; k--) bytes[16 + random(bytes.length - 16)] ^= 1 << random(8)
        for (const resume of [false, true]) {
          const { lines: some, end } = readLines(bytes, { resume })
          expect(end.events).toBe(some.length)
          const times = some.map((line) => BigInt(/ Time=(-?\d+)/.exec(line)?.[1] ?? ''))
          for (let i = 1; i < times.length; i++)
            if (times[i] <= times[i - 1]) throw new Error(`time went back in ${n}`)
        }
      }
    }
  })

  test('files made to take long', () => {
    // Generations with one huge string id each: what one costs must not depend on the id.
    const generation = (gen: number): string => `EventBatch gen=${gen} m=-1 time=1
      Frequency freq=1000000000
      EventBatch gen=${gen} m=-1 time=1
      Strings
      String id=1048575`
    const many = Array.from({ length: 3000 }, (_, i) => generation(i + 1)).join('\n')
    expect(readTrace(traceBytes(`Trace Go1.22\n${many}`), []).events).toBe(3001)
    // Many threads that all wait for the last one.
    const threads = Array.from(
      { length: 500 },
      (_, i) => `EventBatch gen=1 m=${i} time=10\nGoUnblock g=${i} g_seq=1`,
    )
    const status = Array.from({ length: 500 }, (_, i) => `GoStatus g=${i} m=-1 gstatus=4`).join('\n')
    const trace = `Trace Go1.22\n${frequency}\n${threads.join('\n')}\nEventBatch gen=1 m=1000 time=99\n${status}`
    const end = readTrace(traceBytes(trace), [])
    expect(end.error).toBeUndefined()
    expect(end.events).toBe(1002)
  })

  test('headers that are none', () => {
    const header = (text: string) => () => readTrace(new TextEncoder().encode(text), [])
    expect(header('')).toThrow(/empty/)
    expect(header('hello')).toThrow(/not a Go execution trace/)
    expect(header('go 1.22 trace\0\0')).toThrow(/not a Go execution trace/)
    expect(header('go 1.24 trace\0\0\0')).toThrow(/no trace format of Go 1.24/)
    expect(header('go 1.99 trace\0\0\0')).toThrow(/newer than this program/)
  })
})

describe('resume', () => {
  const events = (all: readonly string[]): string[] => all.filter((line) => !line.includes(' Sync '))
  const good = (minor: number): string[] => events(lines(threeGenerations(minor)))
  /** The same with an event in the second generation that nothing can come after. */
  const broken = (minor: number): string => {
    const [a, b, ...rest] = threeGenerations(minor).split('GoStart g=1 g_seq=1')
    return `${a}GoStart g=1 g_seq=1${b}GoStart g=1 g_seq=9${rest.join('GoStart g=1 g_seq=1')}`
  }

  for (const minor of [22, 25, 26])
    test(`Go 1.${minor}: an event that cannot be right costs its generation only`, () => {
      const { lines: all, end, gaps } = readLines(traceBytes(broken(minor)), { resume: true })
      expect(end.error).toBeUndefined()
      expect(end.usable).toBe(end.events)
      expect(gaps).toEqual([`${end.gaps[0].from} ${end.gaps[0].reason}`])
      expect(end.gaps.length).toBe(1)
      expect(end.gaps[0].reason).toMatch(/no thread can go on/)
      expect(end.gaps[0].to).toBeGreaterThan(end.gaps[0].from)
      expect(end.gaps[0].end).toBeGreaterThan(end.gaps[0].offset)
      // 7 events of the first generation, 5 of the second; the third starts anew, knowing nothing.
      const [g1, g2, g3] = [0, 7, 14].map((at) => good(minor).slice(at, at + 7))
      expect(events(all).slice(0, 12)).toEqual([...g1, ...g2.slice(0, 5)])
      expect(events(all).slice(12, 14)).toEqual([
        'M=1 P=-1 G=-1 StateTransition Time=3001 ProcID=0 Undetermined->Running Reason=""',
        'M=1 P=0 G=-1 StateTransition Time=3002 GoID=1 Undetermined->Running Reason=""',
      ])
      expect(events(all).slice(14)).toEqual(g3.slice(2))
    })

  for (const minor of [22, 25, 26])
    test(`Go 1.${minor}: bytes that are no batches are stepped over`, () => {
      const sound = traceBytes(threeGenerations(minor))
      // The head of the second generation's batch of events.
      const text = new TextDecoder('latin1').decode(sound)
      const at = text.indexOf('\x01\x02\x01')
      const bytes = sound.slice()
      bytes.fill(0xee, at, at + 12)
      const { lines: all, end } = readLines(bytes, { resume: true })
      expect(end.error).toBeUndefined()
      expect(end.gaps.length).toBe(1)
      expect(
        all.filter((line) => line.includes('TaskBegin')).map((line) => /Type="([^"]*)"/.exec(line)?.[1]),
      ).toEqual(['main.1', 'main.3'])
    })

  test('damage at the very end is still an error', () => {
    const { end } = readLines(traceBytes(threeGenerations(26)).subarray(0, -5), { resume: true })
    expect(end.error?.message).toMatch(/middle of a/)
    expect(end.usable).toBe(end.events)
  })
})
