// The call tree of a profile: one row per distinct path of frames, equal paths merged.
//
// 1. Locations are expanded to frames (functions, or lines) once, inlined callees as frames of their own.
// 2. The samples are partitioned from the root on, as in a radix sort: a group holds all samples that share a
//    path, and is split by their next frame. Rows are given out as groups are made, so a parent comes
//    before its children and the children of a row lie side by side, the heaviest first.
// 3. A group lighter than `leastWeight` is not followed: its weight is kept as `left` of its caller, and
//    counted. Profiles of many deep stacks have a path per stack (300 000 random ones of 45 frames make
//    11 million rows), of which a picture can show a few thousand.
// 4. Values are summed per row of the finished tree, exactly, whatever the shape took.

import { GrowU32 } from '../base/grow.ts'
import type { Int64Column } from '../base/int64.ts'
import { compareText } from '../base/utf8.ts'
import { unnamedFrame } from '../formats/folded/frame-name.ts'
import type { Profile } from '../model/profile.ts'
import { lanesOf, sumLanes } from './graph.ts'

export interface CallTreeOptions {
  /** Sample type that weighs. */
  readonly value: number
  /** What tells frames apart: the function's name, or its name, file and line. */
  readonly by: 'function' | 'line'
  /** From the leaves to their callers, rather than from the roots to what they call. */
  readonly inverted: boolean
  /**
   * Paths whose samples' |values| sum up to less are left out, with what is under them. 0 keeps all.
   */
  readonly leastWeight: number
  /** Whether it is a difference even if no value is negative. */
  readonly difference?: boolean
  /** Whether sums per frame are wanted as well. */
  readonly frameSums?: boolean
}

/** What the rows of a tree are occurrences of. Row 0 is the whole profile and has no name. */
export interface FrameTable {
  readonly count: number
  /** String ids of the profile; name is 0 only in row 0. */
  readonly name: Uint32Array
  readonly file: Uint32Array
  /** Line of the code by line; by function where it begins. 0 if unknown. */
  readonly line: Float64Array
}

/** Rows from 0, which is the root: everything. Parents come before their children. */
export interface CallTree {
  readonly count: number
  /** -1 for the root. */
  readonly parent: Int32Array
  /** The children of a row are [firstChild, firstChild + childCount), heaviest first. */
  readonly firstChild: Uint32Array
  readonly childCount: Uint32Array
  /** Row of `frames`. */
  readonly frame: Uint32Array
  /** 1 if the frame was inlined into its caller in every sample of the row. */
  readonly inlined: Uint8Array
  /** Sum of the samples that end here; of all that pass here, too. */
  readonly self: Int64Column
  readonly total: Int64Column
  /** Sum of the samples that go on to callees that were left out: total = self + left + children's totals. */
  readonly left: Int64Column
  /** How many callees were left out, in all. */
  readonly leftCount: number
  readonly frames: FrameTable
  /** Where asked for: sums per row of frames over all samples, left out or not. */
  readonly frameSums: FrameSums | undefined
  /** In differences, and where some value is negative: what is added and taken away under each row. */
  readonly signed: SignedWeights | undefined
  /** Sample -> row where it ends, or the last one kept of its path; 0xffffffff for those of value 0. */
  readonly end: Uint32Array
}

/**
 * Paths that end in the same row are one amount, positive or negative: `more` is the sum of the positive amounts
 * of a row and all under it, `less` of the negative ones, as magnitudes. total = more - less.
 */
export interface SignedWeights {
  readonly more: Float64Array
  readonly less: Float64Array
}

/** Per frame: samples in which it is the leaf, and those in which it is at all (once each). */
export interface FrameSums {
  readonly self: Float64Array
  readonly total: Float64Array
}

const NONE = 0xffffffff

/** Builds the tree. Samples with the value 0 do not exist for it. Linear in the frames of what is followed. */
export function buildCallTree(p: Profile, o: CallTreeOptions): CallTree {
  const expanded = expandLocations(p, o)
  const shape = new Shape(p, expanded, o)
  shape.partition()
  return shape.done()
}

interface ExpandedLocations {
  readonly frames: FrameTable
  /** Frames of location l: frame[start[l], start[l + 1]), in the order in which the tree goes down. */
  readonly start: Uint32Array
  readonly frame: Uint32Array
  /** 1 where the frame at this place is inlined into the one before it in the source's order. */
  readonly inlined: Uint8Array
}

function expandLocations(p: Profile, o: CallTreeOptions): ExpandedLocations {
  const { locations, lines, functions, strings } = p
  const name = new GrowU32()
  const file = new GrowU32()
  const line: number[] = []
  const add = (n: number, f: number, l: number): number => {
    name.push(n)
    file.push(f)
    line.push(l)
    return name.length - 1
  }
  add(0, 0, 0)
  const byName = new Map<number, number>()
  const byLine = new Map<string, number>()
  const unnamed = new Map<string, number>()
  const intern = <K>(known: Map<K, number>, key: K, make: () => number): number => {
    let row = known.get(key)
    if (row === undefined) {
      row = make()
      known.set(key, row)
    }
    return row
  }
  const frameWithout = (location: number): number => {
    const text = unnamedFrame(p, location)
    return intern(unnamed, text, () => add(strings.intern(text), 0, 0))
  }
  const frameOf = (row: number, location: number): number => {
    const fn = lines.fn[row]
    const n = functions.name[fn]
    const f = functions.filename[fn]
    if (o.by === 'line') {
      const l = lines.line.f[row]
      if (n === 0 && f === 0) return frameWithout(location)
      const id = n === 0 ? strings.intern(unnamedFrame(p, location)) : n
      return intern(byLine, `${id},${f},${l}`, () => add(id, f, l))
    }
    if (n === 0) return frameWithout(location)
    return intern(byName, n, () => add(n, f, functions.startLine.f[fn]))
  }
  const start = new Uint32Array(locations.count + 2)
  const frame = new GrowU32(lines.count + locations.count + 1)
  const inlined = new GrowU32(lines.count + locations.count + 1)
  for (let location = 1; location <= locations.count; location++) {
    start[location] = frame.length
    const from = locations.lineStart[location]
    const to = locations.lineEnd[location]
    if (from === to) {
      frame.push(frameWithout(location))
      inlined.push(0)
    }
    for (let k = 0; k < to - from; k++) {
      const row = o.inverted ? from + k : to - 1 - k
      frame.push(frameOf(row, location))
      inlined.push(row === to - 1 ? 0 : 1)
    }
  }
  start[locations.count + 1] = frame.length
  const frames: FrameTable = {
    count: name.length,
    name: name.done(),
    file: file.done(),
    line: Float64Array.from(line),
  }
  return { frames, start, frame: frame.done(), inlined: Uint8Array.from(inlined.done()) }
}

/** The rows so far, and where each sample has got to. */
class Shape {
  private readonly p: Profile
  private readonly x: ExpandedLocations
  private readonly o: CallTreeOptions
  private readonly weight: Float64Array
  private readonly parent = new GrowU32(1024)
  private readonly frame = new GrowU32(1024)
  private readonly firstChild = new GrowU32(1024)
  private readonly childCount = new GrowU32(1024)
  private inlined = new Uint8Array(1024)
  private leftCount = 0
  /** Sample -> row where it ends, or the last row that is kept of its path. */
  private readonly end: Uint32Array
  /** Sample -> 1 if its path goes on below that row. */
  private readonly cut: Uint8Array
  /** Sample -> place of its next frame: index into samples.frame, and into the frames of that location. */
  private readonly at: Uint32Array
  private readonly sub: Uint32Array | undefined
  private readonly order: Uint32Array
  private readonly spare: Uint32Array
  // Per frame row, valid for the group being split.
  private readonly group: {
    readonly size: Uint32Array
    readonly weight: Float64Array
    /** 1 if some sample did not inline it. */
    readonly direct: Uint8Array
    /** Where the next of its samples goes; NONE if it is left out. */
    readonly start: Uint32Array
  }

  constructor(p: Profile, x: ExpandedLocations, o: CallTreeOptions) {
    this.p = p
    this.x = x
    this.o = o
    const { samples } = p
    const n = samples.count
    this.weight = samples.value[o.value].f
    this.end = new Uint32Array(n).fill(NONE)
    this.cut = new Uint8Array(n)
    this.at = new Uint32Array(n)
    // Most locations are one frame; then the place within a location is always 0.
    this.sub = x.frame.length === p.locations.count ? undefined : new Uint32Array(n)
    this.order = new Uint32Array(n)
    this.spare = new Uint32Array(n)
    const frames = x.frames.count
    this.group = {
      size: new Uint32Array(frames),
      weight: new Float64Array(frames),
      direct: new Uint8Array(frames),
      start: new Uint32Array(frames),
    }
  }

  private addRow(parent: number, frame: number, inlined: number): number {
    const row = this.frame.length
    this.parent.push(parent)
    this.frame.push(frame)
    this.firstChild.push(0)
    this.childCount.push(0)
    if (row === this.inlined.length) {
      const a = new Uint8Array(row * 2)
      a.set(this.inlined)
      this.inlined = a
    }
    this.inlined[row] = inlined
    return row
  }

  partition(): void {
    const { samples } = this.p
    const { inverted } = this.o
    let count = 0
    for (let row = 0; row < samples.count; row++) {
      if (this.weight[row] === 0) continue
      this.order[count++] = row
      // Going down from the root means backwards: stacks are stored leaf first.
      this.at[row] = inverted ? samples.stackStart[row] : samples.stackEnd[row]
    }
    this.addRow(NONE, 0, 0)
    const groups = new GrowU32(1024)
    const push = (row: number, from: number, to: number): void => {
      groups.push(row)
      groups.push(from)
      groups.push(to)
    }
    push(0, 0, count)
    while (groups.length > 0) {
      groups.length -= 3
      const row = groups.a[groups.length]
      const from = groups.a[groups.length + 1]
      const to = groups.a[groups.length + 2]
      if (to - from === 1) this.chain(row, this.order[from])
      else this.split(row, from, to, push)
    }
  }

  /** Frame at the sample's place, or NONE at the end of its stack. Does not move. */
  private nextFrame(sample: number): number {
    const { samples } = this.p
    const at = this.at[sample]
    let location: number
    if (this.o.inverted) {
      if (at >= samples.stackEnd[sample]) return NONE
      location = samples.frame[at]
    } else {
      if (at <= samples.stackStart[sample]) return NONE
      location = samples.frame[at - 1]
    }
    return this.x.start[location] + (this.sub === undefined ? 0 : this.sub[sample])
  }

  /** Moves over the frame that nextFrame gave. */
  private advance(sample: number, place: number): void {
    const { samples } = this.p
    const step = this.o.inverted ? 1 : -1
    if (this.sub !== undefined) {
      const location = samples.frame[this.o.inverted ? this.at[sample] : this.at[sample] - 1]
      if (place + 1 < this.x.start[location + 1]) {
        this.sub[sample]++
        return
      }
      this.sub[sample] = 0
    }
    this.at[sample] += step
  }

  /** The path of a sample that shares its row with no other. */
  private chain(row: number, sample: number): void {
    let last = row
    const light = Math.abs(this.weight[sample]) < this.o.leastWeight
    for (;;) {
      const place = this.nextFrame(sample)
      if (place === NONE) break
      if (light) {
        this.cut[sample] = 1
        this.leftCount++
        break
      }
      this.advance(sample, place)
      const next = this.addRow(last, this.x.frame[place], this.x.inlined[place])
      this.firstChild.a[last] = next
      this.childCount.a[last] = 1
      last = next
    }
    this.end[sample] = last
  }

  private split(
    row: number,
    from: number,
    to: number,
    push: (row: number, a: number, b: number) => void,
  ): void {
    const { order, x, group, weight } = this
    const spare = this.spare
    const { leastWeight } = this.o
    // Which frames follow, and how heavy each is.
    const touched: number[] = []
    for (let i = from; i < to; i++) {
      const sample = order[i]
      const place = this.nextFrame(sample)
      if (place === NONE) {
        this.end[sample] = row
        continue
      }
      const f = x.frame[place]
      if (group.size[f]++ === 0) {
        group.weight[f] = 0
        group.direct[f] = 0
        touched.push(f)
      }
      const v = weight[sample]
      group.weight[f] += v < 0 ? -v : v
      if (x.inlined[place] === 0) group.direct[f] = 1
    }
    if (touched.length > 1)
      touched.sort((a, b) => group.weight[b] - group.weight[a] || this.compareFrames(a, b))
    // The groups kept go to the front of the range, in order.
    let next = from
    let kept = 0
    const first = this.frame.length
    for (const f of touched) {
      if (group.weight[f] < leastWeight) {
        this.leftCount++
        group.start[f] = NONE
        continue
      }
      this.addRow(row, f, group.direct[f] === 1 ? 0 : 1)
      group.start[f] = next
      next += group.size[f]
      kept++
    }
    if (kept > 0) {
      this.firstChild.a[row] = first
      this.childCount.a[row] = kept
    }
    for (let i = from; i < to; i++) {
      const sample = order[i]
      if (this.end[sample] !== NONE) continue
      const place = this.nextFrame(sample)
      const f = x.frame[place]
      if (group.start[f] === NONE) {
        this.end[sample] = row
        this.cut[sample] = 1
        continue
      }
      this.advance(sample, place)
      spare[group.start[f]++] = sample
    }
    order.set(spare.subarray(from, next), from)
    let a = from
    let k = 0
    for (const f of touched) {
      if (group.start[f] !== NONE) {
        push(first + k++, a, a + group.size[f])
        a += group.size[f]
      }
      group.size[f] = 0
    }
  }

  private compareFrames(a: number, b: number): number {
    const { name, file, line } = this.x.frames
    const { strings } = this.p
    return (
      compareText(strings.get(name[a]), strings.get(name[b])) ||
      compareText(strings.get(file[a]), strings.get(file[b])) ||
      line[a] - line[b]
    )
  }

  private sumFrames(): FrameSums {
    const { start, frame, frames } = this.x
    const { count, stackStart, stackEnd, frame: location } = this.p.samples
    const self = new Float64Array(frames.count)
    const total = new Float64Array(frames.count)
    const stamp = new Uint32Array(frames.count)
    for (let sample = 0; sample < count; sample++) {
      const v = this.weight[sample]
      if (v === 0) continue
      for (let i = stackStart[sample]; i < stackEnd[sample]; i++) {
        const to = start[location[i] + 1]
        for (let k = start[location[i]]; k < to; k++) {
          const f = frame[k]
          if (stamp[f] === sample + 1) continue
          stamp[f] = sample + 1
          total[f] += v
        }
      }
      if (stackStart[sample] === stackEnd[sample]) continue
      // The innermost frame of the leaf's location comes first or last, as the tree goes down.
      const leaf = location[stackStart[sample]]
      self[frame[this.o.inverted ? start[leaf] : start[leaf + 1] - 1]] += v
    }
    return { self, total }
  }

  done(): CallTree {
    const count = this.frame.length
    const parent = Int32Array.from(this.parent.done())
    const column = this.p.samples.value[this.o.value]
    const { end, cut } = this
    const [self, left, total] = sumLanes(lanesOf(column), (lane) => {
      const s = new Float64Array(count)
      const l = new Float64Array(count)
      for (let sample = 0; sample < end.length; sample++) {
        const row = end[sample]
        if (row !== NONE) (cut[sample] === 1 ? l : s)[row] += lane[sample]
      }
      const t = new Float64Array(count)
      for (let row = count - 1; row >= 0; row--) {
        t[row] += s[row] + l[row]
        if (row > 0) t[parent[row]] += t[row]
      }
      return [s, l, t]
    })
    return {
      count,
      parent,
      firstChild: this.firstChild.done(),
      childCount: this.childCount.done(),
      frame: this.frame.done(),
      inlined: this.inlined.subarray(0, count),
      self,
      total,
      left,
      leftCount: this.leftCount,
      frames: this.x.frames,
      frameSums: this.o.frameSums ? this.sumFrames() : undefined,
      signed:
        this.o.difference || this.weight.some((v) => v < 0) ? signedWeights(parent, self, left) : undefined,
      end,
    }
  }
}

function signedWeights(parent: Int32Array, self: Int64Column, left: Int64Column): SignedWeights {
  const more = new Float64Array(parent.length)
  const less = new Float64Array(parent.length)
  for (let row = parent.length - 1; row >= 0; row--) {
    for (const v of [self.f[row], left.f[row]]) {
      if (v > 0) more[row] += v
      else less[row] -= v
    }
    if (row > 0) {
      more[parent[row]] += more[row]
      less[parent[row]] += less[row]
    }
  }
  return { more, less }
}

/** What a row weighs in a picture: its total, or in a difference all that changed under it. Never negative. */
export function rowWeight(tree: CallTree, row: number): number {
  return tree.signed === undefined ? tree.total.f[row] : tree.signed.more[row] + tree.signed.less[row]
}
