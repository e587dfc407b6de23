// What the page is told before it runs: a JSON element in its HTML.

import type { Config } from '../core/reports/config.ts'

/** Where a source's bytes come from: an address beside the page, or an element of the page that holds them packed. */
export interface BootSource {
  readonly name: string
  /** Relative to the page. */
  readonly url?: string
  /** Id of the element that holds it: gzip, base64. */
  readonly element?: string
  /** Bytes as stored; 0 if not known. */
  readonly bytes: number
}

export interface Boot {
  /** served: by `goscope open`; static: from any web server or disk, files are dropped in; single: an exported file. */
  readonly mode: 'served' | 'static' | 'single'
  readonly version: string
  readonly sources: readonly BootSource[]
  /** What the page shows first: a view and parameters, as in its address. */
  readonly start?: string
  /** Whether state stands in path and query under /ui/, as in pprof's pages, or behind the #. */
  readonly addresses: 'hash' | 'pprof'
  /** Goes with every POST; '' where there is no server. */
  readonly formToken: string
  /** Captures to try, where there is nothing to show yet. */
  readonly examples?: readonly { readonly title: string; readonly sources: readonly BootSource[] }[]
  /** What the command line said beforehand, as options of reports. */
  readonly settings?: Partial<Config>
  /** Id of the element that holds listings of source and instructions: gzip, base64, JSON (ListingBook). */
  readonly listings?: string
  /** Of `goscope watch --web`: how often there are new numbers. */
  readonly live?: { readonly intervalMs: number }
  /** Told to the reader: what was left out of an export, and the like. */
  readonly notes?: readonly string[]
}

/** Reads it from the page. */
export function readBoot(): Boot {
  const text = document.getElementById('boot')?.textContent ?? ''
  const known: Partial<Boot> = text === '' ? {} : JSON.parse(text)
  return { mode: 'static', version: '', sources: [], addresses: 'hash', formToken: '', ...known }
}
