// The workbench with live numbers: `goscope watch --web`. What is taken on the way becomes a source of the page.

import { UserError } from '../../core/base/errors.ts'
import type { Taken } from '../watch/take.ts'
import type { LiveFeed } from './live-feed.ts'
import { servedSources } from './served-sources.ts'
import { type Answer, plain, type Request, type Site } from './server.ts'
import { WorkbenchSite } from './workbench-site.ts'

export type Take = Taken | 'capture'

const TAKES: ReadonlySet<string> = new Set(['capture', 'cpu', 'heap', 'goroutines'] satisfies Take[])

export interface LiveSiteOptions {
  readonly version: string
  readonly feed: LiveFeed
  /** Number of targets. */
  readonly targets: number
  /** Takes something of a target; resolves with the file or folder. Rejects with UserError. */
  readonly take: (target: number, what: Take) => Promise<string>
}

export class LiveSite implements Site {
  private readonly o: LiveSiteOptions
  private readonly bench: WorkbenchSite
  /** What is being taken: one of a kind and target at a time, as the program makes no two CPU profiles at once. */
  private readonly running = new Set<string>()

  constructor(o: LiveSiteOptions) {
    this.o = o
    this.bench = new WorkbenchSite({
      version: o.version,
      sources: [],
      start: 'live',
      more: { live: { intervalMs: o.feed.intervalMs } },
    })
  }

  method(path: string): 'GET' | 'POST' | undefined {
    if (path === '/live') return 'GET'
    if (path === '/take') return 'POST'
    return this.bench.method(path)
  }

  answer(r: Request, formToken: string): Promise<Answer> {
    if (r.path === '/live') {
      const from = Number(r.query.get('from') ?? 0)
      return Promise.resolve(json(200, this.o.feed.since(Number.isFinite(from) ? from : 0)))
    }
    if (r.path === '/take') return this.take(r)
    return this.bench.answer(r, formToken)
  }

  private async take({ form }: Request): Promise<Answer> {
    const what = form?.get('what') ?? ''
    const target = Number(form?.get('target') ?? 0)
    if (!TAKES.has(what)) return plain(400, 'There is no such thing to take.')
    if (!Number.isInteger(target) || target < 0 || target >= this.o.targets)
      return plain(400, 'There is no such target.')
    const key = `${target} ${what}`
    if (this.running.has(key)) return plain(409, 'That is being taken already.')
    this.running.add(key)
    try {
      const path = await this.o.take(target, what as Take)
      const sources = this.bench.add(await servedSources([path]))
      return json(200, { schema: 'goscope.taken/1', path, sources })
    } catch (e) {
      if (!(e instanceof UserError)) throw e
      // Not this server's fault: the page is to show the words.
      return plain(424, e.message)
    } finally {
      this.running.delete(key)
    }
  }
}

function json(status: number, document: object): Answer {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(document), workbench: true }
}
