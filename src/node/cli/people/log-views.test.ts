import { describe, expect, test } from 'vitest'
import { allocReport } from '../../../core/analysis/alloc-log/report.ts'
import { cellWidth } from '../../../core/base/people-fmt.ts'
import { encodeUtf8 } from '../../../core/base/utf8.ts'
import { LogReader } from '../../../core/formats/log/read-log.ts'
import { allocLines } from './alloc-lines.ts'
import { gcLines } from './gc-lines.ts'
import { chooseProcess, csvRow, csvText, linesText, nothingOf, type ReadLog } from './log-input.ts'
import { schedLines } from './sched-lines.ts'
import type { Style } from './style.ts'

const style = (o: Partial<Style> = {}): Style => ({
  color: false,
  bars: true,
  unicode: true,
  width: 80,
  ...o,
})

function read(lines: readonly string[]): ReadLog {
  const reader = new LogReader()
  reader.push(encodeUtf8(`${lines.join('\n')}\n`))
  return { name: 'server.log', log: reader.end(), damage: '' }
}

const cycles = (n: number, front = ''): string[] =>
  Array.from({ length: n }, (_, i) => {
    const live = 20 + i
    return `${front}gc ${i + 1} @${i}.500s 3%: 0.5+20+11 ms clock, 1+30/40/5+22 ms cpu, ${2 * live}->${2 * live + 1}->${live} MB, ${2 * live} MB goal, 1 MB stacks, 0 MB globals, 2 P`
  })
const snapshots = Array.from({ length: 30 }, (_, i) => [
  `SCHED ${i * 10}ms: gomaxprocs=2 idleprocs=0 threads=${5 + i * 4} spinningthreads=0 needspinning=0 idlethreads=2 runqueue=9 gcwaiting=false nmidlelocked=0 stopwait=0 sysmonwait=false`,
  `  P0: status=1 schedtick=${i} syscalltick=1 m=0 runqsize=2 gfreecnt=0 timerslen=0`,
  '  P1: status=1 schedtick=7 syscalltick=0 m=3 runqsize=0 gfreecnt=0 timerslen=1',
  '  M0: p=0 curg=1 mallocing=0 throwing=0 preemptoff= locks=0 dying=0 spinning=false blocked=true lockedg=1',
  '  G1: status=3(chan receive) m=0 lockedm=0',
  '  G2: status=4(a very long reason that no version of Go has printed so far, or will ever print) m=nil lockedm=nil',
]).flat()
const allocs = [
  'tracealloc(0x10, 0x400, map[string]*some/very/long/package/path/with/many/parts.TypeWithALongName)',
  'goroutine 1 [running]:',
  'some/very/long/package/path/with/many/parts.(*Server).handleEverythingThatComesIn(0x1)',
  '\tsome/very/long/package/path/with/many/parts/server.go:1234 +0x1',
  '',
]

describe('views', () => {
  const views: readonly [string, (s: Style) => string[]][] = [
    ['gc', (s) => gcLines(s, read([...cycles(40), 'scvg: 3 MB released', 'own line']), 0, [0], 10)],
    ['sched', (s) => schedLines(s, read(snapshots), 0, [0], 10)],
    ['allocs', (s) => allocLines(s, read(allocs), allocReport(read(allocs).log.allocs), 10)],
  ]

  test.each(views)('%s fits the width, and ASCII where there is no more', (_, view) => {
    for (const width of [50, 60, 80, 120])
      for (const l of view(style({ width }))) expect(cellWidth(l)).toBeLessThanOrEqual(width)
    expect(view(style({ unicode: false })).join('')).toMatch(/^[\x20-\x7e]*$/)
    for (const l of view(style({ bars: false, width: Number.POSITIVE_INFINITY })))
      expect(l).not.toMatch(/[⠀-⣿█]/)
  })

  test('gc says what matters', () => {
    const text = views[0]![1](style({ width: 120 }))
      .join('\n')
      .replaceAll('\u202f', ' ')
    expect(text).toMatch(/^garbage collector {2}40 cycles {2}in 39\.5 s/)
    expect(text).toMatch(/pauses {5}p50 500 µs .* longest 11 ms/)
    expect(text).toMatch(/growing: a leak/)
    expect(text).toMatch(/as measured/)
    expect(text).toMatch(/GOGC=200/)
    expect(text).toMatch(/gave back 3 MiB/)
    expect(text).toMatch(/1 of the program's own/)
  })

  test('sched says what matters', () => {
    const text = views[1]![1](style({ width: 120 }))
      .join('\n')
      .replaceAll('\u202f', ' ')
    expect(text).toMatch(/▲ thread explosion/)
    expect(text).toMatch(/▲ saturated/)
    expect(text).toMatch(/≥ 290 ms {2,}30/)
  })

  test('several processes', () => {
    const r = read([...cycles(5, 'a| '), ...cycles(9, 'b| ')])
    const text = gcLines(style(), r, 1, [1, 0], 10).join('\n')
    expect(text).toMatch(/^b {2}9 cycles/)
    expect(text).toMatch(/The log is of 2 processes/)
    expect(chooseProcess(r.log, [1, 0], undefined)).toBe(1)
    expect(chooseProcess(r.log, [1, 0], 1)).toBe(0)
    expect(() => chooseProcess(r.log, [1, 0], 3)).toThrow(/no such process.*there are 1, 2/)
  })
})

test('a log without such lines: what there is instead', () => {
  expect(nothingOf('cycles', read(snapshots)).message).toMatch(
    /server\.log: no cycles in it; it has 180 lines for goscope sched/,
  )
  expect(nothingOf('cycles', read(['x', 'y'])).message).toMatch(/none of its 2 lines/)
  expect(linesText(read(cycles(3)))).toBe('3 lines: 3 gctrace')
})

test('comma-separated values', () => {
  expect(csvRow(Float64Array.of(1, Number.NaN, 0.5))).toBe('1,,0.5')
  expect(csvText('a "b", c')).toBe('"a ""b"", c"')
})
