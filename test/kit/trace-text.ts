// Traces for tests: v2 traces written as readable lines, and their events as lines again.

import { utc } from '../../src/core/base/go-time.ts'
import { decodeUtf8 } from '../../src/core/base/utf8.ts'
import { readTrace } from '../../src/core/formats/trace/read-trace.ts'
import type { ReadOptions, TraceEnd } from '../../src/core/formats/trace/trace-end.ts'
import { EVENT_SPECS, type EventSpec } from '../../src/core/formats/trace/v2/events.ts'
import type { EventSink } from '../../src/core/model/trace.ts'
import { ParsedText } from '../../src/core/reports/trace/parsed.ts'

const SPECS = new Map(EVENT_SPECS.flatMap((s) => (s === undefined ? [] : [[s.name, s] as const])))

/** Bytes of a varint; negative numbers are taken modulo 2^64. */
export function varint(value: number | bigint): number[] {
  const out: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  for (; rest >= 0x80n; rest >>= 7n) out.push(Number(rest & 0x7fn) | 0x80)
  out.push(Number(rest))
  return out
}

/**
 * A v2 trace from lines as `go tool trace -d=wire` prints them: `Trace Go1.NN`, then one line per event,
 * below a Stack one per frame and below a String its `data="…"`. What is left out is filled in: the size of a
 * batch, the number of a stack's frames, `dt=1`, and 0 for all other arguments. -1 is 2^64-1. A line `raw 1 2 0xff`
 * is these bytes.
 */
export function traceBytes(text: string): Uint8Array {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const minor = /^Trace Go1\.(\d+)$/.exec(lines[0])?.[1]
  if (minor === undefined) throw new Error(`not a header: ${lines[0]}`)
  const out = [...new TextEncoder().encode(`go 1.${minor} trace\0\0\0`)]
  let batch: { head: number[]; data: number[] } | undefined
  const close = (): void => {
    if (batch !== undefined) out.push(...batch.head, ...varint(batch.data.length), ...batch.data)
    batch = undefined
  }
  for (let i = 1; i < lines.length; i++) {
    const [name, ...words] = lines[i].split(' ')
    if (name === 'raw') {
      const target = batch?.data ?? out
      target.push(...words.map(Number))
      continue
    }
    const spec = SPECS.get(name)
    if (spec === undefined) throw new Error(`no event: ${lines[i]}`)
    const args = argumentsOf(spec, words, lines[i])
    const frames: string[] = []
    while (lines[i + 1]?.startsWith('pc=')) frames.push(lines[++i])
    if (name === 'EventBatch') {
      close()
      const head = [spec.type, ...spec.args.slice(0, 3).flatMap((arg) => varint(args.get(arg) ?? 0n))]
      const size = args.get('size')
      if (size === undefined) batch = { head, data: [] }
      else out.push(...head, ...varint(size))
      continue
    }
    if (name === 'ExperimentalBatch' || name === 'EndOfGeneration') close()
    const target = batch?.data ?? out
    target.push(spec.type)
    if (name === 'Stack') args.set('nframes', BigInt(frames.length))
    for (const arg of spec.args) target.push(...varint(args.get(arg) ?? (arg === 'dt' ? 1n : 0n)))
    for (const frame of frames)
      for (const word of frame.split(' ')) target.push(...varint(BigInt(word.slice(word.indexOf('=') + 1))))
    if (spec.hasData) {
      const data = lines[i + 1]?.startsWith('data=') ? bytesOf(lines[++i]) : []
      target.push(...varint(data.length), ...data)
    }
  }
  close()
  return Uint8Array.from(out)
}

function argumentsOf(spec: EventSpec, words: readonly string[], line: string): Map<string, bigint> {
  const args = new Map<string, bigint>()
  for (const word of words) {
    const [key, value] = word.split('=')
    if (!spec.args.includes(key)) throw new Error(`no argument ${key}: ${line}`)
    args.set(key, BigInt(value))
  }
  return args
}

const bytesOf = (line: string): Uint8Array => new TextEncoder().encode(JSON.parse(line.slice('data='.length)))

/** How a trace was read, with its events as `-d=parsed` shows them, one line each: frames stand behind the event. */
export interface ReadLines {
  readonly lines: string[]
  readonly end: TraceEnd
  readonly gaps: string[]
}

export function readLines(bytes: Uint8Array, options: ReadOptions = {}): ReadLines {
  let text = ''
  const gaps: string[] = []
  const parsed = new ParsedText((b) => {
    text += decodeUtf8(b)
  }, utc)
  const sink: EventSink = {
    block: (block, tables) => parsed.block(block, tables),
    gap: (from, reason) => {
      gaps.push(`${from} ${reason}`)
    },
  }
  const end = readTrace(bytes, [sink], options)
  parsed.finish()
  const lines = text
    .replace(/\n+(?!M=)/g, ' ')
    .trim()
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
  return { lines: text === '' ? [] : lines, end, gaps }
}
