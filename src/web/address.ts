// The state of the page is its address: a view and flat parameters. Everything that changes what is seen is here, so
// that links, "back" and reloading just work. In the workbench it stands behind the # (`#flame?si=cpu&sel=main.f`);
// on pprof's addresses it is path and query (`/ui/flamegraph?si=cpu`).

import { computed, signal } from '@preact/signals'
import { type Boot, readBoot } from './boot.ts'

export interface Address {
  readonly view: string
  readonly params: ReadonlyMap<string, string>
}

/** Views by their names in pprof's addresses. */
const PPROF_VIEWS: Readonly<Record<string, string>> = {
  flame: 'flamegraph',
  top: 'top',
  graph: 'graph',
  peek: 'peek',
  source: 'source',
  disasm: 'disasm',
}

/** The address in a text `view?a=b&c=d`. */
export function parseAddress(text: string): Address {
  const cut = text.indexOf('?')
  const view = decoded(cut < 0 ? text : text.slice(0, cut))
  return { view, params: new Map(new URLSearchParams(cut < 0 ? '' : text.slice(cut + 1))) }
}

/** What people and mail programs did to a link must not keep the page from starting. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The text of an address, parameters in the order in which they were set. */
export function formatAddress({ view, params }: Address): string {
  const query = queryText(params)
  return `${encodeURIComponent(view)}${query === '' ? '' : `?${query}`}`
}

/** Signs that mean nothing in a query and that names of functions are full of: links stay readable. */
const PLAIN: Readonly<Record<string, string>> = {
  '%2F': '/',
  '%28': '(',
  '%29': ')',
  '%3A': ':',
  '%2C': ',',
  '%7E': '~',
  '%24': '$',
}

function queryText(params: ReadonlyMap<string, string>): string {
  return new URLSearchParams([...params])
    .toString()
    .replace(/%(?:2F|28|29|3A|2C|7E|24)/g, (sign) => PLAIN[sign] ?? sign)
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

function read(boot: Boot): Address {
  if (boot.addresses === 'pprof') {
    const name = location.pathname.replace(/^.*\//, '')
    const view = Object.keys(PPROF_VIEWS).find((id) => PPROF_VIEWS[id] === name)
    // The page of another view of ours: its name stands in the query.
    const params = new Map(new URLSearchParams(location.search))
    const other = params.get('view')
    params.delete('view')
    return { view: other ?? view ?? 'flame', params }
  }
  const text = location.hash.slice(1)
  return parseAddress(text === '' ? (boot.start ?? '') : text)
}

function write(boot: Boot, a: Address): string {
  if (boot.addresses !== 'pprof') return `#${formatAddress(a)}`
  const page = PPROF_VIEWS[a.view]
  const params = new Map(a.params)
  if (page === undefined) params.set('view', a.view)
  const query = queryText(params)
  return `${page ?? 'flamegraph'}${query === '' ? '' : `?${query}`}`
}

const boot = readBoot()
const current = signal<Address>(read(boot))

/** Where the page is. Reading it in a component or an effect follows it. */
export const address = computed(() => current.value)

/** The value of a parameter; '' if it is not set. */
export function param(key: string): string {
  return current.value.params.get(key) ?? ''
}

/** Goes elsewhere. A step of the history, unless it replaces the one before (typing, dragging). */
export function go(change: Change, { replace = false } = {}): void {
  const next = changed(current.peek(), change)
  if (formatAddress(next) === formatAddress(current.peek())) return
  current.value = next
  const url = write(boot, next)
  if (replace) history.replaceState(null, '', url)
  else history.pushState(null, '', url)
}

/** A link to what a change leads to, for href. */
export function linkTo(change: Change): string {
  return write(boot, changed(current.value, change))
}

const follow = (): void => {
  current.value = read(boot)
}
addEventListener('popstate', follow)
addEventListener('hashchange', follow)
