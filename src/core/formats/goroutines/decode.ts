// Goroutine dumps, crash reports, race reports and text profiles of goroutines, from bytes as they arrive.
//
// This cuts the input into lines and finds out whose they are: in a log of several processes, or with a
// logger's prefix, each prefix has a reader of its own (dump-reader.ts), which understands the lines.

import type { Problem } from '../../base/errors.ts'
import { decodeUtf8, encodeUtf8 } from '../../base/utf8.ts'
import type { GoroutineBuilder } from '../../model/goroutine-builder.ts'
import { DumpReader, type LineCounts, type LineSample, lineCounts } from './dump-reader.ts'
import { dockerLine, LinePrefix, prefixOf } from './line-prefix.ts'

const LF = 10
/** Longer lines are cut: none of the runtime's comes near. */
const LONGEST_LINE = 1 << 20
/** Prefixes that are told apart. */
const MOST_STREAMS = 64
/** Lines before a goroutine that may turn out to belong to it. */
const LINES_BEFORE = 16
const BYTES_BEFORE = 2048

/** What became of the lines of a source. */
export interface GoroutineLines {
  readonly lines: number
  readonly bytes: number
  /** Lines inside of stacks and reports that fit nothing known. */
  readonly strange: LineSample
  /** Lines of others, between. */
  readonly foreign: LineSample
  readonly problems: readonly Problem[]
}

interface Remembered {
  readonly bytes: Uint8Array
  length: number
  offset: number
}

interface Stream {
  readonly prefix: LinePrefix
  readonly reader: DumpReader
}

/** Reads one source into a builder: `feed` chunk by chunk, then `end`. */
export class GoroutineDecoder {
  private readonly builder: GoroutineBuilder
  private readonly source: number
  private readonly counts: LineCounts = lineCounts()
  private readonly main: DumpReader
  private readonly streams: Stream[] = []
  private dockerReader: DumpReader | undefined
  /** The start of a line whose end has not come, in pieces. */
  private carried: Uint8Array[] = []
  private carriedBytes = 0
  /** Offset of the chunk in the source. */
  private base = 0
  /** The last lines outside, in turn; memory that is used again and again. */
  private readonly before: Remembered[] = []
  private remembered = 0

  /** `source` is the index that dumps of it get. */
  constructor(builder: GoroutineBuilder, source: number) {
    this.builder = builder
    this.source = source
    this.main = new DumpReader(builder, source, this.counts)
  }

  /** Takes the next bytes. They may change afterwards. */
  feed(chunk: Uint8Array): void {
    let at = 0
    if (this.carriedBytes > 0) {
      const lf = chunk.indexOf(LF)
      this.carry(lf < 0 ? chunk : chunk.subarray(0, lf))
      if (lf < 0) {
        this.base += chunk.length
        return
      }
      this.takeCarried()
      at = lf + 1
    }
    const { main } = this
    const end = chunk.length
    while (at < end) {
      const next = main.guessed(chunk, at, end)
      if (next >= 0) {
        at = next
        continue
      }
      const lf = chunk.indexOf(LF, at)
      if (lf < 0) {
        this.carry(chunk.subarray(at))
        break
      }
      this.line(chunk, at, lf, this.base + at)
      at = lf + 1
    }
    this.base += chunk.length
  }

  /** Ends the source. */
  end(): GoroutineLines {
    if (this.carriedBytes > 0) this.takeCarried()
    this.main.end()
    this.dockerReader?.end()
    for (const s of this.streams) s.reader.end()
    const { lines, strange, foreign, problems } = this.counts
    return { lines, bytes: this.base, strange, foreign, problems: problems.done() }
  }

  private carry(piece: Uint8Array): void {
    const room = LONGEST_LINE - this.carriedBytes
    if (room <= 0 || piece.length === 0) return
    this.carried.push(piece.slice(0, room))
    this.carriedBytes += Math.min(room, piece.length)
  }

  private takeCarried(): void {
    const line = new Uint8Array(this.carriedBytes)
    let at = 0
    for (const piece of this.carried) {
      line.set(piece, at)
      at += piece.length
    }
    this.carried = []
    this.carriedBytes = 0
    this.line(line, 0, line.length, Math.max(0, this.base - line.length))
  }

  private line(b: Uint8Array, from: number, to: number, offset: number): void {
    if (this.streams.length === 0 && (to === from || this.main.busy || this.main.isHeader(b, from, to))) {
      this.main.line(b, from, to, offset)
      return
    }
    const docker = dockerLine(b, from, to, decodeUtf8)
    if (docker !== undefined) {
      const inner = encodeUtf8(docker)
      this.docker().line(inner, 0, inner.length, offset)
      return
    }
    if (this.toStream(b, from, to, offset)) return
    const prefix = prefixOf(b, from, to)
    if (prefix !== '' && this.streams.length < MOST_STREAMS) {
      this.open(new LinePrefix(prefix))
      this.toStream(b, from, to, offset)
      return
    }
    this.remember(b, from, to, offset)
    this.main.line(b, from, to, offset)
  }

  private toStream(b: Uint8Array, from: number, to: number, offset: number): boolean {
    for (const s of this.streams) {
      const start = s.prefix.strip(b, from, to)
      if (start < 0) continue
      s.reader.line(b, start, to, offset)
      return true
    }
    return false
  }

  private docker(): DumpReader {
    this.dockerReader ??= new DumpReader(this.builder, this.source, this.counts)
    return this.dockerReader
  }

  /** Keeps the last lines: what a program says when it dies stands before its goroutines. */
  private remember(b: Uint8Array, from: number, to: number, offset: number): void {
    const slot = this.remembered++ % LINES_BEFORE
    if (slot === this.before.length)
      this.before.push({ bytes: new Uint8Array(BYTES_BEFORE), length: 0, offset: 0 })
    const line = this.before[slot]
    line.length = Math.min(to - from, BYTES_BEFORE)
    line.bytes.set(b.subarray(from, from + line.length))
    line.offset = offset
  }

  /** A prefix was found: lines with it that came just before are its reader's, too. */
  private open(prefix: LinePrefix): void {
    const reader = new DumpReader(this.builder, this.source, this.counts)
    this.streams.unshift({ prefix, reader })
    const { foreign } = this.counts
    const lines = [...this.before].sort((a, b) => a.offset - b.offset)
    for (const line of lines) {
      const { bytes, offset, length } = line
      const start = length === 0 ? -1 : prefix.strip(bytes, 0, length)
      if (start < 0) continue
      // It was counted as somebody else's.
      this.counts.lines--
      foreign.count--
      const sampled = foreign.first.findIndex((f) => f.offset === offset)
      if (sampled >= 0) foreign.first.splice(sampled, 1)
      reader.line(bytes, start, length, offset)
      line.length = 0
    }
  }
}

/** The lines that were not understood, and the problems, as problems with the place of the first. */
export function lineProblems(l: GoroutineLines): Problem[] {
  const out = [...l.problems]
  if (l.strange.count > 0)
    out.push({
      message: 'lines inside of stacks were not understood',
      offset: l.strange.first[0].offset,
      count: l.strange.count,
    })
  return out
}
