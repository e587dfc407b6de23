// Which program is meant: an address, a socket, or a process of this machine; and where its pages are.

import { UserError } from '../../core/base/errors.ts'
import { profileAddress, type RemoteSource, redacted, withPath } from '../source-url.ts'
import { serverOfProcess } from './local-process.ts'

/** A live program. */
export interface Target {
  /** Its server; the path is that of the pages of net/http/pprof and ends in a slash. */
  readonly server: RemoteSource
  /** Query that goes with each request, as given: a token, perhaps; '' if none. */
  readonly query: string
  /** For people, without secrets. */
  readonly shown: string
  /** For a folder. */
  readonly name: string
  /** The process on this machine, if it is known to be one. */
  readonly pid: number | undefined
  /** What must not be shown. */
  readonly secrets: readonly string[]
}

export interface TargetOptions {
  /** Path of the pages of net/http/pprof, instead of /debug/pprof/. */
  readonly pprofPath?: string
  readonly headers?: Readonly<Record<string, string>>
}

const PPROF = '/debug/pprof/'
/** Last parts of paths that name a profile rather than the folder of them. */
const PROFILE_NAMES =
  /\/(allocs|block|cmdline|goroutine|goroutineleak|heap|mutex|profile|symbol|threadcreate|trace)$/

/** Whether the target is a process: `pid:123`. */
export function pidOf(text: string): number | undefined {
  const m = /^pid:(.*)$/.exec(text)
  if (m === null) return undefined
  if (!/^[1-9]\d{0,9}$/.test(m[1]!)) throw new UserError(`${text}: pid: wants the number of a process`)
  return Number(m[1])
}

/** Understands `host:port`, `http(s)://…` and `unix:/path.sock`, with or without a path. Throws UserError. */
export function targetOf(text: string, o: TargetOptions = {}, pid?: number): Target {
  // `localhost:6060` is understood as the everyday commands understand it; a bare number is a port of this machine.
  const source = /^:?\d{1,5}$/.test(text) ? `localhost:${text.replace(':', '')}` : text
  const address = /[:/]/.test(source) ? profileAddress(source, 0, 0) : undefined
  if (address === undefined)
    throw new UserError(
      `${redacted(text)}: a live program is wanted: host:port, http://…, https://…, unix:/path.sock or pid:N`,
    )
  const [path = '', query = ''] = splitQuery(address.target)
  const given = path === '/debug/pprof/profile' || path === '/' ? PPROF : path.replace(PROFILE_NAMES, '/')
  const server = withPath(address, folder(o.pprofPath ?? given))
  return {
    server,
    query,
    shown: server.shown,
    name: nameOf(server, pid),
    pid,
    secrets: secretsOf(server, query, o.headers ?? {}),
  }
}

/** The same of an address or a process, `pid:123`, whose server is looked for. Throws UserError. */
export async function openTarget(text: string, o: TargetOptions = {}): Promise<Target> {
  const pid = pidOf(text)
  if (pid === undefined) return targetOf(text, o)
  return targetOf(await serverOfProcess(pid), o, pid)
}

/** A page of the server: `path` from the root, or below the folder of profiles if it does not begin with a slash. */
export function pageOf(t: Target, page: string, query = ''): RemoteSource {
  const [path = '', own = ''] = splitQuery(page)
  const at = withPath(t.server, path.startsWith('/') ? path : t.server.path + path)
  const whole = [own, query, t.query].filter((q) => q !== '').join('&')
  return whole === ''
    ? at
    : { ...at, target: `${at.target}?${whole}`, shown: redacted(`${at.shown}?${whole}`) }
}

/** Whether a page is named by a whole address, that of another server perhaps. */
export function isAddress(page: string): boolean {
  return /^(https?|https\+insecure|unix):/.test(page)
}

/** A page by its path on the server, or by a whole address. Throws UserError. */
export function anyPage(t: Target, page: string, query = ''): RemoteSource {
  if (!isAddress(page)) return pageOf(t, page, query)
  const at = profileAddress(page, 0, 0)
  if (at === undefined) throw new UserError(`${redacted(page)}: no address of a page`)
  return at
}

/** Where /debug/vars is, beside the profiles: programs move the two together. */
export function varsPath(t: Target): string {
  return t.server.path.replace(/pprof\/$/, 'vars') === t.server.path
    ? '/debug/vars'
    : t.server.path.replace(/pprof\/$/, 'vars')
}

/** `Name: value` of --header. Throws UserError. */
export function parseHeader(text: string): readonly [name: string, value: string] {
  const m = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/.exec(text)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be in a header
  if (m === null || /[\0-\x08\x0a-\x1f\x7f]/.test(m[2]!))
    throw new UserError('must be a header such as "Authorization: Bearer …"')
  return [m[1]!, m[2]!]
}

function splitQuery(target: string): readonly string[] {
  const mark = target.indexOf('?')
  return mark < 0 ? [target] : [target.slice(0, mark), target.slice(mark + 1)]
}

function folder(path: string): string {
  return `/${path.replace(/^\/+|\/+$/g, '')}/`.replace(/^\/\/$/, '/')
}

/** Name of a folder: nothing in it but what every file system takes. */
function nameOf(r: RemoteSource, pid: number | undefined): string {
  if (pid !== undefined) return `pid-${pid}`
  const place = r.socketPath === undefined ? `${r.host}-${r.port}` : (r.socketPath.split('/').at(-1) ?? '')
  const plain = place.replace(/[^A-Za-z0-9.-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '')
  return plain.slice(0, 80) || 'target'
}

function secretsOf(
  r: RemoteSource,
  query: string,
  headers: Readonly<Record<string, string>>,
): readonly string[] {
  const out: string[] = []
  if (r.credentials !== undefined) {
    const text = Buffer.from(r.credentials, 'latin1')
    out.push(text.toString('base64'), text.toString('utf8').replace(/^[^:]*:/s, ''))
  }
  for (const value of Object.values(headers))
    out.push(value, ...value.split(/[\s,;=]+/).filter((w) => w.length > 7))
  for (const pair of query.split('&')) {
    const [key = '', value = ''] = pair.split('=')
    if (redacted(`?${key}=x`) !== `?${key}=x`) out.push(value, decodeURIComponentSafe(value))
  }
  return out
}

function decodeURIComponentSafe(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
