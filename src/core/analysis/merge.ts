// Merging profiles (google/pprof profile/merge.go): samples with equal stacks and labels add up, and
// everything is renumbered in order of first use, so what no sample refers to disappears.
//
// Stacks are looked up in a hash table of the new frames themselves: a stack is appended to the frame
// column, hashed, compared with those of its hash, and taken back if it was known. No key is built.

import { GrowIds, GrowU32 } from '../base/grow.ts'
import { addInt, asUint, type Int, Int64Builder, subInt } from '../base/int64.ts'
import { Strings } from '../base/strings.ts'
import { LabelSetBuilder } from '../model/label-sets.ts'
import type { Profile } from '../model/profile.ts'
import { checkCompatible } from './scale.ts'

/**
 * One profile of all the samples. Sample and period types must be equal (see harmonize), else
 * UserError. Samples that cancel out disappear.
 */
export function mergeProfiles(profiles: readonly Profile[]): Profile {
  for (const p of profiles.slice(1)) checkCompatible(profiles[0], p)
  const merged = new Merger(profiles).merge()
  const value = merged.samples.value
  for (let row = 0; row < merged.samples.count; row++)
    if (value.every((column) => column.f[row] === 0)) return new Merger([merged]).merge()
  return merged
}

class Merger {
  private readonly profiles: readonly Profile[]
  private readonly strings = new Strings()
  private readonly labels = new LabelSetBuilder()

  private readonly stackStart = new GrowU32(1024)
  private readonly stackEnd = new GrowU32(1024)
  private readonly frame: GrowIds
  private readonly labelSet = new GrowU32(1024)
  private readonly value: Int64Builder[]
  /** Sample row -> hash of its stack and labels. */
  private readonly hash = new GrowU32(1024)
  /** Open addressing: slot -> sample row + 1. */
  private slots = new Uint32Array(1 << 12)

  private readonly locations = new Map<string, number>()
  private readonly locMapping = new GrowU32()
  private readonly locAddress = new Int64Builder()
  private readonly lineStart = new GrowU32()
  private readonly lineEnd = new GrowU32()
  private readonly folded = new GrowU32()
  private readonly lineFn = new GrowU32()
  private readonly lineNo = new Int64Builder()
  private readonly lineColumn = new Int64Builder()

  private readonly functions = new Map<string, number>()
  private readonly fnName = new GrowU32()
  private readonly fnSystemName = new GrowU32()
  private readonly fnFile = new GrowU32()
  private readonly fnStart = new Int64Builder()

  private readonly mappings = new Map<string, number>()
  private readonly mapStart = new Int64Builder()
  private readonly mapLimit = new Int64Builder()
  private readonly mapOffset = new Int64Builder()
  private readonly mapFile = new GrowU32()
  private readonly mapBuildId = new GrowU32()
  private readonly mapHas = new GrowU32()

  constructor(profiles: readonly Profile[]) {
    this.profiles = profiles
    const frames = profiles.reduce((n, p) => n + p.samples.frame.length, 0)
    this.frame = new GrowIds(frames + 1)
    this.value = profiles[0].sampleTypes.map(() => new Int64Builder(1024))
    for (const c of [this.locMapping, this.lineStart, this.lineEnd, this.folded]) c.push(0)
    for (const c of [this.fnName, this.fnSystemName, this.fnFile]) c.push(0)
    for (const c of [this.mapFile, this.mapBuildId, this.mapHas]) c.push(0)
    for (const c of [this.mapStart, this.mapLimit, this.mapOffset]) c.push(0)
    this.locAddress.push(0)
    this.fnStart.push(0)
  }

  merge(): Profile {
    for (const p of this.profiles) new Source(this, p).addSamples()
    const ids = (n: number): Int64Builder => {
      const b = new Int64Builder(n)
      for (let i = 0; i < n; i++) b.push(i)
      return b
    }
    return {
      ...this.header(),
      strings: this.strings,
      samples: {
        count: this.labelSet.length,
        stackStart: this.stackStart.done(),
        stackEnd: this.stackEnd.done(),
        frame: this.frame.done(),
        labelSet: this.labelSet.done(),
        value: this.value.map((b) => b.done()),
      },
      labelSets: this.labels.done(),
      locations: {
        count: this.locMapping.length - 1,
        id: ids(this.locMapping.length).done(),
        mapping: this.locMapping.done(),
        address: this.locAddress.done(),
        lineStart: this.lineStart.done(),
        lineEnd: this.lineEnd.done(),
        folded: Uint8Array.from(this.folded.done()),
      },
      lines: {
        count: this.lineFn.length,
        fn: this.lineFn.done(),
        line: this.lineNo.done(),
        column: this.lineColumn.done(),
      },
      functions: {
        count: this.fnName.length - 1,
        id: ids(this.fnName.length).done(),
        name: this.fnName.done(),
        systemName: this.fnSystemName.done(),
        filename: this.fnFile.done(),
        startLine: this.fnStart.done(),
      },
      mappings: {
        count: this.mapFile.length - 1,
        id: ids(this.mapFile.length).done(),
        start: this.mapStart.done(),
        limit: this.mapLimit.done(),
        offset: this.mapOffset.done(),
        file: this.mapFile.done(),
        buildId: this.mapBuildId.done(),
        has: Uint8Array.from(this.mapHas.done()),
      },
    }
  }

  private header(): Pick<
    Profile,
    | 'sampleTypes'
    | 'defaultSampleType'
    | 'dropFrames'
    | 'keepFrames'
    | 'timeNanos'
    | 'durationNanos'
    | 'periodType'
    | 'period'
    | 'comments'
    | 'docUrl'
  > {
    const [first] = this.profiles
    let timeNanos: Int = 0
    let durationNanos: Int = 0
    let period: Int = 0
    for (const p of this.profiles) {
      if (timeNanos === 0 || p.timeNanos < timeNanos) timeNanos = p.timeNanos
      durationNanos = addInt(durationNanos, p.durationNanos)
      if (period === 0 || period < p.period) period = p.period
    }
    const firstGiven = (of: (p: Profile) => string): string =>
      this.profiles.map(of).find((s) => s !== '') ?? ''
    return {
      sampleTypes: first.sampleTypes,
      defaultSampleType: firstGiven((p) => p.defaultSampleType),
      dropFrames: first.dropFrames,
      keepFrames: first.keepFrames,
      timeNanos,
      durationNanos,
      periodType: first.periodType,
      period,
      comments: [...new Set(this.profiles.flatMap((p) => p.comments))],
      docUrl: firstGiven((p) => p.docUrl),
    }
  }

  /**
   * Finds or adds the sample whose stack is this.frame[first, end) with that label set. Returns its
   * row; a new row is the last one and has no values yet.
   */
  sample(first: number, labelSet: number): number {
    const frame = this.frame.a
    const end = this.frame.length
    let h = labelSet
    for (let i = first; i < end; i++) h = Math.imul(h ^ frame[i], 0x9e3779b1) ^ (h >>> 15)
    h = (h ^ (h >>> 16)) >>> 0
    const mask = this.slots.length - 1
    const length = end - first
    let slot = h & mask
    for (;;) {
      const row = this.slots[slot] - 1
      if (row < 0) break
      if (this.hash.a[row] === h && this.labelSet.a[row] === labelSet) {
        const at = this.stackStart.a[row]
        if (this.stackEnd.a[row] - at === length) {
          let k = 0
          while (k < length && frame[at + k] === frame[first + k]) k++
          if (k === length) {
            this.frame.length = first
            return row
          }
        }
      }
      slot = (slot + 1) & mask
    }
    const row = this.labelSet.length
    this.slots[slot] = row + 1
    this.stackStart.push(first)
    this.stackEnd.push(end)
    this.labelSet.push(labelSet)
    this.hash.push(h)
    if ((row + 1) * 2 > this.slots.length) this.rehash()
    return row
  }

  private rehash(): void {
    const slots = new Uint32Array(this.slots.length * 4)
    const mask = slots.length - 1
    for (let row = 0; row < this.hash.length; row++) {
      let slot = this.hash.a[row] & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = row + 1
    }
    this.slots = slots
  }

  /** The columns that one source's rows are added to. Only Source uses them. */
  readonly to = {
    strings: (s: Strings, id: number): number => {
      const bytes = s.bytesOf(id)
      return this.strings.internBytes(bytes, 0, bytes.length)
    },
    labels: (): LabelSetBuilder => this.labels,
    frame: (): GrowIds => this.frame,
    value: (): readonly Int64Builder[] => this.value,
    mappingCount: (): number => this.mapFile.length - 1,
    mapping: (
      key: string,
      m: { start: Int; limit: Int; offset: Int; file: number; buildId: number; has: number },
    ): number => {
      let row = this.mappings.get(key)
      if (row === undefined) {
        row = this.mapFile.length
        this.mappings.set(key, row)
        this.mapStart.push(m.start)
        this.mapLimit.push(m.limit)
        this.mapOffset.push(m.offset)
        this.mapFile.push(m.file)
        this.mapBuildId.push(m.buildId)
        this.mapHas.push(m.has)
      }
      return row
    },
    mappingStart: (row: number): Int => this.mapStart.get(row),
    fn: (name: number, systemName: number, file: number, startLine: Int): number => {
      const key = `${name},${systemName},${file},${startLine}`
      let row = this.functions.get(key)
      if (row === undefined) {
        row = this.fnName.length
        this.functions.set(key, row)
        this.fnName.push(name)
        this.fnSystemName.push(systemName)
        this.fnFile.push(file)
        this.fnStart.push(startLine)
      }
      return row
    },
    location: (
      mapping: number,
      address: Int,
      folded: number,
      lines: readonly { fn: number; line: Int; column: Int }[],
    ): number => {
      const offset = mapping === 0 ? address : asUint(subInt(address, this.mapStart.get(mapping)))
      let key = `${offset},${mapping},${folded}`
      // As in the reference, only the last line's column tells locations apart.
      lines.forEach((l, i) => {
        key += `|${l.fn},${l.line}${i === lines.length - 1 ? `,${l.column}` : ''}`
      })
      let row = this.locations.get(key)
      if (row === undefined) {
        row = this.locMapping.length
        this.locations.set(key, row)
        this.locMapping.push(mapping)
        this.locAddress.push(address)
        this.folded.push(folded)
        this.lineStart.push(this.lineFn.length)
        for (const l of lines) {
          this.lineFn.push(l.fn)
          this.lineNo.push(l.line)
          this.lineColumn.push(l.column)
        }
        this.lineEnd.push(this.lineFn.length)
      }
      return row
    },
  }
}

/** One profile on its way into a merger: old rows -> new rows, each found once. */
class Source {
  private readonly m: Merger
  private readonly p: Profile
  /** Old row -> new row + 1, 0 = not met yet. */
  private readonly string: Uint32Array
  private readonly labelSet: Uint32Array
  private readonly location: Uint32Array
  private readonly fn: Uint32Array
  private readonly mapping: Uint32Array
  /** Old mapping row -> what its addresses move by. */
  private readonly shift: Int[] = []

  constructor(m: Merger, p: Profile) {
    this.m = m
    this.p = p
    this.string = new Uint32Array(p.strings.count)
    this.labelSet = new Uint32Array(p.labelSets.count)
    this.location = new Uint32Array(p.locations.count + 1)
    this.fn = new Uint32Array(p.functions.count + 1)
    this.mapping = new Uint32Array(p.mappings.count + 1)
  }

  addSamples(): void {
    const { samples } = this.p
    const { stackStart, stackEnd } = samples
    const old = samples.frame
    const frame = this.m.to.frame()
    const value = this.m.to.value()
    const location = this.location
    // The first mapping is the main binary; keep it first.
    if (this.m.to.mappingCount() === 0 && this.p.mappings.count > 0) this.mapMapping(1)
    for (let row = 0; row < samples.count; row++) {
      if (samples.value.every((column) => column.f[row] === 0)) continue
      const first = frame.length
      const end = stackEnd[row]
      frame.reserve(end - stackStart[row])
      let a = frame.a
      let n = first
      for (let i = stackStart[row]; i < end; i++) {
        let loc = location[old[i]]
        if (loc === 0) loc = this.mapLocation(old[i])
        if (loc - 1 > frame.max) {
          frame.length = n
          frame.widen(loc - 1)
          a = frame.a
        }
        a[n++] = loc - 1
      }
      frame.length = n
      const set = samples.labelSet[row]
      const labels = set === 0 ? 0 : (this.labelSet[set] || this.mapLabelSet(set)) - 1
      const to = this.m.sample(first, labels)
      for (let k = 0; k < value.length; k++) {
        const v = samples.value[k].get(row)
        if (to === value[k].length) value[k].push(v)
        else value[k].set(to, addInt(value[k].get(to), v))
      }
    }
  }

  private mapString(id: number): number {
    if (this.string[id] === 0) this.string[id] = this.m.to.strings(this.p.strings, id) + 1
    return this.string[id] - 1
  }

  private mapLabelSet(set: number): number {
    const t = this.p.labelSets
    const labels = this.m.to.labels()
    for (let row = t.start[set]; row < t.start[set + 1]; row++) {
      const key = this.mapString(t.key[row])
      if (t.str[row] !== 0) labels.addText(key, this.mapString(t.str[row]))
      else labels.addNumber(key, t.num.get(row), this.mapString(t.unit[row]))
    }
    this.labelSet[set] = labels.endSet() + 1
    return this.labelSet[set]
  }

  private mapMapping(row: number): number {
    if (row === 0) return 0
    if (this.mapping[row] === 0) {
      const t = this.p.mappings
      const start = t.start.get(row)
      const file = this.mapString(t.file[row])
      const buildId = this.mapString(t.buildId[row])
      // Sizes are rounded up to pages; a mapping without build id and file is like any other such.
      const size = BigInt(asUint(subInt(t.limit.get(row), start)))
      const pages = BigInt.asUintN(64, size + 0xfffn) >> 12n
      const key = `${pages},${t.offset.get(row)},${buildId !== 0 ? buildId : file}`
      const to = this.m.to.mapping(key, {
        start,
        limit: t.limit.get(row),
        offset: t.offset.get(row),
        file,
        buildId,
        has: t.has[row],
      })
      this.mapping[row] = to + 1
      this.shift[row] = subInt(this.m.to.mappingStart(to), start)
    }
    return this.mapping[row] - 1
  }

  private mapFunction(row: number): number {
    if (this.fn[row] === 0) {
      const t = this.p.functions
      this.fn[row] =
        this.m.to.fn(
          this.mapString(t.name[row]),
          this.mapString(t.systemName[row]),
          this.mapString(t.filename[row]),
          t.startLine.get(row),
        ) + 1
    }
    return this.fn[row] - 1
  }

  private mapLocation(row: number): number {
    const t = this.p.locations
    const mapping = this.mapMapping(t.mapping[row])
    const shift = this.shift[t.mapping[row]] ?? 0
    const address = t.address.get(row)
    const lines: { fn: number; line: Int; column: Int }[] = []
    for (let l = t.lineStart[row]; l < t.lineEnd[row]; l++)
      lines.push({
        fn: this.mapFunction(this.p.lines.fn[l]),
        line: this.p.lines.line.get(l),
        column: this.p.lines.column.get(l),
      })
    const to = this.m.to.location(
      mapping,
      shift === 0 ? address : asUint(addInt(address, shift)),
      t.folded[row],
      lines,
    )
    this.location[row] = to + 1
    return to + 1
  }
}
