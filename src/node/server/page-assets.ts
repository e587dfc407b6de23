// The page's own files, as the build left them. A request names one of a list; no path of a request is ever looked up
// on disk.

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Answer } from './server.ts'

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  woff2: 'font/woff2',
  wasm: 'application/wasm',
}

/** The folder of the build's `web/`, seen from the command line's chunks. Throws if the package is incomplete. */
function assetsFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  for (let up = 0; up < 5; up++) {
    try {
      const web = join(folder, 'web')
      readFileSync(join(web, 'page.html'))
      return web
    } catch {
      folder = dirname(folder)
    }
  }
  throw new Error('the page is missing from this installation of goscope (dist/web)')
}

export class PageAssets {
  private readonly folder = assetsFolder()
  /** `chunks/x.js` -> bytes once read. */
  private readonly known = new Map<string, Uint8Array | undefined>(
    readdirSync(this.folder, { recursive: true, encoding: 'utf8' }).map((f) => [
      f.replaceAll('\\', '/'),
      undefined,
    ]),
  )

  has(name: string): boolean {
    return (
      name !== 'page.html' &&
      TYPES[name.slice(name.lastIndexOf('.') + 1)] !== undefined &&
      this.known.has(name)
    )
  }

  /** An asset that `has` knows. */
  answer(name: string): Answer {
    return {
      status: 200,
      type: TYPES[name.slice(name.lastIndexOf('.') + 1)]!,
      body: this.bytes(name),
      workbench: true,
    }
  }

  /** Names of all assets that the page loads when it is served. */
  served(): string[] {
    return [...this.known.keys()].filter((name) => !name.startsWith('single/') && this.has(name))
  }

  /** Programs that were built as one file each: `page` and its workers. */
  programs(): string[] {
    return [...this.known.keys()].flatMap((name) => /^single\/([\w-]+)\.js$/.exec(name)?.[1] ?? [])
  }

  /** The bytes of a file of the page. */
  bytes(name: string): Uint8Array {
    let bytes = this.known.get(name)
    if (bytes === undefined) {
      bytes = readFileSync(join(this.folder, name))
      this.known.set(name, bytes)
    }
    return bytes
  }

  /** The page with what it is told at its start. */
  page(boot: object): Answer {
    const html = new TextDecoder().decode(this.bytes('page.html'))
    // In a script element the only thing that could end it is "</script", or change its parsing "<!--".
    const text = JSON.stringify(boot).replaceAll('<', '\\u003c')
    return {
      status: 200,
      type: 'text/html; charset=utf-8',
      body: html.replace('id="boot">{}<', () => `id="boot">${text}<`),
      workbench: true,
    }
  }
}
