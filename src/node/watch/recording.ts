// `--record FILE` and `--replay FILE`: readings as JSON, one to a line.

import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import { isMetricName, type MetricName, type Values } from '../../core/analysis/live/metrics.ts'
import { UserError } from '../../core/base/errors.ts'
import { displayable } from '../../core/base/utf8.ts'
import { writeAll } from '../output.ts'
import { systemError } from '../system-error.ts'
import type { Reading, TargetFacts } from './watched-target.ts'

const SCHEMA = 'goscope.watch-record/1'
/** Some weeks of one target at one reading a second. */
const MOST_BYTES = 1 << 30

export interface RecordedTarget {
  readonly shown: string
  readonly program: string
  readonly goVersion: string
  readonly pid: number | undefined
}

/** What is in a recording: readings and marks in the order of time. */
export interface Recording {
  readonly intervalMs: number
  readonly targets: readonly RecordedTarget[]
  readonly readings: readonly (Reading & { readonly target: number })[]
  readonly marks: readonly Mark[]
  /** Lines that are damaged: the last one of a recording that was broken off. */
  readonly damaged: number
}

export interface Mark {
  readonly at: number
  readonly text: string
}

/** Writes each line at once: what was seen before a crash is there. */
export class Recorder {
  private readonly fd: number
  private readonly path: string
  private readonly intervalMs: number
  private told = ''

  /** Throws UserError if the file is there already or cannot be written. */
  constructor(path: string, intervalMs: number) {
    this.path = path
    this.intervalMs = intervalMs
    try {
      this.fd = openSync(path, 'wx')
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code === 'EEXIST')
        throw new UserError(`${path} is there already: a recording is not written over`)
      throw new UserError(systemError('open', path, e))
    }
  }

  /** Throws UserError, for a full disk. */
  add(targets: readonly TargetFacts[], readings: readonly Reading[]): void {
    const facts = targets.map((t) => ({
      shown: displayable(t.shown),
      program: displayable(t.program),
      goVersion: displayable(t.goVersion),
      pid: t.pid ?? null,
    }))
    const head = JSON.stringify({ schema: SCHEMA, intervalMs: this.intervalMs, targets: facts })
    // Anew when something has become known, such as the process.
    if (head !== this.told) this.line(head)
    this.told = head
    for (const [target, r] of readings.entries()) this.line(JSON.stringify(readingLine(target, r)))
  }

  mark(m: Mark): void {
    this.line(JSON.stringify({ at: m.at, mark: displayable(m.text) }))
  }

  close(): void {
    closeSync(this.fd)
  }

  private line(text: string): void {
    try {
      writeAll(this.fd, Buffer.from(`${text}\n`))
    } catch (e) {
      throw new UserError(systemError('write', this.path, e))
    }
  }
}

/** A reading as one line of JSON. */
export function readingLine(target: number, r: Reading): object {
  return {
    at: r.at,
    target,
    values: rounded(r.values),
    ...(r.silentMs > 0 && { silentMs: r.silentMs }),
    ...(r.problem !== '' && { problem: displayable(r.problem) }),
    ...(r.ended && { ended: true }),
  }
}

/** Six digits are more than any of these numbers is good for. */
function rounded(values: Values): Values {
  const out: { [name in MetricName]?: number } = {}
  for (const [name, value] of Object.entries(values))
    if (isMetricName(name)) out[name] = Number.isInteger(value) ? value : Number(value.toPrecision(6))
  return out
}

/** Reads a recording. Throws UserError. */
export function readRecording(path: string): Recording {
  let text: string
  try {
    if (statSync(path).size > MOST_BYTES) throw new UserError(`${path}: larger than ${MOST_BYTES} bytes`)
    text = readFileSync(path, 'utf8')
  } catch (e) {
    if (e instanceof UserError) throw e
    throw new UserError(systemError('open', path, e))
  }
  return parseRecording(text, path)
}

/** The same from text; `name` is for errors. Throws UserError. */
export function parseRecording(text: string, name: string): Recording {
  let targets: readonly RecordedTarget[] = []
  let intervalMs = 0
  let damaged = 0
  const readings: (Reading & { target: number })[] = []
  const marks: Mark[] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    const doc = parseObject(line)
    if (doc === undefined) damaged++
    else if (doc.schema !== undefined) {
      if (doc.schema !== SCHEMA)
        throw new UserError(`${name}: ${String(doc.schema)} is no recording that this goscope reads`)
      intervalMs = Number(doc.intervalMs) || 1000
      targets = Array.isArray(doc.targets) ? doc.targets.map(targetOfLine) : []
    } else if (typeof doc.mark === 'string') marks.push({ at: Number(doc.at), text: doc.mark })
    else {
      const reading = readingOfLine(doc)
      if (reading === undefined || reading.target >= targets.length) damaged++
      else readings.push(reading)
    }
  }
  if (targets.length === 0) throw new UserError(`${name}: no recording of goscope watch (--record)`)
  return { intervalMs, targets, readings, marks, damaged }
}

function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const doc: unknown = JSON.parse(line)
    return typeof doc === 'object' && doc !== null ? (doc as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function targetOfLine(doc: unknown): RecordedTarget {
  const t = (typeof doc === 'object' && doc !== null ? doc : {}) as Readonly<Record<string, unknown>>
  const text = (v: unknown): string => (typeof v === 'string' ? v : '')
  return {
    shown: text(t.shown),
    program: text(t.program),
    goVersion: text(t.goVersion),
    pid: typeof t.pid === 'number' ? t.pid : undefined,
  }
}

function readingOfLine(doc: Readonly<Record<string, unknown>>): (Reading & { target: number }) | undefined {
  const { at, target, values } = doc
  if (typeof at !== 'number' || typeof target !== 'number' || typeof values !== 'object' || values === null)
    return undefined
  const numbers: { [name in MetricName]?: number } = {}
  for (const [name, v] of Object.entries(values))
    if (isMetricName(name) && typeof v === 'number') numbers[name] = v
  return {
    at,
    target,
    values: numbers,
    problem: typeof doc.problem === 'string' ? doc.problem : '',
    silentMs: typeof doc.silentMs === 'number' ? doc.silentMs : 0,
    ended: doc.ended === true,
  }
}
