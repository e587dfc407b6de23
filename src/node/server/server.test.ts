// Requests byte by byte, as no browser would send them.
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Answer,
  loopbackAddresses,
  parseHostPort,
  type Request,
  type RunningServer,
  type Site,
  startServer,
} from './server.ts'

const asked: Request[] = []
const site: Site = {
  method: (path) => (path === '/page' || path === '/bad' ? 'GET' : path === '/change' ? 'POST' : undefined),
  async answer(r, formToken): Promise<Answer> {
    asked.push(r)
    if (r.path === '/bad') throw new Error('internal matters')
    return { status: 200, type: 'text/plain', body: `form ${formToken}` }
  },
}
const warnings: string[] = []
let server: RunningServer
let port = 0
let token = ''
let cookie = ''
let formToken = ''

/** Sends the bytes; gives all that comes back. */
function raw(bytes: string): Promise<string> {
  return new Promise((done, fail) => {
    const socket = connect(port, '127.0.0.1')
    let out = ''
    socket.setTimeout(5000, () => socket.destroy(new Error('no answer')))
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
}

function request(
  method: string,
  target: string,
  headers: readonly string[] = [],
  body = '',
): Promise<string> {
  const host = headers.some((h) => h.startsWith('Host:')) ? [] : [`Host: localhost:${port}`]
  const head = [`${method} ${target} HTTP/1.1`, ...host, 'Connection: close', ...headers]
  return raw(`${head.join('\r\n')}\r\n\r\n${body}`)
}

const known = (): string => `Cookie: ${cookie}`
const status = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])

function post(fields: string, headers: readonly string[] = []): Promise<string> {
  const type = headers.some((h) => h.startsWith('Content-Type'))
    ? []
    : ['Content-Type: application/x-www-form-urlencoded']
  const length = `Content-Length: ${fields.length}`
  return request('POST', '/change', [known(), ...type, length, ...headers], fields)
}

beforeAll(async () => {
  server = await startServer(site, { host: 'localhost', port: 0 }, (text) => warnings.push(text))
  const url = new URL(server.url)
  port = Number(url.port)
  token = url.searchParams.get('token')!
  const first = await request('GET', `/page?token=${token}&f=a`)
  cookie = /Set-Cookie: ([^;]+)/i.exec(first)![1]!
  formToken = /form ([0-9a-f]{32})/.exec(first)![1]!
})
afterAll(() => server.close())

describe('requests that are refused', () => {
  const cases: [name: string, status: number, send: () => Promise<string>][] = [
    ['a foreign host', 403, () => request('GET', '/page', [known(), `Host: evil.example:${port}`])],
    [
      'two hosts',
      403,
      () => request('GET', '/page', [known(), `Host: localhost:${port}`, 'Host: evil.example']),
    ],
    ['no host', 400, () => raw(`GET /page HTTP/1.1\r\n${known()}\r\nConnection: close\r\n\r\n`)],
    ['a foreign origin', 403, () => request('GET', '/page', [known(), 'Origin: http://evil.example'])],
    [
      'a frame of another site',
      403,
      () =>
        request('GET', '/page', [
          known(),
          'Sec-Fetch-Site: cross-site',
          'Sec-Fetch-Mode: navigate',
          'Sec-Fetch-Dest: iframe',
        ]),
    ],
    ['no secret', 403, () => request('GET', '/page')],
    ['a wrong secret', 403, () => request('GET', `/page?token=${'0'.repeat(32)}`)],
    ['no secret, no such page', 403, () => request('GET', '/etc/passwd')],
    ['no such page', 404, () => request('GET', '/nothing', [known()])],
    ['a way out of the folder', 404, () => request('GET', '/../../../../etc/passwd', [known()])],
    ['the same, encoded', 404, () => request('GET', '/%2e%2e/%2e%2e/etc/passwd', [known()])],
    ['a page with its path written differently', 404, () => request('GET', '//page', [known()])],
    ['an address for a proxy', 400, () => request('GET', 'http://evil.example/page', [known()])],
    ['an address that is too long', 414, () => request('GET', `/page?f=${'x'.repeat(9000)}`, [known()])],
    ['headers that are too large', 431, () => request('GET', '/page', [known(), `X: ${'x'.repeat(20_000)}`])],
    ['a strange method', 400, () => request('BREW', '/page', [known()])],
    [
      'a method that pages do not take',
      405,
      () => request('PUT', '/page', [known(), `Origin: http://localhost:${port}`, 'Content-Length: 0']),
    ],
    [
      'what a foreign page may ask beforehand',
      403,
      () =>
        request('OPTIONS', '/page', [
          known(),
          'Origin: http://evil.example',
          'Access-Control-Request-Method: POST',
        ]),
    ],
    ['a change by GET', 405, () => request('GET', `/change?token=${token}`, [known()])],
    ['a change without origin', 403, () => post(`token=${formToken}`)],
    ['a change from another site', 403, () => post(`token=${formToken}`, ['Origin: http://evil.example'])],
    ['a change from another port', 403, () => post(`token=${formToken}`, ['Origin: http://localhost:1'])],
    ['a change without the form’s secret', 403, () => post('a=1', [`Origin: http://localhost:${port}`])],
    [
      'a change with the address’s secret',
      403,
      () => post(`token=${token}`, [`Origin: http://localhost:${port}`]),
    ],
    [
      'a change that is no form',
      415,
      () => post(`token=${formToken}`, ['Content-Type: text/plain', `Origin: http://localhost:${port}`]),
    ],
    [
      'a form that is too large',
      413,
      () => post(`token=${formToken}&x=${'x'.repeat(70_000)}`, [`Origin: http://localhost:${port}`]),
    ],
    [
      'a form that is too large and does not say so',
      413,
      () =>
        request(
          'POST',
          '/change',
          [
            known(),
            'Content-Type: application/x-www-form-urlencoded',
            'Transfer-Encoding: chunked',
            `Origin: http://localhost:${port}`,
          ],
          `${(70_000).toString(16)}\r\n${'x'.repeat(70_000)}\r\n`,
        ),
    ],
    ['no HTTP', 400, () => raw('\x16\x03\x01\x02\x00\x01\x00\r\n\r\n')],
  ]
  test.each(cases)('%s: %i', async (_, expected, send) => {
    const before = asked.length
    const answer = await send()
    expect(status(answer)).toBe(expected)
    expect(asked.length).toBe(before)
    expect(answer).not.toMatch(/access-control|set-cookie|root:/i)
    // What Node itself answers, before there is a request, has no headers of ours.
    if (expected !== 431 && expected !== 400)
      expect(answer).toMatch(/content-security-policy: default-src 'none'/i)
  })
})

describe('requests that are answered', () => {
  test('with the cookie', async () => {
    const answer = await request('GET', '/page?f=a%2Fb&f=c', [known()])
    expect(status(answer)).toBe(200)
    expect(asked.at(-1)!.query.getAll('f')).toEqual(['a/b', 'c'])
    for (const header of [
      /^x-content-type-options: nosniff\r$/im,
      /^referrer-policy: no-referrer\r$/im,
      /^cache-control: no-store\r$/im,
      /^cross-origin-opener-policy: same-origin\r$/im,
      /^cross-origin-resource-policy: same-origin\r$/im,
    ])
      expect(answer).toMatch(header)
    expect(answer).not.toMatch(/set-cookie|access-control/i)
  })
  test('HEAD has the headers alone', async () => {
    const answer = await request('HEAD', '/page', [known()])
    expect(status(answer)).toBe(200)
    expect(answer).toMatch(/content-length: 37/i)
    expect(answer.endsWith('\r\n\r\n')).toBe(true)
  })
  test('the secret is not handed on, and buys a cookie that scripts and other sites do not get', async () => {
    const answer = await request('GET', `/page?token=${token}&f=a`)
    expect(answer).toMatch(/^set-cookie: goscope-\d+=[0-9a-f]{32}; Path=\/; HttpOnly; SameSite=Strict\r$/im)
    expect([...asked.at(-1)!.query]).toEqual([['f', 'a']])
  })
  test('a browser is led to the address without the secret', async () => {
    const answer = await request('GET', `/page?token=${token}&f=%22%3E%3Cscript%3E&i='`, [
      'Sec-Fetch-Site: cross-site',
      'Sec-Fetch-Mode: navigate',
      'Sec-Fetch-Dest: document',
    ])
    expect(answer).toContain('content="0;url=/page?f=%22%3E%3Cscript%3E&amp;i=%27"')
    expect(answer).toMatch(/set-cookie/i)
    expect(answer).not.toContain(token)
  })
  test('a form of ours', async () => {
    const answer = await post(`token=${formToken}&a=1`, ['Origin: null', 'Sec-Fetch-Site: same-origin'])
    expect(status(answer)).toBe(200)
    expect([...asked.at(-1)!.form!]).toEqual([['a', '1']])
  })
  test('a defect says so in the terminal, and nothing of it on the page', async () => {
    const answer = await request('GET', '/bad', [known()])
    expect(status(answer)).toBe(500)
    expect(answer).not.toContain('internal matters')
    expect(warnings.join()).toContain('internal matters')
  })
})

describe('where it listens', () => {
  test.each([
    [':', 'localhost', 0],
    [':0', 'localhost', 0],
    [':8080', 'localhost', 8080],
    ['127.0.0.1:', '127.0.0.1', 0],
    ['[::1]:99', '::1', 99],
    ['localhost:65535', 'localhost', 65535],
  ])('%s', (text, host, port) => {
    expect(parseHostPort(text)).toEqual({ host, port })
  })
  test.each([
    '8080',
    'localhost',
    'localhost:http',
    ':65536',
    ':-1',
    '::1:80',
    '[::1]',
    'a:b:c',
  ])('not %s', (text) => {
    expect(() => parseHostPort(text)).toThrow('-http=')
  })
  test('on this machine only', async () => {
    expect(await loopbackAddresses('localhost')).toEqual(['127.0.0.1', '::1'])
    expect(await loopbackAddresses('127.1.2.3')).toEqual(['127.1.2.3'])
    for (const host of ['0.0.0.0', '::', '192.168.1.1', '10.0.0.1', '8.8.8.8'])
      await expect(loopbackAddresses(host)).rejects.toThrow('can be reached from other machines')
  })
  test('a port that is taken is an error that says so', async () => {
    await expect(startServer(site, { host: 'localhost', port }, () => undefined)).rejects.toThrow(
      'is taken by another program',
    )
  })
})
