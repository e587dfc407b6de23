// Every address of every server, asked byte by byte as a stranger would: none is answered. Addresses are found by
// asking the sites for whatever their sources write, so that a new one is among them.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../../../test/kit/run-command.ts'
import { smallTrace } from '../../core/engine/workbench/trace-handmade.ts'
import { defaultConfig } from '../../core/reports/config.ts'
import { openBinaries } from '../binaries.ts'
import { readProfile } from '../read-profile.ts'
import { LiveFeed } from './live-feed.ts'
import { LiveSite } from './live-site.ts'
import { PageAssets } from './page-assets.ts'
import { PprofUi } from './pprof-ui.ts'
import { type RunningServer, type Site, startServer } from './server.ts'
import { TraceUi } from './trace-ui.ts'
import { WorkbenchSite } from './workbench-site.ts'

const folder = mkdtempSync(join(tmpdir(), 'goscope-routes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const cpu = join(root, 'examples', 'orders', 'go1.26', 'cpu.pb.gz')
const quiet = (): void => undefined

const SITES: Readonly<Record<string, () => Promise<Site>>> = {
  open: async () =>
    new WorkbenchSite({ version: '0', sources: [{ name: 'cpu', bytes: 1, content: { file: cpu } }] }),
  'pprof -http': async () =>
    new PprofUi({
      profile: (await readProfile(cpu)).profile,
      config: defaultConfig(),
      binaries: openBinaries(),
      settings: join(folder, 'settings.json'),
      version: '0',
      warn: quiet,
    }),
  'trace -http': async () =>
    new TraceUi({ bytes: smallTrace(), name: 'trace.out', version: '0', log: quiet }),
  'watch --web': async () =>
    new LiveSite({ version: '0', feed: new LiveFeed(1000), targets: 1, take: async () => cpu }),
}

/** Whatever the sources of the servers have in quotes, and the files of the page. */
function words(): string[] {
  const here = join(root, 'src', 'node', 'server')
  // A few of the assets: they are all answered in one place.
  const out = new Set(new PageAssets().served().slice(0, 3))
  for (const file of readdirSync(here))
    if (/(?<!\.test)\.ts$/.test(file))
      for (const m of readFileSync(join(here, file), 'utf8').matchAll(/['`]\/?([\w./-]{0,40})['`]/g))
        out.add(m[1]!)
  for (const name of ['io', 'block', 'syscall', 'sched']) out.add(`region${name}`)
  return [...out]
}

/** Addresses of a site, with the method that each takes. */
function routesOf(site: Site): [path: string, method: 'GET' | 'POST'][] {
  // A site that leads everything elsewhere to its pages has no addresses there worth asking each.
  const leads = site.method('/no/such/page') !== undefined
  const paths = new Set(words().flatMap((w) => (leads && w !== '' ? [`/ui/${w}`] : [`/${w}`, `/ui/${w}`])))
  return [...paths].flatMap((path) => {
    const method = site.method(path)
    return method === undefined ? [] : [[path, method] as [string, 'GET' | 'POST']]
  })
}

const status = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0)

describe.each(Object.keys(SITES))('goscope %s', (name) => {
  let server: RunningServer
  let port = 0
  let token = ''
  let cookie = ''
  let form = ''
  let answered = 0
  let routes: [path: string, method: 'GET' | 'POST'][] = []

  /** Sends the bytes; gives all that comes back. */
  const raw = (bytes: string): Promise<string> =>
    new Promise((done, fail) => {
      const socket = connect(port, '127.0.0.1')
      let out = ''
      socket.setTimeout(8000, () => socket.destroy(new Error(`no answer to ${bytes.slice(0, 100)}`)))
      socket.on('data', (b) => {
        out += b.toString('latin1')
      })
      socket.on('end', () => socket.end())
      socket.on('close', () => done(out))
      socket.on('error', (e: NodeJS.ErrnoException) =>
        e.code === 'ECONNRESET' || e.code === 'EPIPE' ? done(out) : fail(e),
      )
      socket.write(bytes)
    })
  const ask = (method: string, target: string, headers: readonly string[], body = ''): Promise<string> => {
    const host = headers.some((h) => /^host:/i.test(h)) ? [] : [`Host: 127.0.0.1:${port}`]
    return raw(
      `${[`${method} ${target} HTTP/1.1`, ...host, 'Connection: close', ...headers].join('\r\n')}\r\n\r\n${body}`,
    )
  }
  const known = (): string => `Cookie: ${cookie}`
  const own = (): string => `Origin: http://127.0.0.1:${port}`
  const FORM = 'Content-Type: application/x-www-form-urlencoded'
  const post = (path: string, fields: string, headers: readonly string[]): Promise<string> =>
    ask('POST', path, [FORM, `Content-Length: ${fields.length}`, ...headers], fields)
  /** As the page would ask: this must be answered, or the other tests would prove nothing. */
  const properly = (path: string, method: 'GET' | 'POST'): Promise<string> =>
    method === 'GET' ? ask('GET', path, [known()]) : post(path, `token=${form}`, [known(), own()])

  beforeAll(async () => {
    const site = await SITES[name]!()
    routes = routesOf(site)
    const counted: Site = {
      method: (path) => site.method(path),
      answer(r, formToken) {
        answered++
        form = formToken
        return site.answer(r, formToken)
      },
    }
    server = await startServer(counted, { host: '127.0.0.1', port: 0 }, quiet)
    const url = new URL(server.url)
    port = Number(url.port)
    token = url.searchParams.get('token')!
    cookie = /Set-Cookie: ([^;]+)/i.exec(await ask('GET', `/?token=${token}`, []))![1]!
  })
  afterAll(() => server.close())

  /** Sends to every address; expects one of the statuses, and that the site never sees the request. */
  async function refused(
    expected: readonly number[],
    send: (path: string, method: 'GET' | 'POST') => Promise<string>,
  ): Promise<void> {
    const before = answered
    for (const [path, method] of routes) {
      const answer = await send(path, method)
      expect(expected, `${method} ${path}: ${answer.slice(0, 300)}`).toContain(status(answer))
      expect(answered, `${method} ${path} was answered`).toBe(before)
      expect(answer).not.toMatch(/access-control|set-cookie|root:x|"packages"/i)
      // What Node itself refuses has no headers of ours.
      if (![400, 431].includes(status(answer)))
        expect(answer).toMatch(/content-security-policy: default-src 'none'/i)
    }
  }

  test('has addresses, and answers those who may ask', async () => {
    expect(routes.length).toBeGreaterThan(5)
    for (const [path, method] of routes) {
      const before = answered
      const answer = await properly(path, method)
      expect([200, 301, 307, 400], `${method} ${path}`).toContain(status(answer))
      expect(answered, path).toBe(before + 1)
      expect(answer).toMatch(/x-content-type-options: nosniff/i)
      expect(answer).toMatch(/frame-ancestors 'none'/)
    }
  })

  test('no secret, or another one', async () => {
    const wrong = '0'.repeat(32)
    for (const headers of [
      [],
      ['Cookie: x=1'],
      [`Cookie: goscope-${port}=${wrong}`],
      [`Cookie: goscope-${port}=${token}`],
      [`Authorization: Bearer ${token}`],
    ])
      await refused([403], (path, method) =>
        method === 'GET' ? ask('GET', path, headers) : post(path, `token=${form}`, [...headers, own()]),
      )
    await refused([403], (path) => ask('GET', `${path}?token=${wrong}`, []))
    await refused([403], (path) => ask('GET', `${path}?token=&token=${token}`, []))
    await refused([403], (path) => ask('GET', `${path}?Token=${token}`, []))
  })

  test('another host', async () => {
    const hosts = [
      `evil.example:${port}`,
      'evil.example',
      '127.0.0.1',
      `127.0.0.1:${port}.evil.example`,
      `127.0.0.1:${port}@evil`,
      '0:0',
    ]
    for (const host of hosts)
      await refused([403, 400], (path) => ask('GET', `${path}?token=${token}`, [known(), `Host: ${host}`]))
    await refused([400, 403], (path) =>
      ask('GET', path, [known(), `Host: 127.0.0.1:${port}`, 'Host: evil.example']),
    )
    await refused([400], (path) => raw(`GET ${path} HTTP/1.1\r\n${known()}\r\nConnection: close\r\n\r\n`))
    await refused([400], (path) => ask('GET', `http://127.0.0.1:${port}${path}`, [known()]))
    await refused([403], (path) =>
      ask('GET', path, [known(), 'Host: evil.example', `X-Forwarded-Host: 127.0.0.1:${port}`]),
    )
  })

  test('another page', async () => {
    for (const headers of [
      ['Origin: http://evil.example'],
      ['Origin: null'],
      [`Origin: https://127.0.0.1:${port}`],
      [`Origin: http://127.0.0.1:${port + 1}`],
      ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: no-cors', 'Sec-Fetch-Dest: script'],
      ['Sec-Fetch-Site: same-site', 'Sec-Fetch-Mode: cors', 'Sec-Fetch-Dest: empty'],
      ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: iframe'],
    ])
      await refused([403], (path, method) =>
        method === 'GET'
          ? ask('GET', path, [known(), ...headers])
          : post(path, `token=${form}`, [known(), ...headers]),
      )
  })

  test('another method', async () => {
    await refused([405], (path, method) =>
      method === 'GET'
        ? post(path, `token=${form}`, [known(), own()])
        : ask('GET', `${path}?token=${token}`, [known()]),
    )
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])
      await refused([405], (path) => ask(method, path, [known(), own(), 'Content-Length: 0']))
    await refused([403], (path) =>
      ask('OPTIONS', path, [known(), 'Origin: http://evil.example', 'Access-Control-Request-Method: POST']),
    )
    await refused([400, 405], (path) =>
      ask('CONNECT', path, [known(), own()]).then((a) => a || 'HTTP/1.1 400 '),
    )
  })

  test('forms that are not of the page', async () => {
    const posts = async (
      expected: readonly number[],
      send: (path: string) => Promise<string>,
    ): Promise<void> => {
      const all = routes
      routes = all.filter(([, method]) => method === 'POST')
      await refused(expected, send)
      routes = all
    }
    for (const fields of [
      '',
      `token=${token}`,
      `token=${'0'.repeat(32)}`,
      `Token=${form}`,
      `token=&token=${form}`,
    ])
      await posts([403], (path) => post(path, fields, [known(), own()]))
    await posts([403], (path) => post(path, `token=${form}`, [known()]))
    await posts([413], (path) => post(path, `token=${form}&x=${'x'.repeat(70_000)}`, [known(), own()]))
    for (const type of ['text/plain', 'application/json', 'multipart/form-data; boundary=x'])
      await posts([415], (path) =>
        ask('POST', path, [known(), own(), `Content-Type: ${type}`, 'Content-Length: 38'], `token=${form}`),
      )
  })

  test('paths written otherwise lead nowhere', async () => {
    const site = await SITES[name]!()
    const variants = (p: string): string[] => [
      `${p}/`,
      `/${p}`,
      `/.${p}`,
      `/x/..${p}`,
      `/%2e%2e${p}`,
      `${p}%00`,
      `${p}%2f..%2f..%2f..%2fetc%2fpasswd`,
      `${p}/../../../../../../etc/passwd`,
      `${p}\\..\\..\\package.json`,
      `${p};x`,
      `/%252e%252e%252f${p.slice(1)}`,
      `${p}%c0%af..`,
      p.replace(/[a-z]/, (c) => `%${c.charCodeAt(0).toString(16)}`),
    ]
    for (const [path] of routes)
      for (const v of variants(path)) {
        if (routes.some(([p]) => p === v)) continue
        const answer = await ask('GET', v, [known()])
        // `pprof -http` leads whatever is not under /ui/ there, as the reference does, and only there.
        if (site.method(v) === 'GET' && !v.startsWith('/ui/'))
          expect(answer, v).toMatch(/^Location: \/ui\/?\r$/im)
        else expect([400, 404, 405], v).toContain(status(answer))
        expect(answer, v).not.toMatch(/root:x|"name": "goscope"/)
      }
  })

  test('lengths, and requests in requests', async () => {
    const most = routes.slice(0, 12)
    routes = most
    await refused([414], (path) => ask('GET', `${path}?x=${'x'.repeat(9000)}`, [known()]))
    await refused([431], (path) => ask('GET', path, [known(), `X: ${'x'.repeat(20_000)}`]))
    const twice = `GET ${most[0]![0]} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`
    await refused([400], (path) =>
      ask(
        'POST',
        path,
        [known(), own(), FORM, 'Content-Length: 5', 'Transfer-Encoding: chunked'],
        `0\r\n\r\n${twice}`,
      ),
    )
    await refused([400], (path) =>
      ask('POST', path, [known(), own(), FORM, 'Content-Length: 5', 'Content-Length: 6'], 'token'),
    )
    await refused([400, 403, 405, 501], (path) =>
      ask('POST', path, [own(), FORM, 'Transfer-Encoding: xchunked'], `0\r\n\r\n${twice}`),
    )
    await refused([400], (path) =>
      raw(`GET ${path} HTTP/1.1\r\nHost : 127.0.0.1:${port}\r\n${known()}\r\n\r\n`),
    )
    await refused([400, 403], (path) =>
      raw(
        `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX: a\r\n ${known()}\r\nConnection: close\r\n\r\n`,
      ),
    )
    await refused([400, 505], (path) =>
      raw(`GET ${path} HTTP/9.9\r\nHost: 127.0.0.1:${port}\r\n${known()}\r\n\r\n`),
    )
    // What hides in a body is a body; what follows a request is judged for itself.
    const hidden = await ask('GET', '/', [`Content-Length: ${twice.length}`], twice)
    expect(hidden.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 403'])
    const next = await raw(
      `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${known()}\r\n\r\nGET / HTTP/1.1\r\nHost: evil.example\r\n${known()}\r\nConnection: close\r\n\r\n`,
    )
    expect(next.match(/HTTP\/1\.1 \d+/g)![1]).toBe('HTTP/1.1 403')
  })
})
