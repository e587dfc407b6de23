import { GrowU32 } from '../../../base/grow.ts'
import type { Int } from '../../../base/int64.ts'
import { compareText } from '../../../base/utf8.ts'
import type { ViewerEntry, ViewerSink } from './entry.ts'
import type { ViewerFrames } from './frames.ts'

/** One entry of `views` in the document of facts (facts.md, "Views"). Times and durations in ns. */
export interface ViewFacts {
  readonly events: number
  readonly counts: Record<string, number>
  readonly slices: Record<string, readonly [count: number, duration: number]>
  readonly stacks: number
  readonly endStacks: number
  readonly frames: number
  readonly first: number
  readonly last: number
  readonly names: readonly string[] | number
  readonly counterMax: Record<string, number>
}

/** More names than this are only counted. */
const MAX_NAMES = 40

/** Sums up a view. */
export class ViewerSummary implements ViewerSink {
  private frames: ViewerFrames | undefined
  private events = 0
  /** Character code of the phase -> name -> number of entries. */
  private readonly counts: (Map<string, { n: number }> | undefined)[] = []
  /** pid -> tid -> slices. */
  private readonly slices: Map<Int, { n: number; time: number }>[] = [new Map(), new Map(), new Map()]
  private stacks = 0
  private endStacks = 0
  private first = Number.POSITIVE_INFINITY
  private last = 0
  private readonly names = new Set<string>()
  private readonly counters = new Map<string, number[]>()
  private readonly counterNames = new Map<string, readonly string[]>()
  private readonly used = new NodeSet()

  begin(frames: ViewerFrames): void {
    this.frames = frames
  }

  entry(e: ViewerEntry): void {
    this.events++
    this.count(e.phase, e.group)
    if (e.phase === 'M') {
      if (e.argNames.names[0] === 'name') this.names.add(`${e.pid}/${e.tid} ${e.args[0]}`)
      return
    }
    const time = throughMicros(e.time)
    if (time < this.first) this.first = time
    if (time > this.last) this.last = time
    if (e.phase === 'X') this.slice(e)
    else if (e.phase === 'C') this.counter(e)
    if (e.stack !== 0) {
      this.stacks++
      this.used.add(e.stack, this.frames)
    }
    if (e.endStack !== 0) {
      this.endStacks++
      this.used.add(e.endStack, this.frames)
    }
  }

  facts(): ViewFacts {
    const counts: Record<string, number> = {}
    for (const [phase, names] of this.counts.entries())
      for (const [name, { n }] of names ?? []) {
        const key = `${String.fromCharCode(phase)} ${name.replace(/^G[0-9]+/, 'G#')}`
        counts[key] = (counts[key] ?? 0) + n
      }
    const slices: Record<string, readonly [number, number]> = {}
    for (const [pid, tids] of this.slices.entries())
      for (const [tid, { n, time }] of tids) slices[`${pid}/${tid}`] = [n, time]
    const counterMax: Record<string, number> = {}
    for (const [name, values] of this.counters)
      for (const [i, arg] of (this.counterNames.get(name) ?? []).entries())
        counterMax[`${name}.${arg}`] = values[i]
    const { events, stacks, endStacks, last } = this
    const first = Number.isFinite(this.first) ? this.first : 0
    const names = this.names.size > MAX_NAMES ? this.names.size : [...this.names].sort(compareText)
    return {
      events,
      counts,
      slices,
      stacks,
      endStacks,
      frames: this.used.size,
      first,
      last,
      names,
      counterMax,
    }
  }

  private count(phase: string, name: string): void {
    const code = phase.charCodeAt(0)
    while (this.counts.length <= code) this.counts.push(undefined)
    let names = this.counts[code]
    if (names === undefined) {
      names = new Map()
      this.counts[code] = names
    }
    const known = names.get(name)
    if (known === undefined) names.set(name, { n: 1 })
    else known.n++
  }

  private slice(e: ViewerEntry): void {
    const tids = this.slices[e.pid]
    const duration = throughMicros(e.duration)
    const known = tids.get(e.tid)
    if (known === undefined) tids.set(e.tid, { n: 1, time: duration })
    else {
      known.n++
      known.time += duration
    }
  }

  private counter(e: ViewerEntry): void {
    const { names } = e.argNames
    let values = this.counters.get(e.name)
    if (values === undefined) {
      values = names.map(() => 0)
      this.counters.set(e.name, values)
      this.counterNames.set(e.name, names)
    }
    for (let i = 0; i < names.length; i++) {
      const value = Number(e.args[i])
      if (value > values[i]) values[i] = value
    }
  }
}

/** Nodes of a view's frames that entries refer to, callers included. */
export class NodeSet {
  size = 0
  private readonly marks = new GrowU32(256)

  /** Adds a node and its callers. `added` is called for each that is new, leaf first. */
  add(node: number, frames: ViewerFrames | undefined, added?: (node: number) => void): void {
    if (frames === undefined) return
    while (this.marks.length < frames.count) this.marks.push(0)
    for (let at = node; at !== 0 && this.marks.a[at] === 0; at = frames.parent.a[at]) {
      this.marks.a[at] = 1
      this.size++
      added?.(at)
    }
  }

  has(node: number): boolean {
    return node < this.marks.length && this.marks.a[node] === 1
  }

  clear(): void {
    this.marks.a.fill(0)
    this.size = 0
  }
}

/** What becomes of nanoseconds that are written as microseconds: exact up to 2^50, rounded beyond. */
function throughMicros(ns: number): number {
  return Math.round((ns / 1000) * 1000)
}
