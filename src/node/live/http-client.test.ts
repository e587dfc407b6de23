import { afterEach, describe, expect, test } from 'vitest'
import { type FakeProgram, fakeProgram, type Page } from '../../../test/kit/fake-program.ts'
import { CostlyError, type GetOptions, LiveClient, StatusError } from './http-client.ts'
import { pageOf, targetOf } from './target.ts'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const o of open.splice(0)) await o.close()
})

async function program(page: Page): Promise<FakeProgram> {
  const p = await fakeProgram({ '/debug/pprof/x': page })
  open.push(p)
  return p
}

function client(o: ConstructorParameters<typeof LiveClient>[0] = {}): LiveClient {
  const c = new LiveClient({ env: {}, ...o })
  open.push(c)
  return c
}

async function get(p: FakeProgram, o: Partial<GetOptions> = {}, c = client()): Promise<string> {
  const pieces: Uint8Array[] = []
  await c.get(pageOf(targetOf(p.url), 'x'), {
    seconds: 0,
    maxBytes: 1e6,
    sink: (chunk) => pieces.push(chunk),
    ...o,
  })
  return Buffer.concat(pieces).toString()
}

describe('asking a live program', () => {
  test('content comes as it is, times and sizes are told', async () => {
    const p = await program((_, res) => void setTimeout(() => res.end('x'.repeat(100_000)), 30))
    const c = client()
    const got = await c.get(pageOf(targetOf(p.url), 'x'), {
      seconds: 0,
      maxBytes: 1e6,
      sink: () => undefined,
    })
    expect(got).toMatchObject({ bytes: 100_000, cut: false })
    expect(got.answerMs).toBeGreaterThanOrEqual(25)
    expect(got.totalMs).toBeGreaterThanOrEqual(got.answerMs)
  })

  test('connections are used again', async () => {
    const p = await program((_, res) => void res.end('ok'))
    let connections = 0
    p.server.on('connection', () => connections++)
    const c = client()
    for (let k = 0; k < 5; k++) expect(await get(p, {}, c)).toBe('ok')
    expect(connections).toBe(1)
  })

  test('closing ends all of them, in use or about to be', async () => {
    const p = await program((_, res) => void setTimeout(() => res.end('ok'), 5000))
    const c = client()
    let open = 0
    p.server.on('connection', (socket) => {
      open++
      socket.on('close', () => open--)
    })
    const asked = Promise.allSettled([get(p, {}, c)])
    await expect.poll(() => open).toBe(1)
    const late = Promise.allSettled([get(p, {}, c)])
    c.close()
    for (const [ended] of [await asked, await late]) expect(ended?.status).toBe('rejected')
    await expect.poll(() => open).toBe(0)
  })

  test('one that the server has closed meanwhile is no failure', async () => {
    const p = await program((_, res) => void res.end('ok'))
    const c = client()
    expect(await get(p, {}, c)).toBe('ok')
    p.server.closeAllConnections()
    expect(await get(p, {}, c)).toBe('ok')
  })

  test('headers and credentials go to the program only, not where it redirects to', async () => {
    const other = await program((_, res) => void res.end('other'))
    const p = await program((_, res) => {
      res.statusCode = 302
      res.setHeader('Location', `${other.url}/debug/pprof/x`)
      res.end()
    })
    const c = client({ headers: { Authorization: 'Bearer secret' } })
    expect(await get(p, {}, c)).toBe('other')
    expect(p.authorized).toEqual(['Bearer secret'])
    expect(other.authorized).toEqual([undefined])
  })

  test('redirects have an end', async () => {
    const p = await program((_, res) => {
      res.statusCode = 302
      res.setHeader('Location', '/debug/pprof/x')
      res.end()
    })
    await expect(get(p)).rejects.toThrow('10 redirects')
  })

  test('a status other than 200 is told with the reason', async () => {
    const p = await program((_, res) => {
      res.statusCode = 500
      res.setHeader('Content-Type', 'text/plain; charset=utf-8')
      res.end('Could not enable CPU profiling: cpu profiling already in use\n')
    })
    const e = await get(p).catch((x: unknown) => x)
    expect(e).toBeInstanceOf(StatusError)
    expect((e as StatusError).status).toBe(500)
    expect((e as StatusError).message).toContain('already in use')
  })

  test('what is not wanted is not read', async () => {
    const p = await program((_, res) => {
      const more = (): void => {
        while (res.write('<html>'.repeat(1000)));
        res.once('drain', more)
      }
      more()
    })
    const got: Uint8Array[] = []
    const refuse = (head: Uint8Array): string | undefined => (head[0] === 60 ? 'a web page' : undefined)
    await expect(get(p, { refuse, sink: (c) => got.push(c), maxBytes: 1e9 })).rejects.toThrow('a web page')
    expect(got).toEqual([])
  })

  test('an endless answer is cut at the limit, or ended where enough has come', async () => {
    const page: Page = (_, res) => {
      const more = (): void => {
        while (res.write('x'.repeat(10_000)));
        res.once('drain', more)
      }
      more()
    }
    const e = await get(await program(page), { maxBytes: 1e6 }).catch((x: unknown) => x)
    expect(e).toBeInstanceOf(CostlyError)
    expect((await get(await program(page), { stopAt: 50_000 })).length).toBeGreaterThanOrEqual(50_000)
  })

  test.each<[string, Page, RegExp]>([
    ['never answers', () => undefined, /did not answer within 0.1 s/],
    ['stops in the middle', (_, res) => void res.write('abc'), /stopped sending after 3 bytes/],
    [
      'drips',
      (_, res) => {
        const t = setInterval(() => res.write('.'), 10)
        res.on('close', () => clearInterval(t))
      },
      /too slowly/,
    ],
    [
      'breaks off',
      (_, res) => {
        res.writeHead(200, { 'Content-Length': '1000' })
        res.write('abc')
        setTimeout(() => res.destroy(), 20)
      },
      /breaks off after 3 bytes/,
    ],
    ['hangs up', (req) => void req.socket.destroy(), /closed the connection/],
    ['speaks something else', (req) => void req.socket.end('SSH-2.0-x\r\n'), /does not speak HTTP/],
    [
      'packs what it was not asked to pack',
      (_, res) => {
        res.setHeader('Content-Encoding', 'br')
        res.end('x')
      },
      /packs its answer/,
    ],
  ])('a server that %s', async (_, page, message) => {
    const c = client({ answerMs: 100, stallMs: 200, contentMs: 300 })
    await expect(get(await program(page), {}, c)).rejects.toThrow(message)
  })

  test('what the sink throws comes out as it is', async () => {
    const p = await program((_, res) => void res.end('x'.repeat(5000)))
    const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' })
    const sink = (): void => {
      throw full
    }
    await expect(get(p, { sink })).rejects.toBe(full)
  })

  test('a signal ends it', async () => {
    const p = await program(() => undefined)
    const control = new AbortController()
    setTimeout(() => control.abort(new Error('enough')), 30)
    await expect(get(p, { signal: control.signal })).rejects.toThrow('enough')
    await expect(get(p, { signal: control.signal })).rejects.toThrow('enough')
  })

  test('nobody there', async () => {
    const p = await program((_, res) => void res.end())
    await p.close()
    await expect(get(p)).rejects.toThrow('nothing listens there')
  })
})
