// Events for tests, in words.

import {
  EVENT,
  type EventBlock,
  type EventSink,
  eventBlock,
  SCOPE,
  STATE,
  type TraceTables,
  traceTables,
} from '../../model/trace.ts'

/** Ids of an event's context; left out: none. */
export interface Context {
  readonly m?: number
  readonly p?: number
  readonly g?: number
  /** Functions of the main stack, leaf first. */
  readonly stack?: readonly string[]
}

type State = keyof typeof STATE

/** A trace that tests write event by event. Times are ns since its start and must increase. */
export class HandmadeTrace {
  readonly tables: TraceTables
  private readonly rows: EventBlock

  constructor(start = 1000n, capacity = 256) {
    this.tables = traceTables(26, start)
    this.rows = eventBlock(capacity)
  }

  /** Gives all events to sinks, in blocks of `size`. */
  feed(sinks: readonly EventSink[], size = 3): void {
    const { rows } = this
    for (let at = 0; at < rows.length; at += size) {
      const part = eventBlock(size)
      part.length = Math.min(size, rows.length - at)
      for (const key of [
        'kind',
        'time',
        'm',
        'p',
        'g',
        'stack',
        'res',
        'name',
        'extra',
        'from',
        'to',
        'x',
        'y',
        'z',
      ] as const)
        part[key].set(rows[key].subarray(at, at + part.length))
      for (const sink of sinks) sink.block(part, this.tables)
    }
  }

  sync(time: number, n: number): void {
    this.rows.x[this.add(EVENT.Sync, time, {})] = n
  }

  metric(time: number, name: string, value: number): void {
    const i = this.add(EVENT.Metric, time, {})
    this.rows.name[i] = this.string(name)
    this.rows.x[i] = value
  }

  procs(time: number, count: number): void {
    this.metric(time, '/sched/gomaxprocs:threads', count)
  }

  goroutine(
    time: number,
    g: number,
    from: State,
    to: State,
    context: Context & { reason?: string; created?: readonly string[] } = {},
  ): void {
    const i = this.add(EVENT.GoTransition, time, context)
    this.rows.res[i] = this.tables.goroutines.intern(g)
    this.rows.from[i] = STATE[from]
    this.rows.to[i] = STATE[to]
    this.rows.name[i] = this.string(context.reason ?? '')
    this.rows.extra[i] = context.created === undefined ? -1 : this.stack(context.created)
  }

  proc(time: number, p: number, from: State, to: State, context: Context = {}): void {
    const i = this.add(EVENT.ProcTransition, time, context)
    this.rows.res[i] = this.tables.procs.intern(p)
    this.rows.from[i] = STATE[from]
    this.rows.to[i] = STATE[to]
  }

  range(
    time: number,
    what: 'Begin' | 'Active' | 'End',
    name: string,
    context: Context & { scope?: 'g' | 'p'; of?: number; swept?: number; reclaimed?: number } = {},
  ): void {
    const i = this.add(EVENT[`Range${what}`], time, context)
    const { scope, of = -1 } = context
    this.rows.name[i] = this.string(name)
    this.rows.from[i] = scope === 'g' ? SCOPE.Goroutine : scope === 'p' ? SCOPE.Proc : SCOPE.None
    if (scope === 'g') this.rows.res[i] = this.tables.goroutines.intern(of)
    else if (scope === 'p') this.rows.res[i] = this.tables.procs.intern(of)
    this.rows.x[i] = context.swept ?? 0
    this.rows.y[i] = context.reclaimed ?? 0
  }

  label(time: number, g: number, label: string, context: Context = {}): void {
    const i = this.add(EVENT.Label, time, { g, ...context })
    this.rows.res[i] = this.tables.goroutines.intern(g)
    this.rows.name[i] = this.string(label)
  }

  log(time: number, task: number, category: string, message: string, context: Context): void {
    const i = this.add(EVENT.Log, time, context)
    this.rows.res[i] = this.tables.tasks.intern(task)
    this.rows.name[i] = this.string(category)
    this.rows.extra[i] = this.string(message)
  }

  sample(time: number, context: Context): void {
    this.add(EVENT.StackSample, time, context)
  }

  private add(kind: number, time: number, { m, p, g, stack }: Context): number {
    const { rows, tables } = this
    const i = rows.length++
    rows.kind[i] = kind
    rows.time[i] = time
    rows.m[i] = m === undefined ? -1 : tables.threads.intern(m)
    rows.p[i] = p === undefined ? -1 : tables.procs.intern(p)
    rows.g[i] = g === undefined ? -1 : tables.goroutines.intern(g)
    rows.stack[i] = stack === undefined ? 0 : this.stack(stack)
    rows.res[i] = -1
    return i
  }

  private stack(functions: readonly string[]): number {
    const { stacks } = this.tables
    const frames = functions.map((fn) =>
      stacks.internFrame(this.string(fn) * 16, this.string(fn), this.string('x.go'), 7),
    )
    return stacks.internStack(frames, 0, frames.length)
  }

  private string(s: string): number {
    return this.tables.strings.intern(s)
  }
}
