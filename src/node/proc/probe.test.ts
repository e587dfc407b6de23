import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcp, type Server as TcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { askListeners, exposedWarnings } from './ask-listeners.ts'
import type { Listener } from './listeners.ts'
import { loopbackOf, probeGops, probeHttp } from './probe.ts'

const servers: (Server | TcpServer)[] = []
afterEach(async () => {
  for (const s of servers.splice(0)) {
    if ('closeAllConnections' in s) s.closeAllConnections()
    await new Promise((resolve) => s.close(resolve))
  }
})

async function listening(
  s: Server | TcpServer,
  at: { port: number; host: string } | { path: string },
): Promise<number> {
  servers.push(s)
  await new Promise<void>((resolve) => s.listen(at, resolve))
  return 'port' in at ? (s.address() as AddressInfo).port : 0
}

const tcp = (port: number, address = '127.0.0.1'): Listener => ({
  kind: 'tcp',
  address,
  port,
  shown: `${address}:${port}`,
})
const http = async (answer: RequestListener): Promise<Listener> =>
  tcp(await listening(createServer(answer), { port: 0, host: '127.0.0.1' }))
const raw = async (answer: (data: Buffer) => string | undefined): Promise<Listener> =>
  tcp(
    await listening(
      createTcp((socket) => {
        socket.on('error', () => undefined)
        socket.once('data', (data) => {
          const text = answer(data)
          if (text !== undefined) socket.end(text)
        })
      }),
      { port: 0, host: '127.0.0.1' },
    ),
  )

const PAGE = `<title>/debug/pprof/</title><tr><td>25</td><td><a href='goroutine?debug=1'>goroutine</a></td></tr>`
const o = { timeoutMs: 2000 }

describe('asking a listener', () => {
  test('net/http/pprof, with the number of goroutines', async () => {
    const l = await http((req, res) => res.end(req.url === '/debug/pprof/' ? PAGE : 'no'))
    expect(await probeHttp(l, o)).toMatchObject({
      answer: 'pprof',
      goroutines: 25,
      profiles: ['goroutine'],
      tls: false,
    })
  })

  test('a socket in the file system', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'goscope-'))
    try {
      await listening(
        createServer((_, res) => res.end(PAGE)),
        { path: join(folder, 's') },
      )
      const l: Listener = { kind: 'unix', address: '/s', port: 0, shown: '/s' }
      expect((await probeHttp(l, { ...o, root: folder })).answer).toBe('pprof')
      expect((await probeHttp({ ...l, address: '/none' }, { ...o, root: folder })).detail).toBe('ENOENT')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test.each([
    [401, 'locked'],
    [403, 'locked'],
    [404, 'http'],
    [200, 'http'],
  ] as const)('status %i without the page is %s', async (status, answer) => {
    const l = await http((_, res) => res.writeHead(status).end('see /debug/pprof/'))
    expect(await probeHttp(l, o)).toMatchObject({ answer, detail: String(status) })
  })

  test('what speaks no HTTP, closes, hangs or is not there', async () => {
    expect((await probeHttp(await raw(() => '220 mail ready\r\n'), o)).answer).toBe('other')
    expect(await probeHttp(await raw(() => ''), o)).toMatchObject({
      answer: 'silent',
      detail: 'closed without an answer',
    })
    expect(await probeHttp(await raw(() => undefined), { timeoutMs: 50 })).toMatchObject({
      answer: 'silent',
      detail: 'no answer within 50 ms',
    })
    expect(await probeHttp(tcp(1), o)).toMatchObject({ answer: 'silent', detail: 'ECONNREFUSED' })
  })

  test('endless content comes to an end', async () => {
    const l = await http((_, res) => {
      res.on('error', () => undefined)
      const more = (): void => {
        while (!res.destroyed && res.write('x'.repeat(16384)));
        res.once('drain', more)
      }
      more()
    })
    expect((await probeHttp(l, o)).answer).toBe('http')
  })

  test('a gops agent is asked for its version, and only it', async () => {
    const asked: number[] = []
    const agent = await raw((data) => {
      asked.push(data[0]!)
      return 'go1.24.1\n'
    })
    expect(await probeGops(agent, o)).toMatchObject({ answer: 'gops', detail: 'go1.24.1' })
    const page = await http((_, res) => res.end(PAGE))
    const answers = await askListeners([agent, page], agent, o)
    expect(answers.map((a) => a.answer)).toEqual(['gops', 'pprof'])
    expect(asked).toEqual([4, 4])
  })
})

describe('addresses', () => {
  test('only loopback is asked', async () => {
    expect(loopbackOf(tcp(1, '0.0.0.0'))).toBe('127.0.0.1')
    expect(loopbackOf(tcp(1, '::'))).toBe('::1')
    expect(loopbackOf(tcp(1, '127.0.0.2'))).toBe('127.0.0.2')
    expect(loopbackOf(tcp(1, '10.0.0.1'))).toBeUndefined()
    expect(await askListeners([tcp(1, '10.0.0.1')], undefined, o)).toEqual([])
  })

  test('pprof for everybody is worth a warning', () => {
    const answer = (address: string) => ({
      listener: tcp(6060, address),
      answer: 'pprof' as const,
      tls: false,
      detail: '',
    })
    expect(exposedWarnings([answer('127.0.0.1')])).toEqual([])
    expect(exposedWarnings([answer('::')])).toHaveLength(1)
  })
})
