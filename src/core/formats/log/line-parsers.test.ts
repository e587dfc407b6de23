import { describe, expect, test } from 'vitest'
import { encodeUtf8 } from '../../base/utf8.ts'
import { GC_SHAPES, PACER_COLUMNS, type PacerColumn, SCAVENGE_COLUMNS } from '../../model/gc-log.ts'
import type { RuntimeLog } from '../../model/runtime-log.ts'
import { Cursor } from './cursor.ts'
import { LogReader } from './read-log.ts'

function read(text: string): RuntimeLog {
  const reader = new LogReader()
  reader.push(encodeUtf8(`${text}\n`))
  const log = reader.end()
  expect(log.lines.strange).toEqual({ count: 0, first: [] })
  return log
}

/** The one row of a table, without what is not there. */
function rowOf(t: {
  names: readonly string[]
  count: number
  column(n: never): Float64Array
}): Record<string, number> {
  expect(t.count).toBe(1)
  const values = t.names.map((n) => [n, t.column(n as never)[0]!] as const)
  return Object.fromEntries(values.filter(([, v]) => !Number.isNaN(v)))
}

describe('numbers', () => {
  test.each([
    ['0.25', 0.25],
    ['+2.500000e-001', 0.25],
    ['1.31588134765625', 1.31588134765625],
    ['-17', -17],
    ['1234567890123456', 1234567890123456],
    ['1e+06', 1e6],
    ['+Inf', Number.POSITIVE_INFINITY],
    ['-Inf', Number.NEGATIVE_INFINITY],
    ['NaN', Number.NaN],
    ['', Number.NaN],
    ['-', Number.NaN],
  ])('%s', (text, value) => {
    const b = encodeUtf8(text)
    expect(new Cursor().set(b, 0, b.length).number()).toBe(value)
  })
})

describe('gctrace', () => {
  const shape = (n: number): { process: 0; shape: number } => ({ process: 0, shape: n })

  test('Go 1.2: mark, sweep and the rest in ms', () => {
    const log = read(
      'gc3(2): 4+1+0 ms, 12 -> 7 MB 40000 -> 20000 (90000-70000) objects, 1(12) handoff, 3(40) steal, 5/6/7 yields',
    )
    expect(rowOf(log.gc.rows)).toEqual({
      ...shape(0),
      number: 3,
      procs: 2,
      wall0: 4,
      wall1: 1,
      wall2: 0,
      before: 12,
      after: 7,
      live: 7,
      forced: 0,
      leakCheck: 0,
    })
  })

  test('Go 1.3: four phases in µs, the live heap of the cycle before', () => {
    const log = read(
      'gc7(4): 15+2+840+9 us, 3 -> 11 MB, 70000 (90000-20000) objects, 500/400/10 sweeps, 1(2) handoff, 3(40) steal, 5/6/7 yields',
    )
    expect(rowOf(log.gc.rows)).toEqual({
      ...shape(1),
      number: 7,
      procs: 4,
      wall0: 0.015,
      wall1: 0.002,
      wall2: 0.84,
      wall3: 0.009,
      livePrevious: 3,
      before: 11,
      forced: 0,
      leakCheck: 0,
    })
    expect(rowOf(log.gc.old)).toEqual({
      process: 0,
      number: 7,
      objects: 70000,
      mallocs: 90000,
      frees: 20000,
      spans: 500,
      sweptBackground: 400,
      sweptStopped: 10,
      handoffs: 1,
      handedOff: 2,
      steals: 3,
      stolen: 40,
      procYields: 5,
      osYields: 6,
      sleeps: 7,
    })
  })

  test('Go 1.4 counts goroutines', () => {
    const log = read(
      'gc7(4): 15+2+840+9 us, 3 -> 11 MB, 70000 (90000-20000) objects, 31 goroutines, 500/400/10 sweeps, 1(2) handoff, 3(40) steal, 5/6/7 yields',
    )
    expect(GC_SHAPES[rowOf(log.gc.rows).shape!]).toBe('Go 1.4')
    expect(rowOf(log.gc.old).goroutines).toBe(31)
  })

  test('Go 1.5: five phases, seven CPU times', () => {
    const log = read(
      'gc 4 @0.061s 5%: 0.04+1.5+0.10+2+0.30 ms clock, 0.08+1.5+0.20+0.7/1.1/0.5+0.60 ms cpu, 6->7->3 MB, 6 MB goal, 4 P',
    )
    expect(rowOf(log.gc.rows)).toMatchObject({
      ...shape(3),
      wall0: 0.04,
      wall1: 1.5,
      wall2: 0.1,
      wall3: 2,
      wall4: 0.3,
      cpuSweepTerm: 0.08,
      cpuAssist: 0.7,
      cpuIdle: 0.5,
      cpuMarkTerm: 0.6,
      goal: 6,
    })
    expect(rowOf(log.gc.rows).cpuBackground).toBeCloseTo(1.1 + 1.5 + 0.2, 9)
  })

  test('Go 1.9 and Go 1.27', () => {
    const old = read(
      'gc 12 @0.061s 5%: 0.045+1.9+0.10 ms clock, 0.18+0.16/1.8/4.1+0.42 ms cpu, 6->7->3 MB, 7 MB goal, 4 P (forced)',
    )
    expect(rowOf(old.gc.rows)).toEqual({
      ...shape(4),
      number: 12,
      time: 0.061,
      percent: 5,
      wall0: 0.045,
      wall1: 1.9,
      wall2: 0.1,
      cpuSweepTerm: 0.18,
      cpuAssist: 0.16,
      cpuBackground: 1.8,
      cpuIdle: 4.1,
      cpuMarkTerm: 0.42,
      before: 6,
      after: 7,
      live: 3,
      goal: 7,
      procs: 4,
      forced: 1,
      leakCheck: 0,
    })
    const now = read(
      'gc 12 @0.061s 5% (checking for goroutine leaks): 0.045+1.9+0.10 ms clock, 0.18+0.16/1.8/4.1+0.42 ms cpu, 6->7->3 MB, 7 MB goal, 1 MB stacks, 2 MB globals, 4 P (forced)',
    )
    expect(rowOf(now.gc.rows)).toMatchObject({ ...shape(5), leakCheck: 1, stacks: 1, globals: 2, forced: 1 })
  })

  test('the lines that come with collections', () => {
    const { gc, lines } = read(
      'GC forced\nscvg3: GC forced\nscan: total 10+20+30=60 objs, 1+2=3 spans\nscan: class 16B 10+0+0=10 objs, 0+0=0 spans\nscan: class L 5 objs\ncheckfinalizers: queue: 0 finalizers + 0 cleanups',
    )
    expect([gc.periodic, gc.scannedObjects, lines.kinds.gctrace, lines.kinds.scavenge]).toEqual([2, 60, 5, 1])
  })
})

describe('gcpacertrace', () => {
  const pacer = (line: string): Partial<Record<PacerColumn, number>> => rowOf(read(line).gc.pacer)

  test('starts of all versions', () => {
    const start = { process: 0, gc: 0, kind: 0, scanMB: 3, triggerMB: 3, goalMB: 4 }
    expect(pacer('pacer: assist ratio=+1.500000e+000 (scan 3 MB in 3->4 MB) workers=1+0')).toEqual({
      ...start,
      assistRatio: 1.5,
      workers: 1,
      fraction: 0,
    })
    expect(
      pacer('pacer: assist ratio=+1.500000e+000 (scan 3 MB in 3->4 MB) workers=0++2.500000e-001').fraction,
    ).toBe(0.25)
    expect(pacer('pacer: assist ratio=1.5 (scan 3 MB in 3->4 MB) workers=0+0.25').fraction).toBe(0.25)
  })

  test('ends of all versions', () => {
    expect(
      pacer(
        'pacer: H_m_prev=1000 h_t=+8.000000e-001 H_T=1800 h_a=+1.100000e+000 H_a=2100 h_g=+1.000000e+000 H_g=2000 u_a=+3.100000e-001 u_g=+3.000000e-001 W_a=77 goalΔ=+2.000000e-001 actualΔ=+3.000000e-001 u_a/u_g=+1.033333e+000',
      ),
    ).toEqual({
      process: 0,
      gc: 0,
      kind: 1,
      triggerRatio: 0.8,
      triggerBytes: 1800,
      actualRatio: 1.1,
      liveBytes: 2100,
      goalRatio: 1,
      goalBytes: 2000,
      cpuPercent: 31,
      cpuGoalPercent: 30,
      heapWork: 77,
    })
    const end = {
      process: 0,
      gc: 0,
      kind: 1,
      cpuPercent: 34,
      cpuGoalPercent: 25,
      heapWork: 100,
      stackWork: 20,
      globalsWork: 3,
      expectedWork: 120,
      triggerBytes: 3800,
      liveBytes: 4100,
      goalDelta: -34,
      consMark: 0.5,
      reset: 0,
    }
    const line =
      'pacer: 34% CPU (25 exp.) for 100+20+3 B work (120 B exp.) in 3800 B -> 4100 B (∆goal -34, cons/mark '
    expect(pacer(`${line}+5.000000e-001)`)).toEqual(end)
    expect(pacer(`${line}0.5)[controller reset]`)).toEqual({ ...end, reset: 1 })
  })

  test('sweeps', () => {
    expect(
      pacer(
        'pacer: sweep done at heap size 3MB; allocated 2MB during sweep; swept 519 pages at 0.25 pages/byte',
      ),
    ).toMatchObject({ kind: 2, heapMB: 3, allocatedMB: 2, pages: 519, pagesPerByte: 0.25 })
    expect(PACER_COLUMNS).toContain('pages')
  })
})

describe('memory given back', () => {
  test.each([
    ['scvg4: 12 MB released', { shape: 0, work: 12288, forced: 0 }],
    ['scvg-1: 12 MB released', { shape: 0, work: 12288, forced: 1 }],
    [
      'scvg: inuse: 1, idle: 2, sys: 3, released: 4, consumed: 5 (MB)',
      { shape: 1, inuseMB: 1, idleMB: 2, sysMB: 3, released: 4096, consumedMB: 5, forced: 0 },
    ],
    ['forced scvg: 7 MB released', { shape: 0, work: 7168, forced: 1 }],
    [
      'scav 9 300 KiB work, 4000 KiB total, 85% util (forced)',
      { shape: 2, work: 300, released: 4000, utilization: 85, forced: 1 },
    ],
    [
      'scav 0 KiB work, 3064 KiB total, 97% util [controller reset]',
      { shape: 2, work: 0, released: 3064, utilization: 97, forced: 0 },
    ],
    [
      'scav 8 KiB work (bg), 4 KiB work (eager), 7128 KiB now, 98% util',
      { shape: 3, work: 12, workBackground: 8, workEager: 4, released: 7128, utilization: 98, forced: 0 },
    ],
  ])('%s', (line, row) => {
    expect(rowOf(read(line).gc.scavenge)).toEqual({ process: 0, gc: 0, ...row })
    expect(SCAVENGE_COLUMNS[0]).toBe('process')
  })
})

test('inittrace', () => {
  const log = read('init internal/bytealg @0.004 ms, 0 ms clock, 16 bytes, 1 allocs')
  expect(rowOf(log.gc.inits)).toEqual({ process: 0, name: 0, at: 0.004, clock: 0, bytes: 16, allocs: 1 })
  expect(log.gc.initNames).toEqual(['internal/bytealg'])
})

describe('schedtrace', () => {
  test.each([
    [
      'SCHED 2005ms: gomaxprocs=4 idleprocs=1 threads=11 idlethreads=5 runqueue=6 [1 5 4 0]',
      'Go 1.4 or older',
      10,
    ],
    [
      'SCHED 2005ms: gomaxprocs=4 idleprocs=1 threads=11 spinningthreads=1 idlethreads=5 runqueue=6 [1 5 4 0]',
      'Go 1.5–1.19',
      10,
    ],
    [
      'SCHED 2005ms: gomaxprocs=4 idleprocs=1 threads=11 spinningthreads=1 needspinning=0 idlethreads=5 runqueue=6 [1 5 4 0]',
      'Go 1.20–1.24',
      10,
    ],
    [
      'SCHED 2005ms: gomaxprocs=4 idleprocs=1 threads=11 spinningthreads=1 needspinning=0 idlethreads=5 runqueue=6 [ 1 5 4 0 ] schedticks=[ 9 8 7 6 ]',
      'Go 1.25 or newer',
      10,
    ],
  ])('%s', (line, version, local) => {
    const log = read(line)
    expect(rowOf(log.sched.rows)).toMatchObject({
      time: 2005,
      gomaxprocs: 4,
      idleprocs: 1,
      threads: 11,
      runqueue: 6,
      local,
      localMax: 5,
      localUsed: 3,
    })
    expect(log.sched.versions).toBe(version)
    expect(log.sched.processes[0]!.procs.map((p) => p.queueMax)).toEqual([1, 5, 4, 0])
  })

  test('goroutines that stay where they are', () => {
    const snapshot = (t: number, g: string): string =>
      `SCHED ${t}ms: gomaxprocs=1 idleprocs=0 threads=5 spinningthreads=0 idlethreads=2 runqueue=0 gcwaiting=0 nmidlelocked=0 stopwait=0 sysmonwait=0\n  P0: status=1 schedtick=44 syscalltick=0 m=2 runqsize=0 gfreecnt=0\n${g}`
    const log = read(
      [
        snapshot(100, '  G7: status=3(chan receive) m=4 lockedm=-1\n  G8: status=4(IO wait) m=-1 lockedm=-1'),
        snapshot(
          200,
          '  G7: status=4099(chan receive) m=4 lockedm=-1\n  G8: status=4(IO wait) m=-1 lockedm=-1',
        ),
        snapshot(
          350,
          '  G7: status=3(chan receive) m=4 lockedm=-1\n  G8: status=4(IO wait) m=-1 lockedm=-1\n  G9: status=1() m=-1 lockedm=-1',
        ),
      ].join('\n'),
    )
    const [p] = log.sched.processes
    expect(p!.stuck).toEqual([
      { goid: 7, status: 3, reason: '', m: 4, lockedm: -1, from: 100, to: 350, snapshots: 3 },
    ])
    expect(p!.waitedThroughout).toEqual([{ reason: 'IO wait', count: 1, longest: 250 }])
    expect(p!.procs[0]).toMatchObject({ longestRun: 250, longestRunEnd: 350, byStatus: [0, 3, 0, 0, 0] })
    expect([...log.sched.rows.column('goroutines')]).toEqual([2, 2, 3])
  })
})

describe('allocfreetrace', () => {
  test('lifetimes, reuse, and frees of the unknown', () => {
    const alloc = (at: string, size: string, type = ''): string =>
      `tracealloc(${at}, ${size}${type === '' ? '' : `, ${type}`})\ngoroutine 1 [running]:\nmain.f(0x1, (0x2))\n\tmain.go:7 +0x1\n`
    const { allocs, lines } = read(
      [
        alloc('0xc208062500', '0x100', 'array of parse.Node'),
        alloc('0xc208062600', '0x10'),
        'tracegc()\ngoroutine 5 [select]:\nmain.g()\n\tmain.go:9 +0x1\n\nend tracegc\n',
        'tracefree(0xc208062500, 0x100)\ngoroutine 1 [running]:\nruntime.MSpan_Sweep(0x73b080)\n       runtime/mgc0.c:1880 +0x514 fp=0xc20804b8f0\n...\n',
        'tracefree(0xc2080fffff, 0x20)\n',
        alloc('0xc208062600', '0x10'),
      ].join('\n'),
    )
    expect(lines.others).toBe(0)
    expect([
      allocs.allocations,
      allocs.frees,
      allocs.unknownFrees,
      allocs.reused,
      allocs.collections,
    ]).toEqual([3, 2, 1, 1, 1])
    expect([allocs.allocatedBytes, allocs.freedBytes]).toEqual([0x120, 0x100])
    expect([...allocs.lifetimes.inCollections].slice(0, 3)).toEqual([0, 1, 0])
    const names = [...allocs.typeName].map((id) => allocs.strings.get(id))
    expect(names).toEqual(['', 'array of parse.Node'])
    expect([...allocs.byType.bytes]).toEqual([0x20, 0x100])
    expect([...allocs.frameFunction].map((id) => allocs.strings.get(id))).toEqual(['', 'main.f'])
    expect([...allocs.frameLine]).toEqual([0, 7])
  })
})
