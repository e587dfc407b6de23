// Where the boxes of a flame graph are on the screen, without a screen: binary searches over columns that are sorted
// by depth and x, so that a million boxes cost no more than what is seen of them.

import type { FlameBoxes } from '../../core/analysis/flame/boxes.ts'

/** What is shown of the width, in units of weight. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** Narrower boxes share a pixel with their neighbours. */
const THIN = 1.5

export const depthsOf = (b: FlameBoxes): number => b.depthStart.length - 1

/** Depth of a box. */
export function depthOf(b: FlameBoxes, box: number): number {
  let low = 0
  let high = b.depthStart.length - 1
  while (high - low > 1) {
    const mid = (low + high) >> 1
    if (b.depthStart[mid]! <= box) low = mid
    else high = mid
  }
  return low
}

/** First box of a depth whose right edge is beyond x; the end of the depth if there is none. */
export function firstBeyond(b: FlameBoxes, depth: number, x: number): number {
  let low = b.depthStart[depth]!
  let high = b.depthStart[depth + 1]!
  while (low < high) {
    const mid = (low + high) >> 1
    if (b.x[mid]! + b.width[mid]! > x) high = mid
    else low = mid + 1
  }
  return low
}

/** First of the boxes [from, to) of one depth that begins at x or later; gallops, as it is mostly near. */
function firstFrom(b: FlameBoxes, from: number, to: number, x: number): number {
  let step = 1
  let low = from
  while (low + step < to && b.x[low + step]! < x) {
    low += step
    step *= 2
  }
  let high = Math.min(to, low + step)
  while (low < high) {
    const mid = (low + high) >> 1
    if (b.x[mid]! < x) low = mid + 1
    else high = mid
  }
  return low
}

/** How boxes are filled: a colour per frame, or per box where each has its own. Colours are pixels. */
export interface Fills {
  readonly byFrame: Uint32Array
  readonly byBox: Uint32Array | undefined
  readonly background: number
  /** Box -> matches before it, one entry more than boxes; with the colour of a match. */
  readonly matchesBefore: Uint32Array | undefined
  readonly match: number
  /** A box (but the root) is this much of its width as its fill says, the rest is `rest`: its change, a label's share. */
  readonly part: Float32Array | undefined
  readonly rest: number
}

/** Boxes of a line that are wide enough for more than a fill: box, left and right edge in pixels. */
export class WideBoxes {
  count = 0
  box = new Uint32Array(256)
  left = new Int32Array(256)
  right = new Int32Array(256)

  add(box: number, left: number, right: number): void {
    if (this.count === this.box.length) {
      const size = this.count * 2
      const longer = <T extends Uint32Array | Int32Array>(a: T, b: T): T => {
        b.set(a)
        return b
      }
      this.box = longer(this.box, new Uint32Array(size))
      this.left = longer(this.left, new Int32Array(size))
      this.right = longer(this.right, new Int32Array(size))
    }
    this.box[this.count] = box
    this.left[this.count] = left
    this.right[this.count++] = right
  }
}

/** Mixes two opaque pixels: `share` of the first. */
export function mix(a: number, b: number, share: number): number {
  const s = Math.round(share * 256)
  const t = 256 - s
  const even = (((a & 0xff00ff) * s + (b & 0xff00ff) * t) >>> 8) & 0xff00ff
  const odd = ((a >>> 8) & 0xff) * s + ((b >>> 8) & 0xff) * t
  return (0xff000000 | even | (odd & 0xff00)) >>> 0
}

/**
 * Fills one line of pixels with the boxes of a depth. `gap` pixels are left free to the right of boxes that have room.
 * Boxes of `leastWide` pixels or more are listed in `wide`. Time grows with the pixels, not with the boxes.
 */
export function fillLine(
  b: FlameBoxes,
  depth: number,
  range: Range,
  line: Uint32Array,
  fills: Fills,
  gap: number,
  leastWide: number,
  wide: WideBoxes,
): void {
  line.fill(fills.background)
  const { x, width, frame } = b
  const { byFrame, byBox, background, matchesBefore } = fills
  const { from } = range
  const pixels = line.length
  const scale = pixels / (range.to - from)
  const end = b.depthStart[depth + 1]!
  let free = 0
  for (let i = firstBeyond(b, depth, from); i < end; ) {
    const left = (x[i]! - from) * scale
    if (left >= pixels) break
    const size = width[i]! * scale
    if (size >= THIN) {
      const a = Math.max(free, Math.round(left), 0)
      const z = Math.min(pixels, Math.round(left + size))
      const colour = byBox === undefined ? byFrame[frame[i]!]! : byBox[i]!
      if (z <= a) {
        // Neighbours have taken its pixels by rounding: only a match insists.
        if (matchesBefore !== undefined && matchesBefore[i + 1]! > matchesBefore[i]!)
          line[Math.min(a, pixels - 1)] = colour
        i++
        continue
      }
      const shown = z - a > 3 * gap ? z - gap : z
      if (fills.part !== undefined && i > 0 && z - a > 2) {
        const cut = Math.min(shown, Math.round(left + (size - gap) * fills.part[i]!))
        line.fill(colour, a, Math.max(a, cut))
        line.fill(fills.rest, Math.max(a, cut), shown)
      } else line.fill(colour, a, shown)
      if (z - a >= leastWide) wide.add(i, a, shown)
      free = Math.max(free, z)
      i++
      continue
    }
    const p = Math.max(free, Math.floor(left))
    if (p >= pixels) {
      const rest = firstFrom(b, i + 1, end, range.to)
      if (matchesBefore !== undefined && matchesBefore[rest]! > matchesBefore[i]!)
        line[pixels - 1] = fills.match
      break
    }
    let next = firstFrom(b, i + 1, end, from + (p + 1) / scale)
    // The last one to begin in this pixel may reach beyond: then it is drawn by itself.
    if (next - i > 1 && width[next - 1]! * scale >= THIN) next--
    const some = (i + next) >> 1
    const covered = (x[next - 1]! + width[next - 1]! - x[i]!) * scale
    const found = matchesBefore !== undefined && matchesBefore[next]! > matchesBefore[i]!
    const colour = found ? fills.match : byBox === undefined ? byFrame[frame[some]!]! : byBox[some]!
    line[p] = covered >= 1 ? colour : mix(colour, background, Math.max(found ? 0.7 : 0.35, covered))
    free = p + 1
    i = next
  }
}

/** The box at a place of a depth; -1 if none is there. `pixel` is the width of one in units of weight. */
export function boxAt(b: FlameBoxes, depth: number, x: number, pixel: number): number {
  if (depth < 0 || depth >= depthsOf(b)) return -1
  const box = firstBeyond(b, depth, x)
  if (box >= b.depthStart[depth + 1]!) return -1
  // One that begins within the pixel was drawn in it.
  return b.x[box]! <= x + pixel ? box : -1
}

export type Step = 'out' | 'in' | 'left' | 'right'

/** The box that an arrow key leads to; the same one if there is none. */
export function neighbour(b: FlameBoxes, box: number, step: Step): number {
  const depth = depthOf(b, box)
  switch (step) {
    case 'out':
      return b.parent[box]! < 0 ? box : b.parent[box]!
    case 'in': {
      if (depth + 1 >= depthsOf(b)) return box
      const child = childrenOf(b, box, depth)
      // The heaviest: mostly the first, on the left side of a difference the last.
      let best = box
      for (let k = child.from; k < child.to; k++) if (best === box || b.width[k]! > b.width[best]!) best = k
      return best
    }
    case 'left':
      return box > b.depthStart[depth]! ? box - 1 : box
    case 'right':
      return box + 1 < b.depthStart[depth + 1]! ? box + 1 : box
  }
}

/** The children of a box stand side by side: [from, to). */
export function childrenOf(
  b: FlameBoxes,
  box: number,
  depth = depthOf(b, box),
): { from: number; to: number } {
  if (depth + 1 >= depthsOf(b)) return { from: 0, to: 0 }
  const end = b.depthStart[depth + 2]!
  let from = b.depthStart[depth + 1]!
  let high = end
  while (from < high) {
    const mid = (from + high) >> 1
    if (b.parent[mid]! < box) from = mid + 1
    else high = mid
  }
  let to = from
  while (to < end && b.parent[to] === box) to++
  return { from, to }
}

/** Boxes from the root (left out) to this one. */
export function pathTo(b: FlameBoxes, box: number): number[] {
  const path: number[] = []
  for (let at = box; at > 0; at = b.parent[at]!) path.push(at)
  return path.reverse()
}

/** Boxes of the frames that are marked, in order. */
export function boxesOf(b: FlameBoxes, marked: Uint8Array): Uint32Array {
  let count = 0
  const { frame } = b
  for (let i = 1; i < b.count; i++) count += marked[frame[i]!]!
  const out = new Uint32Array(count)
  let at = 0
  for (let i = 1; i < b.count; i++) if (marked[frame[i]!] === 1) out[at++] = i
  return out
}

export interface Matches {
  /** Box -> matching boxes before it; one entry more than boxes. */
  readonly before: Uint32Array
  readonly count: number
  /** Sum of widths, those within another match not counted again; in differences of net changes too. */
  readonly width: number
  readonly total: number
}

/** What a search finds among the boxes. Linear, no box looked at twice. */
export function matchBoxes(b: FlameBoxes, marked: Uint8Array): Matches {
  const { frame, parent, count: boxes, width: widths, total: totals } = b
  const before = new Uint32Array(boxes + 1)
  const inside = new Uint8Array(boxes)
  let count = 0
  let width = 0
  let total = 0
  for (let i = 1; i < boxes; i++) {
    before[i] = count
    const within = inside[parent[i]!]!
    const hit = marked[frame[i]!]!
    inside[i] = within | hit
    if (hit === 0) continue
    count++
    if (within === 1) continue
    width += widths[i]!
    total += totals[i]!
  }
  before[boxes] = count
  return { before, count, width, total }
}

/** More than anybody steps through. */
const MOST_TOPS = 2000

/** Matching boxes that no other match holds, the widest ones at most, from left to right. */
export function topMatches(b: FlameBoxes, marked: Uint8Array): Uint32Array {
  const inside = new Uint8Array(b.count)
  let tops: number[] = []
  for (let i = 1; i < b.count; i++) {
    const within = inside[b.parent[i]!]!
    const hit = marked[b.frame[i]!]!
    inside[i] = within | hit
    if (hit === 1 && within === 0) tops.push(i)
  }
  if (tops.length > MOST_TOPS) tops = tops.sort((a, c) => b.width[c]! - b.width[a]!).slice(0, MOST_TOPS)
  return Uint32Array.from(tops.sort((a, c) => b.x[a]! - b.x[c]! || a - c))
}
