// The workbench and its sources as one HTML file that loads nothing.
//
// 1. Programs and sources are packed (gzip, base64) in elements that no browser runs.
// 2. One small script, named by hash in the page's policy, unpacks the programs, and starts the page's from a blob:
//    its own scheme is all that the policy allows beside that script. There is no way out: connect-src is 'none'.

import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { PageAssets } from '../server/page-assets.ts'

/** A source, as its bytes are to be packed. */
export interface EmbeddedSource {
  readonly name: string
  readonly bytes: Uint8Array
}

export interface SinglePageOptions {
  readonly version: string
  readonly title: string
  readonly sources: readonly EmbeddedSource[]
  /** View and parameters to begin with. */
  readonly start?: string
  /** Told to the reader. */
  readonly notes: readonly string[]
  /** Source and instructions by function (ListingBook). */
  readonly book?: object
}

/** Runs before the page does. `data-program` elements hold programs; that of the page is run, the others are for its workers. */
const LOADER = `(async () => {
  const unpacked = {}
  for (const e of document.querySelectorAll('script[data-program]')) {
    const packed = Uint8Array.from(atob(e.textContent), (c) => c.charCodeAt(0))
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))
    unpacked[e.dataset.program] = await new Response(stream).text()
    e.remove()
  }
  globalThis.goscopePrograms = unpacked
  const script = document.createElement('script')
  script.src = URL.createObjectURL(new Blob([unpacked.page], { type: 'text/javascript' }))
  document.body.append(script)
})().catch((e) => {
  document.getElementById('app').textContent = 'This page needs a newer browser (2023 or later): ' + e
})`

const pack = (bytes: Uint8Array | string): string => gzipSync(bytes, { level: 9 }).toString('base64')

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!)

/** The file, piece by piece. */
export function* singlePage(assets: PageAssets, o: SinglePageOptions): Generator<string> {
  const style = new TextDecoder()
    .decode(assets.bytes('page.css'))
    .replace(/url\("?\.?\/?([\w.-]+\.woff2)"?\)/g, (_, name: string) => {
      const font = Buffer.from(assets.bytes(name)).toString('base64')
      return `url("data:font/woff2;base64,${font}")`
    })
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  const policy = [
    "default-src 'none'",
    `script-src ${hash(LOADER)} blob: 'wasm-unsafe-eval'`,
    'worker-src blob:',
    `style-src ${hash(style)}`,
    'font-src data:',
    'img-src data: blob:',
    "connect-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
  ].join('; ')
  const boot = {
    mode: 'single',
    version: o.version,
    addresses: 'hash',
    formToken: '',
    sources: o.sources.map((s, i) => ({ name: s.name, bytes: s.bytes.length, element: `source-${i}` })),
    notes: o.notes,
    ...(o.start !== undefined && { start: o.start }),
    ...(o.book && { listings: 'listings' }),
  }
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<meta name="generator" content="goscope ${escaped(o.version)}">
<title>${escaped(o.title)} – goscope</title>
<style>${style}</style>
</head>
<body>
<div id="app"><noscript>This page draws with scripts of its own, and scripts are switched off.</noscript></div>
<script type="application/json" id="boot">${JSON.stringify(boot).replaceAll('<', '\\u003c')}</script>
`
  for (const [i, source] of o.sources.entries())
    yield `<script type="text/plain" id="source-${i}">${pack(source.bytes)}</script>\n`
  if (o.book) yield `<script type="text/plain" id="listings">${pack(JSON.stringify(o.book))}</script>\n`
  for (const name of assets.programs())
    yield `<script type="text/plain" data-program="${name}">${pack(assets.bytes(`single/${name}.js`))}</script>\n`
  yield `<script>${LOADER}</script>\n</body>\n</html>\n`
}
