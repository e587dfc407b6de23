// The agent of github.com/google/gops: one byte is sent over TCP, the answer ends with the connection. It serves one
// connection at a time, and serves it to its end even if we have gone.

import { connect } from 'node:net'
import { UserError } from '../../core/base/errors.ts'

/** Requests by name, with how long the agent itself takes, ms. */
export const GOPS_REQUESTS = {
  stack: { byte: 0x1, takesMs: 0 },
  gc: { byte: 0x2, takesMs: 0 },
  memstats: { byte: 0x3, takesMs: 0 },
  version: { byte: 0x4, takesMs: 0 },
  heap: { byte: 0x5, takesMs: 0 },
  cpu: { byte: 0x6, takesMs: 30_000 },
  stats: { byte: 0x7, takesMs: 0 },
  trace: { byte: 0x8, takesMs: 5_000 },
  binary: { byte: 0x9, takesMs: 0 },
  setgc: { byte: 0x10, takesMs: 0 },
} as const satisfies Readonly<Record<string, { readonly byte: number; readonly takesMs: number }>>

export type GopsRequest = keyof typeof GOPS_REQUESTS

export interface GopsOptions {
  readonly host?: string
  readonly port: number
  /** Without a byte from the agent, beyond the time that the request takes; ms. */
  readonly timeoutMs: number
  /** Bytes behind the request's. */
  readonly more?: Uint8Array
  readonly signal?: AbortSignal
  /** Largest answer. */
  readonly maxBytes: number
}

/** Asks the agent; gives the answer in pieces to `take`. Throws UserError, or the signal's reason. */
export function askGops(
  request: GopsRequest,
  o: GopsOptions,
  take: (chunk: Uint8Array) => void,
): Promise<void> {
  const { byte, takesMs } = GOPS_REQUESTS[request]
  const host = o.host ?? '127.0.0.1'
  const place = `the gops agent at ${host}:${o.port}`
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: o.port })
    let bytes = 0
    let failure: unknown
    const fail = (reason: unknown): void => {
      failure ??= reason
      socket.destroy()
    }
    const abort = (): void => fail(o.signal?.reason)
    o.signal?.addEventListener('abort', abort, { once: true })
    if (o.signal?.aborted) abort()
    let timer = setTimeout(silent, o.timeoutMs + takesMs)
    function silent(): void {
      fail(new UserError(`${place} did not answer within ${(o.timeoutMs + takesMs) / 1000} s`))
    }
    socket.on('data', (chunk: Uint8Array) => {
      clearTimeout(timer)
      timer = setTimeout(silent, o.timeoutMs + takesMs)
      bytes += chunk.length
      if (bytes > o.maxBytes) {
        fail(new UserError(`${place} answers with more than ${o.maxBytes} bytes`))
        return
      }
      try {
        take(chunk)
      } catch (e) {
        fail(e)
      }
    })
    socket.on('error', (e) => {
      const { code } = e as NodeJS.ErrnoException
      fail(
        new UserError(
          code === 'ECONNREFUSED' ? `${place}: connection refused` : `${place}: ${code ?? e.message}`,
        ),
      )
    })
    socket.on('close', () => {
      clearTimeout(timer)
      o.signal?.removeEventListener('abort', abort)
      if (failure !== undefined) reject(failure)
      else resolve()
    })
    socket.write(Uint8Array.from([byte, ...(o.more ?? [])]))
  })
}

/** The whole answer. Throws as askGops does. */
export async function gopsBytes(request: GopsRequest, o: GopsOptions): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  await askGops(request, o, (chunk) => chunks.push(chunk))
  return Buffer.concat(chunks)
}

/** The whole answer as text. Throws as askGops does. */
export async function gopsText(request: GopsRequest, o: GopsOptions): Promise<string> {
  return (await gopsBytes(request, o)).toString('utf8')
}
