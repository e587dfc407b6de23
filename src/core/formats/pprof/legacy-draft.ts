// What all legacy readers build: samples over locations that are known by address alone.
//
// Addresses are pairs of int32 halves: no value of a stack becomes a double or a bigint before the
// profile is finished. Locations get rows by first sight and are renumbered at the end (`renumber`),
// as the reference does after it has thrown frames away.

import { DecodeError } from '../../base/errors.ts'
import { GrowU32 } from '../../base/grow.ts'
import { type Int, Int64Builder, Int64Column, uintFromHalves } from '../../base/int64.ts'
import { Strings } from '../../base/strings.ts'
import { LabelSetBuilder } from '../../model/label-sets.ts'
import type { Profile, ValueType } from '../../model/profile.ts'
import { bytesOfString, FORMAT } from './legacy-text.ts'

/** An executable mapping; names are byte strings. */
export interface MapEntry {
  start: bigint
  limit: bigint
  offset: bigint
  file: string
  buildId: string
}

/** Addresses of callers are return addresses: which of a stack to move back onto the call. */
export type Adjust = 'none' | 'callers' | 'all'

// Classes of bytes in a list of addresses: 0-15 hex digits (lower case only), 16 'x' and ' ', 255 others.
const CLASS = new Uint8Array(256).fill(255)
for (let d = 0; d < 10; d++) CLASS[48 + d] = d
for (let d = 10; d < 16; d++) CLASS[87 + d] = d
CLASS[32] = 16
CLASS[120] = 16

// Entries of the hash table: low half of the address, HI, ROW (0 = free), LAST_USE.
const HI = 1
const ROW = 2
const LAST_USE = 3

export class LegacyDraft {
  readonly strings = new Strings()
  readonly labels = new LabelSetBuilder()
  readonly sampleTypes: readonly ValueType[]
  readonly value: Int64Builder[]
  periodType: ValueType
  period: Int = 0
  durationNanos: Int = 0
  mappings: MapEntry[] = []

  /** Frames are location rows, from 1. The stack of sample s is frame[stackStart[s], stackEnd[s]). */
  readonly frame = new GrowU32(1024)
  readonly stackStart = new GrowU32(256)
  readonly stackEnd = new GrowU32(256)
  readonly labelSet = new GrowU32(256)
  /** Where the frames of the sample being read start. */
  private open = 0

  /** Halves of the address by location row. */
  hi = new Int32Array(256)
  lo = new Int32Array(256)
  /** Highest location row. */
  locationCount = 0
  /** Address -> row, open addressing; entries of four lie together for the sake of the processor's cache. */
  private slots = new Int32Array(4096)

  /** Location row -> range of lines; null while no location has any. */
  private lineStart: Uint32Array | null = null
  private lineEnd: Uint32Array | null = null
  private readonly lineFn = new GrowU32()
  private readonly lineNo = new Int64Builder()
  private readonly fnName = new GrowU32()
  private readonly fnFile = new GrowU32()
  private readonly fnRow = new Map<number, number>()

  /** Location row -> row of mappings (from 1), 0 = none. Set by the memory map. */
  locationMapping = new Uint32Array(1)
  /** Mapping row -> has-bits. */
  mappingHas = new Uint8Array(1)

  constructor(sampleTypes: readonly ValueType[], periodType: ValueType) {
    this.sampleTypes = sampleTypes
    this.value = sampleTypes.map(() => new Int64Builder(256))
    this.periodType = periodType
    this.fnName.push(0)
    this.fnFile.push(0)
  }

  get sampleCount(): number {
    return this.stackEnd.length
  }

  /** Frames read for the sample that is not ended yet. */
  get openFrames(): number {
    return this.frame.length - this.open
  }

  /** Forgets the frames of the sample that is not ended yet. */
  dropOpenFrames(): void {
    this.frame.length = this.open
  }

  /** Ends the sample; the caller has pushed one number to each of `value`. */
  endSample(labelSet = 0): void {
    this.stackStart.push(this.open)
    this.stackEnd.push(this.frame.length)
    this.open = this.frame.length
    this.labelSet.push(labelSet)
  }

  /** Adds the location at address (hi, lo), int32 halves, to the open sample. */
  addFrame(hi: number, lo: number): void {
    let slot = this.slotOf(hi, lo)
    if (this.slots[slot + ROW] === 0) slot = this.addLocation(hi, lo, slot)
    this.slots[slot + LAST_USE] = this.frame.length
    this.frame.push(this.slots[slot + ROW])
  }

  /** Row of the location at an address, 0 if there is none. */
  locationAt(hi: number, lo: number): number {
    return this.slots[this.slotOf(hi, lo) + ROW]
  }

  /** Last index in `frame` where the location at an address was added, -1 if there is none. */
  lastUseOf(hi: number, lo: number): number {
    const slot = this.slotOf(hi, lo)
    return this.slots[slot + ROW] === 0 ? -1 : this.slots[slot + LAST_USE]
  }

  /** Where in `slots` an address is, or would be. */
  private slotOf(hi: number, lo: number): number {
    const { slots } = this
    const mask = slots.length - 1
    let slot = (mix(hi, lo) << 2) & mask
    while (slots[slot + ROW] !== 0 && (slots[slot] !== lo || slots[slot + HI] !== hi))
      slot = (slot + 4) & mask
    return slot
  }

  private addLocation(hi: number, lo: number, slot: number): number {
    const row = ++this.locationCount
    if (row >= this.hi.length) {
      this.hi = widened(this.hi)
      this.lo = widened(this.lo)
    }
    this.hi[row] = hi
    this.lo[row] = lo
    let at = slot
    if (row * 8 > this.slots.length) {
      const old = this.slots
      this.slots = new Int32Array(old.length * 2)
      for (let i = 0; i < old.length; i += 4) {
        if (old[i + ROW] === 0) continue
        const to = this.slotOf(old[i + HI], old[i])
        for (let k = 0; k < 4; k++) this.slots[to + k] = old[i + k]
      }
      at = this.slotOf(hi, lo)
    }
    this.slots[at] = lo
    this.slots[at + HI] = hi
    this.slots[at + ROW] = row
    return at
  }

  /**
   * Adds every "0x..." of bytes[from, to) to the open sample. `foreign` says what other text does: end
   * the list (as the end of a pattern would) or nothing. Returns where the list ended.
   */
  addFrames(
    bytes: Uint8Array,
    from: number,
    to: number,
    adjust: Adjust,
    foreign: 'ends' | 'ignored',
  ): number {
    const ends = foreign === 'ends'
    let i = from
    while (i < to) {
      if (bytes[i] !== 48 || i + 1 >= to || bytes[i + 1] !== 120) {
        if (ends && CLASS[bytes[i]] === 255) return i
        i++
        continue
      }
      let j = i + 2
      let hi = 0
      let lo = 0
      for (; j < to; j++) {
        const digit = CLASS[bytes[j]]
        if (digit > 15) break
        hi = (hi << 4) | (lo >>> 28)
        lo = (lo << 4) | digit
      }
      if (j - i > 18) {
        let first = i + 2
        while (bytes[first] === 48) first++
        if (j - first > 16) throw new DecodeError(FORMAT, i, 'address of more than 64 bits in a stack')
      }
      if (j > i + 2) {
        if (adjust === 'all' || (adjust === 'callers' && this.frame.length > this.open)) {
          if (lo === 0) hi = (hi - 1) | 0
          lo = (lo - 1) | 0
        }
        this.addFrame(hi, lo)
      }
      i = j
    }
    return to
  }

  /** Takes frame 1 (the leaf's caller) out of a sample's stack. */
  dropSecondFrame(sample: number): void {
    const start = this.stackStart.a[sample]++
    this.frame.a[start + 1] = this.frame.a[start]
  }

  /** Row of the function with this name and file (string ids), added if it is new. */
  functionRow(name: number, file: number): number {
    const key = name * 0x4000000 + file
    let row = this.fnRow.get(key)
    if (row === undefined) {
      row = this.fnName.length
      this.fnName.push(name)
      this.fnFile.push(file)
      this.fnRow.set(key, row)
    }
    return row
  }

  hasLines(location: number): boolean {
    // Rows behind the end of the table give undefined, which is not above 0 either.
    return this.lineEnd !== null && this.lineEnd[location] > 0
  }

  /** Gives a location its innermost source line, in place of any it has. */
  setLine(location: number, fn: number, line: Int): void {
    if (this.lineStart === null || this.lineEnd === null || location >= this.lineEnd.length) {
      const start = new Uint32Array(this.hi.length)
      const end = new Uint32Array(this.hi.length)
      if (this.lineStart !== null) start.set(this.lineStart)
      if (this.lineEnd !== null) end.set(this.lineEnd)
      this.lineStart = start
      this.lineEnd = end
    }
    this.lineStart[location] = this.lineFn.length
    this.pushLine(location, this.lineEnd, fn, line)
  }

  /** Gives a location one more line, the caller of its last one. Only for the location that last got a line. */
  addOuterLine(location: number, fn: number, line: Int): void {
    if (this.lineEnd !== null) this.pushLine(location, this.lineEnd, fn, line)
  }

  lineCount(location: number): number {
    return this.hasLines(location) ? this.lineEnd![location] - this.lineStart![location] : 0
  }

  /** Function row of line `k` of a location, from the innermost; the location must have it. */
  lineFunction(location: number, k: number): number {
    return this.lineFn.a[this.lineStart![location] + k]
  }

  lineNumber(location: number, k: number): Int {
    return this.lineNo.get(this.lineStart![location] + k)
  }

  private pushLine(location: number, lineEnd: Uint32Array, fn: number, line: Int): void {
    this.lineFn.push(fn)
    this.lineNo.push(line)
    lineEnd[location] = this.lineFn.length
  }

  /**
   * Numbers locations by first use in the samples; those without use vanish. Addresses can no longer be
   * looked up after this.
   */
  renumber(): void {
    const newRow = new Uint32Array(this.locationCount + 1)
    const order = new Uint32Array(this.locationCount + 1)
    const frame = this.frame.a
    let n = 0
    for (let s = 0; s < this.sampleCount; s++) {
      const end = this.stackEnd.a[s]
      for (let f = this.stackStart.a[s]; f < end; f++) {
        const row = frame[f]
        if (newRow[row] === 0) {
          newRow[row] = ++n
          order[n] = row
        }
        frame[f] = newRow[row]
      }
    }
    const hi = this.hi
    const lo = this.lo
    this.hi = new Int32Array(n + 1)
    this.lo = new Int32Array(n + 1)
    for (let row = 1; row <= n; row++) {
      this.hi[row] = hi[order[row]]
      this.lo[row] = lo[order[row]]
    }
    const { lineStart, lineEnd } = this
    if (lineStart !== null && lineEnd !== null) {
      // Rows from the length of the table on have no lines: reading there gives undefined, stored as 0.
      this.lineStart = new Uint32Array(n + 1)
      this.lineEnd = new Uint32Array(n + 1)
      for (let row = 1; row <= n; row++) {
        this.lineStart[row] = lineStart[order[row]]
        this.lineEnd[row] = lineEnd[order[row]]
      }
    }
    this.locationCount = n
    this.slots = new Int32Array(4)
  }

  /** Sets the address of location rows to 0: of those with lines, or of all. */
  clearAddresses(which: 'with lines' | 'all'): void {
    for (let row = 1; row <= this.locationCount; row++) {
      if (which === 'with lines' && !this.hasLines(row)) continue
      this.hi[row] = 0
      this.lo[row] = 0
    }
  }

  /** The profile; the draft must not be used afterwards. `renumber` must have been called. */
  done(frames: { dropFrames: string; keepFrames: string }): Profile {
    const n = this.locationCount
    const address = new Int64Builder(n + 1)
    for (let row = 0; row <= n; row++)
      address.push(row === 0 ? 0 : uintFromHalves(this.hi[row], this.lo[row]))
    const { lines, functions, lineStart, lineEnd } = this.finishLines()
    const m = this.mappings.length
    const name = (s: string): number => {
      const b = bytesOfString(s)
      return this.strings.internBytes(b, 0, b.length)
    }
    return {
      strings: this.strings,
      sampleTypes: this.sampleTypes,
      defaultSampleType: '',
      samples: {
        count: this.sampleCount,
        stackStart: this.stackStart.done(),
        stackEnd: this.stackEnd.done(),
        frame: this.frame.done(),
        labelSet: this.labelSet.done(),
        value: this.value.map((v) => v.done()),
      },
      labelSets: this.labels.done(),
      locations: {
        count: n,
        id: countingIds(n),
        mapping: this.locationMapping,
        address: address.done(),
        lineStart,
        lineEnd,
        folded: new Uint8Array(n + 1),
      },
      lines,
      functions,
      mappings: {
        count: m,
        id: countingIds(m),
        start: Int64Column.of([0, ...this.mappings.map((e) => asInt(e.start))]),
        limit: Int64Column.of([0, ...this.mappings.map((e) => asInt(e.limit))]),
        offset: Int64Column.of([0, ...this.mappings.map((e) => asInt(e.offset))]),
        file: Uint32Array.from([0, ...this.mappings.map((e) => name(e.file))]),
        buildId: Uint32Array.from([0, ...this.mappings.map((e) => name(e.buildId))]),
        has: this.mappingHas,
      },
      dropFrames: frames.dropFrames,
      keepFrames: frames.keepFrames,
      timeNanos: 0,
      durationNanos: this.durationNanos,
      periodType: this.periodType,
      period: this.period,
      comments: [],
      docUrl: '',
    }
  }

  /** Lines in the order of their locations, functions in the order of the lines. */
  private finishLines() {
    const n = this.locationCount
    const lineStart = new Uint32Array(n + 1)
    const lineEnd = new Uint32Array(n + 1)
    const fn = new GrowU32()
    const no = new Int64Builder()
    const newFn = new Uint32Array(this.fnName.length)
    const fnName = new GrowU32()
    const fnFile = new GrowU32()
    fnName.push(0)
    fnFile.push(0)
    for (let row = 1; row <= n; row++) {
      lineStart[row] = fn.length
      if (this.lineStart !== null && this.lineEnd !== null)
        for (let l = this.lineStart[row]; l < this.lineEnd[row]; l++) {
          const f = this.lineFn.a[l]
          if (newFn[f] === 0) {
            newFn[f] = fnName.length
            fnName.push(this.fnName.a[f])
            fnFile.push(this.fnFile.a[f])
          }
          fn.push(newFn[f])
          no.push(this.lineNo.get(l))
        }
      lineEnd[row] = fn.length
    }
    const name = fnName.done()
    const zeros = (k: number): Int64Column => new Int64Column(new Float64Array(k))
    return {
      lineStart,
      lineEnd,
      lines: { count: fn.length, fn: fn.done(), line: no.done(), column: zeros(fn.length) },
      functions: {
        count: name.length - 1,
        id: countingIds(name.length - 1),
        name,
        systemName: name,
        filename: fnFile.done(),
        startLine: zeros(name.length),
      },
    }
  }
}

function widened(a: Int32Array): Int32Array<ArrayBuffer> {
  const b = new Int32Array(a.length * 2)
  b.set(a)
  return b
}

function mix(hi: number, lo: number): number {
  let h = Math.imul(hi, 0x9e3779b1)
  h = Math.imul(lo ^ h ^ (h >>> 15), 0x85ebca6b)
  h ^= h >>> 15
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 13)
}

function asInt(v: bigint): Int {
  return uintFromHalves(Number(v >> 32n), Number(v & 0xffffffffn))
}

function countingIds(count: number): Int64Column {
  const f = new Float64Array(count + 1)
  for (let i = 1; i <= count; i++) f[i] = i
  return new Int64Column(f)
}
