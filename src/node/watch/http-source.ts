// What a program says of itself over HTTP: expvar, /metrics, and the pages of net/http/pprof, each asked only if it
// is there and cheap.

import { type StateKind, stateMeaning } from '../../core/analysis/goroutines/states.ts'
import type { ProgramMoment } from '../../core/analysis/live/moment.ts'
import { DecodeError, UserError } from '../../core/base/errors.ts'
import { decodeUtf8 } from '../../core/base/utf8.ts'
import { GoroutineDecoder } from '../../core/formats/goroutines/decode.ts'
import { decodeMemory } from '../../core/formats/memory/index.ts'
import { parsePprofIndex } from '../../core/formats/proc/pprof-index.ts'
import { decodeGoMetrics } from '../../core/formats/prometheus/go-collector.ts'
import { GoroutineBuilder } from '../../core/model/goroutine-builder.ts'
import type { MemorySnapshot } from '../../core/model/memory.ts'
import { LiveClient, StatusError } from '../live/http-client.ts'
import { pageOf, type Target, varsPath } from '../live/target.ts'
import type { TlsFiles } from '../server-socket.ts'

export interface HttpSourceOptions {
  readonly headers: Readonly<Record<string, string>>
  /** Path of Prometheus' page. */
  readonly metricsPath: string
  /** For one answer, ms. */
  readonly timeoutMs: number
  readonly tls?: TlsFiles
}

/** Pages of variables have some KB; those of /metrics of large servers some MB. */
const MOST_BYTES = 32 << 20
/** A profile of more goroutines stops the program for too long to be asked for each time. */
const MOST_GOROUTINES = 20_000
/** The same for one that takes longer, ms. */
const LONGEST_PROFILE = 100
/** A page that was not there is asked for again after so many times: the program may have been replaced. */
const ASK_AGAIN = 30

type Page = 'vars' | 'metrics' | 'heap' | 'index' | 'goroutine'

/** Asks one server. */
export class HttpSource {
  private readonly target: Target
  private readonly client: LiveClient
  private readonly options: HttpSourceOptions
  /** Pages that are not there, and how many polls ago that was found. */
  private readonly missing = new Map<Page, number>()
  private goroutines = 0
  private profileMs = 0
  private polls = 0

  constructor(target: Target, o: HttpSourceOptions) {
    this.target = target
    this.options = o
    const limit = {
      connectMs: o.timeoutMs,
      answerMs: o.timeoutMs,
      stallMs: o.timeoutMs,
      contentMs: o.timeoutMs,
    }
    this.client = new LiveClient({ ...limit, headers: o.headers, ...(o.tls && { tls: o.tls }) })
  }

  close(): void {
    this.client.close()
  }

  /** Asks once. Throws UserError if nothing answers, or nothing that is of use. */
  async poll(signal: AbortSignal): Promise<ProgramMoment> {
    this.polls++
    const start = performance.now()
    // One after the other: each costs the program a little, and together they would measure one another.
    const vars = await this.page('vars', signal, (bytes) => memoryOf(bytes))
    const answerMs = performance.now() - start
    const metrics = await this.page('metrics', signal, (bytes) => decodeGoMetrics(decodeUtf8(bytes)))
    const heap =
      vars?.memstats === undefined && metrics?.memory.memstats === undefined
        ? await this.page('heap', signal, (bytes) => memoryOf(bytes))
        : undefined
    // The counters are those of the moment at which they were answered.
    const at = Date.now()
    const counted = await this.countGoroutines(signal)
    const memory = joined(vars ?? heap, metrics?.memory)
    const goroutines = counted?.goroutines ?? metrics?.goroutines
    if (memory === undefined && goroutines === undefined)
      throw new UserError(
        'neither /debug/vars nor /metrics nor /debug/pprof/ of a Go program is there; --pprof-path and --metrics-path name other places',
      )
    return {
      at,
      answerMs,
      ...(memory !== undefined && { memory }),
      ...(goroutines !== undefined && { goroutines }),
      ...(counted?.states !== undefined && { states: counted.states }),
      ...known('threads', metrics?.threads),
      ...known('cpuSeconds', metrics?.cpuSeconds),
      ...known('residentBytes', metrics?.residentBytes),
      ...known('openFiles', metrics?.openFiles),
      ...known('maxFiles', metrics?.maxFiles),
      ...known('startedAt', metrics?.startSeconds === undefined ? undefined : metrics.startSeconds * 1000),
    }
  }

  /** The arguments that the program was started with, joined by zero bytes; undefined if it does not tell. */
  async commandLine(signal: AbortSignal): Promise<string | undefined> {
    try {
      return decodeUtf8(await this.fetch('cmdline', signal))
    } catch (e) {
      if (e instanceof UserError) return undefined
      throw e
    }
  }

  /** By the profile as long as that is cheap, else by the number that the page of contents gives. */
  private async countGoroutines(
    signal: AbortSignal,
  ): Promise<{ goroutines: number; states?: ReadonlyMap<StateKind, number> } | undefined> {
    const dear = this.goroutines > MOST_GOROUTINES || this.profileMs > LONGEST_PROFILE
    if (!dear || this.polls % ASK_AGAIN === 0) {
      const start = performance.now()
      const found = await this.page('goroutine', signal, (bytes) => statesOf(bytes))
      if (found !== undefined) {
        this.goroutines = found.goroutines
        this.profileMs = performance.now() - start
        return found
      }
    }
    const index = await this.page('index', signal, (bytes) => parsePprofIndex(decodeUtf8(bytes)))
    const goroutines = index?.get('goroutine')
    if (goroutines === undefined) return undefined
    this.goroutines = goroutines
    return { goroutines }
  }

  /** A page's content; undefined if it is not there or is something else. Throws UserError if there is no answer. */
  private async page<T>(
    page: Page,
    signal: AbortSignal,
    read: (bytes: Uint8Array) => T | undefined,
  ): Promise<T | undefined> {
    const since = this.missing.get(page)
    if (since !== undefined && this.polls - since < ASK_AGAIN) return undefined
    try {
      const value = read(await this.fetch(page, signal))
      if (value !== undefined) {
        this.missing.delete(page)
        return value
      }
    } catch (e) {
      // A time-out or a broken connection is no word on the page.
      if (!(e instanceof StatusError || e instanceof DecodeError)) throw e
      if (e instanceof StatusError && (e.status === 401 || e.status === 403)) throw e
    }
    this.missing.set(page, this.polls)
    return undefined
  }

  private async fetch(page: Page | 'cmdline', signal: AbortSignal): Promise<Uint8Array> {
    const { target } = this
    const address = {
      vars: () => pageOf(target, varsPath(target)),
      metrics: () => pageOf(target, this.options.metricsPath),
      heap: () => pageOf(target, 'heap', 'debug=1'),
      index: () => pageOf(target, ''),
      goroutine: () => pageOf(target, 'goroutine', 'debug=1'),
      cmdline: () => pageOf(target, 'cmdline'),
    }[page]()
    const chunks: Uint8Array[] = []
    await this.client.get(address, {
      seconds: 0,
      maxBytes: MOST_BYTES,
      sink: (chunk) => chunks.push(chunk),
      signal,
    })
    return Buffer.concat(chunks)
  }
}

/** Only what is known. */
function known<K extends string>(key: K, value: number | undefined): { [k in K]?: number } {
  return value === undefined ? {} : ({ [key]: value } as { [k in K]: number })
}

function memoryOf(bytes: Uint8Array): MemorySnapshot | undefined {
  try {
    return decodeMemory(bytes)
  } catch (e) {
    if (e instanceof DecodeError) return undefined
    throw e
  }
}

function statesOf(bytes: Uint8Array): { goroutines: number; states: Map<StateKind, number> } | undefined {
  const builder = new GoroutineBuilder()
  const decoder = new GoroutineDecoder(builder, 0)
  decoder.feed(bytes)
  decoder.end()
  const { table, strings } = builder.done()
  if (table.count === 0) return undefined
  const states = new Map<StateKind, number>()
  let goroutines = 0
  for (let row = 0; row < table.count; row++) {
    const { kind } = stateMeaning(strings.get(table.state[row]!))
    states.set(kind, (states.get(kind) ?? 0) + table.weight[row]!)
    goroutines += table.weight[row]!
  }
  return { goroutines, states }
}

/** Two pages of one program: MemStats of the first that has them, and all metrics. */
function joined(a: MemorySnapshot | undefined, b: MemorySnapshot | undefined): MemorySnapshot | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return { ...b, ...a, ...(b.metrics !== undefined && a.metrics === undefined && { metrics: b.metrics }) }
}
