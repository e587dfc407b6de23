// Who may ask the local server what. Loopback alone keeps no web page out: a page of a stranger can send
// requests to this machine, point a name of its own at it (DNS rebinding), or put it into a frame. So a
// request needs a name that we serve, a plausible origin, and a secret that only the user has.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** Three secrets of 128 bits: none of them can be told from another. */
export interface Secrets {
  /** In the address that is printed. */
  readonly url: string
  /** In the cookie that the address is exchanged for. Scripts cannot read it. */
  readonly cookie: string
  /** In the forms of our pages. */
  readonly form: string
}

export function newSecrets(): Secrets {
  const secret = (): string => randomBytes(16).toString('hex')
  return { url: secret(), cookie: secret(), form: secret() }
}

/** Name of the query parameter and of the form field that hold a secret. */
export const TOKEN = 'token'

export interface Gate {
  readonly secrets: Secrets
  /** What the Host header may be, in lower case. */
  readonly hosts: ReadonlySet<string>
  /** Differs by port: browsers send a cookie to every port of a host. */
  readonly cookieName: string
}

/** The gate of a server at `port` that was asked for by the name `host`. */
export function gateFor(host: string, port: number, secrets: Secrets = newSecrets()): Gate {
  const names = ['localhost', '127.0.0.1', '[::1]', bracketed(host.toLowerCase())]
  const hosts = names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]))
  return { secrets, hosts: new Set(hosts), cookieName: `goscope-${port}` }
}

/** The host as it stands in an address: IPv6 in brackets. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

/** What is known of a request before it is answered. */
export interface Asked {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  readonly query: URLSearchParams
}

/** `entered`: the secret came in the address, and is to be exchanged for the cookie. */
export type Verdict =
  | { readonly kind: 'admitted'; readonly entered: boolean }
  | { readonly kind: 'refused'; readonly why: string }

/** Whether the request is answered at all. Holds for every address, those that do not exist included. */
export function judge(r: Asked, gate: Gate): Verdict {
  const why = foreignHost(r, gate) ?? foreignOrigin(r)
  if (why !== undefined) return { kind: 'refused', why }
  const token = r.query.get(TOKEN)
  if (token !== null && same(token, gate.secrets.url)) return { kind: 'admitted', entered: true }
  const known = cookies(r.headers.cookie).some(
    ([name, value]) => name === gate.cookieName && same(value, gate.secrets.cookie),
  )
  if (known) return { kind: 'admitted', entered: false }
  return {
    kind: 'refused',
    why: 'This address needs its secret: open the whole address that goscope printed when it started, including "?token=…".',
  }
}

/** Whether the form was made by a page of ours. */
export function knowsForm(form: URLSearchParams, gate: Gate): boolean {
  return same(form.get(TOKEN) ?? '', gate.secrets.form)
}

/** The header that hands out the cookie. */
export function cookieHeader(gate: Gate): string {
  return `${gate.cookieName}=${gate.secrets.cookie}; Path=/; HttpOnly; SameSite=Strict`
}

function foreignHost(r: Asked, gate: Gate): string | undefined {
  const given = r.rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host').length
  const host = r.headers.host?.toLowerCase() ?? ''
  if (given === 1 && gate.hosts.has(host)) return undefined
  return 'The Host header does not name this server. It answers under the address that goscope printed only.'
}

/**
 * Browsers say where a request comes from, and pages cannot change what they say. Programs other than
 * browsers say nothing, which will do for reading.
 */
function foreignOrigin(r: Asked): string | undefined {
  const { headers, method } = r
  const site = headers['sec-fetch-site']
  const { origin } = headers
  const reads = method === 'GET' || method === 'HEAD'
  const ours = site === 'same-origin'
  // Forms of pages with the policy no-referrer, as ours have, send the origin "null".
  if (origin !== undefined && origin.toLowerCase() !== `http://${headers.host?.toLowerCase()}`)
    if (origin !== 'null' || !ours) return 'The request comes from another web page.'
  if (!reads)
    return ours || (site === undefined && origin !== undefined)
      ? undefined
      : 'A request that changes something must come from a page of goscope.'
  if (site === undefined || ours || site === 'none') return undefined
  // A link that the user follows. What it shows cannot be read or framed by the page that has the link.
  const followed = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  return followed ? undefined : 'The request comes from another web page.'
}

/** Compares in a time that does not depend on where they differ. */
function same(given: string, secret: string): boolean {
  const digest = (s: string): Buffer => createHash('sha256').update(s).digest()
  return timingSafeEqual(digest(given), digest(secret))
}

function cookies(header: string | undefined): [name: string, value: string][] {
  return (header ?? '').split(';').map((part) => {
    const at = part.indexOf('=')
    return [part.slice(0, Math.max(0, at)).trim(), part.slice(at + 1).trim()]
  })
}

/** What a page may run and be styled with, beyond nothing. */
export interface PageNeeds {
  /** The text of each script and style sheet in the page. */
  readonly scripts: readonly string[]
  readonly styles: readonly string[]
  /** Whether it is the workbench: scripts, workers, styles, fonts and data of this server, and WebAssembly. */
  readonly workbench?: boolean
}

/** What the workbench may do: scripts, workers, styles, fonts and data of its own server. */
export const WORKBENCH_POLICY: readonly string[] = [
  "default-src 'none'",
  // WebAssembly (Graphviz, zstd) is compiled; nothing is ever evaluated.
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  'img-src data: blob:',
  "connect-src 'self'",
]

/** Headers of every answer. */
export function securityHeaders(needs: PageNeeds = { scripts: [], styles: [] }): Record<string, string> {
  const sources = (texts: readonly string[]): string =>
    texts.length === 0
      ? "'none'"
      : texts.map((t) => `'sha256-${createHash('sha256').update(t).digest('base64')}'`).join(' ')
  const policy = [
    ...(needs.workbench
      ? WORKBENCH_POLICY
      : [
          "default-src 'none'",
          `script-src ${sources(needs.scripts)}`,
          `style-src ${sources(needs.styles)}`,
          'img-src data:',
        ]),
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]
  return {
    'Content-Security-Policy': policy.join('; '),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
  }
}
