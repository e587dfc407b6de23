// Viewer data as JSON in the Trace Event format: what /jsontrace answers and what Chromium's viewer,
// Perfetto and speedscope open.

import type { ViewerEntry, ViewerSink } from '../../analysis/trace/viewer/entry.ts'
import type { ViewerFrames } from '../../analysis/trace/viewer/frames.ts'
import { NodeSet } from '../../analysis/trace/viewer/summary.ts'
import type { Int } from '../../base/int64.ts'
import { byteLength } from '../../base/utf8.ts'

/** Characters that are gathered before they are handed on. */
const CHUNK = 1 << 16

/**
 * Writes a view as one JSON document, piece by piece. `start` and `end` select by index among the entries
 * that are no metadata, inclusive (the ranges of a split trace). Call `finish` after the view's.
 */
export class ViewerJson implements ViewerSink {
  private readonly write: (text: string) => void
  private readonly start: number
  private readonly end: number
  private frames: ViewerFrames | undefined
  private readonly used = new NodeSet()
  private readonly texts = new Texts<string>((text) => quoted(text))
  private out = '{"displayTimeUnit":"ns"\n,'
  private index = -1
  private written = 0

  constructor(write: (text: string) => void, start = 0, end = Number.POSITIVE_INFINITY) {
    this.write = write
    this.start = start
    this.end = end
  }

  begin(frames: ViewerFrames): void {
    this.frames = frames
  }

  entry(e: ViewerEntry): void {
    this.index++
    if (e.phase !== 'M' && (this.index < this.start || this.index > this.end)) return
    this.used.add(e.stack, this.frames)
    this.used.add(e.endStack, this.frames)
    this.out += this.written++ === 0 ? '"traceEvents": [' : ','
    this.out += this.json(e)
    if (this.out.length >= CHUNK) this.flush()
  }

  finish(): void {
    if (this.written === 0) this.out += '"traceEvents": ['
    this.out += '], "stackFrames":{'
    const { frames } = this
    let separator = ''
    for (const node of this.usedNodes()) {
      const parent = frames?.parent.a[node] ?? 0
      const name = quoted(frames?.name(node) ?? '')
      this.out += `${separator}"${node}":{"name":${name}${parent === 0 ? '' : `,"parent":${parent}`}}`
      separator = ','
      if (this.out.length >= CHUNK) this.flush()
    }
    this.out += '}\n}'
    this.flush()
  }

  /** In the order of their numbers as texts, which is how Go writes maps. */
  private usedNodes(): number[] {
    const nodes: string[] = []
    for (let node = 1; node < (this.frames?.count ?? 0); node++)
      if (this.used.has(node)) nodes.push(`${node}`)
    return nodes.sort().map(Number)
  }

  private json(e: ViewerEntry): string {
    let s = e.name === '' ? '{' : `{"name":${this.texts.get(e.name)},`
    s += `"ph":"${e.phase}"`
    if (e.scope !== '') s += `,"s":"${e.scope}"`
    s += `,"ts":${e.time / 1000}`
    if (e.duration !== 0) s += `,"dur":${e.duration / 1000}`
    s += `,"pid":${e.pid},"tid":${e.tid}`
    if (e.id !== 0) s += `,"id":${e.id}`
    if (e.stack !== 0) s += `,"sf":${e.stack}`
    if (e.endStack !== 0) s += `,"esf":${e.endStack}`
    const { names } = e.argNames
    if (names.length !== 0) {
      let separator = ',"args":{'
      for (let i = 0; i < names.length; i++) {
        if (omitted(e, i)) continue
        const value = e.args[i]
        s += `${separator}"${names[i]}":${typeof value === 'string' ? this.texts.get(value) : value}`
        separator = ','
      }
      s += separator === ',' ? '}' : ',"args":{}'
    }
    if (e.color !== '') s += `,"cname":"${e.color}"`
    if (e.category !== '') s += `,"cat":"${e.category}"`
    return `${s}}\n`
  }

  private flush(): void {
    this.write(this.out)
    this.out = ''
  }
}

/** Measures entries as `ViewerJson` writes them, in bytes and without writing them. */
export function entryMeter(): (e: ViewerEntry) => number {
  const texts = new Texts<number>((text) => byteLength(quoted(text)))
  return (e) => {
    // `{"ph":"X","ts":`, `,"pid":N,"tid":`, `}` and the line feed.
    let n = 32 + micros(e.time) + digits(e.tid)
    if (e.name !== '') n += 8 + texts.get(e.name)
    if (e.scope !== '') n += 7 + e.scope.length
    if (e.duration !== 0) n += 7 + micros(e.duration)
    if (e.id !== 0) n += 6 + digits(e.id)
    if (e.stack !== 0) n += 6 + digits(e.stack)
    if (e.endStack !== 0) n += 7 + digits(e.endStack)
    const { names } = e.argNames
    if (names.length !== 0) {
      let some = false
      n += 9
      for (let i = 0; i < names.length; i++) {
        if (omitted(e, i)) continue
        const value = e.args[i]
        n += 4 + names[i].length + (typeof value === 'string' ? texts.get(value) : digits(value))
        some = true
      }
      n += some ? 0 : 1
    }
    if (e.color !== '') n += 11 + e.color.length
    if (e.category !== '') n += 9 + e.category.length
    return n
  }
}

function omitted(e: ViewerEntry, arg: number): boolean {
  return arg >= e.argNames.optional && e.args[arg] === 0
}

/** JSON text of a string; `<`, `>` and `&` are escaped, so that it may stand in a page. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** More than there are goroutines in most traces: all of them have names. */
const MAX_TEXTS = 1 << 18

/** What was computed of a text; names repeat, messages of logs may not. */
class Texts<T> {
  private readonly known = new Map<string, T>()
  private readonly make: (text: string) => T

  constructor(make: (text: string) => T) {
    this.make = make
  }

  get(text: string): T {
    let value = this.known.get(text)
    if (value === undefined) {
      if (this.known.size >= MAX_TEXTS) this.known.clear()
      value = this.make(text)
      this.known.set(text, value)
    }
    return value
  }
}

/** Length of the decimal text of an integer. */
function digits(v: Int): number {
  if (typeof v === 'bigint' || v < 0 || v >= 1e15) return `${v}`.length
  let n = 1
  for (let limit = 10; v >= limit; limit *= 10) n++
  return n
}

/** Length of the text of a time in microseconds, given in whole nanoseconds. */
function micros(ns: number): number {
  if (ns < 1000 || ns >= 1e15) return `${ns / 1000}`.length
  const rest = ns % 1000
  return digits(Math.floor(ns / 1000)) + (rest === 0 ? 0 : rest % 10 !== 0 ? 4 : rest % 100 !== 0 ? 3 : 2)
}
