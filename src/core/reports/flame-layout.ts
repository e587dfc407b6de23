// Where the frames of a call tree lie. Everything is in units of weight, so that whoever draws chooses the scale.

import type { CallTree } from '../analysis/call-tree.ts'
import { rowWeight } from '../analysis/call-tree.ts'
import { GrowU32 } from '../base/grow.ts'

/**
 * Frames to draw, in the order of a walk in depth: a frame, then all above it. A difference has two sides:
 * what was added lies right of the middle line and what was taken away left of it, so a row may
 * occur twice. Frame 0 is the root and spans both.
 */
export interface FlameBoxes {
  readonly count: number
  /** Row of the tree. */
  readonly row: Uint32Array
  /** 0 for the root. */
  readonly depth: Uint32Array
  /** Left edge and width, in units of weight, from 0 to the root's weight. */
  readonly x: Float64Array
  readonly width: Float64Array
  /** How many frames of the same function are above it. */
  readonly recursion: Uint32Array
  /** First frame of the side of what was taken away; `count` if there is none. */
  readonly lessFrom: number
  /** Where the middle line is: 0 if there is none. */
  readonly middle: number
  readonly maxDepth: number
  /** Frames left out because they are narrower than wanted (those on top of a frame that is drawn), and their weight. */
  readonly hiddenCount: number
  readonly hiddenWeight: number
}

/** Lays out all frames that are at least `leastWeight` wide. Linear in what is drawn. */
export function layoutFlame(tree: CallTree, leastWeight: number): FlameBoxes {
  const out = new Boxes(tree, leastWeight)
  const { signed } = tree
  out.add(0, 0, 0, rowWeight(tree, 0), 0)
  if (signed === undefined) out.side((row) => tree.total.f[row], 0, 1)
  else out.side((row) => signed.more[row], signed.less[0], 1)
  const lessFrom = out.row.length
  if (signed !== undefined) out.side((row) => signed.less[row], signed.less[0], -1)
  return out.done(lessFrom, signed === undefined ? 0 : signed.less[0])
}

class Boxes {
  readonly row = new GrowU32(1024)
  private readonly depth = new GrowU32(1024)
  private readonly recursion = new GrowU32(1024)
  private readonly x: number[] = []
  private readonly width: number[] = []
  private readonly tree: CallTree
  private readonly least: number
  private maxDepth = 0
  private hiddenCount = 0
  private hiddenWeight = 0

  constructor(tree: CallTree, least: number) {
    this.tree = tree
    this.least = least
  }

  add(row: number, depth: number, x: number, width: number, recursion: number): void {
    this.row.push(row)
    this.depth.push(depth)
    this.x.push(x)
    this.width.push(width)
    this.recursion.push(recursion)
    if (depth > this.maxDepth) this.maxDepth = depth
  }

  /** The frames under the root by one weight, from `start` to the right (1) or to the left (-1). */
  side(weight: (row: number) => number, start: number, direction: 1 | -1): void {
    const { tree } = this
    // Rows to visit with their depth and the edge from which they extend; a stack, children reversed.
    const rows: number[] = []
    const depths: number[] = []
    const edges: number[] = []
    const above = new Uint32Array(tree.frames.count)
    const path: number[] = []
    const children = (row: number, depth: number, edge: number): void => {
      const first = tree.firstChild[row]
      let list: number[] = []
      for (let k = 0; k < tree.childCount[row]; k++) {
        const w = weight(first + k)
        if (w <= 0) continue
        if (w >= this.least) list.push(first + k)
        else {
          this.hiddenCount++
          this.hiddenWeight += w
        }
      }
      // They are ordered by all that changed under them, of which a side is a part.
      if (tree.signed !== undefined) list = list.sort((a, b) => weight(b) - weight(a) || a - b)
      let end = edge
      for (const child of list) end += direction * weight(child)
      for (let k = list.length - 1; k >= 0; k--) {
        end -= direction * weight(list[k])
        rows.push(list[k])
        depths.push(depth)
        edges.push(end)
      }
    }
    children(0, 1, start)
    while (rows.length > 0) {
      const row = rows.pop()!
      const depth = depths.pop()!
      const edge = edges.pop()!
      while (path.length >= depth) above[path.pop()!]--
      const frame = tree.frame[row]
      const w = weight(row)
      this.add(row, depth, direction === 1 ? edge : edge - w, w, above[frame])
      above[frame]++
      path.push(frame)
      children(row, depth + 1, edge)
    }
  }

  done(lessFrom: number, middle: number): FlameBoxes {
    return {
      count: this.row.length,
      row: this.row.done(),
      depth: this.depth.done(),
      x: Float64Array.from(this.x),
      width: Float64Array.from(this.width),
      recursion: this.recursion.done(),
      lessFrom,
      middle,
      maxDepth: this.maxDepth,
      hiddenCount: this.hiddenCount,
      hiddenWeight: this.hiddenWeight,
    }
  }
}
