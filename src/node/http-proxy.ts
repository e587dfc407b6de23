// Proxies, by the environment as Go reads it (golang.org/x/net/http/httpproxy): HTTP_PROXY, HTTPS_PROXY
// and NO_PROXY or their lower case; this machine itself is never reached through one.

import { request } from 'node:http'
import { BlockList, isIP, isIPv6, type Socket } from 'node:net'
import { UserError } from '../core/base/errors.ts'
import { type ProxyServer, proxyServer, type RemoteSource } from './source-url.ts'
import { showControls } from './terminal-text.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** The proxy to use for a server; undefined if it is reached directly. Throws UserError. */
export function proxyFor(r: RemoteSource, env: Environment): ProxyServer | undefined {
  if (r.socketPath !== undefined) return undefined
  const get = (name: string): string => env[name] || env[name.toLowerCase()] || ''
  const address = get(r.tls ? 'HTTPS_PROXY' : 'HTTP_PROXY')
  if (address === '') return undefined
  if (isThisMachine(r.host) || isExcepted(r, get('NO_PROXY'))) return undefined
  // There a client's header named Proxy would come as HTTP_PROXY.
  if (!r.tls && env.REQUEST_METHOD)
    throw new UserError('HTTP_PROXY is not used where REQUEST_METHOD is set (in a CGI program)')
  return proxyServer(address)
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

function isExcepted(r: RemoteSource, list: string): boolean {
  const host = r.host.toLowerCase()
  const family = isIP(host)
  for (const item of list.split(',')) {
    const entry = item.trim().toLowerCase()
    if (entry === '*') return true
    if (entry === '') continue
    const [net = '', bits = ''] = entry.split('/')
    if (isIP(net) !== 0 && /^\d+$/.test(bits)) {
      if (family === isIP(net) && inNetwork(host, net, Number(bits))) return true
      continue
    }
    const { name, port } = splitPort(entry)
    if (name === '' || (port !== '' && Number(port) !== r.port)) continue
    if (isIP(name) !== 0) {
      if (family === isIP(name) && inNetwork(host, name, isIPv6(name) ? 128 : 32)) return true
      continue
    }
    const domain = name.replace(/^\*\./, '.')
    // `.y.com` are the hosts below y.com, `y.com` is itself and those.
    if (domain.startsWith('.') ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`))
      return true
  }
  return false
}

function splitPort(entry: string): { name: string; port: string } {
  if (isIPv6(entry)) return { name: entry, port: '' }
  const m = /^(?:\[(.*)\]|([^:]*))(?::(.*))?$/.exec(entry)
  return { name: m?.[1] ?? m?.[2] ?? '', port: m?.[3] ?? '' }
}

function inNetwork(host: string, net: string, bits: number): boolean {
  const family = isIPv6(net) ? 'ipv6' : 'ipv4'
  if (bits > (family === 'ipv6' ? 128 : 32)) return false
  const networks = new BlockList()
  networks.addSubnet(net, bits, family)
  return networks.check(host, family)
}

/** Value of an Authorization header. */
export function basicAuth(credentials: string): string {
  return `Basic ${Buffer.from(credentials, 'latin1').toString('base64')}`
}

/**
 * Has a proxy that `socket` is connected to make a connection to the server; what is sent from then on
 * goes there. Throws UserError if the proxy refuses, and whatever the socket fails with.
 */
export async function tunnel(socket: Socket, proxy: ProxyServer, r: RemoteSource): Promise<void> {
  if (proxy.kind === 'socks5') await socksConnect(socket, proxy, r)
  else await httpConnect(socket, proxy, r)
}

function httpConnect(socket: Socket, proxy: ProxyServer, r: RemoteSource): Promise<void> {
  const target = `${isIPv6(r.host) ? `[${r.host}]` : r.host}:${r.port}`
  return new Promise((resolve, reject) => {
    const headers = {
      Host: target,
      ...(proxy.credentials !== undefined && { 'Proxy-Authorization': basicAuth(proxy.credentials) }),
    }
    const req = request({ method: 'CONNECT', path: target, headers, createConnection: () => socket })
    req.on('connect', (res, _, head) => {
      if (head.length > 0) socket.unshift(head)
      if (res.statusCode === 200) resolve()
      else {
        socket.destroy()
        const reason = showControls(`${res.statusCode} ${res.statusMessage}`.slice(0, 200))
        reject(new UserError(`the proxy ${proxy.shown} answered: ${reason}`))
      }
    })
    req.on('error', reject)
    req.end()
  })
}

/** Answers of a SOCKS5 server that it could not connect (RFC 1928, section 6). */
const SOCKS_REPLIES = [
  '',
  'general failure',
  'not allowed',
  'network unreachable',
  'host unreachable',
  'connection refused',
  'time to live expired',
  'command not supported',
  'kind of address not supported',
]

/** RFC 1928, and RFC 1929 for name and password. The proxy looks the name up, as with Go. */
async function socksConnect(socket: Socket, proxy: ProxyServer, r: RemoteSource): Promise<void> {
  const refused = (why: string): UserError => {
    socket.destroy()
    return new UserError(`the proxy ${proxy.shown} refuses: ${why}`)
  }
  const read = reader(socket)
  socket.write(proxy.credentials === undefined ? Uint8Array.of(5, 1, 0) : Uint8Array.of(5, 2, 0, 2))
  const [version, method] = await read(2)
  if (version !== 5) throw refused('it does not speak SOCKS5')
  if (method === 2 && proxy.credentials !== undefined) {
    const colon = proxy.credentials.indexOf(':')
    const name = Buffer.from(proxy.credentials.slice(0, colon), 'latin1')
    const password = Buffer.from(proxy.credentials.slice(colon + 1), 'latin1')
    if (name.length > 255 || password.length > 255) throw refused('name or password is too long for it')
    socket.write(Buffer.from([1, name.length, ...name, password.length, ...password]))
    const [, status] = await read(2)
    if (status !== 0) throw refused('wrong name or password')
  } else if (method !== 0) throw refused('it wants another way to log in')
  const host = Buffer.from(r.host, 'utf8')
  if (host.length > 255) throw refused('the name of the host is too long for it')
  // As a name even if it is an address: proxies take both.
  socket.write(Buffer.from([5, 1, 0, 3, host.length, ...host, r.port >> 8, r.port & 255]))
  const [, reply = 0, , kind] = await read(4)
  if (reply !== 0) throw refused(SOCKS_REPLIES[reply] ?? `reason ${reply}`)
  const length = kind === 1 ? 4 : kind === 4 ? 16 : ((await read(1))[0] ?? 0)
  await read(length + 2)
}

/** Reads exactly so many bytes and leaves the rest in the socket. */
function reader(socket: Socket): (length: number) => Promise<Uint8Array> {
  return (length) =>
    new Promise((resolve, reject) => {
      const done = (): void => {
        socket.off('readable', take)
        socket.off('error', fail)
        socket.off('close', fail)
      }
      const fail = (e?: unknown): void => {
        done()
        reject(e instanceof Error ? e : new UserError('the proxy closed the connection'))
      }
      const take = (): void => {
        const bytes = socket.read(length) as Uint8Array | null
        if (bytes === null) return
        done()
        if (bytes.length === length) resolve(bytes)
        else fail()
      }
      socket.on('readable', take)
      socket.on('error', fail)
      socket.on('close', fail)
      take()
    })
}
