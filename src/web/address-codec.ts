// Addresses as text: a view and flat parameters, `view?a=b&c=d`.
//
// Names come from profiles, so they may hold anything, also bytes that are no UTF-8 (lone surrogates U+DC80..DCFF, see
// core/base/utf8.ts): these are written as the bytes that they are, and read back as what they were.

import { decodeUtf8, encodeUtf8 } from '../core/base/utf8.ts'

export interface Address {
  readonly view: string
  readonly params: ReadonlyMap<string, string>
}

/** The address in a text `view?a=b&c=d`. Never throws: what people and mail programs did to a link is taken as it is. */
export function parseAddress(text: string): Address {
  const cut = text.indexOf('?')
  return {
    view: decodePart(cut < 0 ? text : text.slice(0, cut), false),
    params: parseQuery(cut < 0 ? '' : text.slice(cut + 1)),
  }
}

/** The text of an address, parameters in the order in which they were set. */
export function formatAddress({ view, params }: Address): string {
  const query = formatQuery(params)
  return `${encodePart(view)}${query === '' ? '' : `?${query}`}`
}

/** Parameters in `a=b&c=d`; of a key that is there twice the last. */
export function parseQuery(text: string): Map<string, string> {
  const out = new Map<string, string>()
  for (const part of text.split('&')) {
    if (part === '') continue
    const cut = part.indexOf('=')
    const key = decodePart(cut < 0 ? part : part.slice(0, cut), true)
    out.set(key, cut < 0 ? '' : decodePart(part.slice(cut + 1), true))
  }
  return out
}

export function formatQuery(params: ReadonlyMap<string, string>): string {
  return [...params].map(([key, value]) => `${encodePart(key)}=${encodePart(value)}`).join('&')
}

/** Signs that mean nothing here, and that names of functions are full of: links stay readable. */
const PLAIN = /^[A-Za-z0-9\-_.~/():,$!*@;]$/

function encodePart(text: string): string {
  let out = ''
  for (const byte of encodeUtf8(text)) {
    const c = String.fromCharCode(byte)
    out += PLAIN.test(c) ? c : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return out
}

/** `plus`: a plus is a space, as forms write it. */
function decodePart(text: string, plus: boolean): string {
  if (!/[%+]/.test(text)) return text
  const bytes: number[] = []
  const source = encodeUtf8(text)
  for (let i = 0; i < source.length; i++) {
    const c = source[i]!
    const digits = c === 0x25 ? String.fromCharCode(source[i + 1] ?? 0, source[i + 2] ?? 0) : ''
    if (/^[0-9A-Fa-f]{2}$/.test(digits)) {
      bytes.push(Number.parseInt(digits, 16))
      i += 2
    } else bytes.push(plus && c === 0x2b ? 0x20 : c)
  }
  return decodeUtf8(Uint8Array.from(bytes))
}

/** A change: parameters to set, or (undefined) to take out. */
export interface Change {
  readonly view?: string
  readonly set?: Readonly<Record<string, string | undefined>>
}

/** The address with a change. */
export function changed(from: Address, { view, set = {} }: Change): Address {
  const params = new Map(from.params)
  for (const [key, value] of Object.entries(set)) {
    if (value === undefined) params.delete(key)
    else params.set(key, value)
  }
  return { view: view ?? from.view, params }
}

/** Views by their names in pprof's addresses. */
const PPROF_VIEWS: ReadonlyMap<string, string> = new Map([
  ['flame', 'flamegraph'],
  ['top', 'top'],
  ['graph', 'graph'],
  ['peek', 'peek'],
  ['source', 'source'],
  ['disasm', 'disasm'],
])

/** The address in pprof's form: the view is the last part of the path, or (one of ours) the parameter `view`. */
export function parsePprofAddress(path: string, search: string): Address {
  const name = path.replace(/^.*\//, '')
  const view = [...PPROF_VIEWS].find(([, page]) => page === name)?.[0]
  const params = parseQuery(search.replace(/^\?/, ''))
  const other = params.get('view')
  params.delete('view')
  return { view: other ?? view ?? 'flame', params }
}

/** The same as a link relative to the page. */
export function formatPprofAddress({ view, params }: Address): string {
  const page = PPROF_VIEWS.get(view)
  const query = formatQuery(page === undefined ? new Map([...params, ['view', view]]) : params)
  return `${page ?? 'flamegraph'}${query === '' ? '' : `?${query}`}`
}
