// Requests to one live program, streamed: every wait has an end, every answer a largest size, and every
// failure is one line without secrets. Connections are kept, so that sampling costs the program little.

import { Agent, type IncomingMessage, request } from 'node:http'
import type { Socket } from 'node:net'
import { UserError } from '../../core/base/errors.ts'
import { basicAuth, type Environment, proxyFor } from '../http-proxy.ts'
import { openSocket, type TlsFiles, tlsIdentity } from '../server-socket.ts'
import { type RemoteSource, redirected } from '../source-url.ts'
import { oneLine, transportError } from '../transport-error.ts'

export interface ClientOptions {
  readonly tls?: TlsFiles
  /** Further headers; sent to the program's own address only. */
  readonly headers?: Readonly<Record<string, string>>
  readonly env?: Environment
  /** Until a connection stands, ms. */
  readonly connectMs?: number
  /** Until the answer begins, beyond the time that the program is measured, ms. */
  readonly answerMs?: number
  /** Without a byte in the middle of the answer, ms. */
  readonly stallMs?: number
  /** For the whole content, ms; beyond it, only as long as `leastBytesPerMs` keep coming, up to ten times of it. */
  readonly contentMs?: number
}

/** One request. */
export interface GetOptions {
  /** Seconds for which the program is measured before it answers. */
  readonly seconds: number
  readonly maxBytes: number
  /** Takes the content piece by piece. What it throws ends the transfer. */
  readonly sink: (chunk: Uint8Array) => void
  /** Whether the content, by its beginning (up to 512 bytes), is what was asked for; if not, says what it is instead. */
  readonly refuse?: (head: Uint8Array, contentType: string) => string | undefined
  /** End the transfer at so many bytes and be content with them. */
  readonly stopAt?: number
  readonly signal?: AbortSignal
}

export interface Got {
  readonly bytes: number
  /** Whether it was ended at `stopAt`. */
  readonly cut: boolean
  readonly contentType: string
  /** From the request until the answer began, ms. */
  readonly answerMs: number
  readonly totalMs: number
}

/** The server answers, but not with what was asked for. */
export class StatusError extends UserError {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Carries what a sink threw past those who explain errors of the network. */
class SinkError extends Error {}

/** The answer took too long, or too much: to ask again costs as much again. */
export class CostlyError extends UserError {}

const MAX_REDIRECTS = 10
/** A bad line to a far cluster may be as slow as that. */
const LEAST_BYTES_PER_MS = 1
const HEAD_BYTES = 512
const STALE_MS = 500
const ERROR_BYTES = 2048
const ERROR_MS = 3000

/** Hands the sockets out that were opened before. */
class OwnSockets extends Agent {
  next: Socket | undefined

  constructor() {
    super({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: 2 })
  }

  get hasFree(): boolean {
    return Object.values(this.freeSockets).some((sockets) => (sockets?.length ?? 0) > 0)
  }

  override createConnection(): Socket {
    const socket = this.next
    this.next = undefined
    if (socket === undefined) throw new UserError('the connection was closed')
    return socket
  }
}

/** Asks one program. `close` when done. */
export class LiveClient {
  private readonly options: ClientOptions
  private readonly agent = new OwnSockets()
  /** All that are open, whoever has them now: one that is left would keep this process alive, and the program busy. */
  private readonly sockets = new Set<Socket>()
  private closed = false

  constructor(options: ClientOptions = {}) {
    this.options = options
  }

  /** One for another server, which is sent none of this one's headers. To be closed as well. */
  elsewhere(): LiveClient {
    const { headers: _, ...options } = this.options
    return new LiveClient(options)
  }

  /** Ends requests as well. */
  close(): void {
    this.closed = true
    this.agent.destroy()
    for (const socket of this.sockets) socket.destroy()
  }

  /** Fetches. Throws UserError (StatusError for a status other than 200), the sink's error, or the signal's reason. */
  async get(to: RemoteSource, o: GetOptions): Promise<Got> {
    const start = performance.now()
    const control = new AbortController()
    const abort = (): void => control.abort(o.signal?.reason)
    if (o.signal?.aborted) abort()
    o.signal?.addEventListener('abort', abort, { once: true })
    const fail = (text: string): void => control.abort(new CostlyError(text))
    const answerMs = o.seconds * 1000 + (this.options.answerMs ?? 30_000)
    const timer = setTimeout(() => fail(`the server did not answer within ${seconds(answerMs)}`), answerMs)
    let r = to
    try {
      for (let hops = 0; ; hops++) {
        const res = await this.send(r, sameServer(r, to), control.signal)
        const { location } = res.headers
        if (location !== undefined && [301, 302, 303, 307, 308].includes(res.statusCode ?? 0)) {
          res.destroy()
          if (hops === MAX_REDIRECTS) throw new UserError(`stopped after ${MAX_REDIRECTS} redirects`)
          r = redirected(r, location)
          continue
        }
        const answered = performance.now() - start
        if (res.statusCode !== 200) throw await statusError(res, r)
        clearTimeout(timer)
        const contentType = String(res.headers['content-type'] ?? '')
        const { bytes, cut } = await this.content(res, contentType, o, control, fail)
        return { bytes, cut, contentType, answerMs: answered, totalMs: performance.now() - start }
      }
    } catch (e) {
      // What the sink threw is not the server's fault.
      if (e instanceof SinkError) throw e.cause
      throw control.signal.aborted ? control.signal.reason : transportError(e, r)
    } finally {
      clearTimeout(timer)
      o.signal?.removeEventListener('abort', abort)
    }
  }

  private async send(r: RemoteSource, own: boolean, signal: AbortSignal): Promise<IncomingMessage> {
    for (let again = false; ; again = true) {
      // A kept connection may have been closed by the server just now: once more, with a new one.
      const kept = own && this.agent.hasFree && !again
      const start = performance.now()
      try {
        return await this.request(r, own, kept, signal)
      } catch (e) {
        const { code } = e as NodeJS.ErrnoException
        const stale = code === 'ECONNRESET' || code === 'EPIPE'
        // One that ends later was at work for us, and would have to begin again.
        if (!kept || signal.aborted || !stale || performance.now() - start > STALE_MS) throw e
      }
    }
  }

  private async request(
    r: RemoteSource,
    own: boolean,
    kept: boolean,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const { env = process.env, tls, headers: given = {} } = this.options
    const proxy = proxyFor(r, env)
    const agent = own ? this.agent : new OwnSockets()
    const opened = kept ? undefined : await this.connect(r, proxy, tls, env, signal)
    agent.next = opened
    const headers: Record<string, string> = { Host: r.hostHeader, 'User-Agent': 'goscope' }
    if (r.credentials !== undefined) headers.Authorization = basicAuth(r.credentials)
    if (own) Object.assign(headers, given)
    const plainProxy = proxy !== undefined && !r.tls && proxy.kind !== 'socks5'
    if (plainProxy && proxy.credentials !== undefined)
      headers['Proxy-Authorization'] = basicAuth(proxy.credentials)
    const path = plainProxy ? `http://${r.hostHeader}${r.target}` : r.target
    return new Promise((resolve, reject) => {
      // The agent's sockets are one server's: whatever name they go by.
      const req = request({ host: 'target', path, headers, agent, maxHeaderSize: 1 << 16, signal })
      req.on('response', resolve)
      req.on('error', reject)
      // Another one may have become free meanwhile.
      req.on('socket', (used) => {
        if (opened !== undefined && used !== opened) opened.destroy()
      })
      req.end()
    })
  }

  private async connect(
    r: RemoteSource,
    proxy: ReturnType<typeof proxyFor>,
    tls: TlsFiles | undefined,
    env: Environment,
    signal: AbortSignal,
  ): Promise<Socket> {
    const ms = this.options.connectMs ?? 10_000
    const control = new AbortController()
    const abort = (): void => control.abort(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    const timer = setTimeout(
      () => control.abort(new UserError(`no connection within ${seconds(ms)}: is the server there?`)),
      ms,
    )
    try {
      const socket = await openSocket(r, {
        proxy,
        identity: () => tlsIdentity(tls, env),
        signal: control.signal,
      })
      this.sockets.add(socket)
      socket.once('close', () => this.sockets.delete(socket))
      if (!this.closed) return socket
      socket.destroy()
      throw new UserError('the connection was closed')
    } catch (e) {
      throw control.signal.aborted ? control.signal.reason : e
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }
  }

  private content(
    res: IncomingMessage,
    contentType: string,
    o: GetOptions,
    control: AbortController,
    fail: (text: string) => void,
  ): Promise<{ bytes: number; cut: boolean }> {
    const { stallMs = 30_000, contentMs = 60_000 } = this.options
    const packing = String(res.headers['content-encoding'] ?? 'identity')
    if (packing !== 'identity') {
      res.destroy()
      throw new UserError(`the server packs its answer in a way that was not asked for: ${oneLine(packing)}`)
    }
    const start = performance.now()
    const sink = (chunk: Uint8Array): void => {
      try {
        o.sink(chunk)
      } catch (cause) {
        throw new SinkError('', { cause })
      }
    }
    let bytes = 0
    let head: Uint8Array[] | undefined = []
    const stall = setTimeout(
      () => fail(`the server stopped sending after ${bytes} bytes, for ${seconds(stallMs)}`),
      stallMs,
    )
    return new Promise<{ bytes: number; cut: boolean }>((resolve, reject) => {
      // Data may still come after it was told to stop.
      let stopped = false
      const stop = (e: unknown): void => {
        stopped = true
        reject(e)
        res.destroy()
      }
      // Nothing is handed on before the beginning has been judged.
      const judge = (): boolean => {
        const all = Buffer.concat(head ?? [])
        head = undefined
        const strange = o.refuse?.(all.subarray(0, HEAD_BYTES), contentType)
        if (strange !== undefined) {
          stop(new UserError(strange))
          return false
        }
        sink(all)
        return true
      }
      res.on('data', (chunk: Uint8Array) => {
        if (stopped) return
        stall.refresh()
        bytes += chunk.length
        const spent = performance.now() - start
        try {
          if (bytes > o.maxBytes && o.stopAt === undefined)
            throw new CostlyError(
              `the answer is larger than ${o.maxBytes} bytes: endless, or not what it should be`,
            )
          if (spent > contentMs && (spent > 10 * contentMs || bytes < spent * LEAST_BYTES_PER_MS))
            throw new CostlyError(`the server sends too slowly: ${bytes} bytes in ${seconds(spent)}`)
          if (head !== undefined) {
            head.push(chunk)
            if (bytes < HEAD_BYTES) return
            if (!judge()) return
          } else sink(chunk)
        } catch (e) {
          stop(e)
          return
        }
        if (o.stopAt !== undefined && bytes >= o.stopAt) {
          stopped = true
          resolve({ bytes, cut: true })
          res.destroy()
        }
      })
      res.on('end', () => {
        try {
          if (head === undefined || judge()) resolve({ bytes, cut: false })
        } catch (e) {
          reject(e)
        }
      })
      res.on('error', (e) =>
        reject(
          (e as NodeJS.ErrnoException).code === 'ECONNRESET'
            ? new UserError(`the answer breaks off after ${bytes} bytes`)
            : e,
        ),
      )
      res.on('close', () => reject(new UserError(`the answer breaks off after ${bytes} bytes`)))
      control.signal.addEventListener('abort', () => stop(control.signal.reason), { once: true })
    }).finally(() => clearTimeout(stall))
  }
}

function sameServer(a: RemoteSource, b: RemoteSource): boolean {
  return a.host === b.host && a.port === b.port && a.tls === b.tls && a.socketPath === b.socketPath
}

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`

async function statusError(res: IncomingMessage, r: RemoteSource): Promise<StatusError> {
  const status = res.statusCode ?? 0
  const line = `${status} ${oneLine(res.statusMessage ?? '')}`.trimEnd()
  const text = await errorText(res)
  const plain = /text\/plain/.test(String(res.headers['content-type'] ?? ''))
  if (status === 401)
    return new StatusError(
      status,
      `${line}: ${
        r.credentials === undefined
          ? 'the server wants to know who asks (http://NAME:PASSWORD@HOST, or --header "Authorization: Bearer …")'
          : 'it does not take this name and password'
      }`,
    )
  if (text.includes('HTTP request to an HTTPS server'))
    return new StatusError(status, `${line}: it speaks TLS, use https://`)
  return new StatusError(status, plain && text !== '' ? `${line}: ${oneLine(text)}` : line)
}

function errorText(res: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const done = (): void => {
      clearTimeout(timer)
      resolve(text.slice(0, ERROR_BYTES))
      if (!res.complete) res.destroy()
    }
    const timer = setTimeout(done, ERROR_MS)
    res.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8')
      if (text.length >= ERROR_BYTES) done()
    })
    for (const event of ['end', 'error', 'close']) res.on(event, done)
  })
}
