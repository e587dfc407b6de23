// A server on this machine that misbehaves in every way we could think of.

import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { askSymbols, type FetchOptions, fetchProfile } from './fetch.ts'
import { profileAddress } from './source-url.ts'

const open: { server: Server; sockets: Set<Socket> }[] = []
afterEach(() => {
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
})

/** Starts a server that is told each request's text once its headers are there; returns host:port, or the socket's path. */
async function serve(answer: (socket: Socket, request: string) => void, path?: string): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    let request = ''
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', (chunk) => {
      const before = request.includes('\r\n\r\n')
      request += chunk.toString('latin1')
      if (!before && request.includes('\r\n\r\n')) answer(socket, request)
    })
  })
  open.push({ server, sockets })
  await new Promise<void>((resolve) => {
    if (path === undefined) server.listen(0, '127.0.0.1', resolve)
    else server.listen(path, resolve)
  })
  const address = server.address()
  return typeof address === 'object' ? `127.0.0.1:${address?.port}` : path!
}

const OK = 'HTTP/1.1 200 OK\r\n'
const folded = 'main;work 5\nmain;rest 7\n'
const whole = (body: string | Uint8Array, headers = ''): Uint8Array =>
  Buffer.concat([Buffer.from(`${OK}Content-Length: ${body.length}\r\n${headers}\r\n`), Buffer.from(body)])

interface Ways extends FetchOptions {
  /** Seconds. */
  readonly timeout?: number
}

/** For servers that are waited for in vain: short enough for a test. The others get long enough for a busy machine. */
const limits = { connectMs: 2000, slackMs: 150, stallMs: 300, contentMs: 400 }
const quick: Ways = { timeout: 0.3, limits }

async function fetched(source: string, o: Ways = {}): Promise<string> {
  const bytes = await fetchProfile(profileAddress(source, -1, o.timeout ?? 30)!, { env: {}, ...o })
  return Buffer.from(bytes).toString('latin1')
}

/** Keeps writing as long as the other side takes it. */
function forever(socket: Socket, piece: string | Uint8Array): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(piece));
  }
  socket.on('drain', more)
  more()
}

describe('what a good server gives', () => {
  test('content with a length, in chunks, until the end', async () => {
    const ways = [
      whole(folded),
      `${OK}Transfer-Encoding: chunked\r\n\r\n4\r\nmain\r\n14\r\n;work 5\nmain;rest 7\n\r\n0\r\n\r\n`,
      `HTTP/1.0 200 OK\r\n\r\n${folded}`,
    ]
    for (const way of ways) {
      const host = await serve((s) => s.end(way))
      expect(await fetched(`http://${host}/x`)).toBe(folded)
    }
  })

  test('is asked in the way that servers expect', async () => {
    let asked = ''
    const host = await serve((s, request) => {
      asked = request
      s.end(whole(folded))
    })
    await fetched(`http://bob:s3%40@${host}/debug/pprof/heap?b=1&a=2`)
    expect(asked).toMatch(/^GET \/debug\/pprof\/heap\?a=2&b=1 HTTP\/1\.1\r\n/)
    expect(asked).toContain(`\r\nHost: ${host}\r\n`)
    expect(asked).toContain(`\r\nAuthorization: Basic ${Buffer.from('bob:s3@').toString('base64')}\r\n`)
    expect(asked).toContain('\r\nAccept-Encoding: gzip\r\n')
  })

  test('the packing of the transfer is taken off, that of the profile stays', async () => {
    const once = gzipSync(folded)
    const encoded = 'Content-Encoding: gzip\r\n'
    const host = async (body: Uint8Array | string, headers: string): Promise<string> =>
      serve((s) => s.end(whole(body, headers)))
    expect(await fetched(await host(gzipSync(once), encoded))).toBe(once.toString('latin1'))
    expect(await fetched(await host(once, encoded))).toBe(folded)
    expect(await fetched(await host(once, ''))).toBe(once.toString('latin1'))
    // Said, but not done.
    expect(await fetched(await host(folded, encoded))).toBe(folded)
  })

  test('by a socket in the file system', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'goscope-fetch-'))
    try {
      const path = await serve(
        (s, request) => {
          s.end(whole(request.startsWith('GET /debug/pprof/heap?gc=1 ') ? folded : 'no'))
        },
        join(folder, 's.sock'),
      )
      expect(await fetched(`unix:${path}:/debug/pprof/heap?gc=1`)).toBe(folded)
      await expect(fetched(`unix:${join(folder, 'none')}`)).rejects.toThrow(/^there is no socket /)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('dead and slow servers', () => {
  test('nobody listens', async () => {
    const host = await serve(() => undefined)
    const { server } = open.pop()!
    await new Promise((resolve) => server.close(resolve))
    await expect(fetched(`http://${host}/x`)).rejects.toThrow(
      `connection refused by ${host}: nothing listens there`,
    )
  })

  test('no answer', async () => {
    const host = await serve(() => undefined)
    await expect(fetched(host, quick)).rejects.toThrow('the server did not answer within 0.5s')
  })

  test('an answer one byte at a time, headers without an end in time', async () => {
    const host = await serve((s) => {
      s.write(OK)
      const timer = setInterval(() => s.write('X'), 20)
      s.on('close', () => clearInterval(timer))
    })
    await expect(fetched(host, quick)).rejects.toThrow('the server did not answer within')
  })

  test('endless interim answers', async () => {
    const host = await serve((s) => {
      const timer = setInterval(() => s.write('HTTP/1.1 102 Processing\r\n\r\n'), 10)
      s.on('close', () => clearInterval(timer))
    })
    await expect(fetched(host, quick)).rejects.toThrow('the server did not answer within')
  })

  test('content that stalls', async () => {
    const host = await serve((s) => s.write(`${OK}Content-Length: 100\r\n\r\nmain`))
    await expect(fetched(host, quick)).rejects.toThrow('the server stopped sending after 4 bytes, for 0.3s')
    const unsized = await serve((s) => s.write(`${OK}\r\nmain`))
    await expect(fetched(unsized, quick)).rejects.toThrow(
      'the server stopped sending after 4 bytes, for 0.3s',
    )
  })

  test('content that trickles', async () => {
    const host = await serve((s) => {
      s.write(`${OK}Content-Length: 100000\r\n\r\n`)
      const timer = setInterval(() => s.write('m'), 20)
      s.on('close', () => clearInterval(timer))
    })
    await expect(fetched(host, quick)).rejects.toThrow(/^the server sends too slowly: \d+ bytes in 0\.\ds$/)
  })

  test('content that comes and comes', async () => {
    const host = await serve((s) => {
      s.write(`${OK}\r\n${folded.repeat(300)}`)
      const timer = setInterval(() => s.write(folded.repeat(1000)), 5)
      s.on('close', () => clearInterval(timer))
    })
    await expect(fetched(host, { ...quick, limits: { ...limits, longestMs: 500 } })).rejects.toThrow(
      'sends too slowly',
    )
  })

  test('content that breaks off', async () => {
    const cut = await serve((s) => s.end(`${OK}Content-Length: 100\r\n\r\nmain`))
    await expect(fetched(cut)).rejects.toThrow('the answer breaks off after 4 bytes')
    const chunked = await serve((s) => s.end(`${OK}Transfer-Encoding: chunked\r\n\r\n4\r\nmain\r\n`))
    await expect(fetched(chunked)).rejects.toThrow('the answer breaks off after 4 bytes')
  })

  test('a connection that is closed without a word', async () => {
    const host = await serve((s) => s.destroy())
    await expect(fetched(host, quick)).rejects.toThrow(`${host} closed the connection without an answer`)
  })

  test('a caller that gives up', async () => {
    const host = await serve(() => undefined)
    const control = new AbortController()
    setTimeout(() => control.abort(new Error('enough')), 50)
    await expect(fetched(host, { signal: control.signal, timeout: 100 })).rejects.toThrow('enough')
    await expect(fetched(host, { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before')
  })
})

describe('lying servers', () => {
  test('endless headers', async () => {
    const one = await serve((s) => {
      s.write(`${OK}X: `)
      forever(s, 'a'.repeat(1 << 14))
    })
    await expect(fetched(one)).rejects.toThrow('the server sends endless headers')
    const many = await serve((s) => {
      s.write(OK)
      forever(s, 'X-Y: z\r\n'.repeat(1000))
    })
    await expect(fetched(many)).rejects.toThrow('the server sends endless headers')
  })

  test('an endless page is not read to its end', async () => {
    const host = await serve((s) => {
      s.write(`${OK}Content-Type: text/html\r\n\r\n`)
      forever(s, '<html><body>sorry</body></html>\n'.repeat(100))
    })
    const got = await fetched(host)
    expect(got.length).toBeGreaterThanOrEqual(4096)
    expect(got.length).toBeLessThan(1 << 20)
  })

  test('an endless profile, and one that unpacks without an end, are too large', async () => {
    process.env.GOSCOPE_MAX_BYTES = '1000000'
    try {
      const endless = await serve((s) => {
        s.write(`${OK}\r\n`)
        forever(s, folded.repeat(1000))
      })
      await expect(fetched(endless)).rejects.toThrow('larger than the limit of 1000000 bytes')
      const packed = gzipSync(Buffer.alloc(50_000_000))
      const bomb = await serve((s) => s.end(whole(packed, 'Content-Encoding: gzip\r\n')))
      await expect(fetched(bomb)).rejects.toThrow('larger than the limit of 1000000 bytes')
    } finally {
      delete process.env.GOSCOPE_MAX_BYTES
    }
  })

  test('chunks of one byte do not pile up', async () => {
    const chunks = '1\r\nm\r\n'.repeat(200_000)
    const host = await serve((s) =>
      s.end(`${OK}Transfer-Encoding: chunked\r\n\r\n4\r\na 1\n\r\n${chunks}0\r\n\r\n`),
    )
    const got = await fetched(host)
    expect(got.startsWith('a 1\nmmm')).toBe(true)
  })

  test('what is not HTTP', async () => {
    const host = await serve((s) => s.end('SSH-2.0-OpenSSH_9.6\r\n'))
    await expect(fetched(host)).rejects.toThrow(/^the server does not speak HTTP \(/)
  })

  test('a packing that nobody asked for', async () => {
    const host = await serve((s) => s.end(whole('x', 'Content-Encoding: br\r\n')))
    await expect(fetched(host)).rejects.toThrow('not asked for: br')
  })

  test('damaged packing of the transfer', async () => {
    const bad = gzipSync(folded).subarray(0, 20)
    const host = await serve((s) => s.end(whole(bad, 'Content-Encoding: gzip\r\n')))
    await expect(fetched(host)).rejects.toThrow('ends early')
  })
})

describe('error answers', () => {
  const status = (line: string, headers: string, body: string) => (s: Socket) =>
    s.end(`HTTP/1.1 ${line}\r\nContent-Length: ${body.length}\r\n${headers}\r\n${body}`)

  test.each([
    [
      '404 Not Found',
      '',
      'nope',
      'server response: 404 Not Found (is net/http/pprof registered there, and the path right?)',
    ],
    [
      '500 Oh',
      'X-Go-Pprof: 1\r\nContent-Type: text/plain; charset=utf-8\r\n',
      'in use\n',
      'server response: 500 Oh - in use',
    ],
    ['500 Oh', 'Content-Type: text/plain\r\n', 'secret page', 'server response: 500 Oh'],
    ['500 Oh', 'X-Go-Pprof: 1\r\nContent-Type: text/html\r\n', 'page', 'server response: 500 Oh'],
    [
      '400 Bad Request',
      '',
      'Client sent an HTTP request to an HTTPS server.\n',
      'server response: 400 Bad Request (it speaks TLS: use https://)',
    ],
    ['204 No Content', '', '', 'server response: 204 No Content'],
    ['304 Not Modified', '', '', 'server response: 304 Not Modified'],
    ['302 Found', '', '', 'server response: 302 Found'],
  ])('%s %j', async (line, headers, body, message) => {
    const host = await serve(status(line, headers, body))
    await expect(fetched(host)).rejects.toHaveProperty('message', message)
  })

  test('401 with and without a password', async () => {
    const host = await serve(status('401 Unauthorized', '', ''))
    await expect(fetched(`http://${host}/`)).rejects.toThrow('give name and password in the address')
    await expect(fetched(`http://bob:pw@${host}/`)).rejects.toThrow('does not take this name and password')
  })

  test('text of the server is one short line and cannot command the terminal', async () => {
    const headers = 'X-Go-Pprof: 1\r\nContent-Type: text/plain\r\n'
    const host = await serve(
      status('500 \u001b[31mred', headers, `a\n\tb\u001b]0;title\u0007${'x'.repeat(9000)}`),
    )
    const e = await fetched(host).then(
      () => new Error('no error'),
      (e: Error) => e,
    )
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the point of the test
    expect(e.message).not.toMatch(/[\0-\x1f]/)
    expect(e.message).toContain('- a b\\x1b]0;title\\x07xxx')
    expect(e.message.length).toBeLessThan(500)
  })

  test('an error page that never ends is not waited for', async () => {
    const host = await serve((s) => {
      s.write('HTTP/1.1 500 Oh\r\n\r\n')
      forever(s, 'sorry '.repeat(1000))
    })
    await expect(fetched(host)).rejects.toThrow('server response: 500 Oh')
  })
})

describe('redirects', () => {
  const to = (location: string, code = '302 Found') =>
    `HTTP/1.1 ${code}\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`

  test('are followed; the password goes only to the host that it is for', async () => {
    const seen: string[] = []
    const other = await serve((s, request) => {
      seen.push(request)
      s.end(whole(folded))
    })
    const host = await serve((s, request) => {
      seen.push(request)
      s.end(to(request.startsWith('GET /a ') ? '/b' : `http://${other}/c?x=%20`))
    })
    expect(await fetched(`http://bob:pw@${host}/a`)).toBe(folded)
    expect(seen.map((r) => r.split(' HTTP')[0])).toEqual(['GET /a', 'GET /b', 'GET /c?x=%20'])
    expect(seen.map((r) => r.includes('Authorization:'))).toEqual([true, true, false])
  })

  test('not without an end', async () => {
    let hops = 0
    const host = await serve((s) => {
      hops++
      s.end(to('/again'))
    })
    await expect(fetched(host)).rejects.toThrow('stopped after 10 redirects')
    expect(hops).toBe(11)
  })

  test('not to what is no server', async () => {
    const host = await serve((s) => s.end(to('file:///etc/passwd')))
    await expect(fetched(host)).rejects.toThrow('redirects to file:///etc/passwd, which is no address')
  })
})

describe('proxies', () => {
  test('are asked for the whole address, with their own password', async () => {
    let asked = ''
    const proxy = await serve((s, request) => {
      asked = request
      s.end(whole(folded))
    })
    const env = { HTTP_PROXY: `http://me:pw@${proxy}` }
    expect(await fetched('http://app.test:6060/x?a=1', { env })).toBe(folded)
    expect(asked).toMatch(/^GET http:\/\/app\.test:6060\/x\?a=1 HTTP\/1\.1\r\n/)
    expect(asked).toContain(`\r\nProxy-Authorization: Basic ${Buffer.from('me:pw').toString('base64')}\r\n`)
  })

  test('that refuse a tunnel say so', async () => {
    let asked = ''
    const proxy = await serve((s, request) => {
      asked = request
      s.end('HTTP/1.1 403 No\r\n\r\n')
    })
    const env = { HTTPS_PROXY: `http://me:s3cret@${proxy}` }
    const message = `the proxy http://${proxy} answered: 403 No`
    await expect(fetched('https://app.test/x', { env })).rejects.toHaveProperty('message', message)
    expect(asked).toMatch(/^CONNECT app\.test:443 HTTP\/1\.1\r\n/)
  })

  test('of SOCKS5', async () => {
    const steps: string[] = []
    const server = createServer((s) => {
      s.on('error', () => undefined)
      const answers = [
        [5, 2],
        [1, 0],
        [5, 0, 0, 1, 1, 2, 3, 4, 0, 80],
      ]
      s.on('data', (chunk) => {
        const next = answers.shift()
        steps.push(chunk.toString('latin1'))
        if (next === undefined) s.end(whole(folded))
        // Byte by byte: answers may come in pieces.
        else for (const b of next) s.write(Uint8Array.of(b))
      })
    })
    open.push({ server, sockets: new Set() })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const env = { HTTP_PROXY: `socks5://me:pw@127.0.0.1:${port}` }
    expect(await fetched('http://app.test:6060/x', { env })).toBe(folded)
    expect(steps.slice(0, 3)).toEqual([
      '\x05\x02\0\x02',
      '\x01\x02me\x02pw',
      '\x05\x01\0\x03\x08app.test\x17\xac',
    ])
    expect(steps[3]).toMatch(/^GET \/x HTTP/)
  })
})

describe('askSymbols', () => {
  const handler = (host: string) => profileAddress(`http://${host}/debug/pprof/symbol`, -1, -1)!
  const ask = async (host: string, body: string): Promise<string> =>
    Buffer.from(await askSymbols(handler(host), body, { env: {} })).toString()

  test('posts', async () => {
    let asked = ''
    const host = await serve((s, request) => {
      asked = request
      s.end(whole('0x1 main\n'))
    })
    expect(await ask(host, '0x1+0x2')).toBe('0x1 main\n')
    expect(asked).toMatch(
      /^POST \/debug\/pprof\/symbol HTTP[\s\S]*Content-Length: 7\r\n[\s\S]*\r\n\r\n0x1\+0x2$/,
    )
  })

  test('asks newer servers of Go in pieces', async () => {
    const asked: string[] = []
    const host = await serve((s, request) => {
      if (request.startsWith('POST')) s.end('HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n')
      else {
        const query = /\?(\S*)/.exec(request)![1]!
        asked.push(query)
        s.end(whole(query.replaceAll('+', ' f\n').concat(' f\n')))
      }
    })
    const addresses = Array.from({ length: 1000 }, (_, k) => `0x${(0x400000 + k).toString(16)}`)
    expect(await ask(host, addresses.join('+'))).toBe(addresses.map((a) => `${a} f\n`).join(''))
    expect(asked.length).toBe(3)
    expect(Math.max(...asked.map((q) => q.length))).toBeLessThan(4100)
  })

  test('a redirect that would lose the question is an error', async () => {
    const host = await serve((s) => s.end('HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n'))
    await expect(ask(host, '0x1')).rejects.toHaveProperty('message', 'server response: 302 Found')
  })
})
