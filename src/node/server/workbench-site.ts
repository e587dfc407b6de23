// The workbench as `goscope open` serves it: the page, its assets, and the bytes of the sources that were named.

import { existsSync } from 'node:fs'
import { defaultConfig } from '../../core/reports/config.ts'
import { openBinaries } from '../binaries.ts'
import type { NamedProfile } from './listings.ts'
import { PageAssets } from './page-assets.ts'
import { PAGE_SERVICES } from './page-service-names.ts'
import type { PageServices } from './page-services.ts'
import { settingsPath } from './saved-configs.ts'
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
  /** More that the page is told; see Boot. */
  readonly more?: Readonly<Record<string, unknown>>
}

const SERVICES: ReadonlyMap<string, 'GET' | 'POST'> = new Map(
  [...PAGE_SERVICES].map(([name, method]) => [`/${name}`, method]),
)

export class WorkbenchSite implements Site {
  private readonly o: WorkbenchOptions
  private readonly sources: ServedSource[]
  private readonly assets = new PageAssets()
  private readonly binaries = openBinaries()
  /** Loaded when the page first asks for something: it brings all of the reports along. */
  private services: Promise<PageServices> | undefined

  constructor(o: WorkbenchOptions) {
    this.o = o
    this.sources = [...o.sources]
  }

  /** Adds sources; returns what the page is to load. */
  add(sources: readonly ServedSource[]): { name: string; bytes: number; url: string }[] {
    const first = this.sources.length
    this.sources.push(...sources)
    return sources.map(({ name, bytes }, i) => ({ name, bytes, url: `source/${first + i}` }))
  }

  method(path: string): 'GET' | 'POST' | undefined {
    if (path === '/') return 'GET'
    if (this.sourceOf(path) !== undefined || this.assets.has(path.slice(1))) return 'GET'
    return SERVICES.get(path)
  }

  async answer(r: Request, formToken: string): Promise<Answer> {
    if (r.path === '/')
      return this.assets.page({
        mode: 'served',
        version: this.o.version,
        addresses: 'hash',
        formToken,
        sources: this.sources.map(({ name, bytes }, i) => ({ name, bytes, url: `source/${i}` })),
        ...(this.o.start !== undefined && { start: this.o.start }),
        ...this.o.more,
      })
    if (SERVICES.has(r.path)) return (await this.openServices()).answer(r.path.slice(1), r)
    const source = this.sourceOf(r.path)
    if (source === undefined) return this.assets.answer(r.path.slice(1))
    if ('file' in source.content && !existsSync(source.content.file))
      return plain(410, `${source.name} is not there any more`)
    return { status: 200, type: 'application/octet-stream', body: source.content, workbench: true }
  }

  private openServices(): Promise<PageServices> {
    this.services ??= import('./page-services.ts').then(
      (m) =>
        new m.PageServices(
          { open: (origin) => this.open(origin), binaries: this.binaries },
          defaultConfig(),
          settingsPath(process.env, process.platform),
        ),
    )
    return this.services
  }

  /** The profile of `2`, or of `2.0`, the first file of an archive; undefined if there is no such source. */
  private open(origin: string): Promise<NamedProfile> | undefined {
    const m = /^(\d{1,6})(?:\.(\d{1,6}))?$/.exec(origin)
    const source = m === null ? undefined : this.sources[Number(m[1])]
    if (source === undefined) return undefined
    const entry = m![2] === undefined ? -1 : Number(m![2])
    return import('./named-profile.ts').then(({ readNamed }) => readNamed(source, entry, this.binaries))
  }

  private sourceOf(path: string): ServedSource | undefined {
    const m = /^\/source\/(\d{1,6})$/.exec(path)
    return m === null ? undefined : this.sources[Number(m[1])]
  }
}
