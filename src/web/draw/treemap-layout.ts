// Squarified treemap: rectangles whose areas are the values, as near to squares as a greedy row by row gets
// (Bruls, Huizing and van Wijk 2000).

export interface Box {
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}

/** Boxes for values, greatest first, that fill a box. Values of 0 or less get no area. */
export function squarify(values: ArrayLike<number>, { x, y, w, h }: Box): Box[] {
  const out: Box[] = []
  let total = 0
  for (let i = 0; i < values.length; i++) total += Math.max(0, values[i]!)
  let [left, top, width, height] = [x, y, w, h]
  let rest = total
  for (let i = 0; i < values.length; ) {
    const side = Math.min(width, height)
    if (!(rest > 0 && side > 0)) {
      out.push({ x: left, y: top, w: 0, h: 0 })
      i++
      continue
    }
    const scale = (width * height) / rest
    // Values join the row while its worst shape gets better.
    let end = i
    let sum = 0
    let worst = Number.POSITIVE_INFINITY
    while (end < values.length) {
      const next = sum + Math.max(0, values[end]!) * scale
      const shape = worstShape(values, i, end + 1, scale, next, side)
      if (shape > worst) break
      worst = shape
      sum = next
      end++
    }
    const thick = Math.min(Math.max(width, height), sum / side)
    let along = 0
    for (let k = i; k < end; k++) {
      const length = thick > 0 ? (Math.max(0, values[k]!) * scale) / thick : 0
      out.push(
        width >= height
          ? { x: left, y: top + along, w: thick, h: length }
          : { x: left + along, y: top, w: length, h: thick },
      )
      along += length
      rest -= Math.max(0, values[k]!)
    }
    if (width >= height) {
      left += thick
      width -= thick
    } else {
      top += thick
      height -= thick
    }
    i = end
  }
  return out
}

/** The largest ratio of sides in a row of the values from..to, `sum` their area. */
function worstShape(
  values: ArrayLike<number>,
  from: number,
  to: number,
  scale: number,
  sum: number,
  side: number,
): number {
  let worst = 0
  for (let k = from; k < to; k++) {
    const area = Math.max(0, values[k]!) * scale
    if (area <= 0) continue
    const ratio = (side * side * area) / (sum * sum)
    worst = Math.max(worst, ratio, 1 / ratio)
  }
  return worst
}

/** Rows of a tree with parents before children, laid out within one another. */
export interface TreeRows {
  readonly parent: Int32Array
  readonly depth: Uint8Array
  readonly retained: Float64Array
}

const HEAD = 16
const PAD = 2
/** Smaller boxes show nothing inside. */
const LEAST = 26

/** A box for each row; rows in boxes that are too small get an empty one. */
export function layoutTree(tree: TreeRows, width: number, height: number): Box[] {
  const n = tree.parent.length
  const none: Box = { x: 0, y: 0, w: 0, h: 0 }
  const boxes: Box[] = Array.from({ length: n }, () => none)
  if (n === 0) return boxes
  boxes[0] = { x: 0, y: 0, w: width, h: height }
  const children: number[][] = Array.from({ length: n }, () => [])
  for (let i = 1; i < n; i++) children[tree.parent[i]!]!.push(i)
  for (let i = 0; i < n; i++) {
    const b = boxes[i]!
    if (children[i]!.length === 0 || b.w < LEAST || b.h < LEAST + HEAD) continue
    const inner = { x: b.x + PAD, y: b.y + HEAD, w: b.w - 2 * PAD, h: b.h - HEAD - PAD }
    // What the node itself takes stays free, so that areas keep their meaning.
    const values = children[i]!.map((c) => tree.retained[c]!)
    const own = Math.max(0, tree.retained[i]! - values.reduce((a, v) => a + v, 0))
    for (const [k, box] of squarify([...values, own], inner).entries())
      if (k < values.length) boxes[children[i]![k]!] = box
  }
  return boxes
}
