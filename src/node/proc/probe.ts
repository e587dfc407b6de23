// Asking a listener of this machine what it is: one small request, one short wait.

import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { parsePprofIndex } from '../../core/formats/proc/pprof-index.ts'
import { isAnyAddress, isLoopback } from '../../core/formats/proc/sockets.ts'
import type { Listener } from './listeners.ts'

/** What answers: net/http/pprof; a server that wants a name and password first; a server without it; a gops agent; none of these. */
export type Answer = 'pprof' | 'locked' | 'http' | 'gops' | 'other' | 'silent'

export interface Probed {
  readonly listener: Listener
  readonly answer: Answer
  readonly tls: boolean
  /** Goroutines by the page of net/http/pprof. */
  readonly goroutines?: number
  /** Names of the profiles there. */
  readonly profiles?: readonly string[]
  /** Status line or reason, for what is not pprof. */
  readonly detail: string
}

export interface ProbeOptions {
  /** For one listener, ms. */
  readonly timeoutMs: number
  /** Root folder that paths of sockets are meant in; ours if not given. */
  readonly root?: string
}

/** A page of net/http/pprof with many profiles has some 5 KB. */
const MOST_BYTES = 64 << 10

/** The address to connect to, undefined if it is none of this machine's loopback. */
export function loopbackOf(listener: Listener): string | undefined {
  if (isLoopback(listener.address)) return listener.address
  if (!isAnyAddress(listener.address)) return undefined
  return listener.address === '::' ? '::1' : '127.0.0.1'
}

/** Asks a listener for /debug/pprof/. Never throws. */
export async function probeHttp(listener: Listener, o: ProbeOptions): Promise<Probed> {
  const text =
    'GET /debug/pprof/ HTTP/1.0\r\nHost: localhost\r\nUser-Agent: goscope\r\nConnection: close\r\n\r\n'
  const plain = await exchange(listener, text, false, o)
  const first = judge(listener, plain, false)
  if (!/HTTP request to an HTTPS server/.test(plain.text) && !startsAsTls(plain.text)) return first
  return judge(listener, await exchange(listener, text, true, o), true)
}

/** Asks a gops agent for Go's version. Only for a port that the process itself has written down as its agent's. */
export async function probeGops(listener: Listener, o: ProbeOptions): Promise<Probed> {
  const { text, error } = await exchange(listener, '\x04', false, o)
  const version = /^(?:go|devel)\S*/.exec(text)?.[0]
  if (version === undefined) return { listener, answer: 'silent', tls: false, detail: error }
  return { listener, answer: 'gops', tls: false, detail: version }
}

interface Exchange {
  readonly text: string
  readonly error: string
}

function judge(listener: Listener, { text, error }: Exchange, tls: boolean): Probed {
  const status = /^HTTP\/[\d.]+ (\d{3})[^\r\n]*/.exec(text)
  if (status === null)
    return {
      listener,
      tls,
      answer: text === '' ? 'silent' : 'other',
      detail: text === '' ? error : 'no HTTP',
    }
  const index = status[1] === '200' ? parsePprofIndex(text) : undefined
  if (index !== undefined) {
    const goroutines = index.get('goroutine')
    const profiles = [...index.keys()]
    return {
      listener,
      tls,
      answer: 'pprof',
      detail: '',
      profiles,
      ...(goroutines !== undefined && { goroutines }),
    }
  }
  const locked = status[1] === '401' || status[1] === '403'
  return { listener, tls, answer: locked ? 'locked' : 'http', detail: status[1]! }
}

/** A TLS alert record: what a server of another kind than Go's says to plain text. */
function startsAsTls(text: string): boolean {
  return text.startsWith('\x15\x03')
}

/** Sends a text and collects what comes until the end, the limit or the time-out. */
function exchange(listener: Listener, send: string, tls: boolean, o: ProbeOptions): Promise<Exchange> {
  return new Promise((resolve) => {
    let text = ''
    let socket: Socket | undefined
    const end = (error: string): void => {
      clearTimeout(timer)
      socket?.destroy()
      resolve({ text, error })
    }
    const timer = setTimeout(() => end(`no answer within ${o.timeoutMs} ms`), o.timeoutMs)
    const place =
      listener.kind === 'unix'
        ? { path: socketPath(listener.address, o.root) }
        : { host: loopbackOf(listener) ?? listener.address, port: listener.port }
    try {
      socket = tls ? connectTls({ ...place, rejectUnauthorized: false }) : connect(place)
    } catch (e) {
      end((e as Error).message)
      return
    }
    socket.on('error', (e) => end((e as NodeJS.ErrnoException).code ?? e.message))
    socket.on('close', () => end('closed without an answer'))
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      if (text.length > MOST_BYTES) end('')
    })
    socket.write(send, 'latin1')
  })
}

/** Sockets that are not in the file system begin with a zero byte. */
function socketPath(path: string, root = ''): string {
  return path.startsWith('@') ? `\0${path.slice(1)}` : root + path
}
