import { describe, expect, test } from 'vitest'
import { encodeProfile } from '../../../formats/pprof/encode.ts'
import { ProfileBuilder } from '../../../model/profile-builder.ts'
import { Workbench } from '../workbench.ts'
import { answer as search } from './flame-search.ts'
import { answer, type FlameParams, type FlameTree } from './flame-tree.ts'

function file(stacks: readonly (readonly [string, number])[]): Uint8Array {
  const b = new ProfileBuilder()
  b.sampleTypes = [{ type: 'cpu', unit: 'nanoseconds' }]
  const known = new Map<string, number>()
  for (const [stack, value] of stacks) {
    const rows = stack.split(';').map((name) => {
      let row = known.get(name)
      if (row === undefined) {
        row = b.addLocation({ lines: [{ fn: b.addFunction(name, { filename: '/src/a.go' }), line: 7 }] })
        known.set(name, row)
      }
      return row
    })
    b.addSample(rows.reverse(), [value])
  }
  return new Uint8Array(Buffer.concat([...encodeProfile(b.done())]))
}

function bench(): Workbench {
  const w = new Workbench()
  w.add(
    'a.pb',
    file([
      ['main.main;main.a;main.b', 60],
      ['main.main;main.a;main.b;main.a', 10],
      ['main.main;main.c;main.b', 20],
      ['main.main;main.c', 10],
    ]),
  )
  w.add('b.pb', file([['main.main;main.a;main.b', 90]]))
  return w
}

const down: FlameParams = {
  query: { of: [0] },
  mode: 'down',
  by: 'function',
  order: 'weight',
  widths: 'sum',
  detail: 'all',
}

const text = ({ boxes, frames }: FlameTree): string[] =>
  Array.from({ length: boxes.count }, (_, i) => `${frames.names[boxes.frame[i]!]} ${boxes.width[i]}`)

describe('a flame graph', () => {
  test('of everything, with what tells its frames', async () => {
    const t = await answer(bench(), down)
    expect(text(t)).toEqual([
      ' 100',
      'main.main 100',
      'main.a 70',
      'main.c 30',
      'main.b 70',
      'main.b 20',
      'main.a 10',
    ])
    expect(t).toMatchObject({ type: 'cpu', unit: 'nanoseconds', whole: 100, everything: 100, samples: 4 })
    expect(t.trimmed.count).toBe(0)
    expect(t.frames.packages[t.frames.package[1]!]).toBe('main')
    expect(t.frames.total[t.frames.names.indexOf('main.b')]).toBe(90)
  })
  test('both halves of a sandwich, from the outermost call on', async () => {
    const w = bench()
    expect(text(await answer(w, { ...down, fn: 'main.a' }))).toEqual([
      ' 70',
      'main.a 70',
      'main.b 70',
      'main.a 10',
    ])
    expect(text(await answer(w, { ...down, mode: 'up', fn: 'main.b' }))).toEqual([
      ' 90',
      'main.b 90',
      'main.a 70',
      'main.c 20',
      'main.main 70',
      'main.main 20',
    ])
  })
  test('all functions that a pivot matches, by name or file, from the outermost on', async () => {
    const w = bench()
    const both = await answer(w, { ...down, pivot: 'main\\.[ac]$' })
    expect(both.pivots).toEqual(['main.a', 'main.c'])
    expect(text(both)).toEqual([' 100', 'main.a 70', 'main.c 30', 'main.b 70', 'main.b 20', 'main.a 10'])
    expect(text(await answer(w, { ...down, mode: 'up', pivot: 'main\\.[ac]$' }))).toEqual([
      ' 100',
      'main.a 70',
      'main.c 30',
      'main.main 70',
      'main.main 30',
    ])
    expect((await answer(w, { ...down, pivot: '/a\\.go' })).pivots).toHaveLength(4)
    expect(await answer(w, { ...down, pivot: 'MAIN' })).toMatchObject({ pivots: [], samples: 0 })
    await expect(answer(w, { ...down, pivot: '(' })).rejects.toThrow('missing')
  })
  test('one path, from either end', async () => {
    const path = ['main.main', 'main.c'].map((name) => ({ name }))
    expect(text(await answer(bench(), { ...down, path }))).toEqual([
      ' 30',
      'main.main 30',
      'main.c 30',
      'main.b 20',
    ])
    const up = await answer(bench(), { ...down, mode: 'up', path: [{ name: 'main.b' }] })
    expect(up.boxes.width[0]).toBe(80)
  })
  test('a difference, and transforms: what there was is still known', async () => {
    const query = { of: [1], base: [0] }
    const t = await answer(bench(), { ...down, query })
    expect(t.difference).toBe(true)
    expect([t.boxes.before![0], t.boxes.after![0], t.boxes.total[0]]).toEqual([100, 90, -10])
    expect(t.whole).toBe(100)
    const focused = { of: [0], transforms: [{ op: 'focus' as const, name: 'main.c' }] }
    expect(await answer(bench(), { ...down, query: focused })).toMatchObject({ whole: 30, everything: 100 })
  })
  test('a search weighs stacks once, and refuses what is no expression', async () => {
    const query = { of: [0] }
    expect(await search(bench(), { query, pattern: 'main\\.(a|b)$' })).toMatchObject({
      total: 90,
      samples: 3,
    })
    await expect(search(bench(), { query, pattern: '(' })).rejects.toThrow('missing')
  })
})
