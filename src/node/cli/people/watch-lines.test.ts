import { describe, expect, test } from 'vitest'
import { METRICS, type MetricName, type Values } from '../../../core/analysis/live/metrics.ts'
import { SeriesStore } from '../../../core/analysis/live/series.ts'
import { buildMemoryAccount } from '../../../core/analysis/memory/account.ts'
import { cellWidth } from '../../../core/base/people-fmt.ts'
import type { GoProcess } from '../../proc/go-process.ts'
import type { Reading, TargetFacts } from '../../watch/watched-target.ts'
import { psJson } from './ps-json.ts'
import { processLines, psLines } from './ps-lines.ts'
import type { Style } from './style.ts'
import { intervalLine, type PageState, type PageTarget, pageLines } from './watch-lines.ts'

const facts: TargetFacts = {
  shown: '127.0.0.1:6060',
  argument: ':6060',
  pid: 4711,
  program: 'server\x1b[2J',
  name: 'x',
  goVersion: 'go1.26.8',
}
const values: Values = Object.fromEntries(
  (Object.keys(METRICS) as MetricName[]).map((name, k) => [
    name,
    METRICS[name].unit === 'bytes' ? 1e6 * (k + 1) : k + 0.5,
  ]),
)
const reading: Reading = { at: 1_800_000_000_000, values, problem: '', silentMs: 0, ended: false }
const target = (more: Partial<PageTarget> = {}): PageTarget => {
  const series = new SeriesStore(50)
  for (let k = 0; k < 60; k++) series.add({ cpu: k, 'alloc.rate': k * 100 })
  const memory = {
    memstats: { HeapInuse: 5e6, HeapAlloc: 4e6, HeapIdle: 1e6, HeapReleased: 0, Sys: 8e6 },
    maxRss: 9e6,
  }
  return { facts, reading, last: values, series, account: buildMemoryAccount(memory), ...more }
}
const style = (width: number, color = false, unicode = true): Style => ({ color, bars: true, unicode, width })
const page = (more: Partial<PageState> = {}): PageState => ({
  targets: [target(), target({ reading: undefined })],
  selected: 0,
  view: 'use',
  marks: [{ at: 1_800_000_000_000, text: 'mark 1' }],
  status: 'recording',
  message: 'written: x',
  intervalMs: 1000,
  ...more,
})
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours take no cells
const bare = (line: string): string => line.replace(/\x1b\[\d+m/g, '')

describe('the page', () => {
  test.each([
    'use',
    'memory',
    'help',
  ] as const)('with %s is never wider or longer than the terminal', (view) => {
    for (const width of [20, 59, 60, 80, 99, 100, 200])
      for (const height of [5, 24, 60])
        for (const color of [false, true]) {
          const lines = pageLines(style(width, color, color), page({ view }), height)
          expect(lines).toHaveLength(height)
          for (const line of lines) expect(cellWidth(bare(line))).toBeLessThanOrEqual(width)
        }
  })

  test('obeys nothing that stands in names', () => {
    for (const line of pageLines(style(100), page(), 40)) expect(line).not.toContain('\x1b')
  })

  test('says how long there was no answer, and shows old numbers as such', () => {
    const silent = target({
      reading: { ...reading, values: {}, silentMs: 12_300, problem: 'connection refused' },
    })
    const lines = pageLines(style(100, true), page({ targets: [silent] }), 30)
    expect(lines.map(bare).join('\n')).toContain('no answer for 12\u202fs: connection refused')
    expect(lines.find((l) => bare(l).startsWith('heap'))).toContain('\x1b[90mlive')
  })

  test('an ended process is told', () => {
    const text = pageLines(
      style(80),
      page({ targets: [target({ reading: { ...reading, ended: true } })] }),
      30,
    ).join('\n')
    expect(text).toContain('the process has ended')
  })

  test('in a plain locale is ASCII', () => {
    for (const line of pageLines(style(100, false, false), page(), 40)) expect(line).toMatch(/^[\x20-\x7e]*$/)
  })
})

test('one line per interval has the same fields, whatever is known', () => {
  const names = (r: Reading): string[] =>
    intervalLine(style(80, false, false), facts, r, false)
      .split('  ')
      .map((f) => f.split(' ')[0]!)
  const empty = names({ ...reading, values: {} })
  expect(empty.slice(1)).toEqual([
    'cpu',
    'rss',
    'heap',
    'goal',
    'alloc',
    'gc',
    'gccpu',
    'pause',
    'goroutines',
    'threads',
  ])
  expect(names(reading).slice(1, 11)).toEqual(empty.slice(1))
})

const process: GoProcess = {
  pid: 4711,
  parent: 1,
  uid: 0,
  state: 'S',
  executable: '/srv/a\x1b]0;x',
  deleted: true,
  commandLine: ['./a', '-x'],
  binary: {
    info: {
      goVersion: 'go1.26.8',
      path: 'example.com/a',
      main: { path: 'example.com/a', version: '(devel)', sum: '', replace: undefined },
      deps: [],
      settings: new Map([
        ['vcs.revision', '0123456789abcdef'],
        ['vcs.modified', 'true'],
      ]),
    },
    arch: 'amd64',
    stripped: false,
  },
  cpuSeconds: 5,
  uptimeSeconds: 10,
  cpusNow: 0.5,
  residentBytes: 1 << 20,
  peakBytes: undefined,
  threads: 5,
  openFiles: 7,
  openFilesLimit: Number.POSITIVE_INFINITY,
  allowedCpus: 8,
  environment: new Map([['GOGC', '50']]),
  limits: {
    container: { runtime: 'docker', id: 'abc' },
    unit: undefined,
    memoryBytes: 1 << 30,
    cpus: 2,
    tasks: undefined,
  },
  listeners: [{ kind: 'tcp', address: '::', port: 6060, shown: '[::]:6060' }],
  answers: [],
  gopsPort: 1234,
  reachable: true,
  notes: ['a note'],
  warnings: ['a warning'],
}
const found = { processes: [process], looked: 9, forbidden: 2, notes: [] }

describe('ps', () => {
  test('fits, obeys nothing, and tells what was not permitted', () => {
    for (const width of [60, 80, 120]) {
      const lines = [...psLines(style(width), found), ...processLines(style(width), process)]
      for (const line of lines) {
        expect(cellWidth(line)).toBeLessThanOrEqual(width)
        expect(line).not.toContain('\x1b')
      }
    }
    expect(psLines(style(120), found).join('\n')).toMatch(/2 processes may not be looked at/)
    expect(psLines(style(120), { ...found, processes: [] })[0]).toBe('no Go program among 9 processes')
  })

  test('as JSON there is no number that is none', () => {
    const doc = JSON.parse(JSON.stringify(psJson(found, true)))
    expect(doc.processes[0]).toMatchObject({
      openFilesLimit: null,
      memory: { peak: null, limit: 1 << 30 },
      cpu: { quota: 2, expectedMaxProcs: 2 },
      go: { version: 'go1.26.8', revision: '0123456789abcdef', modified: true, dependencies: [] },
      listeners: [{ address: '::', port: 6060, answer: null }],
    })
  })
})
