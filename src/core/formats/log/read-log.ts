// Reads a log as a process leaves it: the runtime's lines of every kind, the program's own between them,
// with whatever loggers put in front. Lines are taken where they lie; memory does not grow with the input.

import { decodeUtf8 } from '../../base/utf8.ts'
import {
  emptyGcLog,
  GC_COLUMNS,
  type GcLog,
  INIT_COLUMNS,
  PACER_COLUMNS,
  SCAVENGE_COLUMNS,
} from '../../model/gc-log.ts'
import { LOG_KINDS, type LogKind, type RuntimeLog } from '../../model/runtime-log.ts'
import { ProblemLog } from '../format.ts'
import { AllocReader } from './allocfree.ts'
import { Cursor } from './cursor.ts'
import { GcLineParser, parseGcRemark } from './gctrace.ts'
import { InitLineParser } from './inittrace.ts'
import { findWord, WORD, type Word, wordAt } from './keyword.ts'
import { LineSplitter } from './line-splitter.ts'
import { PacerLineParser } from './pacer.ts'
import { PrefixReader } from './prefix.ts'
import { Processes } from './processes.ts'
import { Quoted } from './quoted.ts'
import { ScavengeLineParser } from './scavenge.ts'
import { SchedBuilder } from './sched-builder.ts'

/**
 * Takes the lines that are not of this reader's kinds, as they stand in the input (with prefixes), in order,
 * empty ones too; the bytes are valid only during the call. True if the line is part of something it knows:
 * such lines are not counted as the program's own.
 */
export type OtherLines = (bytes: Uint8Array, start: number, end: number, offset: number) => boolean

export interface LogReaderOptions {
  readonly others?: OtherLines
  /** The year of times without one (syslog); 1970 if not given. */
  readonly year?: number
  /** Is given every collection (GC_COLUMNS) and every snapshot (SCHED_COLUMNS) when it is complete; the array is used again. */
  readonly onGc?: (row: Float64Array) => void
  readonly onSched?: (row: Float64Array) => void
}

/** Strange lines that are kept, and how much of each. */
const KEPT_LINES = 5
const KEPT_BYTES = 200

/** What follows from reading a line that has a keyword. */
const NOT_OURS = -1
const STRANGE = -2

const KIND = Object.fromEntries(LOG_KINDS.map((k, i) => [k, i])) as Readonly<Record<LogKind, number>>
const GC_PROCESS = GC_COLUMNS.indexOf('process')
const GC_WALL = GC_COLUMNS.indexOf('wall')
const GC_NUMBER = GC_COLUMNS.indexOf('number')
const GC_TIME = GC_COLUMNS.indexOf('time')
const PACER_GC = PACER_COLUMNS.indexOf('gc')
const SCAV_GC = SCAVENGE_COLUMNS.indexOf('gc')
const SCAV_WALL = SCAVENGE_COLUMNS.indexOf('wall')
const INIT_NAME = INIT_COLUMNS.indexOf('name')

/** Push chunks, then `end`. */
export class LogReader {
  private readonly splitter: LineSplitter
  private readonly options: LogReaderOptions
  private readonly c = new Cursor()
  private readonly prefix: PrefixReader
  private readonly processes = new Processes()
  private readonly quoted = new Quoted()
  private readonly problems = new ProblemLog()

  private readonly gc: GcLog = emptyGcLog()
  private readonly gcLine = new GcLineParser()
  private readonly pacerLine = new PacerLineParser()
  private readonly scavLine = new ScavengeLineParser()
  private readonly initLine = new InitLineParser()
  private readonly initIds = new Map<string, number>()
  private readonly sched: SchedBuilder
  private readonly allocs = new AllocReader()

  private readonly kinds = new Float64Array(LOG_KINDS.length)
  private others = 0
  private taken = 0
  private blank = 0
  private strangeCount = 0
  private readonly strangeFirst: { offset: number; text: string }[] = []
  private atEnd = false
  private cutAtEnd = false
  private wrapping = ''
  /** Whether the runtime's last line had a prefix, or was in a string, and where the string began. */
  private prefixed = false
  private quotedAt = -1

  constructor(options: LogReaderOptions = {}) {
    this.options = options
    this.prefix = new PrefixReader(options.year ?? 1970)
    this.sched = new SchedBuilder(options.onSched)
    this.splitter = new LineSplitter((b, start, end, offset) => this.line(b, start, end, offset))
  }

  /** Reads the lines that end in this chunk; its memory may be used again afterwards. */
  push(chunk: Uint8Array): void {
    this.splitter.push(chunk)
  }

  /** The input is at its end: everything that was read. */
  end(): RuntimeLog {
    this.atEnd = true
    this.splitter.end()
    const { splitter, prefix, problems } = this
    if (splitter.cutLines > 0)
      problems.add('lines of more than 1 MiB, of which only the beginning was read', -1)
    if (prefix.overflow) problems.add('more than 256 different prefixes: the rest counts as one writer', -1)
    if (this.processes.overflow) problems.add('more than 256 processes: the rest counts as the last ones', -1)
    return {
      lines: {
        bytes: splitter.bytes,
        lines: splitter.lines,
        kinds: Object.fromEntries(LOG_KINDS.map((k, i) => [k, this.kinds[i]])) as Record<LogKind, number>,
        others: this.others,
        taken: this.taken,
        blank: this.blank,
        strange: { count: this.strangeCount, first: this.strangeFirst },
        cutAtEnd: this.cutAtEnd,
        clock: prefix.clock,
        wrapping: this.wrapping,
        problems: problems.done(),
      },
      processes: this.processes.done(prefix.sources),
      gc: this.gc,
      sched: this.sched.done(),
      allocs: this.allocs.done(),
    }
  }

  private line(b: Uint8Array, start: number, end: number, offset: number): void {
    // By far the most lines of the runtime begin with their keyword, or two blanks and the keyword.
    const at = b[start] === 32 && b[start + 1] === 32 ? start + 2 : start
    const word = at < end ? wordAt(b, at, end) : WORD.none
    if (word !== WORD.none) {
      this.prefix.none()
      this.prefixed = false
      this.quotedAt = -1
      this.count(this.take(word, b, at, end, offset), b, start, end, offset)
    } else if (this.allocs.inside && this.inBlock(b, start, end)) this.kinds[KIND.allocfree]++
    else if (start === end) {
      this.blank++
      this.options.others?.(b, start, end, offset)
    } else this.wrapped(b, start, end, offset)
  }

  /** A line that does not begin with a keyword: it may stand behind a prefix, or in a string. */
  private wrapped(b: Uint8Array, start: number, end: number, offset: number): void {
    const at = findWord(b, start, end)
    if (at < 0) {
      this.other(b, start, end, offset)
      return
    }
    let open = at
    while (open > start && b[open - 1] === 32) open--
    const inString = b[start] === 123 || b[open - 1] === 34
    if (!inString) {
      this.prefix.read(b, start, b[at - 1] === 32 && b[at - 2] === 32 && isDetail(b[at]) ? at - 2 : at)
      this.prefixed = true
      this.quotedAt = -1
      this.count(this.take(wordAt(b, at, end), b, at, end, offset), b, start, end, offset)
      return
    }
    const from = b[open - 1] === 34 ? open : at
    const close = this.quoted.unpack(b, from, end)
    this.prefix.read(b, start, from)
    if (Number.isNaN(this.prefix.wall)) this.prefix.findTime(b, close, Math.min(end, close + 300))
    if (this.wrapping === '') this.wrapping = wrappingOf(b, start, from)
    this.prefixed = false
    this.quotedAt = from - start
    const { bytes, length } = this.quoted
    const skip = at - from
    this.count(this.take(wordAt(bytes, skip, length), bytes, skip, length, offset), b, start, end, offset)
  }

  /** A line without a keyword while a block of an allocation is open. False if it is no part of it. */
  private inBlock(b: Uint8Array, start: number, end: number): boolean {
    const { allocs } = this
    if (this.quotedAt >= 0) {
      const from = start + this.quotedAt
      if (end <= from || b[start] !== 123 || b[from - 1] !== 34) return false
      this.quoted.unpack(b, from, end)
      return allocs.inner(this.quoted.bytes, 0, this.quoted.length)
    }
    if (!this.prefixed) return allocs.inner(b, start, end)
    const at = this.prefix.sameAs(b, start, end)
    return at >= 0 && allocs.inner(b, at, end)
  }

  private other(b: Uint8Array, start: number, end: number, offset: number): void {
    if (this.options.others?.(b, start, end, offset)) this.taken++
    else this.others++
  }

  /** Counts a line by what became of it: a kind, NOT_OURS or STRANGE. */
  private count(kind: number, b: Uint8Array, start: number, end: number, offset: number): void {
    if (kind >= 0) this.kinds[kind]++
    else if (kind === NOT_OURS) this.other(b, start, end, offset)
    else if (this.atEnd) this.cutAtEnd = true
    else {
      this.strangeCount++
      if (this.strangeFirst.length < KEPT_LINES)
        this.strangeFirst.push({
          offset,
          text: decodeUtf8(b.slice(start, Math.min(end, start + KEPT_BYTES))),
        })
    }
  }

  /** Reads what a keyword at b[at] begins. */
  private take(word: Word, b: Uint8Array, at: number, end: number, offset: number): number {
    const c = this.c.set(b, at, end)
    switch (word) {
      case WORD.gc:
        c.at += 3
        return this.gcLine.parse(c) ? this.collection(offset) : STRANGE
      case WORD.oldGc:
        c.at += 2
        if (!this.gcLine.parseOld(c)) return STRANGE
        this.collection(offset)
        this.gcLine.old[0] = this.gcLine.row[GC_PROCESS]
        this.gc.old.add(this.gcLine.old)
        return KIND.gctrace
      case WORD.gcRemark:
        if (!parseGcRemark(c, this.gc)) return NOT_OURS
        this.current(offset)
        return KIND.gctrace
      case WORD.pacer:
        c.at += 7
        return this.pacerLine.parse(c) ? this.pacer(offset) : STRANGE
      case WORD.scav:
        c.at += 5
        return this.scavLine.parse(c) ? this.scavenged(offset) : STRANGE
      case WORD.scvg:
      case WORD.forcedScvg:
        return this.oldScavenge(c, word === WORD.forcedScvg, offset)
      case WORD.init:
        c.at += 5
        return this.initLine.parse(c) ? this.initialised(offset) : STRANGE
      case WORD.sched:
      case WORD.schedCut:
        if (word === WORD.sched) c.at += 6
        return this.sched.parse(c) ? this.snapshot(offset) : word === WORD.sched ? STRANGE : NOT_OURS
      case WORD.detail: {
        c.at++
        const process = this.current(offset)
        const done = this.sched.detailLine(c, b[at], process)
        if (done === 'orphan')
          this.problems.add('lines of a snapshot of the scheduler whose first line is not in the log', offset)
        return done === false ? STRANGE : KIND.scheddetail
      }
      case WORD.alloc:
        this.current(offset)
        return this.allocs.head(b, at, end) ? KIND.allocfree : STRANGE
      default:
        return NOT_OURS
    }
  }

  private current(offset: number): number {
    return this.processes.current(this.prefix.source, this.prefix.wall, offset)
  }

  private collection(offset: number): number {
    const { row } = this.gcLine
    const { source, wall } = this.prefix
    row[GC_PROCESS] = this.processes.ofGc(source, row[GC_NUMBER], row[GC_TIME], wall, offset)
    row[GC_WALL] = wall
    this.gc.rows.add(row)
    this.options.onGc?.(row)
    return KIND.gctrace
  }

  private pacer(offset: number): number {
    const { row } = this.pacerLine
    row[0] = this.current(offset)
    row[PACER_GC] = this.processes.all[row[0]].gc
    this.gc.pacer.add(row)
    return KIND.pacer
  }

  private scavenged(offset: number): number {
    const { row } = this.scavLine
    row[0] = this.current(offset)
    row[SCAV_GC] = this.processes.all[row[0]].gc
    row[SCAV_WALL] = this.prefix.wall
    this.gc.scavenge.add(row)
    return KIND.scavenge
  }

  private oldScavenge(c: Cursor, forced: boolean, offset: number): number {
    c.at += forced ? 11 : 4
    const done = this.scavLine.parseOld(c, this.gc, forced)
    if (done === false) return STRANGE
    if (done === true) return this.scavenged(offset)
    this.current(offset)
    return KIND.scavenge
  }

  private initialised(offset: number): number {
    const { row, name } = this.initLine
    const { source, wall } = this.prefix
    row[0] = this.processes.ofInit(source, row[2], wall, offset)
    let id = this.initIds.get(name)
    if (id === undefined) {
      id = this.initIds.size < MAX_PACKAGES ? this.gc.initNames.push(name) - 1 : 0
      if (id > 0 || this.initIds.size === 0) this.initIds.set(name, id)
    }
    row[INIT_NAME] = id
    this.gc.inits.add(row)
    return KIND.inittrace
  }

  private snapshot(offset: number): number {
    const { source, wall } = this.prefix
    this.sched.snapshot(this.processes.ofSched(source, this.sched.time, wall, offset), wall)
    return this.sched.isDetailed ? KIND.scheddetail : KIND.schedtrace
  }
}

const MAX_PACKAGES = 1 << 17

const isDetail = (c: number): boolean => c === 80 || c === 77 || c === 71

function wrappingOf(b: Uint8Array, from: number, to: number): string {
  const front = decodeUtf8(b.slice(from, to))
  if (front.startsWith('{"log":"')) return 'Docker json-file'
  if (/"MESSAGE" ?: ?"$/.test(front)) return 'journald JSON'
  return front.startsWith('{') ? 'JSON' : 'quoted text'
}

/** The kind that most of the head's lines of the runtime are of; undefined if there are none. `head` may end anywhere. */
export function sniffLog(head: Uint8Array): LogKind | undefined {
  const reader = new LogReader()
  reader.push(head)
  const { kinds } = reader.end().lines
  const most = LOG_KINDS.reduce((a, k) => (kinds[k] > kinds[a] ? k : a), LOG_KINDS[0])
  return kinds[most] > 0 ? most : undefined
}
