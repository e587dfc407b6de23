import { GrowU32 } from '../base/grow.ts'
import { Int64Builder } from '../base/int64.ts'
import type { Profile } from '../model/profile.ts'
import { labelValues } from './labels.ts'
import { rewriteStacks } from './samples.ts'

/**
 * Adds frames made of label values: for each of `rootKeys` one at the root (the first key outermost), for
 * each of `leafKeys` one at the leaf (the last key innermost). The frame's function is the value, its
 * file the key; samples without the label get a frame with an empty name.
 */
export function addLabelFrames(
  p: Profile,
  rootKeys: readonly string[],
  leafKeys: readonly string[],
  outputUnit: string,
): { profile: Profile; rootMatched: boolean; leafMatched: boolean } {
  if (rootKeys.length === 0 && leafKeys.length === 0)
    return { profile: p, rootMatched: false, leafMatched: false }
  const frames = new LabelFrames(p, outputUnit)
  const roots: (readonly number[] | undefined)[] = []
  const leaves: (readonly number[] | undefined)[] = []
  const s = p.samples
  const out = rewriteStacks(p, (row, to) => {
    const set = s.labelSet[row]
    // Roots first: rows are given out in this order.
    roots[set] ??= frames.of(set, rootKeys, 'root')
    leaves[set] ??= frames.of(set, leafKeys, 'leaf')
    for (const f of leaves[set]) to.push(f)
    for (let i = s.stackStart[row]; i < s.stackEnd[row]; i++) to.push(s.frame[i])
    for (const f of roots[set]) to.push(f)
  })
  return { profile: frames.apply(out), rootMatched: frames.matched.root, leafMatched: frames.matched.leaf }
}

/** The new functions and locations, one per (value, key), after those of the profile. */
class LabelFrames {
  readonly matched = { root: false, leaf: false }
  private readonly p: Profile
  private readonly outputUnit: string
  private readonly rows = new Map<string, number>()
  private readonly name = new GrowU32()
  private readonly file = new GrowU32()

  constructor(p: Profile, outputUnit: string) {
    this.p = p
    this.outputUnit = outputUnit
  }

  /** Location rows for one label set, in the order of a stack (leaf first). */
  of(set: number, keys: readonly string[], where: 'root' | 'leaf'): number[] {
    return keys.toReversed().map((key) => {
      const values = labelValues(this.p, set, this.p.strings.intern(key), this.outputUnit)
      if (values.length > 0) this.matched[where] = true
      return this.row(values.join(','), key)
    })
  }

  private row(name: string, file: string): number {
    const id = JSON.stringify([name, file])
    let row = this.rows.get(id)
    if (row === undefined) {
      this.name.push(this.p.strings.intern(name))
      this.file.push(this.p.strings.intern(file))
      row = this.p.locations.count + this.name.length
      this.rows.set(id, row)
    }
    return row
  }

  apply(p: Profile): Profile {
    const added = this.name.length
    const f = p.functions
    const l = p.locations
    const u32 = (a: Uint32Array, more: ArrayLike<number>): Uint32Array => {
      const out = new Uint32Array(a.length + added)
      out.set(a)
      out.set(more, a.length)
      return out
    }
    const counted = (from: number): number[] => Array.from({ length: added }, (_, i) => from + i)
    const zeros = new Array<number>(added).fill(0)
    const i64 = (a: typeof f.id, more: (i: number) => number): typeof f.id => {
      const b = new Int64Builder(a.length + added)
      for (let i = 0; i < a.length; i++) b.push(a.get(i))
      for (let i = 0; i < added; i++) b.push(more(i))
      return b.done()
    }
    const nextId = (a: typeof f.id): number => {
      let max = 0
      for (const v of a.f) if (v > max && v < 2 ** 52) max = v
      return max + 1
    }
    const fnId = nextId(f.id)
    const locId = nextId(l.id)
    const folded = new Uint8Array(l.folded.length + added)
    folded.set(l.folded)
    return {
      ...p,
      functions: {
        count: f.count + added,
        id: i64(f.id, (i) => fnId + i),
        name: u32(f.name, this.name.done()),
        systemName: u32(f.systemName, zeros),
        filename: u32(f.filename, this.file.done()),
        startLine: i64(f.startLine, () => 0),
      },
      lines: {
        count: p.lines.count + added,
        fn: u32(p.lines.fn, counted(f.count + 1)),
        line: i64(p.lines.line, () => 0),
        column: i64(p.lines.column, () => 0),
      },
      locations: {
        count: l.count + added,
        id: i64(l.id, (i) => locId + i),
        mapping: u32(l.mapping, zeros),
        address: i64(l.address, () => 0),
        lineStart: u32(l.lineStart, counted(p.lines.count)),
        lineEnd: u32(l.lineEnd, counted(p.lines.count + 1)),
        folded,
      },
    }
  }
}
