import { describe, expect, test } from 'vitest'
import type { CallGraph } from '../../core/engine/workbench/questions/graph.ts'
import { besideBox, graphModel, neighbours } from './graph-boxes.ts'
import { nodeFill } from './graph-colours.ts'
import { dotOf, type GraphPlaces, pathsOf, readPlaces } from './graph-layout.ts'
import { graphSvg } from './graph-svg.ts'

const EVIL = `</text><script>alert(1)</script>"'&\u202e\u001b[31m`

function graph(names: readonly string[] = ['main.run', 'lib.work', 'lib.(*T).f']): CallGraph {
  return {
    names,
    places: names.map(() => ''),
    origin: Uint8Array.from(names, (_, i) => (i === 0 ? 0 : 1)),
    self: Float64Array.of(0, 30, 70),
    total: Float64Array.of(100, 60, 70),
    edges: {
      from: Uint32Array.of(0, 0, 1, 2),
      to: Uint32Array.of(1, 2, 2, 2),
      weight: Float64Array.of(60, 40, 30, 5),
      residual: Uint8Array.of(0, 1, 0, 0),
      inlined: Uint8Array.of(1, 0, 0, 0),
    },
    tags: [
      { node: 2, under: -1, name: 'key:a\\nkey:b', weight: 20 },
      { node: 2, under: 0, name: '4kB', weight: 20 },
    ],
    unit: 'count',
    whole: 100,
    difference: false,
    candidates: 3,
    droppedNodes: 0,
    droppedEdges: 0,
    remarks: [],
  }
}

/** As Graphviz writes it: y grows upwards, the curve's end and the arrow's tip apart. */
const JSON0 = JSON.stringify({
  bb: '0,0,200,300',
  objects: [
    { name: 'N0', pos: '100,280' },
    { name: 'N1', pos: '50,150' },
    { name: 'N2', pos: '150,20' },
    { name: 'N3', pos: '20,20' },
    { name: 'N4', pos: '20,10' },
    { name: 'other', pos: '1,1' },
  ],
  edges: [
    { id: 'E0', pos: 'e,52,170 98,260 90,240 70,200 56,180', lp: '80,220' },
    { id: 'E1', pos: 'e,150,40 110,260 120,200 140,100 149,50' },
    { id: 'E99', pos: 'e,0,0 1,1' },
  ],
})

describe('the model', () => {
  const m = graphModel(graph())
  test('boxes grow with what a function takes itself', () => {
    const size = (i: number): number => m.boxes[i]!.texts.find((t) => t.kind === 'fn')!.size
    expect(size(2)).toBeGreaterThan(size(1))
    expect(size(1)).toBeGreaterThan(size(0))
    expect(m.boxes[2]!.texts.map((t) => t.text)).toEqual(['lib.', '(*T).f', '70 70.0%'])
    expect(m.boxes[1]!.texts.at(-1)!.text).toBe('self 30 30.0%')
  })
  test('labels hang off their node, numbers off their label', () => {
    expect(m.boxes.slice(3).map((b) => b.kind)).toEqual(['tag', 'tag'])
    expect(m.lines.slice(4).map((l) => [l.from, l.to])).toEqual([
      [2, 3],
      [3, 4],
    ])
    expect(m.boxes[3]!.texts.map((t) => t.text)).toEqual(['key:a', 'key:b'])
  })
  test('no name reaches Graphviz', () => {
    const dot = dotOf(graphModel(graph([EVIL, '"];N9[', 'c'])).order)
    expect(dot).toMatch(/^digraph\{[\w\s[\]=".;>{}-]*\}$/)
    expect(dot).not.toContain('script')
  })
  test('a name of a megabyte makes no larger box', () => {
    const long = graphModel(graph(['m.'.concat('x'.repeat(1e6)), 'b', 'c']))
    expect(long.boxes[0]!.width).toBeLessThan(500)
  })
  test('walks along the heaviest calls, not round itself', () => {
    expect(neighbours(m.lines, 0, 'down')).toEqual([1, 2])
    expect(neighbours(m.lines, 2, 'up')).toEqual([0, 1])
    expect(neighbours(m.lines, 2, 'down')).toEqual([])
  })
})

describe('places', () => {
  const m = graphModel(graph())
  const p: GraphPlaces = readPlaces(JSON0, m.order)
  test('are turned upside down', () => {
    expect([...p.at.subarray(0, 4)]).toEqual([100, 20, 50, 150])
    expect([p.width, p.height]).toEqual([200, 300])
    expect([...p.text.subarray(0, 4)]).toEqual([80, 80, Number.NaN, Number.NaN])
  })
  test('lines end where their arrows begin', () => {
    const { line, arrow } = pathsOf(p, 0, 1)
    expect(line).toBe('M98 40C90 60 70 100 56 120')
    expect(arrow).toMatch(/^M52 130L/)
    expect(pathsOf(p, 2, 1)).toEqual({ line: '', arrow: '' })
  })
  test('left and right are in about the same row', () => {
    expect(besideBox(p.at, m.boxes, 1, 'right')).toBe(0)
    expect(besideBox(p.at, m.boxes, 0, 'left')).toBe(1)
    expect(besideBox(p.at, m.boxes, 2, 'right')).toBeUndefined()
  })
  test('a saved picture holds names as text', () => {
    const g = graph([EVIL, 'b', 'c'])
    const svg = graphSvg(g, graphModel(g), p, 'origin', (token) => `#${token.length}`)
    expect(svg).not.toMatch(/<script|<\/text><s/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
    expect(svg).not.toMatch(/[\u202e\u001b]/)
    expect(svg).toContain('stroke-dasharray')
  })
})

test('colours by change follow the sign, by weight the share', () => {
  const g: CallGraph = { ...graph(), total: Float64Array.of(50, -50, 0), difference: true }
  expect([0, 1, 2].map((row) => nodeFill(g, row, 'change').token)).toEqual([
    'diff-plus-3',
    'diff-minus-3',
    'diff-zero',
  ])
  expect(nodeFill(g, 0, 'weight').strength).toBeGreaterThan(nodeFill(g, 2, 'weight').strength)
  expect(nodeFill(g, 0, 'origin').token).toBe('org-main')
})
