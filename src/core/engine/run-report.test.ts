import { describe, expect, test } from 'vitest'
import { reportText } from '../../../test/kit/all-reports.ts'
import { profileFrom } from '../../../test/kit/profile-from.ts'
import { UserError } from '../base/errors.ts'
import { utc } from '../base/go-time.ts'
import { Int64Column } from '../base/int64.ts'
import type { Profile } from '../model/profile.ts'
import { type Config, defaultConfig } from '../reports/config.ts'
import { REPORTS } from '../reports/index.ts'
import { patternsOf, prepareReport } from './run-report.ts'

const P: Profile = {
  ...profileFrom(
    `
    main m.go:1     main m.go:1     main m.go:2     main m.go:1
    serve s.go:5    serve s.go:6    gc              idle
    ^parse p.go:9   write           = 1 10000000    = 1 0
    = 2 30000000    = 3 50000000    # bytes:2 kb
    # user:anna     # user:bert
    # bytes:16 B    # bytes:4096 B`,
    ['samples/count', 'cpu/nanoseconds'],
  ),
  durationNanos: 100_000_000,
  timeNanos: 1_700_000_000_000_000_000,
}
/** The table of a top report: name -> [flat, cum]. */
function table(config: Partial<Config>, p = P): Record<string, string[]> {
  const lines = reportText(p, 'top', { nodeFraction: 0, ...config }).split('\n')
  const rows = lines.slice(lines.findIndex((l) => l.includes('flat%')) + 1, -1)
  return Object.fromEntries(
    rows.map((row) => {
      const [flat = '', , , cum = '', , ...name] = row.trim().split(/ +/)
      return [name.join(' '), [flat, cum]]
    }),
  )
}
const warnings = (config: Partial<Config>): string[] => {
  const out: string[] = []
  const command = { name: 'top', kind: REPORTS.top }
  prepareReport(P, command, { ...defaultConfig(), ...config }, { zones: utc, warn: (w) => out.push(w) })
  return out
}
const UNITS = 'For tag bytes used unit B, also encountered unit(s) kb'

describe('from config to report', () => {
  test('top, as a whole', () => {
    expect(reportText(P, 'top')).toBe(
      [
        'Type: cpu',
        'Time: 2023-11-14 22:13:20 UTC',
        'Duration: 100ms, Total samples = 90ms (90.00%)',
        'Showing nodes accounting for 90ms, 100% of 90ms total',
        '      flat  flat%   sum%        cum   cum%',
        '      50ms 55.56% 55.56%       50ms 55.56%  write',
        '      30ms 33.33% 88.89%       30ms 33.33%  parse (inline)',
        '      10ms 11.11%   100%       10ms 11.11%  gc',
        '         0     0%   100%       90ms   100%  main',
        '         0     0%   100%       80ms 88.89%  serve',
        '',
      ].join('\n'),
    )
  })

  test.each<[string, Partial<Config>, Record<string, string[]>]>([
    [
      'another sample type',
      { sampleIndex: 'samples' },
      { write: ['3', '3'], parse: ['2', '2'], main: ['0', '7'] },
    ],
    ['a mean', { mean: true }, { write: ['16.67ms', '16.67ms'], main: ['0', '12.86ms'] }],
    ['a divisor', { divideBy: 4 }, { write: ['12.50ms', '12.50ms'] }],
    ['lines', { granularity: 'lines' }, { 'serve s.go:5': ['0', '30ms'], 'serve s.go:6': ['0', '50ms'] }],
    ['files', { granularity: 'files' }, { 's.go': ['0', '80ms'], 'p.go': ['30ms', '30ms'] }],
    ['no inlined calls', { noInlines: true }, { serve: ['30ms', '80ms'] }],
    ['another unit', { unit: 's' }, { write: ['0.05s', '0.05s'] }],
    ['a filter by label', { tagFocus: 'user=anna' }, { main: ['0', '30ms'] }],
    ['a filter by range, in the unit of the key', { tagFocus: 'bytes=1kb:8kb' }, { main: ['0', '50ms'] }],
    [
      'frames of labels',
      { tagRoot: 'user', tagLeaf: 'bytes' },
      { anna: ['0', '30ms'], '16B': ['30ms', '30ms'] },
    ],
  ])('%s', (_, config, want) => {
    // Where one inlined line is all there is, the mark says so.
    const got = Object.fromEntries(
      Object.entries(table(config)).map(([k, v]) => [k.replace(' (inline)', ''), v]),
    )
    expect(got).toMatchObject(want)
  })

  test('percentages are of all, or of what the filters leave', () => {
    const share = (config: Partial<Config>): string | undefined =>
      / +30ms +(\S+).*parse/.exec(reportText(P, 'top', { focus: 'parse', ...config }))?.[1]
    expect(share({})).toBe('33.33%')
    expect(share({ relativePercentages: true })).toBe('100%')
  })

  test('remarks', () => {
    expect(warnings({})).toEqual([UNITS])
    expect(
      warnings({ focus: 'x1', tagIgnore: 'x2', tagFocus: '1kb:', tagRoot: 'none', showFrom: 'x3' }),
    ).toEqual([
      UNITS,
      'TagRoot expression matched no samples',
      "tagfocus:Interpreted '1kb:' as range, not regexp",
      'Focus expression matched no samples',
      'ShowFrom expression matched no samples',
      'TagFocus expression matched no samples',
      'TagIgnore expression matched no samples',
    ])
  })

  test.each<[Partial<Config>, string]>([
    [{ focus: '(' }, 'parsing focus regexp: error parsing regexp: missing closing ): `(`'],
    [{ divideBy: 0 }, 'zero divisor specified'],
    [{ sampleIndex: '7' }, 'sample_index 7 is outside the range [0..1]'],
    [{ sampleIndex: 'nope' }, 'sample_index "nope" must be one of: [samples cpu]'],
    [{ granularity: 'houses' }, 'unexpected granularity'],
    [{ tagFocus: '99999999999999999999kb' }, 'failed to parse int 99999999999999999999: value out of range'],
  ])('%j is refused', (config, message) => {
    const run = (): unknown => reportText(P, 'top', config)
    expect(run).toThrow(UserError)
    expect(run).toThrow(message)
  })

  test('all patterns are asked for before', () => {
    const config = {
      ...defaultConfig(),
      focus: 'f',
      hide: 'h',
      tagFocus: 'k=a,b',
      tagIgnore: '1kb',
      tagShow: 's',
    }
    expect(patternsOf(config, { name: 'peek', kind: REPORTS.peek, symbol: 'm' }).sort()).toEqual([
      'a',
      'b',
      'f',
      'h',
      'm',
      's',
    ])
  })

  test('reports too large to be put together say so', () => {
    // One text of a megabyte, under 600 keys.
    const one = profileFrom(`main\n# k:${'x'.repeat(2 ** 20)}`)
    const zeros = new Uint32Array(600)
    const p: Profile = {
      ...one,
      labelSets: {
        count: 2,
        start: Uint32Array.of(0, 0, 600),
        key: zeros.map((_, i) => one.strings.intern(`k${i}`)),
        str: zeros.map(() => one.labelSets.str[0]),
        num: Int64Column.of([...zeros]),
        unit: zeros,
      },
    }
    expect(() => reportText(p, 'tags')).toThrow(/^the report is too large to be made/)
  })
})
