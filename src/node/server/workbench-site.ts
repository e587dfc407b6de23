// The workbench as `goscope open` serves it: the page, its assets, and the bytes of the sources that were named.

import { existsSync } from 'node:fs'
import { PageAssets } from './page-assets.ts'
import { type Answer, plain, type Request, type Site } from './server.ts'

/** A source that may be asked for. */
export interface ServedSource {
  readonly name: string
  /** Bytes as stored. */
  readonly bytes: number
  /** The file it is, or its content. */
  readonly content: Uint8Array | { readonly file: string }
}

export interface WorkbenchOptions {
  readonly version: string
  readonly sources: readonly ServedSource[]
  /** First address: view and parameters. */
  readonly start?: string
}

export class WorkbenchSite implements Site {
  private readonly o: WorkbenchOptions
  private readonly assets = new PageAssets()

  constructor(o: WorkbenchOptions) {
    this.o = o
  }

  method(path: string): 'GET' | 'POST' | undefined {
    if (path === '/') return 'GET'
    if (this.sourceOf(path) !== undefined || this.assets.has(path.slice(1))) return 'GET'
    return undefined
  }

  async answer(r: Request, formToken: string): Promise<Answer> {
    if (r.path === '/')
      return this.assets.page({
        mode: 'served',
        version: this.o.version,
        addresses: 'hash',
        formToken,
        sources: this.o.sources.map(({ name, bytes }, i) => ({ name, bytes, url: `source/${i}` })),
        ...(this.o.start !== undefined && { start: this.o.start }),
      })
    const source = this.sourceOf(r.path)
    if (source === undefined) return this.assets.answer(r.path.slice(1))
    if ('file' in source.content && !existsSync(source.content.file))
      return plain(410, `${source.name} is not there any more`)
    return { status: 200, type: 'application/octet-stream', body: source.content, workbench: true }
  }

  private sourceOf(path: string): ServedSource | undefined {
    const m = /^\/source\/(\d{1,6})$/.exec(path)
    return m === null ? undefined : this.o.sources[Number(m[1])]
  }
}
