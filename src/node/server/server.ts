// The local server: where it listens, the limits of a request, and the way from a request to an answer.

import { lookup } from 'node:dns/promises'
import { createReadStream, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, BlockList, isIP } from 'node:net'
import { pipeline } from 'node:stream'
import { UserError } from '../../core/base/errors.ts'
import { visibleStart } from '../../core/base/visible-text.ts'
import {
  type Asked,
  bracketed,
  cookieHeader,
  type Gate,
  gateFor,
  judge,
  knowsForm,
  type PageNeeds,
  securityHeaders,
  TOKEN,
} from './security.ts'

/** A request that has passed the gate. */
export interface Request {
  /** As sent: neither decoded nor normalized. Compared with names, never mapped to a file. */
  readonly path: string
  /** Without the secret. */
  readonly query: URLSearchParams
  /** The form of a POST, without the secret. */
  readonly form?: URLSearchParams
}

export interface Answer extends Partial<PageNeeds> {
  readonly status: number
  readonly type: string
  /** A file is sent piece by piece. Only files that the user named: no path ever comes from a request. */
  readonly body: string | Uint8Array | { readonly file: string }
  readonly headers?: Readonly<Record<string, string>>
}

/** What is served. */
export interface Site {
  /** Methods that a path takes: one of the two. Undefined if there is no such path. */
  method(path: string): 'GET' | 'POST' | undefined
  /** Answers; what it throws is a defect, told to `warn`. `formToken` goes into forms. */
  answer(r: Request, formToken: string): Promise<Answer>
}

export interface RunningServer {
  /** With the secret. */
  readonly url: string
  close(): Promise<void>
}

/** Bytes of an address, of all headers and of a form. */
const MAX_URL = 8192
const MAX_HEADERS = 16 * 1024
const MAX_FORM = 64 * 1024

/** Host and port of -http. Port 0 is any one that is free. Throws UserError. */
export function parseHostPort(text: string): { host: string; port: number } {
  const m = /^(?:\[([^\]]*)\]|([^:[\]]*)):([^:]*)$/.exec(text)
  if (m === null)
    throw new UserError(
      `-http=${text} is not [host]:[port]: -http=: takes any free port, -http=localhost:8080 that one`,
    )
  const port = m[3]! === '' ? 0 : Number(m[3])
  if (!/^\d*$/.test(m[3]!) || port > 65535)
    throw new UserError(`-http=${text}: the port must be a number up to 65535, or empty for any free one`)
  return { host: m[1] ?? (m[2]! === '' ? 'localhost' : m[2]!), port }
}

/** The addresses of a host, all of them of this machine alone. Throws UserError for others. */
export async function loopbackAddresses(host: string): Promise<string[]> {
  // The browser may try either first; whoever else listened at the other would get the secret.
  if (host.toLowerCase() === 'localhost') return ['127.0.0.1', '::1']
  const loopback = new BlockList()
  loopback.addSubnet('127.0.0.0', 8)
  loopback.addAddress('::1', 'ipv6')
  let addresses: string[] = [host]
  if (isIP(host) === 0)
    try {
      addresses = (await lookup(host, { all: true })).map((a) => a.address)
    } catch {
      throw new UserError(`-http: there is no host ${host}; localhost is this machine`)
    }
  if (!addresses.every((a) => loopback.check(a, isIP(a) === 6 ? 'ipv6' : 'ipv4')))
    throw new UserError(
      `-http: ${host} can be reached from other machines, and goscope serves this one only: use -http=localhost:PORT; from elsewhere reach it with ssh -L PORT:localhost:PORT`,
    )
  return [...new Set(addresses)]
}

/** Starts to serve; ends only by `close`. Throws UserError if the port cannot be had. */
export async function startServer(
  site: Site,
  { host, port }: { host: string; port: number },
  warn: (text: string) => void,
): Promise<RunningServer> {
  const addresses = await loopbackAddresses(host)
  const { servers, bound } = await listenAll(addresses, host, port)
  const gate = gateFor(host, bound)
  for (const server of servers)
    server.on('request', (req, res) => {
      respond(site, gate, req, res).catch((e: unknown) => {
        warn(`goscope: this is a defect of goscope, please report it with these lines:\n${stackOf(e)}`)
        if (res.headersSent) res.destroy()
        else
          send(req, res, plain(500, 'This is a defect of goscope. What it knows of it is in the terminal.'))
      })
    })
  return {
    url: `http://${bracketed(host)}:${bound}/?${TOKEN}=${gate.secrets.url}`,
    async close() {
      await Promise.all(
        servers.map((server) => {
          const closed = new Promise((done) => server.close(done))
          server.closeAllConnections()
          return closed
        }),
      )
    },
  }
}

const stackOf = (e: unknown): string => (e instanceof Error ? (e.stack ?? e.message) : String(e))

/** How often a free port is tried when the other address of localhost has it taken. */
const TRIES = 8

/** Listens at the same port of all addresses that the machine has. */
async function listenAll(
  addresses: readonly string[],
  host: string,
  port: number,
): Promise<{ servers: Server[]; bound: number }> {
  for (let tried = 1; ; tried++) {
    const servers: Server[] = []
    let bound = port
    try {
      for (const address of addresses) {
        const server = await listen(address, bound)
        if (server === undefined) continue
        servers.push(server)
        bound = (server.address() as AddressInfo).port
      }
      if (servers.length > 0) return { servers, bound }
      throw new UserError(`-http: this machine has no address ${addresses.join(' or ')}`)
    } catch (e) {
      for (const server of servers) server.close()
      const code = (e as NodeJS.ErrnoException).code
      if (code === 'EADDRINUSE' && port === 0 && tried < TRIES) continue
      if (code === 'EADDRINUSE')
        throw new UserError(
          `-http: port ${port} of ${host} is taken by another program: choose another port, or none for any free one`,
        )
      if (code === 'EACCES')
        throw new UserError(`-http: port ${port} needs more rights than you have: choose one above 1023`)
      throw e
    }
  }
}

/** Undefined if the machine does not have the address, as ::1 where IPv6 is off. */
function listen(address: string, port: number): Promise<Server | undefined> {
  const server = createServer({
    maxHeaderSize: MAX_HEADERS,
    headersTimeout: 10_000,
    requestTimeout: 20_000,
    keepAliveTimeout: 5_000,
  })
  server.maxConnections = 64
  return new Promise((done, fail) => {
    server.once('error', (e: NodeJS.ErrnoException) =>
      e.code === 'EADDRNOTAVAIL' || e.code === 'EAFNOSUPPORT' ? done(undefined) : fail(e),
    )
    server.listen(port, address, () => done(server))
  })
}

async function respond(site: Site, gate: Gate, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const target = req.url ?? ''
  // A target is a path but for proxies, and there is none here.
  if (!target.startsWith('/')) return send(req, res, plain(400, 'This is no address of goscope.'))
  if (target.length > MAX_URL) return send(req, res, plain(414, 'The address is too long.'))
  const cut = target.indexOf('?')
  const path = cut < 0 ? target : target.slice(0, cut)
  const query = new URLSearchParams(cut < 0 ? '' : target.slice(cut + 1))
  const method = req.method ?? ''
  const asked: Asked = { method, headers: req.headers, rawHeaders: req.rawHeaders, query }
  const verdict = judge(asked, gate)
  if (verdict.kind === 'refused') return send(req, res, plain(403, verdict.why))
  query.delete(TOKEN)
  const takes = site.method(path)
  if (takes === undefined) return send(req, res, plain(404, 'There is no such page.'))
  const fits = takes === 'POST' ? method === 'POST' : method === 'GET' || method === 'HEAD'
  if (!fits) {
    const headers = { Allow: takes === 'POST' ? 'POST' : 'GET, HEAD' }
    return send(req, res, { ...plain(405, `This address takes ${headers.Allow} only.`), headers })
  }
  let form: URLSearchParams | undefined
  if (takes === 'POST') {
    const read = await readForm(req)
    if ('status' in read) return send(req, res, read)
    if (!knowsForm(read, gate))
      return send(req, res, plain(403, 'The form is not of this run of goscope: load the page again.'))
    read.delete(TOKEN)
    form = read
  }
  const entered: Record<string, string> = verdict.entered ? { 'Set-Cookie': cookieHeader(gate) } : {}
  const answer = await site.answer({ path, query, ...(form && { form }) }, gate.secrets.form)
  // A browser goes on without the secret in its address. Not by a redirect: if the user came by a link of
  // another site, the browser would not send the cookie along. The workbench takes the
  // secret out of its address itself, which is one page less to load.
  const navigates = takes === 'GET' && req.headers['sec-fetch-mode'] === 'navigate'
  if (verdict.entered && navigates && !answer.workbench)
    return send(req, res, enteredPage(path, query), entered)
  return send(req, res, answer, entered)
}

/** A page that loads the address without the secret. The path is one of ours, so it needs no escaping. */
function enteredPage(path: string, query: URLSearchParams): Answer {
  const rest = query.toString()
  const to = `${path}${rest === '' ? '' : `?${rest.replaceAll('&', '&amp;').replaceAll("'", '%27')}`}`
  const body = `<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${to}"><title>goscope</title><p><a href="${to}">Go on</a></p></html>\n`
  return { status: 200, type: 'text/html; charset=utf-8', body }
}

/** Lines of such a page are no longer: messages quote names, and names may be megabytes. */
const LONGEST_LINE = 4000

/** A page of text, as it is but for characters that are obeyed instead of shown. */
export function plain(status: number, text: string): Answer {
  const lines = text.split('\n').map((line) => visibleStart(line, LONGEST_LINE))
  return { status, type: 'text/plain; charset=utf-8', body: `${lines.join('\n')}\n` }
}

async function readForm(req: IncomingMessage): Promise<URLSearchParams | Answer> {
  if (!/^application\/x-www-form-urlencoded(;|$)/i.test(req.headers['content-type'] ?? ''))
    return plain(415, 'A form is expected (application/x-www-form-urlencoded).')
  const tooLarge = plain(413, 'The form is too large.')
  if (Number(req.headers['content-length'] ?? 0) > MAX_FORM) return tooLarge
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of req as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > MAX_FORM) return tooLarge
    pieces.push(piece)
  }
  return new URLSearchParams(Buffer.concat(pieces).toString('utf8'))
}

function send(
  req: IncomingMessage,
  res: ServerResponse,
  a: Answer,
  more: Readonly<Record<string, string>> = {},
): void {
  if (res.destroyed) return
  const body = typeof a.body === 'string' ? Buffer.from(a.body, 'utf8') : a.body
  const length = 'file' in body ? statSync(body.file).size : body.length
  const needs = { scripts: a.scripts ?? [], styles: a.styles ?? [], workbench: a.workbench ?? false }
  res.writeHead(a.status, {
    ...securityHeaders(needs),
    'Content-Type': a.type,
    'Content-Length': String(length),
    ...a.headers,
    ...more,
    // The rest of a request that was refused half read is not worth waiting for.
    ...(a.status >= 400 && { Connection: 'close' }),
  })
  if (req.method === 'HEAD') res.end()
  // A file that shrinks while it is sent ends the connection, so nobody takes it for whole.
  else if ('file' in body)
    pipeline(createReadStream(body.file, { end: Math.max(0, length - 1) }), res, () => undefined)
  else res.end(body)
}
