import { describe, expect, test } from 'vitest'
import { metricValues } from './prometheus.ts'
import { Redactor, redactArguments } from './redact.ts'
import { pageOf, parseHeader, pidOf, targetOf, varsPath } from './target.ts'
import { bytesOf, millisOf } from './units-of.ts'

describe('targets', () => {
  test.each([
    ['localhost:6060', 'http://localhost:6060/debug/pprof/'],
    ['6060', 'http://localhost:6060/debug/pprof/'],
    [':6060', 'http://localhost:6060/debug/pprof/'],
    ['http://h:1/', 'http://h:1/debug/pprof/'],
    ['http://h:1/debug/pprof', 'http://h:1/debug/pprof/'],
    ['https://h/admin/pprof/', 'https://h/admin/pprof/'],
    ['http://h:1/debug/pprof/heap?debug=1', 'http://h:1/debug/pprof/'],
    ['unix:/run/a.sock', 'unix:/run/a.sock:/debug/pprof/'],
    ['http://[::1]:6060', 'http://[::1]:6060/debug/pprof/'],
  ])('%s', (text, shown) => {
    expect(targetOf(text).shown).toBe(shown)
  })

  test.each(['file.pb.gz', '', 'ftp://h/', 'pid'])('%j is none', (text) => {
    expect(() => targetOf(text)).toThrow(/wanted|protocol|badly/)
  })

  test('pages, beside them expvar, with the query that was given', () => {
    const t = targetOf('http://h:1/x/debug/pprof/?token=abcdefgh&a=1')
    expect(pageOf(t, 'profile', 'seconds=3').target).toBe(
      '/x/debug/pprof/profile?seconds=3&a=1&token=abcdefgh',
    )
    expect(pageOf(t, varsPath(t)).target).toBe('/x/debug/vars?a=1&token=abcdefgh')
    expect(pageOf(t, '/metrics').shown).toBe('http://h:1/metrics?a=1&token=xxxxx')
    expect(t.secrets).toContain('abcdefgh')
    expect(targetOf('h:1', { pprofPath: 'ops/prof' }).server.path).toBe('/ops/prof/')
  })

  test('names of folders hold nothing strange', () => {
    expect(targetOf('http://u:secret@h.example:80/').name).toBe('h.example-80')
    expect(targetOf('unix:/run/../a b.sock').name).toBe('a-b.sock')
    expect(targetOf('http://[fe80::1%25eth0]:1/').name).toMatch(/^[\w.-]+$/)
  })

  test('secrets are known: passwords, headers, tokens', () => {
    const { secrets } = targetOf('http://bob:p%40ss@h:1/', {
      headers: { Authorization: 'Bearer tok12345678' },
    })
    expect(secrets).toContain('p@ss')
    expect(secrets).toContain('tok12345678')
    expect(secrets).toContain(Buffer.from('bob:p@ss').toString('base64'))
  })

  test('processes', () => {
    expect(pidOf('pid:17')).toBe(17)
    expect(pidOf('localhost:1')).toBeUndefined()
    for (const bad of ['pid:', 'pid:0', 'pid:x', 'pid:-1'])
      expect(() => pidOf(bad)).toThrow('number of a process')
  })

  test('headers', () => {
    expect(parseHeader('Authorization: Bearer x: y ')).toEqual(['Authorization', 'Bearer x: y'])
    for (const bad of ['', 'x', ': v', 'a b: c', 'a: b\r\nc: d'])
      expect(() => parseHeader(bad)).toThrow('header')
  })
})

describe('secrets', () => {
  test('that servers repeat are taken out', () => {
    const r = new Redactor(['abcd', 'abcdef/g', 'x'])
    expect(r.text('no abcdef/g, abcdef%2Fg, abcd; x stays')).toBe('no xxxxx, xxxxx, xxxxx; x stays')
  })

  test('of command lines', () => {
    expect(
      redactArguments([
        './srv',
        '-addr=:80',
        '--db-password=hunter2',
        '-token',
        'abc',
        '-v',
        'API_KEY=1',
        'postgres://u:pw@h/db',
        '-secret',
        '-v',
      ]),
    ).toEqual([
      './srv',
      '-addr=:80',
      '--db-password=xxxxx',
      '-token',
      'xxxxx',
      '-v',
      'API_KEY=xxxxx',
      'postgres://u:xxxxx@h/db',
      '-secret',
      '-v',
    ])
  })
})

test('durations and sizes as they are typed', () => {
  expect(['500ms', '10s', '10m', '1h30m', '2', '1.5s'].map(millisOf)).toEqual([
    500, 1e4, 6e5, 54e5, 2000, 1500,
  ])
  for (const bad of ['', '0', '0s', 'x', '10 m', '-1s', '1y'])
    expect(() => millisOf(bad), bad).toThrow('duration')
  expect(['16MiB', '16MB', '1k', '5', '0.5GiB', '7B'].map(bytesOf)).toEqual([
    16 << 20,
    16e6,
    1024,
    5,
    2 ** 29,
    7,
  ])
  for (const bad of ['', '0', 'x', '1XB', '-1k']) expect(() => bytesOf(bad), bad).toThrow('size')
})

test('metrics of Prometheus, summed over their series', () => {
  const values = metricValues(
    '# HELP a b\n# TYPE a counter\na{x="1",y="} 9"} 2\na{x="2"} 3 1700000000\nb 1e3\nc NaN\nd +Inf\nbroken line here\n{x="1"} 5\n',
  )
  expect([...values]).toEqual([
    ['a', 5],
    ['b', 1000],
    ['d', Number.POSITIVE_INFINITY],
  ])
})
