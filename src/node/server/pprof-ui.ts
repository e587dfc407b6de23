// `goscope pprof -http`: the addresses of the reference's pages, and behind each the workbench, opened at the view
// that stands for it. The page gets the one profile as it is after merging, naming and taking the base away.

import { UserError } from '../../core/base/errors.ts'
import { baseName } from '../../core/base/go-path.ts'
import { utc } from '../../core/base/go-time.ts'
import { engineFor } from '../../core/base/re2-engine.ts'
import { patternsOf, prepareReport } from '../../core/engine/run-report.ts'
import { encodeProfile } from '../../core/formats/pprof/encode.ts'
import type { Profile } from '../../core/model/profile.ts'
import type { Config } from '../../core/reports/config.ts'
import { configOfQuery } from '../../core/reports/config-query.ts'
import { REPORTS } from '../../core/reports/index.ts'
import type { Binaries } from '../binaries.ts'
import { GzipSink } from '../gzip-sink.ts'
import { PageAssets } from './page-assets.ts'
import { PAGE_SERVICES } from './page-service-names.ts'
import type { PageServices } from './page-services.ts'
import { type Answer, plain, type Request, type Site } from './server.ts'

export interface PprofUiOptions {
  readonly profile: Profile
  /** Of the command line; addresses change it for a page. */
  readonly config: Config
  readonly binaries: Binaries
  /** The file of saved configs; undefined if there is no place for one. */
  readonly settings: string | undefined
  readonly version: string
  /** Takes what was wrong with an address, for the terminal. */
  readonly warn: (text: string) => void
}

const UI = '/ui/'

/** The reference's pages: what the page makes of them is said in src/web/address.ts. */
const PAGES: ReadonlySet<string> = new Set(['flamegraph', 'top', 'graph', 'peek', 'source', 'disasm'])
/** Addresses that lead on, for good. '' is /ui/ itself. */
const MOVED: ReadonlySet<string> = new Set(['', 'flamegraph2', 'flamegraphold'])
const SOURCE = 'source/0'

export class PprofUi implements Site {
  private readonly o: PprofUiOptions
  private pageAssets: PageAssets | undefined
  private services: Promise<PageServices> | undefined
  private packed: Promise<Uint8Array> | undefined

  constructor(o: PprofUiOptions) {
    this.o = o
  }

  method(path: string): 'GET' | 'POST' | undefined {
    // Whatever is asked for elsewhere leads to the pages, as in the reference.
    if (!path.startsWith(UI)) return 'GET'
    const name = path.slice(UI.length)
    if (PAGES.has(name) || MOVED.has(name) || name === 'download' || name === SOURCE) return 'GET'
    return PAGE_SERVICES.get(name) ?? (this.assets.has(name) ? 'GET' : undefined)
  }

  async answer(r: Request, formToken: string): Promise<Answer> {
    if (!r.path.startsWith(UI)) return moved(307, r.path === '/ui' ? UI : '/ui', r.query)
    const name = r.path.slice(UI.length)
    if (MOVED.has(name)) return moved(301, 'flamegraph', r.query)
    if (PAGES.has(name)) return this.page(r.query, formToken)
    if (name === SOURCE)
      return {
        status: 200,
        type: 'application/octet-stream',
        body: await this.packedProfile(),
        workbench: true,
      }
    if (name === 'download') return this.download()
    if (PAGE_SERVICES.has(name)) return (await this.openServices()).answer(name, r)
    return this.assets.answer(name)
  }

  private async page(query: URLSearchParams, formToken: string): Promise<Answer> {
    try {
      await this.check(query)
    } catch (e) {
      if (!(e instanceof UserError)) throw e
      this.o.warn(e.message)
      return plain(400, e.message)
    }
    const { version, config } = this.o
    return this.assets.page({
      mode: 'served',
      version,
      addresses: 'pprof',
      formToken,
      sources: [{ name: this.title, bytes: (await this.packedProfile()).length, url: SOURCE }],
      settings: config,
    })
  }

  /** Whether the page can show what is asked for. Rejects with UserError. */
  private async check(query: URLSearchParams): Promise<void> {
    const config = configOfQuery(this.o.config, (key) => query.get(key))
    const command = { name: 'traces', kind: REPORTS.traces }
    const engine = await engineFor(patternsOf(config, command))
    const { profile } = this.o
    // The report of no samples: it finds what is wrong with options, and costs nothing.
    const none = { ...profile, samples: { ...profile.samples, count: 0 } }
    prepareReport(none, command, config, { zones: utc, warn: () => undefined, ...(engine && { engine }) })
  }

  private get title(): string {
    const { mappings, strings } = this.o.profile
    const file = mappings.count > 0 ? strings.get(mappings.file[1]!) : ''
    return file === '' ? 'profile' : baseName(file)
  }

  /** The whole profile, whatever the filters are. */
  private async download(): Promise<Answer> {
    return {
      status: 200,
      type: 'application/vnd.google.protobuf+gzip',
      body: await this.packedProfile(),
      headers: { 'Content-Disposition': 'attachment;filename=profile.pb.gz' },
    }
  }

  /** Encoded once, for the page and for downloads. */
  private packedProfile(): Promise<Uint8Array> {
    this.packed ??= (async () => {
      const gzip = new GzipSink()
      for (const piece of encodeProfile(this.o.profile)) gzip.bytes(piece)
      const pieces: Uint8Array[] = []
      for await (const piece of gzip.finish()) pieces.push(piece)
      return Buffer.concat(pieces)
    })()
    return this.packed
  }

  private openServices(): Promise<PageServices> {
    const { profile, config, binaries, settings } = this.o
    this.services ??= import('./page-services.ts').then(
      (m) =>
        new m.PageServices(
          {
            open: (origin) => (origin === '0' ? Promise.resolve({ profile, remarks: [] }) : undefined),
            binaries,
            settings: config,
          },
          config,
          settings,
        ),
    )
    return this.services
  }

  private get assets(): PageAssets {
    this.pageAssets ??= new PageAssets()
    return this.pageAssets
  }
}

/** Leads on, with the query. `to` is an address of ours, absolute or beside the one asked for. */
function moved(status: 301 | 307, to: string, query: URLSearchParams): Answer {
  const rest = query.toString()
  return { ...plain(status, 'See there.'), headers: { Location: rest === '' ? to : `${to}?${rest}` } }
}
