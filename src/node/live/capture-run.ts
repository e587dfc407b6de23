// Captures one live program: carries the plan out, step by step, and writes down what came and what did not.

import { DecodeError, UserError } from '../../core/base/errors.ts'
import {
  type CaptureStep,
  dearDump,
  type Offer,
  type PlanOptions,
  planCapture,
  type Topic,
  TRACE_PROBE_SECONDS,
  traceSeconds,
} from '../../core/engine/capture-plan.ts'
import { memberRange, memStatsOfHeapText } from '../../core/engine/memstats-json.ts'
import { parsePprofIndex } from '../../core/formats/proc/pprof-index.ts'
import { decodeProfileBytes } from '../read-profile.ts'
import { oneLine } from '../transport-error.ts'
import { type CaptureFolder, isFull, type PartFile } from './capture-files.ts'
import { pageName, refusalOf } from './content-check.ts'
import { CostlyError, type GetOptions, type Got, type LiveClient, StatusError } from './http-client.ts'
import { executableOf, exposure, hasArguments, processOfServer } from './local-process.ts'
import { copyLogs } from './log-tail.ts'
import { type CapturedFile, type Manifest, manifestText, newManifest } from './manifest.ts'
import { pause } from './pause.ts'
import { isProcess, readProcFiles } from './proc-files.ts'
import { Redactor, redactArguments } from './redact.ts'
import { anyPage, isAddress, pageOf, type Target, targetOf, varsPath } from './target.ts'

export interface CaptureOptions extends Omit<PlanOptions, 'process'> {
  readonly metricsPath: string
  readonly logs: readonly string[]
  /** How long to wait until another one's CPU profile or trace has ended, ms. */
  readonly busyMs: number
  /** Version of goscope. */
  readonly version: string
  /** To begin the manifest's notes with. */
  readonly notes: readonly string[]
}

/** Is told how it goes. */
export interface CaptureProgress {
  begin(step: { readonly file: string; readonly what: string; readonly seconds: number }): void
  bytes(bytes: number): void
  /** The step is waiting for something. */
  waits(why: string): void
  kept(file: CapturedFile): void
  failed(file: string, why: string): void
  left(file: string, why: string): void
}

/** Answers that are small by nature. */
const PAGE_BYTES = 1 << 20
/** An empty profile is smaller. */
const SMALL_PROFILE = 16 << 10
/** What has to be called before these profiles say anything. */
const RATES: { readonly [topic in Topic]?: string } = {
  block: 'runtime.SetBlockProfileRate',
  mutex: 'runtime.SetMutexProfileFraction',
}
const BUSY_STEP_MS = 1000
/** Answers that took too long or too much before no more are asked for. */
const MOST_COSTLY = 2
/** Files in a row that could not be written before no more are asked for. */
const MOST_UNWRITTEN = 2

/**
 * Captures into the folder until the plan is done or `signal` ends it. Returns the manifest, which is in the
 * folder as well. Throws UserError if the program cannot be reached at all; then nothing but the manifest is written.
 */
export async function captureTarget(
  target: Target,
  client: LiveClient,
  folder: CaptureFolder,
  o: CaptureOptions,
  progress: CaptureProgress,
  signal: AbortSignal,
): Promise<Manifest> {
  const run = new CaptureRun(target, client, folder, o, progress, signal)
  return run.all()
}

class CaptureRun {
  private readonly target: Target
  private readonly client: LiveClient
  private readonly folder: CaptureFolder
  private readonly options: CaptureOptions
  private readonly progress: CaptureProgress
  private readonly signal: AbortSignal
  private readonly redactor: Redactor
  private readonly manifest: Manifest
  /** Whether /debug/vars has memory statistics; undefined until it was asked. */
  private hasVars: boolean | undefined
  /** By the newest profile of them. */
  private goroutines: number | undefined
  private costly = 0
  private unwritten = 0

  constructor(
    target: Target,
    client: LiveClient,
    folder: CaptureFolder,
    o: CaptureOptions,
    progress: CaptureProgress,
    signal: AbortSignal,
  ) {
    this.target = target
    this.client = client
    this.folder = folder
    this.options = o
    this.progress = progress
    this.signal = signal
    const elsewhere = o.also.filter(isAddress).flatMap((address) => targetOf(address).secrets)
    this.redactor = new Redactor([...target.secrets, ...elsewhere])
    this.manifest = newManifest(this.clean(target.shown), o.version)
    this.manifest.notes.push(...o.notes)
  }

  async all(): Promise<Manifest> {
    const m = this.manifest
    this.save()
    this.folder.reserve()
    let offer: Offer
    try {
      offer = await this.offer()
    } catch (e) {
      this.folder.dropOpen()
      m.state = this.signal.aborted ? 'interrupted' : 'broken off'
      if (e instanceof UserError && !this.signal.aborted) {
        this.save()
        throw new UserError(`${m.target}: ${this.clean(e.message)}`)
      }
      this.save()
      if (this.signal.aborted) return m
      throw e
    }
    const pid = await this.findProcess()
    const plan = planCapture(offer, { ...this.options, process: pid !== undefined })
    for (const { file, why } of plan.left) this.leave(file, why)
    for (const step of plan.steps) {
      if (this.signal.aborted) break
      if (!(await this.step(step, pid))) break
      this.save()
    }
    // Now, so that they tell of the time of the capture, too.
    this.logs()
    if (this.signal.aborted) m.state = 'interrupted'
    else if (m.state === 'running') m.state = 'complete'
    this.folder.release()
    this.folder.dropOpen()
    this.save()
    return m
  }

  /** What the server has. Throws UserError if it cannot be reached, or is none of net/http/pprof. */
  private async offer(): Promise<Offer> {
    const index = await this.textOf('', '').catch((e: unknown) => {
      // A program may register single profiles without the page of contents.
      if (e instanceof StatusError && e.status !== 401 && e.status !== 403) return undefined
      throw e
    })
    const profiles = index === undefined ? undefined : parsePprofIndex(index)
    let goroutines = profiles?.get('goroutine')
    if (profiles !== undefined) {
      if (goroutines !== undefined) this.manifest.goroutines = goroutines
      return { profiles, goroutines }
    }
    const text = await this.textOf('goroutine', 'debug=1').catch((e: unknown) => {
      if (e instanceof StatusError && e.status === 404) return ''
      throw e
    })
    const total = /^goroutine profile: total (\d+)/.exec(text)?.[1]
    if (total === undefined)
      throw new UserError('what answers there is not net/http/pprof; --pprof-path says where it is')
    goroutines = Number(total)
    this.manifest.goroutines = goroutines
    return { profiles: undefined, goroutines }
  }

  /** The process on this machine, if the server's own word for its command line is that of who listens there. */
  private async findProcess(): Promise<number | undefined> {
    const m = this.manifest
    const { target } = this
    const { pid: listening, listeners } = processOfServer(target.server)
    m.warnings.push(...exposure(listeners))
    // The one that was named may have ended, and another one answer in its place.
    let pid = target.pid !== undefined && isProcess(target.pid) ? target.pid : undefined
    if (pid === undefined && listening !== undefined) {
      const arguments_ = await this.textOf('cmdline', '').catch(() => undefined)
      if (arguments_ !== undefined && hasArguments(listening, arguments_)) pid = listening
    }
    if (pid === undefined) return undefined
    m.pid = pid
    const { path, goVersion } = executableOf(pid)
    if (path !== '') m.executable = path
    if (goVersion !== undefined) m.goVersion = goVersion
    return pid
  }

  /** Carries a step out. False if there is no use in going on. */
  private async step(step: CaptureStep, pid: number | undefined): Promise<boolean> {
    const dear = step.content === 'dump' ? dearDump(this.goroutines, this.options) : undefined
    if (dear !== undefined) {
      this.leave(step.file, dear)
      return true
    }
    this.progress.begin({ ...step, what: this.clean(step.what) })
    try {
      if (step.from === 'process') this.process(pid!)
      else if (step.from === 'vars') await this.vars(step)
      else if (step.from === 'page') await this.page(step)
      else if (step.topic === 'trace') await this.trace(step)
      else if (step.halfway !== undefined) await this.withHalfway(step, step.halfway)
      else await this.fetch(step)
      if (step.from !== 'process') this.unwritten = 0
      return true
    } catch (e) {
      if (this.signal.aborted) return false
      if (typeof (e as NodeJS.ErrnoException).syscall === 'string') {
        this.lose(step.file, unwritten(e))
        // Something smaller may still fit; but the program must not work for nothing.
        if (++this.unwritten < MOST_UNWRITTEN) return true
        this.manifest.state = 'broken off'
        return false
      }
      if (!(e instanceof UserError)) throw e
      const none = step.topic === 'metrics' ? [401, 403, 404, 405] : [404]
      if (step.optional && e instanceof StatusError && none.includes(e.status)) {
        this.leave(step.file, 'the server has none')
        return true
      }
      this.lose(step.file, e.message)
      if (e instanceof StatusError) return true
      if (e instanceof CostlyError && ++this.costly >= MOST_COSTLY) {
        this.manifest.state = 'broken off'
        this.manifest.notes.push('The program answers too slowly, or endlessly: the rest was not asked for.')
        return false
      }
      return this.isThere()
    }
  }

  /** Whether the program still answers; if not, the rest of the plan is lost. */
  private async isThere(): Promise<boolean> {
    try {
      await this.textOf('cmdline', '', AbortSignal.any([this.signal, AbortSignal.timeout(5000)]))
      return true
    } catch (e) {
      if (e instanceof StatusError) return true
      if (this.signal.aborted) return false
      this.manifest.state = 'broken off'
      this.manifest.notes.push('The program does not answer any more: what was still to come is missing.')
      return false
    }
  }

  private async fetch(step: CaptureStep): Promise<void> {
    const path = step.from === 'metrics' ? this.options.metricsPath : step.profile
    const got = await this.whenFree(step, () => this.toFile(step, path, step.query))
    this.keep(step, path, step.query, got, await this.noteOn(step, got.bytes))
  }

  /** Fetches into the file of the step, which is there when this returns. */
  private async toFile(
    step: CaptureStep,
    path: string,
    query: string,
    more: Partial<GetOptions> = {},
  ): Promise<Fetched> {
    const started = new Date().toISOString()
    const file = this.folder.begin(step.file)
    try {
      const got = await this.client.get(pageOf(this.target, path, query), {
        seconds: step.seconds,
        maxBytes: step.maxBytes,
        signal: this.signal,
        refuse: (head, type) => refusalOf(step.content, head, type),
        sink: (chunk) => {
          file.write(chunk)
          this.progress.bytes(file.bytes)
        },
        ...more,
      })
      file.keep()
      return { ...got, started }
    } catch (e) {
      file.drop()
      if (e instanceof UserError && step.optional && !(e instanceof StatusError) && isWebPage(e))
        throw new StatusError(404, e.message)
      throw e
    }
  }

  /** Fetches, and others while the program is measured. */
  private async withHalfway(step: CaptureStep, others: readonly CaptureStep[]): Promise<void> {
    const ended = new AbortController()
    const measuring = this.fetch(step).finally(() => ended.abort())
    // Whatever becomes of it is looked at below.
    measuring.catch(() => undefined)
    await pause((step.seconds * 1000) / 2, AbortSignal.any([ended.signal, this.signal]))
    // Too late, or nothing to be had any more: then not at all.
    for (const other of others) if (!ended.signal.aborted && !this.signal.aborted) await this.aside(other)
    await measuring
  }

  /** A step beside another one. */
  private async aside(step: CaptureStep): Promise<void> {
    try {
      await this.fetch(step)
    } catch (e) {
      if (this.signal.aborted) return
      this.lose(step.file, e instanceof UserError ? e.message : unwritten(e))
    }
  }

  /** Any page; what it is called depends on what is in it. */
  private async page(step: CaptureStep): Promise<void> {
    const started = new Date().toISOString()
    let name = ''
    let file: PartFile | undefined
    const client = isAddress(step.profile) ? this.client.elsewhere() : this.client
    try {
      const got = await client.get(anyPage(this.target, step.profile), {
        seconds: 0,
        maxBytes: step.maxBytes,
        signal: this.signal,
        sink: (chunk) => {
          if (file === undefined) {
            name = pageName(
              step.profile,
              chunk,
              this.manifest.files.map((f) => f.file),
            )
            file = this.folder.begin(name)
          }
          file.write(chunk)
          this.progress.bytes(file.bytes)
        },
      })
      file?.keep()
      this.keep({ ...step, file: name }, step.profile, '', { ...got, started })
    } catch (e) {
      file?.drop()
      throw e
    } finally {
      if (client !== this.client) client.close()
    }
  }

  /** Only one CPU profile, and one trace, can run at a time: another one's is waited for. */
  private async whenFree<T>(step: CaptureStep, act: () => Promise<T>): Promise<T> {
    const end = performance.now() + this.options.busyMs + step.seconds * 1000
    for (;;) {
      try {
        return await act()
      } catch (e) {
        const busy = e instanceof StatusError && /already (in use|enabled)/.test(e.message)
        if (!busy || performance.now() > end || this.signal.aborted) throw e
        this.progress.waits('another one is running')
        await pause(BUSY_STEP_MS, this.signal)
      }
    }
  }

  private async trace(step: CaptureStep): Promise<void> {
    const { maxBytes } = step
    const one = (seconds: number): Promise<Fetched> =>
      this.whenFree(step, () =>
        // What overruns the budget by half is cut off: a trace is of use up to there.
        this.toFile({ ...step, seconds }, 'trace', `seconds=${seconds}`, { stopAt: maxBytes * 1.5 }),
      )
    const first = await one(Math.min(TRACE_PROBE_SECONDS, step.seconds))
    // Handlers of others may not understand fractions and take a second, or thirty.
    const ran = Math.max(TRACE_PROBE_SECONDS, first.answerMs < 1000 ? 0 : first.totalMs / 1000)
    const seconds = first.cut ? 0 : traceSeconds(first.bytes, ran, this.options)
    // It is there already, whatever becomes of the longer one.
    if (seconds > 0) this.list(this.captured(step, 'trace', `seconds=${TRACE_PROBE_SECONDS}`, first))
    const got = seconds > 0 ? await one(seconds) : first
    const traced = seconds || Math.min(TRACE_PROBE_SECONDS, step.seconds)
    const note = got.cut
      ? `cut off after ${got.bytes} bytes: --trace-size`
      : traced < step.seconds
        ? `${Math.round(traced * 1000)} ms instead of ${step.seconds} s, to stay below --trace-size`
        : undefined
    this.keep(step, 'trace', `seconds=${traced}`, got, note)
  }

  /** Expvar with memory statistics, or these from the text form of the heap profile. */
  private async vars(step: CaptureStep): Promise<void> {
    const before = step.file === 'memstats.before.json'
    const started = new Date().toISOString()
    const start = performance.now()
    if (this.hasVars !== false) {
      const path = varsPath(this.target)
      const text = await this.jsonOf(path)
      const range = text === undefined ? undefined : memberRange(text, 'memstats')
      this.hasVars = range !== undefined
      if (text !== undefined && range !== undefined) {
        const seconds = (performance.now() - start) / 1000
        const from = pageOf(this.target, path).shown
        const file = { from, started, seconds }
        if (!before) this.put('vars.json', 'expvar', withoutSecrets(text), file)
        const stats = `${text.slice(range.start, range.end)}\n`
        this.put(before ? step.file : 'memstats.json', 'memory statistics', stats, file)
        return
      }
    }
    const from = pageOf(this.target, 'heap', 'debug=1').shown
    const text = await this.textOf('heap', 'debug=1', this.signal, step.maxBytes)
    const seconds = (performance.now() - start) / 1000
    const stats = memStatsOfHeapText(text)
    if (stats === undefined) throw new UserError('there are no memory statistics in heap?debug=1')
    if (!before) this.put('heap.debug1.txt', 'heap as text', text, { from, started, seconds })
    this.put(before ? step.file : 'memstats.json', 'memory statistics', stats, { from, started, seconds })
  }

  /** JSON text of a page, undefined if there is none or it is something else. */
  private async jsonOf(path: string): Promise<string | undefined> {
    try {
      const text = await this.textOf(path, '', this.signal, 64 << 20)
      return /^\s*\{/.test(text) ? text : undefined
    } catch (e) {
      if (e instanceof StatusError) return undefined
      throw e
    }
  }

  private process(pid: number): void {
    const started = new Date().toISOString()
    const start = performance.now()
    const { files, missing } = readProcFiles(pid)
    const seconds = (performance.now() - start) / 1000
    const kept: CapturedFile[] = []
    for (const { name, content } of files) {
      try {
        const bytes = this.folder.put(name, Buffer.from(content, 'latin1'))
        kept.push({
          file: name,
          what: 'the process',
          from: `pid:${pid}`,
          started,
          seconds: round(seconds),
          bytes,
        })
      } catch (e) {
        this.lose(name, unwritten(e))
      }
    }
    for (const file of kept) this.list(file)
    const bytes = kept.reduce((sum, f) => sum + f.bytes, 0)
    const names = kept.map((f) => f.file).join(' ')
    if (names !== '') this.progress.kept({ file: names, what: '', from: '', started, seconds, bytes })
    for (const { file, why } of missing) this.leave(file, why)
  }

  private logs(): void {
    for (const { name, content, from, problem } of copyLogs(this.options.logs)) {
      if (problem !== undefined) {
        this.lose(name, problem)
        continue
      }
      try {
        this.put(name, 'log', content, { from, started: new Date().toISOString(), seconds: 0 })
      } catch (e) {
        this.lose(name, unwritten(e))
      }
    }
  }

  /** What to say of a profile that came: that it is damaged, or has no samples. Counts goroutines on the way. */
  private async noteOn(step: CaptureStep, size: number): Promise<string | undefined> {
    const goroutines = step.profile === 'goroutine'
    const rate = RATES[step.topic]
    if (step.content !== 'profile' || !(goroutines || (rate !== undefined && size <= SMALL_PROFILE)))
      return undefined
    try {
      const { profile } = await decodeProfileBytes(this.folder.read(step.file), step.file)
      const { samples } = profile
      if (goroutines) this.goroutines = samples.value[0]?.f.reduce((sum, n) => sum + n, 0)
      return rate === undefined || samples.count > 0
        ? undefined
        : `empty: ${rate} was not called, or nothing has waited`
    } catch (e) {
      if (e instanceof DecodeError) return `damaged: ${e.message}`
      throw e
    }
  }

  private textOf(path: string, query: string, signal = this.signal, maxBytes = PAGE_BYTES): Promise<string> {
    const pieces: Uint8Array[] = []
    return this.client
      .get(pageOf(this.target, path, query), {
        seconds: 0,
        maxBytes,
        signal,
        sink: (chunk) => pieces.push(chunk),
      })
      .then(() => Buffer.concat(pieces).toString('utf8'))
  }

  private keep(step: CaptureStep, path: string, query: string, got: Fetched, note?: string): void {
    this.add({ ...this.captured(step, path, query, got), ...(note !== undefined && { note }) })
  }

  private captured(step: CaptureStep, path: string, query: string, got: Fetched): CapturedFile {
    return {
      file: step.file,
      what: this.clean(step.what),
      from: this.clean(anyPage(this.target, path, query).shown),
      started: got.started,
      seconds: round(got.totalMs / 1000),
      bytes: got.bytes,
    }
  }

  private put(
    name: string,
    what: string,
    content: string | Uint8Array,
    o: { readonly from: string; readonly started: string; readonly seconds: number },
  ): void {
    const bytes = this.folder.put(name, content)
    this.add({ file: name, what, ...o, from: this.clean(o.from), seconds: round(o.seconds), bytes })
  }

  private add(captured: CapturedFile): void {
    this.list(captured)
    this.progress.kept(captured)
  }

  /** A file that was there before was replaced. */
  private list(captured: CapturedFile): void {
    const { files } = this.manifest
    const before = files.findIndex((f) => f.file === captured.file)
    if (before >= 0) files.splice(before, 1)
    files.push(captured)
  }

  private lose(file: string, why: string): void {
    const said = this.clean(why)
    const name = this.clean(file)
    this.manifest.failed.push({ file: name, why: said, at: new Date().toISOString() })
    this.progress.failed(name, said)
  }

  private leave(file: string, why: string): void {
    if (this.manifest.left.some((l) => l.file === file && l.why === why)) return
    this.manifest.left.push({ file, why })
    this.progress.left(file, why)
  }

  private clean(text: string): string {
    return this.redactor.text(oneLine(text))
  }

  private save(): void {
    this.manifest.ended = new Date().toISOString()
    try {
      const text = manifestText(this.manifest)
      if (this.manifest.state === 'running') this.folder.put('capture.json', text)
      else this.folder.putLast('capture.json', text)
    } catch (e) {
      // Said once more at the end; until then the capture may still succeed.
      if (this.manifest.state !== 'running') throw e
    }
  }
}

interface Fetched extends Got {
  readonly started: string
}

function isWebPage(e: UserError): boolean {
  return e.message.includes('a web page')
}

/** Why a file could not be written. Throws what is no error of the system. */
function unwritten(e: unknown): string {
  if (typeof (e as NodeJS.ErrnoException).syscall !== 'string') throw e
  return isFull(e) ? 'no space left where the capture is written' : (e as Error).message
}

const round = (seconds: number): number => Math.round(seconds * 1000) / 1000

/** The text of expvar with the secrets of its command line taken out. */
function withoutSecrets(text: string): string {
  const range = memberRange(text, 'cmdline')
  if (range === undefined) return text
  try {
    const args: unknown = JSON.parse(text.slice(range.start, range.end))
    if (!Array.isArray(args)) return text
    const clean = JSON.stringify(redactArguments(args.map(String)))
    return text.slice(0, range.start) + clean + text.slice(range.end)
  } catch {
    return text
  }
}
