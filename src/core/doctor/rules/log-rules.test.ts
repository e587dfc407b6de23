// Guilty and innocent logs of the rules that look at what the runtime printed.

import { describe, expect, test } from 'vitest'
import { captureFrom, said } from '../../../../test/kit/capture-from.ts'
import { encodeUtf8 } from '../../base/utf8.ts'
import { GoroutineDecoder } from '../../formats/goroutines/decode.ts'
import { LogReader } from '../../formats/log/read-log.ts'
import { GoroutineBuilder } from '../../model/goroutine-builder.ts'
import type { CaptureParts, Source } from '../capture-parts.ts'
import { diagnose } from '../diagnose.ts'
import { RULES } from '../index.ts'

function logParts(kind: string, lines: readonly string[]): Partial<CaptureParts> {
  const source: Source = { name: 'server.log', kind: `log/${kind}`, problems: [] }
  const reader = new LogReader()
  reader.push(encodeUtf8(`${lines.join('\n')}\n`))
  return { sources: [source], logs: [{ source, log: reader.end() }] }
}

const causes = (parts: Partial<CaptureParts>): string[] =>
  diagnose(captureFrom({ parts }), RULES).findings.map((f) => `${f.severity} ${f.cause}`)

const sched = (k: number, o: { idle?: number; threads?: number; queue?: number }) =>
  `SCHED ${k * 100}ms: gomaxprocs=4 idleprocs=${o.idle ?? 0} threads=${o.threads ?? 6} spinningthreads=0 needspinning=0 idlethreads=1 runqueue=${o.queue ?? 0} [0 0 0 0]`

const snapshots = (o: (k: number) => Parameters<typeof sched>[1]) =>
  Array.from({ length: 12 }, (_, k) => sched(k, o(k)))

describe('the scheduler’s log', () => {
  test('threads that grow', () => {
    expect(
      causes(
        logParts(
          'schedtrace',
          snapshots((k) => ({ idle: 4, threads: 6 + 10 * k })),
        ),
      ),
    ).toContain('warning thread-growth')
  })

  test('threads that do not', () => {
    expect(
      causes(
        logParts(
          'schedtrace',
          snapshots(() => ({ idle: 4, threads: 40 })),
        ),
      ),
    ).toEqual([])
  })

  test('all processors busy, and more to run', () => {
    expect(
      causes(
        logParts(
          'schedtrace',
          snapshots(() => ({ idle: 0, queue: 8 })),
        ),
      ),
    ).toEqual(['info processors-saturated'])
  })
})

/** A cycle every `every` ms with a goal in MB, and with each pause of `pause` ms. */
const gc = (k: number, every: number, goal: number, pause: number, cpu: number) =>
  `gc ${k + 1} @${((k * every) / 1000).toFixed(3)}s ${cpu}%: ${pause}+1.0+${pause} ms clock, ${pause * 2}+0.5/1.0/0+${pause * 2} ms cpu, ${goal}->${goal}->0 MB, ${goal} MB goal, 0 MB stacks, 0 MB globals, 2 P`

const cycles = (every: number, goal: number, pause: number) =>
  Array.from({ length: 200 }, (_, k) => gc(k, every, goal, pause, 20))

describe('the collector’s log', () => {
  test('a goal below the least that the default gives: GOGC is low', () => {
    expect(causes(logParts('gctrace', cycles(4, 1, 0.3)))).toContain('warning gc-churn-small-heap')
  })

  test('a small heap by default is worth a word at most', () => {
    expect(causes(logParts('gctrace', cycles(4, 4, 0.3)))).not.toContain('warning gc-churn-small-heap')
  })

  test('now and then', () => {
    expect(causes(logParts('gctrace', cycles(500, 40, 0.1)))).toEqual([])
  })

  test('long pauses', () => {
    expect(causes(logParts('gctrace', cycles(200, 40, 15)))).toContain('info long-pauses')
  })
})

function dumpParts(text: string): Partial<CaptureParts> {
  const source: Source = { name: 'crash.log', kind: 'goroutines', problems: [] }
  const builder = new GoroutineBuilder()
  const decoder = new GoroutineDecoder(builder, 0)
  decoder.feed(encodeUtf8(text))
  decoder.end()
  return { sources: [source], dumps: { goroutines: builder.done(), sources: [source] } }
}

const goroutine = (id: number, state: string, fn: string) =>
  `goroutine ${id} [${state}]:\n${fn}()\n\t/src/shop/main.go:${10 + id} +0x1d\nmain.main()\n\t/src/shop/main.go:9 +0x20\n`

describe('crash reports', () => {
  test('a panic, with where it happened', () => {
    const parts = dumpParts(
      `panic: runtime error: index out of range [5] with length 3\n\n${goroutine(1, 'running', 'main.pick')}exit status 2\n`,
    )
    const [f] = diagnose(captureFrom({ parts }), RULES).findings
    expect(f).toMatchObject({
      cause: 'crash',
      severity: 'critical',
      culprits: ['main.pick'],
      place: { file: '/src/shop/main.go', line: 11 },
    })
    expect(f!.why).toContain('index')
  })

  test('causes with names of their own', () => {
    expect(
      causes(
        dumpParts(
          `fatal error: all goroutines are asleep - deadlock!\n\n${goroutine(1, 'chan receive', 'main.wait')}`,
        ),
      ),
    ).toContain('critical deadlock')
    expect(
      causes(dumpParts(`fatal error: concurrent map writes\n\n${goroutine(7, 'running', 'main.put')}`)),
    ).toContain('critical concurrent-map-access')
  })

  test('a dump that somebody asked for', () => {
    expect(
      said({
        parts: dumpParts(`SIGQUIT: quit\nPC=0x1 m=0 sigcode=0\n\n${goroutine(1, 'sleep', 'main.tick')}`),
      }),
    ).toEqual([])
  })

  test('a data race', () => {
    const access = (what: string, id: number, fn: string) =>
      `${what} at 0x00c0000140a8 by goroutine ${id}:\n  ${fn}()\n      /src/shop/main.go:${id} +0x44\n\n`
    const text = `==================\nWARNING: DATA RACE\n${access('Read', 7, 'main.total')}${access('Previous write', 8, 'main.add')}==================\n`
    expect(said({ parts: dumpParts(text) })).toEqual(['data-race: main.total'])
  })
})
