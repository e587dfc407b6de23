import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FlameBoxes } from '../../core/analysis/flame/boxes.ts'
import {
  boxAt,
  boxesOf,
  childrenOf,
  depthOf,
  type Fills,
  fillLine,
  firstBeyond,
  matchBoxes,
  mix,
  neighbour,
  pathTo,
  topMatches,
  WideBoxes,
} from './flame-geometry.ts'

interface Node {
  readonly frame: number
  readonly width: number
  readonly children: readonly Node[]
}

/** Boxes of a tree, each child from its parent's left edge on. */
function boxes(root: Node): FlameBoxes {
  const levels: { node: Node; x: number; parent: number }[][] = [[{ node: root, x: 0, parent: -1 }]]
  let count = 1
  for (let depth = 0; levels[depth]!.length > 0; depth++) {
    const next: (typeof levels)[0] = []
    const start = count - levels[depth]!.length
    levels[depth]!.forEach(({ node, x }, i) => {
      let edge = x
      for (const child of node.children) {
        next.push({ node: child, x: edge, parent: start + i })
        edge += child.width
      }
    })
    count += next.length
    levels.push(next)
  }
  const all = levels.flat()
  const starts = [0]
  for (const level of levels.slice(0, -1)) starts.push(starts.at(-1)! + level.length)
  const width = Float64Array.from(all, (b) => b.node.width)
  return {
    count: all.length,
    depthStart: Uint32Array.from(starts),
    x: Float64Array.from(all, (b) => b.x),
    width,
    frame: Uint32Array.from(all, (b) => b.node.frame),
    parent: Int32Array.from(all, (b) => b.parent),
    flags: new Uint8Array(all.length),
    total: width,
    self: new Float64Array(all.length),
    before: undefined,
    after: undefined,
    middle: 0,
    label: undefined,
    labelShare: undefined,
  }
}

const leaf = (frame: number, width: number, ...children: Node[]): Node => ({ frame, width, children })

/** all(100) > a(60) > [b(30) > a(20), c(10)], d(40) > b(5) */
const small = boxes(leaf(0, 100, leaf(1, 60, leaf(2, 30, leaf(1, 20)), leaf(3, 10)), leaf(4, 40, leaf(2, 5))))

const fills: Fills = {
  byFrame: Uint32Array.from({ length: 10 }, (_, f) => 0xff000000 + f),
  byBox: undefined,
  background: 0xffffffff,
  matchesBefore: undefined,
  match: 0xff0000ff,
  part: undefined,
  rest: 0xff777777,
}

const lineOf = (
  b: FlameBoxes,
  depth: number,
  from: number,
  to: number,
  pixels: number,
  f = fills,
): number[] => {
  const line = new Uint32Array(pixels)
  fillLine(b, depth, { from, to }, line, f, 0, 1, new WideBoxes())
  return [...line].map((c) => (c === fills.background ? -1 : (c & 0xff) >>> 0))
}

describe('places of boxes', () => {
  test('found by depth and place', () => {
    expect([...small.depthStart]).toEqual([0, 1, 3, 6, 7])
    expect(boxAt(small, 1, 10, 1)).toBe(1)
    expect(boxAt(small, 1, 60, 1)).toBe(2)
    expect(boxAt(small, 2, 45, 1)).toBe(-1)
    expect(boxAt(small, 2, 59.5, 1)).toBe(5)
    expect(boxAt(small, 9, 0, 1)).toBe(-1)
    expect(boxAt(small, -1, 0, 1)).toBe(-1)
    expect(Array.from({ length: 7 }, (_, i) => depthOf(small, i))).toEqual([0, 1, 1, 2, 2, 2, 3])
    expect(pathTo(small, 6)).toEqual([1, 3, 6])
    expect(firstBeyond(small, 2, 40)).toBe(5)
  })
  test('arrows lead to neighbours, and stay where there is none', () => {
    expect(neighbour(small, 6, 'out')).toBe(3)
    expect(neighbour(small, 0, 'out')).toBe(0)
    expect(neighbour(small, 1, 'in')).toBe(3)
    expect(neighbour(small, 6, 'in')).toBe(6)
    expect(neighbour(small, 4, 'right')).toBe(5)
    expect(neighbour(small, 5, 'right')).toBe(5)
    expect(neighbour(small, 3, 'left')).toBe(3)
    expect(childrenOf(small, 1)).toEqual({ from: 3, to: 5 })
    const none = childrenOf(small, 4)
    expect(none.to).toBe(none.from)
  })
  test('a line of pixels', () => {
    expect(lineOf(small, 1, 0, 100, 10)).toEqual([1, 1, 1, 1, 1, 1, 4, 4, 4, 4])
    expect(lineOf(small, 2, 0, 100, 20)).toEqual([
      2,
      2,
      2,
      2,
      2,
      2,
      3,
      3,
      -1,
      -1,
      -1,
      -1,
      ...lineOf(small, 2, 60, 100, 8),
    ])
    expect(lineOf(small, 1, 50, 70, 4)).toEqual([1, 1, 4, 4])
  })
  test('part of a difference', () => {
    const part = new Float32Array(small.count).fill(0.5)
    expect(lineOf(small, 1, 0, 100, 10, { ...fills, part })).toEqual([
      1, 1, 1, 0x77, 0x77, 0x77, 4, 4, 0x77, 0x77,
    ])
  })
  test('colours are mixed by channel', () => {
    expect(mix(0xff000000, 0xffffffff, 1)).toBe(0xff000000)
    expect(mix(0xff000000, 0xffffffff, 0)).toBe(0xffffffff)
    expect(mix(0xff204060, 0xff406080, 0.5)).toBe(0xff305070)
  })
})

describe('matches', () => {
  const marked = Uint8Array.of(0, 1, 1, 0, 0)
  test('counted each, weighed once where one holds another', () => {
    const m = matchBoxes(small, marked)
    expect(m).toMatchObject({ count: 4, width: 65, total: 65 })
    expect([...m.before]).toEqual([0, 0, 1, 1, 2, 2, 3, 4])
    expect([...topMatches(small, marked)]).toEqual([1, 5])
    expect([...boxesOf(small, marked)]).toEqual([1, 3, 5, 6])
  })
})

/** Trees of up to 80 boxes, many of them narrow: each node hangs under one that came before it. */
const trees: fc.Arbitrary<Node> = fc
  .array(fc.record({ under: fc.nat(1e6), frame: fc.integer({ min: 1, max: 9 }), self: fc.nat(5) }), {
    maxLength: 80,
  })
  .map((list) => {
    const children: number[][] = [[]]
    list.forEach(({ under }, i) => {
      children[under % (i + 1)]!.push(i + 1)
      children.push([])
    })
    const build = (i: number): Node => {
      const below = children[i]!.map(build)
      const { frame, self } = i === 0 ? { frame: 0, self: 0 } : list[i - 1]!
      return { frame, children: below, width: below.reduce((sum, c) => sum + c.width, self) || 1 }
    }
    return build(0)
  })

describe('laws', () => {
  test('every box of a pixel or more is seen, and nothing where nothing is', () => {
    fc.assert(
      fc.property(
        trees,
        fc.integer({ min: 1, max: 300 }),
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        (t, pixels, at) => {
          const b = boxes(t)
          const whole = b.width[0]!
          const from = at * whole
          const to = from + (whole - from) * 0.7
          const scale = pixels / (to - from)
          for (let depth = 0; depth + 1 < b.depthStart.length; depth++) {
            const line = new Uint32Array(pixels)
            fillLine(b, depth, { from, to }, line, fills, 0, 1, new WideBoxes())
            const filled = (p: number): boolean => line[p] !== fills.background
            for (let i = b.depthStart[depth]!; i < b.depthStart[depth + 1]!; i++) {
              const middle = Math.floor((b.x[i]! + b.width[i]! / 2 - from) * scale)
              if (b.width[i]! * scale >= 3 && middle >= 0 && middle < pixels)
                expect(line[middle]).toBe(fills.byFrame[b.frame[i]!])
              else if (middle >= 0 && middle < pixels)
                expect(filled(middle) || filled(middle + 1) || filled(middle - 1)).toBe(true)
            }
            // Two pixels away from any box nothing is painted.
            for (let p = 0; p < pixels; p++) {
              const [a, z] = [from + (p - 2) / scale, from + (p + 3) / scale]
              const box = firstBeyond(b, depth, a)
              if (box === b.depthStart[depth + 1] || b.x[box]! > z) expect(filled(p)).toBe(false)
            }
          }
        },
      ),
    )
  })
  test('a match is never lost among boxes of one pixel', () => {
    fc.assert(
      fc.property(trees, fc.integer({ min: 1, max: 9 }), (t, wanted) => {
        const b = boxes(t)
        const marked = new Uint8Array(10)
        marked[wanted] = 1
        const m = matchBoxes(b, marked)
        // Only matches have red.
        const byFrame = new Uint32Array(10).fill(0xff004000)
        byFrame[wanted] = fills.match
        const red = { ...fills, byFrame, background: 0xff000000, matchesBefore: m.before }
        for (let depth = 1; depth + 1 < b.depthStart.length; depth++) {
          const line = new Uint32Array(4)
          const all = { from: 0, to: b.width[0]! }
          fillLine(b, depth, all, line, red, 0, 9, new WideBoxes())
          const any = line.some((c) => (c & 0xff) > 0)
          const has = m.before[b.depthStart[depth + 1]!]! > m.before[b.depthStart[depth]!]!
          expect(any).toBe(has)
        }
      }),
    )
  })
})
