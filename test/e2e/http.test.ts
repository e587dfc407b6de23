// `goscope pprof -http` as a process: what it prints, what it serves, how it ends.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { goscope, root, runCommand } from '../kit/run-command.ts'

const orders = join(root, 'examples', 'orders')
const cpu = 'go1.26/cpu.pb.gz'

let home = ''
let child: ChildProcess | undefined
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'goscope-http-'))
})
afterEach(() => {
  child?.kill('SIGKILL')
  rmSync(home, { recursive: true, force: true })
})

interface Served {
  readonly url: URL
  readonly stderr: () => string
  readonly ended: Promise<number | string>
}

/** Starts goscope and waits for its address. */
function serve(args: readonly string[], env: Record<string, string> = {}): Promise<Served> {
  const all = ['pprof', ...args, cpu]
  const c = spawn(goscope[0]!, [goscope[1]!, ...all], {
    cwd: orders,
    env: { PATH: process.env.PATH, HOME: home, TMPDIR: home, XDG_CONFIG_HOME: home, TZ: 'UTC', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  child = c
  let stderr = ''
  const ended = new Promise<number | string>((done) =>
    c.on('close', (code, signal) => done(code ?? signal ?? '')),
  )
  return new Promise((done, fail) => {
    c.stderr!.on('data', (b) => {
      stderr += b
      const line = /^Serving web UI on (http:\S+)\n/m.exec(stderr)
      if (line) done({ url: new URL(line[1]!), stderr: () => stderr, ended })
    })
    void ended.then((status) => fail(new Error(`ended with ${status}: ${stderr}`)))
  })
}

test('prints its address, serves the pages and ends with Ctrl-C', async () => {
  const { url, ended, stderr } = await serve(['-http=:', '-no_browser'])
  expect(url.hostname).toBe('localhost')
  expect(url.href).toMatch(/^http:\/\/localhost:\d+\/\?token=[0-9a-f]{32}$/)
  expect((await fetch(`${url.origin}/ui/top`)).status).toBe(403)
  const first = await fetch(url, { redirect: 'manual' })
  expect([first.status, first.headers.get('location')]).toEqual([307, '/ui'])
  const cookie = first.headers.getSetCookie()[0]!.split(';')[0]!
  const get = (path: string): Promise<Response> =>
    fetch(`${url.origin}/ui/${path}`, { headers: { cookie }, redirect: 'manual' })
  const page = await get('flamegraph')
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(await page.text()).toContain('"addresses":"pprof"')
  expect((await get('page.js')).headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  expect([...new Uint8Array(await (await get('source/0')).arrayBuffer()).subarray(0, 2)]).toEqual([
    0x1f, 0x8b,
  ])
  const wrong = await get('top?f=(')
  expect([wrong.status, await wrong.text()]).toEqual([
    400,
    'parsing focus regexp: error parsing regexp: missing closing ): `(`\n',
  ])
  child!.kill('SIGINT')
  expect(await ended).toBe(0)
  expect(stderr()).toBe(
    `Serving web UI on ${url.href}\nparsing focus regexp: error parsing regexp: missing closing ): \`(\`\n`,
  )
  await expect(fetch(`${url.origin}/ui/top`)).rejects.toThrow()
})

test('the reference’s settings file is read and written', async () => {
  const { url, ended } = await serve(['-http=127.0.0.1:0', '-no_browser', '-focus=main'])
  expect(url.hostname).toBe('127.0.0.1')
  const first = await fetch(new URL(`/ui/top${url.search}`, url))
  const token = /"formToken":"([0-9a-f]{32})"/.exec(await first.text())![1]!
  const cookie = first.headers.getSetCookie()[0]!.split(';')[0]!
  const body = new URLSearchParams({ token, config: 'mine', i: 'net' })
  const headers = { cookie, origin: url.origin }
  const saved = await fetch(`${url.origin}/ui/saveconfig`, { method: 'POST', headers, body })
  expect(saved.status).toBe(200)
  const { configs } = JSON.parse(readFileSync(join(home, 'pprof', 'settings.json'), 'utf8'))
  expect(configs).toMatchObject([{ name: 'mine', focus: 'main', ignore: 'net', trim: true }])
  child!.kill('SIGTERM')
  expect(await ended).toBe(0)
})

test('source comes with the focus of the command line, by the rules of -source_path', async () => {
  const { url } = await serve(['-http=127.0.0.1:0', '-no_browser', `-source_path=${orders}`])
  const first = await fetch(new URL(`/ui/source${url.search}`, url))
  const token = /"formToken":"([0-9a-f]{32})"/.exec(await first.text())![1]!
  const cookie = first.headers.getSetCookie()[0]!.split(';')[0]!
  const body = new URLSearchParams({ token, query: '{"of":["0"]}', fn: 'main.distance', code: '0' })
  const answer = await fetch(`${url.origin}/ui/listing`, {
    method: 'POST',
    headers: { cookie, origin: url.origin },
    body,
  })
  expect(await answer.json()).toMatchObject({ fn: 'main.distance', files: [{ error: '' }] })
})

test('the browser gets the address from a file, not from its arguments', async () => {
  const browser = join(home, 'browser')
  // Keeps what it was given: the file is gone soon.
  writeFileSync(
    browser,
    `#!/bin/sh\necho "$@" > "${home}/args.tmp"\ncat "$1" > "${home}/page"\nmv "${home}/args.tmp" "${home}/args"\n`,
    {
      mode: 0o755,
    },
  )
  const { url, ended, stderr } = await serve(['-http=localhost:'], { BROWSER: browser })
  await expect.poll(() => readdirSync(home), { timeout: 10_000 }).toContain('args')
  expect(readFileSync(join(home, 'args'), 'utf8')).not.toContain(url.searchParams.get('token'))
  expect(readFileSync(join(home, 'page'), 'utf8')).toContain(`url=${url.href}"`)
  child!.kill('SIGINT')
  expect(await ended).toBe(0)
  expect(stderr().trim().split('\n')).toHaveLength(1)
  expect(readdirSync(home).filter((f) => f.startsWith('goscope-'))).toEqual([])
})

test('without a browser it says so and serves on', async () => {
  const { url, stderr, ended } = await serve(['-http=:'], { BROWSER: '/nowhere', PATH: '/nowhere' })
  await expect.poll(stderr, { timeout: 10_000 }).toContain('no browser was found')
  expect((await fetch(new URL(`/ui/flamegraph${url.search}`, url))).status).toBe(200)
  child!.kill('SIGINT')
  expect(await ended).toBe(0)
})

describe('wrong use: status 2 and one line', () => {
  test.each([
    ['-http=0.0.0.0:0', 'can be reached from other machines'],
    ['-http=8080', 'is not [host]:[port]'],
    ['-http=:99999', 'up to 65535'],
    ['-http=no-such-host.invalid:', 'there is no host'],
  ])('%s', async (flag, message) => {
    const { exit, stderr } = await runCommand([...goscope, 'pprof', flag, '-no_browser', cpu], {
      cwd: orders,
    })
    expect(stderr).toContain(message)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(exit).toBe(2)
  })
})
