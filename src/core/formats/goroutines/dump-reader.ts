// The lines of one process: which of them are goroutines, what surrounds them, and what is neither.
//
// A line is outside of everything, in a goroutine's stack, or in a section with a parser of its own (a count
// profile, a race report). Stacks are where the bytes are: their lines go through the cache (line-cache.ts),
// everything else is rare and handled as text.

import { decodeUtf8 } from '../../base/utf8.ts'
import type { GoroutineBuilder } from '../../model/goroutine-builder.ts'
import { FRAME, GOROUTINE } from '../../model/goroutines.ts'
import { ProblemLog } from '../format.ts'
import { CrashLines, isLoggedPanic } from './crash.ts'
import { CountProfile, PROFILE_HEAD } from './debug1.ts'
import { isSymbol, parseFrameLine } from './frame-line.ts'
import { GoidRows } from './goid-rows.ts'
import { type HeaderTail, parseHeaderTail } from './header.ts'
import { LINE, LineCache, type LineKind } from './line-cache.ts'
import { RaceReport } from './race.ts'

/** Lines of one kind: how many, and the first ones. */
export interface LineSample {
  count: number
  readonly first: { readonly offset: number; readonly text: string }[]
}

/** What became of the lines of a source. */
export interface LineCounts {
  lines: number
  /** Lines within a stack, profile or report that fit nothing known. */
  readonly strange: LineSample
  /** Lines of others, between dumps: the program's own log. */
  readonly foreign: LineSample
  readonly problems: ProblemLog
}

export function lineCounts(): LineCounts {
  const sample = (): LineSample => ({ count: 0, first: [] })
  return { lines: 0, strange: sample(), foreign: sample(), problems: new ProblemLog() }
}

const FIRST_LINES = 3
const GOROUTINE_WORD = new TextEncoder().encode('goroutine ')
const CREATED_WORD = new TextEncoder().encode('created by ')
const IN_GOROUTINE = new TextEncoder().encode(' in goroutine ')
/** GODEBUG=allocfreetrace=1: the stacks behind these are of allocations, and have a reader of their own. */
const ALLOCATION = /^trace(?:alloc|free)\(/
const ALL_AT_GC = 'tracegc()'
const ALL_AT_GC_END = 'end tracegc'
const ANCESTOR = /^\[originating from goroutine \d+\]:$/
/** First bytes of lines outside that may begin something: others are foreign without a closer look. */
const FIRST_BYTES = new Uint8Array(256)
for (const c of '.=[FSWfgprtu') FIRST_BYTES[c.charCodeAt(0)] = 1
/** So many lines of others behind a crash, and nothing more of it will come. */
const CRASH_IS_OVER = 1000
/** Of a foreign line, what is kept until the next one. */
const FOREIGN_BYTES = 512

const PARENTHESIS = 41
const NO_VALUES = [0, 0, 0] as const

const OUTSIDE = 0
const STACK = 1
const PROFILE = 2
const RACE = 3
const ALLOCATION_STACK = 4

interface Tail {
  readonly state: number
  readonly labelSet: number
  readonly parsed: HeaderTail
}

/** Reads the lines of one process of one source into a builder. */
export class DumpReader {
  private readonly builder: GoroutineBuilder
  private readonly source: number
  private readonly counts: LineCounts
  private readonly cache = new LineCache()
  private readonly crash = new CrashLines()
  /** String id of the arguments of inlined calls. */
  private readonly inlinedArgs: number
  private mode = OUTSIDE
  private untilTraceEnd = false

  /** Index of the open dump, -1 if none is. */
  private dump = -1
  private dumpRows = 0
  private readonly seen = new GoidRows()
  /** Whether lines of others stood between the last goroutine and here. */
  private interrupted = 0
  private readonly foreignBytes = new Uint8Array(FOREIGN_BYTES)
  private foreignLength = 0
  private profile: CountProfile | undefined
  private race: RaceReport | undefined
  /** Texts behind the goid that were met, and what they mean by their ids there. */
  private readonly tailLines = new LineCache()
  private tails: (Tail | undefined)[] = []
  /** Names of functions that were met: a = string id. */
  private readonly names = new LineCache()

  // The goroutine that is being read.
  private goid = -1
  private thread = -1
  private tail: Tail | undefined
  private creator = 0
  private createdBy = 0
  private flags = 0
  private calls = new Uint32Array(64)
  private depth = 0
  private elided = 0
  private elidedAt = 0
  private inAncestor = false
  private isRuntimeStack = false
  /** Line id of the call whose place has not come yet, 0 if none, -1 if the line is not kept. */
  private pendingCall = 0
  private pendingFn = 0
  private pendingArgs = 0
  private pendingCreated = 0
  private pendingName = ''
  private pendingOffset = 0
  /** Line id of the last line of the stack, 0 after a header; or of a call that is not kept, its function's in `names`. */
  private last = 0
  private lastName = 0

  constructor(builder: GoroutineBuilder, source: number, counts: LineCounts) {
    this.builder = builder
    this.source = source
    this.counts = counts
    this.inlinedArgs = builder.strings.intern('...')
  }

  /** Whether it waits for something: lines with this reader's prefix then belong to it for certain. */
  get busy(): boolean {
    return this.mode !== OUTSIDE
  }

  /** Takes the line at b[at) if it is the one that was expected; returns where the next line begins, else -1. */
  guessed(b: Uint8Array, at: number, end: number): number {
    if (this.mode !== STACK) return -1
    const guess = this.lastName !== 0 ? this.names.next(this.lastName) : this.cache.next(this.last)
    if (guess === 0) return -1
    let to = this.cache.match(guess, b, at, end)
    if (to < 0) return -1
    let number = 0
    if (this.cache.kind(guess) === LINE.createdIn) {
      const digits = to
      while (to < end && b[to] >= 48 && b[to] <= 57) number = number * 10 + b[to++] - 48
      if (to === digits) return -1
    }
    if (to === end || b[to] !== 10) return -1
    this.counts.lines++
    this.last = guess
    this.lastName = 0
    this.apply(guess, number, at)
    return to + 1
  }

  /** Whether the line can only be a goroutine's first. */
  isHeader(b: Uint8Array, from: number, to: number): boolean {
    return startsWith(b, from, to, GOROUTINE_WORD)
  }

  /** Takes the line b[from, to), without its end; `offset` is where it lies in the source. */
  line(b: Uint8Array, from: number, to: number, offset: number): void {
    this.counts.lines++
    if (to > from && b[to - 1] === 13) to--
    switch (this.mode) {
      case STACK:
        this.stackLine(b, from, to, offset)
        break
      case PROFILE:
        if (this.profile!.take(text(b, from, to))) break
        this.endProfile()
        this.outside(b, from, to, offset)
        break
      case RACE:
        this.raceLine(b, from, to, offset)
        break
      case ALLOCATION_STACK:
        if (this.untilTraceEnd ? text(b, from, to) === ALL_AT_GC_END : to === from) this.mode = OUTSIDE
        break
      default:
        this.outside(b, from, to, offset)
    }
  }

  /** Ends the input. */
  end(): void {
    this.endSection()
    this.endDump()
  }

  private endSection(): void {
    if (this.mode === STACK) this.endGoroutine()
    else if (this.mode === PROFILE) this.endProfile()
    else if (this.mode === RACE) this.endRace()
    this.mode = OUTSIDE
  }

  // Outside

  private outside(b: Uint8Array, from: number, to: number, offset: number): void {
    if (to === from) {
      this.crash.blank()
      return
    }
    if (this.header(b, from, to, offset)) return
    if (FIRST_BYTES[b[from]] === 0 && !this.crash.begun) {
      this.foreign(b, from, to, offset)
      return
    }
    const line = text(b, from, Math.min(to, from + (1 << 16)))
    if (line === 'runtime stack:') {
      this.begin()
      this.isRuntimeStack = true
      return
    }
    if (line === '==================') return
    if (line === 'WARNING: DATA RACE') {
      this.mode = RACE
      this.race = new RaceReport(this.builder, offset)
      return
    }
    if (/^Found \d+ data race\(s\)$/.test(line) || line === '...additional frames elided...') return
    if (ALLOCATION.test(line) || line === ALL_AT_GC) {
      this.mode = ALLOCATION_STACK
      this.untilTraceEnd = line === ALL_AT_GC
      return
    }
    const profile = PROFILE_HEAD.exec(line)
    if (profile !== null) {
      this.endDump()
      this.dump = this.builder.openDump('profile', this.source, offset)
      const draft = this.builder.dumpAt(this.dump)
      draft.profileName = profile[1]
      draft.profileTotal = Number(profile[2])
      const flags = profile[1] === 'goroutineleak' ? GOROUTINE.leaked : 0
      this.profile = new CountProfile(this.builder, this.dump, flags)
      this.mode = PROFILE
      return
    }
    if (this.crashLine(line, offset)) return
    this.foreign(b, from, to, offset)
  }

  private crashLine(line: string, offset: number): boolean {
    const seen = this.dumpRows > 0
    // The one before must be complete before this one begins.
    if (this.crash.startsAnother(line, seen)) this.endDump()
    if (!this.crash.take(line)) return false
    if (this.crash.begun && this.dump < 0) this.dump = this.builder.openDump('crash', this.source, offset)
    return true
  }

  private foreign(b: Uint8Array, from: number, to: number, offset: number): void {
    if (++this.interrupted === CRASH_IS_OVER && this.crash.begun) this.endDump()
    const length = Math.min(to - from, FOREIGN_BYTES)
    this.foreignBytes.set(b.subarray(from, from + length))
    this.foreignLength = length
    const { foreign } = this.counts
    if (foreign.first.length < FIRST_LINES) sampleLine(foreign, offset, text(b, from, from + length))
    else foreign.count++
  }

  // Goroutines

  /** True if the line begins a goroutine, which then has begun. */
  private header(b: Uint8Array, from: number, to: number, offset: number): boolean {
    let at = from + GOROUTINE_WORD.length
    if (at >= to || b[to - 1] !== 58 || !startsWith(b, from, to, GOROUTINE_WORD)) return false
    const digits = at
    let goid = 0
    while (at < to && b[at] >= 48 && b[at] <= 57) goid = goid * 10 + b[at++] - 48
    if (at === digits || b[at] !== 32 || at - digits > 19) return false
    let thread = -1
    if (b[at + 1] !== 91) {
      // gp=0xc000006a80 m=5 mp=0xc000100008, or m=nil.
      const bracket = b.indexOf(91, at)
      if (bracket < 0 || bracket >= to) return false
      const m = /^ (?:gp=0x[0-9a-f]+ )?m=(nil|\d{1,9})(?: mp=0x[0-9a-f]+)? $/.exec(text(b, at, bracket))
      if (m === null) return false
      if (m[1] !== 'nil') thread = Number(m[1])
      at = bracket - 1
    }
    const tail = this.tailOf(b, at + 1, to)
    if (tail === undefined) return false
    this.endSection()
    if (this.dump >= 0 && this.builder.dumpAt(this.dump).kind === 'profile') this.endDump()
    const before = this.foreignLength === 0 ? '' : text(this.foreignBytes, 0, this.foreignLength)
    const logged = before !== '' && isLoggedPanic(before)
    // Every dump begins with the goroutine that writes it, so one that runs begins another.
    const another = tail.parsed.state === 'running' && !this.crash.begun
    if (this.interrupted > 0 && this.dumpRows > 0 && (logged || another)) this.endDump()
    if (this.dump < 0) {
      if (logged) this.crash.logged(before)
      this.dump = this.builder.openDump(this.crash.begun ? 'crash' : 'dump', this.source, offset)
    }
    this.interrupted = 0
    this.foreignLength = 0
    this.begin()
    this.goid = goid
    this.thread = thread
    this.tail = tail
    this.pendingOffset = offset
    return true
  }

  private begin(): void {
    this.endSection()
    this.mode = STACK
    this.goid = -1
    this.thread = -1
    this.tail = undefined
    this.creator = 0
    this.createdBy = 0
    this.flags = 0
    this.depth = 0
    this.elided = 0
    this.elidedAt = 0
    this.inAncestor = false
    this.isRuntimeStack = false
    this.pendingCall = 0
    this.pendingCreated = 0
    this.pendingName = ''
    this.last = 0
    this.lastName = 0
    // Names remember lines of the cache.
    if (this.cache.trim()) this.names.clear()
  }

  private tailOf(b: Uint8Array, from: number, to: number): Tail | undefined {
    const known = this.tailLines.find(b, from, to)
    if (known !== 0) return this.tails[known]
    const parsed = parseHeaderTail(b.subarray(from, to))
    let tail: Tail | undefined
    if (parsed !== undefined) {
      const { strings, labels } = this.builder
      for (const [k, v] of parsed.labels) labels.addText(strings.intern(k), strings.intern(v))
      tail = { state: strings.intern(parsed.state), labelSet: labels.endSet(), parsed }
      if (parsed.unknown.length > 0)
        this.counts.problems.add('a goroutine has a mark in its header that is not known to goscope', -1)
    }
    if (this.tailLines.trim()) this.tails = []
    this.tails[this.tailLines.add(b, from, to, LINE.other, NO_VALUES)] = tail
    return tail
  }

  private stackLine(b: Uint8Array, from: number, to: number, offset: number): void {
    if (to === from) {
      this.endSection()
      return
    }
    if (b[from] === 103 && this.header(b, from, to, offset)) return
    let end = to
    let number = 0
    if (b[from] === 99 && startsWith(b, from, to, CREATED_WORD)) {
      // "created by f in goroutine 7": all but the number is the line.
      let digits = to
      while (b[digits - 1] >= 48 && b[digits - 1] <= 57) digits--
      const word = digits - IN_GOROUTINE.length
      if (digits < to && word > from && startsWith(b, word, to, IN_GOROUTINE)) {
        end = digits
        for (let k = digits; k < to; k++) number = number * 10 + b[k] - 48
      }
    }
    let id = this.cache.find(b, from, end)
    if (id === 0 && b[to - 1] === PARENTHESIS && this.newCall(b, from, to, offset)) return
    if (id === 0) {
      const { kind, values } = parseFrameLine(this.builder.strings, b, from, end)
      if (kind === LINE.other || kind === LINE.nativeName) {
        this.otherLine(b, from, to, offset, kind)
        return
      }
      id = this.cache.add(b, from, end, kind, values)
      if (id === 0) {
        this.strange(offset, text(b, from, Math.min(to, from + 512)))
        return
      }
    }
    if (this.lastName !== 0) this.names.setNext(this.lastName, id)
    else this.cache.setNext(this.last, id)
    this.last = id
    this.lastName = 0
    this.apply(id, number, offset)
  }

  /**
   * A call with arguments that no call had before: most such lines never come again, so they are not kept. False
   * if the function is new, too, or the arguments are not.
   */
  private newCall(b: Uint8Array, from: number, to: number, offset: number): boolean {
    let open = to - 1
    while (open > from && b[open] !== 40) open--
    const name = this.names.find(b, from, open)
    if (name === 0) {
      const text = decodeUtf8(b.subarray(from, open))
      if (isSymbol(text)) {
        if (this.names.trim()) return false
        this.names.add(b, from, open, LINE.other, [this.builder.strings.intern(text), 0, 0])
      }
      return false
    }
    const { strings } = this.builder
    const before = strings.count
    const args = strings.internBytes(b, open + 1, to - 1)
    if (args < before) return false
    this.dropPending()
    this.lastName = name
    this.pendingCall = -1
    this.pendingFn = this.names.a(name)
    this.pendingArgs = args
    this.pendingOffset = offset
    return true
  }

  /** A line in a stack that is none of a frame's. */
  private otherLine(b: Uint8Array, from: number, to: number, offset: number, kind: LineKind): void {
    const line = text(b, from, Math.min(to, from + (1 << 16)))
    if (ANCESTOR.test(line)) {
      this.dropPending()
      this.inAncestor = true
    } else if (/^runtime: /.test(line) || /^\tstack=\[0x/.test(line)) this.crash.runtimeLine(line)
    else if (/^(?:stack: frame=\{|0x[0-9a-f]{8,16}: |\(bad use of unsafe\.Pointer)/.test(line)) return
    else if (ENDS_STACK.test(line) || this.isComplete(line)) {
      this.endSection()
      this.outside(b, from, to, offset)
    } else if (kind === LINE.nativeName && this.pendingName === '') {
      this.dropPending()
      this.pendingName = line
      this.pendingOffset = offset
    } else {
      this.dropPending()
      this.strange(offset, line)
    }
  }

  /** Whether the stack has its last frame already: loggers put no empty line behind it. */
  private isComplete(line: string): boolean {
    if (/^\s/.test(line) || this.pendingCall !== 0 || this.pendingCreated !== 0) return false
    return this.createdBy !== 0 || (this.goid === 1 && this.depth > 0)
  }

  private apply(id: number, number: number, offset: number): void {
    const { cache } = this
    switch (cache.kind(id)) {
      case LINE.call:
        this.dropPending()
        this.pendingCall = id
        this.pendingOffset = offset
        break
      case LINE.place:
        this.place(id, offset)
        break
      case LINE.created:
      case LINE.createdIn:
        this.dropPending()
        this.pendingCreated = id
        this.pendingOffset = offset
        if (!this.inAncestor) this.creator = number
        break
      case LINE.elided:
        this.dropPending()
        if (this.inAncestor) break
        this.elided = cache.a(id)
        this.elidedAt = this.depth
        break
      case LINE.unavailable:
        this.flags |= GOROUTINE.unavailable
        break
      case LINE.native:
        this.dropPending()
        this.push(this.builder.call(this.builder.frame(cache.a(id), 0, 0, 0, FRAME.native), 0))
        break
      case LINE.nativePlace: {
        if (this.pendingName === '') {
          this.strange(offset, 'a place without a function')
          break
        }
        const { builder } = this
        const fn = builder.strings.intern(this.pendingName)
        this.push(builder.call(builder.frame(fn, cache.a(id), cache.b(id), 0, FRAME.native), 0))
        this.pendingName = ''
        break
      }
    }
  }

  private place(id: number, offset: number): void {
    const { cache, builder, pendingCall } = this
    if (pendingCall !== 0) {
      this.pendingCall = 0
      let row = pendingCall > 0 ? cache.pair(pendingCall, id) : 0
      if (row === 0) {
        const fn = pendingCall > 0 ? cache.a(pendingCall) : this.pendingFn
        const args = pendingCall > 0 ? cache.b(pendingCall) : this.pendingArgs
        const inlined = args === this.inlinedArgs && cache.c(id) === 0 ? FRAME.inlined : 0
        row = builder.call(builder.frame(fn, cache.a(id), cache.b(id), cache.c(id), inlined), args)
        if (pendingCall > 0) cache.setPair(pendingCall, id, row)
      }
      this.push(row)
    } else if (this.pendingCreated !== 0) {
      const created = this.pendingCreated
      this.pendingCreated = 0
      if (this.inAncestor) return
      this.createdBy = cache.pair(created, id)
      if (this.createdBy !== 0) return
      this.createdBy = builder.frame(cache.a(created), cache.a(id), cache.b(id), cache.c(id), FRAME.createdBy)
      cache.setPair(created, id, this.createdBy)
    } else this.strange(offset, 'a place without a function')
  }

  private push(call: number): void {
    if (this.inAncestor) return
    if (this.depth === this.calls.length) {
      const calls = new Uint32Array(this.depth * 2)
      calls.set(this.calls)
      this.calls = calls
    }
    this.calls[this.depth++] = call
  }

  /** A function whose place did not follow was none, but for the last one of an input that was cut. */
  private dropPending(): void {
    if (this.pendingCall !== 0)
      this.strange(this.pendingOffset, 'a line that looks like a call, without a place')
    else if (this.pendingName !== '') this.strange(this.pendingOffset, this.pendingName)
    else if (this.pendingCreated !== 0) this.strange(this.pendingOffset, 'created by, without a place')
    this.pendingCall = 0
    this.pendingCreated = 0
    this.pendingName = ''
  }

  private strange(offset: number, line: string): void {
    sampleLine(this.counts.strange, offset, line)
  }

  private endGoroutine(): void {
    this.dropPending()
    this.mode = OUTSIDE
    const { builder, tail } = this
    const stack = builder.stackOf(this.calls, this.depth, this.elided, this.elidedAt)
    if (this.isRuntimeStack) {
      this.crash.runtimeStack(stack)
      return
    }
    if (tail === undefined) return
    const flags = this.flags | tail.parsed.flags | (this.goid === 0 ? GOROUTINE.threadStack : 0)
    if (this.goid > 0) {
      const before = this.seen.take(this.goid, builder.count)
      if (before >= 0) {
        if (this.crash.begun && this.crash.threads > 1) {
          // Another thread's report shows what the first one could not see.
          const better = builder.flagsOf(before) & GOROUTINE.unavailable
          if (better !== 0 && this.depth > 0) builder.setStack(before, stack, flags)
          else this.counts.problems.add('a goroutine is printed by several threads; it is counted once', -1)
          return
        }
        this.anotherDump()
        this.seen.take(this.goid, builder.count)
      }
    }
    this.dumpRows++
    builder.addGoroutine({
      dump: this.dump,
      goid: this.goid,
      weight: 1,
      state: tail.state,
      minutes: tail.parsed.minutes,
      flags,
      bubble: tail.parsed.bubble,
      creator: this.creator,
      createdBy: this.createdBy,
      stack,
      labelSet: tail.labelSet,
      thread: this.thread,
    })
  }

  /** The goroutine was there already, so this is the first one of another dump. */
  private anotherDump(): void {
    this.endDump()
    this.dump = this.builder.openDump('dump', this.source, this.pendingOffset)
  }

  private endDump(): void {
    const crash = this.crash.done()
    if (this.dump >= 0 && crash !== undefined) {
      const draft = this.builder.dumpAt(this.dump)
      draft.kind = 'crash'
      draft.crash = crash
    }
    this.dump = -1
    this.dumpRows = 0
    this.seen.clear()
    this.crash.forgetBefore()
    this.interrupted = 0
  }

  // Sections with parsers of their own

  private endProfile(): void {
    this.profile?.endGroup()
    const { profileTotal } = this.builder.dumpAt(this.dump)
    if (this.profile !== undefined && this.profile.total !== profileTotal)
      this.counts.problems.add('the goroutines of the profile are not as many as its first line says', -1)
    this.profile = undefined
    this.mode = OUTSIDE
    this.endDump()
  }

  private raceLine(b: Uint8Array, from: number, to: number, offset: number): void {
    const line = text(b, from, to)
    if (line === '==================') this.endRace()
    else if (!this.race!.take(line)) {
      if (b[from] === 103 && this.header(b, from, to, offset)) return
      this.strange(offset, line)
    }
  }

  private endRace(): void {
    if (this.race !== undefined) this.builder.races.push(this.race.done(this.source))
    this.race = undefined
    this.mode = OUTSIDE
  }
}

/** Lines that end a stack though no empty line stands before them. */
const ENDS_STACK =
  /^(?:[a-z][a-z0-9_]{1,7} +0x[0-9a-f]+$|panic: |fatal error: |SIG[A-Z0-9]+: |\[signal |-----$|exit status \d|={18}$|WARNING: DATA RACE$|goroutine(?:leak)? profile: total|trace(?:alloc|free|gc)\(|end tracegc|gc \d+ @|SCHED \d+ms)/

function startsWith(b: Uint8Array, from: number, to: number, word: Uint8Array): boolean {
  if (to - from < word.length) return false
  for (let k = 0; k < word.length; k++) if (b[from + k] !== word[k]) return false
  return true
}

function text(b: Uint8Array, from: number, to: number): string {
  return decodeUtf8(b.subarray(from, to))
}

function sampleLine(sample: LineSample, offset: number, line: string): void {
  sample.count++
  if (sample.first.length < FIRST_LINES) sample.first.push({ offset, text: line.slice(0, 200) })
}
