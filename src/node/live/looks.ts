// The numbers that a condition wants, read from a live program: only the pages that they stand on are fetched.

import { availableParallelism } from 'node:os'
import { UserError } from '../../core/base/errors.ts'
import { type Condition, variableOf } from '../../core/engine/condition.ts'
import { memStatsOfHeapText } from '../../core/engine/memstats-json.ts'
import { parsePprofIndex } from '../../core/formats/proc/pprof-index.ts'
import { Cgroups } from '../proc/cgroup-files.ts'
import { procNames, procTextOrNone } from '../proc/read-proc.ts'
import { type LiveClient, StatusError } from './http-client.ts'
import { hasArguments, processOfServer } from './local-process.ts'
import { metricValues } from './prometheus.ts'
import { pageOf, type Target, varsPath } from './target.ts'

type Values = Map<string, number>

const PAGE_BYTES = 64 << 20
/** Ticks of /proc/PID/stat in a second: USER_HZ, 100 on every Linux that Node runs on. */
const TICKS = 100

/** Looks at one program again and again. */
export class Looks {
  private readonly target: Target
  private readonly client: LiveClient
  private readonly condition: Condition
  private readonly metricsPath: string
  private readonly cgroups = new Cgroups()
  private pid: number | undefined
  private askedPid = false
  private before: { readonly at: number; readonly values: ReadonlyMap<string, number> } | undefined

  constructor(target: Target, client: LiveClient, condition: Condition, metricsPath: string) {
    this.target = target
    this.client = client
    this.condition = condition
    this.metricsPath = metricsPath
    this.pid = target.pid
  }

  /** The values of the condition's variables, as far as the program tells them. Throws UserError if it does not answer. */
  async look(signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    const from = new Set(this.condition.names.map((name) => variableOf(name)!.from))
    const values: Values = new Map()
    if (from.has('process')) await this.process(values, signal)
    if (from.has('metrics')) await this.metrics(values, signal)
    if (from.has('memstats') || from.has('vars')) await this.vars(values, signal, from.has('memstats'))
    if (from.has('index')) await this.goroutines(values, signal)
    const now = performance.now()
    rates(values, this.before?.values, this.before === undefined ? 0 : (now - this.before.at) / 1000)
    this.before = { at: now, values }
    return values
  }

  /** Which variables the program does not tell, by a first look; those between two looks are judged by what they come from. */
  missing(values: ReadonlyMap<string, number>): string[] {
    const needs: Readonly<Record<string, readonly string[]>> = {
      alloc_rate: ['TotalAlloc'],
      gc_rate: ['NumGC'],
      cpu: ['cpu seconds', 'processors'],
      cores: ['cpu seconds'],
    }
    return this.condition.names.filter((name) => (needs[name] ?? [name]).some((n) => !values.has(n)))
  }

  private async goroutines(values: Values, signal: AbortSignal): Promise<void> {
    const index = await this.text('', '', signal)
    const count = index === undefined ? undefined : parsePprofIndex(index)?.get('goroutine')
    if (count !== undefined) values.set('goroutines', count)
    else {
      const text = await this.text('goroutine', 'debug=1', signal)
      const total = /^goroutine profile: total (\d+)/.exec(text ?? '')?.[1]
      if (total !== undefined) values.set('goroutines', Number(total))
    }
  }

  private async vars(values: Values, signal: AbortSignal, wantsStats: boolean): Promise<void> {
    const doc = parsed(await this.text(varsPath(this.target), '', signal))
    for (const name of this.condition.names) {
      if (!name.startsWith('vars.')) continue
      const value = memberAt(doc, name.slice(5).split('.'))
      if (value !== undefined) values.set(name, value)
    }
    if (!wantsStats) return
    const stats = isObject(doc?.memstats)
      ? doc.memstats
      : parsed(memStatsOfHeapText((await this.text('heap', 'debug=1', signal)) ?? ''))
    if (stats === undefined) return
    for (const [name, field] of MEMSTATS) {
      const value = stats[field]
      if (typeof value === 'number') values.set(name, value)
    }
    const pauses = stats.PauseNs
    const numGC = stats.NumGC
    if (Array.isArray(pauses) && typeof numGC === 'number' && pauses.length > 0)
      values.set('gc_pause', Number(pauses[(numGC + pauses.length - 1) % pauses.length]) / 1e9)
  }

  private async process(values: Values, signal: AbortSignal): Promise<void> {
    const pid = await this.localPid(signal)
    if (pid !== undefined) {
      this.ofProc(pid, values)
      return
    }
    const metrics = metricValues((await this.text(this.metricsPath, '', signal)) ?? '')
    for (const [name, metric] of METRICS) {
      const value = metrics.get(metric)
      if (value !== undefined) values.set(name, value)
    }
  }

  private async metrics(values: Values, signal: AbortSignal): Promise<void> {
    const metrics = metricValues((await this.text(this.metricsPath, '', signal)) ?? '')
    for (const name of this.condition.names) {
      const value = name.startsWith('metrics.') ? metrics.get(name.slice(8)) : undefined
      if (value !== undefined) values.set(name, value)
    }
  }

  private ofProc(pid: number, values: Values): void {
    const stat = procTextOrNone(`/proc/${pid}/stat`)
    if (stat === undefined) throw new UserError(`the process ${pid} has ended`)
    // Behind the name, which may hold anything: state is field 3, utime and stime are 14 and 15.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    values.set('cpu seconds', (Number(fields[11]) + Number(fields[12])) / TICKS)
    values.set('threads', Number(fields[17]))
    const quota = this.cgroups.limits(pid).cpus
    values.set('processors', Math.min(availableParallelism(), quota ?? Number.POSITIVE_INFINITY))
    const rss = /^VmRSS:\s+(\d+) kB/m.exec(procTextOrNone(`/proc/${pid}/status`) ?? '')?.[1]
    if (rss !== undefined) values.set('rss', Number(rss) * 1024)
    if (this.condition.names.includes('files'))
      try {
        values.set('files', procNames(`/proc/${pid}/fd`).length)
      } catch {
        // Another user's: then it stays unknown.
      }
  }

  private async localPid(signal: AbortSignal): Promise<number | undefined> {
    if (this.askedPid || this.pid !== undefined) return this.pid
    this.askedPid = true
    const { pid } = processOfServer(this.target.server)
    if (pid === undefined) return undefined
    const args = await this.text('cmdline', '', signal)
    if (args !== undefined && hasArguments(pid, args)) this.pid = pid
    return this.pid
  }

  /** Text of a page; undefined if the server has none. Throws UserError if it does not answer. */
  private async text(path: string, query: string, signal: AbortSignal): Promise<string | undefined> {
    const pieces: Uint8Array[] = []
    const sink = (chunk: Uint8Array): void => void pieces.push(chunk)
    try {
      await this.client.get(pageOf(this.target, path, query), {
        seconds: 0,
        maxBytes: PAGE_BYTES,
        signal,
        sink,
      })
    } catch (e) {
      if (e instanceof StatusError && e.status !== 401 && e.status !== 403) return undefined
      throw e
    }
    return Buffer.concat(pieces).toString('utf8')
  }
}

const MEMSTATS: readonly (readonly [name: string, field: string])[] = [
  ['heap_alloc', 'HeapAlloc'],
  ['heap_inuse', 'HeapInuse'],
  ['heap_idle', 'HeapIdle'],
  ['heap_released', 'HeapReleased'],
  ['heap_objects', 'HeapObjects'],
  ['stack_inuse', 'StackInuse'],
  ['next_gc', 'NextGC'],
  ['sys', 'Sys'],
  ['gc_cpu', 'GCCPUFraction'],
  ['TotalAlloc', 'TotalAlloc'],
  ['NumGC', 'NumGC'],
]

/** What Prometheus' collectors for processes and Go give (client_golang). */
const METRICS: readonly (readonly [name: string, metric: string])[] = [
  ['cpu seconds', 'process_cpu_seconds_total'],
  ['rss', 'process_resident_memory_bytes'],
  ['files', 'process_open_fds'],
  ['threads', 'go_threads'],
  ['processors', 'go_sched_gomaxprocs_threads'],
]

/** Adds what comes from two looks, `seconds` apart. */
function rates(values: Values, before: ReadonlyMap<string, number> | undefined, seconds: number): void {
  const per = (name: string): number | undefined => {
    const now = values.get(name)
    const then = before?.get(name)
    // A program that was started again begins at 0.
    return now === undefined || then === undefined || seconds <= 0 || now < then
      ? undefined
      : (now - then) / seconds
  }
  const set = (name: string, value: number | undefined): void => {
    if (value !== undefined) values.set(name, value)
  }
  set('alloc_rate', per('TotalAlloc'))
  set('gc_rate', per('NumGC'))
  const cores = per('cpu seconds')
  set('cores', cores)
  const processors = values.get('processors')
  if (cores !== undefined && processors !== undefined) set('cpu', cores / processors)
}

function parsed(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const doc: unknown = JSON.parse(text ?? '')
    return isObject(doc) ? doc : undefined
  } catch {
    return undefined
  }
}

function memberAt(doc: unknown, path: readonly string[]): number | undefined {
  let at: unknown = doc
  for (const name of path) at = isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined
  return typeof at === 'number' ? at : undefined
}

function isObject(v: unknown): v is Readonly<Record<string, unknown>> {
  return typeof v === 'object' && v !== null && !Array.isArray(v)
}
