// `goscope open` and `goscope export`, as commands: what they print, what they serve, what they write.

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { goscope, root, runCommand } from '../kit/run-command.ts'

const orders = join(root, 'examples', 'orders', 'go1.26')
const cpu = join(orders, 'cpu.pb.gz')
const folder = mkdtempSync(join(tmpdir(), 'goscope-e2e-'))
const run = (args: readonly string[]) => runCommand([...goscope, ...args])
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs with `goscope open` serving; ends it. */
async function serving<T>(args: readonly string[], work: (url: URL) => Promise<T>): Promise<T> {
  const child = spawn(goscope[0]!, [goscope[1]!, ...args, '--no-browser', '--port', '0'], { stdio: 'pipe' })
  try {
    const line = await new Promise<string>((done, fail) => {
      let said = ''
      child.stdout.on('data', (b) => {
        said += b
        if (said.includes('\n')) done(said.slice(0, said.indexOf('\n')))
      })
      child.on('close', (code) => fail(new Error(`ended with ${code}`)))
    })
    return await work(new URL(line))
  } finally {
    child.kill('SIGINT')
  }
}

function get(
  url: URL,
  headers: Record<string, string> = {},
): Promise<{ status: number; type: string; body: Buffer }> {
  return new Promise((done, fail) => {
    const req = request(url, { headers }, (res) => {
      const pieces: Buffer[] = []
      res.on('data', (b) => pieces.push(b))
      res.on('end', () =>
        done({
          status: res.statusCode ?? 0,
          type: String(res.headers['content-type']),
          body: Buffer.concat(pieces),
        }),
      )
    })
    req.on('error', fail)
    req.end()
  })
}

describe('goscope open', () => {
  test.each([
    [['open', cpu]],
    [[cpu]],
  ])('%j prints an address with a secret on a line of its own and serves the file as it is', async (args) => {
    await serving(args, async (url) => {
      expect(url.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
      expect(url.searchParams.get('token')).toMatch(/^[0-9a-f]{32}$/)
      const page = await get(url)
      expect(page.status).toBe(200)
      expect(page.type).toBe('text/html; charset=utf-8')
      const source = new URL('/source/0', url)
      expect((await get(source)).status).toBe(403)
      source.search = url.search
      expect((await get(source)).body).toEqual(readFileSync(cpu))
    })
  })

  test('serves the files of a folder and no other', async () => {
    await serving(['open', orders], async (url) => {
      const at = (path: string): URL => new URL(path + url.search, url)
      expect((await get(at('/source/0'))).status).toBe(200)
      for (const path of [
        '/source/999',
        '/source/-1',
        '/source/0/../../../etc/passwd',
        '/page.html',
        '/single/page.js/..',
        '/%2e%2e/package.json',
      ])
        expect((await get(at(path))).status, path).toBe(404)
    })
  })

  test('refuses what is not there in one line', async () => {
    const { exit, stderr } = await run(['open', join(folder, 'absent.pb.gz'), '--no-browser'])
    expect(exit).toBe(2)
    expect(stderr).toMatch(/^goscope open: .*absent\.pb\.gz: no such file or directory\n$/)
  })

  test('a word that is neither a command nor a file is no source', async () => {
    const { exit, stderr } = await run(['opne'])
    expect(exit).toBe(2)
    expect(stderr).toContain('open')
  })
})

describe('goscope export', () => {
  const page = (name: string): string => readFileSync(join(folder, name), 'utf8')
  /** What lies packed in the page. */
  const sources = (html: string): Buffer[] =>
    [...html.matchAll(/id="source-\d+">([^<]*)</g)].map((m) => gunzipSync(Buffer.from(m[1]!, 'base64')))

  test('writes one page that may load nothing, with the source in it', async () => {
    const { exit } = await run(['export', cpu, '-o', join(folder, 'cpu.html')])
    expect(exit).toBe(0)
    const html = page('cpu.html')
    expect(html).toContain("default-src 'none'")
    expect(html).toContain("connect-src 'none'")
    expect(html).not.toMatch(/\b(src|href)=["']?(https?:)?\/\//)
    expect(sources(html)).toEqual([gunzipSync(readFileSync(cpu))])
    expect(statSync(join(folder, 'cpu.html')).size).toBeLessThan(4 * 1024 * 1024)
  })

  test('says what was left out of a large profile', async () => {
    const { exit, stderr } = await run(['export', '--samples', '10', cpu, '-o', join(folder, 'trimmed.html')])
    expect(exit).toBe(0)
    expect(stderr).toMatch(/the 10 heaviest of \d+ samples are in the page; .* of the weight/)
    expect(page('trimmed.html')).toContain('the 10 heaviest of')
  })

  test('--anonymize leaves no name of the program', async () => {
    const { exit } = await run(['export', '--anonymize', orders, '-o', join(folder, 'anon.html')])
    expect(exit).toBe(0)
    const html = page('anon.html')
    const all = Buffer.concat(sources(html)).toString('latin1')
    expect(all).toContain('runtime.mallocgc')
    for (const name of ['validSKU', 'handleQuote', 'Shop', 'orders']) expect(all, name).not.toContain(name)
  })

  test('--site writes a folder, and only into a new one', async () => {
    const site = join(folder, 'site')
    expect((await run(['export', '--site', cpu, '-o', site])).exit).toBe(0)
    expect(readFileSync(join(site, 'index.html'), 'utf8')).toContain('sources/0.gz')
    const again = await run(['export', '--site', cpu, '-o', site])
    expect(again.exit).toBe(2)
    expect(again.stderr).toContain('is not empty')
  })

  test('--source puts the source in that is found here', async () => {
    const { exit, stderr } = await runCommand(
      [...goscope, 'export', '--source', 'go1.26/cpu.pb.gz', '-o', join(folder, 'source.html')],
      { cwd: join(root, 'examples', 'orders') },
    )
    expect(exit).toBe(0)
    expect(stderr).toMatch(/the source of \d+ functions is in the page/)
    const book = /id="listings">([^<]*)</.exec(page('source.html'))![1]!
    const listings = JSON.parse(gunzipSync(Buffer.from(book, 'base64')).toString())
    expect(listings['main.validSKU'].files[0].texts.join('\n')).toContain('regexp.MustCompile')
  })

  test('needs to be told where to', async () => {
    const { exit, stderr } = await run(['export', cpu])
    expect(exit).toBe(2)
    expect(stderr).toBe('goscope export: say where to: -o report.html\n')
  })
})
