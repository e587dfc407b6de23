// A server of the kind that programs with net/http/pprof are, for tests: it says what it is told to say.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { encodeProfile } from '../../src/core/formats/pprof/encode.ts'
import { ProfileBuilder } from '../../src/core/model/profile-builder.ts'

export type Page = (req: IncomingMessage, res: ServerResponse) => void

export interface FakeProgram {
  readonly url: string
  readonly server: Server
  /** Requests, in order: path and query. */
  readonly asked: string[]
  /** Authorization headers, in order. */
  readonly authorized: (string | undefined)[]
  close(): Promise<void>
}

const NAMES = ['allocs', 'block', 'cmdline', 'goroutine', 'heap', 'mutex', 'profile', 'threadcreate', 'trace']

/** The page of contents as net/http/pprof writes it. */
export function indexPage(goroutines: number, names: readonly string[] = NAMES): string {
  const rows = names.map(
    (n) => `<tr><td>${n === 'goroutine' ? goroutines : 3}</td><td><a href='${n}?debug=1'>${n}</a></td></tr>`,
  )
  return `<html><head><title>/debug/pprof/</title></head><body><table>${rows.join('\n')}</table></body></html>`
}

/** A packed profile with `samples` samples. */
export function packedProfile(type: string, samples = 1): Uint8Array {
  const b = new ProfileBuilder()
  b.sampleTypes = [{ type, unit: 'count' }]
  const location = b.addLocation({ lines: [{ fn: b.addFunction('main.f'), line: 1 }] })
  for (let k = 0; k < samples; k++) b.addSample([location], [1])
  return gzipSync(Buffer.concat([...encodeProfile(b.done())]))
}

export const DUMP = 'goroutine 1 [running]:\nmain.main()\n\t/src/a.go:1 +0x1\n\n'
export const TRACE = Buffer.concat([Buffer.from('go 1.26 trace\0\0\0'), Buffer.alloc(1000, 7)])
export const VARS =
  '{"cmdline": ["./srv","-password=hunter2"],\n"memstats": {"Alloc":9007199254740993,"HeapSys":1,"NumGC":2}}\n'

const send =
  (body: string | Uint8Array, type = 'application/octet-stream'): Page =>
  (_, res) => {
    res.setHeader('Content-Type', type)
    res.end(body)
  }

/** What the program answers unless a test says otherwise. */
function defaultPages(): Record<string, Page> {
  const pages: Record<string, Page> = {
    '/debug/pprof/': send(indexPage(5), 'text/html; charset=utf-8'),
    '/debug/pprof/cmdline': send('./srv\0-password=hunter2', 'text/plain'),
    '/debug/pprof/trace': send(TRACE),
    '/debug/vars': send(VARS, 'application/json'),
    '/metrics': send('# HELP go_threads x\n# TYPE go_threads gauge\ngo_threads 7\n', 'text/plain'),
    '/debug/pprof/goroutine': (req, res) => {
      if (req.url?.includes('debug=2')) send(DUMP, 'text/plain')(req, res)
      else if (req.url?.includes('debug=1')) send('goroutine profile: total 5\n', 'text/plain')(req, res)
      else send(packedProfile('goroutine'))(req, res)
    },
  }
  for (const name of ['allocs', 'block', 'heap', 'mutex', 'profile', 'threadcreate'])
    pages[`/debug/pprof/${name}`] = send(packedProfile(name))
  return pages
}

/** Starts one; `pages` stand in for the usual ones, by path. */
export async function fakeProgram(pages: Readonly<Record<string, Page>> = {}): Promise<FakeProgram> {
  const all = { ...defaultPages(), ...pages }
  const asked: string[] = []
  const authorized: (string | undefined)[] = []
  const server = createServer((req, res) => {
    asked.push(req.url ?? '')
    authorized.push(req.headers.authorization)
    const page = all[(req.url ?? '').replace(/\?.*/, '')]
    if (page === undefined) {
      res.statusCode = 404
      res.end('404 page not found\n')
    } else page(req, res)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    asked,
    authorized,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections()
        server.close(() => done())
      }),
  }
}
