import { describe, expect, test } from 'vitest'
import { encodeUtf8 } from '../../base/utf8.ts'
import type { RuntimeLog } from '../../model/runtime-log.ts'
import { LogReader, type LogReaderOptions, sniffLog } from './read-log.ts'

const GC = [
  'gc 1 @0.012s 2%: 0.021+0.48+0.003 ms clock, 0.042+0.10/0.20/0.30+0.006 ms cpu, 4->5->1 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 2 P',
  'gc 2 @0.034s 3%: 0.10+12+0.005 ms clock, 0.20+1.5/2.5/0+0.011 ms cpu, 5->6->2 MB, 5 MB goal, 1 MB stacks, 0 MB globals, 2 P (forced)',
  'gc 3 @1.250s 1%: 0.030+0.50+0.004 ms clock, 0.061+0/0.40/0.10+0.009 ms cpu, 6->6->3 MB, 6 MB goal, 1 MB stacks, 0 MB globals, 2 P',
]
const SCHED = [
  'SCHED 0ms: gomaxprocs=2 idleprocs=1 threads=4 spinningthreads=0 needspinning=0 idlethreads=2 runqueue=0 gcwaiting=false nmidlelocked=0 stopwait=0 sysmonwait=false',
  '  P0: status=1 schedtick=5 syscalltick=1 m=0 runqsize=2 gfreecnt=0 timerslen=0',
  '  P1: status=0 schedtick=7 syscalltick=0 m=nil runqsize=0 gfreecnt=0 timerslen=1',
  '  M1: p=nil curg=nil mallocing=0 throwing=0 preemptoff= locks=2 dying=0 spinning=false blocked=false lockedg=nil',
  '  M0: p=0 curg=1 mallocing=0 throwing=0 preemptoff=gcing locks=0 dying=0 spinning=false blocked=true lockedg=1',
  '  G1: status=2(chan receive) m=0 lockedm=0',
  '  G2: status=4(force gc (idle)) m=nil lockedm=nil',
]
const ALLOC = [
  'tracealloc(0xc000016010, 0x20, main.leaf)',
  'goroutine 1 [running]:',
  'runtime.mallocgc(0x10, 0x45f5a0, 0x1)',
  '\truntime/malloc.go:1131 +0x7b1 fp=0x7ffd sp=0x7ffd pc=0x40b151',
  'main.(*tree).grow(...)',
  '\tmain/main.go:17 +0x52 fp=0x7ffd sp=0x7ffd pc=0x443592',
  'created by main.main',
  '\tmain/main.go:30 +0x1',
  '',
  'tracefree(0xc000016010, 0x20)',
  'goroutine 0 [idle]:',
  'runtime.sweep()',
  '\truntime/mgcsweep.go:1 +0x1',
  '',
]

const read = (text: string, options: LogReaderOptions = {}, chunk = 1 << 20): RuntimeLog => {
  const reader = new LogReader(options)
  const bytes = encodeUtf8(text)
  for (let at = 0; at < bytes.length; at += chunk) reader.push(bytes.slice(at, at + chunk))
  return reader.end()
}

const own = [
  '2024/01/02 15:04:05 listening on :8080',
  '{"level":"info","msg":"ready"}',
  'gc is a letter pair',
  '',
]

describe('a mixed log', () => {
  const mixed = [own[0], GC[0], own[1], ...SCHED, GC[1], own[2], ...ALLOC, own[3], GC[2]].join('\n')

  test('gives every kind, and counts the rest', () => {
    const log = read(`${mixed}\n`)
    expect(log.lines.kinds).toEqual({
      gctrace: 3,
      pacer: 0,
      scavenge: 0,
      inittrace: 0,
      schedtrace: 0,
      scheddetail: 7,
      allocfree: 14,
    })
    expect([log.lines.others, log.lines.blank, log.lines.strange.count]).toEqual([3, 1, 0])
    expect(log.processes).toMatchObject([{ source: '', run: 1 }])
    expect([...log.gc.rows.column('live')]).toEqual([1, 2, 3])
    expect([...log.gc.rows.column('forced')]).toEqual([0, 1, 0])
    expect([log.allocs.allocations, log.allocs.frees, log.allocs.unknownFrees]).toEqual([1, 1, 0])
    expect(log.sched.rows.column('local')[0]).toBe(2)
    expect(log.sched.rows.column('blocked')[0]).toBe(1)
  })

  test('is the same however it is cut into chunks', () => {
    const whole = read(mixed)
    for (const n of [1, 7, 64, 131]) {
      const log = read(mixed, {}, n)
      expect(log.lines).toEqual(whole.lines)
      for (const name of log.gc.rows.names)
        expect(log.gc.rows.column(name)).toEqual(whole.gc.rows.column(name))
    }
  })

  test('hands on lines that are not of its kinds, as they stand', () => {
    const seen: [string, number][] = []
    const log = read('one\ngc 5 of 9\n\nSIGQUIT: quit\n', {
      others: (b, start, end, offset) => {
        const text = new TextDecoder().decode(b.slice(start, end))
        seen.push([text, offset])
        return text.startsWith('SIG')
      },
    })
    expect(seen).toEqual([
      ['one', 0],
      ['gc 5 of 9', 4],
      ['', 14],
      ['SIGQUIT: quit', 15],
    ])
    expect([log.lines.others, log.lines.taken, log.lines.blank]).toEqual([2, 1, 1])
  })
})

const json = (line: string): string => JSON.stringify(`${line}\n`).replaceAll('>', '\\u003e')

describe('what loggers put in front', () => {
  const wraps: readonly [name: string, wrap: (line: string) => string, wall: number, source: string][] = [
    ['nothing', (l) => l, Number.NaN, ''],
    [
      'CRI',
      (l) => `2024-05-06T07:08:09.123456789Z stderr F ${l}`,
      Date.UTC(2024, 4, 6, 7, 8, 9) + 123.456789,
      '',
    ],
    ['docker logs -t', (l) => `2024-05-06T07:08:09.5+02:00 ${l}`, Date.UTC(2024, 4, 6, 5, 8, 9, 500), ''],
    [
      'Docker json-file',
      (l) => `{"log":${json(l)},"stream":"stderr","time":"2024-05-06T07:08:09.5Z"}`,
      Date.UTC(2024, 4, 6, 7, 8, 9, 500),
      '',
    ],
    [
      'journalctl',
      (l) => `May 06 07:08:09 web1 server[4711]: ${l}`,
      Date.UTC(2023, 4, 6, 7, 8, 9),
      'web1 server[4711]',
    ],
    [
      'syslog 5424',
      (l) => `<13>1 2024-05-06T07:08:09Z web1 server 4711 - - ${l}`,
      Date.UTC(2024, 4, 6, 7, 8, 9),
      '<13>1 web1 server 4711 - -',
    ],
    ['docker compose', (l) => `web_1  | ${l}`, Number.NaN, 'web_1'],
    ['kubectl --prefix', (l) => `[pod/web-7d/server] ${l}`, Number.NaN, '[pod/web-7d/server]'],
    ['log package', (l) => `2024/05/06 07:08:09.25 ${l}`, Date.UTC(2024, 4, 6, 7, 8, 9, 250), ''],
    ['epoch', (l) => `1714979289.5 ${l}`, 1714979289500, ''],
    [
      'logfmt',
      (l) => `time=2024-05-06T07:08:09Z level=INFO msg="${l}"`,
      Date.UTC(2024, 4, 6, 7, 8, 9),
      'time= level=INFO msg=',
    ],
    [
      'slog JSON',
      (l) => `{"time":"2024-05-06T07:08:09Z","msg":${JSON.stringify(l)}}`,
      Date.UTC(2024, 4, 6, 7, 8, 9),
      '',
    ],
  ]

  test.each(wraps)('%s', (name, wrap, wall, source) => {
    const blocks = name === 'logfmt' ? [] : ALLOC
    const text = `${[...GC, ...SCHED, ...blocks].map(wrap).join('\n')}\n`
    const plain = read(`${[...GC, ...SCHED, ...blocks].join('\n')}\n`)
    const log = read(text, { year: 2023 })
    expect(log.lines.strange).toEqual({ count: 0, first: [] })
    expect(log.lines.kinds).toEqual(plain.lines.kinds)
    expect(log.gc.rows.column('live')).toEqual(plain.gc.rows.column('live'))
    expect(log.gc.rows.column('cpuMarkTerm')).toEqual(plain.gc.rows.column('cpuMarkTerm'))
    if (Number.isNaN(wall)) expect(log.gc.rows.column('wall')[0]).toBeNaN()
    else expect(log.gc.rows.column('wall')[0]).toBeCloseTo(wall, 3)
    expect(log.processes.map((p) => [p.source, p.run])).toEqual([[source, 1]])
    expect(log.sched.processes[0]!.groups).toEqual(plain.sched.processes[0]!.groups)
    expect(log.allocs.frameLine).toEqual(plain.allocs.frameLine)
    expect([log.allocs.allocations, log.allocs.freedBytes]).toEqual([
      plain.allocs.allocations,
      plain.allocs.freedBytes,
    ])
  })

  test('says what the times are', () => {
    expect(read(`May 06 07:08:09 h p[1]: ${GC[0]}`).lines.clock).toBe('yearless')
    expect(read(`2024/05/06 07:08:09 ${GC[0]}`).lines.clock).toBe('local')
    expect(read(`07:08:09 ${GC[0]}`).lines.clock).toBe('time of day')
    expect(read(`{"log":${json(GC[0]!)},"time":"2024-05-06T07:08:09Z"}`).lines).toMatchObject({
      clock: 'zoned',
      wrapping: 'Docker json-file',
    })
  })
})

describe('processes', () => {
  const numbers = (log: RuntimeLog): number[][] =>
    log.processes.map((_, p) =>
      [...log.gc.rows.column('number')].filter((_, i) => log.gc.rows.column('process')[i] === p),
    )

  test('a restart: counts begin anew', () => {
    const log = read([...GC, own[0], ...GC].join('\n'))
    expect(log.processes.map((p) => p.run)).toEqual([1, 2])
    expect(numbers(log)).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ])
  })

  test('two that take turns without prefixes', () => {
    const other = GC.map((l) => l.replace(/^gc (\d)/, (_, n) => `gc ${Number(n) + 6}`))
    const log = read([GC[0], other[0], GC[1], other[1], GC[2], other[2]].join('\n'))
    // The other's first line may as well be the first one's after a gap; from then on they are told apart.
    expect(numbers(log)).toEqual([
      [1, 7, 8, 9],
      [2, 3],
    ])
  })

  test('two with prefixes of their own', () => {
    const log = read(
      GC.flatMap((l) => [`May 06 07:08:09 h a[1]: ${l}`, `May 06 07:08:09 h b[2]: ${l}`]).join('\n'),
    )
    expect(log.processes.map((p) => p.source)).toEqual(['h a[1]', 'h b[2]'])
    expect(numbers(log)).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ])
  })

  test('snapshots whose time goes back', () => {
    const sched = (t: number): string =>
      `SCHED ${t}ms: gomaxprocs=4 idleprocs=0 threads=11 idlethreads=4 runqueue=8 [0 1 0 3]`
    const log = read([sched(0), sched(1000), sched(0), sched(1000), sched(2000)].join('\n'))
    expect([...log.sched.rows.column('process')].sort()).toEqual([0, 0, 1, 1, 1])
  })

  test('no more than are told apart, however many there seem to be', () => {
    const log = read(Array.from({ length: 2000 }, (_, i) => `host${i} ${GC[2]}`).join('\n'))
    expect(log.processes.length).toBeLessThanOrEqual(256)
    expect(log.lines.problems.map((p) => p.message).join()).toMatch(/256/)
    expect(log.gc.rows.count).toBe(2000)
  })
})

describe('lines that are not understood', () => {
  test('are counted and kept, with their places', () => {
    const bad = 'gc 4 @0.1s 2%: something else'
    const log = read(`${GC[0]}\n${bad}\nx ${bad}\n${'SCHED 12ms: nothing\n'.repeat(10)}`)
    expect(log.lines.strange.count).toBe(12)
    expect(log.lines.strange.first).toHaveLength(5)
    expect(log.lines.strange.first[0]).toEqual({ offset: GC[0]!.length + 1, text: bad })
  })

  test('a line that the end cuts off is no strange one', () => {
    for (let n = 14; n < GC[0]!.length - 1; n++) {
      const log = read(`${GC[0]}\n${GC[1]!.slice(0, n)}`)
      expect([log.lines.strange.count, log.lines.cutAtEnd || log.lines.kinds.gctrace === 2]).toEqual([
        0,
        true,
      ])
    }
  })

  test('a snapshot without its first line is a problem, not strange', () => {
    const log = read(SCHED.slice(1).join('\n'))
    expect(log.lines.strange.count).toBe(0)
    expect(log.lines.problems).toMatchObject([{ offset: 0, count: 6 }])
  })

  test('the program may print what looks alike', () => {
    const lines = [
      'gc 5',
      'gcc 12 @3',
      'gc 12 @home',
      'SCHED soon',
      'init db @home',
      'pacer: slow',
      'scav 5 things',
      'P1: status',
      'G7 status=4',
    ]
    const log = read(lines.join('\n'))
    expect([log.lines.others, log.lines.strange.count]).toEqual([lines.length, 0])
  })
})

describe('sniffLog', () => {
  test('names the kind that most lines are of', () => {
    expect(sniffLog(encodeUtf8(`${own[0]}\n${GC.join('\n')}`))).toBe('gctrace')
    expect(sniffLog(encodeUtf8(SCHED.join('\n')))).toBe('scheddetail')
    expect(sniffLog(encodeUtf8(ALLOC.join('\n').slice(0, 200)))).toBe('allocfree')
    expect(sniffLog(encodeUtf8(own.join('\n')))).toBeUndefined()
    expect(sniffLog(new Uint8Array(0))).toBeUndefined()
  })
})

describe('hostile input', () => {
  const whole = encodeUtf8(
    [
      ...GC,
      ...SCHED,
      ...ALLOC,
      `{"log":${json(GC[0]!)},"time":"x"}`,
      `May 06 07:08:09 h p[1]: ${GC[1]}`,
    ].join('\n'),
  )

  test('cut anywhere', () => {
    for (let n = 0; n < whole.length; n++) {
      const reader = new LogReader()
      reader.push(whole.slice(0, n))
      expect(reader.end().lines.bytes).toBe(n)
    }
  })

  test('with bytes changed', () => {
    let seed = 7
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
      return (seed >>> 8) % below
    }
    for (let round = 0; round < 400; round++) {
      const bytes = whole.slice()
      for (let k = 0; k < 12; k++) bytes[random(bytes.length)] = random(256)
      const reader = new LogReader()
      reader.push(bytes)
      const { lines } = reader.end()
      const known = Object.values(lines.kinds).reduce((a, b) => a + b, 0)
      const cut = lines.cutAtEnd ? 1 : 0
      expect(known + lines.others + lines.blank + lines.strange.count + cut).toBe(lines.lines)
    }
  })

  test('numbers without end, and lines without keywords', () => {
    const log = read(
      `gc ${'9'.repeat(5000)} @1s 1%: x\n${'SCHED '.repeat(5000)}\n{"log":"${'\\u00'.repeat(3000)}\n`,
    )
    expect(log.lines.lines).toBe(3)
  })
})
