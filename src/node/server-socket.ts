// Connections to servers: directly, through a socket in the file system or a proxy, with TLS or without.

import { existsSync, readFileSync } from 'node:fs'
import { connect, isIP, type Socket } from 'node:net'
import * as tls from 'node:tls'
import { UserError } from '../core/base/errors.ts'
import { type Environment, tunnel } from './http-proxy.ts'
import type { ProxyServer, RemoteSource } from './source-url.ts'
import { systemError } from './system-error.ts'

/** PEM files of -tls_cert, -tls_key and -tls_ca; '' for none. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
  readonly ca: string
}

type Identity = Pick<tls.SecureContextOptions, 'cert' | 'key' | 'ca'>

/** Reads the files; what is wrong with them is said in the reference's words. Throws UserError. */
export function tlsIdentity(files: TlsFiles | undefined, env: Environment): Identity {
  const { cert = '', key = '', ca = '' } = files ?? {}
  if (cert === '' && key !== '')
    throw new UserError('-tls_key is specified, so -tls_cert must also be specified')
  if (cert !== '' && key === '')
    throw new UserError('-tls_cert is specified, so -tls_key must also be specified')
  const out: Identity = {}
  if (cert !== '') {
    const failed = 'could not load certificate/key pair specified by -tls_cert and -tls_key'
    out.cert = readPem(cert, failed)
    out.key = readPem(key, failed)
    try {
      tls.createSecureContext(out)
    } catch (e) {
      throw new UserError(`${failed}: ${e instanceof Error ? e.message : String(e)}`)
    }
  }
  const failed = 'could not load CA specified by -tls_ca'
  const trusted = ca === '' ? systemRoots(env) : readPem(ca, failed)
  if (ca !== '' && !trusted?.includes('-----BEGIN CERTIFICATE-----'))
    throw new UserError(`${failed}: ${ca} holds no certificate`)
  if (trusted !== undefined) out.ca = trusted
  return out
}

function readPem(path: string, failed: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (e) {
    throw new UserError(`${failed}: ${systemError('open', path, e)}`)
  }
}

/** Where systems keep the authorities that they trust (crypto/x509 root_linux.go and others). */
const ROOT_FILES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

/** The system's authorities, as Go trusts them: a company's own is there but not in Node. Undefined for Node's. */
function systemRoots(env: Environment): string | undefined {
  const set = env.SSL_CERT_FILE
  const file = set || ROOT_FILES.find((path) => existsSync(path))
  if (file === undefined) return undefined
  const extra = env.NODE_EXTRA_CA_CERTS
  const read = (path: string): string => readPem(path, 'could not load the trusted certificates')
  return extra ? `${read(file)}\n${read(extra)}` : read(file)
}

export interface ConnectOptions {
  readonly proxy: ProxyServer | undefined
  /** Asked for only if there is TLS. */
  readonly identity: () => Identity
  readonly signal: AbortSignal
}

/** Connects. With an HTTP proxy and no TLS, to the proxy. Throws UserError, the system's error or the signal's reason. */
export async function openSocket(r: RemoteSource, o: ConnectOptions): Promise<Socket> {
  const { proxy } = o
  const raw = await ready(
    r.socketPath === undefined
      ? connect({
          host: proxy?.host ?? r.host,
          port: proxy?.port ?? r.port,
          // Node's 250 ms are too short for far servers that have several addresses.
          autoSelectFamilyAttemptTimeout: 2000,
        })
      : connect({ path: r.socketPath }),
    'connect',
    o.signal,
  )
  let socket = raw
  if (proxy?.kind === 'https') socket = await secured(socket, proxy.host, { ...o.identity() }, o.signal)
  if (proxy !== undefined && (r.tls || proxy.kind === 'socks5')) {
    await unlessAborted(tunnel(socket, proxy, r), o.signal)
  }
  if (!r.tls) return socket
  return secured(socket, r.host, { ...o.identity(), rejectUnauthorized: !r.insecure }, o.signal)
}

function secured(
  socket: Socket,
  host: string,
  options: tls.ConnectionOptions,
  signal: AbortSignal,
): Promise<Socket> {
  const named = isIP(host) === 0 && { servername: host }
  return ready(tls.connect({ ...options, ...named, host, socket }), 'secureConnect', signal)
}

function ready(socket: Socket, event: string, signal: AbortSignal): Promise<Socket> {
  const abort = (): void => {
    socket.destroy(signal.reason as Error)
  }
  signal.addEventListener('abort', abort, { once: true })
  socket.once('close', () => signal.removeEventListener('abort', abort))
  if (signal.aborted) abort()
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve(socket))
    // Stays: an error between two users of the socket must not end the process.
    socket.on('error', reject)
    socket.once('close', () => reject(new UserError('the connection was closed')))
  })
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return work.catch((e) => {
    throw signal.aborted ? signal.reason : e
  })
}
