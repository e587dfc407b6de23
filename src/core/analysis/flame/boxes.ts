// The boxes of a flame graph, laid out: columns that a canvas draws as they are.
//
// Boxes are ordered by depth and within a depth by x, so what is in sight of a row is found by binary search, and
// parents come before children. Coordinates are in units of weight, from 0 to the weight of the root.

import { GrowU32 } from '../../base/grow.ts'
import { type CallTree, rowWeight } from '../call-tree.ts'
import type { RowLabels } from './row-labels.ts'

/** Bits of `flags`. */
export const BOX_INLINED = 1
/** A caller of it on the same path is the same function. */
export const BOX_RECURSIVE = 2
/** Something under it was left out of the tree, being too light. */
export const BOX_TRIMMED = 4

export interface FlameBoxes {
  readonly count: number
  /** Boxes of depth d are [depthStart[d], depthStart[d + 1]); the root is depth 0. */
  readonly depthStart: Uint32Array
  readonly x: Float64Array
  readonly width: Float64Array
  /** Row of the tree's frames. */
  readonly frame: Uint32Array
  /** Box; -1 for the root. */
  readonly parent: Int32Array
  readonly flags: Uint8Array
  /** Of the samples that pass through it: their sum; the same array as `width` unless it is a difference. */
  readonly total: Float64Array
  /** Of those that end in it. */
  readonly self: Float64Array
  /** In a difference: sums of what was taken away (as magnitudes) and of what is there now. total = after - before. */
  readonly before: Float64Array | undefined
  readonly after: Float64Array | undefined
  /** Where the line between less and more is; 0 if it has no two sides. */
  readonly middle: number
  /** Where asked for: the value of a label that most of a box carries, and its share of the box; see RowLabels. */
  readonly label: Uint32Array | undefined
  readonly labelShare: Float32Array | undefined
}

export interface BoxOptions {
  /**
   * Widths of a difference: 'sum' of all magnitudes before and after, as pprof draws it; or 'sides': what was taken
   * away to the left of a line, what was added to the right of it, paths that end alike netted.
   */
  readonly widths: 'sum' | 'sides'
  /** Order of siblings: heaviest first, or by name. */
  readonly order: 'weight' | 'name'
  /** Values of the samples, for before and after. */
  readonly values: Float64Array
  /** Compares frames, for order by name. */
  readonly compare: (frameA: number, frameB: number) => number
  readonly labels?: RowLabels
}

/** Lays out a tree. Linear in its rows, apart from sorting. */
export function layoutBoxes(tree: CallTree, o: BoxOptions): FlameBoxes {
  const marks = marksOf(tree)
  if (tree.signed === undefined) {
    const width = tree.total.f
    return columns(
      tree,
      oneSide(tree, (row) => width[row], o),
      marks,
      0,
      undefined,
      o.labels,
    )
  }
  const sums = beforeAndAfter(tree, o.values)
  if (o.widths === 'sum') {
    const gross = (row: number): number => sums.before[row] + sums.after[row]
    return columns(tree, oneSide(tree, gross, o), marks, 0, sums, o.labels)
  }
  const { more, less } = tree.signed
  const right = oneSide(tree, (row) => more[row], o)
  const left = oneSide(tree, (row) => less[row], o)
  return columns(tree, joinSides(tree, left, right), marks, less[0], sums, o.labels)
}

/** Boxes before their columns are gathered: which row of the tree, where. */
interface Placed {
  readonly depthStart: GrowU32
  readonly row: Uint32Array
  readonly parent: Int32Array
  readonly x: Float64Array
  readonly width: Float64Array
}

/** All rows of some weight, breadth first: a parent's children stand side by side from its left edge on. */
function oneSide(tree: CallTree, weight: (row: number) => number, o: BoxOptions): Placed {
  const row = new Uint32Array(tree.count)
  const parent = new Int32Array(tree.count)
  const x = new Float64Array(tree.count)
  const width = new Float64Array(tree.count)
  const depthStart = new GrowU32(64)
  const { firstChild, childCount, frame } = tree
  // The tree's own order is that of all that changed.
  const sorts = o.order === 'name' || tree.signed !== undefined
  const byName = (a: number, b: number): number => o.compare(frame[a], frame[b])
  const byWeight = (a: number, b: number): number => weight(b) - weight(a) || a - b
  row[0] = 0
  parent[0] = -1
  width[0] = weight(0)
  let count = 1
  depthStart.push(0)
  for (let box = 0, end = 1; box < end; ) {
    depthStart.push(end)
    for (; box < end; box++) {
      const first = firstChild[row[box]]
      const children = childCount[row[box]]
      let edge = x[box]
      const from = count
      for (let k = 0; k < children; k++) {
        if (weight(first + k) <= 0) continue
        row[count++] = first + k
      }
      if (sorts && count - from > 1) row.subarray(from, count).sort(o.order === 'name' ? byName : byWeight)
      for (let k = from; k < count; k++) {
        const w = weight(row[k])
        parent[k] = box
        x[k] = edge
        width[k] = w
        edge += w
      }
    }
    end = count
  }
  return {
    depthStart,
    row: row.subarray(0, count),
    parent: parent.subarray(0, count),
    x: x.subarray(0, count),
    width: width.subarray(0, count),
  }
}

/** Both sides under one root: `left` mirrored, so that it grows from the middle to the left. */
function joinSides(tree: CallTree, left: Placed, right: Placed): Placed {
  const count = left.row.length + right.row.length - 1
  const row = new Uint32Array(count)
  const parent = new Int32Array(count)
  const x = new Float64Array(count)
  const width = new Float64Array(count)
  const middle = left.width[0]
  parent[0] = -1
  width[0] = rowWeight(tree, 0)
  const depthStart = new GrowU32(64)
  depthStart.push(0)
  depthStart.push(1)
  const [a, b] = [left.depthStart.done(), right.depthStart.done()]
  /** Where the boxes of the depth above went. */
  let leftAt = (_: number): number => 0
  let rightAt = (_: number): number => 0
  let at = 1
  for (let depth = 1; depth + 1 < Math.max(a.length, b.length); depth++) {
    const [leftFrom, leftTo] = depth + 1 < a.length ? [a[depth], a[depth + 1]] : [0, 0]
    const [rightFrom, rightTo] = depth + 1 < b.length ? [b[depth], b[depth + 1]] : [0, 0]
    const start = at
    for (let k = leftTo - 1; k >= leftFrom; k--, at++) {
      row[at] = left.row[k]
      parent[at] = leftAt(left.parent[k])
      x[at] = middle - left.x[k] - left.width[k]
      width[at] = left.width[k]
    }
    const middleAt = at
    for (let k = rightFrom; k < rightTo; k++, at++) {
      row[at] = right.row[k]
      parent[at] = rightAt(right.parent[k])
      x[at] = middle + right.x[k]
      width[at] = right.width[k]
    }
    leftAt = (k) => start + leftTo - 1 - k
    rightAt = (k) => middleAt + k - rightFrom
    depthStart.push(at)
  }
  return { depthStart, row, parent, x, width }
}

function columns(
  tree: CallTree,
  placed: Placed,
  marks: Uint8Array,
  middle: number,
  sums: { before: Float64Array; after: Float64Array } | undefined,
  labels: RowLabels | undefined,
): FlameBoxes {
  const { row, parent, x, width } = placed
  const count = row.length
  const gather = (column: Float64Array): Float64Array => {
    const out = new Float64Array(count)
    for (let i = 0; i < count; i++) out[i] = column[row[i]]
    return out
  }
  const frame = new Uint32Array(count)
  const flags = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    frame[i] = tree.frame[row[i]]
    flags[i] = marks[row[i]]
  }
  return {
    count,
    depthStart: placed.depthStart.done().slice(),
    x,
    width,
    frame,
    parent,
    flags,
    total: sums === undefined ? width : gather(tree.total.f),
    self: gather(tree.self.f),
    before: sums && gather(sums.before),
    after: sums && gather(sums.after),
    middle,
    ...labelColumns(row, labels),
  }
}

function labelColumns(
  row: Uint32Array,
  labels: RowLabels | undefined,
): Pick<FlameBoxes, 'label' | 'labelShare'> {
  if (labels === undefined) return { label: undefined, labelShare: undefined }
  const label = new Uint32Array(row.length)
  const labelShare = new Float32Array(row.length)
  for (let i = 0; i < row.length; i++) {
    label[i] = labels.heaviest[row[i]]
    labelShare[i] = labels.share[row[i]]
  }
  return { label, labelShare }
}

/** Flags of all rows. Goes down path by path, counting the functions on it. */
function marksOf(tree: CallTree): Uint8Array {
  const { count, firstChild, childCount, frame, inlined, left } = tree
  const out = new Uint8Array(count)
  const above = new Uint32Array(tree.frames.count)
  const path = new GrowU32(64)
  const nextChild = new GrowU32(64)
  let row = 0
  for (;;) {
    out[row] =
      (inlined[row] === 1 ? BOX_INLINED : 0) |
      (above[frame[row]] > 0 ? BOX_RECURSIVE : 0) |
      (left.f[row] !== 0 ? BOX_TRIMMED : 0)
    above[frame[row]]++
    path.push(row)
    nextChild.push(0)
    for (;;) {
      const top = path.length - 1
      const last = path.a[top]
      const k = nextChild.a[top]++
      if (k < childCount[last]) {
        row = firstChild[last] + k
        break
      }
      above[frame[last]]--
      path.length--
      nextChild.length--
      if (path.length === 0) return out
    }
  }
}

function beforeAndAfter(tree: CallTree, values: Float64Array): { before: Float64Array; after: Float64Array } {
  const before = new Float64Array(tree.count)
  const after = new Float64Array(tree.count)
  for (let sample = 0; sample < values.length; sample++) {
    const v = values[sample]
    if (v > 0) after[tree.end[sample]] += v
    else if (v < 0) before[tree.end[sample]] -= v
  }
  for (let row = tree.count - 1; row > 0; row--) {
    before[tree.parent[row]] += before[row]
    after[tree.parent[row]] += after[row]
  }
  return { before, after }
}
