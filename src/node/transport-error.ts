// What goes wrong between here and a server, in one line that says what to do.

import { UserError } from '../core/base/errors.ts'
import type { RemoteSource } from './source-url.ts'
import { showControls } from './terminal-text.ts'

/** A stranger's text as one line of ours. */
export function oneLine(text: string): string {
  const line = showControls(text.trim().replace(/\s+/g, ' '))
  return line.length > 300 ? `${line.slice(0, 300)}…` : line
}

/** A failed transfer as a UserError. Gives back as it is what is no fault of network or server. */
export function transportError(e: unknown, r: RemoteSource): unknown {
  if (e instanceof UserError) return e
  // Several addresses were tried: the first says it as well as any.
  const first = e instanceof AggregateError ? (e.errors[0] as unknown) : e
  if (!(first instanceof Error)) return e
  const code = (first as NodeJS.ErrnoException).code ?? ''
  const place = r.socketPath ?? `${r.host}:${r.port}`
  const text = WORDS[code]?.(place, r) ?? tlsWords(code, first)
  if (text !== undefined) return new UserError(text)
  // Without a code it is a defect of ours.
  return code === '' ? e : new UserError(`${place}: ${oneLine(first.message)}`)
}

type Words = (place: string, r: RemoteSource) => string

const broken: Words = (place) => `${place} closed the connection without an answer`

const WORDS: Readonly<Record<string, Words>> = {
  ECONNREFUSED: (place) => `connection refused by ${place}: nothing listens there`,
  ENOENT: (place) => `there is no socket ${place}`,
  ENOTSOCK: (place) => `${place} is no socket`,
  EACCES: (place) => `permission denied for ${place}`,
  ENOTFOUND: (_, r) => `no such host: ${r.host}`,
  EAI_AGAIN: (_, r) => `the name server does not answer for ${r.host}`,
  ETIMEDOUT: (place) => `${place} does not answer`,
  EHOSTUNREACH: (place) => `no route to ${place}`,
  ENETUNREACH: (place) => `no network that leads to ${place}`,
  ECONNRESET: broken,
  EPIPE: broken,
  HPE_HEADER_OVERFLOW: () => 'the server sends endless headers',
  EPROTO: (place) =>
    `${place} does not speak TLS, or another kind of it; is it http:// rather than https://?`,
  ERR_SSL_WRONG_VERSION_NUMBER: (place) => `${place} does not speak TLS: use http://`,
  ERR_TLS_CERT_ALTNAME_INVALID: (_, r) => `the server's certificate is not for ${r.host}`,
  CERT_HAS_EXPIRED: () => "the server's certificate has expired",
}

const TRUST = /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_UNTRUSTED)/

function tlsWords(code: string, e: Error): string | undefined {
  if (TRUST.test(code))
    return `the server's certificate is not trusted: -tls_ca=FILE names who signed it, https+insecure:// trusts anyone`
  if (code.startsWith('HPE_')) return `the server does not speak HTTP (${oneLine(e.message)})`
  if (/ALERT/.test(code) && /CERTIFICATE|HANDSHAKE/.test(code))
    return `the server does not take our certificate, or wants one: -tls_cert and -tls_key (${code})`
  return code.startsWith('ERR_SSL_') || code.startsWith('CERT_')
    ? `TLS with the server fails: ${oneLine(e.message)}`
    : undefined
}
