import { describe, expect, test } from 'vitest'
import { profileFrom } from '../../../../test/kit/profile-from.ts'
import type { Profile } from '../../model/profile.ts'
import { ProfileBuilder } from '../../model/profile-builder.ts'
import { buildCallTree } from '../call-tree.ts'
import { BOX_INLINED, BOX_RECURSIVE, BOX_TRIMMED, type FlameBoxes, layoutBoxes } from './boxes.ts'
import { samplesOnPath, weightOfMatches } from './path-samples.ts'
import { labelRows } from './row-labels.ts'

interface Wanted {
  readonly inverted?: boolean
  readonly widths?: 'sum' | 'sides'
  readonly order?: 'weight' | 'name'
  readonly leastWeight?: number
}

/** One line per box: `name x+width self flags`, indented by depth. */
function drawn(p: Profile, o: Wanted = {}): string[] {
  const tree = buildCallTree(p, {
    value: 0,
    by: 'function',
    inverted: o.inverted ?? false,
    leastWeight: o.leastWeight ?? 0,
  })
  const name = (frame: number): string => p.strings.get(tree.frames.name[frame]!)
  const b = layoutBoxes(tree, {
    widths: o.widths ?? 'sum',
    order: o.order ?? 'weight',
    values: p.samples.value[0]!.f,
    compare: (x, y) => (name(x) < name(y) ? -1 : 1),
  })
  check(b)
  return Array.from({ length: b.count }, (_, box) => {
    let depth = 0
    for (let at = b.parent[box]!; at >= 0; at = b.parent[at]!) depth++
    const f = b.flags[box]!
    const flags = `${f & BOX_INLINED ? 'i' : ''}${f & BOX_RECURSIVE ? 'r' : ''}${f & BOX_TRIMMED ? 't' : ''}`
    const change = b.before === undefined ? '' : ` ${b.before[box]}>${b.after![box]}=${b.total[box]}`
    const text = `${name(b.frame[box]!) || 'all'} ${b.x[box]}+${b.width[box]} ${b.self[box]}${flags && ` ${flags}`}`
    return `${'. '.repeat(depth)}${text}${change}`
  })
}

/** What must hold of all boxes. */
function check(b: FlameBoxes): void {
  const depths = b.depthStart.length - 1
  expect(b.depthStart[depths]).toBe(b.count)
  for (let depth = 0; depth < depths; depth++)
    for (let box = b.depthStart[depth]!; box < b.depthStart[depth + 1]!; box++) {
      expect(b.width[box]).toBeGreaterThanOrEqual(0)
      if (box > b.depthStart[depth]!)
        expect(b.x[box]).toBeGreaterThanOrEqual(b.x[box - 1]! + b.width[box - 1]!)
      const parent = b.parent[box]!
      if (depth === 0) expect(parent).toBe(-1)
      else {
        expect(parent).toBeGreaterThanOrEqual(b.depthStart[depth - 1]!)
        expect(parent).toBeLessThan(b.depthStart[depth]!)
        expect(b.x[box]).toBeGreaterThanOrEqual(b.x[parent]!)
        expect(b.x[box]! + b.width[box]!).toBeLessThanOrEqual(b.x[parent]! + b.width[parent]!)
      }
    }
}

const calls = profileFrom(`
  main     main     main     idle
  work     work     read     = 5
  ^hash    work     = 3
  = 4      = 10
`)

describe('boxes of a flame graph', () => {
  test('heaviest first, from the left edge of the caller', () => {
    expect(drawn(calls)).toEqual([
      'all 0+22 0',
      '. main 0+17 0',
      '. idle 17+5 5',
      '. . work 0+14 0',
      '. . read 14+3 3',
      '. . . work 0+10 10 r',
      '. . . hash 10+4 4 i',
    ])
  })
  test('from the leaves', () => {
    expect(drawn(calls, { inverted: true }).filter((s) => !s.startsWith('. . '))).toEqual([
      'all 0+22 0',
      '. work 0+10 0',
      '. idle 10+5 5',
      '. hash 15+4 0 i',
      '. read 19+3 0',
    ])
  })
  test('by name', () => {
    expect(drawn(calls, { order: 'name' }).slice(1, 5)).toEqual([
      '. idle 0+5 5',
      '. main 5+17 0',
      '. . read 5+3 3',
      '. . work 8+14 0',
    ])
  })
  test('what is too light is marked where it is missing', () => {
    expect(drawn(calls, { leastWeight: 6 })).toEqual([
      'all 0+22 0 t',
      '. main 0+17 0 t',
      '. . work 0+14 0 t',
      '. . . work 0+10 10 r',
    ])
  })
  test('nothing, and one sample', () => {
    expect(drawn(profileFrom('a\n= 0'))).toEqual(['all 0+0 0'])
    expect(drawn(profileFrom('a\n= 1'))).toEqual(['all 0+1 0', '. a 0+1 1'])
  })
  const difference = profileFrom(`
  main     main     main     main
  work     work     read     gone
  = 10     = -4     = 3      = -8
`)
  test('a difference as one graph: all that was and is', () => {
    expect(drawn(difference)).toEqual([
      'all 0+25 0 12>13=1',
      '. main 0+25 0 12>13=1',
      '. . work 0+14 6 4>10=6',
      '. . gone 14+8 -8 8>0=-8',
      '. . read 22+3 3 0>3=3',
    ])
  })
  test('a difference on two sides of a line', () => {
    expect(drawn(difference, { widths: 'sides' })).toEqual([
      'all 0+17 0 12>13=1',
      '. main 0+8 0 12>13=1',
      '. main 8+9 0 12>13=1',
      '. . gone 0+8 -8 8>0=-8',
      '. . work 8+6 6 4>10=6',
      '. . read 14+3 3 0>3=3',
    ])
  })
  test('a side that is deeper than the other', () => {
    const deep = profileFrom('a   b\nc   = 2\nd\n= -1')
    expect(drawn(deep, { widths: 'sides' }).map((s) => s.split(' ').slice(0, -1).join(' '))).toEqual([
      'all 0+3 0',
      '. a 0+1 0',
      '. b 1+2 2',
      '. . c 0+1 0',
      '. . . d 0+1 -1',
    ])
  })
})

describe('labels of paths', () => {
  const p = profileFrom(`
    main        main        main      main
    work        work        read      read
    = 5         = 3         = 2       = 4
    # user:ann  # user:bob  # n:16 B
  `)
  const of = (key: string, leastWeight = 0): string[] => {
    const tree = buildCallTree(p, { value: 0, by: 'function', inverted: false, leastWeight })
    const l = labelRows(p, 0, tree, key)
    return Array.from(
      { length: tree.count },
      (_, row) =>
        `${p.strings.get(tree.frames.name[tree.frame[row]!]!)} ${l.values[l.heaviest[row]!]} ${l.share[row]!.toFixed(2)}`,
    )
  }
  test('are the heaviest value, with its share', () => {
    expect(of('user')).toEqual(['  0.43', 'main  0.43', 'work ann 0.63', 'read  1.00'])
  })
  test('numbers are values too, and what was left out of the tree counts above', () => {
    expect(of('n', 7)).toEqual(['  0.86', 'main  0.86', 'work  1.00'])
    expect(of('n')[3]).toBe('read  0.67')
  })
})

describe('samples on a path', () => {
  const on = (path: string[], inverted = false): number[] => [
    ...samplesOnPath(
      calls,
      path.map((name) => ({ name })),
      inverted,
    ),
  ]
  test('from the root, through inlined frames', () => {
    expect(on(['main'])).toEqual([0, 1, 2])
    expect(on(['main', 'work'])).toEqual([0, 1])
    expect(on(['main', 'work', 'hash'])).toEqual([0])
    expect(on(['main', 'work', 'hash', 'x'])).toEqual([])
    expect(on(['main', 'work', 'work', 'work'])).toEqual([])
    expect(on([])).toEqual([0, 1, 2, 3])
  })
  test('from the leaf', () => {
    expect(on(['hash', 'work'], true)).toEqual([0])
    expect(on(['work', 'work', 'main'], true)).toEqual([1])
    expect(on(['main'], true)).toEqual([])
  })
  test('by line', () => {
    const b = new ProfileBuilder()
    b.sampleTypes = [{ type: 'n', unit: 'count' }]
    const f = b.addFunction('f', { filename: 'f.go' })
    const [one, two] = [1, 2].map((line) => b.addLocation({ lines: [{ fn: f, line }] }))
    b.addSample([one!], [1])
    b.addSample([two!], [1])
    const p = b.done()
    expect([...samplesOnPath(p, [{ name: 'f', file: 'f.go', line: 2 }], false)]).toEqual([1])
    expect([...samplesOnPath(p, [{ name: 'f', file: 'g.go', line: 2 }], false)]).toEqual([])
  })
  test('the weight of matches counts a stack once', () => {
    const match = weightOfMatches(calls, 0, (name) => name === 'work' || name === 'hash')
    expect(match).toEqual({ total: 14, before: 0, after: 14, samples: 2 })
  })
})
