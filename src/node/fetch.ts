// Profiles and symbols from servers. A server may be dead, slow, or lie in any way: every wait has an
// end, every answer a largest size, and every failure is one line without secrets.

import { type IncomingMessage, request } from 'node:http'
import { UserError } from '../core/base/errors.ts'
import { GrowBytes } from '../core/base/grow.ts'
import { detectFormat, SNIFF_BYTES } from '../core/formats/index.ts'
import { basicAuth, type Environment, proxyFor } from './http-proxy.ts'
import { unpack, wrapperOf } from './inflate.ts'
import { maxInputBytes } from './limits.ts'
import { openSocket, type TlsFiles, tlsIdentity } from './server-socket.ts'
import { type ProfileAddress, type RemoteSource, redirected } from './source-url.ts'
import { oneLine, transportError } from './transport-error.ts'

/** How long parts of an answer may take, in ms. */
export interface FetchLimits {
  /** Until the connection stands. */
  readonly connectMs: number
  /** Beyond the timeout, until the server answers: as in the reference. */
  readonly slackMs: number
  /** Without a byte, in the middle of the content. */
  readonly stallMs: number
  /** For the whole content; up to `longestMs` only while `leastBytesPerMs` keep coming. */
  readonly contentMs: number
  readonly leastBytesPerMs: number
  readonly longestMs: number
}

const LIMITS: FetchLimits = {
  connectMs: 30_000,
  slackMs: 5_000,
  stallMs: 30_000,
  contentMs: 60_000,
  leastBytesPerMs: 64,
  longestMs: 600_000,
}

export interface FetchOptions {
  readonly tls?: TlsFiles
  /** Ends the transfer; its reason is thrown. */
  readonly signal?: AbortSignal
  /** Proxies and trusted certificates; that of the process unless given. */
  readonly env?: Environment
  readonly limits?: Partial<FetchLimits>
}

/** Go's client follows as many. */
const MAX_REDIRECTS = 10
/** Answers to symbol queries: names of functions, some 100 bytes each. */
const MAX_SYMBOL_BYTES = 64 << 20
const SYMBOL_SECONDS = 60

/** Largest profile, packed or not, that is taken from a server; GOSCOPE_MAX_BYTES sets another. */
export function maxRemoteBytes(): number {
  return process.env.GOSCOPE_MAX_BYTES ? maxInputBytes() : 2 ** 29
}

/**
 * Fetches a profile: its content as the server has it, packed or not, without the packing of the
 * transfer. What is plainly no profile is not read to its end. Throws UserError, or the signal's reason.
 */
export function fetchProfile(address: ProfileAddress, o: FetchOptions = {}): Promise<Uint8Array> {
  const ask = { method: 'GET', timeoutMs: address.timeoutSeconds * 1000, maxBytes: maxRemoteBytes() }
  return exchange(address, { ...ask, isWanted: mayBeProfile }, o)
}

/** Fetches what is at the address, profile or not: a log, a dump, statistics. Throws as fetchProfile does. */
export function fetchContent(address: ProfileAddress, o: FetchOptions = {}): Promise<Uint8Array> {
  const ask = { method: 'GET', timeoutMs: address.timeoutSeconds * 1000, maxBytes: maxRemoteBytes() }
  return exchange(address, { ...ask, isWanted: () => true }, o)
}

/**
 * Asks a server's symbol handler about addresses, in hex and joined by '+'. Servers of Go 1.22 and later
 * answer no POST; they are asked piece by piece in the query of the address. Throws as fetchProfile does.
 */
export async function askSymbols(
  r: RemoteSource,
  addresses: string,
  o: FetchOptions = {},
): Promise<Uint8Array> {
  const ask = { timeoutMs: SYMBOL_SECONDS * 1000, maxBytes: MAX_SYMBOL_BYTES, isWanted: () => true }
  try {
    return await exchange(r, { ...ask, method: 'POST', body: addresses }, o)
  } catch (e) {
    if (!(e instanceof StatusError) || e.status !== 405) throw e
  }
  const out = new GrowBytes(1 << 12)
  for (const piece of piecesOf(addresses)) {
    const answer = await exchange({ ...r, target: `${r.target}?${piece}` }, { ...ask, method: 'GET' }, o)
    append(out, answer, MAX_SYMBOL_BYTES)
  }
  return out.a.subarray(0, out.length)
}

/** What any server and proxy takes in an address. */
const QUERY_BYTES = 4000

function piecesOf(addresses: string): string[] {
  const out: string[] = []
  for (const address of addresses.split('+')) {
    const last = out.length - 1
    if (last >= 0 && out[last]!.length + address.length < QUERY_BYTES) out[last] += `+${address}`
    else out.push(address)
  }
  return out
}

/** The server answers, but not with what was asked for. */
class StatusError extends UserError {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

function mayBeProfile(head: Uint8Array): boolean {
  return wrapperOf(head) !== 'none' || detectFormat(head, '') !== undefined
}

interface Ask {
  readonly method: string
  readonly body?: string
  readonly timeoutMs: number
  readonly maxBytes: number
  /** Whether to read on after these first bytes. */
  readonly isWanted: (head: Uint8Array) => boolean
}

async function exchange(to: RemoteSource, ask: Ask, o: FetchOptions): Promise<Uint8Array> {
  const limits = { ...LIMITS, ...o.limits }
  const watch = new Watch(o.signal)
  let r = to
  try {
    watch.allow(ask.timeoutMs + limits.slackMs, (s) => `the server did not answer within ${s}`)
    for (let hops = 0; ; hops++) {
      const res = await send(r, ask, o, watch, limits)
      const location = redirection(res, ask)
      if (location === undefined) {
        if (res.statusCode !== 200) throw await statusError(res, r, ask, watch)
        const bytes = await content(res, ask, watch, limits)
        // Content that ends with the connection also ends when we close that.
        if (watch.ended) throw watch.reason
        return bytes
      }
      res.destroy()
      if (hops === MAX_REDIRECTS) throw new UserError(`stopped after ${MAX_REDIRECTS} redirects`)
      r = redirected(r, location)
    }
  } catch (e) {
    throw watch.ended ? watch.reason : transportError(e, r)
  } finally {
    watch.end()
  }
}

function redirection(res: IncomingMessage, ask: Ask): string | undefined {
  // The others turn a POST into a GET: the question would be lost.
  const codes = ask.method === 'GET' ? [301, 302, 303, 307, 308] : [307, 308]
  return codes.includes(res.statusCode ?? 0) ? res.headers.location : undefined
}

async function send(
  r: RemoteSource,
  ask: Ask,
  o: FetchOptions,
  watch: Watch,
  limits: FetchLimits,
): Promise<IncomingMessage> {
  const env = o.env ?? process.env
  const proxy = proxyFor(r, env)
  const identity = (): ReturnType<typeof tlsIdentity> => tlsIdentity(o.tls, env)
  const connecting = watch.also(limits.connectMs, (s) => `no connection within ${s}: is the server there?`)
  const socket = await openSocket(r, { proxy, identity, signal: watch.signal })
  connecting()
  const headers: Record<string, string | number> = {
    Host: r.hostHeader,
    'User-Agent': 'goscope',
    'Accept-Encoding': 'gzip',
  }
  if (r.credentials !== undefined) headers.Authorization = basicAuth(r.credentials)
  if (ask.body !== undefined) {
    headers['Content-Type'] = 'application/octet-stream'
    headers['Content-Length'] = Buffer.byteLength(ask.body)
  }
  const plainProxy = proxy !== undefined && !r.tls && proxy.kind !== 'socks5'
  if (plainProxy && proxy.credentials !== undefined)
    headers['Proxy-Authorization'] = basicAuth(proxy.credentials)
  const path = plainProxy ? `http://${r.hostHeader}${r.target}` : r.target
  return new Promise((resolve, reject) => {
    const req = request({
      method: ask.method,
      path,
      headers,
      createConnection: () => socket,
      maxHeaderSize: 1 << 16,
      signal: watch.signal,
    })
    req.on('response', resolve)
    req.on('error', reject)
    req.end(ask.body)
  })
}

/** Reads the content, and takes off the packing of the transfer. */
async function content(
  res: IncomingMessage,
  ask: Ask,
  watch: Watch,
  limits: FetchLimits,
): Promise<Uint8Array> {
  const packings = (res.headers['content-encoding'] ?? '')
    .toLowerCase()
    .split(',')
    .map((s) => s.trim())
    .filter((s) => s !== '' && s !== 'identity')
  const unknown = packings.find((s) => s !== 'gzip' && s !== 'x-gzip')
  if (unknown !== undefined || packings.length > 4) {
    res.destroy()
    throw new UserError(
      `the server packs its answer in a way that was not asked for: ${oneLine(unknown ?? '')}`,
    )
  }
  const isWanted = packings.length === 0 ? ask.isWanted : () => true
  let bytes = await body(res, ask, isWanted, watch, limits)
  for (const _ of packings) {
    // Servers that hand out packed files may say so twice, or say so wrongly.
    if (wrapperOf(bytes) !== 'gzip') break
    const out = new GrowBytes(bytes.length * 4)
    await unpack(bytes, 'gzip', (chunk) => append(out, chunk, ask.maxBytes))
    bytes = out.a.subarray(0, out.length)
  }
  return bytes
}

function append(out: GrowBytes, chunk: Uint8Array, maxBytes: number): void {
  if (out.length + chunk.length > maxBytes)
    throw new UserError(
      `the answer is larger than the limit of ${maxBytes} bytes (GOSCOPE_MAX_BYTES sets another)`,
    )
  out.append(chunk)
}

function body(
  res: IncomingMessage,
  ask: Ask,
  isWanted: Ask['isWanted'],
  watch: Watch,
  limits: FetchLimits,
): Promise<Uint8Array> {
  // One growing array: chunks as small as a byte each would fill the memory with their headers.
  const out = new GrowBytes(1 << 16)
  let judged = false
  const got = (): string => `after ${out.length} bytes`
  const start = Date.now()
  const whole = Math.max(limits.contentMs, ask.timeoutMs)
  watch.allow(limits.stallMs, (s) => `the server stopped sending ${got()}, for ${s}`)
  return new Promise((resolve, reject) => {
    const done = (): void => resolve(out.a.subarray(0, out.length))
    res.on('data', (chunk: Uint8Array) => {
      try {
        append(out, chunk, ask.maxBytes)
      } catch (e) {
        reject(e)
        res.destroy()
        return
      }
      const spent = Date.now() - start
      const tooSlow = spent > limits.longestMs || out.length < spent * limits.leastBytesPerMs
      if (spent > whole && tooSlow)
        watch.fail(`the server sends too slowly: ${out.length} bytes in ${seconds(spent)}`)
      watch.refresh()
      if (judged || out.length < SNIFF_BYTES) return
      judged = true
      if (isWanted(out.a.subarray(0, SNIFF_BYTES))) return
      done()
      res.destroy()
    })
    res.on('end', done)
    res.on('error', (e) =>
      reject(
        (e as NodeJS.ErrnoException).code === 'ECONNRESET'
          ? new UserError(`the answer breaks off ${got()}`)
          : e,
      ),
    )
    res.on('close', () => reject(new UserError(`the answer breaks off ${got()}`)))
  })
}

/** Text of an error answer that is shown, at most. */
const ERROR_TEXT_BYTES = 2048
const ERROR_TEXT_MS = 3000

async function statusError(
  res: IncomingMessage,
  r: RemoteSource,
  ask: Ask,
  watch: Watch,
): Promise<StatusError> {
  const status = res.statusCode ?? 0
  const line = `server response: ${status} ${oneLine(res.statusMessage ?? '')}`.trimEnd()
  const text = await errorText(res, watch)
  // net/http/pprof says what is wrong, and marks that it is it who says so.
  const said = Boolean(res.headers['x-go-pprof']) && /text\/plain/.test(res.headers['content-type'] ?? '')
  if (said) return new StatusError(status, `${line} - ${oneLine(text)}`)
  const hint = ask.method === 'GET' ? hintFor(status, text, r) : undefined
  return new StatusError(status, hint === undefined ? line : `${line} (${hint})`)
}

function hintFor(status: number, text: string, r: RemoteSource): string | undefined {
  if (text.includes('HTTP request to an HTTPS server')) return 'it speaks TLS: use https://'
  if (status === 401)
    return r.credentials === undefined
      ? 'give name and password in the address: http://NAME:PASSWORD@HOST'
      : 'it does not take this name and password'
  if (status === 404) return 'is net/http/pprof registered there, and the path right?'
  if (status === 407) return 'the proxy wants a name and password: HTTP_PROXY=http://NAME:PASSWORD@PROXY'
  return undefined
}

/** The first bytes of an error page; fewer, or none, if they do not come soon. */
function errorText(res: IncomingMessage, watch: Watch): Promise<string> {
  return new Promise((resolve) => {
    const out = new GrowBytes(ERROR_TEXT_BYTES)
    const done = (): void => {
      stop()
      resolve(Buffer.from(out.a.subarray(0, Math.min(out.length, ERROR_TEXT_BYTES))).toString('utf8'))
      res.destroy()
    }
    const stop = watch.later(ERROR_TEXT_MS, done)
    res.on('data', (chunk: Uint8Array) => {
      out.append(chunk, 0, Math.min(chunk.length, ERROR_TEXT_BYTES))
      if (out.length >= ERROR_TEXT_BYTES) done()
    })
    res.on('end', done)
    res.on('error', done)
    res.on('close', done)
  })
}

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10}s`

/** The clock of one transfer: ends it by a signal, with what is to be told the user. */
class Watch {
  private readonly control = new AbortController()
  private readonly outer: AbortSignal | undefined
  private readonly timers = new Set<NodeJS.Timeout>()
  private main: NodeJS.Timeout | undefined

  constructor(outer: AbortSignal | undefined) {
    this.outer = outer
    if (outer?.aborted) this.control.abort(outer.reason)
    outer?.addEventListener('abort', this.abort, { once: true })
  }

  private readonly abort = (): void => this.control.abort(this.outer?.reason)

  get signal(): AbortSignal {
    return this.control.signal
  }

  get ended(): boolean {
    return this.control.signal.aborted
  }

  get reason(): unknown {
    return this.control.signal.reason
  }

  fail(text: string): void {
    this.control.abort(new UserError(text))
  }

  /** Sets the one deadline of the phase that begins now. */
  allow(ms: number, text: (time: string) => string): void {
    clearTimeout(this.main)
    this.main = setTimeout(() => this.fail(text(seconds(ms))), ms)
  }

  /** Something came: the phase has its whole time again. */
  refresh(): void {
    this.main?.refresh()
  }

  /** A deadline beside the main one; returns what ends it. */
  also(ms: number, text: (time: string) => string): () => void {
    return this.later(ms, () => this.fail(text(seconds(ms))))
  }

  later(ms: number, act: () => void): () => void {
    const timer = setTimeout(act, ms)
    this.timers.add(timer)
    return () => {
      clearTimeout(timer)
      this.timers.delete(timer)
    }
  }

  end(): void {
    clearTimeout(this.main)
    for (const timer of this.timers) clearTimeout(timer)
    this.outer?.removeEventListener('abort', this.abort)
    // What is still open of the transfer is of no use any more.
    if (!this.ended) this.control.abort(new UserError('ended'))
  }
}
