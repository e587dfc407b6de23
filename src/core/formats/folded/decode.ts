// Folded stacks: one line per stack, "root;caller;leaf count".
//
// The format has no specification; this follows what Brendan Gregg's stackcollapse-*.pl write and
// what flamegraph.pl accepts. "stack n1 n2" lines are those of difffolded.pl.
//
// The cost is in naming frames, so no frame becomes a string: its bytes are interned where they lie.
// Files are usually sorted, so a line first compares itself with the one before, and frames that lie
// in the common part keep their rows without being looked at (PERF: 190 MB/s instead of 145 on a sorted file).

import { DecodeError } from '../../base/errors.ts'
import { ProfileBuilder } from '../../model/profile-builder.ts'
import { type Decoded, ProblemLog } from '../format.ts'
import { CountColumn, CountReader, countUnit, isBlank, sharedDecimals } from './counts.ts'
import { bomLength, utf8Input } from './text-input.ts'

const FORMAT = 'folded'
const LF = 10
const CR = 13
const SEMICOLON = 59
const HASH = 35

/**
 * Decodes folded stacks: one sample per line, in the order of the file. The sample type is
 * samples/count, or before/count and after/count for a file whose lines have two counts; if some counts are
 * fractions the unit is millicount, microcount or nanocount. Lines without a count are left out and
 * reported. Throws DecodeError if there is no stack at all.
 */
export function decodeFolded(input: Uint8Array): Decoded {
  const bytes = utf8Input(FORMAT, input)
  const begin = bomLength(bytes)
  const pairs = hasTwoCounts(bytes, begin)
  const names = pairs ? ['before', 'after'] : ['samples']
  const columns = names.map(() => new CountColumn())
  const lines = new StackLines(bytes)
  const problems = new ProblemLog()
  const count = new CountReader()
  const first = new CountReader()
  let firstBad = -1
  const bad = (message: string, at: number): void => {
    problems.add(message, at)
    if (firstBad < 0) firstBad = at
  }

  for (let at = begin; at < bytes.length; ) {
    const from = at
    let to = bytes.indexOf(LF, at)
    if (to < 0) to = bytes.length
    at = to + 1
    to = trimEnd(bytes, from, to)
    if (to === from || bytes[from] === HASH) continue
    if (!count.read(bytes, from, to)) {
      bad(count.tooLarge ? 'count is beyond 64 bits' : 'line does not end in a count', from)
      continue
    }
    let end = count.start - 1
    if (pairs) {
      if (!first.read(bytes, from, trimEnd(bytes, from, end))) {
        bad(first.tooLarge ? 'count is beyond 64 bits' : 'line has one count where the others have two', from)
        continue
      }
      end = first.start - 1
      columns[0].push(first)
      columns[1].push(count)
    } else columns[0].push(count)
    lines.add(from, end)
  }

  if (lines.count === 0) {
    const message =
      firstBad < 0 ? 'the file holds no stacks' : 'no line has the form "frame;frame;frame count"'
    throw new DecodeError(FORMAT, Math.max(firstBad, 0), message)
  }
  const decimals = sharedDecimals(columns)
  if (columns.some((c) => c.decimals > decimals)) {
    problems.add('counts are too large for all decimals of their fractions, which are rounded', -1)
  }
  const unit = countUnit(decimals)
  const b = lines.builder
  b.sampleTypes = names.map((type) => ({ type, unit }))
  b.periodType = { type: 'samples', unit }
  b.period = 10 ** decimals
  const profile = b.done()
  const value = columns.map((c) => c.done(decimals))
  return { profile: { ...profile, samples: { ...profile.samples, value } }, problems: problems.done() }
}

/** End of b[from, to) without trailing blanks and the CR of Windows line ends. */
function trimEnd(b: Uint8Array, from: number, to: number): number {
  let end = to
  while (end > from && (isBlank(b[end - 1]) || b[end - 1] === CR)) end--
  return end
}

/**
 * Whether this is a differential file. A name may end in a number too ("worker 7"), so one line
 * proves nothing: nine of ten of the first thousand lines with a count must have two.
 */
function hasTwoCounts(b: Uint8Array, begin: number): boolean {
  const count = new CountReader()
  let counted = 0
  let pairs = 0
  for (let at = begin; at < b.length && counted < 1000; ) {
    const from = at
    let to = b.indexOf(LF, at)
    if (to < 0) to = b.length
    at = to + 1
    to = trimEnd(b, from, to)
    if (to === from || b[from] === HASH || !count.read(b, from, to)) continue
    counted++
    if (count.read(b, from, trimEnd(b, from, count.start - 1))) pairs++
    else if ((counted - pairs) * 10 > 1000) return false
  }
  return pairs * 10 >= counted * 9 && pairs > 0
}

/** Turns the stack part of lines into samples without values. */
class StackLines {
  readonly builder = new ProfileBuilder()
  count = 0
  private readonly bytes: Uint8Array
  /** String id of a frame's name -> location row, 0 = none yet. */
  private rowOfName = new Uint32Array(1024)
  /** Row of frames without a name, 0 = none yet. */
  private unnamed = 0
  /** Of the line before: where it starts, its frames' rows (root first) and ends relative to the start. */
  private last = 0
  private lastLength = 0
  private lastFrames = 0
  private row = new Uint32Array(256)
  private end = new Uint32Array(256)
  private readonly stack: number[] = []

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  /** Adds the stack b[from, to). */
  add(from: number, to: number): void {
    const b = this.bytes
    const length = to - from
    let frames = 0
    let p = from
    const limit = Math.min(length, this.lastLength)
    const last = this.last
    let common = 0
    while (common < limit && b[from + common] === b[last + common]) common++
    // A frame is shared if its semicolon is.
    const end = this.end
    while (frames < this.lastFrames && end[frames] < common) frames++
    if (frames > 0) p = from + end[frames - 1] + 1
    if (length > 0) {
      for (let q = p; q <= to; q++) {
        if (q < to && b[q] !== SEMICOLON) continue
        if (frames === this.row.length) this.grow()
        this.row[frames] = q === p ? this.unnamedRow() : this.rowOf(p, q)
        this.end[frames] = q - from
        frames++
        p = q + 1
      }
    }
    this.last = from
    this.lastLength = length
    this.lastFrames = frames
    this.addSample(frames)
    this.count++
  }

  private addSample(frames: number): void {
    const row = this.row
    // flamegraph.pl drops empty fields at the end; at the start they come from tools that write a
    // semicolon before every frame. Between frames one stands for a frame without a name.
    let lo = 0
    let hi = frames
    const unnamed = this.unnamed
    if (unnamed !== 0) {
      while (hi > lo && row[hi - 1] === unnamed) hi--
      while (lo < hi && row[lo] === unnamed) lo++
    }
    const stack = this.stack
    let n = 0
    for (let i = hi - 1; i >= lo; i--) stack[n++] = row[i]
    stack.length = n
    this.builder.addSample(stack, NO_VALUES)
  }

  private rowOf(from: number, to: number): number {
    const name = this.builder.strings.internBytes(this.bytes, from, to)
    const known = name < this.rowOfName.length ? this.rowOfName[name] : 0
    if (known !== 0) return known
    if (name >= this.rowOfName.length) {
      const grown = new Uint32Array(Math.max(name + 1, this.rowOfName.length * 2))
      grown.set(this.rowOfName)
      this.rowOfName = grown
    }
    const fn = this.builder.addFunction(this.builder.strings.get(name))
    const row = this.builder.addLocation({ lines: [{ fn }] })
    this.rowOfName[name] = row
    return row
  }

  private unnamedRow(): number {
    if (this.unnamed === 0) this.unnamed = this.builder.addLocation({})
    return this.unnamed
  }

  private grow(): void {
    const row = new Uint32Array(this.row.length * 2)
    row.set(this.row)
    this.row = row
    const end = new Uint32Array(this.end.length * 2)
    end.set(this.end)
    this.end = end
  }
}

/** The values go into columns of their own, because fractions change the unit of all of them. */
const NO_VALUES: readonly number[] = []
