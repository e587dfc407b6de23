// The workbench as a folder for any web server: the page, its chunks, and the sources beside them.

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { UserError } from '../../core/base/errors.ts'
import type { PageAssets } from '../server/page-assets.ts'
import { WORKBENCH_POLICY } from '../server/security.ts'
import { systemError } from '../system-error.ts'
import type { SinglePageOptions } from './single-page.ts'

/**
 * Writes the site into a folder that is new or empty; returns the number of bytes. Throws UserError.
 */
export function writeSite(assets: PageAssets, folder: string, o: SinglePageOptions): number {
  const files = new Map<string, Uint8Array>()
  for (const name of assets.served()) files.set(name, assets.bytes(name))
  const sources = o.sources.map((s, i) => {
    const url = `sources/${i}.gz`
    files.set(url, gzipSync(s.bytes))
    return { name: s.name, bytes: s.bytes.length, url }
  })
  const boot = {
    mode: 'static',
    version: o.version,
    addresses: 'hash',
    formToken: '',
    sources,
    notes: o.notes,
    ...(o.start !== undefined && { start: o.start }),
    ...(o.book && { listings: 'listings' }),
  }
  const meta = `<meta http-equiv="Content-Security-Policy" content="${WORKBENCH_POLICY.join('; ')}">`
  const html = String(assets.page(boot).body).replace('<meta charset="utf-8">', (m) => `${m}\n${meta}`)
  const book = o.book && gzipSync(JSON.stringify(o.book)).toString('base64')
  const page = book
    ? html.replace(
        '<div id="app"></div>',
        (m) => `${m}\n<script type="text/plain" id="listings">${book}</script>`,
      )
    : html
  files.set('index.html', Buffer.from(page))
  let bytes = 0
  try {
    mkdirSync(folder, { recursive: true })
    if (readdirSync(folder).length > 0) throw new UserError(`${folder} is not empty: name a new folder`)
    for (const [name, content] of files) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), content)
      bytes += content.length
    }
  } catch (e) {
    if (e instanceof UserError) throw e
    throw new UserError(`cannot write the site ${systemError('to', folder, e).replace(/^to /, '')}`)
  }
  return bytes
}
