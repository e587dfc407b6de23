// Text of Linux `perf script` to a profile.
//
// 1. Lines are told apart: blank, comment, frame, position of a frame, start of a sample.
// 2. Frames that belong together (inlined functions, the function they are in, their positions) are
//    adjacent lines. Their bytes are interned as they stand, and parsed when they are new: a file
//    has few different ones.
// 3. Samples are kept in columns until the end, because every sample has a value for every event, and
//    which events there are is known only then.

import { DecodeError } from '../../base/errors.ts'
import { GrowU32 } from '../../base/grow.ts'
import { type Int, Int64Builder } from '../../base/int64.ts'
import { Strings } from '../../base/strings.ts'
import { decodeUtf8 } from '../../base/utf8.ts'
import { MAPPING_HAS } from '../../model/profile.ts'
import { type Label, ProfileBuilder } from '../../model/profile-builder.ts'
import { bomLength, utf8Input } from '../folded/text-input.ts'
import { type Decoded, ProblemLog } from '../format.ts'
import { addPosition, type Frame, hexDigit, parseFrame } from './frame-line.ts'
import { emptyHeader, type Header, MAX_COMM, parseBareHeader, parseHeader } from './header.ts'

const FORMAT = 'perf-script'
const LF = 10
const CR = 13
const TAB = 9
const SPACE = 32
const HASH = 35

/** Every sample has a value for each of so many events; with more of them, the event is a label instead. */
const MAX_EVENTS = 32
/** Bytes of a line that are looked at: longer ones are texts of tracepoints. */
const MAX_LINE = 4096

/**
 * Decodes the output of `perf script`. One sample for each of perf's, in order. Sample types are
 * named after the events as perf writes them ("cpu-clock:pppH"); values are the periods, or 1 where
 * the text has none; the unit is nanoseconds for cpu-clock and task-clock with periods, else count. Labels are comm, pid and tid.
 * Addresses stay as printed. Lines that cannot be read are reported, and a sample whose first line is
 * one of them is left out. Throws DecodeError if there is no sample at all.
 */
export function decodePerfScript(input: Uint8Array): Decoded {
  const bytes = utf8Input(FORMAT, input)
  const d = new PerfScriptDecoder(bytes)
  d.lines(bomLength(bytes))
  return d.end()
}

interface EventColumn {
  readonly name: string
  samples: number
  /** Samples with a period. */
  periods: number
  /** The period if all samples have the same; -1 if not. */
  samePeriod: Int
}

/** Frames of one location as parsed: inlined ones first, the function they are in last. */
type Group = readonly Frame[]

class PerfScriptDecoder {
  private readonly bytes: Uint8Array
  private readonly problems = new ProblemLog()
  private firstBad = -1

  private readonly groupText = new Strings()
  /** Id in groupText -> index in `groups` + 1. */
  private readonly groupOf: number[] = []
  private readonly groups: Group[] = []

  private readonly events = new Map<string, number>()
  private readonly event: EventColumn[] = []
  private readonly labelsOf = new Map<string, number>()
  private readonly labels: Label[][] = []

  private readonly sampleStart = new GrowU32(1024)
  private readonly sampleEvent = new GrowU32(1024)
  private readonly sampleLabels = new GrowU32(1024)
  private readonly sampleWeight = new Int64Builder(1024)
  /** Indexes of `groups`, leaf first. */
  private readonly frame = new GrowU32(8192)

  /** Second of the first sample with a time, and the least and greatest time in ns since then. */
  private second = -1
  private firstTime = Number.POSITIVE_INFINITY
  private lastTime = Number.NEGATIVE_INFINITY
  /** What frame lines belong to: nothing yet, a sample, or something that is left out. */
  private state: 'none' | 'sample' | 'skipped' = 'none'
  /** Start of frame lines whose last function is inlined, -1 if there are none. */
  private pending = -1

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  lines(begin: number): void {
    const b = this.bytes
    for (let at = begin; at < b.length; ) {
      const from = at
      let to = b.indexOf(LF, at)
      if (to < 0) to = b.length
      at = to + 1
      to = trimEnd(b, from, to)
      if (to === from) {
        this.flush(from)
        this.state = 'none'
        continue
      }
      const c = b[from]
      if (c === HASH) continue
      if (c === TAB || c === SPACE) at = this.indented(from, to, at)
      else this.sampleLine(from, to, at)
    }
    this.flush(b.length)
  }

  /** A line that starts with a blank. Returns where the next line to look at starts. */
  private indented(from: number, to: number, next: number): number {
    const b = this.bytes
    let text = from
    while (text < to && (b[text] === SPACE || b[text] === TAB)) text++
    // Names of threads such as "dd" and "cafe" look like addresses; a tab never stands before a name.
    if (b[from] === SPACE && this.header(from, to, from)) return next
    if (!startsWithAddress(b, text, to)) {
      // More of a position, registers, data addresses: what -F can add is endless.
      this.bad('line is neither a sample nor a frame', from)
      return next
    }
    if (this.state === 'none') this.beginSample(emptyHeader(0), from)
    return this.frameLine(text, to, next)
  }

  /** A frame at b[from, to), and its position if that follows. Returns where the next line starts. */
  private frameLine(from: number, to: number, next: number): number {
    const b = this.bytes
    let end = to
    let after = next
    // A position has exactly two blanks before it; nothing else has.
    if (next + 2 < b.length && b[next] === SPACE && b[next + 1] === SPACE && b[next + 2] > SPACE) {
      let lineEnd = b.indexOf(LF, next)
      if (lineEnd < 0) lineEnd = b.length
      after = lineEnd + 1
      end = trimEnd(b, next, lineEnd)
    }
    // perf can mark the outermost function of an address as inlined too; the next one is then a caller.
    if (this.pending >= 0 && !sameAddress(b, this.pending, from)) this.flush(from)
    if (this.pending < 0) this.pending = from
    if (!endsInInlined(b, from, end)) this.flush(end)
    return after
  }

  /** Ends a group of frame lines at `end`. */
  private flush(end: number): void {
    if (this.pending < 0) return
    const from = this.pending
    this.pending = -1
    if (this.state !== 'sample') return
    const id = this.groupText.internBytes(this.bytes, from, trimEnd(this.bytes, from, end))
    let group = this.groupOf[id] ?? 0
    if (group === 0) {
      while (this.groupOf.length <= id) this.groupOf.push(0)
      this.groups.push(this.parseGroup(id, from))
      group = this.groups.length
      this.groupOf[id] = group
    }
    this.frame.push(group - 1)
  }

  private parseGroup(id: number, offset: number): Group {
    const group: Frame[] = []
    for (const line of decodeUtf8(this.groupText.bytesOf(id)).split('\n')) {
      const frame = /^ {2}\S/.test(line) ? null : parseFrame(line.trim())
      if (frame !== null) group.push(frame)
      else if (group.length > 0) addPosition(group[group.length - 1], line)
    }
    if (group.length === 0) this.bad('frame cannot be read', offset)
    return group
  }

  /** A line that starts at the margin: a sample, or what is none. */
  private sampleLine(from: number, to: number, next: number): void {
    this.flush(from)
    if (this.header(from, to, from)) return
    const b = this.bytes
    // Frames whose indentation was lost in a copy.
    if (this.state !== 'none' && startsWithAddress(b, from, to)) {
      this.frameLine(from, to, b.length)
      return
    }
    // Only a frame on the next line tells a bare name from any other text.
    if (to - from <= MAX_LINE && b[next] === TAB) {
      const h = parseBareHeader(decodeUtf8(b.subarray(from, to)))
      if (h !== null) {
        this.beginSample(h, from)
        return
      }
    }
    this.state = 'skipped'
    this.bad('line is neither a sample nor a frame', from)
  }

  /** Takes a line as the start of a sample; false if it is none. */
  private header(from: number, to: number, offset: number): boolean {
    const line = decodeUtf8(this.bytes.subarray(from, Math.min(to, from + MAX_LINE)))
    const h = parseHeader(line)
    if (h === null) return false
    this.flush(from)
    // perf script --show-mmap-events and the like: no samples.
    if (
      h.event.startsWith('PERF_RECORD_') ||
      / PERF_RECORD_[A-Z_0-9]+/.test(line.slice(h.rest, h.rest + 40))
    ) {
      this.state = 'skipped'
      return true
    }
    this.beginSample(h, offset)
    this.frameOnSameLine(line, h.rest)
    return true
  }

  /** Without call chains the frame follows the event: "event:  address symbol (binary)". */
  private frameOnSameLine(line: string, rest: number): void {
    const m = /^ *([0-9a-f]{1,16})(?= |$)/.exec(line.slice(rest))
    // perf pads the address to 16 digits; the text of a tracepoint may well start with "add".
    if (m === null || m[0].length < 16) return
    const frame = parseFrame(line.slice(rest).trim())
    if (frame === null) return
    const text = this.groupText.intern(line.slice(rest).trim())
    while (this.groupOf.length <= text) this.groupOf.push(0)
    if (this.groupOf[text] === 0) {
      this.groups.push([frame])
      this.groupOf[text] = this.groups.length
    }
    this.frame.push(this.groupOf[text] - 1)
  }

  private beginSample(h: Header, offset: number): void {
    this.state = 'sample'
    let event = this.events.get(h.event)
    if (event === undefined) {
      event = this.event.length
      if (event > 1 << 20)
        throw new DecodeError(FORMAT, offset, 'the text has more than a million kinds of events')
      this.events.set(h.event, event)
      this.event.push({ name: h.event, samples: 0, periods: 0, samePeriod: h.period })
    }
    const e = this.event[event]
    e.samples++
    if (h.period !== -1) e.periods++
    if (h.period !== e.samePeriod) e.samePeriod = -1
    this.sampleStart.push(this.frame.length)
    this.sampleEvent.push(event)
    this.sampleLabels.push(this.labelSet(h))
    this.sampleWeight.push(h.period === -1 ? 1 : h.period)
    if (h.seconds < 0) return
    if (this.second < 0) this.second = h.seconds
    const time = (h.seconds - this.second) * 1e9 + h.nanos
    if (time < this.firstTime) this.firstTime = time
    if (time > this.lastTime) this.lastTime = time
  }

  private labelSet(h: Header): number {
    const key = `${h.pid} ${h.tid} ${h.comm}`
    const known = this.labelsOf.get(key)
    if (known !== undefined) return known
    const labels: Label[] = []
    if (h.comm !== '') labels.push({ key: 'comm', text: h.comm })
    if (h.pid >= 0) labels.push({ key: 'pid', num: h.pid })
    if (h.tid >= 0) labels.push({ key: 'tid', num: h.tid })
    this.labels.push(labels)
    // Only a cache: V8 allows a Map 2^24 entries.
    if (this.labelsOf.size > 1 << 20) this.labelsOf.clear()
    this.labelsOf.set(key, this.labels.length - 1)
    return this.labels.length - 1
  }

  private bad(message: string, offset: number): void {
    this.problems.add(message, offset)
    if (this.firstBad < 0) this.firstBad = offset
  }

  end(): Decoded {
    const samples = this.sampleStart.length
    if (samples === 0) {
      const message =
        this.firstBad < 0
          ? 'the text holds no samples'
          : 'no line starts a sample, as "comm pid time: event:" does'
      throw new DecodeError(FORMAT, Math.max(this.firstBad, 0), message)
    }
    const b = new ProfileBuilder()
    const locations = this.addLocations(b)
    const asLabel = this.event.length > MAX_EVENTS
    if (asLabel) {
      b.sampleTypes = [{ type: 'events', unit: 'count' }]
      this.problems.add(
        `more than ${MAX_EVENTS} kinds of events: samples count 1 and carry the label event`,
        -1,
      )
    } else {
      b.sampleTypes = this.event.map((e) => ({ type: e.name === '' ? 'samples' : e.name, unit: unitOf(e) }))
      b.periodType = b.sampleTypes[0]
      b.period = this.event[0].samePeriod === -1 ? 0 : this.event[0].samePeriod
    }
    const duration = this.lastTime - this.firstTime
    b.durationNanos = duration > 0 && Number.isSafeInteger(duration) ? duration : 0
    const values: Int[] = b.sampleTypes.map(() => 0)
    const stack: number[] = []
    for (let sample = 0; sample < samples; sample++) {
      const to = sample + 1 < samples ? this.sampleStart.a[sample + 1] : this.frame.length
      stack.length = 0
      for (let i = this.sampleStart.a[sample]; i < to; i++) {
        const row = locations[this.frame.a[i]]
        if (row !== 0) stack.push(row)
      }
      const event = this.sampleEvent.a[sample]
      const labels = this.labels[this.sampleLabels.a[sample]]
      if (asLabel) {
        b.addSample(stack, [1], [...labels, { key: 'event', text: this.event[event].name }])
        continue
      }
      values[event] = this.sampleWeight.get(sample)
      b.addSample(stack, values, labels)
      values[event] = 0
    }
    return { profile: b.done(), problems: this.problems.done() }
  }

  /** Group -> location row; 0 for a group that could not be read. */
  private addLocations(b: ProfileBuilder): Uint32Array {
    const mappings = this.addMappings(b)
    const fnOf = new Strings()
    const fns: number[] = [0]
    return Uint32Array.from(this.groups, (group) => {
      if (group.length === 0) return 0
      const outer = group[group.length - 1]
      const lines = group
        .filter((f) => f.symbol !== '')
        .map((f) => {
          const key = fnOf.intern(`${f.symbol}\0${f.file}`)
          fns[key] ??= b.addFunction(f.symbol, { filename: f.file })
          return { fn: fns[key], line: f.line }
        })
      return b.addLocation({ address: outer.address, mapping: mappings.get(outer.binary) ?? 0, lines })
    })
  }

  /** Binary -> mapping row. The main binary must be row 1, and no line says which it is. */
  private addMappings(b: ProfileBuilder): Map<string, number> {
    const symbolized = new Map<string, boolean>()
    for (const group of this.groups) {
      const outer = group[group.length - 1]
      if (outer === undefined || outer.binary === '') continue
      const has = symbolized.get(outer.binary) ?? false
      symbolized.set(outer.binary, has || outer.symbol !== '')
    }
    const binaries = [...symbolized.keys()]
    const comms = new Set(this.labels.map((l) => (l.length > 0 && 'text' in l[0] ? l[0].text : '')))
    const named = binaries.find((x) => x.startsWith('/') && comms.has(commOf(x)))
    const main = named ?? binaries.find((x) => x.startsWith('/') && !/\.(?:so|ko|map)\b/.test(x))
    const ordered = main === undefined ? binaries : [main, ...binaries.filter((x) => x !== main)]
    const rows = new Map<string, number>()
    for (const file of ordered) {
      rows.set(file, b.addMapping({ file, has: symbolized.get(file) ? MAPPING_HAS.functions : 0 }))
    }
    return rows
  }
}

/** What the kernel makes the name of a thread that runs this binary. */
function commOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1, path.lastIndexOf('/') + 1 + MAX_COMM)
}

function unitOf(e: EventColumn): string {
  const clock = /^(?:cpu|task)-clock(?::|$)/.test(e.name)
  return clock && e.periods === e.samples ? 'nanoseconds' : 'count'
}

function trimEnd(b: Uint8Array, from: number, to: number): number {
  let end = to
  while (end > from && (b[end - 1] === SPACE || b[end - 1] === TAB || b[end - 1] === CR || b[end - 1] === LF))
    end--
  return end
}

/** 1 to 16 hex digits and then a blank or the end. */
function startsWithAddress(b: Uint8Array, from: number, to: number): boolean {
  let p = from
  while (p < to && p - from < 17 && hexDigit(b[p]) >= 0) p++
  return p > from && p - from <= 16 && (p === to || b[p] === SPACE)
}

/** True if the hex digits at b[x] and b[y], each followed by a blank or a line end, are the same. */
function sameAddress(b: Uint8Array, x: number, y: number): boolean {
  let k = 0
  while (hexDigit(b[x + k]) >= 0 && b[x + k] === b[y + k]) k++
  return !(hexDigit(b[x + k]) >= 0) && !(hexDigit(b[y + k]) >= 0)
}

const INLINED = ' (inlined)'

function endsInInlined(b: Uint8Array, from: number, to: number): boolean {
  if (to - from < INLINED.length) return false
  for (let i = 0; i < INLINED.length; i++) {
    if (b[to - INLINED.length + i] !== INLINED.charCodeAt(i)) return false
  }
  return true
}
