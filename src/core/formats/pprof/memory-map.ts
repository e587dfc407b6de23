// The memory map at the end of a legacy profile, and which location lies in which mapping.
//
// The text is that of /proc/self/maps or shorter forms of it, possibly behind log prefixes and with
// $variables. Everything up to the choice of the main binary follows google/pprof profile/: a mapping's
// row decides names and symbols, so its oddities (two hex digits at the start of any line are a mapping)
// are kept.

import { DecodeError } from '../../base/errors.ts'
import type { LegacyDraft, MapEntry } from './legacy-draft.ts'
import {
  byteString,
  bytesOfString,
  FORMAT,
  type LineReader,
  parseHex64,
  trimEnd,
  trimStart,
} from './legacy-text.ts'

// Linux allows 65530 per process by default. A bound is needed: three bytes of text make a mapping.
const MAX_MAPPINGS = 1 << 18
const MAX_VARIABLES = 1 << 16
// Characters compared while expanding variables, and interval updates: far beyond any real map.
const MAX_EXPANSION = 1 << 26
const MAX_REPAINT = 1 << 28

/**
 * Reads the rest of the file as other sections, of which only the memory map counts, and finishes the
 * draft's locations. The current line may be the map's header already.
 */
export function finishWithSections(draft: LegacyDraft, lines: LineReader): void {
  while (!lines.isMemoryMapHeader() && lines.scan());
  finishWithMap(draft, lines)
}

/** Reads all following lines as a memory map and finishes the draft's locations. */
export function finishWithMap(draft: LegacyDraft, lines: LineReader): void {
  draft.mappings = mainFirst(parseMaps(lines))
  draft.renumber()
  assignMappings(draft)
}

/** Reads mappings up to the end of the file, adjacent pieces of one mapping joined. */
export function parseMaps(lines: LineReader): MapEntry[] {
  const entries: MapEntry[] = []
  const variables = new Variables()
  while (lines.scan()) {
    if (lines.from === lines.to) continue
    const line = variables.expand(withoutLogPrefix(lines.text()), lines.from)
    const entry = parseEntry(line)
    if (entry === 'none') {
      variables.define(line, lines.from)
      continue
    }
    if (entry === 'not executable') continue
    const last = entries.at(-1)
    if (last !== undefined && adjacent(last, entry)) {
      last.limit = entry.limit
      if (entry.file !== '') last.file = entry.file
      if (entry.buildId !== '') last.buildId = entry.buildId
    } else {
      if (entries.length >= MAX_MAPPINGS)
        throw new DecodeError(FORMAT, lines.from, `memory map of more than ${MAX_MAPPINGS} mappings`)
      entries.push(entry)
    }
  }
  return entries
}

/** Lines "name=value" of the map: $name in later lines stands for value. */
class Variables {
  /** In order of definition; where several names fit, the first defined wins. */
  private readonly value = new Map<string, string>()
  private work = 0

  define(line: string, offset: number): void {
    const eq = line.indexOf('=')
    if (eq < 0) return
    const name = `$${trimmed(line.slice(0, eq))}`
    if (this.value.has(name)) return
    if (this.value.size >= MAX_VARIABLES)
      throw new DecodeError(FORMAT, offset, `memory map with more than ${MAX_VARIABLES} variables`)
    this.value.set(name, trimmed(line.slice(eq + 1)))
  }

  expand(line: string, offset: number): string {
    if (this.value.size === 0 || !line.includes('$')) return line
    let out = ''
    let from = 0
    let at = line.indexOf('$')
    while (at >= 0) {
      let used = 1
      for (const [name, value] of this.value) {
        this.work += name.length
        if (!line.startsWith(name, at)) continue
        out += line.slice(from, at) + value
        this.work += value.length
        used = name.length
        from = at + used
        break
      }
      if (this.work > MAX_EXPANSION)
        throw new DecodeError(FORMAT, offset, 'variables of the memory map expand beyond all measure')
      at = line.indexOf('$', at + used)
    }
    return out + line.slice(from)
  }
}

function trimmed(s: string): string {
  const bytes = bytesOfString(s)
  const to = trimEnd(bytes, 0, bytes.length)
  return byteString(bytes, trimStart(bytes, 0, to), to)
}

const isDigit = (c: number): boolean => c >= 48 && c <= 57
const isHex = (c: number): boolean => isDigit(c) || (c >= 97 && c <= 102) || (c >= 65 && c <= 70)
const isSpace = (c: number): boolean => c === 32 || c === 9 || c === 10 || c === 12 || c === 13
const isPermission = (c: number): boolean => c === 45 || c === 114 || c === 119 || c === 120 || c === 112
const isNotSpace = (c: number): boolean => !isSpace(c)

/** Cuts off "file.cc:123] " and whatever is before it, if there is no bracket earlier. */
function withoutLogPrefix(line: string): string {
  const bracket = line.search(/[[\]]/)
  if (bracket < 0 || line[bracket] !== ']') return line
  let i = bracket
  while (i > 0 && isDigit(line.charCodeAt(i - 1))) i--
  const prefixed = i < bracket && i >= 2 && line[i - 1] === ':' && isSpace(line.charCodeAt(bracket + 1))
  return prefixed ? line.slice(bracket + 2) : line
}

/** Reads runs of a class of characters from a line, by position. */
class Scanner {
  readonly s: string
  at = 0
  constructor(s: string) {
    this.s = s
  }

  run(is: (c: number) => boolean): string {
    const from = this.at
    while (this.at < this.s.length && is(this.s.charCodeAt(this.at))) this.at++
    return this.s.slice(from, this.at)
  }

  /** White space and a run; goes back and gives '' unless both are there and `then` holds behind them. */
  field(is: (c: number) => boolean, then: () => boolean = () => true): string {
    const start = this.at
    if (this.run(isSpace) !== '') {
      const text = this.run(is)
      if (text !== '' && then()) return text
    }
    this.at = start
    return ''
  }

  take(text: string): boolean {
    if (!this.s.startsWith(text, this.at)) return false
    this.at += text.length
    return true
  }

  atSpace(): boolean {
    return this.at < this.s.length && isSpace(this.s.charCodeAt(this.at))
  }

  hex(): string {
    if (this.s.startsWith('0x', this.at) && isHex(this.s.charCodeAt(this.at + 2))) this.at += 2
    return this.run(isHex)
  }
}

interface Fields {
  permissions: string
  offset: string
  file: string
  buildId: string
}

/** One line of a map. Lines that are none can still be definitions of variables. */
function parseEntry(line: string): MapEntry | 'none' | 'not executable' {
  const scanner = new Scanner(line)
  const ranges = readRanges(scanner)
  if (ranges.length === 0) return 'none'
  let range = ranges[0]
  let fields: Fields | undefined
  // The long form is tried with every reading of the range before the short one, which fits anything.
  for (const r of ranges) {
    scanner.at = r.end
    fields = procFields(scanner)
    range = r
    if (fields !== undefined) break
  }
  if (fields === undefined) {
    range = ranges[0]
    scanner.at = range.end
    fields = briefFields(scanner)
  }
  const { permissions, file, buildId } = fields
  if (permissions !== '' && !permissions.includes('x')) return 'not executable'
  const start = parseHex64(range.start)
  const limit = parseHex64(range.limit)
  const offset = parseHex64(fields.offset)
  if (start === undefined || limit === undefined || offset === undefined) return 'none'
  return { start, limit, offset, file, buildId }
}

/** The ways to read the range of addresses a line starts with, best first. */
function readRanges(scanner: Scanner): { start: string; limit: string; end: number }[] {
  const ranges: { start: string; limit: string; end: number }[] = []
  scanner.run(isSpace)
  const start = scanner.hex()
  const afterStart = scanner.at
  if (start === '') return ranges
  if (!scanner.take('-') && scanner.atSpace()) scanner.at++
  scanner.run(isSpace)
  const limit = scanner.at > afterStart ? scanner.hex() : ''
  if (limit !== '') ranges.push({ start, limit, end: scanner.at })
  // One number can be taken apart: its last digit is the limit, or the 0 of the limit's "0x".
  const front = start.slice(0, -1)
  if (front === '') return ranges
  scanner.at = afterStart
  if (start.endsWith('0') && scanner.take('x')) {
    const behind = scanner.run(isHex)
    if (behind !== '') ranges.push({ start: front, limit: behind, end: scanner.at })
  }
  ranges.push({ start: front, limit: start.slice(-1), end: afterStart })
  return ranges
}

/** "r-xp 00000000 08:01 123 /path" behind the range, as in /proc/self/maps; else goes back. */
function procFields(scanner: Scanner): Fields | undefined {
  const start = scanner.at
  scanner.take(':')
  const followed = (): boolean => scanner.atSpace()
  const permissions = scanner.field(isPermission, followed)
  const offset = scanner.field(isHex, followed)
  if (scanner.field(isHex) !== '' && scanner.take(':') && scanner.run(isHex) !== '') {
    if (scanner.field(isDigit) !== '') {
      return { permissions, offset, file: scanner.field(isNotSpace), buildId: '' }
    }
  }
  scanner.at = start
  return undefined
}

/** "r-xp /path (@offset) build-id" behind the range, all optional. */
function briefFields(scanner: Scanner): Fields {
  scanner.take(':')
  const permissions = scanner.field(isPermission)
  const file = scanner.field(isNotSpace)
  let offset = ''
  const beforeOffset = scanner.at
  if (scanner.run(isSpace) !== '' && scanner.take('(@')) {
    offset = scanner.run(isHex)
    if (offset === '' || !scanner.take(')')) offset = ''
  }
  if (offset === '') scanner.at = beforeOffset
  return { permissions, file, offset, buildId: scanner.field(isHex) }
}

/** True if `b` continues `a`: same names and offsets, as far as they are given. */
function adjacent(a: MapEntry, b: MapEntry): boolean {
  if (a.file !== '' && b.file !== '' && a.file !== b.file) return false
  if (a.buildId !== '' && b.buildId !== '' && a.buildId !== b.buildId) return false
  if (a.limit !== b.start) return false
  return a.offset === 0n || b.offset === 0n || uint(a.offset + (a.limit - a.start)) === b.offset
}

const uint = (v: bigint): bigint => BigInt.asUintN(64, v)

const LIBRARY = /[.]so$|[.]so[._][0-9]+/

/** Swaps the first mapping that looks like an executable to the front, and mends what is known to be off. */
function mainFirst(entries: MapEntry[]): MapEntry[] {
  const main = entries.findIndex((e) => {
    const file = trimmed(e.file.replaceAll('(deleted)', ''))
    return file !== '' && !LIBRARY.test(file) && file[0] !== '['
  })
  if (main > 0) [entries[0], entries[main]] = [entries[main], entries[0]]
  // A binary copied to huge pages shows up as an anonymous piece in front of itself.
  const covered = entries.length > 1 && entries[0].limit === entries[1].start
  const kept = covered && entries[0].file.startsWith('/anon_hugepage') ? entries.slice(1) : entries
  // Where Linux loads executables of fixed addresses: what is mapped before the text belongs to it.
  if (kept.length > 0 && uint(kept[0].start - kept[0].offset) === 0x400000n) {
    kept[0].start = 0x400000n
    kept[0].offset = 0n
  }
  return kept
}

const NONE = 0x7fffffff

/**
 * Gives every location with an address its mapping: the first in order that contains it; else the first
 * whose part before its start, as far as its file offset reaches back, contains it (it then starts
 * there); else one mapping of everything, made for the first such location. Also sets up the has-bits,
 * as 0.
 *
 * Takes O((locations + mappings) log mappings): the ends of all mappings cut the addresses into
 * intervals, and for each interval both answers are kept.
 */
export function assignMappings(draft: LegacyDraft): void {
  const { mappings } = draft
  const cuts = new Cuts(mappings)
  const owner = new Int32Array(cuts.count).fill(NONE)
  const reach = new Int32Array(cuts.count).fill(NONE)
  paintFirst(owner, mappings, (m) => cuts.range(m.start, m.limit))
  paintFirst(reach, mappings, (m) => cuts.range(reachStart(m), m.start))
  const row = new Uint32Array(draft.locationCount + 1)
  let everything = 0
  let repaint = 0
  for (let location = 1; location <= draft.locationCount; location++) {
    const hi = draft.hi[location] >>> 0
    const lo = draft.lo[location] >>> 0
    if (hi === 0 && lo === 0) continue
    const cut = cuts.at(hi, lo)
    let m = cut < 0 ? NONE : owner[cut]
    // Once there is a mapping of everything, nothing needs to be stretched any more.
    if (m === NONE && everything === 0 && cut >= 0 && reach[cut] !== NONE) {
      m = reach[cut]
      const entry = mappings[m]
      const [from, to] = cuts.range(reachStart(entry), entry.start)
      const [, end] = cuts.range(entry.start, entry.limit)
      entry.start = reachStart(entry)
      entry.offset = 0n
      // What `m` reached back to is now its own, unless it ends before it starts: then the rest of that
      // goes to the next mapping that reaches there.
      for (let i = from; i < to; i++) {
        if (++repaint > MAX_REPAINT) throw new DecodeError(FORMAT, -1, 'mappings overlap beyond all measure')
        if (i < end) owner[i] = Math.min(owner[i], m)
        else if (reach[i] === m) {
          reach[i] = NONE
          for (let k = m + 1; k < mappings.length && reach[i] === NONE; k++) {
            const [kFrom, kTo] = cuts.range(reachStart(mappings[k]), mappings[k].start)
            if (kFrom <= i && i < kTo) reach[i] = k
            repaint += 32
          }
        }
      }
    }
    if (m === NONE) {
      if (everything === 0)
        everything = mappings.push({
          start: 0n,
          limit: 0xffffffffffffffffn,
          offset: 0n,
          file: '',
          buildId: '',
        })
      row[location] = everything
    } else row[location] = m + 1
  }
  draft.locationMapping = row
  draft.mappingHas = new Uint8Array(mappings.length + 1)
}

/** Where a mapping would start if its file were mapped from offset 0; its start if that is below 0. */
function reachStart(m: MapEntry): bigint {
  return m.offset <= m.start ? m.start - m.offset : m.start
}

/** Intervals [cut, next cut) of the address space. */
class Cuts {
  readonly count: number
  private readonly hi: Uint32Array
  private readonly lo: Uint32Array

  constructor(mappings: readonly MapEntry[]) {
    const all = new BigUint64Array(mappings.length * 3)
    mappings.forEach((m, i) => {
      all[3 * i] = m.start
      all[3 * i + 1] = m.limit
      all[3 * i + 2] = reachStart(m)
    })
    all.sort()
    const distinct = all.filter((v, i) => i === 0 || v !== all[i - 1])
    this.count = distinct.length
    this.hi = Uint32Array.from(distinct, (v) => Number(v >> 32n))
    this.lo = Uint32Array.from(distinct, (v) => Number(v & 0xffffffffn))
  }

  /** Index of the interval an address lies in, -1 if it is below all. */
  at(hi: number, lo: number): number {
    let from = 0
    let to = this.count
    while (from < to) {
      const mid = (from + to) >>> 1
      if (this.hi[mid] < hi || (this.hi[mid] === hi && this.lo[mid] <= lo)) from = mid + 1
      else to = mid
    }
    return from - 1
  }

  /** The intervals [from, to) of [start, limit), both of which must be cuts. Empty if limit <= start. */
  range(start: bigint, limit: bigint): [from: number, to: number] {
    const index = (v: bigint): number => this.at(Number(v >> 32n), Number(v & 0xffffffffn))
    return [index(start), index(limit)]
  }
}

/** Writes into each interval the first mapping whose range contains it. Near-linear: painted ones are skipped. */
function paintFirst(
  intervals: Int32Array,
  mappings: readonly MapEntry[],
  range: (m: MapEntry) => [from: number, to: number],
): void {
  // Interval -> itself or a later one: following leads to the next unpainted.
  const next = Uint32Array.from({ length: intervals.length + 1 }, (_, i) => i)
  const unpainted = (i: number): number => {
    while (next[i] !== i) {
      next[i] = next[next[i]]
      i = next[i]
    }
    return i
  }
  mappings.forEach((m, k) => {
    const [from, to] = range(m)
    for (let i = unpainted(from); i < to; i = unpainted(i)) {
      intervals[i] = k
      next[i] = i + 1
    }
  })
}
