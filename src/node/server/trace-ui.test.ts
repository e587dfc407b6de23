// `goscope trace -http`: its addresses, asked over the wire as a program would.
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ProfileLoader } from '../../core/engine/profile-loader.ts'
import { traceFactsText } from '../../core/engine/trace-facts.ts'
import { smallTrace } from '../../core/engine/workbench/trace-handmade.ts'
import { type RunningServer, startServer } from './server.ts'
import { TraceUi } from './trace-ui.ts'
import { startOf, timelinePage, timelineStart } from './trace-ui-routes.ts'

const bytes = smallTrace()
// biome-ignore lint/suspicious/noExplicitAny: a document of many shapes
const facts: any = JSON.parse([...traceFactsText(bytes)].join(''))
const lines: string[] = []
let server: RunningServer
let origin = ''
let token = ''

beforeAll(async () => {
  const ui = new TraceUi({ bytes, name: 'trace.out', version: '0', log: (text) => lines.push(text) })
  server = await startServer(ui, { host: 'localhost', port: 0 }, (text) => lines.push(text))
  const url = new URL(server.url)
  origin = url.origin
  token = url.searchParams.get('token')!
})
afterAll(() => server.close())

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> => {
  const url = new URL(path, origin)
  url.searchParams.set('token', token)
  return fetch(url, { headers })
}

describe('pages', () => {
  test.each([
    '/',
    '/goroutines',
    '/goroutine?name=main.worker&sortby=Sched+wait+time',
    '/usertasks',
    '/usertask?type=request&complete=1',
    '/userregions',
    '/userregion?type=part&pc=20',
    '/mmu',
    '/io',
    '/block?name=main.worker',
    '/regionsched?type=part',
  ])('%s is the workbench at its view', async (path) => {
    const r = await get(path)
    expect(r.status).toBe(200)
    expect(r.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const boot = JSON.parse(/id="boot">(.*?)<\/script>/s.exec(await r.text())![1]!)
    const url = new URL(path, origin)
    expect(boot).toMatchObject({ mode: 'served', start: startOf(url.pathname, url.searchParams) })
    expect(boot.sources).toEqual([{ name: 'trace.out', bytes: bytes.length, url: 'source/0' }])
  })

  test('the page gets the trace as it is', async () => {
    const r = await get('/source/0')
    expect(new Uint8Array(await r.arrayBuffer())).toEqual(bytes)
    expect((await get('/source/1')).status).toBe(404)
  })

  test.each([
    '/unknown',
    '/static/webcomponents.min.js',
    '/debug/pprof/',
    '/../etc/passwd',
    '/%2e%2e/x',
  ])('there is no %s', async (path) => {
    expect((await get(path)).status).toBe(404)
  })

  test('nobody gets in without the secret, from another host or another page', async () => {
    expect((await fetch(`${origin}/jsontrace`)).status).toBe(403)
    expect((await get('/jsontrace', { origin: 'http://evil.example' })).status).toBe(403)
    expect((await get('/mmu?mode=plot', { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await fetch(`${origin}/io?raw=1&token=${token}`, { method: 'POST' })).status).toBe(403)
  })
})

describe('parameters become those of the views', () => {
  const start = (path: string): string => {
    const url = new URL(path, 'http://x')
    return startOf(url.pathname, url.searchParams)
  }
  test.each([
    ['/', 'trace'],
    ['/goroutine?name=a%26b', 'trace-goroutines?trace-goroutines.group=a%26b'],
    ['/goroutine?name=', 'trace-goroutines?trace-goroutines.group='],
    [
      '/goroutine?name=f&sortby=Block+time+(select)',
      'trace-goroutines?trace-goroutines.group=f&trace-goroutines.groups.sort=-block-time-select',
    ],
    [
      '/usertask?logtext=x&complete=0',
      'trace-tasks?trace-tasks.list=1&trace-tasks.complete=0&trace-tasks.logtext=x',
    ],
    ['/mmu?flags=perProc%7Cstw', 'trace-mmu?trace-mmu.flags=perProc%7Cstw'],
    ['/io', 'trace-waits?trace-waits.kind=net'],
    ['/block?name=f', 'trace-waits?trace-waits.kind=sync&trace-waits.group=f'],
    [
      '/regionsyscall?type=t&latmin=1ms',
      'trace-waits?trace-waits.kind=syscall&trace-waits.regions=1&trace-waits.type=t&trace-waits.latmin=1ms',
    ],
  ])('%s', (path, wanted) => {
    expect(start(path)).toBe(wanted)
  })

  test.each([
    ['', 'proc', null],
    ['view=thread', 'thread', null],
    ['goid=7&view=thread', 'goroutine', 'G7'],
    ['focustask=5', 'proc', 'T5'],
    ['taskid=5', 'goroutine', 'T5'],
    ['goid=evil"><script>', 'proc', null],
  ])('/trace?%s', (query, by, selected) => {
    const params = new URLSearchParams(timelineStart(new URLSearchParams(query)).replace(/^timeline\?/, ''))
    expect(params.get('timeline.by')).toBe(by)
    expect(params.get('timeline.sel')).toBe(selected)
    expect(timelinePage(new URLSearchParams(query)).match(/<script>/g)).toHaveLength(1)
  })

  test('/trace may run its script and nothing else', async () => {
    const r = await get('/trace?goid=2')
    expect(r.headers.get('content-security-policy')).toMatch(/script-src 'sha256-[^']+'(;|$)/)
    expect(await r.text()).toContain(
      'href="/#timeline?timeline.file=0&amp;timeline.by=goroutine&amp;timeline.sel=G2"',
    )
  })
})

describe('/jsontrace', () => {
  test.each([
    ['', 'proc'],
    ['view=proc', 'proc'],
    ['view=thread', 'thread'],
    ['goid=3', 'goid=3'],
    ['taskid=0', 'taskid=0'],
    ['focustask=100', 'focustask=100'],
  ])('?%s has the entries of the document of facts', async (query, view) => {
    const r = await get(`/jsontrace?${query}`)
    const text = await r.text()
    const known = facts.views[view]
    if (known === null) return expect(text).toBe('')
    const doc = JSON.parse(text)
    expect(doc.displayTimeUnit).toBe('ns')
    expect(doc.traceEvents.length).toBe(known.events)
    return expect(Object.keys(doc.stackFrames).length).toBe(known.frames)
  })

  test('a range of entries', async () => {
    const all = JSON.parse(await (await get('/jsontrace')).text())
    const part = JSON.parse(await (await get('/jsontrace?start=1&end=2')).text())
    const plain = (d: { traceEvents: { ph: string }[] }) => d.traceEvents.filter((e) => e.ph !== 'M')
    expect(plain(part)).toEqual(plain(all).slice(1, 3))
    // One of them alone says nothing.
    expect(JSON.parse(await (await get('/jsontrace?start=1')).text())).toEqual(all)
  })

  test.each([
    ['goid=77', 'failed to find goroutine 77'],
    ['goid=x', 'failed to parse goid parameter "x"'],
    ['goid=99999999999999999999', 'failed to parse goid parameter'],
    ['taskid=77', 'failed to find task with id 77'],
    ['focustask=0', 'failed to find task with id 0'],
    ['start=a&end=b', 'failed to parse start parameter "a"'],
  ])('?%s is answered with nothing, and a line in the terminal', async (query, line) => {
    lines.length = 0
    const r = await get(`/jsontrace?${query}`)
    expect([r.status, await r.text()]).toEqual([200, ''])
    expect(lines.join()).toContain(line)
  })
})

describe('/mmu', () => {
  const flags = 'flags=system%7Cstw%7Cbackground%7Cassist'
  test('mode=plot', async () => {
    const doc = JSON.parse(await (await get(`/mmu?mode=plot&${flags}`)).text())
    expect(Object.keys(doc)).toEqual(['curve', 'quantiles', 'xMax', 'xMin'])
    expect(doc.quantiles).toBeNull()
    expect(doc.curve.length).toBe(100)
    const percentiles = JSON.parse(await (await get(`/mmu?mode=plot&${flags}%7Cmut`)).text())
    expect(percentiles.quantiles.length).toBe(4)
    expect(percentiles.curve[99].length).toBe(5)
  })

  test('mode=details has the worst windows first, on the trace’s own clock', async () => {
    const doc = JSON.parse(await (await get(`/mmu?mode=details&window=100&${flags}`)).text())
    expect(doc.length).toBeGreaterThan(0)
    const utils = doc.map((w: { MutatorUtil: number }) => w.MutatorUtil)
    expect(utils).toEqual([...utils].sort((a, b) => a - b))
    expect(doc[0]).toEqual({
      Time: expect.any(Number),
      MutatorUtil: expect.any(Number),
      URL: expect.stringMatching(/^\/trace\?view=proc&start=0&end=0#[\d.e+-]+:[\d.e+-]+$/),
    })
    const stop = facts.stw[0]
    expect(doc[0].Time - facts.start).toBeLessThan(stop.start + stop.dur)
    expect(doc[0].Time - facts.start + 100).toBeGreaterThan(stop.start)
  })

  test.each(['', 'x', '-1', '1e9'])('a window of "%s" is the asker’s mistake', async (window) => {
    expect((await get(`/mmu?mode=details&window=${window}`)).status).toBe(400)
  })
})

describe('profiles', () => {
  const profileOf = async (path: string): Promise<[samples: number, count: number, delay: number]> => {
    const r = await get(path)
    expect(r.headers.get('content-type')).toBe('application/octet-stream')
    const raw = gunzipSync(Buffer.from(await r.arrayBuffer()))
    const loader = new ProfileLoader('x', raw.length, raw.length)
    loader.feed(raw)
    const { profile } = await loader.end()
    const sum = (k: number): number => profile.samples.value[k]!.f.reduce((a, b) => a + b, 0)
    return [profile.samples.count, sum(0), sum(1)]
  }
  test.each([
    ['io', 'net'],
    ['block', 'sync'],
    ['syscall', 'syscall'],
    ['sched', 'sched'],
  ])('/%s', async (path, kind) => {
    expect(await profileOf(`/${path}?raw=1`)).toEqual(facts.profiles[kind])
    const group = facts.groups.find((g: { name: string }) => g.name === 'main.worker')
    expect(await profileOf(`/${path}?raw=1&name=main.worker`)).toEqual(group.profiles[kind])
    expect(await profileOf(`/region${path}?raw=1&type=part`)).toEqual(facts.regions[0].profiles[kind])
    expect(await profileOf(`/region${path}?raw=x&latmin=1h`)).toEqual([0, 0, 0])
  })

  test('an unknown group is an error with the reference’s words', async () => {
    const r = await get('/io?raw=1&name=nobody')
    expect(r.status).toBe(500)
    expect(await r.text()).toBe(
      'failed to get records: failed to find matching goroutines for name: nobody\n',
    )
  })
})
