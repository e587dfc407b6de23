// The parts of the server that read this machine's files, asked by requests as no browser would send them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeProfile } from '../../core/formats/pprof/encode.ts'
import { ProfileBuilder } from '../../core/model/profile-builder.ts'
import { type RunningServer, startServer } from './server.ts'
import { WorkbenchSite } from './workbench-site.ts'

const folder = mkdtempSync(join(tmpdir(), 'goscope-services-'))
const source = join(folder, 'main.go')
const secret = join(folder, 'secret.txt')
mkdirSync(join(folder, 'home'))
writeFileSync(source, `package main\n\nfunc run() {\n\twork() // <b>here</b>\n}\n`)
writeFileSync(secret, 'nobody reads this\n'.repeat(50))

function profile(names = true): Uint8Array {
  const b = new ProfileBuilder()
  b.sampleTypes = [{ type: 'cpu', unit: 'nanoseconds' }]
  const mapping = b.addMapping({ start: 0x1000, limit: 0x9000, file: join(folder, 'no-such-program') })
  const lines = names ? [{ fn: b.addFunction('main.run', { filename: source, startLine: 3 }), line: 4 }] : []
  b.addSample([b.addLocation({ address: 0x1010, mapping, lines })], [5])
  return Buffer.concat([...encodeProfile(b.done())])
}

let server: RunningServer
let port = 0
let token = ''
let cookie = ''
let formToken = ''

function raw(bytes: string): Promise<string> {
  return new Promise((done, fail) => {
    const socket = connect(port, '127.0.0.1')
    let out = ''
    socket.setTimeout(8000, () => socket.destroy(new Error('no answer')))
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

interface Sent {
  readonly method?: string
  readonly form?: Record<string, string>
  readonly headers?: Record<string, string | undefined>
  readonly body?: string
}

/** A request of the page itself, but for what is given. */
function send(path: string, { method = 'POST', form, headers = {}, body }: Sent = {}): Promise<string> {
  const text =
    body ?? (form === undefined ? '' : new URLSearchParams({ token: formToken, ...form }).toString())
  const all: Record<string, string | undefined> = {
    Host: `127.0.0.1:${port}`,
    Cookie: cookie,
    Connection: 'close',
    ...(method === 'POST' && {
      Origin: `http://127.0.0.1:${port}`,
      'Sec-Fetch-Site': 'same-origin',
      'Content-Type': 'application/x-www-form-urlencoded',
      'Content-Length': String(text.length),
    }),
    ...headers,
  }
  const lines = Object.entries(all).flatMap(([k, v]) => (v === undefined ? [] : [`${k}: ${v}`]))
  return raw(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${text}`)
}

const status = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])
const bodyOf = (answer: string): string => answer.slice(answer.indexOf('\r\n\r\n') + 4)
const query = (of: unknown, more: object = {}): string => JSON.stringify({ of, ...more })
const listing = (form: Record<string, string>): Promise<string> =>
  send('/listing', { form: { query: query(['0']), fn: 'main.run', code: '0', ...form } })

const warnings: string[] = []
beforeAll(async () => {
  process.env.XDG_CONFIG_HOME = join(folder, 'home')
  const site = new WorkbenchSite({
    version: '1',
    sources: [
      { name: 'a.pb', bytes: 1, content: profile() },
      { name: 'b.pb', bytes: 1, content: profile(false) },
      { name: 'c.txt', bytes: 1, content: Buffer.from('no profile at all') },
    ],
  })
  server = await startServer(site, { host: '127.0.0.1', port: 0 }, (w) => warnings.push(w))
  const url = new URL(server.url)
  port = Number(url.port)
  token = url.searchParams.get('token')!
  const first = await send(`/?token=${token}`, { method: 'GET', headers: { Cookie: undefined } })
  cookie = /Set-Cookie: ([^;]+)/i.exec(first)![1]!
  formToken = /"formToken":"([0-9a-f]{32})"/.exec(first)![1]!
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
  expect(warnings).toEqual([])
})

describe('a listing', () => {
  test('has the source that the profile names', async () => {
    const answer = await listing({})
    expect(status(answer)).toBe(200)
    expect(answer).toMatch(/content-type: application\/json/i)
    expect(JSON.parse(bodyOf(answer)).files).toEqual([
      { file: source, first: 3, texts: ['func run() {', '\twork() // <b>here</b>', '}'], error: '' },
    ])
  })
  test('says why there are no instructions', async () => {
    const { codeError } = JSON.parse(bodyOf(await listing({ code: '1' })))
    expect(codeError).toContain('no-such-program')
  })
  test.each([
    ['another source', { query: query(['3']) }],
    ['a negative one', { query: query(['-1']) }],
    ['one with a path', { query: query(['../0']) }],
    ['an entry of what is no archive', { query: query(['0.1']) }],
    ['a number', { query: query([0]) }],
    ['a large number', { query: query(['99999999999']) }],
    ['none', { query: query([]) }],
    ['a base that is not there', { query: query(['0'], { base: ['7'] }) }],
    ['a file that is no profile', { query: query(['2']) }],
    ['no JSON', { query: '{' }],
    ['no object', { query: '"x"' }],
    ['wrong options', { query: query(['0'], { options: { f: 1 } }) }],
    ['a wrong expression', { query: query(['0'], { options: { f: '(' } }) }],
    ['a wrong transform', { query: query(['0'], { transforms: [{ op: 'read', name: '/etc/passwd' }] }) }],
    ['no function', { fn: '' }],
    ['a function that is not there', { fn: 'main.other' }],
    ['an expression for a function', { fn: '.*' }],
  ])('%s is refused in one line', async (_, form) => {
    const answer = await listing(form as Record<string, string>)
    expect(status(answer)).toBe(400)
    expect(bodyOf(answer).trim().split('\n')).toHaveLength(1)
    expect(answer).not.toContain('nobody reads this')
  })
  test('no file comes out but those that the profile names', async () => {
    const tries: Record<string, string>[] = [
      { fn: secret },
      { fn: 'main.run', file: secret, source: secret, path: secret },
      { query: query(['0'], { settings: { sourcePath: folder, trimPath: '/' }, source_path: folder }) },
      { query: query(['0'], { options: { source_path: folder, trim_path: '/', output: secret } }) },
      { query: query([secret]) },
      { query: query([`0/../${secret}`]) },
    ]
    for (const form of tries) expect(await listing(form)).not.toContain('nobody reads this')
  })
})

describe('names', () => {
  test('come with what is missing', async () => {
    const answer = await send('/names', { form: { of: '1' } })
    expect(JSON.parse(bodyOf(answer))).toMatchObject({
      from: [],
      missing: expect.arrayContaining(['no-such-program']),
    })
  })
  test('of no other source', async () => {
    for (const of of ['', '9', '../1', secret])
      expect(status(await send('/names', { form: { of } }))).toBe(400)
  })
})

const POSTS = ['/listing', '/names', '/saveconfig', '/deleteconfig']

describe.each(POSTS)('%s', (path) => {
  const form = { query: query(['0']), fn: 'main.run', of: '0', config: 'x' }
  test.each<[string, Record<string, string | undefined>]>([
    ['a foreign Host', { Host: 'evil.example' }],
    ['a foreign Origin', { Origin: 'http://evil.example' }],
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['another port of this machine', { Origin: 'http://127.0.0.1:1', 'Sec-Fetch-Site': 'same-site' }],
    ['no origin at all', { Origin: undefined, 'Sec-Fetch-Site': undefined }],
    ['no cookie', { Cookie: undefined }],
    ['a wrong cookie', { Cookie: 'goscope-1=0' }],
  ])('%s is refused', async (_, headers) => {
    expect(status(await send(path, { form, headers }))).toBe(403)
  })
  test('a form that is none of ours is refused', async () => {
    for (const wrong of ['', '0'.repeat(32), token])
      expect(
        status(await send(path, { body: new URLSearchParams({ ...form, token: wrong }).toString() })),
      ).toBe(403)
    expect(status(await send(path, { form, headers: { 'Content-Type': 'text/plain' } }))).toBe(415)
  })
  test('more than a form is refused', async () => {
    expect(status(await send(path, { form: { ...form, fn: 'x'.repeat(70_000) } }))).toBe(413)
    const endless = { 'Content-Length': undefined, 'Transfer-Encoding': 'chunked' }
    const chunk = `${(70_000).toString(16)}\r\n${'x'.repeat(70_000)}\r\n0\r\n\r\n`
    expect(status(await send(path, { body: chunk, headers: endless }))).toBe(413)
  })
  test('takes POST only', async () => {
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])
      expect([403, 405]).toContain(status(await send(path, { method, headers: { 'Content-Length': '0' } })))
  })
})

test('configs are read by pages of ours only', async () => {
  expect(status(await send('/configs', { method: 'GET' }))).toBe(200)
  expect(status(await send('/configs', { method: 'GET', headers: { Cookie: undefined } }))).toBe(403)
  expect(status(await send('/configs', { method: 'GET', headers: { 'Sec-Fetch-Site': 'cross-site' } }))).toBe(
    403,
  )
})

test.each([
  '/../secret.txt',
  '/..%2fsecret.txt',
  '/%2e%2e/secret.txt',
  '/source/../listing',
  '/source/3',
  '/source/-1',
  '/source/0/..',
  '/source/0%00',
  '/source/00000000',
  '/page.html',
  '/style/../page.html',
  '/chunks/..%5c..%5cpackage.json',
  '/listing/',
  '/configs%2f..',
  '//etc/passwd',
])('%s is nowhere', async (path) => {
  const answer = await send(path, { method: 'GET' })
  expect(status(answer)).toBe(404)
  expect(answer).not.toContain('nobody reads this')
})
