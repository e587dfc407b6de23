// Files of all other kinds than profiles, with hostile texts wherever such a file holds text.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { HandmadeDump, to } from '../../src/core/formats/heapdump/handmade-dump.ts'
import { HandmadeV1 } from '../../src/core/formats/trace/v1/handmade-v1.ts'
import { root } from '../kit/run-command.ts'
import { fileOf, HOSTILE } from './hostile.ts'

const fixture = (name: string): string => readFileSync(join(root, 'test', 'e2e', 'fixtures', name), 'utf8')
/** For formats of lines: no text ends its line. */
const LINES: readonly string[] = HOSTILE.map((t) => t.replace(/[\r\n\u2028\u2029]/g, ' '))
/** For formats of words. */
const WORDS: readonly string[] = LINES.map((t) => t.replace(/\s/g, '_')).filter((t) => t !== '')

/** Each text as a goroutine's start function, a task, a region, a log, a file. `factor` makes another trace of it. */
export function hostileTrace(factor = 1): Uint8Array {
  const names = HOSTILE.filter((t) => t.length < 100_000)
  const t = new HandmadeV1().batch(0, 100).frequency(1e9)
  names.forEach((name, i) => {
    t.string(i + 1, name === '' ? ' ' : name)
  })
  names.forEach((_, i) => {
    t.stack(
      i + 1,
      [0x100 + i, i + 1, ((i + 3) % names.length) + 1, i],
      [0x900 + i, ((i + 7) % names.length) + 1, i + 1, 7],
    )
  })
  t.at(0, 'ProcStart', 9)
    .at(1, 'GoCreate', 1, 1)
    .at(1, 'GoStart', 1, 1)
    .at(1, 'Gomaxprocs', 2)
    .at(1, 'Gomaxprocs', 2)
  names.forEach((_, i) => {
    t.at(1, 'GoCreate', i + 2, i + 1, 1)
  })
  t.at(1, 'GoBlockRecv', 1)
  names.forEach((name, i) => {
    t.at(5, 'GoStart', i + 2, 1)
      .at(1, 'UserTaskCreate', 100 + i, i === 0 ? 0 : 99 + i, i + 1, i + 1)
      .at(1, 'UserRegion', 100 + i, 0, i + 1, i + 1)
      .at(1000 * factor, 'UserLog', 100 + i, ((i + 1) % names.length) + 1, i + 1)
      .text(name)
      .at(10, 'UserRegion', 100 + i, 1, i + 1, i + 1)
    if (i % 3 !== 0) t.at(10, 'UserTaskEnd', 100 + i, i + 1)
    if (i % 2 === 0) t.at(5, 'GoBlockRecv', i + 1)
    else t.at(5, 'GoEnd')
  })
  return t.bytes
}

function goroutines(): string {
  const stack = (i: number): string =>
    [0, 1, 2]
      .map(
        (k) =>
          `${WORDS[(i + k) % WORDS.length]}(0x1, {0x2?})\n\t${LINES[(i + k + 5) % LINES.length]}.go:${i} +0x1\n`,
      )
      .join('')
  return LINES.map(
    (line, i) =>
      `goroutine ${i + 1} [${line.replaceAll(']', ')') || 'running'}, ${i} minutes]:\n${stack(i)}created by ${WORDS[i % WORDS.length]} in goroutine 1\n\t${line}.go:3 +0x5\n`,
  ).join('\n')
}

/** A program's own lines between the runtime's. */
function log(name: string): string {
  const lines = fixture(name).split('\n')
  return lines
    .flatMap((l, i) => (i % 3 === 0 ? [l, LINES[(i / 3) % LINES.length]!.slice(0, 20_000)] : [l]))
    .join('\n')
}

function allocs(): string {
  let i = 0
  return fixture('allocs.log')
    .replaceAll('main.(*Shop)', () => WORDS[i++ % 20]!)
    .replaceAll('runtime.sudog', () => WORDS[i++ % 20]!)
}

function heapDump(): Uint8Array {
  const d = new HandmadeDump({ version: HOSTILE[0]! })
  HOSTILE.slice(0, 33).forEach((name, i) => {
    d.object(0x4000 + 0x20 * i, [to(0x2000 + 16 * i), 5])
      .bytes(0x2000 + 16 * i, Buffer.from(name.slice(0, 8).padEnd(8, 'x'), 'latin1'))
      .goroutine(i + 1, name)
      .frame(name, [to(0x4000 + 0x20 * i)], [0x2000])
      .allocation(100 + i, 16, [[name, `${name}.go`, i]])
      .sample(0x4000 + 0x20 * i, 100 + i)
  })
  return d
    .segment('data', [1, to(0x4000)])
    .memStats(48)
    .done()
}

function memstats(): string {
  const m: Record<string, unknown> = JSON.parse(fixture('before/memstats.json'))
  const entries: [string, unknown][] = WORDS.map((w, i) => [w, i % 2 === 0 ? i : w])
  return JSON.stringify(Object.fromEntries([...Object.entries(m), ...entries]))
}

const vars = (): string =>
  JSON.stringify({
    cmdline: HOSTILE.slice(0, 20),
    memstats: JSON.parse(fixture('before/memstats.json')),
    ...Object.fromEntries(HOSTILE.map((t, i) => [t, i % 2 === 0 ? i : { [t]: t }])),
  })

const metrics = (): string =>
  JSON.stringify({
    ...JSON.parse(fixture('before/metrics.json')),
    ...Object.fromEntries(WORDS.map((t, i) => [`/${t}:${t}`, i])),
  })

const smaps = (): string =>
  LINES.map(
    (l, i) =>
      `${(0x400000 + i * 0x1000).toString(16).padStart(8, '0')}-${(0x401000 + i * 0x1000).toString(16).padStart(8, '0')} rw-p 00000000 fe:00 ${i}      ${l}\nSize: 4 kB\nRss: 4 kB\nPss: 4 kB\nVmFlags: rd ${l}\n`,
  ).join('')

const bench = (factor: number): string =>
  [
    ...['goos', 'goarch', 'pkg', 'cpu'].map((k, i) => `${k}: ${LINES[i]}`),
    ...WORDS.flatMap((w, i) =>
      [1, 2, 3, 4].map(
        (k) =>
          `Benchmark${w}-${k}\t${100 + k}\t${(i + k) * factor} ns/op\t${k} ${w}/op\t${k} ${WORDS[(i + 1) % WORDS.length]}`,
      ),
    ),
  ].join('\n')

const perfStat = (): string =>
  fixture('perf-stat.txt')
    .replaceAll('./orders -n 3', LINES[0]!)
    .replaceAll('cycles', WORDS[1]!)
    .replaceAll('task-clock', WORDS[13]!)

/** Times are real ones, so that it is believed. */
function manifest(): string {
  const at = '2026-01-02T03:04:05.000Z'
  const texts = HOSTILE.slice(0, 34)
  const started = { started: at, seconds: 1, bytes: 7 }
  return JSON.stringify({
    schema: 'goscope.capture/1',
    ...{
      goscope: texts[0],
      node: texts[1],
      state: texts[2],
      target: texts[3],
      executable: texts[4],
      goVersion: texts[12],
    },
    ...{ started: at, ended: '2026-01-02T03:05:05.000Z', pid: texts[0] },
    files: [
      ...texts.map((t) => ({ file: t, what: t, from: t, note: t, ...started })),
      ...CAPTURES.map(([file], i) => ({
        file,
        what: texts[i % 30],
        from: texts[13],
        note: texts[0],
        ...started,
      })),
    ],
    failed: texts.map((t) => ({ file: t, why: t, at: t })),
    left: texts.map((t) => ({ file: t, why: t })),
    notes: texts,
    warnings: texts,
    parts: texts.map((t) => ({ folder: t, target: t })),
  }).replace('"left"', '"__proto__":{"polluted":true},"left"')
}

const crash = (): string => {
  let i = 0
  return fixture('crash.log')
    .replace('assignment to entry in nil map', LINES.filter((l) => l.length < 1000).join(' '))
    .replaceAll('main.(*Shop)', () => WORDS[i++ % 20]!)
}

/** What each file is, and how it is made. */
export const CAPTURES: readonly (readonly [
  name: string,
  views: readonly string[],
  make: () => Uint8Array | string,
])[] = [
  [
    'trace.out',
    ['timeline', 'trace', 'trace-goroutines', 'trace-waits', 'trace-tasks', 'trace-regions', 'trace-mmu'],
    () => hostileTrace(),
  ],
  ['later.out', ['trace-diff'], () => hostileTrace(7)],
  ['goroutine.txt', ['dumps'], goroutines],
  ['goroutine2.txt', ['dumps'], () => goroutines().replaceAll('minutes', 'minutes, locked to thread')],
  ['gctrace.log', ['gc'], () => log('gctrace.log')],
  ['sched.log', ['sched'], () => log('sched.log')],
  ['allocs.log', ['allocs'], allocs],
  ['heapdump.bin', ['heapdump'], heapDump],
  ['memstats.json', ['memory'], memstats],
  ['vars.json', ['memory'], vars],
  ['metrics.json', ['memory'], metrics],
  ['smaps.txt', ['memory'], smaps],
  ['status.txt', ['memory'], () => fixture('before/status.txt').replace('shop', LINES[0]!)],
  ['bench-old.txt', ['bench'], () => bench(1)],
  ['bench-new.txt', ['bench'], () => bench(3)],
  ['perf-stat.txt', [], perfStat],
  ['capture.json', ['findings'], manifest],
  ['crash.log', ['dumps'], crash],
]

/** All of them as files. */
export const captureFiles = (): string[] => CAPTURES.map(([name, , make]) => fileOf(name, make()))

/** Names that files can have: markup, quotes, ends of lines, marks that turn the writing direction. */
export const FILE_NAMES: readonly string[] = [
  '<img src=x onerror=window.__hacked=20>.pb',
  '"\'><svg onload=window.__hacked=21>.pb',
  'line\nbreak\r\u001b[31m.pb',
  '\u202ebp.exe\u2066\u200b.pb',
  '__proto__',
  'constructor.pb',
  '%3Cscript%3E%00..%2f.pb',
  `${'n'.repeat(240)}.pb`,
  '-o.pb',
  'x\\..\\..\\y.pb',
  '#flame?sel=<b>.pb',
]
