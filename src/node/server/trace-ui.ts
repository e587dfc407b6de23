// `goscope trace -http`: the reference's addresses. Pages are the workbench, opened at the view that stands for
// them; data and profiles are computed here, when somebody asks for them.

import { gzipSync } from 'node:zlib'
import { waitsToProfile } from '../../core/analysis/trace/waits-to-profile.ts'
import { DecodeError, UserError } from '../../core/base/errors.ts'
import type { RegionFilter } from '../../core/engine/workbench/trace-filters.ts'
import { mmuDetailsJson, mmuPlotJson } from '../../core/engine/workbench/trace-mmu-json.ts'
import { partSpans, type TracePart } from '../../core/engine/workbench/trace-part.ts'
import { TraceReading } from '../../core/engine/workbench/trace-reading.ts'
import { writeViewerData } from '../../core/engine/workbench/trace-viewer-data.ts'
import { encodeProfile } from '../../core/formats/pprof/encode.ts'
import { PageAssets } from './page-assets.ts'
import { type Answer, plain, type Request, type Site } from './server.ts'
import { startOf, TIMELINE_SCRIPT, type TraceRoute, timelinePage, traceRouteOf } from './trace-ui-routes.ts'

export interface TraceUiOptions {
  /** The trace, unpacked. */
  readonly bytes: Uint8Array
  /** How the page calls it. */
  readonly name: string
  readonly version: string
  /** Lines for the terminal. */
  readonly log: (text: string) => void
}

const SOURCE = '/source/0'
const JSON_TYPE = 'application/json'

export class TraceUi implements Site {
  private readonly o: TraceUiOptions
  private assets: PageAssets | undefined
  private read: TraceReading | undefined

  constructor(o: TraceUiOptions) {
    this.o = o
  }

  method(path: string): 'GET' | undefined {
    return traceRouteOf(path) !== undefined || path === SOURCE || this.pageAssets.has(path.slice(1))
      ? 'GET'
      : undefined
  }

  async answer(r: Request, formToken: string): Promise<Answer> {
    const route = traceRouteOf(r.path)
    if (route === undefined)
      return r.path === SOURCE
        ? { status: 200, type: 'application/octet-stream', body: this.o.bytes, workbench: true }
        : this.pageAssets.answer(r.path.slice(1))
    try {
      return this.data(route, r.query) ?? this.page(r, formToken)
    } catch (e) {
      if (e instanceof UserError || e instanceof DecodeError) return plain(500, e.message)
      throw e
    }
  }

  /** What is asked for, if it is not a page. */
  private data(route: TraceRoute, q: URLSearchParams): Answer | undefined {
    switch (route.kind) {
      case 'page':
        return undefined
      case 'timeline':
        return {
          status: 200,
          type: 'text/html; charset=utf-8',
          body: timelinePage(q),
          scripts: [TIMELINE_SCRIPT],
        }
      case 'jsontrace':
        return this.viewerData(q)
      case 'mmu':
        return this.mmu(q)
      case 'waits':
        return (q.get('raw') ?? '') === '' ? undefined : this.profile(route, q)
    }
  }

  private page(r: Request, formToken: string): Answer {
    return this.pageAssets.page({
      mode: 'served',
      version: this.o.version,
      addresses: 'hash',
      formToken,
      sources: [{ name: this.o.name, bytes: this.o.bytes.length, url: SOURCE.slice(1) }],
      start: startOf(r.path, r.query),
    })
  }

  /** Unknown goroutines and tasks get an empty answer and a line in the terminal, as in the reference. */
  private viewerData(q: URLSearchParams): Answer {
    const pieces: Buffer[] = []
    const text = (name: string): string | undefined => q.get(name) ?? undefined
    const query = {
      view: text('view'),
      goid: text('goid'),
      focustask: text('focustask'),
      taskid: text('taskid'),
      start: text('start'),
      end: text('end'),
    }
    try {
      writeViewerData(this.o.bytes, this.reading, query, (piece) => pieces.push(Buffer.from(piece)))
    } catch (e) {
      if (!(e instanceof UserError)) throw e
      this.o.log(e.message)
      return { status: 200, type: JSON_TYPE, body: '' }
    }
    return { status: 200, type: JSON_TYPE, body: Buffer.concat(pieces) }
  }

  private mmu(q: URLSearchParams): Answer | undefined {
    const flags = q.get('flags') ?? ''
    const mode = q.get('mode')
    if (mode !== 'plot' && mode !== 'details') return undefined
    let body: string | undefined
    if (mode === 'plot') body = mmuPlotJson(this.reading, flags)
    else {
      const window = q.get('window') ?? ''
      if (!/^\d{1,18}$/.test(window)) return plain(400, `failed to parse window parameter "${window}"`)
      body = mmuDetailsJson(this.reading, flags, Number(window))
    }
    return body === undefined
      ? plain(500, 'failed to produce MMU data: the trace does not tell how many processors there were')
      : { status: 200, type: JSON_TYPE, body }
  }

  private profile({ of, regions }: TraceRoute & { kind: 'waits' }, q: URLSearchParams): Answer {
    const r = this.reading
    const name = q.get('name') ?? ''
    let part: TracePart = {}
    if (regions) part = { region: regionFilter(q) }
    else if (name !== '') {
      part = { group: name }
      if (!r.groups.some((g) => g.name === name))
        return plain(500, `failed to get records: failed to find matching goroutines for name: ${name}`)
    }
    const waits = r.waits.profile(of, partSpans(r, part), r.summaryTables.goroutines)
    const body = gzipSync(Buffer.concat([...encodeProfile(waitsToProfile(waits))]))
    return { status: 200, type: 'application/octet-stream', body }
  }

  /** Read when it is first needed: the page reads the trace itself. */
  private get reading(): TraceReading {
    this.read ??= new TraceReading(this.o.bytes)
    return this.read
  }

  private get pageAssets(): PageAssets {
    this.assets ??= new PageAssets()
    return this.assets
  }
}

function regionFilter(q: URLSearchParams): RegionFilter {
  const of = (name: string): string | undefined => q.get(name) ?? undefined
  const [type, pc, latmin, latmax] = [of('type'), of('pc'), of('latmin'), of('latmax')]
  return {
    ...(type !== undefined && { type }),
    ...(pc !== undefined && { pc }),
    ...(latmin !== undefined && { latmin }),
    ...(latmax !== undefined && { latmax }),
  }
}
