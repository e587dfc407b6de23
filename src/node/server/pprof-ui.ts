// The plain pages of `goscope pprof -http`: each request is a report, made here from the one profile.

import { selectSampleType } from '../../core/analysis/sample-type.ts'
import { UserError } from '../../core/base/errors.ts'
import { baseName } from '../../core/base/go-path.ts'
import type { ZoneLookup } from '../../core/base/go-time.ts'
import { engineFor } from '../../core/base/re2-engine.ts'
import { patternsOf, prepareReport } from '../../core/engine/run-report.ts'
import { encodeProfile } from '../../core/formats/pprof/encode.ts'
import type { Profile } from '../../core/model/profile.ts'
import type { Config } from '../../core/reports/config.ts'
import { buildDisasm } from '../../core/reports/disasm.ts'
import { buildDot, printPictureDot } from '../../core/reports/dot.ts'
import { buildFlame } from '../../core/reports/flame.ts'
import { REPORTS, type ReportName } from '../../core/reports/index.ts'
import { emptyRemedy, profileKind } from '../../core/reports/info.ts'
import { profileLabels, type Report, type Sink, TextSink, ValueFormat } from '../../core/reports/report.ts'
import { buildText } from '../../core/reports/text.ts'
import { buildTree } from '../../core/reports/tree.ts'
import { buildWeblist } from '../../core/reports/weblist.ts'
import type { BinaryFiles } from '../binary-file.ts'
import { GzipSink } from '../gzip-sink.ts'
import { openStudio, type Studio } from '../render/studio.ts'
import { openReportFiles } from '../report-files.ts'
import { CHOICES, chooseBody } from './pages/choose.ts'
import { disasmBody } from './pages/disasm.ts'
import { flamePage } from './pages/flame.ts'
import { graphContent } from './pages/graph.ts'
import { type PageContent, page, type Surroundings, type View } from './pages/layout.ts'
import { type Html, html } from './pages/markup.ts'
import { configOfQuery, pageLink, queryOfConfig } from './pages/page-config.ts'
import { peekBody } from './pages/peek.ts'
import { adviceFor, problemBody } from './pages/problem.ts'
import { type SavedConfig, SavedConfigs } from './pages/saved-configs.ts'
import { sourceBody } from './pages/source.ts'
import { MOST_TOP_ROWS, TOP_ROWS, topBody } from './pages/top.ts'
import { methodOf, routeOf } from './routes.ts'
import { type Answer, plain, type Request, type Site } from './server.ts'

export interface PprofUiOptions {
  readonly profile: Profile
  /** Of the command line; addresses change it for a page. */
  readonly config: Config
  readonly binaries: BinaryFiles
  readonly zones: ZoneLookup
  /** The file of saved configs; undefined if there is no place for one. */
  readonly settings: string | undefined
  /** Whether the profile is a difference to a base. */
  readonly difference: boolean
  /** For flame graphs, e.g. `goscope 0.1.0`. */
  readonly producer: string
}

/** Rows of the call tree that a flame graph in a page draws at most. */
const MOST_FLAME_ROWS = 100_000

/** A report that was prepared, with what was remarked on the way. */
interface Prepared {
  readonly report: Report
  readonly remarks: string[]
}

type Given = Pick<Surroundings, 'config' | 'query' | 'view'>

export class PprofUi implements Site {
  private readonly o: PprofUiOptions
  private readonly saved: SavedConfigs
  private studio: Studio | undefined

  constructor(o: PprofUiOptions) {
    this.o = o
    this.saved = new SavedConfigs(o.settings, o.config)
  }

  async close(): Promise<void> {
    await this.studio?.close()
  }

  method(path: string): 'GET' | 'POST' | undefined {
    const route = routeOf(path)
    return route && methodOf(route)
  }

  async answer(r: Request, formToken: string): Promise<Answer> {
    const route = routeOf(r.path)!
    switch (route.kind) {
      case 'moved': {
        const { status, to } = route
        return { ...plain(status, 'See there.'), headers: { Location: pageLink(to, r.query) } }
      }
      case 'download':
        return this.download()
      case 'save':
      case 'delete':
        return this.change(route.kind, r)
      case 'view':
        return this.view(route.view, r.query, formToken)
    }
  }

  private async view(view: View, asked: URLSearchParams, formToken: string): Promise<Answer> {
    const base = this.o.config
    let given: Given = { view, config: base, query: new URLSearchParams() }
    let prepared: Prepared | undefined
    try {
      const config = configOfQuery(base, asked)
      given = { view, config, query: queryOfConfig(config, base) }
      if (view === 'flamegraph') {
        prepared = await this.prepare('callgrind', config)
        const s = this.around(given, formToken, prepared)
        return flamePage(s, this.flame(prepared.report), this.o.producer)
      }
      const made = await this.content(given)
      return page(this.around(given, formToken, made.prepared, made.labels), made.content)
    } catch (e) {
      if (!(e instanceof UserError)) throw e
      const body = problemBody(e.message, adviceFor(e.message, view))
      return page(this.around(given, formToken, prepared), { status: 400, body })
    }
  }

  private async content(
    given: Given,
  ): Promise<{ prepared: Prepared; content: PageContent; labels?: readonly string[] }> {
    const { view, config, query } = given
    // In these views f names the functions to show, besides the focus that it is everywhere.
    const symbol = config.focus === '' ? undefined : config.focus
    switch (view) {
      case 'top': {
        const nodeCount = config.nodeCount > 0 ? Math.min(config.nodeCount, MOST_TOP_ROWS) : TOP_ROWS
        const prepared = await this.prepare('top', { ...config, nodeCount })
        const doc = buildText(prepared.report)
        const body = topBody(doc, prepared.report, query, this.empty())
        return { prepared, content: { body }, labels: doc.labels }
      }
      case 'peek': {
        const granularity = config.granularity === '' ? 'lines' : config.granularity
        const prepared = await this.prepare('peek', { ...config, granularity }, symbol)
        const doc = buildTree(prepared.report)
        const body = peekBody(doc, prepared.report, query, this.empty())
        return { prepared, content: { body }, labels: doc.labels }
      }
      case 'source':
      case 'disasm': {
        if (symbol === undefined) {
          const prepared = await this.prepare('top', { ...config, nodeCount: CHOICES })
          const doc = buildText(prepared.report)
          const body = chooseBody(doc, prepared.report, query, view, this.empty())
          return { prepared, content: { body }, labels: doc.labels }
        }
        const prepared = await this.prepare(view === 'source' ? 'weblist' : 'disasm', config, symbol)
        const { report } = prepared
        if (view === 'disasm') return { prepared, content: { body: disasmBody(buildDisasm(report), report) } }
        const doc = buildWeblist(report)
        const body = sourceBody(doc, report)
        doc.sources.remarkMissing(this.remarksInto(prepared))
        return { prepared, content: { body } }
      }
      default:
        return this.graph(config)
    }
  }

  private async graph(
    config: Config,
  ): Promise<{ prepared: Prepared; content: PageContent; labels: readonly string[] }> {
    const prepared = await this.prepare('svg', config)
    const doc = buildDot(prepared.report)
    if (doc.graph.order.length === 0)
      return { prepared, content: { body: html`<main>${this.empty()}</main>` }, labels: doc.labels }
    const text = new TextSink()
    const remark = this.remarksInto(prepared).remark!
    // The page shows the legend itself.
    printPictureDot({ ...doc, labels: [] }, prepared.report, {
      text: (s) => text.text(s),
      bytes: (b) => text.bytes(b),
      remark,
    })
    this.studio ??= openStudio()
    const drawn = await this.studio.draw(text.toString(), 'page')
    for (const r of drawn.remarks) remark(r)
    return { prepared, content: graphContent(new TextDecoder().decode(drawn.bytes)), labels: doc.labels }
  }

  private remarksInto(prepared: Prepared): Sink {
    return {
      text: () => undefined,
      bytes: () => undefined,
      remark: (text) => prepared.remarks.push(text),
    }
  }

  private async prepare(name: ReportName, config: Config, symbol?: string): Promise<Prepared> {
    const kind = REPORTS[name]
    const command = { name, kind, ...(symbol !== undefined && { symbol }) }
    const { profile, binaries, zones } = this.o
    const files = await openReportFiles(kind, profile, binaries)
    const engine = await engineFor(patternsOf(config, command))
    const remarks: string[] = []
    const warn = (text: string): void => {
      remarks.push(text)
    }
    const context = { zones, warn, ...(engine && { engine }), ...(files && { files }) }
    return { report: prepareReport(profile, command, config, context), remarks }
  }

  private flame(report: Report): ReturnType<typeof buildFlame> {
    return buildFlame(report.profile, {
      value: report.options.value,
      by: 'function',
      inverted: false,
      maxRows: MOST_FLAME_ROWS,
      whole: report.total,
      title: this.title(report.options.sampleType),
      filters: report.options.activeFilters,
      difference: this.o.difference,
    })
  }

  /** What stands in the head of the page. */
  private around(
    given: Given,
    formToken: string,
    prepared: Prepared | undefined,
    labels?: readonly string[],
  ): Surroundings {
    const { profile, config: base } = this.o
    const report = prepared?.report
    const remarks = [...(prepared?.remarks ?? [])]
    let current = report?.options.value ?? -1
    if (report === undefined)
      try {
        current = selectSampleType(profile, given.config.sampleIndex)
      } catch (e) {
        if (!(e instanceof UserError)) throw e
      }
    let saved: SavedConfig[] = []
    try {
      saved = this.saved.list()
    } catch (e) {
      if (!(e instanceof UserError)) throw e
      remarks.push(`Saved configs are not shown: ${e.message}`)
    }
    return {
      ...given,
      base,
      formToken,
      saved,
      remarks,
      title: this.title(report?.options.sampleType ?? profile.sampleTypes[current]?.type ?? ''),
      labels: labels ?? (report === undefined ? [] : profileLabels(report, new ValueFormat(report.options))),
      sampleTypes: profile.sampleTypes.map(({ type }, i) => ({ type, current: i === current })),
    }
  }

  /** File and sample type, as the reference has them. */
  private title(sampleType: string): string {
    const { profile: p } = this.o
    const file = p.mappings.count > 0 ? p.strings.get(p.mappings.file[1]!) : ''
    return `${file === '' ? 'unknown' : baseName(file)} ${sampleType}`.trim()
  }

  private empty(): Html {
    const { profile } = this.o
    if (profile.samples.count > 0)
      return html`<p>There is nothing to show: no sample passes the filters, or all values of this sample type are 0. Reset takes the filters away; other sample types may have values.</p>`
    const remedy = emptyRemedy(profileKind(profile))
    return html`<p>The profile has no samples.</p>${remedy !== '' && html`<p>To get some: ${remedy}</p>`}`
  }

  /** The whole profile, whatever the filters are. */
  private async download(): Promise<Answer> {
    const gzip = new GzipSink()
    for (const piece of encodeProfile(this.o.profile)) gzip.bytes(piece)
    const pieces: Uint8Array[] = []
    for await (const piece of gzip.finish()) pieces.push(piece)
    return {
      status: 200,
      type: 'application/vnd.google.protobuf+gzip',
      body: Buffer.concat(pieces),
      headers: { 'Content-Disposition': 'attachment;filename=profile.pb.gz' },
    }
  }

  /** Saves or deletes a config. Its options may stand in the address, as the reference has them, or in the form. */
  private change(kind: 'save' | 'delete', r: Request): Answer {
    const form = new URLSearchParams([...r.query, ...(r.form ?? [])])
    const last = (name: string): string => form.getAll(name).at(-1) ?? ''
    try {
      const config = configOfQuery(this.o.config, form)
      if (kind === 'save') this.saved.save(last('config'), config)
      else this.saved.remove(last('config'))
      const view = routeOf(`/${last('view')}`)
      const query = queryOfConfig(config, this.o.config)
      // Back to the page with the form; without one, as for a program, there is nothing to say.
      if (last('view') === '' || view?.kind !== 'view') return plain(200, 'done')
      return { ...plain(303, 'done'), headers: { Location: pageLink(view.view, query) } }
    } catch (e) {
      if (!(e instanceof UserError)) throw e
      return plain(400, e.message)
    }
  }
}
