// The state of the page is its address: a view and flat parameters. Everything that changes what is seen is here, so
// that links, "back" and reloading just work. In the workbench it stands behind the # (`#flame?si=cpu&sel=main.f`);
// on pprof's addresses it is path and query (`/ui/flamegraph?si=cpu`).

import { computed, signal } from '@preact/signals'
import {
  type Address,
  type Change,
  changed,
  formatAddress,
  formatPprofAddress,
  parseAddress,
  parsePprofAddress,
} from './address-codec.ts'
import { type Boot, readBoot } from './boot.ts'

export type { Address, Change } from './address-codec.ts'

function read(boot: Boot): Address {
  if (boot.addresses === 'pprof') return parsePprofAddress(location.pathname, location.search)
  const text = location.hash.slice(1)
  return parseAddress(text === '' ? (boot.start ?? '') : text)
}

function write(boot: Boot, a: Address): string {
  return boot.addresses === 'pprof' ? formatPprofAddress(a) : `#${formatAddress(a)}`
}

const boot = readBoot()

/** The secret that the page was entered with: the browser has its cookie by now, and links are passed on. */
function dropSecret(): void {
  const url = new URL(location.href)
  if (!url.searchParams.has('token')) return
  url.searchParams.delete('token')
  history.replaceState(null, '', url)
}

dropSecret()
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
  try {
    if (replace) history.replaceState(null, '', url)
    else history.pushState(null, '', url)
  } catch {
    // Browsers take no address of megabytes, nor hundreds of steps in a few seconds. The page goes on without.
  }
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
