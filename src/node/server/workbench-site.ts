// The workbench as `goscope open` serves it: the page, its assets, and the bytes of the sources that were named.

import { readAll } from '../read-bytes.ts'
import { PageAssets } from './page-assets.ts'
import { type Answer, plain, type Request, type Site } from './server.ts'

/** A source that may be asked for. */
export interface ServedSource {
  readonly name: string
  /** Path, address or '-', as the user gave it. */
  readonly from: string
  readonly bytes: number
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
    try {
      return {
        status: 200,
        type: 'application/octet-stream',
        body: await readAll(source.from),
        workbench: true,
      }
    } catch (e) {
      return plain(502, `${source.name}: ${e instanceof Error ? e.message : String(e)}`)
    }
  }

  private sourceOf(path: string): ServedSource | undefined {
    const m = /^\/source\/(\d{1,6})$/.exec(path)
    return m === null ? undefined : this.o.sources[Number(m[1])]
  }
}
