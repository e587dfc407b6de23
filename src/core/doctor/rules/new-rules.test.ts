// Guilty and innocent pictures of rules beyond the corpus's causes.

import { describe, expect, test } from 'vitest'
import { captureFrom, said, stacks, traceWith } from '../../../../test/kit/capture-from.ts'
import { profileFrom } from '../../../../test/kit/profile-from.ts'
import type { MemorySnapshot } from '../../model/memory.ts'
import type { Profile } from '../../model/profile.ts'
import { diagnose } from '../diagnose.ts'
import { RULES } from '../index.ts'

const ms = 1e6
const MiB = 2 ** 20

/** Causes of all findings, at whatever severity. */
const causes = (pictures: Parameters<typeof captureFrom>[0]): string[] =>
  diagnose(captureFrom(pictures), RULES).findings.map((f) => `${f.severity} ${f.cause}`)

/** Hundred samples, a share of them below `what`. */
const cpu = (what: readonly string[], share: number): string => {
  const n = Math.round(share * 100)
  return stacks(
    [...what, `= ${n} ${n * 10 * ms}`],
    ['main.main', 'main.useful', `= ${100 - n} ${(100 - n) * 10 * ms}`],
  )
}

const KINDS: readonly (readonly [string, readonly string[], number, number])[] = [
  [
    'template-parse-hot',
    ['main.main', 'main.page', 'text/template.(*Template).Parse', 'text/template/parse.lex'],
    0.3,
    0.05,
  ],
  [
    'tls-setup-hot',
    ['main.main', 'main.call', 'crypto/tls.(*Conn).clientHandshake', 'crypto/rsa.verify'],
    0.3,
    0.05,
  ],
  ['sql-prepare-hot', ['main.main', 'main.find', 'database/sql.(*DB).Prepare', 'main2.x'], 0.3, 0.05],
  ['logging-heavy', ['main.main', 'main.step', 'log/slog.(*Logger).Info', 'fmt.Sprintf'], 0.5, 0.1],
  [
    'logging-heavy',
    ['main.main', 'main.step', 'go.uber.org/zap.(*Logger).Info', 'go.uber.org/zap/zapcore.x'],
    0.5,
    0.1,
  ],
  ['timers-hot', ['main.main', 'main.receive', 'time.NewTimer', 'runtime.newTimer'], 0.3, 0.05],
  [
    'channel-hot',
    ['main.main', 'main.pass', 'runtime.chansend1', 'runtime.chansend', 'runtime.lock2'],
    0.6,
    0.1,
  ],
]

describe.each(KINDS)('%s', (cause, stack, guilty, innocent) => {
  test('found, with the function that does it', () => {
    expect(said({ cpu: cpu(stack, guilty) })).toContain(`${cause}: ${stack[1]}`)
  })

  test('not where it is a small part', () => {
    expect(said({ cpu: cpu(stack, innocent) })).toEqual([])
  })
})

describe('gc-forced', () => {
  const memory = (forced: number): MemorySnapshot[] => [
    {
      memstats: {
        NumGC: 200,
        NumForcedGC: forced,
        pauseEnds: Array.from({ length: 200 }, (_, k) => 1e18 + k * 2e7),
      },
    },
  ]
  const busy = stacks(
    ['main.main', 'main.work', 'runtime.GC', 'runtime.gcStart', '= 20 200000000'],
    ['runtime.gcBgMarkWorker', 'runtime.gcDrain', '', '', '= 30 300000000'],
    ['main.main', 'main.work', '', '', '= 50 500000000'],
  )

  test('most collections were asked for', () => {
    expect(said({ cpu: busy, memory: memory(190) })).toEqual(['gc-forced: main.work'])
  })

  test('a few were', () => {
    expect(said({ cpu: busy, memory: memory(4) })).toEqual([])
  })
})

describe('http-connection-leak', () => {
  const at = (n: number) => `net/http.(*persistConn).readLoop\nruntime.selectgo\nruntime.gopark\n= ${n}`
  const allocs = 'main.main\nmain.notify\nnet/http.(*Client).Get\nnet/http.(*Client).do\n= 1 100000 0 0'

  test('more each time', () => {
    expect(said({ goroutine: [10, 100, 190, 290].map(at), allocs })).toEqual([
      'http-connection-leak: main.notify',
    ])
  })

  test('a pool of connections', () => {
    expect(said({ goroutine: [200, 200, 200].map(at), allocs })).toEqual([])
  })
})

describe('memory-limit-spiral', () => {
  const metrics = (limit: number): MemorySnapshot[] => [
    {
      memstats: { NumGC: 500, NextGC: 27 * MiB, pauseEnds: [1e18, 1e18 + 1e9] },
      metrics: {
        values: new Map([
          ['/gc/gomemlimit:bytes', limit],
          ['/gc/heap/live:bytes', 26 * MiB],
          ['/gc/gogc:percent', 100],
          ['/cpu/classes/total:cpu-seconds', 6],
          ['/cpu/classes/gc/total:cpu-seconds', 3],
          ['/cpu/classes/idle:cpu-seconds', 0],
        ]),
        histograms: new Map(),
      },
    },
  ]
  const allocs = 'main.main\nmain.answer\n= 1000 100000000 0 0'

  test('the limit leaves no room, though the heap ends below it', () => {
    expect(said({ memory: metrics(34 * MiB), allocs })).toEqual(['memory-limit-spiral: main.answer'])
  })

  test('a limit that is far away', () => {
    expect(said({ memory: metrics(900 * MiB), allocs })).toEqual([])
  })
})

describe('for information', () => {
  test('special entries', () => {
    expect(causes({ cpu: cpu(['runtime._VDSO'], 0.2) })).toContain('info special-entries')
    expect(causes({ cpu: cpu(['runtime._VDSO'], 0.02) })).not.toContain('info special-entries')
  })

  test('mark assist', () => {
    const stack = ['main.main', 'main.fill', 'runtime.mallocgc', 'runtime.gcAssistAlloc']
    expect(causes({ cpu: cpu(stack, 0.2) })).toContain('info mark-assist')
    expect(causes({ cpu: cpu(stack, 0.04) })).not.toContain('info mark-assist')
  })

  test('write barriers', () => {
    const stack = ['main.main', 'main.link', 'runtime.wbBufFlush', 'runtime.wbBufFlush1']
    expect(causes({ cpu: cpu(stack, 0.3) })).toContain('info write-barrier')
    expect(causes({ cpu: cpu(stack, 0.05) })).not.toContain('info write-barrier')
  })

  test('many pointers to follow', () => {
    const marking = cpu(['runtime.gcBgMarkWorker', 'runtime.gcDrain', 'runtime.scanobject'], 0.4)
    const memory = (objects: number): MemorySnapshot[] => [
      { memstats: { HeapObjects: objects, HeapAlloc: 90 * MiB } },
    ]
    expect(causes({ cpu: marking, memory: memory(2e6) })).toContain('info gc-many-pointers')
    expect(causes({ cpu: marking, memory: memory(2e4) })).not.toContain('info gc-many-pointers')
  })

  test('memory that stays though the objects have gone', () => {
    const moment = (objects: number, bytes: number, total: number): MemorySnapshot => ({
      memstats: { HeapObjects: objects, HeapAlloc: bytes * MiB, TotalAlloc: total },
    })
    const over = (last: number) => ({
      memory: [moment(1e5, 40, 1), moment(2e6, 100, 2), moment(3e5, last, 3)],
    })
    expect(causes(over(90))).toContain('info maps-never-shrink')
    expect(causes(over(15))).not.toContain('info maps-never-shrink')
  })

  test('flaws of profiles', () => {
    expect(causes({ cpu: cpu(['main.main', 'main.a'], 0.5), cpuSeconds: 0.2 })).toContain(
      'info profile-hygiene',
    )
    expect(causes({ cpu: cpu(['main.main', 'main.a'], 0.5), cpuSeconds: 1 })).not.toContain(
      'info profile-hygiene',
    )
    const goroutine = 'main.work\nruntime.chanrecv1\nruntime.gopark\n= 20'
    expect(causes({ goroutine, block: '' })).toContain('info profile-hygiene')
    expect(causes({ goroutine, block: 'main.work\nruntime.chanrecv1\n= 1 1000' })).not.toContain(
      'info profile-hygiene',
    )
  })

  test('processors that are not there', () => {
    const memory = (slow: number): MemorySnapshot[] => [
      {
        metrics: {
          values: new Map([['/sched/gomaxprocs:threads', 2]]),
          histograms: new Map([
            [
              '/sched/latencies:seconds',
              [
                { from: 1e-6, to: 1e-5, count: 5000 },
                { from: 0.05, to: 0.1, count: slow },
              ],
            ],
          ]),
        },
      },
    ]
    const half = cpu(['main.main', 'main.a'], 0.5)
    expect(causes({ cpu: half, memory: memory(300) })).toContain('info cpu-quota')
    expect(causes({ cpu: half, memory: memory(3) })).not.toContain('info cpu-quota')
  })
})

describe('waits that only a trace shows', () => {
  const waiting = (reason: string, picture: string) => {
    const types = ['contentions/count', 'delay/nanoseconds']
    const waits = new Map<string, Profile>([[reason, profileFrom(picture, types)]])
    const traces = [{ ...traceWith({}), waits }]
    return { parts: { traces, sources: [{ name: 'trace.out', kind: 'trace', problems: [] }] } }
  }

  test('an answer that comes over the network', () => {
    const ask =
      'main.ask\nbufio.(*Reader).ReadString\nnet.(*conn).Read\ninternal/poll.(*pollDesc).wait\n= 300 9000000000'
    expect(said(waiting('network', ask))).toEqual(['off-cpu-slow-downstream: main.ask'])
  })

  test('answers that come at once', () => {
    const ask =
      'main.ask\nbufio.(*Reader).ReadString\nnet.(*conn).Read\ninternal/poll.(*pollDesc).wait\n= 9000 9000000000'
    expect(said(waiting('network', ask))).toEqual([])
  })

  test('a server that waits for requests', () => {
    const serve =
      'main.(*hub).serve.func1\nbufio.(*Scanner).Scan\nnet.(*conn).Read\ninternal/poll.(*pollDesc).wait\n= 100 90000000000'
    const goroutine = 'main.main\nmain.(*hub).serve\nnet.(*TCPListener).Accept\nruntime.gopark\n= 1'
    const { parts } = waiting('network', serve)
    expect(said({ goroutine, parts: { traces: parts.traces } })).toEqual([])
  })

  test('handlers that sleep', () => {
    const sleep =
      'net/http.(*conn).serve\nnet/http.HandlerFunc.ServeHTTP\nmain.handle\ntime.Sleep\n= 100 9000000000'
    const d = diagnose(captureFrom(waiting('sleep', sleep)), RULES)
    expect(d.findings.map((f) => `${f.severity} ${f.cause}: ${f.culprits[0]}`)).toEqual([
      'info sleep-in-request: main.handle',
    ])
  })
})
