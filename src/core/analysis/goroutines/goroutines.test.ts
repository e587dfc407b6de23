import { describe, expect, test } from 'vitest'
import { GoroutineBuilder } from '../../model/goroutine-builder.ts'
import { GOROUTINE, type Goroutines } from '../../model/goroutines.ts'
import { parseArguments } from './arguments.ts'
import { FrameOrigins } from './code.ts'
import { comparableDumps, compareDumps } from './compare.ts'
import { crashAdvice } from './crashes.ts'
import { buildCreators } from './creators.ts'
import { buildGroups, type Similarity, StackKeys } from './groups.ts'
import { buildLeaks } from './leaks.ts'
import { selectGoroutines } from './select.ts'
import { KNOWN_STATES, stateMeaning } from './states.ts'
import { buildWaits } from './waits.ts'

interface Plain {
  readonly goid?: number
  readonly state?: string
  readonly minutes?: number
  /** "function(arguments) file:line", leaf first. */
  readonly stack: readonly string[]
  readonly createdBy?: string
  readonly creator?: number
  readonly flags?: number
}

/** Goroutines of several dumps, drawn in text. */
function goroutines(...dumps: readonly (readonly Plain[])[]): Goroutines {
  const b = new GoroutineBuilder()
  const id = (s: string): number => b.strings.intern(s)
  const frame = (text: string): [number, string] => {
    const m = /^(.*?)(?:\(([^()]*)\))? (\S+):(\d+)$/.exec(text)!
    return [b.frame(id(m[1]), id(m[3]), Number(m[4]), 0, 0), m[2] ?? '']
  }
  dumps.forEach((rows) => {
    const dump = b.openDump('dump', 0, 0)
    rows.forEach((r, k) => {
      const calls = r.stack.map((text) => {
        const [row, args] = frame(text)
        return b.call(row, id(args))
      })
      b.addGoroutine({
        dump,
        goid: r.goid ?? k + 1,
        weight: 1,
        state: id(r.state ?? 'running'),
        minutes: r.minutes ?? 0,
        flags: r.flags ?? 0,
        bubble: 0,
        creator: r.creator ?? 0,
        createdBy: r.createdBy === undefined ? 0 : frame(r.createdBy)[0],
        stack: b.stackOf(calls, calls.length),
        labelSet: 0,
        thread: -1,
      })
    })
  })
  return b.done()
}

const all = (g: Goroutines): number[] => selectGoroutines(g, {})
const waits = (g: Goroutines) => buildWaits(g, all(g), new FrameOrigins(g))

const LOCK = [
  'internal/sync.runtime_SemacquireMutex(0x0?, 0x0?, 0x0?) runtime/sema.go:95',
  'internal/sync.(*Mutex).lockSlow(0xc000012000) internal/sync/mutex.go:149',
  'sync.(*Mutex).Lock sync/mutex.go:46',
]

describe('arguments', () => {
  test('words, doubt and braces', () => {
    expect(parseArguments('0xc000012345, {0x1?, _, {0x2, ...}}, ...')).toEqual([
      { hex: '0xc000012345', certain: true, depth: 0 },
      { hex: '0x1', certain: false, depth: 1 },
      { hex: '', certain: false, depth: 1 },
      { hex: '0x2', certain: true, depth: 2 },
      { hex: '', certain: false, depth: 2 },
      { hex: '', certain: false, depth: 0 },
    ])
  })
})

describe('states', () => {
  test('every state has a sentence, and those that are made up have none of their own', () => {
    for (const s of KNOWN_STATES) expect(stateMeaning(s).meaning).toMatch(/\.$/)
    expect(stateMeaning('no such state').kind).toBe('unknown')
    expect(stateMeaning('constructor').kind).toBe('unknown')
  })

  test('which ones keep a thread', () => {
    expect(KNOWN_STATES.filter((s) => stateMeaning(s).holdsThread)).toEqual(['running', 'syscall'])
  })
})

describe('groups', () => {
  const g = goroutines([
    { state: 'select', minutes: 1, stack: ['main.f(0x1) /m.go:1', 'main.g /m.go:9'] },
    { state: 'select', minutes: 5, stack: ['main.f(0x2) /m.go:1', 'main.g /m.go:9'] },
    { state: 'select', minutes: 9, stack: ['main.f(0x1) /m.go:2', 'main.g /m.go:9'] },
    { state: 'select', minutes: 2, stack: ['time.Sleep time/t.go:1', 'main.f /m.go:3', 'main.g /m.go:9'] },
    { state: 'sleep', stack: ['main.f(0x1) /m.go:1', 'main.g /m.go:9'] },
  ])
  const weights = (by: Similarity): number[] => [
    ...buildGroups(g, new StackKeys(g, by, new FrameOrigins(g)), all(g)).weight,
  ]

  test('from strict to loose', () => {
    expect(weights('arguments')).toEqual([1, 1, 1, 1, 1])
    expect(weights('lines')).toEqual([2, 1, 1, 1])
    expect(weights('functions')).toEqual([3, 1, 1])
    expect(weights('user')).toEqual([4, 1])
  })

  test('how long', () => {
    const x = buildGroups(g, new StackKeys(g, 'functions', new FrameOrigins(g)), all(g))
    expect([x.minMinutes[0], x.medianMinutes[0], x.maxMinutes[0], x.stacks[0]]).toEqual([1, 5, 9, 3])
  })

  test('filters', () => {
    const names = (f: Parameters<typeof selectGoroutines>[1]): number[] => selectGoroutines(g, f)
    expect(names({ state: (s) => s === 'sleep' })).toEqual([4])
    expect(names({ minMinutes: 5 })).toEqual([1, 2])
    expect(names({ focus: (n) => n === 'time.Sleep' })).toEqual([3])
    expect(names({ ignore: (n) => n === 'time.Sleep' })).toEqual([0, 1, 2, 4])
    expect(names({ goids: new Set([2, 3]) })).toEqual([1, 2])
  })
})

describe('whose code', () => {
  test('the frame that tells', () => {
    const g = goroutines([
      { stack: ['time.Sleep time/t.go:1', 'main.f /m.go:3', 'main.main /m.go:9'] },
      { stack: ['net.(*conn).Read net/net.go:1', 'net/http.(*conn).serve net/http/server.go:2'] },
      { stack: ['sync.runtime_Semacquire runtime/sema.go:1', 'sync.(*WaitGroup).Wait sync/waitgroup.go:2'] },
      {
        stack: [
          'runtime.gopark runtime/proc.go:1',
          'runtime.bgsweep runtime/m.go:2',
          'runtime.goexit runtime/a.s:1',
        ],
      },
      { stack: [] },
    ])
    const o = new FrameOrigins(g)
    expect(Array.from(g.table.stack, (s) => (o.telling(s) === 0 ? '' : o.name(o.telling(s))))).toEqual([
      'main.f',
      'net/http.(*conn).serve',
      'sync.(*WaitGroup).Wait',
      'runtime.bgsweep',
      '',
    ])
  })
})

describe('waits', () => {
  const waiter = (goid: number): Plain => ({
    goid,
    state: 'sync.Mutex.Lock',
    stack: [...LOCK, 'main.f(0x0?) /m.go:10'],
  })

  test('who waits for the same lock; the holder is further on in the function', () => {
    const g = goroutines([
      waiter(1),
      waiter(2),
      { goid: 3, state: 'sleep', stack: ['time.Sleep time/t.go:1', 'main.f /m.go:12'] },
    ])
    const { points, cycles } = waits(g)
    expect(points).toMatchObject([
      { address: '0xc000012000', kind: 'Mutex', rows: [0, 1], holder: { row: 2, certainty: 'likely' } },
    ])
    expect(cycles).toEqual([])
  })

  test('two that may hold it are none', () => {
    const later = (goid: number): Plain => ({ goid, state: 'sleep', stack: ['main.f /m.go:12'] })
    const g = goroutines([waiter(1), later(2), later(3)])
    expect(waits(g).points[0].holder).toBeUndefined()
  })

  test('earlier in the function does not hold it', () => {
    const g = goroutines([waiter(1), { goid: 2, state: 'sleep', stack: ['main.f /m.go:9'] }])
    expect(waits(g).points[0].holder).toBeUndefined()
  })

  test('addresses in doubt are not taken', () => {
    const stack = LOCK.map((l) => l.replace('0xc000012000', '0xc000012000?'))
    const g = goroutines([{ state: 'sync.Mutex.Lock', stack: [...stack, 'main.f /m.go:1'] }])
    expect(waits(g)).toMatchObject({ points: [], notVisible: 1 })
  })

  test('a Once that is being run', () => {
    const inOnce = (address: string): string => `sync.(*Once).doSlow(${address}, 0x1) sync/once.go:78`
    const lock = LOCK.map((l) => l.replace('0xc000012000', '0xc000012004'))
    const g = goroutines([
      { goid: 1, state: 'sync.Mutex.Lock', stack: [...lock, inOnce('0xc000012000'), 'main.f /m.go:1'] },
      {
        goid: 2,
        state: 'sleep',
        stack: ['time.Sleep time/t.go:1', 'main.init /m.go:7', inOnce('0xc000012000'), 'main.f /m.go:1'],
      },
    ])
    expect(waits(g).points).toMatchObject([
      { address: '0xc000012004', kind: 'Once', holder: { row: 1, certainty: 'proven' } },
    ])
  })

  test('two locks in different orders', () => {
    const both = (goid: number, first: string, second: string): Plain => ({
      goid,
      state: 'sync.Mutex.Lock',
      stack: [
        ...LOCK.map((l) => l.replace('0xc000012000', second)),
        `main.lockBoth(${first}, ${second}) /m.go:5`,
      ],
    })
    const dump = [both(1, '0xc000012000', '0xc000013000'), both(2, '0xc000013000', '0xc000012000')]
    const { cycles } = waits(goroutines(dump))
    expect(cycles).toEqual([{ rows: [0, 1], certainty: 'likely' }])
    const leaked = dump.map((r) => ({ ...r, flags: GOROUTINE.leaked }))
    expect(waits(goroutines(leaked)).cycles).toEqual([{ rows: [0, 1], certainty: 'proven' }])
  })

  test('equal addresses of different dumps are different things', () => {
    const g = goroutines([waiter(1)], [waiter(1)])
    expect(waits(g).points.map((p) => [p.dump, p.rows])).toEqual([
      [0, [0]],
      [1, [1]],
    ])
  })
})

describe('several dumps', () => {
  const send = (goid: number): Plain => ({
    goid,
    state: 'chan send',
    stack: ['main.send /m.go:3'],
    createdBy: 'main.start /m.go:9',
    creator: 1,
  })
  const main: Plain = { goid: 1, state: 'sleep', stack: ['main.main /m.go:1'] }
  const range = (from: number, to: number): Plain[] =>
    Array.from({ length: to - from }, (_, k) => send(from + k))

  test('grown, stuck, new and gone', () => {
    const g = goroutines([main, ...range(10, 30)], [main, ...range(12, 60)], [main, ...range(12, 100)])
    const origins = new FrameOrigins(g)
    const keys = new StackKeys(g, 'lines', origins)
    const c = compareDumps(g, keys, all(g), comparableDumps(g))!
    expect(c.groups[0]).toMatchObject({ weights: [20, 48, 88], stuck: 18, fresh: 70, gone: 2 })
    expect([c.byGoid, c.stuck, c.fresh, c.gone]).toEqual([true, 19, 70, 2])
    const last = all(g).filter((row) => row >= g.dumps[2].start)
    const suspects = buildLeaks(g, buildGroups(g, keys, last), c, origins)
    expect(suspects).toMatchObject([{ weight: 88, certainty: 'likely', weights: [20, 48, 88] }])
    expect(suspects[0].reasons.length).toBe(2)
  })

  test('no growth, no suspect', () => {
    const g = goroutines([main, ...range(10, 40)], [main, ...range(50, 80)])
    const origins = new FrameOrigins(g)
    const keys = new StackKeys(g, 'lines', origins)
    const c = compareDumps(g, keys, all(g), comparableDumps(g))!
    expect(c.groups[0]).toMatchObject({ weights: [30, 30], stuck: 0, fresh: 30, gone: 30 })
    const last = all(g).filter((row) => row >= g.dumps[1].start)
    expect(buildLeaks(g, buildGroups(g, keys, last), c, origins)).toEqual([])
  })

  test('who started them', () => {
    const g = goroutines([main, ...range(10, 15)])
    const [first] = buildCreators(g, all(g))
    expect(first).toMatchObject({ weight: 5, goids: [{ goid: 1, made: 5, row: 0 }] })
  })
})

describe('crashes', () => {
  const crash = (fatal: string, panic = '') =>
    crashAdvice({
      kind: fatal === '' ? 'panic' : 'fatal',
      panics: panic === '' ? [] : [{ text: panic, recovered: false, repanicked: false }],
      fatal,
      signal: '',
      runtimeLines: [],
      runtimeStack: 0,
      registers: [],
      threads: 1,
    })?.meaning

  test('what they mean', () => {
    expect(crash('all goroutines are asleep - deadlock!')).toMatch(/waits for another/)
    expect(crash('concurrent map writes')).toMatch(/one map/)
    expect(crash('concurrent map iteration and map write')).toMatch(/one map/)
    expect(crash('sync: unlock of unlocked mutex')).toMatch(/nobody had locked/)
    expect(crash('sync: RUnlock of unlocked RWMutex')).toMatch(/nobody had locked/)
    expect(crash('stack overflow')).toMatch(/calls itself/)
    expect(crash('runtime: out of memory')).toMatch(/no more memory/)
    expect(crash('', 'runtime error: index out of range [5] with length 3')).toMatch(/index/)
    expect(crash('', 'my own words')).toBeUndefined()
  })
})
