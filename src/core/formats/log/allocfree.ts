// Blocks of GODEBUG=allocfreetrace=1: `tracealloc(…)`, `tracefree(…)`, `tracegc()`, each with stacks behind it.
// Sources: docs/formats.md.

import type { AllocLog } from '../../model/alloc-log.ts'
import { AllocBuilder } from './alloc-builder.ts'
import { bytesOf, Cursor, indexOfWord } from './cursor.ts'

const ALLOC = bytesOf('tracealloc(')
const FREE = bytesOf('tracefree(')
const GC = bytesOf('tracegc()')
const END_GC = bytesOf('end tracegc')
const GOROUTINE = bytesOf('goroutine ')
const CREATED = bytesOf('created by ')
const IN_GOROUTINE = bytesOf(' in goroutine ')
const HEX = bytesOf('0x')
const COMMA = bytesOf(', ')

/** What the lines that come next belong to. */
type Block = 'none' | 'alloc' | 'free' | 'gc'

/** Takes the lines of the blocks and gives the log of them. */
export class AllocReader {
  private made: AllocBuilder | undefined
  private block: Block = 'none'
  private readonly c = new Cursor()
  /** Of the allocation that came in and is not complete before its stack is. */
  private low = 0
  private high = 0
  private size = 0
  private type = 0
  /** Function of the frame whose place comes with the next line; -1 if none. */
  private fn = -1

  /** Whether lines without a keyword are part of a block. */
  get inside(): boolean {
    return this.block !== 'none'
  }

  /** Made when there is something to take: most logs have nothing of this. */
  private get builder(): AllocBuilder {
    this.made ??= new AllocBuilder()
    return this.made
  }

  /** A line that begins with a keyword. False if it is not wholly understood. */
  head(b: Uint8Array, from: number, to: number): boolean {
    const c = this.c.set(b, from, to)
    const wasGc = this.block === 'gc'
    this.endBlock()
    if (c.word(END_GC)) return wasGc
    if (c.word(ALLOC)) {
      if (!this.pointer(c) || !c.word(COMMA)) return false
      this.size = hex(c)
      this.type = 0
      if (c.word(COMMA)) {
        if (b[to - 1] !== 41) return false
        this.type = this.builder.name(b, c.at, to - 1)
        c.at = to - 1
      }
      if (!c.byte(41) || !c.done || Number.isNaN(this.size)) return false
      this.block = 'alloc'
      this.builder.stack.length = 0
      return true
    }
    if (c.word(FREE)) {
      if (!this.pointer(c) || !c.word(COMMA) || Number.isNaN(hex(c)) || !c.byte(41) || !c.done) return false
      this.builder.free(this.low, this.high)
      this.block = 'free'
      return true
    }
    if (c.word(GC) && c.done) {
      this.builder.collection()
      this.block = 'gc'
      return true
    }
    return false
  }

  /** A line inside a block, without a keyword. False if it is no part of one: then the block is over. */
  inner(b: Uint8Array, from: number, to: number): boolean {
    // The stacks of all goroutines, up to `end tracegc`.
    if (this.block === 'gc') return true
    if (from === to) {
      this.endBlock()
      return true
    }
    const indented = b[from] === 9 || b[from] === 32
    if (indented) {
      this.place(b, from, to)
      return true
    }
    if (b[from] === 46) return true
    const c = this.c.set(b, from, to)
    if (c.word(GOROUTINE)) return b[to - 1] === 58
    const created = c.word(CREATED)
    // `name(arguments)`: names have parentheses themselves, so what counts is the last one that opens.
    let end = to
    if (!created) {
      if (b[to - 1] !== 41) {
        this.endBlock()
        return false
      }
      end = openingParenthesis(b, from, to)
      if (end < 0) return false
    } else {
      const of = indexOfWord(b, IN_GOROUTINE, c.at, to)
      if (of >= 0) end = of
    }
    this.fn = this.block === 'alloc' && !created ? this.builder.name(b, c.at, end) : -1
    return true
  }

  /** `\tfile:line +0x1 fp=…`, or a remark that there is no stack. */
  private place(b: Uint8Array, from: number, to: number): void {
    let at = from
    while (at < to && (b[at] === 9 || b[at] === 32)) at++
    // The line number is the last one behind a colon that a blank or the end follows.
    let end = at
    while (end < to && !(b[end] === 32 && (b[end + 1] === 43 || b[end + 1] === 102))) end++
    let colon = end - 1
    let line = 0
    for (let scale = 1; colon > at && b[colon] >= 48 && b[colon] <= 57; colon--, scale *= 10)
      line += (b[colon] - 48) * scale
    if (colon <= at || b[colon] !== 58 || this.fn < 0) return
    const { builder } = this
    if (builder.stack.length < MAX_FRAMES)
      builder.stack.push(builder.frame(this.fn, builder.name(b, at, colon), line))
    this.fn = -1
  }

  private pointer(c: Cursor): boolean {
    if (!c.word(HEX)) return false
    let low = 0
    let high = 0
    const from = c.at
    for (; !c.done; c.at++) {
      const d = digit(c.b[c.at])
      if (d < 0) break
      high = ((high << 4) | (low >>> 28)) >>> 0
      low = ((low << 4) | d) >>> 0
    }
    this.low = low
    this.high = high
    return c.at > from && c.at - from <= 16
  }

  private endBlock(): void {
    if (this.block === 'alloc') this.builder.alloc(this.low, this.high, this.size, this.type)
    this.block = 'none'
    this.fn = -1
  }

  done(): AllocLog {
    this.endBlock()
    return this.builder.done()
  }
}

/** Deeper stacks lose their roots, as those that the runtime prints do. */
const MAX_FRAMES = 512

function digit(c: number): number {
  if (c >= 48 && c <= 57) return c - 48
  if (c >= 97 && c <= 102) return c - 87
  return -1
}

/** `0x` and up to 13 digits, as sizes have them; NaN if there is none. */
function hex(c: Cursor): number {
  if (!c.word(HEX)) return Number.NaN
  let v = 0
  const from = c.at
  for (; !c.done && digit(c.b[c.at]) >= 0; c.at++) v = v * 16 + digit(c.b[c.at])
  return c.at === from || v > Number.MAX_SAFE_INTEGER ? Number.NaN : v
}

/** Where the arguments that end at the last byte begin. */
function openingParenthesis(b: Uint8Array, from: number, to: number): number {
  let depth = 0
  for (let at = to - 1; at > from; at--) {
    if (b[at] === 41) depth++
    else if (b[at] === 40 && --depth === 0) return at
  }
  return -1
}
