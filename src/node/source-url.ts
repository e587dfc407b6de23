// Which sources are addresses of servers, and what is asked of them.
//
// Go's rules for URLs, not the browsers': what `go tool pprof` takes for a file must be a file here, and
// an address keeps its spelling (`:80`, capitals, `..`), which the URL class of Node would change.
// Text is handled as bytes, one character (up to U+00FF) each, as percent escapes stand for bytes.

import { isIPv6 } from 'node:net'
import { domainToASCII } from 'node:url'
import { UserError } from '../core/base/errors.ts'

/** An address taken apart as net/url does it. */
interface GoUrl {
  /** Lower case; '' if there is none. */
  readonly scheme: string
  /** `user`, `user:password` still escaped; undefined if there is none. */
  readonly userinfo: string | undefined
  /** Unescaped, with brackets and port as given; '' if there is none. */
  readonly host: string
  /** Unescaped, and as given. */
  readonly path: string
  readonly rawPath: string
  /** As given, without the question mark; undefined if there is none. */
  readonly query: string | undefined
}

/** A server's answer to one request is wanted: all that the request needs. */
export interface RemoteSource {
  readonly tls: boolean
  /** Whether the server's certificate is taken on trust. */
  readonly insecure: boolean
  /** Socket in the file system to connect to, instead of host and port. */
  readonly socketPath?: string
  /** Name or address to connect to, without brackets. */
  readonly host: string
  readonly port: number
  /** Value of the Host header. */
  readonly hostHeader: string
  /** Unescaped path, one character per byte. */
  readonly path: string
  /** Escaped path and query, as the request line has them. */
  readonly target: string
  /** `user:password`, one character per byte; to be sent only to this host and port, and never to be printed. */
  readonly credentials?: string
  /** The address for people, without its secrets. */
  readonly shown: string
}

/** A profile to fetch. */
export interface ProfileAddress extends RemoteSource {
  /** Seconds that the server may take before it answers. */
  readonly timeoutSeconds: number
}

const CPU_PROFILE = '/debug/pprof/profile'

/**
 * Understands a source as the address of a profile; undefined if it is the name of a file. `seconds` and
 * `timeout` are those of the command line, 0 or less if not given (cmd/pprof adjustURL). Throws UserError.
 */
export function profileAddress(source: string, seconds: number, timeout: number): ProfileAddress | undefined {
  const socket = parseSocket(toBytes(source))
  const url = socket?.url ?? parseWithDefaultScheme(toBytes(source))
  // The reference would look for a host named http.
  if (/^https?(\+insecure)?:\/\//i.test(source) && (url === undefined || /^https?:$/i.test(url.host)))
    throw new UserError(
      'the address is badly written: http://HOST:PORT/PATH, with % in front of two hex digits',
    )
  if (url === undefined || url.host === '') return undefined
  // What was meant as a password must not go to what is not the host.
  if (url.userinfo !== undefined && url.rawPath.includes('@'))
    throw new UserError('there is an @ behind the host; in a password, / is %2F and @ is %40')
  const values = parseQuery(url.query ?? '')
  let wait = seconds
  if (seconds > 0) values.set('seconds', [String(seconds)])
  else wait = int32(values.get('seconds')?.[0] ?? '') ?? 0
  const rest = url.path === '' || url.path === '/' ? { path: CPU_PROFILE, rawPath: CPU_PROFILE } : {}
  const timeoutSeconds = timeout > 0 ? timeout : wait > 0 ? wait * 1.5 : 60
  return { ...request({ ...url, ...rest }, values, socket?.socketPath), timeoutSeconds }
}

/** `unix:/path/to.sock` and `unix:/path/to.sock:/debug/pprof/heap?query`: our extension. */
function parseSocket(source: string): { socketPath: string; url: GoUrl } | undefined {
  if (!source.startsWith('unix:')) return undefined
  const rest = source.slice(5).replace(/^\/\/(?=\/)/, '')
  const end = rest.indexOf(':/')
  const url = parseGoUrl(`http://localhost${end < 0 ? '' : rest.slice(end + 1)}`)
  const socketPath = end < 0 ? rest : rest.slice(0, end)
  return url === undefined || socketPath === '' ? undefined : { socketPath: toText(socketPath), url }
}

/** `host:port/path` looks like a scheme and is not; so what makes no sense gets a scheme and another try. */
function parseWithDefaultScheme(source: string): GoUrl | undefined {
  const url = parseGoUrl(source)
  const odd = url === undefined || (url.host === '' && url.scheme !== '' && url.scheme !== 'file')
  return odd ? parseGoUrl(`http://${source}`) : url
}

function request(
  url: GoUrl,
  values: ReadonlyMap<string, readonly string[]>,
  socketPath?: string,
): RemoteSource {
  const tls = url.scheme === 'https' || url.scheme === 'https+insecure'
  if (!tls && url.scheme !== 'http') throw new UserError(`unsupported protocol scheme "${url.scheme}"`)
  const path = escapedPath(url)
  const query = encodeQuery(values)
  const mark = query !== '' || url.query === '' ? '?' : ''
  const { host, port, hostHeader } = hostAndPort(url, tls ? 443 : 80)
  const place = socketPath === undefined ? `//${url.userinfo === undefined ? '' : 'xxxxx@'}` : socketPath
  const hidden = encodeQuery(withoutSecrets(values))
  const shown =
    socketPath === undefined
      ? `${url.scheme}:${place}${escapeBytes(url.host, HOST_SAFE)}${path}${mark}${hidden}`
      : `unix:${toBytes(socketPath)}:${path}${mark}${hidden}`
  return {
    tls,
    insecure: url.scheme === 'https+insecure',
    ...(socketPath !== undefined && { socketPath }),
    host,
    port,
    hostHeader,
    path: url.path,
    target: `${path}${mark}${query}`,
    ...(url.userinfo !== undefined && { credentials: credentialsOf(url.userinfo) }),
    shown: toText(shown),
  }
}

/** Another path of the same server, without a query. */
export function withPath(r: RemoteSource, path: string): RemoteSource {
  const target = escapeBytes(path, PATH_SAFE)
  return { ...r, path, target, shown: shownAt(r, target) }
}

/** What a source is called in the profile's mappings while it is worked on: never with secrets. */
export function mappingName(r: RemoteSource): string {
  // 'http' in the scheme tells symbolization that it is no file.
  return r.socketPath === undefined ? r.shown : `http+${r.shown}`
}

function shownAt(r: RemoteSource, target: string): string {
  if (r.socketPath !== undefined) return `unix:${r.socketPath}:${toText(target)}`
  const scheme = r.insecure ? 'https+insecure' : r.tls ? 'https' : 'http'
  return toText(`${scheme}://${r.credentials === undefined ? '' : 'xxxxx@'}${r.hostHeader}${target}`)
}

/**
 * Where a redirect leads. Credentials stay with the host, port and protocol that they were given for.
 * Throws UserError for places that a redirect may not lead to.
 */
export function redirected(from: RemoteSource, location: string): RemoteSource {
  const given = location.replace(/#.*$/s, '')
  let absolute: string
  if (given.startsWith('//')) absolute = `${from.tls ? 'https' : 'http'}:${given}`
  else if (/^[a-z][a-z0-9+.-]*:/i.test(given)) absolute = given
  else {
    const folder = from.target.replace(/\?.*$/s, '').replace(/[^/]*$/, '')
    const target = given.startsWith('/')
      ? given
      : given.startsWith('?')
        ? from.target.replace(/\?.*$/s, '') + given
        : folder + given
    absolute = `${from.tls ? 'https' : 'http'}://${from.hostHeader}${target}`
  }
  const url = parseGoUrl(absolute)
  if (url === undefined || url.host === '')
    throw new UserError(`the server redirects to ${redacted(toText(location))}, which is no address`)
  if (url.scheme !== 'http' && url.scheme !== 'https')
    throw new UserError(`the server redirects to ${redacted(toText(location))}, which is not HTTP`)
  const to = request({ ...url, userinfo: undefined }, new Map())
  if (from.tls && !to.tls)
    throw new UserError(`the server redirects from https to ${shownAt(to, '')}, which is not encrypted`)
  const target = escapedPath(url) + (url.query === undefined ? '' : `?${url.query}`)
  const full = { ...to, target: target === '' ? '/' : target, insecure: from.insecure && to.tls }
  const sameHost = to.host === from.host && to.port === from.port && to.tls === from.tls
  if (from.socketPath !== undefined && !sameHost)
    throw new UserError(`the server redirects away from its socket, to ${shownAt(to, '')}`)
  const placed: RemoteSource = {
    ...full,
    ...(sameHost && from.credentials !== undefined && { credentials: from.credentials }),
    ...(from.socketPath !== undefined && { socketPath: from.socketPath }),
  }
  return { ...placed, shown: redacted(shownAt(placed, placed.target)) }
}

/** A server that passes requests on. */
export interface ProxyServer {
  readonly kind: 'http' | 'https' | 'socks5'
  readonly host: string
  readonly port: number
  /** As in RemoteSource. */
  readonly credentials?: string
  readonly shown: string
}

const PROXY_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, socks5: 1080 }

/** Understands the address of a proxy, with or without a scheme. Throws UserError. */
export function proxyServer(text: string): ProxyServer {
  const bytes = toBytes(text)
  const given = parseGoUrl(bytes)
  const url =
    given === undefined || given.scheme === '' || given.host === '' ? parseGoUrl(`http://${bytes}`) : given
  const kind = url?.scheme.replace(/^socks5h$/, 'socks5') ?? ''
  const port = PROXY_PORTS[kind]
  if (url === undefined || url.host === '' || port === undefined)
    throw new UserError(`invalid proxy address ${redacted(text)}`)
  const { hostHeader, ...place } = hostAndPort(url, port)
  return {
    ...place,
    kind: kind as ProxyServer['kind'],
    ...(url.userinfo !== undefined && { credentials: credentialsOf(url.userinfo) }),
    shown: `${kind}://${hostHeader}`,
  }
}

/** Whether Go's net/url takes the text for an absolute address: one that has a scheme. */
export function isAbsoluteUrl(text: string): boolean {
  const url = parseGoUrl(toBytes(text))
  return url !== undefined && url.scheme !== ''
}

/** Whether a source names a server rather than a file. A file of that name counts more; see the caller. */
export function isAddress(source: string): boolean {
  try {
    return profileAddress(source, 0, 0) !== undefined
  } catch (e) {
    if (e instanceof UserError) return true
    throw e
  }
}

/** A source as the user gave it, for messages: names of files as they are, addresses without secrets. */
export function redacted(source: string): string {
  return (
    source
      // Up to the last '@': what cannot be parsed may have one in a password.
      .replace(
        /^([a-z][a-z0-9+.-]*:)?\/\/.*@/is,
        (_, scheme: string | undefined) => `${scheme ?? ''}//xxxxx@`,
      )
      .replace(/^[^/?#@]*:.*@/s, (m) => (m.includes('//xxxxx@') ? m : 'xxxxx@'))
      .replace(/^[^/?#]*@/, (m) =>
        parseWithDefaultScheme(toBytes(source))?.userinfo === undefined ? m : 'xxxxx@',
      )
      .replace(/([?&])([^=&#]*)=([^&#]*)/g, (all, mark: string, key: string) =>
        SECRET.test(key) ? `${mark}${key}=xxxxx` : all,
      )
  )
}

/** Names of query values that are not for other eyes: tokens, API keys, signatures of signed addresses. */
const SECRET = /token|key|secret|pass|pwd|auth|sig|cred|session|jwt|^code$/i

function withoutSecrets(values: ReadonlyMap<string, readonly string[]>): Map<string, readonly string[]> {
  return new Map([...values].map(([key, v]) => [key, SECRET.test(key) ? v.map(() => 'xxxxx') : v]))
}

/** net/url Parse; undefined where it fails. */
function parseGoUrl(text: string): GoUrl | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Go refuses these
  if (text === '' || /[\0-\x1f\x7f]/.test(text) || text.startsWith(':')) return undefined
  const hash = text.indexOf('#')
  // Stays here: servers are not told.
  if (hash >= 0 && unescapeBytes(text.slice(hash)) === undefined) return undefined
  const whole = hash < 0 ? text : text.slice(0, hash)
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(whole)?.[1] ?? ''
  const afterScheme = scheme === '' ? whole : whole.slice(scheme.length + 1)
  const mark = afterScheme.indexOf('?')
  const query = mark < 0 ? undefined : afterScheme.slice(mark + 1)
  let rest = mark < 0 ? afterScheme : afterScheme.slice(0, mark)
  const base = { scheme: scheme.toLowerCase(), userinfo: undefined, host: '', query }
  if (!rest.startsWith('/')) {
    if (scheme !== '') return { ...base, path: '', rawPath: '' }
    if (rest.split('/', 1)[0]!.includes(':')) return undefined
  }
  let authority: Pick<GoUrl, 'userinfo' | 'host'> = base
  if (rest.startsWith('//') && (scheme !== '' || !rest.startsWith('///'))) {
    const slash = rest.indexOf('/', 2)
    const parsed = parseAuthority(base.scheme, slash < 0 ? rest.slice(2) : rest.slice(2, slash))
    if (parsed === undefined) return undefined
    authority = parsed
    rest = slash < 0 ? '' : rest.slice(slash)
  }
  const path = unescapeBytes(rest)
  return path === undefined ? undefined : { ...base, ...authority, path, rawPath: rest }
}

function parseAuthority(scheme: string, text: string): Pick<GoUrl, 'userinfo' | 'host'> | undefined {
  const at = text.lastIndexOf('@')
  const userinfo = at < 0 ? undefined : text.slice(0, at)
  if (userinfo !== undefined) {
    if (!/^[\w\-.:~!$&'()*+,;=%@]*$/.test(userinfo)) return undefined
    if (unescapeBytes(userinfo) === undefined) return undefined
  }
  const host = parseHost(scheme, text.slice(at + 1))
  return host === undefined ? undefined : { userinfo, host }
}

function parseHost(scheme: string, text: string): string | undefined {
  const bracket = text.lastIndexOf('[')
  if (bracket > 0) return undefined
  if (bracket === 0) {
    const m = /^\[(.*)\](:\d*)?$/.exec(text)
    if (m === null) return undefined
    const [, literal = '', port = ''] = m
    const zone = literal.indexOf('%25')
    const address = zone < 0 ? literal : literal.slice(0, zone)
    const name = zone < 0 ? '' : unescapeBytes(literal.slice(zone))
    if (name === undefined || !/^[\w\-.~!$&'()*+,;=:[\]<>"% ]*$/.test(name)) return undefined
    return isIPv6(address) ? `[${address}${name}]${port}` : undefined
  }
  // A list of hosts with ports is let pass for schemes that are not ours, as in Go.
  const colon = /^https?$/.test(scheme) ? text.indexOf(':') : text.lastIndexOf(':')
  if (colon >= 0 && !/^:\d*$/.test(text.slice(colon))) return undefined
  // Only what is not ASCII may be escaped, and few marks may stand for themselves.
  if (/%(?![89a-f][0-9a-f])/i.test(text) || /[^\w\-.~!$&'()*+,;=:[\]<>"%\x80-\xff]/.test(text))
    return undefined
  return unescapeBytes(text)
}

/** net/url EscapedPath: as given if that is well written, else written anew. */
function escapedPath(url: GoUrl): string {
  return /^[\w\-.~!$&'()*+,;=:@[\]%/]*$/.test(url.rawPath) ? url.rawPath : escapeBytes(url.path, PATH_SAFE)
}

function hostAndPort(url: GoUrl, defaultPort: number): Pick<RemoteSource, 'host' | 'port' | 'hostHeader'> {
  const m = /^(.*?)(?::(\d*))?$/s.exec(
    url.host.startsWith('[') ? url.host.replace(/^\[(.*)\]/, '') : url.host,
  )
  const digits = m?.[2] ?? ''
  const port = digits === '' ? defaultPort : Number(digits)
  if (port > 65535) throw new UserError(`invalid port ${digits}`)
  const suffix = digits === '' ? '' : `:${digits}`
  if (url.host.startsWith('[')) {
    const host = url.host.slice(1, url.host.lastIndexOf(']'))
    return { host: toText(host), port, hostHeader: `[${host.replace(/%.*$/s, '')}]${suffix}` }
  }
  const name = toText(m?.[1] ?? '')
  // Like Go's dialer, `:6060` means this machine.
  const host = name === '' ? 'localhost' : /^[\0-\x7f]*$/.test(name) ? name : domainToASCII(name)
  if (host === '') throw new UserError(`${name} is no host`)
  return { host, port, hostHeader: host + suffix }
}

/** Query values by name, in order. Pairs that are badly written are left out, as in Go. */
function parseQuery(query: string): Map<string, readonly string[]> {
  const out = new Map<string, readonly string[]>()
  for (const pair of query.split('&')) {
    if (pair === '' || pair.includes(';')) continue
    const eq = pair.indexOf('=')
    const key = unescapeBytes((eq < 0 ? pair : pair.slice(0, eq)).replaceAll('+', ' '))
    const value = unescapeBytes((eq < 0 ? '' : pair.slice(eq + 1)).replaceAll('+', ' '))
    if (key !== undefined && value !== undefined) out.set(key, [...(out.get(key) ?? []), value])
  }
  return out
}

/** net/url Values.Encode: sorted by name. */
function encodeQuery(values: ReadonlyMap<string, readonly string[]>): string {
  const part = (s: string): string => escapeBytes(s, QUERY_SAFE).replaceAll('%20', '+')
  return [...values.keys()]
    .sort()
    .flatMap((key) => values.get(key)!.map((v) => `${part(key)}=${part(v)}`))
    .join('&')
}

function credentialsOf(userinfo: string): string {
  const colon = userinfo.indexOf(':')
  const [name, password] = colon < 0 ? [userinfo, ''] : [userinfo.slice(0, colon), userinfo.slice(colon + 1)]
  return `${unescapeBytes(name)}:${unescapeBytes(password)}`
}

/** strconv.ParseInt(s, 10, 32); undefined where it fails. */
function int32(s: string): number | undefined {
  const n = /^[+-]?\d+$/.test(s) ? Number(s) : Number.NaN
  return n >= -(2 ** 31) && n < 2 ** 31 ? n : undefined
}

/** Bytes that may stand as they are. */
const PATH_SAFE = /[\w\-.~$&+,/:;=@]/
const QUERY_SAFE = /[\w\-.~]/
const HOST_SAFE = /[\w\-.~!$&'()*+,;=:[\]<>"]/

function escapeBytes(bytes: string, safe: RegExp): string {
  let out = ''
  for (const c of bytes)
    out += safe.test(c) ? c : `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  return out
}

/** Undefined if a percent sign is not followed by two hex digits. */
function unescapeBytes(s: string): string | undefined {
  if (/%(?![0-9a-f]{2})/i.test(s)) return undefined
  return s.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

const toBytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')
const toText = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8')
