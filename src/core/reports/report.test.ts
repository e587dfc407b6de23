import { describe, expect, test } from 'vitest'
import { reportText } from '../../../test/kit/all-reports.ts'
import { profileFrom } from '../../../test/kit/profile-from.ts'
import { reportTotal } from './report.ts'
import { trimSourcePath } from './source-path.ts'

describe('paths of sources', () => {
  test.each([
    ['/a/b/c.go', '', '', '/a/b/c.go'],
    ['/a/b/c.go', '/a', '', 'b/c.go'],
    ['/a/b/c.go', '/x:/a/b/', '', 'c.go'],
    ['/abc/d.go', '/a', '', '/abc/d.go'],
    ['/proc/self/cwd/./d.go', '', '', 'd.go'],
    ['/proc/self/cwd/d.go', '/x', '', 'd.go'],
    ['/home/u/src/p/d.go', '', '/other/src', 'p/d.go'],
    ['/home/u/src/p/d.go', '/home', '/other/src', 'u/src/p/d.go'],
    ['/home/u/d.go', '', '/x:/y/u', 'd.go'],
  ])('%s with trim_path %j and source_path %j is %s', (path, trim, search, want) => {
    expect(trimSourcePath(path, trim, search)).toBe(want)
  })
})

describe('totals', () => {
  test('absolute values; those of the base alone where there are any', () => {
    const p = profileFrom('a  b  c\n= 5 1  = -7 2  = 3 4'.replaceAll('a  b  c', 'a      b       c'), [
      'x/count',
      'y/count',
    ])
    expect(reportTotal(p, 0, undefined)).toBe(15)
    expect(reportTotal(p, 0, 1)).toBe(2)
    const based = profileFrom(
      `
      a                  b
      = 5                = -7
                         # pprof::base:true`,
    )
    expect(reportTotal(based, 0, undefined)).toBe(7)
  })

  test('one unit for a whole report: that of the least, or of a hundred times it', () => {
    const ns = (...v: number[]): string => {
      const names = v.map((_, i) => `f${i}`.padEnd(30)).join('')
      const values = v.map((x) => `= ${x}`.padEnd(30)).join('')
      return reportText(profileFrom(`${names}\n${values}`, ['t/ns']), 'top', { nodeFraction: 0 })
    }
    expect(ns(1_500_000_000, 2_000_000)).toContain('1502ms, 100%')
    expect(ns(1_500_000_000, 700_000_000)).toContain('1500ms')
    expect(ns(1_000_000_000_000, 20_000_000)).toContain('1000.02s')
    expect(ns(2_000_000_000, 3_000_000_000)).toContain('5s')
  })
})

describe('text of reports', () => {
  const P = profileFrom(String.raw`
    main m.go:1           main m.go:1
    f"x\y m.go:2          g m.go:9
    ^in m.go:3            = -3
    = 8                   # k:v
  `)
  test('tree', () => {
    const text = reportText(P, 'tree', { compactLabels: true })
    expect(text.split(`${'-'.repeat(58)}+${'-'.repeat(13)}\n`).slice(2)).toEqual([
      [
        '                                                 8   100% |   f"x\\y (inline)\n',
        '         8 72.73% 72.73%          8 72.73%                | in\n',
      ].join(''),
      [
        '                                                -3   100% |   main\n',
        '        -3 27.27% 45.45%         -3 27.27%                | g\n',
      ].join(''),
      [
        '                                                 8   100% |   main\n',
        '         0     0% 45.45%          8 72.73%                | f"x\\y\n',
        '                                                 8   100% |   in (inline)\n',
      ].join(''),
      // Shares of callees are of what their caller comes to in the end.
      [
        '         0     0% 45.45%          5 45.45%                | main\n',
        '                                                 8 160.00% |   f"x\\y\n',
        '                                                -3 60.00% |   g\n',
      ].join(''),
      '',
    ])
  })

  test('raw, as a whole', () => {
    expect(reportText(P, 'raw')).toBe(
      [
        'PeriodType:  ',
        'Period: 0',
        'Samples:',
        'samples/count',
        '          8: 2 1 ',
        '         -3: 3 1 ',
        '                k:[v]',
        'Locations',
        '     1: 0x0 main m.go:1:0 s=0',
        '     2: 0x0 in m.go:3:0 s=0',
        '             f"x\\y m.go:2:0 s=0',
        '     3: 0x0 g m.go:9:0 s=0',
        'Mappings',
        '',
      ].join('\n'),
    )
  })

  test('dot escapes what Graphviz would read', () => {
    const dot = reportText(P, 'dot')
    expect(dot).toContain('tooltip="f\\"x')
    expect(dot).not.toMatch(/[^\\]"x/)
  })
})
