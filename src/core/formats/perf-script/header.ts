// The line that starts a sample of `perf script`.
//
// What it holds depends on `-F`, on the kind of event and on the version (tools/perf/builtin-script.c
// of Linux, perf_sample__fprintf_start and process_event); in order:
//
//   comm  pid/tid | pid | tid  [cpu]  flags  date and time of day  time:  period  event:
//
// followed by text of a tracepoint, or by the frame itself if no call chains were recorded. Anything
// may be absent, a comm may have blanks and numbers in it, and an event is any text without blanks. So
// the parts are found from those that cannot be mistaken outwards: the time, or else the event.

import { type Int, toInt } from '../../base/int64.ts'

/** A header's parts. Numbers that are absent are -1. The time is in two parts, because ns since 1970 do not fit a double. */
export interface Header {
  comm: string
  pid: number
  tid: number
  seconds: number
  nanos: number
  period: Int
  /** As written, without its colon; '' if absent. */
  event: string
  /** Where the text after the event (or what comes last before it) starts in the line. */
  rest: number
}

// 11 digits of seconds are more than the wall clock has; ids are int32.
const TIME = /^(\d{1,11})\.(\d{1,9}):$/
const IDS = /^(-?\d{1,10})(?:\/(-?\d{1,10}))?$/
const CPU = /^\[\d+\]$/
const DATE = /^\d{4}-\d\d-\d\d$/
const CLOCK = /^\d\d:\d\d:\d\d\.\d+$/
/** perf script -F misc, and the interrupt flags of `--latency`-like output. */
const FLAGS = /^[A-Za-z.#]{1,6}$/
const DIGITS = /^\d{1,20}$/

/** Width of the field that periods are padded to ("%10lu"); ids are padded to 7 at most. */
const PERIOD_WIDTH = 10

/** Longest name of a thread: TASK_COMM_LEN of Linux, less the final 0. */
export const MAX_COMM = 15

interface Token {
  readonly text: string
  readonly from: number
  readonly to: number
}

// Headers are short; what follows them (tracepoints) may not be, and is not looked at.
const MAX_TOKENS = 40

function tokens(line: string): Token[] {
  const out: Token[] = []
  const word = /\S+/g
  for (let m = word.exec(line); m !== null && out.length < MAX_TOKENS; m = word.exec(line)) {
    out.push({ text: m[0], from: m.index, to: m.index + m[0].length })
  }
  return out
}

/** Parses a header line; null if it has neither a time nor an event with something before it. */
export function parseHeader(line: string): Header | null {
  const t = tokens(line)
  const time = t.findIndex((x) => TIME.test(x.text))
  return time >= 0 ? withTime(line, t, time) : withoutTime(line, t)
}

function withTime(line: string, t: readonly Token[], time: number): Header {
  const m = TIME.exec(t[time].text)!
  const h = emptyHeader(t[time].to)
  h.seconds = Number(m[1])
  h.nanos = Number(m[2].padEnd(9, '0'))
  let i = time + 1
  if (i < t.length && DIGITS.test(t[i].text) && (i + 1 === t.length || isEvent(t[i + 1].text))) {
    h.period = exact(t[i].text)
    h.rest = t[i].to
    i++
  }
  if (i < t.length && isEvent(t[i].text)) {
    h.event = t[i].text.slice(0, -1)
    h.rest = t[i].to
  }
  before(h, line, t, time)
  return h
}

/** Fills in what stands before token `end`: comm, ids, cpu, flags, date. */
function before(h: Header, line: string, t: readonly Token[], end: number): void {
  let i = end - 1
  if (i >= 1 && CLOCK.test(t[i].text) && DATE.test(t[i - 1].text)) i -= 2
  // Flags are letters, as a comm is: only what stands before them tells.
  if (i >= 1 && FLAGS.test(t[i].text) && (CPU.test(t[i - 1].text) || (i >= 2 && IDS.test(t[i - 1].text)))) i--
  if (i >= 0 && CPU.test(t[i].text)) i--
  if (i >= 0) {
    const m = IDS.exec(t[i].text)
    if (m !== null) {
      ids(h, m)
      i--
    }
  }
  if (i >= 0) h.comm = line.slice(t[0].from, t[i].to)
}

function ids(h: Header, m: RegExpExecArray): void {
  // One number alone is the thread: perf prints comm,tid unless told otherwise.
  if (m[2] === undefined) h.tid = Number(m[1])
  else {
    h.pid = Number(m[1])
    h.tid = Number(m[2])
  }
}

/** `-F comm,tid,event` and the like: the event is the first word with a colon that has ids, cpu or period before it. */
function withoutTime(line: string, t: readonly Token[]): Header | null {
  for (let i = 0; i < t.length; i++) {
    if (!isEvent(t[i].text)) continue
    const h = emptyHeader(t[i].to)
    h.event = t[i].text.slice(0, -1)
    let end = i
    const last = end > 0 ? t[end - 1] : undefined
    if (last !== undefined && DIGITS.test(last.text)) {
      const field = last.to - (end > 1 ? t[end - 2].to + 1 : 0)
      if (field >= PERIOD_WIDTH || (end > 1 && IDS.test(t[end - 2].text))) {
        h.period = exact(last.text)
        end--
      }
    }
    before(h, line, t, end)
    // "word event:" alone is how anything is written.
    if (h.tid < 0 && h.period === -1) return null
    return h
  }
  return null
}

/**
 * What a header without time and ids leaves: `-F comm,ip`, `-F comm,event,ip`, `-F comm,pid,period,ip`.
 * Any words look like that, so the caller must know that a frame follows. Null if the name is too
 * long for a thread's.
 */
export function parseBareHeader(line: string): Header | null {
  const t = tokens(line)
  const h = emptyHeader(line.length)
  let end = t.length
  if (end > 0 && isEvent(t[end - 1].text)) h.event = t[--end].text.slice(0, -1)
  if (end > 1 && DIGITS.test(t[end - 1].text) && t[end - 1].to - t[end - 2].to > PERIOD_WIDTH) {
    h.period = exact(t[--end].text)
  }
  before(h, line, t, end)
  return h.comm.length <= MAX_COMM ? h : null
}

/** An event's name and colon. Names have a letter; a colon alone or a clock has none. */
function isEvent(text: string): boolean {
  return text.length > 1 && text.endsWith(':') && /[A-Za-z]/.test(text)
}

/** perf's periods are uint64, a profile's values int64. */
function exact(digits: string): Int {
  const v = Number(digits)
  return Number.isSafeInteger(v) ? v : toInt(BigInt.asIntN(64, BigInt(digits)))
}

export function emptyHeader(rest: number): Header {
  return { comm: '', pid: -1, tid: -1, seconds: -1, nanos: 0, period: -1, event: '', rest }
}
