import { describe, expect, test } from 'vitest'
import type { FlameBoxes } from '../../core/analysis/flame/boxes.ts'
import type { FlameFrames } from '../../core/engine/workbench/questions/flame-tree.ts'
import { categoryOf, changeStep, changeToken, pixelOf } from './flame-colours.ts'
import { fitLabel, LetterWidths, labelsOf } from './flame-labels.ts'
import { frameCode, PathCodes } from './flame-path.ts'
import {
  between,
  clampRange,
  fingersAt,
  moveBy,
  parseRange,
  pinched,
  rangeText,
  zoomAround,
} from './flame-viewport.ts'

const widths = new LetterWidths((s) => s.length)

describe('labels', () => {
  const shown = (name: string, room: number): string | undefined => {
    const label = fitLabel(labelsOf(name, widths), room, widths)
    return label && label.path + label.fn
  }
  test('the longest that fits', () => {
    const name = 'acme.org/shop/orders.(*Server[go.shape.int]).Handle.func1'
    expect(shown(name, 100)).toBe(name)
    expect(shown(name, 46)).toBe('orders.(*Server[go.shape.int]).Handle.func1')
    expect(shown(name, 33)).toBe('orders.(*Server[…]).Handle.func1')
    expect(shown(name, 26)).toBe('(*Server[…]).Handle.func1')
    expect(shown(name, 14)).toBe('Handle.func1')
    expect(shown(name, 6)).toBe('Handl…')
    expect(shown(name, 3)).toBe('Ha…')
    expect(shown(name, 2)).toBeUndefined()
  })
  test('a folded package keeps its name to the last', () => {
    expect(shown('net/http.*', 99)).toBe('net/http.*')
    expect(shown('net/http.*', 6)).toBe('http.*')
    expect(shown('net/http.*', 4)).toBe('htt…')
  })
  test('no package, nothing, and a million letters', () => {
    expect(shown('memmove', 7)).toBe('memmove')
    expect(shown('', 7)).toBe('')
    expect(shown('x'.repeat(1e6), 5)).toBe('xxxx…')
  })
})

describe('paths in the address', () => {
  const frames = { names: ['', 'a', 'b', 'c'], line: new Float64Array(4) } as unknown as FlameFrames
  // all > a > [b, c], c
  const boxes = {
    count: 5,
    depthStart: Uint32Array.of(0, 1, 3, 5),
    frame: Uint32Array.of(0, 1, 3, 2, 3),
    parent: Int32Array.of(-1, 0, 0, 1, 1),
  } as unknown as FlameBoxes
  test('found again, or as much of them as is there', () => {
    const codes = new PathCodes(frames, false)
    for (let box = 0; box < 5; box++) expect(codes.find(boxes, codes.encode(boxes, box))).toBe(box)
    expect(codes.find(boxes, frameCode('a', 0) + frameCode('gone', 0))).toBe(1)
    expect(codes.find(boxes, 'nonsense')).toBe(0)
    expect(frameCode('a', 0)).toMatch(/^[\w-]{4}$/)
    expect(frameCode('a', 1)).not.toBe(frameCode('a', 2))
  })
})

describe('what is in sight', () => {
  test('stays within the graph', () => {
    expect(clampRange({ from: -5, to: 5 }, 100)).toEqual({ from: 0, to: 10 })
    expect(clampRange({ from: 95, to: 205 }, 100)).toEqual({ from: 0, to: 100 })
    expect(moveBy({ from: 90, to: 100 }, 50, 100)).toEqual({ from: 90, to: 100 })
  })
  test('zooming keeps the place under the pointer', () => {
    const r = zoomAround({ from: 20, to: 60 }, 30, 2, 100)
    expect(r).toEqual({ from: 25, to: 45 })
    expect(zoomAround(r, 30, 0.5, 100)).toEqual({ from: 20, to: 60 })
    const deep = Array.from({ length: 200 }).reduce<{ from: number; to: number }>(
      (v) => zoomAround(v, 30, 2, 100),
      r,
    )
    expect(deep.to).toBeGreaterThan(deep.from)
  })
  test('two fingers hold what is between them, apart and along', () => {
    const from = fingersAt({ x: 400, y: 10 }, { x: 600, y: 10 })
    expect(pinched({ from: 0, to: 100 }, 1000, from, { ...from, apart: 400 }, 100)).toEqual({
      from: 25,
      to: 75,
    })
    expect(pinched({ from: 25, to: 75 }, 1000, from, { ...from, x: 300 }, 100)).toEqual({ from: 35, to: 85 })
    expect(pinched({ from: 0, to: 100 }, 1000, from, fingersAt({ x: 1, y: 1 }, { x: 1, y: 1 }), 100)).toEqual(
      {
        from: 0,
        to: 100,
      },
    )
  })
  test('a move begins and ends where it should', () => {
    const [a, b] = [
      { from: 0, to: 100 },
      { from: 40, to: 41 },
    ]
    expect(between(a, b, 0)).toEqual(a)
    expect(between(a, b, 1)).toEqual(b)
    const half = between(a, b, 0.5)
    expect(half.to - half.from).toBeCloseTo(10)
    expect(half.from).toBeGreaterThan(0)
    expect(half.to).toBeLessThan(100)
  })
  test('written and read', () => {
    expect(rangeText({ from: 0, to: 100 }, 100)).toBe('')
    expect(parseRange(rangeText({ from: 25, to: 50 }, 100), 100)).toEqual({ from: 25, to: 50 })
    const tiny = { from: 33.3333333, to: 33.3333334 }
    const back = parseRange(rangeText(tiny, 100), 100)!
    expect(back.from).toBeCloseTo(tiny.from, 8)
    for (const bad of ['', 'x', '0.5', '0.6-0.2', '-1-2', '1e999-2', '0.1-NaN'])
      expect(parseRange(bad, 100)).toBeUndefined()
  })
})

describe('colours', () => {
  test('pixels are little endian RGBA', () => {
    expect(pixelOf('#123456')).toBe(0xff563412)
    expect(pixelOf('#abc')).toBe(0xffccbbaa)
  })
  test('of a name are always the same', () => {
    expect(categoryOf('net/http')).toEqual(categoryOf('net/http'))
    const used = new Set(Array.from({ length: 200 }, (_, i) => categoryOf(`pkg/${i}`).token))
    expect(used.size).toBe(12)
  })
  test('steps of a change', () => {
    expect([0, 0.003, 0.005, 0.03, 0.2, -0.2].map((c) => changeStep(c, 1))).toEqual([0, 0, 1, 2, 3, -3])
    expect(changeToken(-3)).toBe('diff-minus-3')
    expect(changeToken(0)).toBe('diff-zero')
  })
})
